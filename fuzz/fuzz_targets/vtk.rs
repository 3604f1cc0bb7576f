//! The reader of legacy VTK files.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::try_mesh(file, mesh_io::vtk_legacy::read));
