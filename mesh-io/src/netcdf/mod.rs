//! The classic formats of netCDF: classic (CDF-1), 64-bit offset (CDF-2) and 64-bit data (CDF-5).
//!
//! The specification is "The netCDF classic format specification" of Unidata. A file is a header of dimensions, attributes and variables, then the values, most
//! significant byte first. One dimension may be that of records, whose variables alternate.

mod error;
mod header;
mod read;
mod write;

pub use error::NetcdfError;
pub(crate) use read::Classic;
pub(crate) use write::{Data, NewAttribute, Writer};
