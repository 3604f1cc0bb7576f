//! What can be wrong in a MED file, and where.

use thiserror::Error;

pub use crate::hdf5::Hdf5Error;

/// Why a MED file cannot be read.
///
/// Places are paths of HDF5 objects. Cells, nodes and faces count from 1, as they do in the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MedError {
    /// The file is damaged as an HDF5 file, or uses what is not read of HDF5.
    #[error("{place}: {source}")]
    Hdf5 {
        /// The object; empty for the file as a whole.
        place: String,
        /// What is wrong with it.
        #[source]
        source: Hdf5Error,
    },
    /// The file is one of HDF5, but none of MED, or holds no mesh.
    #[error("no mesh: /ENS_MAA, where a MED file has its meshes, is {}", if *.is_there { "empty" } else { "missing" })]
    NoMesh {
        /// Whether the group of meshes is there.
        is_there: bool,
    },
    /// No mesh has the name that was asked for.
    #[error("no mesh {name:?}, expected one of {}", quoted(names))]
    UnknownMesh {
        /// The name.
        name: String,
        /// The names of the meshes in the file.
        names: Vec<String>,
    },
    /// The mesh is a grid.
    #[error("{place}: a structured mesh (TYP is {found}), expected an unstructured one (0)")]
    Structured {
        /// The mesh.
        place: String,
        /// Its type.
        found: i64,
    },
    /// The mesh has no nodes with three coordinates.
    #[error("{place}: space of dimension {found}, expected 3")]
    Dimension {
        /// The mesh.
        place: String,
        /// The dimension.
        found: i64,
    },
    /// What has to be there is not.
    #[error("{place}: no {name:?}")]
    Missing {
        /// The group.
        place: String,
        /// The group, data set or attribute that is not in it.
        name: &'static str,
    },
    /// Numbers or text of another kind.
    #[error("{place}: holds {found}, expected {expected}")]
    Kind {
        /// The data set or attribute.
        place: String,
        /// What it holds.
        found: &'static str,
        /// What it should.
        expected: &'static str,
    },
    /// A data set of the wrong length.
    #[error("{place}: {found} values, expected {expected}: {reason}")]
    Length {
        /// The data set.
        place: String,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
        /// Why.
        reason: &'static str,
    },
    /// A node that does not exist.
    #[error("{place}: cell {cell} names node {node}, expected one of 1 to {nodes}")]
    NodeId {
        /// The connectivity.
        place: String,
        /// The cell among those of its type.
        cell: usize,
        /// The node it names.
        node: i64,
        /// How many nodes there are.
        nodes: usize,
    },
    /// Offsets that descend or leave what they delimit.
    #[error("{place}: offset {position} is {found}, expected {lowest} to {highest}")]
    Offset {
        /// The data set.
        place: String,
        /// Which of the offsets.
        position: usize,
        /// What it is.
        found: i64,
        /// The offset before.
        lowest: i64,
        /// The last that is allowed.
        highest: i64,
    },
    /// Cells of higher order.
    #[error(
        "{place}: {count} quadratic cells; read the corner nodes only with --linearize \
         (ReadOptions::linearize)"
    )]
    Quadratic {
        /// The group of the cells.
        place: String,
        /// How many.
        count: usize,
    },
    /// No cell of three dimensions.
    #[error("mesh {mesh:?} has no three-dimensional cells{}{}", skipped_cells(*skipped), other_meshes(others))]
    NoCells {
        /// The mesh.
        mesh: String,
        /// The number of cells of lower dimension.
        skipped: usize,
        /// The names of the other meshes in the file.
        others: Vec<String>,
    },
    /// A step that does not exist.
    #[error("no step {asked}: the file has {steps} steps, numbered from 0")]
    NoStep {
        /// The step asked for.
        asked: usize,
        /// How many there are.
        steps: usize,
    },
    /// A profile that names a value that does not exist.
    #[error("{place}: names value {found}, expected one of 1 to {count}")]
    Profile {
        /// The profile.
        place: String,
        /// The value it names.
        found: i64,
        /// How many values there are.
        count: usize,
    },
    /// A field of no or too many components.
    #[error("{place}: {found} components, expected 1 to {most}")]
    Components {
        /// The field.
        place: String,
        /// The number of components.
        found: i64,
        /// The most that are read.
        most: i64,
    },
    /// The arrays are whole, but they are no valid mesh.
    #[error("{source} (cells counted from 0, by type, without {skipped} of lower dimension)")]
    Mesh {
        /// What is wrong with the mesh.
        #[source]
        source: mesh_core::MeshError,
        /// The number of cells of lower dimension, which were left out.
        skipped: usize,
    },
}

impl MedError {
    /// Whether the file is legal, but the HDF5 library is needed to read it.
    pub(super) fn is_unsupported(&self) -> bool {
        let is_unsupported = |source: &_| matches!(source, Hdf5Error::Unsupported { .. });
        matches!(self, Self::Hdf5 { source, .. } if is_unsupported(source))
    }
}

fn quoted(names: &[String]) -> String {
    const MOST: usize = 10;
    let mut quoted: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("{:?}", crate::shorten(name)))
        .collect();
    if names.len() > MOST {
        quoted.push(format!("{} more", names.len() - MOST));
    }
    quoted.join(", ")
}

fn skipped_cells(skipped: usize) -> String {
    match skipped {
        0 => String::new(),
        _ => format!(", only {skipped} of lower dimension"),
    }
}

fn other_meshes(others: &[String]) -> String {
    match others {
        [] => String::new(),
        _ => format!("; other meshes of the file: {}", quoted(others)),
    }
}
