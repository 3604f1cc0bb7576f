//! What merging, partitions and jobs in parts refuse, and what they say.

use mesh_core::{CellId, CsrMatrix, Fingerprint, UnstructuredMesh};
use partition::{
    MergeError, Method, PartMatrix, Partition, PartitionError, RunError, merge, run_in_parts,
};

/// Part `part` of `parts` slices of a diagonal matrix of six rows.
fn named_part(part: usize, parts: usize) -> (String, PartMatrix) {
    let partition = Partition::slices(6, parts).unwrap();
    let rows = partition.part_cells(part).to_vec();
    let count = rows.len();
    let columns = rows.iter().map(|row| row.get()).collect();
    let matrix = CsrMatrix::new((count, 6), (0..=count).collect(), columns, vec![1.0; count]);
    let (source, target) = (Fingerprint::new(1), Fingerprint::new(2));
    (
        format!("part{part}.npz"),
        PartMatrix {
            part,
            parts,
            rows,
            target_rows: 6,
            matrix,
            source,
            target,
        },
    )
}

/// All three parts, changed by `change`, and what merging them says.
fn refusal(change: impl FnOnce(&mut Vec<(String, PartMatrix)>)) -> (MergeError, String) {
    let mut parts: Vec<_> = (0..3).map(|part| named_part(part, 3)).collect();
    assert!(merge(&parts).is_ok());
    change(&mut parts);
    let error = merge(&parts).unwrap_err();
    let text = error.to_string();
    (error, text)
}

#[test]
fn nothing_to_merge() {
    assert_eq!(merge(&[]), Err(MergeError::NoParts));
}

#[test]
fn missing_parts_are_named_wherever_they_are() {
    for missing in 0..3 {
        let (error, text) = refusal(|parts| {
            parts.remove(missing);
        });
        assert_eq!(
            error,
            MergeError::PartMissing {
                part: missing,
                parts: 3,
                missing: 1
            }
        );
        assert!(
            text.contains(&format!("part {missing}/3 is missing")),
            "{text}"
        );
    }
    let (error, _) = refusal(|parts| parts.truncate(1));
    assert_eq!(
        error,
        MergeError::PartMissing {
            part: 1,
            parts: 3,
            missing: 2
        }
    );
}

#[test]
fn a_part_given_twice_is_named_with_its_double() {
    let (_, text) = refusal(|parts| parts.push(("again.npz".into(), named_part(1, 3).1)));
    assert_eq!(
        text,
        "again.npz: is part 1/3, but so is part1.npz; give each part once"
    );
    let (error, _) = refusal(|parts| parts[2] = parts[0].clone());
    assert!(matches!(error, MergeError::PartDoubled { part: 0, .. }));
}

#[test]
fn a_part_of_another_job_is_named() {
    let (error, text) = refusal(|parts| parts[1] = named_part(1, 2));
    assert!(matches!(
        error,
        MergeError::DifferentParts {
            found: 2,
            expected: 3,
            ..
        }
    ));
    assert!(text.starts_with("part1.npz: "), "{text}");
    let (error, text) = refusal(|parts| parts[2].1.source = Fingerprint::new(9));
    assert!(matches!(error, MergeError::ForeignSource { .. }));
    assert!(
        text.starts_with("part2.npz: ") && text.contains("part0.npz"),
        "{text}"
    );
    let (error, _) = refusal(|parts| parts[2].1.target = Fingerprint::new(9));
    assert!(matches!(error, MergeError::ForeignTarget { .. }));
    let (error, _) = refusal(|parts| parts[2].1.target_rows = 7);
    assert!(matches!(
        error,
        MergeError::TargetRowCount {
            found: 7,
            expected: 6,
            ..
        }
    ));
    let (error, _) = refusal(|parts| {
        parts[1].1.matrix = CsrMatrix::new((2, 5), vec![0, 0, 0], vec![], vec![]);
    });
    assert!(matches!(
        error,
        MergeError::ColumnCount {
            found: 5,
            expected: 6,
            ..
        }
    ));
}

#[test]
fn labels_and_row_maps_that_cannot_be_are_refused() {
    let (error, _) = refusal(|parts| parts[1].1.part = 3);
    assert!(matches!(
        error,
        MergeError::PartOutOfRange {
            part: 3,
            parts: 3,
            ..
        }
    ));
    let (error, _) = refusal(|parts| parts[1].1.rows.truncate(1));
    assert!(matches!(
        error,
        MergeError::RowMap {
            named: 1,
            rows: 2,
            ..
        }
    ));
    let (error, _) = refusal(|parts| parts[1].1.rows[1] = CellId::new(6));
    assert!(matches!(
        error,
        MergeError::RowOutOfRange {
            local: 1,
            rows: 6,
            ..
        }
    ));
    let (error, text) = refusal(|parts| parts[1].1.rows[1] = CellId::new(0));
    assert!(matches!(error, MergeError::RowTwice { .. }));
    assert_eq!(
        text,
        "part1.npz: has global row 0, but part0.npz has it already; expected parts that one partition made, by one \
         method"
    );
    let (error, _) = refusal(|parts| parts[1].1.matrix = parts[1].1.matrix.to_csc());
    assert!(matches!(error, MergeError::NotByRows { .. }));
}

#[test]
fn a_row_in_no_part_is_named() {
    let (error, _) = refusal(|parts| {
        parts[1].1.rows.pop();
        parts[1].1.matrix = CsrMatrix::new((1, 6), vec![0, 1], vec![2], vec![1.0]);
    });
    assert_eq!(error, MergeError::RowMissing { row: 3, rows: 6 });
}

#[test]
fn absurd_numbers_from_a_file_are_refused_without_making_room_for_them() {
    let (error, _) = refusal(|parts| {
        for (_, part) in parts {
            part.target_rows = usize::MAX;
        }
    });
    assert_eq!(
        error,
        MergeError::RowMissing {
            row: 6,
            rows: usize::MAX
        }
    );
    let (error, _) = refusal(|parts| parts.iter_mut().for_each(|(_, p)| p.parts = usize::MAX));
    assert!(matches!(error, MergeError::PartMissing { part: 3, .. }));
}

#[test]
fn parts_without_rows_merge_like_others() {
    let parts: Vec<_> = (0..9).map(|part| named_part(part, 9)).collect();
    assert!(parts.iter().any(|(_, part)| part.rows.is_empty()));
    assert_eq!(merge(&parts).unwrap(), CsrMatrix::eye(6));
}

fn row_of_cells(count: u32) -> UnstructuredMesh {
    let along = (0..=count).map(f64::from).collect();
    let axes = vec![along, vec![0.0, 1.0], vec![0.0, 1.0]];
    mesh_core::CartesianMesh::new(axes)
        .unwrap()
        .to_unstructured()
        .unwrap()
}

#[test]
fn partitions_refuse_what_they_cannot_do() {
    let mesh = row_of_cells(4);
    for parts in [0, Partition::MAX_PARTS + 1, usize::MAX] {
        let error = PartitionError::PartCount { parts };
        assert_eq!(Partition::slices(4, parts), Err(error.clone()));
        assert_eq!(
            Partition::new(&mesh, parts, Method::SpaceFillingCurve),
            Err(error)
        );
    }
    assert!(matches!(
        Partition::slices(1 << 40, 2),
        Err(PartitionError::TooManyCells { .. })
    ));
    let weighted = |weights: &[f64]| Partition::weighted(&mesh, 2, Method::Slices, weights);
    assert_eq!(
        weighted(&[1.0; 3]),
        Err(PartitionError::WeightCount {
            weights: 3,
            cells: 4
        })
    );
    assert_eq!(weighted(&[0.0; 4]), Err(PartitionError::ZeroWeights));
    for bad in [-1.0, f64::INFINITY, f64::NAN] {
        let error = weighted(&[1.0, bad, 1.0, 1.0]).unwrap_err();
        assert!(matches!(error, PartitionError::Weight { cell, .. } if cell == CellId::new(1)));
    }
    let partition = Partition::slices(4, 2).unwrap();
    let error = partition.extract(&mesh, 2).unwrap_err();
    assert_eq!(error, PartitionError::PartOutOfRange { part: 2, parts: 2 });
    let error = partition.extract(&row_of_cells(5), 0).unwrap_err();
    assert_eq!(
        error,
        PartitionError::OtherMesh {
            expected: 4,
            found: 5
        }
    );
}

#[test]
fn more_parts_than_cells_leaves_some_empty_and_the_job_skips_them() {
    let mesh = row_of_cells(3);
    for method in Method::ALL {
        let partition = Partition::new(&mesh, 8, method).unwrap();
        let mut called = 0;
        let matrix = run_in_parts(&mesh, &partition, |part| {
            called += 1;
            assert_eq!(part.mesh.cell_count(), 1);
            Ok::<_, ()>(CsrMatrix::new(
                (1, 1),
                vec![0, 1],
                vec![0],
                vec![part.index as f64],
            ))
        });
        assert_eq!(matrix.unwrap().shape(), (3, 1));
        assert_eq!(called, 3);
    }
}

#[test]
fn a_job_stops_at_the_first_part_that_fails_and_names_it() {
    let mesh = row_of_cells(4);
    let partition = Partition::slices(4, 4).unwrap();
    let mut called = Vec::new();
    let error = run_in_parts(&mesh, &partition, |part| {
        called.push(part.index);
        if part.index == 2 {
            Err("out of luck")
        } else {
            Ok(CsrMatrix::zero((1, 1)))
        }
    })
    .unwrap_err();
    assert_eq!(
        error,
        RunError::Part {
            part: 2,
            parts: 4,
            source: "out of luck"
        }
    );
    assert_eq!(called, [0, 1, 2]);

    let error = run_in_parts(&mesh, &partition, |part| {
        Ok::<_, ()>(CsrMatrix::zero((1, 1 + part.index)))
    })
    .unwrap_err();
    assert!(matches!(
        error,
        RunError::Merge(MergeError::ColumnCount { .. })
    ));
}
