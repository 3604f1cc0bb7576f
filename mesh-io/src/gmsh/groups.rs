//! Physical groups and entities as fields: what they are called, when they are there.

use std::collections::{HashMap, HashSet};

use mesh_core::{DataArray, Field, FieldValues, Label, Location};

use super::cells::Cells;
use super::cursor::Cursor;
use super::data_section::unquote;
use super::document::Section;
use super::error::GmshError;

/// The field of the first physical group of each cell, as meshio calls it, too.
pub(super) const PHYSICAL: &str = "gmsh:physical";

/// The field of the volume of the geometry that each cell lies in, as meshio calls it, too.
pub(super) const GEOMETRICAL: &str = "gmsh:geometrical";

/// The name of the field of the group at this level: the first, the second, … of each cell.
pub(super) fn physical_name(level: usize) -> String {
    match level {
        0 => PHYSICAL.to_owned(),
        _ => format!("{PHYSICAL}:{}", level + 1),
    }
}

/// The names of physical groups of volumes, each once, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) labels: Vec<Label>,
    known: HashSet<(i64, String)>,
}

/// Adds the names of volumes in `$PhysicalNames`, which is text in any encoding.
pub(super) fn read_names(section: Section<'_>, names: &mut Names) -> Result<(), GmshError> {
    let mut cursor = Cursor::new(section);
    let here = cursor.here();
    let count = cursor.line_of::<i64>("number of names")?;
    let count = cursor.to_count(count, "names", here)?;
    for _ in 0..count {
        let here = cursor.here();
        if here >= section.body().len() {
            return Err(GmshError::Truncated {
                place: cursor.place(),
                section: section.name.into(),
                needed: 1,
                available: 0,
                unit: "lines",
            });
        }
        let line = String::from_utf8_lossy(cursor.line());
        let line = line.trim();
        let number = || GmshError::Number {
            place: cursor.place_of(here),
            section: section.name.into(),
            found: crate::shorten(line),
            expected: "line of a dimension, a tag and a name",
        };
        let (dimension, rest) = line.split_once(char::is_whitespace).ok_or_else(number)?;
        let (tag, name) = rest
            .trim_start()
            .split_once(char::is_whitespace)
            .ok_or_else(number)?;
        let dimension: i64 = dimension.parse().map_err(|_| number())?;
        let value: i64 = tag.parse().map_err(|_| number())?;
        let name = unquote(name);
        if dimension == 3 && names.known.insert((value, name.clone())) {
            names.labels.push(Label { value, name });
        }
    }
    Ok(())
}

/// The fields of groups and entities of these cells, where they say anything.
pub(super) fn fields(cells: &mut Cells, names: &[Label], with_groups: bool) -> Vec<Field> {
    let count = cells.entities.len();
    let mut groups = std::mem::take(&mut cells.groups);
    groups.retain(|groups| groups.iter().any(|group| *group != 0));
    for groups in &mut groups {
        groups.resize(count, 0);
    }
    let entities = std::mem::take(&mut cells.entities);
    let numbers = number_groups(count, &groups);
    let field = |name: &str, values| {
        let values = FieldValues::Integer(DataArray::scalars(values));
        Field::new(name, Location::Cells, values)
    };
    let mut fields = Vec::new();
    if with_groups {
        for (level, groups) in groups.into_iter().enumerate() {
            let labels = labels_of(&groups, names);
            fields.push(field(&physical_name(level), groups).with_labels(labels));
        }
    }
    // Where no geometry is given, all lie in 0.
    if entities != numbers && entities.iter().any(|entity| *entity != 0) {
        fields.push(field(GEOMETRICAL, entities));
    }
    fields
}

/// The names, and those of groups whose tags stand with a minus: an entity that is turned round.
fn labels_of(groups: &[i64], names: &[Label]) -> Vec<Label> {
    let mut labels = names.to_vec();
    let turned: HashSet<i64> = groups.iter().copied().filter(|group| *group < 0).collect();
    for label in names {
        let value = label.value.saturating_neg();
        if turned.contains(&value) {
            let name = label.name.clone();
            labels.push(Label { value, name });
        }
    }
    labels
}

/// For each cell the number, from 1 on, of the set of groups that it belongs to, in the order in
/// which they appear. So entities are numbered where nothing else is said of them.
pub(super) fn number_groups(count: usize, groups: &[Vec<i64>]) -> Vec<i64> {
    let mut numbers: HashMap<Vec<i64>, i64> = HashMap::new();
    let mut last: (Vec<i64>, i64) = (Vec::new(), 0);
    let mut highest = 0;
    (0..count)
        .map(|cell| {
            // A cell most often has the groups of the one before it.
            let here = groups.iter().map(|groups| groups[cell]);
            if last.1 == 0 || !here.clone().eq(last.0.iter().copied()) {
                last.0.clear();
                last.0.extend(here);
                last.1 = *numbers.entry(last.0.clone()).or_insert_with(|| {
                    highest += 1;
                    highest
                });
            }
            last.1
        })
        .collect()
}
