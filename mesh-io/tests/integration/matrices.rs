//! Matrix files: round trips, files that SciPy has made, and bad ones.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use mesh_core::{CsrMatrix, Digest, Fingerprint, Location, digest, matrix_from_parts};
use mesh_io::{
    DigestMismatch, MatrixFile, PartLabel, matrix_market, npz, read_matrix, read_matrix_unchecked,
    write_matrix,
};
use proptest::prelude::*;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/matrices")
        .join(name)
}

/// The matrix in the files that SciPy has made.
fn scipy_matrix() -> CsrMatrix {
    let values = vec![0.1, 1.0 / 3.0, 2.0, -1e-300];
    matrix_from_parts((3, 5), vec![0, 1, 1, 4], vec![2, 0, 1, 3], values).unwrap()
}

fn labelled() -> MatrixFile {
    MatrixFile {
        matrix: scipy_matrix(),
        source: Some(Fingerprint::new(12)),
        target: Some(Fingerprint::new(u128::MAX - 1)),
        part: Some(PartLabel {
            part: 1,
            parts: 3,
            rows: vec![7, 3, 4],
            target_rows: 9,
        }),
        scheme: Some("p1-p0 of mine".to_owned()),
        source_location: Location::Nodes,
        ..MatrixFile::new(scipy_matrix())
    }
}

fn npz_bytes(file: &MatrixFile) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    npz::write(&mut out, file).unwrap();
    out.into_inner()
}

fn mtx_bytes(file: &MatrixFile) -> Vec<u8> {
    let mut out = Vec::new();
    matrix_market::write(&mut out, file).unwrap();
    out
}

#[test]
fn labels_ride_along_in_both_formats() {
    let directory = tempfile::tempdir().unwrap();
    for file in [labelled(), MatrixFile::new(scipy_matrix())] {
        for name in ["weights.npz", "weights.mtx", "WEIGHTS.NPZ"] {
            let path = directory.path().join(name);
            write_matrix(&path, &file).unwrap();
            let back = read_matrix(&path).unwrap();
            assert_eq!(back, file);
            assert_eq!(digest(&back.matrix), digest(&file.matrix));
        }
    }
}

#[test]
fn measures_ride_along_where_there_is_room() {
    let mut file = labelled();
    file.source_measures = Some(vec![0.1, 0.2, 0.3, 0.0, 1e-300]);
    file.target_measures = Some(vec![1.0 / 3.0, f64::MAX, 2.0]);
    let back = npz::read(Cursor::new(npz_bytes(&file))).unwrap();
    assert_eq!(back, file);
    let back = matrix_market::read(&mtx_bytes(&file)).unwrap();
    assert_eq!((back.source_measures, back.target_measures), (None, None));

    file.source_measures = Some(vec![1.0]);
    let message = npz::read(Cursor::new(npz_bytes(&file))).unwrap_err();
    assert_eq!(
        message.to_string(),
        "source_measures.npy has 1 values, expected 5"
    );
}

#[test]
fn a_matrix_without_fingerprints_is_read_with_a_note() {
    let read = |name: &str| read_matrix(&data(name)).unwrap().notes;
    for name in ["scipy_stored.npz", "scipy.mtx"] {
        assert_eq!(
            read(name),
            [
                "does not say which source and target meshes it belongs to: it is taken for that \
                 of any with as many cells"
            ]
        );
    }
    let notes = |file| matrix_market::read(&mtx_bytes(&file)).unwrap().notes;
    assert!(notes(labelled()).is_empty());
    let mut file = labelled();
    file.source = None;
    assert!(notes(file)[0].starts_with("does not say which source mesh it belongs to: "));
}

#[test]
fn a_matrix_that_was_changed_is_refused_with_both_digests() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("changed.mtx");
    let text = String::from_utf8(mtx_bytes(&labelled())).unwrap();
    std::fs::write(&path, text.replace("\n3 2 2e0\n", "\n3 2 2.5\n")).unwrap();
    let mut changed = labelled().matrix;
    changed.data_mut()[2] = 2.5;
    let other = Digest::new(0x0123_4567_89ab_cdef);
    for (path, found, expected) in [
        (path, digest(&changed), digest(&labelled().matrix)),
        (
            data("scipy_wrong_digest.npz"),
            digest(&scipy_matrix()),
            other,
        ),
    ] {
        assert_eq!(
            read_matrix(&path).unwrap_err().to_string(),
            format!(
                "{}: the matrix has digest {found}, but the file says {expected}: it was changed \
                 after it was written; remove the digest from the file if that was meant",
                path.display()
            )
        );
        let file = read_matrix_unchecked(&path).unwrap();
        assert_eq!(digest(&file.matrix), found);
        assert_eq!(file.check_digest(), Err(DigestMismatch { found, expected }));
    }
}

#[test]
fn labels_that_mean_nothing_are_refused() {
    let text = String::from_utf8(mtx_bytes(&labelled())).unwrap();
    assert_eq!(
        refused(&text.replace("location: nodes", "location: faces")),
        "line 6: \"faces\", expected \"cells\" or \"nodes\""
    );
    let digest = Digest::new(7).to_string();
    assert_eq!(
        refused(&format!(
            "%%MatrixMarket matrix coordinate real general\n%digest:{digest}x\n"
        )),
        format!("line 2: \"{digest}x\", expected 32 hexadecimal digits")
    );
}

#[test]
fn the_same_matrix_gives_the_same_bytes() {
    assert_eq!(npz_bytes(&labelled()), npz_bytes(&labelled()));
}

#[test]
fn what_scipy_saves_is_read() {
    for name in [
        "scipy_deflated.npz",
        "scipy_stored.npz",
        "scipy_int64.npz",
        "scipy_array.npz",
    ] {
        let file = read_matrix(&data(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(file, MatrixFile::new(scipy_matrix()), "{name}");
    }
    let single = read_matrix(&data("scipy_float32.npz")).unwrap().matrix;
    assert_eq!(single.data()[1], f64::from((1.0_f64 / 3.0) as f32));
    let text = read_matrix(&data("scipy.mtx")).unwrap().matrix;
    assert_eq!(text.indices(), scipy_matrix().indices());
}

#[test]
fn repeated_columns_are_sorted_and_added_as_scipy_does() {
    let matrix = read_matrix(&data("scipy_unsorted_duplicates.npz"))
        .unwrap()
        .matrix;
    assert_eq!(matrix.indices(), [0, 3, 1]);
    assert_eq!(matrix.data(), [2.0, 4.0, 4.0]);
}

#[test]
fn a_matrix_by_columns_is_refused() {
    let path = data("scipy_csc.npz");
    assert_eq!(
        read_matrix(&path).unwrap_err().to_string(),
        format!(
            "{}: the matrix has format \"csc\", expected \"csr\"; convert it with .tocsr()",
            path.display()
        )
    );
}

#[test]
fn damaged_archives_are_refused() {
    let bytes = npz_bytes(&labelled());
    for end in (0..bytes.len() - 30).step_by(11) {
        let error = npz::read(Cursor::new(&bytes[..end]))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("no whole zip archive ("), "{error}");
    }
    let message = npz::read(Cursor::new(b"hello")).unwrap_err().to_string();
    assert!(message.starts_with("no whole zip archive ("), "{message}");
}

/// The message about a Matrix Market file.
fn refused(file: &str) -> String {
    matrix_market::read(file.as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn damaged_text_is_refused_with_its_line() {
    let banner = "%%MatrixMarket matrix coordinate real general\n";
    let with = |rest: &str| refused(&format!("{banner}{rest}"));
    assert_eq!(
        refused("hello\n"),
        "line 1: \"hello\", expected \"%%MatrixMarket matrix coordinate real general\""
    );
    assert!(refused("%%MatrixMarket matrix array real general\n").starts_with("line 1: "));
    assert!(refused("%%MatrixMarket matrix coordinate real symmetric\n").contains("symmetric"));
    assert_eq!(
        with("% comment\n"),
        "line 2: the file ends before the size of the matrix"
    );
    assert_eq!(
        with("2 2\n"),
        "line 2: \"2 2\", expected the numbers of rows, columns and entries"
    );
    assert_eq!(
        with("2 2 1\n1 3 0.5\n"),
        "line 3: column 3, but the matrix has 2; they count from 1"
    );
    assert_eq!(
        with("2 2 1\n0 1 0.5\n"),
        "line 3: row 0, but the matrix has 2; they count from 1"
    );
    assert_eq!(
        with("2 2 1\n1 1 x\n"),
        "line 3: \"1 1 x\", expected a row, a column and a value"
    );
    assert_eq!(
        with("2 2 1\n1 1 nan\n"),
        "line 3: \"1 1 nan\", expected a finite value"
    );
    assert_eq!(
        with("2 2 2\n1 1 1\n"),
        "line 3: 1 entries, but line 2 announces 2"
    );
    assert_eq!(
        with("2 2 1\n1 1 1\n2 2 1\n"),
        "line 4: 2 entries, but line 2 announces 1"
    );
    assert!(with("4000000000 1 0\n").starts_with("line 2: 4000000000 rows, but only 0 entries"));
    assert!(with("% source_fingerprint: xyz\n").starts_with("line 2: \"xyz\", expected 32 hex"));
    assert!(with("% part: 1\n").starts_with("line 2: \"1\", expected a part like"));
    assert_eq!(
        with("% part: 0 of 2, of 4 rows\n% part_rows: 0-4294967294\n2 2 0\n"),
        "the part_rows comments name 4294967295 rows, but the matrix has 2"
    );
    assert_eq!(
        with("% part: 0 of 2, of 4 rows\n% part_rows: 3-4\n2 2 0\n"),
        "a part_rows comment names row 4, but the whole matrix has 4 rows"
    );
}

/// Any small matrix.
fn matrices() -> impl Strategy<Value = CsrMatrix> {
    let entry = proptest::option::of(proptest::num::f64::NORMAL | proptest::num::f64::ZERO);
    (1_usize..6, 1_usize..6).prop_flat_map(move |(rows, columns)| {
        proptest::collection::vec(entry.clone(), rows * columns).prop_map(move |entries| {
            let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
            for row in entries.chunks(columns) {
                for (column, value) in row.iter().enumerate() {
                    if let Some(value) = value {
                        indices.push(column as u32);
                        values.push(*value);
                    }
                }
                offsets.push(indices.len());
            }
            matrix_from_parts((rows, columns), offsets, indices, values).unwrap()
        })
    })
}

/// Bytes of a file that are changed: place, and what they are set to.
fn mutations() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_matrix_comes_back_to_the_last_bit(matrix in matrices()) {
        let file = MatrixFile::new(matrix);
        let npz = npz::read(Cursor::new(npz_bytes(&file))).unwrap();
        let mtx = matrix_market::read(&mtx_bytes(&file)).unwrap();
        prop_assert_eq!(digest(&npz.matrix), digest(&file.matrix));
        prop_assert_eq!(digest(&mtx.matrix), digest(&file.matrix));
    }

    #[test]
    fn no_damage_makes_a_reader_panic(changes in mutations(), cut in any::<prop::sample::Index>()) {
        for mut bytes in [npz_bytes(&labelled()), mtx_bytes(&labelled())] {
            for (place, value) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            let cut = cut.index(2 * bytes.len()).min(bytes.len());
            let _ = npz::read(Cursor::new(&bytes[..cut]));
            let _ = matrix_market::read(&bytes[..cut]);
        }
    }
}
