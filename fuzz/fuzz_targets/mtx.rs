//! The reader of Matrix Market files.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::try_matrix(file, mesh_io::matrix_market::read));
