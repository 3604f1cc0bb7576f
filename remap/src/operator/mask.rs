//! Masks: which cells take part in a transfer.

use mesh_core::{Field, FieldValues, Location};

use crate::error::OperatorError;

/// Which cells (or nodes) of a mesh take part in a transfer. At least one does.
///
/// A masked source cell gives nothing, whatever its value is; a masked target cell gets nothing. The
/// result is that of meshes without these cells.
///
/// ```
/// use remap::Mask;
/// let mask = Mask::of_masked(vec![false, true, false])?;
/// assert_eq!(mask.used(), [true, false, true]);
/// assert_eq!(mask.used_count(), 2);
/// # Ok::<(), remap::OperatorError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    used: Vec<bool>,
    location: Option<Location>,
}

impl Mask {
    /// Makes a mask of one truth per cell: whether it takes part.
    ///
    /// # Errors
    ///
    /// If none does.
    pub fn of_used(used: Vec<bool>) -> Result<Self, OperatorError> {
        Self::checked(used, None)
    }

    /// Makes a mask of one truth per cell: whether it is masked, as in `NumPy`'s masked arrays.
    ///
    /// # Errors
    ///
    /// If all are.
    pub fn of_masked(masked: Vec<bool>) -> Result<Self, OperatorError> {
        Self::of_used(masked.into_iter().map(|masked| !masked).collect())
    }

    /// Makes a mask of a field of one component: where it is 0 or not a number the cell is masked,
    /// as in the files of SCRIP and ESMF.
    ///
    /// ```
    /// use mesh_core::{DataArray, Field, FieldValues, Location};
    /// use remap::Mask;
    /// let values = FieldValues::Integer(DataArray::scalars(vec![1, 0, 2]));
    /// let mask = Mask::from_field(&Field::new("wet", Location::Cells, values))?;
    /// assert_eq!(mask.used(), [true, false, true]);
    /// # Ok::<(), remap::OperatorError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the field has several components, or masks everything.
    pub fn from_field(field: &Field) -> Result<Self, OperatorError> {
        let components = field.components();
        if components != 1 {
            return Err(OperatorError::MaskComponents { components });
        }
        let used = match field.values() {
            FieldValues::Float(array) => {
                let values = array.values().iter();
                values
                    .map(|&value| value != 0.0 && !value.is_nan())
                    .collect()
            }
            FieldValues::Integer(array) => array.values().iter().map(|&value| value != 0).collect(),
        };
        Self::checked(used, Some(field.location()))
    }

    fn checked(used: Vec<bool>, location: Option<Location>) -> Result<Self, OperatorError> {
        if used.contains(&true) {
            Ok(Self { used, location })
        } else {
            Err(OperatorError::MasksEverything { count: used.len() })
        }
    }

    /// Returns for each cell whether it takes part.
    #[must_use]
    pub fn used(&self) -> &[bool] {
        &self.used
    }

    /// Returns how many cells take part.
    #[must_use]
    pub fn used_count(&self) -> usize {
        self.used.iter().filter(|&&used| used).count()
    }

    /// Checks that the mask is for what a matrix has there.
    pub(super) fn check(&self, location: Location, expected: usize) -> Result<(), OperatorError> {
        match self.location {
            Some(found) if found != location => Err(OperatorError::MaskLocation {
                found,
                expected: location,
            }),
            _ if self.used.len() != expected => Err(OperatorError::MaskLength {
                found: self.used.len(),
                expected,
                location,
            }),
            _ => Ok(()),
        }
    }
}
