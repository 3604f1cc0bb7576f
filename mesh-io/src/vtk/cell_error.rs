//! What can be wrong with cells in VTK's numbering, whatever file they stand in.

use std::fmt;

use thiserror::Error;

/// Why the cells of a file make no mesh.
///
/// A cell is counted as the file counts it, those that are left out included.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CellError {
    /// A cell names a node that is not there.
    #[error("cell {cell} names node {node}, but {whole} has {nodes} nodes")]
    NodeId {
        /// The cell.
        cell: usize,
        /// The id it names.
        node: i64,
        /// The number of nodes there are.
        nodes: usize,
        /// The mesh, or the piece in a file of several.
        whole: Whole,
    },
    /// A cell has a number of nodes that its shape does not have.
    #[error("cell {cell} is a {shape} of {found} nodes, expected {expected}")]
    NodeCount {
        /// The cell.
        cell: usize,
        /// Its shape.
        shape: &'static str,
        /// The number of nodes it names.
        found: usize,
        /// The number its shape has.
        expected: usize,
    },
    /// A cell is quadratic or of higher order: its faces are curved, which no overlap here knows.
    #[error(
        "cell {cell} is quadratic ({name}, VTK type {vtk_type}); write the mesh with linear cells, \
         or read it linearised (corner nodes only; --linearize)"
    )]
    Quadratic {
        /// The cell.
        cell: usize,
        /// VTK's name of its type.
        name: &'static str,
        /// VTK's number of its type.
        vtk_type: i64,
    },
    /// A cell's type is none that is read.
    #[error(
        "cell {cell} has VTK type {vtk_type}, expected 10 (tetrahedron), 11 (voxel), \
         12 (hexahedron), 13 (wedge), 14 (pyramid) or 42 (polyhedron)"
    )]
    CellType {
        /// The cell.
        cell: usize,
        /// VTK's number of its type.
        vtk_type: i64,
    },
    /// The faces of a polyhedron are damaged.
    #[error("cell {cell}: {source}")]
    Polyhedron {
        /// The cell.
        cell: usize,
        /// What is wrong with its faces.
        #[source]
        source: FaceError,
    },
    /// More nodes than ids can count.
    #[error("{nodes} nodes, but ids count to 4294967295")]
    TooManyNodes {
        /// The number of nodes.
        nodes: usize,
    },
    /// Nothing to remap: no cell of dimension 3.
    #[error("no three-dimensional cell ({left_out})")]
    NoCells {
        /// The cells that were left out.
        left_out: LeftOut,
    },
    /// The arrays are whole, but they are no valid mesh.
    #[error("{source}{}", counted_without(left_out))]
    Mesh {
        /// What is wrong with the mesh; its cells are counted without those left out.
        #[source]
        source: mesh_core::MeshError,
        /// The cells that were left out.
        left_out: LeftOut,
    },
}

/// How many cells of a file are not in the mesh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Cells of lower dimension.
    pub lower: usize,
    /// Ghosts, which another piece has, and cells that are hidden.
    pub hidden: usize,
}

impl LeftOut {
    /// How many in all.
    #[must_use]
    pub const fn total(self) -> usize {
        self.lower + self.hidden
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cells of lower dimension", self.lower)?;
        match self.hidden {
            0 => Ok(()),
            hidden => write!(f, ", {hidden} ghosts or hidden"),
        }
    }
}

fn counted_without(left_out: &LeftOut) -> String {
    match (left_out.lower, left_out.hidden) {
        (0, 0) => String::new(),
        (lower, 0) => format!(" (cells counted without {lower} of lower dimension)"),
        (0, hidden) => format!(" (cells counted without {hidden} ghosts or hidden ones)"),
        (lower, hidden) => format!(
            " (cells counted without {lower} of lower dimension and {hidden} ghosts or hidden ones)"
        ),
    }
}

/// What a node id counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// The file is one piece.
    Mesh,
    /// This piece of several.
    Piece(usize),
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mesh => f.write_str("the mesh"),
            Self::Piece(piece) => write!(f, "piece {piece}"),
        }
    }
}

/// What can be wrong with the faces of a polyhedron.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FaceError {
    /// The file has a polyhedron, but no faces.
    #[error(
        "a polyhedron, but the piece has neither faces and faceoffsets nor face_connectivity, \
         face_offsets, polyhedron_to_faces and polyhedron_offsets"
    )]
    NoArrays,
    /// The polyhedron's range of an array is not inside that array.
    #[error("takes {array} {start}..{end}, but it holds {length} values")]
    Range {
        /// The array.
        array: &'static str,
        /// Where the polyhedron begins in it.
        start: i64,
        /// Where it ends.
        end: i64,
        /// The length of the array.
        length: usize,
    },
    /// The face stream is shorter or longer than the faces in it.
    #[error("its face stream has {found} values, expected {expected} for its {faces} faces")]
    Stream {
        /// The values there are.
        found: usize,
        /// The values its counts add up to, as far as they could be read.
        expected: i128,
        /// The faces it claims.
        faces: i64,
    },
    /// A face is not among the faces of the piece.
    #[error("names face {face}, but the piece has {faces} faces")]
    FaceId {
        /// The face it names.
        face: i64,
        /// The number of faces.
        faces: usize,
    },
    /// The same faces are named by so many polyhedra that it cannot be meant.
    #[error("the polyhedra up to here name {total} face nodes, but the piece stores only {stored}")]
    Repeated {
        /// The face nodes of the polyhedra read so far.
        total: usize,
        /// The face nodes the file stores.
        stored: usize,
    },
}
