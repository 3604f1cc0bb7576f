//! Damaged matrix files never make a reader panic, hang or take much memory: an error of one line,
//! or a valid matrix.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use crate::damage::{apply, damage, runner};
use mesh_core::{Fingerprint, matrix_from_parts};
use mesh_io::{MatrixFile, PartLabel, esmf, matrix_market, npz};
use proptest::prelude::*;
use proptest::sample::Index;

/// A small matrix with all labels, and one with none.
fn matrices() -> [MatrixFile; 2] {
    let values = vec![0.1, 1.0 / 3.0, 2.0, -1e-300];
    let matrix = matrix_from_parts((3, 5), vec![0, 1, 1, 4], vec![2, 0, 1, 3], values).unwrap();
    let measured = MatrixFile {
        source_measures: Some(vec![0.1; 5]),
        target_measures: Some(vec![0.7; 3]),
        ..MatrixFile::new(matrix)
    };
    let labelled = MatrixFile {
        source: Some(Fingerprint::new(12)),
        target: Some(Fingerprint::new(u128::MAX - 1)),
        scheme: Some("p0-p0".to_owned()),
        part: Some(PartLabel {
            part: 1,
            parts: 3,
            rows: vec![7, 3, 4],
            target_rows: 9,
        }),
        ..measured.clone()
    };
    [labelled, measured]
}

/// Files of `tests/data` with this extension.
fn made_elsewhere(directory: &str, extension: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(directory);
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Reads ten thousand damaged files; the message of a reader is one line, what it returns a matrix
/// no larger than its file may mean.
fn damage_and_read<E: std::error::Error>(
    files: &[Vec<u8>],
    read: impl Fn(&[u8]) -> Result<MatrixFile, E>,
) {
    for file in files {
        assert!(!file.is_empty());
    }
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let run = runner(10_000).run(&strategy, |(which, damages)| {
        let mut file = files[which.index(files.len())].clone();
        for damage in &damages {
            apply(damage, &mut file);
        }
        match read(&file) {
            Ok(read) => {
                prop_assert!(read.matrix.nnz() <= file.len());
                prop_assert!(read.matrix.rows() <= file.len().max(1 << 24));
            }
            Err(error) => {
                let message = error.to_string();
                prop_assert!(!message.contains('\n'), "{}", message);
                prop_assert!(message.len() < 1000, "{}", message);
            }
        }
        Ok(())
    });
    run.unwrap();
}

#[test]
fn no_damage_makes_the_reader_of_npz_panic() {
    let mut files = made_elsewhere("matrices", "npz");
    for matrix in matrices() {
        let mut out = Cursor::new(Vec::new());
        npz::write(&mut out, &matrix).unwrap();
        files.push(out.into_inner());
    }
    damage_and_read(&files, |file| npz::read(Cursor::new(file)));
}

#[test]
fn no_damage_makes_the_reader_of_matrix_market_panic() {
    let mut files = made_elsewhere("matrices", "mtx");
    for matrix in matrices() {
        let mut out = Vec::new();
        matrix_market::write(&mut out, &matrix).unwrap();
        files.push(out);
    }
    damage_and_read(&files, matrix_market::read);
}

#[test]
fn no_damage_makes_the_reader_of_weights_panic() {
    let mut files = made_elsewhere("weights", "nc");
    for matrix in matrices() {
        let mut out = Vec::new();
        esmf::write(&mut out, &matrix).unwrap();
        files.push(out);
    }
    damage_and_read(&files, esmf::read);
}
