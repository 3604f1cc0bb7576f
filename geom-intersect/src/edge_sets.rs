//! The soup of edges as sets of bits: what [`crate::soup`] does, several times as fast.
//!
//! Any closed surface of up to 255 vertices, edges and faces is clipped by up to six planes at a
//! time. As in [`crate::convex`] a vertex is its coordinates and its distances from the planes to
//! come, interpolated together, and sets of edges are bits. Unlike there an edge has no fixed id: a
//! new edge takes the place of one that is gone, and each end of an edge has a byte that says which
//! planes it is outside of.

use std::ops::Range;

use nalgebra::{Point3, Vector3};

use crate::lanes::{Axes, LANES, LaneMath, Lanes};
use crate::moments::Moments;
use crate::plane_lanes::{FIRST_PLANE_LANE, PlaneLanes};

/// Vertices and faces are counted in a byte.
pub(crate) const CAPACITY: usize = 256;

/// Edges in each word of a set.
const WORD: usize = 64;

/// Start, end, face on the left and face on the right of an edge.
pub(crate) type ByteEdge = [u8; 4];

/// A closed surface with planar faces, small enough for bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByteSurface<'a> {
    pub(crate) vertices: &'a [Vector3<f64>],
    pub(crate) edges: &'a [ByteEdge],
    pub(crate) faces: usize,
}

/// A surface that was clipped, to be clipped again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remainder {
    vertices: Vec<Vector3<f64>>,
    edges: Vec<ByteEdge>,
    faces: usize,
}

impl Remainder {
    pub(crate) fn surface(&self) -> ByteSurface<'_> {
        ByteSurface {
            vertices: &self.vertices,
            edges: &self.edges,
            faces: self.faces,
        }
    }
}

/// More vertices, edges or faces than there is room for.
#[derive(Debug)]
pub(crate) struct TooLarge;

/// The surface that is being clipped, with room for 64 `WORDS` edges at a time.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct EdgeSets<const WORDS: usize> {
    vertices: [Lanes; CAPACITY],
    /// Of the start, and the end, of each edge, the planes that it is outside of.
    edges_outside: [[[u8; WORD]; WORDS]; 2],
    edges: [[ByteEdge; WORD]; WORDS],
    /// The planes that each vertex is outside of.
    outside: [u8; CAPACITY],
    /// The vertex in which the boundary of each face leaves the half-space.
    exit_of_face: [u8; CAPACITY],
    /// Of each vertex on the cut, the face whose boundary comes back there, and the one whose
    /// boundary leaves.
    entry_face: [u8; CAPACITY],
    exit_face: [u8; CAPACITY],
    /// Of the vertices that were placed, the distance from plane 0.
    first_distance: [f64; CAPACITY],
    /// The edges that are left.
    alive: [u64; WORDS],
    vertex_count: usize,
    faces: usize,
    /// Planes with a vertex outside.
    cutting: u8,
}

impl<const WORDS: usize> Default for EdgeSets<WORDS> {
    fn default() -> Self {
        Self {
            vertices: [Lanes::default(); CAPACITY],
            edges_outside: [[[0; WORD]; WORDS]; 2],
            edges: [[[0; 4]; WORD]; WORDS],
            outside: [0; CAPACITY],
            exit_of_face: [0; CAPACITY],
            entry_face: [0; CAPACITY],
            exit_face: [0; CAPACITY],
            first_distance: [0.0; CAPACITY],
            alive: [0; WORDS],
            vertex_count: 0,
            faces: 0,
            cutting: 0,
        }
    }
}

impl<const WORDS: usize> EdgeSets<WORDS> {
    /// Returns whether there is room for as many edges.
    pub(crate) const fn has_room_for(edges: usize) -> bool {
        edges <= WORD * WORDS
    }

    /// Places the vertices of a surface among planes; returns the planes that all of them are
    /// outside of.
    #[inline(always)]
    pub(crate) fn place(
        &mut self,
        math: impl LaneMath,
        surface: ByteSurface<'_>,
        planes: &PlaneLanes,
    ) -> u8 {
        let mut all = !0;
        let mut any = 0;
        let places = self.vertices.iter_mut().zip(&mut self.first_distance);
        let places = places.zip(&mut self.outside);
        for (((lanes, first), outside), vertex) in places.zip(surface.vertices) {
            (*lanes, *first, *outside) = planes.place(math, vertex);
            all &= *outside;
            any |= *outside;
        }
        self.cutting = any;
        all
    }

    /// Takes the edges of the surface whose vertices were placed.
    #[inline(always)]
    pub(crate) fn take_edges(&mut self, surface: ByteSurface<'_>) {
        let mut rest = surface.edges;
        for word in 0..WORDS {
            let (edges, others) = rest.split_at(rest.len().min(WORD));
            rest = others;
            let [starts, ends] = &mut self.edges_outside;
            self.edges[word][..edges.len()].copy_from_slice(edges);
            let sides = starts[word].iter_mut().zip(&mut ends[word]);
            for (edge, (start, end)) in edges.iter().zip(sides) {
                *start = self.outside[edge[0] as usize];
                *end = self.outside[edge[1] as usize];
            }
            // The lowest bits, as many as there are edges.
            self.alive[word] = !u64::MAX.checked_shl(edges.len() as u32).unwrap_or(0);
        }
        self.vertex_count = surface.vertices.len();
        self.faces = surface.faces;
    }

    /// Removes what lies outside any of some of the planes; returns whether anything is left.
    #[inline(always)]
    pub(crate) fn clip(
        &mut self,
        math: impl LaneMath,
        planes: &PlaneLanes,
        range: Range<usize>,
    ) -> Result<bool, TooLarge> {
        let within = self.cutting & ((1_u16 << range.end) - 1) as u8;
        for plane in range {
            if within >> plane & 1 == 0 {
                continue;
            }
            let mut crossing = [0; WORDS];
            let mut leaving = [0; WORDS];
            let (mut left, mut count, mut room) = (0, 0, 0);
            for word in 0..WORDS {
                let starts =
                    math.bytes_with(&self.edges_outside[0][word], plane) & self.alive[word];
                let ends = math.bytes_with(&self.edges_outside[1][word], plane) & self.alive[word];
                self.alive[word] &= !(starts & ends);
                crossing[word] = starts ^ ends;
                leaving[word] = ends;
                left |= self.alive[word];
                count += crossing[word].count_ones() as usize;
                room += self.alive[word].count_zeros() as usize;
            }
            if left == 0 {
                return Ok(false);
            }
            if count == 0 {
                continue;
            }
            if count > room || self.vertex_count + count > CAPACITY || self.faces >= CAPACITY {
                return Err(TooLarge);
            }
            let to_come = within & (!1 << plane);
            let first_new = self.vertex_count;
            if plane == 0 {
                let distance = |sets: &Self, vertex: usize| sets.first_distance[vertex];
                self.cut(math, planes, crossing, leaving, to_come, distance);
            } else {
                let lane = (FIRST_PLANE_LANE + plane) % LANES;
                let distance = |sets: &Self, vertex: usize| sets.vertices[vertex].0[lane];
                self.cut(math, planes, crossing, leaving, to_come, distance);
            }
            self.close(first_new, room)?;
        }
        Ok(true)
    }

    /// Shortens the edges that cross a plane to new vertices; `leaving` has those that end outside.
    #[inline(always)]
    fn cut(
        &mut self,
        math: impl LaneMath,
        planes: &PlaneLanes,
        crossing: [u64; WORDS],
        leaving: [u64; WORDS],
        to_come: u8,
        distance: impl Fn(&Self, usize) -> f64,
    ) {
        let first_new = self.vertex_count;
        let mut vertex = first_new;
        for word in 0..WORDS {
            let mut crossing = crossing[word];
            let leaving = leaving[word];
            while crossing != 0 {
                let edge = crossing.trailing_zeros() as usize % WORD;
                crossing &= crossing - 1;
                let side = (leaving >> edge & 1) as usize;
                let ends = &mut self.edges[word][edge];
                let inside = ends[1 - side] as usize;
                let outside = ends[side] as usize;
                // Along the face on its left an edge that ends outside leaves, along the other it
                // comes back; an edge that starts outside the other way round.
                let exit = ends[3 - side];
                let entry = ends[2 + side];
                ends[side] = vertex as u8;
                self.exit_of_face[exit as usize] = vertex as u8;
                self.exit_face[vertex % CAPACITY] = exit;
                self.entry_face[vertex % CAPACITY] = entry;

                // A snapped vertex is on the plane: without the minimum the cut could leave the edge.
                let near = distance(self, inside);
                let near = if near < 0.0 { near } else { 0.0 };
                let fraction = near / (near - distance(self, outside));
                let lanes = math.between(&self.vertices[inside], &self.vertices[outside], fraction);
                let lanes_outside = planes.outside(math, &lanes) & to_come;
                self.vertices[vertex % CAPACITY] = lanes;
                self.outside[vertex % CAPACITY] = lanes_outside;
                self.edges_outside[side][word][edge] = lanes_outside;
                vertex += 1;
            }
        }
        self.vertex_count = vertex;
    }

    /// Closes the faces along the cut: new edges run from where a face's boundary leaves the
    /// half-space to where it comes back.
    #[inline(always)]
    fn close(&mut self, first_new: usize, room: usize) -> Result<(), TooLarge> {
        let cap = self.faces as u8;
        self.faces += 1;
        let mut places = Places::new(self.alive);
        let mut exits = 0_u64;
        for vertex in first_new..self.vertex_count {
            let face = self.entry_face[vertex % CAPACITY];
            let start = self.exit_of_face[face as usize];
            exits |= 1 << ((start as usize - first_new) % WORD);
            let (word, place) = places.next();
            self.put(word, place, [start, vertex as u8, face, cap]);
        }
        // Where each face is cut once, every new vertex is the exit of one.
        let count = self.vertex_count - first_new;
        if exits.count_ones() as usize != count {
            places = Places::new(self.alive);
            if 2 * count > room {
                return Err(TooLarge);
            }
            self.close_many(first_new, cap, &mut places);
        }
        self.alive = places.taken;
        Ok(())
    }

    /// Closes faces of which some are cut more than once, or are too many to tell.
    ///
    /// All exits and entries of a face lie on one line, so any pairing gives the same sums; here all
    /// go by way of the first.
    #[cold]
    #[inline(never)]
    fn close_many(&mut self, first_new: usize, cap: u8, places: &mut Places<WORDS>) {
        let mut first_of_face = [None; CAPACITY];
        for vertex in first_new..self.vertex_count {
            let (exit, entry) = (self.exit_face[vertex], self.entry_face[vertex]);
            for (face, leaves) in [(exit, true), (entry, false)] {
                let vertex = vertex as u8;
                let first = &mut first_of_face[face as usize];
                let Some(first) = *first else {
                    *first = Some(vertex);
                    continue;
                };
                let (start, end) = if leaves {
                    (vertex, first)
                } else {
                    (first, vertex)
                };
                let (word, place) = places.next();
                self.put(word, place, [start, end, face, cap]);
            }
        }
    }

    #[inline(always)]
    fn put(&mut self, word: usize, place: usize, edge: ByteEdge) {
        self.edges[word][place] = edge;
        let [start, end, ..] = edge.map(usize::from);
        self.edges_outside[0][word][place] = self.outside[start];
        self.edges_outside[1][word][place] = self.outside[end];
    }

    /// Iterates over the edges that are left.
    #[inline(always)]
    fn left(&self) -> EdgesLeft<'_, WORDS> {
        EdgesLeft {
            edges: &self.edges,
            alive: self.alive,
            word: 0,
        }
    }

    /// Puts what is left into `rest`, after all planes have clipped.
    #[inline(always)]
    pub(crate) fn rest(&self, rest: &mut Remainder) {
        let mut new = [0; CAPACITY];
        rest.vertices.clear();
        // A vertex inside all planes keeps its edges, all others are gone.
        let old = self.vertices.iter().zip(&self.outside).zip(&mut new);
        for ((lanes, outside), new) in old.take(self.vertex_count) {
            *new = rest.vertices.len() as u8;
            if *outside == 0 {
                rest.vertices
                    .push(Vector3::new(lanes.0[0], lanes.0[1], lanes.0[2]));
            }
        }
        rest.edges.clear();
        for [start, end, left, right] in self.left() {
            let [start, end] = [start, end].map(|vertex| new[vertex as usize]);
            rest.edges.push([start, end, left, right]);
        }
        rest.faces = self.faces;
    }

    /// Returns the moments of what is left, about the frame's origin.
    ///
    /// Everything is taken relative to a vertex that is left, and each face is represented by one
    /// of its own vertices, so the rounding is that of a solid as small as the overlap.
    #[inline(always)]
    pub(crate) fn moments<const FIRST: bool>(
        &self,
        math: impl LaneMath,
        origin: Point3<f64>,
    ) -> Moments {
        let mut vertex_of_face = [0_u8; CAPACITY];
        let mut near = 0;
        for [start, _, left, right] in self.left() {
            vertex_of_face[left as usize] = start;
            vertex_of_face[right as usize] = start;
            near = start;
        }
        let near = self.vertices[near as usize];
        let mut volume = Axes::default();
        let mut first = [0.0; 4];
        for [start, end, left, right] in self.left() {
            let start = relative(&self.vertices[start as usize], &near);
            let end = relative(&self.vertices[end as usize], &near);
            let left = &self.vertices[vertex_of_face[left as usize] as usize];
            let right = &self.vertices[vertex_of_face[right as usize] as usize];
            let apart = math.difference(left, right);
            math.add_edge(&mut volume, &start, &end, &apart);
            if FIRST {
                let left = relative(left, &near);
                let right = relative(right, &near);
                add_first(math, &mut first, [&start, &end], [&left, &right]);
            }
        }
        let [x, y, z, _] = volume.0;
        let volume = ((x + y) + z) / 6.0;
        let first = Vector3::new(first[0], first[1], first[2]) / 24.0;
        Moments {
            volume,
            first: first + Vector3::new(near.0[0], near.0[1], near.0[2]) * volume,
            origin,
        }
    }
}

/// Returns the first four lanes of one vertex less those of another.
#[inline(always)]
fn relative(vertex: &Lanes, near: &Lanes) -> Lanes {
    let mut result = Lanes::default();
    for axis in 0..4 {
        result.0[axis] = vertex.0[axis] - near.0[axis];
    }
    result
}

/// Adds what the edge from `p` to `q` between the faces through `left` and `right` adds to
/// twenty-four times the first moment, axis by axis (docs/maths.md, formula 3).
#[inline(always)]
fn add_first(
    math: impl LaneMath,
    sum: &mut [f64; 4],
    [p, q]: [&Lanes; 2],
    [left, right]: [&Lanes; 2],
) {
    let origin = Lanes::default();
    let mut left_cone = Axes::default();
    let mut right_cone = Axes::default();
    math.add_edge(&mut left_cone, p, q, &math.difference(left, &origin));
    math.add_edge(&mut right_cone, p, q, &math.difference(right, &origin));
    let [left_cone, right_cone] = [left_cone, right_cone].map(|Axes([x, y, z, _])| (x + y) + z);
    let volume = left_cone - right_cone;
    for axis in 0..4 {
        let fans = left.0[axis] * left_cone - right.0[axis] * right_cone;
        sum[axis] += (p.0[axis] + q.0[axis]) * volume + fans;
    }
}

/// The edges that are left, in the order of their places. No closure is called for them: it would
/// not be compiled for the processor's wider registers.
struct EdgesLeft<'a, const WORDS: usize> {
    edges: &'a [[ByteEdge; WORD]; WORDS],
    alive: [u64; WORDS],
    word: usize,
}

impl<const WORDS: usize> Iterator for EdgesLeft<'_, WORDS> {
    type Item = ByteEdge;

    #[inline(always)]
    fn next(&mut self) -> Option<ByteEdge> {
        while self.alive[self.word % WORDS] == 0 {
            self.word += 1;
            if self.word >= WORDS {
                return None;
            }
        }
        let word = self.word % WORDS;
        let edge = self.alive[word].trailing_zeros() as usize % WORD;
        self.alive[word] &= self.alive[word] - 1;
        Some(self.edges[word][edge])
    }
}

/// Places for new edges: the lowest that are free.
struct Places<const WORDS: usize> {
    taken: [u64; WORDS],
    word: usize,
}

impl<const WORDS: usize> Places<WORDS> {
    #[inline(always)]
    fn new(taken: [u64; WORDS]) -> Self {
        Self { taken, word: 0 }
    }

    /// Takes a place: a word, and a place in it. There has to be one.
    #[inline(always)]
    fn next(&mut self) -> (usize, usize) {
        if WORDS > 1 {
            while self.taken[self.word % WORDS] == !0 {
                self.word += 1;
            }
        }
        let word = self.word % WORDS;
        let taken = self.taken[word];
        self.taken[word] = taken | taken.wrapping_add(1);
        (word, taken.trailing_ones() as usize % WORD)
    }
}
