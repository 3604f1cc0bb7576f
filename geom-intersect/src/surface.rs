//! The surface of a solid as edges between planar faces.

use crate::edge_sets::{ByteEdge, CAPACITY};
use crate::solid::Solid;
use crate::soup::SoupEdge;
use crate::standard::StandardShape;

/// Edges between planar faces; vertices are the solid's nodes, then the centres of warped faces.
///
/// A planar face is one face of the surface, a warped one as many triangles as it has nodes.
#[derive(Debug, Clone)]
pub(crate) struct Surface {
    edges: Edges,
    pub(crate) faces: u32,
}

#[derive(Debug, Clone)]
enum Edges {
    /// Where bytes can count everything.
    Bytes(Vec<ByteEdge>),
    Large(Vec<SoupEdge>),
}

impl Surface {
    fn new(vertices: usize, edges: impl ExactSizeIterator<Item = SoupEdge>, faces: u32) -> Self {
        let small = vertices.max(edges.len()).max(faces as usize) < CAPACITY;
        let edges = if small {
            let bytes = |edge: SoupEdge| {
                [edge.start, edge.end, edge.left, edge.right].map(|index| index as u8)
            };
            Edges::Bytes(edges.map(bytes).collect())
        } else {
            Edges::Large(edges.collect())
        };
        Self { edges, faces }
    }

    /// Returns the edges if bytes can count vertices, edges and faces.
    pub(crate) fn byte_edges(&self) -> Option<&[ByteEdge]> {
        match &self.edges {
            Edges::Bytes(edges) => Some(edges),
            Edges::Large(_) => None,
        }
    }

    /// Puts all edges into `edges`.
    pub(crate) fn soup_edges(&self, edges: &mut Vec<SoupEdge>) {
        edges.clear();
        match &self.edges {
            Edges::Bytes(bytes) => edges.extend(bytes.iter().map(|edge| {
                let [start, end, left, right] = edge.map(u32::from);
                SoupEdge {
                    start,
                    end,
                    left,
                    right,
                }
            })),
            Edges::Large(large) => edges.clone_from(large),
        }
    }

    /// Returns the surface of a standard shape of which some faces are planar.
    pub(crate) fn of_standard(shape: StandardShape, is_planar: impl Fn(usize) -> bool) -> Self {
        let topology = shape.topology();
        let nodes = shape.node_count() as u32;
        // Of each face, itself or the first of its triangles, and the centre of a warped one.
        let mut own = [0; 6];
        let mut centre = [None; 6];
        let mut faces = 0;
        let mut vertices = nodes;
        for (face, corners) in topology.faces.iter().enumerate() {
            own[face] = faces;
            if is_planar(face) {
                faces += 1;
            } else {
                centre[face] = Some(vertices);
                vertices += 1;
                faces += corners.len() as u32;
            }
        }
        let side = |face: u8, start: u8| {
            let face = usize::from(face);
            let starts_here = |&corner: &u32| corner == start.into();
            match (
                centre[face],
                topology.faces[face].iter().position(starts_here),
            ) {
                (Some(_), Some(corner)) => own[face] + corner as u32,
                _ => own[face],
            }
        };
        let mut edges = Vec::with_capacity(12 + 24);
        for edge in topology.edges {
            edges.push(SoupEdge {
                start: edge.start.into(),
                end: edge.end.into(),
                left: side(edge.left, edge.start),
                right: side(edge.right, edge.end),
            });
        }
        for (face, corners) in topology.faces.iter().enumerate() {
            if let Some(centre) = centre[face] {
                push_fan(corners, centre, own[face], &mut edges);
            }
        }
        Self::new(vertices as usize, edges.into_iter(), faces)
    }

    /// Returns the surface of any solid: fans warped faces and matches the sides of edges.
    pub(crate) fn of_faces(solid: &Solid) -> Self {
        let mut edges = Vec::new();
        let mut sides = Vec::new();
        let mut faces = 0;
        let mut centre = solid.node_count() as u32;
        for face in 0..solid.face_count() {
            let corners = solid.face(face);
            let count = corners.len() as u32;
            let (planar, _) = solid.face_plane(face);
            for (corner, &start) in (0..count).zip(corners) {
                let end = corners[((corner + 1) % count) as usize];
                let own = if planar { faces } else { faces + corner };
                if start != end {
                    sides.push(Side::new(start, end, own));
                }
            }
            if planar {
                faces += 1;
            } else {
                push_fan(corners, centre, faces, &mut edges);
                faces += count;
                centre += 1;
            }
        }
        match_sides(sides, &mut edges);
        Self::new(centre as usize, edges.into_iter(), faces)
    }
}

/// Adds the edges from the centre of a face to its corners; its triangles are numbered from `first`,
/// each by the corner that its side starts in.
fn push_fan(corners: &[u32], centre: u32, first: u32, edges: &mut Vec<SoupEdge>) {
    let count = corners.len() as u32;
    for (corner, &end) in (0..count).zip(corners) {
        edges.push(SoupEdge {
            start: centre,
            end,
            left: first + corner,
            right: first + (corner + count - 1) % count,
        });
    }
}

/// One use of an edge by a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Side {
    nodes: (u32, u32),
    backwards: bool,
    face: u32,
}

impl Side {
    fn new(start: u32, end: u32, face: u32) -> Self {
        Self {
            nodes: (start.min(end), start.max(end)),
            backwards: start > end,
            face,
        }
    }
}

/// Pairs every forward use of an edge with a backward one; in a closed surface none is left over.
fn match_sides(mut sides: Vec<Side>, edges: &mut Vec<SoupEdge>) {
    sides.sort_unstable();
    for uses in sides.chunk_by(|one, other| one.nodes == other.nodes) {
        let (forwards, backwards) = uses.split_at(uses.partition_point(|side| !side.backwards));
        for (left, right) in forwards.iter().zip(backwards) {
            edges.push(SoupEdge {
                start: left.nodes.0,
                end: left.nodes.1,
                left: left.face,
                right: right.face,
            });
        }
    }
}
