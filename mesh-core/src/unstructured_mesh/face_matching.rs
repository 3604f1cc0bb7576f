//! Which faces of cells are the same: those with the same nodes.
//!
//! Two passes, both in parallel. The first sorts the faces of all cells into buckets, by their
//! lowest node; the second matches those of one bucket. No result depends on how cells and nodes
//! are divided for that.

use std::cmp::Ordering;
use std::ops::Range;

use rayon::prelude::*;

use super::{CHUNK, Faces, UnstructuredMesh, standard_ring, visit_ring};
use crate::{CellId, NodeId, Shape};

/// Nodes of a bucket: what is known of their faces stays in the cache of a processor.
const BUCKET: usize = CHUNK;

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
            matcher.clear(bucket);
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
struct CellFace {
    cell: CellId,
    /// Its place among the faces of the cell, collapsed ones counted.
    local: u32,
}

impl CellFace {
    /// Visits the face as [`UnstructuredMesh::for_each_face`] would, or not at all where it is
    /// collapsed.
    #[inline]
    fn visit(self, mesh: &UnstructuredMesh, visit: impl FnOnce(&[NodeId])) {
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

/// A face and what tells it from others with the same lowest node.
#[derive(Clone, Copy, Default)]
struct Candidate {
    face: CellFace,
    /// The lowest node, counted from the first of the bucket.
    lowest: u32,
    /// How many distinct nodes it has.
    count: u32,
    /// The second to fourth lowest of them; [`NO_NODE`] where there are fewer.
    next: [NodeId; 3],
    /// Where all of them stand, if there are more than four.
    start: u32,
}

/// No node of any mesh: there are fewer.
const NO_NODE: NodeId = NodeId::new(u32::MAX);

impl Candidate {
    /// The distinct nodes where `next` does not tell all, from those of all faces.
    fn more_nodes<'a>(&self, nodes: &'a [NodeId]) -> &'a [NodeId] {
        match self.count {
            0..=4 => &[],
            count => &nodes[self.start as usize..][..count as usize],
        }
    }

    /// Whether it is the same as another face with that lowest node.
    #[inline]
    fn is_same(&self, other: &Self, nodes: &[NodeId]) -> bool {
        (self.next == other.next)
            && self.count == other.count
            && (self.count <= 4 || self.more_nodes(nodes) == other.more_nodes(nodes))
    }

    /// Compares with another face that has the same lowest node: equal if they are the same.
    #[inline]
    fn compare(&self, other: &Self, nodes: &[NodeId]) -> Ordering {
        let few = (self.count, self.next).cmp(&(other.count, other.next));
        few.then_with(|| self.more_nodes(nodes).cmp(other.more_nodes(nodes)))
    }
}

/// Matches the faces of one bucket at a time; its memory serves for the next one again.
#[derive(Default)]
struct Matcher {
    first_node: usize,
    /// The faces in the order of their cells.
    candidates: Vec<Candidate>,
    /// The distinct nodes, ascending, of the faces with more than four.
    nodes: Vec<NodeId>,
    /// Where the faces of each lowest node end, and the faces in that order.
    ends: Vec<usize>,
    sorted: Vec<Candidate>,
}

/// Up to how many faces comparing all pairs is faster than sorting; bits of a word.
const FEW_FACES: usize = 64;

impl Matcher {
    /// Forgets the faces there are; those to come belong to this bucket.
    fn clear(&mut self, bucket: usize) {
        self.first_node = bucket * BUCKET;
        self.candidates.clear();
        self.nodes.clear();
    }

    #[inline]
    fn push(&mut self, mesh: &UnstructuredMesh, face: CellFace) {
        face.visit(mesh, |nodes| {
            let mut few = match *nodes {
                [a, b, c] => [a, b, c, NO_NODE],
                [a, b, c, d] => [a, b, c, d],
                _ => [NO_NODE; 4],
            };
            sort_four(&mut few);
            let start = self.nodes.len();
            let mut count = nodes.len();
            // Too many, or one twice.
            if (few[0] == few[1]) | (few[1] == few[2]) | (few[2] == few[3]) {
                self.nodes.extend_from_slice(nodes);
                count = sort_distinct(&mut self.nodes[start..]);
                self.nodes.truncate(start + count);
                few = [NO_NODE; 4];
                few.iter_mut()
                    .zip(&self.nodes[start..])
                    .for_each(|(few, node)| *few = *node);
            }
            let [lowest, next @ ..] = few;
            self.candidates.push(Candidate {
                face,
                lowest: (lowest.index() - self.first_node) as u32,
                count: count as u32,
                next,
                start: start as u32,
            });
        });
    }

    /// The distinct ones of the faces.
    fn find_distinct(&mut self, mesh: &UnstructuredMesh) -> Faces {
        self.sort_by_lowest_node();
        let mut faces = Faces::with_capacity(self.candidates.len());
        let mut start = 0;
        for &end in &self.ends[..BUCKET] {
            let group = &self.sorted[start..end];
            if group.len() <= FEW_FACES {
                push_distinct_of_few(mesh, group, &self.nodes, &mut faces);
            } else {
                push_distinct_of_many(mesh, group, &self.nodes, &mut faces);
            }
            start = end;
        }
        faces
    }

    /// Sorts the faces by their lowest node, those of one node in the order they have.
    fn sort_by_lowest_node(&mut self) {
        self.ends.clear();
        self.ends.resize(BUCKET + 1, 0);
        for candidate in &self.candidates {
            self.ends[candidate.lowest as usize] += 1;
        }
        start_from_counts(&mut self.ends);
        self.sorted
            .resize(self.candidates.len(), Candidate::default());
        for candidate in &self.candidates {
            // The start of its node, which moves on to the end.
            let next = &mut self.ends[candidate.lowest as usize];
            self.sorted[*next] = *candidate;
            *next += 1;
        }
    }
}

/// Appends the distinct faces of a group with one lowest node, by comparing all pairs.
fn push_distinct_of_few(
    mesh: &UnstructuredMesh,
    group: &[Candidate],
    nodes: &[NodeId],
    faces: &mut Faces,
) {
    let mut matched = 0_u64;
    for (place, first) in group.iter().enumerate() {
        if matched >> place & 1 == 1 {
            continue;
        }
        let same = (place..group.len()).filter(|other| {
            let is_same = group[*other].is_same(first, nodes);
            matched |= u64::from(is_same) << other;
            is_same
        });
        let cells = same.map(|other| group[other].face.cell);
        first.face.visit(mesh, |nodes| faces.push(nodes, cells));
    }
}

/// Appends the distinct faces of a group with one lowest node, by sorting them.
fn push_distinct_of_many(
    mesh: &UnstructuredMesh,
    group: &[Candidate],
    nodes: &[NodeId],
    faces: &mut Faces,
) {
    let compare = |left: usize, right: usize| group[left].compare(&group[right], nodes);
    let mut places: Vec<usize> = (0..group.len()).collect();
    places.sort_unstable_by(|left, right| compare(*left, *right).then(left.cmp(right)));
    let mut runs: Vec<&[usize]> = places
        .chunk_by(|left, right| compare(*left, *right) == Ordering::Equal)
        .collect();
    runs.sort_unstable_by_key(|run| run[0]);
    for run in runs {
        let cells = run.iter().map(|place| group[*place].face.cell);
        group[run[0]]
            .face
            .visit(mesh, |nodes| faces.push(nodes, cells));
    }
}

/// Sorts four nodes.
#[inline]
fn sort_four(nodes: &mut [NodeId; 4]) {
    for (low, high) in [(0, 1), (2, 3), (0, 2), (1, 3), (1, 2)] {
        let (a, b) = (nodes[low], nodes[high]);
        (nodes[low], nodes[high]) = (a.min(b), a.max(b));
    }
}

/// Sorts nodes, and puts each once in front; returns how many these are.
fn sort_distinct(nodes: &mut [NodeId]) -> usize {
    nodes.sort_unstable();
    let mut count = 0;
    for place in 0..nodes.len() {
        if place == 0 || nodes[place] != nodes[count - 1] {
            nodes[count] = nodes[place];
            count += 1;
        }
    }
    count
}

/// Turns counts, of which the last is zero, into starts and the end.
fn start_from_counts(counts: &mut [usize]) {
    let mut sum = 0;
    for count in counts {
        sum += std::mem::replace(count, sum);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::{BoxCellShape, BoxMesh, MeshArrays, Point3};

    /// The faces found one by one: by their lowest node, then by cell and place in it.
    fn faces_one_by_one(mesh: &UnstructuredMesh) -> Faces {
        let mut all = Vec::new();
        for cell in mesh.cell_ids() {
            mesh.for_each_face(cell, |face| all.push((cell, face.to_vec())));
        }
        let distinct = |face: &[NodeId]| BTreeSet::from_iter(face.iter().copied());
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
        let factor = (nodes / 3..)
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

    /// A polyhedron over a regular polygon: all its triangles have the apex, node 0, as lowest.
    fn cone(corners: u32, arrays: &mut MeshArrays) {
        let base: Vec<NodeId> = (1..=corners).rev().map(NodeId::new).collect();
        let mut faces = vec![base];
        for corner in 1..=corners {
            faces.push([0, corner, corner % corners + 1].map(NodeId::new).to_vec());
        }
        arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
    }

    #[test]
    fn many_faces_with_one_lowest_node_are_matched_as_few() {
        for corners in [5, 30, 40, 500] {
            let mut nodes = vec![Point3::new(0.0, 0.0, 1.0)];
            nodes.extend((0..corners).map(|corner| {
                let angle = f64::from(corner) * std::f64::consts::TAU / f64::from(corners);
                Point3::new(angle.cos(), angle.sin(), 0.0)
            }));
            let mut arrays = MeshArrays::from_nodes(nodes);
            cone(corners, &mut arrays);
            cone(corners, &mut arrays);
            let mesh = UnstructuredMesh::new(arrays).unwrap();
            let faces = mesh.faces();
            assert_eq!(faces.count(), corners as usize + 1);
            assert!(faces == faces_one_by_one(&mesh), "{corners}");
        }
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
