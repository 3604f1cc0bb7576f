//! The paths of the kernel against one another: whichever a pair takes, the result is the same.

mod common;

use common::Cell;
use common::cells::{pair, perturbation};
use geom_intersect::{
    ConvexSource, Intersector, Moments, Solid, SolidClass, StandardShape, upright_box,
};
use nalgebra::{Point3, Rotation3, Vector3};
use proptest::prelude::*;

/// The bits of moments; the origin is part of what they mean.
fn bits(moments: Option<Moments>) -> Option<[u64; 7]> {
    moments.map(
        |Moments {
             volume,
             first,
             origin,
         }| {
            let [x, y, z] = first.into();
            let [a, b, c] = origin.coords.into();
            [volume, x, y, z, a, b, c].map(f64::to_bits)
        },
    )
}

/// A box whose sides are lengths, with its nodes numbered from one of its sides.
fn axis_aligned(low: [f64; 3], size: [f64; 3], turned: bool) -> Cell {
    let corners = [
        [0., 0., 0.],
        [1., 0., 0.],
        [1., 1., 0.],
        [0., 1., 0.],
        [0., 0., 1.],
        [1., 0., 1.],
        [1., 1., 1.],
        [0., 1., 1.],
    ];
    let node = |corner: [f64; 3]| {
        let place = |axis: usize| {
            let end = low[axis] + size[axis];
            if corner[axis] == 0.0 { low[axis] } else { end }
        };
        Point3::from([place(0), place(1), place(2)])
    };
    let order = if turned {
        [0, 4, 5, 1, 3, 7, 6, 2]
    } else {
        [0, 1, 2, 3, 4, 5, 6, 7]
    };
    let nodes = order.map(|corner: usize| node(corners[corner]));
    Cell::standard(StandardShape::Hexahedron, &nodes)
}

/// Two boxes: unrelated, or one a copy of the other that is moved by its own sides and by 1e-17 to
/// 1e-1.
fn boxes() -> impl Strategy<Value = (Cell, Cell)> {
    let low = prop::array::uniform3(-1.0..1.0);
    let size = || prop::array::uniform3(0.25..1.5);
    let steps = prop::array::uniform3(-1..=1);
    let other = (low.clone(), size(), steps, perturbation(), any::<bool>());
    (low, size(), any::<bool>(), other).prop_map(
        |(low, size, turned, (other_low, other_size, steps, amount, related))| {
            let one = axis_aligned(low, size, turned);
            let other = if related {
                let moved = [0, 1, 2]
                    .map(|axis: usize| low[axis] + f64::from(steps[axis]) * size[axis] + amount);
                axis_aligned(moved, size, !turned)
            } else {
                axis_aligned(other_low, other_size, turned)
            };
            (one, other)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_portable_path_gives_the_same_bits((source, target) in pair()) {
        let (source, target) = (source.solid(), target.solid());
        let wide = Intersector::default().moments(&source, &target);
        let portable = Intersector::portable().moments(&source, &target);
        prop_assert_eq!(bits(wide), bits(portable));
    }

    #[test]
    fn convex_cells_by_themselves_and_together_give_the_same_bits(
        (one, target) in pair(),
        (other, _) in pair(),
        (third, _) in pair(),
    ) {
        let target = target.solid();
        let solids = [one, other, third].map(|cell| cell.solid());
        let [Some(one), Some(other), Some(third)] = solids.each_ref().map(ConvexSource::of) else {
            prop_assert!(!solids.iter().all(|solid| solid.is_convex() && solid.shape().is_some()));
            return Ok(());
        };
        let mut intersector = Intersector::default();
        let moments = solids.each_ref().map(|source| bits(intersector.moments(source, &target)));
        let volumes = solids.each_ref().map(|source| intersector.volume(source, &target));
        let all = intersector.convex_moments([&one, &other, &third], &target);
        prop_assert_eq!(all.map(bits), moments);
        let two = intersector.convex_moments([&one, &other], &target);
        prop_assert_eq!(two.map(bits), [moments[0], moments[1]]);
        let two = intersector.convex_volumes([&other, &third], &target);
        prop_assert_eq!(two, [volumes[1], volumes[2]]);
        let [alone] = intersector.convex_volumes([&one], &target);
        prop_assert_eq!(alone, volumes[0]);
    }

    #[test]
    fn boxes_overlap_as_hexahedra_do((source, target) in boxes()) {
        let (source, target) = (source.solid(), target.solid());
        prop_assert!(source.class().axis_aligned && target.class().axis_aligned);
        let smaller = source.volume().min(target.volume());
        let quick = Intersector::default().moments(&source, &target);
        let general = Intersector::default().ignoring_boxes().moments(&source, &target);
        let volume = |moments: Option<Moments>| moments.map_or(0.0, |moments| moments.volume);
        let apart = volume(quick) - volume(general);
        // At the noise threshold the one may be kept and the other not.
        prop_assert!(apart.abs() <= 1.5e-14 * smaller, "{quick:?} {general:?}");
        if let (Some(quick), Some(general)) = (quick, general) {
            let about = source.bounds().0;
            let apart: Vector3<f64> = quick.first_about(&about) - general.first_about(&about);
            prop_assert!(apart.amax() <= 3e-14 * smaller, "{quick:?} {general:?}");
        }
    }
}

#[test]
fn a_box_with_one_node_moved_is_none() {
    let cell = axis_aligned([0.0; 3], [1.0; 3], true);
    assert!(cell.solid().class().axis_aligned);
    for node in 0..8 {
        let mut moved = cell.clone();
        moved.nodes[node].y += f64::EPSILON;
        assert!(!moved.solid().class().axis_aligned, "node {node}");
    }
    // Two corners exchanged: the bounds are the same, the cell is not.
    let mut crossed = cell;
    crossed.nodes.swap(6, 7);
    assert!(!crossed.solid().class().axis_aligned);
}

/// Whatever axes and signs the edges of a hexahedron have, [`upright_box`] never says what its solid
/// does not.
#[test]
fn an_upright_box_is_what_its_solid_says() {
    let solid_of = |nodes: &[Point3<f64>; 8]| {
        let mut solid = Solid::default();
        solid.set_standard(StandardShape::Hexahedron, nodes);
        solid
    };
    let nodes = |low, size, turned| -> [Point3<f64>; 8] {
        axis_aligned(low, size, turned).nodes.try_into().unwrap()
    };
    for signs in 0..8 {
        let sign = |axis: usize| if signs >> axis & 1 == 1 { -1.0 } else { 1.0 };
        let size = [0.3 * sign(0), 0.7 * sign(1), 1.9 * sign(2)];
        let upright = nodes([0.1, -0.2, 1e3], size, false);
        let solid = solid_of(&upright);
        let (low, high) = upright_box(upright.each_ref()).unwrap();
        assert_eq!((low, high), solid.bounds());
        assert_eq!(SolidClass::of_box(&low, &high), solid.class());

        let turned = nodes([0.1, -0.2, 1e3], size, true);
        assert_eq!(upright_box(turned.each_ref()), None);
        for node in 0..8 {
            for axis in 0..3 {
                for wrong in [
                    f64::NAN,
                    upright[node][axis].next_up(),
                    low[axis],
                    high[axis],
                ] {
                    let mut moved = upright;
                    moved[node][axis] = wrong;
                    let same = wrong == upright[node][axis];
                    assert_eq!(upright_box(moved.each_ref()).is_some(), same, "{moved:?}");
                }
            }
        }
    }
    let flat = nodes([0.0; 3], [1.0, 0.0, 1.0], false);
    assert_eq!(upright_box(flat.each_ref()), None);
}

#[test]
fn cells_of_a_grid_that_rounding_has_bent_overlap_themselves_only() {
    // Turned and far away, so that faces are bent by much more than what counts as in the plane.
    let turn = Rotation3::from_euler_angles(0.5, 0.4, 0.3);
    for far in [0.0, 1e2, 1e4, 1e6] {
        let place = Vector3::new(far, 0.7 * far, -0.3 * far);
        let cells: Vec<Solid> = (0..64)
            .map(|cell| {
                let low = Vector3::from([cell % 4, cell / 4 % 4, cell / 16].map(f64::from));
                let cell = axis_aligned([0.0; 3], [0.25; 3], false);
                let nodes = cell.nodes.iter().map(|node| {
                    let node = node + 0.25 * low;
                    turn * node + place
                });
                Cell::standard(StandardShape::Hexahedron, &nodes.collect::<Vec<_>>()).solid()
            })
            .collect();
        let limit = 8.0 * f64::EPSILON * (far + 1.0);
        let mut intersector = Intersector::default();
        for (row, target) in cells.iter().enumerate() {
            for (column, source) in cells.iter().enumerate() {
                let volume = intersector.volume(source, target).unwrap_or(0.0);
                let expected = if row == column { 1.0 } else { 0.0 };
                let error = volume / target.volume() - expected;
                assert!(
                    error.abs() <= 4.0 * limit,
                    "{row} and {column}, {far} away: {error:e}"
                );
            }
        }
    }
}
