//! The quick word about cells that do not overlap agrees with the overlap itself.

mod common;

use common::cells::{cell, pair, unit_cells};
use geom_intersect::{Intersector, Solid};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn config(cases: u32) -> Config {
    Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    }
}

fn ball_around(solid: &Solid) -> (Point3<f64>, f64) {
    let (low, high) = solid.bounds();
    (nalgebra::center(&low, &high), solid.class().radius.into())
}

#[test]
fn what_is_excluded_has_no_overlap_on_any_path() {
    let mut runner = TestRunner::new(config(40_000));
    let counts = std::cell::Cell::new([0; 3]);
    let (quick, portable) = (Intersector::default(), Intersector::portable());
    let overlaps = std::cell::RefCell::new(Intersector::default());
    runner
        .run(&pair(), |(source, target)| {
            let (source, target) = (source.solid(), target.solid());
            let (centre, radius) = ball_around(&source);
            let may = quick.may_overlap(&centre, radius, &target);
            let may_portable = portable.may_overlap(&centre, radius, &target);
            prop_assert_eq!(may, may_portable);
            let overlap = overlaps.borrow_mut().volume(&source, &target);
            prop_assert!(
                may || overlap.is_none(),
                "excluded, but overlap {overlap:?}"
            );
            let mut count = counts.get();
            count[if overlap.is_some() {
                0
            } else {
                1 + usize::from(may)
            }] += 1;
            counts.set(count);
            Ok(())
        })
        .unwrap();
    let [overlapping, excluded, left] = counts.get();
    assert!(
        overlapping > 2000 && excluded > 2000 && left > 200,
        "{overlapping} overlapping, {excluded} excluded, {left} left"
    );
}

#[test]
fn the_ball_of_a_cell_holds_its_nodes() {
    let mut runner = TestRunner::new(config(2000));
    runner
        .run(&cell(), |cell| {
            let solid = cell.solid();
            let (centre, radius) = ball_around(&solid);
            let farthest = cell.nodes.iter().map(|node| (node - centre).norm());
            let farthest = farthest.fold(0.0, f64::max);
            prop_assert!(radius >= farthest && radius <= 1.000_01 * farthest);
            Ok(())
        })
        .unwrap();
}

#[test]
fn cells_that_share_a_face_are_told_apart_only_by_the_kernel_and_neighbours_beyond_at_once() {
    let unit = unit_cells().swap_remove(3);
    let cube = |x: f64| unit.map(|node| node + Vector3::x() * x).solid();
    let target = cube(0.0);
    let intersector = Intersector::default();
    let may = |source: &Solid| {
        let (centre, radius) = ball_around(source);
        intersector.may_overlap(&centre, radius, &target)
    };
    // The ball around the neighbour reaches into the cell.
    assert!(may(&cube(1.0)));
    assert!(!may(&cube(1.5)));
    let empty = Solid::default();
    assert!(intersector.may_overlap(&Point3::origin(), 0.5, &empty));
}
