//! Cells in the order of a Hilbert curve through their centroids.
//!
//! The curve visits every place of a grid of 2^21 places along each axis, going from a place only
//! to one beside it, so that a run of it is a compact piece of space whatever the numbering of the
//! cells. J. Skilling, "Programming the Hilbert curve", AIP Conf. Proc. 707 (2004) 381.

use mesh_core::{CellId, Point3};
use rayon::prelude::*;

use crate::bisection::bounds_of;

/// Bits along each axis: three times as many fit a `u64`.
const BITS: u32 = 21;

/// `cells` in the order in which a Hilbert curve meets their centroids; of equals in that of ids.
///
/// The grid is laid over the bounds of the centroids, with the same width along every axis, so that
/// translating and scaling the mesh by powers of two changes nothing.
pub(crate) fn order_along_curve(cells: Vec<CellId>, centroids: &[Point3]) -> Vec<CellId> {
    let (low, high) = bounds_of(centroids, &cells);
    let extent = (0..3)
        .map(|axis| high[axis] - low[axis])
        .fold(0.0, f64::max);
    let places = f64::from(1_u32 << BITS);
    let mut keyed: Vec<(u64, CellId)> = cells
        .into_par_iter()
        .map(|cell| {
            let centroid = centroids[cell.index()];
            let place = [0, 1, 2].map(|axis| {
                let share = if extent > 0.0 {
                    (centroid[axis] - low[axis]) / extent
                } else {
                    0.0
                };
                // Saturates, also for the cell at the upper end, whose share is 1.
                place_of_share(share, places)
            });
            (hilbert_index(place), cell)
        })
        .collect();
    keyed.par_sort_unstable();
    keyed.into_iter().map(|(_, cell)| cell).collect()
}

/// The grid place of a share in 0..=1 of the grid's width.
#[allow(clippy::cast_sign_loss)] // A share is not negative, and the cast saturates.
fn place_of_share(share: f64, places: f64) -> u32 {
    ((share * places) as u32).min((1 << BITS) - 1)
}

/// How many places the curve visits before this one.
fn hilbert_index(mut place: [u32; 3]) -> u64 {
    let top = 1_u32 << (BITS - 1);
    // Undo the turns and reflections of each level, from the coarsest on.
    let mut bit = top;
    while bit > 1 {
        let below = bit - 1;
        for axis in 0..3 {
            if place[axis] & bit != 0 {
                place[0] ^= below;
            } else {
                let swap = (place[0] ^ place[axis]) & below;
                place[0] ^= swap;
                place[axis] ^= swap;
            }
        }
        bit >>= 1;
    }
    // Gray code.
    place[1] ^= place[0];
    place[2] ^= place[1];
    let mut flip = 0;
    let mut bit = top;
    while bit > 1 {
        if place[2] & bit != 0 {
            flip ^= bit - 1;
        }
        bit >>= 1;
    }
    let mut index = 0_u64;
    for level in (0..BITS).rev() {
        for coordinate in place {
            index = index << 1 | u64::from((coordinate ^ flip) >> level & 1);
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first 4096 places of the curve fill the 16³ grid at the origin, one step at a time.
    #[test]
    fn the_curve_steps_only_to_a_place_beside_and_visits_each_once() {
        let mut places: Vec<(u64, [u32; 3])> = Vec::new();
        for x in 0..16 {
            for y in 0..16 {
                for z in 0..16 {
                    places.push((hilbert_index([x, y, z]), [x, y, z]));
                }
            }
        }
        places.sort_unstable();
        for (expected, (index, _)) in places.iter().enumerate() {
            assert_eq!(*index, expected as u64);
        }
        for pair in places.windows(2) {
            let steps: u32 = (0..3)
                .map(|axis| pair[0].1[axis].abs_diff(pair[1].1[axis]))
                .sum();
            assert_eq!(steps, 1, "{:?} to {:?}", pair[0], pair[1]);
        }
    }

    #[test]
    fn centroids_that_coincide_keep_the_order_of_ids() {
        let cells: Vec<CellId> = (0..5).map(CellId::new).collect();
        let centroids = [Point3::new(1.0, 2.0, 3.0); 5];
        assert_eq!(order_along_curve(cells.clone(), &centroids), cells);
    }
}
