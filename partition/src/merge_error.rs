//! Why matrices of parts are refused.

use mesh_core::{CellId, Fingerprint};
use thiserror::Error;

/// Why matrices of parts do not make a whole matrix.
///
/// `name`, `first` and `second` are the names given to [`merge`](crate::merge), usually those of files. Parts are
/// written `part/parts`, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("no parts given; expected at least one")]
    NoParts,
    /// One matrix is of a job cut into another number of parts than the first one's.
    #[error("{name}: belongs to a job of {found} parts, but {first} to one of {expected}")]
    DifferentParts {
        /// The part that differs.
        name: String,
        /// The part it was compared with.
        first: String,
        /// Its number of parts.
        found: usize,
        /// The number of parts of `first`.
        expected: usize,
    },
    /// A part's number is not below the number of parts.
    #[error("{name}: says it is part {part} of {parts} parts; parts are counted from 0")]
    PartOutOfRange {
        /// The part at fault.
        name: String,
        /// Its number.
        part: usize,
        /// The number of parts.
        parts: usize,
    },
    /// The same part was given twice.
    #[error("{second}: is part {part}/{parts}, but so is {first}; give each part once")]
    PartDoubled {
        /// The part given first.
        first: String,
        /// The part given again.
        second: String,
        /// The number both have.
        part: usize,
        /// The number of parts.
        parts: usize,
    },
    /// At least one part was not given.
    #[error("part {part}/{parts} is missing (parts missing in all: {missing})")]
    PartMissing {
        /// The lowest number that is missing.
        part: usize,
        /// The number of parts.
        parts: usize,
        /// How many are missing.
        missing: usize,
    },
    /// A part was computed from another source mesh than the first one.
    #[error("{name}: was made from source mesh {found}, but {first} from {expected}")]
    ForeignSource {
        /// The part that differs.
        name: String,
        /// The part it was compared with.
        first: String,
        /// Its source mesh.
        found: Fingerprint,
        /// The source mesh of `first`.
        expected: Fingerprint,
    },
    /// A part was computed for another target mesh than the first one.
    #[error("{name}: was made for target mesh {found}, but {first} for {expected}")]
    ForeignTarget {
        /// The part that differs.
        name: String,
        /// The part it was compared with.
        first: String,
        /// Its target mesh.
        found: Fingerprint,
        /// The target mesh of `first`.
        expected: Fingerprint,
    },
    /// A matrix has another number of columns than the first one.
    #[error("{name}: has {found} columns (source cells), but {first} has {expected}")]
    ColumnCount {
        /// The part that differs.
        name: String,
        /// The part it was compared with.
        first: String,
        /// Its number of columns.
        found: usize,
        /// The number of columns of `first`.
        expected: usize,
    },
    /// A part says another number of rows of the whole matrix than the first one.
    #[error(
        "{name}: belongs to a matrix of {found} rows (target cells), but {first} to one of {expected}"
    )]
    TargetRowCount {
        /// The part that differs.
        name: String,
        /// The part it was compared with.
        first: String,
        /// Its number of rows of the whole matrix.
        found: usize,
        /// The same of `first`.
        expected: usize,
    },
    /// A part's row map has not one entry for each row of its matrix.
    #[error("{name}: names {named} global rows for a matrix of {rows} rows")]
    RowMap {
        /// The part at fault.
        name: String,
        /// The length of the row map.
        named: usize,
        /// The number of rows of the matrix.
        rows: usize,
    },
    /// A part's matrix is stored by columns.
    #[error("{name}: the matrix is stored by columns; expected compressed rows")]
    NotByRows {
        /// The part at fault.
        name: String,
    },
    /// A row map names a row that the whole matrix does not have.
    #[error("{name}: local row {local} is global row {row}, but the whole matrix has {rows} rows")]
    RowOutOfRange {
        /// The part at fault.
        name: String,
        /// The row of the part's matrix.
        local: usize,
        /// The global row it claims to be.
        row: CellId,
        /// The number of rows of the whole matrix.
        rows: usize,
    },
    /// Two parts, or one part twice, have the same row.
    #[error(
        "{second}: has global row {row}, but {first} has it already; expected parts that one partition made, by one method"
    )]
    RowTwice {
        /// The part that has it first.
        first: String,
        /// The part that has it again (the same part where its own row map repeats itself).
        second: String,
        /// The row.
        row: CellId,
    },
    /// No part has a row of the whole matrix.
    #[error(
        "global row {row} of {rows} is in no part; expected parts that one partition made, by one method"
    )]
    RowMissing {
        /// The lowest such row.
        row: usize,
        /// The number of rows of the whole matrix.
        rows: usize,
    },
}
