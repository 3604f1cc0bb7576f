//! The schemes that come with the crate, one file each.

mod linear_p0_p1;
mod nearest_cell;
mod p0_p0;
mod p0_p1;
mod p1_p0;
mod p1_p1;
mod point_location;
mod points;
mod second_order;

pub use linear_p0_p1::LinearP0P1;
pub use nearest_cell::NearestCell;
pub use p0_p0::P0P0;
pub use p0_p1::P0P1;
pub use p1_p0::P1P0;
pub use p1_p1::P1P1;
pub use point_location::PointLocation;
pub use second_order::{LimitedSecondOrder, SecondOrder};
