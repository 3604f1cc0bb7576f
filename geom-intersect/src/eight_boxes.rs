//! Eight axis-aligned boxes side by side, of which those are found that overlap another.

use nalgebra::Point3;

use crate::dispatch::Arithmetic;
use crate::lanes::{LANES, LaneMath, Lanes, SingleLanes};
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
/// let mut scratch = Vec::new();
/// let ends = (Point3::new(6.5, 0.5, 0.5), Point3::new(9.0, 2.0, 2.0));
/// let filter = BoxFilter::default();
/// assert_eq!(filter.find(&boxes, ends, &mut scratch), [6, 7, 8]); // 9 is only touched
/// assert_eq!(filter.find_among(&boxes, &[1], None, ends, &mut scratch), [8]);
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

    /// Returns lowest and highest corner of the box in a place.
    ///
    /// # Panics
    ///
    /// If the place is not below eight.
    #[must_use]
    #[inline]
    pub fn get(&self, place: usize) -> (Point3<f64>, Point3<f64>) {
        let corner = |ends: &[Lanes; 3]| Point3::from(ends.each_ref().map(|ends| ends.0[place]));
        (corner(&self.low), corner(&self.high))
    }
}

/// Lowest and highest end of a box along each axis, in single precision.
pub type SingleEnds = [[f32; 2]; 3];

/// Eight boxes of single precision side by side. Unused places hold boxes that nothing finite meets.
///
/// ```
/// use geom_intersect::{BoxFilter, EightSingleBoxes};
///
/// let mut boxes = [EightSingleBoxes::EMPTY];
/// for place in 0..6_u8 {
///     let low = f32::from(place);
///     boxes[0].set(usize::from(place), &[[low, low + 1.0], [0.0, 1.0], [0.0, 1.0]]);
/// }
/// let ends = [[3.5, 5.0], [0.5, 0.75], [1.0, 2.0]];
/// let mut scratch = Vec::new();
/// let filter = BoxFilter::default();
/// assert_eq!(filter.find_met(&boxes, &[0], &ends, &mut scratch), [3, 4, 5]); // touched is met
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EightSingleBoxes {
    ends: [[SingleLanes; 2]; 3],
}

impl EightSingleBoxes {
    /// Eight unused places.
    pub const EMPTY: Self = Self {
        ends: [[
            SingleLanes([f32::INFINITY; LANES]),
            SingleLanes([f32::NEG_INFINITY; LANES]),
        ]; 3],
    };

    /// Puts a box into a place.
    ///
    /// # Panics
    ///
    /// If the place is not below eight.
    #[inline]
    pub fn set(&mut self, place: usize, ends: &SingleEnds) {
        for axis in 0..3 {
            for end in 0..2 {
                self.ends[axis][end].0[place] = ends[axis][end];
            }
        }
    }

    /// Returns the box in a place.
    ///
    /// # Panics
    ///
    /// If the place is not below eight.
    #[must_use]
    #[inline]
    pub fn get(&self, place: usize) -> SingleEnds {
        self.ends
            .each_ref()
            .map(|ends| ends.each_ref().map(|ends| ends.0[place]))
    }
}

/// Finds boxes that overlap another; with the widest registers that the processor has.
///
/// What is found is listed in the caller's scratch space, which grows as needed.
#[derive(Debug, Clone, Default)]
pub struct BoxFilter {
    arithmetic: Arithmetic,
}

impl BoxFilter {
    /// Returns the set of eight boxes, the first in the lowest bit, that share a volume with the one that ends in
    /// `ends`.
    #[must_use]
    #[inline]
    pub fn overlapping(&self, boxes: &EightBoxes, ends: (Point3<f64>, Point3<f64>)) -> u8 {
        self.arithmetic.overlapping(boxes, ends)
    }

    /// Returns the set of eight boxes, the first in the lowest bit, that meet another, touching included. All ends
    /// have to be finite.
    #[must_use]
    #[inline]
    pub fn met(&self, boxes: &EightSingleBoxes, ends: &SingleEnds) -> u8 {
        self.arithmetic.met(boxes, ends)
    }

    /// Returns the places of those boxes that share a volume with the one that ends in `ends`, ascending: of the
    /// first eight boxes 0 to 7, and so on. Comparisons are exact; boxes
    /// with numbers that are none overlap nothing.
    #[inline]
    pub fn find<'a>(
        &self,
        boxes: &[EightBoxes],
        ends: (Point3<f64>, Point3<f64>),
        scratch: &'a mut Vec<u32>,
    ) -> &'a [u32] {
        let eights = 0..boxes.len() as u32;
        let found = room(scratch, boxes.len());
        let count = self.arithmetic.find_boxes(boxes, eights, None, ends, found);
        &found[..count]
    }

    /// Does what [`find`](Self::find) does among the boxes of some eights, given in ascending order. Where there are
    /// oriented bounds, place by place those of the boxes, and others, boxes whose own are apart from the others are
    /// left out.
    ///
    /// # Panics
    ///
    /// If there is no such eight, or oriented bounds of fewer boxes.
    #[inline]
    pub fn find_among<'a>(
        &self,
        boxes: &[EightBoxes],
        eights: &[u32],
        oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
        ends: (Point3<f64>, Point3<f64>),
        scratch: &'a mut Vec<u32>,
    ) -> &'a [u32] {
        let found = room(scratch, eights.len());
        let eights = eights.iter().copied();
        let count = self
            .arithmetic
            .find_boxes(boxes, eights, oriented, ends, found);
        &found[..count]
    }

    /// Returns the places of those boxes, among some eights given in ascending order, that meet another, touching
    /// included, ascending. All ends have to be finite.
    ///
    /// # Panics
    ///
    /// If there is no such eight.
    #[inline]
    pub fn find_met<'a>(
        &self,
        boxes: &[EightSingleBoxes],
        eights: &[u32],
        ends: &SingleEnds,
        scratch: &'a mut Vec<u32>,
    ) -> &'a [u32] {
        let found = room(scratch, eights.len());
        let count = self.arithmetic.find_met(boxes, eights, ends, found);
        &found[..count]
    }
}

/// Returns room for the places of so many eights.
#[inline]
fn room(scratch: &mut Vec<u32>, eights: usize) -> &mut [u32] {
    if scratch.len() < LANES * eights {
        scratch.resize(LANES * eights, 0);
    }
    &mut scratch[..LANES * eights]
}

#[inline(always)]
pub(crate) fn overlapping(
    math: impl LaneMath,
    boxes: &EightBoxes,
    (low, high): (Point3<f64>, Point3<f64>),
) -> u8 {
    math.overlapping(&boxes.low, &boxes.high, low.into(), high.into())
}

#[inline(always)]
pub(crate) fn met(math: impl LaneMath, boxes: &EightSingleBoxes, ends: &SingleEnds) -> u8 {
    !math.apart(&boxes.ends, ends)
}

/// Writes the places of boxes that overlap into `found`, which has room for all; returns how many do.
#[inline(always)]
pub(crate) fn find(
    math: impl LaneMath,
    boxes: &[EightBoxes],
    eights: impl Iterator<Item = u32>,
    oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
    ends: (Point3<f64>, Point3<f64>),
    found: &mut [u32],
) -> usize {
    let mut count = 0;
    for eight in eights {
        let mut set = overlapping(math, &boxes[eight as usize], ends);
        // Of many boxes nearby most are beside: their oriented bounds need not be read.
        if let Some((oriented, bounds)) = oriented
            && set != 0
        {
            set &= !math.apart(&oriented[eight as usize].ends, bounds.ends());
        }
        let Some(places) = found[count..].first_chunk_mut() else {
            break;
        };
        math.list(set, LANES as u32 * eight, places);
        count += set.count_ones() as usize;
    }
    count
}

/// Writes the places of boxes that are met into `found`, which has room for all; returns how many are.
#[inline(always)]
pub(crate) fn find_met(
    math: impl LaneMath,
    boxes: &[EightSingleBoxes],
    eights: &[u32],
    ends: &SingleEnds,
    found: &mut [u32],
) -> usize {
    let mut count = 0;
    for &eight in eights {
        let set = met(math, &boxes[eight as usize], ends);
        let Some(places) = found[count..].first_chunk_mut() else {
            break;
        };
        math.list(set, LANES as u32 * eight, places);
        count += set.count_ones() as usize;
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
                    let scratch = &mut Vec::new();
                    let (filter, ends) = (BoxFilter { arithmetic }, along(axis, from, to));
                    let found = filter.find(&boxes, ends, scratch);
                    assert_eq!(found, expected, "{from}..{to}");
                }
            }
        }
    }

    #[test]
    fn both_ways_meet_what_comparisons_meet_among_some_eights() {
        let finite = [
            -2.0,
            -1.0,
            -0.5,
            -0.0,
            0.0,
            f32::MIN_POSITIVE,
            0.5,
            1.0,
            2.0,
        ];
        let pairs: Vec<[f32; 2]> = finite
            .iter()
            .flat_map(|&low| finite.map(|high| [low, high]))
            .collect();
        for axis in 0..3 {
            let along = |ends: [f32; 2]| {
                let mut all = [[-1.0, 1.0]; 3];
                all[axis] = ends;
                all
            };
            // The last eight have one box.
            let eights = pairs.len().div_ceil(LANES);
            assert_eq!(pairs.len() % LANES, 1);
            let mut boxes = vec![EightSingleBoxes::EMPTY; eights];
            for (place, &ends) in pairs.iter().enumerate() {
                boxes[place / LANES].set(place % LANES, &along(ends));
                assert_eq!(boxes[place / LANES].get(place % LANES), along(ends));
            }
            let some: Vec<u32> = (0..eights as u32).filter(|eight| eight % 3 != 1).collect();
            for &[from, to] in &pairs {
                let places = some.iter().flat_map(|eight| (8 * eight..).take(LANES));
                let met = |place: &u32| {
                    let ends = pairs.get(*place as usize);
                    ends.is_some_and(|[low, high]| *low <= to && *high >= from)
                };
                let expected: Vec<u32> = places.filter(met).collect();
                for arithmetic in [Arithmetic::default(), Arithmetic::Portable] {
                    let filter = BoxFilter { arithmetic };
                    let (ends, scratch) = (along([from, to]), &mut vec![7; 3]);
                    let found = filter.find_met(&boxes, &some, &ends, scratch);
                    assert_eq!(found, expected, "{from}..{to}");
                    let sets = some.iter().flat_map(|&eight| {
                        let set = filter.met(&boxes[eight as usize], &ends);
                        (0..LANES as u32)
                            .filter(move |place| set >> place & 1 == 1)
                            .map(move |place| 8 * eight + place)
                    });
                    assert!(sets.eq(expected.iter().copied()), "{from}..{to}");
                }
            }
        }
    }

    #[test]
    fn among_some_eights_are_found_those_of_all_that_are_in_them() {
        let mut boxes = [EightBoxes::EMPTY; 5];
        for place in 0..37 {
            let low = Point3::new(f64::from(place % 5), f64::from(place % 3), 0.0);
            boxes[place as usize / LANES].set(place as usize % LANES, low, low.map(|x| x + 1.5));
            let found = boxes[place as usize / LANES].get(place as usize % LANES);
            assert_eq!(found, (low, low.map(|x| x + 1.5)));
        }
        let ends = (Point3::new(0.5, 0.5, 0.5), Point3::new(2.5, 1.5, 1.0));
        for arithmetic in [Arithmetic::default(), Arithmetic::Portable] {
            let filter = BoxFilter { arithmetic };
            let (one, other) = (&mut Vec::new(), &mut Vec::new());
            let all = filter.find(&boxes, ends, one);
            let is_in = |place: &&u32| [0, 2, 4].contains(&(**place / LANES as u32));
            let expected: Vec<u32> = all.iter().filter(is_in).copied().collect();
            assert!(!expected.is_empty() && expected.len() < all.len());
            let found = filter.find_among(&boxes, &[0, 2, 4], None, ends, other);
            assert_eq!(found, expected);
            for (eight, boxes) in (0..).zip(&boxes) {
                let set = filter.overlapping(boxes, ends);
                for place in 0..LANES as u32 {
                    let found = all.contains(&(LANES as u32 * eight + place));
                    assert_eq!(set >> place & 1 == 1, found);
                }
            }
        }
    }
}
