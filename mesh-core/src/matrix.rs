//! The sparse matrix type that every crate exchanges: rows are target, columns are source.

use std::fmt;
use std::str::FromStr;

use crate::hashing::{ArrayHasher, ParseHashError, parse_hash};
use crate::ranges::{RangeError, check_offsets};

/// A compressed sparse row matrix: values, 32-bit columns and word-sized row offsets.
/// Rows are target, columns are source; columns ascend within a row.
pub type CsrMatrix = sprs::CsMatI<f64, u32, usize>;

/// The hash of a matrix: equal for the same shape, offsets, columns and bits of the values.
///
/// Written as 32 hexadecimal digits. The same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u128);

impl Digest {
    /// The digest with this value.
    #[must_use]
    pub const fn new(value: u128) -> Self {
        Self(value)
    }

    /// The value as a number.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl FromStr for Digest {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        parse_hash(text).map(Self)
    }
}

/// Why arrays are not a matrix.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MatrixError {
    /// Wrong number of row offsets.
    #[error("the matrix has {rows} rows and needs {} row offsets, but has {found}", rows + 1)]
    OffsetCount {
        /// How many rows.
        rows: usize,
        /// How many offsets.
        found: usize,
    },
    /// Row offsets that do not ascend from 0.
    #[error("row offsets: {0}")]
    Offsets(#[from] RangeError),
    /// The last offset does not match the arrays.
    #[error(
        "the last row offset is {end}, but there are {columns} column ids and {values} values: \
         the three must agree"
    )]
    Length {
        /// The last row offset.
        end: usize,
        /// How many column ids.
        columns: usize,
        /// How many values.
        values: usize,
    },
    /// A column beyond the last.
    #[error("row {row} names column {column}, but the matrix has {columns} columns")]
    ColumnOutOfRange {
        /// The row.
        row: usize,
        /// The column it names.
        column: u32,
        /// How many columns there are.
        columns: usize,
    },
    /// Columns that do not ascend.
    #[error(
        "row {row} names column {column} after column {previous}: columns must ascend within a row"
    )]
    ColumnOrder {
        /// The row.
        row: usize,
        /// The column.
        column: u32,
        /// The column before it.
        previous: u32,
    },
    /// An infinite or undefined value.
    #[error("row {row}, column {column} holds {value}: every value must be finite")]
    NotFinite {
        /// The row.
        row: usize,
        /// The column.
        column: u32,
        /// The value.
        value: f64,
    },
    /// More columns or rows than ids.
    #[error("a matrix of {rows} rows and {columns} columns is too large: ids are 32-bit numbers")]
    TooLarge {
        /// How many rows.
        rows: usize,
        /// How many columns.
        columns: usize,
    },
}

/// The digest of a matrix, by one pass over its arrays.
///
/// ```
/// use mesh_core::{digest, matrix_from_parts};
/// let matrix = matrix_from_parts((1, 2), vec![0, 1], vec![1], vec![0.5])?;
/// let other = matrix_from_parts((1, 3), vec![0, 1], vec![1], vec![0.5])?;
/// assert_ne!(digest(&matrix), digest(&other));
/// # Ok::<(), mesh_core::MatrixError>(())
/// ```
#[must_use]
pub fn digest(matrix: &CsrMatrix) -> Digest {
    let mut hasher = ArrayHasher::new("csr matrix");
    hasher.length(matrix.rows());
    hasher.length(matrix.cols());
    hasher.array(matrix.proper_indptr().as_ref(), |&offset| {
        (offset as u64).to_le_bytes()
    });
    hasher.array(matrix.indices(), |column| column.to_le_bytes());
    hasher.array(matrix.data(), |value| value.to_le_bytes());
    Digest(hasher.finish())
}

/// The matrix with `shape` rows and columns made of these arrays, checked: offsets ascend from 0
/// to the number of entries, columns are in range and ascend within each row, values are finite.
///
/// # Errors
/// The first violation, by row and column.
pub fn matrix_from_parts(
    shape: (usize, usize),
    offsets: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
) -> Result<CsrMatrix, MatrixError> {
    check_parts(shape, &offsets, &columns, &values)?;
    // The checks above are those of sprs and more, so that this error does not occur.
    CsrMatrix::try_new(shape, offsets, columns, values).map_err(|_| MatrixError::TooLarge {
        rows: shape.0,
        columns: shape.1,
    })
}

fn check_parts(
    (rows, column_count): (usize, usize),
    offsets: &[usize],
    columns: &[u32],
    values: &[f64],
) -> Result<(), MatrixError> {
    if rows > u32::MAX as usize || column_count > u32::MAX as usize {
        return Err(MatrixError::TooLarge {
            rows,
            columns: column_count,
        });
    }
    if offsets.len() != rows + 1 {
        return Err(MatrixError::OffsetCount {
            rows,
            found: offsets.len(),
        });
    }
    check_offsets(offsets)?;
    let end = offsets[rows];
    if columns.len() != end || values.len() != end {
        return Err(MatrixError::Length {
            end,
            columns: columns.len(),
            values: values.len(),
        });
    }
    for (row, range) in offsets.windows(2).enumerate() {
        let mut previous = None;
        for (&column, &value) in columns[range[0]..range[1]]
            .iter()
            .zip(&values[range[0]..range[1]])
        {
            if column as usize >= column_count {
                return Err(MatrixError::ColumnOutOfRange {
                    row,
                    column,
                    columns: column_count,
                });
            }
            if let Some(previous) = previous.filter(|&previous| previous >= column) {
                return Err(MatrixError::ColumnOrder {
                    row,
                    column,
                    previous,
                });
            }
            if !value.is_finite() {
                return Err(MatrixError::NotFinite { row, column, value });
            }
            previous = Some(column);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(
        shape: (usize, usize),
        offsets: &[usize],
        columns: &[u32],
        values: &[f64],
    ) -> String {
        matrix_from_parts(shape, offsets.to_vec(), columns.to_vec(), values.to_vec())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_digest_sees_every_array() {
        let build = |columns: usize, column: u32, value: f64| {
            digest(&matrix_from_parts((1, columns), vec![0, 1], vec![column], vec![value]).unwrap())
        };
        let digest = build(3, 1, 0.5);
        assert_eq!(digest, build(3, 1, 0.5));
        for other in [
            build(4, 1, 0.5),
            build(3, 2, 0.5),
            build(3, 1, 0.500_000_000_000_1),
        ] {
            assert_ne!(digest, other);
        }
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn a_wrong_number_of_offsets_is_refused() {
        let message = message((2, 2), &[0, 1], &[0], &[1.0]);
        assert_eq!(
            message,
            "the matrix has 2 rows and needs 3 row offsets, but has 2"
        );
    }

    #[test]
    fn descending_offsets_are_refused() {
        assert!(message((2, 2), &[0, 2, 1], &[0], &[1.0]).contains("offset 2 is 1"));
    }

    #[test]
    fn arrays_of_different_length_are_refused() {
        assert!(message((1, 2), &[0, 2], &[0, 1], &[1.0]).contains("2 column ids and 1 values"));
    }

    #[test]
    fn a_column_out_of_range_is_refused() {
        let message = message((1, 2), &[0, 1], &[2], &[1.0]);
        assert_eq!(
            message,
            "row 0 names column 2, but the matrix has 2 columns"
        );
    }

    #[test]
    fn columns_that_do_not_ascend_are_refused() {
        assert!(message((1, 2), &[0, 2], &[1, 1], &[1.0, 1.0]).contains("must ascend"));
    }

    #[test]
    fn an_undefined_value_is_refused() {
        assert!(message((1, 2), &[0, 1], &[0], &[f64::NAN]).contains("holds NaN"));
    }
}
