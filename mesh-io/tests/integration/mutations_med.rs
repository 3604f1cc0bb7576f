//! Damaged MED files never make the reader panic or hang: an error of one line, or a valid mesh.

use std::fs;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use crate::damage::{apply, damage, runner};
use mesh_io::ReadOptions;
use mesh_io::med::{read, read_times, write};
use proptest::prelude::*;
use proptest::sample::Index;

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

fn check(file: &[u8]) -> Result<(), TestCaseError> {
    let results = [
        read(file, &ReadOptions::default()).map(|_| ()),
        read(file, &ReadOptions::default().linearize(true)).map(|_| ()),
        read_times(file).map(|_| ()),
    ];
    for error in results.into_iter().filter_map(Result::err) {
        let message = error.to_string();
        prop_assert!(!message.contains('\n'), "{}", message);
        // A coordinate that is named may have three hundred digits.
        prop_assert!(message.len() < 1500, "{}", message);
    }
    Ok(())
}

#[test]
fn no_damage_makes_the_reader_panic() {
    let files = files();
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let run = runner(10_000).run(&strategy, |(which, damages)| {
        let mut file = files[which.index(files.len())].clone();
        for damage in &damages {
            apply(damage, &mut file);
        }
        check(&file)
    });
    run.unwrap();
}

#[test]
fn random_bytes_are_refused() {
    let strategy = proptest::collection::vec(any::<u8>(), 0..200);
    let run = runner(2000).run(&strategy, |bytes| {
        prop_assert!(read(&bytes, &ReadOptions::default()).is_err());
        for head in [
            &b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08"[..],
            b"\x89HDF\r\n\x1a\n\x02\x08\x08",
        ] {
            let behind_a_head = [head, &bytes].concat();
            prop_assert!(read(&behind_a_head, &ReadOptions::default()).is_err());
        }
        Ok(())
    });
    run.unwrap();
}
