//! From a mesh and its fields to the groups of a MED file.

use std::io::{self, Write};

use mesh_core::{Field, NodeId, Shape, UnstructuredMesh};

use super::cell_types::type_of;
use super::fields::NO_PROFILE;
use super::naming::{NAME, cut, padded};
use super::write_families::FamilyPlan;
use super::write_fields::field_groups;
use crate::Step;
use crate::hdf5::{self, Attribute, Content, Group};

/// Writes the mesh and its fields as a file of MED 4.1.0, the mesh being called `name`.
///
/// Cells stand in the file type by type. Their numbers (`NUM`) keep the order they have in the
/// mesh where that is another; [`read`](super::read) goes by them, as MEDCoupling does, and so do
/// fields. An integer field with labels on the cells, and one on the nodes, becomes the families
/// and groups of the mesh as well; one named `family` whose values are those of families (negative
/// on cells, positive on nodes, 0 for none) becomes them alone.
///
/// Names that MED has no room for (64 bytes for a field, 16 for a component, no slash) are cut; the
/// full ones are kept in attributes of their own, which other readers do not look at.
///
/// ```
/// use mesh_core::{CartesianMesh, DataArray, Field, FieldValues, Location};
/// use mesh_io::{ReadOptions, med};
///
/// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 2.0]; 3])?.to_unstructured()?;
/// let power = DataArray::scalars(vec![0.5; mesh.cell_count()]);
/// let power = Field::new("power", Location::Cells, FieldValues::Float(power));
/// let mut file = Vec::new();
/// med::write(&mut file, "box", &mesh, &[power.clone()])?;
/// let back = med::read(&file, &ReadOptions::default())?;
/// assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
/// assert_eq!(back.fields, [power]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A field that does not fit the mesh, and whatever `out` returns.
///
/// Cost: one pass; four bytes of memory per cell.
pub fn write(
    out: &mut dyn Write,
    name: &str,
    mesh: &UnstructuredMesh,
    fields: &[Field],
) -> io::Result<()> {
    write_steps(out, name, mesh, &[(None, fields)])
}

/// As [`write()`], with the fields of several steps of time.
///
/// A field with labels becomes families only if it has the same values at every step that has it.
///
/// # Errors
///
/// A time that is no number, a field that does not fit the mesh, and whatever `out` returns.
pub fn write_series(
    out: &mut dyn Write,
    name: &str,
    mesh: &UnstructuredMesh,
    steps: &[Step],
) -> io::Result<()> {
    if let Some(step) = steps.iter().find(|step| !step.time.is_finite()) {
        let message = format!("time {} of a step, expected a finite number", step.time);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let steps: Vec<_> = steps
        .iter()
        .map(|step| (Some(step.time), &*step.fields))
        .collect();
    write_steps(out, name, mesh, &steps)
}

/// The fields at a time, or at any time.
pub(super) type StepFields<'a> = (Option<f64>, &'a [Field]);

fn write_steps(
    out: &mut dyn Write,
    name: &str,
    mesh: &UnstructuredMesh,
    steps: &[StepFields<'_>],
) -> io::Result<()> {
    for field in steps.iter().flat_map(|(_, fields)| *fields) {
        mesh.check_field(field)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    }
    let name = name.replace(['/', '\0'], "_");
    let name = match name.as_str() {
        "" | "." => "mesh",
        name => cut(name, NAME),
    };
    let blocks = Blocks::of(mesh);
    let families = FamilyPlan::of(steps);
    let mut root = Group::default();
    let version = [("MAJ", 4), ("MIN", 1), ("REL", 0)].map(|(name, number)| integer(name, number));
    root.push_group("INFOS_GENERALES", Group::new(version.to_vec()));
    let mut meshes = Group::default();
    meshes.push_group(name, mesh_group(mesh, &blocks, &families));
    root.push_group("ENS_MAA", meshes);
    let mut all_families = Group::default();
    all_families.push_group(name, families.group());
    root.push_group("FAS", all_families);
    let fields = field_groups(name, &blocks, &families, steps);
    if !fields.members.is_empty() {
        root.push_group("CHA", fields);
    }
    hdf5::write(out, root)
}

/// The cells of a mesh, type by type, in the order of MED's numbers of types.
pub(super) struct Blocks {
    pub(super) blocks: Vec<Block>,
    /// Whether the cells of the mesh come type by type in that order anyway.
    is_sorted: bool,
}

/// The cells of one type.
pub(super) struct Block {
    pub(super) shape: Shape,
    /// The name of the type.
    pub(super) name: &'static str,
    /// MED's number of the type.
    number: i64,
    /// The cells, ascending.
    pub(super) cells: Vec<u32>,
}

impl Blocks {
    fn of(mesh: &UnstructuredMesh) -> Self {
        // All shapes are in the order of their numbers in MED.
        let block = |shape| {
            let (name, number) = type_of(shape);
            let cells = mesh.cell_ids().zip(mesh.shapes());
            let cells = cells.filter(|(_, found)| **found == shape);
            Block {
                shape,
                name,
                number,
                cells: cells.map(|(cell, _)| cell.get()).collect(),
            }
        };
        let blocks = Shape::ALL.map(block).into_iter();
        Self {
            blocks: blocks.filter(|block| !block.cells.is_empty()).collect(),
            is_sorted: mesh.shapes().is_sorted(),
        }
    }
}

/// An attribute that is an integer.
pub(super) fn integer(name: &'static str, value: i64) -> (&'static str, Attribute) {
    (name, Attribute::Integer(value))
}

/// An attribute that is a count.
pub(super) fn number_of(name: &'static str, count: usize) -> (&'static str, Attribute) {
    integer(name, as_integer(count))
}

/// A count as a file holds it; there is no memory for one that does not fit.
pub(super) fn as_integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An attribute that is text.
pub(super) fn text(name: &'static str, text: &str) -> (&'static str, Attribute) {
    (name, Attribute::text(text))
}

/// The attributes of a data set that has something for each of `count`.
fn counted(count: usize) -> Vec<(&'static str, Attribute)> {
    vec![integer("CGT", 1), number_of("NBR", count)]
}

/// The name of a step.
pub(super) fn step_name(number: i64, iteration: i64) -> String {
    format!("{number:020}{iteration:020}")
}

fn mesh_group<'a>(
    mesh: &'a UnstructuredMesh,
    blocks: &'a Blocks,
    families: &'a FamilyPlan,
) -> Group<'a> {
    let axes = padded(["x", "y", "z"].into_iter(), 16);
    let mut group = Group::new(vec![
        integer("DIM", 3),
        integer("ESP", 3),
        integer("TYP", 0),
        integer("REP", 0),
        integer("SRT", 0),
        integer("NXT", -1),
        integer("NXI", -1),
        text("DES", ""),
        ("NOM", Attribute::Text(axes)),
        ("UNI", Attribute::Text(vec![b' '; 48])),
        text("UNT", ""),
    ]);
    let mut step = Group::new(vec![
        integer("NDT", -1),
        integer("NOR", -1),
        integer("NXT", -1),
        integer("NXI", -1),
        integer("PVT", -1),
        integer("PVI", -1),
        integer("CGT", 1),
        ("PDT", Attribute::Float(0.0)),
    ]);
    step.push_group("NOE", node_group(mesh, families));
    let mut cells = Group::new(vec![integer("CGT", 1)]);
    for block in &blocks.blocks {
        cells.push_group(block.name, cell_group(mesh, block, blocks, families));
    }
    step.push_group("MAI", cells);
    group.push_group(step_name(-1, -1), step);
    group
}

fn node_group<'a>(mesh: &'a UnstructuredMesh, families: &'a FamilyPlan) -> Group<'a> {
    let count = mesh.node_count();
    let numbers = families.of_nodes();
    let mut group = Group::new(vec![
        integer("CGT", 1),
        integer("CGS", numbers.is_some().into()),
        text("PFL", NO_PROFILE),
    ]);
    let axis = |axis: usize| mesh.nodes().iter().map(move |node| node[axis]);
    let coordinates = (0..3).flat_map(axis);
    let content = Content::Floats(3 * count, Box::new(coordinates));
    group.push_dataset("COO", counted(count), content);
    if let Some(numbers) = numbers {
        let content = Content::Integers(count, Box::new(numbers));
        group.push_dataset("FAM", counted(count), content);
    }
    group
}

fn cell_group<'a>(
    mesh: &'a UnstructuredMesh,
    block: &'a Block,
    blocks: &Blocks,
    families: &'a FamilyPlan,
) -> Group<'a> {
    let count = block.cells.len();
    let mut group = Group::new(vec![
        integer("CGT", 1),
        integer("CGS", 1),
        integer("GEO", block.number),
        text("PFL", NO_PROFILE),
    ]);
    if block.shape == Shape::Polyhedron {
        push_polyhedra(&mut group, mesh, block);
    } else {
        // MED lists the nodes of a cell mirrored; all first nodes come first.
        let order = block
            .shape
            .mirrored()
            .iter()
            .map(|local| usize::from(*local));
        let nodes = order.flat_map(move |local| {
            block.cells.iter().map(move |cell| {
                let start = mesh.offsets()[*cell as usize];
                from_one(mesh.connectivity()[start + local])
            })
        });
        let length = count * block.shape.node_count().unwrap_or(0);
        let content = Content::Integers(length, Box::new(nodes));
        group.push_dataset("NOD", counted(count), content);
    }
    if let Some(numbers) = families.of_cells(&block.cells) {
        let content = Content::Integers(count, Box::new(numbers));
        group.push_dataset("FAM", counted(count), content);
    }
    if !blocks.is_sorted {
        let numbers = block.cells.iter().map(|cell| i64::from(*cell) + 1);
        let content = Content::Integers(count, Box::new(numbers));
        group.push_dataset("NUM", counted(count), content);
    }
    group
}

fn push_polyhedra<'a>(group: &mut Group<'a>, mesh: &'a UnstructuredMesh, block: &'a Block) {
    let polyhedra = mesh.polyhedra();
    let faces_of = move |cell: &u32| {
        let cell = *cell as usize;
        polyhedra.cell_offsets[cell]..polyhedra.cell_offsets[cell + 1]
    };
    let faces = move || block.cells.iter().flat_map(faces_of);
    let size = move |face: usize| polyhedra.face_offsets[face + 1] - polyhedra.face_offsets[face];
    let (face_count, node_count) = (faces().count(), faces().map(size).sum());
    let nodes = faces().flat_map(move |face| {
        let range = polyhedra.face_offsets[face]..polyhedra.face_offsets[face + 1];
        polyhedra.connectivity[range].iter().copied().map(from_one)
    });
    let content = Content::Integers(node_count, Box::new(nodes));
    group.push_dataset("NOD", counted(node_count), content);
    let sizes: [(&str, usize, Box<dyn Iterator<Item = usize>>); 2] = [
        ("INN", face_count, Box::new(faces().map(size))),
        (
            "IFN",
            block.cells.len(),
            Box::new(block.cells.iter().map(move |cell| faces_of(cell).len())),
        ),
    ];
    for (name, count, sizes) in sizes {
        let starts = sizes.scan(1_i64, |start, size| {
            *start += as_integer(size);
            Some(*start)
        });
        let starts = std::iter::once(1).chain(starts);
        let content = Content::Integers(count + 1, Box::new(starts));
        group.push_dataset(name, counted(count + 1), content);
    }
}

/// The number of a node in a file.
fn from_one(node: NodeId) -> i64 {
    i64::from(node.get()) + 1
}
