//! Fields as groups of a MED file.

use std::collections::HashSet;

use mesh_core::{DataArray, Field, FieldValues, Location, Shape};

use super::fields::{FULL_COMPONENTS, FULL_NAME, NO_PROFILE};
use super::naming::{split_components, unique_name};
use super::write::{Blocks, StepFields, as_integer, integer, number_of, step_name, text};
use super::write_families::FamilyPlan;
use crate::hdf5::{Attribute, Content, Group};

/// MED's numbers of the types of values.
const FLOAT64: i64 = 6;
const INT64: i64 = 26;

/// One field through the steps that have it.
struct Series<'a> {
    first: &'a Field,
    steps: Vec<(i64, f64, &'a Field)>,
}

impl<'a> Series<'a> {
    /// Whether `field` is this one at another step.
    fn goes_on_with(&self, field: &Field) -> bool {
        let is_float = |field: &Field| matches!(field.values(), FieldValues::Float(_));
        self.first.name() == field.name()
            && self.first.location() == field.location()
            && is_float(self.first) == is_float(field)
            && self.first.component_names() == field.component_names()
    }

    /// The fields of all steps, each once, in the order in which they first appear.
    fn collect(steps: &[StepFields<'a>], families: &FamilyPlan) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (number, (time, fields)) in steps.iter().enumerate() {
            let (number, time) = match time {
                Some(time) => (as_integer(number), *time),
                None => (-1, 0.0),
            };
            // Two fields of one name at a step are two fields.
            let mut used = HashSet::new();
            for field in fields.iter().filter(|field| !families.replaces(field)) {
                let found = (0..all.len())
                    .find(|index| all[*index].goes_on_with(field) && !used.contains(index));
                let index = found.unwrap_or_else(|| {
                    all.push(Self {
                        first: field,
                        steps: Vec::new(),
                    });
                    all.len() - 1
                });
                used.insert(index);
                all[index].steps.push((number, time, field));
            }
        }
        all
    }
}

/// The group of all fields, on the mesh of this name.
pub(super) fn field_groups<'a>(
    mesh: &str,
    blocks: &'a Blocks,
    families: &FamilyPlan,
    steps: &[StepFields<'a>],
) -> Group<'a> {
    let mut group = Group::default();
    let mut taken = HashSet::new();
    for series in Series::collect(steps, families) {
        let name = unique_name(series.first.name(), &mut taken);
        let field = field_group(mesh, &name, blocks, &series);
        group.push_group(name, field);
    }
    group
}

fn field_group<'a>(mesh: &str, name: &str, blocks: &'a Blocks, series: &Series<'a>) -> Group<'a> {
    let field = series.first;
    let components = field.component_names();
    let (names, units, is_whole) = split_components(components);
    let kind = match field.values() {
        FieldValues::Float(_) => FLOAT64,
        FieldValues::Integer(_) => INT64,
    };
    let mut attributes = vec![
        text("MAI", mesh),
        number_of("NCO", components.len()),
        integer("TYP", kind),
        ("NOM", Attribute::Text(names)),
        ("UNI", Attribute::Text(units)),
        text("UNT", ""),
    ];
    if name != field.name() {
        attributes.push(text(FULL_NAME, field.name()));
    }
    if !is_whole {
        attributes.push((FULL_COMPONENTS, Attribute::Texts(components.to_vec())));
    }
    let entities = entities(field.location(), blocks);
    attributes.extend(entities.clone());
    // How many steps have the same entities as those before: all.
    let count = as_integer(series.steps.len());
    attributes.push(integer("LAA", count));
    attributes.push(match field.location() {
        Location::Cells => integer("LCA", count),
        Location::Nodes => integer("LNA", count),
    });
    let mut group = Group::new(attributes);
    for (number, time, field) in &series.steps {
        let mut attributes = vec![
            integer("NDT", *number),
            integer("NOR", -1),
            ("PDT", Attribute::Float(*time)),
            integer("RDT", -1),
            integer("ROR", -1),
        ];
        attributes.extend(entities.clone());
        let mut step = Group::new(attributes);
        match field.location() {
            Location::Nodes => {
                step.push_group("NOE", values_group(field, None));
            }
            Location::Cells => {
                for block in &blocks.blocks {
                    let values = values_group(field, Some(&block.cells));
                    step.push_group(format!("MAI.{}", block.name), values);
                }
            }
        }
        group.push_group(step_name(*number, -1), step);
    }
    group
}

/// What a field is on, as sets: kinds of entities, and types of cells. Since version 4.1 readers
/// of MED look here, not for the groups.
fn entities(location: Location, blocks: &Blocks) -> Vec<(&'static str, Attribute)> {
    match location {
        Location::Cells => {
            let types = blocks.blocks.iter().map(|block| 1 << type_bit(block.shape));
            let types = types.fold(0, |all, bit| all | bit);
            vec![("LEN", Attribute::Bits(1)), ("LGC", Attribute::Bits(types))]
        }
        Location::Nodes => vec![("LEN", Attribute::Bits(8)), ("LGN", Attribute::Bits(1))],
    }
}

/// The place of a type of cells in such a set.
const fn type_bit(shape: Shape) -> u32 {
    match shape {
        Shape::Tetrahedron => 10,
        Shape::Pyramid => 11,
        Shape::Wedge => 12,
        Shape::Hexahedron => 13,
        Shape::Polyhedron => 23,
    }
}

/// The values of a field, on these cells or on all nodes.
fn values_group<'a>(field: &'a Field, cells: Option<&'a [u32]>) -> Group<'a> {
    let count = cells.map_or_else(|| field.tuples(), <[u32]>::len);
    let mut profile = Group::new(vec![
        number_of("NBR", count),
        integer("NGA", 1),
        text("GAU", ""),
    ]);
    let length = count * field.components();
    let content = match field.values() {
        FieldValues::Float(array) => {
            Content::Floats(length, Box::new(by_component(array, cells, count)))
        }
        FieldValues::Integer(array) => {
            Content::Integers(length, Box::new(by_component(array, cells, count)))
        }
    };
    profile.push_dataset("CO", Vec::new(), content);
    let mut group = Group::new(vec![text("GAU", ""), text("PFL", NO_PROFILE)]);
    group.push_group(NO_PROFILE, profile);
    group
}

/// All first components, then all second ones, and so on.
fn by_component<'a, T: Copy>(
    array: &'a DataArray<T>,
    cells: Option<&'a [u32]>,
    count: usize,
) -> impl Iterator<Item = T> + 'a {
    let components = array.component_count();
    let values = array.values();
    (0..components).flat_map(move |component| {
        (0..count).map(move |index| {
            let tuple = cells.map_or(index, |cells| cells[index] as usize);
            values[tuple * components + component]
        })
    })
}
