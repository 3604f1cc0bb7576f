//! Pairs of tetrahedra that wait for their overlaps, without those that are seen to be apart.

use std::mem;

use nalgebra::Vector3;

use super::pieces::{ALL, Pieces, has_four};
use super::{SourceTetrahedron, TargetTetrahedron};
use crate::convex::Degenerate;
use crate::lanes::FourMath;
use crate::moments::Wanted;
use crate::noise::is_loud;

/// How many pairs may wait.
pub(super) const QUEUE: usize = 64;

/// Pairs that may overlap, all with one target.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pairs: [Pair; QUEUE],
    count: usize,
    /// First of each pair the source, in the frame of its target.
    pieces: Pieces,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            pairs: [Pair::default(); QUEUE],
            count: 0,
            pieces: Pieces::default(),
        }
    }
}

/// A source of a target.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    /// What the caller knows the source by.
    key: u32,
    /// One of the two is much smaller than the other: not for this path.
    other_size: bool,
    /// The volume of the source.
    volume: f64,
}

impl Queue {
    /// Visits the overlaps of tetrahedra with a target, but for those that are seen to be apart, in their order: what is
    /// wanted of each, which fails where that is for another path. It is empty before and afterwards.
    #[inline(always)]
    pub(crate) fn for_each<'a, W: Wanted>(
        &mut self,
        math: impl FourMath,
        mut sources: impl Iterator<Item = (u32, &'a SourceTetrahedron)>,
        target: &TargetTetrahedron,
        mut visit: impl FnMut(u32, Result<W, Degenerate>),
    ) {
        loop {
            let mut count = 0;
            for (key, source) in sources.by_ref().take(QUEUE) {
                self.add::<W>(math, key, source, target);
                count += 1;
            }
            self.visit_all(math, target, &mut visit);
            if count < QUEUE {
                return;
            }
        }
    }

    /// Adds a pair, one of [`QUEUE`] at most, unless all nodes of the source are beyond a face of the target.
    ///
    /// Without a branch that the processor would have to guess: what is not added is overwritten by
    /// the next.
    #[inline(always)]
    fn add<W: Wanted>(
        &mut self,
        math: impl FourMath,
        key: u32,
        source: &SourceTetrahedron,
        target: &TargetTetrahedron,
    ) {
        let number = self.count % QUEUE;
        let x = math.relative_four(&source.corners[0], target.origin.x);
        let y = math.relative_four(&source.corners[1], target.origin.y);
        let z = math.relative_four(&source.corners[2], target.origin.z);
        let nodes = [x, y, z];
        let first = math.distances_of_four(&nodes, &target.planes[0]);
        let second = math.distances_of_four(&nodes, &target.planes[1]);
        let third = math.distances_of_four(&nodes, &target.planes[2]);
        let fourth = math.distances_of_four(&nodes, &target.planes[3]);
        let outside = math.beyond([&first, &second, &third, &fourth], &target.limits);
        let other_size = math.eightfold(&source.size, &target.size);
        let volume = source.size.0[0];
        let piece = &mut self.pieces.all[number];
        let [to_first, to_second, to_third, to_fourth, coordinates @ ..] = &mut piece.rows;
        (*to_first, *to_second, *to_third, *to_fourth) = (first, second, third, fourth);
        if W::FIRST {
            *coordinates = nodes;
        }
        piece.outside = if other_size { ALL } else { outside };
        piece.open = ALL;
        piece.pair = number as u32;
        piece.volume = volume;
        self.pairs[number] = Pair {
            key,
            other_size,
            volume,
        };
        self.count += usize::from(!has_four(outside) | other_size);
    }

    #[inline(always)]
    fn visit_all<W: Wanted>(
        &mut self,
        math: impl FourMath,
        target: &TargetTetrahedron,
        visit: &mut impl FnMut(u32, Result<W, Degenerate>),
    ) {
        let Self {
            pairs,
            count,
            pieces,
        } = self;
        let waiting = mem::take(count);
        if W::FIRST {
            pieces.sum::<true>(math, waiting, &target.limits);
        } else {
            pieces.sum::<false>(math, waiting, &target.limits);
        }
        // Which are visited is found without a branch, too.
        let mut numbers = [0_u8; QUEUE];
        let mut count = 0;
        for (number, (pair, sum)) in (0..).zip(pairs.iter().zip(&pieces.sums)).take(waiting) {
            numbers[count % QUEUE] = number;
            let is_loud = is_loud(sum.volume, [pair.volume, target.volume]);
            count += usize::from(is_loud | pair.other_size);
        }
        for &number in numbers.get(..count).unwrap_or_default() {
            let number = usize::from(number) % QUEUE;
            let Pair {
                key, other_size, ..
            } = pairs[number];
            let sum = &pieces.sums[number];
            let overlap = if other_size {
                Err(Degenerate)
            } else {
                let first = || Vector3::from(sum.first);
                Ok(W::new(sum.volume, first, &target.origin))
            };
            visit(key, overlap);
        }
    }
}
