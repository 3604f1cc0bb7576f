//! Fix-ups where meshes do not match at the boundary: known values, and the laws that each keeps.

use crate::common::{
    ToNodes, boxes_in_a_row, covering_pair, jittered, one_box, overlaps, partly_covering_pair,
    rough_field,
};
use mesh_core::{BoxCellShape, CellId, DataArray, Shape, UnstructuredMesh, Vector3};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use remap::{
    ComponentReport, Empty, Fixup, Limits, Mask, Nature, OperatorError, PartlyCovered,
    RemapOperator, Transfer, Transferred, Uncovered, ValueRange, prepare,
};

const FIXUPS: [Fixup; 6] = {
    use Empty::{Extrapolate, Leave};
    use PartlyCovered::{Constant, GloballyConservative, LocallyConservative};
    [
        fixup(Constant, Leave),
        fixup(Constant, Extrapolate),
        fixup(LocallyConservative, Leave),
        fixup(LocallyConservative, Extrapolate),
        fixup(GloballyConservative, Leave),
        fixup(GloballyConservative, Extrapolate),
    ]
};

const fn fixup(partly: PartlyCovered, empty: Empty) -> Fixup {
    Fixup { partly, empty }
}

fn transfer(fixup: Fixup) -> Transfer<'static> {
    Transfer {
        uncovered: Uncovered::Value(0.0),
        fixup: Some(fixup),
        ..Transfer::default()
    }
}

fn operator(source: &UnstructuredMesh, target: &UnstructuredMesh, nature: Nature) -> RemapOperator {
    RemapOperator::new(&overlaps(source, target), source, target, nature).unwrap()
}

fn repaired(operator: &RemapOperator, values: Vec<f64>, fixup: Fixup) -> Transferred {
    operator
        .transfer(&DataArray::scalars(values), &transfer(fixup))
        .unwrap()
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= 1e-14 * expected.abs(),
            "{what}: {found} for {expected}"
        );
    }
}

/// The source is one cell from −0.8 to 0.4; the targets go from 0 to 1 and from 1 to 2.
fn mismatched() -> (UnstructuredMesh, UnstructuredMesh) {
    let source = one_box([-0.8, 0.0, 0.0], [0.4, 1.0, 1.0]);
    (source, boxes_in_a_row(0.0, &[1.0, 1.0]))
}

const KNOWN: [(Fixup, [f64; 2]); 6] = [
    (FIXUPS[0], [1.0, 0.0]),
    (FIXUPS[1], [1.0, 1.0]),
    (FIXUPS[2], [0.4, 0.0]),
    (FIXUPS[3], [0.4, 0.4]),
    (FIXUPS[4], [1.2, 0.0]),
    (FIXUPS[5], [0.6, 0.6]),
];

#[test]
fn the_mismatched_cells_have_their_known_values() {
    let (source, target) = mismatched();
    for nature in [Nature::IntensiveMaximum, Nature::IntensiveConservation] {
        let operator = operator(&source, &target, nature);
        for (fixup, expected) in KNOWN {
            let carried = repaired(&operator, vec![1.0], fixup);
            assert_close(carried.values.values(), &expected, &format!("{fixup:?}"));
            let report = &carried.report.components[0];
            let extrapolated = usize::from(fixup.empty == Empty::Extrapolate);
            assert_eq!(report.extrapolated, extrapolated);
            assert_eq!((report.uncovered, report.partly_covered), (1, 1));
        }
    }
}

#[test]
fn totals_are_repaired_as_densities() {
    let (source, target) = mismatched();
    for nature in [Nature::ExtensiveMaximum, Nature::ExtensiveConservation] {
        let operator = operator(&source, &target, nature);
        for (fixup, expected) in KNOWN {
            // A density of one is a total of 1.2; the targets have a volume of one.
            let carried = repaired(&operator, vec![1.2], fixup);
            assert_close(carried.values.values(), &expected, &format!("{fixup:?}"));
        }
    }
    // And with volumes of two.
    let stretch = Vector3::new(1.0, 2.0, 1.0);
    let (source, target) = (
        source.scale(&stretch).unwrap(),
        target.scale(&stretch).unwrap(),
    );
    let operator = operator(&source, &target, Nature::ExtensiveMaximum);
    for (fixup, expected) in KNOWN {
        let carried = repaired(&operator, vec![1.2], fixup);
        assert_close(
            carried.values.values(),
            &expected,
            &format!("{fixup:?}, stretched"),
        );
    }
}

#[test]
fn an_empty_cell_that_is_left_gets_the_default_and_counts_in_no_integral() {
    let (source, target) = mismatched();
    let operator = operator(&source, &target, Nature::IntensiveMaximum);
    let existing = DataArray::scalars(vec![50.0, 60.0]);
    for uncovered in [
        Uncovered::NAN,
        Uncovered::Value(7.0),
        Uncovered::Keep(&existing),
    ] {
        let transfer = Transfer {
            uncovered,
            ..transfer(FIXUPS[4])
        };
        let carried = operator
            .transfer(&DataArray::scalars(vec![1.0]), &transfer)
            .unwrap();
        assert_close(&carried.values.values()[..1], &[1.2], "filled");
        let expected = match uncovered {
            Uncovered::Value(value) => value,
            Uncovered::Keep(_) => 60.0,
        };
        assert_eq!(carried.values.values()[1].to_bits(), expected.to_bits());
        assert!(carried.report.components[0].relative_difference().abs() <= 1e-15);
    }
}

#[test]
fn where_meshes_cover_each_other_all_fixups_are_one() {
    let (source, target) = covering_pair();
    for nature in Nature::ALL {
        let operator = operator(&source, &target, nature);
        let field = rough_field(&source);
        let plain = operator
            .apply(&DataArray::scalars(field.clone()), f64::NAN)
            .unwrap();
        for fixup in FIXUPS {
            let carried = repaired(&operator, field.clone(), fixup);
            for (found, expected) in carried.values.values().iter().zip(plain.values()) {
                assert!(
                    (found - expected).abs() <= 1e-12 * expected,
                    "{found} for {expected}"
                );
            }
        }
    }
}

/// The means of layer after layer, by looking at all cells for each: the slow and obvious way.
fn extrapolated_twin(mesh: &UnstructuredMesh, values: &[Option<f64>]) -> Vec<Option<f64>> {
    let share_a_node = |one: u32, other: u32| {
        let nodes = mesh.cell_nodes(CellId::new(other));
        mesh.cell_nodes(CellId::new(one))
            .iter()
            .any(|node| nodes.contains(node))
    };
    let mut values = values.to_vec();
    loop {
        let before = values.clone();
        for cell in (0..values.len()).filter(|&cell| before[cell].is_none()) {
            let around = (0..values.len()).filter(|&other| share_a_node(cell as u32, other as u32));
            let around: Vec<f64> = around.filter_map(|other| before[other]).collect();
            if !around.is_empty() {
                values[cell] = Some(around.iter().sum::<f64>() / around.len() as f64);
            }
        }
        if values == before {
            return values;
        }
    }
}

#[test]
fn empty_cells_get_the_means_of_the_cells_around_layer_by_layer() {
    for (shape, seed) in [(BoxCellShape::Hexahedron, 1), (BoxCellShape::Polyhedron, 2)] {
        let source = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 3);
        let target = jittered(shape, 6, 0.2, seed);
        let target = target.translate(&Vector3::new(0.6, 0.5, -0.4)).unwrap();
        let operator = operator(&source, &target, Nature::IntensiveMaximum);
        let field = rough_field(&source);
        let left = repaired(&operator, field.clone(), FIXUPS[0]);
        let filled = repaired(&operator, field, FIXUPS[1]);
        let covered = operator.coverage();
        let values = left.values.values().iter().zip(&covered);
        let values: Vec<Option<f64>> = values
            .map(|(&value, &covered)| (covered > 0.0).then_some(value))
            .collect();
        let expected = extrapolated_twin(&target, &values);
        let empty = values.iter().filter(|value| value.is_none()).count();
        assert_eq!(filled.report.components[0].extrapolated, empty);
        assert!(empty > 50, "the test tests little");
        for (found, expected) in filled.values.values().iter().zip(expected) {
            let expected = expected.unwrap();
            assert!(
                (found - expected).abs() <= 1e-13 * expected,
                "{found} for {expected}"
            );
        }
    }
}

#[test]
fn an_island_gets_the_value_of_the_nearest_cell_the_first_of_several() {
    // Five cells, none of which shares a node with another; the first, second and last are covered.
    let cell = |x: f64| crate::common::box_corners([x, 0.0, 0.0], [x + 1.0, 1.0, 1.0]);
    let places = [0.0, 20.0, 13.0, 10.0, 40.0];
    let nodes = places
        .iter()
        .flat_map(|&x| cell(x))
        .map(Into::into)
        .collect();
    let mut builder = UnstructuredMesh::builder(nodes);
    for first in 0..places.len() as u32 {
        let ids: Vec<u32> = (8 * first..8 * first + 8).collect();
        builder = builder.cell(Shape::Hexahedron, &ids);
    }
    let target = builder.build().unwrap();
    let source = target.extract(&[0, 1, 4].map(CellId::new)).unwrap();
    let operator = operator(&source, &target, Nature::IntensiveMaximum);
    let carried = repaired(&operator, vec![1.0, 2.0, 3.0], FIXUPS[1]);
    // The one at 10 is as far from that at 0 as from that at 20.
    assert_eq!(carried.values.values(), [1.0, 2.0, 2.0, 1.0, 3.0]);
}

#[test]
fn masked_target_cells_are_neither_filled_nor_led_across() {
    // 0 … 5 in a row, the first covered; the third is masked, so that the rest is an island.
    let source = one_box([0.0; 3], [1.0; 3]);
    let target = boxes_in_a_row(0.0, &[1.0; 6]);
    let mask = Mask::of_masked(vec![false, false, true, false, false, false]).unwrap();
    let operator = operator(&source, &target, Nature::IntensiveMaximum).with_target_mask(mask);
    let operator = operator.unwrap();
    for fixup in [FIXUPS[1], FIXUPS[3], FIXUPS[5]] {
        let carried = repaired(&operator, vec![5.0], fixup);
        let value = if fixup == FIXUPS[5] { 1.0 } else { 5.0 };
        let expected = [value, value, 0.0, value, value, value];
        assert_close(carried.values.values(), &expected, &format!("{fixup:?}"));
        assert_eq!(carried.report.components[0].extrapolated, 4);
    }
}

#[test]
fn cells_below_the_least_coverage_are_filled_as_empty_ones() {
    let source = boxes_in_a_row(0.0, &[1.0, 0.3]);
    let target = boxes_in_a_row(0.0, &[1.0, 1.0, 1.0]);
    let operator = operator(&source, &target, Nature::IntensiveMaximum).with_least_coverage(0.5);
    let carried = repaired(&operator.unwrap(), vec![2.0, 100.0], FIXUPS[1]);
    assert_eq!(carried.values.values(), [2.0, 2.0, 2.0]);
    assert_eq!(carried.report.components[0].uncovered, 2);
}

#[test]
fn a_value_that_is_not_a_number_stays_where_it_is() {
    let source = boxes_in_a_row(0.0, &[1.0, 1.0]);
    let target = boxes_in_a_row(0.0, &[1.0; 4]);
    let operator = operator(&source, &target, Nature::IntensiveMaximum);
    let carried = repaired(&operator, vec![3.0, f64::NAN], FIXUPS[1]);
    let values = carried.values.values();
    assert!(values[1].is_nan());
    assert_eq!([values[0], values[2], values[3]], [3.0; 3]);
    // Left out it is filled.
    let carried = repaired(
        &operator.leaving_out_missing(),
        vec![3.0, f64::NAN],
        FIXUPS[1],
    );
    assert_eq!(carried.values.values(), [3.0; 4]);
}

#[test]
fn each_component_is_repaired_by_itself() {
    let (source, target) = partly_covering_pair();
    let operator = operator(&source, &target, Nature::IntensiveMaximum).leaving_out_missing();
    let whole = rough_field(&source);
    let holes: Vec<f64> = (0..whole.len())
        .map(|cell| if cell % 3 > 0 { f64::NAN } else { -whole[cell] })
        .collect();
    let values = whole
        .iter()
        .zip(&holes)
        .flat_map(|(one, other)| [*one, *other, *one]);
    let field = DataArray::new(["a", "b", "c"], values.collect()).unwrap();
    for fixup in FIXUPS {
        let together = operator.transfer(&field, &transfer(fixup)).unwrap();
        for (component, alone) in [(0, &whole), (1, &holes), (2, &whole)] {
            let alone = repaired(&operator, alone.clone(), fixup);
            let found = together.values.component(component).unwrap();
            assert_eq!(found.values(), alone.values.values(), "{fixup:?}");
        }
    }
}

#[test]
fn meshes_that_do_not_meet_are_nothing_to_fix_up() {
    let source = one_box([5.0; 3], [6.0; 3]);
    let target = boxes_in_a_row(0.0, &[1.0, 1.0]);
    let operator = operator(&source, &target, Nature::IntensiveMaximum);
    for fixup in FIXUPS {
        let error = operator.transfer(&DataArray::scalars(vec![1.0]), &transfer(fixup));
        assert_eq!(error.unwrap_err(), OperatorError::NothingCovered);
    }
}

#[test]
fn bounds_bring_a_shifted_field_back_and_keep_its_integral() {
    let (source, target) = partly_covering_pair();
    let operator = operator(&source, &target, Nature::IntensiveMaximum);
    // Ones at the border where cells are filled from: the shift takes the zeros below zero.
    let centroids = source.centroids();
    let field: Vec<f64> = centroids
        .iter()
        .map(|centroid| f64::from(u8::from(centroid.x > 0.8)))
        .collect();
    let range = ValueRange::new(0.0, 1.0).unwrap();
    let shifted = repaired(&operator, field.clone(), FIXUPS[5]);
    assert!(
        shifted
            .values
            .values()
            .iter()
            .any(|value| !range.contains(*value))
    );
    for limits in [
        Limits::OfSource,
        Limits::All(range),
        Limits::Each(vec![range]),
    ] {
        let transfer = Transfer {
            limits,
            ..transfer(FIXUPS[5])
        };
        let bounded = operator
            .transfer(&DataArray::scalars(field.clone()), &transfer)
            .unwrap();
        assert!(
            bounded
                .values
                .values()
                .iter()
                .all(|value| range.contains(*value))
        );
        let report = &bounded.report.components[0];
        assert!(
            report.bounded && report.relative_difference().abs() <= 1e-14,
            "{report:?}"
        );
    }
}

#[test]
fn nodes_are_repaired_as_cells_are() {
    let source = jittered(BoxCellShape::Hexahedron, 3, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2);
    let target = target.translate(&Vector3::new(0.7, 0.0, 0.0)).unwrap();
    let matrix = prepare(&source, &target, &ToNodes).unwrap();
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    let constant = repaired(&operator, vec![3.0; source.cell_count()], FIXUPS[1]);
    assert!(constant.report.components[0].extrapolated > 0);
    assert_close(
        constant.values.values(),
        &vec![3.0; target.node_count()],
        "constant",
    );
    let shifted = repaired(&operator, rough_field(&source), FIXUPS[5]);
    assert!(shifted.report.components[0].relative_difference().abs() <= 1e-14);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let source = jittered(BoxCellShape::Hexahedron, 13, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 9, 0.2, 2);
    let target = target.translate(&Vector3::new(0.5, 0.5, 0.5)).unwrap();
    let matrix = overlaps(&source, &target);
    let mut values = rough_field(&source);
    values[7] = f64::NAN;
    for fixup in FIXUPS {
        let run = |threads| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let operator =
                    RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)
                        .unwrap();
                let operator = operator.leaving_out_missing();
                let carried = repaired(&operator, values.clone(), fixup)
                    .values
                    .into_values();
                carried.into_iter().map(f64::to_bits).collect::<Vec<_>>()
            })
        };
        let alone = run(1);
        assert!(
            [2, 5].into_iter().all(|threads| run(threads) == alone),
            "{fixup:?}"
        );
    }
}

/// What of the source is covered, in the measure of the report.
fn covered_integral(operator: &RemapOperator, source: &UnstructuredMesh, values: &[f64]) -> f64 {
    let shares = operator.reversed().coverage();
    let terms = shares.iter().zip(source.measures()).zip(values);
    terms
        .map(|((share, volume), value)| share * volume * value)
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// The table of `Fixup`: who keeps constants, extrema, local and global integrals.
    #[test]
    fn each_fixup_keeps_what_it_says(
        (cells, others) in (1_usize..4, 1_usize..5),
        (seed, other_seed) in (0_u64..1000, 0_u64..1000),
        offset in prop::array::uniform3(-0.8_f64..0.8),
        values in prop::collection::vec(-10.0_f64..10.0, 27),
        constant in 0.5_f64..100.0,
        extensive in any::<bool>(),
    ) {
        let source = jittered(BoxCellShape::Hexahedron, cells, 0.2, seed);
        let target = jittered(BoxCellShape::Wedge, others, 0.2, other_seed);
        let target = target.translate(&offset.into()).unwrap();
        let nature = if extensive { Nature::ExtensiveMaximum } else { Nature::IntensiveMaximum };
        let operator = operator(&source, &target, nature);
        let (source_volumes, target_volumes) = (source.measures(), target.measures());
        // Of densities what the nature says the field is, and back.
        let as_field = |densities: &[f64]| -> Vec<f64> {
            let pairs = densities.iter().zip(&source_volumes);
            pairs.map(|(density, volume)| if extensive { density * volume } else { *density }).collect()
        };
        let densities_of = |carried: &Transferred| -> Vec<f64> {
            let pairs = carried.values.values().iter().zip(&target_volumes);
            pairs.map(|(value, volume)| if extensive { value / volume } else { *value }).collect()
        };
        let values = &values[..source.cell_count()];
        let range = ValueRange::of(values.iter().copied()).unwrap();
        let size = range.minimum().abs().max(range.maximum().abs());
        let covered = operator.coverage();
        let scale = values.iter().zip(&source_volumes).map(|(value, volume)| value.abs() * volume);
        let scale = scale.sum::<f64>();

        for fixup in FIXUPS {
            let carried = repaired(&operator, as_field(values), fixup);
            let report: &ComponentReport = &carried.report.components[0];
            let densities = densities_of(&carried);
            let filled = |cell: usize| covered[cell] > 0.0 || fixup.empty == Empty::Extrapolate;
            match fixup.partly {
                PartlyCovered::Constant => {
                    for (cell, density) in densities.iter().enumerate().filter(|(cell, _)| filled(*cell)) {
                        let within = *density >= range.minimum() - 1e-14 * size
                            && *density <= range.maximum() + 1e-14 * size;
                        prop_assert!(within, "{fixup:?}: cell {cell} has {density}");
                    }
                }
                PartlyCovered::LocallyConservative => {
                    let kept = densities.iter().zip(&target_volumes).zip(&covered);
                    let kept = kept.filter(|(_, covered)| **covered > 0.0);
                    let kept: f64 = kept.map(|((density, volume), _)| density * volume).sum();
                    let expected = covered_integral(&operator, &source, values);
                    prop_assert!((kept - expected).abs() <= 1e-14 * scale, "{kept} for {expected}");
                }
                PartlyCovered::GloballyConservative => {
                    let difference = report.after.integral - report.before.integral;
                    let scale = scale.max(report.after.scale);
                    prop_assert!(difference.abs() <= 1e-14 * scale, "{report:?}");
                }
            }

            let carried = repaired(&operator, as_field(&vec![constant; values.len()]), fixup);
            let densities = densities_of(&carried);
            let found = (0..densities.len()).filter(|&cell| filled(cell)).map(|cell| densities[cell]);
            let found: Vec<f64> = found.collect();
            let expected = match fixup.partly {
                PartlyCovered::Constant => constant,
                // As another constant: that of the same integral.
                PartlyCovered::GloballyConservative => {
                    let volume = (0..densities.len()).filter(|&cell| filled(cell));
                    let volume: f64 = volume.map(|cell| target_volumes[cell]).sum();
                    constant * source_volumes.iter().sum::<f64>() / volume
                }
                PartlyCovered::LocallyConservative => continue,
            };
            for value in found {
                let rounding = 1e-13 * expected.max(constant);
                prop_assert!((value - expected).abs() <= rounding, "{fixup:?}: {value} for {expected}");
            }
        }
    }
}
