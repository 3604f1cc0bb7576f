//! Whether the faces of a polyhedron close, and which of them are reversed.
//!
//! A closed, consistently oriented surface walks every edge as often from a to b as from b to a.
//! Edges shared by more than two faces are legal; edges from a node to itself (collapsed faces)
//! do not count.

use super::{MeshArrays, MeshError, validation};
use crate::NodeId;

/// One walk along an edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct EdgeUse {
    /// The ends, the lower one in the upper half: both directions share it.
    ends: u64,
    face: u32,
    ascending: bool,
}

impl EdgeUse {
    fn nodes(self) -> [NodeId; 2] {
        [
            NodeId::new((self.ends >> 32) as u32),
            NodeId::new(self.ends as u32),
        ]
    }
}

/// Scratch space for the edges of one polyhedron at a time.
#[derive(Default)]
pub(super) struct Edges {
    uses: Vec<EdgeUse>,
}

impl Edges {
    /// Whether every edge is walked as often in each direction.
    pub(super) fn are_balanced<'a>(&mut self, faces: impl Iterator<Item = &'a [NodeId]>) -> bool {
        self.collect(faces);
        self.groups().all(|group| balance(group, |_| false) == 0)
    }

    fn collect<'a>(&mut self, faces: impl Iterator<Item = &'a [NodeId]>) {
        self.uses.clear();
        for (face, nodes) in faces.enumerate() {
            let nexts = nodes.iter().cycle().skip(1);
            for (&from, &to) in nodes.iter().zip(nexts) {
                if from != to {
                    let (low, high) = (from.min(to), from.max(to));
                    let ends = u64::from(low.get()) << 32 | u64::from(high.get());
                    self.uses.push(EdgeUse {
                        ends,
                        face: face as u32,
                        ascending: from < to,
                    });
                }
            }
        }
        self.uses.sort_unstable();
    }

    fn groups(&self) -> impl Iterator<Item = &[EdgeUse]> {
        self.uses.chunk_by(|left, right| left.ends == right.ends)
    }
}

/// Walks up minus walks down, with some faces reversed.
fn balance(group: &[EdgeUse], is_reversed: impl Fn(usize) -> bool) -> i64 {
    group
        .iter()
        .map(|edge| {
            if edge.ascending == is_reversed(edge.face as usize) {
                -1
            } else {
                1
            }
        })
        .sum()
}

/// Which faces must be reversed so that all agree: for each face whether it must. Orientation is
/// carried from face to face across edges of two faces; within each connected surface the
/// minority is reversed, and in a tie those that disagree with the first face.
///
/// # Errors
/// The ends of an edge where the surface is open, or of one where no orientation agrees.
pub(super) fn find_reversed_faces<'a>(
    faces: impl ExactSizeIterator<Item = &'a [NodeId]>,
) -> Result<Vec<bool>, [NodeId; 2]> {
    let face_count = faces.len();
    let mut edges = Edges::default();
    edges.collect(faces);
    let mut neighbours = vec![Vec::new(); face_count];
    for group in edges.groups() {
        if group.len() % 2 == 1 {
            return Err(group[0].nodes());
        }
        if let [left, right] = group {
            let disagree = left.ascending == right.ascending;
            neighbours[left.face as usize].push((right.face as usize, disagree));
            neighbours[right.face as usize].push((left.face as usize, disagree));
        }
    }
    let mut reversed: Vec<Option<bool>> = vec![None; face_count];
    for first in 0..face_count {
        if reversed[first].is_some() {
            continue;
        }
        reversed[first] = Some(false);
        let mut surface = vec![(first, false)];
        let mut next = 0;
        while let Some(&(face, turned)) = surface.get(next) {
            next += 1;
            for &(neighbour, disagree) in &neighbours[face] {
                if reversed[neighbour].is_none() {
                    reversed[neighbour] = Some(turned != disagree);
                    surface.push((neighbour, turned != disagree));
                }
            }
        }
        let minority = surface.iter().filter(|&&(_, turned)| turned).count();
        if 2 * minority > surface.len() {
            for (face, turned) in surface {
                reversed[face] = Some(!turned);
            }
        }
    }
    let reversed: Vec<bool> = reversed
        .into_iter()
        .map(|turned| turned == Some(true))
        .collect();
    // Also catches a surface that no orientation suits, such as a Möbius strip.
    match edges
        .groups()
        .find(|group| balance(group, |face| reversed[face]) != 0)
    {
        None => Ok(reversed),
        Some(group) => Err(group[0].nodes()),
    }
}

impl MeshArrays {
    /// Reverses faces of polyhedra that are oriented against the other faces of their cell, as
    /// few as possible, and returns how many. Whether a whole cell is inside out is settled when
    /// the mesh is built.
    ///
    /// ```
    /// use mesh_core::{MeshArrays, NodeId, Point3, UnstructuredMesh};
    /// let nodes = vec![
    ///     Point3::origin(),
    ///     Point3::new(1.0, 0.0, 0.0),
    ///     Point3::new(0.0, 1.0, 0.0),
    ///     Point3::new(0.0, 0.0, 1.0),
    /// ];
    /// let mut arrays = MeshArrays::from_nodes(nodes);
    /// let faces = [[0, 1, 2], [0, 1, 3], [1, 2, 3], [2, 0, 3]]; // the first is reversed
    /// let faces = faces.map(|face| face.map(NodeId::new));
    /// arrays.push_polyhedron(faces.iter().map(|face| &face[..]));
    /// assert!(UnstructuredMesh::new(arrays.clone()).is_err());
    /// assert_eq!(arrays.orient_polyhedra()?, 1);
    /// assert!(UnstructuredMesh::new(arrays).is_ok());
    /// # Ok::<(), mesh_core::MeshError>(())
    /// ```
    ///
    /// # Errors
    /// When the arrays do not fit together, or a polyhedron is open or cannot be oriented.
    /// Polyhedra before that one are oriented already then.
    pub fn orient_polyhedra(&mut self) -> Result<usize, MeshError> {
        validation::check_structure(self)?;
        let mut turned = 0;
        let mut edges = Edges::default();
        for cell in 0..self.shapes.len() {
            if edges.are_balanced(self.polyhedra.faces(cell)) {
                continue;
            }
            let reversed = find_reversed_faces(self.polyhedra.faces(cell))
                .map_err(|nodes| MeshError::OpenPolyhedron { cell, nodes })?;
            let first = self.polyhedra.cell_offsets[cell];
            for (face, _) in reversed
                .iter()
                .enumerate()
                .filter(|&(_, &reversed)| reversed)
            {
                self.polyhedra.reverse_face(first + face);
                turned += 1;
            }
        }
        Ok(turned)
    }
}
