//! How much of the volume belongs to each node: the integrals of the piecewise linear functions that
//! are one at a node and zero at all others.

use rayon::prelude::*;

use super::{CHUNK, UnstructuredMesh};
use crate::field::Location;
use crate::{CellId, Shape, Vector3};

impl UnstructuredMesh {
    /// The measure of what a field has one tuple for: the volumes of the cells, or of the nodes.
    ///
    /// The volume of a node is `∫ λ dV`, where `λ` is one at the node and zero at all others. It is
    /// linear on tetrahedra; any other cell is cut into tetrahedra from the mean of its nodes to the
    /// fans of its faces, and takes in that mean and in the means of the faces the mean of the values
    /// around. A tetrahedron thus gives a quarter of its volume to each of its nodes. What follows:
    ///
    /// * the volumes of all nodes add up to that of the mesh;
    /// * `Σ volume · value` is the integral of the field, exact for linear fields;
    /// * a node of no cell has volume zero. A node where a cell is folded in may have a negative one.
    ///
    /// In parallel, the same bits for any number of threads.
    ///
    /// ```
    /// use mesh_core::{BoxMesh, Location};
    /// let mesh = BoxMesh::unit([1; 3]).generate()?;
    /// assert_eq!(mesh.measures_on(Location::Nodes), [0.125; 8]);
    /// # Ok::<(), mesh_core::GenerateError>(())
    /// ```
    #[must_use]
    pub fn measures_on(&self, location: Location) -> Vec<f64> {
        match location {
            Location::Cells => self.measures(),
            Location::Nodes => self.nodal_measures(),
        }
    }

    fn nodal_measures(&self) -> Vec<f64> {
        // Each cell's shares, beside the connectivity; then added in the order of the cells.
        let shares: Vec<Vec<f64>> = (0..self.cell_count().div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let cells = chunk * CHUNK..self.cell_count().min((chunk + 1) * CHUNK);
                let start = self.offsets()[cells.start];
                let mut shares = vec![0.0; self.offsets()[cells.end] - start];
                let mut corners = Vec::new();
                for cell in cells {
                    let range = self.offsets()[cell] - start..self.offsets()[cell + 1] - start;
                    let cell = CellId::new(cell as u32);
                    self.share_among_nodes(cell, &mut corners, &mut shares[range]);
                }
                shares
            })
            .collect();
        let mut measures = vec![0.0; self.node_count()];
        for (node, share) in self.connectivity().iter().zip(shares.iter().flatten()) {
            measures[node.index()] += share;
        }
        measures
    }

    /// Gives each node of a cell its share of the volume; `shares` has one zero per node.
    fn share_among_nodes(&self, cell: CellId, corners: &mut Vec<Vector3>, shares: &mut [f64]) {
        if self.shape(cell) == Shape::Tetrahedron {
            shares.fill(self.measure(cell) / 4.0);
            return;
        }
        let nodes = self.cell_nodes(cell);
        let first = self.nodes()[nodes[0].index()];
        corners.clear();
        corners.extend(nodes.iter().map(|node| self.nodes()[node.index()] - first));
        let centre = corners.iter().sum::<Vector3>() / corners.len() as f64;
        for corner in &mut *corners {
            *corner -= centre;
        }
        let mut face_places = Vec::new();
        // Six times the volume; each tetrahedron gives a quarter of its own to each of its corners.
        let mut of_centre = 0.0;
        self.for_each_face(cell, |face| {
            face_places.clear();
            // Some tens of nodes at most, as a rule: a scan beats a map.
            let place = |node| nodes.iter().position(|own| own == node);
            face_places.extend(face.iter().filter_map(place));
            let corner = |place: usize| &corners[place];
            if let [a, b, c] = face_places[..] {
                let volume = corner(a).dot(&corner(b).cross(corner(c)));
                for place in [a, b, c] {
                    shares[place] += volume;
                }
                of_centre += volume;
                return;
            }
            let count = face_places.len();
            let sum: Vector3 = face_places.iter().map(|&place| corner(place)).sum();
            let mean = sum / count as f64;
            let mut of_face = 0.0;
            for (i, &start) in face_places.iter().enumerate() {
                let end = face_places[(i + 1) % count];
                let volume = mean.dot(&corner(start).cross(corner(end)));
                shares[start] += volume;
                shares[end] += volume;
                of_face += volume;
            }
            for &place in &face_places {
                shares[place] += of_face / count as f64;
            }
            of_centre += of_face;
        });
        // A flat cell has no volume to share but rounding errors.
        if !(of_centre > 0.0) {
            shares.fill(0.0);
            return;
        }
        for share in &mut *shares {
            *share = (*share + of_centre / nodes.len() as f64) / 24.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BoxCellShape, BoxMesh, Point3, compensated_sum};

    fn meshes() -> Vec<UnstructuredMesh> {
        let shapes = [
            BoxCellShape::Hexahedron,
            BoxCellShape::Tetrahedron,
            BoxCellShape::Wedge,
            BoxCellShape::Pyramid,
            BoxCellShape::Polyhedron,
        ];
        let mesh = |shape| {
            let mesh = BoxMesh {
                shape,
                jitter: 0.25,
                seed: 5,
                ..BoxMesh::unit([4, 3, 5])
            };
            mesh.generate().unwrap()
        };
        shapes.map(mesh).to_vec()
    }

    #[test]
    fn the_volumes_of_all_nodes_add_up_and_integrate_linear_fields_exactly() {
        for mesh in meshes() {
            let measures = mesh.measures_on(Location::Nodes);
            let volume = compensated_sum(measures.iter().copied());
            assert!((volume - mesh.volume()).abs() < 1e-14, "{volume}");
            for axis in 0..3 {
                let nodes = mesh.nodes().iter().zip(&measures);
                let integral: f64 = nodes.map(|(node, measure)| node[axis] * measure).sum();
                let cells = mesh.centroids().into_iter().zip(mesh.measures());
                let expected: f64 = cells
                    .map(|(centroid, volume)| centroid[axis] * volume)
                    .sum();
                assert!((integral - expected).abs() < 1e-14, "{integral} {expected}");
            }
        }
    }

    #[test]
    fn a_pyramid_gives_its_apex_more_than_its_base() {
        let nodes = [
            [0.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [1.0, 1.0, 0.0],
            [0.0, 1.0, 0.0],
            [0.5, 0.5, 1.0],
            [9.0, 9.0, 9.0],
        ];
        let mesh = UnstructuredMesh::builder(nodes.map(Point3::from).to_vec())
            .cell(Shape::Pyramid, &[0, 1, 2, 3, 4])
            .build()
            .unwrap();
        let base = 1.0 / 16.0;
        let expected = [base, base, base, base, 1.0 / 12.0, 0.0];
        let found = mesh.measures_on(Location::Nodes);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-16, "{found} {expected}");
        }
    }

    #[test]
    fn a_wedge_shares_evenly_and_a_flat_cell_has_nothing_to_share() {
        let nodes = [
            [0.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [0.0, 0.0, 2.0],
            [1.0, 0.0, 2.0],
            [0.0, 1.0, 2.0],
            [0.1, 0.7, 0.0],
            [1.2, 0.4, 0.0],
            [0.3, 1.1, 0.0],
        ];
        let mesh = |cell: &[u32]| {
            UnstructuredMesh::builder(nodes.map(Point3::from).to_vec())
                .cell(Shape::Wedge, cell)
                .build()
                .unwrap()
        };
        for share in &mesh(&[0, 1, 2, 3, 4, 5]).measures_on(Location::Nodes)[..6] {
            assert!((share - 1.0 / 6.0).abs() < 1e-16, "{share}");
        }
        let flat = mesh(&[0, 1, 2, 6, 7, 8]).measures_on(Location::Nodes);
        assert_eq!(flat, [0.0; 9]);
    }

    #[test]
    fn the_volumes_of_nodes_have_the_same_bits_far_from_the_origin() {
        let mesh = BoxMesh {
            size: Vector3::repeat(3.0),
            ..BoxMesh::unit([3; 3])
        };
        let mesh = mesh.generate().unwrap();
        let moved = mesh
            .translate(&Vector3::new(1024.0, -2048.0, 4096.0))
            .unwrap();
        let [near, far] = [&mesh, &moved].map(|mesh| mesh.measures_on(Location::Nodes));
        // The coordinates are multiples of 1, so that nothing is rounded.
        assert_eq!(near, far);
    }
}
