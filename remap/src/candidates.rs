//! Candidates: the source cells whose bounds overlap those of a target cell.

use std::ops::ControlFlow;

use mesh_core::{Bounds, CellId, UnstructuredMesh};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::bins::Bins;
use crate::cells::SourceCell;

/// Finds the source cells whose bounds overlap given bounds.
///
/// By an R-tree in general; by uniform bins where all cells are of about one size, which is faster
/// and takes less memory. Both give the same candidates.
///
/// Building costs `O(n log n)` time and 120 bytes per cell for the tree, `O(n)` and 56 for the bins.
#[derive(Debug)]
pub struct CandidateSearch {
    index: Index,
}

#[derive(Debug)]
enum Index {
    Bins { bins: Bins, bounds: Vec<Bounds> },
    Tree(RTree<Entry>),
}

type Entry = GeomWithData<Rectangle<[f64; 3]>, SourceCell>;

impl CandidateSearch {
    /// Prepares the search in a source mesh, in the form that suits its cells.
    #[must_use]
    pub fn new(source: &UnstructuredMesh) -> Self {
        let bounds = cell_bounds(source);
        match Bins::new(&bounds) {
            Some(bins) => Self {
                index: Index::Bins { bins, bounds },
            },
            None => Self::from_bounds(&bounds),
        }
    }

    /// Prepares the search with an R-tree, whatever the cells.
    #[must_use]
    pub fn with_tree(source: &UnstructuredMesh) -> Self {
        Self::from_bounds(&cell_bounds(source))
    }

    fn from_bounds(bounds: &[Bounds]) -> Self {
        let entries = bounds.iter().enumerate().map(|(cell, bounds)| {
            let corners = Rectangle::from_corners(bounds.min.into(), bounds.max.into());
            Entry::new(corners, SourceCell::new(CellId::new(cell as u32)))
        });
        Self {
            index: Index::Tree(RTree::bulk_load(entries.collect())),
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
        let overlaps = |lower: &[f64; 3], upper: &[f64; 3]| {
            (0..3).all(|axis| lower[axis] < high[axis] && upper[axis] > low[axis])
        };
        match &self.index {
            Index::Bins { bins, bounds: all } => bins.for_each(bounds, |cell| {
                let Bounds { min, max } = &all[cell as usize];
                if overlaps(min.coords.as_ref(), max.coords.as_ref()) {
                    candidates.push(SourceCell::new(CellId::new(cell)));
                }
            }),
            Index::Tree(tree) => {
                let envelope = AABB::from_corners(low, high);
                let _: ControlFlow<()> =
                    tree.locate_in_envelope_intersecting_int(envelope, |entry| {
                        if overlaps(&entry.geom().lower(), &entry.geom().upper()) {
                            candidates.push(entry.data);
                        }
                        ControlFlow::Continue(())
                    });
            }
        }
        if !candidates.is_sorted() {
            candidates.sort_unstable();
        }
    }
}

fn cell_bounds(mesh: &UnstructuredMesh) -> Vec<Bounds> {
    (0..mesh.cell_count() as u32)
        .into_par_iter()
        .with_min_len(1024)
        .map(|cell| mesh.cell_bounds(CellId::new(cell)))
        .collect()
}
