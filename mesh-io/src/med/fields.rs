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
/// How many values may be missing, in all fields together, per cell or node.
const MOST_MISSING: usize = 256;
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
    /// How many values may still be missing: fields that cover next to nothing take memory that
    /// their file does not account for.
    missing_left: usize,
}

/// The values of one part: on cells of one type, or on nodes.
struct Values {
    location: Location,
    /// All first components, then all second ones, and so on.
    value: Value,
    /// The first of the places they are on, and how many there are.
    first: usize,
    count: usize,
    /// The places that have values, from 1, if not all have.
    places: Option<Vec<i64>>,
}

/// Values, and the places they belong to, from 1, unless they are for all places.
type Placed = (Value, Option<Vec<i64>>);

impl<'a> FieldReader<'a> {
    pub(super) fn new(access: Access<'a>, cells: &'a Cells, nodes: usize) -> Self {
        Self {
            access,
            cells,
            nodes,
            profiles: HashMap::new(),
            notes: Vec::new(),
            missing_left: MOST_MISSING.saturating_mul(nodes.saturating_add(cells.count())),
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
        let (parts, mut left_out) = self.read_parts(step, components.len())?;
        let mut fields = Vec::new();
        for location in [Location::Nodes, Location::Cells] {
            let parts = parts.iter().filter(|part| part.location == location);
            let parts: Vec<&Values> = parts.collect();
            if let Some(values) = self.join(&parts, &name, location, &components) {
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

    /// The values of all parts of a step, and what was left out.
    fn read_parts(
        &mut self,
        step: &FieldStep,
        components: usize,
    ) -> Result<(Vec<Values>, Vec<&'static str>), MedError> {
        let (mut parts, mut left_out) = (Vec::new(), Vec::new());
        for part in &step.parts {
            let (location, first, count) = if part.entity == "NOE" {
                (Location::Nodes, 0, self.nodes)
            } else {
                let kind = part.entity.strip_prefix("MAI.").unwrap_or_default();
                let mut blocks = self.cells.blocks.iter();
                let Some(block) = blocks.find(|block| block.name == kind) else {
                    left_out.push(reason(&part.entity));
                    continue;
                };
                (Location::Cells, block.first, block.count)
            };
            for (path, profile) in self.list_profiles(part)? {
                match self.read_values(&path, &profile, components, count)? {
                    None => left_out.push("values at Gauss points"),
                    Some((value, places)) => parts.push(Values {
                        location,
                        value,
                        first,
                        count,
                        places,
                    }),
                }
            }
        }
        Ok((parts, left_out))
    }

    /// The parts at one location as the values of a field, if there is any, and if it can be one.
    fn join(
        &mut self,
        parts: &[&Values],
        name: &str,
        location: Location,
        components: &[String],
    ) -> Option<FieldValues> {
        let total = match location {
            Location::Cells => self.cells.count(),
            Location::Nodes => self.nodes,
        };
        let mut is_set = vec![false; total];
        for place in parts.iter().flat_map(|part| part.targets()) {
            is_set[place] = true;
        }
        let count = is_set.iter().filter(|is_set| **is_set).count();
        if count == 0 {
            return None;
        }
        let width = components.len();
        let found = format!(
            "field {:?} covers {count} of {total} {location}",
            shorten(name)
        );
        let missing = (total - count).saturating_mul(width);
        if missing > self.missing_left {
            let note = format!("{found}; it is left out, as fields leave out too much together");
            self.notes.push(note);
            return None;
        }
        self.missing_left -= missing;
        let are_integers = |part: &&Values| matches!(part.value, Value::Integers(_));
        let are_all_integers = parts.iter().all(are_integers);
        if are_all_integers && missing == 0 {
            let mut values = vec![0; total * width];
            for part in parts {
                if let Value::Integers(found) = &part.value {
                    part.scatter(found, width, &mut values, |value| value);
                }
            }
            let values = self.sort(values, location, width);
            let array = DataArray::new(components, values);
            return array.ok().map(FieldValues::Integer);
        }
        if are_all_integers && !parts.iter().all(|part| part.is_exact()) {
            let note = format!("{found}; it is left out, as integers cannot be missing");
            self.notes.push(note);
            return None;
        }
        let mut values = vec![f64::NAN; total * width];
        for part in parts {
            match &part.value {
                Value::Integers(found) => {
                    part.scatter(found, width, &mut values, |value| value as f64);
                }
                Value::Floats(found) => part.scatter(found, width, &mut values, |value| value),
                Value::Text(_) => {}
            }
        }
        if missing > 0 {
            let what = if are_all_integers {
                "its integers are read as floats, the others are NaN"
            } else {
                "the others are NaN"
            };
            self.notes.push(format!("{found}; {what}"));
        }
        let values = self.sort(values, location, width);
        let array = DataArray::new(components, values);
        array.ok().map(FieldValues::Float)
    }

    /// From cells type by type to the order of the mesh.
    fn sort<T: Copy>(&self, values: Vec<T>, location: Location, components: usize) -> Vec<T> {
        match location {
            Location::Cells => self.cells.in_order(values, components),
            Location::Nodes => values,
        }
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
    ) -> Result<Option<Placed>, MedError> {
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
            Some(self.read_profile(profile, count)?.to_vec())
        };
        let tuples = places.as_ref().map_or(count, Vec::len);
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

impl Values {
    /// The cell or node of each tuple.
    fn targets(&self) -> impl Iterator<Item = usize> {
        let tuples = self.places.as_ref().map_or(self.count, Vec::len);
        (0..tuples).map(move |tuple| {
            let place = self
                .places
                .as_ref()
                .map(|places| (places[tuple] - 1) as usize);
            self.first + place.unwrap_or(tuple)
        })
    }

    /// Puts the values, which come component by component, into tuples.
    fn scatter<T: Copy, U>(
        &self,
        values: &[T],
        components: usize,
        tuples: &mut [U],
        convert: impl Fn(T) -> U,
    ) {
        let count = values.len() / components;
        if count == 0 {
            return;
        }
        for (component, values) in values.chunks_exact(count).enumerate() {
            for (target, value) in self.targets().zip(values) {
                tuples[target * components + component] = convert(*value);
            }
        }
    }

    /// Whether floats can hold all integers.
    fn is_exact(&self) -> bool {
        match &self.value {
            Value::Integers(values) => {
                let mut values = values.iter();
                values.all(|value| value.unsigned_abs() <= MOST_EXACT)
            }
            _ => true,
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
