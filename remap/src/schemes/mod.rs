//! The schemes that come with the crate, one file each.

mod p0_p0;
mod second_order;

pub use p0_p0::P0P0;
pub use second_order::{LimitedSecondOrder, SecondOrder};
