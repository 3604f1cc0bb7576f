//! Schemes of one's own: rows that are not target cells, and what is refused.

use std::collections::BTreeMap;

use crate::common::{entries, jittered, larger, overlaps, unit_cube};
use mesh_core::{BoxCellShape, BoxMesh, UnstructuredMesh};
use rayon::ThreadPoolBuilder;
use remap::{Contributions, Overlap, OverlapMatrix, PrepareError, Scheme, prepare};

/// A matrix as a map from row and column to the value: the slow obvious sparse matrix.
type Twin = BTreeMap<(u32, u32), f64>;

/// A scheme made of a function that says what an overlap contributes.
struct Rule<F> {
    rows: fn(&UnstructuredMesh) -> usize,
    columns: fn(&UnstructuredMesh) -> usize,
    contribute: F,
}

impl<F: Fn(&Overlap<'_>, &mut dyn FnMut(u32, u32, f64)) + Sync> Scheme for Rule<F> {
    fn name(&self) -> &'static str {
        "rule"
    }

    fn rows(&self, target: &UnstructuredMesh) -> usize {
        (self.rows)(target)
    }

    fn columns(&self, source: &UnstructuredMesh) -> usize {
        (self.columns)(source)
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        (self.contribute)(overlap, &mut |row, column, weight| {
            contributions.add(row, column, weight);
        });
    }
}

/// Target nodes × source cells: the volume of an overlap, shared out to the nodes of its target
/// cell in shares that differ.
fn shares_of_target_nodes(overlap: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)) {
    let nodes = overlap.target_mesh.cell_nodes(overlap.target.id());
    let shares = (1..=nodes.len()).map(|share| share as f64);
    let whole: f64 = shares.clone().sum();
    for (node, share) in nodes.iter().zip(shares) {
        let weight = overlap.moments.volume * share / whole;
        add(node.get(), overlap.source.get(), weight);
    }
}

/// Target nodes × source nodes: how often an overlap has both. Small whole numbers: exact sums.
fn pairs_of_nodes(overlap: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)) {
    for row in overlap.target_mesh.cell_nodes(overlap.target.id()) {
        for column in overlap.source_mesh.cell_nodes(overlap.source.id()) {
            add(row.get(), column.get(), 1.0);
        }
    }
}

fn meshes() -> (UnstructuredMesh, UnstructuredMesh) {
    // More target cells than a block holds, so that nodes get contributions from several.
    (
        jittered(BoxCellShape::Hexahedron, 5, 0.2, 1),
        jittered(BoxCellShape::Tetrahedron, 6, 0.2, 2),
    )
}

/// The matrix of a rule on target nodes, from the overlaps and a map.
fn twin_of_shares(matrix: &OverlapMatrix, target: &UnstructuredMesh) -> Twin {
    let mut twin = Twin::new();
    let cells: Vec<_> = target.cell_ids().collect();
    for (row, column, volume) in entries(matrix) {
        let nodes = target.cell_nodes(cells[row]);
        let whole = (nodes.len() * (nodes.len() + 1) / 2) as f64;
        for (share, node) in (1..).zip(nodes) {
            let weight = volume * f64::from(share) / whole;
            *twin.entry((node.get(), column as u32)).or_default() += weight;
        }
    }
    twin
}

fn assert_is_twin(matrix: &OverlapMatrix, twin: &Twin, tolerance: f64) {
    assert_eq!(matrix.nonzeros(), twin.len());
    let mut worst = 0.0;
    for ((row, column, value), (place, expected)) in entries(matrix).into_iter().zip(twin) {
        assert_eq!((row as u32, column as u32), *place);
        worst = larger((value - expected).abs() / expected, worst);
    }
    assert!(worst <= tolerance, "{worst:e}");
}

#[test]
fn rows_of_target_nodes_are_those_of_the_slow_twin() {
    let (source, target) = meshes();
    let scheme = Rule {
        rows: UnstructuredMesh::node_count,
        columns: UnstructuredMesh::cell_count,
        contribute: shares_of_target_nodes,
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    assert_eq!(
        matrix.matrix().shape(),
        (target.node_count(), source.cell_count())
    );
    let volumes = overlaps(&source, &target);
    // Sums in another order.
    assert_is_twin(&matrix, &twin_of_shares(&volumes, &target), 1e-14);
    assert!(
        (matrix.sum() - volumes.sum()).abs() <= 1e-14,
        "{}",
        matrix.sum()
    );
}

#[test]
fn more_rows_than_target_cells_are_those_of_the_slow_twin() {
    // Hexahedra have more nodes than cells, tetrahedra fewer.
    let (target, source) = meshes();
    assert!(target.node_count() > target.cell_count());
    let scheme = Rule {
        rows: UnstructuredMesh::node_count,
        columns: UnstructuredMesh::cell_count,
        contribute: shares_of_target_nodes,
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    let twin = twin_of_shares(&overlaps(&source, &target), &target);
    assert_is_twin(&matrix, &twin, 1e-14);
}

#[test]
fn target_nodes_by_source_nodes_are_exactly_those_of_the_slow_twin() {
    let (source, target) = meshes();
    let scheme = Rule {
        rows: UnstructuredMesh::node_count,
        columns: UnstructuredMesh::node_count,
        contribute: pairs_of_nodes,
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    let mut twin = Twin::new();
    let [sources, targets] = [&source, &target].map(|mesh| mesh.cell_ids().collect::<Vec<_>>());
    for (row, column, _) in entries(&overlaps(&source, &target)) {
        for row in target.cell_nodes(targets[row]) {
            for column in source.cell_nodes(sources[column]) {
                *twin.entry((row.get(), column.get())).or_default() += 1.0;
            }
        }
    }
    assert_is_twin(&matrix, &twin, 0.0);
}

#[test]
fn rows_of_target_nodes_have_the_same_bits_for_any_number_of_threads() {
    let (source, target) = meshes();
    let scheme = Rule {
        rows: UnstructuredMesh::node_count,
        columns: UnstructuredMesh::cell_count,
        contribute: shares_of_target_nodes,
    };
    let run = |threads| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| prepare(&source, &target, &scheme))
            .unwrap()
            .digest()
    };
    let alone = run(1);
    for threads in [2, 3, 5] {
        assert_eq!(alone, run(threads), "{threads} threads");
    }
}

#[test]
fn all_cells_may_add_to_one_row() {
    let (source, target) = meshes();
    let scheme = Rule {
        rows: |_| 1,
        columns: UnstructuredMesh::cell_count,
        contribute: |overlap: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)| {
            add(0, overlap.source.get(), overlap.moments.volume);
        },
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    assert_eq!(matrix.matrix().shape(), (1, source.cell_count()));
    let sums = overlaps(&source, &target).column_sums();
    for (found, expected) in matrix.matrix().data().iter().zip(&sums) {
        assert!(
            (found - expected).abs() <= 1e-14 * expected,
            "{found} for {expected}"
        );
    }
}

#[test]
fn what_is_added_in_any_order_to_one_entry_is_summed() {
    let (source, target) = meshes();
    // Three columns, descending, each in three parts; weights are powers of two: exact sums.
    let scheme = Rule {
        rows: UnstructuredMesh::cell_count,
        columns: |_| 3,
        contribute: |overlap: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)| {
            let row = overlap.target.get();
            for part in [1.0, 0.5, 0.25] {
                for column in [2, 0, 1] {
                    add(row, column, part * f64::from(column + 1));
                }
            }
        },
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    let counts: Vec<usize> = overlaps(&source, &target)
        .matrix()
        .outer_iterator()
        .map(|row| row.nnz())
        .collect();
    assert_eq!(matrix.nonzeros(), 3 * target.cell_count());
    for (row, column, value) in entries(&matrix) {
        assert_eq!(value, 1.75 * (column + 1) as f64 * counts[row] as f64);
    }
}

#[test]
fn own_rows_and_other_rows_may_be_mixed() {
    let (source, target) = meshes();
    let scheme = Rule {
        rows: UnstructuredMesh::cell_count,
        columns: UnstructuredMesh::cell_count,
        contribute: |overlap: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)| {
            let (row, column) = (overlap.target.get(), overlap.source.get());
            add(row, column, 2.0);
            // To the rows of the cells before and after it, and always to the first.
            add(row.saturating_sub(1), column, 1.0);
            add(
                (row + 1).min(overlap.target_mesh.cell_count() as u32 - 1),
                column,
                1.0,
            );
            add(0, column, 4.0);
        },
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    let mut twin = Twin::new();
    let last = target.cell_count() as u32 - 1;
    for (row, column, _) in entries(&overlaps(&source, &target)) {
        let (row, column) = (row as u32, column as u32);
        for (row, weight) in [
            (row, 2.0),
            (row.saturating_sub(1), 1.0),
            ((row + 1).min(last), 1.0),
            (0, 4.0),
        ] {
            *twin.entry((row, column)).or_default() += weight;
        }
    }
    assert_is_twin(&matrix, &twin, 0.0);
}

#[test]
fn a_scheme_that_adds_nothing_gives_an_empty_matrix() {
    let (source, target) = meshes();
    let scheme = Rule {
        rows: |_| 5,
        columns: |_| 4,
        contribute: |_: &Overlap<'_>, _: &mut dyn FnMut(u32, u32, f64)| {},
    };
    let matrix = prepare(&source, &target, &scheme).unwrap();
    assert_eq!((matrix.nonzeros(), matrix.matrix().shape()), (0, (5, 4)));
}

/// What a scheme gets that adds one entry for each overlap of 27 cells with one.
fn refusal(row: u32, column: u32, weight: f64) -> PrepareError {
    let source = BoxMesh::unit([3; 3]).generate().unwrap();
    let scheme = Rule {
        rows: UnstructuredMesh::cell_count,
        columns: UnstructuredMesh::cell_count,
        contribute: move |overlap: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)| {
            if overlap.source.get() == 13 {
                add(row, column, weight);
            } else {
                add(0, overlap.source.get(), 1.0);
            }
        },
    };
    prepare(&source, &unit_cube(), &scheme).unwrap_err()
}

#[test]
fn a_row_out_of_range_is_refused() {
    for row in [1, u32::MAX] {
        let expected = PrepareError::RowOutOfRange {
            scheme: "rule".to_owned(),
            row,
            rows: 1,
        };
        assert_eq!(refusal(row, 0, 1.0), expected);
    }
}

#[test]
fn a_column_out_of_range_is_refused() {
    for column in [27, u32::MAX] {
        let expected = PrepareError::ColumnOutOfRange {
            scheme: "rule".to_owned(),
            column,
            columns: 27,
        };
        assert_eq!(refusal(0, column, 1.0), expected);
    }
}

#[test]
fn a_weight_that_is_not_finite_is_refused() {
    for weight in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = refusal(0, 13, weight);
        let PrepareError::WeightNotFinite {
            scheme,
            row,
            column,
            weight: found,
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((scheme.as_str(), row, column), ("rule", 0, 13));
        assert!(found.total_cmp(&weight).is_eq(), "{found}");
    }
}

#[test]
fn weights_that_add_up_to_infinity_are_refused() {
    let (source, target) = meshes();
    for row in [0, 1] {
        let twice = Rule {
            rows: UnstructuredMesh::cell_count,
            columns: UnstructuredMesh::cell_count,
            contribute: move |_: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)| {
                add(row, 0, f64::MAX);
                add(row, 0, f64::MAX);
            },
        };
        let error = prepare(&source, &target, &twice).unwrap_err();
        assert!(
            matches!(error, PrepareError::WeightNotFinite { .. }),
            "{error}"
        );
    }
}

#[test]
fn negative_and_zero_weights_are_the_affair_of_the_scheme() {
    let scheme = Rule {
        rows: |_| 2,
        columns: |_| 1,
        contribute: |_: &Overlap<'_>, add: &mut dyn FnMut(u32, u32, f64)| {
            add(0, 0, -1.0);
            add(1, 0, 0.0);
        },
    };
    let matrix = prepare(&unit_cube(), &unit_cube(), &scheme).unwrap();
    assert_eq!(matrix.matrix().data(), [-1.0, 0.0]);
}
