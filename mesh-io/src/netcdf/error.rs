//! What can be wrong with a netCDF file, and where.

use thiserror::Error;

use crate::hdf5::Hdf5Error;

/// What can be wrong with a netCDF file; offsets count bytes from 0.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetcdfError {
    /// It begins otherwise.
    #[error("it begins with {found:?}, expected \"CDF\" as a netCDF file")]
    Magic {
        /// What stands there.
        found: String,
    },
    /// A file of netCDF-4 is damaged, or uses what of HDF5 is not read.
    #[error(
        "{}{source}; `nccopy -k nc6 FILE NEW` makes a classic file of it",
        place(variable)
    )]
    Hdf5 {
        /// The variable, dimension or attribute; empty for the file.
        variable: String,
        /// What is wrong.
        #[source]
        source: Hdf5Error,
    },
    /// A version that is none.
    #[error("it is of version {found} of netCDF's classic format, expected 1, 2 or 5")]
    Version {
        /// The version.
        found: u8,
    },
    /// The header does not say what it should.
    #[error("byte {offset}: found {found}, expected {expected}")]
    Header {
        /// Where.
        offset: usize,
        /// What stands there.
        found: u64,
        /// What should.
        expected: &'static str,
    },
    /// The file ends within the header.
    #[error("the file ends at byte {end}, within {within}")]
    Cut {
        /// Where it ends.
        end: usize,
        /// What stood there.
        within: &'static str,
    },
    /// The values of a variable are not all in the file.
    #[error(
        "variable {variable}: its {values} values begin at byte {begin}, but the file ends at byte \
         {end}"
    )]
    Values {
        /// The variable.
        variable: String,
        /// How many values it should have.
        values: u128,
        /// Where they begin.
        begin: u64,
        /// Where the file ends.
        end: usize,
    },
    /// The values of a variable are of another type.
    #[error("variable {variable}: has values of type {found}, expected {expected}")]
    Type {
        /// The variable.
        variable: String,
        /// Their type.
        found: &'static str,
        /// The types that are read.
        expected: &'static str,
    },
    /// A value out of range.
    #[error("variable {variable}: value {index} is {value}, expected {least} to {largest}")]
    Range {
        /// The variable.
        variable: String,
        /// The place of the value, from 0.
        index: usize,
        /// The value.
        value: i128,
        /// The least one allowed.
        least: u64,
        /// The largest one allowed.
        largest: u64,
    },
}

fn place(variable: &str) -> String {
    if variable.is_empty() {
        String::new()
    } else {
        format!("{variable}: ")
    }
}
