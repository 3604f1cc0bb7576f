//! What a target cell gets that no source cell gives anything.

use mesh_core::{DataArray, DataArrayError};

/// What a target cell gets that no source cell overlaps, that is masked, or of which less is covered
/// than is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Uncovered<'a> {
    /// This value in all components.
    Value(f64),
    /// The values of this array, of as many tuples and components as the result: a partial transfer.
    Keep(&'a DataArray<f64>),
}

impl Uncovered<'_> {
    /// Not a number: nobody takes it for a value.
    pub const NAN: Self = Self::Value(f64::NAN);

    /// The value, unless values are kept.
    pub(super) const fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Keep(_) => None,
        }
    }

    /// Values for a result: those that are kept, or zeros that all will be overwritten.
    pub(super) fn initial(
        self,
        tuples: usize,
        components: usize,
    ) -> Result<Vec<f64>, DataArrayError> {
        match self {
            Self::Value(_) => Ok(vec![0.0; tuples * components]),
            Self::Keep(existing) => {
                check_shape(existing, tuples, components)?;
                Ok(existing.values().to_vec())
            }
        }
    }
}

impl Default for Uncovered<'_> {
    /// [`Uncovered::NAN`].
    fn default() -> Self {
        Self::NAN
    }
}

impl From<f64> for Uncovered<'_> {
    fn from(value: f64) -> Self {
        Self::Value(value)
    }
}

impl<'a> From<&'a DataArray<f64>> for Uncovered<'a> {
    fn from(existing: &'a DataArray<f64>) -> Self {
        Self::Keep(existing)
    }
}

/// Checks that an array has so many tuples and components.
pub(super) fn check_shape(
    array: &DataArray<f64>,
    tuples: usize,
    components: usize,
) -> Result<(), DataArrayError> {
    if array.component_count() != components {
        return Err(DataArrayError::ComponentCount {
            found: array.component_count(),
            expected: components,
        });
    }
    if array.tuple_count() != tuples {
        return Err(DataArrayError::TupleCount {
            found: array.tuple_count(),
            expected: tuples,
        });
    }
    Ok(())
}
