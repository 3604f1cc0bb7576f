//! The fast path: a convex standard cell clipped by the planes of another.
//!
//! The same edge soup as in [`crate::soup`], with two facts of convexity put to use:
//!
//! * Two faces meet in at most one edge, so every edge that can ever appear has a fixed id, and for
//!   two hexahedra there are 12 + 36 + 15 = 63 of them: sets of edges are bits of one `u64`.
//! * For each plane two such sets say which edges start and which end outside it. They are kept up
//!   to date for all planes at once, so a plane that cuts nothing costs one test.
//!
//! A vertex is its coordinates and its distances from the planes to come, eight numbers side by
//! side that are interpolated together. Where rounding makes a face look cut more than once the
//! fixed ids do not suffice, and the pair is left to the general soup.

use nalgebra::{Point3, Vector3};

use crate::lanes::{Bits, LANES, LaneMath, Lanes};
use crate::moments::{EdgeSum, Moments};
use crate::plane::Plane;
use crate::standard::{StandardShape, Topology};

/// The lanes are coordinates x, y, z, then the distances from planes 1 to 5; plane 0 is used up at
/// once.
const FIRST_PLANE_LANE: usize = 2;
const MAX_PLANES: usize = 6;
const MAX_EDGES: usize = 64;
const MAX_FACES: usize = 2 * MAX_PLANES;

/// The planes of a convex standard cell, arranged for [`Scratch::clip`].
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct ConvexPlanes {
    /// Lane by lane; the lanes of x, y, z are unit vectors through the origin.
    normal: [Lanes; 3],
    point: [Lanes; 3],
    snap: Lanes,
    /// Plane 0 and its snap distance.
    first: (Plane, f64),
    references: [Vector3<f64>; 2],
    shape: StandardShape,
    count: usize,
}

impl ConvexPlanes {
    /// Arranges the planes of a cell whose two reference nodes are given; `extent` is its size.
    pub(crate) fn new(
        shape: StandardShape,
        planes: &[Plane],
        references: [Vector3<f64>; 2],
        extent: f64,
    ) -> Self {
        let mut normal = [[0.0; LANES]; 3];
        let mut point = [[0.0; LANES]; 3];
        let mut snap = [0.0; LANES];
        for axis in 0..3 {
            normal[axis][axis] = 1.0;
            snap[axis] = f64::INFINITY;
            for (index, plane) in planes.iter().enumerate().skip(1) {
                normal[axis][FIRST_PLANE_LANE + index] = plane.normal[axis];
                point[axis][FIRST_PLANE_LANE + index] = plane.point[axis];
            }
        }
        for (index, plane) in planes.iter().enumerate().skip(1) {
            snap[FIRST_PLANE_LANE + index] = plane.snap(extent);
        }
        Self {
            shape,
            count: planes.len(),
            first: (planes[0], planes[0].snap(extent)),
            normal,
            point,
            snap,
            references,
        }
    }
}

/// What clipping came to.
pub(crate) enum Outcome {
    Moments(Moments),
    /// A face is cut more than once: rounding has bent a nearly coplanar face.
    Degenerate,
}

/// Vertices and edges of the pair that is being clipped.
///
/// What an edge has twice, at its start and at its end, is kept under 0 and 1, so that an edge cut
/// at either end takes the same instructions: no branch for the processor to guess.
///
/// Aligned to cache lines, and the lanes first, so that no access to lanes straddles two lines.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Scratch {
    vertices: [Lanes; MAX_EDGES],
    /// Of each vertex, one bit per lane: outside that plane.
    outside: [Bits; MAX_EDGES],
    /// Lane by lane the set of edges that start, and end, outside that plane.
    edges_outside: [Bits; 2],
    /// Of each node, its distance from plane 0.
    first_distance: [f64; 8],
    /// The vertex in which each edge starts, and ends.
    ends: [[u8; MAX_EDGES]; 2],
    vertex_count: usize,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            vertices: [[0.0; LANES]; MAX_EDGES],
            outside: [[0; LANES]; MAX_EDGES],
            first_distance: [0.0; 8],
            ends: [[0; MAX_EDGES]; 2],
            vertex_count: 0,
            edges_outside: [[0; LANES]; 2],
        }
    }
}

/// What stays the same while a pair is clipped.
#[derive(Clone, Copy)]
struct Pair<'a, M> {
    math: M,
    shape: StandardShape,
    nodes: &'a [Point3<f64>],
    planes: &'a ConvexPlanes,
    origin: &'a Point3<f64>,
    table: &'static EdgeTable,
}

/// Where the boundaries of faces leave a half-space and come back.
struct Cuts {
    /// Sets of faces.
    exits: u32,
    entries: u32,
    /// The vertex of each face.
    exit: [u8; 16],
    entry: [u8; 16],
}

impl Scratch {
    /// Returns the moments of a convex cell's overlap with the cell of `planes`, whose frame has
    /// its origin in `origin`.
    #[inline(always)]
    pub(crate) fn clip<const FIRST: bool>(
        &mut self,
        math: impl LaneMath,
        shape: StandardShape,
        nodes: &[Point3<f64>],
        planes: &ConvexPlanes,
        origin: &Point3<f64>,
    ) -> Outcome {
        let table = edge_table(shape, planes.shape);
        let pair = Pair {
            math,
            shape,
            nodes,
            planes,
            origin,
            table,
        };
        let outside_first = self.place(pair);
        let mut alive = table.own_edges;

        for plane in 0..planes.count {
            let lane = (FIRST_PLANE_LANE + plane) % LANES;
            let [starts, ends] = if plane == 0 {
                table.edges_in(outside_first)
            } else {
                [0, 1].map(|side| self.edges_outside[side][lane] & alive)
            };
            if starts | ends == 0 {
                continue;
            }
            alive &= !(starts & ends);
            if alive == 0 {
                return Outcome::Moments(EdgeSum::default().moments(*origin));
            }
            let crossing = starts ^ ends;
            let cuts = if plane == 0 {
                let distance = |scratch: &Self, vertex: usize| scratch.first_distance[vertex % 8];
                self.cut(pair, crossing, ends, distance)
            } else {
                let distance = |scratch: &Self, vertex: usize| scratch.vertices[vertex][lane];
                self.cut(pair, crossing, ends, distance)
            };
            let count = crossing.count_ones();
            if cuts.exits.count_ones() != count || cuts.entries.count_ones() != count {
                return Outcome::Degenerate;
            }
            alive |= self.close(pair, plane, &cuts);
        }
        Outcome::Moments(self.sum::<FIRST>(pair, alive))
    }

    /// Places the nodes and the edges between them; returns the nodes outside plane 0.
    #[inline(always)]
    fn place(&mut self, pair: Pair<'_, impl LaneMath>) -> u64 {
        let Pair {
            math,
            planes,
            table,
            ..
        } = pair;
        let (first, first_snap) = &planes.first;
        let mut nodes_outside = [0; LANES];
        let mut outside_first = 0;
        for (index, node) in pair.nodes.iter().enumerate() {
            let node = node - pair.origin;
            let coordinates = [node.x, node.y, node.z];
            let lanes = math.distances(&planes.normal, &planes.point, coordinates);
            let outside = math.beyond(&lanes, &planes.snap);
            math.put(&mut nodes_outside, &outside, index);
            let distance = first.distance(&node);
            outside_first |= u64::from(distance > *first_snap) << index;
            self.first_distance[index % 8] = distance;
            self.vertices[index] = lanes;
        }
        self.vertex_count = pair.nodes.len();
        for (lane, nodes) in nodes_outside.into_iter().enumerate() {
            let [starts, ends] = table.edges_in(nodes);
            self.edges_outside[0][lane] = starts;
            self.edges_outside[1][lane] = ends;
        }
        for (ends, own) in self.ends.iter_mut().zip(&table.ends) {
            ends[..own.len()].copy_from_slice(own);
        }
        outside_first
    }

    /// Shortens the edges that cross a plane to new vertices; `leaving` has those that end outside.
    #[inline(always)]
    fn cut(
        &mut self,
        pair: Pair<'_, impl LaneMath>,
        mut crossing: u64,
        leaving: u64,
        distance: impl Fn(&Self, usize) -> f64,
    ) -> Cuts {
        let Pair {
            math,
            planes,
            table,
            ..
        } = pair;
        let mut cuts = Cuts {
            exits: 0,
            entries: 0,
            exit: [0; 16],
            entry: [0; 16],
        };
        while crossing != 0 {
            let edge = crossing.trailing_zeros() as usize % MAX_EDGES;
            crossing &= crossing - 1;
            let side = (leaving >> edge & 1) as usize;
            let inside = self.ends[1 - side][edge] as usize % MAX_EDGES;
            let outside = self.ends[side][edge] as usize % MAX_EDGES;
            let near = distance(self, inside);
            let near = if near < 0.0 { near } else { 0.0 };
            let fraction = near / (near - distance(self, outside));
            let from = &self.vertices[inside];
            let to = &self.vertices[outside];
            let lanes = math.interpolate(from, to, fraction);
            let lanes_outside = math.beyond(&lanes, &planes.snap);
            let vertex = self.vertex_count % MAX_EDGES;
            self.vertex_count += 1;
            self.vertices[vertex] = lanes;
            self.outside[vertex] = lanes_outside;

            self.ends[side][edge] = vertex as u8;
            math.put(&mut self.edges_outside[side], &lanes_outside, edge);

            // Along the face on its left an edge that ends outside leaves, along the other it comes
            // back; an edge that starts outside the other way round.
            let exit = table.faces[1 - side][edge] as usize % 16;
            let entry = table.faces[side][edge] as usize % 16;
            cuts.exits |= 1 << exit;
            cuts.entries |= 1 << entry;
            cuts.exit[exit] = vertex as u8;
            cuts.entry[entry] = vertex as u8;
        }
        cuts
    }

    /// Adds the edges between a plane and the faces that it cuts; returns their set.
    #[inline(always)]
    fn close(&mut self, pair: Pair<'_, impl LaneMath>, plane: usize, cuts: &Cuts) -> u64 {
        let mut added = 0;
        // The boundary of a face is closed: it comes back as often as it leaves.
        let mut faces = cuts.exits;
        while faces != 0 {
            let face = faces.trailing_zeros() as usize % 16;
            faces &= faces - 1;
            let edge = pair.table.cut_edge[plane][face] as usize % MAX_EDGES;
            for (side, vertex) in [cuts.exit[face], cuts.entry[face]].into_iter().enumerate() {
                self.ends[side][edge] = vertex;
                let outside = &self.outside[vertex as usize % MAX_EDGES];
                pair.math.put(&mut self.edges_outside[side], outside, edge);
            }
            added |= 1 << edge;
        }
        added
    }

    #[inline(always)]
    fn sum<const FIRST: bool>(&self, pair: Pair<'_, impl LaneMath>, alive: u64) -> Moments {
        let Pair {
            math,
            planes,
            origin,
            table,
            ..
        } = pair;
        let own = pair.shape.topology().references;
        let own = own.map(|node| pair.nodes[node] - origin);
        let references = [own[0], own[1], planes.references[0], planes.references[1]];
        let axes = references.map(|point| [point.x, point.y, point.z, 0.0]);
        let mut volume = [0.0; 4];
        let mut sum = EdgeSum::default();
        // Between two faces with one reference point an edge adds nothing to the volume; to the
        // first moment neither, since the volumes on its two sides are equal.
        let mut edges = alive & table.different_references;
        while edges != 0 {
            let edge = edges.trailing_zeros() as usize % MAX_EDGES;
            edges &= edges - 1;
            let [start, end] =
                [0, 1].map(|side| &self.vertices[self.ends[side][edge] as usize % MAX_EDGES]);
            let [left, right] = table.references[edge].map(|at| at as usize % 4);
            math.add_edge(&mut volume, start, end, &axes[left], &axes[right]);
            if FIRST {
                let [start, end] =
                    [start, end].map(|vertex| Vector3::from([vertex[0], vertex[1], vertex[2]]));
                sum.add::<true>(&start, &end, &references[left], &references[right]);
            }
        }
        let mut moments = sum.moments(*origin);
        moments.volume = ((volume[0] + volume[1]) + volume[2]) / 6.0;
        moments
    }
}

/// The ids of all edges that can appear when one shape is clipped by the planes of another.
///
/// First the edges of the clipped shape, then its faces with each plane, then the planes with one
/// another. Faces are numbered: those of the clipped shape, then the planes.
#[derive(Debug)]
struct EdgeTable {
    own_edges: u64,
    /// The nodes in which the own edges start, and end.
    ends: [[u8; 12]; 2],
    /// For every set of nodes the edges that start (end) in it.
    starts_in: [u16; 256],
    ends_in: [u16; 256],
    /// The face on the left, and on the right.
    faces: [[u8; MAX_EDGES]; 2],
    /// The edge between a plane and a face numbered lower than the plane.
    cut_edge: [[u8; 16]; MAX_PLANES],
    /// Reference points of the faces on either side: 0 and 1 of the clipped shape, 2 and 3 of the
    /// clipping one.
    references: [[u8; 2]; MAX_EDGES],
    different_references: u64,
}

impl EdgeTable {
    /// Returns the edges that start, and end, in a set of nodes.
    #[inline(always)]
    fn edges_in(&self, nodes: u64) -> [u64; 2] {
        let nodes = nodes as usize % 256;
        [self.starts_in[nodes].into(), self.ends_in[nodes].into()]
    }

    const fn new(clipped: &Topology, clipper: &Topology) -> Self {
        let mut table = Self {
            own_edges: (1 << clipped.edges.len()) - 1,
            ends: [[0; 12]; 2],
            starts_in: [0; 256],
            ends_in: [0; 256],
            faces: [[0; MAX_EDGES]; 2],
            cut_edge: [[0; 16]; MAX_PLANES],
            references: [[0; 2]; MAX_EDGES],
            different_references: 0,
        };
        let mut edge = 0;
        while edge < clipped.edges.len() {
            let own = clipped.edges[edge];
            table.ends[0][edge] = own.start;
            table.ends[1][edge] = own.end;
            let mut nodes = 0;
            while nodes < 256 {
                table.starts_in[nodes] |= ((nodes >> own.start & 1) << edge) as u16;
                table.ends_in[nodes] |= ((nodes >> own.end & 1) << edge) as u16;
                nodes += 1;
            }
            table.set_faces(
                edge,
                own.left as usize,
                own.right as usize,
                clipped,
                clipper,
            );
            edge += 1;
        }
        let faces = clipped.faces.len();
        let mut plane = 0;
        while plane < clipper.faces.len() {
            let mut face = 0;
            while face < faces + plane {
                table.cut_edge[plane][face] = edge as u8;
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
        self.faces[0][edge] = left as u8;
        self.faces[1][edge] = right as u8;
        let left = reference_of(left, clipped, clipper);
        let right = reference_of(right, clipped, clipper);
        self.references[edge] = [left, right];
        if left != right {
            self.different_references |= 1 << edge;
        }
    }
}

const fn reference_of(face: usize, clipped: &Topology, clipper: &Topology) -> u8 {
    if face < clipped.faces.len() {
        clipped.face_reference[face]
    } else {
        2 + clipper.face_reference[face - clipped.faces.len()]
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

fn edge_table(clipped: StandardShape, clipper: StandardShape) -> &'static EdgeTable {
    &EDGE_TABLES[clipped as usize][clipper as usize]
}
