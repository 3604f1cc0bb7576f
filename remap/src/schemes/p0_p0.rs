//! P0-P0: cell values to cell values, constant in each cell.

use crate::scheme::{Contributions, Overlap, Overlaps, Scheme};

/// Cell values to cell values: the entry is the volume of the overlap.
///
/// First order, conservative, monotone; exact for constants.
#[derive(Debug, Clone, Copy, Default)]
pub struct P0P0;

impl Scheme for P0P0 {
    fn name(&self) -> &'static str {
        "p0-p0"
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        contributions.add(
            overlap.target.get(),
            overlap.source.get(),
            overlap.moments.volume,
        );
    }

    fn contribute_each(&self, overlaps: &Overlaps<'_>, contributions: &mut Contributions) {
        overlaps.add_volumes(contributions);
    }
}
