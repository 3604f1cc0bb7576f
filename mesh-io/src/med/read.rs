//! From the groups of a MED file to a mesh and its fields.

use mesh_core::{MeshArrays, Point3, UnstructuredMesh};

use super::access::{Access, at, check_length, missing, shown};
use super::cells::Cells;
use super::error::MedError;
use super::families::Families;
use super::fields::FieldReader;
use super::steps::{FieldEntry, StepKey, steps_of};
use crate::hdf5::{Hdf5Read, NativeFile};
use crate::{MeshFile, ReadOptions, StepChoice, shorten};

/// The mesh and the fields in the bytes `file` of a MED file.
///
/// | in the file | here |
/// |---|---|
/// | several meshes | the one that the options name, else the first |
/// | cells of each type | the order of their numbers (`NUM`), if these are 1 to the number of cells, each once; else type by type, in the order of MED's numbers of types |
/// | hexagonal prisms | polyhedra |
/// | families | an integer field `family`, labels being the groups of each family |
/// | steps of time | the one that the options name, else the last; fields without time belong to all |
/// | profiles | cells and nodes that a field leaves out are NaN |
/// | values at Gauss points or per node of a cell | left out |
///
/// The notes say what was chosen and left out.
///
/// # Errors
///
/// What is wrong, and where in the file. Sizes that a file claims are checked against the bytes it
/// has before memory is taken.
///
/// Cost: one pass over what is read of the file; memory for the arrays of the mesh, and once more
/// for the largest of them.
pub fn read(file: &[u8], options: &ReadOptions) -> Result<MeshFile, MedError> {
    let file = NativeFile::new(file).map_err(|error| at("", error))?;
    read_from(&file, options)
}

/// The times of the steps of all fields in the bytes `file` of a MED file, ascending. Fields that
/// hold at any time have none.
///
/// # Errors
///
/// What is wrong, and where in the file.
pub fn read_times(file: &[u8]) -> Result<Vec<f64>, MedError> {
    let file = NativeFile::new(file).map_err(|error| at("", error))?;
    read_times_from(&file)
}

pub(super) fn read_times_from(file: &dyn Hdf5Read) -> Result<Vec<f64>, MedError> {
    let entries = FieldEntry::list(Access(file))?;
    let steps = steps_of(entries.iter());
    Ok(steps.iter().map(|step| step.time).collect())
}

pub(super) fn read_from(file: &dyn Hdf5Read, options: &ReadOptions) -> Result<MeshFile, MedError> {
    let access = Access(file);
    let mut notes = Vec::new();
    let place = MeshPlace::find(access, options.mesh.as_deref(), &mut notes)?;
    let nodes = read_nodes(access, &place)?;
    let node_count = nodes.len();
    let cells_path = format!("{}/MAI", place.step);
    let cells = Cells::read(access, &cells_path, node_count, options.linearize)?;
    notes.extend(cells.notes());
    let skipped = cells.skipped();
    if cells.count() == 0 {
        return Err(MedError::NoCells {
            mesh: shorten(&place.name),
            skipped,
            others: place.others,
        });
    }
    let mut arrays = MeshArrays::from_nodes(nodes);
    cells.add_to(&mut arrays);
    let mesh =
        UnstructuredMesh::new(arrays).map_err(|source| MedError::Mesh { source, skipped })?;

    let entries = FieldEntry::list(access)?;
    let on_mesh = || entries.iter().filter(|entry| entry.mesh == place.name);
    let step = choose_step(
        options.step,
        &steps_of(on_mesh()),
        &steps_of(entries.iter()),
        &mut notes,
    )?;
    let mut reader = FieldReader::new(access, &cells, node_count);
    let mut fields = Vec::new();
    for entry in on_mesh() {
        match entry.at(step) {
            Some(found) => fields.extend(reader.read(entry, found)?),
            None => {
                let name = shorten(&entry.name);
                let note = format!("field {name:?} left out: it has no values at that step");
                reader.notes.push(note);
            }
        }
    }
    notes.append(&mut reader.notes);
    let families = Families::read(access, &place.name, &place.path)?;
    let of_nodes = families.of_nodes(access, &format!("{}/NOE", place.step), node_count)?;
    let of_cells = families.of_cells(access, &cells)?;
    for family in [of_nodes, of_cells].into_iter().flatten() {
        family.put_among(&mut fields);
    }
    Ok(MeshFile {
        mesh,
        fields,
        notes,
    })
}

/// The step that is read, of those of the fields on the mesh and of those of the whole file.
fn choose_step(
    choice: StepChoice,
    on_mesh: &[StepKey],
    all: &[StepKey],
    notes: &mut Vec<String>,
) -> Result<Option<StepKey>, MedError> {
    match choice {
        StepChoice::Number(asked) => match all.get(asked) {
            Some(step) => Ok(Some(*step)),
            None => Err(MedError::NoStep {
                asked,
                steps: all.len(),
            }),
        },
        StepChoice::Last => {
            if let ([_, .., last], count) = (on_mesh, on_mesh.len()) {
                let time = last.time;
                notes.push(format!("{count} steps: the last, at time {time}, was read"));
            }
            Ok(on_mesh.last().copied())
        }
    }
}

/// Where a mesh is.
struct MeshPlace {
    name: String,
    /// Its group.
    path: String,
    /// The group of its nodes and cells: of its first step, or, before version 3, its own.
    step: String,
    /// The names of the other meshes.
    others: Vec<String>,
}

impl MeshPlace {
    /// The mesh of this name, else the first.
    fn find(
        access: Access<'_>,
        wanted: Option<&str>,
        notes: &mut Vec<String>,
    ) -> Result<Self, MedError> {
        let members = access.find_members("/ENS_MAA")?;
        let is_there = members.is_some();
        let meshes = members.unwrap_or_default().into_iter();
        let meshes = meshes.filter(|member| member.is_group);
        let mut others: Vec<String> = meshes.map(|member| member.name).collect();
        let place = match wanted {
            Some(wanted) => others.iter().position(|name| name == wanted),
            None => (!others.is_empty()).then_some(0),
        };
        let Some(place) = place else {
            return Err(match wanted {
                Some(name) if !others.is_empty() => MedError::UnknownMesh {
                    name: shorten(name),
                    names: others,
                },
                _ => MedError::NoMesh { is_there },
            });
        };
        let name = others.remove(place);
        if wanted.is_none() && !others.is_empty() {
            let names: Vec<String> = others.iter().take(10).map(|other| shorten(other)).collect();
            notes.push(format!(
                "{} meshes: the first, {:?}, was read; others: {names:?}",
                others.len() + 1,
                shorten(&name),
            ));
        }
        let path = format!("/ENS_MAA/{name}");
        let grid = access.integer(&path, "TYP")?.unwrap_or(0);
        if grid != 0 {
            let (place, found) = (shown(&path), grid);
            return Err(MedError::Structured { place, found });
        }
        let dimension = match access.integer(&path, "ESP")? {
            Some(dimension) => Some(dimension),
            None => access.integer(&path, "DIM")?,
        };
        if let Some(found) = dimension.filter(|dimension| *dimension != 3) {
            let place = shown(&path);
            return Err(MedError::Dimension { place, found });
        }
        let step = find_step(access, &path, notes)?;
        Ok(Self {
            name,
            path,
            step,
            others,
        })
    }
}

/// The group that has the nodes: that of the mesh, or of its first step.
fn find_step(access: Access<'_>, mesh: &str, notes: &mut Vec<String>) -> Result<String, MedError> {
    let members = access.members(mesh)?;
    if members.iter().any(|member| member.name == "NOE") {
        return Ok(mesh.to_owned());
    }
    let mut first = None;
    let mut count = 0;
    for member in members.iter().filter(|member| member.is_group) {
        let path = format!("{mesh}/{}", member.name);
        let (Some(number), Some(iteration)) =
            (access.integer(&path, "NDT")?, access.integer(&path, "NOR")?)
        else {
            continue;
        };
        count += 1;
        if first
            .as_ref()
            .is_none_or(|(key, _)| (number, iteration) < *key)
        {
            first = Some(((number, iteration), path));
        }
    }
    if count > 1 {
        notes.push(format!(
            "the mesh moves, it has {count} steps: the first was read"
        ));
    }
    first
        .map(|(_, path)| path)
        .ok_or_else(|| missing(mesh, "NOE"))
}

fn read_nodes(access: Access<'_>, place: &MeshPlace) -> Result<Vec<Point3>, MedError> {
    let path = format!("{}/NOE", place.step);
    let coordinates = access.floats(&path, "COO")?;
    let count = coordinates.len() / 3;
    let place = format!("{path}/COO");
    let length = coordinates.len();
    check_length(&place, length, count * 3, "three coordinates per node")?;
    if let Some(expected) = access.integer(&place, "NBR")? {
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        let expected = expected.saturating_mul(3);
        check_length(&place, length, expected, "three times its NBR")?;
    }
    // All x first, then all y, then all z.
    let (x, rest) = coordinates.split_at(count);
    let (y, z) = rest.split_at(count);
    let points = x.iter().zip(y).zip(z);
    Ok(points.map(|((x, y), z)| Point3::new(*x, *y, *z)).collect())
}
