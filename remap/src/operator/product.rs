//! A sparse matrix times a field: what an operator spends its time on.

use mesh_core::CsrMatrix;
use rayon::prelude::*;

/// How many rows a thread takes at a time; the sums do not depend on it.
const ROWS: usize = 2048;

/// How many entries of a row are divided side by side: that takes a third of the time.
const GROUP: usize = 8;

/// What the entries of a matrix are divided by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Divisors<'a> {
    /// Nothing.
    None,
    /// One number for each row.
    Rows(&'a [f64]),
    /// One number for each row and component.
    Values(&'a [f64]),
}

/// Multiplies a matrix, its entries divided, with tuples of components. Each sum is left to `finish`:
/// row, component, sum, and the place in `result`, which holds what it held before.
///
/// `values` has one tuple per column, `result` one per row. Each sum is taken in ascending order of
/// columns, for each component by itself, so that it has the same bits alone and among others, and
/// for any number of threads.
///
/// # Panics
///
/// If a column has no tuple, or a row no divisor.
pub(super) fn multiply<F>(
    matrix: &CsrMatrix,
    values: &[f64],
    components: usize,
    result: &mut [f64],
    divisors: Divisors<'_>,
    finish: F,
) where
    F: Fn(usize, usize, f64, &mut f64) + Sync,
{
    let chunks = result.par_chunks_mut(ROWS * components).enumerate();
    chunks.for_each(|(chunk, tuples)| {
        let (divisors, stride) = match divisors {
            Divisors::None => (&[][..], 0),
            Divisors::Rows(divisors) => (divisors, 1),
            Divisors::Values(divisors) => (divisors, components),
        };
        let rows = Rows {
            matrix,
            values,
            components,
            first: chunk * ROWS,
            divisors,
            stride,
        };
        if divisors.is_empty() {
            match components {
                1 => rows.multiply::<false, 1, 1, F>(tuples, &finish),
                2 => rows.multiply::<false, 2, 2, F>(tuples, &finish),
                3 => rows.multiply::<false, 3, 3, F>(tuples, &finish),
                _ => rows.multiply::<false, 4, 0, F>(tuples, &finish),
            }
        } else if stride == 1 {
            match components {
                1 => rows.multiply::<true, 1, 1, F>(tuples, &finish),
                2 => rows.multiply::<true, 2, 2, F>(tuples, &finish),
                3 => rows.multiply::<true, 3, 3, F>(tuples, &finish),
                _ => rows.multiply::<true, 4, 0, F>(tuples, &finish),
            }
        } else {
            // Each component has weights of its own.
            rows.multiply::<true, 1, 0, F>(tuples, &finish);
        }
    });
}

/// Some rows of a matrix, and what they are divided by and multiplied with.
struct Rows<'a> {
    matrix: &'a CsrMatrix,
    values: &'a [f64],
    components: usize,
    first: usize,
    divisors: &'a [f64],
    /// From the divisor of one row to that of the next. If it is one, all components have the same.
    stride: usize,
}

impl Rows<'_> {
    /// Takes `WIDTH` components at a time, and those that are left one by one. A row is short: the
    /// second time it is in the cache. `ALL` is the number of components where the compiler may know
    /// it, which spares a third of the time, and else zero.
    fn multiply<const DIVIDES: bool, const WIDTH: usize, const ALL: usize, F>(
        &self,
        tuples: &mut [f64],
        finish: &F,
    ) where
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
            let divisor = |component| match (DIVIDES, self.stride) {
                (false, _) => 1.0,
                (true, 1) => self.divisors[row],
                (true, stride) => self.divisors[row * stride + component],
            };
            let mut blocks = tuple.chunks_exact_mut(WIDTH);
            let mut component = 0;
            for block in &mut blocks {
                let divisor = divisor(component);
                let sums = self.sums::<DIVIDES, WIDTH, ALL>(entries, divisor, component);
                for (sum, place) in sums.into_iter().zip(block) {
                    finish(row, component, sum, place);
                    component += 1;
                }
            }
            for place in blocks.into_remainder() {
                let divisor = divisor(component);
                let [sum] = self.sums::<DIVIDES, 1, ALL>(entries, divisor, component);
                finish(row, component, sum, place);
                component += 1;
            }
        }
    }

    /// The sums of one row for `WIDTH` components from the given one on.
    #[inline(always)]
    fn sums<const DIVIDES: bool, const WIDTH: usize, const ALL: usize>(
        &self,
        (columns, entries): (&[u32], &[f64]),
        divisor: f64,
        component: usize,
    ) -> [f64; WIDTH] {
        let mut sums = [0.0; WIDTH];
        let mut add = |column: u32, weight: f64| {
            let components = if ALL == 0 { self.components } else { ALL };
            let start = column as usize * components + component;
            let values = &self.values[start..start + WIDTH];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        };
        let (column_groups, last_columns) = columns.as_chunks::<GROUP>();
        let (entry_groups, last_entries) = entries.as_chunks::<GROUP>();
        for (columns, entries) in column_groups.iter().zip(entry_groups) {
            let mut weights = *entries;
            if DIVIDES {
                for weight in &mut weights {
                    *weight /= divisor;
                }
            }
            for (&column, weight) in columns.iter().zip(weights) {
                add(column, weight);
            }
        }
        for (&column, &entry) in last_columns.iter().zip(last_entries) {
            add(column, if DIVIDES { entry / divisor } else { entry });
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
        // Rows of 2, 0, 3 and 21 entries: less and more than a group.
        let columns: Vec<u32> = [0, 3, 0, 1, 2].into_iter().chain(0..21).collect();
        let entries = (0..26).map(|i| f64::from(i).sin()).collect();
        let matrix = matrix_from_parts((4, 21), vec![0, 2, 2, 5, 26], columns, entries).unwrap();
        for components in 1..=11 {
            let number = |i: usize| (i as f64 + 1.0).sqrt();
            let values: Vec<f64> = (0..21 * components).map(number).collect();
            let per_row: Vec<f64> = (0..4).map(number).collect();
            let per_value: Vec<f64> = (0..4 * components).map(number).collect();
            for divisors in [
                Divisors::None,
                Divisors::Rows(&per_row),
                Divisors::Values(&per_value),
            ] {
                let mut result = vec![f64::NAN; 4 * components];
                let finish = |_, _, sum, place: &mut f64| *place = sum;
                multiply(&matrix, &values, components, &mut result, divisors, finish);
                for (i, found) in result.iter().enumerate() {
                    let (row, component) = (i / components, i % components);
                    let divisor = match divisors {
                        Divisors::None => 1.0,
                        Divisors::Rows(divisors) => divisors[row],
                        Divisors::Values(divisors) => divisors[i],
                    };
                    let entries = matrix.outer_view(row).unwrap();
                    let expected = entries.iter().fold(0.0, |sum, (column, entry)| {
                        sum + entry / divisor * values[column * components + component]
                    });
                    assert_eq!(found.to_bits(), expected.to_bits(), "{divisors:?}");
                }
            }
        }
    }
}
