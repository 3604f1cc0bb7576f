//! Sparse matrices as Matrix Market text: a line per entry, rows and columns from 1.
//!
//! What else is known of a matrix stands in comments, which other readers pass over:
//!
//! ```text
//! %%MatrixMarket matrix coordinate real general
//! % digest: 0123456789abcdef0123456789abcdef
//! % source_fingerprint: 0123456789abcdef0123456789abcdef
//! % target_fingerprint: 0123456789abcdef0123456789abcdef
//! % scheme: p0-p0
//! % source_location: cells
//! % target_location: cells
//! % part: 0 of 4, of 1000 rows
//! % part_rows: 0-99 150 200-249
//! ```
//!
//! The rows of a part are those of the whole matrix, from 0, in the order of the part's rows; a
//! comment of many goes on in further `part_rows` comments. There is no room for the measures of
//! rows and columns.

use std::io::{self, Write};
use std::path::Path;

use mesh_core::MatrixError;
use thiserror::Error;

use crate::labels::{Labels, TEXTS};
use crate::matrix_file::{MatrixFile, MatrixFormat, PartLabel};
use crate::rows::{Entries, are_plausible};
use crate::{ReadError, WriteError, read_file, write_atomically};

/// Rows or ranges of rows in one comment; lines may have 1024 characters.
const RANGES_PER_LINE: usize = 32;

const BANNER: &str = "%%MatrixMarket matrix coordinate real general";

/// The `.mtx` files of the Matrix Market.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatrixMarket;

/// What can be wrong with a Matrix Market file; lines count from 1.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MatrixMarketError {
    /// The first line names another kind of file or matrix.
    #[error("line 1: {found:?}, expected \"{BANNER}\"")]
    Banner {
        /// What stands there.
        found: String,
    },
    /// A line is not UTF-8.
    #[error("line {line}: bytes that are no text")]
    Encoding {
        /// The line.
        line: usize,
    },
    /// A line that does not say what it should.
    #[error("line {line}: {found:?}, expected {expected}")]
    Line {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// A row or column past the size of the matrix.
    #[error("line {line}: {what} {found}, but the matrix has {count}; they count from 1")]
    Range {
        /// The line.
        line: usize,
        /// `row` or `column`.
        what: &'static str,
        /// Its number.
        found: u64,
        /// How many there are.
        count: usize,
    },
    /// The file ends before its last entry, or goes on after it.
    #[error("line {line}: {found} entries, but line {size_line} announces {expected}")]
    EntryCount {
        /// The line where that is noticed.
        line: usize,
        /// The entries so far.
        found: usize,
        /// The line with the size.
        size_line: usize,
        /// The entries announced.
        expected: u64,
    },
    /// No line with rows, columns and entries.
    #[error("line {line}: the file ends before the size of the matrix")]
    NoSize {
        /// The last line.
        line: usize,
    },
    /// So many more rows than entries that it cannot be meant.
    #[error("line {line}: {rows} rows, but only {entries} entries; expected at most 256 rows each")]
    EmptyRows {
        /// The line with the size.
        line: usize,
        /// The number of rows.
        rows: usize,
        /// The number of entries.
        entries: usize,
    },
    /// The comment with the rows of a part names more or fewer than the matrix has.
    #[error("the part_rows comments name {found} rows, but the matrix has {expected}")]
    PartRows {
        /// The rows named.
        found: usize,
        /// The rows there are.
        expected: usize,
    },
    /// A comment names a row that the whole matrix does not have.
    #[error("a part_rows comment names row {row}, but the whole matrix has {target_rows} rows")]
    PartRow {
        /// The row, from 0.
        row: u32,
        /// The rows of the whole matrix.
        target_rows: usize,
    },
    /// The entries are no matrix.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
}

impl MatrixFormat for MatrixMarket {
    fn name(&self) -> &'static str {
        "Matrix Market"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mtx"]
    }

    fn read(&self, path: &Path) -> Result<MatrixFile, ReadError> {
        read(&read_file(path)?).map_err(|source| ReadError::MatrixMarket {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    fn write(&self, path: &Path, matrix: &MatrixFile) -> Result<(), WriteError> {
        write_atomically(path, |out| write(out, matrix))
    }
}

/// The matrix and its labels in the bytes `file` of a Matrix Market file.
///
/// Entries may stand in any order; those that share row and column are added, in the order of the
/// file. Real and integer general matrices in coordinates are read.
///
/// # Errors
///
/// What is wrong, and in which line.
pub fn read(file: &[u8]) -> Result<MatrixFile, MatrixMarketError> {
    let mut lines = Lines {
        rest: file,
        line: 0,
    };
    check_banner(lines.next()?.unwrap_or_default())?;
    let mut comments = Comments::default();
    let (rows, columns, announced) = loop {
        let Some(text) = lines.next()? else {
            return Err(MatrixMarketError::NoSize { line: lines.line });
        };
        if let Some(comment) = text.strip_prefix('%') {
            comments.read(comment, &lines)?;
        } else if !text.trim().is_empty() {
            break read_size(text, &lines)?;
        }
    };
    let size_line = lines.line;
    let (mut of_rows, mut of_columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(text) = lines.next()? {
        let text = text.trim();
        if text.is_empty() || text.starts_with('%') {
            continue;
        }
        let (row, column, value) = read_entry(text, rows, columns, &lines)?;
        of_rows.push(row);
        of_columns.push(column);
        values.push(value);
        if values.len() as u64 > announced {
            break;
        }
    }
    if values.len() as u64 != announced {
        return Err(MatrixMarketError::EntryCount {
            line: lines.line,
            found: values.len(),
            size_line,
            expected: announced,
        });
    }
    if !are_plausible(rows, values.len()) {
        return Err(MatrixMarketError::EmptyRows {
            line: size_line,
            rows,
            entries: values.len(),
        });
    }
    let mut labels = comments.labels;
    labels.part = part_label(comments.part, &comments.part_rows, rows)?;
    let matrix = Entries::gather((rows, columns), &of_rows, of_columns, values).into_matrix()?;
    Ok(labels.attach(matrix))
}

/// Row, column and value.
type Entry = (u32, u32, f64);

/// The lines of a file, counted.
struct Lines<'a> {
    rest: &'a [u8],
    /// The line read last.
    line: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<Option<&'a str>, MatrixMarketError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        let end = self
            .rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        let text = std::str::from_utf8(text);
        text.map(Some)
            .map_err(|_| MatrixMarketError::Encoding { line: self.line })
    }

    fn error(&self, found: &str, expected: &'static str) -> MatrixMarketError {
        MatrixMarketError::Line {
            line: self.line,
            found: crate::shorten(found),
            expected,
        }
    }
}

fn check_banner(text: &str) -> Result<(), MatrixMarketError> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_ascii_whitespace().collect();
    let is_read = matches!(
        words.as_slice(),
        [
            "%%matrixmarket",
            "matrix",
            "coordinate",
            "real" | "double" | "integer",
            "general"
        ]
    );
    if is_read {
        return Ok(());
    }
    Err(MatrixMarketError::Banner {
        found: crate::shorten(text.trim_end()),
    })
}

fn read_size(text: &str, lines: &Lines<'_>) -> Result<(usize, usize, u64), MatrixMarketError> {
    let numbers: Vec<&str> = text.split_ascii_whitespace().collect();
    let error = || lines.error(text, "the numbers of rows, columns and entries");
    let [rows, columns, entries] = numbers.as_slice() else {
        return Err(error());
    };
    let parse = |number: &str| number.parse::<u64>().map_err(|_| error());
    let (rows, columns, entries) = (parse(rows)?, parse(columns)?, parse(entries)?);
    // Ids have 32 bits; a matrix has at most one row per id.
    match (u32::try_from(rows), u32::try_from(columns)) {
        (Ok(rows), Ok(columns)) => Ok((rows as usize, columns as usize, entries)),
        _ => Err(lines.error(text, "at most 4294967295 rows and columns")),
    }
}

fn read_entry(
    text: &str,
    rows: usize,
    columns: usize,
    lines: &Lines<'_>,
) -> Result<Entry, MatrixMarketError> {
    let error = || lines.error(text, "a row, a column and a value");
    let mut words = text.split_ascii_whitespace();
    let (Some(row), Some(column), Some(value), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(error());
    };
    let id = |word: &str, what, count: usize| {
        let found: u64 = word.parse().map_err(|_| error())?;
        if found == 0 || found > count as u64 {
            return Err(MatrixMarketError::Range {
                line: lines.line,
                what,
                found,
                count,
            });
        }
        Ok((found - 1) as u32)
    };
    let (row, column) = (id(row, "row", rows)?, id(column, "column", columns)?);
    let value: f64 = value.parse().map_err(|_| error())?;
    if !value.is_finite() {
        return Err(lines.error(text, "a finite value"));
    }
    Ok((row, column, value))
}

/// What the comments say.
#[derive(Default)]
struct Comments {
    labels: Labels,
    /// Part, parts, rows of the whole matrix.
    part: Option<(usize, usize, usize)>,
    part_rows: Vec<(u32, u32)>,
}

impl Comments {
    fn read(&mut self, comment: &str, lines: &Lines<'_>) -> Result<(), MatrixMarketError> {
        let Some((key, value)) = comment.split_once(':') else {
            return Ok(());
        };
        let value = value.trim();
        match key.trim() {
            key if TEXTS.contains(&key) => {
                let taken = self.labels.take(key, value);
                taken.map_err(|error| lines.error(value, error.expected()))?;
            }
            "part" => {
                let error = || lines.error(value, "a part like \"0 of 4, of 1000 rows\"");
                self.part = Some(parse_part(value).ok_or_else(error)?);
            }
            "part_rows" => {
                for word in value.split_ascii_whitespace() {
                    let error = || lines.error(word, "a row or a range of rows like 0-99");
                    self.part_rows.push(parse_range(word).ok_or_else(error)?);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The label of a part, where the comments say that the matrix is one.
fn part_label(
    part: Option<(usize, usize, usize)>,
    ranges: &[(u32, u32)],
    matrix_rows: usize,
) -> Result<Option<PartLabel>, MatrixMarketError> {
    let Some((part, parts, target_rows)) = part else {
        return Ok(None);
    };
    let counts = ranges
        .iter()
        .map(|(first, last)| (last - first) as usize + 1);
    let found = counts.fold(0_usize, usize::saturating_add);
    if found != matrix_rows {
        return Err(MatrixMarketError::PartRows {
            found,
            expected: matrix_rows,
        });
    }
    let rows: Vec<u32> = ranges
        .iter()
        .flat_map(|(first, last)| *first..=*last)
        .collect();
    if let Some(row) = rows.iter().find(|row| **row as usize >= target_rows) {
        return Err(MatrixMarketError::PartRow {
            row: *row,
            target_rows,
        });
    }
    Ok(Some(PartLabel {
        part,
        parts,
        rows,
        target_rows,
    }))
}

fn parse_part(text: &str) -> Option<(usize, usize, usize)> {
    let (part, rest) = text.split_once(" of ")?;
    let (parts, rest) = rest.split_once(", of ")?;
    let rows = rest.strip_suffix(" rows")?;
    Some((part.parse().ok()?, parts.parse().ok()?, rows.parse().ok()?))
}

fn parse_range(word: &str) -> Option<(u32, u32)> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && last < u32::MAX).then_some((first, last))
}

/// Writes a matrix and its labels; values with the digits that bring them back exactly.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(out: &mut dyn Write, file: &MatrixFile) -> io::Result<()> {
    let matrix = &file.matrix;
    writeln!(out, "{BANNER}")?;
    for (name, text) in Labels::texts(file) {
        writeln!(out, "% {name}: {text}")?;
    }
    if let Some(label) = &file.part {
        let PartLabel {
            part,
            parts,
            target_rows,
            rows,
        } = label;
        writeln!(out, "% part: {part} of {parts}, of {target_rows} rows")?;
        let ranges: Vec<String> = rows
            .chunk_by(|row, next| row.checked_add(1) == Some(*next))
            .map(|range| match range {
                [first, .., last] => format!("{first}-{last}"),
                rows => rows.iter().map(u32::to_string).collect(),
            })
            .collect();
        for ranges in ranges.chunks(RANGES_PER_LINE) {
            writeln!(out, "% part_rows: {}", ranges.join(" "))?;
        }
    }
    writeln!(out, "{} {} {}", matrix.rows(), matrix.cols(), matrix.nnz())?;
    for (row, entries) in matrix.outer_iterator().enumerate() {
        for (column, value) in entries.iter() {
            writeln!(out, "{} {} {value:e}", row + 1, column + 1)?;
        }
    }
    Ok(())
}
