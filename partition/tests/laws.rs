//! Laws of partitions and of merging, each also seen to fail on something broken.

use mesh_core::{CartesianMesh, CellId, CsrMatrix, Fingerprint, UnstructuredMesh};
use partition::{Method, PartMatrix, Partition, merge, run_in_parts};
use proptest::collection::vec;
use proptest::prelude::*;

// --- The laws --------------------------------------------------------------------------------

/// Every cell is in exactly one part, and the cells of a part ascend.
fn check_covers_once(parts: &[Vec<CellId>], cell_count: usize) -> Result<(), String> {
    let mut times = vec![0; cell_count];
    for (part, cells) in parts.iter().enumerate() {
        for cell in cells {
            times[cell.index()] += 1;
        }
        if !cells.is_sorted_by(|earlier, later| earlier < later) {
            return Err(format!("part {part} does not ascend"));
        }
    }
    match times.iter().position(|&count| count != 1) {
        Some(cell) => Err(format!("cell {cell} is in {} parts", times[cell])),
        None => Ok(()),
    }
}

/// The parts' lengths differ by at most one.
fn check_counts_balanced(parts: &[Vec<CellId>]) -> Result<(), String> {
    let lengths: Vec<usize> = parts.iter().map(Vec::len).collect();
    match (lengths.iter().min(), lengths.iter().max()) {
        (Some(least), Some(most)) if most - least <= 1 => Ok(()),
        _ => Err(format!("lengths {lengths:?}")),
    }
}

/// Each part's weight is within `bound` times the heaviest cell of the mean.
fn check_weights_balanced(
    parts: &[Vec<CellId>],
    weights: &[f64],
    bound: f64,
) -> Result<(), String> {
    let heaviest = weights.iter().copied().fold(0.0, f64::max);
    let total: f64 = weights.iter().sum();
    let mean = total / parts.len() as f64;
    for (part, cells) in parts.iter().enumerate() {
        let weight: f64 = cells.iter().map(|cell| weights[cell.index()]).sum();
        let within = (weight - mean).abs() <= bound * heaviest + 1e-12 * total;
        if !within {
            return Err(format!(
                "part {part} weighs {weight}, mean {mean}, heaviest {heaviest}"
            ));
        }
    }
    Ok(())
}

/// Two matrices are the same, bit for bit.
fn check_same_bits(found: &CsrMatrix, expected: &CsrMatrix) -> Result<(), String> {
    let bits = |matrix: &CsrMatrix| {
        let values: Vec<u64> = matrix.data().iter().map(|value| value.to_bits()).collect();
        (
            matrix.shape(),
            matrix.proper_indptr().to_vec(),
            matrix.indices().to_vec(),
            values,
        )
    };
    if bits(found) == bits(expected) {
        Ok(())
    } else {
        Err("matrices differ".to_string())
    }
}

/// The bound of each method on a part's distance from the mean weight, in heaviest cells.
fn stated_bound(method: Method) -> f64 {
    match method {
        Method::Slices | Method::SpaceFillingCurve => 1.0,
        Method::CoordinateBisection => 1.5,
    }
}

// --- What they are tried on ------------------------------------------------------------------

/// A box of hexahedra of uneven widths, its cells numbered in any order.
fn any_mesh() -> impl Strategy<Value = UnstructuredMesh> {
    let axis = |most: usize| {
        vec(0.1..3.0_f64, 1..most).prop_map(|widths| {
            let mut end = -1.0;
            let ends = widths.into_iter().map(move |width| {
                end += width;
                end
            });
            std::iter::once(-1.0).chain(ends).collect::<Vec<f64>>()
        })
    };
    (axis(7), axis(7), axis(4))
        .prop_flat_map(|(x, y, z)| {
            let mesh = CartesianMesh::new(vec![x, y, z])
                .unwrap()
                .to_unstructured()
                .unwrap();
            let cells: Vec<CellId> = mesh.cell_ids().collect();
            (Just(mesh), Just(cells).prop_shuffle())
        })
        .prop_map(|(mesh, cells)| mesh.extract(&cells).unwrap())
}

fn any_method() -> impl Strategy<Value = Method> {
    prop::sample::select(Method::ALL.to_vec())
}

/// A mesh and weights, of which many are 0 and some heavy.
fn any_weighted_mesh() -> impl Strategy<Value = (UnstructuredMesh, Vec<f64>)> {
    any_mesh().prop_flat_map(|mesh| {
        let weight = prop_oneof![Just(0.0), 0.0..1.0, 10.0..1000.0];
        let cells = mesh.cell_count();
        let weights =
            vec(weight, cells).prop_filter("not all zero", |w| w.iter().any(|&w| w > 0.0));
        (Just(mesh), weights)
    })
}

/// A matrix of the given number of rows, with empty rows and values of any bits but NaN.
fn any_matrix(rows: usize) -> impl Strategy<Value = CsrMatrix> {
    (1_usize..9).prop_flat_map(move |columns| {
        let entry = prop::option::weighted(0.4, any::<f64>().prop_filter("NaN", |v| !v.is_nan()));
        vec(vec(entry, columns), rows).prop_map(move |dense| {
            let (mut offsets, mut indices, mut data) = (vec![0], Vec::new(), Vec::new());
            for row in dense {
                for (column, value) in row.into_iter().enumerate() {
                    if let Some(value) = value {
                        indices.push(column as u32);
                        data.push(value);
                    }
                }
                offsets.push(indices.len());
            }
            CsrMatrix::new((rows, columns), offsets, indices, data)
        })
    })
}

fn lists(partition: &Partition) -> Vec<Vec<CellId>> {
    partition.iter().map(<[_]>::to_vec).collect()
}

/// The given rows of a matrix, in the order given.
fn rows_of(matrix: &CsrMatrix, rows: &[CellId]) -> CsrMatrix {
    let (mut offsets, mut indices, mut data) = (vec![0], Vec::new(), Vec::new());
    for row in rows {
        let range = matrix.indptr().outer_inds_sz(row.index());
        indices.extend_from_slice(&matrix.indices()[range.clone()]);
        data.extend_from_slice(&matrix.data()[range]);
        offsets.push(indices.len());
    }
    CsrMatrix::new((rows.len(), matrix.cols()), offsets, indices, data)
}

/// The matrix split as the partition says, rows of a part reversed where `reverse`.
fn split(matrix: &CsrMatrix, partition: &Partition, reverse: bool) -> Vec<(String, PartMatrix)> {
    partition
        .iter()
        .enumerate()
        .map(|(part, cells)| {
            let mut rows = cells.to_vec();
            if reverse {
                rows.reverse();
            }
            let matrix = rows_of(matrix, &rows);
            let parts = partition.parts();
            let (source, target) = (Fingerprint::new(7), Fingerprint::new(8));
            let target_rows = partition.cell_count();
            (
                format!("p{part}"),
                PartMatrix {
                    part,
                    parts,
                    rows,
                    target_rows,
                    matrix,
                    source,
                    target,
                },
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cell_is_in_exactly_one_part_and_counts_are_balanced(
        mesh in any_mesh(), parts in 1_usize..40, method in any_method(),
    ) {
        let partition = Partition::new(&mesh, parts, method).unwrap();
        prop_assert_eq!(partition.parts(), parts);
        let lists = lists(&partition);
        prop_assert_eq!(check_covers_once(&lists, mesh.cell_count()), Ok(()));
        prop_assert_eq!(check_counts_balanced(&lists), Ok(()));
    }

    #[test]
    fn weights_are_balanced_within_the_stated_bound(
        (mesh, weights) in any_weighted_mesh(), parts in 1_usize..40, method in any_method(),
        scale in -300_i32..300,
    ) {
        let partition = Partition::weighted(&mesh, parts, method, &weights).unwrap();
        prop_assert_eq!(partition.parts(), parts);
        let lists = lists(&partition);
        prop_assert_eq!(check_covers_once(&lists, mesh.cell_count()), Ok(()));
        prop_assert_eq!(check_weights_balanced(&lists, &weights, stated_bound(method)), Ok(()));
        // The unit of the weights does not matter.
        let scaled: Vec<f64> = weights.iter().map(|weight| weight * 2_f64.powi(scale)).collect();
        prop_assert_eq!(Partition::weighted(&mesh, parts, method, &scaled).unwrap(), partition);
    }

    #[test]
    fn a_partition_does_not_change_with_the_unit_of_length(
        cells in [1_usize..6, 1_usize..6, 1_usize..6], parts in 1_usize..20,
        method in any_method(), scale in -200_i32..200,
    ) {
        let scaled = |factor: f64| {
            let axes = cells.map(|n| (0..=n).map(|i| i as f64 * 0.1 * factor).collect());
            CartesianMesh::new(axes.to_vec()).unwrap().to_unstructured().unwrap()
        };
        let (one, other) = (scaled(1.0), scaled(2_f64.powi(scale)));
        prop_assert_eq!(
            Partition::new(&one, parts, method).unwrap(),
            Partition::new(&other, parts, method).unwrap()
        );
    }

    #[test]
    fn parts_have_the_cells_and_the_volume_of_the_whole(
        mesh in any_mesh(), parts in 1_usize..12, method in any_method(),
    ) {
        let partition = Partition::new(&mesh, parts, method).unwrap();
        for index in 0..parts {
            let Some(part) = partition.extract(&mesh, index).unwrap() else {
                prop_assert!(partition.part_cells(index).is_empty());
                continue;
            };
            prop_assert_eq!(part.index, index);
            prop_assert_eq!(&part.cells, partition.part_cells(index));
            prop_assert_eq!(part.mesh.cell_count(), part.cells.len());
            for (local, &global) in part.mesh.cell_ids().zip(&part.cells) {
                prop_assert_eq!(part.mesh.measure(local), mesh.measure(global));
                let local_nodes = part.mesh.cell_nodes(local).iter().map(|n| part.mesh.nodes()[n.index()]);
                let global_nodes = mesh.cell_nodes(global).iter().map(|n| mesh.nodes()[n.index()]);
                prop_assert!(local_nodes.eq(global_nodes));
            }
            let used: std::collections::BTreeSet<_> = part.mesh.connectivity().iter().collect();
            prop_assert_eq!(used.len(), part.mesh.node_count());
        }
    }

    #[test]
    fn merging_any_shuffled_split_gives_the_matrix_bit_for_bit(
        (mesh, matrix) in any_mesh().prop_flat_map(|mesh| {
            let rows = mesh.cell_count();
            (Just(mesh), any_matrix(rows))
        }),
        parts in 1_usize..30, method in any_method(), reverse: bool,
        order in vec(any::<prop::sample::Index>(), 30),
    ) {
        let partition = Partition::new(&mesh, parts, method).unwrap();
        let mut pieces = split(&matrix, &partition, reverse);
        for (place, other) in order.iter().enumerate().take(pieces.len()) {
            let other = other.index(pieces.len());
            pieces.swap(place, other);
        }
        let merged = merge(&pieces).unwrap();
        prop_assert_eq!(check_same_bits(&merged, &matrix), Ok(()));

        let run = run_in_parts(&mesh, &partition, |part| {
            Ok::<_, ()>(rows_of(&matrix, &part.cells))
        });
        prop_assert_eq!(check_same_bits(&run.unwrap(), &matrix), Ok(()));
    }
}

// --- The laws, broken ------------------------------------------------------------------------

#[test]
fn the_cover_law_sees_a_cell_left_out_one_doubled_and_one_out_of_order() {
    let partition = Partition::slices(10, 3).unwrap();
    let good = lists(&partition);
    assert_eq!(check_covers_once(&good, 10), Ok(()));
    let mut left_out = good.clone();
    left_out[1].pop();
    assert!(check_covers_once(&left_out, 10).is_err());
    let mut doubled = good.clone();
    doubled[2].insert(0, CellId::new(0));
    assert!(check_covers_once(&doubled, 10).is_err());
    let mut disordered = good.clone();
    disordered[0].swap(0, 1);
    assert!(check_covers_once(&disordered, 10).is_err());
}

#[test]
fn the_balance_laws_see_cells_in_the_wrong_part() {
    let mut parts = lists(&Partition::slices(9, 3).unwrap());
    assert_eq!(check_counts_balanced(&parts), Ok(()));
    assert_eq!(check_weights_balanced(&parts, &[1.0; 9], 0.5), Ok(()));
    let moved = parts[0].pop().unwrap();
    parts[1].insert(0, moved);
    assert!(check_counts_balanced(&parts).is_err());
    assert!(check_weights_balanced(&parts, &[1.0; 9], 0.5).is_err());
    assert!(check_weights_balanced(&parts, &[f64::NAN; 9], 0.5).is_err());
}

#[test]
fn the_merge_law_sees_a_weight_off_by_one_in_ten_million_and_a_row_out_of_place() {
    let matrix = CsrMatrix::new(
        (4, 2),
        vec![0, 1, 2, 4, 4],
        vec![0, 1, 0, 1],
        vec![1.0, 2.0, 3.0, 4.0],
    );
    let partition = Partition::slices(4, 2).unwrap();
    let pieces = split(&matrix, &partition, false);
    assert_eq!(check_same_bits(&merge(&pieces).unwrap(), &matrix), Ok(()));

    let mut wrong_weight = pieces.clone();
    wrong_weight[1].1.matrix.data_mut()[0] *= 1.000_000_1;
    assert!(check_same_bits(&merge(&wrong_weight).unwrap(), &matrix).is_err());

    let mut wrong_place = pieces.clone();
    wrong_place[0].1.rows.swap(0, 1);
    assert!(check_same_bits(&merge(&wrong_place).unwrap(), &matrix).is_err());

    let mut wrong_sign_of_zero = matrix.clone();
    wrong_sign_of_zero.data_mut().fill(0.0);
    let zero = wrong_sign_of_zero.clone();
    wrong_sign_of_zero.data_mut()[2] = -0.0;
    assert!(check_same_bits(&wrong_sign_of_zero, &zero).is_err());
}
