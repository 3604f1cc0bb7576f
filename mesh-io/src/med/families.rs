//! Families, which part the cells and the nodes, and the groups that each belongs to.

use std::collections::{BTreeMap, HashSet};

use mesh_core::{DataArray, Field, FieldValues, Label, Location};

use super::access::{Access, check_length, unpadded};
use super::cells::Cells;
use super::error::MedError;
use crate::hdf5::Value;

/// The name of the field of family numbers.
pub(super) const FAMILY: &str = "family";
/// Attributes of a family that this writer adds: the field that it was made of, and the value.
pub(super) const FROM_FIELD: &str = "REMAP_FIELD";
pub(super) const FROM_VALUE: &str = "REMAP_VALUE";
/// Bytes of the name of a group.
pub(super) const GROUP_NAME: usize = 80;

/// The families of a mesh.
pub(super) struct Families {
    cells: Vec<Family>,
    nodes: Vec<Family>,
}

struct Family {
    number: i64,
    groups: Vec<String>,
    /// The field and the value it was made of, where this writer made it.
    origin: Option<(String, i64)>,
}

impl Families {
    /// Reads the families of the mesh `name`, whose own group is `mesh`.
    pub(super) fn read(access: Access<'_>, name: &str, mesh: &str) -> Result<Self, MedError> {
        let mut families = Self {
            cells: Vec::new(),
            nodes: Vec::new(),
        };
        // Before version 3 they stand in the group of the mesh, all together.
        for root in [format!("/FAS/{name}"), format!("{mesh}/FAS")] {
            for member in access.members(&root)? {
                let path = format!("{root}/{}", member.name);
                match member.name.as_str() {
                    "ELEME" => families.read_all(access, &path, Some(Location::Cells))?,
                    "NOEUD" => families.read_all(access, &path, Some(Location::Nodes))?,
                    _ => families.read_one(access, &path, None)?,
                }
            }
        }
        for families in [&mut families.cells, &mut families.nodes] {
            if families.iter().all(|family| family.origin.is_none()) {
                families.sort_by_key(|family| family.number.unsigned_abs());
            }
        }
        Ok(families)
    }

    fn read_all(
        &mut self,
        access: Access<'_>,
        path: &str,
        location: Option<Location>,
    ) -> Result<(), MedError> {
        for member in access.members(path)? {
            self.read_one(access, &format!("{path}/{}", member.name), location)?;
        }
        Ok(())
    }

    fn read_one(
        &mut self,
        access: Access<'_>,
        path: &str,
        location: Option<Location>,
    ) -> Result<(), MedError> {
        let Some(number) = access.integer(path, "NUM")? else {
            return Ok(());
        };
        let origin = match access.text(path, FROM_FIELD)? {
            Some(field) => access
                .integer(path, FROM_VALUE)?
                .map(|value| (field, value)),
            None => None,
        };
        let family = Family {
            number,
            groups: read_groups(access, path)?,
            origin,
        };
        // Where nothing else says it, families of cells are negative.
        match location {
            Some(Location::Cells) => self.cells.push(family),
            Some(Location::Nodes) => self.nodes.push(family),
            None if number < 0 => self.cells.push(family),
            None if number > 0 => self.nodes.push(family),
            None => {}
        }
        Ok(())
    }

    /// The field of the families of cells, if some cell is in one.
    pub(super) fn of_cells(
        &self,
        access: Access<'_>,
        cells: &Cells,
    ) -> Result<Option<FamilyField>, MedError> {
        let mut numbers = Vec::new();
        for block in &cells.blocks {
            let path = format!("{}/FAM", block.path);
            match access.find_integers(&path)? {
                Some(mut found) => {
                    check_length(&path, found.len(), block.count, "one per cell")?;
                    numbers.append(&mut found);
                }
                None => numbers.resize(numbers.len() + block.count, 0),
            }
        }
        let numbers = cells.in_order(numbers, 1);
        Ok(FamilyField::new(&self.cells, numbers, Location::Cells))
    }

    /// The field of the families of nodes, if some node is in one.
    pub(super) fn of_nodes(
        &self,
        access: Access<'_>,
        path: &str,
        nodes: usize,
    ) -> Result<Option<FamilyField>, MedError> {
        let path = format!("{path}/FAM");
        let Some(numbers) = access.find_integers(&path)? else {
            return Ok(None);
        };
        check_length(&path, numbers.len(), nodes, "one per node")?;
        Ok(FamilyField::new(&self.nodes, numbers, Location::Nodes))
    }
}

/// The names of the groups of a family: in a data set, or, before version 3, in an attribute.
fn read_groups(access: Access<'_>, path: &str) -> Result<Vec<String>, MedError> {
    let path = format!("{path}/GRO");
    let names = match access.find_members(&path)? {
        None => return Ok(Vec::new()),
        Some(_) => match access.find_values(&format!("{path}/NOM"))? {
            Some(Value::Text(names)) => names,
            Some(Value::Integers(bytes)) => bytes.iter().map(|byte| *byte as u8).collect(),
            Some(Value::Floats(_)) => Vec::new(),
            None => access.bytes(&path, "NOM")?.unwrap_or_default(),
        },
    };
    let names = names.chunks(GROUP_NAME).map(unpadded);
    Ok(names.filter(|name| !name.is_empty()).collect())
}

/// The numbers of families as a field, and what they mean.
pub(super) struct FamilyField {
    field: Field,
    /// Whether the field was one when the file was written, before families were made of it.
    is_restored: bool,
}

impl FamilyField {
    fn new(families: &[Family], numbers: Vec<i64>, location: Location) -> Option<Self> {
        if numbers.iter().all(|number| *number == 0) {
            return None;
        }
        let used: HashSet<i64> = numbers.iter().copied().collect();
        let mut origins = families.iter().map(|family| family.origin.as_ref());
        let name = origins.next().flatten().map(|(name, _)| name);
        let same = |origin: Option<&(String, i64)>| origin.map(|(name, _)| name) == name;
        let is_restored = name.is_some() && origins.all(same);
        // Family 0 stands for the value 0 where that is what it was made of.
        let mut values: BTreeMap<i64, i64> = BTreeMap::from([(0, 0)]);
        let mut labels = Vec::new();
        for family in families {
            let value = match &family.origin {
                Some((_, value)) if is_restored => *value,
                _ => family.number,
            };
            values.insert(family.number, value);
            if is_restored || used.contains(&family.number) {
                let label = |name: &String| Label {
                    value,
                    name: name.clone(),
                };
                labels.extend(family.groups.iter().map(label));
            }
        }
        let value = |number: i64| values.get(&number).copied().unwrap_or(number);
        let numbers = numbers.into_iter().map(value).collect();
        let name = name.filter(|_| is_restored).map_or(FAMILY, String::as_str);
        let values = FieldValues::Integer(DataArray::scalars(numbers));
        Some(Self {
            field: Field::new(name, location, values).with_labels(labels),
            is_restored,
        })
    }

    /// Puts the field among `fields`, first; or its labels on the field that it was made of.
    pub(super) fn put_among(self, fields: &mut Vec<Field>) {
        let is_same = |field: &Field| {
            field.name() == self.field.name() && field.location() == self.field.location()
        };
        match fields.iter().position(is_same) {
            Some(place) if self.is_restored => {
                let field = fields
                    .remove(place)
                    .with_labels(self.field.labels().to_vec());
                fields.insert(place, field);
            }
            _ => fields.insert(0, self.field),
        }
    }
}
