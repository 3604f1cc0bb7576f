//! The laws of overlap matrices fail where they should: each on a matrix broken on purpose.

use crate::common::{entries, jittered, larger, overlaps, worst_difference};
use mesh_core::{BoxCellShape, BoxMesh, CellId, UnstructuredMesh};
use remap::check::{Report, SUM_TOLERANCE, check};
use remap::{MatrixMismatch, MatrixScheme, OverlapMatrix, P0P1, P1P0, P1P1};

/// Two meshes of the unit cube, and their matrix.
struct Case {
    source: UnstructuredMesh,
    target: UnstructuredMesh,
    matrix: OverlapMatrix,
}

impl Case {
    fn new(source: UnstructuredMesh, target: UnstructuredMesh) -> Self {
        let matrix = overlaps(&source, &target);
        Self {
            source,
            target,
            matrix,
        }
    }

    fn jittered() -> Self {
        Self::new(
            jittered(BoxCellShape::Hexahedron, 6, 0.2, 1),
            jittered(BoxCellShape::Hexahedron, 5, 0.2, 2),
        )
    }

    /// What the check finds in a matrix whose entries were changed; those that became zero are
    /// dropped.
    fn check_changed(&self, change: impl FnOnce(&mut [(usize, usize, f64)])) -> Report {
        let mut changed = entries(&self.matrix);
        change(&mut changed);
        changed.retain(|entry| entry.2 != 0.0);
        let (rows, columns) = self.matrix.matrix().shape();
        let mut offsets = vec![0; rows + 1];
        for entry in &changed {
            offsets[entry.0 + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let indices = changed.iter().map(|entry| entry.1 as u32).collect();
        let values = changed.iter().map(|entry| entry.2).collect();
        let matrix = OverlapMatrix::from_parts((rows, columns), offsets, indices, values).unwrap();
        check(&matrix, &self.source, &self.target).unwrap()
    }

    /// The entries whose target cell is deep inside the box, so that it is known to be covered, and
    /// that are no sliver: which of all they are.
    fn inner_entries(&self) -> Vec<usize> {
        let all = entries(&self.matrix).into_iter().enumerate();
        let inner = all.filter(|(_, (row, _, value))| {
            let cell = CellId::new(*row as u32);
            let bounds = self.target.cell_bounds(cell);
            let inside = (0..3).all(|axis| bounds.min[axis] > 0.0 && bounds.max[axis] < 1.0);
            inside && *value > 1e-3 * self.target.measure(cell)
        });
        inner.map(|(index, _)| index).collect()
    }
}

fn breaks_row(report: &Report, row: usize) -> bool {
    !report.holds
        && report
            .rows
            .violations
            .iter()
            .any(|found| found.cell.index() == row)
}

fn breaks_column(report: &Report, column: usize) -> bool {
    !report.holds
        && report
            .columns
            .violations
            .iter()
            .any(|found| found.cell.index() == column)
}

#[test]
fn the_laws_hold_where_nothing_was_changed() {
    let case = Case::jittered();
    let report = case.check_changed(|_| {});
    assert!(report.holds, "{report:?}");
    assert!(report.rows.worst <= SUM_TOLERANCE && report.columns.worst <= SUM_TOLERANCE);
    assert!(case.inner_entries().len() > 100);
}

#[test]
fn a_value_times_1_0000001_breaks_the_law_of_rows() {
    let case = Case::jittered();
    for index in case.inner_entries() {
        for factor in [1.000_000_1, 0.999_999_9] {
            let mut place = (0, 0, 0.0);
            let report = case.check_changed(|entries| {
                entries[index].2 *= factor;
                place = entries[index];
            });
            assert!(breaks_row(&report, place.0), "{place:?}: {report:?}");
            assert_eq!(report.rows.violations[0].cell.index(), place.0);
            assert!(report.rows.worst > SUM_TOLERANCE);
        }
    }
}

#[test]
fn a_larger_value_breaks_the_laws_also_in_cells_at_the_border() {
    // Such a cell may be covered in part only, but never by more than its volume.
    let case = Case::jittered();
    for index in (0..case.matrix.nonzeros()).step_by(7) {
        let (row, column, value) = entries(&case.matrix)[index];
        let volumes = [case.target.measures()[row], case.source.measures()[column]];
        if !(value > 1e-3 * volumes[0].max(volumes[1])) {
            continue;
        }
        let report = case.check_changed(|entries| entries[index].2 *= 1.000_000_1);
        assert!(breaks_row(&report, row), "{report:?}");
        assert!(breaks_column(&report, column), "{report:?}");
        assert!(report.rows.largest_excess > SUM_TOLERANCE);
        assert!(report.columns.largest_excess > SUM_TOLERANCE);
    }
}

#[test]
fn a_dropped_entry_breaks_the_law_of_rows() {
    let case = Case::jittered();
    for index in case.inner_entries() {
        let mut row = 0;
        let report = case.check_changed(|entries| {
            row = entries[index].0;
            entries[index].2 = 0.0;
        });
        assert!(breaks_row(&report, row), "{report:?}");
    }
}

#[test]
fn a_dropped_row_breaks_both_laws() {
    let case = Case::jittered();
    let rows: Vec<usize> = entries(&case.matrix).iter().map(|entry| entry.0).collect();
    for index in case.inner_entries() {
        let report = case.check_changed(|entries| {
            for entry in entries.iter_mut().filter(|entry| entry.0 == rows[index]) {
                entry.2 = 0.0;
            }
        });
        assert_eq!(report.rows.uncovered_cells, 1);
        assert!(
            !report.holds && !report.columns.violations.is_empty(),
            "{report:?}"
        );
        assert!(breaks_row(&report, rows[index]), "{report:?}");
    }
}

#[test]
fn a_matrix_without_entries_breaks_the_laws() {
    let report = Case::jittered().check_changed(|entries| {
        for entry in entries {
            entry.2 = 0.0;
        }
    });
    assert!(!report.holds);
    assert!(!report.rows.violations.is_empty() && !report.columns.violations.is_empty());
}

#[test]
fn a_matrix_without_entries_is_right_for_meshes_apart() {
    let source = jittered(BoxCellShape::Hexahedron, 4, 0.2, 1);
    let far = mesh_core::Vector3::new(3.0, 0.0, 0.0);
    let case = Case::new(source.translate(&far).unwrap(), source);
    assert_eq!(case.matrix.nonzeros(), 0);
    let report = check(&case.matrix, &case.source, &case.target).unwrap();
    assert!(report.holds);
    assert_eq!(report.rows.uncovered_cells, 64);
}

#[test]
fn a_negative_entry_breaks_the_laws() {
    let case = Case::jittered();
    for index in case.inner_entries() {
        let mut changed = None;
        let report = case.check_changed(|entries| {
            entries[index].2 *= -1.0;
            changed = Some(entries[index]);
        });
        assert_eq!(report.nonpositive_entries, 1);
        let first = report.first_nonpositive_entry;
        let first = first.map(|(row, column, value)| (row.index(), column.index(), value));
        assert_eq!(first, changed);
        assert!(!report.holds);
    }
}

#[test]
fn a_negative_entry_is_found_where_the_sums_hide_it() {
    let case = Case::jittered();
    // Two entries of one row: one becomes negative, the other makes up for it.
    let first = case.inner_entries()[0];
    let report = case.check_changed(|entries| {
        assert_eq!(entries[first].0, entries[first + 1].0);
        let moved = 1.5 * entries[first].2;
        entries[first].2 -= moved;
        entries[first + 1].2 += moved;
    });
    assert_eq!(report.nonpositive_entries, 1);
    assert!(report.rows.violations.is_empty(), "{report:?}");
    assert!(!report.holds);
}

#[test]
fn volume_moved_along_a_row_breaks_the_law_of_columns_alone() {
    let case = Case::jittered();
    let first = case.inner_entries()[0];
    let mut columns = (0, 0);
    let report = case.check_changed(|entries| {
        assert_eq!(entries[first].0, entries[first + 1].0);
        columns = (entries[first].1, entries[first + 1].1);
        let moved = 1e-7 * entries[first].2;
        entries[first].2 -= moved;
        entries[first + 1].2 += moved;
    });
    assert!(report.rows.violations.is_empty(), "{report:?}");
    assert!(breaks_column(&report, columns.1), "{report:?}");
}

#[test]
fn volume_moved_along_a_column_breaks_the_law_of_rows_alone() {
    let case = Case::jittered();
    let mut rows = (0, 0);
    let inner = case.inner_entries();
    let report = case.check_changed(|entries| {
        let place = |index: usize| entries[index];
        let pair = inner.iter().find_map(|&one| {
            let same_column = |&&other: &&usize| other != one && place(other).1 == place(one).1;
            inner.iter().find(same_column).map(|&other| (one, other))
        });
        let (one, other) = pair.unwrap();
        rows = (entries[one].0, entries[other].0);
        let moved = 1e-7 * entries[one].2;
        entries[one].2 -= moved;
        entries[other].2 += moved;
    });
    assert!(report.columns.violations.is_empty(), "{report:?}");
    assert!(
        breaks_row(&report, rows.0) && breaks_row(&report, rows.1),
        "{report:?}"
    );
}

#[test]
fn every_entry_times_1_0000001_breaks_both_laws() {
    let case = Case::jittered();
    let report = case.check_changed(|entries| {
        for entry in entries {
            entry.2 *= 1.000_000_1;
        }
    });
    assert!(!report.holds);
    assert_eq!(report.rows.violations.len(), 10);
    assert_eq!(report.columns.violations.len(), 10);
    // All of them, not only those that are listed.
    assert_eq!(report.rows.violating_cells, case.target.cell_count());
    assert_eq!(report.columns.violating_cells, case.source.cell_count());
    assert!((report.rows.largest_excess - 1e-7).abs() <= 1e-12);
    assert!((report.overlap_volume - 1.000_000_1).abs() <= 1e-13);
}

#[test]
fn a_value_for_a_cell_without_volume_breaks_the_laws() {
    let flat = BoxMesh::unit([2; 3]).generate().unwrap();
    let mut nodes = flat.nodes().to_vec();
    // The lowest layer of cells has its top pressed onto its bottom.
    for node in nodes.iter_mut().filter(|node| node.z == 0.5) {
        node.z = 0.0;
    }
    let mut builder = UnstructuredMesh::builder(nodes);
    for cell in flat.cell_ids() {
        let nodes: Vec<u32> = flat
            .cell_nodes(cell)
            .iter()
            .map(|node| node.get())
            .collect();
        builder = builder.cell(flat.shape(cell), &nodes);
    }
    let flat = builder.build().unwrap();
    assert_eq!(flat.measure(CellId::new(0)), 0.0);
    let whole = BoxMesh::unit([1; 3]).generate().unwrap();
    let matrix = overlaps(&whole, &flat);
    assert_eq!(matrix.nonzeros(), 4);
    assert!(check(&matrix, &whole, &flat).unwrap().holds);
    let offsets = vec![0, 1, 1, 1, 1, 2, 3, 4, 5];
    let mut values = matrix.matrix().data().to_vec();
    values.insert(0, 1e-9);
    let wrong = OverlapMatrix::from_parts((8, 1), offsets, vec![0; 5], values).unwrap();
    let report = check(&wrong, &whole, &flat).unwrap();
    assert!(!report.holds, "{report:?}");
    assert!(breaks_row(&report, 0), "{report:?}");
}

#[test]
fn the_matrix_of_another_mesh_is_refused_or_breaks_the_laws() {
    let case = Case::jittered();
    let other = jittered(BoxCellShape::Hexahedron, 5, 0.2, 3);
    let matrix = overlaps(&case.source, &other);
    assert!(check(&matrix, &case.source, &case.target).is_err());
    // Without its fingerprints it is taken, and seen to be another's.
    let stripped = OverlapMatrix::new(matrix.into_matrix(), None, None);
    let report = check(&stripped, &case.source, &case.target).unwrap();
    assert!(
        !report.holds && !report.rows.violations.is_empty(),
        "{report:?}"
    );
}

#[test]
fn the_comparison_with_the_swapped_run_fails_on_a_wrong_value() {
    let case = Case::jittered();
    let swapped = overlaps(&case.target, &case.source).transpose();
    let compare =
        |matrix: &OverlapMatrix| worst_difference(matrix, &swapped, &case.source, &case.target);
    assert!(compare(&case.matrix) <= 1e-14);
    let index = case.inner_entries()[0];
    let mut matrix = case.matrix.matrix().clone();
    matrix.data_mut()[index] *= 1.000_000_1;
    let wrong = compare(&OverlapMatrix::new(matrix.clone(), None, None));
    assert!(wrong > 1e-11, "{wrong:e}");
    matrix.data_mut()[index] = f64::NAN;
    let wrong = compare(&OverlapMatrix::new(matrix, None, None));
    assert!(!(larger(wrong, 0.0) <= 1e-14), "{wrong:e}");
}

#[test]
fn a_matrix_with_an_undefined_value_breaks_the_laws() {
    let case = Case::jittered();
    let mut matrix = case.matrix.matrix().clone();
    matrix.data_mut()[0] = f64::NAN;
    let matrix = OverlapMatrix::new(matrix, None, None);
    let report = check(&matrix, &case.source, &case.target).unwrap();
    assert!(!report.holds);
    assert_eq!(report.nonpositive_entries, 1);
    assert!(
        breaks_row(&report, 0) && breaks_column(&report, 0),
        "{report:?}"
    );
}

#[test]
fn the_laws_of_overlaps_are_not_asked_of_nodes() {
    let source = BoxMesh::unit([2; 3]).generate().unwrap();
    let target = BoxMesh {
        shape: BoxCellShape::Tetrahedron,
        ..BoxMesh::unit([3; 3])
    };
    let target = target.generate().unwrap();
    for (scheme, expected) in [
        (&P1P0 as &dyn MatrixScheme, ("columns", "source")),
        (&P0P1, ("rows", "target")),
        (&P1P1, ("rows", "target")),
    ] {
        let matrix = scheme.prepare_matrix(&source, &target, &|_| {});
        let error = check(&matrix.unwrap().matrix, &source, &target).unwrap_err();
        let (entries, mesh) = expected;
        assert_eq!(error, MatrixMismatch::OfNodes { entries, mesh });
    }
}
