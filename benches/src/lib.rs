//! Benchmarks of the kernel, the search, the assembly and the whole job.
