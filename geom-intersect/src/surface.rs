//! The surface of a solid as edges between planar faces.

use crate::solid::Solid;
use crate::soup::SoupEdge;
use crate::standard::StandardShape;

/// Edges between planar faces; vertices are the solid's nodes, then the centres of warped faces.
///
/// A planar face is one face of the surface, a warped one as many triangles as it has nodes.
#[derive(Debug, Clone)]
pub(crate) struct Surface {
    pub(crate) edges: Vec<SoupEdge>,
    pub(crate) faces: u32,
}

impl Surface {
    /// Returns the surface of a standard shape whose faces are all planar.
    pub(crate) fn of_planar(shape: StandardShape) -> Self {
        let topology = shape.topology();
        let edges = topology.edges.iter().map(|edge| SoupEdge {
            start: edge.start.into(),
            end: edge.end.into(),
            left: edge.left.into(),
            right: edge.right.into(),
        });
        Self {
            edges: edges.collect(),
            faces: topology.faces.len() as u32,
        }
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
                if !planar {
                    edges.push(SoupEdge {
                        start: centre,
                        end: start,
                        left: own,
                        right: faces + (corner + count - 1) % count,
                    });
                }
            }
            if planar {
                faces += 1;
            } else {
                faces += count;
                centre += 1;
            }
        }
        match_sides(sides, &mut edges);
        Self { edges, faces }
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
