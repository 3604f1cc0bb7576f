//! The gradient that fits differences of values best, as weights of these differences.

use mesh_core::Vector3;

/// From what on points are spread well enough in all directions for the normal equations: the
/// determinant of their matrix, over that of points spread evenly. The ratio of the singular values
/// is then above 0.08, so that squaring it costs two digits at most. A hexahedron's neighbours have 1,
/// those of a well-shaped tetrahedron 0.5 and more.
const WELL_SPREAD: f64 = 0.05;

/// From what ratio of its spread to the largest on a direction is as good as any: more points are not
/// asked for its sake. Below it, errors of the fit (what is not linear in the field) are amplified
/// tenfold and more.
const SUFFICIENT: f64 = 0.1;

/// Up to what ratio of its spread to the largest a direction is not determined. Above it, rounding is
/// amplified a thousandfold at most, and linear fields are fitted to 1e-12. Below it lie layers of
/// cells that are flat but for rounding or a slight bend: a gradient across the layer would be made
/// of what the field does along it, amplified.
const UNDETERMINED: f64 = 1e-3;

/// By how much a cell's points may amplify differences of values before cells farther away are asked
/// for: the largest `Σ_k |w_k · r|` over the vertices `r`. A hexahedron of a grid has 1.5, also at the
/// border, a regular tetrahedron 2.25. Tetrahedra that move through 200 meshes lose accuracy for lower
/// limits, since the fit is wider; at 5 a step overshoots by half as much again, and from 6 on errors
/// grow from mesh to mesh without end.
const MOST_AMPLIFICATION: f64 = 4.0;

/// How well points determine a gradient; the larger, the better.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Quality {
    /// In how many directions.
    rank: usize,
    /// How well in the worst of these: its spread over the largest, [`SUFFICIENT`] at most.
    spread: f64,
    /// How little differences of values are amplified: [`MOST_AMPLIFICATION`] over what they are, one
    /// at most.
    calm: f64,
}

impl Quality {
    const BEST: Self = Self {
        rank: 3,
        spread: SUFFICIENT,
        calm: 1.0,
    };

    /// Whether more points are of no use.
    pub(super) fn is_best(self) -> bool {
        self >= Self::BEST
    }

    /// The same for a gradient of these weights in a cell with these vertices relative to its centroid.
    pub(super) fn in_cell(
        mut self,
        weights: &[Vector3],
        vertices: impl Iterator<Item = Vector3>,
    ) -> Self {
        let amplification = |r: Vector3| weights.iter().map(|weight| weight.dot(&r).abs()).sum();
        let largest = vertices.map(amplification).fold(0.0, f64::max);
        self.calm = (MOST_AMPLIFICATION / largest).min(1.0);
        self
    }
}

/// Fits gradients; owns the scratch space.
#[derive(Debug, Default)]
pub(super) struct LeastSquares {
    rows: Vec<Vector3>,
}

impl LeastSquares {
    /// Finds the weights `w_k` with which `g = Σ_k w_k Δφ_k` minimises `Σ_k (g·d_k − Δφ_k)² / |d_k|²`,
    /// and is the shortest gradient where many do (docs/maths.md, formula 12).
    ///
    /// The differences `d_k` of places are not zero. Scaling them by a power of two scales the weights
    /// exactly by its inverse.
    pub(super) fn find_weights(
        &mut self,
        differences: &[Vector3],
        weights: &mut Vec<Vector3>,
    ) -> Quality {
        weights.clear();
        if let Some(inverse) = inverse_if_well_spread(differences) {
            let weights_of = differences.iter().map(|d| {
                let [x, y, z] = inverse;
                Vector3::new(x.dot(d), y.dot(d), z.dot(d)) / d.norm_squared()
            });
            weights.extend(weights_of);
            return Quality::BEST;
        }
        self.find_weights_by_rotations(differences, weights)
    }

    /// As above, by a singular value decomposition: one-sided Jacobi rotations (Hestenes 1958), which
    /// find small singular values as well as large ones.
    fn find_weights_by_rotations(
        &mut self,
        differences: &[Vector3],
        weights: &mut Vec<Vector3>,
    ) -> Quality {
        self.rows.clear();
        self.rows.extend(differences.iter().map(Vector3::normalize));
        let directions = orthogonalise_columns(&mut self.rows);
        let spreads: [f64; 3] = std::array::from_fn(|i| {
            let column = self.rows.iter().map(|row| row[i]);
            column.map(|x| x * x).sum::<f64>()
        });
        let largest = spreads.iter().copied().fold(0.0, f64::max);
        let mut quality = Quality {
            rank: 0,
            spread: SUFFICIENT,
            calm: 1.0,
        };
        weights.resize(differences.len(), Vector3::zeros());
        for (i, (direction, spread)) in directions.iter().zip(spreads).enumerate() {
            let ratio = (spread / largest).sqrt();
            // Written so that NaN, of no rows, determines nothing.
            if ratio > UNDETERMINED {
                quality.rank += 1;
                quality.spread = quality.spread.min(ratio);
                for (weight, row) in weights.iter_mut().zip(&self.rows) {
                    *weight += direction * (row[i] / spread);
                }
            }
        }
        for (weight, d) in weights.iter_mut().zip(differences) {
            *weight /= d.norm();
        }
        quality
    }
}

/// The inverse of `Σ_k d_k d_kᵀ / |d_k|²` by rows; none where points are not well spread.
fn inverse_if_well_spread(differences: &[Vector3]) -> Option<[Vector3; 3]> {
    let [mut xx, mut xy, mut xz, mut yy, mut yz, mut zz] = [0.0; 6];
    for d in differences {
        let scaled = d / d.norm_squared();
        xx += scaled.x * d.x;
        xy += scaled.x * d.y;
        xz += scaled.x * d.z;
        yy += scaled.y * d.y;
        yz += scaled.y * d.z;
        zz += scaled.z * d.z;
    }
    let rows = [
        Vector3::new(xx, xy, xz),
        Vector3::new(xy, yy, yz),
        Vector3::new(xz, yz, zz),
    ];
    let cofactors = [
        rows[1].cross(&rows[2]),
        rows[2].cross(&rows[0]),
        rows[0].cross(&rows[1]),
    ];
    let determinant = rows[0].dot(&cofactors[0]);
    let third_of_trace = differences.len() as f64 / 3.0;
    let even = third_of_trace * third_of_trace * third_of_trace;
    (determinant > WELL_SPREAD * even).then(|| cofactors.map(|row| row / determinant))
}

/// Turns the three columns of a matrix, given by its rows, until they are orthogonal. Returns the
/// directions that they were turned to.
fn orthogonalise_columns(rows: &mut [Vector3]) -> [Vector3; 3] {
    /// It converges quadratically; some five are enough.
    const MOST_SWEEPS: usize = 30;
    let mut directions = [Vector3::x(), Vector3::y(), Vector3::z()];
    for _ in 0..MOST_SWEEPS {
        let mut done = true;
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            let [mut pp, mut pq, mut qq] = [0.0; 3];
            for row in &*rows {
                pp += row[p] * row[p];
                pq += row[p] * row[q];
                qq += row[q] * row[q];
            }
            // Written so that NaN ends it.
            if !(pq.abs() > f64::EPSILON * (pp * qq).sqrt()) {
                continue;
            }
            done = false;
            let cotangent = (qq - pp) / (2.0 * pq);
            let tangent =
                cotangent.signum() / (cotangent.abs() + (1.0 + cotangent * cotangent).sqrt());
            let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
            let sine = cosine * tangent;
            for row in &mut *rows {
                (row[p], row[q]) = (
                    cosine * row[p] - sine * row[q],
                    sine * row[p] + cosine * row[q],
                );
            }
            (directions[p], directions[q]) = (
                directions[p] * cosine - directions[q] * sine,
                directions[p] * sine + directions[q] * cosine,
            );
        }
        if done {
            break;
        }
    }
    directions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(differences: &[Vector3], values: &[f64]) -> (Vector3, Quality) {
        let mut weights = Vec::new();
        let quality = LeastSquares::default().find_weights(differences, &mut weights);
        let terms = weights
            .iter()
            .zip(values)
            .map(|(weight, value)| weight * *value);
        (terms.sum(), quality)
    }

    fn spread(flatness: f64) -> Vec<Vector3> {
        // Directions that look random, in no plane but for the flatness across (1, 2, 3).
        let normal = Vector3::new(1.0, 2.0, 3.0).normalize();
        let points = (1..=9).map(|i| {
            let i = f64::from(i);
            let point = Vector3::new((7.0 * i).sin(), (5.0 * i).cos(), (3.0 * i).sin());
            point + normal * (normal.dot(&point) * (flatness - 1.0))
        });
        points.collect()
    }

    #[test]
    fn a_linear_field_is_fitted_however_flat_the_points_lie() {
        let expected = Vector3::new(3.0, -1.0, 0.5);
        for flatness in [1.0, 0.1, 0.01, 0.003] {
            let points = spread(flatness);
            let values: Vec<f64> = points.iter().map(|d| d.dot(&expected)).collect();
            let (found, quality) = gradient(&points, &values);
            assert_eq!(quality.rank, 3, "{flatness}");
            assert!((found - expected).norm() <= 1e-12, "{flatness}: {found}");
        }
    }

    #[test]
    fn a_direction_that_points_do_not_spread_in_has_no_gradient() {
        let normal = Vector3::new(1.0, 2.0, 3.0).normalize();
        let slope = Vector3::new(3.0, -1.0, 0.5);
        for flatness in [1e-4, 1e-9, 0.0] {
            let points = spread(flatness);
            let values: Vec<f64> = points.iter().map(|d| d.dot(&slope)).collect();
            let (found, quality) = gradient(&points, &values);
            assert_eq!(quality.rank, 2, "{flatness}");
            assert!(
                found.dot(&normal).abs() <= 2.0 * flatness + 1e-15,
                "{found}"
            );
            let within = slope - normal * slope.dot(&normal);
            assert!((found - within).norm() <= 2.0 * flatness + 1e-14, "{found}");
        }
        let (found, quality) = gradient(&[Vector3::new(0.0, 2.0, 0.0)], &[3.0]);
        assert_eq!((found, quality.rank), (Vector3::new(0.0, 1.5, 0.0), 1));
        let (found, quality) = gradient(&[], &[]);
        assert_eq!((found, quality.rank), (Vector3::zeros(), 0));
    }

    #[test]
    fn both_ways_find_the_same() {
        let points = spread(1.0);
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        let mut least_squares = LeastSquares::default();
        assert!(inverse_if_well_spread(&points).is_some());
        least_squares.find_weights(&points, &mut fast);
        least_squares.find_weights_by_rotations(&points, &mut slow);
        for (fast, slow) in fast.iter().zip(&slow) {
            assert!((fast - slow).norm() <= 1e-14, "{fast} {slow}");
        }
    }

    #[test]
    fn scaling_by_a_power_of_two_changes_no_bit() {
        for flatness in [1.0, 0.01, 0.0] {
            let points = spread(flatness);
            let scaled: Vec<Vector3> = points.iter().map(|d| d * 1024.0).collect();
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let mut least_squares = LeastSquares::default();
            let quality = least_squares.find_weights(&points, &mut one);
            assert_eq!(quality, least_squares.find_weights(&scaled, &mut other));
            for (one, other) in one.iter().zip(&other) {
                assert_eq!(*one, other * 1024.0);
            }
        }
    }
}
