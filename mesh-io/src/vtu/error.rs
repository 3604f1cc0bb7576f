//! What can be wrong in a VTU file, and where.

use thiserror::Error;

use super::scalar::Compressor;

/// Why a VTU file cannot be read.
///
/// Pieces and cells count from 0, lines from 1. A cell is counted as the file counts it, skipped
/// lower-dimensional cells included.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VtuError {
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
    /// The file is XML, but not a VTU file.
    #[error("{found}, expected <VTKFile type=\"UnstructuredGrid\">")]
    NotAGrid {
        /// What stands in its place.
        found: String,
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
    /// A cell names a node that is not there.
    #[error("cell {cell} names node {node}, but {whole} has {nodes} nodes")]
    NodeId {
        /// The cell.
        cell: usize,
        /// The id it names.
        node: i64,
        /// The number of nodes there are.
        nodes: usize,
        /// The mesh, or the piece in a file of several.
        whole: Whole,
    },
    /// A cell has a number of nodes that its shape does not have.
    #[error("cell {cell} is a {shape} of {found} nodes, expected {expected}")]
    NodeCount {
        /// The cell.
        cell: usize,
        /// Its shape.
        shape: &'static str,
        /// The number of nodes it names.
        found: usize,
        /// The number its shape has.
        expected: usize,
    },
    /// A cell is quadratic or of higher order: its faces are curved, which no overlap here knows.
    #[error(
        "cell {cell} is quadratic ({name}, VTK type {vtk_type}); write the mesh with linear cells, \
         or read it linearised (corner nodes only)"
    )]
    Quadratic {
        /// The cell.
        cell: usize,
        /// VTK's name of its type.
        name: &'static str,
        /// VTK's number of its type.
        vtk_type: i64,
    },
    /// A cell's type is none that is read.
    #[error(
        "cell {cell} has VTK type {vtk_type}, expected 10 (tetrahedron), 11 (voxel), \
         12 (hexahedron), 13 (wedge), 14 (pyramid) or 42 (polyhedron)"
    )]
    CellType {
        /// The cell.
        cell: usize,
        /// VTK's number of its type.
        vtk_type: i64,
    },
    /// The faces of a polyhedron are damaged.
    #[error("cell {cell}: {source}")]
    Polyhedron {
        /// The cell.
        cell: usize,
        /// What is wrong with its faces.
        #[source]
        source: FaceError,
    },
    /// More nodes than ids can count.
    #[error("{nodes} nodes, but ids count to 4294967295")]
    TooManyNodes {
        /// The number of nodes.
        nodes: usize,
    },
    /// Nothing to remap: no cell of dimension 3.
    #[error("no three-dimensional cell ({skipped} cells of lower dimension)")]
    NoCells {
        /// The number of cells of lower dimension.
        skipped: usize,
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
    /// The arrays are whole, but they are no valid mesh.
    #[error("{source}{}", left_out(*skipped))]
    Mesh {
        /// What is wrong with the mesh; its cells are counted without those left out.
        #[source]
        source: mesh_core::MeshError,
        /// The number of cells of lower dimension, which were left out.
        skipped: usize,
    },
}

/// The message of the XML parser, which quotes the file, in one line that is not too long.
fn one_line(source: &quick_xml::Error) -> String {
    let message = source.to_string();
    let words: Vec<&str> = message.split_whitespace().collect();
    crate::shorten_to(&words.join(" "), 160)
}

fn left_out(skipped: usize) -> String {
    match skipped {
        0 => String::new(),
        _ => format!(" (cells counted without {skipped} of lower dimension)"),
    }
}

/// What a node id counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// The file is one piece.
    Mesh,
    /// This piece of several.
    Piece(usize),
}

impl std::fmt::Display for Whole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mesh => f.write_str("the mesh"),
            Self::Piece(piece) => write!(f, "piece {piece}"),
        }
    }
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

/// What can be wrong with the faces of a polyhedron.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FaceError {
    /// The file has a polyhedron, but no faces.
    #[error(
        "a polyhedron, but the piece has neither faces and faceoffsets nor face_connectivity, \
         face_offsets, polyhedron_to_faces and polyhedron_offsets"
    )]
    NoArrays,
    /// The polyhedron's range of an array is not inside that array.
    #[error("takes {array} {start}..{end}, but it holds {length} values")]
    Range {
        /// The array.
        array: &'static str,
        /// Where the polyhedron begins in it.
        start: i64,
        /// Where it ends.
        end: i64,
        /// The length of the array.
        length: usize,
    },
    /// The face stream is shorter or longer than the faces in it.
    #[error("its face stream has {found} values, expected {expected} for its {faces} faces")]
    Stream {
        /// The values there are.
        found: usize,
        /// The values its counts add up to, as far as they could be read.
        expected: i128,
        /// The faces it claims.
        faces: i64,
    },
    /// A face is not among the faces of the piece.
    #[error("names face {face}, but the piece has {faces} faces")]
    FaceId {
        /// The face it names.
        face: i64,
        /// The number of faces.
        faces: usize,
    },
    /// The same faces are named by so many polyhedra that it cannot be meant.
    #[error("the polyhedra up to here name {total} face nodes, but the piece stores only {stored}")]
    Repeated {
        /// The face nodes of the polyhedra read so far.
        total: usize,
        /// The face nodes the file stores.
        stored: usize,
    },
}
