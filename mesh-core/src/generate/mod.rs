//! Generated meshes of a box, for tests, benches and examples.

use crate::{MeshError, Point3, UnstructuredMesh, Vector3};

/// A box cut into cells of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxMesh {
    /// How many grid cells along each axis; each holds one or more cells of the mesh.
    pub cells: [usize; 3],
    /// The lowest corner.
    pub origin: Point3,
    /// The lengths of the edges, positive.
    pub size: Vector3,
    /// The shape of the cells.
    pub shape: BoxCellShape,
    /// How far nodes are moved at most, in widths of a grid cell along each axis; 0 for none.
    pub jitter: f64,
    /// Where the random numbers of the jitter start.
    pub seed: u64,
}

/// The shapes a box can be cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoxCellShape {
    /// One per grid cell.
    Hexahedron,
    /// Six per grid cell.
    Tetrahedron,
    /// Two per grid cell.
    Wedge,
    /// Six per grid cell.
    Pyramid,
    /// Truncated octahedra.
    Polyhedron,
}

/// Why a box cannot be cut.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GenerateError {
    /// What was cut is no mesh.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

impl BoxMesh {
    /// The mesh.
    ///
    /// # Errors
    /// When there are no cells, too many, or the size is not positive.
    pub fn generate(&self) -> Result<UnstructuredMesh, GenerateError> {
        Err(MeshError::Empty.into())
    }
}
