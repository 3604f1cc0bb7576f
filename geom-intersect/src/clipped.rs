//! What clipping leaves of a pair of cells, and its volume.

use nalgebra::{Point3, Vector3};

use crate::corner::CornerFrame;
use crate::edge_table::{MAX_EDGES, REFERENCE_PAIRS, ReferencePair};
use crate::lanes::{Axes, Differences, VertexMath, Vertices};
use crate::moments::{EdgeSum, Wanted};

/// What clipping leaves of a pair of cells.
pub(crate) struct Clipped<'a> {
    pub(crate) vertices: &'a Vertices,
    /// The vertex in which each edge starts, and ends.
    pub(crate) ends: [&'a [u8; MAX_EDGES]; 2],
    /// The set of those that are left, between faces with different reference points. Between two with
    /// the same one an edge adds nothing to the volume; to the first moment neither, since the volumes
    /// on its two sides are equal.
    pub(crate) edges: u64,
    pub(crate) reference_pairs: &'static [ReferencePair; MAX_EDGES],
    /// The reference nodes of the clipped cell.
    pub(crate) own_references: [u8; 2],
}

impl Clipped<'_> {
    /// Returns what is wanted of it; `frame` is that of the vertices, and `origin` its origin.
    #[inline(always)]
    pub(crate) fn sum<W: Wanted>(
        self,
        math: impl VertexMath,
        frame: &CornerFrame,
        origin: &Point3<f64>,
    ) -> W {
        let [one, other] = self.own_references;
        let references = [
            math.turned(self.vertices, one),
            math.turned(self.vertices, other),
            Axes::default(),
            frame.opposite,
        ];
        let mut differences = Differences::default();
        for (difference, [left, right]) in differences.0.iter_mut().zip(REFERENCE_PAIRS) {
            *difference = math.minus(&references[left], &references[right]);
        }
        let mut volume = Axes::default();
        let mut sum = EdgeSum::default();
        let mut edges = self.edges;
        while edges != 0 {
            let edge = edges.trailing_zeros() as usize % MAX_EDGES;
            edges &= edges - 1;
            let start_end = self.ends.map(|ends| ends[edge]);
            let pair = self.reference_pairs[edge];
            math.add_edge_between(&mut volume, self.vertices, start_end, &differences, pair);
            if W::FIRST {
                let [start, end] = start_end.map(|vertex| {
                    let number = |lane: usize| self.vertices.numbers[usize::from(vertex) + lane];
                    Vector3::new(number(0), number(1), number(2))
                });
                let [left, right] = pair.points().map(|reference| {
                    let [z, x, y, _] = references[reference].0;
                    Vector3::new(x, y, z)
                });
                sum.add::<true>(&start, &end, &left, &right);
            }
        }
        let [first, second, third, _] = volume.0;
        let volume = ((first + second) + third) / 6.0 * frame.scale;
        W::new(
            volume,
            || frame.first_moment(volume, sum.moments(*origin).first),
            origin,
        )
    }
}
