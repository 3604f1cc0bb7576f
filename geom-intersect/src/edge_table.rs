//! The ids of all edges that can appear when one convex standard cell is clipped by another's planes.

use crate::lanes::NUMBERS;
use crate::standard::{StandardShape, Topology};

pub(crate) const MAX_PLANES: usize = 6;
pub(crate) const MAX_EDGES: usize = 64;
const MAX_FACES: usize = 2 * MAX_PLANES;
/// The first planes, when there are few edges to look at yet.
pub(crate) const PLANES_OF_FEW_EDGES: usize = 3;
pub(crate) const FEW_EDGES: usize = 32;

/// The last planes, which meet in a corner.
pub(crate) const CORNER_PLANES: usize = 3;

/// Any number that fits a byte is an index of that many: no check needed.
const BYTE: usize = 256;
/// What an edge has twice, at its start and at its end, or on its left and on its right, is kept so
/// far apart in one array: `edge` and `SIDE + edge`. The sum of two bytes is less.
pub(crate) const SIDE: usize = 2 * BYTE;

/// A byte for each edge and side.
pub(crate) type Sides = [u8; 2 * SIDE];

/// Returns the bytes of all edges for the one side, and for the other.
#[inline(always)]
pub(crate) fn both_sides(sides: &Sides) -> [&[u8; MAX_EDGES]; 2] {
    let (chunks, _) = sides.as_chunks();
    [&chunks[0], &chunks[SIDE / MAX_EDGES]]
}

/// The reference points left and right of an edge, where they differ: 0 and 1 of the clipped shape,
/// 2 the corner of the clipping one, 3 the node that its other planes have.
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

/// One of [`REFERENCE_PAIRS`], by the place of its first number where each has four: no index has to be
/// checked or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ReferencePair {
    OwnFirst = 0,
    OwnSecond = 4,
    OtherFirst = 8,
    OtherSecond = 12,
    FirstFirst = 16,
    FirstSecond = 20,
    SecondFirst = 24,
    SecondSecond = 28,
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

    /// The reference points left and right.
    #[inline(always)]
    pub(crate) fn points(self) -> [usize; 2] {
        REFERENCE_PAIRS[self as usize / NUMBERS]
    }
}

/// The ids of all edges that can appear when one shape is clipped by the planes of another.
///
/// First the edges of the clipped shape, then of each plane those with the faces before it. Faces are
/// numbered: those of the clipped shape, then the planes in the order in which they clip, in the last
/// of [`MAX_PLANES`] places. The last three have a corner of the clipping shape in common, the others
/// another node (see [`crate::standard::LocalCorner`]).
#[derive(Debug)]
pub(crate) struct EdgeTable {
    pub(crate) own_edges: u64,
    /// The nodes in which the own edges start, and end…
    pub(crate) nodes: [[u8; 16]; 2],
    /// …and the places of their first numbers among the vertices.
    pub(crate) ends: [[u8; 16]; 2],
    /// The face on the left, and on the right.
    pub(crate) faces: Sides,
    /// The same two faces as a set.
    pub(crate) faces_of_edge: [u32; MAX_EDGES],
    /// Of each place of a plane the edge between it and face 0; those between it and the other faces
    /// that are numbered lower than the plane follow in order.
    pub(crate) first_cut_edge: [u8; MAX_PLANES],
    /// Of each edge the reference points of the faces on either side, as an index…
    pub(crate) reference_pairs: [ReferencePair; MAX_EDGES],
    /// …that counts for these edges; of the others both are the same.
    pub(crate) different_references: u64,
    /// The places of the clipped shape's reference nodes.
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
            own_edges: (1 << clipped.edges.len()) - 1,
            nodes: [[0; 16]; 2],
            ends: [[0; 16]; 2],
            faces: [0; 2 * SIDE],
            faces_of_edge: [0; MAX_EDGES],
            first_cut_edge: [0; MAX_PLANES],
            reference_pairs: [ReferencePair::OwnFirst; MAX_EDGES],
            different_references: 0,
            own_references: [
                place_of(clipped.references[0] as u8),
                place_of(clipped.references[1] as u8),
            ],
        };
        let mut edge = 0;
        while edge < clipped.edges.len() {
            let own = clipped.edges[edge];
            table.nodes[0][edge] = own.start;
            table.nodes[1][edge] = own.end;
            table.ends[0][edge] = place_of(own.start);
            table.ends[1][edge] = place_of(own.end);
            let (left, right) = (own.left as usize, own.right as usize);
            table.set_faces(edge, left, right, clipped, clipper);
            edge += 1;
        }
        let mut plane = MAX_PLANES - clipper.faces.len();
        let mut faces = clipped.faces.len();
        while plane < MAX_PLANES {
            table.first_cut_edge[plane] = edge as u8;
            assert!(plane >= PLANES_OF_FEW_EDGES || edge <= FEW_EDGES);
            let mut face = 0;
            while face < faces {
                table.set_faces(edge, face, faces, clipped, clipper);
                edge += 1;
                face += 1;
            }
            faces += 1;
            plane += 1;
        }
        assert!(edge <= MAX_EDGES, "edge ids are bits of a u64");
        assert!(faces <= MAX_FACES);
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
    } else if face - clipped.faces.len() >= clipper.faces.len() - CORNER_PLANES {
        2
    } else {
        3
    }
}

/// The place of the first number of a node among the vertices.
const fn place_of(node: u8) -> u8 {
    node * NUMBERS as u8
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
