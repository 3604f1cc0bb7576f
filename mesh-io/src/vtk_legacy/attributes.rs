//! The fields of a file: `POINT_DATA`, `CELL_DATA`, and what stands there.

use mesh_core::Location;

use super::error::VtkLegacyError;
use super::numbers::{Numbers, ValueType};
use super::scanner::Scanner;
use crate::shorten;
use crate::vtk::ArrayError;
use crate::vtk::fields::{FieldTable, PieceArray};
use crate::vtk::ghosts::Marks;
use crate::vtk::xml::scalar::ScalarType;

/// Components that an array may have where it has no values.
const MOST_COMPONENTS: usize = 1024;

/// The arrays of a file on its nodes and cells.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    arrays: Vec<AttributeArray<'a>>,
    notes: Vec<String>,
}

/// An array on the nodes or cells.
struct AttributeArray<'a> {
    name: String,
    location: Location,
    components: Vec<String>,
    values: Numbers<'a>,
}

/// Where arrays belong, and how many tuples they have.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) location: Location,
    pub(super) tuples: usize,
}

impl<'a> Attributes<'a> {
    /// Reads the attribute that `keyword`, in upper case, begins, of the nodes or cells in
    /// `group`. Says whether it is one.
    ///
    /// # Errors
    ///
    /// What is damaged in it.
    pub(super) fn read(
        &mut self,
        keyword: &[u8],
        group: Group,
        scanner: &mut Scanner<'a>,
    ) -> Result<bool, VtkLegacyError> {
        match keyword {
            b"SCALARS" => self.read_scalars(group, scanner)?,
            b"COLOR_SCALARS" => self.read_colors(group, scanner)?,
            b"LOOKUP_TABLE" => {
                let name = scanner.name()?;
                let values = scanner.count()?.saturating_mul(4);
                let scalar = if scanner.is_binary {
                    ScalarType::UInt8
                } else {
                    ScalarType::Float32
                };
                scanner.numbers(&name, ValueType::Number(scalar), values)?;
            }
            b"VECTORS" | b"NORMALS" => self.read_tuples(3, group, scanner)?,
            b"TENSORS" => self.read_tuples(9, group, scanner)?,
            b"TENSORS6" => self.read_tuples(6, group, scanner)?,
            b"GLOBAL_IDS" | b"PEDIGREE_IDS" | b"EDGE_FLAGS" => {
                self.read_tuples(1, group, scanner)?;
            }
            b"TEXTURE_COORDINATES" => {
                let name = scanner.name()?;
                let components = scanner.count()?;
                let value_type = scanner.value_type()?;
                self.read_array(name, components, value_type, group, scanner)?;
            }
            b"FIELD" => self.read_field(Some(group), scanner)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `SCALARS name type [components]`, as a rule with `LOOKUP_TABLE name` in the next line.
    fn read_scalars(
        &mut self,
        group: Group,
        scanner: &mut Scanner<'a>,
    ) -> Result<(), VtkLegacyError> {
        let name = scanner.name()?;
        let value_type = scanner.value_type()?;
        let components = match scanner.rest_of_line().trim_ascii() {
            b"" => 1,
            text => {
                let components = std::str::from_utf8(text).ok().and_then(|t| t.parse().ok());
                components.ok_or_else(|| scanner.unexpected(text, "a number of components"))?
            }
        };
        if scanner.passes("LOOKUP_TABLE") {
            scanner.word("the name of a lookup table")?;
        }
        self.read_array(name, components, value_type, group, scanner)
    }

    /// `COLOR_SCALARS name components`: bytes, which in digits are fractions of 255.
    fn read_colors(
        &mut self,
        group: Group,
        scanner: &mut Scanner<'a>,
    ) -> Result<(), VtkLegacyError> {
        let name = scanner.name()?;
        let components = scanner.count()?;
        let scalar = if scanner.is_binary {
            ScalarType::UInt8
        } else {
            ScalarType::Float32
        };
        self.read_array(name, components, ValueType::Number(scalar), group, scanner)?;
        if let Some(array) = self.arrays.last_mut()
            && let Numbers::Floats(fractions) = &array.values
        {
            let to_byte = |fraction: &f64| (255.0 * fraction).round().clamp(0.0, 255.0) as i64;
            array.values = Numbers::Integers(fractions.iter().map(to_byte).collect());
        }
        Ok(())
    }

    /// `name type`, and tuples of so many components.
    fn read_tuples(
        &mut self,
        components: usize,
        group: Group,
        scanner: &mut Scanner<'a>,
    ) -> Result<(), VtkLegacyError> {
        let name = scanner.name()?;
        let value_type = scanner.value_type()?;
        self.read_array(name, components, value_type, group, scanner)
    }

    /// `FIELD name arrays`, then per array `name components tuples type`. Without a group they
    /// belong to the file, and are passed over.
    pub(super) fn read_field(
        &mut self,
        group: Option<Group>,
        scanner: &mut Scanner<'a>,
    ) -> Result<(), VtkLegacyError> {
        scanner.name()?;
        for _ in 0..scanner.count()? {
            let word = scanner.word("the name of an array")?;
            if word == b"NULL_ARRAY" {
                continue;
            }
            let name = super::names::decode(word);
            let components = scanner.count()?;
            let tuples = scanner.count()?;
            let value_type = scanner.value_type()?;
            let location = group.map(|group| group.location);
            let array = Group {
                location: location.unwrap_or(Location::Cells),
                tuples,
            };
            let before = self.arrays.len();
            self.read_array(name, components, value_type, array, scanner)?;
            if self.arrays.len() == before || group.is_some_and(|group| group.tuples == tuples) {
                continue;
            }
            if let (Some(array), Some(group)) = (self.arrays.pop(), group) {
                self.notes.push(format!(
                    "array {:?} left out: {tuples} tuples, but there are {} {}",
                    shorten(&array.name),
                    group.tuples,
                    group.location
                ));
            }
        }
        Ok(())
    }

    fn read_array(
        &mut self,
        name: String,
        components: usize,
        value_type: ValueType,
        group: Group,
        scanner: &mut Scanner<'a>,
    ) -> Result<(), VtkLegacyError> {
        let count = components.saturating_mul(group.tuples);
        if value_type == ValueType::Text {
            scanner.skip_texts(&name, count)?;
            scanner.metadata(0);
            let name = shorten(&name);
            self.notes.push(format!("array {name:?} of text left out"));
            return Ok(());
        }
        let values = scanner.numbers(&name, value_type, count)?;
        let names = scanner.metadata(components);
        if components == 0 || (count == 0 && components > MOST_COMPONENTS) {
            let name = shorten(&name);
            self.notes
                .push(format!("array {name:?} without values left out"));
            return Ok(());
        }
        self.arrays.push(AttributeArray {
            name,
            location: group.location,
            components: names.unwrap_or_else(|| vec![String::new(); components]),
            values,
        });
        Ok(())
    }

    /// Which cells, or nodes, are marked to be left out, one flag each, where the file says so.
    pub(super) fn marked(
        &self,
        location: Location,
        is_hidden: impl Fn(Marks, i64) -> bool,
    ) -> Option<Vec<bool>> {
        let arrays = self
            .arrays
            .iter()
            .filter(|array| array.location == location);
        let mut found = arrays.filter_map(|array| {
            let marks = Marks::of(&array.name, array.components.len())?;
            Some((marks, array.values.integers().ok()?))
        });
        let (marks, values) = found.next()?;
        Some(values.iter().map(|mark| is_hidden(marks, *mark)).collect())
    }

    /// The fields, without the values on cells that are not `kept`, and without marks.
    ///
    /// # Errors
    ///
    /// Values that are damaged.
    pub(super) fn finish(self, kept: Option<&[bool]>) -> Result<FieldTable, VtkLegacyError> {
        let mut table = FieldTable::new(1);
        for note in self.notes {
            table.note(note);
        }
        for array in self.arrays {
            if Marks::of(&array.name, array.components.len()).is_some() {
                continue;
            }
            let name = &array.name;
            let values = match array.values.into_values() {
                Ok(values) => values,
                // Large unsigned numbers are no field; the mesh can do without.
                Err(source @ ArrayError::TooLarge { .. }) => {
                    table.note(format!("array {:?} left out: {source}", shorten(name)));
                    continue;
                }
                Err(source) => {
                    let section = shorten(name);
                    return Err(VtkLegacyError::Array { section, source });
                }
            };
            let values = match kept {
                Some(kept) if array.location == Location::Cells => {
                    values.keep(kept, array.components.len())
                }
                _ => values,
            };
            let piece = PieceArray {
                name,
                location: array.location,
                components: array.components,
                values,
            };
            // There is one piece, so that there is nothing to differ from.
            let _ = table.add(piece, 0);
        }
        Ok(table)
    }
}
