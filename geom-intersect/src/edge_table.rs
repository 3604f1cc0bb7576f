//! The ids of all edges that can appear when one convex standard cell is clipped by another's planes.

use crate::standard::{StandardShape, Topology};

pub(crate) const MAX_PLANES: usize = 6;
pub(crate) const MAX_EDGES: usize = 64;
const MAX_FACES: usize = 2 * MAX_PLANES;

/// Any number that fits a byte is an index of that many: no check needed.
pub(crate) const BYTE: usize = 256;
/// What an edge has twice, at its start and at its end, or on its left and on its right, is kept so
/// far apart in one array: `edge` and `SIDE + edge`. The sum of two bytes is less.
pub(crate) const SIDE: usize = 2 * BYTE;

/// A byte for each edge and side.
pub(crate) type Sides = [u8; 2 * SIDE];

/// The reference points left and right of an edge, where they differ: 0 and 1 of the clipped shape,
/// 2 and 3 of the clipping one.
pub(crate) const REFERENCE_PAIRS: [[usize; 2]; 8] = [
    [0, 1],
    [1, 0],
    [2, 3],
    [3, 2],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
];

/// Which of [`REFERENCE_PAIRS`]. One of as many names, so that no index has to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ReferencePair {
    OwnFirst,
    OwnSecond,
    OtherFirst,
    OtherSecond,
    FirstFirst,
    FirstSecond,
    SecondFirst,
    SecondSecond,
}

impl ReferencePair {
    /// In the order of [`REFERENCE_PAIRS`].
    const ALL: [Self; REFERENCE_PAIRS.len()] = [
        Self::OwnFirst,
        Self::OwnSecond,
        Self::OtherFirst,
        Self::OtherSecond,
        Self::FirstFirst,
        Self::FirstSecond,
        Self::SecondFirst,
        Self::SecondSecond,
    ];
}

/// The ids of all edges that can appear when one shape is clipped by the planes of another.
///
/// First the edges of the clipped shape, then its faces with each plane, then the planes with one
/// another. Faces are numbered: those of the clipped shape, then the planes.
#[derive(Debug)]
pub(crate) struct EdgeTable {
    /// The set of the clipped shape's nodes.
    pub(crate) nodes: u64,
    pub(crate) own_edges: u64,
    /// The nodes in which the own edges start, and end.
    pub(crate) ends: [[u8; 16]; 2],
    /// The face on the left, and on the right.
    pub(crate) faces: Sides,
    /// The same two faces as a set.
    pub(crate) faces_of_edge: [u32; MAX_EDGES],
    /// Of each plane the edge between it and face 0; those between it and the other faces that are
    /// numbered lower than the plane follow in order.
    pub(crate) first_cut_edge: [u8; MAX_PLANES],
    /// Of each edge the reference points of the faces on either side, as an index…
    pub(crate) reference_pairs: [ReferencePair; MAX_EDGES],
    /// …that counts for these edges; of the others both are the same.
    pub(crate) different_references: u64,
    pub(crate) own_references: [u8; 2],
}

impl EdgeTable {
    /// The table of two hexahedra.
    pub(crate) const HEXAHEDRA: &'static Self =
        &EDGE_TABLES[StandardShape::Hexahedron as usize][StandardShape::Hexahedron as usize];

    /// Returns the table of a pair of shapes.
    #[inline]
    pub(crate) fn of(clipped: StandardShape, clipper: StandardShape) -> &'static Self {
        &EDGE_TABLES[clipped as usize][clipper as usize]
    }

    pub(crate) const fn new(clipped: &Topology, clipper: &Topology) -> Self {
        let mut table = Self {
            nodes: (1 << clipped.nodes) - 1,
            own_edges: (1 << clipped.edges.len()) - 1,
            ends: [[0; 16]; 2],
            faces: [0; 2 * SIDE],
            faces_of_edge: [0; MAX_EDGES],
            first_cut_edge: [0; MAX_PLANES],
            reference_pairs: [ReferencePair::OwnFirst; MAX_EDGES],
            different_references: 0,
            own_references: [clipped.references[0] as u8, clipped.references[1] as u8],
        };
        let mut edge = 0;
        while edge < clipped.edges.len() {
            let own = clipped.edges[edge];
            table.ends[0][edge] = own.start;
            table.ends[1][edge] = own.end;
            let (left, right) = (own.left as usize, own.right as usize);
            table.set_faces(edge, left, right, clipped, clipper);
            edge += 1;
        }
        let faces = clipped.faces.len();
        let mut plane = 0;
        while plane < clipper.faces.len() {
            table.first_cut_edge[plane] = edge as u8;
            let mut face = 0;
            while face < faces + plane {
                table.set_faces(edge, face, faces + plane, clipped, clipper);
                edge += 1;
                face += 1;
            }
            plane += 1;
        }
        assert!(edge <= MAX_EDGES, "edge ids are bits of a u64");
        assert!(faces + clipper.faces.len() <= MAX_FACES);
        table
    }

    const fn set_faces(
        &mut self,
        edge: usize,
        left: usize,
        right: usize,
        clipped: &Topology,
        clipper: &Topology,
    ) {
        self.faces[edge] = left as u8;
        self.faces[SIDE + edge] = right as u8;
        self.faces_of_edge[edge] = 1 << left | 1 << right;
        let left = reference_of(left, clipped, clipper);
        let right = reference_of(right, clipped, clipper);
        if left != right {
            self.different_references |= 1 << edge;
            let mut pair = 0;
            while REFERENCE_PAIRS[pair][0] != left || REFERENCE_PAIRS[pair][1] != right {
                pair += 1;
            }
            self.reference_pairs[edge] = ReferencePair::ALL[pair];
        }
    }
}

const fn reference_of(face: usize, clipped: &Topology, clipper: &Topology) -> usize {
    if face < clipped.faces.len() {
        clipped.face_reference[face] as usize
    } else {
        2 + clipper.face_reference[face - clipped.faces.len()] as usize
    }
}

/// The table of each pair of shapes.
static EDGE_TABLES: [[EdgeTable; 4]; 4] = {
    const fn row(clipped: StandardShape) -> [EdgeTable; 4] {
        let clipped = clipped.topology();
        [
            EdgeTable::new(clipped, StandardShape::Tetrahedron.topology()),
            EdgeTable::new(clipped, StandardShape::Pyramid.topology()),
            EdgeTable::new(clipped, StandardShape::Wedge.topology()),
            EdgeTable::new(clipped, StandardShape::Hexahedron.topology()),
        ]
    }
    [
        row(StandardShape::Tetrahedron),
        row(StandardShape::Pyramid),
        row(StandardShape::Wedge),
        row(StandardShape::Hexahedron),
    ]
};
