//! Candidates: the source cells whose bounds overlap those of a target cell.

use std::ops::ControlFlow;

use mesh_core::{Bounds, CellId, UnstructuredMesh};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::cells::SourceCell;

type Entry = GeomWithData<Rectangle<[f64; 3]>, SourceCell>;

/// An R-tree over the bounds of the source cells.
///
/// Building costs `O(n log n)` time and some 120 bytes per cell.
#[derive(Debug)]
pub struct SourceTree {
    tree: RTree<Entry>,
}

impl SourceTree {
    /// Builds the tree of a source mesh.
    #[must_use]
    pub fn new(source: &UnstructuredMesh) -> Self {
        let entries = (0..source.cell_count() as u32)
            .into_par_iter()
            .with_min_len(1024)
            .map(|cell| {
                let bounds = source.cell_bounds(CellId::new(cell));
                let corners = Rectangle::from_corners(bounds.min.into(), bounds.max.into());
                Entry::new(corners, SourceCell::new(CellId::new(cell)))
            })
            .collect();
        Self {
            tree: RTree::bulk_load(entries),
        }
    }

    /// Puts the source cells whose bounds share a volume with the given bounds into `candidates`, in
    /// ascending order.
    ///
    /// Bounds that only touch hold cells that only touch, which have no overlap: in a mesh against
    /// itself that spares 26 candidates of 27.
    pub fn find_candidates(&self, bounds: &Bounds, candidates: &mut Vec<SourceCell>) {
        candidates.clear();
        let (low, high): ([f64; 3], [f64; 3]) = (bounds.min.into(), bounds.max.into());
        let _: ControlFlow<()> =
            self.tree
                .locate_in_envelope_intersecting_int(AABB::from_corners(low, high), |entry| {
                    let (lower, upper) = (entry.geom().lower(), entry.geom().upper());
                    if (0..3).all(|axis| lower[axis] < high[axis] && upper[axis] > low[axis]) {
                        candidates.push(entry.data);
                    }
                    ControlFlow::Continue(())
                });
        candidates.sort_unstable();
    }
}
