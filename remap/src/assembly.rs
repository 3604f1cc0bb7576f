//! From contributions, target cell by target cell, to a sparse matrix.

use std::mem::take;

use mesh_core::{CsrMatrix, prefetch};
use rayon::prelude::*;

use crate::error::PrepareError;
use crate::scheme::{Contributions, Entry, Scheme};

/// What a scheme's matrix looks like from outside.
pub(crate) struct Frame<'a> {
    pub(crate) scheme: &'a dyn Scheme,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// The rows of some target cells: twelve bytes per entry.
///
/// Contributions to the row of their own target cell, the common case, are complete with their cell
/// and go where they stay. Others (rows of target nodes, say) are kept aside until all cells are in.
#[derive(Debug, Default)]
pub(crate) struct RowBlock {
    /// Where the rows end, in order of the cells.
    ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    aside: Vec<Aside>,
}

/// A contribution to another row than that of its target cell.
#[derive(Debug, Clone, Copy)]
struct Aside {
    target: u32,
    entry: Entry,
}

impl RowBlock {
    /// Empties it, and makes room for the rows of so many cells, with so many entries.
    pub(crate) fn clear(&mut self, cells: usize, entries: usize) {
        self.ends.clear();
        self.columns.clear();
        self.values.clear();
        self.aside.clear();
        self.ends.reserve(cells);
        self.columns.reserve(entries);
        self.values.reserve(entries);
    }

    /// Asks the processor for the row that begins with an entry: for as much of it as most have.
    #[inline]
    fn prefetch(&self, start: usize) {
        for entry in [start, start + LAST_OF_MOST] {
            if let (Some(column), Some(value)) = (self.columns.get(entry), self.values.get(entry)) {
                prefetch(column);
                prefetch(value);
            }
        }
    }

    /// Returns how many entries there are.
    pub(crate) fn entry_count(&self) -> usize {
        self.columns.len()
    }

    /// Takes over the contributions of the next target cell.
    pub(crate) fn push_cell(
        &mut self,
        contributions: &mut Contributions,
        frame: &Frame<'_>,
    ) -> Result<(), PrepareError> {
        let Contributions {
            row,
            columns,
            weights,
            others,
            ..
        } = contributions;
        let is_valid = columns.last().is_none_or(|&last| {
            (*row as usize) < frame.rows
                && (last as usize) < frame.columns
                && weights.iter().all(|weight| weight.is_finite())
        });
        if is_valid && others.is_empty() {
            self.columns.extend_from_slice(columns);
            self.values.extend_from_slice(weights);
        } else {
            // What others add to one of these entries came later.
            let before = columns
                .iter()
                .zip(weights)
                .map(|(&column, &mut weight)| Entry {
                    row: *row,
                    column,
                    weight,
                });
            others.splice(..0, before);
            self.push_any(*row, others, frame)?;
        }
        self.ends.push(self.columns.len());
        Ok(())
    }

    /// Takes contributions in any order, to any row, several to an entry.
    fn push_any(
        &mut self,
        row: u32,
        entries: &mut Vec<Entry>,
        frame: &Frame<'_>,
    ) -> Result<(), PrepareError> {
        let (before, before_aside) = (self.columns.len(), self.aside.len());
        // Stable, so that what goes into one entry is summed in the order it came.
        entries.sort_by_key(|entry| (entry.row, entry.column));
        for entry in entries.drain(..) {
            frame.check(&entry)?;
            if entry.row != row {
                // What one cell adds to an entry is kept in one piece: fields on nodes get many times
                // as many contributions as there are entries.
                match self.aside[before_aside..].last_mut() {
                    Some(Aside { entry: last, .. })
                        if (last.row, last.column) == (entry.row, entry.column) =>
                    {
                        last.weight += entry.weight;
                    }
                    _ => self.aside.push(Aside { target: row, entry }),
                }
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
        Ok(())
    }
}

/// The last entry of most rows, counted from the first: cells of a grid overlap with eight of another.
const LAST_OF_MOST: usize = 7;

/// So many rows before a row is copied the processor is asked for it.
const ROWS_AHEAD: usize = 16;

/// Puts rows that were computed in another order into the order of their cells.
///
/// `order` has the cells, counted from the first of them, in the order in which they were computed,
/// `size` to a block, as the blocks returned have. In parallel: row by row from all over the memory.
pub(crate) fn sort_rows(blocks: Vec<RowBlock>, order: &[u32], size: usize) -> RowBlock {
    // Of each cell the block and where its row starts there; for now how long it is.
    let mut places = vec![[0_u32; 2]; order.len()];
    let mut sorted = RowBlock::default();
    sorted.ends.resize(order.len(), 0);
    for (number, (block, cells)) in (0..).zip(blocks.iter().zip(order.chunks(size))) {
        let mut start = 0;
        for (&end, &cell) in block.ends.iter().zip(cells) {
            places[cell as usize] = [number, start as u32];
            sorted.ends[cell as usize] = end - start;
            start = end;
        }
    }
    let mut entries = 0;
    for end in &mut sorted.ends {
        entries += *end;
        *end = entries;
    }
    // Memory that comes as zeros is written for the first time where it is filled.
    (sorted.columns, sorted.values) = (vec![0; entries], vec![0.0; entries]);
    let mut rest = (sorted.columns.as_mut_slice(), sorted.values.as_mut_slice());
    let rows = (0..order.len()).step_by(size);
    let parts = rows.zip(sorted.ends.chunks(size));
    let parts = parts.scan(0, |start, (row, ends)| {
        let (first, end) = (*start, ends.last().copied().unwrap_or(*start));
        let (columns, values) = take(&mut rest);
        let (columns, other_columns) = columns.split_at_mut(end - *start);
        let (values, other_values) = values.split_at_mut(end - *start);
        (rest, *start) = ((other_columns, other_values), end);
        Some((row.., ends, first, columns, values))
    });
    let parts: Vec<_> = parts.collect();
    parts
        .into_par_iter()
        .for_each(|(rows, ends, first, columns, values)| {
            let mut start = 0;
            for (row, &end) in rows.zip(ends) {
                if let Some(&[block, from]) = places.get(row + ROWS_AHEAD) {
                    blocks[block as usize].prefetch(from as usize);
                }
                let [block, from] = places[row];
                let (block, from) = (&blocks[block as usize], from as usize);
                let range = start..end - first;
                let from = from..from + range.len();
                copy_row(&block.columns[from.clone()], &mut columns[range.clone()]);
                copy_row(&block.values[from], &mut values[range.clone()]);
                start = range.end;
            }
        });
    sorted.aside = blocks.into_iter().flat_map(|block| block.aside).collect();
    // Stable: what one cell kept aside stays in its order.
    sorted.aside.sort_by_key(|aside| aside.target);
    sorted
}

/// Copies a row without a call of `memcpy`, which costs more than the few entries that most rows have.
#[inline]
fn copy_row<T: Copy>(from: &[T], to: &mut [T]) {
    const PIECE: usize = 4;
    debug_assert_eq!(from.len(), to.len());
    let (pieces, rest) = from.as_chunks::<PIECE>();
    let (places, places_of_rest) = to.as_chunks_mut::<PIECE>();
    for (place, piece) in places.iter_mut().zip(pieces) {
        *place = *piece;
    }
    for (place, entry) in places_of_rest.iter_mut().zip(rest) {
        *place = *entry;
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

/// A matrix that grows row by row.
#[derive(Debug)]
pub(crate) struct GrowingMatrix {
    offsets: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    aside: Vec<Entry>,
    /// How many rows and how many target cells there will be.
    rows: usize,
    cells: usize,
}

/// Room is made for at most so many times the entries that are there: what is to come is only
/// known by what came before.
const MAX_GROWTH: usize = 16;

impl GrowingMatrix {
    /// Starts a matrix of so many rows, to which the rows of so many target cells will be appended.
    pub(crate) fn new(rows: usize, cells: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            offsets,
            columns: Vec::new(),
            values: Vec::new(),
            aside: Vec::new(),
            rows,
            cells,
        }
    }

    /// Appends the rows of the next target cells; if these are all there are, takes them as they are.
    pub(crate) fn append(&mut self, blocks: &mut [RowBlock]) {
        if let [block] = blocks
            && block.ends.len() == self.cells
        {
            let ends = block.ends.iter().take(self.rows);
            self.offsets.extend(ends);
            self.columns = take(&mut block.columns);
            self.values = take(&mut block.values);
            self.aside
                .extend(block.aside.drain(..).map(|aside| aside.entry));
            return;
        }
        self.make_room(blocks);
        for block in blocks {
            let offset = self.columns.len();
            // Cells beyond the last row have no row of their own.
            let ends = block.ends.iter().take(self.rows + 1 - self.offsets.len());
            self.offsets.extend(ends.map(|&end| offset + end));
            self.columns.extend_from_slice(&block.columns);
            self.values.extend_from_slice(&block.values);
            let aside = block.aside.iter().map(|aside| aside.entry);
            self.aside.extend(aside);
        }
    }

    /// Reserves what the blocks need, or better: what all cells will need if those to come are like
    /// these. What is reserved and not used takes no memory.
    fn make_room(&mut self, blocks: &[RowBlock]) {
        let added = blocks.iter().map(RowBlock::entry_count).sum::<usize>();
        let needed = self.columns.len() + added;
        if needed <= self.columns.capacity().min(self.values.capacity()) {
            return;
        }
        let done =
            self.offsets.len() - 1 + blocks.iter().map(|block| block.ends.len()).sum::<usize>();
        let share = self.cells as f64 / done as f64;
        // A little more, since cells on the border, which often come first, have fewer entries.
        let expected = (needed as f64 * share * 1.0625) as usize;
        let expected = expected.clamp(needed, MAX_GROWTH * needed);
        let more = expected - self.columns.len();
        let (columns, values) = (&mut self.columns, &mut self.values);
        let made = columns.try_reserve_exact(more);
        // Where a system gives no memory that may not be used, what is there now.
        if made.and_then(|()| values.try_reserve_exact(more)).is_err() {
            columns.reserve_exact(added);
            values.reserve_exact(added);
        }
    }

    /// Finishes the matrix once the rows of all target cells are in.
    ///
    /// # Errors
    ///
    /// If the weights of an entry add up to infinity.
    pub(crate) fn finish(mut self, frame: &Frame<'_>) -> Result<CsrMatrix, PrepareError> {
        self.offsets.resize(self.rows + 1, self.columns.len());
        let Self {
            mut offsets,
            mut columns,
            mut values,
            aside,
            ..
        } = self;
        if !aside.is_empty() {
            (offsets, columns, values) = merge_aside(aside, &offsets, &columns, &values, frame)?;
        }
        columns.shrink_to_fit();
        values.shrink_to_fit();
        // Valid by construction: every entry was checked, rows and columns ascend.
        let shape = (frame.rows, frame.columns);
        Ok(CsrMatrix::new(shape, offsets, columns, values))
    }
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
