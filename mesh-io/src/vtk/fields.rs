//! Fields as they grow piece by piece.

use mesh_core::{DataArray, Field, FieldValues, Location};

use crate::shorten;

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

pub(crate) enum Values {
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

    /// Adds the values of one piece; a whole number of tuples.
    ///
    /// # Errors
    ///
    /// Another number of components than in the pieces before.
    pub(crate) fn add(
        &mut self,
        array: PieceArray<'_>,
        piece: usize,
    ) -> Result<(), ComponentsDiffer> {
        let PieceArray {
            name,
            location,
            components,
            values,
        } = array;
        let known = self
            .columns
            .iter_mut()
            .find(|c| c.name == name && c.location == location);
        match known {
            None if piece == 0 => self.columns.push(Column {
                name: name.to_owned(),
                location,
                components,
                values,
                pieces: 1,
            }),
            // A field that begins in a later piece is left out in the end.
            None => self.columns.push(Column {
                name: name.to_owned(),
                location,
                components,
                values: Values::Float(Vec::new()),
                pieces: 0,
            }),
            Some(column) if column.pieces != piece => {
                if column.pieces == piece + 1 {
                    let name = shorten(name);
                    self.notes.push(format!(
                        "array {name:?} left out: a second one of that name"
                    ));
                }
            }
            Some(column) => {
                if column.components.len() != components.len() {
                    return Err(ComponentsDiffer {
                        found: components.len(),
                        expected: column.components.len(),
                    });
                }
                column.values.append(values);
                column.pieces += 1;
            }
        }
        Ok(())
    }

    /// Adds a sentence about what was left out.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }
}

/// The values of a field in one piece.
pub(crate) struct PieceArray<'a> {
    pub(crate) name: &'a str,
    pub(crate) location: Location,
    /// One name per component; an empty one stands for none.
    pub(crate) components: Vec<String>,
    pub(crate) values: Values,
}

/// A field has other numbers of components in one piece than in those before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ComponentsDiffer {
    pub(crate) found: usize,
    pub(crate) expected: usize,
}

impl Values {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Integer(values) => values.len(),
        }
    }

    /// The tuples that are `kept`.
    pub(crate) fn keep(self, kept: &[bool], components: usize) -> Self {
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
