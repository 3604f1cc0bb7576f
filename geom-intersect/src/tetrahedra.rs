//! The path of tetrahedra: a tetrahedron clipped by the four planes of another.
//!
//! The same algorithm as in [`crate::convex`], operation by operation, so that it gives the same bits;
//! only what four nodes, four planes and 28 edges allow is done in fewer instructions:
//!
//! * Of the candidates that a search finds most do not overlap. Most of those show in the distances of
//!   the nodes of each from the faces of the other, before anything is clipped.
//! * The starts and ends of all edges fit one set of 64 bits. What is outside a plane is found for
//!   both sides at once, and a bit of the set says where to write the new vertex. For planes to come
//!   the sets are kept up to date in registers.

use nalgebra::{Point3, Vector3};

use crate::convex::Degenerate;
use crate::edge_table::REFERENCE_PAIRS;
use crate::frame::Frame;
use crate::lanes::{Axes, FourMath, LANES, Lanes, OutsideSets, PlaneRow, Vertices};
use crate::moments::{EdgeSum, Moments};
use crate::plane::Plane;
use crate::solid::SolidClass;
use crate::standard::StandardShape;
use crate::tetrahedron_tables::{
    DIFFERENT_REFERENCES, ENDS, ENDS_AT, ENTRY, EXIT, NEW_ENDS, OWN_EDGES, PLANES, REFERENCE_PAIR,
    SIDE,
};

/// A source tetrahedron lies beyond a face of the target if all its nodes do, and the other way round;
/// for faces of the source, which are known in the target's frame to rounding only, by so much more:
/// times the square of the source's extent times both extents. The normal, a difference of products
/// of edges, is off by some 4 epsilon times that square, each product with a coordinate by as much
/// again, and there are some ten.
const MARGIN: f64 = 256.0 * f64::EPSILON;

/// A tetrahedron whose volume is this fraction of its extent cubed, or more, is convex beyond doubt:
/// the distance of a node from the opposite face, times the length of the normal, is six volumes, and
/// no more than 33 epsilon of the extent cubed off.
const CLEARLY_CONVEX: f64 = 64.0 * f64::EPSILON;

/// A convex tetrahedron prepared to be clipped by many others.
///
/// ```
/// use geom_intersect::{Intersector, SourceTetrahedron, TargetTetrahedron, examine_tetrahedron};
/// use nalgebra::{Point3, Vector3};
///
/// let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut target = TargetTetrahedron::default();
/// assert!(target.set(&nodes));
///
/// let mut intersector = Intersector::default();
/// for (key, shift) in [(0, 0.5), (1, 1.5)] {
///     let shifted = nodes.map(|node| node + Vector3::new(shift, 0.0, 0.0));
///     let (_, class) = examine_tetrahedron(&shifted).expect("it is not flat");
///     let source = SourceTetrahedron::new(shifted, class);
///     intersector.queue_tetrahedron(key, &source, &target);
/// }
/// let mut found = Vec::new();
/// intersector.volumes_of_queued(&target, |key, volume| found.push((key, volume)));
/// assert_eq!(found, [(0, Ok(Some(1.0 / 48.0)))]);
/// ```
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
pub struct SourceTetrahedron {
    /// The nodes, axis by axis.
    corners: [Axes; 3],
    /// The normals of the faces, axis by axis; face `i` has node `i`.
    normals: [Axes; 3],
    /// What similarity of sizes is told from: volume, extent squared, extent, 1.
    size: Axes,
}

impl SourceTetrahedron {
    /// Prepares a tetrahedron whose class is known to be [`convex`](SolidClass::convex).
    ///
    /// The caller answers for the class, and for the orientation.
    #[must_use]
    pub fn new(nodes: [Point3<f64>; 4], class: SolidClass) -> Self {
        debug_assert!(class.convex);
        let [a, b, c, d] = nodes;
        let (ab, ac, ad) = (b - a, c - a, d - a);
        let normals = [
            ac.cross(&ab),
            ab.cross(&ad),
            (c - b).cross(&(d - b)),
            ad.cross(&ac),
        ];
        let SolidClass { volume, extent, .. } = class;
        Self {
            corners: [0, 1, 2].map(|axis: usize| Axes(nodes.map(|node| node[axis]))),
            normals: [0, 1, 2].map(|axis: usize| Axes(normals.map(|normal| normal[axis]))),
            size: Axes([volume, extent * extent, extent, 1.0]),
        }
    }
}

/// A convex tetrahedron prepared to clip many others. Filled again for the next one.
#[derive(Debug, Clone, Default)]
#[repr(C, align(64))]
pub struct TargetTetrahedron {
    rows: [PlaneRow; PLANES],
    /// The distances that count as inside, in the order of a vertex.
    limits: Lanes,
    /// The two reference nodes, in the order of [`FourMath::turned`].
    references: [Axes; 2],
    /// Each coordinate four times over.
    nodes: [[Axes; 3]; 4],
    /// The extent squared, volume, 1, extent: see [`SourceTetrahedron::size`].
    size: Axes,
    origin: Point3<f64>,
    extent: f64,
    pub(crate) volume: f64,
}

impl TargetTetrahedron {
    /// Fills it with the tetrahedron of these nodes, in the order of [`StandardShape::Tetrahedron`].
    /// Returns whether it can be: if the tetrahedron is flat or nearly so, or its mirror image, it is
    /// left to [`Solid`](crate::Solid).
    ///
    /// [`StandardShape::Tetrahedron`]: crate::StandardShape::Tetrahedron
    pub fn set(&mut self, nodes: &[Point3<f64>; 4]) -> bool {
        let frame = Frame::of(nodes);
        let class = class_of(nodes, &frame);
        if let Some(class) = &class {
            self.fill(nodes, &frame, class);
        }
        class.is_some()
    }

    /// Fills it with a convex tetrahedron.
    pub(crate) fn fill(&mut self, nodes: &[Point3<f64>; 4], frame: &Frame, class: &SolidClass) {
        let origin = frame.origin;
        let nodes = nodes.map(|node| node - origin);
        for (row, face) in self.rows.iter_mut().zip(StandardShape::Tetrahedron.faces()) {
            let [a, b, c] = [0, 1, 2].map(|corner: usize| &nodes[face[corner] as usize]);
            let plane = Plane::of_triangle(a, b, c);
            *row = plane.row(plane.snap(frame.extent));
        }
        let limit = |plane: usize| self.rows[plane][4].0[0];
        let no = f64::INFINITY;
        self.limits = Lanes([no, no, limit(3), no, limit(1), limit(2), no, no]);
        let turned = |node: Vector3<f64>| Axes([node.z, node.x, 0.0, node.y]);
        self.references = [turned(nodes[0]), turned(nodes[1])];
        self.nodes = nodes.map(|node| [0, 1, 2].map(|axis: usize| Axes([node[axis]; 4])));
        let SolidClass { volume, extent, .. } = *class;
        self.size = Axes([extent * extent, volume, 1.0, extent]);
        (self.origin, self.extent, self.volume) = (origin, extent, volume);
    }
}

/// Finds the bounds of a tetrahedron, lowest and highest corner, and its class, as
/// [`Solid`](crate::Solid) does, sooner; none if it is flat or nearly so, or its mirror image.
///
/// ```
/// use geom_intersect::{Solid, StandardShape, examine_tetrahedron};
/// use nalgebra::Point3;
///
/// let nodes = [[1., 0., 0.], [3., 0., 1.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut solid = Solid::default();
/// solid.set_standard(StandardShape::Tetrahedron, &nodes);
/// let (low, high, class) = examine_tetrahedron(&nodes).unwrap();
/// assert_eq!(((low, high), class), (solid.bounds(), solid.class()));
/// ```
#[must_use]
#[inline]
pub fn examine_tetrahedron(
    nodes: &[Point3<f64>; 4],
) -> Option<(Point3<f64>, Point3<f64>, SolidClass)> {
    let frame = Frame::of(nodes);
    class_of(nodes, &frame).map(|class| (frame.low, frame.high, class))
}

/// Returns the class of a tetrahedron that is far from flat.
#[inline]
fn class_of(nodes: &[Point3<f64>; 4], frame: &Frame) -> Option<SolidClass> {
    let extent = frame.extent;
    let six_volumes = six_volumes(nodes.each_ref().map(|node| &node.coords));
    (six_volumes > CLEARLY_CONVEX * (extent * extent * extent)).then(|| SolidClass {
        convex: true,
        axis_aligned: false,
        volume: six_volumes / 6.0,
        extent,
    })
}

/// Returns six times the volume of a tetrahedron; negative for its mirror image.
#[inline]
pub(crate) fn six_volumes([a, b, c, d]: [&Vector3<f64>; 4]) -> f64 {
    (b - a).cross(&(c - a)).dot(&(d - a))
}

/// How many pairs may wait to be clipped.
const QUEUE: usize = 64;

/// Pairs that may overlap, all with one target.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    /// Those whose nodes are not all beyond a face of the target.
    pairs: Box<[Pair; QUEUE]>,
    count: usize,
    /// Of these, the places of those whose faces are not all beyond the nodes of the target.
    chosen: [u8; QUEUE],
}

impl Default for Queue {
    #[expect(
        clippy::large_stack_arrays,
        reason = "on its way to the heap, once per thread"
    )]
    fn default() -> Self {
        Self {
            pairs: Box::new([Pair::default(); QUEUE]),
            count: 0,
            chosen: [0; QUEUE],
        }
    }
}

/// A source tetrahedron in the frame of its target.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Pair {
    /// Of the nodes: what [`FourMath::vertices_of_four`] takes.
    rows: [Axes; 6],
    /// Of the nodes, the distances from plane 0.
    first_distance: Axes,
    /// The normals of the faces.
    normals: [Axes; 3],
    /// The nodes that are outside of each plane, four bits each.
    outside: u32,
    /// What the caller knows the source by.
    pub(crate) key: u32,
    /// The volume of the source, and its extent.
    pub(crate) volume: f64,
    extent: f64,
    /// One of the two is much smaller than the other: not for this path.
    pub(crate) other_size: bool,
}

impl Queue {
    pub(crate) fn is_full(&self) -> bool {
        self.count == QUEUE
    }

    /// Adds a pair, unless all nodes of the source are beyond a face of the target.
    ///
    /// Without a branch that the processor would have to guess: what is not added is overwritten by
    /// the next.
    #[inline(always)]
    pub(crate) fn add(
        &mut self,
        math: impl FourMath,
        key: u32,
        source: &SourceTetrahedron,
        target: &TargetTetrahedron,
    ) {
        let pair = &mut self.pairs[self.count % QUEUE];
        let x = math.relative_four(&source.corners[0], target.origin.x);
        let y = math.relative_four(&source.corners[1], target.origin.y);
        let z = math.relative_four(&source.corners[2], target.origin.z);
        let nodes = [x, y, z];
        let (first, beyond_first) = math.distances_of_four(&nodes, &target.rows[0]);
        let (second, beyond_second) = math.distances_of_four(&nodes, &target.rows[1]);
        let (third, beyond_third) = math.distances_of_four(&nodes, &target.rows[2]);
        let (fourth, beyond_fourth) = math.distances_of_four(&nodes, &target.rows[3]);
        let outside = beyond_first | beyond_second << 4 | beyond_third << 8 | beyond_fourth << 12;
        let twos = outside & outside >> 1;
        let faces = twos & twos >> 2 & 0x1111;
        let other_size = math.eightfold(&source.size, &target.size);
        pair.rows = [x, y, fourth, z, second, third];
        pair.first_distance = first;
        pair.normals = source.normals;
        pair.outside = outside;
        pair.key = key;
        [pair.volume, _, pair.extent, _] = source.size.0;
        pair.other_size = other_size;
        self.count += usize::from((faces == 0) | other_size);
    }

    /// Chooses those for which the nodes of the target are not all beyond a face of the source.
    /// Returns how many, and empties the queue; its pairs stay where they are.
    #[inline(always)]
    pub(crate) fn choose(&mut self, math: impl FourMath, target: &TargetTetrahedron) -> usize {
        let mut count = 0;
        for (place, pair) in self.pairs.iter().take(self.count).enumerate() {
            let nodes = [pair.rows[0], pair.rows[1], pair.rows[3]];
            let extent = pair.extent;
            let margin = MARGIN * (extent * extent) * (extent + target.extent);
            let faces = math.faces_between(&pair.normals, &nodes, &target.nodes, margin);
            self.chosen[count % QUEUE] = place as u8;
            count += usize::from((faces == 0) | pair.other_size);
        }
        self.count = 0;
        count
    }

    /// Returns one of those that were chosen.
    #[inline]
    pub(crate) fn chosen(&self, index: usize) -> &Pair {
        &self.pairs[usize::from(self.chosen[index]) % QUEUE]
    }
}

/// Vertices and edges of the pair that is being clipped.
#[derive(Debug, Clone)]
pub(crate) struct Scratch {
    vertices: Vertices,
    /// The vertex in which each edge starts, then from [`SIDE`] that in which it ends. Longer than what
    /// is used, so that no index has to be checked.
    ends: [u8; 256],
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            vertices: Vertices([0.0; _]),
            ends: [0; 256],
        }
    }
}

/// What is wanted of an overlap.
pub(crate) trait Wanted: Copy {
    /// Whether that is more than the volume.
    const FIRST: bool;

    /// Takes the volume, and the sum that has the first moment about an origin.
    fn new(volume: f64, sum: &EdgeSum, origin: &Point3<f64>) -> Self;

    fn volume(&self) -> f64;
}

impl Wanted for f64 {
    const FIRST: bool = false;

    #[inline(always)]
    fn new(volume: f64, _: &EdgeSum, _: &Point3<f64>) -> Self {
        volume
    }

    #[inline(always)]
    fn volume(&self) -> f64 {
        *self
    }
}

impl Wanted for Moments {
    const FIRST: bool = true;

    #[inline(always)]
    fn new(volume: f64, sum: &EdgeSum, origin: &Point3<f64>) -> Self {
        Self {
            volume,
            ..sum.moments(*origin)
        }
    }

    #[inline(always)]
    fn volume(&self) -> f64 {
        self.volume
    }
}

/// Returns what is wanted of the overlap of a pair.
#[inline(always)]
pub(crate) fn clip<W: Wanted>(
    math: impl FourMath,
    scratch: &mut Scratch,
    pair: &Pair,
    target: &TargetTetrahedron,
) -> Result<W, Degenerate> {
    let mut clipping = Clipping::start(math, scratch, pair, target);
    clipping.clip_by::<0>();
    clipping.clip_by::<1>();
    clipping.clip_by::<2>();
    clipping.clip_by::<3>();
    clipping.finish()
}

/// Does what [`clip`] does for two pairs, plane by plane in turns: while a division or a store of the
/// one is on its way, the processor works on the other.
#[inline(always)]
pub(crate) fn clip_two<W: Wanted>(
    math: impl FourMath,
    [one, other]: &mut [Scratch; 2],
    pairs: [&Pair; 2],
    target: &TargetTetrahedron,
) -> [Result<W, Degenerate>; 2] {
    let mut one = Clipping::start(math, one, pairs[0], target);
    let mut other = Clipping::start(math, other, pairs[1], target);
    one.clip_by::<0>();
    other.clip_by::<0>();
    one.clip_by::<1>();
    other.clip_by::<1>();
    one.clip_by::<2>();
    other.clip_by::<2>();
    one.clip_by::<3>();
    other.clip_by::<3>();
    [one.finish(), other.finish()]
}

/// A pair of tetrahedra that is being clipped.
struct Clipping<'a, M> {
    math: M,
    target: &'a TargetTetrahedron,
    pair: &'a Pair,
    scratch: &'a mut Scratch,
    /// The set of starts, and from [`SIDE`] of ends, of edges that are left.
    alive: u64,
    /// Those that are outside of planes to come, of edges that are left and others.
    outside: OutsideSets,
    next_vertex: u8,
    degenerate: bool,
}

impl<'a, M: FourMath> Clipping<'a, M> {
    /// Places the nodes and the edges between them.
    #[inline(always)]
    fn start(
        math: M,
        scratch: &'a mut Scratch,
        pair: &'a Pair,
        target: &'a TargetTetrahedron,
    ) -> Self {
        math.vertices_of_four(&pair.rows, &mut scratch.vertices);
        scratch.ends[..64].copy_from_slice(&ENDS);
        let outside = |plane: u32| ENDS_AT[(pair.outside >> (4 * plane)) as usize % ENDS_AT.len()];
        Self {
            math,
            target,
            pair,
            scratch,
            alive: OWN_EDGES,
            outside: OutsideSets {
                low: [0, 0, outside(3), 0],
                high: [outside(1), outside(2)],
            },
            next_vertex: 4 * LANES as u8,
            degenerate: false,
        }
    }

    /// Removes what is outside a plane.
    #[inline(always)]
    fn clip_by<const PLANE: usize>(&mut self) {
        let outside = match PLANE {
            0 => ENDS_AT[self.pair.outside as usize % ENDS_AT.len()],
            1 | 2 => self.outside.high[PLANE - 1],
            _ => self.outside.low[2],
        };
        let outside = outside & self.alive;
        let others = outside.rotate_left(SIDE as u32);
        // The ends that are outside of edges that cross the plane.
        let mut crossing = outside & !others;
        let cuts = crossing.count_ones();
        let mut new_ends = 0;
        while crossing != 0 {
            let outer = crossing.trailing_zeros() as usize % 64;
            crossing &= crossing - 1;
            self.cut::<PLANE>(outer);
            new_ends |= NEW_ENDS[PLANE][outer];
        }
        self.alive &= !(outside & others);
        self.alive |= new_ends;
        // Each face that is cut is left once and entered once, or rounding has bent it: see
        // `crate::convex`.
        if new_ends.count_ones() != 3 * cuts {
            self.degenerate = true;
            self.alive = 0;
        }
    }

    /// Shortens an edge to a new vertex, and begins and ends the edges between the plane and the
    /// faces on its sides there.
    #[inline(always)]
    fn cut<const PLANE: usize>(&mut self, outer: usize) {
        let Scratch { vertices, ends } = &mut *self.scratch;
        let from_to = [ends[outer ^ SIDE], ends[outer]];
        let [near, far] = from_to.map(|vertex| {
            let vertex = usize::from(vertex);
            match PLANE {
                0 => self.pair.first_distance.0[vertex / LANES % 4],
                1 => vertices.0[vertex + 4],
                2 => vertices.0[vertex + 5],
                _ => vertices.0[vertex + 2],
            }
        });
        let near = if near < 0.0 { near } else { 0.0 };
        let fraction = near / (near - far);
        let place = self.next_vertex;
        self.next_vertex = place.wrapping_add(LANES as u8);
        let (limits, sets) = (&self.target.limits, &mut self.outside);
        let new_ends = NEW_ENDS[PLANE][outer];
        let math = self.math;
        math.interpolate_low(vertices, from_to, fraction, place, limits, sets, new_ends);
        if PLANE < 2 {
            math.interpolate_high(vertices, from_to, fraction, place, limits, sets, new_ends);
        }
        ends[outer] = place;
        ends[usize::from(EXIT[PLANE][outer])] = place;
        ends[usize::from(ENTRY[PLANE][outer])] = place;
    }

    #[inline(always)]
    fn finish<W: Wanted>(self) -> Result<W, Degenerate> {
        if self.degenerate {
            return Err(Degenerate);
        }
        let Self {
            math,
            target,
            scratch: Scratch { vertices, ends },
            alive,
            ..
        } = self;
        let references = [
            math.turned(vertices, 0),
            math.turned(vertices, LANES as u8),
            target.references[0],
            target.references[1],
        ];
        let mut differences = [Axes::default(); REFERENCE_PAIRS.len()];
        for (difference, [left, right]) in differences.iter_mut().zip(REFERENCE_PAIRS) {
            *difference = math.minus(&references[left], &references[right]);
        }
        let mut volume = Axes::default();
        let mut sum = EdgeSum::default();
        let mut edges = alive as u32 & DIFFERENT_REFERENCES;
        while edges != 0 {
            let edge = edges.trailing_zeros() as usize % SIDE;
            edges &= edges - 1;
            let start_end = [ends[edge], ends[SIDE + edge]];
            let pair = usize::from(REFERENCE_PAIR[edge]) % REFERENCE_PAIRS.len();
            math.add_edge_of_four(&mut volume, vertices, start_end, &differences[pair]);
            if W::FIRST {
                let [start, end] = start_end.map(|vertex| {
                    let vertex = usize::from(vertex);
                    let number = |lane: usize| vertices.0[vertex + lane];
                    Vector3::new(number(0), number(1), number(3))
                });
                let [left, right] = REFERENCE_PAIRS[pair].map(|reference| {
                    let [z, x, _, y] = references[reference].0;
                    Vector3::new(x, y, z)
                });
                sum.add::<true>(&start, &end, &left, &right);
            }
        }
        let [first, second, _, third] = volume.0;
        let volume = ((first + second) + third) / 6.0;
        Ok(W::new(volume, &sum, &target.origin))
    }
}

const _: () = assert!(PLANES == 4);

#[cfg(test)]
mod tests {
    use nalgebra::Rotation3;
    use num_rational::BigRational;
    use num_traits::Zero;

    use super::*;
    use crate::convex::{self, ConvexCell};
    use crate::dispatch::Arithmetic;
    use crate::solid::Solid;

    /// Numbers between −1 and 1 (splitmix64).
    fn random(state: &mut u64) -> f64 {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// Two tetrahedra: anywhere; on a lattice, so that they share planes and nodes; with one face each
    /// in a plane, to rounding or a little more; flat ones and needles; one much smaller.
    fn random_pair(state: &mut u64) -> Option<[Solid; 2]> {
        let kind = (3.0 * (random(state) + 1.0)) as u32;
        let turn = Rotation3::new(Vector3::from_fn(|_, _| 3.0 * random(state)));
        let stretch = 10_f64.powi((5.0 * random(state)) as i32 - 5);
        let mut pair = [Solid::default(), Solid::default()];
        for solid in &mut pair {
            let small = if kind == 5 && random(state) < 0.0 {
                0.05
            } else {
                1.0
            };
            let nodes = [0, 1, 2, 3].map(|node: usize| {
                let place = Vector3::from_fn(|_, _| random(state));
                let place = match kind {
                    1 => (2.0 * place).map(f64::round) / 2.0,
                    2 if node != 1 => turn * Vector3::new(place.x, place.y, 0.0) + 1e-15 * place,
                    3 => turn * Vector3::new(place.x, place.y, stretch * place.z),
                    4 => Vector3::new(place.x, stretch * place.y, stretch * place.z),
                    _ => small * place,
                };
                Point3::from(place)
            });
            solid.set_standard(StandardShape::Tetrahedron, &nodes);
            if !(solid.is_convex() && solid.volume() > 0.0) {
                return None;
            }
        }
        Some(pair)
    }

    /// Whether all nodes of one are beyond a face of the other, in rational numbers.
    fn have_face_between(source: &Solid, target: &Solid) -> bool {
        let exact = |solid: &Solid| {
            let nodes: Vec<[BigRational; 3]> = solid
                .nodes()
                .map(|node| {
                    [0, 1, 2].map(|axis: usize| BigRational::from_float(node[axis]).unwrap())
                })
                .collect();
            nodes
        };
        let (source, target) = (exact(source), exact(target));
        let minus = |a: &[BigRational; 3], b: &[BigRational; 3]| {
            [0, 1, 2].map(|axis: usize| &a[axis] - &b[axis])
        };
        let is_between = |of: &[[BigRational; 3]], others: &[[BigRational; 3]]| {
            StandardShape::Tetrahedron.faces().iter().any(|face| {
                let [a, b, c] = [0, 1, 2].map(|corner: usize| &of[face[corner] as usize]);
                let (u, v) = (minus(b, a), minus(c, a));
                let normal = [(1, 2), (2, 0), (0, 1)].map(|(i, j)| &u[i] * &v[j] - &u[j] * &v[i]);
                others.iter().all(|node| {
                    let node = minus(node, a);
                    let along = (0..3).map(|axis| &normal[axis] * &node[axis]);
                    along.sum::<BigRational>() > BigRational::zero()
                })
            })
        };
        is_between(&source, &target) || is_between(&target, &source)
    }

    #[test]
    fn the_bits_are_those_of_the_path_of_all_shapes_on_every_processor() {
        let mut state = 3;
        let (mut overlaps, mut apart, mut other_size) = (0, 0, 0);
        for _ in 0..200_000 {
            let Some([source, target]) = random_pair(&mut state) else {
                continue;
            };
            let prepared = SourceTetrahedron::new(source.first_four_nodes(), source.class());
            let clipper = &mut TargetTetrahedron::default();
            clipper.fill(&target.first_four_nodes(), target.frame(), &target.class());
            let clipper = &*clipper;
            let origin = target.frame().origin;
            let run = |arithmetic: Arithmetic| {
                let mut queue = Queue::default();
                arithmetic.queue_tetrahedron(&mut queue, 0, &prepared, clipper);
                let count = arithmetic.choose_tetrahedra(&mut queue, clipper);
                let scratch = &mut Scratch::default();
                (count == 1).then(|| {
                    let pair = queue.chosen(0);
                    let volume = arithmetic.clip_tetrahedron::<f64>(scratch, pair, clipper);
                    let clipped = arithmetic.clip_tetrahedron::<Moments>(scratch, pair, clipper);
                    assert_eq!(volume, clipped.map(|clipped| clipped.volume));
                    (!pair.other_size).then_some(clipped)
                })
            };
            let cell = ConvexCell {
                shape: StandardShape::Tetrahedron,
                corners: source.corners(),
            };
            let planes = target.own_planes().expect("it is convex");
            let expected = Arithmetic::default().clip::<true>(
                &mut convex::Scratch::default(),
                cell,
                planes,
                &origin,
            );
            let bits = |moments: Moments| {
                let [x, y, z] = moments.first.into();
                [moments.volume, x, y, z].map(f64::to_bits)
            };
            let [wide, plain] = [Arithmetic::default(), Arithmetic::Portable].map(run);
            match (wide, plain) {
                (Some(Some(wide)), Some(Some(plain))) => {
                    assert_eq!(wide.map(bits), expected.map(bits));
                    assert_eq!(wide.map(bits), plain.map(bits));
                    overlaps += usize::from(wide.is_ok_and(|wide| wide.volume > 0.0));
                }
                (None, None) => {
                    // What is found between cells that are apart is rounding.
                    if !expected.is_ok_and(|expected| expected.volume == 0.0) {
                        assert!(have_face_between(&source, &target));
                    }
                    apart += 1;
                }
                (Some(None), Some(None)) => other_size += 1,
                _ => panic!("{wide:?} {plain:?}"),
            }
        }
        let counts = [overlaps, apart, other_size];
        assert!(counts.iter().all(|&count| count > 10_000), "{counts:?}");
    }
}
