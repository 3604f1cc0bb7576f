//! What can go wrong, one enum per family of functions.

use mesh_core::{DataArrayError, Fingerprint, Location};
use thiserror::Error;

/// Why a matrix could not be prepared.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The scheme added to a row that its matrix does not have.
    #[error("scheme {scheme} added to row {row}, but says that its matrix has {rows} rows")]
    RowOutOfRange {
        /// Name of the scheme.
        scheme: String,
        /// The row.
        row: u32,
        /// How many rows there are.
        rows: usize,
    },
    /// The scheme added to a column that its matrix does not have.
    #[error(
        "scheme {scheme} added to column {column}, but says that its matrix has {columns} columns"
    )]
    ColumnOutOfRange {
        /// Name of the scheme.
        scheme: String,
        /// The column.
        column: u32,
        /// How many columns there are.
        columns: usize,
    },
    /// The scheme added weights that are not finite, or add up to one that is not.
    #[error(
        "scheme {scheme} adds up to {weight} in row {row}, column {column}; weights must be finite"
    )]
    WeightNotFinite {
        /// Name of the scheme.
        scheme: String,
        /// The row.
        row: u32,
        /// The column.
        column: u32,
        /// The weight.
        weight: f64,
    },
    /// The scheme was made for another source mesh.
    #[error(
        "scheme {scheme} was made for a source mesh with fingerprint {expected}, but this one has {found}; make it anew"
    )]
    OtherSource {
        /// Name of the scheme.
        scheme: String,
        /// Fingerprint of the scheme's mesh.
        expected: Fingerprint,
        /// Fingerprint of the mesh.
        found: Fingerprint,
    },
}

/// Why a matrix does not belong to a pair of meshes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MatrixMismatch {
    /// The matrix has another number of columns than the source mesh has cells.
    #[error("the matrix has {columns} columns, but the source mesh has {count} {location}")]
    Columns {
        /// Columns of the matrix.
        columns: usize,
        /// Cells or nodes of the source mesh.
        count: usize,
        /// Whether they are cells or nodes.
        location: Location,
    },
    /// The matrix has another number of rows than the target mesh has cells.
    #[error("the matrix has {rows} rows, but the target mesh has {count} {location}")]
    Rows {
        /// Rows of the matrix.
        rows: usize,
        /// Cells or nodes of the target mesh.
        count: usize,
        /// Whether they are cells or nodes.
        location: Location,
    },
    /// The matrix was prepared for another source mesh.
    #[error(
        "the matrix was prepared for a source mesh with fingerprint {expected}, but this one has {found}; prepare it again"
    )]
    Source {
        /// Fingerprint in the matrix.
        expected: Fingerprint,
        /// Fingerprint of the mesh.
        found: Fingerprint,
    },
    /// The matrix was prepared for another target mesh.
    #[error(
        "the matrix was prepared for a target mesh with fingerprint {expected}, but this one has {found}; prepare it again"
    )]
    Target {
        /// Fingerprint in the matrix.
        expected: Fingerprint,
        /// Fingerprint of the mesh.
        found: Fingerprint,
    },
}

/// Why a field could not be carried across.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum OperatorError {
    /// The matrix does not belong to the meshes.
    #[error(transparent)]
    Mismatch(#[from] MatrixMismatch),
    /// The field has another number of tuples than the matrix has columns (rows, in reverse).
    #[error("the field has {found} tuples, but the operator expects {expected}, one per cell")]
    WrongLength {
        /// Tuples of the field.
        found: usize,
        /// Cells of the mesh.
        expected: usize,
    },
    /// The scheme was made for another source mesh.
    #[error(
        "scheme {scheme} was made for a source mesh with fingerprint {expected}, but this one has {found}; make it anew"
    )]
    OtherSource {
        /// Name of the scheme.
        scheme: String,
        /// Fingerprint of the scheme's mesh.
        expected: Fingerprint,
        /// Fingerprint of the mesh.
        found: Fingerprint,
    },
    /// The scheme gave another number of gradients than there are source cells.
    #[error("scheme {scheme} gave {found} gradients for {expected} source cells")]
    GradientCount {
        /// Name of the scheme.
        scheme: String,
        /// Gradients.
        found: usize,
        /// Cells of the source mesh.
        expected: usize,
    },
    /// The result could not be put into an array.
    #[error(transparent)]
    Array(#[from] DataArrayError),
}
