//! Damaged VTU files never make the reader panic or hang: an error of one line, or a valid mesh.

use std::fs;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use crate::damage::{read_damaged, runner};
use mesh_io::ReadOptions;
use mesh_io::vtu::{Compressor, DataMode, PolyhedraLayout, VtuOptions, read, write};
use proptest::prelude::*;

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
    read_damaged(6000, &files(), |file| {
        let plain = ReadOptions::default();
        let ways = [plain.clone(), plain.linearize(true)];
        let refusals = ways.iter().filter_map(|options| read(file, options).err());
        refusals.map(|error| error.to_string()).collect()
    });
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
