//! From a field to a section of a Gmsh file.

use std::io;

use mesh_core::{DataArray, Field, FieldValues, Location};

use super::description::{Description, ValueKind};
use super::numbers_out::{Digits, quoted};
use super::regions::Regions;
use super::write_mesh::Writer;

/// Bytes of a name that Gmsh shows of a field; it reads lines of 255.
const LONGEST_VIEW: usize = 200;

/// The largest integer below which every one is a float, too.
const EXACT: u64 = 1 << 53;

/// What is to be said of a field beside its values.
pub(super) fn describe(field: &Field, regions: &Regions<'_>) -> Description {
    let shown = quoted(field.name(), LONGEST_VIEW);
    let is_shown = shown.get(1..shown.len() - 1) == Some(field.name());
    let integers = field.as_integer().map(DataArray::values);
    let is_large = |value: &i64| value.unsigned_abs() > EXACT;
    let kind = match integers {
        None => ValueKind::Float,
        Some(values) if values.iter().any(is_large) => ValueKind::LargeInteger,
        Some(_) => ValueKind::Integer,
    };
    let count = field.components();
    let has_names = field.component_names().iter().any(|name| !name.is_empty());
    Description {
        name: (!is_shown).then(|| field.name().to_owned()),
        count: (stored_components(kind.floats(count)) != count).then_some(count),
        components: if has_names {
            field.component_names().to_vec()
        } else {
            Vec::new()
        },
        kind,
        is_of_one_step: false,
        makes_groups: regions.labelled == Some(field),
        labels: field.labels().to_vec(),
    }
}

/// The components that are written for so many: Gmsh knows scalars, vectors and tensors.
const fn stored_components(count: usize) -> usize {
    match count {
        0 | 1 => 1,
        2 | 3 => 3,
        4..=9 => 9,
        _ => count,
    }
}

impl Writer<'_> {
    /// Writes a field, at a step of this number and time or without time.
    pub(super) fn write_field(
        &mut self,
        field: &Field,
        description: &Description,
        step: Option<(usize, f64)>,
    ) -> io::Result<()> {
        let section = match field.location() {
            Location::Cells => "ElementData",
            Location::Nodes => "NodeData",
        };
        self.out.line(format_args!("${section}"))?;
        let tags = description.to_tags();
        self.out
            .line(if tags.is_empty() { 1 } else { 2 + tags.len() })?;
        self.out.line(quoted(field.name(), LONGEST_VIEW))?;
        if !tags.is_empty() {
            // The name of an interpolation scheme.
            self.out.line("\"\"")?;
        }
        for tag in &tags {
            self.out.line(format_args!("\"{tag}\""))?;
        }
        match step {
            Some((_, time)) => {
                self.out.line(1)?;
                self.out.line(Digits(time))?;
            }
            None => self.out.line(0)?,
        }
        let count = field.components();
        let used = description.kind.floats(count);
        let stored = stored_components(used);
        let number = step.map_or(0, |(number, _)| number);
        for number in [3, number, stored, field.tuples()] {
            self.out.line(number)?;
        }
        match field.values() {
            FieldValues::Float(array) => {
                for (tuple, tag) in array.tuples().zip(1..) {
                    self.write_tuple(tag, tuple.iter().copied(), stored - used)?;
                }
            }
            FieldValues::Integer(array) => {
                for (tuple, tag) in array.tuples().zip(1..) {
                    let rounded = tuple.iter().map(|value| *value as f64);
                    if description.kind == ValueKind::LargeInteger {
                        let remainders = tuple.iter().map(|value| remainder(*value));
                        self.write_tuple(tag, rounded.chain(remainders), stored - used)?;
                    } else {
                        self.write_tuple(tag, rounded, stored - used)?;
                    }
                }
            }
        }
        self.out.end_section(section)
    }

    fn write_tuple(
        &mut self,
        tag: i32,
        values: impl Iterator<Item = f64>,
        zeros: usize,
    ) -> io::Result<()> {
        self.out.integer(tag);
        for value in values {
            self.out.float(value);
        }
        for _ in 0..zeros {
            self.out.float(0.0);
        }
        self.out.end_line()
    }
}

/// What rounding takes from an integer that becomes a float.
fn remainder(value: i64) -> f64 {
    (i128::from(value) - (value as f64) as i128) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_its_float_and_a_remainder() {
        for value in [
            0,
            i64::MAX,
            i64::MIN,
            (1 << 60) + 1,
            -(1 << 60) - 3,
            i64::MAX - 511,
        ] {
            let sum = (value as f64) as i128 + remainder(value) as i128;
            assert_eq!(sum, i128::from(value));
        }
    }
}
