//! Whether a ball lies on the outer side of a face: a quick word about cells that do not overlap.

use nalgebra::Point3;

use crate::convex::Corners;
use crate::frame::higher;
use crate::lanes::{LANES, Lanes};
use crate::plane::Plane;
use crate::solid::SolidClass;

/// A ball has to be beyond a face by so many times the distance that counts as on it, some 4e-12 of the
/// cell's size: what rounding takes part here and in the kernel is much less.
const CLEARLY: f64 = 16384.0;

/// Balls that are larger than this many times the cell are not judged: the rounding of their coordinates
/// is not that of the cell.
pub(crate) const MAX_RATIO: f64 = 256.0;

/// The faces of a convex cell side by side.
#[derive(Debug, Clone, Default)]
pub(crate) struct OuterSides {
    normals: [Lanes; 3],
    lengths: Lanes,
    /// Of lanes without a face as far as can be.
    limits: Lanes,
}

impl OuterSides {
    /// Takes the planes of a cell, in its own frame; `extent` is its size.
    pub(crate) fn fill(&mut self, planes: &[Plane], extent: f64) {
        *self = Self {
            limits: Lanes([f64::INFINITY; LANES]),
            ..Self::default()
        };
        for (lane, plane) in planes.iter().take(LANES).enumerate() {
            for axis in 0..3 {
                self.normals[axis].0[lane] = plane.normal[axis];
            }
            self.lengths.0[lane] = plane.normal.norm();
            self.limits.0[lane] = plane.offset() + CLEARLY * plane.snap(extent);
        }
    }

    /// Returns whether a ball is clearly beyond some face; its centre is given in the world, the cell's
    /// frame by its origin. What is in the ball has no overlap with the cell.
    #[inline(always)]
    pub(crate) fn exclude(&self, centre: &Point3<f64>, radius: f64, origin: &Point3<f64>) -> bool {
        let centre = centre - origin;
        let mut is_beyond = false;
        for lane in 0..LANES {
            let along = |axis: usize| self.normals[axis].0[lane] * centre[axis];
            let reach = self.limits.0[lane] + radius * self.lengths.0[lane];
            is_beyond |= (along(0) + along(1)) + along(2) > reach;
        }
        is_beyond
    }
}

impl SolidClass {
    /// Returns the class with the radius of a ball around the centre of other bounds: those that the
    /// nodes have in a turned frame.
    #[must_use]
    #[inline]
    pub fn with_radius<'a>(
        self,
        ends: (Point3<f64>, Point3<f64>),
        nodes: impl Iterator<Item = &'a Point3<f64>>,
    ) -> Self {
        let radius = radius(ends, nodes);
        Self { radius, ..self }
    }
}

/// The centre of the bounds of a cell.
#[inline]
fn centre((low, high): (Point3<f64>, Point3<f64>)) -> Point3<f64> {
    Point3::from((low.coords + high.coords) * 0.5)
}

/// Returns the radius of a ball around the [`centre`] of bounds that holds nodes, rounded up.
#[inline]
pub(crate) fn radius<'a>(
    ends: (Point3<f64>, Point3<f64>),
    nodes: impl Iterator<Item = &'a Point3<f64>>,
) -> f32 {
    let centre = centre(ends);
    rounded_up(nodes.fold(0.0, |square, node| {
        higher(square, (node - centre).norm_squared())
    }))
}

/// Returns what [`radius`] does, of the corners of a standard cell.
#[inline]
pub(crate) fn radius_of_corners(ends: (Point3<f64>, Point3<f64>), corners: &Corners) -> f32 {
    let centre = centre(ends);
    let [x, y, z] = corners;
    let mut squares = [0.0; LANES];
    for lane in 0..LANES {
        let [x, y, z] = [
            x.0[lane] - centre.x,
            y.0[lane] - centre.y,
            z.0[lane] - centre.z,
        ];
        squares[lane] = (x * x + y * y) + z * z;
    }
    rounded_up(squares.into_iter().fold(0.0, higher))
}

/// Of numbers so small or so large that their squares are none, a ball that holds everything.
#[inline]
pub(crate) fn rounded_up(square: f64) -> f32 {
    if square > 1e-60 && square < 1e60 {
        (square.sqrt() * 1.000_001) as f32
    } else {
        f32::INFINITY
    }
}
