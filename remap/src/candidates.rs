//! Candidates: the source cells whose bounds overlap those of a target cell.

use std::ops::{ControlFlow, Range};

use geom_intersect::{EightOrientedBounds, OrientedBounds};
use mesh_core::{Bounds, CellId, UnstructuredMesh};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::bins::Bins;
use crate::cells::{SourceCell, TargetCell};
use crate::curve::{around, order_along_curve};
use crate::nearby::{Nearby, group, has_scattered_cells, sort};
use crate::oriented_cells::Oriented;
use crate::packed_tree::PackedTree;
use crate::search_frame::{CellBounds, SearchFrame};

/// Finds the source cells whose bounds overlap given bounds.
///
/// In one of three forms, which give the same candidates:
/// - uniform bins where all cells are of about one size: the fastest to build and to ask;
/// - a packed R-tree of boxes in single precision for cells of any sizes;
/// - the R-tree of the crate `rstar`, in double precision throughout, where single precision cannot
///   tell the cells apart. It also tests the others.
///
/// Building costs `O(n)` time and 60 bytes per cell for the bins, `O(n log n)` and 65 bytes for the
/// packed tree, `O(n log n)` and 170 bytes for the other.
#[derive(Debug)]
pub struct CandidateSearch {
    index: Index,
}

#[derive(Debug)]
enum Index {
    Bins(Bins),
    Packed(PackedTree),
    Tree {
        tree: RTree<Entry>,
        bounds: Vec<Bounds>,
    },
}

/// How many target cells are searched for in one go.
const BLOCK: usize = 128;

type Entry = GeomWithData<Rectangle<[f64; 3]>, SourceCell>;

/// A source cell, and where the search has its bounds. Ordered by the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate(u64);

impl Candidate {
    #[inline]
    pub(crate) fn new(cell: u32, place: u32) -> Self {
        Self(u64::from(cell) << 32 | u64::from(place))
    }

    #[inline]
    pub(crate) fn cell(self) -> SourceCell {
        SourceCell::new(CellId::new((self.0 >> 32) as u32))
    }

    #[inline]
    fn place(self) -> u32 {
        self.0 as u32
    }
}

impl CandidateSearch {
    /// Prepares the search in a source mesh, in the form that suits its cells.
    #[must_use]
    pub fn new(source: &UnstructuredMesh) -> Self {
        Self::of_bounds(all_bounds(source))
    }

    /// Prepares the search among cells with these bounds.
    pub(crate) fn of_bounds(bounds: Vec<Bounds>) -> Self {
        match Bins::new(bounds).map(Index::Bins) {
            Ok(index) => Self { index },
            Err(bounds) => Self::in_some_tree(bounds),
        }
    }

    /// Prepares the search among cells with these bounds in a tree, even where bins would serve: for tetrahedra. The
    /// bounds of neighbours overlap each other much, so that many are near a target cell, and they are best
    /// looked through as they are packed.
    pub(crate) fn in_some_tree(bounds: Vec<Bounds>) -> Self {
        match PackedTree::new(&bounds).map(Index::Packed) {
            Some(index) => Self { index },
            None => Self::tree_of(bounds),
        }
    }

    /// Takes away the order in which a tree has its cells packed, if it is not that of their numbers: from now on
    /// the search knows each cell by its place there.
    pub(crate) fn take_order(&mut self) -> Option<Vec<u32>> {
        match &mut self.index {
            Index::Packed(tree) => tree.take_order(),
            Index::Bins(_) | Index::Tree { .. } => None,
        }
    }

    /// Prepares the search with bins; none where sizes of cells differ too much.
    #[must_use]
    pub fn with_bins(source: &UnstructuredMesh) -> Option<Self> {
        let index = Bins::new(all_bounds(source)).map(Index::Bins).ok()?;
        Some(Self { index })
    }

    /// Prepares the search with a packed R-tree; none where single precision cannot tell the cells
    /// apart.
    #[must_use]
    pub fn with_packed_tree(source: &UnstructuredMesh) -> Option<Self> {
        let index = PackedTree::new(&all_bounds(source)).map(Index::Packed)?;
        Some(Self { index })
    }

    /// Prepares the search with the R-tree of `rstar`, whatever the cells.
    #[must_use]
    pub fn with_tree(source: &UnstructuredMesh) -> Self {
        Self::tree_of(all_bounds(source))
    }

    fn tree_of(bounds: Vec<Bounds>) -> Self {
        let entries = bounds.iter().enumerate().map(|(cell, bounds)| {
            let corners = Rectangle::from_corners(bounds.min.into(), bounds.max.into());
            Entry::new(corners, SourceCell::new(CellId::new(cell as u32)))
        });
        Self {
            index: Index::Tree {
                tree: RTree::bulk_load(entries.collect()),
                bounds,
            },
        }
    }

    /// Puts the source cells whose bounds share a volume with the given bounds into `candidates`, in
    /// ascending order.
    ///
    /// Bounds that only touch hold cells that only touch, which have no overlap: in a mesh against
    /// itself that spares 26 candidates of 27.
    pub fn find_candidates(&self, bounds: &Bounds, candidates: &mut Vec<SourceCell>) {
        candidates.clear();
        self.for_each(bounds, |candidate| candidates.push(candidate.cell()));
        sort(candidates);
    }

    /// As [`find_candidates`](Self::find_candidates).
    fn find(&self, bounds: &Bounds, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        self.for_each(bounds, |candidate| candidates.push(candidate));
        sort(candidates);
    }

    /// Visits every cell of a target mesh with its candidates, in ascending order. The cells come in
    /// an order that makes the search fast, whatever their numbering.
    pub fn find_all_candidates(
        &self,
        target: &UnstructuredMesh,
        mut visit: impl FnMut(TargetCell, &[SourceCell]),
    ) {
        let mut cells: Vec<u32> = (0..target.cell_count() as u32).collect();
        if has_scattered_cells(&SearchFrame::default().bounds_of(target)) {
            let bounds = all_bounds(target);
            cells = order_along_curve(&bounds, Bounds::center, &around(&bounds));
        }
        let mut nearby = Nearby::default();
        let (mut bounds, mut found) = (Vec::new(), Vec::new());
        for cells in cells.chunks(BLOCK) {
            let cells = cells.iter().map(|&cell| CellId::new(cell));
            bounds.clear();
            bounds.extend(cells.clone().map(|cell| target.cell_bounds(cell)));
            let cells: Vec<_> = cells.map(TargetCell::new).collect();
            self.find_candidates_of_each(&bounds, None, &mut nearby, |index, candidates| {
                found.clear();
                found.extend(candidates.iter().map(|candidate| candidate.cell()));
                visit(cells[index], &found);
            });
        }
    }

    /// Visits many bounds in their order, each with the source cells whose bounds share a volume
    /// with it, in ascending order; where oriented bounds are given, and the search has the cells in their order,
    /// without those that are apart in them.
    ///
    /// Faster than [`find_candidates`](Self::find_candidates) for one after the other where bounds
    /// that follow each other are close together: they are searched for in groups.
    pub(crate) fn find_candidates_of_each(
        &self,
        bounds: &[Bounds],
        oriented: Option<Oriented<'_>>,
        nearby: &mut Nearby,
        mut visit: impl FnMut(usize, &[Candidate]),
    ) {
        if matches!(&self.index, Index::Bins(bins) if bins.are_plain()) {
            // A few candidates, mostly found in ascending order: a group saves nothing.
            for (index, bounds) in bounds.iter().enumerate() {
                self.find(bounds, &mut nearby.candidates);
                visit(index, &nearby.candidates);
            }
            return;
        }
        let mut first = 0;
        while first < bounds.len() {
            let (count, around) = group(&bounds[first..]);
            self.look_near(&around, nearby);
            for (place, bounds) in bounds[first..first + count].iter().enumerate() {
                let index = first + place;
                let oriented =
                    oriented.map(|Oriented { sources, targets }| (sources, &targets[index]));
                visit(index, self.find_near(bounds, oriented, nearby));
            }
            first += count;
        }
    }

    /// Finds what source cells there are near a group of target cells.
    #[inline]
    fn look_near(&self, around: &Bounds, nearby: &mut Nearby) {
        match &self.index {
            Index::Packed(tree) if tree.is_in_order() => tree.look_near(around, &mut nearby.nodes),
            _ => nearby.fill(
                |cells| self.for_each(around, |cell| cells.push(cell)),
                |cell| self.bounds(cell),
            ),
        }
    }

    /// Returns the candidates of one target cell of the group, ascending.
    #[inline]
    fn find_near<'a>(
        &self,
        bounds: &Bounds,
        oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
        nearby: &'a mut Nearby,
    ) -> &'a [Candidate] {
        match &self.index {
            Index::Packed(tree) if tree.is_in_order() => {
                let Nearby {
                    nodes, candidates, ..
                } = nearby;
                tree.find_near(bounds, oriented, nodes, candidates);
                candidates
            }
            _ => nearby.candidates(bounds),
        }
    }

    /// Returns the bounds of a candidate.
    #[inline]
    pub(crate) fn bounds(&self, candidate: Candidate) -> Bounds {
        match &self.index {
            Index::Bins(bins) => bins.bounds_at(candidate.place()),
            Index::Packed(tree) => tree.bounds_at(candidate.place()),
            Index::Tree { bounds, .. } => bounds[candidate.place() as usize],
        }
    }

    #[inline]
    fn for_each(&self, bounds: &Bounds, mut visit: impl FnMut(Candidate)) {
        match &self.index {
            Index::Bins(bins) => bins.for_each(bounds, visit),
            Index::Packed(tree) => tree.for_each(bounds, visit),
            Index::Tree { tree, .. } => {
                let (low, high): ([f64; 3], [f64; 3]) = (bounds.min.into(), bounds.max.into());
                let envelope = AABB::from_corners(low, high);
                let _: ControlFlow<()> =
                    tree.locate_in_envelope_intersecting_int(envelope, |entry| {
                        let (lower, upper) = (entry.geom().lower(), entry.geom().upper());
                        if (0..3).all(|axis| lower[axis] < high[axis] && upper[axis] > low[axis]) {
                            visit(Candidate::new(entry.data.get(), entry.data.get()));
                        }
                        ControlFlow::Continue(())
                    });
            }
        }
    }
}

/// Returns the bounds of consecutive cells.
pub(crate) fn cell_bounds(bounds: &CellBounds, cells: Range<u32>) -> Vec<Bounds> {
    cells
        .into_par_iter()
        .with_min_len(1024)
        .map(|cell| bounds.of(CellId::new(cell)))
        .collect()
}

fn all_bounds(mesh: &UnstructuredMesh) -> Vec<Bounds> {
    let bounds = SearchFrame::default().bounds_of(mesh);
    cell_bounds(&bounds, 0..mesh.cell_count() as u32)
}
