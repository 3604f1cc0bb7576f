//! Readers and writers of mesh and sparse matrix files.
