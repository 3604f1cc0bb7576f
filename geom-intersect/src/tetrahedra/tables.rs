//! The ids of the edges that can appear when a tetrahedron is clipped by another: as in
//! [`crate::edge_table`], as the path of tetrahedra looks them up.

use crate::edge_table::{self, EdgeTable, MAX_EDGES, MAX_PLANES, ReferencePair};
use crate::lanes::NUMBERS;
use crate::standard::{StandardShape, Topology};

/// Planes that clip.
pub(crate) const PLANES: usize = 4;

/// The place of the first of them among those of any shape.
pub(crate) const FIRST_PLANE: usize = MAX_PLANES - PLANES;

/// The start of an edge has the edge's id, its end that and so much more.
pub(crate) const SIDE: usize = 32;

const TOPOLOGY: &Topology = StandardShape::Tetrahedron.topology();

/// The general table for two tetrahedra.
const TABLE: EdgeTable = EdgeTable::new(TOPOLOGY, TOPOLOGY);

/// The starts and ends of the tetrahedron's own edges.
pub(crate) const OWN_EDGES: u64 = TABLE.own_edges | TABLE.own_edges << SIDE;

/// The nodes in which the own edges start, and from [`SIDE`] end, each by the place of its first number.
pub(crate) static ENDS: [u8; 64] = {
    let mut ends = [0; 64];
    let mut edge = 0;
    while edge < TOPOLOGY.edges.len() {
        ends[edge] = TOPOLOGY.edges[edge].start * NUMBERS as u8;
        ends[SIDE + edge] = TOPOLOGY.edges[edge].end * NUMBERS as u8;
        edge += 1;
    }
    ends
};

/// The starts and ends of own edges that are at some nodes, for each set of nodes.
pub(crate) static ENDS_AT: [u64; 16] = {
    let mut sets = [0; 16];
    let mut nodes = 0;
    while nodes < 16 {
        let mut edge = 0;
        while edge < TOPOLOGY.edges.len() {
            let own = TOPOLOGY.edges[edge];
            sets[nodes] |= (nodes as u64 >> own.start & 1) << edge;
            sets[nodes] |= (nodes as u64 >> own.end & 1) << (SIDE + edge);
            edge += 1;
        }
        nodes += 1;
    }
    sets
};

/// For each plane and each end of an edge that is outside it: the start of the edge between the plane
/// and the face whose boundary leaves there.
pub(crate) static EXIT: [[u8; 64]; PLANES] = new_ends(true);

/// The same for the face whose boundary comes back there: the end of its edge with the plane.
pub(crate) static ENTRY: [[u8; 64]; PLANES] = new_ends(false);

/// For each plane and end outside: where the new vertex goes, that end and those two, as a set.
pub(crate) static NEW_ENDS: [[u64; 64]; PLANES] = {
    let (exits, entries) = (new_ends(true), new_ends(false));
    let mut sets = [[0; 64]; PLANES];
    let mut plane = 0;
    while plane < PLANES {
        let mut end = 0;
        while end < 64 {
            // Ends that no edge has, and those of edges that come later, are never looked up.
            let (exit, entry) = (exits[plane][end], entries[plane][end]);
            sets[plane][end] = 1 << end | 1 << (exit % 64) | 1 << (entry % 64);
            end += 1;
        }
        plane += 1;
    }
    sets
};

/// The edges that have faces with different reference points on their sides…
pub(crate) const DIFFERENT_REFERENCES: u64 = TABLE.different_references;

/// …and which those are.
pub(crate) static REFERENCE_PAIRS: [ReferencePair; MAX_EDGES] = TABLE.reference_pairs;

/// The reference nodes of the clipped tetrahedron.
pub(crate) const OWN_REFERENCES: [u8; 2] = TABLE.own_references;

const fn new_ends(exit: bool) -> [[u8; 64]; PLANES] {
    let mut ends = [[0; 64]; PLANES];
    let mut plane = 0;
    while plane < PLANES {
        let first = TABLE.first_cut_edge[FIRST_PLANE + plane];
        let mut edge = 0;
        while edge < SIDE {
            let left = TABLE.faces[edge];
            let right = TABLE.faces[edge_table::SIDE + edge];
            // Along the face on its left an edge that ends outside leaves, along the other it comes
            // back; an edge that starts outside the other way round.
            ends[plane][edge] = if exit {
                first + right
            } else {
                first + left + SIDE as u8
            };
            ends[plane][SIDE + edge] = if exit {
                first + left
            } else {
                first + right + SIDE as u8
            };
            edge += 1;
        }
        plane += 1;
    }
    ends
}
