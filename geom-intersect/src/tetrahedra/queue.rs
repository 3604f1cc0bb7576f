//! Pairs of tetrahedra that wait to be clipped, without those that are seen to be apart.

use super::tables::FIRST_PLANE;
use super::{SourceTetrahedron, TargetTetrahedron};
use crate::lanes::{Axes, FourMath, LANE_OF_PLANE, NUMBERS};

/// By so much all nodes of the target have to be beyond a face of the source, times the square of the
/// source's extent times the sum of both extents: more than rounding can do (docs/maths.md, formula
/// 7a), so that two that overlap are never taken for apart.
const MARGIN: f64 = 256.0 * f64::EPSILON;

/// How many pairs may wait to be clipped.
pub(super) const QUEUE: usize = 64;

/// Pairs that may overlap, all with one target.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pairs: Box<[Pair; QUEUE]>,
    count: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            pairs: vec![Pair::default(); QUEUE]
                .into_boxed_slice()
                .try_into()
                .expect("there are as many"),
            count: 0,
        }
    }
}

/// A source tetrahedron in the frame of its target.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Pair {
    /// The nodes as vertices, number by number.
    pub(super) numbers: [Axes; NUMBERS],
    /// The nodes that are outside of each plane, four bits each, in the order of the planes.
    pub(super) outside: u32,
    /// What the caller knows the source by.
    pub(crate) key: u32,
    /// The volume of the source.
    pub(crate) volume: f64,
    /// One of the two is much smaller than the other: not for this path.
    pub(crate) other_size: bool,
}

impl Queue {
    /// Adds a pair, one of [`QUEUE`] at most, unless all nodes of the one are beyond a face of the other.
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
        let of_target = twos & twos >> 2 & 0x1111;
        let [volume, square, extent, _] = source.size.0;
        let margin = MARGIN * square * (extent + target.extent);
        let of_source = math.faces_between(&source.normals, &nodes, &target.nodes, margin);
        let other_size = math.eightfold(&source.size, &target.size);
        for (plane, distances) in [first, second, third, fourth].into_iter().enumerate() {
            pair.numbers[LANE_OF_PLANE[FIRST_PLANE + plane]] = distances;
        }
        (pair.outside, pair.key, pair.volume) = (outside, key, volume);
        pair.other_size = other_size;
        self.count += usize::from((of_target | of_source == 0) | other_size);
    }

    /// Returns the pairs, and empties the queue.
    #[inline(always)]
    pub(crate) fn take(&mut self) -> &[Pair] {
        let count = self.count;
        self.count = 0;
        self.pairs.get(..count).unwrap_or_default()
    }
}
