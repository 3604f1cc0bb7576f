//! The XML of VTK's newer formats. From the outside inwards: elements, the bytes of an array,
//! base64, compressed blocks, from bytes or digits to values in parallel.

mod base64_stream;
mod blocks;
mod bytes;
pub(crate) mod cursor;
pub(crate) mod document;
pub(crate) mod encode;
pub(crate) mod error;
pub(crate) mod numbers;
mod payload;
pub(crate) mod piece;
pub(crate) mod scalar;
mod xz;
