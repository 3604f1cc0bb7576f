//! A mesh cut into tetrahedra, as the face model says, and the way back.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{MeshArrays, MeshError, UnstructuredMesh};
use crate::{CellId, CsrMatrix, NodeId, Point3, Shape, Vector3};

/// A mesh cut into tetrahedra, with where each comes from.
///
/// A cell that is no tetrahedron is cut into those from its centre, the mean of its nodes, to the
/// triangles of its faces; a face with more than three nodes is the fan of triangles around the mean
/// of its nodes. Cells on either side of a face agree about its triangles, so that a function that is
/// linear on each tetrahedron is continuous. The centres are new nodes, numbered after the given ones.
#[derive(Clone, Debug)]
pub struct Tetrahedra {
    mesh: UnstructuredMesh,
    parents: Vec<CellId>,
    inverted: Vec<CellId>,
    node_weights: CsrMatrix,
}

impl Tetrahedra {
    /// The mesh of tetrahedra.
    #[must_use]
    pub fn mesh(&self) -> &UnstructuredMesh {
        &self.mesh
    }

    /// Of each tetrahedron, the cell that it was cut from; ascending.
    #[must_use]
    pub fn parents(&self) -> &[CellId] {
        &self.parents
    }

    /// The tetrahedra that lie outside of their cell or cover it twice, ascending: those which the
    /// centre sees from behind. They count as negative; then the tetrahedra of a cell add up to it.
    /// Convex cells have none.
    #[must_use]
    pub fn inverted(&self) -> &[CellId] {
        &self.inverted
    }

    /// The values on the nodes of the tetrahedra as means of values on the given nodes: one row for
    /// each node of the tetrahedra, one column for each given node. Rows sum to one.
    #[must_use]
    pub fn node_weights(&self) -> &CsrMatrix {
        &self.node_weights
    }
}

impl UnstructuredMesh {
    /// The mesh cut into tetrahedra; none where all cells are tetrahedra already.
    ///
    /// Cost: the faces are matched ([`faces`](Self::faces)); a hexahedron gives 24 tetrahedra.
    ///
    /// ```
    /// use mesh_core::BoxMesh;
    /// let mesh = BoxMesh::unit([2, 1, 1]).generate()?;
    /// let tetrahedra = mesh.tetrahedra()?.expect("the cells are hexahedra");
    /// assert_eq!(tetrahedra.mesh().cell_count(), 48);
    /// // 12 nodes, the centres of 11 faces and 2 cells.
    /// assert_eq!(tetrahedra.mesh().node_count(), 25);
    /// assert_eq!(tetrahedra.mesh().volume(), 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If there are more tetrahedra or centres than ids.
    pub fn tetrahedra(&self) -> Result<Option<Tetrahedra>, MeshError> {
        if matches!(self.cells.alike, Some((Shape::Tetrahedron, _))) {
            return Ok(None);
        }
        let mut cutting = Cutting::new(self);
        let face_centres = cutting.face_centres();
        for cell in self.cell_ids() {
            cutting.cut(cell, &face_centres);
        }
        let Cutting {
            arrays,
            parents,
            inverted,
            weights,
            ..
        } = cutting;
        let shape = (arrays.nodes.len(), self.node_count());
        // Checks the number of nodes and cells, before anything is cut short to 32 bits.
        let mesh = UnstructuredMesh {
            // Many times as many as the cells have: found again if someone asks for them.
            measures: OnceLock::new(),
            ..UnstructuredMesh::new(arrays)?
        };
        let Weights {
            offsets,
            columns,
            values,
        } = weights;
        Ok(Some(Tetrahedra {
            mesh,
            parents,
            inverted,
            // Valid by construction: the nodes of each mean are sorted and merged.
            node_weights: CsrMatrix::new(shape, offsets, columns, values),
        }))
    }
}

/// The work in progress.
struct Cutting<'a> {
    given: &'a UnstructuredMesh,
    arrays: MeshArrays,
    parents: Vec<CellId>,
    inverted: Vec<CellId>,
    weights: Weights,
}

/// The arrays of a sparse matrix that grows row by row.
struct Weights {
    offsets: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

/// The centre of each face with more than three nodes, by its sorted nodes.
type FaceCentres = HashMap<Box<[NodeId]>, NodeId>;

impl<'a> Cutting<'a> {
    fn new(given: &'a UnstructuredMesh) -> Self {
        let nodes = given.node_count();
        Self {
            given,
            arrays: MeshArrays::from_nodes(given.nodes().to_vec()),
            parents: Vec::new(),
            inverted: Vec::new(),
            weights: Weights {
                offsets: (0..=nodes).collect(),
                columns: (0..nodes as u32).collect(),
                values: vec![1.0; nodes],
            },
        }
    }

    /// Adds the centres of the faces.
    fn face_centres(&mut self) -> FaceCentres {
        let faces = self.given.faces();
        let mut centres = FaceCentres::new();
        for face in 0..faces.count() {
            let nodes = faces.nodes(face);
            if nodes.len() > 3 {
                let key = sorted(nodes);
                let centre = self.add_mean(nodes);
                centres.insert(key, centre);
            }
        }
        centres
    }

    /// Adds the mean of some nodes.
    fn add_mean(&mut self, nodes: &[NodeId]) -> NodeId {
        let nodes = sorted(nodes);
        let place = |node: &NodeId| self.given.nodes()[node.index()];
        // Relative to one of them: far from the origin nothing is lost.
        let first = place(&nodes[0]);
        let sum: Vector3 = nodes.iter().map(|node| place(node) - first).sum();
        let count = nodes.len() as f64;
        for same in nodes.chunk_by(|one, other| one == other) {
            self.weights.columns.push(same[0].get());
            self.weights.values.push(same.len() as f64 / count);
        }
        self.weights.offsets.push(self.weights.columns.len());
        self.arrays.nodes.push(first + sum / count);
        NodeId::new((self.arrays.nodes.len() - 1) as u32)
    }

    /// Adds the tetrahedra of a cell.
    fn cut(&mut self, cell: CellId, face_centres: &FaceCentres) {
        let (given, nodes) = (self.given, self.given.cell_nodes(cell));
        if given.shape(cell) == Shape::Tetrahedron {
            self.arrays.push_cell(Shape::Tetrahedron, nodes);
            self.parents.push(cell);
            return;
        }
        let centre = self.add_mean(nodes);
        given.for_each_face(cell, |face| {
            if let &[a, b, c] = face {
                self.add_tetrahedron(cell, [a, c, b, centre]);
            } else if let Some(&middle) = face_centres.get(&sorted(face)) {
                for (i, &start) in face.iter().enumerate() {
                    let end = face[(i + 1) % face.len()];
                    self.add_tetrahedron(cell, [middle, end, start, centre]);
                }
            }
        });
    }

    /// Adds a tetrahedron, turned round where its volume is negative.
    fn add_tetrahedron(&mut self, parent: CellId, nodes: [NodeId; 4]) {
        let place = |node: NodeId| self.arrays.nodes[node.index()];
        let [a, b, c, d] = nodes.map(place);
        let nodes = if six_volumes(&a, &b, &c, &d) < 0.0 {
            self.inverted.push(CellId::new(self.parents.len() as u32));
            [nodes[0], nodes[2], nodes[1], nodes[3]]
        } else {
            nodes
        };
        self.arrays.push_cell(Shape::Tetrahedron, &nodes);
        self.parents.push(parent);
    }
}

fn six_volumes(a: &Point3, b: &Point3, c: &Point3, d: &Point3) -> f64 {
    (b - a).dot(&(c - a).cross(&(d - a)))
}

fn sorted(nodes: &[NodeId]) -> Box<[NodeId]> {
    let mut nodes: Box<[NodeId]> = nodes.into();
    nodes.sort_unstable();
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Location;
    use crate::{BoxCellShape, BoxMesh};

    #[test]
    fn tetrahedra_add_up_to_their_cells_and_to_the_volumes_of_nodes() {
        for shape in [
            BoxCellShape::Hexahedron,
            BoxCellShape::Wedge,
            BoxCellShape::Pyramid,
            BoxCellShape::Polyhedron,
        ] {
            let mesh = BoxMesh {
                shape,
                jitter: 0.25,
                seed: 7,
                ..BoxMesh::unit([3, 4, 2])
            };
            let mesh = mesh.generate().unwrap();
            let tetrahedra = mesh.tetrahedra().unwrap().unwrap();
            assert!(tetrahedra.inverted().is_empty(), "{shape:?}");
            assert_eq!(tetrahedra.mesh().mirrored_cells(), 0);

            let mut sums = vec![0.0; mesh.cell_count()];
            let volumes = tetrahedra.mesh().measures();
            for (parent, volume) in tetrahedra.parents().iter().zip(&volumes) {
                sums[parent.index()] += volume;
            }
            for (sum, volume) in sums.iter().zip(mesh.measures()) {
                assert!((sum - volume).abs() <= 1e-15, "{shape:?}: {sum} {volume}");
            }

            let mut sums = vec![0.0; mesh.node_count()];
            let fine = tetrahedra.mesh().measures_on(Location::Nodes);
            let weights = tetrahedra.node_weights();
            for (row, volume) in weights.outer_iterator().zip(fine) {
                for (node, weight) in row.iter() {
                    sums[node] += weight * volume;
                }
            }
            for (sum, volume) in sums.iter().zip(mesh.measures_on(Location::Nodes)) {
                assert!((sum - volume).abs() <= 1e-16, "{shape:?}: {sum} {volume}");
            }
        }
    }

    #[test]
    fn cells_on_either_side_agree_about_their_faces() {
        let mesh = BoxMesh {
            jitter: 0.25,
            ..BoxMesh::unit([3; 3])
        };
        let mesh = mesh.generate().unwrap();
        let tetrahedra = mesh.tetrahedra().unwrap().unwrap();
        let faces = tetrahedra.mesh().faces();
        // Four triangles for each of 6 · 9 boundary faces, and no gap inside.
        assert_eq!(faces.boundary_faces().count(), 4 * 6 * 9);
    }

    #[test]
    fn a_cell_that_does_not_see_all_of_itself_has_inverted_tetrahedra() {
        // A bar with a hook: the mean of the nodes sees the hook's inner side from behind.
        let polygon = [
            [0.0, 0.0],
            [3.0, 0.0],
            [3.0, 2.0],
            [2.0, 2.0],
            [2.0, 1.0],
            [0.0, 1.0],
        ];
        let level = |z: f64| polygon.map(|[x, y]: [f64; 2]| Point3::new(x, y, z));
        let mut faces: Vec<Vec<u32>> = vec![(0..6).rev().collect(), (6..12).collect()];
        for side in 0..6_u32 {
            let next = (side + 1) % 6;
            faces.push(vec![side, next, 6 + next, 6 + side]);
        }
        let faces: Vec<&[u32]> = faces.iter().map(Vec::as_slice).collect();
        let nodes = [level(0.0), level(1.0)].concat();
        let mesh = UnstructuredMesh::builder(nodes).polyhedron(&faces);
        let mesh = mesh.build().unwrap();
        let tetrahedra = mesh.tetrahedra().unwrap().unwrap();
        assert!(!tetrahedra.inverted().is_empty());
        let mut volume = 0.0;
        for cell in tetrahedra.mesh().cell_ids() {
            let inverted = tetrahedra.inverted().contains(&cell);
            volume += tetrahedra.mesh().measure(cell) * if inverted { -1.0 } else { 1.0 };
        }
        assert!((volume - 4.0).abs() < 1e-14, "{volume}");
    }

    #[test]
    fn a_mesh_of_tetrahedra_is_left_alone() {
        let mesh = BoxMesh {
            shape: BoxCellShape::Tetrahedron,
            ..BoxMesh::unit([1; 3])
        };
        assert!(mesh.generate().unwrap().tetrahedra().unwrap().is_none());
    }
}
