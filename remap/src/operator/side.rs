//! One of the two meshes of an operator: measures, mask, what is around what.

use std::sync::{Arc, OnceLock};

use mesh_core::{CellId, Location, UnstructuredMesh};
use rayon::prelude::*;

use super::mask::Mask;
use super::surroundings::Surroundings;
use crate::check::allowed_deviation;
use crate::error::OperatorError;

/// The cells (or nodes) of a mesh that fields live on. Copies share all that is large.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub(super) mesh: UnstructuredMesh,
    pub(super) location: Location,
    /// Volume of each cell.
    pub(super) measures: Arc<Vec<f64>>,
    /// Within what fraction of its volume a cell that is covered is covered wholly.
    allowed: Arc<Vec<f64>>,
    pub(super) mask: Option<Arc<Mask>>,
    surroundings: Arc<OnceLock<Surroundings>>,
}

impl Side {
    pub(super) fn new(mesh: &UnstructuredMesh, location: Location) -> Self {
        let allowed = allowed_deviations(mesh, location);
        Self {
            mesh: mesh.clone(),
            location,
            measures: Arc::new(mesh.measures_on(location)),
            allowed: Arc::new(allowed),
            mask: None,
            surroundings: Arc::default(),
        }
    }

    /// How many cells.
    pub(super) fn count(&self) -> usize {
        self.measures.len()
    }

    /// The same with a mask.
    pub(super) fn with_mask(mut self, mask: Mask) -> Result<Self, OperatorError> {
        mask.check(self.location, self.count())?;
        self.mask = Some(Arc::new(mask));
        Ok(self)
    }

    /// Whether a cell takes part.
    pub(super) fn is_used(&self, cell: usize) -> bool {
        self.mask.as_ref().is_none_or(|mask| mask.used()[cell])
    }

    /// Whether so much of a cell is at least this fraction of it, as far as rounding can tell.
    pub(super) fn is_covered(&self, cell: usize, covered: f64, fraction: f64) -> bool {
        covered >= fraction * self.measures[cell] * (1.0 - self.allowed[cell])
    }

    /// What is around what, found out the first time.
    pub(super) fn surroundings(&self) -> &Surroundings {
        self.surroundings
            .get_or_init(|| Surroundings::new(&self.mesh, self.location))
    }
}

/// The relative deviation that rounding allows in the sum of overlaps of each cell; at a node the
/// largest of the cells around it.
fn allowed_deviations(mesh: &UnstructuredMesh, location: Location) -> Vec<f64> {
    let of_cell = |cell: CellId| {
        let allowed = allowed_deviation(&mesh.cell_bounds(cell), mesh.measure(cell));
        // A cell without volume would be allowed anything.
        if allowed < 1.0 { allowed } else { 1.0 }
    };
    let of_cells = (0..mesh.cell_count() as u32).into_par_iter();
    let of_cells: Vec<f64> = of_cells
        .with_min_len(1024)
        .map(|cell| of_cell(CellId::new(cell)))
        .collect();
    match location {
        Location::Cells => of_cells,
        Location::Nodes => {
            let mut of_nodes = vec![0.0_f64; mesh.node_count()];
            for (cell, allowed) in mesh.cell_ids().zip(of_cells) {
                for node in mesh.cell_nodes(cell) {
                    let of_node = &mut of_nodes[node.index()];
                    *of_node = of_node.max(allowed);
                }
            }
            of_nodes
        }
    }
}
