//! The cells around a cell, step by step farther away.

use std::sync::OnceLock;

use mesh_core::{CellId, Neighbours, NodeCells, NodeId, UnstructuredMesh, Vector3};

use super::Neighbourhood;

/// What is known of a mesh for looking around in it.
#[derive(Debug)]
pub(super) struct Surroundings {
    mesh: UnstructuredMesh,
    /// The cells' centroids relative to their first nodes.
    centroids: Vec<Vector3>,
    volumes: Vec<f64>,
    /// Those that share a face, where the search begins with them.
    neighbours: Option<Neighbours>,
    /// Made where a search goes on to nodes.
    node_cells: OnceLock<NodeCells>,
}

/// Centroids closer than this fraction of a cell's extent are in the same place but for rounding, as
/// those of cells that are there twice: no gradient can be seen between them. They are known to some
/// 1e-16 of the extent. Thinner layers of cells than this have no gradient across.
const SAME_PLACE: f64 = 1.0 / (1_u64 << 44) as f64;

impl Surroundings {
    pub(super) fn new(mesh: &UnstructuredMesh, neighbourhood: Neighbourhood) -> Self {
        let neighbours = match neighbourhood {
            Neighbourhood::Faces => Some(mesh.neighbours()),
            Neighbourhood::Nodes => None,
        };
        Self {
            mesh: mesh.clone(),
            centroids: mesh.centroids_from_first_nodes(),
            volumes: mesh.measures(),
            neighbours,
            node_cells: OnceLock::new(),
        }
    }

    pub(super) fn mesh(&self) -> &UnstructuredMesh {
        &self.mesh
    }

    /// The centroid of a cell relative to its first node.
    pub(super) fn centroid(&self, cell: CellId) -> &Vector3 {
        &self.centroids[cell.index()]
    }

    /// The nodes of a cell relative to its centroid.
    pub(super) fn vertices(&self, cell: CellId) -> impl Iterator<Item = Vector3> {
        let nodes = self.mesh.cell_nodes(cell);
        let place = |node: NodeId| &self.mesh.nodes()[node.index()];
        let (first_node, centroid) = (place(nodes[0]), self.centroid(cell));
        nodes
            .iter()
            .map(move |&node| (place(node) - first_node) - centroid)
    }

    pub(super) fn volume(&self, cell: CellId) -> f64 {
        self.volumes[cell.index()]
    }

    pub(super) fn node_cells(&self) -> &NodeCells {
        self.node_cells.get_or_init(|| self.mesh.node_cells())
    }

    /// How many times the search can be widened, from 0 on.
    pub(super) fn steps(&self) -> usize {
        if self.neighbours.is_some() { 3 } else { 2 }
    }

    /// Finds the cells around a cell, without it, ascending: those that share a face with it (where
    /// the search begins with faces), then those that share a node, then those that share a node with
    /// these. Only passes through cells that `passable` agrees to, and only finds such cells.
    pub(super) fn find(
        &self,
        cell: CellId,
        step: usize,
        passable: &dyn Fn(CellId) -> bool,
        found: &mut Vec<CellId>,
    ) {
        found.clear();
        let rounds = match (&self.neighbours, step) {
            (Some(neighbours), 0) => {
                found.extend(neighbours.of(cell).iter().filter(|&&other| passable(other)));
                return;
            }
            (Some(_), step) => step,
            (None, step) => step + 1,
        };
        found.push(cell);
        let mut start = 0;
        for _ in 0..rounds {
            // Those of the last round, whose surroundings have not been looked at.
            let end = found.len();
            for index in start..end {
                let nodes = self.mesh.cell_nodes(found[index]).iter();
                let around = nodes.flat_map(|&node| self.node_cells().of(node));
                found.extend(around.filter(|&&other| passable(other)));
            }
            found[end..].sort_unstable();
            // Each once, and only those that are new.
            let (mut kept, mut last) = (end, None);
            for index in end..found.len() {
                let other = found[index];
                if last != Some(other) && !found[..end].contains(&other) {
                    found[kept] = other;
                    kept += 1;
                }
                last = Some(other);
            }
            found.truncate(kept);
            start = end;
        }
        found.swap_remove(0);
        found.sort_unstable();
    }

    /// The way from a cell's centroid to another's; none where both are in the same place, or the
    /// other has no volume and so no mean value.
    pub(super) fn way(&self, from: CellId, extent: f64, to: CellId) -> Option<Vector3> {
        let first_node = |cell: CellId| self.mesh.nodes()[self.mesh.cell_nodes(cell)[0].index()];
        // Differences within the mesh first: exact or nearly so, however far from the origin.
        let way = (first_node(to) - first_node(from))
            + (self.centroids[to.index()] - self.centroids[from.index()]);
        let apart = way.norm() > SAME_PLACE * extent;
        (apart && self.volumes[to.index()] > 0.0).then_some(way)
    }
}
