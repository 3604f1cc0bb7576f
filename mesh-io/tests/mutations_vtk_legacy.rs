//! Damaged legacy VTK files never make the reader panic or hang: an error of one line, or a valid
//! mesh.

mod common;
#[path = "common/damage.rs"]
mod damage;

use std::fs;
use std::path::Path;

use common::{fields_on, mixed_mesh};
use damage::{apply, damage, runner};
use mesh_io::ReadOptions;
use mesh_io::vtk_legacy::{VtkEncoding, VtkLegacyOptions, VtkVersion, read, write};
use proptest::prelude::*;
use proptest::sample::Index;

/// Small files of both versions and of every kind of data set.
fn files() -> Vec<Vec<u8>> {
    let mesh = mixed_mesh();
    let fields = fields_on(&mesh);
    let mut files = Vec::new();
    for version in [VtkVersion::V4_2, VtkVersion::V5_1] {
        for encoding in [VtkEncoding::Ascii, VtkEncoding::Binary] {
            let mut file = Vec::new();
            let options = VtkLegacyOptions { encoding, version };
            write(&mut file, &mesh, &fields, &options).unwrap();
            files.push(file);
        }
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vtk_legacy");
    for entry in fs::read_dir(made).unwrap() {
        files.push(fs::read(entry.unwrap().path()).unwrap());
    }
    files.sort();
    files
}

#[test]
fn no_damage_makes_the_reader_panic() {
    let files = files();
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let mut runner = runner(10_000);
    let run = runner.run(&strategy, |(which, damages)| {
        let mut file = files[which.index(files.len())].clone();
        for damage in &damages {
            apply(damage, &mut file);
        }
        for options in [
            ReadOptions::default(),
            ReadOptions::default().linearize(true),
        ] {
            if let Err(error) = read(&file, &options) {
                let message = error.to_string();
                prop_assert!(!message.contains('\n'), "{}", message);
                // A coordinate that is named may have three hundred digits.
                prop_assert!(message.len() < 1500, "{}", message);
            }
        }
        Ok(())
    });
    run.unwrap();
}

#[test]
fn random_bytes_are_refused() {
    let head = b"# vtk DataFile Version 5.1\ntitle\nBINARY\nDATASET UNSTRUCTURED_GRID\n";
    let strategy = proptest::collection::vec(any::<u8>(), 0..200);
    let mut runner = runner(2000);
    let run = runner.run(&strategy, |bytes| {
        prop_assert!(read(&bytes, &ReadOptions::default()).is_err());
        let behind_a_head = [&head[..], &bytes].concat();
        prop_assert!(read(&behind_a_head, &ReadOptions::default()).is_err());
        Ok(())
    });
    run.unwrap();
}
