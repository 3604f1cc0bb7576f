//! Matrix files of any format, chosen by their extension.

use std::path::Path;

use mesh_core::{CsrMatrix, Fingerprint};

use crate::matrix_market::MatrixMarket;
use crate::mesh_file::has_extension;
use crate::npz::Npz;
use crate::{ReadError, WriteError};

/// What a matrix file holds: rows target, columns source.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixFile {
    /// The matrix; columns ascend in each row.
    pub matrix: CsrMatrix,
    /// The source mesh it belongs to, where the file says.
    pub source: Option<Fingerprint>,
    /// The target mesh it belongs to (the whole one, of a part too), where the file says.
    pub target: Option<Fingerprint>,
    /// Which rows of which matrix it has, when it is a part of one.
    pub part: Option<PartLabel>,
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
            source: None,
            target: None,
            part: None,
        }
    }
}

/// A format of matrix files.
///
/// Contract: what [`write`](Self::write) has written, [`read`](Self::read) reads as the same
/// matrix bit by bit, with its labels. Neither panics on any file; messages name the file and the
/// place in it. A file that could not be written in full is not left behind.
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
    /// A file that cannot be written.
    fn write(&self, path: &Path, matrix: &MatrixFile) -> Result<(), WriteError>;
}

/// All formats of matrix files; a new one is entered here.
#[must_use]
pub fn matrix_formats() -> &'static [&'static dyn MatrixFormat] {
    &[&Npz, &MatrixMarket]
}

/// Reads the matrix file at `path`, in the format of its extension.
///
/// # Errors
///
/// An unknown extension, or what [`MatrixFormat::read`] returns.
pub fn read_matrix(path: &Path) -> Result<MatrixFile, ReadError> {
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
/// let matrix = MatrixFile::new(matrix_from_parts((1, 2), vec![0, 1], vec![1], vec![0.1])?);
/// for name in ["weights.npz", "weights.mtx"] {
///     let path = directory.join(name);
///     write_matrix(&path, &matrix)?;
///     assert_eq!(read_matrix(&path)?, matrix);
/// }
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

fn find_format(path: &Path) -> Option<&'static dyn MatrixFormat> {
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
