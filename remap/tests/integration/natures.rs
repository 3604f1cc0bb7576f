//! The table of natures, forward and in reverse, on cells and on nodes; partial transfers.

use crate::common::{
    ToNodes, boxes_in_a_row, covering_pair, jittered, overlaps, partly_covering_pair, rough_field,
};
use mesh_core::{
    BoxCellShape, DataArray, DataArrayError, Field, FieldValues, Location, UnstructuredMesh,
};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use remap::{
    MatrixMismatch, Nature, OperatorError, OverlapMatrix, RemapOperator, Transfer, Uncovered,
    prepare,
};

/// Formula (1) of docs/maths.md as it stands, entry by entry, with NaN for empty rows: the slow and
/// obvious twin of everything that an operator does without masks.
fn twin(
    matrix: &OverlapMatrix,
    source_volumes: &[f64],
    target_volumes: &[f64],
    nature: Nature,
    field: &[f64],
) -> Vec<f64> {
    let (rows, columns) = (matrix.row_sums(), matrix.column_sums());
    let values = matrix.matrix().outer_iterator().enumerate();
    values
        .map(|(i, row)| {
            if row.nnz() == 0 {
                return f64::NAN;
            }
            row.iter().fold(0.0, |sum, (j, overlap)| {
                let denominator = match nature {
                    Nature::IntensiveMaximum => rows[i],
                    Nature::IntensiveConservation => target_volumes[i],
                    Nature::ExtensiveMaximum => source_volumes[j],
                    Nature::ExtensiveConservation => columns[j],
                };
                sum + overlap * field[j] / denominator
            })
        })
        .collect()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let both_missing = found.is_nan() && expected.is_nan();
        assert!(
            both_missing || (found - expected).abs() <= tolerance * expected.abs(),
            "{i}: {found} for {expected}"
        );
    }
}

#[test]
fn the_worked_example_has_its_values_forward_and_in_reverse() {
    let source = boxes_in_a_row(0.0, &[9.0, 3.0]);
    let target = boxes_in_a_row(0.0, &[1.5]);
    let matrix =
        OverlapMatrix::from_parts((1, 2), vec![0, 2], vec![0, 1], vec![0.125, 0.75]).unwrap();
    // Forward as tabulated; in reverse V transposed over column sums, vol(S), vol(T), row sums.
    let cases = [
        (Nature::IntensiveMaximum, 75.5 / 0.875, [6.0, 6.0]),
        (
            Nature::IntensiveConservation,
            75.5 / 1.5,
            [0.125 * 6.0 / 9.0, 0.75 * 6.0 / 3.0],
        ),
        (
            Nature::ExtensiveMaximum,
            0.125 * 4.0 / 9.0 + 0.75 * 100.0 / 3.0,
            [0.125 * 6.0 / 1.5, 0.75 * 6.0 / 1.5],
        ),
        (
            Nature::ExtensiveConservation,
            104.0,
            [0.125 * 6.0 / 0.875, 0.75 * 6.0 / 0.875],
        ),
    ];
    for (nature, forward, reverse) in cases {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let carried = operator.apply(&DataArray::scalars(vec![4.0, 100.0]), 0.0);
        assert_close(carried.unwrap().values(), &[forward], 1e-15);
        let back = operator.reversed();
        assert_eq!(back.nature(), nature);
        let carried = back.apply(&DataArray::scalars(vec![6.0]), 0.0);
        assert_close(carried.unwrap().values(), &reverse, 1e-15);
    }
}

#[test]
fn all_natures_are_their_formula_forward_and_in_reverse() {
    for (source, target) in [covering_pair(), partly_covering_pair()] {
        let matrix = overlaps(&source, &target);
        let transposed = matrix.transpose();
        let (source_volumes, target_volumes) = (source.measures(), target.measures());
        for nature in Nature::ALL {
            let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
            let field = rough_field(&source);
            let carried = operator.apply(&DataArray::scalars(field.clone()), f64::NAN);
            let expected = twin(&matrix, &source_volumes, &target_volumes, nature, &field);
            assert_close(carried.unwrap().values(), &expected, 1e-14);

            let field = rough_field(&target);
            let carried = operator
                .reversed()
                .apply(&DataArray::scalars(field.clone()), f64::NAN);
            let expected = twin(
                &transposed,
                &target_volumes,
                &source_volumes,
                nature,
                &field,
            );
            assert_close(carried.unwrap().values(), &expected, 1e-14);
        }
    }
}

#[test]
fn the_reverse_is_the_forward_of_the_transpose_to_the_last_bit_and_back_again() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let swapped = RemapOperator::new(&matrix.transpose(), &target, &source, nature).unwrap();
        let field = DataArray::scalars(rough_field(&target));
        let reversed = operator.reversed();
        let (found, expected) = (reversed.apply(&field, -1.0), swapped.apply(&field, -1.0));
        assert_eq!(found.unwrap(), expected.unwrap(), "{nature:?}");
        assert_eq!(
            reversed.coverage(),
            matrix.source_coverage(&source).unwrap()
        );
        let again = reversed.reversed();
        let field = DataArray::scalars(rough_field(&source));
        let (found, expected) = (again.apply(&field, -1.0), operator.apply(&field, -1.0));
        assert_eq!(found.unwrap(), expected.unwrap(), "{nature:?}");
        // Nothing was transposed a second time.
        assert!(std::ptr::eq(again.matrix(), operator.matrix()));
    }
}

#[test]
fn forward_and_reverse_are_adjoint_where_denominators_pair() {
    // Σ_i vol(T_i) ψ_i (W φ)_i = Σ_ij ψ_i V_ij φ_j = Σ_j vol(S_j) φ_j (W' ψ)_j.
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let operator =
        RemapOperator::new(&matrix, &source, &target, Nature::IntensiveConservation).unwrap();
    let (phi, psi) = (rough_field(&source), rough_field(&target));
    let carried = operator
        .apply(&DataArray::scalars(phi.clone()), 0.0)
        .unwrap();
    let back = operator
        .reversed()
        .apply(&DataArray::scalars(psi.clone()), 0.0)
        .unwrap();
    let product = |mesh: &UnstructuredMesh, one: &[f64], other: &[f64]| -> f64 {
        let terms = mesh.measures().into_iter().zip(one.iter().zip(other));
        terms
            .map(|(volume, (one, other))| volume * one * other)
            .sum()
    };
    let forward = product(&target, &psi, carried.values());
    let reverse = product(&source, &phi, back.values());
    assert!(
        (forward - reverse).abs() <= 1e-13 * forward,
        "{forward} {reverse}"
    );
}

#[test]
fn a_field_comes_to_the_same_mesh_as_it_is() {
    let mesh = jittered(BoxCellShape::Hexahedron, 4, 0.2, 3);
    let matrix = overlaps(&mesh, &mesh);
    assert_eq!(matrix.nonzeros(), mesh.cell_count());
    let operator = RemapOperator::new(&matrix, &mesh, &mesh, Nature::IntensiveMaximum).unwrap();
    let field = DataArray::scalars(rough_field(&mesh).iter().map(|value| value / 7.0).collect());
    assert_eq!(operator.apply(&field, f64::NAN).unwrap(), field);
}

#[test]
fn weights_are_what_is_applied() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let field = rough_field(&source);
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let product: Vec<f64> = operator
            .weights()
            .outer_iterator()
            .map(|row| match row.nnz() {
                0 => f64::NAN,
                _ => row
                    .iter()
                    .map(|(column, weight)| weight * field[column])
                    .sum(),
            })
            .collect();
        let carried = operator
            .apply(&DataArray::scalars(field.clone()), f64::NAN)
            .unwrap();
        assert_close(carried.values(), &product, 1e-14);
    }
}

#[test]
fn another_nature_shares_the_matrix_and_is_as_if_made_for_it() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let field = DataArray::scalars(rough_field(&source));
    let one = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    for nature in Nature::ALL {
        let other = one.clone().with_nature(nature);
        assert!(std::ptr::eq(one.matrix(), other.matrix()));
        assert!(std::ptr::eq(one.matrix(), matrix.matrix()));
        let own = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let (found, expected) = (other.apply(&field, 0.0), own.apply(&field, 0.0));
        assert_eq!(found.unwrap(), expected.unwrap());
        assert_eq!(other.weights(), own.weights());
    }
}

#[test]
fn uncovered_cells_keep_what_they_had_in_a_partial_transfer() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    let field = DataArray::new(
        ["a", "b"],
        [rough_field(&source), rough_field(&source)].concat(),
    );
    let field = field.unwrap();
    let existing: Vec<f64> = (0..2 * target.cell_count())
        .map(|i| -1.0 - i as f64)
        .collect();
    let existing = DataArray::new(["x", "y"], existing).unwrap();

    let carried = operator.apply(&field, &existing).unwrap();
    assert_eq!(carried.component_names(), ["a", "b"]);
    let mut in_place = existing.clone();
    operator.apply_into(&field, None, &mut in_place).unwrap();
    assert_eq!(in_place.values(), carried.values());
    let covered = matrix.row_sums();
    let full = operator.apply(&field, f64::NAN).unwrap();
    for (row, tuple) in carried.tuples().enumerate() {
        let expected = if covered[row] > 0.0 { &full } else { &existing };
        assert_eq!(Some(tuple), expected.tuple(row));
    }
    let transfer = Transfer {
        uncovered: Uncovered::Keep(&existing),
        ..Transfer::default()
    };
    assert_eq!(
        operator.transfer(&field, &transfer).unwrap().values,
        carried
    );

    // What does not fit is refused, and a buffer left alone.
    let narrow = existing.component(0).unwrap();
    let error = operator.apply(&field, &narrow).unwrap_err();
    let (found, expected) = (1, 2);
    let refusal = OperatorError::Array(DataArrayError::ComponentCount { found, expected });
    assert_eq!(error, refusal);
    let mut short = existing.slice(1..existing.tuple_count()).unwrap();
    let before = short.clone();
    assert!(operator.apply_into(&field, Some(0.0), &mut short).is_err());
    assert_eq!(short, before);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let source = jittered(BoxCellShape::Hexahedron, 17, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 9, 0.2, 2);
    let matrix = overlaps(&source, &target);
    let values: Vec<f64> = (0..5 * source.cell_count())
        .map(|i| (i as f64).sin())
        .collect();
    let field = DataArray::new(["a", "b", "c", "d", "e"], values).unwrap();
    let back: Vec<f64> = (0..target.cell_count()).map(|i| (i as f64).cos()).collect();
    let back = DataArray::scalars(back);
    for nature in Nature::ALL {
        let run = |threads| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
                let forward = operator.apply(&field, f64::NAN).unwrap().into_values();
                let reverse = operator
                    .reversed()
                    .apply(&back, f64::NAN)
                    .unwrap()
                    .into_values();
                let values = forward.into_iter().chain(reverse);
                values.map(f64::to_bits).collect::<Vec<u64>>()
            })
        };
        let alone = run(1);
        for threads in [2, 5] {
            assert_eq!(alone, run(threads), "{nature:?}, {threads} threads");
        }
    }
}

#[test]
fn meshes_that_are_not_the_matrix_own_are_refused() {
    let (source, target) = covering_pair();
    let matrix = overlaps(&source, &target);
    // As many cells, elsewhere.
    let (_, moved) = partly_covering_pair();
    let refused = |source, target| {
        RemapOperator::new(&matrix, source, target, Nature::IntensiveMaximum).unwrap_err()
    };
    let (expected, found) = (target.fingerprint(), moved.fingerprint());
    let error = refused(&source, &moved);
    assert_eq!(error, MatrixMismatch::Target { expected, found }.into());
    let other = jittered(BoxCellShape::Hexahedron, 5, 0.2, 2);
    let (expected, found) = (source.fingerprint(), other.fingerprint());
    let error = refused(&other, &target);
    assert_eq!(error, MatrixMismatch::Source { expected, found }.into());
    // Also where they have as many cells.
    for target in [&target, &jittered(BoxCellShape::Hexahedron, 5, 0.2, 2)] {
        let matrix = overlaps(&source, target);
        let swapped = matrix.check_meshes(target, &source).unwrap_err();
        assert_eq!(swapped, MatrixMismatch::Swapped);
        matrix.check_meshes(&source, target).unwrap();
    }
}

#[test]
fn rows_of_nodes_are_divided_by_the_volumes_of_nodes() {
    let source = jittered(BoxCellShape::Hexahedron, 3, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 3, 0.2, 2);
    let matrix = prepare(&source, &target, &ToNodes).unwrap();
    let operator =
        RemapOperator::new(&matrix, &source, &target, Nature::IntensiveConservation).unwrap();
    assert_eq!(operator.target_location(), Location::Nodes);
    let field = DataArray::scalars(rough_field(&source));
    let carried = operator.transfer(&field, &Transfer::default()).unwrap();
    assert_eq!(carried.values.tuple_count(), target.node_count());
    let report = &carried.report.components[0];
    assert!(report.relative_difference().abs() <= 1e-14, "{report:?}");
    assert_eq!((report.uncovered, report.partly_covered), (0, 0));
    // In reverse the field is one of nodes.
    let back = operator.reversed();
    assert_eq!(back.source_location(), Location::Nodes);
    let values = FieldValues::Float(carried.values);
    let on_nodes = Field::new("u", Location::Nodes, values.clone());
    let (on_cells, _) = back
        .transfer_field(&on_nodes, &Transfer::default())
        .unwrap();
    assert_eq!(
        (on_cells.location(), on_cells.name()),
        (Location::Cells, "u")
    );
    let on_cells = Field::new("u", Location::Cells, values);
    let error = back
        .transfer_field(&on_cells, &Transfer::default())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "field \"u\" is on cells, but the matrix takes fields on nodes"
    );
}

#[test]
fn a_missing_value_spreads_to_the_rows_that_use_it_and_no_others() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        for missing in [0, 31, 77] {
            let mut values = rough_field(&source);
            let whole = operator
                .apply(&DataArray::scalars(values.clone()), -1.0)
                .unwrap();
            values[missing] = f64::NAN;
            let carried = operator.apply(&DataArray::scalars(values), -1.0).unwrap();
            for (row, entries) in matrix.matrix().outer_iterator().enumerate() {
                let (found, expected) = (carried.values()[row], whole.values()[row]);
                if entries.get(missing).is_some() {
                    assert!(found.is_nan());
                } else {
                    assert_eq!(found.to_bits(), expected.to_bits());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Constants, maximum principle and integrals on random pairs of meshes and fields.
    #[test]
    fn natures_keep_what_they_say(
        (cells, others) in (1_usize..5, 1_usize..5),
        (seed, other_seed) in (0_u64..1000, 0_u64..1000),
        offset in prop::array::uniform3(-0.7_f64..0.7),
        constant in -1e3_f64..1e3,
        values in prop::collection::vec(-10.0_f64..10.0, 128),
    ) {
        let source = jittered(BoxCellShape::Hexahedron, cells, 0.2, seed);
        let target = jittered(BoxCellShape::Wedge, others, 0.2, other_seed);
        let target = target.translate(&offset.into()).unwrap();
        let matrix = overlaps(&source, &target);
        let operator =
            RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
        let count = source.cell_count();

        let constants = DataArray::scalars(vec![constant; count]);
        for value in operator.apply(&constants, constant).unwrap().values() {
            prop_assert!((value - constant).abs() <= 1e-15 * 8.0 * constant.abs());
        }

        let field = DataArray::scalars(values[..count].to_vec());
        let (low, high) = values[..count].iter().fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        for value in operator.apply(&field, low).unwrap().values() {
            let rounding = 1e-15 * 8.0 * low.abs().max(high.abs());
            prop_assert!(*value >= low - rounding && *value <= high + rounding);
        }

        let columns = matrix.column_sums();
        let scale: f64 = values[..count].iter().map(|value| value.abs()).sum();
        let totals = operator.with_nature(Nature::ExtensiveConservation);
        let carried = totals.apply(&field, 0.0).unwrap();
        let kept: f64 = carried.values().iter().sum();
        let touched = field.values().iter().zip(&columns).filter(|(_, sum)| **sum > 0.0);
        let touched: f64 = touched.map(|(value, _)| value).sum();
        prop_assert!((kept - touched).abs() <= 1e-14 * scale);

        let densities = totals.with_nature(Nature::IntensiveConservation);
        let carried = densities.apply(&field, 0.0).unwrap();
        let terms = target.measures().into_iter().zip(carried.values());
        let kept: f64 = terms.map(|(volume, value)| volume * value).sum();
        let covered: f64 = field.values().iter().zip(&columns).map(|(value, sum)| value * sum).sum();
        let scale: f64 = field.values().iter().zip(&columns).map(|(v, sum)| v.abs() * sum).sum();
        prop_assert!((kept - covered).abs() <= 1e-14 * scale);
    }
}
