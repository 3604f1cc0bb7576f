//! Axis-aligned boxes: the commonest cells, whose overlap is a product of three lengths.

use nalgebra::{Point3, Vector3};

use crate::convex::Corners;
use crate::frame::{higher, lower};
use crate::moments::Moments;
use crate::outer_sides::radius;
use crate::solid::SolidClass;

/// The corners of a hexahedron that lie on one side of it, as a set, for its three directions.
const SIDES: [u8; 3] = [0b1001_1001, 0b0011_0011, 0b0000_1111];

/// Returns whether the eight corners of a hexahedron are exactly those of the box that ends in `low`
/// and `high`, in the order of a hexahedron or of its mirror image.
pub(crate) fn is_box(corners: &Corners, low: &Point3<f64>, high: &Point3<f64>) -> bool {
    let mut sides = [0; 3];
    for axis in 0..3 {
        let corners_at = |end: f64| {
            let corners = corners[axis].0.iter().enumerate();
            corners.fold(0_u8, |set, (index, &x)| set | u8::from(x == end) << index)
        };
        let (at_low, at_high) = (corners_at(low[axis]), corners_at(high[axis]));
        // A corner is elsewhere, or both ends are one.
        if at_low ^ at_high != u8::MAX {
            return false;
        }
        // The side that corner 0 is on.
        sides[axis] = if at_low & 1 == 1 { at_low } else { at_high };
    }
    SIDES.iter().all(|side| sides.contains(side))
}

/// Returns the lowest and the highest corner of a hexahedron that is exactly an axis-aligned box with
/// its edges from node 0 to 1, 3 and 4 along x, y and z, as those of grids are; none for any other
/// cell. A [`Solid`](crate::Solid) knows boxes that are turned as well, at many times the cost.
///
/// ```
/// use geom_intersect::upright_box;
/// use nalgebra::Point3;
///
/// let corners = [0., 2.].map(|z| {
///     [[0., 0.], [1., 0.], [1., 3.], [0., 3.]].map(|[x, y]| Point3::new(x, y, z))
/// });
/// let [lower, upper] = &corners;
/// let nodes = std::array::from_fn(|i| if i < 4 { &lower[i] } else { &upper[i - 4] });
/// let (low, high) = upright_box(nodes).unwrap();
/// assert_eq!((low, high), (Point3::origin(), Point3::new(1., 3., 2.)));
/// ```
#[inline]
#[must_use]
pub fn upright_box(nodes: [&Point3<f64>; 8]) -> Option<(Point3<f64>, Point3<f64>)> {
    let (first, last) = (nodes[0], nodes[6]);
    // Written so that NaN is in no box.
    let mut is_box = (first.x != last.x) & (first.y != last.y) & (first.z != last.z);
    for (index, node) in nodes.into_iter().enumerate() {
        for axis in 0..3 {
            let is_near = SIDES[axis] >> index & 1 == 1;
            is_box &= node[axis] == if is_near { first[axis] } else { last[axis] };
        }
    }
    let ends = |choose: fn(f64, f64) -> f64| first.coords.zip_map(&last.coords, choose).into();
    is_box.then(|| (ends(lower), ends(higher)))
}

/// Returns the overlap of two boxes; a volume that is not positive where they do not overlap.
///
/// Each of its sides is one difference of two coordinates, so the volume is exact but for rounding
/// relative to itself, whatever the sizes of the boxes.
#[inline]
pub(crate) fn overlap(
    (source_low, source_high): (Point3<f64>, Point3<f64>),
    (target_low, target_high): (Point3<f64>, Point3<f64>),
) -> Moments {
    let low = source_low.coords.zip_map(&target_low.coords, higher);
    let high = source_high.coords.zip_map(&target_high.coords, lower);
    let size = (high - low).map(|length| higher(0.0, length));
    let volume = volume(&size);
    Moments {
        volume,
        first: size * (volume / 2.0),
        origin: low.into(),
    }
}

impl SolidClass {
    /// Returns the class of the axis-aligned box with these ends.
    #[inline]
    #[must_use]
    pub fn of_box(low: &Point3<f64>, high: &Point3<f64>) -> Self {
        let size = high - low;
        Self {
            convex: true,
            axis_aligned: true,
            radius: radius((*low, *high), [low, high].into_iter()),
            volume: volume(&size),
            extent: size.max(),
        }
    }
}

/// Returns the volume of the box with sides `size`.
pub(crate) fn volume(size: &Vector3<f64>) -> f64 {
    size.x * size.y * size.z
}
