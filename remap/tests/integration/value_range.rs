//! Clip and assured sum: within bounds, with the same integral, and nothing done where nothing need be.

use crate::common::{jittered, overlaps, rough_field};
use mesh_core::{BoxCellShape, DataArray, compensated_sum};
use proptest::prelude::*;
use remap::{Limits, Nature, OperatorError, RemapOperator, Transfer, ValueRange};

fn integral(values: &[f64], measures: &[f64]) -> f64 {
    compensated_sum(
        values
            .iter()
            .zip(measures)
            .map(|(value, measure)| value * measure),
    )
}

#[test]
fn what_is_clipped_goes_where_there_is_room() {
    let range = ValueRange::new(0.0, 1.0).unwrap();
    // Too much by 2 · 0.5; room 0.75 + 0.5 for a volume of one each, and 0.25 for one of two.
    let (mut values, measures) = ([1.5, 0.25, 0.5, 0.75], [2.0, 1.0, 1.0, 2.0]);
    assert!(range.clip_and_assure_sum(&mut values, &measures).unwrap());
    let share = 1.0 / (0.75 + 0.5 + 2.0 * 0.25);
    let expected = [
        1.0,
        0.25 + 0.75 * share,
        0.5 + 0.5 * share,
        0.75 + 0.25 * share,
    ];
    for (found, expected) in values.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-15, "{found} for {expected}");
    }
}

#[test]
fn a_negative_zero_and_bounds_themselves_are_within() {
    let range = ValueRange::new(0.0, 1.0).unwrap();
    let mut values = [-0.0, 0.0, 1.0, f64::NAN];
    let before = values.map(f64::to_bits);
    assert!(!range.clip_and_assure_sum(&mut values, &[1.0; 4]).unwrap());
    assert_eq!(values.map(f64::to_bits), before);
}

#[test]
fn one_bound_may_be_infinite() {
    let positive = ValueRange::new(0.0, f64::INFINITY).unwrap();
    let mut values = [-1.0, 1.0, 3.0];
    positive
        .clip_and_assure_sum(&mut values, &[1.0; 3])
        .unwrap();
    assert_eq!(values, [0.0, 0.75, 2.25]);
    let negative = ValueRange::new(f64::NEG_INFINITY, 0.0).unwrap();
    let mut values = [1.0, -1.0, -3.0];
    negative
        .clip_and_assure_sum(&mut values, &[1.0; 3])
        .unwrap();
    assert_eq!(values, [0.0, -0.75, -2.25]);
    assert!(
        !ValueRange::ALL
            .clip_and_assure_sum(&mut values, &[1.0; 3])
            .unwrap()
    );
}

#[test]
fn bounds_out_of_reach_are_refused_and_nothing_is_changed() {
    let range = ValueRange::new(0.0, 1.0).unwrap();
    for values in [
        [2.0, 0.5, 1.0],
        [-2.0, 0.5, 0.25],
        [f64::INFINITY, 0.0, 0.0],
    ] {
        let mut found = values;
        let error = range
            .clip_and_assure_sum(&mut found, &[1.0; 3])
            .unwrap_err();
        assert!(
            matches!(error, OperatorError::BoundsOutOfReach { .. }),
            "{error}"
        );
        assert_eq!(found, values);
    }
    let error = range
        .clip_and_assure_sum(&mut [2.0, 2.0], &[1.0, 3.0])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "bounds 0 to 1 cannot be kept together with the integral: the mean value is 2; widen the \
         bounds, or leave them out"
    );
}

#[test]
fn a_range_without_values_is_refused() {
    for (minimum, maximum) in [(1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::NAN)] {
        let error = ValueRange::new(minimum, maximum).unwrap_err();
        assert!(matches!(error, OperatorError::EmptyRange { .. }), "{error}");
    }
    assert_eq!(ValueRange::of([f64::NAN]), None);
    assert_eq!(ValueRange::of([]), None);
    let range = ValueRange::of([3.0, f64::NAN, -1.0]).unwrap();
    assert_eq!((range.minimum(), range.maximum()), (-1.0, 3.0));
}

#[test]
fn a_constant_field_stays_within_its_own_range_whatever_its_rounding() {
    let source = jittered(BoxCellShape::Hexahedron, 5, 0.2, 1);
    let target = jittered(BoxCellShape::Polyhedron, 4, 0.2, 2);
    let matrix = overlaps(&source, &target);
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let volumes = source.measures();
        let constant = volumes.iter().map(|volume| {
            if nature.is_intensive() {
                0.3
            } else {
                0.3 * volume
            }
        });
        let field = DataArray::scalars(constant.collect());
        let transfer = Transfer {
            limits: Limits::OfSource,
            ..Transfer::default()
        };
        let carried = operator.transfer(&field, &transfer).unwrap();
        assert!(carried.report.components[0].relative_difference().abs() <= 1e-14);
    }
}

#[test]
fn bounds_of_a_transfer_are_for_each_component() {
    let source = jittered(BoxCellShape::Hexahedron, 4, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 3, 0.2, 2);
    let matrix = overlaps(&source, &target);
    let operator =
        RemapOperator::new(&matrix, &source, &target, Nature::IntensiveConservation).unwrap();
    let values: Vec<f64> = rough_field(&source)
        .iter()
        .flat_map(|value| [*value, -value])
        .collect();
    let field = DataArray::new(["a", "b"], values).unwrap();
    let plain = operator.transfer(&field, &Transfer::default()).unwrap();
    let narrow = ValueRange::new(40.0, 60.0).unwrap();
    let transfer = |ranges| Transfer {
        limits: Limits::Each(ranges),
        ..Transfer::default()
    };
    let bounded = operator
        .transfer(&field, &transfer(vec![narrow, ValueRange::ALL]))
        .unwrap();
    let components = &bounded.report.components;
    assert!(components[0].bounded && !components[1].bounded);
    let own = |carried: &DataArray<f64>, component| carried.component(component).unwrap();
    assert!(
        own(&bounded.values, 0)
            .values()
            .iter()
            .all(|value| narrow.contains(*value))
    );
    assert_eq!(own(&bounded.values, 1), own(&plain.values, 1));
    assert!(components[0].relative_difference().abs() <= 1e-14);
    let error = operator
        .transfer(&field, &transfer(vec![narrow]))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 pairs of bounds were given for 2 components"
    );
}

#[test]
fn totals_are_bounded_as_densities() {
    let source = jittered(BoxCellShape::Hexahedron, 4, 0.2, 1);
    let target = jittered(BoxCellShape::Wedge, 4, 0.2, 2);
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::ExtensiveMaximum).unwrap();
    let volumes = source.measures();
    let densities = rough_field(&source);
    let totals = densities
        .iter()
        .zip(&volumes)
        .map(|(value, volume)| value * volume);
    let range = ValueRange::new(45.0, 55.0).unwrap();
    let transfer = Transfer {
        limits: Limits::All(range),
        ..Transfer::default()
    };
    let carried = operator
        .transfer(&DataArray::scalars(totals.collect()), &transfer)
        .unwrap();
    assert!(carried.report.components[0].bounded);
    for (total, volume) in carried.values.values().iter().zip(target.measures()) {
        let density = total / volume;
        assert!(
            (45.0 * (1.0 - 1e-15)..=55.0 * (1.0 + 1e-15)).contains(&density),
            "{density}"
        );
    }
    assert!(carried.report.components[0].relative_difference().abs() <= 1e-14);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn values_come_within_bounds_and_their_integral_stays(
        cells in prop::collection::vec((-1.0_f64..2.0, 0.0_f64..1.0), 1..200),
        (low, width) in (-0.5_f64..0.9, 0.0_f64..1.0),
        exponent in -300_i32..300,
    ) {
        // Far from one: nothing here knows a size.
        let unit = f64::powi(2.0, exponent);
        let (values, measures): (Vec<f64>, Vec<f64>) =
            cells.into_iter().map(|(value, measure)| (value * unit, measure)).unzip();
        let range = ValueRange::new(low * unit, (low + width) * unit).unwrap();
        let before = integral(&values, &measures);
        let volume = measures.iter().sum::<f64>();
        let mut bounded = values.clone();
        let scale: f64 = values.iter().zip(&measures).map(|(value, measure)| value.abs() * measure).sum();
        match range.clip_and_assure_sum(&mut bounded, &measures) {
            Ok(changed) => {
                prop_assert!(bounded.iter().all(|value| range.contains(*value)));
                prop_assert_eq!(changed, values.iter().any(|value| !range.contains(*value)));
                prop_assert!(changed || bounded == values);
                // Out of reach only by what overlaps of cells fail to add up by.
                let tolerance = if range.contains(before / volume) { 1e-14 } else { 1e-12 };
                let after = integral(&bounded, &measures);
                prop_assert!((after - before).abs() <= tolerance * scale, "{before} → {after}");
                // Once more it does nothing.
                let once = bounded.clone();
                prop_assert!(!range.clip_and_assure_sum(&mut bounded, &measures).unwrap());
                prop_assert_eq!(bounded, once);
            }
            Err(error) => {
                // Rightly: the mean is out of bounds by more than rounding.
                prop_assert!(!range.contains(before / volume), "{}", error);
                prop_assert_eq!(bounded, values);
            }
        }
    }
}
