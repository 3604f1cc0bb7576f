//! Which of the faces of one bucket, those with a lowest node of a certain range, are the same.

use std::cmp::Ordering;

use super::face_matching::{BUCKET, CellFace, start_from_counts};
use super::{Faces, UnstructuredMesh};
use crate::NodeId;

/// Matches the faces of one bucket at a time; its memory serves for the next one again.
#[derive(Default)]
pub(super) struct Matcher {
    first_node: usize,
    /// The faces in the order of their cells.
    candidates: Vec<Candidate>,
    /// The distinct nodes, ascending, of the faces with more than four.
    nodes: Vec<NodeId>,
    /// Where the faces of each lowest node end, and the faces in that order.
    ends: Vec<usize>,
    sorted: Vec<Candidate>,
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
    start: usize,
}

/// No node of any mesh: there are fewer.
const NO_NODE: NodeId = NodeId::new(u32::MAX);

impl Candidate {
    /// The distinct nodes where `next` does not tell all, from those of all faces.
    fn more_nodes<'a>(&self, nodes: &'a [NodeId]) -> &'a [NodeId] {
        match self.count {
            0..=4 => &[],
            count => &nodes[self.start..][..count as usize],
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

/// Up to how many faces comparing all pairs is faster than sorting; bits of a word.
const FEW_FACES: usize = 64;

impl Matcher {
    /// Forgets the faces there are; those to come belong to this bucket.
    pub(super) fn begin(&mut self, bucket: usize) {
        self.first_node = bucket * BUCKET;
        self.candidates.clear();
        self.nodes.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, mesh: &UnstructuredMesh, face: CellFace) {
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
            if few[0] == few[1] || few[1] == few[2] || few[2] == few[3] {
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
                start,
            });
        });
    }

    /// The distinct ones of the faces.
    pub(super) fn find_distinct(&mut self, mesh: &UnstructuredMesh) -> Faces {
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

#[cfg(test)]
mod tests {
    use super::super::face_matching::tests::faces_one_by_one;
    use super::*;
    use crate::{MeshArrays, Point3};

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
    fn faces_that_differ_in_their_last_node_are_not_the_same() {
        // Of two corners at one place, each base has one.
        for corners in 4..8_u32 {
            let mut nodes: Vec<Point3> = (0..corners)
                .map(|corner| {
                    let angle = f64::from(corner) * std::f64::consts::TAU / f64::from(corners);
                    Point3::new(angle.cos(), angle.sin(), 0.0)
                })
                .collect();
            nodes.extend([nodes[corners as usize - 1], Point3::new(0.0, 0.0, 1.0)]);
            let mut arrays = MeshArrays::from_nodes(nodes);
            for last in [corners - 1, corners, corners - 1] {
                let base: Vec<u32> = (0..corners - 1).chain([last]).collect();
                let side = |i: usize| vec![base[i], base[(i + 1) % base.len()], corners + 1];
                let mut faces: Vec<Vec<u32>> = (0..base.len()).map(side).collect();
                faces.push(base.iter().rev().copied().collect());
                let faces: Vec<Vec<NodeId>> = faces
                    .into_iter()
                    .map(|face| face.into_iter().map(NodeId::new).collect())
                    .collect();
                arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
            }
            let mesh = UnstructuredMesh::new(arrays).unwrap();
            let faces = mesh.faces();
            // Two bases, two pairs of sides with the last corner, and the other sides.
            assert_eq!(
                faces.count() as u32,
                2 + 4 + corners - 2,
                "{corners} corners"
            );
            assert!(faces == faces_one_by_one(&mesh), "{corners} corners");
            // And by the other way.
            let mut all = Matcher::default();
            all.begin(0);
            for cell in mesh.cell_ids() {
                (0..=corners).for_each(|local| all.push(&mesh, CellFace { cell, local }));
            }
            all.sort_by_lowest_node();
            let mut sorted = Faces::with_capacity(0);
            for group in all
                .sorted
                .chunk_by(|left, right| left.lowest == right.lowest)
            {
                push_distinct_of_many(&mesh, group, &all.nodes, &mut sorted);
            }
            assert!(faces == sorted, "{corners} corners");
        }
    }
}
