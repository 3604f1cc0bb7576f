//! What is an overlap, and what is rounding.

use crate::frame::lower;

/// An overlap below this fraction of the smaller solid's volume is rounding: solids that only touch
/// come out at up to 1e-15, since each of some ten planes errs by an epsilon of the solid's size.
pub(crate) const NOISE: f64 = 1e-14;

/// Whether the volume of an overlap of two solids, given by their volumes, is more than rounding.
#[inline(always)]
pub(crate) fn is_loud(volume: f64, [one, other]: [f64; 2]) -> bool {
    let smaller = lower(one, other);
    (smaller > 0.0) & (volume > NOISE * smaller)
}
