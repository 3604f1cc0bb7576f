//! Which cells are written to which entity, and to which physical groups entities belong.

use std::collections::{HashMap, HashSet};

use mesh_core::{Field, Label, Location};

use super::groups::{GEOMETRICAL, PHYSICAL, number_groups, physical_name};
use super::options::GmshVersion;

/// The entities and groups of a file that is written.
pub(super) struct Regions<'a> {
    /// The entity of each cell.
    pub(super) entities: Vec<i32>,
    /// The groups of each entity, ascending by entity.
    pub(super) groups: Vec<(i32, Vec<i32>)>,
    pub(super) names: Vec<(i32, String)>,
    /// The fields that say all that: they are not written again.
    pub(super) expressed: Vec<&'a Field>,
    /// The field whose labels became groups; it is written as well.
    pub(super) labelled: Option<&'a Field>,
}

/// The regions that fields on `cells` cells describe.
pub(super) fn regions_of<'a>(
    cells: usize,
    fields: &[&'a Field],
    version: GmshVersion,
) -> Regions<'a> {
    let mut expressed = Vec::new();
    let mut names = Vec::new();
    let mut labelled = None;
    let mut groups = physical_groups(fields, version);
    if groups.is_empty() {
        let field = fields.iter().find(|field| {
            column(field).is_some()
                && !field.labels().is_empty()
                && !field.name().starts_with(PHYSICAL)
        });
        if let Some(field) = field {
            (groups, names) = groups_of_labels(field, version);
            labelled = Some(*field);
        }
    } else {
        for level in 0..groups.len() {
            let Some(field) = find(fields, &physical_name(level)) else {
                continue;
            };
            for label in field.labels() {
                // A group has one name for both of its orientations.
                if let Some(value) = small(label.value) {
                    names.push((value.abs(), label.name.clone()));
                }
            }
            expressed.push(field);
        }
        names = without_repeats(names);
    }
    let mut entities = None;
    if let Some(field) = find(fields, GEOMETRICAL)
        && let Some(values) = column(field)
        && let Some(values) = numbers_of_entities(values, &groups)
    {
        expressed.push(field);
        entities = Some(values);
    }
    let entities = entities.unwrap_or_else(|| {
        let numbers = number_groups(cells, &groups);
        // There are no more sets than cells.
        numbers.into_iter().map(|number| number as i32).collect()
    });
    let mut of_entity: Vec<(i32, Vec<i32>)> = Vec::new();
    let mut known = HashSet::new();
    for (cell, &entity) in entities.iter().enumerate() {
        if known.insert(entity) {
            let groups = groups.iter().map(|groups| groups[cell] as i32);
            of_entity.push((entity, groups.filter(|group| *group != 0).collect()));
        }
    }
    of_entity.sort_unstable();
    Regions {
        entities,
        groups: of_entity,
        names,
        expressed,
        labelled,
    }
}

fn without_repeats(mut names: Vec<(i32, String)>) -> Vec<(i32, String)> {
    let mut known = HashSet::new();
    names.retain(|name| known.insert(name.clone()));
    names
}

fn find<'a>(fields: &[&'a Field], name: &str) -> Option<&'a Field> {
    fields.iter().copied().find(|field| field.name() == name)
}

/// The values of a field of one integer per cell.
fn column(field: &Field) -> Option<&[i64]> {
    let array = field.as_integer()?;
    (field.location() == Location::Cells && array.component_count() == 1).then(|| array.values())
}

/// A number that Gmsh can hold as a tag.
fn small(value: i64) -> Option<i32> {
    i32::try_from(value).ok().filter(|value| *value != i32::MIN)
}

/// The fields of groups, as far as each cell has its groups in the first ones, none twice.
fn physical_groups(fields: &[&Field], version: GmshVersion) -> Vec<Vec<i64>> {
    let most = match version {
        GmshVersion::V2_2 => 1,
        GmshVersion::V4_1 => usize::MAX,
    };
    let mut groups: Vec<Vec<i64>> = Vec::new();
    while groups.len() < most
        && let Some(field) = find(fields, &physical_name(groups.len()))
        && let Some(values) = column(field)
        && field.component_names().iter().all(String::is_empty)
        && values.iter().all(|value| small(*value).is_some())
        && values.iter().any(|value| *value != 0)
        && (0..values.len()).all(|cell| {
            let mut before = groups.iter().map(|groups| groups[cell]);
            values[cell] == 0 || before.all(|group| group != 0 && group != values[cell])
        })
    {
        groups.push(values.to_vec());
    }
    groups
}

/// A group for each name of a label: cells whose value has several names belong to several.
fn groups_of_labels(field: &Field, version: GmshVersion) -> (Vec<Vec<i64>>, Vec<(i32, String)>) {
    let mut names: Vec<(i32, String)> = Vec::new();
    let mut numbers = HashMap::new();
    let mut highest = 0;
    let mut of_value: HashMap<i64, Vec<i64>> = HashMap::new();
    for Label { value, name } in field.labels() {
        let number = *numbers.entry(name.clone()).or_insert_with(|| {
            highest += 1;
            names.push((highest, name.clone()));
            highest
        });
        let groups = of_value.entry(*value).or_default();
        if !groups.contains(&number.into()) && (groups.is_empty() || version == GmshVersion::V4_1) {
            groups.push(number.into());
        }
    }
    let values = column(field).unwrap_or_default();
    let levels = of_value.values().map(Vec::len).max().unwrap_or_default();
    let mut groups = vec![vec![0; values.len()]; levels];
    for (cell, value) in values.iter().enumerate() {
        let of_cell = of_value.get(value).map(Vec::as_slice).unwrap_or_default();
        for (groups, group) in groups.iter_mut().zip(of_cell) {
            groups[cell] = *group;
        }
    }
    groups.retain(|groups| groups.iter().any(|group| *group != 0));
    (groups, names)
}

/// The values as tags of entities, where each entity has the same groups throughout.
fn numbers_of_entities(values: &[i64], groups: &[Vec<i64>]) -> Option<Vec<i32>> {
    let mut first_cells = HashMap::new();
    let mut numbers = Vec::with_capacity(values.len());
    for (cell, &value) in values.iter().enumerate() {
        let first: usize = *first_cells.entry(value).or_insert(cell);
        if groups.iter().any(|groups| groups[cell] != groups[first]) {
            return None;
        }
        numbers.push(small(value).filter(|tag| *tag > 0)?);
    }
    Some(numbers)
}
