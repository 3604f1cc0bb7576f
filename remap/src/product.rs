//! The product of two sparse matrices, in parallel, the same bits for any number of threads.

use mesh_core::CsrMatrix;
use rayon::prelude::*;

/// How many rows a thread takes at a time.
const BLOCK: usize = 256;

/// Returns `left · right`. What goes into one entry is summed in ascending order of what is summed
/// over.
pub(crate) fn product(left: &CsrMatrix, right: &CsrMatrix) -> CsrMatrix {
    let rows = left.rows();
    let blocks: Vec<_> = (0..rows.div_ceil(BLOCK))
        .into_par_iter()
        .map_init(Vec::new, |terms: &mut Vec<(u32, f64)>, block| {
            let (mut ends, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
            for row in block * BLOCK..rows.min((block + 1) * BLOCK) {
                terms.clear();
                for (middle, &factor) in left.outer_view(row).iter().flat_map(|row| row.iter()) {
                    let others = right.outer_view(middle);
                    for (column, value) in others.iter().flat_map(|row| row.iter()) {
                        terms.push((column as u32, factor * value));
                    }
                }
                // Stable: the terms of an entry stay in their order.
                terms.sort_by_key(|&(column, _)| column);
                for same in terms.chunk_by(|one, other| one.0 == other.0) {
                    columns.push(same[0].0);
                    values.push(same.iter().map(|term| term.1).sum::<f64>());
                }
                ends.push(columns.len());
            }
            (ends, columns, values)
        })
        .collect();
    joined((rows, right.cols()), blocks)
}

/// Rows of a matrix: where they end, columns, values.
pub(crate) type Rows = (Vec<usize>, Vec<u32>, Vec<f64>);

/// Returns the matrix whose rows are those of all blocks, one block after the other. Columns have to
/// ascend in each row and be those of a matrix of this shape.
pub(crate) fn joined(shape: (usize, usize), blocks: Vec<Rows>) -> CsrMatrix {
    let (mut offsets, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for (ends, block_columns, block_values) in blocks {
        let start = columns.len();
        offsets.extend(ends.iter().map(|end| start + end));
        columns.extend_from_slice(&block_columns);
        values.extend_from_slice(&block_values);
    }
    CsrMatrix::new(shape, offsets, columns, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_is_that_of_dense_matrices() {
        let left = CsrMatrix::new(
            (3, 2),
            vec![0, 2, 2, 3],
            vec![0, 1, 1],
            vec![2.0, 3.0, -1.0],
        );
        let right = CsrMatrix::new(
            (2, 3),
            vec![0, 2, 4],
            vec![0, 2, 0, 1],
            vec![1.0, 4.0, 5.0, 6.0],
        );
        let found = product(&left, &right);
        let expected = CsrMatrix::new(
            (3, 3),
            vec![0, 3, 3, 5],
            vec![0, 1, 2, 0, 1],
            vec![17.0, 18.0, 8.0, -5.0, -6.0],
        );
        assert_eq!(found, expected);
    }
}
