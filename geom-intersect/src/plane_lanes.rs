//! Up to six planes side by side, as lanes of the vertices that they clip.

use nalgebra::Vector3;

use crate::lanes::{LANES, LaneMath, Lanes};
use crate::plane::Plane;

/// How many planes clip at a time.
pub(crate) const CLIP_PLANES: usize = 6;

/// The lanes of a vertex are its coordinates x, y, z, then its distances from planes 1 to 5; plane 0
/// is used up first, when no vertex is new, so its distances need no lane.
pub(crate) const FIRST_PLANE_LANE: usize = 2;

/// Up to six planes, the unit of clipping of an [`EdgeSets`](crate::edge_sets::EdgeSets).
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct PlaneLanes {
    /// Lane by lane; the lanes of x, y, z are unit vectors through the origin.
    normal: [Lanes; 3],
    point: [Lanes; 3],
    snap: Lanes,
    first: Plane,
    first_snap: f64,
    count: usize,
    /// The set of all planes.
    all: u8,
}

impl PlaneLanes {
    /// Returns no plane at all.
    pub(crate) fn new() -> Self {
        let mut normal = [Lanes::default(); 3];
        for (axis, lanes) in normal.iter_mut().enumerate() {
            lanes.0[axis] = 1.0;
        }
        Self {
            normal,
            point: [Lanes::default(); 3],
            // No value is beyond infinity.
            snap: Lanes([f64::INFINITY; LANES]),
            first: Plane {
                normal: Vector3::zeros(),
                point: Vector3::zeros(),
            },
            first_snap: 0.0,
            count: 0,
            all: 0,
        }
    }

    /// Forgets all planes.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.all = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count == CLIP_PLANES
    }

    /// Adds a plane; a vertex no farther out than `snap` counts as inside.
    pub(crate) fn push(&mut self, plane: &Plane, snap: f64) {
        debug_assert!(!self.is_full());
        if self.count == 0 {
            self.first = *plane;
            self.first_snap = snap;
        } else {
            let lane = (FIRST_PLANE_LANE + self.count) % LANES;
            for axis in 0..3 {
                self.normal[axis].0[lane] = plane.normal[axis];
                self.point[axis].0[lane] = plane.point[axis];
            }
            self.snap.0[lane] = snap;
        }
        self.all |= 1 << self.count;
        self.count += 1;
    }

    /// Returns a vertex's lanes, its distance from plane 0, and the planes that it is outside of.
    #[inline(always)]
    pub(crate) fn place(&self, math: impl LaneMath, vertex: &Vector3<f64>) -> (Lanes, f64, u8) {
        let lanes = math.lanes_of(&self.normal, &self.point, [vertex.x, vertex.y, vertex.z]);
        let first = self.first.distance(vertex);
        let outside = self.outside(math, &lanes) | u8::from(first > self.first_snap);
        (lanes, first, outside & self.all)
    }

    /// Returns the set of planes that a vertex is outside of. Plane 0 is not in it, and where there
    /// are fewer than six planes others may be.
    #[inline(always)]
    pub(crate) fn outside(&self, math: impl LaneMath, lanes: &Lanes) -> u8 {
        math.lanes_beyond(lanes, &self.snap) >> FIRST_PLANE_LANE
    }
}
