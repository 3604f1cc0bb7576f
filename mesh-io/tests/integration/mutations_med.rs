//! Damaged MED files never make the reader panic or hang: an error of one line, or a valid mesh.

use std::fs;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use crate::damage::read_damaged;
use crate::refusals::{refusals, refuse_random_bytes};
use mesh_io::med::{read, read_times, write};

/// Small files. Those of old groups have no checksums: there damage goes deepest.
fn files() -> Vec<Vec<u8>> {
    let mesh = mixed_mesh();
    let mut own = Vec::new();
    write(&mut own, "mesh", &mesh, &fields_on(&mesh)).unwrap();
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/med");
    let read = |name: &str| fs::read(made.join(format!("{name}.med"))).unwrap();
    vec![
        own,
        read("one_cell"),
        read("one_cell_old_groups"),
        read("one_cell_old_groups"),
        read("one_cell_chunked"),
        read("one_cell_chunked"),
        read("quadratic"),
    ]
}

#[test]
fn no_damage_makes_the_reader_panic() {
    read_damaged(10_000, &files(), |file| {
        let mut refusals = refusals(file, read);
        refusals.extend(read_times(file).err().map(|error| error.to_string()));
        refusals
    });
}

#[test]
fn random_bytes_are_refused() {
    let heads = [
        &b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08"[..],
        b"\x89HDF\r\n\x1a\n\x02\x08\x08",
    ];
    refuse_random_bytes(&heads, b"", read);
}
