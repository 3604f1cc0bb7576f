//! Bounds of a cell along the directions between the axes, and eight of them side by side.

use nalgebra::Point3;
use wide::f64x4;

use crate::lanes::{LANES, SingleLanes};

/// How far a cell extends along the six directions halfway between two axes: twelve planes around it
/// beside the six of its bounds (a discrete oriented polytope: Klosowski and others, Efficient collision
/// detection using bounding volume hierarchies of k-DOPs, 1998).
///
/// Of tetrahedra whose bounds overlap two thirds do not overlap, and most of those show here. In single
/// precision; cells that overlap are never taken for apart.
///
/// ```
/// use geom_intersect::OrientedBounds;
/// use nalgebra::{Point3, Vector3};
///
/// let origin = Point3::origin();
/// let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let target = OrientedBounds::of(&nodes, &origin);
///
/// let shifted = |shift: f64| nodes.map(|node| node + Vector3::new(shift, shift, 0.0));
/// assert!(!OrientedBounds::of(&shifted(0.25), &origin).is_apart(&target));
/// assert!(OrientedBounds::of(&shifted(0.75), &origin).is_apart(&target));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrientedBounds {
    /// The lowest and the highest along each direction.
    ends: [[f32; 2]; DIRECTIONS],
}

const DIRECTIONS: usize = 6;

/// More than what is rounded off of the sum of two differences, times the largest of them: half an
/// epsilon each. The sum itself and single precision keep the order of what they round.
const SLACK: f64 = 2.0 * f64::EPSILON;

impl OrientedBounds {
    /// Returns the bounds of the convex hull of some points. The origin is the same for all bounds that
    /// are compared; the closer it is, the less is rounded off.
    #[must_use]
    #[inline]
    pub fn of<'a>(points: impl IntoIterator<Item = &'a Point3<f64>>, origin: &Point3<f64>) -> Self {
        let in_turn = |&Point3 { coords }: &Point3<f64>| {
            let [[x, y, z]] = coords.data.0;
            [f64x4::new([x, y, z, x]), f64x4::new([y, z, x, x])]
        };
        let [from, next_from] = in_turn(origin);
        // Along the sum and the difference of an axis and the next.
        let mut lows = [f64x4::splat(f64::INFINITY); 2];
        let mut highs = [f64x4::splat(f64::NEG_INFINITY); 2];
        let mut reach = f64x4::ZERO;
        for point in points {
            let [axes, next_axes] = in_turn(point);
            let (axes, next_axes) = (axes - from, next_axes - next_from);
            for (index, along) in [axes + next_axes, axes - next_axes].into_iter().enumerate() {
                lows[index] = along.fast_min(lows[index]);
                highs[index] = along.fast_max(highs[index]);
            }
            reach = axes.abs().fast_max(reach);
        }
        // What overflows has bounds without an end.
        let [x, y, z, _] = reach.to_array();
        let slack = f64x4::splat(SLACK * x.max(y).max(z));
        let mut ends = [[0.0; 2]; DIRECTIONS];
        for index in 0..2 {
            let low = (lows[index] - slack).to_array();
            let high = (highs[index] + slack).to_array();
            for axis in 0..3 {
                ends[3 * index + axis] = [low[axis] as f32, high[axis] as f32];
            }
        }
        Self { ends }
    }

    /// Whether a plane across one of the directions is between the two. Not if a number is none.
    #[must_use]
    pub fn is_apart(&self, other: &Self) -> bool {
        let mut pairs = self.ends.iter().zip(&other.ends);
        pairs.any(|(one, other)| one[0] > other[1] || one[1] < other[0])
    }

    #[inline(always)]
    pub(crate) fn ends(&self) -> &[[f32; 2]; DIRECTIONS] {
        &self.ends
    }
}

/// Oriented bounds of eight cells side by side.
#[derive(Debug, Clone, Copy)]
pub struct EightOrientedBounds {
    /// Along each direction the lowest and the highest.
    pub(crate) ends: [[SingleLanes; 2]; DIRECTIONS],
}

impl EightOrientedBounds {
    /// Eight.
    pub const WIDTH: usize = LANES;

    /// Eight places without bounds: whatever is asked, they are not apart.
    pub const EMPTY: Self = Self {
        ends: [[
            SingleLanes([f32::NEG_INFINITY; LANES]),
            SingleLanes([f32::INFINITY; LANES]),
        ]; DIRECTIONS],
    };

    /// Puts bounds into a place.
    ///
    /// # Panics
    ///
    /// If the place is not below eight.
    #[inline]
    pub fn set(&mut self, place: usize, bounds: &OrientedBounds) {
        for direction in 0..DIRECTIONS {
            for end in 0..2 {
                self.ends[direction][end].0[place] = bounds.ends[direction][end];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;

    use super::*;
    use crate::dispatch::Arithmetic;
    use crate::eight_boxes::{EightBoxes, find};
    use crate::lanes::Portable;
    use crate::test_cells::random;

    fn finite(point: Point3<f64>) -> Point3<f64> {
        point.map(|x| x.clamp(f64::MIN, f64::MAX))
    }

    #[test]
    fn what_shares_a_node_is_never_apart_however_large_or_small() {
        let mut state = 1;
        for scale in [f64::MIN_POSITIVE, 1e-30, 1.0, 1e6, 1e38, 1e300, f64::MAX] {
            for far in [0.0, 1e-3, 1.0, 1e5, 1e9] {
                for _ in 0..300 {
                    let mut point = |size: f64| {
                        let place = Vector3::from_fn(|_, _| size * random(&mut state) * scale);
                        finite(Point3::from(place))
                    };
                    let shared = point(far);
                    let mut beside = |sign: f64| {
                        let away = [0; 4].map(|_| sign * (point(1.0) - Point3::origin()).abs());
                        away.map(|away| finite(shared + away))
                    };
                    let (mut one, mut other) = (beside(1.0), beside(-1.0));
                    (one[2], other[1]) = (shared, shared);
                    for origin in [Point3::origin(), shared, one[0], point(1.0)] {
                        let bounds = OrientedBounds::of(&other, &origin);
                        assert!(
                            !OrientedBounds::of(&one, &origin).is_apart(&bounds),
                            "{one:?} {other:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_shares_a_point_between_nodes_is_never_apart() {
        let mut state = 1;
        let mut lattice = |size: f64| (size * random(&mut state) * 1024.0).round() / 1024.0;
        for _ in 0..30_000 {
            // All nodes in one plane across a direction, to the last digit, around one point, and the
            // origin so close that single precision tells apart what double precision has rounded.
            let [middle, height] = [1000.0, 1.0].map(&mut lattice);
            let mut around = || {
                let [along, up] = [1000.0, 1.0].map(&mut lattice);
                let node = |sign: f64| {
                    let along = middle + sign * along;
                    Point3::new(along, -along, height + sign * up)
                };
                [node(1.0), node(-1.0)]
            };
            let (one, other) = ([around(), around()], [around(), around()]);
            let [one, other] = [one, other].map(|[[a, b], [c, d]]| [a, b, c, d]);
            let (near, offset) = (lattice(1.0) / 3.0, lattice(1.0) * 1e-10);
            let origin = Point3::new(near, offset - near, 0.0);
            for turn in 0..3 {
                // Each of the three axes in turn, and both a sum and a difference.
                for sign in [1.0, -1.0] {
                    let moved = |point: &Point3<f64>| {
                        let [x, y, z] = [point.x, sign * point.y, point.z];
                        Point3::from([[x, y, z], [z, x, y], [y, z, x]][turn])
                    };
                    let (one, other) = (one.each_ref().map(moved), other.each_ref().map(moved));
                    let origin = moved(&origin);
                    let bounds = OrientedBounds::of(&other, &origin);
                    assert!(
                        !OrientedBounds::of(&one, &origin).is_apart(&bounds),
                        "{one:?} {other:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_clearly_apart_is_known_along_every_direction() {
        let origin = Point3::new(1e3, -1e3, 1e3);
        let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]];
        let nodes = nodes.map(|node| Point3::from(node) + origin.coords);
        for i in 0..3 {
            for sign in [1.0, -1.0] {
                let mut shift = Vector3::zeros();
                (shift[i], shift[(i + 1) % 3]) = (1.01, sign * 1.01);
                for shift in [shift, -shift] {
                    let shifted = nodes.map(|node| node + shift);
                    let bounds = OrientedBounds::of(&shifted, &origin);
                    assert!(
                        OrientedBounds::of(&nodes, &origin).is_apart(&bounds),
                        "{shift}"
                    );
                }
            }
        }
    }

    #[test]
    fn both_ways_find_what_comparisons_find() {
        let mut state = 5;
        let everywhere = [f64::NEG_INFINITY, f64::INFINITY].map(|end| Point3::from([end; 3]));
        let mut counts = [0; 2];
        for round in 0..1000 {
            let mut cell = || {
                // On a lattice half of the time, so that ends are equal.
                let scale = if round % 2 == 0 { 2.0 } else { 1e9 };
                [0; 4].map(|_| {
                    let place = Vector3::from_fn(|_, _| (scale * random(&mut state)).round());
                    Point3::from(place / scale)
                })
            };
            let origin = Point3::origin();
            let mut eights = [EightOrientedBounds::EMPTY; 3];
            let mut boxes = [EightBoxes::EMPTY; 3];
            let cells = [0; 20].map(|_| OrientedBounds::of(&cell(), &origin));
            for (place, bounds) in cells.iter().enumerate() {
                eights[place / LANES].set(place % LANES, bounds);
                boxes[place / LANES].set(place % LANES, everywhere[0], everywhere[1]);
            }
            let other = OrientedBounds::of(&cell(), &origin);
            let apart = |place: &u32| cells[*place as usize].is_apart(&other);
            let expected: Vec<u32> = (0..20).filter(|place| !apart(place)).collect();
            counts[0] += expected.len();
            counts[1] += 20 - expected.len();
            let ends = (everywhere[0], everywhere[1]);
            let oriented = Some((eights.as_slice(), &other));
            let mut found = [[0; 24]; 2];
            let plain = find(Portable, &boxes, 0..3, oriented, ends, &mut found[0]);
            assert_eq!(found[0][..plain], expected);
            let wide = Arithmetic::default();
            let wide = wide.find_boxes(&boxes, 0..3, oriented, ends, &mut found[1]);
            assert_eq!(found[1][..wide], expected);
        }
        assert!(counts.iter().all(|&count| count > 2000), "{counts:?}");
    }
}
