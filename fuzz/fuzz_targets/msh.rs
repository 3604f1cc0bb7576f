//! The reader of Gmsh files.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::try_mesh(file, mesh_io::gmsh::read));
