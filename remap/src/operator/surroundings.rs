//! What is around what: cells that share a node, nodes that share a cell, and who is nearest.

use mesh_core::{CellId, Location, NodeCells, NodeId, UnstructuredMesh};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{PointDistance, RTree};

/// A mesh with the cells around each of its nodes.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    mesh: UnstructuredMesh,
    location: Location,
    node_cells: NodeCells,
}

/// Empty cells in the order in which they can be filled, each with the cells that it is filled from.
#[derive(Debug, Clone, Default)]
pub(super) struct FillingOrder {
    empty: Vec<u32>,
    offsets: Vec<usize>,
    sources: Vec<u32>,
}

impl Surroundings {
    /// Finds out what is around the cells or the nodes of a mesh.
    pub(super) fn new(mesh: &UnstructuredMesh, location: Location) -> Self {
        Self {
            mesh: mesh.clone(),
            location,
            node_cells: mesh.node_cells(),
        }
    }

    /// The cells that share a node with a cell, or the nodes that share a cell with a node, itself
    /// included; ascending, each once.
    fn find_around(&self, place: u32, around: &mut Vec<u32>) {
        around.clear();
        match self.location {
            Location::Cells => {
                for &node in self.mesh.cell_nodes(CellId::new(place)) {
                    around.extend(self.node_cells.of(node).iter().map(|cell| cell.get()));
                }
            }
            Location::Nodes => {
                for &cell in self.node_cells.of(NodeId::new(place)) {
                    around.extend(self.mesh.cell_nodes(cell).iter().map(|node| node.get()));
                }
            }
        }
        around.sort_unstable();
        around.dedup();
    }

    /// Finds an order in which empty cells can be filled from those that are not: layer by layer,
    /// each cell from those around it that were filled in earlier layers. A cell that no layer
    /// reaches is filled from the nearest cell that was not empty, the first of several.
    ///
    /// `is_filled` and `is_used` have one truth per cell; cells that are not used are neither filled
    /// nor taken from. The order is empty if nothing is filled.
    pub(super) fn filling_order(
        &self,
        is_filled: &[bool],
        is_used: impl Fn(usize) -> bool + Sync,
    ) -> FillingOrder {
        const EMPTY: u32 = u32::MAX;
        let mut layers: Vec<u32> = is_filled
            .iter()
            .map(|&filled| if filled { 0 } else { EMPTY })
            .collect();
        let mut order = FillingOrder {
            offsets: vec![0],
            ..FillingOrder::default()
        };
        let mut frontier: Vec<u32> = (0..is_filled.len() as u32)
            .filter(|&cell| is_filled[cell as usize])
            .collect();
        if frontier.is_empty() || frontier.len() == is_filled.len() {
            return order;
        }
        let mut around = Vec::new();
        let mut layer = 0;
        while !frontier.is_empty() {
            layer += 1;
            let mut reached = Vec::new();
            for &cell in &frontier {
                self.find_around(cell, &mut around);
                for &other in &around {
                    if layers[other as usize] == EMPTY && is_used(other as usize) {
                        layers[other as usize] = layer;
                        reached.push(other);
                    }
                }
            }
            reached.sort_unstable();
            for &cell in &reached {
                self.find_around(cell, &mut around);
                let earlier = around
                    .iter()
                    .filter(|&&other| layers[other as usize] < layer);
                order.push(cell, earlier.copied());
            }
            frontier = reached;
        }
        self.fill_from_nearest(&layers, EMPTY, is_used, &mut order);
        order
    }

    /// Adds the cells that no layer reached.
    fn fill_from_nearest(
        &self,
        layers: &[u32],
        empty: u32,
        is_used: impl Fn(usize) -> bool,
        order: &mut FillingOrder,
    ) {
        let all = || (0..layers.len() as u32).zip(layers);
        let left: Vec<u32> = all()
            .filter(|&(cell, &layer)| layer == empty && is_used(cell as usize))
            .map(|(cell, _)| cell)
            .collect();
        if left.is_empty() {
            return;
        }
        let filled = all().filter(|&(_, &layer)| layer == 0);
        let filled = filled.map(|(cell, _)| GeomWithData::new(self.place(cell), cell));
        let tree = RTree::bulk_load(filled.collect());
        let nearest = left.par_iter().filter_map(|&cell| {
            let place = self.place(cell);
            let mut by_distance = tree.nearest_neighbor_iter(place);
            let first = by_distance.next()?;
            let shortest = first.distance_2(&place);
            let ties = by_distance.take_while(|other| other.distance_2(&place) <= shortest);
            // The order among equals is no promise of the tree.
            let nearest = ties.map(|other| other.data).fold(first.data, u32::min);
            Some((cell, nearest))
        });
        let nearest: Vec<(u32, u32)> = nearest.collect();
        for (cell, nearest) in nearest {
            order.push(cell, std::iter::once(nearest));
        }
    }

    /// Where a cell or node is.
    fn place(&self, place: u32) -> [f64; 3] {
        match self.location {
            Location::Cells => self.mesh.centroid(CellId::new(place)).into(),
            Location::Nodes => self.mesh.nodes()[place as usize].into(),
        }
    }
}

impl FillingOrder {
    fn push(&mut self, empty: u32, sources: impl Iterator<Item = u32>) {
        self.empty.push(empty);
        self.sources.extend(sources);
        self.offsets.push(self.sources.len());
    }

    /// Gives each empty cell the mean of the values that it is filled from: between them, and
    /// without rounding where they are equal.
    pub(super) fn fill(&self, values: &mut [f64], is_filled: &mut [bool]) {
        for (&cell, ends) in self.empty.iter().zip(self.offsets.windows(2)) {
            let sources = &self.sources[ends[0]..ends[1]];
            let Some((&first, others)) = sources.split_first() else {
                continue;
            };
            let first = values[first as usize];
            let differences: f64 = others
                .iter()
                .map(|&source| values[source as usize] - first)
                .sum();
            values[cell as usize] = first + differences / sources.len() as f64;
            is_filled[cell as usize] = true;
        }
    }
}
