//! Schemes that depend on the field: limits, integrals, missing values, natures, the same bits.

use std::collections::BTreeSet;

use crate::common::{jittered, largest, one_box, overlaps, real_mesh};
use mesh_core::{
    BoxCellShape, CellId, DataArray, MeshArrays, NodeId, Point3, UnstructuredMesh, Vector3,
    compensated_sum,
};
use partition::{Method, Partition, run_in_parts};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use remap::{
    FieldOperator, FieldScheme, LimitedSecondOrder, Limiter, MatrixMismatch, MomentMatrix,
    MomentMatrixError, Nature, Neighbourhood, OperatorError, OverlapMatrix, OverlapMoments, P0P0,
    PrepareError, RemapOperator, SecondOrder, prepare,
};

fn second_order(source: &UnstructuredMesh) -> SecondOrder {
    SecondOrder::new(source, Neighbourhood::Faces)
}

fn limited(source: &UnstructuredMesh) -> LimitedSecondOrder {
    second_order(source).limited(Limiter::BarthJespersen)
}

/// What a field becomes.
fn carry(
    scheme: &dyn FieldScheme,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    nature: Nature,
    field: &[f64],
) -> Vec<f64> {
    let moments = MomentMatrix::prepare(source, target).unwrap();
    let operator = FieldOperator::new(&moments, source, target, nature).unwrap();
    let field = DataArray::scalars(field.to_vec());
    operator.apply(scheme, &field, -1e9).unwrap().into_values()
}

fn integral(mesh: &UnstructuredMesh, values: &[f64]) -> f64 {
    let terms = mesh.measures().into_iter().zip(values);
    compensated_sum(terms.map(|(volume, value)| volume * value))
}

/// A ball with a slot, in the middle of a mesh's bounds.
fn step(mesh: &UnstructuredMesh) -> Vec<f64> {
    let (centre, size) = (mesh.bounds().center(), mesh.bounds().extent());
    let value = |way: Vector3| {
        let way = way.component_div(&size);
        let in_slot = way.x.abs() < 0.1 && way.y < 0.1;
        if way.norm() < 0.35 && !in_slot {
            3.0
        } else {
            1.0
        }
    };
    mesh.centroids().iter().map(|c| value(c - centre)).collect()
}

/// Numbers from −1 to 1 that look random.
fn noise(count: usize) -> Vec<f64> {
    (0..count).map(|i| (12.9898 * i as f64).sin()).collect()
}

/// A name, a source mesh, a target mesh; the second of each pair covers some of the first.
fn pairs() -> Vec<(&'static str, UnstructuredMesh, UnstructuredMesh)> {
    vec![
        (
            "warped hexahedra",
            real_mesh("ball_warped_hex.vtu"),
            real_mesh("ball_tet.vtu"),
        ),
        (
            "plate",
            real_mesh("plate_tet.vtu"),
            real_mesh("plate_hex.vtu"),
        ),
        (
            "warped polyhedra",
            jittered(BoxCellShape::Polyhedron, 5, 0.2, 3),
            jittered(BoxCellShape::Wedge, 6, 0.2, 4),
        ),
    ]
}

/// Meshes that cover each other.
fn covering_pair() -> (UnstructuredMesh, UnstructuredMesh) {
    (
        jittered(BoxCellShape::Hexahedron, 6, 0.2, 5),
        jittered(BoxCellShape::Tetrahedron, 4, 0.2, 6),
    )
}

/// Two meshes of which each has cells within, across the border of, and outside the other.
fn partly_covering_pair() -> (UnstructuredMesh, UnstructuredMesh) {
    let (source, target) = covering_pair();
    let target = target.translate(&Vector3::new(0.3, 0.1, -0.2)).unwrap();
    (source, target)
}

/// The cells that share a node with each cell, and itself: one by one.
fn around_by_node(mesh: &UnstructuredMesh) -> Vec<BTreeSet<CellId>> {
    let mut of_nodes = vec![BTreeSet::new(); mesh.node_count()];
    for cell in mesh.cell_ids() {
        for node in mesh.cell_nodes(cell) {
            of_nodes[node.index()].insert(cell);
        }
    }
    let around = |cell: CellId| -> BTreeSet<CellId> {
        let nodes = mesh.cell_nodes(cell).iter();
        nodes
            .flat_map(|node| of_nodes[node.index()].iter().copied())
            .collect()
    };
    mesh.cell_ids().map(around).collect()
}

/// By how much values lie beyond those of the source cells that they come from and of their
/// neighbours, at worst.
fn worst_overshoot(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    field: &[f64],
    carried: &[f64],
) -> f64 {
    let around = around_by_node(source);
    let matrix = overlaps(source, target);
    let rows = matrix.matrix().outer_iterator().zip(carried);
    largest(rows.filter(|(row, _)| row.nnz() > 0).map(|(row, value)| {
        let cells = row
            .indices()
            .iter()
            .flat_map(|&column| &around[column as usize]);
        let values: Vec<f64> = cells.map(|cell| field[cell.index()]).collect();
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        crate::common::larger(lowest - value, value - highest)
    }))
}

#[test]
fn with_a_limiter_there_is_no_new_extremum_on_real_meshes() {
    for (name, source, target) in pairs() {
        for field in [step(&source), noise(source.cell_count())] {
            let carry = |scheme: &dyn FieldScheme| {
                carry(scheme, &source, &target, Nature::IntensiveMaximum, &field)
            };
            let overshoot = |carried: &[f64]| worst_overshoot(&source, &target, &field, carried);
            let found = overshoot(&carry(&limited(&source)));
            assert!(found <= 1e-14, "{name}: {found:e}");
            // The law sees what a limiter is for.
            let found = overshoot(&carry(&second_order(&source)));
            assert!(found > 1e-3, "{name}: {found:e}");
        }
    }
}

#[test]
fn a_limited_gradient_stays_within_bounds_at_every_node_and_is_as_steep_as_it_may() {
    for (name, source, _) in pairs() {
        let around = around_by_node(&source);
        let centroids = source.centroids();
        for field in [step(&source), noise(source.cell_count())] {
            let free = FieldScheme::gradients(&second_order(&source), &source, &field);
            let bound = limited(&source).gradients(&source, &field);
            for (i, cell) in source.cell_ids().enumerate() {
                let values = around[i].iter().map(|cell| field[cell.index()]);
                let lowest = values.clone().fold(f64::INFINITY, f64::min);
                let highest = values.fold(f64::NEG_INFINITY, f64::max);
                let ends = |gradient: &Vector3| {
                    let nodes = source.cell_nodes(cell).iter();
                    let values = nodes.map(|node: &NodeId| {
                        field[i] + gradient.dot(&(source.nodes()[node.index()] - centroids[i]))
                    });
                    let low = values.clone().fold(f64::INFINITY, f64::min);
                    (low, values.fold(f64::NEG_INFINITY, f64::max))
                };
                let (low, high) = ends(&bound[i]);
                assert!(
                    low >= lowest - 1e-14 && high <= highest + 1e-14,
                    "{name}: {cell}"
                );
                // As much of the gradient as there is room for.
                let shares = bound[i].dot(&free[i]) / free[i].norm_squared();
                let is_free = (bound[i] - free[i]).norm() <= 1e-14 * free[i].norm();
                let is_tight = (low - lowest).min(highest - high).abs() <= 1e-13;
                assert!(is_free || is_tight, "{name}: {cell}, {shares}");
            }
        }
    }
}

#[test]
fn integrals_are_kept_with_and_without_a_limiter() {
    let (source, target) = covering_pair();
    for field in [step(&source), noise(source.cell_count())] {
        let scale = integral(&source, &field.iter().map(|x| x.abs()).collect::<Vec<_>>());
        for scheme in [
            &second_order(&source) as &dyn FieldScheme,
            &limited(&source),
        ] {
            let nature = Nature::IntensiveConservation;
            let carried = carry(scheme, &source, &target, nature, &field);
            let drift = (integral(&target, &carried) - integral(&source, &field)) / scale;
            assert!(drift.abs() <= 1e-13, "{drift:e}");
        }
    }
}

#[test]
fn without_a_limiter_it_is_the_matrix() {
    let (source, target) = covering_pair();
    let matrix = prepare(&source, &target, &second_order(&source)).unwrap();
    let field = noise(source.cell_count());
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let array = DataArray::scalars(field.clone());
        let expected = operator.apply(&array, -1e9).unwrap().into_values();
        let unlimited = second_order(&source).limited(Limiter::None);
        for scheme in [&second_order(&source) as &dyn FieldScheme, &unlimited] {
            let found = carry(scheme, &source, &target, nature, &field);
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found - expected).abs() <= 1e-13,
                    "{nature:?}: {found} {expected}"
                );
            }
        }
    }
}

/// No gradients.
struct Constant;

impl FieldScheme for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn gradients(&self, source: &UnstructuredMesh, _values: &[f64]) -> Vec<Vector3> {
        vec![Vector3::zeros(); source.cell_count()]
    }
}

#[test]
fn without_gradients_every_nature_is_that_of_p0_p0_also_where_cells_are_partly_covered() {
    let (source, target) = partly_covering_pair();
    let matrix = prepare(&source, &target, &P0P0).unwrap();
    let field = noise(source.cell_count());
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let array = DataArray::scalars(field.clone());
        let expected = operator.apply(&array, -1e9).unwrap().into_values();
        let found = carry(&Constant, &source, &target, nature, &field);
        assert!(found.contains(&-1e9) && found.iter().any(|&value| value != -1e9));
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= 1e-13,
                "{nature:?}: {found} {expected}"
            );
        }
    }
}

/// The same gradient in all of one cell.
struct Slope;

impl FieldScheme for Slope {
    fn name(&self) -> &'static str {
        "slope"
    }
    fn gradients(&self, _source: &UnstructuredMesh, _values: &[f64]) -> Vec<Vector3> {
        vec![Vector3::new(8.0, 0.0, 0.0)]
    }
}

#[test]
fn an_extensive_total_goes_to_the_covered_part_as_a_whole() {
    let (source, target) = partly_covering_pair();
    let field: Vec<f64> = noise(source.cell_count()).iter().map(|x| 2.0 + x).collect();
    let touched = overlaps(&source, &target).column_sums();
    let totals = field
        .iter()
        .zip(&touched)
        .filter(|(_, covered)| **covered > 0.0);
    let expected: f64 = totals.map(|(total, _)| total).sum();
    for scheme in [
        &second_order(&source) as &dyn FieldScheme,
        &limited(&source),
    ] {
        let nature = Nature::ExtensiveConservation;
        let carried = carry(scheme, &source, &target, nature, &field);
        let found: f64 = carried.iter().filter(|&&value| value != -1e9).sum();
        assert!(
            (found - expected).abs() <= 1e-12 * expected,
            "{found} {expected}"
        );
    }
    // And a density from 0 to 8 where the part is the lower half of the cell.
    let source = one_box([0.0; 3], [1.0; 3]);
    let target = one_box([0.0; 3], [0.5, 1.0, 1.0]);
    let carried = |nature| carry(&Slope, &source, &target, nature, &[4.0]);
    assert_eq!(carried(Nature::ExtensiveConservation), [4.0]);
    assert_eq!(carried(Nature::ExtensiveMaximum), [1.0]);
    assert_eq!(carried(Nature::IntensiveMaximum), [2.0]);
}

#[test]
fn a_missing_value_spreads_to_the_rows_that_use_it_and_no_others() {
    for (name, source, target) in pairs() {
        let missing = source.cell_count() / 2;
        let mut field = step(&source);
        field[missing] = f64::NAN;
        let matrix = overlaps(&source, &target);
        for scheme in [
            &second_order(&source) as &dyn FieldScheme,
            &limited(&source),
        ] {
            let carried = carry(scheme, &source, &target, Nature::IntensiveMaximum, &field);
            let mut used = 0;
            for (row, value) in carried.iter().enumerate() {
                let uses_it = matrix.matrix().get(row, missing).is_some();
                used += usize::from(uses_it);
                assert_eq!(value.is_nan(), uses_it, "{name}: row {row}");
            }
            assert!(used > 0, "{name}");
        }
    }
}

#[test]
fn missing_values_left_out_are_as_if_the_cells_were_not_there() {
    for (name, source, target) in pairs() {
        let is_there = |cell: &CellId| cell.index() % 7 != 3;
        let kept: Vec<CellId> = source.cell_ids().filter(is_there).collect();
        let without = source.extract(&kept).unwrap();
        let values = noise(source.cell_count());
        let whole: Vec<f64> = source
            .cell_ids()
            .map(|cell| {
                if is_there(&cell) {
                    values[cell.index()]
                } else {
                    f64::NAN
                }
            })
            .collect();
        let values: Vec<f64> = kept.iter().map(|cell| values[cell.index()]).collect();
        let moments = MomentMatrix::prepare(&source, &target).unwrap();
        // What is covered changes with the cells; the covered part of a source cell does not.
        for nature in Nature::ALL {
            let operator = FieldOperator::new(&moments, &source, &target, nature).unwrap();
            let operator = operator.leaving_out_missing();
            for is_limited in [false, true] {
                let scheme = |mesh: &UnstructuredMesh| -> Box<dyn FieldScheme> {
                    if is_limited {
                        Box::new(limited(mesh))
                    } else {
                        Box::new(second_order(mesh))
                    }
                };
                let field = DataArray::scalars(whole.clone());
                let found = operator
                    .apply(scheme(&source).as_ref(), &field, -1e9)
                    .unwrap();
                let scheme = scheme(&without);
                let expected = carry(scheme.as_ref(), &without, &target, nature, &values);
                for (found, expected) in found.values().iter().zip(&expected) {
                    let error = (found - expected).abs();
                    assert!(error <= 1e-12, "{name}, {nature:?}: {found} {expected}");
                }
            }
        }
    }
}

#[test]
fn components_are_carried_each_by_itself() {
    let (source, target) = covering_pair();
    let fields = [
        step(&source),
        noise(source.cell_count()),
        vec![2.0; source.cell_count()],
    ];
    let tuples = (0..source.cell_count()).flat_map(|cell| fields.each_ref().map(|f| f[cell]));
    let together = DataArray::new(["a", "b", "c"], tuples.collect()).unwrap();
    let moments = MomentMatrix::prepare(&source, &target).unwrap();
    let nature = Nature::IntensiveMaximum;
    let operator = FieldOperator::new(&moments, &source, &target, nature).unwrap();
    let scheme = limited(&source);
    let together = operator.apply(&scheme, &together, 0.0).unwrap();
    assert_eq!(together.component_names(), ["a", "b", "c"]);
    for (component, field) in fields.into_iter().enumerate() {
        let alone = operator
            .apply(&scheme, &DataArray::scalars(field), 0.0)
            .unwrap();
        assert_eq!(
            together.component(component).unwrap().values(),
            alone.values()
        );
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (name, source, target) in pairs() {
        let mut field = step(&source);
        field[7] = f64::NAN;
        let run = |threads| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let nature = Nature::ExtensiveConservation;
                bits(&carry(&limited(&source), &source, &target, nature, &field))
            })
        };
        let alone = run(1);
        for threads in [2, 5] {
            assert_eq!(alone, run(threads), "{name}, {threads} threads");
        }
    }
}

#[test]
fn moments_merged_from_parts_are_those_of_the_whole_bit_for_bit() {
    let (source, target) = partly_covering_pair();
    let scheme = OverlapMoments::new(&source);
    let whole = prepare(&source, &target, &scheme).unwrap();
    let partition = Partition::new(&target, 5, Method::SpaceFillingCurve).unwrap();
    let merged = run_in_parts(&target, &partition, |part| {
        prepare(&source, &part.mesh, &scheme).map(OverlapMatrix::into_matrix)
    })
    .unwrap();
    assert_eq!(mesh_core::digest(&merged), whole.digest());

    let merged = OverlapMatrix::new(merged, whole.source(), whole.target());
    let merged = MomentMatrix::new(merged, &source, &target).unwrap();
    let nature = Nature::IntensiveMaximum;
    let operator = FieldOperator::new(&merged, &source, &target, nature).unwrap();
    let field = step(&source);
    let array = DataArray::scalars(field.clone());
    let found = operator.apply(&limited(&source), &array, -1e9).unwrap();
    let expected = carry(&limited(&source), &source, &target, nature, &field);
    assert_eq!(bits(found.values()), bits(&expected));
}

#[test]
fn volumes_of_moments_are_the_matrix_of_p0_p0() {
    let (source, target) = partly_covering_pair();
    let moments = MomentMatrix::prepare(&source, &target).unwrap();
    let (found, expected) = (moments.volumes(), overlaps(&source, &target));
    assert_eq!(found.digest(), expected.digest());
    assert_eq!(found.source(), expected.source());
    assert_eq!(found.target(), expected.target());
    assert_eq!(moments.nonzeros(), expected.nonzeros());
    // First moments about the centroids of source cells that are wholly covered add up to nothing.
    let mut sums = vec![Vector3::zeros(); source.cell_count()];
    for row in 0..moments.rows() {
        for (column, _, first) in moments.row(row) {
            sums[column] += first;
        }
    }
    let (volumes, covered) = (source.measures(), found.column_sums());
    let mut wholly = 0;
    for ((sum, volume), covered) in sums.iter().zip(&volumes).zip(covered) {
        if (covered - volume).abs() <= 1e-13 * volume {
            wholly += 1;
            assert!(sum.norm() <= 1e-14 * volume, "{sum}");
        }
    }
    assert!(wholly > 20, "{wholly}");
}

/// Too few gradients.
struct Short;

impl FieldScheme for Short {
    fn name(&self) -> &'static str {
        "short"
    }
    fn gradients(&self, _source: &UnstructuredMesh, _values: &[f64]) -> Vec<Vector3> {
        vec![Vector3::zeros()]
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (source, target) = covering_pair();
    let moved = source.translate(&Vector3::x()).unwrap();
    let moments = MomentMatrix::prepare(&source, &target).unwrap();
    let nature = Nature::IntensiveMaximum;
    let error = FieldOperator::new(&moments, &moved, &target, nature).unwrap_err();
    assert!(matches!(error, OperatorError::Mismatch(_)), "{error}");
    let error = FieldOperator::new(&moments, &target, &source, nature).unwrap_err();
    let swapped = OperatorError::Mismatch(MatrixMismatch::Swapped);
    assert_eq!(error, swapped);

    let operator = FieldOperator::new(&moments, &source, &target, nature).unwrap();
    let field = DataArray::scalars(step(&source));
    let error = operator.apply(&limited(&moved), &field, 0.0).unwrap_err();
    assert!(
        matches!(error, OperatorError::OtherSource { .. }),
        "{error}"
    );
    let short = DataArray::scalars(vec![1.0; 5]);
    let error = operator.apply(&limited(&source), &short, 0.0).unwrap_err();
    assert!(
        matches!(error, OperatorError::WrongLength { found: 5, .. }),
        "{error}"
    );
    let error = operator.apply(&Short, &field, 0.0).unwrap_err().to_string();
    assert_eq!(error, "scheme short gave 1 gradients for 216 source cells");

    let error = prepare(&moved, &target, &OverlapMoments::new(&source)).unwrap_err();
    assert!(matches!(error, PrepareError::OtherSource { .. }), "{error}");
}

#[test]
fn a_matrix_of_another_scheme_is_no_matrix_of_moments() {
    let source = one_box([0.0; 3], [1.0; 3]);
    let target = one_box([0.0; 3], [0.5, 1.0, 1.0]);
    let volumes = overlaps(&source, &target);
    let error = MomentMatrix::new(volumes, &source, &target).unwrap_err();
    let expected = MomentMatrixError::Columns {
        columns: 1,
        cells: 1,
    };
    assert_eq!(error, expected);
    for (columns, values) in [
        (vec![0, 1, 2], vec![0.5, 0.0, 0.0]),
        (vec![0, 1, 2, 3], vec![0.0, 1.0, 1.0, 1.0]),
        (vec![0, 1, 2, 3], vec![-0.5, 1.0, 1.0, 1.0]),
        (vec![1], vec![0.5]),
    ] {
        let offsets = vec![0, columns.len()];
        let matrix = OverlapMatrix::from_parts((1, 4), offsets, columns, values).unwrap();
        let error = MomentMatrix::new(matrix, &source, &target).unwrap_err();
        assert_eq!(error, MomentMatrixError::NotMoments { row: 0 });
    }
    let moments = prepare(&source, &target, &OverlapMoments::new(&source)).unwrap();
    let error = MomentMatrix::new(moments.clone(), &target, &target).unwrap_err();
    assert!(matches!(error, MomentMatrixError::Mismatch(_)), "{error}");
    let moments = MomentMatrix::new(moments, &source, &target).unwrap();
    let first = Vector3::new(-0.125, 0.0, 0.0);
    assert!(moments.row(0).eq([(0, 0.5, first)]));
}

/// A mesh of random shape, size and jitter.
fn any_mesh() -> impl Strategy<Value = UnstructuredMesh> {
    let shapes = vec![
        BoxCellShape::Hexahedron,
        BoxCellShape::Tetrahedron,
        BoxCellShape::Wedge,
        BoxCellShape::Pyramid,
        BoxCellShape::Polyhedron,
    ];
    (
        prop::sample::select(shapes),
        1_usize..4,
        0.0..0.15,
        any::<u64>(),
    )
        .prop_map(|(shape, cells, jitter, seed)| jittered(shape, cells, jitter, seed))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn laws_of_second_order(
        source in any_mesh(),
        target in any_mesh(),
        seed in 0.0..100.0_f64,
        nodes in any::<bool>(),
    ) {
        let neighbourhood = if nodes { Neighbourhood::Nodes } else { Neighbourhood::Faces };
        let scheme = || SecondOrder::new(&source, neighbourhood);
        let limited = scheme().limited(Limiter::BarthJespersen);
        let field: Vec<f64> =
            (0..source.cell_count()).map(|i| (seed + 7.7 * i as f64).sin()).collect();
        let nature = Nature::IntensiveConservation;
        for scheme in [&scheme() as &dyn FieldScheme, &limited] {
            let constant = carry(scheme, &source, &target, nature, &vec![3.0; field.len()]);
            prop_assert!(constant.iter().all(|value| (value - 3.0).abs() <= 1e-12));
            let carried = carry(scheme, &source, &target, nature, &field);
            let drift = integral(&target, &carried) - integral(&source, &field);
            prop_assert!(drift.abs() <= 1e-13, "{drift:e}");
        }
        let carried = carry(&limited, &source, &target, Nature::IntensiveMaximum, &field);
        let overshoot = worst_overshoot(&source, &target, &field, &carried);
        prop_assert!(overshoot <= 1e-12, "{overshoot:e}");
    }
}

#[test]
fn the_laws_fail_on_slightly_wrong_moments() {
    // What the laws would say of overlaps that are wrong by 1e-7.
    let (source, target) = covering_pair();
    let matrix = prepare(&source, &target, &OverlapMoments::new(&source)).unwrap();
    let wrong = |place: usize| {
        let (offsets, columns, mut values) = matrix.clone().into_matrix().into_raw_storage();
        for (column, value) in columns.iter().zip(&mut values) {
            if *column as usize % 4 == place {
                *value = *value * (1.0 + 1e-7) + if place > 0 { 1e-9 } else { 0.0 };
            }
        }
        let shape = matrix.matrix().shape();
        let matrix = OverlapMatrix::from_parts(shape, offsets, columns, values).unwrap();
        MomentMatrix::new(matrix, &source, &target).unwrap()
    };
    let slope = Vector3::new(1.0, 2.0, 3.0);
    let field: Vec<f64> = source
        .centroids()
        .iter()
        .map(|c| slope.dot(&c.coords))
        .collect();
    for place in 0..4 {
        let moments = wrong(place);
        let nature = Nature::IntensiveConservation;
        let operator = FieldOperator::new(&moments, &source, &target, nature).unwrap();
        let array = DataArray::scalars(field.clone());
        let carried = operator.apply(&second_order(&source), &array, 0.0).unwrap();
        let drift = integral(&target, carried.values()) - integral(&source, &field);
        assert!(drift.abs() > 1e-9, "{place}: {drift:e}");
    }
}

#[test]
fn a_mesh_moved_by_less_than_rounding_makes_no_overshoot_of_slivers() {
    // Overlaps of 1e-13 of a cell, of which first moments know little.
    let source = jittered(BoxCellShape::Tetrahedron, 4, 0.1, 8);
    let field = noise(source.cell_count());
    for shift in [1e-15, 1e-14, 1e-13, 1e-12] {
        let nodes = source.nodes().iter().map(|node| node * (1.0 + shift));
        let target = UnstructuredMesh::new(MeshArrays {
            nodes: nodes.collect(),
            shapes: source.shapes().to_vec(),
            offsets: source.offsets().to_vec(),
            connectivity: source.connectivity().to_vec(),
            polyhedra: source.polyhedra().clone(),
        })
        .unwrap();
        let carried = carry(
            &limited(&source),
            &source,
            &target,
            Nature::IntensiveMaximum,
            &field,
        );
        let overshoot = worst_overshoot(&source, &target, &field, &carried);
        assert!(overshoot <= 1e-13, "{shift}: {overshoot:e}");
    }
}

#[test]
fn target_cells_that_hardly_touch_get_no_overshoot() {
    let axis = nalgebra::Unit::new_normalize(Vector3::new(1.0, 2.0, -1.0));
    let rotation = nalgebra::Rotation3::from_axis_angle(&axis, 0.7);
    let turned = |mesh: &UnstructuredMesh| mesh.rotate(&rotation, &Point3::origin()).unwrap();
    for shape in [BoxCellShape::Hexahedron, BoxCellShape::Tetrahedron] {
        let flat = jittered(shape, 4, 0.1, 8);
        let source = turned(&flat);
        let field = noise(source.cell_count());
        for depth in [1e-6, 1e-8, 1e-10, 1e-12, 1e-13, 1e-14] {
            let beside = flat
                .translate(&Vector3::new(1.0 - depth, 0.05, 0.02))
                .unwrap();
            let target = turned(&beside);
            let nature = Nature::IntensiveMaximum;
            let carried = carry(&limited(&source), &source, &target, nature, &field);
            let overshoot = worst_overshoot(&source, &target, &field, &carried);
            println!("{shape:?} {depth:e}: {overshoot:e}");
            assert!(overshoot <= 1e-14, "{shape:?} {depth:e}: {overshoot:e}");
        }
    }
}
