//! From a mesh to the sections of a Gmsh file.

use std::collections::HashMap;
use std::io;

use mesh_core::{Bounds, Shape, UnstructuredMesh};

use super::element_types::element_type;
use super::numbers_out::{NumbersOut, quoted};
use super::options::{GmshData, GmshOptions, GmshVersion};
use super::regions::Regions;

/// Bytes of the name of a physical group, by Gmsh's manual.
const LONGEST_GROUP: usize = 127;

/// Writes the sections of a file.
pub(super) struct Writer<'a> {
    pub(super) out: NumbersOut<'a>,
    pub(super) mesh: &'a UnstructuredMesh,
    pub(super) options: GmshOptions,
    pub(super) regions: &'a Regions<'a>,
}

impl Writer<'_> {
    /// Writes all but fields.
    pub(super) fn write_mesh(&mut self) -> io::Result<()> {
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
                self.out.integer(element_type);
                self.out.short(length);
                self.out.integer(2);
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
                    self.out.short(node.index() + 1);
                }
                self.out.end_line()?;
            }
        }
        self.out.end_section("Elements")
    }
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
