//! Arrays of tuples with named components: the values of a field, and index arithmetic on them.

use std::ops::Range;

use crate::ranges::{RangeError, slice_of_range};

mod arithmetic;

pub use arithmetic::Number;

/// Tuples of named components, stored tuple by tuple.
///
/// Invariant: at least one component, and a whole number of tuples.
///
/// ```
/// use mesh_core::DataArray;
/// let velocity = DataArray::new(["vx", "vy"], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// assert_eq!(velocity.tuple_count(), 3);
/// assert_eq!(velocity.tuple(1), Some(&[3.0, 4.0][..]));
/// assert_eq!(velocity.gather([2, 0])?.values(), [5.0, 6.0, 1.0, 2.0]);
/// # Ok::<(), mesh_core::DataArrayError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataArray<T> {
    components: Vec<String>,
    values: Vec<T>,
}

/// What can be wrong with a data array or an operation on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataArrayError {
    /// An array needs a component.
    #[error("a data array needs at least one component, and none is named")]
    NoComponents,
    /// The values do not fill whole tuples.
    #[error("{values} values do not fill whole tuples of {components} components")]
    Ragged {
        /// How many values.
        values: usize,
        /// How many components.
        components: usize,
    },
    /// A tuple that does not exist.
    #[error("tuple {tuple} does not exist: the array has {tuples} tuples, numbered from 0")]
    TupleOutOfRange {
        /// The tuple asked for.
        tuple: usize,
        /// How many there are.
        tuples: usize,
    },
    /// A component that does not exist.
    #[error(
        "component {component} does not exist: the array has {components} components, \
         numbered from 0"
    )]
    ComponentOutOfRange {
        /// The component asked for.
        component: usize,
        /// How many there are.
        components: usize,
    },
    /// Two arrays that must have the same components.
    #[error("an array of {found} components was given where {expected} are expected")]
    ComponentCount {
        /// How many components.
        found: usize,
        /// How many were expected.
        expected: usize,
    },
    /// Two arrays, or an array and a list, that must have the same length.
    #[error("{found} tuples were given where {expected} are expected")]
    TupleCount {
        /// How many tuples.
        found: usize,
        /// How many were expected.
        expected: usize,
    },
    /// A list of names that must have one entry per component.
    #[error("{found} names were given for {expected} components")]
    NameCount {
        /// How many names.
        found: usize,
        /// How many components.
        expected: usize,
    },
    /// An arithmetic sequence that never ends.
    #[error("the step of a range must not be 0 or undefined")]
    Step,
    /// A wrong slice.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl<T> DataArray<T> {
    /// An array of `values`, tuple by tuple, with one component per name.
    ///
    /// # Errors
    /// When no component is named, or the values do not fill whole tuples.
    pub fn new<S: Into<String>>(
        components: impl IntoIterator<Item = S>,
        values: Vec<T>,
    ) -> Result<Self, DataArrayError> {
        let components: Vec<String> = components.into_iter().map(Into::into).collect();
        if components.is_empty() {
            return Err(DataArrayError::NoComponents);
        }
        if !values.len().is_multiple_of(components.len()) {
            return Err(DataArrayError::Ragged {
                values: values.len(),
                components: components.len(),
            });
        }
        Ok(Self { components, values })
    }

    /// An array of one component without a name.
    #[must_use]
    pub fn scalars(values: Vec<T>) -> Self {
        Self {
            components: vec![String::new()],
            values,
        }
    }

    /// How many tuples.
    #[must_use]
    pub fn tuple_count(&self) -> usize {
        self.values.len() / self.components.len()
    }

    /// How many components; at least one.
    #[must_use]
    pub fn component_count(&self) -> usize {
        self.components.len()
    }

    /// The names of the components; an empty name stands for none.
    #[must_use]
    pub fn component_names(&self) -> &[String] {
        &self.components
    }

    /// Whether there is no tuple.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All values, tuple by tuple.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// All values, tuple by tuple, to be changed in place.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The values without the names.
    #[must_use]
    pub fn into_values(self) -> Vec<T> {
        self.values
    }

    /// One tuple; `None` beyond the last.
    #[must_use]
    pub fn tuple(&self, tuple: usize) -> Option<&[T]> {
        self.values.chunks_exact(self.components.len()).nth(tuple)
    }

    /// The tuples in order.
    #[must_use]
    pub fn tuples(&self) -> impl ExactSizeIterator<Item = &[T]> + Clone {
        self.values.chunks_exact(self.components.len())
    }

    /// The array with other names.
    ///
    /// # Errors
    /// When there is not one name per component.
    pub fn with_component_names<S: Into<String>>(
        self,
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, DataArrayError> {
        let components: Vec<String> = names.into_iter().map(Into::into).collect();
        if components.len() != self.components.len() {
            return Err(DataArrayError::NameCount {
                found: components.len(),
                expected: self.components.len(),
            });
        }
        Ok(Self {
            components,
            values: self.values,
        })
    }

    /// An array with the same names and tuples made from other values, one for one.
    pub fn map<U>(&self, convert: impl FnMut(&T) -> U) -> DataArray<U> {
        DataArray {
            components: self.components.clone(),
            values: self.values.iter().map(convert).collect(),
        }
    }

    fn check_tuple(&self, tuple: usize) -> Result<(), DataArrayError> {
        let tuples = self.tuple_count();
        if tuple < tuples {
            Ok(())
        } else {
            Err(DataArrayError::TupleOutOfRange { tuple, tuples })
        }
    }
}

impl<T: Copy> DataArray<T> {
    /// One component of every tuple, as an array with that name.
    ///
    /// # Errors
    /// When the component does not exist.
    pub fn component(&self, component: usize) -> Result<Self, DataArrayError> {
        let components = self.component_count();
        let name = self
            .components
            .get(component)
            .ok_or(DataArrayError::ComponentOutOfRange {
                component,
                components,
            })?;
        let values = self
            .values
            .iter()
            .skip(component)
            .step_by(components)
            .copied()
            .collect();
        Ok(Self {
            components: vec![name.clone()],
            values,
        })
    }

    /// The tuples of a range.
    ///
    /// # Errors
    /// When the range reaches beyond the last tuple or runs backwards.
    pub fn slice(&self, range: Range<usize>) -> Result<Self, DataArrayError> {
        let width = self.component_count();
        let tuples = self.tuple_count();
        if range.start > range.end || range.end > tuples {
            return Err(DataArrayError::TupleOutOfRange {
                tuple: range.start.max(range.end),
                tuples,
            });
        }
        let values = self.values[range.start * width..range.end * width].to_vec();
        Ok(Self {
            components: self.components.clone(),
            values,
        })
    }

    /// The tuples that worker `slice` of `slices` gets; see [`slice_of_range`].
    ///
    /// # Errors
    /// When there are no slices, or fewer than asked for.
    pub fn slice_of(&self, slice: usize, slices: usize) -> Result<Self, DataArrayError> {
        self.slice(slice_of_range(self.tuple_count(), slice, slices)?)
    }

    /// The tuples at these positions, in this order; a position may occur more than once.
    ///
    /// # Errors
    /// When a tuple does not exist.
    pub fn gather(
        &self,
        positions: impl IntoIterator<Item = usize>,
    ) -> Result<Self, DataArrayError> {
        let width = self.component_count();
        let mut values = Vec::new();
        for position in positions {
            self.check_tuple(position)?;
            values.extend_from_slice(&self.values[position * width..(position + 1) * width]);
        }
        Ok(Self {
            components: self.components.clone(),
            values,
        })
    }

    /// Puts tuple `i` of `tuples` at `positions[i]`; where a position occurs more than once the
    /// last one stays. The way back from [`DataArray::gather`].
    ///
    /// ```
    /// use mesh_core::DataArray;
    /// let mut whole = DataArray::scalars(vec![0; 4]);
    /// whole.scatter(&DataArray::scalars(vec![7, 8]), [3, 1])?;
    /// assert_eq!(whole.values(), [0, 8, 0, 7]);
    /// # Ok::<(), mesh_core::DataArrayError>(())
    /// ```
    ///
    /// # Errors
    /// When a tuple does not exist, or the lengths or components differ. Nothing is changed then.
    pub fn scatter(
        &mut self,
        tuples: &Self,
        positions: impl IntoIterator<Item = usize>,
    ) -> Result<(), DataArrayError> {
        let width = self.component_count();
        if tuples.component_count() != width {
            return Err(DataArrayError::ComponentCount {
                found: tuples.component_count(),
                expected: width,
            });
        }
        let positions: Vec<usize> = positions.into_iter().collect();
        if tuples.tuple_count() != positions.len() {
            return Err(DataArrayError::TupleCount {
                found: tuples.tuple_count(),
                expected: positions.len(),
            });
        }
        positions
            .iter()
            .try_for_each(|&position| self.check_tuple(position))?;
        for (tuple, position) in tuples.tuples().zip(positions) {
            self.values[position * width..(position + 1) * width].copy_from_slice(tuple);
        }
        Ok(())
    }
}

impl DataArray<usize> {
    /// The offsets of things with these counts; see [`crate::offsets_from_counts`].
    ///
    /// # Errors
    /// When the array has several components, or the sum overflows.
    pub fn to_offsets(&self) -> Result<Self, DataArrayError> {
        self.check_scalars()?;
        let values = crate::offsets_from_counts(&self.values)?;
        Ok(Self {
            components: self.components.clone(),
            values,
        })
    }

    /// The counts between consecutive offsets; see [`crate::counts_from_offsets`].
    ///
    /// # Errors
    /// When the array has several components, or the offsets do not ascend from 0.
    pub fn to_counts(&self) -> Result<Self, DataArrayError> {
        self.check_scalars()?;
        let values = crate::counts_from_offsets(&self.values)?;
        Ok(Self {
            components: self.components.clone(),
            values,
        })
    }

    fn check_scalars(&self) -> Result<(), DataArrayError> {
        match self.component_count() {
            1 => Ok(()),
            found => Err(DataArrayError::ComponentCount { found, expected: 1 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs() -> DataArray<i64> {
        DataArray::new(["a", "b"], vec![1, 2, 3, 4, 5, 6]).unwrap()
    }

    #[test]
    fn ragged_values_are_refused() {
        let error = DataArray::new(["a", "b"], vec![1.0; 5]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "5 values do not fill whole tuples of 2 components"
        );
        let none: [&str; 0] = [];
        assert_eq!(
            DataArray::new(none, vec![1]),
            Err(DataArrayError::NoComponents)
        );
    }

    #[test]
    fn a_component_keeps_its_name() {
        let second = pairs().component(1).unwrap();
        assert_eq!(second.component_names(), ["b"]);
        assert_eq!(second.values(), [2, 4, 6]);
        assert!(pairs().component(2).is_err());
    }

    #[test]
    fn a_tuple_beyond_the_last_is_refused() {
        let error = pairs().gather([0, 3]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tuple 3 does not exist: the array has 3 tuples, numbered from 0"
        );
        assert!(pairs().slice(1..4).is_err());
        assert_eq!(pairs().tuple(3), None);
    }

    #[test]
    fn a_refused_scatter_changes_nothing() {
        let mut array = pairs();
        let before = array.clone();
        assert!(array.scatter(&pairs(), [0, 1, 9]).is_err());
        assert!(array.scatter(&pairs(), [0, 1]).is_err());
        assert!(array.scatter(&DataArray::scalars(vec![1]), [0]).is_err());
        assert_eq!(array, before);
    }

    #[test]
    fn counts_and_offsets_are_each_others_inverse() {
        let counts = DataArray::scalars(vec![3_usize, 0, 2]);
        assert_eq!(counts.to_offsets().unwrap().to_counts().unwrap(), counts);
        assert!(DataArray::scalars(vec![1_usize]).to_counts().is_err());
    }

    #[test]
    fn names_can_be_changed_one_for_one() {
        let renamed = pairs().with_component_names(["x", "y"]).unwrap();
        assert_eq!(renamed.component_names(), ["x", "y"]);
        assert!(pairs().with_component_names(["x"]).is_err());
    }
}
