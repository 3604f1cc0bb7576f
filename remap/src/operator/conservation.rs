//! What a transfer kept: integrals, extrema, and what is covered.

use mesh_core::compensated_sum;

use super::nature::Nature;
use super::value_range::ValueRange;

/// What a transfer kept of a field, component by component.
#[derive(Debug, Clone, PartialEq)]
pub struct ConservationReport {
    /// The nature of the field.
    pub nature: Nature,
    /// One report for each component.
    pub components: Vec<ComponentReport>,
}

/// What a transfer kept of one component of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentReport {
    /// The component's name; mostly empty if there is one only.
    pub name: String,
    /// Over all source cells that are not masked, whether the target covers them or not.
    pub before: Statistics,
    /// Over the target cells that got a value; those with a default or a value that was kept do not
    /// count.
    pub after: Statistics,
    /// Target cells that are not masked and got nothing from the source: nothing of them is covered,
    /// or less than was asked for. A fix-up may have filled them.
    pub uncovered: usize,
    /// Target cells that got something, although not all of them is covered.
    pub partly_covered: usize,
    /// Target cells that a fix-up filled from others.
    pub extrapolated: usize,
    /// Whether bounds changed the values.
    pub bounded: bool,
}

/// Sums and extrema of one component over the cells of one mesh. Values that are not a number count
/// in `missing` and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Of an intensive field `Σ volume · value`, of an extensive one `Σ value`, rounding errors of
    /// the additions made good.
    pub integral: f64,
    /// The same of absolute values: what rounding is to be compared with.
    pub scale: f64,
    /// The least and the greatest value; none if there is no value.
    pub range: Option<ValueRange>,
    /// How many values there are.
    pub values: usize,
    /// How many values are not a number.
    pub missing: usize,
}

impl ComponentReport {
    /// Returns `(after − before) / scale`: the change of the integral, relative to the integral of
    /// the absolute values on the source, which for values of one sign is the integral itself. Zero
    /// if nothing changed, infinite if something came from nothing.
    #[must_use]
    pub fn relative_difference(&self) -> f64 {
        let difference = self.after.integral - self.before.integral;
        if difference == 0.0 {
            0.0
        } else {
            difference / self.before.scale
        }
    }
}

impl Statistics {
    /// The statistics of some values, each with what it is multiplied by in the integral.
    pub(super) fn new(values: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let (mut all, mut numbers) = (0, 0);
        for (value, _) in values.clone() {
            all += 1;
            numbers += usize::from(!value.is_nan());
        }
        let range = ValueRange::of(values.clone().map(|(value, _)| value));
        let terms = values.filter(|(value, _)| !value.is_nan());
        let terms = terms.map(|(value, measure)| value * measure);
        Self {
            integral: compensated_sum(terms.clone()),
            scale: compensated_sum(terms.map(f64::abs)),
            range,
            values: numbers,
            missing: all - numbers,
        }
    }
}
