//! Pairs of tetrahedra that wait to be clipped, without those that are seen to be apart.

use super::tables::FIRST_PLANE;
use super::{SourceTetrahedron, TargetTetrahedron};
use crate::lanes::{Axes, FourMath, LANE_OF_PLANE, NUMBERS};

/// By so much all nodes of the target have to be beyond a face of the source, times the square of the
/// source's extent times the sum of both extents: more than rounding can do (docs/maths.md, formula
/// 7a), so that two that overlap are never taken for apart.
const MARGIN: f64 = 256.0 * f64::EPSILON;

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
    fn default() -> Self {
        Self {
            pairs: vec![Pair::default(); QUEUE]
                .into_boxed_slice()
                .try_into()
                .expect("there are as many"),
            count: 0,
            chosen: [0; QUEUE],
        }
    }
}

/// A source tetrahedron in the frame of its target.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Pair {
    /// The nodes as vertices, number by number.
    pub(super) numbers: [Axes; NUMBERS],
    /// The nodes, and the normals of the faces, axis by axis.
    nodes: [Axes; 3],
    normals: [Axes; 3],
    /// The nodes that are outside of each plane, four bits each, in the order of the planes.
    pub(super) outside: u32,
    /// What the caller knows the source by.
    pub(crate) key: u32,
    /// The volume of the source, and its extent.
    pub(crate) volume: f64,
    extent: f64,
    /// One of the two is much smaller than the other: not for this path.
    pub(crate) other_size: bool,
}

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

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
        for (plane, distances) in [first, second, third, fourth].into_iter().enumerate() {
            pair.numbers[LANE_OF_PLANE[FIRST_PLANE + plane]] = distances;
        }
        pair.nodes = nodes;
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
            let extent = pair.extent;
            let margin = MARGIN * (extent * extent) * (extent + target.extent);
            let faces = math.faces_between(&pair.normals, &pair.nodes, &target.nodes, margin);
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
