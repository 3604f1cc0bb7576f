//! Second moments of overlaps against the slow twin, and their laws.

mod common;

use common::cells::pair;
use common::{Cell, twin};
use geom_intersect::{Intersector, SecondMoments, StandardShape};
use nalgebra::{Matrix3, Point3, Vector3};
use proptest::prelude::*;

fn moment(source: &Cell, target: &Cell, about: &Point3<f64>) -> Matrix3<f64> {
    SecondMoments::default().about(&source.solid(), &target.solid(), about)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn second_moments_are_those_of_the_twin((source, target) in pair()) {
        let about = source.solid().bounds().0;
        let found = moment(&source, &target, &about);
        let expected = twin::second_moment(&source, &target, &about);
        // Of the farthest square that is integrated; the twin computes in the world's frame.
        let (low, high) = source.solid().bounds();
        let smaller = source.solid().volume().min(target.solid().volume());
        let allowed = 1e-13 * (high - low).norm_squared() * smaller.max(1e-3);
        let apart = (found - expected).amax();
        prop_assert!(apart <= allowed, "{apart:e} {found} {expected}");
        // Symmetric to the last bit, and the same to rounding with the cells exchanged.
        prop_assert_eq!(found, found.transpose());
        let exchanged = moment(&target, &source, &about);
        prop_assert!((found - exchanged).amax() <= allowed);
    }

    #[test]
    fn second_moments_move_as_they_should((source, target) in pair()) {
        let [source_solid, target_solid] = [&source, &target].map(Cell::solid);
        let Some(overlap) = Intersector::default().moments(&source_solid, &target_solid) else {
            return Ok(());
        };
        // The parallel axis theorem ties them to volume and first moment.
        let step = Vector3::new(0.25, -0.5, 0.125);
        let centroid = overlap.centroid();
        let central = moment(&source, &target, &centroid);
        let moved = moment(&source, &target, &(centroid - step));
        let expected = central + step * step.transpose() * overlap.volume;
        prop_assert!((moved - expected).amax() <= 2e-13, "{moved} {expected}");
    }
}

#[test]
fn a_needle_keeps_the_digits_of_its_short_side() {
    for width in [1e-3, 1e-6, 1e-9] {
        let nodes = [
            [0.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, width, 0.0],
            [0.0, 0.0, width],
        ];
        let cell = Cell::standard(StandardShape::Tetrahedron, &nodes.map(Point3::from));
        let solid = cell.solid();
        let centroid = Intersector::default()
            .moments(&solid, &solid)
            .unwrap()
            .centroid();
        let second = moment(&cell, &cell, &centroid);
        let volume = width * width / 6.0;
        let expected =
            [1.0, width * width, width * width].map(|square| square * volume * 3.0 / 80.0);
        for axis in 0..3 {
            let error = second[(axis, axis)] / expected[axis] - 1.0;
            assert!(error.abs() <= 1e-14, "{width:e}, axis {axis}: {error:e}");
        }
    }
}

#[test]
fn cells_apart_have_none() {
    let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
    let cell = Cell::standard(StandardShape::Tetrahedron, &nodes);
    let other = cell.translated([2.0, 0.0, 0.0]);
    assert_eq!(moment(&cell, &other, &Point3::origin()), Matrix3::zeros());
}
