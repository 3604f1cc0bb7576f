//! Damaged `.vtr`, `.vts` and `.vti` files never make the reader panic or hang: an error of one
//! line, or a valid mesh.

use std::fs;
use std::path::Path;

use crate::damage::read_damaged;
use mesh_io::ReadOptions;
use mesh_io::vtk_grids::read;

/// The files of one extension.
fn files(extension: &str) -> Vec<Vec<u8>> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vtk_grids");
    let paths = fs::read_dir(made)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let of_kind = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    let mut files: Vec<_> = of_kind.map(|path| fs::read(path).unwrap()).collect();
    assert!(files.len() > 5, "{extension}");
    files.sort();
    files
}

fn damage_files(extension: &str) {
    read_damaged(10_000, &files(extension), |file| {
        let refusal = read(file, &ReadOptions::default()).err();
        refusal.iter().map(ToString::to_string).collect()
    });
}

#[test]
fn no_damage_of_a_rectilinear_grid_makes_the_reader_panic() {
    damage_files("vtr");
}

#[test]
fn no_damage_of_a_structured_grid_makes_the_reader_panic() {
    damage_files("vts");
}

#[test]
fn no_damage_of_an_image_makes_the_reader_panic() {
    damage_files("vti");
}
