//! Uniform bins: the fast search where source cells are of about one size.

use std::ops::Range;

use mesh_core::{Bounds, Point3, Vector3};

/// The largest cell may be so many times as wide as the mean one, axis by axis: beyond it a query
/// would look into too many bins, and the R-tree is faster.
const MAX_SPREAD: f64 = 4.0;

/// Cells sorted into a grid of equal bins by the centres of their bounds.
///
/// Twelve bytes per cell beside the bounds, built by one counting sort.
#[derive(Debug)]
pub(crate) struct Bins {
    low: Point3,
    /// Bins per unit of length; zero along an axis with one bin.
    scale: Vector3,
    counts: [usize; 3],
    /// How far from its centre, rounded, a cell can reach: half the width of the widest cell, and
    /// the rounding of a few sums of coordinates.
    reach: Vector3,
    /// Starts of the bins in `cells`, one more than there are bins.
    starts: Vec<u32>,
    cells: Vec<u32>,
}

impl Bins {
    /// Sorts cells, numbered in order, into bins; none where their sizes differ too much.
    pub(crate) fn new(bounds: &[Bounds]) -> Option<Self> {
        let all = bounds
            .iter()
            .fold(Bounds::EMPTY, |all, bounds| all.union(bounds));
        let zero = Vector3::zeros();
        let (widest, total) = bounds.iter().fold((zero, zero), |(widest, total), bounds| {
            let size = bounds.max - bounds.min;
            (widest.sup(&size), total + size)
        });
        let mean = total / bounds.len() as f64;
        let size = all.max - all.min;
        let magnitude = all.min.coords.amax().max(all.max.coords.amax());
        let mut counts = [1; 3];
        let mut scale = zero;
        for axis in 0..3 {
            // Written so that a NaN, or a mesh that is flat along an axis, goes to the tree.
            if !(widest[axis] <= MAX_SPREAD * mean[axis] && mean[axis] > 0.0) {
                return None;
            }
            counts[axis] = (size[axis] / mean[axis]).round().clamp(1.0, 2048.0) as usize;
            scale[axis] = counts[axis] as f64 / size[axis];
        }
        // A mesh that fills little of its box would leave most bins empty.
        let bins = counts.iter().product::<usize>();
        if bins > 8 * bounds.len()
            || bins >= u32::MAX as usize
            || !scale.iter().all(|x| x.is_finite())
        {
            return None;
        }
        let mut result = Self {
            low: all.min,
            scale,
            counts,
            reach: widest / 2.0 + Vector3::repeat(4.0 * f64::EPSILON * magnitude),
            starts: vec![0; bins + 1],
            cells: vec![0; bounds.len()],
        };
        let bin_of: Vec<u32> = bounds
            .iter()
            .map(|bounds| result.bin_of(bounds) as u32)
            .collect();
        for &bin in &bin_of {
            result.starts[bin as usize + 1] += 1;
        }
        for bin in 0..bins {
            result.starts[bin + 1] += result.starts[bin];
        }
        let mut next = result.starts.clone();
        for (index, &bin) in bin_of.iter().enumerate() {
            let place = &mut next[bin as usize];
            result.cells[*place as usize] = index as u32;
            *place += 1;
        }
        Some(result)
    }

    /// Visits every cell whose bounds may overlap the given bounds, and some more.
    pub(crate) fn for_each(&self, bounds: &Bounds, mut visit: impl FnMut(u32)) {
        let [xs, ys, zs] = [0, 1, 2].map(|axis| self.bins_along(axis, bounds));
        for z in zs {
            for y in ys.clone() {
                let row = (z * self.counts[1] + y) * self.counts[0];
                let range = self.starts[row + xs.start]..self.starts[row + xs.end];
                for &cell in &self.cells[range.start as usize..range.end as usize] {
                    visit(cell);
                }
            }
        }
    }

    fn bin_of(&self, bounds: &Bounds) -> usize {
        let [x, y, z] = [0, 1, 2]
            .map(|axis| self.bin_along(axis, f64::midpoint(bounds.min[axis], bounds.max[axis])));
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    /// The bin of a coordinate, the first or last for one beyond; ascends with the coordinate,
    /// whatever the rounding.
    fn bin_along(&self, axis: usize, coordinate: f64) -> usize {
        let bin = (coordinate - self.low[axis]) * self.scale[axis];
        (bin as usize).min(self.counts[axis] - 1)
    }

    /// The bins in which the centres of overlapping cells lie.
    fn bins_along(&self, axis: usize, bounds: &Bounds) -> Range<usize> {
        let low = self.bin_along(axis, bounds.min[axis] - self.reach[axis]);
        let high = self.bin_along(axis, bounds.max[axis] + self.reach[axis]);
        low..high + 1
    }
}
