//! From the sections of a Gmsh file to a mesh and its fields.

use std::collections::BTreeMap;

use mesh_core::{DataArray, Field, Location, UnstructuredMesh};

use super::data_section::DataSection;
use super::document::{Section, find_sections};
use super::elements::ElementReader;
use super::entities::Entities;
use super::error::GmshError;
use super::fields::{Carriers, Views};
use super::groups;
use super::nodes::read_nodes;
use crate::{MeshFile, ReadOptions, shorten};

/// The mesh and the fields in the bytes `file` of a Gmsh file.
///
/// Formats 2.0 to 2.2, 4.0 and 4.1 are read, as text and binary in either order of bytes; see the
/// [module](crate::gmsh) for what becomes of each section.
///
/// ```
/// let file = b"$MeshFormat\n2.2 0 8\n$EndMeshFormat\n\
///     $Nodes\n4\n1 0 0 0\n2 1 0 0\n3 0 1 0\n4 0 0 1\n$EndNodes\n\
///     $Elements\n1\n1 4 2 7 1 1 2 3 4\n$EndElements\n";
/// let read = mesh_io::gmsh::read(file, &mesh_io::ReadOptions::default())?;
/// assert_eq!(read.mesh.volume(), 1.0 / 6.0);
/// assert_eq!(read.fields[0].name(), "gmsh:physical");
/// # Ok::<(), mesh_io::gmsh::GmshError>(())
/// ```
///
/// # Errors
///
/// What is wrong, and where in the file. Counts that a file announces are held against the bytes
/// it has before memory is taken.
///
/// Cost: one pass over the file, in text two; memory for the arrays of the mesh, and once more for
/// the largest of them.
pub fn read(file: &[u8], options: &ReadOptions) -> Result<MeshFile, GmshError> {
    let mut sections = Sections::new(find_sections(file)?)?;
    let mut names = groups::Names::default();
    for section in &sections.names {
        groups::read_names(*section, &mut names)?;
    }
    let mut entities = Entities::default();
    for section in &sections.entities {
        entities.read(*section)?;
    }
    for section in &sections.parts {
        entities.read_partitioned(*section)?;
    }
    let missing = |section| GmshError::MissingSection { section };
    let nodes = read_nodes(sections.nodes.ok_or_else(|| missing("Nodes"))?)?;
    let elements = sections.elements.ok_or_else(|| missing("Elements"))?;
    let reader = ElementReader {
        nodes: &nodes.tags,
        node_count: nodes.points.len(),
        entities: &entities,
        linearize: options.linearize,
    };
    let mut cells = reader.read(elements)?;
    let lower = cells.lower();
    if cells.shapes.is_empty() {
        return Err(GmshError::NoCells { lower });
    }
    let mut notes = cells.notes();
    notes.append(&mut sections.notes);

    let views = sections.views()?;
    let mut fields = groups::fields(&mut cells, &names.labels, !views.make_groups());
    if let Some(further) = fields
        .iter()
        .find(|field| field.name() == groups::physical_name(1))
    {
        notes.push(further_groups(further));
    }
    cells.aliases.sort_unstable();
    let of_cells = Carriers {
        list: &cells.tags,
        aliases: &cells.aliases,
        what: "cells",
    };
    let of_nodes = Carriers {
        list: &nodes.tag_list,
        aliases: &[],
        what: "nodes",
    };
    let data = views.read(options.step, &of_cells, &of_nodes, file.len(), &mut notes)?;
    fields.extend(data);

    let arrays = cells.take_arrays(nodes.points);
    let mesh = UnstructuredMesh::new(arrays).map_err(|source| GmshError::Mesh { source, lower })?;
    Ok(MeshFile {
        mesh,
        fields,
        notes,
    })
}

/// The times of the steps in the bytes `file` of a Gmsh file, ascending; the mesh is not read.
///
/// # Errors
///
/// As [`read`], as far as sections and the heads of fields go.
pub fn times(file: &[u8]) -> Result<Vec<f64>, GmshError> {
    Ok(Sections::new(find_sections(file)?)?.views()?.times())
}

fn further_groups(second: &Field) -> String {
    let values = second.as_integer().map(DataArray::values);
    let cells = values
        .unwrap_or_default()
        .iter()
        .filter(|group| **group != 0);
    format!(
        "{} cells belong to several physical groups: all but the first are in {:?} and so on",
        cells.count(),
        second.name()
    )
}

/// The sections of a file by what they are.
#[derive(Default)]
struct Sections<'a> {
    names: Vec<Section<'a>>,
    entities: Vec<Section<'a>>,
    parts: Vec<Section<'a>>,
    nodes: Option<Section<'a>>,
    elements: Option<Section<'a>>,
    data: Vec<(Section<'a>, Location)>,
    notes: Vec<String>,
}

impl<'a> Sections<'a> {
    fn new(all: Vec<Section<'a>>) -> Result<Self, GmshError> {
        let mut sections = Self::default();
        let mut left_out = BTreeMap::<&str, usize>::new();
        let mut repeated = 0;
        for section in all {
            match section.name {
                "PhysicalNames" => sections.names.push(section),
                "Entities" => sections.entities.push(section),
                "PartitionedEntities" => sections.parts.push(section),
                "Nodes" | "ParametricNodes" => set_once(&mut sections.nodes, section, "Nodes")?,
                "Elements" => {
                    repeated += usize::from(sections.elements.is_some());
                    set_once(&mut sections.elements, section, "Elements")?;
                }
                "NodeData" => sections.data.push((section, Location::Nodes)),
                "ElementData" => sections.data.push((section, Location::Cells)),
                // They say nothing of a mesh of linear cells and its fields.
                "Periodic" | "GhostElements" | "Parametrizations" | "InterpolationScheme" => {}
                name => *left_out.entry(name).or_default() += 1,
            }
        }
        if repeated > 0 {
            let note = format!(
                "the mesh stands in the file {} times, read once",
                repeated + 1
            );
            sections.notes.push(note);
        }
        for (name, count) in left_out {
            let reason = match name {
                "ElementNodeData" => ": values on the nodes of each element",
                _ => "",
            };
            let sections_of = if count == 1 { "section" } else { "sections" };
            let name = shorten(name);
            let note = format!("{count} {sections_of} ${name} left out{reason}");
            sections.notes.push(note);
        }
        Ok(sections)
    }

    fn views(&self) -> Result<Views<'a>, GmshError> {
        let data = self.data.iter();
        let data = data.map(|(section, location)| DataSection::read(*section, *location));
        Ok(Views::new(data.collect::<Result<_, _>>()?))
    }
}

/// Keeps the first of sections that may stand there again only as they are: Gmsh writes the whole
/// mesh again with each view that it appends to a file.
fn set_once<'a>(
    known: &mut Option<Section<'a>>,
    section: Section<'a>,
    name: &'static str,
) -> Result<(), GmshError> {
    match known {
        None => *known = Some(section),
        Some(known) => {
            let is_same = known.name == section.name
                && known.format == section.format
                && known.body() == section.body();
            if !is_same {
                return Err(GmshError::SecondMesh {
                    place: section.place(),
                    section: name,
                });
            }
        }
    }
    Ok(())
}
