//! Data arrays, fields, Cartesian and unstructured meshes, valid by construction.
//!
//! A mesh is checked once, when it is built; everything after that may rely on finite
//! coordinates, ids in range, closed polyhedra and cells that are not mirrored.
//!
//! ```
//! use mesh_core::{CartesianMesh, CellId};
//!
//! let axis: Vec<f64> = (0..=4).map(|i| f64::from(i) / 4.0).collect();
//! let mesh = CartesianMesh::new(vec![axis; 3])?.to_unstructured()?;
//! assert_eq!(mesh.cell_count(), 64);
//! assert_eq!(mesh.measure(CellId::new(0)), 1.0 / 64.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is promised: every number here is the same for any number of threads; measures scale by
//! exactly 2^3k when the coordinates scale by 2^k, and do not change when the coordinates are
//! translated without rounding. What is not: that cells do not overlap each other, or that faces
//! do not cross; both are the mesh generator's affair.

mod bounds;
mod cartesian_mesh;
mod data_array;
mod field;
mod generate;
mod hashing;
mod ids;
mod matrix;
mod prefetch;
mod ranges;
mod shape;
mod sum;
mod unstructured_mesh;

pub use bounds::Bounds;
pub use cartesian_mesh::{CartesianMesh, CartesianMeshError};
pub use data_array::{DataArray, DataArrayError, Number};
pub use field::{Field, FieldError, FieldValues, Label, Location};
pub use generate::{BoxCellShape, BoxMesh, DualError, GenerateError, dual_of_tetrahedra};
pub use hashing::{Fingerprint, ParseHashError};
pub use ids::{CellId, NodeId};
pub use matrix::{CsrMatrix, Digest, MatrixError, digest, matrix_from_parts};
pub use prefetch::{prefetch, prefetch_to_end};
pub use ranges::{
    RangeError, check_offsets, counts_from_offsets, offsets_from_counts, slice_of_range,
};
pub use shape::Shape;
pub use sum::compensated_sum;
pub use unstructured_mesh::{
    ExtractError, Faces, MergeNodesError, MergedNodes, MeshArrays, MeshBuilder, MeshError,
    Neighbours, NodeCells, PolyhedronFaces, Tetrahedra, TransformError, UnstructuredMesh,
};

/// A point or the coordinates of a node, in the unit of the mesh.
pub type Point3 = nalgebra::Point3<f64>;

/// A difference of two points, in the unit of the mesh.
pub type Vector3 = nalgebra::Vector3<f64>;
