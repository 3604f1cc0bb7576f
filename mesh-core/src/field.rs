//! Fields: named values on the cells or the nodes of a mesh.

use std::fmt;

use crate::DataArray;

/// Named values, one tuple per cell or per node.
///
/// A field does not know its mesh; [`UnstructuredMesh::check_field`] says whether it fits one.
///
/// ```
/// use mesh_core::{DataArray, Field, FieldValues, Location};
/// let values = DataArray::scalars(vec![290.0, 291.5]);
/// let field = Field::new("temperature", Location::Cells, FieldValues::Float(values));
/// assert_eq!((field.tuples(), field.components()), (2, 1));
/// ```
///
/// [`UnstructuredMesh::check_field`]: crate::UnstructuredMesh::check_field
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    name: String,
    location: Location,
    values: FieldValues,
    labels: Vec<Label>,
}

/// What an integer of a field stands for: the name of a material, a physical group, a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The integer.
    pub value: i64,
    /// One of its names; a value may have several labels.
    pub name: String,
}

/// What a field has one tuple for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// One tuple per cell.
    Cells,
    /// One tuple per node.
    Nodes,
}

impl Location {
    /// "cells" or "nodes".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cells => "cells",
            Self::Nodes => "nodes",
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// The values of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValues {
    /// Quantities.
    Float(DataArray<f64>),
    /// Labels: materials, groups, ids.
    Integer(DataArray<i64>),
}

/// Why a field does not belong to a mesh.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The field has another length.
    #[error(
        "field {name:?} has {found} tuples on {location}, but the mesh has {expected} {location}"
    )]
    Length {
        /// The field.
        name: String,
        /// Where it lives.
        location: Location,
        /// How many tuples it has.
        found: usize,
        /// How many cells or nodes the mesh has.
        expected: usize,
    },
}

impl Field {
    /// A field of this name and these values.
    pub fn new(name: impl Into<String>, location: Location, values: FieldValues) -> Self {
        Self {
            name: name.into(),
            location,
            values,
            labels: Vec::new(),
        }
    }

    /// The field with names for its integers, in place of those it had.
    ///
    /// ```
    /// use mesh_core::{DataArray, Field, FieldValues, Label, Location};
    /// let values = FieldValues::Integer(DataArray::scalars(vec![1, 1, 2]));
    /// let fuel = Label { value: 1, name: "fuel".into() };
    /// let region = Field::new("region", Location::Cells, values).with_labels(vec![fuel]);
    /// assert_eq!(region.labels()[0].name, "fuel");
    /// ```
    #[must_use]
    pub fn with_labels(mut self, labels: Vec<Label>) -> Self {
        self.labels = labels;
        self
    }

    /// The names of the integers, in the order in which they were given; mostly none.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the values belong to cells or nodes.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &FieldValues {
        &self.values
    }

    /// The values alone.
    #[must_use]
    pub fn into_values(self) -> FieldValues {
        self.values
    }

    /// How many components each tuple has.
    #[must_use]
    pub fn components(&self) -> usize {
        match &self.values {
            FieldValues::Float(array) => array.component_count(),
            FieldValues::Integer(array) => array.component_count(),
        }
    }

    /// The names of the components; an empty name stands for none.
    #[must_use]
    pub fn component_names(&self) -> &[String] {
        match &self.values {
            FieldValues::Float(array) => array.component_names(),
            FieldValues::Integer(array) => array.component_names(),
        }
    }

    /// How many tuples: as many as the mesh has cells or nodes.
    #[must_use]
    pub fn tuples(&self) -> usize {
        match &self.values {
            FieldValues::Float(array) => array.tuple_count(),
            FieldValues::Integer(array) => array.tuple_count(),
        }
    }

    /// The values where they are floats.
    #[must_use]
    pub fn as_float(&self) -> Option<&DataArray<f64>> {
        match &self.values {
            FieldValues::Float(array) => Some(array),
            FieldValues::Integer(_) => None,
        }
    }

    /// The values where they are integers.
    #[must_use]
    pub fn as_integer(&self) -> Option<&DataArray<i64>> {
        match &self.values {
            FieldValues::Float(_) => None,
            FieldValues::Integer(array) => Some(array),
        }
    }

    /// A copy of the values as floats; integers beyond 2^53 are rounded.
    #[must_use]
    pub fn to_float(&self) -> DataArray<f64> {
        match &self.values {
            FieldValues::Float(array) => array.clone(),
            FieldValues::Integer(array) => array.map(|&value| value as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_become_floats_with_their_names() {
        let array = DataArray::new(["id", "group"], vec![1, 2, 3, 4]).unwrap();
        let field = Field::new("labels", Location::Nodes, FieldValues::Integer(array));
        assert_eq!(field.as_float(), None);
        assert_eq!(field.to_float().values(), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(field.to_float().component_names(), field.component_names());
        assert_eq!((field.tuples(), field.components()), (2, 2));
    }
}
