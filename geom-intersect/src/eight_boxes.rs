//! Eight axis-aligned boxes side by side, of which those are found that overlap another.

use nalgebra::Point3;

use crate::dispatch::Arithmetic;
use crate::lanes::{LANES, LaneMath, Lanes};
use crate::oriented_bounds::{EightOrientedBounds, OrientedBounds};

/// Eight axis-aligned boxes side by side, axis by axis. Unused places hold boxes that nothing
/// overlaps.
///
/// ```
/// use geom_intersect::{BoxFilter, EightBoxes};
/// use nalgebra::Point3;
///
/// let mut boxes = [EightBoxes::EMPTY; 2];
/// for place in 0..10 {
///     let low = Point3::new(f64::from(place), 0.0, 0.0);
///     boxes[place as usize / 8].set(place as usize % 8, low, low.map(|x| x + 1.0));
/// }
/// let mut found = Vec::new();
/// let ends = (Point3::new(6.5, 0.5, 0.5), Point3::new(9.0, 2.0, 2.0));
/// BoxFilter::default().find(&boxes, None, ends, &mut found);
/// assert_eq!(found, [6, 7, 8]); // 9 is only touched
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EightBoxes {
    pub(crate) low: [Lanes; 3],
    pub(crate) high: [Lanes; 3],
}

impl EightBoxes {
    /// Eight.
    pub const WIDTH: usize = LANES;

    /// Eight unused places.
    pub const EMPTY: Self = Self {
        low: [Lanes([f64::INFINITY; LANES]); 3],
        high: [Lanes([f64::NEG_INFINITY; LANES]); 3],
    };

    /// Puts a box, lowest and highest corner, into a place.
    ///
    /// # Panics
    ///
    /// If the place is not below eight.
    #[inline]
    pub fn set(&mut self, place: usize, low: Point3<f64>, high: Point3<f64>) {
        for axis in 0..3 {
            self.low[axis].0[place] = low[axis];
            self.high[axis].0[place] = high[axis];
        }
    }
}

/// Finds boxes that overlap another; with the widest registers that the processor has.
#[derive(Debug, Clone, Default)]
pub struct BoxFilter {
    arithmetic: Arithmetic,
}

impl BoxFilter {
    /// Puts the places of those boxes that share a volume with the one that ends in `ends` into
    /// `found`, ascending: of the first eight boxes 0 to 7, and so on. Comparisons are exact; boxes
    /// with numbers that are none overlap nothing. Where there are oriented bounds, place by place those of
    /// the boxes, and others, boxes whose own are apart from the others are left out.
    ///
    /// # Panics
    ///
    /// If there are oriented bounds of fewer boxes.
    #[inline]
    pub fn find(
        &self,
        boxes: &[EightBoxes],
        oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
        ends: (Point3<f64>, Point3<f64>),
        found: &mut Vec<u32>,
    ) {
        // Eight are written at a time.
        found.resize(LANES * boxes.len(), 0);
        let count = self.arithmetic.find_boxes(boxes, oriented, ends, found);
        found.truncate(count);
    }
}

/// Writes the places of boxes that overlap into `found`, which has as many; returns how many do.
#[inline(always)]
pub(crate) fn find(
    math: impl LaneMath,
    boxes: &[EightBoxes],
    oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
    (low, high): (Point3<f64>, Point3<f64>),
    found: &mut [u32],
) -> usize {
    let mut count = 0;
    let mut first = 0;
    for (place, eight) in boxes.iter().enumerate() {
        let mut set = math.overlapping(&eight.low, &eight.high, low.into(), high.into());
        // Of many boxes nearby most are beside: their oriented bounds need not be read.
        if let Some((oriented, bounds)) = oriented
            && set != 0
        {
            set &= !math.apart(&oriented[place].ends, bounds.ends());
        }
        let Some(places) = found[count..].first_chunk_mut() else {
            break;
        };
        math.list(set, first, places);
        count += set.count_ones() as usize;
        first += LANES as u32;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends of boxes that are hard on arithmetic.
    const ENDS: [f64; 11] = [
        f64::NEG_INFINITY,
        f64::MIN,
        -1.0,
        -f64::MIN_POSITIVE,
        -5e-324,
        -0.0,
        0.0,
        5e-324,
        1.0,
        1.0 + f64::EPSILON,
        f64::INFINITY,
    ];

    #[test]
    fn both_ways_find_what_comparisons_find() {
        let pairs = || {
            ENDS.iter()
                .flat_map(|low| ENDS.iter().map(move |high| (*low, *high)))
        };
        let along = |axis: usize, low: f64, high: f64| {
            let mut ends = (Point3::new(-1.0, -1.0, -1.0), Point3::new(1.0, 1.0, 1.0));
            (ends.0[axis], ends.1[axis]) = (low, high);
            ends
        };
        for axis in 0..3 {
            let mut boxes = vec![EightBoxes::EMPTY; pairs().count().div_ceil(LANES)];
            for (place, (low, high)) in pairs().enumerate() {
                let ends = along(axis, low, high);
                boxes[place / LANES].set(place % LANES, ends.0, ends.1);
            }
            for (from, to) in pairs() {
                let others = pairs().enumerate();
                let overlapping = others.filter(|(_, (low, high))| *low < to && *high > from);
                let expected: Vec<u32> = overlapping.map(|(place, _)| place as u32).collect();
                for arithmetic in [Arithmetic::default(), Arithmetic::Portable] {
                    let mut found = Vec::new();
                    BoxFilter { arithmetic }.find(&boxes, None, along(axis, from, to), &mut found);
                    assert_eq!(found, expected, "{from}..{to}");
                }
            }
        }
    }
}
