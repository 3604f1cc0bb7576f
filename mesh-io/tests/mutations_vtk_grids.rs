//! Damaged `.vtr`, `.vts` and `.vti` files never make the reader panic or hang: an error of one
//! line, or a valid mesh.

#[path = "common/damage.rs"]
mod damage;

use std::fs;
use std::path::Path;

use damage::{apply, damage, runner};
use mesh_io::ReadOptions;
use mesh_io::vtk_grids::read;
use proptest::prelude::*;
use proptest::sample::Index;

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
    let files = files(extension);
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let mut runner = runner(10_000);
    let run = runner.run(&strategy, |(which, damages)| {
        let mut file = files[which.index(files.len())].clone();
        for damage in &damages {
            apply(damage, &mut file);
        }
        if let Err(error) = read(&file, &ReadOptions::default()) {
            let message = error.to_string();
            prop_assert!(!message.contains('\n'), "{}", message);
            // A coordinate that is named may have three hundred digits.
            prop_assert!(message.len() < 1500, "{}", message);
        }
        Ok(())
    });
    run.unwrap();
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
