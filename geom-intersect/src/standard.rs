//! The four standard shapes: their faces, edges and reference corners.

/// A cell shape with a fixed number of nodes, in the node order of VTK and Gmsh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StandardShape {
    /// Four nodes: a triangle 0, 1, 2, whose normal points to node 3.
    Tetrahedron,
    /// Five nodes: a quadrilateral 0, 1, 2, 3, whose normal points to the apex 4.
    Pyramid,
    /// Six nodes: a triangle 0, 1, 2, whose normal points to the triangle 3, 4, 5.
    Wedge,
    /// Eight nodes: a quadrilateral 0, 1, 2, 3, whose normal points to the quadrilateral 4, 5, 6, 7.
    Hexahedron,
}

impl StandardShape {
    /// All four shapes.
    pub const ALL: [Self; 4] = [
        Self::Tetrahedron,
        Self::Pyramid,
        Self::Wedge,
        Self::Hexahedron,
    ];

    /// Returns the number of nodes.
    #[must_use]
    pub const fn node_count(self) -> usize {
        self.topology().nodes
    }

    /// Returns the faces as local node ids, counter-clockwise seen from outside.
    #[must_use]
    pub const fn faces(self) -> &'static [&'static [u32]] {
        self.topology().faces
    }

    /// Returns the permutation of the nodes that turns a mirrored cell round.
    #[must_use]
    pub(crate) const fn mirrored(self) -> &'static [u8] {
        match self {
            Self::Tetrahedron => &[0, 2, 1, 3],
            Self::Pyramid => &[0, 3, 2, 1, 4],
            Self::Wedge => &[0, 2, 1, 3, 5, 4],
            Self::Hexahedron => &[0, 3, 2, 1, 4, 7, 6, 5],
        }
    }

    pub(crate) const fn topology(self) -> &'static Topology {
        match self {
            Self::Tetrahedron => &TETRAHEDRON,
            Self::Pyramid => &PYRAMID,
            Self::Wedge => &WEDGE,
            Self::Hexahedron => &HEXAHEDRON,
        }
    }
}

/// An edge `start → end` of a shape between the face on its left and the face on its right,
/// seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalEdge {
    pub(crate) start: u8,
    pub(crate) end: u8,
    pub(crate) left: u8,
    pub(crate) right: u8,
}

/// A corner of a shape in which three faces meet, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalCorner {
    pub(crate) node: u8,
    /// All faces, at the end of the list: those that are not at the corner, then the three.
    pub(crate) faces: [u8; MAX_FACES],
    /// For each of the three, the other end of the edge between the two others.
    pub(crate) neighbours: [u8; 3],
    /// A node that all faces have that are not at the corner.
    pub(crate) opposite: u8,
}

/// Faces and edges of a shape.
#[derive(Debug)]
pub(crate) struct Topology {
    pub(crate) nodes: usize,
    pub(crate) faces: &'static [&'static [u32]],
    pub(crate) edges: &'static [LocalEdge],
    /// Two nodes such that every face has at least one of them…
    pub(crate) references: [usize; 2],
    /// …and which of the two each face has (0 or 1).
    pub(crate) face_reference: &'static [u8],
    pub(crate) corners: &'static [LocalCorner],
}

const TETRAHEDRON_FACES: &[&[u32]] = &[&[0, 2, 1], &[0, 1, 3], &[1, 2, 3], &[2, 0, 3]];
const PYRAMID_FACES: &[&[u32]] = &[
    &[0, 3, 2, 1],
    &[0, 1, 4],
    &[1, 2, 4],
    &[2, 3, 4],
    &[3, 0, 4],
];
const WEDGE_FACES: &[&[u32]] = &[
    &[0, 2, 1],
    &[3, 4, 5],
    &[0, 1, 4, 3],
    &[1, 2, 5, 4],
    &[2, 0, 3, 5],
];
const HEXAHEDRON_FACES: &[&[u32]] = &[
    &[0, 3, 2, 1],
    &[4, 5, 6, 7],
    &[0, 1, 5, 4],
    &[1, 2, 6, 5],
    &[2, 3, 7, 6],
    &[3, 0, 4, 7],
];

/// The largest number of faces.
pub(crate) const MAX_FACES: usize = 6;

/// Returns the faces of the shape with this number among [`StandardShape::ALL`].
pub(crate) const fn faces_of(shape: usize) -> &'static [&'static [u32]] {
    [
        TETRAHEDRON_FACES,
        PYRAMID_FACES,
        WEDGE_FACES,
        HEXAHEDRON_FACES,
    ][shape]
}

static TETRAHEDRON: Topology = Topology {
    nodes: 4,
    faces: TETRAHEDRON_FACES,
    edges: &edges_between::<6>(TETRAHEDRON_FACES),
    references: [0, 1],
    face_reference: &[0, 0, 1, 0],
    corners: &corners_of::<4>(TETRAHEDRON_FACES),
};
static PYRAMID: Topology = Topology {
    nodes: 5,
    faces: PYRAMID_FACES,
    edges: &edges_between::<8>(PYRAMID_FACES),
    references: [0, 4],
    face_reference: &[0, 1, 1, 1, 1],
    corners: &corners_of::<4>(PYRAMID_FACES),
};
static WEDGE: Topology = Topology {
    nodes: 6,
    faces: WEDGE_FACES,
    edges: &edges_between::<9>(WEDGE_FACES),
    references: [0, 4],
    face_reference: &[0, 1, 0, 1, 0],
    corners: &corners_of::<6>(WEDGE_FACES),
};
static HEXAHEDRON: Topology = Topology {
    nodes: 8,
    faces: HEXAHEDRON_FACES,
    edges: &edges_between::<12>(HEXAHEDRON_FACES),
    references: [0, 6],
    face_reference: &[0, 1, 0, 1, 1, 0],
    corners: &corners_of::<8>(HEXAHEDRON_FACES),
};

/// Lists every edge once, as the face on its left runs through it.
const fn edges_between<const EDGES: usize>(faces: &[&[u32]]) -> [LocalEdge; EDGES] {
    let mut edges = [LocalEdge {
        start: 0,
        end: 0,
        left: 0,
        right: 0,
    }; EDGES];
    let mut count = 0;
    let mut left = 0;
    while left < faces.len() {
        let mut corner = 0;
        while corner < faces[left].len() {
            let start = faces[left][corner];
            let end = faces[left][(corner + 1) % faces[left].len()];
            if start < end {
                edges[count] = LocalEdge {
                    start: start as u8,
                    end: end as u8,
                    left: left as u8,
                    right: face_with_edge(faces, end, start),
                };
                count += 1;
            }
            corner += 1;
        }
        left += 1;
    }
    assert!(count == EDGES, "a shape's edge count is wrong");
    edges
}

/// Lists the corners in which three faces meet, in the order of their nodes.
const fn corners_of<const CORNERS: usize>(faces: &[&[u32]]) -> [LocalCorner; CORNERS] {
    let mut corners = [LocalCorner {
        node: 0,
        faces: [0; MAX_FACES],
        neighbours: [0; 3],
        opposite: 0,
    }; CORNERS];
    let mut count = 0;
    let mut node = 0;
    while node < 8 {
        // Of the faces the set of those at the corner.
        let mut at = 0_u32;
        let mut face = 0;
        while face < faces.len() {
            at |= (has(faces[face], node) as u32) << face;
            face += 1;
        }
        if at.count_ones() == 3 {
            let corner = &mut corners[count];
            corner.node = node as u8;
            let (mut far, mut near) = (MAX_FACES - faces.len(), MAX_FACES - 3);
            face = 0;
            while face < faces.len() {
                let place = if at >> face & 1 == 1 {
                    &mut near
                } else {
                    &mut far
                };
                corner.faces[*place] = face as u8;
                *place += 1;
                face += 1;
            }
            let [a, b, c] = [
                1 << corner.faces[MAX_FACES - 3],
                1 << corner.faces[MAX_FACES - 2],
                1 << corner.faces[MAX_FACES - 1],
            ];
            corner.neighbours = [
                common_node(faces, b | c, node),
                common_node(faces, c | a, node),
                common_node(faces, a | b, node),
            ];
            corner.opposite = common_node(faces, !at, node);
            count += 1;
        }
        node += 1;
    }
    assert!(count == CORNERS, "a shape's corner count is wrong");
    corners
}

/// Returns the first node but one that all faces of a set have.
const fn common_node(faces: &[&[u32]], set: u32, but: u32) -> u8 {
    let mut node = 0;
    while node < 8 {
        let mut is_common = node != but;
        let mut face = 0;
        while face < faces.len() {
            is_common &= set >> face & 1 == 0 || has(faces[face], node);
            face += 1;
        }
        if is_common {
            return node as u8;
        }
        node += 1;
    }
    panic!("the faces of a shape meet")
}

const fn has(face: &[u32], node: u32) -> bool {
    let mut corner = 0;
    while corner < face.len() {
        if face[corner] == node {
            return true;
        }
        corner += 1;
    }
    false
}

/// Returns the face that runs from `start` to `end`.
const fn face_with_edge(faces: &[&[u32]], start: u32, end: u32) -> u8 {
    let mut face = 0;
    while face < faces.len() {
        let mut corner = 0;
        while corner < faces[face].len() {
            if faces[face][corner] == start && faces[face][(corner + 1) % faces[face].len()] == end
            {
                return face as u8;
            }
            corner += 1;
        }
        face += 1;
    }
    panic!("an edge of a shape has one face only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_has_its_reference_node() {
        for shape in StandardShape::ALL {
            let topology = shape.topology();
            assert_eq!(topology.faces.len(), topology.face_reference.len());
            for (face, &reference) in topology.faces.iter().zip(topology.face_reference) {
                let node = topology.references[usize::from(reference)];
                assert!(
                    face.contains(&(node as u32)),
                    "{shape:?} {face:?} lacks node {node}"
                );
            }
        }
    }

    #[test]
    fn three_faces_meet_in_a_corner_and_the_others_elsewhere() {
        for shape in StandardShape::ALL {
            let faces = shape.faces();
            for corner in shape.topology().corners {
                let order = &corner.faces[MAX_FACES - faces.len()..];
                let mut sorted = order.to_vec();
                sorted.sort_unstable();
                assert!(
                    sorted
                        .iter()
                        .map(|&face| usize::from(face))
                        .eq(0..faces.len())
                );
                let has = |face: u8, node: u8| faces[usize::from(face)].contains(&node.into());
                let (others, three) = order.split_at(faces.len() - 3);
                assert!(three.iter().all(|&face| has(face, corner.node)));
                assert!(others.iter().all(|&face| has(face, corner.opposite)));
                assert!(!others.iter().any(|&face| has(face, corner.node)));
                for (across, &neighbour) in three.iter().zip(&corner.neighbours) {
                    assert!(
                        three
                            .iter()
                            .all(|face| has(*face, neighbour) == (face != across))
                    );
                }
            }
        }
    }

    #[test]
    fn faces_and_edges_obey_euler() {
        for shape in StandardShape::ALL {
            let topology = shape.topology();
            assert_eq!(
                topology.nodes + topology.faces.len(),
                topology.edges.len() + 2
            );
        }
    }
}
