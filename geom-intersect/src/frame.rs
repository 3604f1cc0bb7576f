//! The frame of a cell: coordinates relative to the cell, without losing a bit.

use nalgebra::{Point3, Vector3};

use crate::convex::Corners;
use crate::lanes::Lanes;

/// Lowest and highest corner of an axis-aligned box.
pub(crate) type Ends = (Point3<f64>, Point3<f64>);

/// Where a cell lies and how large it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// Ends of the axis-aligned box around the cell.
    pub(crate) low: Point3<f64>,
    pub(crate) high: Point3<f64>,
    /// Origin of the cell's own frame.
    ///
    /// On each axis it is the end of the cell's range that is nearer to zero where the range spans
    /// less than a factor of two, and zero otherwise. In the first case every difference
    /// `node − origin` is exact (Sterbenz 1974: `x/2 ≤ y ≤ 2x` implies that `y − x` is exact), in
    /// the second it is the coordinate itself, which is at most twice the cell's extent.
    pub(crate) origin: Point3<f64>,
    /// Largest absolute coordinate: what the rounding of the input is relative to.
    pub(crate) magnitude: f64,
    /// Largest side of the box.
    pub(crate) extent: f64,
}

impl Frame {
    /// Returns the frame of a cell with these nodes.
    pub(crate) fn of(nodes: &[Point3<f64>]) -> Self {
        let (low, high) = box_around(nodes.iter().map(|node| &node.coords));
        Self::around(low, high)
    }

    /// Returns the frame of a cell with these eight corners, some of which may be the same.
    pub(crate) fn of_corners(corners: &Corners) -> Self {
        let ends = |choose: fn(f64, f64) -> f64| {
            Vector3::from(corners.map(|Lanes(x)| {
                let x: [f64; 4] = std::array::from_fn(|i| choose(x[i], x[i + 4]));
                let x: [f64; 2] = std::array::from_fn(|i| choose(x[i], x[i + 2]));
                choose(x[0], x[1])
            }))
        };
        Self::around(ends(lower), ends(higher))
    }

    fn around(low: Vector3<f64>, high: Vector3<f64>) -> Self {
        let origin = low.zip_map(&high, Self::origin_of);
        Self {
            low: low.into(),
            high: high.into(),
            origin: origin.into(),
            magnitude: low.amax().max(high.amax()),
            extent: (high - low).max(),
        }
    }

    /// Returns the coordinate of the origin along an axis, on which the cell spans a range.
    #[inline(always)]
    pub(crate) fn origin_of(low: f64, high: f64) -> f64 {
        if low > 0.0 && high <= 2.0 * low {
            low
        } else if high < 0.0 && low >= 2.0 * high {
            high
        } else {
            0.0
        }
    }
}

/// Returns the ends of the axis-aligned box around points; without points, infinite ends the wrong
/// way round.
#[inline]
pub(crate) fn box_around<'a>(
    points: impl IntoIterator<Item = &'a Vector3<f64>>,
) -> (Vector3<f64>, Vector3<f64>) {
    let nothing = (
        Vector3::repeat(f64::INFINITY),
        Vector3::repeat(f64::NEG_INFINITY),
    );
    points.into_iter().fold(nothing, |(low, high), point| {
        (low.zip_map(point, lower), high.zip_map(point, higher))
    })
}

// Comparisons, not `min` and `max`: these would spend most of their time on NaN.

/// The lower of two numbers.
#[inline]
pub(crate) fn lower(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

/// The higher of two numbers.
#[inline]
pub(crate) fn higher(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_far_away_keeps_every_bit() {
        let low = Point3::new(1e8 + 0.125, -3.0, -7e5 - 0.3);
        let high = Point3::new(1e8 + 1.0, 5.0, -7e5);
        let origin = Frame::of(&[low, high]).origin;
        assert_eq!(origin, Point3::new(1e8 + 0.125, 0.0, -7e5));
        // Exact: adding back gives the same bits.
        for point in [low, high] {
            assert_eq!(origin + (point - origin), point);
        }
    }

    #[test]
    fn a_cell_that_spans_zero_stays_where_it_is() {
        let corners = [Point3::new(-1.0, 0.0, 1.0), Point3::new(1.0, 1.0, 4.0)];
        let origin = Frame::of(&corners).origin;
        assert_eq!(origin, Point3::origin());
    }
}
