//! What can be wrong with an HDF5 file, and where.

use thiserror::Error;

/// Why an HDF5 file, or an object in it, cannot be read. Offsets are bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Hdf5Error {
    /// The file is none of HDF5.
    #[error("no HDF5 signature, expected it at byte 0, 512, 1024, …")]
    NoSignature,
    /// A part of the file lies past its end.
    #[error("{needed} bytes at offset {offset} are past the end at {end}; the file was cut?")]
    Truncated {
        /// Where the part begins.
        offset: u64,
        /// Its size.
        needed: u64,
        /// Where the file, or the structure that holds the part, ends.
        end: u64,
    },
    /// A structure does not begin as it should.
    #[error("offset {offset}: no {expected:?}, where {what} should begin")]
    Signature {
        /// Where it should begin.
        offset: u64,
        /// The four letters it begins with.
        expected: &'static str,
        /// What it is.
        what: &'static str,
    },
    /// A structure is not what it was when it was written.
    #[error("offset {offset}: {what} has a wrong checksum; the file is damaged")]
    Checksum {
        /// Where it begins.
        offset: u64,
        /// What it is.
        what: &'static str,
    },
    /// A number that cannot be.
    #[error("offset {offset}: {what} is {found}, expected {expected}")]
    Number {
        /// Where the structure begins that holds it.
        offset: u64,
        /// What it is.
        what: &'static str,
        /// The number.
        found: u64,
        /// What it may be.
        expected: &'static str,
    },
    /// Structures that lead back to each other, or to the same one without end.
    #[error("offset {offset}: {what} is named more than once; the file is damaged")]
    Repeated {
        /// Where the structure begins.
        offset: u64,
        /// What it is.
        what: &'static str,
    },
    /// An object that has to have a property has it not.
    #[error("offset {offset}: the object has no {what}")]
    Missing {
        /// Where the object begins.
        offset: u64,
        /// What is missing.
        what: &'static str,
    },
    /// No object of that path.
    #[error("no such object")]
    NoObject,
    /// The values were never written, or not all of them.
    #[error("its values were not written: {missing} of {chunks} chunks are missing")]
    NotWritten {
        /// The chunks that are missing.
        missing: usize,
        /// The chunks there should be.
        chunks: usize,
    },
    /// A chunk cannot be what the file says.
    #[error("the chunk at offset {offset}: {reason}")]
    Chunk {
        /// Where it begins.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The same bytes are read again and again.
    #[error("its objects name the same bytes over and over: {read} bytes read of {length}")]
    Budget {
        /// The bytes read so far.
        read: u64,
        /// The length of the file.
        length: u64,
    },
    /// Memory is not to be had.
    #[error("{bytes} bytes do not fit in memory")]
    Memory {
        /// The bytes asked for.
        bytes: u64,
    },
    /// Legal, but not read by this reader.
    #[error(
        "{what} is not read here; the HDF5 library may read it: build with the Cargo feature \
         `hdf5-library`"
    )]
    Unsupported {
        /// What is not read.
        what: String,
    },
    /// The HDF5 library refuses.
    #[error("the HDF5 library says: {message}")]
    Library {
        /// What it says.
        message: String,
    },
}
