//! ESMF weight files: round trips, files that the netCDF library has made, and bad ones.

use std::path::{Path, PathBuf};

use mesh_core::{CsrMatrix, Fingerprint, Location, digest, matrix_from_parts};
use mesh_io::esmf::{read, write};
use mesh_io::{DigestMismatch, MatrixFile, PartLabel, read_matrix, write_matrix};
use proptest::prelude::*;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/weights")
        .join(format!("{name}.nc"))
}

/// The matrix in the files that `make_weights.py` has made.
fn overlaps() -> CsrMatrix {
    let values = vec![0.5, 0.25, 1.5, 0.125];
    matrix_from_parts((3, 4), vec![0, 2, 2, 4], vec![0, 2, 1, 3], values).unwrap()
}

fn labelled() -> MatrixFile {
    MatrixFile {
        source: Some(Fingerprint::new(12)),
        target: Some(Fingerprint::new(u128::MAX - 1)),
        scheme: Some("p0-p0".to_owned()),
        source_measures: Some(vec![0.5, 2.0, 0.25, 1.0]),
        target_measures: Some(vec![1.1, 2.0, 2.3]),
        ..MatrixFile::new(overlaps())
    }
}

fn bytes(file: &MatrixFile) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, file).unwrap();
    out
}

#[test]
fn matrices_come_back_with_all_labels() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("weights.NC");
    let mut part = labelled();
    part.part = Some(PartLabel {
        part: 1,
        parts: 3,
        rows: vec![7, 3, 4],
        target_rows: 4_000_000_000,
    });
    part.target_location = Location::Nodes;
    for file in [labelled(), part] {
        write_matrix(&path, &file).unwrap();
        let back = read_matrix(&path).unwrap();
        assert_eq!(back, file);
        assert_eq!(digest(&back.matrix), digest(&file.matrix));
        assert_eq!(back.notes, Vec::<String>::new());
    }
    assert_eq!(bytes(&labelled()), bytes(&labelled()));
}

#[test]
fn matrices_without_entries_rows_or_columns_come_back() {
    for (rows, columns) in [(0, 0), (0, 3), (2, 0), (2, 3)] {
        let mut file = MatrixFile::new(CsrMatrix::zero((rows, columns)));
        file.source_measures = Some(vec![1.0; columns]);
        file.target_measures = Some(vec![1.0; rows]);
        assert_eq!(read(&bytes(&file)).unwrap(), file, "{rows} {columns}");
        file.part = Some(PartLabel {
            part: 0,
            parts: 2,
            rows: (0..rows as u32).collect(),
            target_rows: 9,
        });
        assert_eq!(read(&bytes(&file)).unwrap(), file, "{rows} {columns}");
    }
}

#[test]
fn what_the_netcdf_library_writes_is_read() {
    for name in [
        "classic",
        "offset",
        "data",
        "data_int64",
        "records",
        "short_records",
        "floats",
        "shuffled",
        "no_normalization",
        "none",
        "none_no_areas",
        "netcdf4",
        "netcdf4_classic_model",
        "netcdf4_deflated",
        "netcdf4_records",
    ] {
        let file = read_matrix(&data(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(digest(&file.matrix), digest(&overlaps()), "{name}");
        if name != "none_no_areas" {
            assert_eq!(file.target_measures, Some(vec![1.0, 2.0, 2.0]), "{name}");
            assert_eq!(file.source_measures, Some(vec![0.5, 2.0, 0.25, 1.0]));
        }
        let unsaid = usize::from(name == "no_normalization");
        assert_eq!(file.notes.len(), 1 + unsaid, "{name} {:?}", file.notes);
    }
    let file = read_matrix(&data("fracarea")).unwrap().matrix;
    for (found, expected) in file.data().iter().zip(overlaps().data()) {
        assert!((found - expected).abs() <= 2.0 * f64::EPSILON * expected);
    }
}

#[test]
fn what_is_not_read_says_why() {
    let refused = |name: &str| {
        let path = data(name);
        let message = read_matrix(&path).unwrap_err().to_string();
        let place = format!("{}: ", path.display());
        message.strip_prefix(&place).unwrap().to_owned()
    };
    assert_eq!(
        refused("no_areas"),
        "no variable area_b: without it the weights cannot become the overlap volumes they were; \
         expected it, or overlap_volume"
    );
    assert_eq!(
        refused("one_record_variable"),
        "no variable row, expected the weight file of ESMF_RegridWeightGen or `remap prepare`"
    );
}

/// The message about our own file with the last place of one text taken by another as long.
fn changed(from: &[u8], to: &[u8]) -> String {
    assert_eq!(from.len(), to.len());
    let mut file = bytes(&labelled());
    let place = file.windows(from.len()).rposition(|bytes| bytes == from);
    let place = place.expect("the file has that text");
    file[place..place + to.len()].copy_from_slice(to);
    read(&file).unwrap_err().to_string()
}

#[test]
fn damaged_files_are_refused_with_the_place() {
    let message = |file: &[u8]| read(file).unwrap_err().to_string();
    assert_eq!(
        message(b"hello world"),
        "it begins with \"hello wo\", expected \"CDF\" as a netCDF file"
    );
    assert!(message(b"").starts_with("it begins with \"\", expected"));
    assert_eq!(
        message(b"CDF\x03"),
        "it is of version 3 of netCDF's classic format, expected 1, 2 or 5"
    );
    assert_eq!(
        changed(&[0, 0, 0, 10, 0, 0, 0, 5], &[0, 0, 0, 77, 0, 0, 0, 5]),
        "byte 8: found 77, expected a list of dimensions"
    );
    let file = bytes(&labelled());
    assert_eq!(
        message(&file[..40]),
        "the file ends at byte 40, within a name"
    );
    assert_eq!(
        message(&file[..file.len() - 1]),
        format!(
            "variable overlap_volume: its 4 values begin at byte {}, but the file ends at byte {}",
            file.len() - 32,
            file.len() - 1
        )
    );
    assert_eq!(
        changed(b"S\0\0\0", b"T\0\0\0"),
        "no variable S, expected the weight file of ESMF_RegridWeightGen or `remap prepare`"
    );
    // Columns 1, 3, 2, 4.
    let columns = |last| [[0, 0, 0, 1], [0, 0, 0, 3], [0, 0, 0, 2], [0, 0, 0, last]].concat();
    assert_eq!(
        changed(&columns(4), &columns(5)),
        "variable col: value 3 is 5, expected 1 to 4"
    );
    assert_eq!(
        changed(&columns(4), &columns(0)),
        "variable col: value 3 is 0, expected 1 to 4"
    );
    assert_eq!(
        changed(&0.125_f64.to_be_bytes(), &0.5_f64.to_be_bytes()),
        // 0.125 is the last overlap; it is noticed by the weight beside it.
        format!(
            "variable S: value 3 is {}, but overlap_volume / area_b is {}: one of them was changed; \
             remove overlap_volume if S is right",
            0.125 / 2.3,
            0.5 / 2.3
        )
    );
    assert_eq!(
        changed(
            b"cells\0\0\0\0\0\0\x0ftarget",
            b"faces\0\0\0\0\0\0\x0ftarget"
        ),
        "location \"faces\", expected \"cells\" or \"nodes\""
    );
}

#[test]
fn damaged_netcdf4_is_refused_with_the_way_out() {
    let mut file = std::fs::read(data("netcdf4")).unwrap();
    file.truncate(file.len() - 1000);
    let message = read(&file).unwrap_err().to_string();
    assert!(
        message.ends_with("; `nccopy -k nc6 FILE NEW` makes a classic file of it"),
        "{message}"
    );
    let message = read(b"\x89HDF\r\n\x1a\n").unwrap_err().to_string();
    assert!(message.ends_with("makes a classic file of it"), "{message}");
}

#[test]
fn weights_of_another_matrix_are_refused() {
    let mut other = labelled();
    other.matrix.data_mut()[3] = 0.75;
    let [written, found] = [labelled(), other.clone()].map(|file| digest(&file.matrix));
    let mut file = bytes(&other);
    let place = file
        .windows(32)
        .position(|bytes| bytes == found.to_string().as_bytes());
    let place = place.unwrap();
    file[place..place + 32].copy_from_slice(written.to_string().as_bytes());
    assert_eq!(
        read(&file).unwrap().check_digest(),
        Err(DigestMismatch {
            found,
            expected: written
        })
    );
}

#[test]
fn a_matrix_without_volumes_is_not_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("weights.nc");
    let refused = |file: &MatrixFile| {
        let message = write_matrix(&path, file).unwrap_err().to_string();
        assert!(!path.exists());
        let place = format!("{}: ", path.display());
        message.strip_prefix(&place).unwrap().to_owned()
    };
    assert_eq!(
        refused(&MatrixFile::new(overlaps())),
        "the matrix does not know the volumes of its source cells, which weights are made with: \
         expected a matrix that `remap prepare` wrote as .npz or .nc"
    );
    let mut file = labelled();
    file.target_measures = Some(vec![1.0]);
    assert_eq!(refused(&file), "1 volumes of target cells, expected 3");
    for measure in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        file.target_measures = Some(vec![1.0, 0.0, measure]);
        assert_eq!(
            refused(&file),
            format!(
                "row 2 has entries, but its target cell has volume {measure}: expected one above 0"
            )
        );
    }
}

/// Any small matrix with the measures of its rows and columns.
fn matrices() -> impl Strategy<Value = MatrixFile> {
    let entry = proptest::option::of(proptest::num::f64::NORMAL | proptest::num::f64::ZERO);
    (1_usize..6, 1_usize..6).prop_flat_map(move |(rows, columns)| {
        let entries = proptest::collection::vec(entry.clone(), rows * columns);
        let measures = |count| proptest::collection::vec(1e-300..1e300, count);
        (entries, measures(rows), measures(columns)).prop_map(
            move |(entries, target_measures, source_measures)| {
                let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
                for row in entries.chunks(columns) {
                    let stored = row.iter().zip(0..).filter_map(|(v, c)| Some((c, (*v)?)));
                    for (column, value) in stored {
                        indices.push(column);
                        values.push(value);
                    }
                    offsets.push(indices.len());
                }
                let matrix = matrix_from_parts((rows, columns), offsets, indices, values).unwrap();
                MatrixFile {
                    source_measures: Some(source_measures),
                    target_measures: Some(target_measures),
                    ..MatrixFile::new(matrix)
                }
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_matrix_comes_back_to_the_last_bit(file in matrices()) {
        let back = read(&bytes(&file)).unwrap();
        prop_assert_eq!(digest(&back.matrix), digest(&file.matrix));
        prop_assert_eq!(back, file);
    }
}
