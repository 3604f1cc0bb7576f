//! The quick word about cells that do not overlap agrees with the overlap itself.

use geom_intersect::{Intersector, Solid, StandardShape};
use nalgebra::{Matrix3, Point3, Vector3};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn unit(shape: StandardShape) -> &'static [[f64; 3]] {
    match shape {
        StandardShape::Tetrahedron => &[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]],
        StandardShape::Pyramid => &[
            [0., 0., 0.],
            [1., 0., 0.],
            [1., 1., 0.],
            [0., 1., 0.],
            [0.5, 0.5, 1.],
        ],
        StandardShape::Wedge => &[
            [0., 0., 0.],
            [1., 0., 0.],
            [0., 1., 0.],
            [0., 0., 1.],
            [1., 0., 1.],
            [0., 1., 1.],
        ],
        StandardShape::Hexahedron => &[
            [0., 0., 0.],
            [1., 0., 0.],
            [1., 1., 0.],
            [0., 1., 0.],
            [0., 0., 1.],
            [1., 0., 1.],
            [1., 1., 1.],
            [0., 1., 1.],
        ],
    }
}

/// A shape sheared, stretched and moved; at times with a warped face, which is not convex.
fn solid() -> impl Strategy<Value = (Vec<Point3<f64>>, Solid)> {
    (
        proptest::sample::select(StandardShape::ALL.to_vec()),
        proptest::array::uniform9(-0.6..0.6),
        proptest::array::uniform3(-0.6..0.6),
        -2_i32..1,
        prop_oneof![4 => Just(0.0), 1 => -0.1..0.1],
    )
        .prop_map(|(shape, shear, shift, scale, warp)| {
            let matrix = Matrix3::identity() + Matrix3::from_row_slice(&shear);
            let nodes: Vec<_> = unit(shape)
                .iter()
                .enumerate()
                .map(|(index, node)| {
                    let node = Vector3::from(*node) + Vector3::z() * warp * f64::from(index == 2);
                    Point3::from(matrix * node * 2_f64.powi(scale) + Vector3::from(shift))
                })
                .collect();
            let mut solid = Solid::default();
            solid.set_standard(shape, &nodes);
            (nodes, solid)
        })
}

fn config(cases: u32) -> Config {
    Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    }
}

#[test]
fn what_is_excluded_has_no_overlap_on_any_path() {
    let mut runner = TestRunner::new(config(20_000));
    let counts = std::cell::Cell::new([0; 3]);
    let (quick, portable) = (Intersector::default(), Intersector::portable());
    let overlaps = std::cell::RefCell::new(Intersector::default());
    runner
        .run(&(solid(), solid()), |((_, source), (_, target))| {
            let may = quick.may_overlap(source.bounds(), source.class(), &target);
            let may_portable = portable.may_overlap(source.bounds(), source.class(), &target);
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
        .run(&solid(), |(nodes, solid)| {
            let (low, high) = solid.bounds();
            let centre = nalgebra::center(&low, &high);
            let farthest = nodes.iter().map(|node| (node - centre).norm());
            let farthest = farthest.fold(0.0, f64::max);
            let radius = f64::from(solid.class().radius);
            prop_assert!(radius >= farthest && radius <= 1.000_01 * farthest);
            Ok(())
        })
        .unwrap();
}

#[test]
fn cells_that_share_a_face_are_told_apart_only_by_the_kernel_and_neighbours_beyond_at_once() {
    let cube = |x: f64| {
        let nodes: Vec<_> = unit(StandardShape::Hexahedron)
            .iter()
            .map(|node| Point3::from(Vector3::from(*node) + Vector3::x() * x))
            .collect();
        let mut solid = Solid::default();
        solid.set_standard(StandardShape::Hexahedron, &nodes);
        solid
    };
    let target = cube(0.0);
    let intersector = Intersector::default();
    let may = |source: &Solid| intersector.may_overlap(source.bounds(), source.class(), &target);
    // The ball around the neighbour reaches into the cell.
    assert!(may(&cube(1.0)));
    assert!(!may(&cube(1.5)));
    let empty = Solid::default();
    assert!(intersector.may_overlap(target.bounds(), target.class(), &empty));
}
