//! netCDF: the classic formats, classic (CDF-1), 64-bit offset (CDF-2) and 64-bit data (CDF-5), are
//! read and written; netCDF-4, which is HDF5 inside, is read.
//!
//! The specification is "The netCDF classic format specification" of Unidata. A classic file is a
//! header of dimensions, attributes and variables, then the values, most significant byte first. One
//! dimension may be that of records, whose variables alternate.

mod classic;
mod error;
mod hdf5_inside;
mod header;
mod write;

pub use error::NetcdfError;
pub(crate) use write::{Data, NewAttribute, Writer};

use classic::Classic;
use hdf5_inside::Netcdf4;

/// A file, whichever its format.
pub(crate) trait Netcdf {
    /// The length of a dimension; none where there is no such dimension.
    fn dimension(&self, name: &str) -> Result<Option<u64>, NetcdfError>;

    /// An attribute of the file that is text, without blanks around it; none where it is none.
    fn text(&self, name: &str) -> Result<Option<String>, NetcdfError>;

    /// An attribute of the file that is one whole number, not below zero; none where it is none.
    fn number(&self, name: &str) -> Result<Option<u64>, NetcdfError>;

    /// The values of a variable; none where there is no such variable.
    ///
    /// # Errors
    ///
    /// Text, or values that are not all in the file.
    fn floats(&self, name: &str) -> Result<Option<Vec<f64>>, NetcdfError>;

    /// The values of a variable, from 1 to `largest`, less 1; none where there is no such variable.
    ///
    /// # Errors
    ///
    /// Values that are no whole numbers, out of range, or not all in the file.
    fn ids(&self, name: &str, largest: u32) -> Result<Option<Vec<u32>>, NetcdfError>;
}

/// The file that the bytes are.
///
/// # Errors
///
/// A header that is damaged, or no netCDF at all.
pub(crate) fn open<'a>(file: &'a [u8]) -> Result<Box<dyn Netcdf + 'a>, NetcdfError> {
    if file.starts_with(b"\x89HDF") {
        return Ok(Box::new(Netcdf4::parse(file)?));
    }
    Ok(Box::new(Classic::parse(file)?))
}

fn trimmed(text: &str) -> String {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    text.to_owned()
}

/// The whole number that a float is, where it is one.
fn whole(number: f64) -> Option<u64> {
    let is_whole = number.fract() == 0.0 && number >= 0.0 && number <= 2_f64.powi(53);
    is_whole.then_some(number as u64)
}
