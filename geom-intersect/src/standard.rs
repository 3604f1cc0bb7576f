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
};
static PYRAMID: Topology = Topology {
    nodes: 5,
    faces: PYRAMID_FACES,
    edges: &edges_between::<8>(PYRAMID_FACES),
    references: [0, 4],
    face_reference: &[0, 1, 1, 1, 1],
};
static WEDGE: Topology = Topology {
    nodes: 6,
    faces: WEDGE_FACES,
    edges: &edges_between::<9>(WEDGE_FACES),
    references: [0, 4],
    face_reference: &[0, 1, 0, 1, 0],
};
static HEXAHEDRON: Topology = Topology {
    nodes: 8,
    faces: HEXAHEDRON_FACES,
    edges: &edges_between::<12>(HEXAHEDRON_FACES),
    references: [0, 6],
    face_reference: &[0, 1, 0, 1, 1, 0],
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
