//! Bounds of values, and how a field is brought within them without changing its integral.

use mesh_core::compensated_sum;

use crate::error::OperatorError;

/// By how much of the integral of the absolute values the bounds may fall short of the integral:
/// what overlaps of cells fail to add up by. A constant field could not be bounded by itself without.
const SHORTFALL: f64 = crate::check::SUM_TOLERANCE;

/// The least and the greatest value that is allowed; either may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueRange {
    minimum: f64,
    maximum: f64,
}

impl ValueRange {
    /// No bounds.
    pub const ALL: Self = Self {
        minimum: f64::NEG_INFINITY,
        maximum: f64::INFINITY,
    };

    /// Makes a range.
    ///
    /// # Errors
    ///
    /// If the minimum is above the maximum, or one of them is not a number.
    pub fn new(minimum: f64, maximum: f64) -> Result<Self, OperatorError> {
        if minimum <= maximum {
            Ok(Self { minimum, maximum })
        } else {
            Err(OperatorError::EmptyRange { minimum, maximum })
        }
    }

    /// Returns the range from the least to the greatest of some values, those that are not a number
    /// left out; none if no value is left.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut minimum, mut maximum) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            // What is not a number is neither less nor greater.
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
        (minimum <= maximum).then_some(Self { minimum, maximum })
    }

    /// Returns the least value.
    #[must_use]
    pub fn minimum(&self) -> f64 {
        self.minimum
    }

    /// Returns the greatest value.
    #[must_use]
    pub fn maximum(&self) -> f64 {
        self.maximum
    }

    /// Returns whether a value is within the range; what is not a number is not.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.minimum <= value && value <= self.maximum
    }

    /// Brings values within the range and keeps their integral `Σ measure · value`: clip and assured
    /// sum. Values beyond a bound become the bound; what that adds to the integral or takes from it
    /// is taken from all values, or added to them, in proportion to `measure ×` the room that they
    /// have up to the other bound.
    ///
    /// Returns whether anything changed. Where all values are within the range nothing does, to the
    /// last bit. Values that are not a number stay and count nothing. The integral is kept to a few
    /// units in the last place of the integral of the absolute values.
    ///
    /// ```
    /// use remap::ValueRange;
    /// let range = ValueRange::new(0.0, 1.0)?;
    /// let mut values = [-0.25, 0.5, 1.0];
    /// assert!(range.clip_and_assure_sum(&mut values, &[1.0, 1.0, 1.0])?);
    /// let expected = [0.0, 0.5 - 0.25 / 3.0, 1.0 - 0.5 / 3.0];
    /// for (found, expected) in values.iter().zip(expected) {
    ///     assert!((found - expected).abs() < 1e-15);
    /// }
    /// # Ok::<(), remap::OperatorError>(())
    /// ```
    ///
    /// Cost: four passes. A. M. Bradley, P. A. Bosler, O. Guba, M. A. Taylor, G. A. Barnett,
    /// "Communication-efficient property preservation in tracer transport", SIAM J. Sci. Comput. 41
    /// (2019) C161–C193.
    ///
    /// # Errors
    ///
    /// If no values within the range have this integral. Then nothing is changed.
    ///
    /// # Panics
    ///
    /// If there are not as many measures as values.
    pub fn clip_and_assure_sum(
        &self,
        values: &mut [f64],
        measures: &[f64],
    ) -> Result<bool, OperatorError> {
        assert_eq!(values.len(), measures.len(), "one measure for each value");
        if values
            .iter()
            .all(|&value| value.is_nan() || self.contains(value))
        {
            return Ok(false);
        }
        let clip = |value: f64| value.clamp(self.minimum, self.maximum);
        let sum = |values: &[f64], term: &dyn Fn(f64) -> f64| {
            let there = values
                .iter()
                .zip(measures)
                .filter(|(value, _)| !value.is_nan());
            compensated_sum(there.map(|(&value, measure)| measure * term(value)))
        };
        // Positive where clipping took more from the integral than it added.
        let deficit = sum(values, &|value| value - clip(value));
        let bound = if deficit > 0.0 {
            self.maximum
        } else {
            self.minimum
        };
        // An infinite bound clips nothing, so it never has to give room.
        let room = if deficit == 0.0 {
            0.0
        } else {
            sum(values, &|value| bound - clip(value))
        };
        let scale = sum(values, &|value| value.abs().max(clip(value).abs()));
        let is_reachable = deficit.abs() - room.abs() <= SHORTFALL * scale;
        if !(is_reachable && scale.is_finite()) {
            let measure = sum(values, &|_| 1.0);
            return Err(OperatorError::BoundsOutOfReach {
                mean: sum(values, &|value| value) / measure,
                minimum: self.minimum,
                maximum: self.maximum,
            });
        }
        let share = if deficit == 0.0 {
            0.0
        } else {
            (deficit / room).abs().min(1.0)
        };
        for value in values.iter_mut().filter(|value| !value.is_nan()) {
            let clipped = clip(*value);
            *value = if share > 0.0 {
                clip(clipped + share * (bound - clipped))
            } else {
                clipped
            };
        }
        Ok(true)
    }
}
