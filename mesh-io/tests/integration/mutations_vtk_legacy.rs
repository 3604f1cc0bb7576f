//! Damaged legacy VTK files never make the reader panic or hang: an error of one line, or a valid
//! mesh.

use std::fs;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use crate::damage::read_damaged;
use crate::refusals::{refusals, refuse_random_bytes};
use mesh_io::vtk_legacy::{VtkEncoding, VtkLegacyOptions, VtkVersion, read, write};

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
    read_damaged(10_000, &files(), |file| refusals(file, read));
}

#[test]
fn random_bytes_are_refused() {
    let head = b"# vtk DataFile Version 5.1\ntitle\nBINARY\nDATASET UNSTRUCTURED_GRID\n";
    refuse_random_bytes(&[head], b"", read);
}
