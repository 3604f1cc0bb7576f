//! What can go wrong, one enum per family of functions.

use mesh_core::{DataArrayError, Fingerprint, Location, MatrixError, MeshError};
use thiserror::Error;

use crate::operator::Nature;

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
    /// A scheme without overlaps made arrays that are no matrix.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// A mesh could not be cut into the tetrahedra that the scheme asks for.
    #[error("the mesh cannot be cut into tetrahedra: {0}")]
    Tetrahedra(#[from] MeshError),
    /// The scheme asks for tetrahedra, and counts rows or columns other than their cells or nodes.
    #[error(
        "scheme {scheme} counts {found} rows or columns for the {expected} {location} of a mesh cut \
         into tetrahedra; it must have one for each"
    )]
    CountOfPieces {
        /// Name of the scheme.
        scheme: String,
        /// Rows or columns.
        found: usize,
        /// Cells or nodes of the tetrahedra.
        expected: usize,
        /// Whether they are cells or nodes.
        location: Location,
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

/// Why a field could not be projected.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// The matrix does not belong to the meshes.
    #[error(transparent)]
    Mismatch(#[from] MatrixMismatch),
    /// The rows of the matrix are target cells.
    #[error("a projection gives values on nodes, but the rows of the matrix are target cells")]
    NotToNodes,
    /// Totals have no projection.
    #[error(
        "a projection keeps values per volume, but {} is for totals of cells; \
         divide them by the volumes and take an intensive nature",
        nature.name()
    )]
    Extensive {
        /// The nature.
        nature: Nature,
    },
    /// The field has another number of tuples than the matrix has columns.
    #[error("the field has {found} tuples, but the matrix has {expected} columns")]
    WrongLength {
        /// Tuples of the field.
        found: usize,
        /// Columns of the matrix.
        expected: usize,
    },
    /// A value that would spoil all others.
    #[error(
        "value {tuple} of the field is {value}, and in a projection every value depends on all; \
         take an operator, which leaves missing values out"
    )]
    NotFinite {
        /// Which tuple.
        tuple: usize,
        /// The value.
        value: f64,
    },
    /// The mass matrix has no inverse that can be relied on.
    #[error(
        "the mass matrix of the target is not positive: some cells are folded in too far; \
         take an operator in place of the projection"
    )]
    NotPositive,
    /// The target could not be cut into tetrahedra.
    #[error("the target cannot be cut into tetrahedra: {0}")]
    Tetrahedra(#[from] MeshError),
    /// The result could not be put into an array.
    #[error(transparent)]
    Array(#[from] DataArrayError),
}

/// Why a matrix does not belong to a pair of meshes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MatrixMismatch {
    /// The laws of overlaps were asked of a matrix of nodes.
    #[error(
        "its {entries} are nodes of the {mesh} mesh; expected cells of both meshes, whose volumes the sums are held against, as the scheme p0-p0 has them"
    )]
    OfNodes {
        /// `rows` or `columns`.
        entries: &'static str,
        /// `target` or `source`.
        mesh: &'static str,
    },
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
    /// The source mesh is the target mesh of the matrix, and the other way round.
    #[error(
        "the meshes are given the other way round: the matrix goes from the mesh given as target to the one given as source; give the source first, as when it was prepared"
    )]
    Swapped,
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
    /// The field lives elsewhere than the operator's matrix says.
    #[error("field {name:?} is on {found}, but the matrix takes fields on {expected}")]
    WrongLocation {
        /// The field.
        name: String,
        /// Where it lives.
        found: Location,
        /// Where it should.
        expected: Location,
    },
    /// A mask of several components.
    #[error("the mask has {components} components, but one is expected: 0 where a cell is masked")]
    MaskComponents {
        /// How many components.
        components: usize,
    },
    /// A mask of another length.
    #[error("the mask has {found} values, but there are {expected} {location}")]
    MaskLength {
        /// How many values.
        found: usize,
        /// How many cells or nodes.
        expected: usize,
        /// Whether they are cells or nodes.
        location: Location,
    },
    /// A mask that lives elsewhere.
    #[error("the mask is on {found}, but one on {expected} is needed")]
    MaskLocation {
        /// Where it lives.
        found: Location,
        /// Where it should.
        expected: Location,
    },
    /// A mask that leaves nothing.
    #[error("the mask masks all of its {count} values, but at least one must take part")]
    MasksEverything {
        /// How many values.
        count: usize,
    },
    /// A number that should be between zero and one.
    #[error("a least coverage of {found} is no fraction; give a number from 0 to 1")]
    NoFraction {
        /// The number.
        found: f64,
    },
    /// A range whose ends are the wrong way round, or not numbers.
    #[error("no value lies between the bounds {minimum} and {maximum}; the least comes first")]
    EmptyRange {
        /// The least value.
        minimum: f64,
        /// The greatest value.
        maximum: f64,
    },
    /// Bounds for another number of components.
    #[error("{found} pairs of bounds were given for {expected} components")]
    RangeCount {
        /// How many pairs.
        found: usize,
        /// How many components.
        expected: usize,
    },
    /// Bounds between which no field has the integral that is to be kept.
    #[error(
        "bounds {minimum} to {maximum} cannot be kept together with the integral: \
         the mean value is {mean}; widen the bounds, or leave them out"
    )]
    BoundsOutOfReach {
        /// The integral over the measure of all cells with a value.
        mean: f64,
        /// The least value that is allowed.
        minimum: f64,
        /// The greatest value that is allowed.
        maximum: f64,
    },
    /// A fix-up that has nothing to go by.
    #[error(
        "no target cell has a value, so that there is nothing to fix up; do the meshes overlap?"
    )]
    NothingCovered,
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
