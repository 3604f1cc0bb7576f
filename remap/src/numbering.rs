//! Cells numbered anew where the numbering of a mesh is poor.

use std::ops::Range;

use mesh_core::{CellId, Point3, UnstructuredMesh, prefetch};
use rayon::prelude::*;

use crate::cells::as_upright_box;
use crate::counting_sort::{sort_into_bins, starts_of_bins};
use crate::curve::{around_points, order_along_curve};
use crate::nearby::has_scattered_cells;
use crate::search_frame::CellBounds;

/// How many cells a thread takes at a time; the order does not depend on it.
const CHUNK: usize = 4096;

/// So many cells are too many for the cache near a processor.
const FAR_APART: usize = 1 << 15;

/// So many cells before a cell is looked at the processor is asked for its nodes.
const CELLS_AHEAD: usize = 8;

/// The same where only the first of its nodes is looked at.
const FIRST_NODES_AHEAD: u32 = 32;

/// How many cells are looked at to tell whether all are boxes.
const SAMPLES: usize = 64;

/// The cells that a job works on: those of a mesh in their own numbering, or some of them in one in
/// which cells close together in space are so in memory.
pub(crate) struct NumberedCells {
    bounds: CellBounds,
    /// Of each cell its id in the mesh given; none where it is the same.
    ids: Option<Vec<u32>>,
    /// Whether the nodes of cells that follow each other are all over the memory.
    have_scattered_nodes: bool,
}

impl NumberedCells {
    /// Takes all cells of a mesh as they are numbered.
    pub(crate) fn as_given(bounds: CellBounds) -> Self {
        Self {
            bounds,
            ids: None,
            have_scattered_nodes: false,
        }
    }

    /// Takes the cells of a source mesh, and numbers them anew if it pays: if they are numbered poorly, and
    /// too many for the cache near a processor.
    ///
    /// Of boxes nothing but their bounds is asked for; for them the rows of a grid pay, a curve does not.
    pub(crate) fn of_source(given: CellBounds) -> Self {
        let cells = given.mesh().cell_count();
        if cells < FAR_APART || !has_scattered_cells(&given) {
            return Self::as_given(given);
        }
        let cells = 0..cells as u32;
        let order = rows_of_grid(&given, cells.clone());
        let order = order.or_else(|| (!are_boxes(&given)).then(|| along_curve(&given, cells)));
        match order {
            Some(order) => Self::in_order(&given, order),
            None => Self {
                have_scattered_nodes: true,
                ..Self::as_given(given)
            },
        }
    }

    /// Takes consecutive cells of a mesh and numbers them anew.
    pub(crate) fn anew(given: &CellBounds, cells: Range<u32>) -> Self {
        let start = cells.start;
        let mut ids =
            rows_of_grid(given, cells.clone()).unwrap_or_else(|| along_curve(given, cells));
        ids.par_iter_mut().for_each(|id| *id += start);
        Self::in_order(given, ids)
    }

    /// Numbers the cells anew, in this order.
    pub(crate) fn reordered(&self, order: Vec<u32>) -> Self {
        let ids = self.ids.as_ref();
        let ids = ids.map(|ids| order.par_iter().map(|&cell| ids[cell as usize]).collect());
        let reordered = Self::in_order(&self.bounds, order);
        Self {
            ids: ids.or(reordered.ids),
            ..reordered
        }
    }

    /// Takes cells of a mesh in this order. A copy of what the cells are, which takes some 50 bytes for
    /// each; the nodes are shared.
    fn in_order(given: &CellBounds, ids: Vec<u32>) -> Self {
        let cells: Vec<CellId> = ids.par_iter().map(|&id| CellId::new(id)).collect();
        let mesh = given.mesh().extract_keeping_nodes(&cells);
        Self {
            bounds: given.of_same_nodes(mesh.expect("some cells of the mesh")),
            ids: Some(ids),
            have_scattered_nodes: true,
        }
    }

    /// The bounds of the cells.
    #[inline]
    pub(crate) fn bounds(&self) -> &CellBounds {
        &self.bounds
    }

    /// The mesh of the cells.
    #[inline]
    pub(crate) fn mesh(&self) -> &UnstructuredMesh {
        self.bounds.mesh()
    }

    /// Asks the processor for the nodes of a cell that comes a little after this one, where they are all over the
    /// memory.
    #[inline]
    pub(crate) fn prefetch_after(&self, cell: CellId) {
        let next = cell.index() + CELLS_AHEAD;
        if self.have_scattered_nodes && next < self.mesh().cell_count() {
            prefetch_nodes(self.mesh(), CellId::new(next as u32));
        }
    }

    /// Returns the id of a cell in the mesh given.
    #[inline]
    pub(crate) fn given_id(&self, cell: CellId) -> CellId {
        match &self.ids {
            None => cell,
            Some(ids) => CellId::new(ids[cell.index()]),
        }
    }
}

/// Asks the processor for the nodes of a cell.
#[inline]
pub(crate) fn prefetch_nodes(mesh: &UnstructuredMesh, cell: CellId) {
    for node in mesh.cell_nodes(cell) {
        prefetch(&mesh.nodes()[node.index()]);
    }
}

/// Returns whether cells from all over a mesh are boxes.
fn are_boxes(cells: &CellBounds) -> bool {
    let count = cells.mesh().cell_count();
    let mut sample = (0..count).step_by(count.div_ceil(SAMPLES));
    sample.all(|cell| as_upright_box(cells.mesh(), CellId::new(cell as u32)).is_some())
}

/// Returns the first nodes of consecutive cells.
fn first_nodes(bounds: &CellBounds, cells: Range<u32>) -> Vec<Point3> {
    let cells = cells.into_par_iter().with_min_len(CHUNK);
    let nodes = cells.map(|cell| {
        bounds.prefetch_first_node(CellId::new(cell.saturating_add(FIRST_NODES_AHEAD)));
        *bounds.first_node(CellId::new(cell))
    });
    nodes.collect()
}

/// Returns consecutive cells, counted from the first of them, in the order of a curve through the first nodes of all.
fn along_curve(bounds: &CellBounds, cells: Range<u32>) -> Vec<u32> {
    let nodes = first_nodes(bounds, cells);
    order_along_curve(&nodes, |&node| node, &around_points(&nodes))
}

/// So many others, and itself, a point may have in its bin on average; of points at random there is one
/// other, of the first nodes of the tetrahedra of a mesh there are five and more.
const MAX_CROWD: usize = 3;

/// Of more cells, the first nodes of so many may tell that it is not worth it to look at those of all.
const SAMPLED_NODES: u32 = 4096;

/// Returns consecutive cells, counted from the first of them, row by row of a grid, by their first nodes:
/// so that they come as those of a well numbered grid. None where they crowd in few of its bins.
fn rows_of_grid(bounds: &CellBounds, cells: Range<u32>) -> Option<Vec<u32>> {
    let count = cells.end - cells.start;
    if count > SAMPLED_NODES {
        // From all over the cells, whatever repeats itself among them: at multiples of the golden ratio.
        let places = (0..SAMPLED_NODES).map(|index| index.wrapping_mul(0x9E37_79B9));
        let places = places.map(|place| ((u64::from(place) * u64::from(count)) >> 32) as u32);
        let nodes = places.map(|place| *bounds.first_node(CellId::new(cells.start + place)));
        bins_of(&nodes.collect::<Vec<_>>())?;
    }
    let (bin_of, mut starts) = bins_of(&first_nodes(bounds, cells))?;
    Some(sort_into_bins(&bin_of, &mut starts))
}

/// Puts points into the bins of a grid that has about as many: returns the bin of each, and where each starts if they
/// are sorted by them. None where they crowd in few.
fn bins_of(points: &[Point3]) -> Option<(Vec<u32>, Vec<u32>)> {
    let all = around_points(points);
    let size = all.extent();
    let width = (size.product() / points.len() as f64).cbrt();
    if !(width > 0.0 && width.is_finite()) {
        return None;
    }
    let counts = [0, 1, 2].map(|axis: usize| (size[axis] / width).ceil().clamp(1.0, 2048.0));
    let bins = counts.iter().product::<f64>();
    if bins > (8.0 * points.len() as f64).min(f64::from(u32::MAX)) {
        return None;
    }
    let scale = [0, 1, 2].map(|axis: usize| counts[axis] / size[axis]);
    let counts = counts.map(|count| count as u32);
    let bin_of = |point: &Point3| {
        let [x, y, z] = [0, 1, 2].map(|axis: usize| {
            let bin = (point[axis] - all.min[axis]) * scale[axis];
            (bin as u32).min(counts[axis] - 1)
        });
        (z * counts[1] + y) * counts[0] + x
    };
    let bin_of: Vec<u32> = points.par_iter().with_min_len(CHUNK).map(bin_of).collect();
    let starts = starts_of_bins(&bin_of, bins as usize);
    let counts = starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
    let crowds: usize = counts.map(|count| count.pow(2)).sum();
    (crowds <= MAX_CROWD * points.len()).then_some((bin_of, starts))
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

    /// How far the cells go from one to the next, in all.
    fn way(cells: &CellBounds) -> f64 {
        let centres: Vec<_> = (0..cells.mesh().cell_count() as u32)
            .map(|cell| cells.of(CellId::new(cell)).center())
            .collect();
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
            let ids: Vec<_> = (0..300)
                .map(|cell| anew.given_id(CellId::new(cell)))
                .collect();
            for (cell, &id) in (0..300).zip(&ids) {
                let nodes = anew.mesh().cell_nodes(CellId::new(cell));
                assert_eq!(nodes, given.mesh().cell_nodes(id), "{shape:?}");
            }
            let mut sorted: Vec<u32> = ids.iter().map(|id| id.get()).collect();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(cells.clone()), "{shape:?}");
            let before: Vec<_> = cells.map(CellId::new).collect();
            let before = given.mesh().extract(&before).unwrap();
            let before = SearchFrame::default().bounds_of(&before);
            assert!(way(anew.bounds()) < 0.6 * way(&before), "{shape:?}");
        }
    }

    #[test]
    fn a_grid_comes_row_by_row() {
        // So many that some tell of all, and fewer.
        for size in [[9, 8, 7], [25; 3]] {
            let given = scattered(BoxCellShape::Hexahedron, size, 0.0);
            let order = rows_of_grid(&given, 0..size.iter().product::<usize>() as u32).unwrap();
            for row in order.chunks(size[0]) {
                let row: Vec<Point3> = row
                    .iter()
                    .map(|&cell| *given.first_node(CellId::new(cell)))
                    .collect();
                assert!(row.windows(2).all(|pair| pair[0].x < pair[1].x));
                let is_beside = |node: &Point3| (node.y, node.z) == (row[0].y, row[0].z);
                assert!(row.iter().all(is_beside));
            }
            assert_eq!(rows_of_grid(&given, 0..1), None, "a point has no rows");
        }
    }

    #[test]
    fn what_crowds_is_no_grid() {
        for size in [[4, 3, 5], [12, 11, 13]] {
            let given = scattered(BoxCellShape::Tetrahedron, size, 0.1);
            let cells = given.mesh().cell_count() as u32;
            assert_eq!(rows_of_grid(&given, 0..cells), None);
        }
    }

    #[test]
    fn only_many_cells_in_a_poor_order_are_worth_it() {
        let is_worth_it = |cells| NumberedCells::of_source(cells).ids.is_some();
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
