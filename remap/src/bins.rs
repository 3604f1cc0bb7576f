//! Uniform bins: the fast search where source cells are of about one size.

use std::ops::Range;

use mesh_core::{Bounds, Point3, Vector3};
use rayon::prelude::*;

use crate::candidates::Candidate;
use crate::counting_sort::{sort_into_bins, starts_of_bins};

/// The largest cell may be so many times as wide as the mean one, axis by axis: beyond it a query
/// would look into too many bins, and a tree is faster.
const MAX_SPREAD: f64 = 4.0;

/// How many cells a thread takes at a time; the bins do not depend on it.
const CHUNK: usize = 4096;

/// Cells sorted into a grid of equal bins by the centres of their bounds.
///
/// Some 60 bytes per cell, built by one counting sort.
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
    /// Bin by bin.
    cells: Vec<u32>,
    /// Of each cell; bin by bin, unless the bins [are plain](Self::are_plain): then in the order of ids,
    /// which is much the same.
    bounds: Vec<Bounds>,
    /// The bounds of all cells in a row of bins along the first axis.
    rows: Vec<Bounds>,
    slabs: Slabs,
    are_plain: bool,
}

/// For each axis and each layer of bins across it the range of the cells that are in these bins.
type Slabs = [Vec<[f64; 2]>; 3];

impl Bins {
    /// Sorts cells, numbered in order, into bins; gives the bounds back where sizes differ too much.
    pub(crate) fn new(bounds: Vec<Bounds>) -> Result<Self, Vec<Bounds>> {
        let Some(mut result) = Self::empty(&bounds) else {
            return Err(bounds);
        };
        let bin_of: Vec<u32> = bounds
            .par_iter()
            .with_min_len(CHUNK)
            .map(|bounds| result.bin_of(bounds) as u32)
            .collect();
        let bins = result.counts.iter().product();
        result.starts = starts_of_bins(&bin_of, bins);
        result.cells = sort_into_bins(&bin_of, &mut result.starts);
        result.slabs = result.find_slabs(&bounds, &bin_of);
        result.are_plain = result.look_plain();
        result.bounds = if result.are_plain {
            bounds
        } else {
            let cells = result.cells.par_iter().with_min_len(CHUNK);
            cells.map(|&cell| bounds[cell as usize]).collect()
        };
        let rows = result.counts[1] * result.counts[2];
        let rows = (0..rows).into_par_iter().with_min_len(64).map(|row| {
            let places = result.range(row, 0..result.counts[0]);
            let bounds = places.map(|place| &result.bounds[result.index_of_bounds(place)]);
            bounds.fold(Bounds::EMPTY, |all, bounds| all.union(bounds))
        });
        result.rows = rows.collect();
        Ok(result)
    }

    /// Lays out the bins.
    fn empty(bounds: &[Bounds]) -> Option<Self> {
        let zero = Vector3::zeros();
        // The total is of parts that do not depend on the number of threads.
        let parts: Vec<_> = bounds
            .par_chunks(CHUNK)
            .map(|bounds| {
                let sizes = bounds.iter().map(|bounds| bounds.max - bounds.min);
                let (widest, total) = sizes.fold((zero, zero), |(widest, total), size| {
                    (widest.sup(&size), total + size)
                });
                let none = Bounds::EMPTY;
                let all = bounds.iter().fold(none, |all, bounds| all.union(bounds));
                (all, widest, total)
            })
            .collect();
        let (all, widest, total) = parts.into_iter().fold(
            (Bounds::EMPTY, zero, zero),
            |(all, widest, total), (part, widest_of_part, total_of_part)| {
                let widest = widest.sup(&widest_of_part);
                (all.union(&part), widest, total + total_of_part)
            },
        );
        let mean = total / bounds.len() as f64;
        let size = all.max - all.min;
        let magnitude = all.min.coords.amax().max(all.max.coords.amax());
        let mut counts = [1; 3];
        let mut scale = zero;
        for axis in 0..3 {
            // Written so that a NaN, or a mesh that is flat along an axis, goes to a tree.
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
        Some(Self {
            low: all.min,
            scale,
            counts,
            reach: widest / 2.0 + Vector3::repeat(4.0 * f64::EPSILON * magnitude),
            starts: Vec::new(),
            cells: Vec::new(),
            bounds: Vec::new(),
            rows: Vec::new(),
            slabs: Slabs::default(),
            are_plain: false,
        })
    }

    fn find_slabs(&self, bounds: &[Bounds], bin_of: &[u32]) -> Slabs {
        let nothing = [f64::INFINITY, f64::NEG_INFINITY];
        let empty = || self.counts.map(|count| vec![nothing; count]);
        let extend = |slabs: &mut Slabs, axis: usize, slab: usize, range: [f64; 2]| {
            let [low, high] = &mut slabs[axis][slab];
            *low = low.min(range[0]);
            *high = high.max(range[1]);
        };
        let chunks = bounds.par_chunks(CHUNK).zip(bin_of.par_chunks(CHUNK));
        let parts = chunks.fold(empty, |mut slabs, (bounds, bin_of)| {
            for (bounds, &bin) in bounds.iter().zip(bin_of) {
                let row = bin as usize / self.counts[0];
                let slab = [
                    bin as usize % self.counts[0],
                    row % self.counts[1],
                    row / self.counts[1],
                ];
                for axis in 0..3 {
                    let range = [bounds.min[axis], bounds.max[axis]];
                    extend(&mut slabs, axis, slab[axis], range);
                }
            }
            slabs
        });
        // The lowest and the highest are the same in any order.
        parts.reduce(empty, |mut slabs, others| {
            for (axis, ranges) in others.iter().enumerate() {
                for (slab, &range) in ranges.iter().enumerate() {
                    extend(&mut slabs, axis, slab, range);
                }
            }
            slabs
        })
    }

    /// Returns the bounds of the cell that a search found with this number.
    #[inline]
    pub(crate) fn bounds_at(&self, place: u32) -> Bounds {
        self.bounds[place as usize]
    }

    /// Where the bounds of the cell in a place are.
    #[inline]
    fn index_of_bounds(&self, place: usize) -> usize {
        if self.are_plain {
            self.cells[place] as usize
        } else {
            place
        }
    }

    /// Returns whether there are few candidates, mostly found in ascending order: then it does not
    /// pay to search for several cells at once.
    ///
    /// There are many where the bounds of cells overlap each other much, as those of tetrahedra do.
    pub(crate) fn are_plain(&self) -> bool {
        self.are_plain
    }

    /// Finds out about [`are_plain`](Self::are_plain).
    fn look_plain(&self) -> bool {
        let pairs = self.cells.par_windows(2).with_min_len(CHUNK);
        let descents = pairs.filter(|pair| pair[0] > pair[1]).count();
        let bins = self.starts.len() - 1;
        self.cells.len() <= 2 * bins && 16 * descents <= self.cells.len()
    }

    /// Visits every cell whose bounds share a volume with the given bounds.
    #[inline]
    pub(crate) fn for_each(&self, bounds: &Bounds, mut visit: impl FnMut(Candidate)) {
        let [xs, ys, zs] = [0, 1, 2].map(|axis| self.bins_along(axis, bounds));
        for z in zs {
            for y in ys.clone() {
                let row = z * self.counts[1] + y;
                // Of regular cells most rows beside are beyond in full.
                if !share_volume(&self.rows[row], bounds) {
                    continue;
                }
                for place in self.range(row, xs.clone()) {
                    let index = self.index_of_bounds(place);
                    if share_volume(&self.bounds[index], bounds) {
                        visit(Candidate::new(self.cells[place], index as u32));
                    }
                }
            }
        }
    }

    /// The places of the cells in some bins of a row.
    fn range(&self, row: usize, xs: Range<usize>) -> Range<usize> {
        let first = row * self.counts[0];
        let [start, end] = [xs.start, xs.end].map(|x| self.starts[first + x] as usize);
        start..end
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
        let (low, high) = (bounds.min[axis], bounds.max[axis]);
        let mut start = self.bin_along(axis, low - self.reach[axis]);
        let mut end = self.bin_along(axis, high + self.reach[axis]) + 1;
        // Of regular cells, those of the first and of the last layer mostly end where these begin.
        let slabs = &self.slabs[axis];
        while start < end && !(slabs[start][1] > low) {
            start += 1;
        }
        while start < end && !(slabs[end - 1][0] < high) {
            end -= 1;
        }
        start..end
    }
}

/// Without branches in between: half of the answers are not predictable.
#[inline]
fn share_volume(one: &Bounds, other: &Bounds) -> bool {
    (one.min.x < other.max.x)
        & (one.min.y < other.max.y)
        & (one.min.z < other.max.z)
        & (one.max.x > other.min.x)
        & (one.max.y > other.min.y)
        & (one.max.z > other.min.z)
}
