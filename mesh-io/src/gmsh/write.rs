//! From a mesh and its fields to a Gmsh file.

use std::collections::HashMap;
use std::io::{self, Write};

use mesh_core::{Field, Location, UnstructuredMesh};

use super::description::Description;
use super::element_types::element_type;
use super::error::GmshWriteError;
use super::numbers_out::NumbersOut;
use super::options::{GmshOptions, GmshVersion};
use super::regions::{Regions, regions_of};
use super::write_field::describe;
use super::write_mesh::Writer;
use crate::Step;

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
    let regions = regions_of_checked(mesh, &fields, &fields, *options)?;
    let mut writer = Writer {
        out: NumbersOut::new(out, *options),
        mesh,
        options: *options,
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
    let regions = regions_of_checked(mesh, &all, &firsts, *options)?;
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
        out: NumbersOut::new(out, *options),
        mesh,
        options: *options,
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
    options: GmshOptions,
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
