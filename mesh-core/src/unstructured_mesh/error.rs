//! What can be wrong with the arrays of a mesh.

use crate::{NodeId, Shape};

/// Why arrays are not a mesh: what was found, where, and what was expected.
///
/// Cells, nodes and the faces of a polyhedron are numbered from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeshError {
    /// No cell.
    #[error("the mesh has no cells")]
    Empty,
    /// More nodes than ids.
    #[error(
        "the mesh has {nodes} nodes, but node ids are 32-bit numbers: at most {}",
        u32::MAX
    )]
    TooManyNodes {
        /// How many nodes.
        nodes: usize,
    },
    /// More cells than ids.
    #[error(
        "the mesh has {cells} cells, but cell ids are 32-bit numbers: at most {}",
        u32::MAX
    )]
    TooManyCells {
        /// How many cells.
        cells: usize,
    },
    /// An array of offsets of the wrong length.
    #[error("{array} has {found} entries, expected {expected}: one more than what it delimits")]
    OffsetCount {
        /// The array, as a field of [`crate::MeshArrays`].
        array: &'static str,
        /// Its length.
        found: usize,
        /// The expected length.
        expected: usize,
    },
    /// Offsets that do not start at 0.
    #[error("{array} starts with {found}, expected 0")]
    FirstOffset {
        /// The array, as a field of [`crate::MeshArrays`].
        array: &'static str,
        /// Its first entry.
        found: usize,
    },
    /// Offsets that descend.
    #[error("{array} descends from {previous} to {found} at position {position}")]
    DescendingOffset {
        /// The array, as a field of [`crate::MeshArrays`].
        array: &'static str,
        /// Where it descends.
        position: usize,
        /// The entry there.
        found: usize,
        /// The entry before.
        previous: usize,
    },
    /// Offsets that do not end where the array they point into ends.
    #[error("{array} ends with {found}, but what it delimits has {expected} entries")]
    LastOffset {
        /// The array, as a field of [`crate::MeshArrays`].
        array: &'static str,
        /// Its last entry.
        found: usize,
        /// The expected last entry.
        expected: usize,
    },
    /// An infinite or undefined coordinate.
    #[error(
        "node {node} is at ({}, {}, {}): every coordinate must be finite",
        coordinates[0], coordinates[1], coordinates[2]
    )]
    NotFinite {
        /// The node.
        node: usize,
        /// Its coordinates.
        coordinates: [f64; 3],
    },
    /// A node that does not exist.
    #[error("cell {cell} names node {node}, but the mesh has {nodes} nodes")]
    NodeOutOfRange {
        /// The cell.
        cell: usize,
        /// The node it names.
        node: NodeId,
        /// How many nodes there are.
        nodes: usize,
    },
    /// A cell with too few or too many nodes for its shape.
    #[error("cell {cell} is a {shape} of {found} nodes, expected {expected}")]
    NodeCount {
        /// The cell.
        cell: usize,
        /// Its shape.
        shape: Shape,
        /// How many nodes it has.
        found: usize,
        /// How many its shape has.
        expected: usize,
    },
    /// A cell that names a node twice and has no volume left.
    #[error(
        "cell {cell} is a {shape} that names node {node} twice and has no volume left: \
         remove the cell or mend its connectivity"
    )]
    CollapsedCell {
        /// The cell.
        cell: usize,
        /// Its shape.
        shape: Shape,
        /// The repeated node.
        node: NodeId,
    },
    /// A volume beyond the largest number.
    #[error("the volume of cell {cell} exceeds the largest number: use a larger unit of length")]
    VolumeOverflow {
        /// The cell.
        cell: usize,
    },
    /// Faces listed for a cell that is not a polyhedron.
    #[error(
        "cell {cell} is a {shape}, but {faces} faces are listed for it: only a polyhedron has listed faces"
    )]
    UnexpectedFaces {
        /// The cell.
        cell: usize,
        /// Its shape.
        shape: Shape,
        /// How many faces are listed.
        faces: usize,
    },
    /// A polyhedron without faces.
    #[error("cell {cell} is a polyhedron without faces")]
    NoFaces {
        /// The cell.
        cell: usize,
    },
    /// A face that encloses nothing.
    #[error("face {face} of cell {cell} has {found} nodes, expected at least 3")]
    FaceTooSmall {
        /// The cell.
        cell: usize,
        /// The face among those of the cell.
        face: usize,
        /// How many nodes it has.
        found: usize,
    },
    /// The nodes of a polyhedron are not those of its faces.
    #[error(
        "cell {cell} is a polyhedron whose {listed} listed nodes are not the {found} nodes of its \
         faces: node {node} is only in one of the two"
    )]
    PolyhedronNodes {
        /// The cell.
        cell: usize,
        /// How many nodes its connectivity lists.
        listed: usize,
        /// How many nodes its faces have.
        found: usize,
        /// A node that is only in one of the two, or listed twice.
        node: NodeId,
    },
    /// A face that is oriented against its neighbours.
    #[error(
        "face {face} of cell {cell} is oriented against the other faces of the polyhedron: every \
         face must run counter-clockwise seen from outside; reverse it, or have all polyhedra \
         oriented before the mesh is built"
    )]
    ReversedFace {
        /// The cell.
        cell: usize,
        /// The first such face among those of the cell.
        face: usize,
    },
    /// A polyhedron whose faces do not close.
    #[error(
        "cell {cell} is a polyhedron that is open at the edge between nodes {} and {}: every edge \
         must belong to two faces",
        nodes[0], nodes[1]
    )]
    OpenPolyhedron {
        /// The cell.
        cell: usize,
        /// The ends of the edge.
        nodes: [NodeId; 2],
    },
}
