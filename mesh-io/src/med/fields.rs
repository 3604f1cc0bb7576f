//! The values of fields at one step, put together from the types of cells and profiles.

use std::collections::HashMap;

use mesh_core::{DataArray, Field, FieldValues, Location};

use super::access::{Access, check_length, missing, shown, unpadded, until_zero, wrong_kind};
use super::cells::Cells;
use super::error::MedError;
use super::steps::{FieldEntry, FieldStep, Part};
use crate::hdf5::{Value, decode};
use crate::shorten;

/// Bytes of the name, and of the unit, of a component.
pub(super) const COMPONENT_NAME: usize = 16;
/// Attributes that this writer adds where MED has no room for a name.
pub(super) const FULL_NAME: &str = "REMAP_NAME";
pub(super) const FULL_COMPONENTS: &str = "REMAP_COMPONENTS";
/// The profile that stands for all.
pub(super) const NO_PROFILE: &str = "MED_NO_PROFILE_INTERNAL";
const MOST_COMPONENTS: i64 = 10_000;
/// Floats have each integer up to this one.
const MOST_EXACT: u64 = 1 << 53;

/// Reads fields on one mesh.
pub(super) struct FieldReader<'a> {
    pub(super) access: Access<'a>,
    pub(super) cells: &'a Cells,
    pub(super) nodes: usize,
    /// Profiles read so far, by name.
    profiles: HashMap<String, Vec<i64>>,
    pub(super) notes: Vec<String>,
}

/// The values of a field so far.
struct Table {
    components: usize,
    values: Values,
    /// Which tuples have values.
    is_set: Vec<bool>,
}

enum Values {
    None,
    Float(Vec<f64>),
    Integer(Vec<i64>),
}

impl<'a> FieldReader<'a> {
    pub(super) fn new(access: Access<'a>, cells: &'a Cells, nodes: usize) -> Self {
        Self {
            access,
            cells,
            nodes,
            profiles: HashMap::new(),
            notes: Vec::new(),
        }
    }

    /// The fields that a field of the file is at one step: one on cells, one on nodes, or both.
    pub(super) fn read(
        &mut self,
        entry: &FieldEntry,
        step: &FieldStep,
    ) -> Result<Vec<Field>, MedError> {
        let components = self.read_components(entry)?;
        let name = self.access.text(&entry.path, FULL_NAME)?;
        let name = name.unwrap_or_else(|| entry.name.clone());
        let mut cells = Table::new(self.cells.count(), components.len());
        let mut nodes = Table::new(self.nodes, components.len());
        let mut left_out = Vec::new();
        for part in &step.parts {
            let (table, first, count) = match part.entity.as_str() {
                "NOE" => (&mut nodes, 0, self.nodes),
                entity => {
                    let block = entity.strip_prefix("MAI.").and_then(|kind| {
                        let mut blocks = self.cells.blocks.iter();
                        blocks.find(|block| block.name == kind)
                    });
                    match block {
                        Some(block) => (&mut cells, block.first, block.count),
                        None => {
                            left_out.push(reason(entity));
                            continue;
                        }
                    }
                }
            };
            for (path, profile) in self.list_profiles(part)? {
                match self.read_values(&path, &profile, components.len(), count)? {
                    None => left_out.push("values at Gauss points"),
                    Some((value, places)) => table.set(&value, places, first, count),
                }
            }
        }
        let mut fields = Vec::new();
        for (mut table, location) in [(nodes, Location::Nodes), (cells, Location::Cells)] {
            let count = table.is_set.iter().filter(|is_set| **is_set).count();
            if matches!(table.values, Values::None) || count == 0 {
                continue;
            }
            if location == Location::Cells {
                table.sort(self.cells);
            }
            let total = table.is_set.len();
            if count < total && !self.fill_gaps(&mut table, &name, location, count) {
                continue;
            }
            let values = match table.values {
                Values::Integer(values) => {
                    DataArray::new(components.iter(), values).map(FieldValues::Integer)
                }
                Values::Float(values) => {
                    DataArray::new(components.iter(), values).map(FieldValues::Float)
                }
                Values::None => continue,
            };
            // Tables are whole tuples of at least one component.
            if let Ok(values) = values {
                fields.push(Field::new(name.clone(), location, values));
            }
        }
        left_out.sort_unstable();
        left_out.dedup();
        for what in left_out {
            // Cells of lower dimension have been counted; their values go with them.
            if what != LOWER || fields.is_empty() {
                let name = shorten(&name);
                self.notes.push(format!("field {name:?}: {what} left out"));
            }
        }
        Ok(fields)
    }

    /// Notes what is missing, and makes a field of integers one of floats, so that it can be
    /// missing; whether that goes.
    fn fill_gaps(
        &mut self,
        table: &mut Table,
        name: &str,
        location: Location,
        count: usize,
    ) -> bool {
        let (name, total) = (shorten(name), table.is_set.len());
        let found = format!("field {name:?} covers {count} of {total} {location}");
        if let Values::Integer(values) = &table.values {
            if values.iter().any(|value| value.unsigned_abs() > MOST_EXACT) {
                let note = format!("{found}; it is left out, as integers cannot be missing");
                self.notes.push(note);
                return false;
            }
            let floats = values.iter().map(|value| *value as f64).collect();
            table.values = Values::Float(floats);
            let note = format!("{found}; its integers are read as floats, the others are NaN");
            self.notes.push(note);
        } else {
            self.notes.push(format!("{found}; the others are NaN"));
        }
        if let Values::Float(values) = &mut table.values {
            let tuples = values.chunks_exact_mut(table.components);
            for (tuple, _) in tuples.zip(&table.is_set).filter(|(_, is_set)| !**is_set) {
                tuple.fill(f64::NAN);
            }
        }
        true
    }

    /// The names of the components, with their units.
    fn read_components(&self, entry: &FieldEntry) -> Result<Vec<String>, MedError> {
        let path = &entry.path;
        let count = self.access.integer(path, "NCO")?.unwrap_or(1);
        if !(1..=MOST_COMPONENTS).contains(&count) {
            return Err(MedError::Components {
                place: shown(path),
                found: count,
                most: MOST_COMPONENTS,
            });
        }
        let count = count as usize;
        if let Some(names) = self.access.bytes(path, FULL_COMPONENTS)?
            && names.len() >= count
            && names.len().is_multiple_of(count)
        {
            let names = names.chunks(names.len() / count);
            return Ok(names.map(|name| decode(until_zero(name))).collect());
        }
        let texts = |name| -> Result<Vec<u8>, MedError> {
            Ok(self.access.bytes(path, name)?.unwrap_or_default())
        };
        let (names, units) = (texts("NOM")?, texts("UNI")?);
        Ok(join_components(&names, &units, count))
    }

    /// The groups of values of a part, and the profile of each.
    fn list_profiles(&self, part: &Part) -> Result<Vec<(String, String)>, MedError> {
        if part.is_old {
            let profile = self.access.text(&part.path, "PFL")?.unwrap_or_default();
            return Ok(vec![(part.path.clone(), profile.trim_end().to_owned())]);
        }
        let members = self.access.members(&part.path)?;
        let groups = members.into_iter().filter(|member| member.is_group);
        let path = |name: &str| format!("{}/{name}", part.path);
        Ok(groups
            .map(|member| (path(&member.name), member.name))
            .collect())
    }

    /// The values in the group `path`, and the places they belong to, from 1, where these are not
    /// all `count`; nothing where there are several values per place.
    fn read_values(
        &mut self,
        path: &str,
        profile: &str,
        components: usize,
        count: usize,
    ) -> Result<Option<(Value, Option<&[i64]>)>, MedError> {
        let gauss_points = self.access.integer(path, "NGA")?.unwrap_or(1);
        let gauss = self.access.text(path, "GAU")?.unwrap_or_default();
        if gauss_points > 1 || !(gauss.trim().is_empty() || gauss.starts_with("MED_NOGAUSS")) {
            return Ok(None);
        }
        let place = format!("{path}/CO");
        let values = self.access.find_values(&place)?;
        let values = values.ok_or_else(|| missing(path, "CO"))?;
        let is_whole = profile.is_empty() || profile == NO_PROFILE || profile == "MED_NOPFL";
        let places = if is_whole {
            None
        } else {
            Some(self.read_profile(profile, count)?)
        };
        let tuples = places.map_or(count, <[i64]>::len);
        let length = match &values {
            Value::Floats(values) => values.len(),
            Value::Integers(values) => values.len(),
            Value::Text(_) => {
                return Err(wrong_kind(&place, &values, "numbers"));
            }
        };
        let expected = tuples.saturating_mul(components);
        check_length(&place, length, expected, "its components for each place")?;
        Ok(Some((values, places)))
    }

    fn read_profile(&mut self, name: &str, count: usize) -> Result<&[i64], MedError> {
        let path = format!("/PROFILS/{name}");
        if !self.profiles.contains_key(name) {
            let places = self.access.integers(&path, "PFL")?;
            self.profiles.insert(name.to_owned(), places);
        }
        let places = self.profiles.get(name).map_or(&[][..], Vec::as_slice);
        let range = 1..=i64::try_from(count).unwrap_or(i64::MAX);
        match places.iter().find(|place| !range.contains(place)) {
            None => Ok(places),
            Some(&found) => Err(MedError::Profile {
                place: shown(&path),
                found,
                count,
            }),
        }
    }
}

const LOWER: &str = "values on cells of lower dimension";

/// What values on an entity are that is not read.
fn reason(entity: &str) -> &'static str {
    match entity.split('.').next() {
        Some("NOE" | "NOM") => "values per node of each cell",
        Some("FAC" | "ARE") => "values on faces or edges",
        _ => LOWER,
    }
}

impl Table {
    fn new(tuples: usize, components: usize) -> Self {
        Self {
            components,
            values: Values::None,
            is_set: vec![false; tuples],
        }
    }

    /// Sets the tuples `first + place - 1`, or all `count` from `first` on. MED has all first
    /// components first.
    fn set(&mut self, value: &Value, places: Option<&[i64]>, first: usize, count: usize) {
        let size = self.is_set.len() * self.components;
        let is_empty = matches!(self.values, Values::None);
        match value {
            Value::Floats(_) if is_empty => self.values = Values::Float(vec![0.0; size]),
            Value::Integers(_) if is_empty => self.values = Values::Integer(vec![0; size]),
            _ => {}
        }
        let tuples = places.map_or(count, <[i64]>::len);
        let place =
            |tuple: usize| first + places.map_or(tuple, |places| (places[tuple] - 1) as usize);
        let components = self.components;
        match (&mut self.values, value) {
            (Values::Float(all), Value::Floats(values)) => {
                scatter(all, values, components, tuples, place);
            }
            (Values::Integer(all), Value::Integers(values)) => {
                scatter(all, values, components, tuples, place);
            }
            // One field of two types: what comes second is missing.
            _ => return,
        }
        for tuple in 0..tuples {
            self.is_set[place(tuple)] = true;
        }
    }

    /// From cells type by type to the order of the mesh.
    fn sort(&mut self, cells: &Cells) {
        let components = self.components;
        self.is_set = cells.in_order(std::mem::take(&mut self.is_set), 1);
        self.values = match std::mem::replace(&mut self.values, Values::None) {
            Values::Float(values) => Values::Float(cells.in_order(values, components)),
            Values::Integer(values) => Values::Integer(cells.in_order(values, components)),
            Values::None => Values::None,
        };
    }
}

/// Puts `values`, component by component, into tuples.
fn scatter<T: Copy>(
    all: &mut [T],
    values: &[T],
    components: usize,
    tuples: usize,
    place: impl Fn(usize) -> usize,
) {
    if tuples == 0 {
        return;
    }
    for (component, values) in values.chunks_exact(tuples).enumerate() {
        for (tuple, value) in values.iter().enumerate() {
            all[place(tuple) * components + component] = *value;
        }
    }
}

/// One name per component, with its unit in brackets, as `vx [m/s]`.
pub(super) fn join_components(names: &[u8], units: &[u8], count: usize) -> Vec<String> {
    let part = |texts: &[u8], index: usize| {
        let mut chunks = texts.chunks(COMPONENT_NAME);
        chunks.nth(index).map(unpadded).unwrap_or_default()
    };
    let join = |index| match (part(names, index), part(units, index)) {
        (name, unit) if unit.is_empty() => name,
        (name, unit) if name.is_empty() => format!("[{unit}]"),
        (name, unit) => format!("{name} [{unit}]"),
    };
    (0..count).map(join).collect()
}
