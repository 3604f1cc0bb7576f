//! The fast path: a convex standard cell clipped by the planes of another.
//!
//! The same edge soup as in [`crate::soup`], with two facts of convexity put to use:
//!
//! * Two faces meet in at most one edge, so every edge that can ever appear has a fixed id, and for
//!   two hexahedra there are 12 + 36 + 15 = 63 of them: sets of edges are bits of one `u64`.
//! * Each vertex knows the planes that it is outside of, as the bits of one byte, and each edge has a
//!   copy of that byte for its start and one for its end. The edges that start, or end, outside a
//!   plane are then one bit of 64 bytes side by side.
//!
//! A vertex is its coordinates and its distances from the planes to come, eight numbers side by
//! side that are interpolated together. Where rounding makes a face look cut more than once the
//! fixed ids do not suffice, and the pair is left to the general soup.

use nalgebra::{Point3, Vector3};

use crate::edge_table::{BYTE, EdgeTable, MAX_EDGES, MAX_PLANES, REFERENCE_PAIRS, SIDE, Sides};
use crate::lanes::{Axes, BIT_OF_LANE, LANES, LaneMath, Lanes, PlaneRow};
use crate::moments::{EdgeSum, Wanted};
use crate::plane::Plane;
use crate::standard::StandardShape;

/// Where the distance from each plane is among the lanes, of which the first three are coordinates.
/// Plane 0 is used up before there are lanes, and counts as where z is, which is outside of nothing.
///
/// Planes 4 and 5 are the last: what they cut needs the first four lanes only.
const LANE: [usize; MAX_PLANES] = [2, 4, 5, 6, 7, 3];

/// The corners of a standard cell, axis by axis; what its shape has no use for is of no meaning.
pub(crate) type Corners = [Lanes; 3];

/// Gathers the corners of a standard cell, in the place of others; the first one fills up.
///
/// # Panics
///
/// If the number of nodes is not that of the shape.
#[inline]
pub(crate) fn gather(
    corners: &mut Corners,
    shape: StandardShape,
    nodes: impl IntoIterator<Item = Point3<f64>>,
) {
    let mut count = 0;
    for node in nodes {
        if count == 0 && shape.node_count() < LANES {
            *corners = [0, 1, 2].map(|axis: usize| Lanes([node[axis]; LANES]));
        }
        for axis in 0..3 {
            corners[axis].0[count % LANES] = node[axis];
        }
        count += 1;
    }
    assert_eq!(
        count,
        shape.node_count(),
        "a {shape:?} has its number of nodes"
    );
}

/// The planes of a convex standard cell, arranged for [`Scratch::clip`].
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct ConvexPlanes {
    /// Where there are fewer planes, the rest are zero: nothing is beyond them.
    rows: [PlaneRow; MAX_PLANES],
    /// Lane by lane the distance that still counts as inside; coordinates are never beyond.
    limits: Lanes,
    /// The two reference nodes.
    references: [Axes; 2],
    shape: StandardShape,
}

impl Default for ConvexPlanes {
    fn default() -> Self {
        Self {
            rows: [PlaneRow::default(); MAX_PLANES],
            limits: Lanes([f64::INFINITY; LANES]),
            references: [Axes::default(); 2],
            shape: StandardShape::Hexahedron,
        }
    }
}

impl ConvexPlanes {
    /// Arranges the planes of a cell whose two reference nodes are given; `extent` is its size.
    pub(crate) fn fill(
        &mut self,
        shape: StandardShape,
        planes: &[Plane],
        references: [Vector3<f64>; 2],
        extent: f64,
    ) {
        self.limits = Lanes([f64::INFINITY; LANES]);
        for (index, (row, plane)) in self.rows.iter_mut().zip(planes).enumerate() {
            let snap = plane.snap(extent);
            *row = plane.row(snap);
            if index > 0 {
                self.limits.0[LANE[index]] = snap;
            }
        }
        self.rows[planes.len().min(MAX_PLANES)..].fill(PlaneRow::default());
        self.references = references.map(|node| Axes([node.z, node.x, node.y, 0.0]));
        self.shape = shape;
    }
}

/// A face is cut more than once: rounding has bent a nearly coplanar face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Degenerate;

/// Vertices and edges of the pair that is being clipped.
///
/// An edge cut at either end takes the same instructions: no branch for the processor to guess.
/// Arrays are longer than what is used of them, so that the largest index that could be formed is
/// within, and none has to be checked.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Scratch {
    vertices: [Lanes; BYTE],
    /// The vertex in which each edge starts, and ends.
    ends: Sides,
    /// The planes that it starts, and ends, outside of.
    outside: Sides,
    /// Of each node, its distance from plane 0.
    first_distance: [f64; BYTE],
    next_vertex: u8,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            vertices: [Lanes::default(); BYTE],
            ends: [0; 2 * SIDE],
            outside: [0; 2 * SIDE],
            first_distance: [0.0; BYTE],
            next_vertex: 0,
        }
    }
}

/// A convex standard cell as the fast path takes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConvexCell<'a> {
    pub(crate) shape: StandardShape,
    pub(crate) corners: &'a Corners,
}

/// Returns what is wanted of a convex cell's overlap with the cell of `planes`, whose frame has its
/// origin in `origin`.
#[inline(always)]
pub(crate) fn clip<W: Wanted>(
    math: impl LaneMath,
    scratch: &mut Scratch,
    cell: ConvexCell<'_>,
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> Result<W, Degenerate> {
    let table = EdgeTable::of(cell.shape, planes.shape);
    let mut clipping = Clipping::start(math, scratch, cell, planes, table, origin);
    clipping.clip_by::<0>();
    clipping.clip_by::<1>();
    clipping.clip_by::<2>();
    clipping.clip_by::<3>();
    clipping.clip_by::<4>();
    clipping.clip_by::<5>();
    clipping.finish::<W>(origin)
}

/// Does what [`clip`] does for two cells, plane by plane in turns: while a division or a store of the
/// one is on its way, the processor works on the other.
#[inline(always)]
pub(crate) fn clip_two<W: Wanted>(
    math: impl LaneMath,
    scratch: &mut [Scratch; 2],
    cells: [ConvexCell<'_>; 2],
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> [Result<W, Degenerate>; 2] {
    const HEXAHEDRON: StandardShape = StandardShape::Hexahedron;
    let shapes = [cells[0].shape, cells[1].shape, planes.shape];
    if shapes == [HEXAHEDRON; 3] {
        // One copy of the code in which the numbers of the table are constants.
        let tables = [EdgeTable::HEXAHEDRA; 2];
        clip_two_by::<W>(math, scratch, cells, planes, tables, origin)
    } else {
        let tables = [shapes[0], shapes[1]].map(|shape| EdgeTable::of(shape, planes.shape));
        clip_two_by::<W>(math, scratch, cells, planes, tables, origin)
    }
}

#[inline(always)]
fn clip_two_by<W: Wanted>(
    math: impl LaneMath,
    [one, other]: &mut [Scratch; 2],
    cells: [ConvexCell<'_>; 2],
    planes: &ConvexPlanes,
    tables: [&'static EdgeTable; 2],
    origin: &Point3<f64>,
) -> [Result<W, Degenerate>; 2] {
    let mut one = Clipping::start(math, one, cells[0], planes, tables[0], origin);
    let mut other = Clipping::start(math, other, cells[1], planes, tables[1], origin);
    one.clip_by::<0>();
    other.clip_by::<0>();
    one.clip_by::<1>();
    other.clip_by::<1>();
    one.clip_by::<2>();
    other.clip_by::<2>();
    one.clip_by::<3>();
    other.clip_by::<3>();
    one.clip_by::<4>();
    other.clip_by::<4>();
    one.clip_by::<5>();
    other.clip_by::<5>();
    [one.finish::<W>(origin), other.finish::<W>(origin)]
}

/// A pair of cells that is being clipped.
struct Clipping<'a, M> {
    math: M,
    planes: &'a ConvexPlanes,
    table: &'static EdgeTable,
    scratch: &'a mut Scratch,
    /// The set of edges that are left.
    alive: u64,
    /// The planes that some vertex, of an edge that is left or not, is outside of.
    outside: u8,
    degenerate: bool,
}

impl<'a, M: LaneMath> Clipping<'a, M> {
    #[inline(always)]
    fn start(
        math: M,
        scratch: &'a mut Scratch,
        cell: ConvexCell<'_>,
        planes: &'a ConvexPlanes,
        table: &'static EdgeTable,
        origin: &Point3<f64>,
    ) -> Self {
        let outside = scratch.place(math, planes, table, cell.corners, origin);
        Self {
            math,
            planes,
            table,
            scratch,
            alive: if outside.is_some() {
                table.own_edges
            } else {
                0
            },
            outside: outside.unwrap_or(0),
            degenerate: false,
        }
    }

    /// Removes what is outside a plane.
    #[inline(always)]
    fn clip_by<const PLANE: usize>(&mut self) {
        let bit = bit_of_plane(PLANE);
        if self.outside >> bit & 1 == 0 {
            return;
        }
        let [changing, ends] = self.scratch.edges_outside(self.math, bit);
        let (crossing, ends) = (changing & self.alive, ends & self.alive);
        let cuts = self
            .scratch
            .cut::<PLANE>(self.math, self.planes, self.table, crossing, ends);
        // An edge that ends outside and does not cross the plane starts outside too.
        self.alive &= crossing | !ends;
        self.alive |= u64::from(cuts.faces) << self.table.first_cut_edge[PLANE];
        self.outside |= cuts.outside;
        if cuts.faces.count_ones() != crossing.count_ones() {
            self.degenerate = true;
            self.outside = 0;
        }
    }

    #[inline(always)]
    fn finish<W: Wanted>(self, origin: &Point3<f64>) -> Result<W, Degenerate> {
        if self.degenerate {
            return Err(Degenerate);
        }
        let Self {
            math,
            planes,
            table,
            alive,
            ..
        } = self;
        Ok(self.scratch.sum::<W>(math, planes, table, alive, origin))
    }
}

impl Scratch {
    /// Returns the edges of which one end is outside a plane and the other is not, and those that end
    /// outside; of those that are left and of others.
    #[inline(always)]
    fn edges_outside(&self, math: impl LaneMath, bit: usize) -> [u64; 2] {
        let (sides, _) = self.outside.as_chunks::<MAX_EDGES>();
        math.bytes_changing(&sides[0], &sides[SIDE / MAX_EDGES], bit)
    }

    /// Places the nodes and the edges between them; returns the planes that some node is outside
    /// of, none if all nodes are outside of one plane.
    #[inline(always)]
    fn place(
        &mut self,
        math: impl LaneMath,
        planes: &ConvexPlanes,
        table: &EdgeTable,
        corners: &Corners,
        origin: &Point3<f64>,
    ) -> Option<u8> {
        // Loops, not `map` with a closure: compiled for AVX2 that would not be inlined.
        let mut rows = [Lanes::default(); LANES];
        for axis in 0..3 {
            rows[axis] = math.relative(&corners[axis], origin[axis]);
        }
        let nodes = [rows[0], rows[1], rows[2]];
        let mut nodes_outside = 0;
        for (plane, row) in planes.rows.iter().enumerate() {
            let (distances, beyond) = math.distances(&nodes, row);
            let beyond = beyond & table.nodes;
            if beyond == table.nodes {
                return None;
            }
            nodes_outside |= beyond << (8 * bit_of_plane(plane));
            if plane == 0 {
                self.first_distance[..LANES].copy_from_slice(&distances.0);
            } else {
                rows[LANE[plane]] = distances;
            }
        }
        let (vertices, _) = self.vertices.as_chunks_mut::<LANES>();
        let half = table.nodes < 1 << (LANES / 2);
        math.transpose(&rows, &mut vertices[0], half);
        self.next_vertex = LANES as u8;
        let planes_of_nodes = transpose_bits(nodes_outside);
        for (side, nodes) in [0, SIDE].into_iter().zip(&table.ends) {
            self.ends[side..side + 16].copy_from_slice(nodes);
            // As many at once as are read at once: else the processor waits for what was written. Those
            // of edges that are not there yet do not count.
            let mut outside = [0; 32];
            outside[..16].copy_from_slice(&math.spread(planes_of_nodes, nodes));
            self.outside[side..side + 32].copy_from_slice(&outside);
        }
        Some(or_of_bytes(planes_of_nodes))
    }

    /// Shortens the edges that cross a plane to new vertices, `leaving` being those that end
    /// outside, and adds the edges between the plane and the faces that it cuts.
    #[inline(always)]
    fn cut<const PLANE: usize>(
        &mut self,
        math: impl LaneMath,
        planes: &ConvexPlanes,
        table: &EdgeTable,
        mut crossing: u64,
        leaving: u64,
    ) -> Cuts {
        let first_cut_edge = table.first_cut_edge[PLANE] as usize;
        let mut cuts = Cuts::default();
        while crossing != 0 {
            let edge = crossing.trailing_zeros() as usize % MAX_EDGES;
            crossing &= crossing - 1;
            let outer = ((leaving >> edge & 1) as usize * SIDE) | edge;
            let inner = outer ^ SIDE;
            let (inside, outside) = (self.ends[inner], self.ends[outer]);
            let [near, far] = [inside, outside].map(|vertex| self.distance::<PLANE>(vertex));
            let near = if near < 0.0 { near } else { 0.0 };
            let fraction = near / (near - far);
            let (from_to, place) = ([inside, outside], self.next_vertex);
            let (vertices, limits) = (&mut self.vertices, &planes.limits);
            let planes_outside = if PLANE < 4 {
                math.interpolate::<false>(vertices, from_to, fraction, place, limits)
            } else {
                math.interpolate::<true>(vertices, from_to, fraction, place, limits)
            };
            self.next_vertex = place.wrapping_add(1);
            cuts.outside |= planes_outside;

            self.ends[outer] = place;
            self.outside[outer] = planes_outside;
            // Along the face on its left an edge that ends outside leaves, along the other it comes
            // back; an edge that starts outside the other way round. The new edge of a face runs
            // from where its boundary leaves to where it comes back.
            let (exit, entry) = (table.faces[inner] as usize, table.faces[outer] as usize);
            cuts.faces |= table.faces_of_edge[edge];
            self.ends[first_cut_edge + exit] = place;
            self.outside[first_cut_edge + exit] = planes_outside;
            self.ends[SIDE + first_cut_edge + entry] = place;
            self.outside[SIDE + first_cut_edge + entry] = planes_outside;
        }
        cuts
    }

    #[inline(always)]
    fn distance<const PLANE: usize>(&self, vertex: u8) -> f64 {
        if PLANE == 0 {
            self.first_distance[vertex as usize]
        } else {
            self.vertices[vertex as usize].0[LANE[PLANE]]
        }
    }

    #[inline(always)]
    fn sum<W: Wanted>(
        &self,
        math: impl LaneMath,
        planes: &ConvexPlanes,
        table: &EdgeTable,
        alive: u64,
        origin: &Point3<f64>,
    ) -> W {
        let [one, other] = table.own_references;
        let [third, fourth] = planes.references;
        let references = [
            math.axes(&self.vertices[one as usize]),
            math.axes(&self.vertices[other as usize]),
            third,
            fourth,
        ];
        let mut differences = [Axes::default(); REFERENCE_PAIRS.len()];
        for (difference, [left, right]) in differences.iter_mut().zip(REFERENCE_PAIRS) {
            *difference = math.minus(&references[left], &references[right]);
        }
        let mut volume = Axes::default();
        let mut sum = EdgeSum::default();
        // Between two faces with one reference point an edge adds nothing to the volume; to the
        // first moment neither, since the volumes on its two sides are equal.
        let mut edges = alive & table.different_references;
        while edges != 0 {
            let edge = edges.trailing_zeros() as usize % MAX_EDGES;
            edges &= edges - 1;
            let start = &self.vertices[self.ends[edge] as usize];
            let end = &self.vertices[self.ends[SIDE + edge] as usize];
            let pair = table.reference_pairs[edge] as usize;
            math.add_edge(&mut volume, start, end, &differences[pair]);
            if W::FIRST {
                let point = |lanes: &Lanes| Vector3::new(lanes.0[0], lanes.0[1], lanes.0[2]);
                let [left, right] = REFERENCE_PAIRS[pair].map(|at| {
                    let [z, x, y, _] = references[at].0;
                    Vector3::new(x, y, z)
                });
                sum.add::<true>(&point(start), &point(end), &left, &right);
            }
        }
        let [first, second, third, _] = volume.0;
        W::new(((first + second) + third) / 6.0, &sum, origin)
    }
}

/// What a plane cuts.
#[derive(Default)]
struct Cuts {
    /// The set of faces. The boundary of a face is closed: it comes back as often as it leaves. So
    /// each edge that is cut counts for two faces, each face for two edges at least, and there are as
    /// many faces as edges where each leaves and comes back once.
    faces: u32,
    /// The planes that some new vertex is outside of.
    outside: u8,
}

/// Which bit of a byte of planes is that of a plane.
const fn bit_of_plane(plane: usize) -> usize {
    BIT_OF_LANE[LANE[plane]] as usize
}

/// Turns eight bytes, of bits 0 to 7 each, into the eight bytes that have bit `i` of byte `j` as bit
/// `j` of byte `i`.
fn transpose_bits(mut bits: u64) -> u64 {
    for (shift, mask) in [
        (7, 0x00AA_00AA_00AA_00AA),
        (14, 0x0000_CCCC_0000_CCCC),
        (28, 0x0000_0000_F0F0_F0F0),
    ] {
        let swapped = (bits ^ bits >> shift) & mask;
        bits ^= swapped ^ swapped << shift;
    }
    bits
}

fn or_of_bytes(mut bytes: u64) -> u8 {
    for shift in [32, 16, 8] {
        bytes |= bytes >> shift;
    }
    bytes as u8
}
