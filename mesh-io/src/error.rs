//! What can go wrong with a file. Every message is one line: the file, the place, what was found
//! and what was expected.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::matrix_market::MatrixMarketError;
use crate::med::MedError;
use crate::npz::NpzError;
use crate::vtu::VtuError;

/// Why a file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system does not give the file: not there, no permission, a directory.
    #[error("{}: cannot be read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// No format has this extension.
    #[error("{}: unknown extension, expected one of {}", path.display(), supported.join(" "))]
    UnknownExtension {
        /// The file.
        path: PathBuf,
        /// The extensions there are, each with its dot.
        supported: Vec<String>,
    },
    /// A VTU file is damaged, or holds what is not read.
    #[error("{}: {source}", path.display())]
    Vtu {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<VtuError>,
    },
    /// A MED file is damaged, or holds what is not read.
    #[error("{}: {source}", path.display())]
    Med {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<MedError>,
    },
    /// A `.npz` file is damaged, or holds no matrix that is read.
    #[error("{}: {source}", path.display())]
    Npz {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<NpzError>,
    },
    /// A Matrix Market file is damaged, or holds no matrix that is read.
    #[error("{}: {source}", path.display())]
    MatrixMarket {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<MatrixMarketError>,
    },
}

/// Why a file cannot be written. Nothing of it is left behind.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The operating system refuses: no such directory, no permission, no space.
    #[error("{}: cannot be written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// No format has this extension.
    #[error("{}: unknown extension, expected one of {}", path.display(), supported.join(" "))]
    UnknownExtension {
        /// The file.
        path: PathBuf,
        /// The extensions there are, each with its dot.
        supported: Vec<String>,
    },
    /// The format has no place for several steps of time.
    #[error("{}: {format} holds no time series; write .pvd or .med", path.display())]
    NoSeries {
        /// The file.
        path: PathBuf,
        /// The format.
        format: &'static str,
    },
}
