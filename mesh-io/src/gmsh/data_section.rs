//! One section of values on nodes or elements: its head, and its values.

use mesh_core::Location;

use super::cursor::Cursor;
use super::description::Description;
use super::document::Section;
use super::error::GmshError;
use super::records::Record;
use crate::shorten;

/// The head of a section `$NodeData` or `$ElementData`, and where its values begin.
#[derive(Debug)]
pub(super) struct DataSection<'a> {
    pub(super) location: Location,
    /// The name as Gmsh shows it.
    pub(super) view: String,
    pub(super) description: Description,
    /// None where the file gives no time.
    pub(super) time: Option<f64>,
    pub(super) step: i64,
    pub(super) partition: i64,
    /// How many components each value has in the file.
    pub(super) components: usize,
    count: usize,
    values: Cursor<'a>,
}

impl<'a> DataSection<'a> {
    /// Reads the head.
    pub(super) fn read(section: Section<'a>, location: Location) -> Result<Self, GmshError> {
        let mut cursor = Cursor::new(section);
        let count = read_count(&mut cursor, "string tags")?;
        let mut strings = Vec::new();
        for _ in 0..count {
            check_line(&cursor)?;
            strings.push(unquote(&String::from_utf8_lossy(cursor.line())));
        }
        let further = strings.iter().skip(2).map(String::as_str);
        let description =
            Description::from_tags(further).ok_or_else(|| GmshError::FieldDescription {
                place: section.place(),
                found: shorten(&strings[2..].join(" ")),
            })?;
        let count = read_count(&mut cursor, "real tags")?;
        let mut time = None;
        for index in 0..count {
            check_line(&cursor)?;
            let value = cursor.line_of::<f64>("number")?;
            if index == 0 {
                time = Some(value);
            }
        }
        let count = read_count(&mut cursor, "integer tags")?;
        if count < 3 {
            return Err(GmshError::Count {
                place: cursor.place(),
                section: section.name.into(),
                what: "integer tags",
                found: count.to_string(),
                expected: "at least 3: the step, the number of components, the number of values"
                    .into(),
            });
        }
        let mut integers = [(0, 0); 4];
        for index in 0..count {
            check_line(&cursor)?;
            let here = cursor.here();
            let value = cursor.line_of::<i64>("integer")?;
            if let Some(integer) = integers.get_mut(index) {
                *integer = (value, here);
            }
        }
        let [
            (step, _),
            (components, components_here),
            (values, values_here),
            (partition, _),
        ] = integers;
        let components = usize::try_from(components)
            .ok()
            .filter(|components| *components > 0)
            .ok_or_else(|| GmshError::Count {
                place: cursor.place_of(components_here),
                section: section.name.into(),
                what: "components",
                found: components.to_string(),
                expected: "a number above 0".into(),
            })?;
        let count = cursor.to_count(values, "values", values_here)?;
        Ok(Self {
            location,
            view: strings.into_iter().next().unwrap_or_default(),
            description,
            time,
            step,
            partition,
            components,
            count,
            values: cursor,
        })
    }

    /// What sections of one view have in common.
    pub(super) fn key(&self) -> (Location, String, usize, Vec<String>, bool) {
        let description = self.description.to_tags();
        let view = self.view.clone();
        (
            self.location,
            view,
            self.components,
            description,
            self.time.is_some(),
        )
    }

    pub(super) const fn section(&self) -> &Section<'a> {
        &self.values.section
    }

    /// The tags of nodes or elements, and the values on them.
    pub(super) fn values(&self) -> Result<(Vec<i64>, Vec<f64>), GmshError> {
        let mut cursor = self.values.clone();
        let record = Record {
            integers: 1,
            floats: self.components,
            are_wide: false,
        };
        let shape = [1, self.components];
        let found = cursor.records(self.count, record, shape, |tag, floats, tags, values| {
            tags.copy_from_slice(tag);
            values.copy_from_slice(floats);
            Ok(())
        })?;
        cursor.finish()?;
        Ok(found)
    }
}

/// A count in a line of its own.
fn read_count(cursor: &mut Cursor<'_>, what: &'static str) -> Result<usize, GmshError> {
    let here = cursor.here();
    let found = cursor.line_of::<i64>("count of tags")?;
    cursor.to_count(found, what, here)
}

/// An error where no line is left.
fn check_line(cursor: &Cursor<'_>) -> Result<(), GmshError> {
    if cursor.here() < cursor.section.body().len() {
        return Ok(());
    }
    Err(GmshError::Truncated {
        place: cursor.place(),
        section: cursor.section.name.into(),
        needed: 1,
        available: 0,
        unit: "lines",
    })
}

/// What stands between the first quote of a line and the last one.
pub(super) fn unquote(line: &str) -> String {
    let line = line.trim();
    let inner = line
        .find('"')
        .zip(line.rfind('"'))
        .filter(|(first, last)| first < last)
        .map(|(first, last)| &line[first + 1..last]);
    inner.unwrap_or(line).to_owned()
}
