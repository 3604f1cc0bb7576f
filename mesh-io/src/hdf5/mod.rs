//! HDF5, as far as files of meshes need it: a reader that no damaged file can harm, and a writer.
//!
//! The readers of crates were tried on damaged files: one overflows its stack, another asks for
//! memory without end, and both end the process. So this one is our own. Formats see only the
//! trait [`Hdf5Read`]; the HDF5 library is a second implementation of it, behind the Cargo feature
//! `hdf5-library`, for the parts of HDF5 that this reader leaves out.
//!
//! | part | read |
//! |---|---|
//! | superblock | versions 0 to 3 |
//! | object headers | versions 1 and 2, checksums checked |
//! | groups | symbol tables, link messages, fractal heaps |
//! | attributes | in the header and in fractal heaps |
//! | data sets | compact, contiguous, chunked (B-tree of version 1, or one chunk) |
//! | filters | deflate, shuffle, Fletcher 32 |
//! | types | integers, floats, strings of fixed and variable length, arrays of them |

mod attributes;
#[cfg(test)]
mod bad_files;
mod btree;
mod checksum;
mod cursor;
mod dataset;
mod datatype;
mod error;
mod file;
mod filters;
mod fractal_heap;
mod header;
#[cfg(feature = "hdf5-library")]
mod library;
mod links;
mod local_heap;
mod source;
mod write;

pub use error::Hdf5Error;
pub(crate) use file::NativeFile;
#[cfg(feature = "hdf5-library")]
pub(crate) use library::LibraryFile;
#[cfg(test)]
pub(crate) use write::Node;
pub(crate) use write::{Attribute, Content, Group, write};

/// A file whose objects are asked for by their path, names separated by `/`, the root being "".
pub(crate) trait Hdf5Read {
    /// What is in a group: in the order of creation where the file tracks it, else by name.
    ///
    /// # Errors
    ///
    /// No such group, or a damaged one.
    fn members(&self, group: &str) -> Result<Vec<Member>, Hdf5Error>;

    /// An attribute of a group or data set; `None` where it has none of that name.
    ///
    /// # Errors
    ///
    /// No such object, or a damaged one.
    fn attribute(&self, object: &str, name: &str) -> Result<Option<Value>, Hdf5Error>;

    /// How many elements a data set has. Its values are not looked at.
    ///
    /// # Errors
    ///
    /// No such data set, or a damaged one.
    fn length(&self, dataset: &str) -> Result<usize, Hdf5Error>;

    /// The values of a data set.
    ///
    /// # Errors
    ///
    /// No such data set, or a damaged one.
    fn values(&self, dataset: &str) -> Result<Value, Hdf5Error>;
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) is_group: bool,
}

/// The values of an attribute or data set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Floats(Vec<f64>),
    Integers(Vec<i64>),
    /// Strings, and whatever else is of single bytes: all of them in a row.
    Text(Vec<u8>),
}

/// `bytes` as text: UTF-8, else Latin-1, which older programs wrote.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The path of the member `name` of a group.
pub(crate) fn join(group: &str, name: &str) -> String {
    format!("{group}/{name}")
}
