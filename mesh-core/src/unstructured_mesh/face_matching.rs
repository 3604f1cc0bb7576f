//! Which faces of cells are the same: those with the same nodes.
//!
//! Two passes, both in parallel. The first sorts the faces of all cells into buckets, by their
//! lowest node; the second matches those of one bucket. No result depends on how cells and nodes
//! are divided for that.

use std::ops::Range;

use rayon::prelude::*;

use super::face_matcher::Matcher;
use super::{CHUNK, Faces, UnstructuredMesh, standard_ring, visit_ring};
use crate::{CellId, NodeId, Shape};

/// Nodes of a bucket: what is known of their faces stays in the cache of a processor.
pub(super) const BUCKET: usize = CHUNK;

/// Into how many ranges the cells are divided at most: each has a table of all buckets.
const MOST_RANGES: usize = 256;

/// The distinct faces of a mesh in parts, those of one bucket each: by their lowest node, then by
/// the first cell they belong to.
pub(super) fn match_faces(mesh: &UnstructuredMesh) -> Vec<Faces> {
    let buckets = mesh.node_count().div_ceil(BUCKET);
    let cells = mesh.cell_count();
    let length = cells.div_ceil(MOST_RANGES).max(CHUNK);
    let ranges: Vec<FacesByBucket> = (0..cells.div_ceil(length))
        .into_par_iter()
        .map_init(Vec::new, |unsorted, range| {
            let cells = range * length..((range + 1) * length).min(cells);
            FacesByBucket::new(mesh, cells, buckets, unsorted)
        })
        .collect();
    (0..buckets)
        .into_par_iter()
        .map_init(Matcher::default, |matcher, bucket| {
            matcher.begin(bucket);
            for range in &ranges {
                for face in range.bucket(bucket) {
                    matcher.push(mesh, *face);
                }
            }
            matcher.find_distinct(mesh)
        })
        .collect()
}

/// A face of a cell.
#[derive(Clone, Copy, Default)]
pub(super) struct CellFace {
    pub(super) cell: CellId,
    /// Its place among the faces of the cell, collapsed ones counted.
    pub(super) local: u32,
}

impl CellFace {
    /// Visits the face as [`UnstructuredMesh::for_each_face`] would, or not at all where it is
    /// collapsed.
    #[inline]
    pub(super) fn visit(self, mesh: &UnstructuredMesh, visit: impl FnOnce(&[NodeId])) {
        let local = self.local as usize;
        let shape = mesh.shape(self.cell);
        if shape == Shape::Polyhedron {
            visit_ring(mesh.polyhedra().face(self.cell.index(), local), visit);
            return;
        }
        let (corners, count) = standard_ring(mesh.cell_nodes(self.cell), shape.faces()[local]);
        if count >= 3 {
            visit(&corners[..count]);
        }
    }
}

/// The faces of a range of cells, sorted by the bucket of their lowest node; in a bucket by cell.
struct FacesByBucket {
    /// Where each bucket begins, and the end.
    starts: Vec<usize>,
    faces: Vec<CellFace>,
}

impl FacesByBucket {
    /// The faces of these cells; `unsorted` is memory that serves again and again.
    fn new(
        mesh: &UnstructuredMesh,
        cells: Range<usize>,
        buckets: usize,
        unsorted: &mut Vec<(u32, CellFace)>,
    ) -> Self {
        unsorted.clear();
        let mut starts = vec![0; buckets + 1];
        let mut push = |face, lowest: NodeId| {
            let bucket = lowest.index() / BUCKET;
            starts[bucket] += 1;
            unsorted.push((bucket as u32, face));
        };
        for cell in cells {
            let cell = CellId::new(cell as u32);
            match mesh.shape(cell) {
                Shape::Polyhedron => {
                    for (face, local) in mesh.polyhedron_faces(cell).zip(0..) {
                        let lowest = face.iter().min().copied().unwrap_or_default();
                        visit_ring(face, |_| push(CellFace { cell, local }, lowest));
                    }
                }
                shape => {
                    let nodes = mesh.cell_nodes(cell);
                    for (face, local) in shape.faces().iter().zip(0..) {
                        if let Some(lowest) = lowest_node(nodes, face) {
                            push(CellFace { cell, local }, lowest);
                        }
                    }
                }
            }
        }
        start_from_counts(&mut starts);
        let mut faces = vec![CellFace::default(); unsorted.len()];
        for &(bucket, face) in &*unsorted {
            let next = &mut starts[bucket as usize];
            faces[*next] = face;
            *next += 1;
        }
        // Each start has moved to the next one.
        starts.rotate_right(1);
        starts[0] = 0;
        Self { starts, faces }
    }

    fn bucket(&self, bucket: usize) -> &[CellFace] {
        &self.faces[self.starts[bucket]..self.starts[bucket + 1]]
    }
}

/// The lowest node of a face of a cell that is no polyhedron; none where it is collapsed.
#[inline]
fn lowest_node(nodes: &[NodeId], face: &[u8]) -> Option<NodeId> {
    let node = |local: u8| nodes[usize::from(local)];
    let (corners, lowest) = match *face {
        [a, b, c] => {
            let [a, b, c] = [node(a), node(b), node(c)];
            let corners = u32::from(a != b) + u32::from(b != c) + u32::from(c != a);
            (corners, a.min(b).min(c))
        }
        [a, b, c, d] => {
            let [a, b, c, d] = [node(a), node(b), node(c), node(d)];
            let corners = u32::from(a != b) + u32::from(b != c) + u32::from(c != d);
            (corners + u32::from(d != a), a.min(b).min(c.min(d)))
        }
        _ => return None,
    };
    (corners >= 3).then_some(lowest)
}

/// Turns counts, of which the last is zero, into starts and the end.
pub(super) fn start_from_counts(counts: &mut [usize]) {
    let mut sum = 0;
    for count in counts {
        sum += std::mem::replace(count, sum);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::{BoxCellShape, BoxMesh, MeshArrays};

    /// The faces found one by one: by their lowest node, then by cell and place in it.
    pub(in super::super) fn faces_one_by_one(mesh: &UnstructuredMesh) -> Faces {
        let mut all = Vec::new();
        for cell in mesh.cell_ids() {
            mesh.for_each_face(cell, |face| all.push((cell, face.to_vec())));
        }
        let distinct = |face: &[NodeId]| -> BTreeSet<NodeId> { face.iter().copied().collect() };
        all.sort_by_key(|(_, face)| face.iter().min().copied());
        let mut cells_of: BTreeMap<BTreeSet<NodeId>, Vec<CellId>> = BTreeMap::new();
        for (cell, face) in &all {
            cells_of.entry(distinct(face)).or_default().push(*cell);
        }
        let mut faces = Faces::with_capacity(0);
        for (_, face) in &all {
            if let Some(cells) = cells_of.remove(&distinct(face)) {
                faces.push(face, cells.into_iter());
            }
        }
        faces
    }

    /// The cells of a mesh, and again those of which the number is a multiple of three; nodes and
    /// cells in disorder.
    fn disordered(mesh: &UnstructuredMesh) -> UnstructuredMesh {
        let nodes = mesh.node_count();
        // A permutation where the factor and the number of nodes have no common divisor.
        let factor = (nodes / 3..nodes)
            .find(|factor| gcd(*factor, nodes) == 1)
            .unwrap();
        let new_id = |node: &NodeId| NodeId::new((node.index() * factor % nodes) as u32);
        let mut arrays = MeshArrays::from_nodes(mesh.nodes().to_vec());
        for (old, point) in mesh.nodes().iter().enumerate() {
            arrays.nodes[new_id(&NodeId::new(old as u32)).index()] = *point;
        }
        let again = mesh.cell_ids().filter(|cell| cell.index() % 3 == 0);
        let cells: Vec<CellId> = mesh.cell_ids().collect();
        for cell in cells.into_iter().rev().chain(again) {
            if mesh.shape(cell) == Shape::Polyhedron {
                let faces = mesh.polyhedron_faces(cell);
                let faces: Vec<Vec<NodeId>> = faces
                    .map(|face| face.iter().map(new_id).collect())
                    .collect();
                arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
            } else {
                let nodes: Vec<NodeId> = mesh.cell_nodes(cell).iter().map(new_id).collect();
                arrays.push_cell(mesh.shape(cell), &nodes);
            }
        }
        UnstructuredMesh::new(arrays).unwrap()
    }

    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }

    #[test]
    fn faces_are_those_that_are_found_one_by_one() {
        for (shape, cells) in [
            (BoxCellShape::Hexahedron, 20),
            (BoxCellShape::Tetrahedron, 17),
            (BoxCellShape::Wedge, 17),
            (BoxCellShape::Pyramid, 17),
            (BoxCellShape::Polyhedron, 10),
        ] {
            let mesh = BoxMesh {
                shape,
                ..BoxMesh::unit([cells; 3])
            }
            .generate()
            .unwrap();
            assert!(mesh.node_count() > BUCKET, "{shape:?}");
            assert!(mesh.faces() == faces_one_by_one(&mesh), "{shape:?}");
            let mesh = disordered(&mesh);
            let faces = mesh.faces();
            assert!(faces == faces_one_by_one(&mesh), "{shape:?}, disordered");
            assert!((0..faces.count()).any(|face| faces.cells(face).len() > 2));
        }
    }
}
