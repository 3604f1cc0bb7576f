//! Damaged VTU files never make the reader panic or hang: an error of one line, or a valid mesh.

use std::fs;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use crate::damage::read_damaged;
use crate::refusals::{refusals, refuse_random_bytes};
use mesh_io::vtu::{Compressor, DataMode, PolyhedraLayout, VtuOptions, read, write};

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
    read_damaged(6000, &files(), |file| refusals(file, read));
}

#[test]
fn random_bytes_are_refused() {
    let head = b"<VTKFile type=\"UnstructuredGrid\"><UnstructuredGrid><Piece ";
    refuse_random_bytes(&[head], b"", read);
}
