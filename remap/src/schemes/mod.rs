//! The schemes that come with the crate, one file each.

mod p0_p0;

pub use p0_p0::P0P0;
