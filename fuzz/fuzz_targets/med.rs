//! The reader of MED files.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::try_mesh(file, mesh_io::med::read));
