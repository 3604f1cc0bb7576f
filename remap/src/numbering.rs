//! Cells numbered anew where the numbering of a mesh is poor.

use std::ops::Range;

use mesh_core::{CellId, NodeId, Point3, UnstructuredMesh, prefetch, prefetch_to_end};
use rayon::prelude::*;

use crate::cells::as_upright_box;
use crate::curve::{around_points, order_along_curve};
use crate::grid::{Points, rows_of_grid};
use crate::nearby::has_scattered_cells;
use crate::search_frame::CellBounds;

/// How many cells a thread takes at a time; the order does not depend on it.
const CHUNK: usize = 4096;

/// So many cells are too many for the cache near a processor.
const FAR_APART: usize = 1 << 15;

/// So many cells before a cell is looked at the processor is asked for its nodes.
const NODES_AHEAD: usize = 8;

/// So many before, for the list of its nodes.
const LISTS_AHEAD: usize = 24;

/// The same where only the first of its nodes is looked at.
const FIRST_NODES_AHEAD: usize = 32;

/// The node of a hexahedron that is opposite to its first one.
const OPPOSITE: usize = 6;

/// How many cells are looked at to tell whether all are boxes.
const SAMPLES: usize = 64;

/// The cells that a job works on: those of a mesh in their own numbering, or some of them in one in
/// which cells close together in space follow each other.
#[derive(Debug)]
pub(crate) struct NumberedCells<'a> {
    bounds: &'a CellBounds,
    /// Of each cell its id in the mesh; none where all are numbered as they are there.
    ids: Option<Vec<u32>>,
    /// The cells in this order, where more of them is asked for again and again than their bounds.
    copy: Option<UnstructuredMesh>,
    /// Whether cells that follow each other, or with a copy their nodes, may be all over the memory.
    are_scattered: bool,
    /// Whether they come row by row of a grid, so that but for one all nodes of a cell were looked at with others.
    are_in_rows: bool,
}

impl<'a> NumberedCells<'a> {
    /// Takes all cells of a mesh as they are numbered.
    pub(crate) fn as_given(bounds: &'a CellBounds) -> Self {
        Self {
            bounds,
            ids: None,
            copy: None,
            are_scattered: false,
            are_in_rows: false,
        }
    }

    /// Takes the cells of a source mesh, and numbers them anew if it pays: if they are numbered poorly, and
    /// too many for the cache near a processor.
    ///
    /// Of boxes nothing but their bounds is asked for; for them the rows of a grid pay, a curve does not.
    pub(crate) fn of_source(bounds: &'a CellBounds) -> Self {
        let cells = bounds.mesh().cell_count();
        if cells < FAR_APART || !has_scattered_cells(bounds) {
            return Self::as_given(bounds);
        }
        let cells = 0..cells as u32;
        let rows = along_rows(bounds, &cells);
        let are_in_rows = rows.is_some();
        let ids = rows.or_else(|| (!are_boxes(bounds)).then(|| along_curve(bounds, &cells)));
        Self::scattered(bounds, ids, are_in_rows).copied_if_worth_it()
    }

    /// Takes consecutive cells of a mesh and numbers them anew.
    pub(crate) fn anew(bounds: &'a CellBounds, cells: Range<u32>) -> Self {
        let start = cells.start;
        let rows = along_rows(bounds, &cells);
        let are_in_rows = rows.is_some();
        let mut ids = rows.unwrap_or_else(|| along_curve(bounds, &cells));
        if start > 0 {
            ids.par_iter_mut().for_each(|id| *id += start);
        }
        Self::scattered(bounds, Some(ids), are_in_rows)
    }

    /// Numbers source cells anew, in this order.
    pub(crate) fn reordered(self, mut order: Vec<u32>) -> Self {
        let Self { bounds, ids, .. } = self;
        if let Some(ids) = ids {
            let order = order.par_iter_mut().with_min_len(CHUNK);
            order.for_each(|cell| *cell = ids[*cell as usize]);
        }
        Self::scattered(bounds, Some(order), false).copied_if_worth_it()
    }

    /// Takes cells that may be all over the memory, in this order if there is one.
    fn scattered(bounds: &'a CellBounds, ids: Option<Vec<u32>>, are_in_rows: bool) -> Self {
        Self {
            ids,
            are_scattered: true,
            are_in_rows,
            ..Self::as_given(bounds)
        }
    }

    /// Copies what source cells are in their order, unless they are boxes, of which little more than the bounds is
    /// asked for: some 50 bytes for each; the nodes are shared.
    fn copied_if_worth_it(self) -> Self {
        if are_boxes(self.bounds) {
            return self;
        }
        let cells = self.ids.as_ref().map(|ids| {
            let ids = ids.par_iter().with_min_len(CHUNK);
            ids.map(|&id| CellId::new(id)).collect::<Vec<_>>()
        });
        // Without a copy they are read in the mesh, which is as right, and slower.
        let copy = cells.and_then(|cells| self.mesh().extract_keeping_nodes(&cells).ok());
        Self { copy, ..self }
    }

    /// How many cells there are.
    pub(crate) fn count(&self) -> usize {
        let ids = self.ids.as_ref();
        ids.map_or(self.mesh().cell_count(), Vec::len)
    }

    /// The bounds of the cells of the mesh.
    #[inline]
    pub(crate) fn bounds(&self) -> &'a CellBounds {
        self.bounds
    }

    /// The mesh.
    #[inline]
    pub(crate) fn mesh(&self) -> &'a UnstructuredMesh {
        self.bounds.mesh()
    }

    /// Returns the id of a cell in the mesh, given its number.
    #[inline]
    pub(crate) fn id(&self, cell: u32) -> CellId {
        let ids = self.ids.as_ref();
        CellId::new(ids.map_or(cell, |ids| ids[cell as usize]))
    }

    /// Returns where to read what a cell is, given its number: a mesh and the cell's id there.
    #[inline]
    pub(crate) fn cell(&self, cell: u32) -> (&UnstructuredMesh, CellId) {
        match &self.copy {
            Some(copy) => (copy, CellId::new(cell)),
            None => (self.mesh(), self.id(cell)),
        }
    }

    /// Asks the processor for the nodes of a cell that comes a little after this one, and for what says which nodes
    /// a later one has, where cells are all over the memory.
    #[inline]
    pub(crate) fn prefetch_after(&self, cell: u32) {
        if !self.are_scattered {
            return;
        }
        let (nodes_of, list_of) = (cell as usize + NODES_AHEAD, cell as usize + LISTS_AHEAD);
        let Some(ids) = self.ids.as_ref().filter(|_| self.copy.is_none()) else {
            let mesh = self.copy.as_ref().unwrap_or(self.mesh());
            return mesh.prefetch_nodes(CellId::new(nodes_of as u32));
        };
        let mesh = self.mesh();
        if let Some(&id) = ids.get(list_of) {
            prefetch(&mesh.cell_nodes(CellId::new(id))[0]);
        }
        if let Some(&id) = ids.get(nodes_of) {
            let id = CellId::new(id);
            if self.are_in_rows
                && let Some(opposite) = mesh.cell_nodes(id).get(OPPOSITE)
            {
                prefetch_to_end(&mesh.nodes()[opposite.index()]);
            } else {
                mesh.prefetch_nodes(id);
            }
        }
    }
}

/// Returns whether cells from all over a mesh are boxes.
fn are_boxes(cells: &CellBounds) -> bool {
    let count = cells.mesh().cell_count();
    let mut sample = (0..count).step_by(count.div_ceil(SAMPLES));
    sample.all(|cell| as_upright_box(cells.mesh(), CellId::new(cell as u32)).is_some())
}

/// The first nodes of consecutive cells.
struct FirstNodes<'a> {
    nodes: &'a [Point3],
    connectivity: &'a [NodeId],
    /// Where each cell starts in the connectivity, and its end; not looked at where that is plain.
    offsets: &'a [usize],
    per_cell: Option<usize>,
    cells: Range<usize>,
}

impl<'a> FirstNodes<'a> {
    fn of(bounds: &'a CellBounds, cells: &Range<u32>) -> Self {
        let mesh = bounds.mesh();
        Self {
            nodes: bounds.nodes(),
            connectivity: mesh.connectivity(),
            offsets: mesh.offsets(),
            per_cell: mesh.nodes_per_cell(),
            cells: cells.start as usize..cells.end as usize,
        }
    }

    #[inline(always)]
    fn of_cell(&self, cell: usize) -> &'a Point3 {
        let start = match self.per_cell {
            Some(nodes) => nodes * cell,
            None => self.offsets[cell],
        };
        &self.nodes[self.connectivity[start].index()]
    }
}

impl Points for FirstNodes<'_> {
    fn count(&self) -> usize {
        self.cells.len()
    }

    /// Asks the processor for that of a later cell as well.
    #[inline(always)]
    fn point(&self, place: usize) -> Point3 {
        let cell = self.cells.start + place;
        if cell + FIRST_NODES_AHEAD < self.cells.end {
            prefetch_to_end(self.of_cell(cell + FIRST_NODES_AHEAD));
        }
        *self.of_cell(cell)
    }
}

/// Returns consecutive cells, counted from the first of them, in the order of a curve through the first nodes of all.
fn along_curve(bounds: &CellBounds, cells: &Range<u32>) -> Vec<u32> {
    let nodes = FirstNodes::of(bounds, cells);
    let places = (0..cells.len()).into_par_iter().with_min_len(CHUNK);
    let nodes: Vec<_> = places.map(|place| nodes.point(place)).collect();
    order_along_curve(&nodes, |&node| node, &around_points(&nodes))
}

/// Returns consecutive cells, counted from the first of them, row by row of a grid, by their first nodes:
/// so that they come as those of a well numbered grid. None where these lie on no grid.
fn along_rows(bounds: &CellBounds, cells: &Range<u32>) -> Option<Vec<u32>> {
    rows_of_grid(&FirstNodes::of(bounds, cells))
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxCellShape, BoxMesh};

    use super::*;
    use crate::search_frame::SearchFrame;

    /// A mesh of a box with its cells in another order: every 101st.
    fn scattered(shape: BoxCellShape, cells: [usize; 3], jitter: f64) -> CellBounds {
        let mesh = BoxMesh {
            shape,
            jitter,
            seed: 1,
            ..BoxMesh::unit(cells)
        };
        let mesh = mesh.generate().unwrap();
        let count = mesh.cell_count();
        assert!(!count.is_multiple_of(101));
        let order: Vec<_> = (0..count)
            .map(|i| CellId::new((i * 101 % count) as u32))
            .collect();
        SearchFrame::default().bounds_of(&mesh.extract(&order).unwrap())
    }

    /// How far it is from one of these cells to the next, in all.
    fn way(bounds: &CellBounds, cells: impl Iterator<Item = CellId>) -> f64 {
        let centres: Vec<_> = cells.map(|cell| bounds.of(cell).center()).collect();
        let steps = centres.windows(2).map(|pair| (pair[1] - pair[0]).norm());
        steps.sum()
    }

    #[test]
    fn cells_numbered_anew_are_the_same_cells_closer_together() {
        for (shape, jitter) in [
            (BoxCellShape::Hexahedron, 0.2),
            (BoxCellShape::Tetrahedron, 0.2),
            (BoxCellShape::Wedge, 0.0),
        ] {
            let given = scattered(shape, [9, 8, 7], jitter);
            let cells = 100..400;
            let anew = NumberedCells::anew(&given, cells.clone());
            assert_eq!(anew.count(), 300);
            let ids = (0..300).map(|cell| anew.id(cell));
            let mut sorted: Vec<u32> = ids.clone().map(CellId::get).collect();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(cells.clone()), "{shape:?}");
            let before = way(&given, cells.map(CellId::new));
            assert!(way(&given, ids) < 0.6 * before, "{shape:?}");
        }
    }

    #[test]
    fn an_order_of_cells_numbered_anew_is_one_of_the_mesh() {
        let given = scattered(BoxCellShape::Hexahedron, [9, 8, 7], 0.1);
        let anew = NumberedCells::anew(&given, 100..400);
        let ids: Vec<_> = (0..300).map(|cell| anew.id(cell)).rev().collect();
        let reversed = anew.reordered((0..300).rev().collect());
        for (cell, id) in (0..300).zip(ids) {
            assert_eq!(reversed.id(cell), id);
            let (copy, place) = reversed.cell(cell);
            assert_eq!(copy.cell_nodes(place), given.mesh().cell_nodes(id));
        }
        let reversed = NumberedCells::as_given(&given).reordered((0..504).rev().collect());
        assert_eq!(reversed.id(3), CellId::new(500));
    }

    #[test]
    fn of_boxes_nothing_is_copied() {
        for (jitter, is_copied) in [(0.0, false), (0.1, true)] {
            let given = scattered(BoxCellShape::Hexahedron, [40, 30, 29], jitter);
            let sources = NumberedCells::of_source(&given);
            assert_eq!(sources.copy.is_some(), is_copied);
            let reversed = sources.reordered((0..34_800).rev().collect());
            assert_eq!(reversed.copy.is_some(), is_copied);
        }
    }

    #[test]
    fn only_many_cells_in_a_poor_order_are_worth_it() {
        let is_worth_it = |cells| NumberedCells::of_source(&cells).ids.is_some();
        let many = [40, 30, 29];
        assert!(is_worth_it(scattered(BoxCellShape::Hexahedron, many, 0.1)));
        assert!(is_worth_it(scattered(BoxCellShape::Hexahedron, many, 0.0)));
        assert!(is_worth_it(scattered(
            BoxCellShape::Tetrahedron,
            [20, 19, 18],
            0.1
        )));
        assert!(!is_worth_it(scattered(
            BoxCellShape::Hexahedron,
            [9, 8, 7],
            0.1
        )));
        let grid = BoxMesh::unit(many).generate().unwrap();
        assert!(!is_worth_it(SearchFrame::default().bounds_of(&grid)));
    }
}
