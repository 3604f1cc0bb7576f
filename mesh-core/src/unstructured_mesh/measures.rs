//! Volumes and centroids under the one face model.
//!
//! A face with more than three nodes is the fan of triangles around the mean of its nodes,
//! planar or not. For a hexahedron the volume is that of the trilinear map, for which a closed
//! form exists.
//!
//! Only differences of coordinates of one cell enter: nothing is lost far from the origin, a
//! translation without rounding changes no bit, and scaling by 2^k scales by exactly 2^3k. Where
//! a coordinate varies by less than a factor of two within the cell the differences are exact.

use std::sync::Arc;

use rayon::prelude::*;

use super::{CHUNK, MeshArrays, NODES_AHEAD, PolyhedronFaces, UnstructuredMesh, ring};
use crate::{CellId, NodeId, Point3, Shape, Vector3, compensated_sum, prefetch_to_end};

impl UnstructuredMesh {
    /// The volume of a cell, never negative: that of the solid its faces bound, where a face with
    /// more than three nodes is the fan of triangles around the mean of its nodes. Relative to
    /// the product of the cell's extents it is right to a few units in the last place.
    #[must_use]
    pub fn measure(&self, cell: CellId) -> f64 {
        let volume = signed_volume(
            &self.nodes,
            self.shape(cell),
            self.cell_nodes(cell),
            self.polyhedra(),
            cell.index(),
        );
        measure_of(volume)
    }

    /// The volume of every cell; see [`UnstructuredMesh::measure`]. The same bits for any number of threads.
    ///
    /// Found when the mesh was built, as it must be known which cells are mirrored; in moved copies and in parts when
    /// it is asked for first, in parallel. Kept by the mesh, eight bytes for each cell; returned is a copy.
    #[must_use]
    pub fn measures(&self) -> Vec<f64> {
        if let Some(known) = self.measures.get() {
            return known.to_vec();
        }
        // Outside of the lock: a thread that waits for others may be given work that asks for the same. Then they are
        // found twice, with the same bits.
        let cells = (0..self.cell_count() as u32).into_par_iter();
        let measures = cells.with_min_len(CHUNK).map(|cell| {
            self.prefetch_nodes_after(cell);
            self.measure(CellId::new(cell))
        });
        let measures: Vec<f64> = measures.collect();
        self.measures.get_or_init(|| Arc::new(measures.clone()));
        measures
    }

    /// The volume of the mesh: that of all cells, with the rounding errors of the sum made good.
    #[must_use]
    pub fn volume(&self) -> f64 {
        compensated_sum(self.measures())
    }

    /// The centre of gravity of a cell; the mean of its nodes where it has no volume.
    #[must_use]
    pub fn centroid(&self, cell: CellId) -> Point3 {
        self.first_node(cell) + self.compute_centroid(cell, &mut Vec::new())
    }

    /// The centre of gravity of every cell, each relative to the first node of its cell: exact but
    /// for rounding relative to the cell, however far from the origin it lies. See
    /// [`UnstructuredMesh::centroid`]. In parallel, the same bits for any number of threads.
    ///
    /// ```
    /// use mesh_core::{CartesianMesh, Vector3};
    /// let mesh = CartesianMesh::new(vec![vec![1e15, 1e15 + 1.0]; 3])?.to_unstructured()?;
    /// assert_eq!(mesh.centroids_from_first_nodes(), [Vector3::repeat(0.5)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn centroids_from_first_nodes(&self) -> Vec<Vector3> {
        self.compute_centroids(|_, centroid| centroid)
    }

    /// The centre of gravity of every cell; see [`UnstructuredMesh::centroid`]. In parallel, the
    /// same bits for any number of threads.
    #[must_use]
    pub fn centroids(&self) -> Vec<Point3> {
        self.compute_centroids(|origin, centroid| origin + centroid)
    }

    /// What is made of the first node of every cell and the centre of gravity relative to it.
    fn compute_centroids<T: Send>(&self, make: impl Fn(Point3, Vector3) -> T + Sync) -> Vec<T> {
        (0..self.cell_count() as u32)
            .into_par_iter()
            .with_min_len(CHUNK)
            .map_init(Vec::new, |corners, cell| {
                self.prefetch_nodes_after(cell);
                let cell = CellId::new(cell);
                make(self.first_node(cell), self.compute_centroid(cell, corners))
            })
            .collect()
    }

    fn prefetch_nodes_after(&self, cell: u32) {
        let next = CellId::new(cell.saturating_add(NODES_AHEAD as u32));
        if next.index() < self.cell_count() {
            prefetch_all(&self.nodes, self.cell_nodes(next));
        }
    }

    fn first_node(&self, cell: CellId) -> Point3 {
        self.nodes[self.cell_nodes(cell)[0].index()]
    }

    /// The centre of gravity relative to the first node.
    fn compute_centroid(&self, cell: CellId, corners: &mut Vec<Vector3>) -> Vector3 {
        let nodes = self.cell_nodes(cell);
        let origin = self.first_node(cell);
        let mut moments = Moments::default();
        match self.shape(cell) {
            Shape::Polyhedron => {
                for face in self.polyhedron_faces(cell) {
                    corners.clear();
                    corners.extend(ring(face).map(|node| self.nodes[node.index()] - origin));
                    moments.add_face(corners);
                }
            }
            shape => {
                let mut places = [Vector3::zeros(); 8];
                for (place, node) in places.iter_mut().zip(nodes) {
                    *place = self.nodes[node.index()] - origin;
                }
                for face in shape.faces() {
                    let place = |i: usize| places[usize::from(face[i])];
                    match face.len() {
                        3 => moments.add_triangle(&place(0), &place(1), &place(2)),
                        _ => moments.add_face(&[place(0), place(1), place(2), place(3)]),
                    }
                }
            }
        }
        let centroid = moments.first / (4.0 * moments.six_volumes);
        let bounds = self.cell_bounds(cell);
        // Not so where the volume is zero or nothing but rounding error.
        if bounds.contains(&(origin + centroid)) {
            return centroid;
        }
        let sum: Vector3 = nodes
            .iter()
            .map(|node| self.nodes[node.index()] - origin)
            .sum();
        sum / nodes.len() as f64
    }
}

impl MeshArrays {
    /// The volume of every cell, negative where it is mirrored. The arrays must be valid.
    pub(super) fn signed_volumes(&self) -> Vec<f64> {
        let cells = (0..self.shapes.len()).into_par_iter().with_min_len(CHUNK);
        let volumes = cells.map(|cell| {
            if let Some(ends) = self.offsets.get(cell + NODES_AHEAD..cell + NODES_AHEAD + 2) {
                prefetch_all(&self.nodes, &self.connectivity[ends[0]..ends[1]]);
            }
            self.signed_volume(cell)
        });
        volumes.collect()
    }

    /// The volume of a cell, negative where it is mirrored. The arrays must be valid.
    pub(super) fn signed_volume(&self, cell: usize) -> f64 {
        let nodes = &self.connectivity[self.offsets[cell]..self.offsets[cell + 1]];
        signed_volume(&self.nodes, self.shapes[cell], nodes, &self.polyhedra, cell)
    }
}

/// Asks the processor for some nodes, to their ends: with little to compute for each cell, the second line of one
/// node in four would be waited for.
#[inline]
fn prefetch_all(points: &[Point3], nodes: &[NodeId]) {
    for node in nodes {
        prefetch_to_end(&points[node.index()]);
    }
}

/// The measure of a cell whose volume was computed: a flat one may come out as a negative rounding error.
#[inline]
pub(super) fn measure_of(volume: f64) -> f64 {
    if volume > 0.0 { volume } else { 0.0 }
}

#[inline]
fn signed_volume(
    points: &[Point3],
    shape: Shape,
    nodes: &[NodeId],
    polyhedra: &PolyhedronFaces,
    cell: usize,
) -> f64 {
    let x = |node: NodeId| &points[node.index()];
    match (shape, nodes) {
        (Shape::Polyhedron, _) => polyhedron_volume(points, polyhedra.faces(cell)),
        (_, &[a, b, c, d]) => tetrahedron_volume([x(a), x(b), x(c), x(d)]),
        (_, &[a, b, c, d, e]) => pyramid_volume([x(a), x(b), x(c), x(d), x(e)]),
        (_, &[a, b, c, d, e, f]) => wedge_volume([x(a), x(b), x(c), x(d), x(e), x(f)]),
        (_, &[a, b, c, d, e, f, g, h]) => {
            hexahedron_volume([x(a), x(b), x(c), x(d), x(e), x(f), x(g), x(h)])
        }
        // No shape has another number of nodes.
        _ => 0.0,
    }
}

/// The volume of a parallelepiped: six times that of its tetrahedron.
#[inline]
fn determinant(a: &Vector3, b: &Vector3, c: &Vector3) -> f64 {
    a.dot(&b.cross(c))
}

#[inline]
fn tetrahedron_volume(x: [&Point3; 4]) -> f64 {
    determinant(&(x[1] - x[0]), &(x[2] - x[0]), &(x[3] - x[0])) / 6.0
}

/// With the apex as origin only the base counts: a fan a b c d around its mean encloses
/// (a + b + c + d) · ((c − a) × (d − b)) / 24 with the origin.
fn pyramid_volume(x: [&Point3; 5]) -> f64 {
    let sum = (x[0] - x[4]) + (x[2] - x[4]) + ((x[1] - x[4]) + (x[3] - x[4]));
    determinant(&sum, &(x[2] - x[0]), &(x[1] - x[3])) / 24.0
}

/// With node 0 as origin: the triangle 3 4 5, the quadrilateral 1 2 5 4, and the two
/// quadrilaterals through node 0, for which the formula above leaves one determinant.
fn wedge_volume(x: [&Point3; 6]) -> f64 {
    let d: [Vector3; 6] = x.map(|point| point - x[0]);
    let triangle = determinant(&d[3], &d[4], &d[5]) * 4.0;
    let opposite = determinant(
        &((d[1] + d[5]) + (d[2] + d[4])),
        &(x[5] - x[1]),
        &(x[4] - x[2]),
    );
    let adjacent = determinant(&d[1], &d[4], &d[3]) + determinant(&d[3], &d[5], &d[2]);
    (triangle + opposite + adjacent * 2.0) / 24.0
}

/// The integral of the Jacobian of the trilinear map, as three determinants of diagonals (Grandy,
/// "Efficient computation of volume of hexahedral cells", LLNL report UCRL-ID-128886, 1997).
#[inline]
fn hexahedron_volume(x: [&Point3; 8]) -> f64 {
    let d = |to: usize, from: usize| x[to] - x[from];
    (determinant(&(d(3, 1) + d(7, 2)), &d(6, 3), &d(2, 0))
        + determinant(&(d(4, 3) + d(5, 7)), &d(6, 4), &d(7, 0))
        + determinant(&(d(1, 4) + d(2, 5)), &d(6, 1), &d(5, 0)))
        / 12.0
}

fn polyhedron_volume<'a>(points: &[Point3], faces: impl Iterator<Item = &'a [NodeId]>) -> f64 {
    let mut origin = None;
    let mut sum = 0.0;
    for face in faces {
        let origin = origin.get_or_insert_with(|| points[face[0].index()]);
        let corners = ring(face).map(|node| points[node.index()] - *origin);
        sum += six_fan_volumes(corners);
    }
    sum / 6.0
}

/// Six times the volume between the origin and a fan, which is a third of its mean point times
/// its area vector. The area vector is taken relative to the first corner.
fn six_fan_volumes(corners: impl Iterator<Item = Vector3>) -> f64 {
    let mut corners = corners;
    let Some(first) = corners.next() else {
        return 0.0;
    };
    let mut sum = first;
    let mut count = 1_u32;
    let mut twice_area = Vector3::zeros();
    let mut previous = Vector3::zeros();
    for corner in corners {
        let current = corner - first;
        twice_area += previous.cross(&current);
        previous = current;
        sum += corner;
        count += 1;
    }
    sum.dot(&twice_area) / f64::from(count)
}

/// Volume and first moment of a solid, relative to some origin: the sums over triangles of the
/// determinant, and of the determinant times the sum of the corners. Divided only at the end.
#[derive(Default)]
struct Moments {
    six_volumes: f64,
    first: Vector3,
}

impl Moments {
    #[inline]
    fn add_face(&mut self, corners: &[Vector3]) {
        if let [a, b, c] = corners {
            self.add_triangle(a, b, c);
        } else if let [.., last] = corners {
            let mean = corners.iter().sum::<Vector3>() / corners.len() as f64;
            let mut previous = last;
            for corner in corners {
                self.add_triangle(&mean, previous, corner);
                previous = corner;
            }
        }
    }

    #[inline]
    fn add_triangle(&mut self, a: &Vector3, b: &Vector3, c: &Vector3) {
        let six_volumes = determinant(a, b, c);
        self.six_volumes += six_volumes;
        self.first += (a + b + c) * six_volumes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BoxMesh;

    /// The volume of the trilinear map by 2 × 2 × 2 Gauss points, exact for its Jacobian.
    fn trilinear_volume(corners: &[Point3]) -> f64 {
        const REFERENCE: [[f64; 3]; 8] = [
            [-1.0, -1.0, -1.0],
            [1.0, -1.0, -1.0],
            [1.0, 1.0, -1.0],
            [-1.0, 1.0, -1.0],
            [-1.0, -1.0, 1.0],
            [1.0, -1.0, 1.0],
            [1.0, 1.0, 1.0],
            [-1.0, 1.0, 1.0],
        ];
        let gauss = 1.0 / 3.0_f64.sqrt();
        let jacobian = |at: [f64; 3]| {
            let tangent = |along: usize| {
                let mut sum = Vector3::zeros();
                for (corner, signs) in corners.iter().zip(REFERENCE) {
                    let weight: f64 = (0..3)
                        .map(|i| {
                            if i == along {
                                signs[i]
                            } else {
                                1.0 + signs[i] * at[i]
                            }
                        })
                        .product();
                    sum += corner.coords * (weight / 8.0);
                }
                sum
            };
            determinant(&tangent(0), &tangent(1), &tangent(2))
        };
        REFERENCE
            .iter()
            .map(|signs| jacobian(signs.map(|sign| sign * gauss)))
            .sum()
    }

    #[test]
    fn a_warped_hexahedron_has_the_volume_of_the_trilinear_map_and_of_its_fans() {
        let mesh = BoxMesh {
            jitter: 0.3,
            seed: 3,
            ..BoxMesh::unit([4; 3])
        }
        .generate()
        .unwrap();
        for cell in mesh.cell_ids() {
            let corners: Vec<Point3> = mesh
                .cell_nodes(cell)
                .iter()
                .map(|node| mesh.nodes()[node.index()])
                .collect();
            let expected = trilinear_volume(&corners);
            assert!((mesh.measure(cell) - expected).abs() < 1e-15, "cell {cell}");

            let mut fans = 0.0;
            mesh.for_each_face(cell, |face| {
                fans += six_fan_volumes(face.iter().map(|node| mesh.nodes()[node.index()].coords));
            });
            assert!(
                (mesh.measure(cell) - fans / 6.0).abs() < 1e-15,
                "cell {cell}"
            );
        }
    }

    /// Two unit cubes side by side along x, whose common node (1, 1, 1) is moved by d along x.
    fn pair_with_a_warped_face(d: f64) -> UnstructuredMesh {
        let mut nodes = Vec::new();
        for z in [0.0, 1.0] {
            for y in [0.0, 1.0] {
                nodes.extend([0.0, 1.0, 2.0].map(|x| Point3::new(x, y, z)));
            }
        }
        nodes[10].x += d;
        UnstructuredMesh::builder(nodes)
            .cell(Shape::Hexahedron, &[0, 1, 4, 3, 6, 7, 10, 9])
            .cell(Shape::Hexahedron, &[1, 2, 5, 4, 7, 8, 11, 10])
            .build()
            .unwrap()
    }

    #[test]
    fn two_cells_agree_about_their_warped_face() {
        let volumes = pair_with_a_warped_face(0.3).measures();
        assert!((volumes[0] - 1.075).abs() < 1e-15 && (volumes[1] - 0.925).abs() < 1e-15);
        assert_eq!(pair_with_a_warped_face(0.25).measures(), [1.0625, 0.9375]);
    }

    #[test]
    fn pyramid_and_wedge_match_their_fans_when_warped() {
        let coordinates = [
            [0.1, 0.0, 0.05],
            [1.0, -0.1, 0.0],
            [0.2, 1.1, -0.1],
            [0.0, 0.1, 0.9],
            [1.2, 0.0, 1.1],
            [0.0, 0.9, 1.3],
            [0.9, 1.0, 0.2],
        ];
        let nodes: Vec<Point3> = coordinates.map(Point3::from).to_vec();
        let mesh = UnstructuredMesh::builder(nodes.clone())
            .cell(Shape::Wedge, &[0, 1, 2, 3, 4, 5])
            .cell(Shape::Pyramid, &[0, 1, 6, 2, 3])
            .polyhedron(&[
                &[0, 2, 1],
                &[3, 4, 5],
                &[0, 1, 4, 3],
                &[1, 2, 5, 4],
                &[2, 0, 3, 5],
            ])
            .polyhedron(&[
                &[0, 2, 6, 1],
                &[0, 1, 3],
                &[1, 6, 3],
                &[6, 2, 3],
                &[2, 0, 3],
            ])
            .build()
            .unwrap();
        let volumes = mesh.measures();
        let centroids = mesh.centroids();
        for (standard, polyhedron) in [(0, 2), (1, 3)] {
            assert!((volumes[standard] - volumes[polyhedron]).abs() < 1e-15);
            assert!((centroids[standard] - centroids[polyhedron]).norm() < 1e-15);
        }
    }

    #[test]
    fn a_unit_cell_of_each_shape_has_its_volume_and_centroid() {
        let corners = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]];
        let nodes: Vec<Point3> = corners
            .iter()
            .chain(&corners.map(|[x, y, _]| [x, y, 1]))
            .map(|&corner| Point3::from(corner.map(f64::from)))
            .collect();
        let mesh = UnstructuredMesh::builder(nodes)
            .cell(Shape::Tetrahedron, &[0, 1, 3, 4])
            .cell(Shape::Pyramid, &[0, 1, 2, 3, 4])
            .cell(Shape::Wedge, &[0, 1, 3, 4, 5, 7])
            .cell(Shape::Hexahedron, &[0, 1, 2, 3, 4, 5, 6, 7])
            .build()
            .unwrap();
        assert_eq!(mesh.measures(), [1.0 / 6.0, 1.0 / 3.0, 0.5, 1.0]);
        let expected = [
            [0.25; 3],
            [0.375, 0.375, 0.25],
            [1.0 / 3.0, 1.0 / 3.0, 0.5],
            [0.5; 3],
        ];
        for (centroid, expected) in mesh.centroids().iter().zip(expected) {
            assert!(
                (centroid - Point3::from(expected)).norm() < 1e-15,
                "{centroid}"
            );
        }
    }

    #[test]
    fn a_flat_cell_has_its_centroid_in_the_middle_of_its_nodes() {
        let nodes = [
            [0.1, 0.0, 0.0],
            [1.1, 0.3, 0.0],
            [0.7, 1.0, 0.0],
            [0.1, 0.9, 0.0],
        ];
        let mesh = UnstructuredMesh::builder(nodes.map(Point3::from).to_vec())
            .cell(Shape::Tetrahedron, &[0, 1, 2, 3])
            .build()
            .unwrap();
        assert_eq!(mesh.measures(), [0.0]);
        assert!((mesh.centroid(CellId::new(0)) - Point3::new(0.5, 0.55, 0.0)).norm() < 1e-15);
    }

    #[test]
    fn a_needle_keeps_its_volume() {
        for width in [1e-5, 1e-9, 1e-12] {
            let size = Vector3::new(1.0, width, width);
            let mesh = BoxMesh {
                size,
                ..BoxMesh::unit([1; 3])
            }
            .generate()
            .unwrap();
            let exact = width * width;
            assert!((mesh.measures()[0] - exact).abs() <= 4.0 * f64::EPSILON * exact);
        }
    }
}
