//! The coordinates of the fast path: distances from three planes that meet in a corner of a cell.

use nalgebra::Vector3;

use crate::convex::Corners;
use crate::edge_table::CORNER_PLANES;
use crate::lanes::{Axes, LANES};
use crate::plane::Plane;
use crate::standard::{LocalCorner, MAX_FACES};

/// A corner is taken if the volume that its planes' unit normals span, squared, is this or more: at the
/// corner of a box it is 1, at that of a regular tetrahedron 0.35.
const SPREAD: f64 = 1.0 / 16.0;

/// Or else if the cell fills this part of the parallelepiped that the planes, and planes parallel to
/// them, make around it. A parallelepiped fills it, a wedge half, a pyramid a third and a tetrahedron a
/// sixth of it, however flat. Less is left of rounding's digits where less is filled.
const FILLED: f64 = 1.0 / 8.0;

/// The affine coordinates that a corner of a cell, in which three planes meet, gives to a point: how
/// far outside of each plane it is, where the edge from the corner into the cell is between 1 and 2
/// long (docs/maths.md, section 3).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CornerFrame {
    /// The corner, and its coordinates: rounding.
    node: Vector3<f64>,
    coordinates: Vector3<f64>,
    /// How a point moves with each of its coordinates.
    inverse: [Vector3<f64>; CORNER_PLANES],
    /// The coordinates of a node that all other planes have, in the order z, x, y.
    pub(crate) opposite: Axes,
    /// Volume in space over volume in coordinates; negative where these are left-handed.
    pub(crate) scale: f64,
}

impl CornerFrame {
    /// Becomes the frame of a corner of a cell, and returns the planes that meet there, scaled; none
    /// where the three planes are no good as coordinates, as where faces are collapsed.
    ///
    /// `volume` is that of the cell.
    #[inline(always)]
    pub(crate) fn set(
        &mut self,
        corner: &LocalCorner,
        planes: &[Plane],
        nodes: &Corners,
        volume: f64,
    ) -> Option<[Plane; CORNER_PLANES]> {
        let at = |node: u8| {
            let node = usize::from(node) % LANES;
            Vector3::new(nodes[0].0[node], nodes[1].0[node], nodes[2].0[node])
        };
        let node = at(corner.node);
        let edges = corner.neighbours.map(|neighbour| at(neighbour) - node);
        let mut scaled = [Plane::default(); CORNER_PLANES];
        for (index, plane) in scaled.iter_mut().enumerate() {
            *plane = planes[usize::from(corner.faces[MAX_FACES - CORNER_PLANES + index])];
            // By a power of two: no bit is lost.
            plane.normal *= order_of_inverse(plane.normal.dot(&edges[index]));
        }
        self.node = node;
        self.coordinates = coordinates_of(&node, &scaled);
        let [x, y, z] = coordinates_of(&at(corner.opposite), &scaled).into();
        self.opposite = Axes([z, x, y, 0.0]);

        let normals = scaled.each_ref().map(|plane| plane.normal);
        let columns = columns_of_adjoint(&normals);
        let spread = normals[0].dot(&columns[0]);
        let [a, b, c] = normals.map(|normal| normal.norm_squared());
        // Written so that NaN is no good.
        let is_good = if spread * spread >= SPREAD * (a * b * c) {
            self.scale = 1.0 / spread;
            self.inverse = columns.map(|column| column * self.scale);
            spread != 0.0
        } else {
            self.set_by_edges(&edges, &scaled, nodes, volume)
        };
        is_good.then_some(scaled)
    }

    /// Finds what leads back to space where the planes are at acute angles, as are those of flat cells.
    /// What their normals span comes with one more digit lost there: it is better found from the edges
    /// between the planes and their coordinates. Returns whether it is any good.
    #[cold]
    fn set_by_edges(
        &mut self,
        edges: &[Vector3<f64>; CORNER_PLANES],
        planes: &[Plane; CORNER_PLANES],
        nodes: &Corners,
        volume: f64,
    ) -> bool {
        let along = planes
            .each_ref()
            .map(|plane| Vector3::from(edges.map(|edge| plane.normal.dot(&edge))));
        let columns = columns_of_adjoint(&along);
        let in_coordinates = along[0].dot(&columns[0]);
        let in_space = edges[0].dot(&edges[1].cross(&edges[2]));
        self.scale = in_space / in_coordinates;
        self.inverse = columns.map(|column| {
            let [x, y, z] = (column / in_coordinates).into();
            edges[0] * x + edges[1] * y + edges[2] * z
        });
        let [a, b, c] = planes.each_ref().map(|plane| plane.depth(nodes));
        let around = in_space.abs() * (a * b * c);
        around > 0.0 && volume * in_coordinates.abs() >= FILLED * around
    }

    /// Returns the first moment in space, of what has a volume in space and a first moment in
    /// coordinates.
    #[inline]
    pub(crate) fn first_moment(&self, volume: f64, first: Vector3<f64>) -> Vector3<f64> {
        let [x, y, z] = (first * self.scale - self.coordinates * volume).into();
        let [a, b, c] = &self.inverse;
        self.node * volume + (a * x + b * y + c * z)
    }
}

#[inline(always)]
fn coordinates_of(point: &Vector3<f64>, planes: &[Plane; CORNER_PLANES]) -> Vector3<f64> {
    let [a, b, c] = planes;
    Vector3::new(a.distance(point), b.distance(point), c.distance(point))
}

/// Returns the columns of the matrix that is the inverse of one with these rows, but for the factor of
/// one over its determinant.
#[inline(always)]
fn columns_of_adjoint([a, b, c]: &[Vector3<f64>; 3]) -> [Vector3<f64>; 3] {
    [b.cross(c), c.cross(a), a.cross(b)]
}

/// Returns the power of two that makes the size of a number at least 1 and less than 2; of one that is
/// too small for that it makes something less, of one that is too large nothing.
fn order_of_inverse(number: f64) -> f64 {
    let exponent = number.to_bits() >> 52 & 0x7FF;
    f64::from_bits(2046_u64.saturating_sub(exponent) << 52)
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix3, Point3, Rotation3};

    use super::*;
    use crate::general::General;
    use crate::lanes::Portable;
    use crate::standard::StandardShape;
    use crate::test_cells::UNIT_CUBE;
    use crate::{Intersector, Moments, Solid};

    fn solid(nodes: impl IntoIterator<Item = Vector3<f64>>) -> Solid {
        let nodes: Vec<_> = nodes.into_iter().map(Point3::from).collect();
        let mut solid = Solid::default();
        solid.set_standard(StandardShape::Hexahedron, &nodes);
        solid
    }

    /// The unit cube, mapped.
    fn cube(map: impl Fn(Vector3<f64>) -> Vector3<f64>) -> Solid {
        solid(UNIT_CUBE.map(|node| map(node.into())))
    }

    /// The part of the second that the overlap of two cells is, and its centroid.
    fn overlap(source: &Solid, target: &Solid) -> (f64, Vector3<f64>) {
        let moments = Intersector::default().moments(source, target);
        let moments: Moments = moments.expect("they overlap");
        (
            moments.volume / target.volume(),
            moments.centroid() - target.frame().low,
        )
    }

    #[test]
    fn a_power_of_two_makes_a_number_about_one() {
        for number in [1.0, 1.999, -2.0, 3.0, 1e-300, -1e300, f64::MIN_POSITIVE] {
            let scaled = (number * order_of_inverse(number)).abs();
            assert!((1.0..2.0).contains(&scaled), "{number} becomes {scaled}");
        }
        for number in [0.0, 1e-320, f64::MAX, f64::INFINITY] {
            let scaled = (number * order_of_inverse(number)).abs();
            assert!(!(scaled >= 1.0), "{number} becomes {scaled}");
        }
    }

    #[test]
    fn flat_cells_at_acute_angles_lose_no_more_digits_than_they_are_flat() {
        // Of two layers, the one leaning over the other by up to a million times its height.
        for lean in [0.0, 1.0, 1e2, 1e4, 1e6] {
            let turn = Rotation3::from_euler_angles(0.3, 0.5, 0.7);
            let matrix = Matrix3::new(1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0 / (1.0 + lean));
            let map = |node: Vector3<f64>| turn * (matrix * node);
            let target = cube(map);
            assert!(target.own_planes().is_some(), "leaning by {lean}");
            let source = cube(|node| map(node + Vector3::new(0.5, 0.25, 0.5)));
            let (part, centroid) = overlap(&source, &target);
            let from = Vector3::from(target.frame().low.coords);
            let expected = map(Vector3::new(0.75, 0.625, 0.75)) - from;
            let tolerance = 8.0 * f64::EPSILON * (1.0 + lean);
            let error = part - 0.1875;
            assert!(error.abs() <= tolerance, "leaning by {lean}: {error:e}");
            let error = (centroid - expected).amax();
            assert!(error <= tolerance, "leaning by {lean}: {centroid}");
        }
    }

    #[test]
    fn cells_far_away_are_no_worse_than_their_nodes() {
        // Nodes are rounded to the place, which bends faces by as much, and what each path takes for the
        // volume under them.
        for far in [1e3, 1e6, 1e9, 1e12] {
            for flat in [1.0, 1e-3] {
                let turn = Rotation3::from_euler_angles(0.3, 0.5, 0.7);
                let shape = Matrix3::new(1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, flat);
                let place = far * Vector3::new(1.0, -0.7, 0.3);
                let map = |node: Vector3<f64>| turn * shape * node + place;
                let target = cube(map);
                let source = cube(|node| map(node + Vector3::new(0.5, 0.25, 0.5)));
                if !(source.is_convex() && target.is_convex()) {
                    continue;
                }
                assert!(target.own_planes().is_some());
                let (part, centroid) = overlap(&source, &target);
                let (mut general, origin) = (General::default(), target.frame().origin);
                let expected = general.overlap::<true>(Portable, &source, &target, origin);
                let tolerance = 2.0 * f64::EPSILON * far / flat;
                let error = part - expected.volume / target.volume();
                assert!(error.abs() <= tolerance, "{far} away: {error:e}");
                let error = expected.first / expected.volume - centroid;
                let error = (error + (origin - target.frame().low)).amax();
                assert!(error <= tolerance, "{far} away: {error:e}");
            }
        }
    }

    #[test]
    fn a_corner_of_a_collapsed_face_is_passed_over() {
        // A wedge and a pyramid listed as hexahedra, of which corner 0 has a face that is an edge or a
        // point.
        let wedge = [0, 1, 1, 0, 4, 5, 6, 7];
        let pyramid = [0, 0, 0, 0, 4, 5, 6, 7];
        for (listed, part) in [(wedge, 0.5), (pyramid, 1.0 / 3.0)] {
            let target = solid(listed.map(|node: usize| Vector3::from(UNIT_CUBE[node])));
            assert!(target.own_planes().is_some(), "{listed:?}");
            let expected = part * 0.125;
            let source = cube(|node| 0.5 * node + Vector3::new(0.25, 0.25, 0.5));
            let twin = overlap(&target, &source);
            let found = Intersector::default().volume(&source, &target);
            let found = found.expect("they overlap");
            assert!((found - twin.0 * 0.125).abs() <= 1e-15, "{found} {twin:?}");
            assert!(found > 0.25 * expected, "{found}");
        }
    }
}
