//! The cells of the mesh as they are gathered from the elements of a file.

use std::collections::BTreeMap;
use std::fmt::Write;

use mesh_core::{MeshArrays, NodeId, Point3, Shape};

use super::nodes::append;

/// The cells read so far, and what was done to the elements that are none.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) shapes: Vec<Shape>,
    pub(super) connectivity: Vec<NodeId>,
    /// The tag of each cell's element.
    pub(super) tags: Vec<i64>,
    /// The tag of the volume of the geometry that each cell lies in.
    pub(super) entities: Vec<i64>,
    /// The first physical group of each cell, the second, …; 0 for none, shorter than the cells
    /// where the last ones have none.
    pub(super) groups: Vec<Vec<i64>>,
    /// Tags of further elements that are the same cell.
    pub(super) aliases: Vec<(i64, u32)>,
    /// How many elements of lower dimension were passed over, by name.
    lower: BTreeMap<&'static str, usize>,
    /// Whether each cell is of higher order in the file; shorter than the cells where the last
    /// ones are not.
    is_curved: Vec<bool>,
}

impl Cells {
    /// Counts elements of lower dimension.
    pub(super) fn pass_over(&mut self, name: &'static str, count: usize) {
        *self.lower.entry(name).or_default() += count;
    }

    /// How many elements of lower dimension were passed over.
    pub(super) fn lower(&self) -> usize {
        self.lower.values().sum()
    }

    /// Notes that cells from number `start` on are of higher order in the file.
    pub(super) fn mark_curved(&mut self, start: usize) {
        self.is_curved.resize(start, false);
        self.is_curved.resize(self.shapes.len(), true);
    }

    /// Adds cells of one shape in one volume.
    pub(super) fn add_block(
        &mut self,
        shape: Shape,
        tags: Vec<i64>,
        connectivity: Vec<NodeId>,
        entity: i64,
        groups: &[i64],
    ) {
        let cells = self.shapes.len();
        let end = cells + tags.len();
        self.shapes.resize(end, shape);
        append(&mut self.tags, tags);
        append(&mut self.connectivity, connectivity);
        self.entities.resize(end, entity);
        for (level, &group) in groups.iter().enumerate() {
            self.groups_of(level).resize(cells, 0);
            self.groups_of(level).resize(end, group);
        }
    }

    /// Adds one cell.
    pub(super) fn add(
        &mut self,
        shape: Shape,
        tag: i64,
        nodes: impl IntoIterator<Item = NodeId>,
        entity: i64,
        group: i64,
    ) {
        let cells = self.shapes.len();
        self.shapes.push(shape);
        self.tags.push(tag);
        self.connectivity.extend(nodes);
        self.entities.push(entity);
        if group != 0 {
            let groups = self.groups_of(0);
            groups.resize(cells, 0);
            groups.push(group);
        }
    }

    fn groups_of(&mut self, level: usize) -> &mut Vec<i64> {
        if self.groups.len() <= level {
            self.groups.resize(level + 1, Vec::new());
        }
        &mut self.groups[level]
    }

    /// Adds the cells of a later part of the file.
    pub(super) fn add_all(&mut self, more: Self) {
        let cells = self.shapes.len();
        append(&mut self.shapes, more.shapes);
        append(&mut self.connectivity, more.connectivity);
        append(&mut self.tags, more.tags);
        append(&mut self.entities, more.entities);
        for (level, groups) in more.groups.into_iter().enumerate() {
            self.groups_of(level).resize(cells, 0);
            append(self.groups_of(level), groups);
        }
        if !more.is_curved.is_empty() {
            self.is_curved.resize(cells, false);
            append(&mut self.is_curved, more.is_curved);
        }
        for (name, count) in more.lower {
            self.pass_over(name, count);
        }
    }

    /// Makes one cell of neighbours in the file that differ in their group only. So Gmsh writes
    /// an element of several groups to format 2; taken as they stand, they would count its volume
    /// as often.
    pub(super) fn merge_repeated(&mut self) {
        let mut kept = Self::default();
        let mut start = 0;
        let mut last_start = 0;
        let mut is_any = false;
        // Looked for before anything is copied.
        for cell in 0..self.shapes.len() {
            let nodes = self.shapes[cell].node_count().unwrap_or_default();
            is_any |= self.repeats(cell, last_start, start, nodes);
            last_start = start;
            start += nodes;
        }
        if !is_any {
            return;
        }
        let (mut start, mut last_start, mut level) = (0, 0, 0);
        for cell in 0..self.shapes.len() {
            let shape = self.shapes[cell];
            let nodes = shape.node_count().unwrap_or_default();
            let group = self.group(0, cell);
            if self.repeats(cell, last_start, start, nodes) {
                level += 1;
                let place = kept.shapes.len() - 1;
                kept.groups_of(level).resize(place, 0);
                kept.groups_of(level).push(group);
                kept.aliases.push((self.tags[cell], place as u32));
            } else {
                level = 0;
                let ids = &self.connectivity[start..start + nodes];
                let (tag, entity) = (self.tags[cell], self.entities[cell]);
                kept.add(shape, tag, ids.iter().copied(), entity, group);
                if self.is_curved.get(cell) == Some(&true) {
                    kept.mark_curved(kept.shapes.len() - 1);
                }
            }
            last_start = start;
            start += nodes;
        }
        kept.lower = std::mem::take(&mut self.lower);
        *self = kept;
    }

    /// Whether `cell` is the one before it in another group.
    fn repeats(&self, cell: usize, last_start: usize, start: usize, nodes: usize) -> bool {
        cell > 0
            && self.shapes[cell] == self.shapes[cell - 1]
            && self.entities[cell] == self.entities[cell - 1]
            && self.group(0, cell) != self.group(0, cell - 1)
            && self.connectivity[start..start + nodes] == self.connectivity[last_start..start]
    }

    /// The group of a cell at this level.
    fn group(&self, level: usize, cell: usize) -> i64 {
        let groups = self.groups.get(level).and_then(|groups| groups.get(cell));
        groups.copied().unwrap_or_default()
    }

    /// The arrays of the mesh on these nodes.
    pub(super) fn take_arrays(&mut self, nodes: Vec<Point3>) -> MeshArrays {
        let shapes = std::mem::take(&mut self.shapes);
        let mut offsets = Vec::with_capacity(shapes.len() + 1);
        let mut end = 0;
        offsets.push(0);
        offsets.extend(shapes.iter().map(|shape| {
            end += shape.node_count().unwrap_or_default();
            end
        }));
        MeshArrays {
            nodes,
            shapes,
            offsets,
            connectivity: std::mem::take(&mut self.connectivity),
            ..MeshArrays::default()
        }
    }

    /// What was done to the elements, in words.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let lower = self.lower();
        if lower > 0 {
            let mut note = format!("{lower} cells of lower dimension left out");
            for (index, (name, count)) in self.lower.iter().enumerate() {
                let separator = if index == 0 { ": " } else { ", " };
                // Writing to a string does not fail.
                let _ = write!(note, "{separator}{count} {name}");
            }
            notes.push(note);
        }
        let linearized = self
            .is_curved
            .iter()
            .filter(|is_curved| **is_curved)
            .count();
        if linearized > 0 {
            notes.push(format!(
                "{linearized} cells read linearised (corner nodes only)"
            ));
        }
        if !self.aliases.is_empty() {
            notes.push(format!(
                "{} elements that repeat the one before in another physical group read as one cell",
                self.aliases.len()
            ));
        }
        notes
    }
}
