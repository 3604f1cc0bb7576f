//! Cells divided by planes: recursive coordinate bisection.

use std::cmp::Ordering;
use std::ops::Range;

use mesh_core::{CellId, Point3};
use rayon::prelude::*;

use crate::cuts::{Balance, balanced_run, find_cut, weights_before};

/// Cells below which the two sides of a cut are not worth a thread each.
const CELLS_PER_TASK: usize = 4096;

/// Divides `cells` among `parts` parts: reorders them in place, and returns the run of each part.
///
/// The cells' centroids are cut across the axis along which they extend furthest (of equals the
/// first), the parts shared out to both sides as evenly as they divide, and so on with each side.
/// By count, part i has as many cells as the i-th balanced slice of the mesh; by weight, every cut
/// is as near to its share of what it divides as the cells allow.
pub(crate) fn bisect(
    cells: &mut [CellId],
    parts: usize,
    centroids: &[Point3],
    balance: Balance<'_>,
) -> Vec<Range<usize>> {
    let job = Job {
        centroids,
        balance,
        all_cells: cells.len(),
        all_parts: parts,
    };
    let counts = job.divide(cells, 0..parts);
    let mut start = 0;
    counts
        .into_iter()
        .map(|count| {
            let run = start..start + count;
            start = run.end;
            run
        })
        .collect()
}

/// What stays the same on the way down.
struct Job<'a> {
    centroids: &'a [Point3],
    balance: Balance<'a>,
    all_cells: usize,
    all_parts: usize,
}

impl Job<'_> {
    /// Sorts `cells` into the given parts; returns how many each has.
    fn divide(&self, cells: &mut [CellId], parts: Range<usize>) -> Vec<usize> {
        if parts.len() <= 1 || cells.is_empty() {
            let mut counts = vec![0; parts.len()];
            if let Some(count) = counts.first_mut() {
                *count = cells.len();
            }
            return counts;
        }
        let middle = parts.start + parts.len() / 2;
        let cut = self.cut(cells, &parts, middle);
        let parallel = cells.len() > CELLS_PER_TASK;
        let (left, right) = cells.split_at_mut(cut);
        let (left_parts, right_parts) = (parts.start..middle, middle..parts.end);
        let (mut counts, right_counts) = if parallel {
            rayon::join(
                || self.divide(left, left_parts),
                || self.divide(right, right_parts),
            )
        } else {
            (
                self.divide(left, left_parts),
                self.divide(right, right_parts),
            )
        };
        counts.extend(right_counts);
        counts
    }

    /// Brings the cells of the parts before `middle` to the front; returns how many they are.
    fn cut(&self, cells: &mut [CellId], parts: &Range<usize>, middle: usize) -> usize {
        let axis = longest_axis(self.centroids, cells);
        match self.balance {
            Balance::Count => {
                let first = self.first_cell_of(parts.start);
                let cut = self.first_cell_of(middle) - first;
                if cut > 0 && cut < cells.len() {
                    cells.select_nth_unstable_by(cut, |a, b| self.compare(axis, *a, *b));
                }
                cut
            }
            Balance::Weight(weights) => {
                cells.par_sort_unstable_by(|a, b| self.compare(axis, *a, *b));
                let before = weights_before(cells, weights);
                find_cut(&before, (middle - parts.start) as f64 / parts.len() as f64)
            }
        }
    }

    /// Where a part starts when parts are balanced slices.
    fn first_cell_of(&self, part: usize) -> usize {
        balanced_run(self.all_cells, part, self.all_parts).start
    }

    /// A strict order of cells: along the axis, then by id.
    fn compare(&self, axis: usize, a: CellId, b: CellId) -> Ordering {
        let (place_a, place_b) = (
            self.centroids[a.index()][axis],
            self.centroids[b.index()][axis],
        );
        place_a.total_cmp(&place_b).then(a.cmp(&b))
    }
}

/// The axis along which the cells' centroids extend furthest; of equals the first.
fn longest_axis(centroids: &[Point3], cells: &[CellId]) -> usize {
    let (low, high) = bounds_of(centroids, cells);
    let mut longest = 0;
    for axis in 1..3 {
        if high[axis] - low[axis] > high[longest] - low[longest] {
            longest = axis;
        }
    }
    longest
}

/// The lowest and highest coordinates of the cells' centroids along each axis.
pub(crate) fn bounds_of(centroids: &[Point3], cells: &[CellId]) -> ([f64; 3], [f64; 3]) {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for cell in cells {
        let centroid = centroids[cell.index()];
        for axis in 0..3 {
            low[axis] = low[axis].min(centroid[axis]);
            high[axis] = high[axis].max(centroid[axis]);
        }
    }
    (low, high)
}
