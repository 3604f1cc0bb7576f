//! Fields as they grow piece by piece.

use mesh_core::{DataArray, Field, FieldValues, Location};

use super::error::{ArrayError, VtuError};
use super::read::PieceReader;
use super::xml::ArrayElement;
use crate::shorten;

/// Components that an array without a single value may claim.
const MOST_COMPONENTS: usize = 1024;

/// The fields of the pieces read so far.
pub(crate) struct FieldTable {
    pieces: usize,
    columns: Vec<Column>,
    notes: Vec<String>,
}

/// One field of the pieces read so far.
struct Column {
    name: String,
    location: Location,
    components: Vec<String>,
    values: Values,
    /// The number of pieces that have it.
    pieces: usize,
}

enum Values {
    Float(Vec<f64>),
    Integer(Vec<i64>),
}

impl FieldTable {
    /// No field yet, of a file of `pieces` pieces.
    pub(crate) const fn new(pieces: usize) -> Self {
        Self {
            pieces,
            columns: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The fields that every piece has, and what was left out, in words.
    pub(crate) fn finish(self) -> (Vec<Field>, Vec<String>) {
        let Self {
            pieces,
            columns,
            mut notes,
        } = self;
        let mut fields = Vec::new();
        for column in columns {
            let Column {
                name,
                location,
                components,
                values,
                ..
            } = column;
            if column.pieces != pieces {
                let name = shorten(&name);
                notes.push(format!("array {name:?} left out: not every piece has it"));
                continue;
            }
            let values = match values {
                Values::Float(values) => DataArray::new(components, values).map(FieldValues::Float),
                Values::Integer(values) => {
                    DataArray::new(components, values).map(FieldValues::Integer)
                }
            };
            // Lengths have been checked piece by piece.
            if let Ok(values) = values {
                fields.push(Field::new(name, location, values));
            }
        }
        (fields, notes)
    }

    /// Adds the values of one piece.
    fn add(
        &mut self,
        array: &ArrayElement<'_>,
        location: Location,
        piece: usize,
        values: Values,
    ) -> Result<(), VtuError> {
        let known = self
            .columns
            .iter_mut()
            .find(|c| c.name == array.name && c.location == location);
        match known {
            None if piece == 0 => self.columns.push(Column {
                name: array.name.clone(),
                location,
                components: component_names(array),
                values,
                pieces: 1,
            }),
            // A field that begins in a later piece is left out in the end.
            None => self.columns.push(Column {
                name: array.name.clone(),
                location,
                components: component_names(array),
                values: Values::Float(Vec::new()),
                pieces: 0,
            }),
            Some(column) if column.pieces != piece => {
                if column.pieces == piece + 1 {
                    let name = shorten(&array.name);
                    self.notes.push(format!(
                        "array {name:?} left out: a second one of that name"
                    ));
                }
            }
            Some(column) => {
                if column.components.len() != array.components {
                    return Err(VtuError::Components {
                        piece,
                        array: shorten(&array.name),
                        found: array.components,
                        expected: column.components.len(),
                    });
                }
                column.values.append(values);
                column.pieces += 1;
            }
        }
        Ok(())
    }
}

impl PieceReader<'_> {
    /// Adds the piece's fields; values on cells that are not `kept` are left out.
    pub(crate) fn read_fields(
        &self,
        table: &mut FieldTable,
        kept: Option<&[bool]>,
    ) -> Result<(), VtuError> {
        let piece = self.piece;
        for array in &piece.point_fields {
            self.read_field(array, Location::Nodes, piece.points, None, table)?;
        }
        for array in &piece.cell_fields {
            self.read_field(array, Location::Cells, piece.cells, kept, table)?;
        }
        Ok(())
    }

    /// Floats as floats, integers as integers.
    fn read_values(&self, array: &ArrayElement<'_>) -> Result<Values, VtuError> {
        let data = self.data(array)?;
        let values = if data.is_float() {
            data.floats().map(Values::Float)
        } else {
            data.integers().map(Values::Integer)
        };
        self.placed(array, values)
    }

    fn read_field(
        &self,
        array: &ArrayElement<'_>,
        location: Location,
        tuples: usize,
        kept: Option<&[bool]>,
        table: &mut FieldTable,
    ) -> Result<(), VtuError> {
        let values = match self.read_values(array) {
            Ok(values) => values,
            // Text, bits and large unsigned numbers are no fields; the mesh can do without.
            Err(VtuError::Array {
                array,
                source: source @ (ArrayError::Type { .. } | ArrayError::TooLarge { .. }),
                ..
            }) => {
                table
                    .notes
                    .push(format!("array {array:?} left out: {source}"));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let expected = tuples.saturating_mul(array.components);
        let reason = match location {
            Location::Cells => "its components for each cell",
            Location::Nodes => "its components for each point",
        };
        self.check_length(array, values.len(), expected, reason)?;
        if values.len() == 0 && array.components > MOST_COMPONENTS {
            return self.check_length(array, 0, array.components, "its components");
        }
        let values = match kept {
            Some(kept) => values.keep(kept, array.components),
            None => values,
        };
        table.add(array, location, self.index, values)
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Integer(values) => values.len(),
        }
    }

    /// The tuples that are `kept`.
    fn keep(self, kept: &[bool], components: usize) -> Self {
        fn keep<T: Copy>(values: &[T], kept: &[bool], components: usize) -> Vec<T> {
            let tuples = values.chunks_exact(components).zip(kept);
            tuples
                .filter(|(_, kept)| **kept)
                .flat_map(|(tuple, _)| tuple)
                .copied()
                .collect()
        }
        match self {
            Self::Float(values) => Self::Float(keep(&values, kept, components)),
            Self::Integer(values) => Self::Integer(keep(&values, kept, components)),
        }
    }

    /// Adds `more`; integers and floats together are floats.
    fn append(&mut self, more: Self) {
        fn floats(values: &[i64]) -> Vec<f64> {
            values.iter().map(|value| *value as f64).collect()
        }
        match (&mut *self, more) {
            (Self::Float(values), Self::Float(mut more)) => values.append(&mut more),
            (Self::Integer(values), Self::Integer(mut more)) => values.append(&mut more),
            (Self::Float(values), Self::Integer(more)) => values.append(&mut floats(&more)),
            (Self::Integer(values), Self::Float(mut more)) => {
                let mut values = floats(values);
                values.append(&mut more);
                *self = Self::Float(values);
            }
        }
    }
}

/// One name per component; an empty one stands for none.
fn component_names(array: &ArrayElement<'_>) -> Vec<String> {
    let mut names: Vec<String> = array
        .component_names
        .iter()
        .map(|name| name.clone().unwrap_or_default())
        .collect();
    names.resize(array.components, String::new());
    names
}
