//! A sparse matrix times a field: what an operator spends its time on.

use mesh_core::CsrMatrix;
use rayon::prelude::*;

/// How many rows a thread takes at a time; the sums do not depend on it.
const ROWS: usize = 2048;

/// Multiplies a weighted matrix with tuples of components. `weigh` makes a weight of an entry: row,
/// column, component, entry. Each sum is left to `finish`: row, component, sum, and the place in
/// `result`, which holds what it held before.
///
/// `values` has one tuple per column, `result` one per row. Each sum is taken in ascending order of
/// columns, for each component by itself, so that it has the same bits alone and among others, and
/// for any number of threads.
///
/// # Panics
///
/// If a column has no tuple.
pub(super) fn multiply<W, F>(
    matrix: &CsrMatrix,
    values: &[f64],
    components: usize,
    result: &mut [f64],
    weigh: W,
    finish: F,
) where
    W: Fn(usize, usize, usize, f64) -> f64 + Sync,
    F: Fn(usize, usize, f64, &mut f64) + Sync,
{
    let chunks = result.par_chunks_mut(ROWS * components).enumerate();
    chunks.for_each(|(chunk, tuples)| {
        let rows = Rows {
            matrix,
            values,
            components,
            first: chunk * ROWS,
            weigh: &weigh,
        };
        match components {
            1 => rows.multiply_blocks::<1, F>(tuples, &finish),
            2 => rows.multiply_blocks::<2, F>(tuples, &finish),
            3 => rows.multiply_blocks::<3, F>(tuples, &finish),
            _ => rows.multiply_blocks::<4, F>(tuples, &finish),
        }
    });
}

/// Some rows of a matrix, and what they are multiplied with.
struct Rows<'a, W> {
    matrix: &'a CsrMatrix,
    values: &'a [f64],
    components: usize,
    first: usize,
    weigh: &'a W,
}

impl<W> Rows<'_, W>
where
    W: Fn(usize, usize, usize, f64) -> f64,
{
    /// Takes `WIDTH` components at a time, and those that are left one by one. A row is short: the
    /// second time it is in the cache.
    fn multiply_blocks<const WIDTH: usize, F>(&self, tuples: &mut [f64], finish: &F)
    where
        F: Fn(usize, usize, f64, &mut f64),
    {
        let index_pointers = self.matrix.indptr();
        let offsets = index_pointers.raw_storage();
        let (start, offsets) = (offsets[0], &offsets[self.first..]);
        let (columns, entries) = (self.matrix.indices(), self.matrix.data());
        let tuples = tuples.chunks_exact_mut(self.components);
        for (row, (tuple, ends)) in tuples.zip(offsets.windows(2)).enumerate() {
            let row = self.first + row;
            let places = ends[0] - start..ends[1] - start;
            let entries = (&columns[places.clone()], &entries[places]);
            let mut blocks = tuple.chunks_exact_mut(WIDTH);
            let mut component = 0;
            for block in &mut blocks {
                let sums = self.sums::<WIDTH>(row, entries, component);
                for (sum, place) in sums.into_iter().zip(block) {
                    finish(row, component, sum, place);
                    component += 1;
                }
            }
            for place in blocks.into_remainder() {
                let [sum] = self.sums::<1>(row, entries, component);
                finish(row, component, sum, place);
                component += 1;
            }
        }
    }

    /// The sums of one row for `WIDTH` components from the given one on.
    #[inline]
    fn sums<const WIDTH: usize>(
        &self,
        row: usize,
        (columns, entries): (&[u32], &[f64]),
        component: usize,
    ) -> [f64; WIDTH] {
        let mut sums = [0.0; WIDTH];
        for (&column, &entry) in columns.iter().zip(entries) {
            let column = column as usize;
            let start = column * self.components + component;
            let values = &self.values[start..start + WIDTH];
            for (i, (sum, value)) in sums.iter_mut().zip(values).enumerate() {
                *sum += (self.weigh)(row, column, component + i, entry) * value;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use mesh_core::matrix_from_parts;

    use super::*;

    #[test]
    fn any_number_of_components_gives_the_sums_of_each_alone() {
        let (offsets, columns) = (vec![0, 2, 2, 5], vec![0, 3, 0, 1, 2]);
        let weights = vec![0.1, 0.7, 0.3, 0.9, 1.1];
        let matrix = matrix_from_parts((3, 4), offsets, columns, weights).unwrap();
        for components in 1..=11 {
            let values: Vec<f64> = (0..4 * components).map(|i| (i as f64).sqrt()).collect();
            let mut result = vec![f64::NAN; 3 * components];
            let weigh = |row, column, component, entry: f64| {
                entry / (1 + row + 2 * column + 3 * component) as f64
            };
            let finish = |_, _, sum, place: &mut f64| *place = sum;
            multiply(&matrix, &values, components, &mut result, weigh, finish);
            for (row, tuple) in result.chunks_exact(components).enumerate() {
                for (component, found) in tuple.iter().enumerate() {
                    let entries = matrix.outer_view(row).unwrap();
                    let expected = entries.iter().fold(0.0, |sum, (column, weight)| {
                        let weight = weigh(row, column, component, *weight);
                        sum + weight * values[column * components + component]
                    });
                    assert_eq!(found.to_bits(), expected.to_bits());
                }
            }
        }
    }
}
