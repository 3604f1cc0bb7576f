//! The cells of a mesh: groups of one type each, and the order that their numbers give.

use std::collections::BTreeMap;
use std::fmt::Write;

use mesh_core::{MeshArrays, NodeId};
use rayon::prelude::*;

use super::access::{Access, check_length, shown};
use super::cell_types::{CellKind, PRISM_FACES, kinds};
use super::error::MedError;
use super::polyhedra::Polyhedra;

/// The cells of three dimensions, and what was left out.
pub(super) struct Cells {
    /// One per type, in the order of MED's numbers of types.
    pub(super) blocks: Vec<Block>,
    /// Per cell of the mesh, its place among the cells type by type; or none, if they are the same.
    places: Option<Vec<u32>>,
    skipped: BTreeMap<&'static str, usize>,
    linearized: usize,
    /// Groups of cells of types that are not known.
    unknown: Vec<String>,
}

/// The cells of one type.
pub(super) struct Block {
    /// The name of the type.
    pub(super) name: &'static str,
    /// The group.
    pub(super) path: String,
    /// Its first cell, among the cells type by type.
    pub(super) first: usize,
    /// How many cells.
    pub(super) count: usize,
    kind: CellKind,
    nodes: Nodes,
}

enum Nodes {
    /// All first nodes, then all second nodes, and so on, from 1.
    Fixed(Vec<i64>),
    Polyhedra(Polyhedra),
}

impl Cells {
    /// Reads the cells in the group `path`.
    pub(super) fn read(
        access: Access<'_>,
        path: &str,
        nodes: usize,
        linearize: bool,
    ) -> Result<Self, MedError> {
        let mut cells = Self {
            blocks: Vec::new(),
            places: None,
            skipped: BTreeMap::new(),
            linearized: 0,
            unknown: Vec::new(),
        };
        let members = access.members(path)?;
        for (name, kind) in kinds() {
            if members.iter().any(|member| member.name == name) {
                let path = format!("{path}/{name}");
                cells.read_group(access, name, kind, path, nodes, linearize)?;
            }
        }
        // Structural elements, of which the file says itself what they are: beams, particles.
        let is_known = |name: &str| kinds().any(|(known, _)| known == name);
        let unknown = members.into_iter().map(|member| member.name);
        cells.unknown = unknown.filter(|name| !is_known(name)).collect();
        cells.places = cells.read_order(access)?;
        Ok(cells)
    }

    fn read_group(
        &mut self,
        access: Access<'_>,
        name: &'static str,
        kind: CellKind,
        path: String,
        nodes: usize,
        linearize: bool,
    ) -> Result<(), MedError> {
        let width = match kind {
            CellKind::Polyhedron => {
                let polyhedra = Polyhedra::read(access, &path, nodes)?;
                let count = polyhedra.count();
                self.add(name, kind, path, count, Nodes::Polyhedra(polyhedra));
                return Ok(());
            }
            CellKind::Polygons => {
                let place = format!("{path}/INN");
                let ends = access.find_length(&place)?.unwrap_or(1);
                check_claim(&place, ends, 1)?;
                *self.skipped.entry("polygons").or_default() += ends.saturating_sub(1);
                return Ok(());
            }
            CellKind::Lower(plural, width) => {
                let place = format!("{path}/NOD");
                let length = access.find_length(&place)?.unwrap_or(0);
                check_claim(&place, length, width)?;
                *self.skipped.entry(plural).or_default() += length / width;
                return Ok(());
            }
            CellKind::Linear(shape) => shape.node_count().unwrap_or(1),
            CellKind::HexagonalPrism => 12,
            CellKind::Curved(_, width) => width,
        };
        let connectivity = access.integers(&path, "NOD")?;
        let count = connectivity.len() / width;
        let place = format!("{path}/NOD");
        check_length(
            &place,
            connectivity.len(),
            count * width,
            "a whole number of cells",
        )?;
        if let Some(count) = access.integer(&place, "NBR")? {
            let expected = usize::try_from(count).unwrap_or(usize::MAX);
            let expected = expected.saturating_mul(width);
            check_length(
                &place,
                connectivity.len(),
                expected,
                "its NBR times the nodes of a cell",
            )?;
        }
        if matches!(kind, CellKind::Curved(..)) {
            if !linearize {
                let place = shown(&path);
                return Err(MedError::Quadratic { place, count });
            }
            self.linearized += count;
        }
        check_nodes(&place, &connectivity, count, nodes)?;
        self.add(name, kind, path, count, Nodes::Fixed(connectivity));
        Ok(())
    }

    fn add(
        &mut self,
        name: &'static str,
        kind: CellKind,
        path: String,
        count: usize,
        nodes: Nodes,
    ) {
        let first = self.count();
        self.blocks.push(Block {
            name,
            path,
            first,
            count,
            kind,
            nodes,
        });
    }

    /// How many cells.
    pub(super) fn count(&self) -> usize {
        self.blocks
            .last()
            .map_or(0, |block| block.first + block.count)
    }

    /// How many cells were left out.
    pub(super) fn skipped(&self) -> usize {
        self.skipped.values().sum()
    }

    /// Where each cell of the mesh is among the cells type by type, where that is another order.
    /// Cell numbers that are 1 to the number of cells, each once, are an order; others are names.
    fn read_order(&self, access: Access<'_>) -> Result<Option<Vec<u32>>, MedError> {
        const NONE: u32 = u32::MAX;
        let count = self.count();
        if u32::try_from(count).is_err() {
            return Ok(None);
        }
        let mut places = vec![NONE; count];
        for block in &self.blocks {
            let path = format!("{}/NUM", block.path);
            let Some(numbers) = access.find_integers(&path)? else {
                return Ok(None);
            };
            check_length(&path, numbers.len(), block.count, "one per cell")?;
            for (index, number) in numbers.iter().enumerate() {
                let cell = number.checked_sub(1);
                let cell = cell.and_then(|cell| usize::try_from(cell).ok());
                match cell.and_then(|cell| places.get_mut(cell)) {
                    Some(place) if *place == NONE => *place = (block.first + index) as u32,
                    _ => return Ok(None),
                }
            }
        }
        Ok(Some(places).filter(|places| !places.is_sorted()))
    }

    /// The cells of the mesh, each by its place among the cells type by type.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let place = |cell: usize| self.places.as_ref().map_or(cell, |all| all[cell] as usize);
        (0..self.count()).map(place)
    }

    /// `values`, one tuple per cell type by type, in the order of the cells of the mesh.
    pub(super) fn in_order<T: Copy>(&self, values: Vec<T>, components: usize) -> Vec<T> {
        let Some(places) = &self.places else {
            return values;
        };
        let tuple = |place: &u32| {
            let start = *place as usize * components;
            &values[start..start + components]
        };
        places.iter().flat_map(tuple).copied().collect()
    }

    /// Adds all cells to the arrays of a mesh.
    pub(super) fn add_to(&self, arrays: &mut MeshArrays) {
        arrays.shapes.reserve_exact(self.count());
        arrays.offsets.reserve_exact(self.count());
        let total: usize = self.blocks.iter().map(Block::node_count).sum();
        arrays.connectivity.reserve(total);
        if self.places.is_none() {
            for block in &self.blocks {
                block.add_all_to(arrays);
            }
            return;
        }
        for place in self.places() {
            let block = self.blocks.partition_point(|block| block.first <= place);
            // The first block begins at 0; empty ones begin where the next one does.
            if let Some(block) = block.checked_sub(1).and_then(|at| self.blocks.get(at)) {
                block.add_to(place - block.first, arrays);
            }
        }
    }

    /// What was done to the cells, in words.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let skipped = self.skipped();
        if skipped > 0 {
            let mut note = format!("{skipped} cells of lower dimension left out");
            for (index, (name, count)) in self.skipped.iter().enumerate() {
                let separator = if index == 0 { ": " } else { ", " };
                // Writing to a string does not fail.
                let _ = write!(note, "{separator}{count} {name}");
            }
            notes.push(note);
        }
        for name in self.unknown.iter().take(3) {
            let name = crate::shorten(name);
            notes.push(format!(
                "cells of the type {name:?} left out: it is not known"
            ));
        }
        if self.linearized > 0 {
            let count = self.linearized;
            notes.push(format!("{count} cells read linearised (corner nodes only)"));
        }
        notes
    }
}

impl Block {
    fn node_count(&self) -> usize {
        let (CellKind::Linear(shape) | CellKind::Curved(shape, _)) = self.kind else {
            return 0;
        };
        self.count * shape.node_count().unwrap_or(0)
    }

    /// Adds all cells of the block.
    fn add_all_to(&self, arrays: &mut MeshArrays) {
        let (CellKind::Linear(shape) | CellKind::Curved(shape, _), Nodes::Fixed(connectivity)) =
            (self.kind, &self.nodes)
        else {
            for index in 0..self.count {
                self.add_to(index, arrays);
            }
            return;
        };
        // As `add_to`, in parallel.
        let order = shape.mirrored();
        let (first, cells) = (arrays.connectivity.len(), arrays.shapes.len() + self.count);
        let end = first + self.count * order.len();
        arrays.connectivity.resize(end, NodeId::default());
        let added = arrays.connectivity[first..].par_chunks_exact_mut(order.len());
        added.enumerate().for_each(|(index, nodes)| {
            for (id, local) in nodes.iter_mut().zip(order) {
                *id = node_id(connectivity[usize::from(*local) * self.count + index]);
            }
        });
        arrays.shapes.resize(cells, shape);
        let ends = (1..=self.count).map(|count| first + count * order.len());
        arrays.offsets.extend(ends);
        if let Some(&faces) = arrays.polyhedra.cell_offsets.last() {
            arrays.polyhedra.cell_offsets.resize(cells + 1, faces);
        }
    }

    /// Adds cell number `index` of the block. MED lists the nodes of a cell mirrored.
    fn add_to(&self, index: usize, arrays: &mut MeshArrays) {
        let connectivity = match &self.nodes {
            Nodes::Polyhedra(polyhedra) => {
                arrays.push_polyhedron(polyhedra.faces(index));
                return;
            }
            Nodes::Fixed(connectivity) => connectivity,
        };
        let node = |local: usize| node_id(connectivity[local * self.count + index]);
        match self.kind {
            CellKind::Linear(shape) | CellKind::Curved(shape, _) => {
                let mut nodes = [NodeId::default(); 8];
                let order = shape.mirrored();
                for (id, local) in nodes.iter_mut().zip(order) {
                    *id = node(usize::from(*local));
                }
                arrays.push_cell(shape, &nodes[..order.len()]);
            }
            _ => {
                let faces = PRISM_FACES.map(|face| face.iter().map(|local| node(*local)).collect());
                arrays.push_polyhedron(faces.iter().map(|face: &Vec<NodeId>| face.as_slice()));
            }
        }
    }
}

/// The id of a node that counts from 1 and is in range.
pub(super) fn node_id(node: i64) -> NodeId {
    NodeId::new((node - 1) as u32)
}

/// Whether cells whose values are not looked at can be counted, each of so many values.
fn check_claim(place: &str, length: usize, width: usize) -> Result<(), MedError> {
    let most = width.saturating_mul(u32::MAX as usize);
    check_length(place, length, length.min(most), "at most 4294967295 cells")
}

/// Whether all nodes exist; `count` is how far one node of a cell is from its next.
fn check_nodes(
    place: &str,
    connectivity: &[i64],
    count: usize,
    nodes: usize,
) -> Result<(), MedError> {
    let range = 1..=i64::try_from(nodes).unwrap_or(i64::MAX);
    // As a rule nothing is wrong: counted in blocks, without a branch.
    let is_wrong = |ids: &[i64]| ids.iter().filter(|id| !range.contains(id)).count() > 0;
    if !connectivity.par_chunks(1 << 14).any(is_wrong) {
        return Ok(());
    }
    match connectivity.iter().position(|node| !range.contains(node)) {
        None => Ok(()),
        Some(position) => Err(MedError::NodeId {
            place: shown(place),
            cell: position % count + 1,
            node: connectivity[position],
            nodes,
        }),
    }
}
