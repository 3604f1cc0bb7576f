//! Small meshes written by hand: tests, examples, generated cells.

use super::{MeshArrays, MeshError, UnstructuredMesh};
use crate::{NodeId, Point3, Shape};

/// Collects cells one at a time; see [`UnstructuredMesh::builder`].
#[derive(Clone, Debug)]
pub struct MeshBuilder {
    arrays: MeshArrays,
}

impl UnstructuredMesh {
    /// Starts a mesh with these nodes, to which cells are added one at a time.
    ///
    /// ```
    /// use mesh_core::{CellId, Point3, Shape, UnstructuredMesh};
    /// let nodes = vec![
    ///     Point3::new(0.0, 0.0, 0.0),
    ///     Point3::new(1.0, 0.0, 0.0),
    ///     Point3::new(0.0, 1.0, 0.0),
    ///     Point3::new(0.0, 0.0, 1.0),
    /// ];
    /// let mesh = UnstructuredMesh::builder(nodes)
    ///     .cell(Shape::Tetrahedron, &[0, 1, 2, 3])
    ///     .polyhedron(&[&[0, 2, 1], &[0, 1, 3], &[1, 2, 3], &[2, 0, 3]])
    ///     .build()?;
    /// assert_eq!(mesh.measure(CellId::new(0)), mesh.measure(CellId::new(1)));
    /// # Ok::<(), mesh_core::MeshError>(())
    /// ```
    #[must_use]
    pub fn builder(nodes: Vec<Point3>) -> MeshBuilder {
        MeshBuilder {
            arrays: MeshArrays::from_nodes(nodes),
        }
    }
}

impl MeshBuilder {
    /// Adds a cell that is not a polyhedron.
    #[must_use]
    pub fn cell(mut self, shape: Shape, nodes: &[u32]) -> Self {
        self.arrays
            .push_cell(shape, bytemuck::cast_slice::<u32, NodeId>(nodes));
        self
    }

    /// Adds a polyhedron with these faces, each counter-clockwise seen from outside.
    #[must_use]
    pub fn polyhedron(mut self, faces: &[&[u32]]) -> Self {
        self.arrays
            .push_polyhedron(faces.iter().map(|face| bytemuck::cast_slice(face)));
        self
    }

    /// The mesh, checked as [`UnstructuredMesh::new`] does.
    ///
    /// # Errors
    /// As [`UnstructuredMesh::new`].
    pub fn build(self) -> Result<UnstructuredMesh, MeshError> {
        UnstructuredMesh::new(self.arrays)
    }
}
