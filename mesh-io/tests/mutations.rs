//! Damaged VTU files never make the reader panic or hang: an error of one line, or a valid mesh.

mod common;
#[path = "common/damage.rs"]
mod damage;

use std::fs;
use std::path::Path;

use common::{fields_on, mixed_mesh};
use damage::{apply, damage, runner};
use mesh_io::ReadOptions;
use mesh_io::vtu::{Compressor, DataMode, PolyhedraLayout, VtuOptions, read, write};
use proptest::prelude::*;
use proptest::sample::Index;

/// Small files in every encoding, in digits most often: there damage goes deepest.
fn files() -> Vec<Vec<u8>> {
    let mesh = mixed_mesh();
    let fields = fields_on(&mesh);
    let mut files = Vec::new();
    for polyhedra in [PolyhedraLayout::FaceStream, PolyhedraLayout::FaceLists] {
        for data in [
            DataMode::Ascii,
            DataMode::Ascii,
            DataMode::Base64,
            DataMode::AppendedRaw,
        ] {
            for compressor in [
                Compressor::None,
                Compressor::Zlib,
                Compressor::Lz4,
                Compressor::Lzma,
            ] {
                let mut file = Vec::new();
                let options = VtuOptions {
                    data,
                    compressor,
                    polyhedra,
                    ..VtuOptions::default()
                };
                write(&mut file, &mesh, &fields, &options).unwrap();
                files.push(file);
            }
        }
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vtu");
    for name in [
        "mixed_raw_lzma_32",
        "mixed_base64_lz4_32",
        "mixed_raw_none_64",
        "quadratic",
    ] {
        files.push(fs::read(made.join(format!("{name}.vtu"))).unwrap());
    }
    files
}

#[test]
fn no_damage_makes_the_reader_panic() {
    let files = files();
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let mut runner = runner(6000);
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
    let head = b"<VTKFile type=\"UnstructuredGrid\"><UnstructuredGrid><Piece ";
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
