//! Eight boxes side by side, compared at once.
//!
//! Written so that the compiler makes vector instructions of it on every processor: whether boxes
//! overlap is asked by the widest gap between them, which needs subtractions and maxima only.

use std::ops::Sub;

use mesh_core::{Bounds, Point3};

/// How many boxes stand side by side.
pub(crate) const WIDTH: usize = 8;

/// Eight boxes, axis by axis. Unused places hold boxes that nothing overlaps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boxes<T> {
    pub(crate) low: [[T; WIDTH]; 3],
    pub(crate) high: [[T; WIDTH]; 3],
}

impl<T: Copy + PartialOrd + Sub<Output = T>> Boxes<T> {
    /// Returns the gap to a box for each of the eight, the widest of all axes: negative where they
    /// share a volume; `least` is less than any. Numbers that differ have a difference of the right
    /// sign, down to the smallest: this is as exact as comparisons.
    // Not inlined: what is done with the gaps must not keep the compiler from vectors.
    #[inline(never)]
    fn gaps(&self, least: T, low: &[T; 3], high: &[T; 3]) -> [T; WIDTH] {
        let mut widest = [least; WIDTH];
        for axis in 0..3 {
            for place in 0..WIDTH {
                let after = self.low[axis][place] - high[axis];
                let before = low[axis] - self.high[axis][place];
                let gap = if after > before { after } else { before };
                // In this order what is not a number, between infinite ends, stays: no overlap.
                widest[place] = if widest[place] > gap {
                    widest[place]
                } else {
                    gap
                };
            }
        }
        widest
    }
}

impl Boxes<f64> {
    pub(crate) const EMPTY: Self = Self {
        low: [[f64::INFINITY; WIDTH]; 3],
        high: [[f64::NEG_INFINITY; WIDTH]; 3],
    };

    /// Returns which of the eight share a volume with the bounds.
    #[inline]
    pub(crate) fn overlap(&self, bounds: &Bounds) -> [bool; WIDTH] {
        let (low, high) = (bounds.min.coords.as_ref(), bounds.max.coords.as_ref());
        let gaps = self.gaps(f64::NEG_INFINITY, low, high);
        gaps.map(|gap| gap < 0.0)
    }

    #[inline]
    pub(crate) fn set(&mut self, place: usize, bounds: &Bounds) {
        for axis in 0..3 {
            self.low[axis][place] = bounds.min[axis];
            self.high[axis][place] = bounds.max[axis];
        }
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> Bounds {
        let corner =
            |ends: &[[f64; WIDTH]; 3]| Point3::new(ends[0][place], ends[1][place], ends[2][place]);
        Bounds {
            min: corner(&self.low),
            max: corner(&self.high),
        }
    }

    /// Returns the bounds of all.
    pub(crate) fn around(&self) -> Bounds {
        (0..WIDTH).fold(Bounds::EMPTY, |all, place| all.union(&self.get(place)))
    }
}

impl Boxes<f32> {
    pub(crate) const EMPTY: Self = Self {
        low: [[f32::INFINITY; WIDTH]; 3],
        high: [[f32::NEG_INFINITY; WIDTH]; 3],
    };

    /// Returns which of the eight meet a box, touching included.
    #[inline]
    pub(crate) fn meet(&self, low: &[f32; 3], high: &[f32; 3]) -> [bool; WIDTH] {
        self.gaps(f32::NEG_INFINITY, low, high)
            .map(|gap| gap <= 0.0)
    }
}

/// Visits the places that are set, ascending.
#[inline]
pub(crate) fn for_each_set(places: [bool; WIDTH], mut visit: impl FnMut(usize)) {
    let mut bytes = u64::from_le_bytes(places.map(u8::from));
    while bytes != 0 {
        visit(bytes.trailing_zeros() as usize / 8);
        bytes &= bytes - 1;
    }
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

    fn along_x(low: f64, high: f64) -> Bounds {
        Bounds {
            min: Point3::new(low, -1.0, -1.0),
            max: Point3::new(high, 1.0, 1.0),
        }
    }

    #[test]
    fn gaps_tell_what_comparisons_tell() {
        let finite = &ENDS[1..ENDS.len() - 1];
        for (&low, &high) in finite
            .iter()
            .flat_map(|low| finite.iter().map(move |x| (low, x)))
        {
            let mut boxes = Boxes::<f64>::EMPTY;
            boxes.set(3, &along_x(low, high));
            for (&from, &to) in ENDS
                .iter()
                .flat_map(|low| ENDS.iter().map(move |x| (low, x)))
            {
                let expected = low < to && high > from;
                let mut one = [false; WIDTH];
                one[3] = expected;
                let found = boxes.overlap(&along_x(from, to));
                assert_eq!(found, one, "{low}..{high} and {from}..{to}");
            }
        }
    }

    #[test]
    fn unused_places_overlap_nothing() {
        let everywhere = Bounds {
            min: Point3::from([f64::NEG_INFINITY; 3]),
            max: Point3::from([f64::INFINITY; 3]),
        };
        let overlap = Boxes::<f64>::EMPTY.overlap(&everywhere);
        assert_eq!(overlap, [false; WIDTH]);
        let ends = [[f32::NEG_INFINITY; 3], [f32::INFINITY; 3]];
        let met = Boxes::<f32>::EMPTY.meet(&ends[0], &ends[1]);
        assert_eq!(met, [false; WIDTH]);
    }

    #[test]
    fn those_that_overlap_are_visited_in_their_order() {
        let mut boxes = Boxes::<f64>::EMPTY;
        for place in 0..WIDTH {
            let low = if place % 3 == 1 { 5.0 } else { 0.0 };
            boxes.set(place, &along_x(low, low + 1.0));
        }
        let mut places = Vec::new();
        for_each_set(boxes.overlap(&along_x(0.5, 2.0)), |place| {
            places.push(place);
        });
        assert_eq!(places, [0, 2, 3, 5, 6]);
        assert_eq!(boxes.around(), along_x(0.0, 6.0));
    }
}
