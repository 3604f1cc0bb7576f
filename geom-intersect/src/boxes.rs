//! Axis-aligned boxes: the commonest cells, whose overlap is a product of three lengths.

use nalgebra::{Point3, Vector3};

use crate::convex::Corners;
use crate::frame::{higher, lower};
use crate::moments::Moments;

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

/// Returns the volume of the box with sides `size`.
pub(crate) fn volume(size: &Vector3<f64>) -> f64 {
    size.x * size.y * size.z
}
