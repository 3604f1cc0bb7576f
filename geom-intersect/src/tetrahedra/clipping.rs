//! A tetrahedron clipped by the planes of another: as in [`crate::convex`], operation by operation.

use nalgebra::Vector3;

use super::tables::{
    DIFFERENT_REFERENCES, ENDS, ENDS_AT, ENTRY, EXIT, NEW_ENDS, OWN_EDGES, REFERENCE_PAIR, SIDE,
};
use super::{Pair, TargetTetrahedron};
use crate::convex::Degenerate;
use crate::edge_table::REFERENCE_PAIRS;
use crate::lanes::{Axes, Cut, FourMath, LANES, OutsideSets, Vertices};
use crate::moments::{EdgeSum, Wanted};

/// Of a tetrahedron.
const NODES: u32 = 4;

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
    next_vertex: u32,
    /// How many ends of edges there are at new vertices.
    ends: u32,
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
            next_vertex: NODES,
            ends: 0,
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
        let mut new_ends = 0_u64;
        while crossing != 0 {
            let outer = crossing.trailing_zeros() as usize % 64;
            crossing &= crossing - 1;
            self.cut::<PLANE>(outer);
            new_ends |= NEW_ENDS[PLANE][outer];
        }
        self.alive &= !(outside & others);
        self.alive |= new_ends;
        self.ends += new_ends.count_ones();
    }

    /// Shortens an edge to a new vertex, and begins and ends the edges between the plane and the
    /// faces on its sides there.
    #[inline(always)]
    fn cut<const PLANE: usize>(&mut self, outer: usize) {
        let Scratch { vertices, ends } = &mut *self.scratch;
        let (from, to) = (ends[outer ^ SIDE], ends[outer]);
        let [near, far] = [from, to].map(|vertex| {
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
        // It wraps only where rounding has bent a face.
        let place = (self.next_vertex * LANES as u32) as u8;
        self.next_vertex += 1;
        let cut = Cut {
            from,
            to,
            fraction,
            place,
            ends: NEW_ENDS[PLANE][outer],
        };
        let (math, limits, sets) = (self.math, &self.target.limits, &mut self.outside);
        math.interpolate_low(vertices, cut, limits, sets);
        if PLANE < 2 {
            math.interpolate_high(vertices, cut, limits, sets);
        }
        ends[outer] = place;
        ends[usize::from(EXIT[PLANE][outer])] = place;
        ends[usize::from(ENTRY[PLANE][outer])] = place;
    }

    #[inline(always)]
    fn finish<W: Wanted>(self) -> Result<W, Degenerate> {
        // Each face that is cut is left once and entered once, so that each cut has three ends of its own:
        // one is old, and two begin and end new edges. Or rounding has bent a face: see `crate::convex`.
        if self.ends != 3 * (self.next_vertex - NODES) {
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
            let pair = REFERENCE_PAIR[edge] as usize;
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
