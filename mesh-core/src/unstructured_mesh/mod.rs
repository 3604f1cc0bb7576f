//! Unstructured meshes of mixed cells.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::field::{Field, FieldError, Location};
use crate::hashing::ArrayHasher;
use crate::{Bounds, CellId, Fingerprint, NodeId, Point3, Shape, prefetch};

mod arrays;
mod builder;
mod error;
mod extraction;
mod face_matcher;
mod face_matching;
mod faces;
mod measures;
mod merging;
mod nodal_measures;
mod node_cells;
mod orientation;
mod tetrahedra;
mod transform;
mod validation;

pub use arrays::{MeshArrays, PolyhedronFaces};
pub use builder::MeshBuilder;
pub use error::MeshError;
pub use extraction::ExtractError;
pub use faces::{Faces, Neighbours};
pub use merging::{MergeNodesError, MergedNodes};
pub use node_cells::NodeCells;
pub use tetrahedra::Tetrahedra;
pub use transform::TransformError;

/// How many cells or nodes a thread takes at a time; the results do not depend on it.
pub(crate) const CHUNK: usize = 4096;

/// So many cells before a cell is looked at the processor is asked for its nodes, which may be all over the memory.
const NODES_AHEAD: usize = 8;

/// Tetrahedra, pyramids, wedges, hexahedra and polyhedra, mixed, in three dimensions.
///
/// Invariants, all checked by [`UnstructuredMesh::new`]:
/// - there is at least one cell, and ids fit in 32 bits;
/// - every coordinate is finite, every id in range, every cell has the nodes of its shape;
/// - every polyhedron is closed, its faces counter-clockwise seen from outside;
/// - no cell has a negative volume: mirrored cells are turned round;
/// - a polyhedron lists its nodes once, in order of first appearance in its faces.
///
/// Immutable; copies and moved copies share what they have in common.
///
/// Methods that take a [`CellId`] panic when the mesh has no such cell.
#[derive(Clone)]
pub struct UnstructuredMesh {
    nodes: Arc<Vec<Point3>>,
    cells: Arc<Cells>,
    mirrored_cells: usize,
    fingerprint: OnceLock<Fingerprint>,
    measures: OnceLock<Arc<Vec<f64>>>,
}

/// Everything but the coordinates: shared by a mesh and its moved copies.
struct Cells {
    shapes: Vec<Shape>,
    offsets: Vec<usize>,
    connectivity: Vec<NodeId>,
    polyhedra: PolyhedronFaces,
    /// The shape of all cells and how many nodes each has, if that is the same: what a cell is need not be
    /// looked up then, which counts where cells come from all over the memory.
    alike: Option<(Shape, usize)>,
}

impl fmt::Debug for UnstructuredMesh {
    /// The sizes only: the arrays of a mesh fill no screen usefully.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UnstructuredMesh")
            .field("nodes", &self.node_count())
            .field("cells", &self.cell_count())
            .field("mirrored_cells", &self.mirrored_cells)
            .finish_non_exhaustive()
    }
}

impl UnstructuredMesh {
    /// The mesh made of these arrays, checked. Cells with negative volume are turned round;
    /// [`UnstructuredMesh::mirrored_cells`] says how many.
    ///
    /// A repeated node (a collapsed cell) is legal where the cell still has volume, and so is a
    /// cell of distinct nodes without volume.
    ///
    /// Cost: a few passes over the arrays, in parallel; nothing is copied. The volumes that are found on the way are
    /// kept, eight bytes for each cell.
    ///
    /// # Errors
    /// The first violation of each invariant, by cell, node and face.
    pub fn new(mut arrays: MeshArrays) -> Result<Self, MeshError> {
        let (mirrored_cells, measures) = validation::check_and_orient(&mut arrays)?;
        Ok(Self {
            measures: Arc::new(measures).into(),
            ..Self::from_valid(arrays, mirrored_cells)
        })
    }

    /// The mesh made of arrays that are known to be valid.
    fn from_valid(arrays: MeshArrays, mirrored_cells: usize) -> Self {
        let MeshArrays {
            nodes,
            shapes,
            offsets,
            connectivity,
            polyhedra,
        } = arrays;
        let alike = only_shape(&shapes).and_then(|shape| Some((shape, shape.node_count()?)));
        Self {
            nodes: Arc::new(nodes),
            cells: Arc::new(Cells {
                shapes,
                offsets,
                connectivity,
                polyhedra,
                alike,
            }),
            mirrored_cells,
            fingerprint: OnceLock::new(),
            measures: OnceLock::new(),
        }
    }

    /// How many nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many cells; at least one.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.cells.shapes.len()
    }

    /// The coordinates of the nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Point3] {
        &self.nodes
    }

    /// The shape of each cell.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        &self.cells.shapes
    }

    /// Where each cell starts in the connectivity, and its end: cells + 1 entries.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.cells.offsets
    }

    /// The nodes of all cells, one after the other.
    #[must_use]
    pub fn connectivity(&self) -> &[NodeId] {
        &self.cells.connectivity
    }

    /// The faces of the polyhedra; empty arrays when the mesh has none.
    #[must_use]
    pub fn polyhedra(&self) -> &PolyhedronFaces {
        &self.cells.polyhedra
    }

    /// All cells, ascending.
    pub fn cell_ids(&self) -> impl ExactSizeIterator<Item = CellId> + Clone + use<> {
        (0..self.cell_count() as u32).map(CellId::new)
    }

    /// The shape of a cell.
    #[must_use]
    pub fn shape(&self, cell: CellId) -> Shape {
        match self.cells.alike {
            Some((shape, _)) if cell.index() < self.cell_count() => shape,
            _ => self.cells.shapes[cell.index()],
        }
    }

    /// The nodes of a cell, in the order of its shape; those of a polyhedron in order of first
    /// appearance in its faces.
    #[must_use]
    pub fn cell_nodes(&self, cell: CellId) -> &[NodeId] {
        let range = if let Some((_, nodes)) = self.cells.alike {
            nodes * cell.index()..nodes * (cell.index() + 1)
        } else {
            let offsets = &self.cells.offsets[cell.index()..cell.index() + 2];
            offsets[0]..offsets[1]
        };
        &self.cells.connectivity[range]
    }

    /// How many nodes each cell has, if all cells are of one shape and that is no polyhedron: what cell `i` is then
    /// made of begins at `i` times as many in the [connectivity](Self::connectivity).
    ///
    /// ```
    /// let hexahedra = mesh_core::BoxMesh::unit([2, 3, 4]).generate()?;
    /// assert_eq!(hexahedra.nodes_per_cell(), Some(8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nodes_per_cell(&self) -> Option<usize> {
        self.cells.alike.map(|(_, nodes)| nodes)
    }

    /// Asks the processor for the nodes of a cell that will be looked at soon, so that they are there when they are
    /// needed: see [`prefetch`](crate::prefetch()). If there is no such cell, nothing happens.
    #[inline]
    pub fn prefetch_nodes(&self, cell: CellId) {
        if cell.index() < self.cell_count() {
            for node in self.cell_nodes(cell) {
                prefetch(&self.nodes[node.index()]);
            }
        }
    }

    /// Visits the faces of a cell, each counter-clockwise seen from outside, in the order of its
    /// shape. The faces of collapsed cells come without consecutive repeated nodes; a face with
    /// fewer than three nodes left is not visited.
    pub fn for_each_face(&self, cell: CellId, mut visit: impl FnMut(&[NodeId])) {
        let shape = self.shape(cell);
        if shape == Shape::Polyhedron {
            for face in self.polyhedron_faces(cell) {
                visit_ring(face, &mut visit);
            }
            return;
        }
        let nodes = self.cell_nodes(cell);
        for face in shape.faces() {
            let (corners, count) = standard_ring(nodes, face);
            if count >= 3 {
                visit(&corners[..count]);
            }
        }
    }

    /// The faces of a polyhedron as they are stored, repeated nodes included; none for a cell of
    /// another shape.
    pub fn polyhedron_faces(
        &self,
        cell: CellId,
    ) -> impl ExactSizeIterator<Item = &[NodeId]> + Clone {
        self.cells.polyhedra.faces(cell.index())
    }

    /// The box around all nodes, used or not.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.nodes
            .par_chunks(CHUNK)
            .map(Bounds::from_points)
            .reduce(|| Bounds::EMPTY, |left, right| left.union(&right))
    }

    /// The box around the nodes of a cell. Every point of the cell lies in it.
    #[must_use]
    pub fn cell_bounds(&self, cell: CellId) -> Bounds {
        Bounds::from_points(
            self.cell_nodes(cell)
                .iter()
                .map(|node| &self.nodes[node.index()]),
        )
    }

    /// The hash of nodes, shapes, connectivity and polyhedra: equal for equal meshes, on every
    /// machine. Whether a zero is negative does not count. Computed once, in one pass over the
    /// arrays, and kept.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get_or_init(|| self.compute_fingerprint())
    }

    fn compute_fingerprint(&self) -> Fingerprint {
        let Cells {
            shapes,
            offsets,
            connectivity,
            polyhedra,
            alike: _,
        } = &*self.cells;
        let mut hasher = ArrayHasher::new("unstructured mesh");
        hasher.array(&self.nodes, |node| {
            let mut bytes = [0; 24];
            for (bytes, coordinate) in bytes.chunks_exact_mut(8).zip(&node.coords) {
                // Adding zero turns -0.0, which not every file keeps, into 0.0.
                bytes.copy_from_slice(&(coordinate + 0.0).to_le_bytes());
            }
            bytes
        });
        hasher.array(shapes, |&shape| [shape as u8]);
        hasher.array(offsets, |&offset| (offset as u64).to_le_bytes());
        hasher.array(connectivity, |node| node.get().to_le_bytes());
        for offsets in [&polyhedra.cell_offsets, &polyhedra.face_offsets] {
            hasher.array(offsets, |&offset| (offset as u64).to_le_bytes());
        }
        hasher.array(&polyhedra.connectivity, |node| node.get().to_le_bytes());
        Fingerprint::new(hasher.finish())
    }

    /// How many cells had a negative volume and were turned round when the mesh was built.
    #[must_use]
    pub fn mirrored_cells(&self) -> usize {
        self.mirrored_cells
    }

    /// How many cells or nodes there are: the tuples of a field there.
    #[must_use]
    pub fn count_on(&self, location: Location) -> usize {
        match location {
            Location::Cells => self.cell_count(),
            Location::Nodes => self.node_count(),
        }
    }

    /// Checks that a field has one tuple per cell or node of this mesh.
    ///
    /// # Errors
    /// When its length is another.
    pub fn check_field(&self, field: &Field) -> Result<(), FieldError> {
        let location = field.location();
        let expected = self.count_on(location);
        let found = field.tuples();
        if found == expected {
            Ok(())
        } else {
            Err(FieldError::Length {
                name: field.name().to_owned(),
                location,
                found,
                expected,
            })
        }
    }
}

/// The shape of all cells, if it is one.
fn only_shape(shapes: &[Shape]) -> Option<Shape> {
    let first = *shapes.first()?;
    // Within a chunk all are looked at, which the compiler does side by side.
    let is_first = |chunk: &[Shape]| {
        chunk
            .iter()
            .fold(true, |are, &shape| are & (shape == first))
    };
    shapes.chunks(CHUNK).all(is_first).then_some(first)
}

/// The nodes of a face of a cell that is no polyhedron, without consecutive repeats, and how many.
#[inline(always)]
fn standard_ring(nodes: &[NodeId], face: &[u8]) -> ([NodeId; 4], usize) {
    let node = |local: u8| nodes[usize::from(local)];
    // As a rule nothing is repeated.
    match *face {
        [a, b, c, d] => {
            let [a, b, c, d] = [node(a), node(b), node(c), node(d)];
            if a != b && b != c && c != d && d != a {
                return ([a, b, c, d], 4);
            }
        }
        [a, b, c] => {
            let [a, b, c] = [node(a), node(b), node(c)];
            if a != b && b != c && c != a {
                return ([a, b, c, NodeId::default()], 3);
            }
        }
        _ => {}
    }
    collapsed_ring(nodes, face)
}

/// As [`standard_ring`], node by node.
#[cold]
fn collapsed_ring(nodes: &[NodeId], face: &[u8]) -> ([NodeId; 4], usize) {
    let mut corners = [NodeId::default(); 4];
    let mut count = 0;
    let Some(&last) = face.last() else {
        return (corners, 0);
    };
    let mut before = nodes[usize::from(last)];
    for &local in face {
        let node = nodes[usize::from(local)];
        if node != before {
            corners[count] = node;
            count += 1;
        }
        before = node;
    }
    (corners, count)
}

/// The nodes of a face without consecutive repeats.
fn ring(face: &[NodeId]) -> impl Iterator<Item = NodeId> + Clone {
    let last = face.last().copied();
    face.iter()
        .enumerate()
        .filter(move |&(i, node)| Some(*node) != if i == 0 { last } else { Some(face[i - 1]) })
        .map(|(_, &node)| node)
}

/// Visits a face without consecutive repeats, unless fewer than three nodes are left.
fn visit_ring(face: &[NodeId], visit: impl FnOnce(&[NodeId])) {
    if has_repeats(face) {
        let ring: Vec<NodeId> = ring(face).collect();
        if ring.len() >= 3 {
            visit(&ring);
        }
    } else {
        visit(face);
    }
}

fn has_repeats(face: &[NodeId]) -> bool {
    face.first() == face.last() || face.windows(2).any(|pair| pair[0] == pair[1])
}
