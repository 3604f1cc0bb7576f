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
//! A vertex is four numbers side by side that are interpolated together: its distances from three of
//! the planes, which meet in a corner and are its coordinates, and from a fourth. The planes that are
//! left clip first, when most vertices are nodes. Where rounding makes a face look cut more than once
//! the fixed ids do not suffice, and the pair is left to the general soup.

use nalgebra::Point3;

use crate::clipped::Clipped;
use crate::corner::CornerFrame;
use crate::edge_table::{
    CORNER_PLANES, EdgeTable, FEW_EDGES, MAX_EDGES, MAX_PLANES, PLANES_OF_FEW_EDGES, SIDE, Sides,
    both_sides,
};
use crate::lanes::{
    Axes, BIT_OF_PLANE, Cut, LANE_OF_PLANE, LANES, Lanes, NUMBERS, PlaneRow, VertexMath, Vertices,
};
use crate::moments::Wanted;
use crate::plane::Plane;
use crate::standard::StandardShape;

/// The place of the first vertex that is no node.
const FIRST_NEW_VERTEX: u32 = (NUMBERS * LANES) as u32;

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

/// The planes of a convex standard cell, arranged for [`clip`].
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct ConvexPlanes {
    /// In the order in which they clip. Where there are fewer planes, the first are zero: nothing is
    /// beyond them.
    rows: [PlaneRow; MAX_PLANES],
    /// Of each number of a vertex, the distance that still counts as inside.
    limits: Axes,
    /// The same for plane 1, which no vertex has a number for.
    second_limit: f64,
    frame: CornerFrame,
    shape: StandardShape,
    is_usable: bool,
}

impl Default for ConvexPlanes {
    fn default() -> Self {
        Self {
            rows: [PlaneRow::default(); MAX_PLANES],
            limits: Axes::default(),
            second_limit: 0.0,
            frame: CornerFrame::default(),
            shape: StandardShape::Hexahedron,
            is_usable: false,
        }
    }
}

impl ConvexPlanes {
    /// Arranges the planes of a cell that has a volume; `nodes` are relative to the planes' origin,
    /// `extent` is the cell's size.
    #[inline(always)]
    pub(crate) fn fill(
        &mut self,
        shape: StandardShape,
        planes: &[Plane],
        nodes: &Corners,
        extent: f64,
        volume: f64,
    ) {
        let found = shape.topology().corners.iter().find_map(|corner| {
            let coordinates = self.frame.set(corner, planes, nodes, volume);
            coordinates.map(|coordinates| (corner, coordinates))
        });
        self.is_usable = found.is_some();
        let Some((corner, coordinates)) = found else {
            return;
        };
        for place in 0..MAX_PLANES {
            let plane = if place < MAX_PLANES - planes.len() {
                Plane::default()
            } else if place < MAX_PLANES - CORNER_PLANES {
                planes[usize::from(corner.faces[place])]
            } else {
                coordinates[place - (MAX_PLANES - CORNER_PLANES)]
            };
            let snap = plane.snap(extent);
            self.rows[place] = plane.row(snap);
            match place {
                0 => {}
                1 => self.second_limit = snap,
                _ => self.limits.0[LANE_OF_PLANE[place]] = snap,
            }
        }
        self.shape = shape;
    }

    /// Whether the planes could be arranged: not where none of their corners is good for coordinates.
    #[inline]
    pub(crate) fn is_usable(&self) -> bool {
        self.is_usable
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
    vertices: Vertices,
    /// The vertex in which each edge starts, and ends.
    ends: Sides,
    /// The planes that it starts, and ends, outside of.
    outside: Sides,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            vertices: Vertices::default(),
            ends: [0; 2 * SIDE],
            outside: [0; 2 * SIDE],
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
    math: impl VertexMath,
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
    math: impl VertexMath,
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
    math: impl VertexMath,
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
    /// The place of the first number of the next vertex.
    next_vertex: u32,
    /// Not zero where a plane cuts a face more than once. What is clipped later is of no meaning then.
    bent: u32,
}

impl<'a, M: VertexMath> Clipping<'a, M> {
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
            next_vertex: FIRST_NEW_VERTEX,
            bent: 0,
        }
    }

    /// Removes what is outside a plane.
    #[inline(always)]
    fn clip_by<const PLANE: usize>(&mut self) {
        let bit = BIT_OF_PLANE[PLANE];
        if self.outside >> bit & 1 == 0 {
            return;
        }
        let [starts, ends] = both_sides(&self.scratch.outside);
        let [changing, leaving] = if PLANE < PLANES_OF_FEW_EDGES {
            self.math.edges_outside::<true>(starts, ends, bit)
        } else {
            self.math.edges_outside::<false>(starts, ends, bit)
        };
        let crossing = changing & self.alive;
        // An edge that ends outside and does not cross the plane starts outside too.
        self.alive &= changing | !leaving;
        let faces = self.cut::<PLANE>(crossing, leaving);
        self.alive |= u64::from(faces) << self.table.first_cut_edge[PLANE];
        // The boundary of a face is closed: it leaves a half-space as often as it comes back. So each edge
        // that is cut counts for two faces, each face that is cut for two edges at least, and there are
        // as many faces as edges where each leaves and comes back once.
        self.bent |= faces.count_ones() ^ crossing.count_ones();
    }

    /// Shortens the edges that cross a plane to new vertices, and adds the edges between the plane and
    /// the faces that it cuts. `leaving` are the edges, these and others, that end outside. Returns the set
    /// of faces that are cut.
    #[inline(always)]
    fn cut<const PLANE: usize>(&mut self, mut crossing: u64, leaving: u64) -> u32 {
        let Self {
            math,
            planes,
            table,
            ref mut scratch,
            ..
        } = *self;
        let Scratch {
            vertices,
            ends,
            outside,
        } = &mut **scratch;
        let first_cut_edge = usize::from(table.first_cut_edge[PLANE]);
        let mut faces = 0;
        while crossing != 0 {
            let edge = crossing.trailing_zeros() as usize % MAX_EDGES;
            crossing &= crossing - 1;
            let outer = ((leaving >> edge & 1) as usize * SIDE) | edge;
            let inner = outer ^ SIDE;
            let (from, to) = (ends[inner], ends[outer]);
            let [near, far] = [from, to].map(|vertex| distance::<PLANE>(vertices, vertex));
            let near = if near < 0.0 { near } else { 0.0 };
            let fraction = near / (near - far);
            // It wraps only where rounding has bent a face.
            let place = self.next_vertex as u8;
            self.next_vertex += NUMBERS as u32;
            let cut = Cut {
                from,
                to,
                fraction,
                place,
            };
            let mut planes_outside = math.interpolate(vertices, cut, &planes.limits);
            if PLANE == 0 {
                let [from, to] = [from, to].map(|vertex| distance::<1>(vertices, vertex));
                let second = from + (to - from) * fraction;
                vertices.second[usize::from(place) / NUMBERS] = second;
                planes_outside |= u8::from(second > planes.second_limit) << BIT_OF_PLANE[1];
            }
            self.outside |= planes_outside;

            ends[outer] = place;
            outside[outer] = planes_outside;
            // Along the face on its left an edge that ends outside leaves, along the other it comes
            // back; an edge that starts outside the other way round. The new edge of a face runs
            // from where its boundary leaves to where it comes back.
            let (exit, entry) = (table.faces[inner] as usize, table.faces[outer] as usize);
            faces |= table.faces_of_edge[edge];
            ends[first_cut_edge + exit] = place;
            outside[first_cut_edge + exit] = planes_outside;
            ends[SIDE + first_cut_edge + entry] = place;
            outside[SIDE + first_cut_edge + entry] = planes_outside;
        }
        faces
    }

    #[inline(always)]
    fn finish<W: Wanted>(self, origin: &Point3<f64>) -> Result<W, Degenerate> {
        if self.bent != 0 {
            return Err(Degenerate);
        }
        let Self {
            math,
            planes,
            table,
            scratch,
            alive,
            ..
        } = self;
        let clipped = Clipped {
            vertices: &scratch.vertices,
            ends: both_sides(&scratch.ends),
            edges: alive & table.different_references,
            reference_pairs: &table.reference_pairs,
            own_references: table.own_references,
        };
        Ok(clipped.sum::<W>(math, &planes.frame, origin))
    }
}

impl Scratch {
    /// Places the nodes and the edges between them; returns the planes that some node is outside
    /// of, none if all nodes are outside of one plane.
    #[inline(always)]
    fn place(
        &mut self,
        math: impl VertexMath,
        planes: &ConvexPlanes,
        table: &EdgeTable,
        corners: &Corners,
        origin: &Point3<f64>,
    ) -> Option<u8> {
        let [origin] = &origin.coords.data.0;
        // Nodes that a shape has not are like its first: what is outside of them all stays the same.
        let planes_of_nodes = math.place_eight(corners, origin, &planes.rows, &mut self.vertices);
        for side in 0..2 {
            let start = SIDE * side;
            self.ends[start..start + 16].copy_from_slice(&table.ends[side]);
            // Those of edges that are not there yet do not count.
            let (outside, _) = self.outside.as_chunks_mut::<FEW_EDGES>();
            let outside = &mut outside[start / FEW_EDGES];
            math.spread(planes_of_nodes, &table.nodes[side], outside);
        }
        let fold = |fold: fn(u64, u64) -> u64| {
            [32, 16, 8]
                .into_iter()
                .fold(planes_of_nodes, |bytes, shift| fold(bytes, bytes >> shift)) as u8
        };
        (fold(|one, other| one & other) == 0).then(|| fold(|one, other| one | other))
    }
}

/// Returns how far outside a plane a vertex is.
#[inline(always)]
fn distance<const PLANE: usize>(vertices: &Vertices, vertex: u8) -> f64 {
    let vertex = usize::from(vertex);
    match PLANE {
        0 => vertices.first[vertex / NUMBERS],
        1 => vertices.second[vertex / NUMBERS],
        _ => vertices.numbers[vertex + LANE_OF_PLANE[PLANE]],
    }
}
