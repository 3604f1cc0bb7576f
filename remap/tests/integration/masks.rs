//! Masks and missing values: the same matrix gives what meshes without the masked cells would give.

use crate::common::{
    boxes_in_a_row, jittered, one_box, overlaps, partly_covering_pair, rough_field,
};
use mesh_core::{
    BoxCellShape, CellId, DataArray, Field, FieldValues, Location, Point3, UnstructuredMesh,
    Vector3,
};
use nalgebra::Rotation3;
use proptest::prelude::*;
use remap::{Mask, Nature, OperatorError, OverlapMatrix, RemapOperator, Transfer};

/// The chosen cells as a mesh of their own.
fn extract(mesh: &UnstructuredMesh, used: &[bool]) -> UnstructuredMesh {
    let cells = (0..used.len() as u32).filter(|&cell| used[cell as usize]);
    mesh.extract(&cells.map(CellId::new).collect::<Vec<_>>())
        .unwrap()
}

fn chosen<T: Copy>(values: &[T], used: &[bool]) -> Vec<T> {
    let chosen = values.iter().zip(used).filter(|(_, used)| **used);
    chosen.map(|(value, _)| *value).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Carries a field with masks, and over meshes that have the masked cells taken out; compares bits.
fn check_twin(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    matrix: &OverlapMatrix,
    (used, target_used): (&[bool], &[bool]),
    values: &[f64],
    least_coverage: f64,
) {
    let (own_source, own_target) = (extract(source, used), extract(target, target_used));
    let own_matrix = overlaps(&own_source, &own_target);
    let field = DataArray::scalars(values.to_vec());
    let own_field = DataArray::scalars(chosen(values, used));
    for nature in Nature::ALL {
        let operator = RemapOperator::new(matrix, source, target, nature).unwrap();
        let masked = operator
            .with_source_mask(Mask::of_used(used.to_vec()).unwrap())
            .and_then(|masked| {
                masked.with_target_mask(Mask::of_used(target_used.to_vec()).unwrap())
            })
            .and_then(|masked| masked.with_least_coverage(least_coverage))
            .unwrap();
        let twin = RemapOperator::new(&own_matrix, &own_source, &own_target, nature)
            .and_then(|twin| twin.with_least_coverage(least_coverage))
            .unwrap();
        let carried = masked.apply(&field, -1.0).unwrap().into_values();
        let expected = twin.apply(&own_field, -1.0).unwrap().into_values();
        assert_eq!(
            bits(&chosen(&carried, target_used)),
            bits(&expected),
            "{nature:?}"
        );
        for (value, used) in carried.iter().zip(target_used) {
            assert!(
                *used || *value == -1.0,
                "{nature:?}: a masked target cell got {value}"
            );
        }
        assert_eq!(chosen(&masked.coverage(), target_used), twin.coverage());

        // And back, where source and target masks change places.
        let back: Vec<f64> = rough_field(target);
        let field = DataArray::scalars(back.clone());
        let carried = masked.reversed().apply(&field, -1.0).unwrap().into_values();
        let field = DataArray::scalars(chosen(&back, target_used));
        let expected = twin.reversed().apply(&field, -1.0).unwrap().into_values();
        assert_eq!(
            bits(&chosen(&carried, used)),
            bits(&expected),
            "{nature:?}, reversed"
        );

        // The reports are the same.
        let field = DataArray::scalars(values.to_vec());
        let found = masked
            .transfer(&field, &Transfer::default())
            .unwrap()
            .report;
        let expected = twin
            .transfer(&own_field, &Transfer::default())
            .unwrap()
            .report;
        assert_eq!(found, expected, "{nature:?}");
    }
}

#[test]
fn masked_cells_are_as_good_as_taken_out_of_the_meshes() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let used: Vec<bool> = (0..source.cell_count())
        .map(|cell| cell * 31 % 7 > 2)
        .collect();
    let target_used: Vec<bool> = (0..target.cell_count())
        .map(|cell| cell * 17 % 5 > 0)
        .collect();
    let mut values = rough_field(&source);
    // Whatever a masked cell holds, it goes nowhere.
    for (cell, value) in values
        .iter_mut()
        .enumerate()
        .filter(|(cell, _)| !used[*cell])
    {
        *value = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300][cell % 4];
    }
    for least_coverage in [0.0, 0.3, 1.0] {
        let masks = (used.as_slice(), target_used.as_slice());
        check_twin(&source, &target, &matrix, masks, &values, least_coverage);
    }
}

#[test]
fn missing_values_are_left_out_component_by_component() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let components = 3;
    let is_missing = |cell: usize, component: usize| match component {
        0 => cell.is_multiple_of(3),
        1 => false,
        _ => cell % 4 == 1,
    };
    let whole = rough_field(&source);
    let values = (0..source.cell_count()).flat_map(|cell| {
        let value = whole[cell];
        (0..components).map(move |component| {
            let factor = if is_missing(cell, component) {
                f64::NAN
            } else {
                1.0
            };
            factor * value * (component + 1) as f64
        })
    });
    let field = DataArray::new(["a", "b", "c"], values.collect()).unwrap();
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature)
            .and_then(|operator| operator.with_least_coverage(0.25))
            .unwrap();
        let leaving_out = operator.clone().leaving_out_missing();
        let carried = leaving_out.apply(&field, -1.0).unwrap();
        let transferred = leaving_out.transfer(&field, &Transfer::default()).unwrap();
        for component in 0..components {
            let alone = field.component(component).unwrap();
            let present: Vec<bool> = alone.values().iter().map(|value| !value.is_nan()).collect();
            let count = present.iter().filter(|present| !**present).count();
            let masked = operator
                .clone()
                .with_source_mask(Mask::of_used(present).unwrap());
            let masked = masked.unwrap();
            let expected = masked.apply(&alone, -1.0).unwrap();
            let found = carried.component(component).unwrap();
            assert_eq!(bits(found.values()), bits(expected.values()), "{nature:?}");
            // The report says how many are missing, and is the same in all else.
            let mut report = transferred.report.components[component].clone();
            assert_eq!(report.before.missing, count);
            report.before.missing = 0;
            report.name = String::new();
            let expected = masked
                .transfer(&alone, &Transfer::default())
                .unwrap()
                .report;
            let mut expected = expected.components[0].clone();
            expected.name = String::new();
            assert_eq!(report, expected);
        }
    }
}

#[test]
fn a_value_that_is_left_out_gets_nowhere() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let values: Vec<f64> = rough_field(&source)
        .into_iter()
        .enumerate()
        .map(|(cell, value)| if cell % 2 == 0 { f64::NAN } else { value })
        .collect();
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let carried = operator
            .leaving_out_missing()
            .apply(&DataArray::scalars(values.clone()), 0.0);
        assert!(
            carried
                .unwrap()
                .values()
                .iter()
                .all(|value| value.is_finite())
        );
    }
}

#[test]
fn a_field_without_any_value_leaves_everything_uncovered() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    let operator = operator.leaving_out_missing();
    let nothing = DataArray::scalars(vec![f64::NAN; source.cell_count()]);
    let carried = operator.transfer(&nothing, &Transfer::default()).unwrap();
    assert!(carried.values.values().iter().all(|value| value.is_nan()));
    let report = &carried.report.components[0];
    assert_eq!(
        (report.uncovered, report.after.values),
        (target.cell_count(), 0)
    );
    assert!(report.before.range.is_none() && report.relative_difference() == 0.0);
}

#[test]
fn the_least_coverage_is_a_fraction_of_the_target_cell() {
    // Of the targets are covered: 0.4, 1, 0.25, 0.
    let source = boxes_in_a_row(0.6, &[0.9, 0.75]);
    let target = boxes_in_a_row(0.0, &[1.0, 1.0, 1.0, 1.0]);
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    let field = DataArray::scalars(vec![1.0, 2.0]);
    let covered = |fraction: f64| -> Vec<bool> {
        let operator = operator.clone().with_least_coverage(fraction).unwrap();
        let carried = operator.apply(&field, f64::NAN).unwrap();
        carried
            .values()
            .iter()
            .map(|value| !value.is_nan())
            .collect()
    };
    assert_eq!(covered(0.0), [true, true, true, false]);
    assert_eq!(covered(0.25), [true, true, true, false]);
    assert_eq!(covered(0.26), [true, true, false, false]);
    assert_eq!(covered(0.4), [true, true, false, false]);
    assert_eq!(covered(0.41), [false, true, false, false]);
    assert_eq!(covered(1.0), [false, true, false, false]);
    for found in [-0.1, 1.1, f64::NAN] {
        let error = operator.clone().with_least_coverage(found).unwrap_err();
        assert!(matches!(error, OperatorError::NoFraction { .. }), "{error}");
    }
}

#[test]
fn cells_far_from_the_origin_are_covered_wholly_as_far_as_can_be_told() {
    // Coordinates near 1e6 are known to 1e-10, a volume to 1e-9 of itself.
    let offset = Vector3::new(1e6 + 0.3, 1e6 + 0.1, 1e6 - 0.7);
    let rotation = Rotation3::new(Vector3::new(0.1, 0.2, 0.3));
    let place = |mesh: UnstructuredMesh| {
        let turned = mesh
            .scale(&Vector3::repeat(0.1))
            .and_then(|mesh| mesh.rotate(&rotation, &Point3::origin()));
        turned.and_then(|mesh| mesh.translate(&offset)).unwrap()
    };
    let source = place(jittered(BoxCellShape::Hexahedron, 4, 0.2, 1));
    let target = place(jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2));
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)
        .and_then(|operator| operator.with_least_coverage(1.0))
        .unwrap();
    let off = operator.coverage().into_iter().map(|covered| 1.0 - covered);
    assert!(off.fold(0.0, f64::max) > 1e-12, "the test tests nothing");
    let field = DataArray::scalars(rough_field(&source));
    let report = operator
        .transfer(&field, &Transfer::default())
        .unwrap()
        .report;
    let report = &report.components[0];
    assert_eq!((report.uncovered, report.partly_covered), (0, 0));
}

#[test]
fn masks_that_do_not_fit_are_refused() {
    let source = boxes_in_a_row(0.0, &[1.0, 1.0, 1.0]);
    let target = one_box([0.0; 3], [3.0, 1.0, 1.0]);
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    let refusals = [
        (
            Mask::of_masked(vec![true; 3]).unwrap_err(),
            "the mask masks all of its 3 values, but at least one must take part",
        ),
        (
            operator
                .clone()
                .with_source_mask(Mask::of_used(vec![true]).unwrap())
                .unwrap_err(),
            "the mask has 1 values, but there are 3 cells",
        ),
        (
            Mask::from_field(&field(
                Location::Cells,
                DataArray::new(["x", "y"], vec![1.0; 6]).unwrap(),
            ))
            .unwrap_err(),
            "the mask has 2 components, but one is expected: 0 where a cell is masked",
        ),
        (
            operator
                .clone()
                .with_source_mask(
                    Mask::from_field(&field(Location::Nodes, DataArray::scalars(vec![1.0; 3])))
                        .unwrap(),
                )
                .unwrap_err(),
            "the mask is on nodes, but one on cells is needed",
        ),
    ];
    for (error, expected) in refusals {
        assert_eq!(error.to_string(), expected);
    }
    let mask = field(
        Location::Cells,
        DataArray::scalars(vec![0.5, f64::NAN, -0.0]),
    );
    assert_eq!(
        Mask::from_field(&mask).unwrap().used(),
        [true, false, false]
    );
}

fn field(location: Location, values: DataArray<f64>) -> Field {
    Field::new("mask", location, FieldValues::Float(values))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_mask_is_as_good_as_meshes_without_its_cells(
        (cells, others) in (1_usize..4, 1_usize..4),
        (seed, other_seed) in (0_u64..1000, 0_u64..1000),
        offset in prop::array::uniform3(-0.6_f64..0.6),
        used in prop::collection::vec(any::<bool>(), 27),
        target_used in prop::collection::vec(any::<bool>(), 54),
        least_coverage in 0.0..=1.0_f64,
    ) {
        let source = jittered(BoxCellShape::Hexahedron, cells, 0.2, seed);
        let target = jittered(BoxCellShape::Wedge, others, 0.2, other_seed);
        let target = target.translate(&offset.into()).unwrap();
        let mut used = used[..source.cell_count()].to_vec();
        let mut target_used = target_used[..target.cell_count()].to_vec();
        (used[0], target_used[0]) = (true, true);
        let matrix = overlaps(&source, &target);
        let masks = (used.as_slice(), target_used.as_slice());
        check_twin(&source, &target, &matrix, masks, &rough_field(&source), least_coverage);
    }
}
