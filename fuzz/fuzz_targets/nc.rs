//! The reader of ESMF weight files.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::try_matrix(file, mesh_io::esmf::read));
