//! Cells in the order of a Hilbert curve: near one another in space, near one another in memory.
//!
//! J. Skilling, "Programming the Hilbert curve", AIP Conf. Proc. 707 (2004) 381; here without
//! branches and for several places at a time.

use std::mem::take;
use std::ops::Range;

use mesh_core::{Bounds, Point3, prefetch};
use rayon::prelude::*;

use crate::counting_sort::{sort_into_bins, starts_of_bins};

/// How many cells a thread takes at a time; the order does not depend on it.
const CHUNK: usize = 4096;

/// How many places are computed together.
const LANES: usize = 8;

/// So many cells before a cell is looked at the processor is asked for what is known of it.
pub(crate) const CELLS_AHEAD: usize = 16;

/// So many cells in one place of the curve's grid may stay in the order of their ids.
const CROWD: usize = 8;

/// Levels of the curve's grid at most: 16 million places.
const MAX_LEVELS: u32 = 8;

/// Returns the cells 0, 1, 2, … in the order in which a Hilbert curve through a point of each meets them; of cells in
/// one place in that of ids. The points come from what is known of each cell. The curve fills `around`, the bounds of
/// all.
///
/// The curve's grid has one to eight places for each cell. Where more than a few cells
/// share a place they are put in order among themselves on a finer one.
///
/// Cost: `O(n)` where cells are spread evenly, some ten nanoseconds per cell.
pub(crate) fn order_along_curve<T: Sync>(
    known: &[T],
    point: impl Fn(&T) -> Point3 + Sync,
    around: &Bounds,
) -> Vec<u32> {
    let (mut order, starts) = sort_along_curve(known.len(), |cell| point(&known[cell]), around);
    let crowds = crowds(&mut order, &starts);
    drop(starts);
    crowds.for_each(|(_, crowd)| {
        let points = (0..crowd.len()).map(|place| {
            // They come from all over the memory.
            if let Some(&next) = crowd.get(place + CELLS_AHEAD) {
                prefetch(&known[next as usize]);
            }
            point(&known[crowd[place] as usize])
        });
        let points: Vec<Point3> = points.collect();
        sort_crowd(crowd, &points, around);
    });
    order
}

/// Returns the bounds around all of these.
pub(crate) fn around(bounds: &[Bounds]) -> Bounds {
    let all = bounds.par_iter().with_min_len(CHUNK).copied();
    all.reduce(|| Bounds::EMPTY, |one, other| one.union(&other))
}

/// Returns the bounds around all of these points.
pub(crate) fn around_points(points: &[Point3]) -> Bounds {
    let chunks: Vec<Bounds> = points.par_chunks(CHUNK).map(Bounds::from_points).collect();
    around(&chunks)
}

/// Puts cells with these points, which share a place of the grid in `around`, in order on a finer one.
fn sort_crowd(cells: &mut [u32], points: &[Point3], around: &Bounds) {
    let closer = Bounds::from_points(points);
    // All have the same point, or no finer grid is left.
    if closer.min == closer.max || closer == *around {
        return;
    }
    let (order, starts) = sort_along_curve(cells.len(), |cell| points[cell], &closer);
    let old = cells.to_vec();
    for (cell, &index) in cells.iter_mut().zip(&order) {
        *cell = old[index as usize];
    }
    let points: Vec<Point3> = order.iter().map(|&index| points[index as usize]).collect();
    drop((old, order));
    let crowds = crowds(cells, &starts);
    drop(starts);
    crowds.for_each(|(range, crowd)| sort_crowd(crowd, &points[range], &closer));
}

/// Returns things 0, 1, 2, … with these points in the order of the places that they have on a grid in `around`, and
/// where each place starts.
fn sort_along_curve(
    count: usize,
    point: impl Fn(usize) -> Point3 + Sync,
    around: &Bounds,
) -> (Vec<u32>, Vec<u32>) {
    let grid = Grid::for_cells(count, around);
    let mut places = vec![0_u32; count];
    let chunks = places.par_chunks_mut(LANES).with_min_len(CHUNK / LANES);
    chunks.enumerate().for_each(|(chunk, places)| {
        let mut coordinates = [[0_u32; LANES]; 3];
        for lane in 0..places.len() {
            let point = point(LANES * chunk + lane);
            for (axis, coordinates) in coordinates.iter_mut().enumerate() {
                coordinates[lane] = grid.coordinate(axis, &point);
            }
        }
        let indices = hilbert_indices(coordinates, grid.levels);
        places.copy_from_slice(&indices[..places.len()]);
    });
    let mut starts = starts_of_bins(&places, 1 << (3 * grid.levels));
    let order = sort_into_bins(&places, &mut starts);
    (order, starts)
}

/// Returns the places in which more than a few cells are: where each is among all, and its cells.
fn crowds<'a>(
    cells: &'a mut [u32],
    starts: &[u32],
) -> impl ParallelIterator<Item = (Range<usize>, &'a mut [u32])> + use<'a> {
    let places = starts.windows(2);
    let crowded = places.filter(|ends| (ends[1] - ends[0]) as usize > CROWD);
    let crowded = crowded.map(|ends| ends[0] as usize..ends[1] as usize);
    let crowds = crowded.scan((0, cells), |(start, rest), range| {
        let (_, others) = take(rest).split_at_mut(range.start - *start);
        let (crowd, others) = others.split_at_mut(range.len());
        (*start, *rest) = (range.end, others);
        Some((range, crowd))
    });
    let crowds: Vec<_> = crowds.collect();
    crowds.into_par_iter()
}

/// The places of the curve: a grid of two to the power of its levels along each axis.
struct Grid {
    low: Point3,
    scale: [f64; 3],
    levels: u32,
}

impl Grid {
    /// Returns a grid of as many places as there are cells, or a few times as many.
    fn for_cells(cells: usize, around: &Bounds) -> Self {
        let bits = usize::BITS - cells.saturating_sub(1).leading_zeros();
        let levels = bits.div_ceil(3).clamp(1, MAX_LEVELS);
        let places = f64::from(1_u32 << levels);
        Self {
            low: around.min,
            scale: [0, 1, 2].map(|axis| places / (around.max[axis] - around.min[axis])),
            levels,
        }
    }

    #[inline]
    fn coordinate(&self, axis: usize, point: &Point3) -> u32 {
        let place = (point[axis] - self.low[axis]) * self.scale[axis];
        // The cast takes what is not a number, along an axis without extent, to zero.
        (place as u32).min((1 << self.levels) - 1)
    }
}

/// How many places the curve visits before each of these.
#[inline]
fn hilbert_indices(mut coordinates: [[u32; LANES]; 3], levels: u32) -> [u32; LANES] {
    // Undo the turns and reflections of each level, from the coarsest on.
    for level in (1..levels).rev() {
        let below = (1_u32 << level) - 1;
        for axis in 0..3 {
            for lane in 0..LANES {
                let [first, own] = [coordinates[0][lane], coordinates[axis][lane]];
                // All ones where the bit is set.
                let set = 0_u32.wrapping_sub(own >> level & 1);
                let swap = (first ^ own) & below & !set;
                coordinates[0][lane] = first ^ (swap | below & set);
                if axis > 0 {
                    coordinates[axis][lane] = own ^ swap;
                }
            }
        }
    }
    std::array::from_fn(|lane| {
        // Gray code.
        let x = coordinates[0][lane];
        let y = coordinates[1][lane] ^ x;
        let z = coordinates[2][lane] ^ y;
        let mut flip = z >> 1;
        flip ^= flip >> 1;
        flip ^= flip >> 2;
        flip ^= flip >> 4;
        spread(x ^ flip) << 2 | spread(y ^ flip) << 1 | spread(z ^ flip)
    })
}

/// Moves each of the lower [`MAX_LEVELS`] bits to three times its place.
#[inline]
fn spread(coordinate: u32) -> u32 {
    let mut bits = coordinate & 0xff;
    bits = (bits | bits << 8) & 0x00_f00f;
    bits = (bits | bits << 4) & 0x0c_30c3;
    (bits | bits << 2) & 0x24_9249
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(places: &[[u32; 3]], bits: u32) -> Vec<u32> {
        let chunks = places.chunks(LANES).flat_map(|places| {
            let mut lanes = [[0; LANES]; 3];
            for (lane, place) in places.iter().enumerate() {
                for axis in 0..3 {
                    lanes[axis][lane] = place[axis];
                }
            }
            hilbert_indices(lanes, bits)
        });
        chunks.collect()
    }

    /// Bounds of points: the corners of cubes of a lattice, x fastest.
    fn lattice(count: usize, width: f64) -> Vec<Bounds> {
        let point = |index: usize| {
            let [x, y, z] = [index % count, index / count % count, index / count / count];
            let point = Point3::new(x as f64, y as f64, z as f64) * width;
            Bounds {
                min: point,
                max: point,
            }
        };
        (0..count.pow(3)).map(point).collect()
    }

    #[test]
    fn the_curve_visits_each_place_once_and_steps_only_to_a_place_beside() {
        for bits in 1..7 {
            let side = 1 << bits;
            let places: Vec<[u32; 3]> = (0..1_u32 << (3 * bits))
                .map(|place| [place % side, place / side % side, place / side / side])
                .collect();
            let mut visits: Vec<_> = indices(&places, bits).into_iter().zip(places).collect();
            visits.sort_unstable();
            assert!(
                (0..)
                    .zip(&visits)
                    .all(|(visit, (index, _))| visit == *index)
            );
            for pair in visits.windows(2) {
                let steps = (0..3).map(|axis| pair[0].1[axis].abs_diff(pair[1].1[axis]));
                assert_eq!(steps.sum::<u32>(), 1, "{pair:?}");
            }
        }
    }

    #[test]
    fn cells_crowded_into_one_place_are_put_in_order_too() {
        let mut bounds = lattice(4, 1e-12);
        let far = Point3::new(1.0, 1.0, 1.0);
        bounds.push(Bounds { min: far, max: far });
        let order = order_along_curve(&bounds, Bounds::center, &around(&bounds));
        assert_eq!(order.last(), Some(&64));
        for pair in order[..64].windows(2) {
            let step = bounds[pair[0] as usize].min - bounds[pair[1] as usize].min;
            assert!(step.norm() < 1.5e-12, "{pair:?}: {step}");
        }
    }

    #[test]
    fn cells_at_the_same_place_keep_the_order_of_their_ids() {
        let bounds = [lattice(1, 0.0), lattice(1, 0.0)].concat().repeat(50);
        let order = order_along_curve(&bounds, Bounds::center, &around(&bounds));
        assert!(order.into_iter().eq(0..100));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_order() {
        let bounds = lattice(25, 0.1);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap()
                .install(|| order_along_curve(&bounds, Bounds::center, &around(&bounds)))
        };
        let alone = run(1);
        let mut sorted = alone.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..25_u32.pow(3)));
        for threads in [2, 3, 8] {
            assert_eq!(run(threads), alone);
        }
    }
}
