//! From contributions, target cell by target cell, to a sparse matrix.

use mesh_core::CsrMatrix;

use crate::error::PrepareError;
use crate::scheme::{Contributions, Entry, Scheme};

/// What a scheme's matrix looks like from outside.
pub(crate) struct Frame<'a> {
    pub(crate) scheme: &'a dyn Scheme,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// The rows of consecutive target cells: twelve bytes per entry.
///
/// Contributions to the row of their own target cell, the common case, are complete with their cell
/// and go where they stay. Others (rows of target nodes, say) are kept aside until all cells are in.
#[derive(Debug, Default)]
pub(crate) struct RowBlock {
    counts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
    aside: Vec<Entry>,
}

impl RowBlock {
    /// Takes over and clears the contributions of the next target cell, whose own row is `row`.
    pub(crate) fn push_cell(
        &mut self,
        row: u32,
        contributions: &mut Contributions,
        frame: &Frame<'_>,
    ) -> Result<(), PrepareError> {
        let before = self.columns.len();
        let entries = &mut contributions.entries;
        if !entries.is_sorted_by_key(|entry| (entry.row, entry.column)) {
            // Stable, so that what goes into one entry is summed in the order it came.
            entries.sort_by_key(|entry| (entry.row, entry.column));
        }
        for entry in entries.drain(..) {
            frame.check(&entry)?;
            if entry.row != row {
                self.aside.push(entry);
            } else if self.columns.len() > before && self.columns.last() == Some(&entry.column) {
                if let Some(value) = self.values.last_mut() {
                    *value += entry.weight;
                    frame.check_weight(entry.row, entry.column, *value)?;
                }
            } else {
                self.columns.push(entry.column);
                self.values.push(entry.weight);
            }
        }
        self.counts.push((self.columns.len() - before) as u32);
        Ok(())
    }
}

impl Frame<'_> {
    fn check(&self, entry: &Entry) -> Result<(), PrepareError> {
        let scheme = || self.scheme.name().to_owned();
        if entry.row as usize >= self.rows {
            return Err(PrepareError::RowOutOfRange {
                scheme: scheme(),
                row: entry.row,
                rows: self.rows,
            });
        }
        if entry.column as usize >= self.columns {
            return Err(PrepareError::ColumnOutOfRange {
                scheme: scheme(),
                column: entry.column,
                columns: self.columns,
            });
        }
        self.check_weight(entry.row, entry.column, entry.weight)
    }

    /// Checks a weight, or the sum of some.
    fn check_weight(&self, row: u32, column: u32, weight: f64) -> Result<(), PrepareError> {
        if weight.is_finite() {
            return Ok(());
        }
        Err(PrepareError::WeightNotFinite {
            scheme: self.scheme.name().to_owned(),
            row,
            column,
            weight,
        })
    }
}

/// Puts the blocks of all target cells, in order, into one matrix. A block is freed as soon as it
/// is copied.
///
/// # Errors
///
/// If the weights of an entry add up to infinity.
pub(crate) fn assemble(
    blocks: Vec<RowBlock>,
    frame: &Frame<'_>,
) -> Result<CsrMatrix, PrepareError> {
    let nonzeros = blocks.iter().map(|block| block.columns.len()).sum();
    let mut offsets = Vec::with_capacity(frame.rows + 1);
    let mut columns = Vec::with_capacity(nonzeros);
    let mut values = Vec::with_capacity(nonzeros);
    let mut aside = Vec::new();
    let mut offset = 0;
    offsets.push(offset);
    for block in blocks {
        for &count in &block.counts {
            // Cells beyond the last row have no row of their own.
            if offsets.len() <= frame.rows {
                offset += count as usize;
                offsets.push(offset);
            }
        }
        columns.extend_from_slice(&block.columns);
        values.extend_from_slice(&block.values);
        aside.extend_from_slice(&block.aside);
    }
    offsets.resize(frame.rows + 1, offset);
    if !aside.is_empty() {
        (offsets, columns, values) = merge_aside(aside, &offsets, &columns, &values, frame)?;
    }
    // Valid by construction: every entry was checked, rows and columns ascend.
    let shape = (frame.rows, frame.columns);
    Ok(CsrMatrix::new(shape, offsets, columns, values))
}

/// Offsets, columns and values of a sparse matrix.
type Arrays = (Vec<usize>, Vec<u32>, Vec<f64>);

/// Adds entries that were kept aside to the rows of a matrix, in the order of their target cells.
fn merge_aside(
    mut aside: Vec<Entry>,
    offsets: &[usize],
    columns: &[u32],
    values: &[f64],
    frame: &Frame<'_>,
) -> Result<Arrays, PrepareError> {
    for (row, range) in offsets.windows(2).enumerate() {
        for index in range[0]..range[1] {
            aside.push(Entry {
                row: row as u32,
                column: columns[index],
                weight: values[index],
            });
        }
    }
    aside.sort_by_key(|entry| (entry.row, entry.column));
    aside.dedup_by(|next, kept| {
        let same = (next.row, next.column) == (kept.row, kept.column);
        if same {
            kept.weight += next.weight;
        }
        same
    });
    let mut merged = vec![0; offsets.len()];
    for entry in &aside {
        frame.check_weight(entry.row, entry.column, entry.weight)?;
        merged[entry.row as usize + 1] += 1;
    }
    for row in 1..merged.len() {
        merged[row] += merged[row - 1];
    }
    let columns = aside.iter().map(|entry| entry.column).collect();
    let values = aside.iter().map(|entry| entry.weight).collect();
    Ok((merged, columns, values))
}
