//! What can be wrong in a legacy VTK file, and where.

use std::fmt;

use thiserror::Error;

use crate::vtk::{ArrayError, CellError, GridError};

/// Why a legacy VTK file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VtkLegacyError {
    /// The file is of another kind.
    #[error("{found}, expected \"# vtk DataFile Version\" in the first line")]
    NotLegacyVtk {
        /// What stands in its place.
        found: &'static str,
    },
    /// A data set without volume cells.
    #[error(
        "the data set is {found:?}, expected UNSTRUCTURED_GRID, STRUCTURED_GRID, RECTILINEAR_GRID \
         or STRUCTURED_POINTS"
    )]
    DataSet {
        /// Its kind.
        found: String,
    },
    /// A word that has no meaning where it stands.
    #[error("{place}: {found:?}, expected {expected}")]
    Unexpected {
        /// Where it stands.
        place: Place,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// The file ends where something should follow.
    #[error("{place}: the file ends, expected {expected}; it was cut?")]
    Ends {
        /// The end.
        place: Place,
        /// What should follow.
        expected: &'static str,
    },
    /// The file is shorter than an array is.
    #[error(
        "{place}: {section:?} has {values} values, which take at least {needed} bytes, but the file \
         has {available} left; it was cut?"
    )]
    Truncated {
        /// Where the values begin.
        place: Place,
        /// The section or array.
        section: String,
        /// The number of values it should have.
        values: usize,
        /// The bytes they take.
        needed: usize,
        /// The bytes there are.
        available: usize,
    },
    /// Text that is no number.
    #[error("{place}: {section:?}: {found:?} is no {expected}")]
    Number {
        /// Where it stands.
        place: Place,
        /// The section or array.
        section: String,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// Values that do not mean what they should.
    #[error("{section:?}: {source}")]
    Array {
        /// The section or array.
        section: String,
        /// What is wrong with them.
        #[source]
        source: ArrayError,
    },
    /// A section that has to be there is not.
    #[error("no section {section}")]
    MissingSection {
        /// The section.
        section: &'static str,
    },
    /// A section has more or fewer values than belong to the mesh.
    #[error("{section} has {found} values, expected {expected} ({reason})")]
    Length {
        /// The section.
        section: &'static str,
        /// The number found.
        found: usize,
        /// The number expected.
        expected: usize,
        /// Why so many.
        reason: &'static str,
    },
    /// A cell does not lie inside of the numbers of its section.
    #[error("cell {cell} takes values {start}..{end} of its section, which holds {length}")]
    Range {
        /// The cell.
        cell: usize,
        /// Where it begins.
        start: i64,
        /// Where it ends.
        end: i64,
        /// How many values there are.
        length: usize,
    },
    /// The cells are no mesh.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// The grid cannot be.
    #[error(transparent)]
    Grid(#[from] GridError),
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a file in digits, from 1.
    Line(usize),
    /// A byte of a binary file, from 0.
    Byte(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}
