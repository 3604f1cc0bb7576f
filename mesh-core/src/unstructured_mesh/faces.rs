//! Which faces a mesh has, which cells share them, and which cells are neighbours.

use std::ops::Range;

use rayon::prelude::*;

use super::{CHUNK, UnstructuredMesh, standard_ring, visit_ring};
use crate::{CellId, NodeId, Shape};

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
    /// Every face once. Cost: two passes over the faces of all cells, and about 80 bytes per face.
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
        let (starts, uses) = self.collect_face_uses();
        let nodes = self.node_count();
        let parts: Vec<Faces> = (0..nodes.div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(nodes);
                self.match_faces(range, &starts, &uses)
            })
            .collect();
        drop((starts, uses));
        let mut faces = Faces::empty();
        let sum = |count: fn(&Faces) -> usize| parts.iter().map(count).sum();
        faces.nodes.reserve_exact(sum(|part| part.nodes.len()));
        faces.cells.reserve_exact(sum(|part| part.cells.len()));
        faces.node_offsets.reserve_exact(sum(Faces::count));
        faces.cell_offsets.reserve_exact(sum(Faces::count));
        for part in parts {
            faces.append(&part);
        }
        faces
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

    /// For each node the faces of which it is the lowest node: starts and (cell, face of the
    /// cell), cells ascending.
    fn collect_face_uses(&self) -> (Vec<usize>, Vec<(CellId, u32)>) {
        let mut ends = vec![0_usize; self.node_count() + 1];
        self.for_each_use(|node, _| ends[node.index()] += 1);
        let sum = start_from_counts(&mut ends);
        let mut uses = vec![(CellId::default(), 0); sum];
        self.for_each_use(|node, face| {
            uses[ends[node.index()]] = face;
            ends[node.index()] += 1;
        });
        // Each start has moved to the next: put a zero in front.
        ends.rotate_right(1);
        ends[0] = 0;
        (ends, uses)
    }

    fn for_each_use(&self, mut visit: impl FnMut(NodeId, (CellId, u32))) {
        for cell in self.cell_ids() {
            let faces = match self.shape(cell) {
                Shape::Polyhedron => self.polyhedron_faces(cell).len(),
                shape => shape.faces().len(),
            };
            for local in 0..faces {
                self.visit_face(cell, local, |face| {
                    if let Some(&lowest) = face.iter().min() {
                        visit(lowest, (cell, local as u32));
                    }
                });
            }
        }
    }

    /// Visits one face of a cell as [`UnstructuredMesh::for_each_face`] would, or not at all
    /// where it is collapsed; faces are counted with the collapsed ones.
    #[inline]
    fn visit_face(&self, cell: CellId, local: usize, visit: impl FnOnce(&[NodeId])) {
        match self.shape(cell) {
            Shape::Polyhedron => {
                if let Some(face) = self.polyhedron_faces(cell).nth(local) {
                    visit_ring(face, visit);
                }
            }
            shape => {
                let (corners, count) = standard_ring(self.cell_nodes(cell), shape.faces()[local]);
                if count >= 3 {
                    visit(&corners[..count]);
                }
            }
        }
    }

    /// The faces whose lowest node is in the range.
    fn match_faces(&self, range: Range<usize>, starts: &[usize], uses: &[(CellId, u32)]) -> Faces {
        let mut faces = Faces::empty();
        let mut group = FaceGroup::default();
        for node in range {
            group.clear();
            for &(cell, local) in &uses[starts[node]..starts[node + 1]] {
                self.visit_face(cell, local as usize, |face| group.push(cell, face));
            }
            group.append_distinct(&mut faces);
        }
        faces
    }
}

/// Some faces of cells, among which equal ones are found by comparing all pairs: few faces have
/// the same lowest node.
#[derive(Default)]
struct FaceGroup {
    members: Vec<Member>,
    /// The nodes of the faces as they are, and sorted without repeats.
    rings: Vec<NodeId>,
    sorted: Vec<NodeId>,
}

struct Member {
    cell: CellId,
    ring: Range<usize>,
    sorted: Range<usize>,
    is_matched: bool,
}

impl FaceGroup {
    fn clear(&mut self) {
        self.members.clear();
        self.rings.clear();
        self.sorted.clear();
    }

    fn push(&mut self, cell: CellId, face: &[NodeId]) {
        let (ring, sorted) = (self.rings.len(), self.sorted.len());
        self.rings.extend_from_slice(face);
        self.sorted.extend_from_slice(face);
        self.sorted[sorted..].sort_unstable();
        let mut end = sorted;
        for i in sorted..self.sorted.len() {
            if i == sorted || self.sorted[i] != self.sorted[end - 1] {
                self.sorted[end] = self.sorted[i];
                end += 1;
            }
        }
        self.sorted.truncate(end);
        let (ring, sorted) = (ring..self.rings.len(), sorted..end);
        self.members.push(Member {
            cell,
            ring,
            sorted,
            is_matched: false,
        });
    }

    fn append_distinct(&mut self, faces: &mut Faces) {
        let Self {
            members,
            rings,
            sorted,
        } = self;
        for first in 0..members.len() {
            if members[first].is_matched {
                continue;
            }
            faces
                .nodes
                .extend_from_slice(&rings[members[first].ring.clone()]);
            faces.node_offsets.push(faces.nodes.len());
            let nodes = members[first].sorted.clone();
            for other in &mut members[first..] {
                if sorted[other.sorted.clone()] == sorted[nodes.clone()] && !other.is_matched {
                    other.is_matched = true;
                    faces.cells.push(other.cell);
                }
            }
            faces.cell_offsets.push(faces.cells.len());
        }
    }
}

impl Faces {
    fn empty() -> Self {
        Self {
            node_offsets: vec![0],
            nodes: vec![],
            cell_offsets: vec![0],
            cells: vec![],
        }
    }

    fn append(&mut self, other: &Self) {
        let (nodes, cells) = (self.nodes.len(), self.cells.len());
        self.nodes.extend_from_slice(&other.nodes);
        self.cells.extend_from_slice(&other.cells);
        self.node_offsets
            .extend(other.node_offsets[1..].iter().map(|offset| offset + nodes));
        self.cell_offsets
            .extend(other.cell_offsets[1..].iter().map(|offset| offset + cells));
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
