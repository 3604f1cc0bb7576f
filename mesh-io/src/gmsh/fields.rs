//! From sections of values to the fields of one step.

use std::collections::{HashMap, HashSet};

use mesh_core::{DataArray, Field, FieldValues, Location};

use super::data_section::DataSection;
use super::description::ValueKind;
use super::error::GmshError;
use super::tags::TagTable;
use crate::{StepChoice, shorten};

/// What Gmsh calls a view: all steps of one field.
struct View<'a> {
    sections: Vec<DataSection<'a>>,
}

/// A step of time: the time, and which of several steps at this time.
type StepKey = (f64, usize);

impl<'a> View<'a> {
    fn first(&self) -> &DataSection<'a> {
        // A view is made of a section.
        &self.sections[0]
    }

    /// The steps, ascending by time, with the number that the file gives each.
    fn steps(&self) -> Vec<(StepKey, i64)> {
        let mut known = HashSet::new();
        let mut times: Vec<(f64, i64)> = Vec::new();
        for section in &self.sections {
            if let Some(time) = section.time
                && known.insert(section.step)
            {
                times.push((time, section.step));
            }
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut steps: Vec<(StepKey, i64)> = Vec::new();
        for (time, step) in times {
            let rank = match steps.last() {
                Some(((last, rank), _)) if last.total_cmp(&time).is_eq() => rank + 1,
                _ => 0,
            };
            steps.push(((time, rank), step));
        }
        steps
    }

    /// Whether the view has one step only, at the time that Gmsh gives to what has none.
    fn may_be_constant(&self, steps: &[(StepKey, i64)]) -> bool {
        let is_at_zero = matches!(steps, [((time, 0), _)] if *time == 0.0);
        is_at_zero && !self.first().description.is_of_one_step
    }
}

/// All fields of a file, at all steps.
pub(super) struct Views<'a> {
    all: Vec<View<'a>>,
    /// The steps of each view; none of one that holds at any time.
    steps: Vec<Vec<(StepKey, i64)>>,
    /// The steps of the file, ascending.
    keys: Vec<StepKey>,
}

/// The tags of the cells or nodes of the mesh.
pub(super) struct Carriers<'a> {
    /// In the order of the mesh.
    pub(super) list: &'a [i64],
    pub(super) aliases: &'a [(i64, u32)],
    pub(super) what: &'static str,
}

impl<'a> Views<'a> {
    /// The views made of these sections.
    pub(super) fn new(sections: Vec<DataSection<'a>>) -> Self {
        let mut views: Vec<View<'a>> = Vec::new();
        let mut alike = HashMap::<_, Vec<usize>>::new();
        let mut repeats = HashMap::<_, usize>::new();
        for section in sections {
            let key = section.key();
            // As Gmsh sees it: what has a view's name goes on with it, unless it has that part of
            // the step already; then it begins another view.
            let part = (key.clone(), section.step, section.partition);
            let repeat = repeats.entry(part).or_default();
            let alike = alike.entry(key).or_default();
            if let Some(view) = alike.get(*repeat) {
                views[*view].sections.push(section);
            } else {
                alike.push(views.len());
                views.push(View {
                    sections: vec![section],
                });
            }
            *repeat += 1;
        }
        let mut steps: Vec<_> = views.iter().map(View::steps).collect();
        let may_be_constant = |(view, steps): (&View<'_>, &Vec<_>)| view.may_be_constant(steps);
        let has_series = views
            .iter()
            .zip(&steps)
            .any(|(view, steps)| !steps.is_empty() && !may_be_constant((view, steps)));
        if has_series {
            for (view, steps) in views.iter().zip(&mut steps) {
                if view.may_be_constant(steps) {
                    steps.clear();
                }
            }
        }
        let mut keys: Vec<StepKey> = steps.iter().flatten().map(|(key, _)| *key).collect();
        keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        keys.dedup_by(|a, b| is_same(*a, *b));
        Self {
            all: views,
            steps,
            keys,
        }
    }

    /// The times of the steps.
    pub(super) fn times(&self) -> Vec<f64> {
        self.keys.iter().map(|(time, _)| *time).collect()
    }

    /// Whether a field stands for the physical groups of the file.
    pub(super) fn make_groups(&self) -> bool {
        let mut sections = self.all.iter().map(View::first);
        sections.any(|section| section.description.makes_groups)
    }

    /// The fields at the chosen step, in the order of the file.
    pub(super) fn read(
        self,
        choice: StepChoice,
        cells: &Carriers<'_>,
        nodes: &Carriers<'_>,
        file_size: usize,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Field>, GmshError> {
        let key = self.choose(choice, notes)?;
        let mut readers = [Reader::new(cells), Reader::new(nodes)];
        // So much, however few values a file has on however many cells.
        let mut budget = file_size.saturating_add(1 << 17);
        let mut fields = Vec::new();
        for (view, steps) in self.all.into_iter().zip(&self.steps) {
            let first = view.first();
            let name = first.description.name.clone();
            let name = name.unwrap_or_else(|| first.view.clone());
            let location = first.location;
            let step = steps
                .iter()
                .find(|(k, _)| key.is_some_and(|key| is_same(*k, key)));
            let step = match (steps.is_empty(), step) {
                (true, _) => first.step,
                (false, Some((_, step))) => *step,
                (false, None) => {
                    let name = shorten(&name);
                    notes.push(format!("field {name:?} left out: no values at this step"));
                    continue;
                }
            };
            let reader = match location {
                Location::Cells => &mut readers[0],
                Location::Nodes => &mut readers[1],
            };
            let values = reader.carriers.list.len().saturating_mul(first.components);
            if values > budget {
                let name = shorten(&name);
                notes.push(format!(
                    "field {name:?} left out: values on too few {location}"
                ));
                continue;
            }
            budget -= values;
            let sections = view.sections.iter().filter(|section| section.step == step);
            if let Some(dense) = reader.gather(sections, &name, notes)? {
                fields.push(to_field(dense, name, view.first())?);
            }
        }
        Ok(fields)
    }

    /// The step that is chosen; none where there are none.
    fn choose(
        &self,
        choice: StepChoice,
        notes: &mut Vec<String>,
    ) -> Result<Option<StepKey>, GmshError> {
        let steps = self.keys.len();
        match choice {
            StepChoice::Last => {
                if let (Some((time, _)), true) = (self.keys.last(), steps > 1) {
                    notes.push(format!("the last of {steps} steps read (time {time})"));
                }
                Ok(self.keys.last().copied())
            }
            StepChoice::Number(asked) => match self.keys.get(asked) {
                None if asked > 0 || steps > 0 => Err(GmshError::NoStep { asked, steps }),
                key => Ok(key.copied()),
            },
        }
    }
}

fn is_same(a: StepKey, b: StepKey) -> bool {
    a.0.total_cmp(&b.0).is_eq() && a.1 == b.1
}

/// Reads fields on cells, or on nodes.
struct Reader<'a> {
    carriers: &'a Carriers<'a>,
    /// Made when it is needed.
    table: Option<TagTable>,
}

impl<'a> Reader<'a> {
    const fn new(carriers: &'a Carriers<'a>) -> Self {
        Self {
            carriers,
            table: None,
        }
    }

    /// The values of one step on all cells or nodes; none where no cell or node has any.
    fn gather<'b>(
        &mut self,
        sections: impl Iterator<Item = &'b DataSection<'b>>,
        name: &str,
        notes: &mut Vec<String>,
    ) -> Result<Option<Vec<f64>>, GmshError> {
        let sections: Vec<_> = sections.collect();
        let what = self.carriers.what;
        let count = self.carriers.list.len();
        let mut dense = Vec::new();
        let mut is_given = Vec::new();
        let mut left_out = 0;
        for section in &sections {
            let (tags, values) = section.values()?;
            if sections.len() == 1 && tags == self.carriers.list {
                return Ok(Some(values));
            }
            let components = section.components;
            if dense.is_empty() {
                dense = vec![f64::NAN; count * components];
                is_given = vec![false; count];
            }
            let table = match &mut self.table {
                Some(table) => table,
                none => none.insert(TagTable::new(self.carriers.list, what)?),
            };
            for (&tag, value) in tags.iter().zip(values.chunks(components)) {
                let place = table.find(tag).or_else(|| {
                    let aliases = self.carriers.aliases;
                    let alias = aliases.binary_search_by_key(&tag, |alias| alias.0).ok()?;
                    Some(aliases[alias].1)
                });
                let Some(place) = place else {
                    left_out += 1;
                    continue;
                };
                let place = place as usize;
                dense[place * components..][..components].copy_from_slice(value);
                is_given[place] = true;
            }
        }
        let name = shorten(name);
        let given = is_given.iter().filter(|given| **given).count();
        if given == 0 {
            notes.push(format!(
                "field {name:?} left out: no value on any of the {what}"
            ));
            return Ok(None);
        }
        if left_out > 0 {
            notes.push(format!(
                "field {name:?}: {left_out} values left out that are on none of the {what}"
            ));
        }
        if given < count {
            let none = match sections[0].description.kind {
                ValueKind::Float => "NaN",
                ValueKind::Integer | ValueKind::LargeInteger => "0",
            };
            let missing = count - given;
            notes.push(format!(
                "field {name:?}: no value on {missing} {what}, which have {none}"
            ));
        }
        Ok(Some(dense))
    }
}

/// The field of these values, as its description has it.
fn to_field(values: Vec<f64>, name: String, section: &DataSection<'_>) -> Result<Field, GmshError> {
    let description = &section.description;
    let stored = section.components;
    let count = description.count.unwrap_or(stored);
    let used = description.kind.floats(count);
    let names = &description.components;
    if count == 0 || used > stored || !(names.is_empty() || names.len() == count) {
        return Err(GmshError::FieldDescription {
            place: section.section().place(),
            found: format!("{count} components"),
        });
    }
    let names = if names.is_empty() {
        vec![String::new(); count]
    } else {
        names.clone()
    };
    let values = if description.kind == ValueKind::Float {
        let floats = if count == stored {
            values
        } else {
            let tuples = values.chunks(stored);
            tuples.flat_map(|tuple| &tuple[..count]).copied().collect()
        };
        DataArray::new(names, floats).map(FieldValues::Float)
    } else {
        let integers = to_integers(&values, count, section, &name)?;
        DataArray::new(names, integers).map(FieldValues::Integer)
    };
    let values = values.map_err(|_| GmshError::FieldDescription {
        place: section.section().place(),
        found: format!("{count} components"),
    })?;
    let field = Field::new(name, section.location, values);
    Ok(field.with_labels(description.labels.clone()))
}

/// The integers that are meant by floats, in tuples of `count`.
fn to_integers(
    values: &[f64],
    count: usize,
    section: &DataSection<'_>,
    name: &str,
) -> Result<Vec<i64>, GmshError> {
    let mut integers = Vec::with_capacity(values.len() / section.components * count);
    for tuple in values.chunks(section.components) {
        for component in 0..count {
            // The remainders stand behind all that are rounded.
            let remainder = match section.description.kind {
                ValueKind::LargeInteger => tuple[count + component],
                ValueKind::Float | ValueKind::Integer => 0.0,
            };
            let value = to_integer(tuple[component], remainder);
            integers.push(value.ok_or_else(|| GmshError::NotInteger {
                place: section.section().place(),
                field: shorten(name),
                found: tuple[component],
            })?);
        }
    }
    Ok(integers)
}

/// The integer that two floats add up to; 0 for NaN, which stands where no value is given.
fn to_integer(value: f64, remainder: f64) -> Option<i64> {
    if value.is_nan() {
        return Some(0);
    }
    // A cast of what is no integer, or beyond all of them, does not come back as it was.
    let whole = |value: f64| Some(value as i128).filter(|whole| *whole as f64 == value);
    let sum = whole(value)?.checked_add(whole(remainder)?)?;
    i64::try_from(sum).ok()
}
