//! What can go wrong with a file. Every message is one line: the file, the place, what was found
//! and what was expected.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::esmf::{EsmfError, WeightsError};
use crate::gmsh::GmshError;
use crate::matrix_file::{self, DigestMismatch};
use crate::matrix_market::MatrixMarketError;
use crate::med::MedError;
use crate::mesh_file;
use crate::npz::NpzError;
use crate::vtk::VtkXmlError;
use crate::vtk_legacy::VtkLegacyError;
use crate::write_options::EncodingError;

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
    /// No format that is asked for has this extension.
    #[error("{}: {}, expected one of {}", path.display(), extension_found(path), supported.join(" "))]
    UnknownExtension {
        /// The file.
        path: PathBuf,
        /// The extensions there are, each with its dot.
        supported: Vec<String>,
    },
    /// A file of VTK's XML formats is damaged, or holds what is not read.
    #[error("{}: {source}", path.display())]
    VtkXml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<VtkXmlError>,
    },
    /// A Gmsh file is damaged, or holds what is not read.
    #[error("{}: {source}", path.display())]
    Gmsh {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<GmshError>,
    },
    /// A file that this one names cannot be read.
    #[error("{}: {source}", path.display())]
    Part {
        /// The file that names the other.
        path: PathBuf,
        /// What is wrong with the other; names it.
        #[source]
        source: Box<ReadError>,
    },
    /// A legacy VTK file is damaged, or holds what is not read.
    #[error("{}: {source}", path.display())]
    VtkLegacy {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<VtkLegacyError>,
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
    /// A matrix is not the one that was written.
    #[error("{}: {source}", path.display())]
    Digest {
        /// The file.
        path: PathBuf,
        /// Both digests.
        #[source]
        source: DigestMismatch,
    },
    /// An ESMF weight file is damaged, or holds no weights that are read.
    #[error("{}: {source}", path.display())]
    Esmf {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<EsmfError>,
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
    /// No format that is asked for has this extension.
    #[error("{}: {}, expected one of {}", path.display(), extension_found(path), supported.join(" "))]
    UnknownExtension {
        /// The file.
        path: PathBuf,
        /// The extensions there are, each with its dot.
        supported: Vec<String>,
    },
    /// The format does not have the encoding that was asked for.
    #[error("{}: {source}", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// What it does not have.
        #[source]
        source: EncodingError,
    },
    /// A matrix lacks what weights are made of.
    #[error("{}: {source}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is missing.
        #[source]
        source: WeightsError,
    },
    /// Files of the format are read only.
    #[error("{}: {format} is read only; write .vtu", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// The format.
        format: &'static str,
    },
    /// The format has no place for several steps of time.
    #[error("{}: {format} holds no time series; write .pvd, .med or .msh", path.display())]
    NoSeries {
        /// The file.
        path: PathBuf,
        /// The format.
        format: &'static str,
    },
}

/// What extension a path has that was not expected.
fn extension_found(path: &Path) -> &'static str {
    if path.extension().is_none() {
        return "no extension";
    }
    match mesh_file::find_format(path) {
        Some(format) if format.is_written() => "the extension of a mesh",
        Some(_) => "the extension of a mesh format that is read, not written",
        None if matrix_file::find_format(path).is_some() => "the extension of a matrix",
        None => "unknown extension",
    }
}
