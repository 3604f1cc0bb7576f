//! The fields of a file, and the steps of time they have.

use std::cmp::Ordering;

use super::access::Access;
use super::error::MedError;

/// A field as the file lists it.
pub(super) struct FieldEntry {
    pub(super) name: String,
    /// Its group.
    pub(super) path: String,
    /// The mesh it is on.
    pub(super) mesh: String,
    /// Its steps, in the order of time.
    pub(super) steps: Vec<FieldStep>,
}

/// One step of a field.
pub(super) struct FieldStep {
    number: i64,
    iteration: i64,
    time: f64,
    /// Which it is among the field's steps of the same time.
    rank: usize,
    /// Where the values are, by the kind of mesh entity.
    pub(super) parts: Vec<Part>,
}

/// The values of one step on one kind of entity.
pub(super) struct Part {
    /// What the values are on: `NOE`, `MAI.HE8` and so on.
    pub(super) entity: String,
    /// The group.
    pub(super) path: String,
    /// Whether the values are right there, as before version 3, not in groups by profile.
    pub(super) is_old: bool,
}

/// A step of the file: a time, and which it is among the steps of the same time in one field.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepKey {
    pub(super) time: f64,
    rank: usize,
}

impl StepKey {
    fn compare(&self, other: &Self) -> Ordering {
        let ranks = self.rank.cmp(&other.rank);
        self.time.total_cmp(&other.time).then(ranks)
    }
}

impl FieldStep {
    /// Whether the step is none: the values hold at any time.
    fn is_timeless(&self) -> bool {
        self.number == -1 && self.iteration == -1
    }

    fn key(&self) -> StepKey {
        StepKey {
            time: self.time,
            rank: self.rank,
        }
    }
}

impl FieldEntry {
    /// Lists the fields of a file, in its order.
    pub(super) fn list(access: Access<'_>) -> Result<Vec<Self>, MedError> {
        let mut entries = Vec::new();
        for member in access.members("/CHA")? {
            if !member.is_group {
                continue;
            }
            let path = format!("/CHA/{}", member.name);
            let mesh = access.text(&path, "MAI")?;
            let children = access.members(&path)?;
            let is_entity = |name: &str| {
                ["NOE", "MAI", "NOM", "FAC", "ARE"]
                    .iter()
                    .any(|entity| name.split('.').next() == Some(entity))
            };
            let mut entry = Self {
                name: member.name,
                mesh: mesh
                    .map(|mesh| mesh.trim_end().to_owned())
                    .unwrap_or_default(),
                path,
                steps: Vec::new(),
            };
            for child in children {
                if is_entity(&child.name) {
                    entry.list_old(access, &child.name)?;
                } else {
                    entry.list_step(access, &child.name)?;
                }
            }
            entry.sort();
            entries.push(entry);
        }
        Ok(entries)
    }

    /// A step, which has the entities in it.
    fn list_step(&mut self, access: Access<'_>, name: &str) -> Result<(), MedError> {
        let path = format!("{}/{name}", self.path);
        let mut step = read_step(access, &path)?;
        for member in access.members(&path)? {
            if member.is_group {
                step.parts.push(Part {
                    path: format!("{path}/{}", member.name),
                    entity: member.name,
                    is_old: false,
                });
            }
        }
        self.steps.push(step);
        Ok(())
    }

    /// An entity, which has the steps in it, as before version 3. Each step has a group per mesh.
    fn list_old(&mut self, access: Access<'_>, entity: &str) -> Result<(), MedError> {
        let path = format!("{}/{entity}", self.path);
        for member in access.members(&path)? {
            let path = format!("{path}/{}", member.name);
            let mut step = read_step(access, &path)?;
            let meshes = access.members(&path)?;
            if self.mesh.is_empty() {
                let first = meshes.first().map(|mesh| mesh.name.clone());
                self.mesh = first.unwrap_or_default();
            }
            if meshes.iter().any(|mesh| mesh.name == self.mesh) {
                step.parts.push(Part {
                    entity: entity.to_owned(),
                    path: format!("{path}/{}", self.mesh),
                    is_old: true,
                });
            }
            let is_same = |other: &&mut FieldStep| {
                (other.number, other.iteration) == (step.number, step.iteration)
            };
            match self.steps.iter_mut().find(is_same) {
                Some(known) => known.parts.append(&mut step.parts),
                None => self.steps.push(step),
            }
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.steps.sort_by(|left, right| {
            let numbers = (left.number, left.iteration).cmp(&(right.number, right.iteration));
            left.time.total_cmp(&right.time).then(numbers)
        });
        let mut before: Option<(f64, usize)> = None;
        for step in &mut self.steps {
            if step.is_timeless() {
                continue;
            }
            step.rank = match before {
                Some((time, rank)) if time.total_cmp(&step.time).is_eq() => rank + 1,
                _ => 0,
            };
            before = Some((step.time, step.rank));
        }
    }

    /// The values at a step; those that hold at any time where there are none.
    pub(super) fn at(&self, key: Option<StepKey>) -> Option<&FieldStep> {
        let is_it = |step: &&FieldStep| {
            let is_same = |key: StepKey| step.key().compare(&key).is_eq();
            !step.is_timeless() && key.is_some_and(is_same)
        };
        let timeless = || self.steps.iter().find(|step| step.is_timeless());
        self.steps.iter().find(is_it).or_else(timeless)
    }
}

/// The steps of these fields, in the order of time.
pub(super) fn steps_of<'a>(entries: impl Iterator<Item = &'a FieldEntry>) -> Vec<StepKey> {
    let steps = entries.flat_map(|entry| &entry.steps);
    let timed = steps.filter(|step| !step.is_timeless());
    let mut keys: Vec<StepKey> = timed.map(FieldStep::key).collect();
    keys.sort_by(StepKey::compare);
    keys.dedup_by(|left, right| left.compare(right).is_eq());
    keys
}

fn read_step(access: Access<'_>, path: &str) -> Result<FieldStep, MedError> {
    Ok(FieldStep {
        number: access.integer(path, "NDT")?.unwrap_or(-1),
        iteration: access.integer(path, "NOR")?.unwrap_or(-1),
        time: access.float(path, "PDT")?.unwrap_or(0.0),
        rank: 0,
        parts: Vec::new(),
    })
}
