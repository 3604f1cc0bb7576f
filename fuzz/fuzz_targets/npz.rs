//! The reader of SciPy's matrices.

#![no_main]

use std::io::Cursor;

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    fuzz::try_matrix(file, |file| mesh_io::npz::read(Cursor::new(file)));
});
