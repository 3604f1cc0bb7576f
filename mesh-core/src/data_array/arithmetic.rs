//! Arithmetic on data arrays: sequences, scale and shift, minimum, maximum, sum, comparison.

use std::cmp::Ordering;

use super::{DataArray, DataArrayError};

/// A number a data array can calculate with: `f64` and `i64`, the two kinds of field values.
///
/// Integers saturate instead of overflowing.
pub trait Number: Copy + PartialOrd {
    /// The neutral element of [`Number::plus`].
    const ZERO: Self;
    /// The number as it is nearest to a count.
    fn from_count(count: usize) -> Self;
    /// The sum.
    #[must_use]
    fn plus(self, other: Self) -> Self;
    /// The product.
    #[must_use]
    fn times(self, other: Self) -> Self;
    /// The number as a float, rounded where necessary.
    fn to_f64(self) -> f64;
}

impl Number for f64 {
    const ZERO: Self = 0.0;

    fn from_count(count: usize) -> Self {
        count as Self
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn times(self, other: Self) -> Self {
        self * other
    }

    fn to_f64(self) -> f64 {
        self
    }
}

impl Number for i64 {
    const ZERO: Self = 0;

    fn from_count(count: usize) -> Self {
        Self::try_from(count).unwrap_or(Self::MAX)
    }

    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }

    fn times(self, other: Self) -> Self {
        self.saturating_mul(other)
    }

    fn to_f64(self) -> f64 {
        self as f64
    }
}

impl<T: Number> DataArray<T> {
    /// `count` scalars `first`, `first + 1`, `first + 2`, …
    ///
    /// ```
    /// use mesh_core::DataArray;
    /// assert_eq!(DataArray::iota(3, 5_i64).values(), [5, 6, 7]);
    /// ```
    #[must_use]
    pub fn iota(count: usize, first: T) -> Self {
        Self::scalars((0..count).map(|i| first.plus(T::from_count(i))).collect())
    }

    /// The scalars `start`, `start + step`, … before `stop`, as in Python:
    /// `stop` itself is not among them. With floats each is `start + i * step`, so that
    /// rounding does not build up. A range in the wrong direction is empty.
    ///
    /// ```
    /// use mesh_core::DataArray;
    /// assert_eq!(DataArray::range(10_i64, 4, -3)?.values(), [10, 7]);
    /// # Ok::<(), mesh_core::DataArrayError>(())
    /// ```
    ///
    /// # Errors
    /// When the step is 0 or undefined.
    pub fn range(start: T, stop: T, step: T) -> Result<Self, DataArrayError> {
        let ascending = match step.partial_cmp(&T::ZERO) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Less) => false,
            _ => return Err(DataArrayError::Step),
        };
        let before = |value: &T| {
            if ascending {
                *value < stop
            } else {
                *value > stop
            }
        };
        let mut values: Vec<T> = Vec::new();
        loop {
            let value = start.plus(T::from_count(values.len()).times(step));
            // A step too small to change the value would never end; neither would saturation.
            if !before(&value) || values.last() == Some(&value) {
                return Ok(Self::scalars(values));
            }
            values.push(value);
        }
    }

    /// Replaces every value `x` by `scale * x + shift`.
    ///
    /// ```
    /// use mesh_core::DataArray;
    /// let mut axis = DataArray::iota(5, 0.0);
    /// axis.scale_and_shift(0.25, -1.0);
    /// assert_eq!(axis.values(), [-1.0, -0.75, -0.5, -0.25, 0.0]);
    /// ```
    pub fn scale_and_shift(&mut self, scale: T, shift: T) {
        for value in &mut self.values {
            *value = scale.times(*value).plus(shift);
        }
    }

    /// The smallest value of each component; `None` without tuples or with an undefined value.
    #[must_use]
    pub fn min(&self) -> Option<Vec<T>> {
        self.extremum(|value, best| value < best)
    }

    /// The largest value of each component; `None` without tuples or with an undefined value.
    #[must_use]
    pub fn max(&self) -> Option<Vec<T>> {
        self.extremum(|value, best| value > best)
    }

    /// The sum of each component, added in the order of the tuples.
    #[must_use]
    pub fn sum(&self) -> Vec<T> {
        let mut sums = vec![T::ZERO; self.component_count()];
        for tuple in self.tuples() {
            for (sum, &value) in sums.iter_mut().zip(tuple) {
                *sum = sum.plus(value);
            }
        }
        sums
    }

    /// The largest difference between two arrays, divided by the largest magnitude in either:
    /// 0 for equal arrays, undefined (NaN) where a value is.
    ///
    /// # Errors
    /// When the arrays differ in tuples or components; names are not compared.
    pub fn difference(&self, other: &Self) -> Result<f64, DataArrayError> {
        let (found, expected) = (other.component_count(), self.component_count());
        if found != expected {
            return Err(DataArrayError::ComponentCount { found, expected });
        }
        let (found, expected) = (other.tuple_count(), self.tuple_count());
        if found != expected {
            return Err(DataArrayError::TupleCount { found, expected });
        }
        let mut largest = 0.0_f64;
        let mut magnitude = 0.0_f64;
        for (&left, &right) in self.values.iter().zip(&other.values) {
            if left == right {
                magnitude = magnitude.max(left.to_f64().abs());
                continue;
            }
            let difference = (left.to_f64() - right.to_f64()).abs();
            if difference.is_nan() {
                return Ok(f64::NAN);
            }
            largest = largest.max(difference);
            magnitude = magnitude.max(left.to_f64().abs()).max(right.to_f64().abs());
        }
        // Integers beyond 2^53 may differ without a difference of their floats.
        Ok(if largest > 0.0 {
            largest / magnitude
        } else {
            0.0
        })
    }

    /// Whether the arrays have the same size and their [`DataArray::difference`] is at most
    /// `tolerance` (dimensionless). An undefined value is close to nothing.
    #[must_use]
    pub fn is_close(&self, other: &Self, tolerance: f64) -> bool {
        self.difference(other)
            .is_ok_and(|difference| difference <= tolerance)
    }

    fn extremum(&self, better: impl Fn(T, T) -> bool) -> Option<Vec<T>> {
        let mut tuples = self.tuples();
        let mut best = tuples.next()?.to_vec();
        for tuple in tuples {
            for (best, &value) in best.iter_mut().zip(tuple) {
                // A NaN, once there, stays: nothing is better than it.
                if better(value, *best) || value.partial_cmp(&value).is_none() {
                    *best = value;
                }
            }
        }
        best.iter()
            .all(|value| value.partial_cmp(value).is_some())
            .then_some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_stops_before_its_end() {
        assert_eq!(DataArray::range(0_i64, 7, 3).unwrap().values(), [0, 3, 6]);
        assert_eq!(DataArray::range(0_i64, 6, 3).unwrap().values(), [0, 3]);
        assert_eq!(
            DataArray::range(0.0, 1.0, 0.25).unwrap().values(),
            [0.0, 0.25, 0.5, 0.75]
        );
        assert!(DataArray::range(1_i64, 0, 1).unwrap().is_empty());
    }

    #[test]
    fn a_range_without_progress_ends_or_is_refused() {
        assert_eq!(DataArray::range(0_i64, 1, 0), Err(DataArrayError::Step));
        assert!(DataArray::range(0.0, 1.0, f64::NAN).is_err());
        assert_eq!(DataArray::range(1.0, 2.0, 1e-300).unwrap().tuple_count(), 1);
        let near_the_end = DataArray::range(i64::MAX - 1, i64::MAX, 5).unwrap();
        assert_eq!(near_the_end.values(), [i64::MAX - 1]);
    }

    #[test]
    fn minimum_maximum_and_sum_are_by_component() {
        let array = DataArray::new(["a", "b"], vec![1.0, 9.0, 3.0, -2.0]).unwrap();
        assert_eq!(array.min(), Some(vec![1.0, -2.0]));
        assert_eq!(array.max(), Some(vec![3.0, 9.0]));
        assert_eq!(array.sum(), [4.0, 7.0]);
        assert_eq!(DataArray::<f64>::scalars(Vec::new()).min(), None);
    }

    #[test]
    fn an_undefined_value_has_no_minimum_and_is_close_to_nothing() {
        let array = DataArray::scalars(vec![1.0, f64::NAN, 0.0]);
        assert_eq!(array.min(), None);
        assert_eq!(array.max(), None);
        assert!(!array.is_close(&array, 1.0));
    }

    #[test]
    fn the_difference_is_relative_to_the_largest_magnitude() {
        let left = DataArray::scalars(vec![1e-30, 1000.0]);
        let right = DataArray::scalars(vec![0.0, 1001.0]);
        assert_eq!(left.difference(&right).unwrap(), 1.0 / 1001.0);
        assert!(left.is_close(&right, 1e-3) && !left.is_close(&right, 1e-4));
        assert_eq!(left.difference(&left), Ok(0.0));
        assert!(left.difference(&DataArray::scalars(vec![1.0])).is_err());
    }

    #[test]
    fn integers_saturate() {
        let mut array = DataArray::scalars(vec![i64::MAX, 2]);
        assert_eq!(array.sum(), [i64::MAX]);
        array.scale_and_shift(2, 1);
        assert_eq!(array.values(), [i64::MAX, 5]);
    }
}
