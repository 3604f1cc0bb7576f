//! Which faces a mesh has, which cells share them, and which cells are neighbours.

use bytemuck::allocation::zeroed_vec;
use rayon::prelude::*;

use super::{UnstructuredMesh, face_matching};
use crate::{CellId, NodeId};

/// The faces of a mesh, each once, with the cells it belongs to.
///
/// Two cells share a face when it has the same nodes in both. A face belongs to one cell
/// (boundary), two (interior), or more where cells overlap. Faces are sorted by their lowest
/// node, then by the first cell they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faces {
    node_offsets: Vec<usize>,
    nodes: Vec<NodeId>,
    cell_offsets: Vec<usize>,
    cells: Vec<CellId>,
}

/// The neighbours of every cell: those that share a face with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbours {
    offsets: Vec<usize>,
    cells: Vec<CellId>,
}

impl UnstructuredMesh {
    /// Every face once. In parallel, the same for any number of threads. Cost: two passes over the
    /// faces of all cells, and about 80 bytes per face.
    ///
    /// ```
    /// use mesh_core::CartesianMesh;
    /// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 3.0]; 3])?.to_unstructured()?;
    /// let faces = mesh.faces();
    /// assert_eq!((faces.count(), faces.boundary_faces().count()), (36, 24));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn faces(&self) -> Faces {
        Faces::concatenate(face_matching::match_faces(self))
    }

    /// The neighbours of every cell.
    #[must_use]
    pub fn neighbours(&self) -> Neighbours {
        self.faces().neighbours(self.cell_count())
    }

    /// The cells with a face on the boundary, ascending.
    #[must_use]
    pub fn boundary_cells(&self) -> Vec<CellId> {
        let faces = self.faces();
        let mut cells: Vec<CellId> = faces
            .boundary_faces()
            .map(|face| faces.cells(face)[0])
            .collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }
}

impl Faces {
    /// No faces yet; room for so many quadrilaterals of one cell each.
    pub(super) fn with_capacity(count: usize) -> Self {
        let with_zero = || {
            let mut offsets = Vec::with_capacity(count + 1);
            offsets.push(0);
            offsets
        };
        Self {
            node_offsets: with_zero(),
            nodes: Vec::with_capacity(4 * count),
            cell_offsets: with_zero(),
            cells: Vec::with_capacity(count),
        }
    }

    /// Appends a face.
    pub(super) fn push(&mut self, nodes: &[NodeId], cells: impl Iterator<Item = CellId>) {
        match *nodes {
            // Copies of known length, which are no calls.
            [a, b, c] => self.nodes.extend_from_slice(&[a, b, c]),
            [a, b, c, d] => self.nodes.extend_from_slice(&[a, b, c, d]),
            _ => self.nodes.extend_from_slice(nodes),
        }
        self.node_offsets.push(self.nodes.len());
        self.cells.extend(cells);
        self.cell_offsets.push(self.cells.len());
    }

    /// The faces of all parts, one part after the other. In parallel; a part is freed as soon as it
    /// is copied.
    fn concatenate(parts: Vec<Self>) -> Self {
        let sum = |count: fn(&Self) -> usize| parts.iter().map(count).sum::<usize>();
        let (count, node_count) = (sum(Self::count), sum(|part| part.nodes.len()));
        let cell_count = sum(|part| part.cells.len());
        // Memory that is taken when it is written, by the thread that writes it.
        let mut faces = Self {
            node_offsets: zeroed_vec(count + 1),
            nodes: zeroed_vec(node_count),
            cell_offsets: zeroed_vec(count + 1),
            cells: zeroed_vec(cell_count),
        };
        let mut rest = FacesSlice {
            node_offsets: &mut faces.node_offsets[1..],
            nodes: &mut faces.nodes,
            cell_offsets: &mut faces.cell_offsets[1..],
            cells: &mut faces.cells,
        };
        let mut starts = (0, 0);
        let mut copies = Vec::with_capacity(parts.len());
        for part in parts {
            let (slice, after) = rest.split_at(part.count(), part.nodes.len(), part.cells.len());
            rest = after;
            let (nodes, cells) = starts;
            starts = (nodes + part.nodes.len(), cells + part.cells.len());
            copies.push((part, slice, nodes, cells));
        }
        copies
            .into_par_iter()
            .for_each(|(part, slice, nodes, cells)| slice.copy(&part, nodes, cells));
        faces
    }

    /// How many faces.
    #[must_use]
    pub fn count(&self) -> usize {
        self.node_offsets.len() - 1
    }

    /// The nodes of a face, counter-clockwise seen from outside the first of its cells.
    ///
    /// # Panics
    /// When there is no such face.
    #[must_use]
    pub fn nodes(&self, face: usize) -> &[NodeId] {
        &self.nodes[self.node_offsets[face]..self.node_offsets[face + 1]]
    }

    /// The cells a face belongs to, ascending: one on the boundary, two inside.
    ///
    /// # Panics
    /// When there is no such face.
    #[must_use]
    pub fn cells(&self, face: usize) -> &[CellId] {
        &self.cells[self.cell_offsets[face]..self.cell_offsets[face + 1]]
    }

    /// The faces of one cell only, ascending.
    pub fn boundary_faces(&self) -> impl Iterator<Item = usize> {
        (0..self.count()).filter(|&face| self.cells(face).len() == 1)
    }

    /// The faces of two or more cells, ascending.
    pub fn interior_faces(&self) -> impl Iterator<Item = usize> {
        (0..self.count()).filter(|&face| self.cells(face).len() > 1)
    }

    /// The neighbours of every cell of the mesh, which has `cell_count` cells.
    fn neighbours(&self, cell_count: usize) -> Neighbours {
        let mut ends = vec![0_usize; cell_count + 1];
        for face in self.interior_faces() {
            let cells = self.cells(face);
            for cell in cells {
                ends[cell.index()] += cells.len() - 1;
            }
        }
        let sum = start_from_counts(&mut ends);
        let mut others = vec![CellId::default(); sum];
        for face in self.interior_faces() {
            let cells = self.cells(face);
            for (i, cell) in cells.iter().enumerate() {
                let end = &mut ends[cell.index()];
                for (_, &other) in cells.iter().enumerate().filter(|&(k, _)| k != i) {
                    others[*end] = other;
                    *end += 1;
                }
            }
        }
        // Cells that share several faces are neighbours once.
        let mut offsets = Vec::with_capacity(cell_count + 1);
        offsets.push(0);
        let (mut start, mut kept) = (0, 0);
        for &end in &ends[..cell_count] {
            others[start..end].sort_unstable();
            let first = kept;
            for i in start..end {
                if kept == first || others[kept - 1] != others[i] {
                    others[kept] = others[i];
                    kept += 1;
                }
            }
            offsets.push(kept);
            start = end;
        }
        others.truncate(kept);
        Neighbours {
            offsets,
            cells: others,
        }
    }
}

/// Where the faces of one part go among those of all.
struct FacesSlice<'a> {
    node_offsets: &'a mut [usize],
    nodes: &'a mut [NodeId],
    cell_offsets: &'a mut [usize],
    cells: &'a mut [CellId],
}

impl FacesSlice<'_> {
    fn split_at(self, faces: usize, nodes: usize, cells: usize) -> (Self, Self) {
        let (node_offsets, later_node_offsets) = self.node_offsets.split_at_mut(faces);
        let (nodes, later_nodes) = self.nodes.split_at_mut(nodes);
        let (cell_offsets, later_cell_offsets) = self.cell_offsets.split_at_mut(faces);
        let (cells, later_cells) = self.cells.split_at_mut(cells);
        let first = Self {
            node_offsets,
            nodes,
            cell_offsets,
            cells,
        };
        let rest = Self {
            node_offsets: later_node_offsets,
            nodes: later_nodes,
            cell_offsets: later_cell_offsets,
            cells: later_cells,
        };
        (first, rest)
    }

    /// Copies a part that so many nodes and cells of other parts come before.
    fn copy(self, part: &Faces, nodes: usize, cells: usize) {
        self.nodes.copy_from_slice(&part.nodes);
        self.cells.copy_from_slice(&part.cells);
        let ends = self.node_offsets.iter_mut().zip(&part.node_offsets[1..]);
        ends.for_each(|(end, of_part)| *end = of_part + nodes);
        let ends = self.cell_offsets.iter_mut().zip(&part.cell_offsets[1..]);
        ends.for_each(|(end, of_part)| *end = of_part + cells);
    }
}

/// Turns counts into starts, in place; returns the sum.
fn start_from_counts(counts: &mut [usize]) -> usize {
    let mut sum = 0;
    for count in counts {
        sum += std::mem::replace(count, sum);
    }
    sum
}

impl Neighbours {
    /// The cells that share a face with this one, ascending.
    ///
    /// # Panics
    /// When the mesh has no such cell.
    #[must_use]
    pub fn of(&self, cell: CellId) -> &[CellId] {
        &self.cells[self.offsets[cell.index()]..self.offsets[cell.index() + 1]]
    }
}
