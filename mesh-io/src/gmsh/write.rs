//! From a mesh and its fields to a Gmsh file.

use std::collections::HashMap;
use std::io::{self, Write};

use mesh_core::{Bounds, Field, FieldValues, Location, Shape, UnstructuredMesh};

use super::description::Description;
use super::element_types::element_type;
use super::error::GmshWriteError;
use super::numbers_out::{Digits, NumbersOut, quoted};
use super::options::{GmshData, GmshOptions, GmshVersion};
use super::regions::{Regions, regions_of};
use crate::Step;

/// Bytes of a name that Gmsh shows of a field; it reads lines of 255.
const LONGEST_VIEW: usize = 200;

/// Bytes of the name of a physical group, by Gmsh's manual.
const LONGEST_GROUP: usize = 127;

/// The largest integer below which every one is a float, too.
const EXACT: u64 = 1 << 53;

/// Writes the mesh and its fields as a Gmsh file.
///
/// Nodes and cells keep their order; their tags are their places, counted from 1. See the
/// [module](crate::gmsh) for what becomes of fields.
///
/// ```
/// use mesh_core::{CartesianMesh, DataArray, Field, FieldValues, Location};
/// use mesh_io::{ReadOptions, gmsh};
///
/// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 2.0]; 3])?.to_unstructured()?;
/// let power = DataArray::scalars(vec![0.5; mesh.cell_count()]);
/// let power = Field::new("power", Location::Cells, FieldValues::Float(power));
/// let mut file = Vec::new();
/// gmsh::write(&mut file, &mesh, &[power.clone()], &gmsh::GmshOptions::default())?;
/// let back = gmsh::read(&file, &ReadOptions::default())?;
/// assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
/// assert_eq!(back.fields, [power]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A polyhedron, which Gmsh has no element for ([`GmshWriteError`]); a field that does not fit the
/// mesh; and whatever `out` returns.
///
/// Cost: one pass; memory for an entity per cell.
pub fn write(
    out: &mut dyn Write,
    mesh: &UnstructuredMesh,
    fields: &[Field],
    options: &GmshOptions,
) -> io::Result<()> {
    let fields: Vec<&Field> = fields.iter().collect();
    let regions = regions_of_checked(mesh, &fields, &fields, options)?;
    let mut writer = Writer {
        out: NumbersOut::new(out, options),
        mesh,
        options,
        regions: &regions,
    };
    writer.write_mesh()?;
    for field in fields {
        if !is_expressed(&regions, field) {
            let description = describe(field, &regions);
            writer.write_field(field, &description, None)?;
        }
    }
    writer.out.flush()
}

/// Writes a time series on one mesh as a Gmsh file.
///
/// Fields of one name are the steps of one of Gmsh's views. Groups and entities are those of the
/// first step that has them; where a later one has others, they are written as other fields are.
///
/// # Errors
///
/// As [`write()`].
pub fn write_series(
    out: &mut dyn Write,
    mesh: &UnstructuredMesh,
    steps: &[Step],
    options: &GmshOptions,
) -> io::Result<()> {
    let all: Vec<&Field> = steps.iter().flat_map(|step| &step.fields).collect();
    let mut firsts: Vec<&Field> = Vec::new();
    let mut known: HashMap<(&str, Location), usize> = HashMap::new();
    let mut is_constant = Vec::new();
    for field in &all {
        let place = known
            .entry((field.name(), field.location()))
            .or_insert_with(|| {
                firsts.push(field);
                is_constant.push(true);
                firsts.len() - 1
            });
        is_constant[*place] &= field.as_integer().is_some() && *field == firsts[*place];
    }
    let mut constant = is_constant.into_iter();
    firsts.retain(|_| constant.next() == Some(true));
    let regions = regions_of_checked(mesh, &all, &firsts, options)?;
    let mut sections = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        for field in &step.fields {
            if !is_expressed(&regions, field) {
                let description = describe(field, &regions);
                sections.push((field, description, (index, step.time)));
            }
        }
    }
    // A field that is there at one step only is not one that holds at any time.
    let mut uses: HashMap<_, usize> = HashMap::new();
    let key = |field: &Field, description: &Description| {
        let (name, location) = (field.name().to_owned(), field.location());
        (name, location, field.components(), description.to_tags())
    };
    for (field, description, _) in &sections {
        *uses.entry(key(field, description)).or_default() += 1;
    }
    for (field, description, (_, time)) in &mut sections {
        let is_alone = uses.get(&key(field, description)) == Some(&1);
        description.is_of_one_step = steps.len() > 1 && *time == 0.0 && is_alone;
    }
    let mut writer = Writer {
        out: NumbersOut::new(out, options),
        mesh,
        options,
        regions: &regions,
    };
    writer.write_mesh()?;
    for (field, description, step) in &sections {
        writer.write_field(field, description, Some(*step))?;
    }
    writer.out.flush()
}

/// The regions that `candidates` describe, when the mesh and all fields can be written.
fn regions_of_checked<'a>(
    mesh: &UnstructuredMesh,
    fields: &[&Field],
    candidates: &[&'a Field],
    options: &GmshOptions,
) -> io::Result<Regions<'a>> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    for field in fields {
        mesh.check_field(field)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    }
    let shapes = mesh.shapes().iter();
    if let Some((cell, &shape)) = shapes
        .enumerate()
        .find(|(_, s)| element_type(**s).is_none())
    {
        return Err(invalid(GmshWriteError::Shape { cell, shape }));
    }
    for (what, count) in [("nodes", mesh.node_count()), ("cells", mesh.cell_count())] {
        let has_short_tags = options.version == GmshVersion::V2_2 || !fields.is_empty();
        if has_short_tags && i32::try_from(count).is_err() {
            return Err(invalid(GmshWriteError::TooMany { what, count }));
        }
    }
    Ok(regions_of(mesh.cell_count(), candidates, options.version))
}

/// Whether entities and groups say all that the field says.
fn is_expressed(regions: &Regions<'_>, field: &Field) -> bool {
    regions.expressed.contains(&field)
}

/// What is to be said of a field beside its values.
fn describe(field: &Field, regions: &Regions<'_>) -> Description {
    let shown = quoted(field.name(), LONGEST_VIEW);
    let is_shown = shown.get(1..shown.len() - 1) == Some(field.name());
    let integers = field.as_integer().map(|array| array.values());
    let has_remainders =
        integers.is_some_and(|values| values.iter().any(|value| value.unsigned_abs() > EXACT));
    let count = field.components();
    let used = if has_remainders { 2 * count } else { count };
    let has_names = field.component_names().iter().any(|name| !name.is_empty());
    Description {
        name: (!is_shown).then(|| field.name().to_owned()),
        count: (stored_components(used) != count).then_some(count),
        components: match has_names {
            true => field.component_names().to_vec(),
            false => Vec::new(),
        },
        is_integer: integers.is_some(),
        has_remainders,
        is_of_one_step: false,
        makes_groups: regions.labelled == Some(field),
        labels: field.labels().to_vec(),
    }
}

/// The components that are written for so many: Gmsh knows scalars, vectors and tensors.
const fn stored_components(count: usize) -> usize {
    match count {
        0 | 1 => 1,
        2 | 3 => 3,
        4..=9 => 9,
        _ => count,
    }
}

struct Writer<'a> {
    out: NumbersOut<'a>,
    mesh: &'a UnstructuredMesh,
    options: &'a GmshOptions,
    regions: &'a Regions<'a>,
}

impl Writer<'_> {
    fn write_mesh(&mut self) -> io::Result<()> {
        let version = match self.options.version {
            GmshVersion::V2_2 => "2.2",
            GmshVersion::V4_1 => "4.1",
        };
        let file_type = i32::from(self.options.data == GmshData::Binary);
        self.out.line("$MeshFormat")?;
        self.out.line(format_args!("{version} {file_type} 8"))?;
        if self.options.data == GmshData::Binary {
            self.out.integer(1);
            self.out.line("")?;
        }
        self.out.line("$EndMeshFormat")?;
        self.write_names()?;
        match self.options.version {
            GmshVersion::V2_2 => {
                self.write_nodes_2()?;
                self.write_elements_2()
            }
            GmshVersion::V4_1 => {
                self.write_entities()?;
                self.write_nodes_4()?;
                self.write_elements_4()
            }
        }
    }

    fn write_names(&mut self) -> io::Result<()> {
        let names = &self.regions.names;
        if names.is_empty() {
            return Ok(());
        }
        self.out.line("$PhysicalNames")?;
        self.out.line(names.len())?;
        for (tag, name) in names {
            let name = quoted(name, LONGEST_GROUP);
            self.out.line(format_args!("3 {tag} {name}"))?;
        }
        self.out.line("$EndPhysicalNames")
    }

    fn write_entities(&mut self) -> io::Result<()> {
        let bounds = self.bounds_of_entities();
        self.out.line("$Entities")?;
        for count in [0, 0, 0, self.regions.groups.len()] {
            self.out.size(count);
        }
        self.out.end_line()?;
        for (entity, groups) in &self.regions.groups {
            self.out.integer(*entity);
            if let Some(bounds) = bounds.get(entity) {
                for corner in [bounds.min, bounds.max] {
                    for axis in 0..3 {
                        self.out.float(corner[axis]);
                    }
                }
            }
            self.out.size(groups.len());
            for group in groups {
                self.out.integer(*group);
            }
            // No surfaces bound it.
            self.out.size(0);
            self.out.end_line()?;
        }
        self.out.end_section("Entities")
    }

    fn bounds_of_entities(&self) -> HashMap<i32, Bounds> {
        let mut bounds: HashMap<i32, Bounds> = HashMap::new();
        for (cell, entity) in self.mesh.cell_ids().zip(&self.regions.entities) {
            let of_cell = self.mesh.cell_bounds(cell);
            bounds
                .entry(*entity)
                .and_modify(|bounds| *bounds = bounds.union(&of_cell))
                .or_insert(of_cell);
        }
        bounds
    }

    /// All nodes in one block: which lie on which entity is not known, and Gmsh does not ask.
    fn write_nodes_4(&mut self) -> io::Result<()> {
        let count = self.mesh.node_count();
        let entity = self.regions.groups.first().map_or(1, |(entity, _)| *entity);
        self.out.line("$Nodes")?;
        for number in [1, count, 1, count] {
            self.out.size(number);
        }
        self.out.end_line()?;
        for number in [3, entity, 0] {
            self.out.integer(number);
        }
        self.out.size(count);
        self.out.end_line()?;
        for node in 1..=count {
            self.out.size(node);
            self.out.end_line()?;
        }
        for node in self.mesh.nodes() {
            for coordinate in &node.coords {
                self.out.float(*coordinate);
            }
            self.out.end_line()?;
        }
        self.out.end_section("Nodes")
    }

    /// A block for each run of cells of one shape in one entity: so cells keep their order.
    fn write_elements_4(&mut self) -> io::Result<()> {
        let mesh = self.mesh;
        let entities = &self.regions.entities;
        let kinds = || mesh.shapes().iter().zip(entities);
        let runs: Vec<(usize, (Shape, i32))> = runs(kinds().map(|(shape, e)| (*shape, *e)));
        self.out.line("$Elements")?;
        let count = mesh.cell_count();
        for number in [runs.len(), count, 1, count] {
            self.out.size(number);
        }
        self.out.end_line()?;
        let mut cells = mesh.cell_ids().zip(1..);
        for (length, (shape, entity)) in runs {
            let element_type = element_type(shape).map_or(0, |(number, _)| number);
            for number in [3, entity, element_type] {
                self.out.integer(number);
            }
            self.out.size(length);
            self.out.end_line()?;
            for (cell, tag) in cells.by_ref().take(length) {
                self.out.size(tag);
                for node in mesh.cell_nodes(cell) {
                    self.out.size(node.index() + 1);
                }
                self.out.end_line()?;
            }
        }
        self.out.end_section("Elements")
    }

    fn write_nodes_2(&mut self) -> io::Result<()> {
        self.out.line("$Nodes")?;
        self.out.line(self.mesh.node_count())?;
        for (node, tag) in self.mesh.nodes().iter().zip(1..) {
            self.out.integer(tag);
            for coordinate in &node.coords {
                self.out.float(*coordinate);
            }
            self.out.end_line()?;
        }
        self.out.end_section("Nodes")
    }

    fn write_elements_2(&mut self) -> io::Result<()> {
        let mesh = self.mesh;
        let groups: HashMap<i32, i32> = self
            .regions
            .groups
            .iter()
            .map(|(entity, groups)| (*entity, groups.first().copied().unwrap_or_default()))
            .collect();
        self.out.line("$Elements")?;
        self.out.line(mesh.cell_count())?;
        let mut cells = mesh.cell_ids().zip(&self.regions.entities).zip(1..);
        for (length, shape) in runs(mesh.shapes().iter().copied()) {
            let element_type = element_type(shape).map_or(0, |(number, _)| number);
            if !self.out.is_text() {
                // Binary elements of one type share their head.
                for number in [element_type, length as i32, 2] {
                    self.out.integer(number);
                }
            }
            for ((cell, entity), tag) in cells.by_ref().take(length) {
                self.out.integer(tag);
                if self.out.is_text() {
                    self.out.integer(element_type);
                    self.out.integer(2);
                }
                self.out
                    .integer(groups.get(entity).copied().unwrap_or_default());
                self.out.integer(*entity);
                for node in mesh.cell_nodes(cell) {
                    self.out.integer(node.index() as i32 + 1);
                }
                self.out.end_line()?;
            }
        }
        self.out.end_section("Elements")
    }

    fn write_field(
        &mut self,
        field: &Field,
        description: &Description,
        step: Option<(usize, f64)>,
    ) -> io::Result<()> {
        let section = match field.location() {
            Location::Cells => "ElementData",
            Location::Nodes => "NodeData",
        };
        self.out.line(format_args!("${section}"))?;
        let tags = description.to_tags();
        self.out
            .line(if tags.is_empty() { 1 } else { 2 + tags.len() })?;
        self.out.line(quoted(field.name(), LONGEST_VIEW))?;
        if !tags.is_empty() {
            // The name of an interpolation scheme.
            self.out.line("\"\"")?;
        }
        for tag in &tags {
            self.out.line(format_args!("\"{tag}\""))?;
        }
        match step {
            Some((_, time)) => {
                self.out.line(1)?;
                self.out.line(Digits(time))?;
            }
            None => self.out.line(0)?,
        }
        let count = field.components();
        let used = if description.has_remainders {
            2 * count
        } else {
            count
        };
        let stored = stored_components(used);
        let number = step.map_or(0, |(number, _)| number);
        for number in [3, number, stored, field.tuples()] {
            self.out.line(number)?;
        }
        match field.values() {
            FieldValues::Float(array) => {
                for (tuple, tag) in array.tuples().zip(1..) {
                    self.write_tuple(tag, tuple.iter().copied(), stored - used)?;
                }
            }
            FieldValues::Integer(array) => {
                for (tuple, tag) in array.tuples().zip(1..) {
                    let rounded = tuple.iter().map(|value| *value as f64);
                    if description.has_remainders {
                        let remainders = tuple.iter().map(|value| remainder(*value));
                        self.write_tuple(tag, rounded.chain(remainders), stored - used)?;
                    } else {
                        self.write_tuple(tag, rounded, stored - used)?;
                    }
                }
            }
        }
        self.out.end_section(section)
    }

    fn write_tuple(
        &mut self,
        tag: i32,
        values: impl Iterator<Item = f64>,
        zeros: usize,
    ) -> io::Result<()> {
        self.out.integer(tag);
        for value in values {
            self.out.float(value);
        }
        for _ in 0..zeros {
            self.out.float(0.0);
        }
        self.out.end_line()
    }
}

/// What rounding takes from an integer that becomes a float.
fn remainder(value: i64) -> f64 {
    (i128::from(value) - (value as f64) as i128) as f64
}

/// How often each value stands in a row.
fn runs<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<(usize, T)> {
    let mut runs: Vec<(usize, T)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((length, last)) if *last == value => *length += 1,
            _ => runs.push((1, value)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_its_float_and_a_remainder() {
        for value in [
            0,
            i64::MAX,
            i64::MIN,
            (1 << 60) + 1,
            -(1 << 60) - 3,
            i64::MAX - 511,
        ] {
            let sum = (value as f64) as i128 + remainder(value) as i128;
            assert_eq!(sum, i128::from(value));
        }
    }
}
