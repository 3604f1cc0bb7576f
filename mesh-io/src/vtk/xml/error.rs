//! What can be wrong in a file of VTK's XML formats, and where.

use thiserror::Error;

use super::scalar::Compressor;
use crate::vtk::{CellError, GridError};

/// Why a file of VTK's XML formats cannot be read.
///
/// Pieces and cells count from 0, lines from 1. A cell is counted as the file counts it, skipped
/// lower-dimensional cells included.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VtkXmlError {
    /// The XML is damaged: cut, not closed, or no XML at all.
    #[error("line {line}: damaged XML: {}", one_line(source))]
    Xml {
        /// Where the reader stopped.
        line: usize,
        /// What the XML parser says.
        #[source]
        source: Box<quick_xml::Error>,
    },
    /// The document ends before the element that holds the mesh.
    #[error("line {line}: the file ends inside <{element}>; it was cut or not written to its end")]
    Unclosed {
        /// The last line.
        line: usize,
        /// The element that is still open.
        element: String,
    },
    /// The file is XML, but of another kind.
    #[error("{found}, expected {expected}")]
    NotAGrid {
        /// What stands in its place.
        found: String,
        /// The element that is read.
        expected: &'static str,
    },
    /// An attribute that has to be there is not.
    #[error("line {line}: <{element}> has no attribute {attribute}")]
    MissingAttribute {
        /// Where the element begins.
        line: usize,
        /// The element.
        element: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// An attribute holds what no reader understands.
    #[error("line {line}: {attribute} is {value:?}, expected {expected}")]
    BadAttribute {
        /// Where the element begins.
        line: usize,
        /// The attribute.
        attribute: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// The file has no `<Piece>`.
    #[error("no <Piece>, expected at least one")]
    NoPiece,
    /// A collection names no file.
    #[error("no <DataSet>, expected at least one")]
    NoDataSet,
    /// A step that the collection does not have.
    #[error("step {step} was asked for, but there are {steps}, counted from 0")]
    Step {
        /// The step asked for.
        step: usize,
        /// The number of steps.
        steps: usize,
    },
    /// A piece lacks one of the arrays that make a mesh.
    #[error("piece {piece}: no array {array:?}")]
    MissingArray {
        /// The piece.
        piece: usize,
        /// The array.
        array: &'static str,
    },
    /// The bytes of an array are damaged, or do not mean what they should.
    #[error("piece {piece}, array {array:?}: {source}")]
    Array {
        /// The piece.
        piece: usize,
        /// The array's name.
        array: String,
        /// What is wrong with it.
        #[source]
        source: ArrayError,
    },
    /// An array has more or fewer values than the piece has points or cells.
    #[error("piece {piece}, array {array:?}: {found} values, expected {expected} ({reason})")]
    Length {
        /// The piece.
        piece: usize,
        /// The array's name.
        array: String,
        /// The number of values found.
        found: usize,
        /// The number expected.
        expected: usize,
        /// Why so many.
        reason: &'static str,
    },
    /// A cell's offset lies before its predecessor's or past the end of the connectivity.
    #[error(
        "piece {piece}: cell {cell} takes connectivity {start}..{end}, but it holds {length} ids"
    )]
    Offset {
        /// The piece.
        piece: usize,
        /// The cell.
        cell: usize,
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: i64,
        /// The length of the connectivity.
        length: usize,
    },
    /// The same field has different numbers of components in different pieces.
    #[error(
        "piece {piece}, array {array:?}: {found} components, but {expected} in the pieces before"
    )]
    Components {
        /// The piece.
        piece: usize,
        /// The array's name.
        array: String,
        /// The number of components in this piece.
        found: usize,
        /// The number before.
        expected: usize,
    },
    /// The cells are none that make a mesh.
    #[error(transparent)]
    Cell(#[from] CellError),
    /// The grid of a structured file cannot be.
    #[error(transparent)]
    Grid(#[from] GridError),
}

/// The message of the XML parser, which quotes the file, in one line that is not too long.
fn one_line(source: &quick_xml::Error) -> String {
    let message = source.to_string();
    let words: Vec<&str> = message.split_whitespace().collect();
    crate::shorten_to(&words.join(" "), 160)
}

/// What can be wrong with the bytes of one array.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// The `type` is none of numbers.
    #[error("type {found:?}, expected one of Int8 to UInt64, Float32, Float64")]
    Type {
        /// What the attribute says.
        found: String,
    },
    /// The file is shorter than the array says it is.
    #[error("{what} of {needed} bytes, but the file has {available} left; it was cut?")]
    Truncated {
        /// What is cut.
        what: &'static str,
        /// The bytes it has by its header.
        needed: u64,
        /// The bytes there are.
        available: usize,
    },
    /// An appended array begins past the end of the appended data.
    #[error("begins at offset {offset} of the appended data, which end at {available}")]
    Offset {
        /// The `offset` attribute.
        offset: usize,
        /// The length of the appended data.
        available: usize,
    },
    /// The array refers to appended data, but there are none.
    #[error("is appended, but the file has no <AppendedData>; it was cut?")]
    NoAppendedData,
    /// Characters that are no base64.
    #[error("damaged base64: {source}")]
    Base64 {
        /// What the decoder says.
        #[from]
        source: base64::DecodeError,
    },
    /// A block claims more bytes than its compressed bytes can hold.
    #[error("block {block} claims {claimed} bytes out of {compressed} compressed ones")]
    Claim {
        /// The block.
        block: usize,
        /// The bytes it claims to be.
        claimed: u64,
        /// The compressed bytes it has.
        compressed: u64,
    },
    /// A block cannot be decompressed.
    #[error("block {block}: damaged {compressor:?} data: {reason}")]
    Decompress {
        /// The block.
        block: usize,
        /// By which it was compressed.
        compressor: Compressor,
        /// What the decompressor says.
        reason: String,
    },
    /// A block is longer or shorter than it claims.
    #[error("block {block} has {found} bytes, expected {expected}")]
    BlockSize {
        /// The block.
        block: usize,
        /// The bytes there are.
        found: usize,
        /// The bytes it should have.
        expected: usize,
    },
    /// Memory for the array is not to be had.
    #[error("{bytes} bytes do not fit in memory")]
    Memory {
        /// The bytes asked for.
        bytes: usize,
    },
    /// The bytes are no whole number of values.
    #[error("{bytes} bytes, expected a multiple of {size}")]
    PartOfValue {
        /// The bytes there are.
        bytes: usize,
        /// The bytes of one value.
        size: usize,
    },
    /// Text that is no number.
    #[error("line {line}: {found:?} is no {expected}")]
    Number {
        /// The line of the file.
        line: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// Ids and offsets are no fractions.
    #[error("holds {scalar} values, expected integers")]
    NotIntegers {
        /// The type of the array.
        scalar: &'static str,
    },
    /// An unsigned number that a signed one of 64 bits cannot hold.
    #[error("value {index} is {value}, expected at most 9223372036854775807")]
    TooLarge {
        /// Its place in the array.
        index: usize,
        /// The value.
        value: u64,
    },
}
