//! Conservative remapping between two meshes that fit nowhere.
//!
//! Search, intersect, interpolate: [`prepare`] finds for every target cell the source cells whose
//! bounds touch it ([`CandidateSearch`]), computes the overlaps, and lets a [`Scheme`] turn them into the
//! [`OverlapMatrix`]: rows target, columns source. A [`RemapOperator`] made of it for a [`Nature`]
//! carries fields across, as often as wanted, and back; with a [`Mask`], a [`Fixup`] where the meshes do
//! not match, bounds, and a [`ConservationReport`] of what was kept ([`RemapOperator::transfer`]).
//! [`check`] holds the laws that a matrix obeys.
//!
//! ```
//! use mesh_core::{CartesianMesh, DataArray, Vector3};
//! use remap::{Nature, P0P0, RemapOperator, prepare};
//!
//! let axis: Vec<f64> = (0..=4).map(f64::from).collect();
//! let source = CartesianMesh::new(vec![axis; 3])?.to_unstructured()?;
//! let target = source.translate(&Vector3::new(0.5, 0.5, 0.5))?;
//!
//! let matrix = prepare(&source, &target, &P0P0)?;
//! assert_eq!(matrix.nonzeros(), 7 * 7 * 7);
//! assert_eq!(matrix.sum(), 3.5_f64.powi(3));
//!
//! let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
//! let temperature = DataArray::scalars(vec![300.0; 64]);
//! let carried = operator.apply(&temperature, f64::NAN)?;
//! assert_eq!(carried.values()[0], 300.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every number is the same for any number of threads: an entry depends only on its two cells, a
//! row only on its target cell and its source cells in ascending order.

#[cfg(test)]
mod all_pairs;
mod assembly;
mod bins;
mod candidates;
mod cell_table;
mod cells;
pub mod check;
mod counting_sort;
mod curve;
mod error;
mod field_operator;
mod field_scheme;
mod found;
mod grid;
mod hexahedra;
mod linear_functions;
mod matrix_scheme;
mod moment_matrix;
mod nearby;
mod numbering;
mod operator;
mod oriented_cells;
mod overlap_matrix;
mod overlaps;
mod packed_tree;
mod pieces;
mod prepare;
mod product;
mod projection;
mod reconstruction;
mod scheme;
mod schemes;
mod search_frame;
mod tetrahedra;

pub use candidates::CandidateSearch;
pub use cells::{SourceCell, TargetCell};
pub use error::{MatrixMismatch, OperatorError, PrepareError, ProjectionError};
pub use field_operator::FieldOperator;
pub use field_scheme::FieldScheme;
pub use matrix_scheme::MatrixScheme;
pub use moment_matrix::{MomentMatrix, MomentMatrixError, OverlapMoments};
pub use operator::{
    ComponentReport, ConservationReport, Empty, Fixup, Limits, Mask, Nature, PartlyCovered,
    RemapOperator, Statistics, Transfer, Transferred, Uncovered, ValueRange,
};
pub use overlap_matrix::{Difference, OverlapMatrix, difference};
pub use prepare::{Preparation, Progress, Seconds, prepare, prepare_with};
pub use projection::{Projection, mass_matrix};
pub use reconstruction::{Gradients, Limiter, Neighbourhood};
pub use scheme::{Contributions, MomentsNeeded, Overlap, Overlaps, Pieces, Scheme};
pub use schemes::{
    LimitedSecondOrder, LinearP0P1, NearestCell, P0P0, P0P1, P1P0, P1P1, PointLocation, SecondOrder,
};
