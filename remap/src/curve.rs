//! Cells in the order of a Hilbert curve: near one another in space, near one another in memory.
//!
//! J. Skilling, "Programming the Hilbert curve", AIP Conf. Proc. 707 (2004) 381; here without
//! branches and for several places at a time.

use mesh_core::{Bounds, Point3};
use rayon::prelude::*;

/// How many cells a thread takes at a time; the order does not depend on it.
const CHUNK: usize = 4096;

/// How many places are computed together.
const LANES: usize = 8;

/// So many cells in one place of the curve's grid may stay in the order of their ids.
const CROWD: usize = 8;

/// Returns the cells 0, 1, 2, … in the order in which a Hilbert curve through the centres of their
/// bounds meets them; of equals in that of ids. The curve fills `around`, the bounds of all.
///
/// The curve's grid has as many places as fit a word beside the ids; where more than a few cells
/// share a place they are put in order among themselves on a finer one.
///
/// Cost: `O(n log n)`, some tens of nanoseconds per cell, shared by all threads.
pub(crate) fn order_along_curve(bounds: &[Bounds], around: &Bounds) -> Vec<u32> {
    let mut order: Vec<u32> = (0..bounds.len() as u32).into_par_iter().collect();
    sort_along_curve(&mut order, bounds, around);
    order
}

/// Returns the bounds around all of these.
pub(crate) fn around(bounds: &[Bounds]) -> Bounds {
    let all = bounds.par_iter().with_min_len(CHUNK).copied();
    all.reduce(|| Bounds::EMPTY, |one, other| one.union(&other))
}

fn sort_along_curve(cells: &mut [u32], bounds: &[Bounds], around: &Bounds) {
    let centre = |cell: u32| centre(&bounds[cell as usize]);
    let id_bits = usize::BITS - (cells.len() - 1).leading_zeros();
    let grid = Grid::new(around, (64 - id_bits) / 3);
    let mut keys = vec![0_u64; cells.len()];
    keys.par_chunks_mut(CHUNK)
        .zip(cells.par_chunks(CHUNK))
        .enumerate()
        .for_each(|(chunk, (keys, cells))| {
            let first = (chunk * CHUNK) as u64;
            for (group, (keys, cells)) in
                keys.chunks_mut(LANES).zip(cells.chunks(LANES)).enumerate()
            {
                let mut places = [[0_u32; LANES]; 3];
                for (lane, &cell) in cells.iter().enumerate() {
                    let centre = centre(cell);
                    for (axis, places) in places.iter_mut().enumerate() {
                        places[lane] = grid.place(axis, &centre);
                    }
                }
                let indices = hilbert_indices(places, grid.bits);
                for (lane, key) in keys.iter_mut().enumerate() {
                    *key = indices[lane] << id_bits | (first + (group * LANES + lane) as u64);
                }
            }
        });
    sort(&mut keys);
    let at = |key: u64| (key & ((1 << id_bits) - 1)) as usize;
    let old = cells.to_vec();
    cells
        .par_chunks_mut(CHUNK)
        .zip(keys.par_chunks(CHUNK))
        .for_each(|(cells, keys)| {
            for (cell, &key) in cells.iter_mut().zip(keys) {
                *cell = old[at(key)];
            }
        });
    drop(old);
    let mut rest = cells;
    for crowd in keys.chunk_by(|one, next| one >> id_bits == next >> id_bits) {
        let (cells, others) = rest.split_at_mut(crowd.len());
        if crowd.len() > CROWD {
            let closer = cells.iter().map(|&cell| centre(cell));
            let closer = closer.fold(Bounds::EMPTY, |all, centre| all.with_point(&centre));
            // Else all have the same centre, or no finer grid is left.
            if closer.min != closer.max && closer != *around {
                sort_along_curve(cells, bounds, &closer);
            }
        }
        rest = others;
    }
}

#[inline]
fn centre(bounds: &Bounds) -> Point3 {
    let middle = |axis: usize| f64::midpoint(bounds.min[axis], bounds.max[axis]);
    Point3::new(middle(0), middle(1), middle(2))
}

/// The places of the curve: a grid of `2^bits` along each axis.
struct Grid {
    low: Point3,
    scale: [f64; 3],
    bits: u32,
}

impl Grid {
    fn new(around: &Bounds, bits: u32) -> Self {
        let bits = bits.min(21);
        let places = f64::from(1_u32 << bits);
        Self {
            low: around.min,
            scale: [0, 1, 2].map(|axis| places / (around.max[axis] - around.min[axis])),
            bits,
        }
    }

    #[inline]
    fn place(&self, axis: usize, point: &Point3) -> u32 {
        let place = (point[axis] - self.low[axis]) * self.scale[axis];
        // The cast takes what is not a number, along an axis without extent, to zero.
        (place as u32).min((1 << self.bits) - 1)
    }
}

/// How many places the curve visits before each of these.
#[inline]
fn hilbert_indices(mut places: [[u32; LANES]; 3], bits: u32) -> [u64; LANES] {
    // Undo the turns and reflections of each level, from the coarsest on.
    for level in (1..bits).rev() {
        let below = (1_u32 << level) - 1;
        for axis in 0..3 {
            for lane in 0..LANES {
                let [first, own] = [places[0][lane], places[axis][lane]];
                // All ones where the bit is set.
                let set = 0_u32.wrapping_sub(own >> level & 1);
                let swap = (first ^ own) & below & !set;
                places[0][lane] = first ^ (swap | below & set);
                if axis > 0 {
                    places[axis][lane] = own ^ swap;
                }
            }
        }
    }
    std::array::from_fn(|lane| {
        // Gray code.
        let x = places[0][lane];
        let y = places[1][lane] ^ x;
        let z = places[2][lane] ^ y;
        let mut flip = z >> 1;
        flip ^= flip >> 1;
        flip ^= flip >> 2;
        flip ^= flip >> 4;
        flip ^= flip >> 8;
        flip ^= flip >> 16;
        spread(x ^ flip) << 2 | spread(y ^ flip) << 1 | spread(z ^ flip)
    })
}

/// Moves each of the lower 21 bits to three times its place.
#[inline]
fn spread(coordinate: u32) -> u64 {
    let mut bits = u64::from(coordinate) & 0x1f_ffff;
    bits = (bits | bits << 32) & 0x001f_0000_0000_ffff;
    bits = (bits | bits << 16) & 0x001f_0000_ff00_00ff;
    bits = (bits | bits << 8) & 0x100f_00f0_0f00_f00f;
    bits = (bits | bits << 4) & 0x10c3_0c30_c30c_30c3;
    (bits | bits << 2) & 0x1249_2492_4924_9249
}

fn sort(keys: &mut [u64]) {
    let mut scratch = vec![0; keys.len()];
    sort_with(keys, &mut scratch, rayon::current_num_threads());
}

/// Sorts halves side by side and merges them; with keys that all differ the outcome does not
/// depend on the number of threads.
fn sort_with(keys: &mut [u64], scratch: &mut [u64], threads: usize) {
    if threads < 2 || keys.len() < CHUNK {
        keys.sort_unstable();
        return;
    }
    let middle = keys.len() / 2;
    let (low, high) = keys.split_at_mut(middle);
    let (low_scratch, high_scratch) = scratch.split_at_mut(middle);
    rayon::join(
        || sort_with(low, low_scratch, threads / 2),
        || sort_with(high, high_scratch, threads - threads / 2),
    );
    merge(low, high, scratch, threads);
    keys.par_chunks_mut(CHUNK)
        .zip(scratch.par_chunks(CHUNK))
        .for_each(|(keys, sorted)| keys.copy_from_slice(sorted));
}

fn merge(one: &[u64], other: &[u64], merged: &mut [u64], threads: usize) {
    if threads < 2 || merged.len() < CHUNK {
        let (mut i, mut j) = (0, 0);
        for slot in merged {
            let from_one = j == other.len() || i < one.len() && one[i] < other[j];
            *slot = if from_one { one[i] } else { other[j] };
            i += usize::from(from_one);
            j += usize::from(!from_one);
        }
        return;
    }
    let (long, short) = if one.len() < other.len() {
        (other, one)
    } else {
        (one, other)
    };
    let (long_low, long_high) = long.split_at(long.len() / 2);
    let (short_low, short_high) = short.split_at(short.partition_point(|key| *key < long_high[0]));
    let (low, high) = merged.split_at_mut(long_low.len() + short_low.len());
    rayon::join(
        || merge(long_low, short_low, low, threads / 2),
        || merge(long_high, short_high, high, threads - threads / 2),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(places: &[[u32; 3]], bits: u32) -> Vec<u64> {
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
        for bits in 1..5 {
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
        let order = order_along_curve(&bounds, &around(&bounds));
        assert_eq!(order.last(), Some(&64));
        for pair in order[..64].windows(2) {
            let step = bounds[pair[0] as usize].min - bounds[pair[1] as usize].min;
            assert!(step.norm() < 1.5e-12, "{pair:?}: {step}");
        }
    }

    #[test]
    fn cells_at_the_same_place_keep_the_order_of_their_ids() {
        let bounds = [lattice(1, 0.0), lattice(1, 0.0)].concat().repeat(50);
        let order = order_along_curve(&bounds, &around(&bounds));
        assert!(order.into_iter().eq(0..100));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_order() {
        let bounds = lattice(25, 0.1);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap()
                .install(|| order_along_curve(&bounds, &around(&bounds)))
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
