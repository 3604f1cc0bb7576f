//! The frame of a cell: coordinates relative to the cell, without losing a bit.

use nalgebra::{Point3, Vector3};

/// Returns the origin of the frame of a cell with these nodes.
///
/// On each axis the origin is the end of the cell's range that is nearer to zero where the range
/// spans less than a factor of two, and zero otherwise. In the first case every difference
/// `node − origin` is exact (Sterbenz 1974: `x/2 ≤ y ≤ 2x` implies that `y − x` is exact), in the
/// second it is the coordinate itself, which is at most twice the cell's extent.
#[inline]
pub(crate) fn frame_origin(low: &Point3<f64>, high: &Point3<f64>) -> Point3<f64> {
    Point3::from(low.coords.zip_map(&high.coords, |low, high| {
        if low > 0.0 && high <= 2.0 * low {
            low
        } else if high < 0.0 && low >= 2.0 * high {
            high
        } else {
            0.0
        }
    }))
}

/// Returns the ends of the axis-aligned box around points; empty (infinite) without points.
#[inline]
pub(crate) fn box_of(points: &[Point3<f64>]) -> (Point3<f64>, Point3<f64>) {
    let mut low = Vector3::repeat(f64::INFINITY);
    let mut high = Vector3::repeat(f64::NEG_INFINITY);
    for point in points {
        low = low.zip_map(&point.coords, f64::min);
        high = high.zip_map(&point.coords, f64::max);
    }
    (Point3::from(low), Point3::from(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_far_away_keeps_every_bit() {
        let low = Point3::new(1e8 + 0.125, -3.0, -7e5 - 0.3);
        let high = Point3::new(1e8 + 1.0, 5.0, -7e5);
        let origin = frame_origin(&low, &high);
        assert_eq!(origin, Point3::new(1e8 + 0.125, 0.0, -7e5));
        // Exact: adding back gives the same bits.
        for point in [low, high] {
            assert_eq!(origin + (point - origin), point);
        }
    }

    #[test]
    fn a_cell_that_spans_zero_stays_where_it_is() {
        let origin = frame_origin(&Point3::new(-1.0, 0.0, 1.0), &Point3::new(1.0, 1.0, 4.0));
        assert_eq!(origin, Point3::origin());
    }
}
