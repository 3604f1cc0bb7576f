//! From entries in any order to a matrix whose columns ascend in each row.

use mesh_core::{CsrMatrix, MatrixError, matrix_from_parts};

/// Entries row by row; columns in any order within a row, also repeatedly.
#[derive(Debug)]
pub(crate) struct Entries {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Where each row begins, and the end: ascending from 0 to the number of entries.
    pub(crate) offsets: Vec<usize>,
    pub(crate) indices: Vec<u32>,
    pub(crate) values: Vec<f64>,
}

/// Rows that a matrix may have however few its entries are; each takes sixteen bytes of memory.
const FEW_ROWS: usize = 1 << 24;

/// Whether a file that is no larger than its entries may mean so many rows.
pub(crate) const fn are_plausible(rows: usize, entries: usize) -> bool {
    rows <= FEW_ROWS || rows / 256 <= entries
}

impl Entries {
    /// Entries in any order, gathered row by row in their order. Every row is below `rows`.
    pub(crate) fn gather(
        (rows, columns): (usize, usize),
        of_rows: &[u32],
        of_columns: Vec<u32>,
        of_values: Vec<f64>,
    ) -> Self {
        let mut offsets = vec![0_usize; rows + 1];
        for row in of_rows {
            offsets[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let (indices, values) = if of_rows.is_sorted() {
            (of_columns, of_values)
        } else {
            let mut next = offsets.clone();
            let mut indices = vec![0; of_rows.len()];
            let mut values = vec![0.0; of_rows.len()];
            for ((row, column), value) in of_rows.iter().zip(of_columns).zip(of_values) {
                let place = &mut next[*row as usize];
                (indices[*place], values[*place]) = (column, value);
                *place += 1;
            }
            (indices, values)
        };
        Self {
            rows,
            columns,
            offsets,
            indices,
            values,
        }
    }

    /// The matrix: columns sorted, entries of one column added in their order.
    ///
    /// # Errors
    ///
    /// Columns out of range, values that are not finite.
    ///
    /// Cost: one pass when everything is sorted.
    pub(crate) fn into_matrix(mut self) -> Result<CsrMatrix, MatrixError> {
        if !self.is_sorted() {
            self.sort();
        }
        let Self {
            rows,
            columns,
            offsets,
            indices,
            values,
        } = self;
        matrix_from_parts((rows, columns), offsets, indices, values)
    }

    fn is_sorted(&self) -> bool {
        self.offsets
            .windows(2)
            .all(|row| self.indices[row[0]..row[1]].is_sorted_by(|a, b| a < b))
    }

    fn sort(&mut self) {
        let mut kept = 0;
        let mut start = 0;
        let mut row = Vec::new();
        for end in &mut self.offsets[1..] {
            row.clear();
            let indices = self.indices[start..*end].iter().copied();
            row.extend(indices.zip(self.values[start..*end].iter().copied()));
            // Stable: repeated entries are added in their order.
            row.sort_by_key(|(column, _)| *column);
            let first = kept;
            for &(column, value) in &row {
                if kept > first && self.indices[kept - 1] == column {
                    self.values[kept - 1] += value;
                } else {
                    (self.indices[kept], self.values[kept]) = (column, value);
                    kept += 1;
                }
            }
            start = *end;
            *end = kept;
        }
        self.indices.truncate(kept);
        self.values.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_in_any_order_are_gathered_in_their_order() {
        let gather =
            |rows: &[u32]| Entries::gather((3, 4), rows, vec![3, 0, 3], vec![1.0, 2.0, 3.0]);
        let entries = gather(&[2, 0, 2]);
        assert_eq!(entries.offsets, [0, 1, 1, 3]);
        assert_eq!(entries.indices, [0, 3, 3]);
        assert_eq!(entries.values, [2.0, 1.0, 3.0]);
        assert_eq!(gather(&[0, 0, 1]).values, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn columns_are_sorted_and_repeated_entries_are_added() {
        let matrix = Entries {
            rows: 3,
            columns: 4,
            offsets: vec![0, 3, 3, 5],
            indices: vec![3, 0, 3, 2, 1],
            values: vec![1.0, 2.0, 3.0, 4.0, 5.0],
        }
        .into_matrix()
        .unwrap();
        assert_eq!(matrix.indptr().raw_storage(), [0, 2, 2, 4]);
        assert_eq!(matrix.indices(), [0, 3, 1, 2]);
        assert_eq!(matrix.data(), [2.0, 4.0, 5.0, 4.0]);
    }
}
