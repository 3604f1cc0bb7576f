//! The reader of VTR, VTS and VTI files.

#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::try_mesh(file, mesh_io::vtk_grids::read));
