//! Which cells a node belongs to.

use std::ops::Range;

use rayon::prelude::*;

use super::face_matching::{BUCKET, start_from_counts};
use super::{CHUNK, UnstructuredMesh};
use crate::{CellId, NodeId};

/// Into how many ranges the cells are divided at most: each has a table of all buckets.
const MOST_RANGES: usize = 256;

/// The cells that each node belongs to, once each, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCells {
    offsets: Vec<usize>,
    cells: Vec<CellId>,
}

impl NodeCells {
    /// The cells that a node belongs to, ascending; none for a node that nobody uses.
    ///
    /// # Panics
    /// When the mesh has no such node.
    #[must_use]
    #[inline]
    pub fn of(&self, node: NodeId) -> &[CellId] {
        &self.cells[self.offsets[node.index()]..self.offsets[node.index() + 1]]
    }
}

impl UnstructuredMesh {
    /// The cells around every node. In parallel, the same for any number of threads. Cost: two
    /// passes over the connectivity, and 8 bytes per node of a cell while it runs.
    ///
    /// ```
    /// use mesh_core::{CartesianMesh, NodeId};
    /// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 3.0]; 3])?.to_unstructured()?;
    /// let around = mesh.node_cells();
    /// assert_eq!(around.of(NodeId::new(13)).len(), 8); // the node in the middle
    /// assert_eq!(around.of(NodeId::new(0)).len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn node_cells(&self) -> NodeCells {
        let buckets = self.node_count().div_ceil(BUCKET);
        let cells = self.cell_count();
        let length = cells.div_ceil(MOST_RANGES).max(CHUNK);
        let ranges: Vec<UsesByBucket> = (0..cells.div_ceil(length))
            .into_par_iter()
            .map(|range| {
                let cells = range * length..((range + 1) * length).min(cells);
                UsesByBucket::new(self, cells, buckets)
            })
            .collect();
        let parts: Vec<NodeCells> = (0..buckets)
            .into_par_iter()
            .map(|bucket| {
                let nodes = BUCKET.min(self.node_count() - bucket * BUCKET);
                cells_of_bucket(&ranges, bucket, nodes)
            })
            .collect();
        drop(ranges);
        let mut offsets = Vec::with_capacity(self.node_count() + 1);
        let mut all = Vec::with_capacity(parts.iter().map(|part| part.cells.len()).sum());
        offsets.push(0);
        for part in parts {
            offsets.extend(part.offsets[1..].iter().map(|end| all.len() + end));
            all.extend(part.cells);
        }
        NodeCells {
            offsets,
            cells: all,
        }
    }
}

/// The nodes of a range of cells, sorted by bucket; in a bucket by cell.
struct UsesByBucket {
    /// Where each bucket begins, and the end.
    starts: Vec<usize>,
    /// The node's place in its bucket, and the cell.
    uses: Vec<(u32, CellId)>,
}

impl UsesByBucket {
    fn new(mesh: &UnstructuredMesh, cells: Range<usize>, buckets: usize) -> Self {
        let range = mesh.offsets()[cells.start]..mesh.offsets()[cells.end];
        let mut starts = vec![0; buckets + 1];
        for node in &mesh.connectivity()[range.clone()] {
            starts[node.index() / BUCKET] += 1;
        }
        start_from_counts(&mut starts);
        let mut uses = vec![(0, CellId::default()); range.len()];
        for cell in cells.start as u32..cells.end as u32 {
            let cell = CellId::new(cell);
            for node in mesh.cell_nodes(cell) {
                let next = &mut starts[node.index() / BUCKET];
                uses[*next] = ((node.index() % BUCKET) as u32, cell);
                *next += 1;
            }
        }
        // Each start has moved to the next one.
        starts.rotate_right(1);
        starts[0] = 0;
        Self { starts, uses }
    }
}

/// The cells around the nodes of one bucket; the ranges are in the order of their cells.
fn cells_of_bucket(ranges: &[UsesByBucket], bucket: usize, nodes: usize) -> NodeCells {
    let uses = || {
        ranges.iter().flat_map(|range| {
            let of_bucket = range.starts[bucket]..range.starts[bucket + 1];
            range.uses[of_bucket].iter().copied()
        })
    };
    // A collapsed cell has a node more than once; its uses follow each other.
    let mut last = vec![None; nodes];
    let mut offsets = vec![0; nodes + 1];
    for (node, cell) in uses() {
        let last = &mut last[node as usize];
        offsets[node as usize] += usize::from(*last != Some(cell));
        *last = Some(cell);
    }
    start_from_counts(&mut offsets);
    let mut cells = vec![CellId::default(); offsets[nodes]];
    last.fill(None);
    for (node, cell) in uses() {
        let last = &mut last[node as usize];
        if *last != Some(cell) {
            let next = &mut offsets[node as usize];
            cells[*next] = cell;
            *next += 1;
        }
        *last = Some(cell);
    }
    offsets.rotate_right(1);
    offsets[0] = 0;
    NodeCells { offsets, cells }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BoxCellShape, BoxMesh, Point3, Shape};

    #[test]
    fn the_cells_around_nodes_are_those_found_one_by_one() {
        for (shape, cells) in [
            (BoxCellShape::Hexahedron, 20),
            (BoxCellShape::Tetrahedron, 17),
            (BoxCellShape::Polyhedron, 10),
        ] {
            let mesh = BoxMesh {
                shape,
                ..BoxMesh::unit([cells; 3])
            };
            let mesh = mesh.generate().unwrap();
            assert!(mesh.node_count() > BUCKET, "{shape:?}");
            let mut around = vec![Vec::new(); mesh.node_count()];
            for cell in mesh.cell_ids() {
                for node in mesh.cell_nodes(cell) {
                    around[node.index()].push(cell);
                }
            }
            let found = mesh.node_cells();
            for (node, cells) in (0..).map(NodeId::new).zip(&around) {
                assert_eq!(found.of(node), cells, "{shape:?}, node {node}");
            }
        }
    }

    #[test]
    fn a_collapsed_cell_is_around_its_repeated_node_once() {
        let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]];
        // A hexahedron collapsed to a tetrahedron, and a node that nobody uses.
        let mut nodes: Vec<Point3> = nodes.map(Point3::from).to_vec();
        nodes.push(Point3::new(9.0, 9.0, 9.0));
        let mesh = UnstructuredMesh::builder(nodes)
            .cell(Shape::Hexahedron, &[0, 1, 2, 2, 3, 3, 3, 3])
            .build()
            .unwrap();
        let around = mesh.node_cells();
        for (node, count) in [1, 1, 1, 1, 0].into_iter().enumerate() {
            assert_eq!(around.of(NodeId::new(node as u32)).len(), count);
        }
    }
}
