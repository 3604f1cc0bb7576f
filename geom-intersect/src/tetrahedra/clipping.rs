//! A tetrahedron clipped by the planes of another: as in [`crate::convex`], operation by operation.

use std::array;

use super::queue::QUEUE;
use super::tables::{
    DIFFERENT_REFERENCES, ENDS, ENDS_AT, ENTRY, EXIT, FIRST_PLANE, NEW_ENDS, OWN_EDGES,
    OWN_REFERENCES, PLANES, REFERENCE_PAIRS, SIDE,
};
use super::{Pair, Queue, SourceTetrahedron, TargetTetrahedron};
use crate::clipped::Clipped;
use crate::convex::Degenerate;
use crate::lanes::{Cut, FourMath, LANE_OF_PLANE, NUMBERS, OutsideSets, VertexMath, Vertices};
use crate::moments::Wanted;

/// How many pairs are clipped in turns at most.
pub(crate) const TURNS: usize = 2;

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
            vertices: Vertices::default(),
            ends: [0; 256],
        }
    }
}

/// Visits the overlaps of tetrahedra with a target, but for those that are seen to be apart, in their order: what is
/// wanted of each, which fails where that is for another path. `queue` is empty before and afterwards.
#[inline(always)]
pub(crate) fn clip_all<'a, W: Wanted>(
    math: impl VertexMath + FourMath,
    queue: &mut Queue,
    scratch: &mut [Scratch; TURNS],
    mut sources: impl Iterator<Item = (u32, &'a SourceTetrahedron)>,
    target: &TargetTetrahedron,
    mut visit: impl FnMut(&Pair, Result<W, Degenerate>),
) {
    loop {
        let mut count = 0;
        for (key, source) in sources.by_ref().take(QUEUE) {
            queue.add(math, key, source, target);
            count += 1;
        }
        clip_queued(math, queue, scratch, target, &mut visit);
        if count < QUEUE {
            return;
        }
    }
}

#[inline(always)]
fn clip_queued<W: Wanted>(
    math: impl VertexMath,
    queue: &mut Queue,
    scratch: &mut [Scratch; TURNS],
    target: &TargetTetrahedron,
    visit: &mut impl FnMut(&Pair, Result<W, Degenerate>),
) {
    let (in_turns, rest) = queue.take().as_chunks::<TURNS>();
    for pairs in in_turns {
        clip_in_turns::<W, TURNS>(math, pairs, scratch, target, visit);
    }
    for pair in rest {
        clip_in_turns::<W, 1>(math, array::from_ref(pair), scratch, target, visit);
    }
}

/// Clips `N` pairs, plane by plane in turns: while a division or a store of the one is on its way, the processor works
/// on the others.
#[inline(always)]
fn clip_in_turns<W: Wanted, const N: usize>(
    math: impl VertexMath,
    pairs: &[Pair; N],
    scratch: &mut [Scratch; TURNS],
    target: &TargetTetrahedron,
    visit: &mut impl FnMut(&Pair, Result<W, Degenerate>),
) {
    if pairs.iter().all(|pair| pair.other_size) {
        for pair in pairs {
            visit(pair, Err(Degenerate));
        }
        return;
    }
    let mut scratch = scratch.iter_mut();
    let mut clippings = pairs.each_ref().map(|pair| {
        let scratch = scratch.next().expect("there are as many");
        Clipping::start(math, scratch, pair, target)
    });
    for clipping in &mut clippings {
        clipping.clip_by::<0>();
    }
    for clipping in &mut clippings {
        clipping.clip_by::<1>();
    }
    for clipping in &mut clippings {
        clipping.clip_by::<2>();
    }
    for clipping in &mut clippings {
        clipping.clip_by::<3>();
    }
    for (pair, clipping) in pairs.iter().zip(clippings) {
        let overlap = clipping.finish();
        visit(
            pair,
            if pair.other_size {
                Err(Degenerate)
            } else {
                overlap
            },
        );
    }
}

/// A pair of tetrahedra that is being clipped.
struct Clipping<'a, M> {
    math: M,
    target: &'a TargetTetrahedron,
    scratch: &'a mut Scratch,
    /// The set of starts, and from [`SIDE`] of ends, of edges that are left.
    alive: u64,
    /// Those that are outside of each plane to come, of edges that are left and others.
    outside: OutsideSets,
    next_vertex: u32,
    /// How many ends of edges there are at new vertices.
    ends: u32,
}

impl<'a, M: VertexMath> Clipping<'a, M> {
    /// Places the nodes and the edges between them.
    #[inline(always)]
    fn start(
        math: M,
        scratch: &'a mut Scratch,
        pair: &'a Pair,
        target: &'a TargetTetrahedron,
    ) -> Self {
        math.place_four(&pair.numbers, &mut scratch.vertices);
        scratch.ends[..64].copy_from_slice(&ENDS);
        let mut outside = OutsideSets::default();
        for plane in 0..PLANES {
            let nodes = (pair.outside >> (4 * plane)) as usize % ENDS_AT.len();
            outside.0[LANE_OF_PLANE[FIRST_PLANE + plane]] = ENDS_AT[nodes];
        }
        Self {
            math,
            target,
            scratch,
            alive: OWN_EDGES,
            outside,
            next_vertex: NODES,
            ends: 0,
        }
    }

    /// Removes what is outside a plane.
    #[inline(always)]
    fn clip_by<const PLANE: usize>(&mut self) {
        let outside = self.outside.0[LANE_OF_PLANE[FIRST_PLANE + PLANE]] & self.alive;
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
        let lane = LANE_OF_PLANE[FIRST_PLANE + PLANE];
        let [near, far] = [from, to].map(|vertex| vertices.numbers[usize::from(vertex) + lane]);
        let near = if near < 0.0 { near } else { 0.0 };
        let fraction = near / (near - far);
        // It wraps only where rounding has bent a face.
        let place = (self.next_vertex * NUMBERS as u32) as u8;
        self.next_vertex += 1;
        let cut = Cut {
            from,
            to,
            fraction,
            place,
        };
        let (limits, new_ends) = (&self.target.limits, NEW_ENDS[PLANE][outer]);
        let (math, sets) = (self.math, &mut self.outside);
        math.interpolate_into_sets(vertices, cut, limits, new_ends, sets);
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
            target, scratch, ..
        } = self;
        let clipped = Clipped {
            vertices: &scratch.vertices,
            ends: [0, SIDE].map(|side| scratch.ends[side..].first_chunk().expect("it is longer")),
            edges: self.alive & DIFFERENT_REFERENCES,
            reference_pairs: &REFERENCE_PAIRS,
            own_references: OWN_REFERENCES,
        };
        Ok(clipped.sum(self.math, &target.frame, &target.origin))
    }
}
