//! The soup of edges as sets of bits: what [`crate::soup`] does, several times as fast.
//!
//! Any closed surface of up to 255 vertices, edges and faces is clipped by up to six planes at a
//! time. As in [`crate::convex`] a vertex is its coordinates and its distances from the planes to
//! come, interpolated together, and sets of edges are bits. Unlike there an edge has no fixed id: a
//! new edge takes the place of one that is gone, and each end of an edge has a byte that says which
//! planes it is outside of.

use nalgebra::{Point3, Vector3};

use crate::frame::box_around;
use crate::lanes::{LaneMath, Lanes};
use crate::moments::{EdgeSum, Moments};
use crate::plane_lanes::{FIRST_PLANE_LANE, PlaneLanes};

/// Vertices, edges and faces are counted in a byte.
pub(crate) const CAPACITY: usize = 256;
const WORDS: usize = CAPACITY / 64;

/// Start, end, face on the left and face on the right of an edge.
pub(crate) type ByteEdge = [u8; 4];

/// A closed surface with planar faces that is small enough for bytes.
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

/// More vertices, edges or faces than a byte can count: the general soup has to do it.
#[derive(Debug)]
pub(crate) struct TooLarge;

/// The surface that is being clipped.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct EdgeSets {
    vertices: [Lanes; CAPACITY],
    /// Of the vertices that were placed, the distance from plane 0.
    first_distance: [f64; CAPACITY],
    edges: [ByteEdge; CAPACITY],
    /// Of the start, and the end, of each edge, the planes that it is outside of.
    edges_outside: [[u8; CAPACITY]; 2],
    /// The planes that each vertex is outside of.
    outside: [u8; CAPACITY],
    /// The vertex in which the boundary of a face leaves the half-space.
    exit_of_face: [u8; CAPACITY],
    /// Of each vertex on the cut, the face that leaves the half-space there and the one that comes
    /// back.
    exit_face: [u8; CAPACITY],
    entry_face: [u8; CAPACITY],
    /// The edges that are left.
    alive: [u64; WORDS],
    words: usize,
    /// No fewer than there are edges.
    edge_bound: usize,
    vertex_count: usize,
    placed: usize,
    faces: usize,
    /// Planes with a vertex outside.
    cutting: u8,
}

impl Default for EdgeSets {
    fn default() -> Self {
        Self {
            vertices: [[0.0; 8]; CAPACITY],
            first_distance: [0.0; CAPACITY],
            edges: [[0; 4]; CAPACITY],
            edges_outside: [[0; CAPACITY]; 2],
            outside: [0; CAPACITY],
            exit_of_face: [0; CAPACITY],
            exit_face: [0; CAPACITY],
            entry_face: [0; CAPACITY],
            alive: [0; WORDS],
            words: 0,
            edge_bound: 0,
            vertex_count: 0,
            placed: 0,
            faces: 0,
            cutting: 0,
        }
    }
}

impl EdgeSets {
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
        for (index, vertex) in surface.vertices.iter().take(CAPACITY).enumerate() {
            let (lanes, first, outside) = planes.place(math, vertex);
            self.vertices[index] = lanes;
            self.first_distance[index] = first;
            self.outside[index] = outside;
            all &= outside;
            any |= outside;
        }
        self.placed = surface.vertices.len();
        self.cutting = any;
        all
    }

    /// Takes the edges of the surface that was placed.
    #[inline(always)]
    pub(crate) fn take_edges(&mut self, surface: ByteSurface<'_>) {
        let count = surface.edges.len().min(CAPACITY);
        self.edges[..count].copy_from_slice(&surface.edges[..count]);
        let [starts, ends] = &mut self.edges_outside;
        for (index, edge) in surface.edges.iter().take(CAPACITY).enumerate() {
            starts[index] = self.outside[edge[0] as usize];
            ends[index] = self.outside[edge[1] as usize];
        }
        for word in 0..WORDS {
            let count = count.saturating_sub(64 * word).min(64);
            self.alive[word] = if count == 64 { !0 } else { (1 << count) - 1 };
        }
        self.words = count.div_ceil(64);
        self.edge_bound = count;
        self.vertex_count = self.placed;
        self.faces = surface.faces;
    }

    /// Removes what lies outside any of some of the planes; returns whether anything is left.
    #[inline(always)]
    pub(crate) fn clip(
        &mut self,
        math: impl LaneMath,
        planes: &PlaneLanes,
        range: std::ops::Range<usize>,
    ) -> Result<bool, TooLarge> {
        let within = (1_u32 << range.end) as u8;
        let within = within.wrapping_sub(1);
        for plane in range {
            if self.cutting >> plane & 1 == 0 {
                continue;
            }
            let mut crossing = [0; WORDS];
            let mut leaving = [0; WORDS];
            let (mut touched, mut left, mut count) = (0, 0, 0);
            for word in 0..self.words {
                let [starts, ends] = self.edges_beyond(plane, word);
                self.alive[word] &= !(starts & ends);
                crossing[word] = starts ^ ends;
                leaving[word] = ends;
                touched |= starts | ends;
                left |= self.alive[word];
                count += (starts ^ ends).count_ones() as usize;
            }
            if left == 0 {
                return Ok(false);
            }
            if touched == 0 {
                continue;
            }
            if self.vertex_count + count > CAPACITY
                || self.edge_bound + 2 * count > CAPACITY
                || self.faces == CAPACITY
            {
                return Err(TooLarge);
            }
            let to_come = self.cutting & within & (!1 << plane);
            let first_new = self.vertex_count;
            if plane == 0 {
                let distance = |sets: &Self, vertex: usize| sets.first_distance[vertex];
                self.cut(math, planes, crossing, leaving, to_come, distance);
            } else {
                let distance = |sets: &Self, vertex: usize| {
                    sets.vertices[vertex][(FIRST_PLANE_LANE + plane) % 8]
                };
                self.cut(math, planes, crossing, leaving, to_come, distance);
            }
            self.close(first_new);
        }
        Ok(true)
    }

    /// Returns the edges of one word that start, and end, outside a plane.
    #[inline(always)]
    fn edges_beyond(&self, plane: usize, word: usize) -> [u64; 2] {
        [0, 1].map(|side| {
            let (chunks, _) = self.edges_outside[side].as_chunks::<64>();
            bits_of(&chunks[word % WORDS], plane) & self.alive[word % WORDS]
        })
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
        let mut made = 0;
        let first_new = self.vertex_count;
        for word in 0..self.words {
            let mut crossing = crossing[word % WORDS];
            let leaving = leaving[word % WORDS];
            while crossing != 0 {
                let bit = crossing.trailing_zeros() as usize;
                crossing &= crossing - 1;
                let edge = (64 * word + bit) % CAPACITY;
                let side = (leaving >> bit & 1) as usize;
                let inside = self.edges[edge][1 - side] as usize;
                let outside = self.edges[edge][side] as usize;
                // A snapped vertex is on the plane: without the minimum the cut could leave the edge.
                let near = distance(self, inside);
                let near = if near < 0.0 { near } else { 0.0 };
                let fraction = near / (near - distance(self, outside));
                let lanes =
                    math.interpolate(&self.vertices[inside], &self.vertices[outside], fraction);
                let lanes_outside = planes.outside(math, &lanes) & to_come;
                let vertex = (first_new + made) % CAPACITY;
                self.vertices[vertex] = lanes;
                self.outside[vertex] = lanes_outside;
                self.edges_outside[side][edge] = lanes_outside;

                // Along the face on its left an edge that ends outside leaves, along the other it
                // comes back; an edge that starts outside the other way round.
                let exit = self.edges[edge][3 - side];
                let entry = self.edges[edge][2 + side];
                self.edges[edge][side] = vertex as u8;
                self.exit_of_face[exit as usize] = vertex as u8;
                self.exit_face[made % CAPACITY] = exit;
                self.entry_face[made % CAPACITY] = entry;
                made += 1;
            }
        }
        self.vertex_count = first_new + made;
    }

    /// Closes the faces along the cut: new edges run from where a face's boundary leaves the
    /// half-space to where it comes back.
    #[inline(always)]
    fn close(&mut self, first_new: usize) {
        let cap = self.faces as u8;
        self.faces += 1;
        let made = self.vertex_count - first_new;
        let alive = self.alive;
        let mut places = Places::new();
        let mut once = true;
        for cut in 0..made {
            let vertex = (first_new + cut) as u8;
            once &= self.exit_of_face[self.exit_face[cut % CAPACITY] as usize] == vertex;
            let face = self.entry_face[cut % CAPACITY];
            let start = self.exit_of_face[face as usize];
            let place = places.next(&mut self.alive);
            self.put(place, [start, vertex, face, cap]);
        }
        self.edge_bound += made;
        if !once {
            self.alive = alive;
            places = Places::new();
            self.close_many(first_new, made, cap, &mut places);
            self.edge_bound += made;
        }
        self.words = self.words.max(places.word + 1);
    }

    /// Closes faces of which some are cut more than once.
    ///
    /// All exits and entries of a face lie on one line, so any pairing gives the same sums; here all
    /// go by way of the first.
    #[cold]
    #[inline(never)]
    fn close_many(&mut self, first_new: usize, made: usize, cap: u8, places: &mut Places) {
        let mut first_of_face = [None; CAPACITY];
        for cut in 0..made {
            let vertex = (first_new + cut) as u8;
            let (exit, entry) = (self.exit_face[cut], self.entry_face[cut]);
            for (face, leaves) in [(exit, true), (entry, false)] {
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
                let place = places.next(&mut self.alive);
                self.put(place, [start, end, face, cap]);
            }
        }
    }

    #[inline(always)]
    fn put(&mut self, place: usize, edge: ByteEdge) {
        self.edges[place] = edge;
        for side in 0..2 {
            self.edges_outside[side][place] = self.outside[edge[side] as usize];
        }
    }

    /// Calls `visit` for every edge that is left.
    #[inline(always)]
    fn for_each_edge(&self, mut visit: impl FnMut(ByteEdge)) {
        for word in 0..self.words {
            let mut edges = self.alive[word % WORDS];
            while edges != 0 {
                let edge = 64 * word + edges.trailing_zeros() as usize;
                edges &= edges - 1;
                visit(self.edges[edge % CAPACITY]);
            }
        }
    }

    /// Puts what is left into `rest`, after all planes have clipped.
    #[inline(always)]
    pub(crate) fn rest(&self, rest: &mut Remainder) {
        let mut new = [0; CAPACITY];
        rest.vertices.clear();
        // A vertex inside all planes keeps its edges, all others are gone.
        for index in 0..self.vertex_count.min(CAPACITY) {
            new[index] = rest.vertices.len() as u8;
            if self.outside[index] == 0 {
                rest.vertices.push(self.vertex(index as u8));
            }
        }
        rest.edges.clear();
        self.for_each_edge(|[start, end, left, right]| {
            rest.edges
                .push([new[start as usize], new[end as usize], left, right]);
        });
        rest.faces = self.faces;
    }

    #[inline(always)]
    fn vertex(&self, index: u8) -> Vector3<f64> {
        let lanes = &self.vertices[index as usize];
        Vector3::new(lanes[0], lanes[1], lanes[2])
    }

    /// Returns the moments of what is left, about the frame's origin.
    ///
    /// Everything is taken relative to a vertex that is left, and each face is represented by one
    /// of its own vertices, so the rounding is that of a solid as small as the overlap.
    #[inline(always)]
    pub(crate) fn moments<const FIRST: bool>(&mut self, origin: Point3<f64>) -> Moments {
        let mut vertex_of_face = [0_u8; CAPACITY];
        let mut near = 0;
        self.for_each_edge(|[start, _, left, right]| {
            vertex_of_face[left as usize] = start;
            vertex_of_face[right as usize] = start;
            near = start;
        });
        let near = self.vertex(near);
        let mut sum = EdgeSum::default();
        self.for_each_edge(|[start, end, left, right]| {
            let reference = |face: u8| self.vertex(vertex_of_face[face as usize]) - near;
            let (left, right) = (reference(left), reference(right));
            let (start, end) = (self.vertex(start) - near, self.vertex(end) - near);
            sum.add::<FIRST>(&start, &end, &left, &right);
        });
        let mut moments = sum.moments(origin);
        moments.first += near * moments.volume;
        moments
    }
}

impl Remainder {
    pub(crate) fn surface(&self) -> ByteSurface<'_> {
        ByteSurface {
            vertices: &self.vertices,
            edges: &self.edges,
            faces: self.faces,
        }
    }

    /// Returns the ends of the box around the surface.
    pub(crate) fn bounds(&self) -> (Vector3<f64>, Vector3<f64>) {
        box_around(&self.vertices)
    }
}

/// Places for new edges: the lowest that are free.
struct Places {
    word: usize,
}

impl Places {
    fn new() -> Self {
        Self { word: 0 }
    }

    #[inline(always)]
    fn next(&mut self, alive: &mut [u64; WORDS]) -> usize {
        while alive[self.word % WORDS] == !0 {
            self.word += 1;
        }
        let word = &mut alive[self.word % WORDS];
        let bit = (!*word).trailing_zeros() as usize;
        *word |= *word + 1;
        (64 * self.word + bit) % CAPACITY
    }
}

/// Returns bit `plane` of each byte.
#[inline(always)]
fn bits_of(bytes: &[u8; 64], plane: usize) -> u64 {
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut bits = 0;
    for (index, chunk) in chunks.iter().enumerate() {
        let ones = u64::from_le_bytes(*chunk) >> plane & 0x0101_0101_0101_0101;
        // Byte i times 2^(56 − 7 i): bit i of the highest byte.
        bits |= (ones.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * index);
    }
    bits
}
