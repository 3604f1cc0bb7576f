//! How an operator carries a field: the product, its denominators, masks and missing values.

use std::borrow::Cow;

use mesh_core::DataArray;

use super::RemapOperator;
use super::fixup::PartlyCovered;
use super::product::{Divisors, multiply};
use super::uncovered::{Uncovered, check_shape};
use crate::error::OperatorError;

/// A number for each target value.
pub(super) enum PerValue<'a> {
    /// The same in all components: one number for each row.
    Shared(Cow<'a, [f64]>),
    /// One number for each value, since different cells are missing in different components.
    Each(Vec<f64>),
}

impl PerValue<'_> {
    pub(super) fn of(&self, row: usize, component: usize, components: usize) -> f64 {
        match self {
            Self::Shared(all) => all[row],
            Self::Each(all) => all[row * components + component],
        }
    }
}

/// Values of source cells ready for the product.
pub(super) struct SourceValues<'a> {
    /// Divided, if they are totals; zero where masked or missing.
    pub(super) values: Cow<'a, [f64]>,
    /// One where a value is there and zero where not, if any is missing that is not masked.
    presence: Option<Vec<f64>>,
}

impl RemapOperator {
    /// Carries a field, all its components at once, from the source cells to the target cells.
    ///
    /// A target cell without a value gets what `uncovered` says: a number, or by
    /// [`Uncovered::Keep`] what another array has there, a partial transfer. Each row is summed in
    /// ascending order of source cells; rows are computed in parallel, with the same bits for any
    /// number of threads.
    ///
    /// ```
    /// use mesh_core::{BoxMesh, DataArray, Vector3};
    /// use remap::{Nature, P0P0, RemapOperator, prepare};
    ///
    /// let source = BoxMesh::unit([2, 1, 1]).generate()?;
    /// let target = source.translate(&Vector3::new(0.5, 0.0, 0.0))?;
    /// let matrix = prepare(&source, &target, &P0P0)?;
    /// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
    ///
    /// let field = DataArray::scalars(vec![1.0, 2.0]);
    /// assert_eq!(operator.apply(&field, 0.0)?.values(), [2.0, 0.0]);
    /// let existing = DataArray::scalars(vec![10.0, 20.0]);
    /// assert_eq!(operator.apply(&field, &existing)?.values(), [2.0, 20.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per source cell, or the values that are kept are of
    /// another shape than the result.
    pub fn apply<'a>(
        &self,
        field: &DataArray<f64>,
        uncovered: impl Into<Uncovered<'a>>,
    ) -> Result<DataArray<f64>, OperatorError> {
        let uncovered = uncovered.into();
        let result = uncovered.initial(self.matrix.rows(), field.component_count())?;
        let mut result = DataArray::new(field.component_names().iter().cloned(), result)?;
        self.apply_into(field, uncovered.value(), &mut result)?;
        Ok(result)
    }

    /// As [`RemapOperator::apply`], into an array that is there. A target cell without a value gets
    /// the default, or keeps what it has if there is none.
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per source cell, or the result not one per target cell
    /// and as many components as the field. Nothing is changed then.
    pub fn apply_into(
        &self,
        field: &DataArray<f64>,
        default: Option<f64>,
        result: &mut DataArray<f64>,
    ) -> Result<(), OperatorError> {
        let components = field.component_count();
        self.check_length(field)?;
        check_shape(result, self.matrix.rows(), components)?;
        let source = self.source_values(field, self.source_divisors.as_deref());
        let covered = self.covered(&source, components);
        let divisors = self.divisors(&covered, components, None);
        let values = (&*source.values, components);
        self.product(values, &divisors, default, result.values_mut());
        Ok(())
    }

    /// The product with the weights of what has a divisor; other values get the default, or keep what
    /// they have.
    ///
    /// Entries and not sums are divided, so that a row of one entry has the weight one exactly: a field
    /// comes to the same mesh as it is. With totals the source values were divided already.
    pub(super) fn product(
        &self,
        (values, components): (&[f64], usize),
        divisors: &PerValue<'_>,
        default: Option<f64>,
        result: &mut [f64],
    ) {
        let place = |sum: f64, has_value: bool, place: &mut f64| {
            if has_value {
                *place = sum;
            } else if let Some(default) = default {
                *place = default;
            }
        };
        let matrix = &self.matrix;
        let finish = |row, component, sum, at: &mut f64| {
            place(sum, divisors.of(row, component, components) > 0.0, at);
        };
        match divisors {
            PerValue::Shared(divisors) if self.nature.is_intensive() => {
                let finish = |row: usize, _, sum, at: &mut f64| place(sum, divisors[row] > 0.0, at);
                let divisors = Divisors::Rows(divisors);
                multiply(matrix, values, components, result, divisors, finish);
            }
            PerValue::Each(divisors) if self.nature.is_intensive() => {
                let divisors = Divisors::Values(divisors);
                multiply(matrix, values, components, result, divisors, finish);
            }
            divisors => {
                let finish = |row, component, sum, at: &mut f64| {
                    let divisor = divisors.of(row, component, components);
                    place(sum / divisor, divisor > 0.0, at);
                };
                multiply(matrix, values, components, result, Divisors::None, finish);
            }
        }
    }

    pub(super) fn check_length(&self, field: &DataArray<f64>) -> Result<(), OperatorError> {
        if field.tuple_count() == self.matrix.cols() {
            Ok(())
        } else {
            Err(OperatorError::WrongLength {
                found: field.tuple_count(),
                expected: self.matrix.cols(),
            })
        }
    }

    /// The values of a field, divided, and with zeros for what does not take part: a weight times zero
    /// is nothing, whatever the value was.
    pub(super) fn source_values<'a>(
        &self,
        field: &'a DataArray<f64>,
        divisors: Option<&Vec<f64>>,
    ) -> SourceValues<'a> {
        let components = field.component_count();
        // Tuple by tuple: finding the tuple of a value takes a division.
        let tuples = || {
            let used = (0..field.tuple_count()).map(|cell| self.source.is_used(cell));
            used.zip(field.tuples())
        };
        let any_missing = self.leaves_out_missing
            && tuples().any(|(used, tuple)| used && tuple.iter().any(|value| value.is_nan()));
        if divisors.is_none() && self.source.mask.is_none() && !any_missing {
            return SourceValues {
                values: Cow::Borrowed(field.values()),
                presence: None,
            };
        }
        let is_present = |used: bool, value: f64| used && !(any_missing && value.is_nan());
        let presence = any_missing.then(|| {
            let values =
                tuples().flat_map(|(used, tuple)| tuple.iter().map(move |value| (used, *value)));
            let presence = values.map(|(used, value)| is_present(used, value));
            presence
                .map(|present| f64::from(u8::from(present)))
                .collect()
        });
        let mut values = field.values().to_vec();
        if self.source.mask.is_some() || any_missing {
            for ((used, _), tuple) in tuples().zip(values.chunks_exact_mut(components)) {
                for value in tuple {
                    *value = if is_present(used, *value) {
                        *value
                    } else {
                        0.0
                    };
                }
            }
        }
        if let Some(divisors) = divisors {
            if components == 1 {
                for (value, divisor) in values.iter_mut().zip(divisors) {
                    *value /= divisor;
                }
            } else {
                for (tuple, divisor) in values.chunks_exact_mut(components).zip(divisors) {
                    for value in tuple {
                        *value /= divisor;
                    }
                }
            }
        }
        SourceValues {
            values: Cow::Owned(values),
            presence,
        }
    }

    /// What of each target value is covered by the source values that are there.
    pub(super) fn covered(&self, source: &SourceValues<'_>, components: usize) -> PerValue<'_> {
        match &source.presence {
            None => PerValue::Shared(Cow::Borrowed(&self.covered)),
            Some(presence) => PerValue::Each(self.sums_of_entries(presence, components)),
        }
    }

    /// What all rows are divided by.
    pub(super) fn divisors(
        &self,
        covered: &PerValue<'_>,
        components: usize,
        partly: Option<PartlyCovered>,
    ) -> PerValue<'_> {
        match covered {
            PerValue::Shared(_) if partly.is_none() => {
                PerValue::Shared(Cow::Borrowed(&self.divisors))
            }
            PerValue::Shared(covered) => {
                let rows = covered.iter().enumerate();
                let divisors = rows.map(|(row, &covered)| self.divisor(row, covered, partly));
                PerValue::Shared(divisors.collect())
            }
            PerValue::Each(covered) => {
                let values = covered.iter().enumerate();
                let divisors =
                    values.map(|(i, &covered)| self.divisor(i / components, covered, partly));
                PerValue::Each(divisors.collect())
            }
        }
    }
}
