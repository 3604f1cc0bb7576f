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

use crate::moments::{EdgeSum, Moments};
use crate::plane::Plane;
use crate::standard::{StandardShape, Topology};

/// Coordinates x, y, z, then the distances from planes 1 to 5; plane 0 is used up at once.
const LANES: usize = 8;
const FIRST_PLANE_LANE: usize = 2;
const MAX_PLANES: usize = 6;
const MAX_EDGES: usize = 64;
const MAX_FACES: usize = 2 * MAX_PLANES;

type Lanes = [f64; LANES];
type Bits = [u64; LANES];

/// Makes lanes one by one, in a loop that compiles to wide registers (`std::array::from_fn` may be
/// compiled apart from its caller, for narrow ones).
#[inline(always)]
fn each_lane<T: Copy + Default>(mut lane: impl FnMut(usize) -> T) -> [T; LANES] {
    let mut lanes = [T::default(); LANES];
    for (index, value) in lanes.iter_mut().enumerate() {
        *value = lane(index);
    }
    lanes
}

/// The planes of a convex standard cell, arranged for [`Scratch::clip`].
#[derive(Debug, Clone)]
pub(crate) struct ConvexPlanes {
    shape: StandardShape,
    count: usize,
    /// Plane 0 and its snap distance.
    first: (Plane, f64),
    /// Lane by lane; the lanes of x, y, z are unit vectors through the origin.
    normal: [Lanes; 3],
    point: [Lanes; 3],
    snap: Lanes,
    references: [Vector3<f64>; 2],
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

    #[inline(always)]
    fn lanes(&self, node: &Vector3<f64>) -> Lanes {
        let [nx, ny, nz] = &self.normal;
        let [cx, cy, cz] = &self.point;
        each_lane(|i| {
            (nx[i] * (node.x - cx[i]) + ny[i] * (node.y - cy[i])) + nz[i] * (node.z - cz[i])
        })
    }

    /// One bit per lane: set where the distance is beyond the snap distance.
    #[inline(always)]
    fn outside(&self, lanes: &Lanes) -> Bits {
        each_lane(|i| (self.snap[i] - lanes[i]).to_bits() >> 63)
    }
}

/// What clipping came to.
pub(crate) enum Outcome {
    Moments(Moments),
    /// A face is cut more than once: rounding has bent a nearly coplanar face.
    Degenerate,
}

/// Vertices and edges of the pair that is being clipped.
#[derive(Debug, Clone)]
pub(crate) struct Scratch {
    vertices: [Lanes; MAX_EDGES],
    outside: [Bits; MAX_EDGES],
    start: [u8; MAX_EDGES],
    end: [u8; MAX_EDGES],
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            vertices: [[0.0; LANES]; MAX_EDGES],
            outside: [[0; LANES]; MAX_EDGES],
            start: [0; MAX_EDGES],
            end: [0; MAX_EDGES],
        }
    }
}

impl Scratch {
    /// Returns the moments of a convex cell's overlap with the cell of `planes`, whose frame has
    /// its origin in `origin`.
    #[inline(always)]
    pub(crate) fn clip<const FIRST: bool>(
        &mut self,
        shape: StandardShape,
        nodes: &[Point3<f64>],
        planes: &ConvexPlanes,
        origin: &Point3<f64>,
    ) -> Outcome {
        let table = edge_table(shape, planes.shape);
        let empty = || Outcome::Moments(EdgeSum::default().moments(*origin));

        // Vertices, their distances, and which edges start and end outside each plane.
        let mut beyond = [0u64; LANES];
        let mut beyond_first = 0u64;
        let mut first_distance = [0.0; 8];
        for (index, node) in nodes.iter().enumerate() {
            let node = node - origin;
            let lanes = planes.lanes(&node);
            let outside = planes.outside(&lanes);
            for lane in 0..LANES {
                beyond[lane] |= outside[lane] << index;
            }
            let distance = planes.first.0.distance(&node);
            first_distance[index & 7] = distance;
            beyond_first |= u64::from(distance > planes.first.1) << index;
            self.vertices[index] = lanes;
            self.outside[index] = outside;
        }
        let mut start_outside: Bits = each_lane(|lane| table.start_at(beyond[lane]));
        let mut end_outside: Bits = each_lane(|lane| table.end_at(beyond[lane]));
        let mut alive = table.own_edges;
        self.start[..12].copy_from_slice(&table.start);
        self.end[..12].copy_from_slice(&table.end);
        let mut vertex_count = nodes.len();

        for plane in 0..planes.count {
            let lane = FIRST_PLANE_LANE + plane;
            let (starts, ends) = if plane == 0 {
                (table.start_at(beyond_first), table.end_at(beyond_first))
            } else {
                (
                    start_outside[lane & 7] & alive,
                    end_outside[lane & 7] & alive,
                )
            };
            if starts | ends == 0 {
                continue;
            }
            alive &= !(starts & ends);
            if alive == 0 {
                return empty();
            }
            let mut crossing = starts ^ ends;
            let mut exits = 0u32;
            let mut entries = 0u32;
            let mut exit_of_face = [0u8; 16];
            let mut entry_of_face = [0u8; 16];
            while crossing != 0 {
                let edge = crossing.trailing_zeros() as usize;
                crossing &= crossing - 1;
                let leaves = ends >> edge & 1 != 0;
                let (start, end) = (self.start[edge] as usize % 64, self.end[edge] as usize % 64);
                let (inside, outside) = if leaves { (start, end) } else { (end, start) };
                let (near, far) = if plane == 0 {
                    (first_distance[inside & 7], first_distance[outside & 7])
                } else {
                    (
                        self.vertices[inside][lane & 7],
                        self.vertices[outside][lane & 7],
                    )
                };
                let near = near.min(0.0);
                let fraction = near / (near - far);
                let from = &self.vertices[inside];
                let to = &self.vertices[outside];
                let cut: Lanes = each_lane(|i| from[i] + (to[i] - from[i]) * fraction);
                let cut_outside = planes.outside(&cut);
                let bit = 1u64 << edge;
                let vertex = vertex_count % MAX_EDGES;
                vertex_count += 1;
                self.vertices[vertex] = cut;
                self.outside[vertex] = cut_outside;

                let left = table.left[edge];
                let right = table.right[edge];
                let (exit, entry) = if leaves {
                    self.end[edge] = vertex as u8;
                    for lane in 0..LANES {
                        end_outside[lane] = end_outside[lane] & !bit | cut_outside[lane] << edge;
                    }
                    (left, right)
                } else {
                    self.start[edge] = vertex as u8;
                    for lane in 0..LANES {
                        start_outside[lane] =
                            start_outside[lane] & !bit | cut_outside[lane] << edge;
                    }
                    (right, left)
                };
                if exits >> exit & 1 != 0 || entries >> entry & 1 != 0 {
                    return Outcome::Degenerate;
                }
                exits |= 1 << exit;
                entries |= 1 << entry;
                exit_of_face[exit as usize & 15] = vertex as u8;
                entry_of_face[entry as usize & 15] = vertex as u8;
            }
            // The boundary of a face is closed: it leaves as often as it comes back.
            let mut faces = exits;
            while faces != 0 {
                let face = faces.trailing_zeros() as usize;
                faces &= faces - 1;
                let edge = table.cut_edge[plane][face & 15] as usize % MAX_EDGES;
                let start = exit_of_face[face & 15];
                let end = entry_of_face[face & 15];
                self.start[edge] = start;
                self.end[edge] = end;
                let start_bits = &self.outside[start as usize % MAX_EDGES];
                let end_bits = &self.outside[end as usize % MAX_EDGES];
                for lane in 0..LANES {
                    start_outside[lane] |= start_bits[lane] << edge;
                    end_outside[lane] |= end_bits[lane] << edge;
                }
                alive |= 1 << edge;
            }
        }
        Outcome::Moments(self.sum::<FIRST>(table, alive, shape, nodes, planes, origin))
    }

    #[inline(always)]
    fn sum<const FIRST: bool>(
        &self,
        table: &EdgeTable,
        alive: u64,
        shape: StandardShape,
        nodes: &[Point3<f64>],
        planes: &ConvexPlanes,
        origin: &Point3<f64>,
    ) -> Moments {
        let own = shape.topology().references.map(|node| nodes[node] - origin);
        let references = [own[0], own[1], planes.references[0], planes.references[1]];
        let mut sum = EdgeSum::default();
        // Between two faces with one reference point an edge adds nothing to the volume; to the
        // first moment neither, since the volumes on its two sides are equal.
        let mut edges = alive & table.different_references;
        while edges != 0 {
            let edge = edges.trailing_zeros() as usize;
            edges &= edges - 1;
            let [px, py, pz, ..] = self.vertices[self.start[edge] as usize % MAX_EDGES];
            let [qx, qy, qz, ..] = self.vertices[self.end[edge] as usize % MAX_EDGES];
            let [left, right] = table.references[edge];
            sum.add::<FIRST>(
                &Vector3::new(px, py, pz),
                &Vector3::new(qx, qy, qz),
                &references[left as usize & 3],
                &references[right as usize & 3],
            );
        }
        sum.moments(*origin)
    }
}

/// The ids of all edges that can appear when one shape is clipped by the planes of another.
///
/// First the edges of the clipped shape, then its faces with each plane, then the planes with one
/// another. Faces are numbered: those of the clipped shape, then the planes.
#[derive(Debug)]
struct EdgeTable {
    own_edges: u64,
    start: [u8; 12],
    end: [u8; 12],
    /// For every set of nodes the edges that start (end) in it.
    starts_in: [u16; 256],
    ends_in: [u16; 256],
    left: [u8; MAX_EDGES],
    right: [u8; MAX_EDGES],
    /// The edge between a plane and a face numbered lower than the plane.
    cut_edge: [[u8; 16]; MAX_PLANES],
    /// Reference points of the faces on either side: 0 and 1 of the clipped shape, 2 and 3 of the
    /// clipping one.
    references: [[u8; 2]; MAX_EDGES],
    different_references: u64,
}

impl EdgeTable {
    #[inline(always)]
    fn start_at(&self, nodes: u64) -> u64 {
        u64::from(self.starts_in[nodes as usize & 255])
    }

    #[inline(always)]
    fn end_at(&self, nodes: u64) -> u64 {
        u64::from(self.ends_in[nodes as usize & 255])
    }

    const fn new(clipped: &Topology, clipper: &Topology) -> Self {
        let mut table = Self {
            own_edges: (1 << clipped.edges.len()) - 1,
            start: [0; 12],
            end: [0; 12],
            starts_in: [0; 256],
            ends_in: [0; 256],
            left: [0; MAX_EDGES],
            right: [0; MAX_EDGES],
            cut_edge: [[0; 16]; MAX_PLANES],
            references: [[0; 2]; MAX_EDGES],
            different_references: 0,
        };
        let mut edge = 0;
        while edge < clipped.edges.len() {
            let own = clipped.edges[edge];
            table.start[edge] = own.start;
            table.end[edge] = own.end;
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
        self.left[edge] = left as u8;
        self.right[edge] = right as u8;
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
