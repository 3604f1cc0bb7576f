//! Fields that become families and groups.

use std::collections::{BTreeMap, BTreeSet};

use mesh_core::{Field, Label, Location};

use super::families::{FAMILY, FROM_FIELD, FROM_VALUE, GROUP_NAME};
use super::naming::cut;
use super::write::{StepFields, integer, number_of, text};
use crate::hdf5::{Content, Group};

/// Which fields become the families of cells and of nodes.
pub(super) struct FamilyPlan {
    cells: Option<Source>,
    nodes: Option<Source>,
}

/// A field and the families that are made of it.
struct Source {
    name: String,
    location: Location,
    values: Vec<i64>,
    labels: Vec<Label>,
    /// The number of the family of each value.
    numbers: BTreeMap<i64, i64>,
    /// Whether the values are the numbers, so that the field need not be written itself.
    is_family: bool,
}

impl FamilyPlan {
    /// The plan for these steps: at each location the first field that can be families.
    pub(super) fn of(steps: &[StepFields<'_>]) -> Self {
        let find = |location| {
            let fields = steps.iter().flat_map(|(_, fields)| *fields);
            let mut here = fields.filter(|field| field.location() == location);
            here.find_map(|field| Source::of(field, steps))
        };
        Self {
            cells: find(Location::Cells),
            nodes: find(Location::Nodes),
        }
    }

    /// The family of each of these cells.
    pub(super) fn of_cells<'a>(
        &'a self,
        cells: &'a [u32],
    ) -> Option<impl Iterator<Item = i64> + 'a> {
        let source = self.cells.as_ref()?;
        Some(cells.iter().map(|cell| source.number(*cell as usize)))
    }

    /// The family of each node.
    pub(super) fn of_nodes(&self) -> Option<impl Iterator<Item = i64> + '_> {
        let source = self.nodes.as_ref()?;
        Some((0..source.values.len()).map(|node| source.number(node)))
    }

    /// Whether the families say all that the field says.
    pub(super) fn replaces(&self, field: &Field) -> bool {
        [&self.cells, &self.nodes]
            .into_iter()
            .flatten()
            .any(|source| {
                source.is_family
                    && source.name == field.name()
                    && source.location == field.location()
                    && field.components() == 1
            })
    }

    /// The group of all families.
    pub(super) fn group(&self) -> Group<'static> {
        let mut group = Group::default();
        group.push_group("FAMILLE_ZERO", Group::new(vec![integer("NUM", 0)]));
        for (name, source) in [("ELEME", &self.cells), ("NOEUD", &self.nodes)] {
            if let Some(source) = source {
                group.push_group(name, source.group());
            }
        }
        group
    }
}

impl Source {
    /// The field as families: if it is integers of one component, the same at every step that has
    /// it, and either has labels or is one of families already.
    fn of(field: &Field, steps: &[StepFields<'_>]) -> Option<Self> {
        let values = field.as_integer()?;
        let location = field.location();
        let sign = match location {
            Location::Cells => -1,
            Location::Nodes => 1,
        };
        let labels = field.labels();
        let is_number = |value: i64| value.signum() == sign;
        let is_family = field.name() == FAMILY
            && values.values().iter().any(|value| *value != 0)
            && values
                .values()
                .iter()
                .all(|value| *value == 0 || is_number(*value))
            && labels.iter().all(|label| is_number(label.value));
        if values.component_count() != 1 || (!is_family && labels.is_empty()) {
            return None;
        }
        let fields = steps.iter().flat_map(|(_, fields)| *fields);
        let mut same =
            fields.filter(|other| other.name() == field.name() && other.location() == location);
        // Where it is missing at a step, families would bring it back.
        let is_everywhere = steps.len() == same.clone().count();
        if !(is_everywhere && same.all(|other| other == field)) {
            return None;
        }
        let mut distinct: BTreeSet<i64> = values.values().iter().copied().collect();
        distinct.extend(labels.iter().map(|label| label.value));
        let numbers = if is_family {
            distinct.into_iter().map(|value| (value, value)).collect()
        } else {
            distinct
                .into_iter()
                .zip((1..).map(|number| number * sign))
                .collect()
        };
        Some(Self {
            name: field.name().to_owned(),
            location,
            values: values.values().to_vec(),
            labels: labels.to_vec(),
            numbers,
            is_family,
        })
    }

    fn number(&self, index: usize) -> i64 {
        self.numbers.get(&self.values[index]).copied().unwrap_or(0)
    }

    /// A group per family, those with labels first, in the order of the labels.
    fn group(&self) -> Group<'static> {
        let mut group = Group::default();
        let labelled = self.labels.iter().map(|label| label.value);
        let mut written = BTreeSet::new();
        for value in labelled.chain(self.numbers.keys().copied()) {
            let Some(&number) = self.numbers.get(&value) else {
                continue;
            };
            if number == 0 || !written.insert(value) {
                continue;
            }
            let mut family = Group::new(vec![
                integer("NUM", number),
                text(FROM_FIELD, &self.name),
                integer(FROM_VALUE, value),
            ]);
            let labels = self.labels.iter().filter(|label| label.value == value);
            let names: Vec<String> = labels
                .map(|label| cut(&label.name, GROUP_NAME).to_owned())
                .collect();
            if !names.is_empty() {
                let mut groups = Group::new(vec![number_of("NBR", names.len())]);
                groups.push_dataset("NOM", Vec::new(), Content::Names(GROUP_NAME, names));
                family.push_group("GRO", groups);
            }
            group.push_group(format!("FAM_{number}"), family);
        }
        group
    }
}
