//! Conjugate gradients with the diagonal as preconditioner, the same bits for any number of threads.

use mesh_core::CsrMatrix;
use rayon::prelude::*;

/// How many numbers are summed in one piece.
const BLOCK: usize = 4096;

/// Steps after which there is no hope. The diagonal brings the eigenvalues of the mass matrix of
/// tetrahedra to between 1/2 and 5/2, whatever their shapes, so that some forty steps do.
const MOST_STEPS: usize = 1000;

/// The matrix is not positive, or rounding gets the better of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotPositive;

/// Solves `matrix · x = right` for a symmetric positive matrix; `x` is where it starts and ends.
///
/// Stops where the residual, measured by the diagonal's inverse, is an epsilon of the right side's.
/// Rows without an entry keep their `x`.
///
/// Hestenes and Stiefel, "Methods of conjugate gradients for solving linear systems", J. Res. Nat. Bur.
/// Standards 49 (1952) 409–436.
pub(super) fn solve(
    matrix: &CsrMatrix,
    diagonal: &[f64],
    right: &[f64],
    x: &mut [f64],
) -> Result<(), NotPositive> {
    let divided = |vector: &[f64]| -> Vec<f64> {
        let each = vector.par_iter().zip(diagonal);
        each.map(|(value, &diagonal)| {
            if diagonal > 0.0 {
                value / diagonal
            } else {
                0.0
            }
        })
        .collect()
    };
    let product = multiply(matrix, x);
    let mut residual: Vec<f64> = right
        .par_iter()
        .zip(&product)
        .map(|(right, product)| right - product)
        .collect();
    let enough = f64::EPSILON * f64::EPSILON * dot(right, &divided(right));
    let mut preconditioned = divided(&residual);
    let mut direction = preconditioned.clone();
    let mut size = dot(&residual, &preconditioned);
    for _ in 0..MOST_STEPS {
        if size <= enough {
            return Ok(());
        }
        let product = multiply(matrix, &direction);
        let curvature = dot(&direction, &product);
        // Written so that NaN is refused.
        if !(curvature > 0.0) {
            return Err(NotPositive);
        }
        let step = size / curvature;
        add(x, step, &direction);
        add(&mut residual, -step, &product);
        preconditioned = divided(&residual);
        let next = dot(&residual, &preconditioned);
        let turn = next / size;
        size = next;
        direction
            .par_iter_mut()
            .zip(&preconditioned)
            .for_each(|(direction, new)| *direction = new + turn * *direction);
    }
    Err(NotPositive)
}

/// The matrix times a vector; each sum in ascending order of columns.
pub(super) fn multiply(matrix: &CsrMatrix, vector: &[f64]) -> Vec<f64> {
    let row_sum = |row: usize| -> f64 {
        let entries = matrix.outer_view(row);
        let entries = entries.iter().flat_map(|row| row.iter());
        entries.map(|(column, value)| value * vector[column]).sum()
    };
    (0..matrix.rows())
        .into_par_iter()
        .with_min_len(BLOCK / 8)
        .map(row_sum)
        .collect()
}

fn add(vector: &mut [f64], factor: f64, other: &[f64]) {
    vector
        .par_iter_mut()
        .zip(other)
        .for_each(|(value, other)| *value += factor * other);
}

/// The sum of products, block by block.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let blocks: Vec<f64> = one
        .par_chunks(BLOCK)
        .zip(other.par_chunks(BLOCK))
        .map(|(one, other)| one.iter().zip(other).map(|(one, other)| one * other).sum())
        .collect();
    blocks.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_system_is_solved() {
        let matrix = CsrMatrix::new(
            (3, 3),
            vec![0, 2, 5, 7],
            vec![0, 1, 0, 1, 2, 1, 2],
            vec![4.0, 1.0, 1.0, 3.0, 1.0, 1.0, 2.0],
        );
        let expected = [1.0, -2.0, 3.0];
        let right = multiply(&matrix, &expected);
        let mut x = vec![0.0; 3];
        solve(&matrix, &[4.0, 3.0, 2.0], &right, &mut x).unwrap();
        for (found, expected) in x.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{found}");
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_is_refused() {
        let matrix = CsrMatrix::new(
            (2, 2),
            vec![0, 2, 4],
            vec![0, 1, 0, 1],
            vec![1., 2., 2., 1.],
        );
        let mut x = vec![0.0; 2];
        let outcome = solve(&matrix, &[1.0, 1.0], &[1.0, -1.0], &mut x);
        assert_eq!(outcome, Err(NotPositive));
    }
}
