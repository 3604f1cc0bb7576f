//! Sparse matrices as SciPy saves them: a zip of `.npy` arrays.
//!
//! | member | holds |
//! |---|---|
//! | `indices`, `indptr`, `data`, `shape`, `format` | the matrix in CSR, for `scipy.sparse.load_npz` |
//! | `digest` | its digest, 32 hex digits |
//! | `source_fingerprint`, `target_fingerprint` | the meshes it belongs to, 32 hex digits each |
//! | `scheme` | the name of the scheme that made it |
//! | `source_location`, `target_location` | `cells` or `nodes`: what columns and rows are for |
//! | `source_measures`, `target_measures` | what each column and row measures: volumes of cells |
//! | `part`, `parts`, `part_rows`, `target_rows` | which part of how many, the global id of each row, the number of rows of the whole matrix |
//!
//! All but the first five are ours; other readers pass over them.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use bytemuck::NoUninit;
use mesh_core::{CsrMatrix, MatrixError};
use thiserror::Error;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::labels::{LabelError, Labels, TEXTS};
use crate::matrix_file::{MatrixFile, MatrixFormat, PartLabel};
use crate::npy::{Npy, NpyError, write_header, write_plain, write_values};
use crate::rows::Entries;
use crate::{ReadError, WriteError, write_atomically};

/// Most bytes that a byte of deflated data stands for.
const MOST_INFLATION: u64 = 1032;

/// The `.npz` files of SciPy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Npz;

/// What can be wrong with a `.npz` file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NpzError {
    /// It is no zip archive, or a damaged one.
    #[error(
        "no whole zip archive ({source}); expected a matrix as scipy.sparse.save_npz writes it: was the file cut off?"
    )]
    Archive {
        /// What the archive reader says.
        #[from]
        source: ZipError,
    },
    /// A member cannot be read: its data are damaged.
    #[error("{member}.npy: {source}")]
    Damaged {
        /// The member.
        member: &'static str,
        /// What is wrong.
        #[source]
        source: io::Error,
    },
    /// A member that has to be there is not.
    #[error("no member {member}.npy, expected a matrix as scipy.sparse.save_npz writes it")]
    Missing {
        /// The member.
        member: &'static str,
    },
    /// A member is no array, or holds other values than expected.
    #[error("{member}.npy: {source}")]
    Array {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        #[source]
        source: NpyError,
    },
    /// The matrix is not in CSR.
    #[error("the matrix has format {found:?}, expected \"csr\"; convert it with .tocsr()")]
    Format {
        /// The format it has.
        found: String,
    },
    /// A member has more or fewer values than expected.
    #[error("{member}.npy has {found} values, expected {expected}")]
    Length {
        /// The member.
        member: &'static str,
        /// The values it has.
        found: usize,
        /// The values expected.
        expected: usize,
    },
    /// Offsets that do not ascend, or end elsewhere than the entries.
    #[error("indptr.npy: row {row} takes entries {start}..{end} of {entries}")]
    Offsets {
        /// The row.
        row: usize,
        /// Its first entry.
        start: usize,
        /// Its end.
        end: usize,
        /// The number of entries.
        entries: usize,
    },
    /// A fingerprint or location that is none.
    #[error("{member}.npy: {source}")]
    Label {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        #[source]
        source: LabelError,
    },
    /// The arrays are no matrix.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
}

impl MatrixFormat for Npz {
    fn name(&self) -> &'static str {
        "SciPy sparse matrix"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["npz"]
    }

    fn read(&self, path: &Path) -> Result<MatrixFile, ReadError> {
        let file = File::open(path).map_err(|source| ReadError::Io {
            path: path.to_owned(),
            source,
        })?;
        read(BufReader::with_capacity(1 << 16, file)).map_err(|source| ReadError::Npz {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    fn write(&self, path: &Path, matrix: &MatrixFile) -> Result<(), WriteError> {
        write_atomically(path, |out| write(out, matrix))
    }
}

/// The matrix and what rides along in a `.npz` file.
///
/// Columns are sorted within their rows. Entries that share row and column are added, in the order
/// of the file, as SciPy does.
///
/// # Errors
///
/// An archive that is damaged, or arrays that are no matrix in CSR.
pub fn read(file: impl Read + Seek) -> Result<MatrixFile, NpzError> {
    let mut archive = Archive {
        zip: ZipArchive::new(file)?,
    };
    let format = archive.read("format", Npy::text)?;
    if format != "csr" {
        return Err(NpzError::Format {
            found: crate::shorten(&format),
        });
    }
    // SciPy's own numbers are signed; ids here have 32 bits.
    let shape = archive.read("shape", |array| {
        array.integers(u32::MAX.into(), |n| n as usize)
    })?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(NpzError::Length {
            member: "shape",
            found: shape.len(),
            expected: 2,
        });
    };
    let last_column = (columns as u64).saturating_sub(1);
    let indices = archive.read("indices", |array| {
        array.integers(last_column, |id| id as u32)
    })?;
    let values = archive.read("data", Npy::floats)?;
    check_length("data", values.len(), indices.len())?;
    let offsets = archive.read("indptr", |array| {
        array.integers(indices.len() as u64, |offset| offset as usize)
    })?;
    check_length("indptr", offsets.len(), rows + 1)?;
    check_offsets(&offsets, indices.len())?;
    let matrix = Entries {
        rows,
        columns,
        offsets,
        indices,
        values,
    }
    .into_matrix()?;

    let mut labels = Labels::default();
    for member in TEXTS {
        if let Some(text) = archive.read_if_there(member, Npy::text)? {
            let label = |source| NpzError::Label { member, source };
            labels.take(member, &text).map_err(label)?;
        }
    }
    let (rows, columns) = matrix.shape();
    labels.source_measures = archive.read_measures("source_measures", columns)?;
    labels.target_measures = archive.read_measures("target_measures", rows)?;
    labels.part = archive.read_part(&matrix)?;
    Ok(labels.attach(matrix))
}

struct Archive<R> {
    zip: ZipArchive<R>,
}

impl<R: Read + Seek> Archive<R> {
    fn read<T>(
        &mut self,
        member: &'static str,
        convert: impl FnOnce(&Npy) -> Result<T, NpyError>,
    ) -> Result<T, NpzError> {
        self.read_if_there(member, convert)?
            .ok_or(NpzError::Missing { member })
    }

    fn read_if_there<T>(
        &mut self,
        member: &'static str,
        convert: impl FnOnce(&Npy) -> Result<T, NpyError>,
    ) -> Result<Option<T>, NpzError> {
        let mut file = match self.zip.by_name(&format!("{member}.npy")) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // What the file says of its size is no more than a hint for the first allocation.
        let likely = file
            .size()
            .min(file.compressed_size().saturating_mul(MOST_INFLATION));
        let mut bytes = Vec::new();
        bytes.reserve_exact(likely.min(1 << 26) as usize);
        file.read_to_end(&mut bytes)
            .map_err(|source| NpzError::Damaged { member, source })?;
        let array = |source| NpzError::Array { member, source };
        Npy::parse(bytes)
            .and_then(|npy| convert(&npy))
            .map(Some)
            .map_err(array)
    }

    fn read_measures(
        &mut self,
        member: &'static str,
        expected: usize,
    ) -> Result<Option<Vec<f64>>, NpzError> {
        let measures = self.read_if_there(member, Npy::floats)?;
        if let Some(measures) = &measures {
            check_length(member, measures.len(), expected)?;
        }
        Ok(measures)
    }

    fn read_part(&mut self, matrix: &CsrMatrix) -> Result<Option<PartLabel>, NpzError> {
        let number = |array: &Npy| array.integers(u32::MAX.into(), |n| n as usize);
        let Some(part) = self.read_if_there("part", number)? else {
            return Ok(None);
        };
        let mut scalar = |member| {
            let values = self.read(member, number)?;
            check_length(member, values.len(), 1)?;
            Ok::<_, NpzError>(values[0])
        };
        let (parts, target_rows) = (scalar("parts")?, scalar("target_rows")?);
        check_length("part", part.len(), 1)?;
        let last = (target_rows as u64).saturating_sub(1);
        let rows = self.read("part_rows", |array| array.integers(last, |row| row as u32))?;
        check_length("part_rows", rows.len(), matrix.rows())?;
        Ok(Some(PartLabel {
            part: part[0],
            parts,
            rows,
            target_rows,
        }))
    }
}

fn check_length(member: &'static str, found: usize, expected: usize) -> Result<(), NpzError> {
    if found == expected {
        Ok(())
    } else {
        Err(NpzError::Length {
            member,
            found,
            expected,
        })
    }
}

fn check_offsets(offsets: &[usize], entries: usize) -> Result<(), NpzError> {
    let first = offsets.first().copied().unwrap_or_default();
    if first != 0 {
        return Err(NpzError::Offsets {
            row: 0,
            start: first,
            end: first,
            entries,
        });
    }
    let last_row = offsets.len().saturating_sub(2);
    for (row, pair) in offsets.windows(2).enumerate() {
        let (start, end) = (pair[0], pair[1]);
        if start > end || (row == last_row && end != entries) {
            return Err(NpzError::Offsets {
                row,
                start,
                end,
                entries,
            });
        }
    }
    Ok(())
}

/// Writes a matrix and what rides along as `scipy.sparse.load_npz` reads it.
///
/// Members are stored, not deflated: entries hardly shrink. Columns and offsets have 32 bits where
/// both fit, else 64: SciPy wants them equally wide. The same matrix gives the same bytes.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(out: impl Write + Seek, file: &MatrixFile) -> io::Result<()> {
    let out = UntilFailure { out, failed: false };
    let mut writer = NpzWriter {
        zip: ZipWriter::new(out),
    };
    let matrix = &file.matrix;
    let offsets = matrix.indptr();
    let offsets = offsets.raw_storage();
    let columns = matrix.indices();
    let largest = matrix.nnz().max(matrix.cols()).max(matrix.rows());
    // The offsets of a slice of a matrix need not begin with 0.
    let first = offsets.first().copied().unwrap_or_default();
    let start = |offset: usize| offset - first;
    if i32::try_from(largest).is_ok() {
        writer.add_plain("indices", "<i4", columns, u32::to_le_bytes)?;
        writer.add("indptr", "<i4", offsets, |offset| {
            (start(offset) as u32).to_le_bytes()
        })?;
    } else {
        writer.add("indices", "<i8", columns, wide)?;
        writer.add("indptr", "<i8", offsets, |offset| {
            (start(offset) as u64).to_le_bytes()
        })?;
    }
    writer.add_text("format", "csr")?;
    let shape = [matrix.rows(), matrix.cols()];
    writer.add("shape", "<i8", &shape, |extent| {
        (extent as u64).to_le_bytes()
    })?;
    writer.add_plain("data", "<f8", matrix.data(), f64::to_le_bytes)?;
    for (name, text) in Labels::texts(file) {
        writer.add_text(name, &text)?;
    }
    if let Some(measures) = &file.source_measures {
        writer.add_plain("source_measures", "<f8", measures, f64::to_le_bytes)?;
    }
    if let Some(measures) = &file.target_measures {
        writer.add_plain("target_measures", "<f8", measures, f64::to_le_bytes)?;
    }
    if let Some(label) = &file.part {
        writer.add_number("part", label.part)?;
        writer.add_number("parts", label.parts)?;
        writer.add("part_rows", "<i8", &label.rows, wide)?;
        writer.add_number("target_rows", label.target_rows)?;
    }
    writer.zip.finish()?.flush()
}

/// Passes everything on until something fails, and nothing after that: what is dropped with an error on its way
/// tries to finish an archive, and would say on standard error that it cannot.
struct UntilFailure<W> {
    out: W,
    failed: bool,
}

impl<W> UntilFailure<W> {
    fn pass<T>(&mut self, done: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.failed {
            return Ok(done);
        }
        let result = act(&mut self.out);
        let is_failure = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
        self.failed = result.as_ref().is_err_and(is_failure);
        result
    }
}

impl<W: Write> Write for UntilFailure<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pass(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass((), Write::flush)
    }
}

impl<W: Seek> Seek for UntilFailure<W> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.pass(0, |out| out.seek(place))
    }
}

/// An id in 64 bits.
fn wide(id: u32) -> [u8; 8] {
    u64::from(id).to_le_bytes()
}

struct NpzWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
}

impl<W: Write + Seek> NpzWriter<W> {
    fn start(&mut self, member: &str, bytes: usize) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            // With room for the header of the array.
            .large_file(bytes > 0xffff_0000);
        Ok(self.zip.start_file(format!("{member}.npy"), options)?)
    }

    fn add<T: Copy, const N: usize>(
        &mut self,
        member: &str,
        descr: &str,
        values: &[T],
        to_bytes: impl Fn(T) -> [u8; N],
    ) -> io::Result<()> {
        self.start(member, values.len().saturating_mul(N))?;
        write_values(&mut self.zip, descr, values, to_bytes)
    }

    fn add_plain<T: NoUninit, const N: usize>(
        &mut self,
        member: &str,
        descr: &str,
        values: &[T],
        to_bytes: impl Fn(T) -> [u8; N],
    ) -> io::Result<()> {
        self.start(member, values.len().saturating_mul(N))?;
        write_plain(&mut self.zip, descr, values, to_bytes)
    }

    fn add_text(&mut self, member: &str, text: &str) -> io::Result<()> {
        self.start(member, text.len())?;
        write_header(&mut self.zip, &format!("|S{}", text.len()), "")?;
        self.zip.write_all(text.as_bytes())
    }

    fn add_number(&mut self, member: &str, number: usize) -> io::Result<()> {
        self.start(member, 8)?;
        write_header(&mut self.zip, "<i8", "")?;
        self.zip.write_all(&(number as u64).to_le_bytes())
    }
}
