//! The plane of a face, the same bits from both sides.

use nalgebra::Vector3;

use crate::frame::lower;
use crate::lanes::{Axes, LaneMath, Lanes, PlaneRow, Portable};

/// How far a node may lie from its face's plane, or outside another face's plane, and still count
/// as on it: in units of the largest coordinate times machine epsilon.
///
/// The faces of uniform grids of 10³ to 160³ cells, rotated about three axes, deviate by up to 0.43
/// of them. Below that they would fall into the slower path for warped faces; far above it a real
/// warp would be flattened (at 8 the laws to 1e-14 fail for cells warped by 1e-14).
pub(crate) const COPLANARITY: f64 = 2.0 * f64::EPSILON;

/// How far outside a plane a vertex still counts as on it: in units of machine epsilon times the
/// size of the solid that has the plane. Cells that share a plane are then seldom cut along it by
/// mere rounding. At 4 the law of symmetry to 1e-14 fails for flat tetrahedra moved by 5e-15.
const SNAP: f64 = f64::EPSILON;

/// The plane of a face: a normal that points out of the solid, and a point.
///
/// The normal is not of unit length: it is twice the face's area vector, and zero for a face that is
/// collapsed to an edge, which therefore cuts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plane {
    pub(crate) normal: Vector3<f64>,
    pub(crate) point: Vector3<f64>,
}

impl Plane {
    /// Returns the plane through the corners of a face that is planar to rounding.
    ///
    /// The bits do not depend on the corner that the face starts with, and change sign only where
    /// the face is listed the other way round: the two cells on either side of a face cut a third
    /// at exactly the same plane.
    #[inline(always)]
    pub(crate) fn of_face(corners: &[Vector3<f64>]) -> Self {
        match corners {
            [a, b, c] => Self::of_triangle(a, b, c),
            [a, b, c, d] => Self::of_quadrilateral(a, b, c, d),
            _ => Self::of_polygon(corners),
        }
    }

    /// Returns the plane through three points, spanned from the lexicographically first of them.
    #[inline(always)]
    pub(crate) fn of_triangle(a: &Vector3<f64>, b: &Vector3<f64>, c: &Vector3<f64>) -> Self {
        let (first, second, third) = if precedes(b, a) && !precedes(c, b) {
            (b, c, a)
        } else if precedes(c, a) && precedes(c, b) {
            (c, a, b)
        } else {
            (a, b, c)
        };
        Self {
            normal: (second - first).cross(&(third - first)),
            point: *first,
        }
    }

    /// Returns the plane through the mean of four points along their diagonals, whose cross product
    /// is twice the area vector.
    #[inline(always)]
    fn of_quadrilateral(
        a: &Vector3<f64>,
        b: &Vector3<f64>,
        c: &Vector3<f64>,
        d: &Vector3<f64>,
    ) -> Self {
        Self {
            normal: (c - a).cross(&(d - b)),
            point: ((a + c) + (b + d)) / 4.0,
        }
    }

    fn of_polygon(corners: &[Vector3<f64>]) -> Self {
        let count = corners.len();
        let first = (1..count).fold(0, |first, i| {
            if precedes(&corners[i], &corners[first]) {
                i
            } else {
                first
            }
        });
        let next = &corners[(first + 1) % count];
        let previous = &corners[(first + count - 1) % count];
        let backwards = precedes(previous, next);
        let corner = |step: usize| {
            let step = if backwards { count - step } else { step };
            corners[(first + step) % count] - corners[first]
        };
        let mut normal = Vector3::zeros();
        let mut mean = Vector3::zeros();
        for step in 1..count {
            mean += corner(step);
            if step + 1 < count {
                normal += corner(step).cross(&corner(step + 1));
            }
        }
        Self {
            normal: if backwards { -normal } else { normal },
            point: corners[first] + mean / count as f64,
        }
    }

    /// Returns the distance outside the plane, times the length of the normal.
    #[inline]
    pub(crate) fn distance(&self, vertex: &Vector3<f64>) -> f64 {
        self.normal.dot(&(vertex - self.point))
    }

    /// Returns whether a node is outside the plane by more than the input's own rounding.
    #[inline]
    pub(crate) fn excludes(&self, node: &Vector3<f64>, magnitude: f64) -> bool {
        !(self.distance(node) <= self.coplanarity(magnitude))
    }

    /// Returns the distance that the rounding of the input allows a node on the plane; `magnitude`
    /// is the largest absolute coordinate of the cell in the world.
    #[inline]
    pub(crate) fn coplanarity(&self, magnitude: f64) -> f64 {
        COPLANARITY * magnitude * self.sum_of_normal()
    }

    /// Returns the distance below which a vertex counts as on the plane; `extent` is the largest
    /// difference of coordinates that enters its distance.
    #[inline]
    pub(crate) fn snap(&self, extent: f64) -> f64 {
        SNAP * extent * self.sum_of_normal()
    }

    #[inline]
    fn sum_of_normal(&self) -> f64 {
        (self.normal.x.abs() + self.normal.y.abs()) + self.normal.z.abs()
    }

    /// Returns `normal · point`.
    #[inline]
    pub(crate) fn offset(&self) -> f64 {
        let Self { normal, point } = self;
        (normal.x * point.x + normal.y * point.y) + normal.z * point.z
    }

    /// Returns the plane, and the distance from it that counts as inside, for [`LaneMath`].
    ///
    /// [`LaneMath`]: crate::lanes::LaneMath
    #[inline]
    pub(crate) fn row(&self, limit: f64) -> PlaneRow {
        let [x, y, z, offset] = self.numbers();
        [x, y, z, offset, limit].map(|number| Axes([number; 4]))
    }

    /// Returns the normal, and the offset along it.
    #[inline]
    pub(crate) fn numbers(&self) -> [f64; 4] {
        let normal = &self.normal;
        [normal.x, normal.y, normal.z, self.offset()]
    }

    /// Returns how far inside the plane the innermost of eight nodes is, given axis by axis, times the
    /// length of the normal.
    #[inline]
    pub(crate) fn depth(&self, nodes: &[Lanes; 3]) -> f64 {
        let (distances, _) = Portable.distances(nodes, &self.row(0.0));
        let x = distances.0;
        let x: [f64; 4] = std::array::from_fn(|i| lower(x[i], x[i + 4]));
        let x: [f64; 2] = std::array::from_fn(|i| lower(x[i], x[i + 2]));
        -lower(x[0], x[1])
    }

    /// Returns the plane moved by a vector.
    #[inline]
    pub(crate) fn moved(&self, shift: &Vector3<f64>) -> Self {
        Self {
            normal: self.normal,
            point: self.point + shift,
        }
    }
}

/// Returns the mean of a face's corners: the centre of its fan of triangles.
///
/// Corners are added in an order of their own, so that the bits are the same from both sides of the
/// face. A triangle is its own fan; for it any of its points serves.
#[inline]
pub(crate) fn face_centre(corners: &[Vector3<f64>]) -> Vector3<f64> {
    if let [a, b, c, d] = corners {
        ((a + c) + (b + d)) / 4.0
    } else {
        Plane::of_face(corners).point
    }
}

/// Returns whether `a` comes before `b` by x, then y, then z.
#[inline]
fn precedes(a: &Vector3<f64>, b: &Vector3<f64>) -> bool {
    (a.x, a.y, a.z) < (b.x, b.y, b.z)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(x: f64, y: f64, z: f64) -> Vector3<f64> {
        Vector3::new(x, y, z)
    }

    #[test]
    fn a_plane_is_the_same_from_both_sides_and_from_every_corner() {
        let corners = [
            vector(0.1, 0.7, 0.3),
            vector(1.3, 0.2, 0.25),
            vector(1.7, 1.1, 0.9),
            vector(0.9, 1.9, 1.3),
            vector(-0.2, 1.4, 0.95),
        ];
        for count in 3..=5 {
            let mut face = corners[..count].to_vec();
            let plane = Plane::of_face(&face);
            for _ in 0..count {
                face.rotate_left(1);
                assert_eq!(
                    Plane::of_face(&face).normal,
                    plane.normal,
                    "{count} corners"
                );
                let reversed: Vec<_> = face.iter().rev().copied().collect();
                assert_eq!(
                    Plane::of_face(&reversed).normal,
                    -plane.normal,
                    "{count} corners"
                );
                assert_eq!(
                    Plane::of_face(&reversed).point,
                    plane.point,
                    "{count} corners"
                );
            }
        }
    }

    #[test]
    fn a_collapsed_face_cuts_nothing() {
        let a = vector(0.0, 0.0, 0.0);
        let b = vector(1.0, 2.0, 3.0);
        let plane = Plane::of_face(&[a, b, b, a]);
        assert_eq!(plane.normal, Vector3::zeros());
        assert!(!plane.excludes(&vector(5.0, 5.0, 5.0), 5.0));
    }
}
