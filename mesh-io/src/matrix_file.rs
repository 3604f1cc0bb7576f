//! Matrix files of any format, chosen by their extension.

use std::path::Path;

use mesh_core::{CsrMatrix, Digest, Fingerprint, Location, digest};
use thiserror::Error;

use crate::esmf::EsmfWeights;
use crate::matrix_market::MatrixMarket;
use crate::mesh_file::has_extension;
use crate::npz::Npz;
use crate::{ReadError, WriteError};

/// What a matrix file holds: rows target, columns source.
///
/// Two are equal where all is but what files say of themselves, `digest` and `notes`.
#[derive(Clone, Debug)]
pub struct MatrixFile {
    /// The matrix; columns ascend in each row.
    pub matrix: CsrMatrix,
    /// The digest that the file says the matrix has; see [`check_digest`](Self::check_digest). A
    /// file that is written always has that of its matrix.
    pub digest: Option<Digest>,
    /// The source mesh it belongs to, where the file says.
    pub source: Option<Fingerprint>,
    /// The target mesh it belongs to (the whole one, of a part too), where the file says.
    pub target: Option<Fingerprint>,
    /// Which rows of which matrix it has, when it is a part of one.
    pub part: Option<PartLabel>,
    /// The name of the scheme that made it, where the file says: words between single blanks.
    pub scheme: Option<String>,
    /// What of the source mesh the columns are for.
    pub source_location: Location,
    /// What of the target mesh the rows are for.
    pub target_location: Location,
    /// What each column measures (the volume of a source cell), one value per column, where known.
    /// Files that hold weights need it; Matrix Market has no room for it.
    pub source_measures: Option<Vec<f64>>,
    /// What each row measures (the volume of a target cell), one value per row, where known.
    pub target_measures: Option<Vec<f64>>,
    /// What the file does not say, or what was read otherwise than it stands there, one sentence
    /// each.
    pub notes: Vec<String>,
}

impl PartialEq for MatrixFile {
    fn eq(&self, other: &Self) -> bool {
        // Named one by one, so that a new field is not forgotten.
        let Self {
            matrix,
            digest: _,
            source,
            target,
            part,
            scheme,
            source_location,
            target_location,
            source_measures,
            target_measures,
            notes: _,
        } = self;
        *matrix == other.matrix
            && *source == other.source
            && *target == other.target
            && *part == other.part
            && *scheme == other.scheme
            && *source_location == other.source_location
            && *target_location == other.target_location
            && *source_measures == other.source_measures
            && *target_measures == other.target_measures
    }
}

/// Which part of a matrix a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartLabel {
    /// The number of the part, from 0.
    pub part: usize,
    /// The number of parts.
    pub parts: usize,
    /// The row of the whole matrix for each row of the part.
    pub rows: Vec<u32>,
    /// The number of rows of the whole matrix.
    pub target_rows: usize,
}

impl MatrixFile {
    /// A whole matrix of which nothing else is known.
    #[must_use]
    pub const fn new(matrix: CsrMatrix) -> Self {
        Self {
            matrix,
            digest: None,
            source: None,
            target: None,
            part: None,
            scheme: None,
            source_location: Location::Cells,
            target_location: Location::Cells,
            source_measures: None,
            target_measures: None,
            notes: Vec::new(),
        }
    }

    /// Whether the matrix is the one that was written, as far as its file says.
    ///
    /// # Errors
    ///
    /// A digest that is not that of the matrix.
    ///
    /// Cost: one pass over the entries.
    pub fn check_digest(&self) -> Result<(), DigestMismatch> {
        let found = digest(&self.matrix);
        match self.digest {
            Some(expected) if expected != found => Err(DigestMismatch { found, expected }),
            _ => Ok(()),
        }
    }
}

/// A matrix that is not the one whose digest its file has.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "the matrix has digest {found}, but the file says {expected}: it was changed after it was \
     written; remove the digest from the file if that was meant"
)]
pub struct DigestMismatch {
    /// The digest of the matrix in the file.
    pub found: Digest,
    /// The digest that the file says it has.
    pub expected: Digest,
}

/// A format of matrix files.
///
/// Contract: what [`write`](Self::write) has written, [`read`](Self::read) reads as the same
/// matrix bit by bit, with its labels, as far as the format has room for them. The digest is
/// written too; whether it is that of the matrix that is read is for [`read_matrix`] to see. Neither
/// panics on any file; messages name the file and the place in it. A file that could not be written
/// in full is not left behind.
pub trait MatrixFormat: Sync {
    /// What the format calls itself.
    fn name(&self) -> &'static str;

    /// The extensions of its files, in lower case, without a dot.
    fn extensions(&self) -> &'static [&'static str];

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A file that is not there, is damaged, or holds no sparse matrix of finite real numbers.
    fn read(&self, path: &Path) -> Result<MatrixFile, ReadError>;

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// A matrix that lacks what the format needs, or a file that cannot be written.
    fn write(&self, path: &Path, matrix: &MatrixFile) -> Result<(), WriteError>;
}

/// All formats of matrix files; a new one is entered here.
#[must_use]
pub fn matrix_formats() -> &'static [&'static dyn MatrixFormat] {
    &[&Npz, &MatrixMarket, &EsmfWeights]
}

/// Reads the matrix file at `path`, in the format of its extension.
///
/// # Errors
///
/// An unknown extension, what [`MatrixFormat::read`] returns, or a matrix that is not the one whose
/// digest the file has.
pub fn read_matrix(path: &Path) -> Result<MatrixFile, ReadError> {
    let file = read_matrix_unchecked(path)?;
    let checked = file.check_digest();
    checked.map_err(|source| ReadError::Digest {
        path: path.to_owned(),
        source,
    })?;
    Ok(file)
}

/// Reads the matrix file at `path` likewise, whatever digest it has: to see what is wrong with it.
///
/// # Errors
///
/// An unknown extension, or what [`MatrixFormat::read`] returns.
pub fn read_matrix_unchecked(path: &Path) -> Result<MatrixFile, ReadError> {
    let format = find_format(path).ok_or_else(|| ReadError::UnknownExtension {
        path: path.to_owned(),
        supported: supported(),
    })?;
    format.read(path)
}

/// Writes a matrix and its labels to `path`, in the format of its extension.
///
/// ```
/// use mesh_core::matrix_from_parts;
/// use mesh_io::{MatrixFile, read_matrix, write_matrix};
/// # let directory = tempfile::tempdir()?;
/// # let directory = directory.path();
/// let mut matrix = MatrixFile::new(matrix_from_parts((1, 2), vec![0, 1], vec![1], vec![0.1])?);
/// for name in ["weights.npz", "weights.mtx"] {
///     let path = directory.join(name);
///     write_matrix(&path, &matrix)?;
///     assert_eq!(read_matrix(&path)?, matrix);
/// }
/// // ESMF's weights are overlaps divided by volumes, which have to be known.
/// matrix.source_measures = Some(vec![0.5, 0.5]);
/// matrix.target_measures = Some(vec![0.3]);
/// write_matrix(&directory.join("weights.nc"), &matrix)?;
/// assert_eq!(read_matrix(&directory.join("weights.nc"))?, matrix);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// An unknown extension, or what [`MatrixFormat::write`] returns.
pub fn write_matrix(path: &Path, matrix: &MatrixFile) -> Result<(), WriteError> {
    let format = find_format(path).ok_or_else(|| WriteError::UnknownExtension {
        path: path.to_owned(),
        supported: supported(),
    })?;
    format.write(path, matrix)
}

pub(crate) fn find_format(path: &Path) -> Option<&'static dyn MatrixFormat> {
    matrix_formats()
        .iter()
        .copied()
        .find(|format| has_extension(path, format.extensions()))
}

fn supported() -> Vec<String> {
    let extensions = matrix_formats()
        .iter()
        .flat_map(|format| format.extensions());
    extensions
        .map(|extension| format!(".{extension}"))
        .collect()
}
