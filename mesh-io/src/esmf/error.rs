//! What can be wrong with a weight file, and why a matrix cannot become one.

use mesh_core::MatrixError;
use thiserror::Error;

use crate::labels::LabelError;
use crate::netcdf::NetcdfError;

/// What can be wrong with an ESMF weight file.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum EsmfError {
    /// It is no netCDF file, or a damaged one, or one that is not read.
    #[error(transparent)]
    Netcdf(#[from] NetcdfError),
    /// A dimension or variable that has to be there is not.
    #[error(
        "no {what} {name}, expected the weight file of ESMF_RegridWeightGen or `remap prepare`"
    )]
    Missing {
        /// `dimension` or `variable`.
        what: &'static str,
        /// Its name.
        name: &'static str,
    },
    /// More cells than there are ids.
    #[error("dimension {name}: {found} cells, expected at most 4294967295: ids have 32 bits")]
    TooLarge {
        /// The dimension.
        name: &'static str,
        /// Its length.
        found: u64,
    },
    /// So many more rows than entries that it cannot be meant.
    #[error("dimension n_b: {rows} rows, but only {entries} entries and no areas")]
    EmptyRows {
        /// The number of rows.
        rows: usize,
        /// The number of entries.
        entries: usize,
    },
    /// A variable of another length.
    #[error("variable {name}: {found} values, expected {expected}")]
    Length {
        /// The variable.
        name: &'static str,
        /// The values it has.
        found: usize,
        /// The values expected.
        expected: usize,
    },
    /// A normalization that is not known.
    #[error("normalization is {found:?}, expected destarea, fracarea or none")]
    Normalization {
        /// What stands there.
        found: String,
    },
    /// Weights without the areas that they were divided by.
    #[error(
        "no variable {name}: without it the weights cannot become the overlap volumes they were; \
         expected it, or overlap_volume"
    )]
    NoAreas {
        /// The variable.
        name: &'static str,
    },
    /// An area that nothing can have been divided by.
    #[error(
        "variable {name}: value {row} is {area}, but the row has weights: expected an area above 0"
    )]
    Area {
        /// The variable.
        name: &'static str,
        /// The row, from 0.
        row: u32,
        /// The area.
        area: f64,
    },
    /// Weights that are not the quotients of the overlaps beside them.
    #[error(
        "variable S: value {index} is {weight}, but overlap_volume / area_b is {expected}: one of \
         them was changed; remove overlap_volume if S is right"
    )]
    Weight {
        /// The place of the weight, from 0.
        index: usize,
        /// The weight.
        weight: f64,
        /// What it should be.
        expected: f64,
    },
    /// The attributes of a part are not all there.
    #[error("no attribute {name}, although the file has a part of a matrix")]
    Part {
        /// The attribute.
        name: &'static str,
    },
    /// An attribute that says what is not known.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// The weights are no matrix.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
}

/// Why a matrix cannot become weights.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum WeightsError {
    /// Nobody says what the cells measure.
    #[error(
        "the matrix does not know the volumes of its {side} cells, which weights are made with: \
         expected a matrix that `remap prepare` wrote as .npz or .nc"
    )]
    NoMeasures {
        /// `source` or `target`.
        side: &'static str,
    },
    /// More or fewer measures than rows or columns.
    #[error("{found} volumes of {side} cells, expected {expected}")]
    MeasureCount {
        /// `source` or `target`.
        side: &'static str,
        /// The measures there are.
        found: usize,
        /// The rows or columns there are.
        expected: usize,
    },
    /// A row that cannot be divided by its measure.
    #[error(
        "row {row} has entries, but its target cell has volume {measure}: expected one above 0"
    )]
    Measure {
        /// The row, from 0.
        row: usize,
        /// The measure.
        measure: f64,
    },
}
