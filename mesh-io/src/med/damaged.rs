//! Damage that checksums would notice, with them not looked at: what is behind them is as safe.

use std::path::Path;

use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Label, Location};
use proptest::prelude::*;
use proptest::sample::Index;

use super::read::{read_from, read_times_from};
use super::write;
use crate::ReadOptions;
use crate::hdf5::NativeFile;

#[allow(dead_code)] // The other formats use the rest.
#[path = "../../tests/integration/damage.rs"]
mod damage;

use damage::{apply, damage, runner};

fn files() -> Vec<Vec<u8>> {
    let mesh = BoxMesh::unit([2, 1, 1]).generate().unwrap();
    let values = FieldValues::Integer(DataArray::scalars(vec![3, 4]));
    let name = "one".to_owned();
    let labels = vec![Label { value: 3, name }];
    let field = Field::new("material", Location::Cells, values).with_labels(labels);
    let mut own = Vec::new();
    write(&mut own, "mesh", &mesh, &[field]).unwrap();
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/med");
    let read = |name: &str| std::fs::read(made.join(name)).unwrap();
    vec![own, read("one_cell.med"), read("one_cell_chunked.med")]
}

#[test]
fn no_damage_behind_a_checksum_makes_the_reader_panic() {
    let files = files();
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let run = runner(5000).run(&strategy, |(which, damages)| {
        let mut bytes = files[which.index(files.len())].clone();
        for damage in &damages {
            apply(damage, &mut bytes);
        }
        if let Ok(file) = NativeFile::with_checksums(&bytes, false) {
            let errors = [
                read_from(&file, &ReadOptions::default()).err(),
                read_times_from(&file).err(),
            ];
            for error in errors.into_iter().flatten() {
                let message = error.to_string();
                prop_assert!(!message.contains('\n'), "{}", message);
                prop_assert!(message.len() < 1500, "{}", message);
            }
        }
        Ok(())
    });
    run.unwrap();
}
