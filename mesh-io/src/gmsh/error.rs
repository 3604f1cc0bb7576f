//! What can be wrong in a Gmsh file, and where; and what such a file cannot hold.

use std::fmt;

use mesh_core::Shape;
use thiserror::Error;

/// A place in a file: a line where it is text, a byte where it is binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The line, from 1.
    Line(usize),
    /// The byte, from 0.
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

/// Why a Gmsh file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GmshError {
    /// The file is none of Gmsh.
    #[error("{found}, expected $MeshFormat: is it a mesh that Gmsh saved?")]
    NotMsh {
        /// What stands at its beginning.
        found: String,
    },
    /// The format of before 2003.
    #[error(
        "a file of Gmsh's format 1 ($NOD), expected format 2.2, 4.0 or 4.1: open it in Gmsh and save it as one of them"
    )]
    FormatOne,
    /// The section `$MeshFormat` holds what no reader understands.
    #[error("{place}: the {what} in $MeshFormat is {found:?}, expected {expected}")]
    Format {
        /// Where it stands.
        place: Place,
        /// What is wrong.
        what: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A section does not end.
    #[error("{place}: ${section} is not ended by $End{section}; the file was cut?")]
    Unclosed {
        /// Where the section begins.
        place: Place,
        /// Its name.
        section: String,
    },
    /// A section ends that has not begun.
    #[error("{place}: ${section} ends what has not begun; something was removed before it?")]
    StrayEnd {
        /// Where it stands.
        place: Place,
        /// The end, with its `End`.
        section: String,
    },
    /// A section without which there is no mesh.
    #[error("no section ${section}")]
    MissingSection {
        /// Its name.
        section: &'static str,
    },
    /// The file holds two meshes.
    #[error(
        "{place}: a second ${section} that differs from the one before; expected one mesh in a file"
    )]
    SecondMesh {
        /// Where the second section begins.
        place: Place,
        /// Its name.
        section: &'static str,
    },
    /// Text that is no number.
    #[error("{place}: {found:?} in ${section} is no {expected}")]
    Number {
        /// Where it stands.
        place: Place,
        /// The section.
        section: String,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// A section ends before what it announces.
    #[error(
        "{place}: ${section} announces {needed} {unit} more, but has {available} left; it was cut?"
    )]
    Truncated {
        /// Where the values should begin.
        place: Place,
        /// The section.
        section: String,
        /// How many are needed; at least so many where they would not even be counted.
        needed: u64,
        /// How many there are.
        available: u64,
        /// Bytes or values.
        unit: &'static str,
    },
    /// A section goes on behind the last value it announces.
    #[error("{place}: ${section} goes on behind the last value that it announces")]
    Leftover {
        /// Where it goes on.
        place: Place,
        /// The section.
        section: String,
    },
    /// A count that is negative or otherwise none.
    #[error("{place}: {found} {what} in ${section}, expected {expected}")]
    Count {
        /// Where it stands.
        place: Place,
        /// The section.
        section: String,
        /// What is counted.
        what: &'static str,
        /// The number.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// Two nodes or elements with one tag.
    #[error("two {what} have the tag {tag}; every tag must be given once")]
    RepeatedTag {
        /// Nodes or elements.
        what: &'static str,
        /// Their tag.
        tag: i64,
    },
    /// An element names a node that is not there.
    #[error("{place}: element {element} names node {node}, which is none of the {nodes} nodes")]
    UnknownNode {
        /// Where the element begins.
        place: Place,
        /// Its tag.
        element: i64,
        /// The tag of the node it names.
        node: i64,
        /// How many nodes there are.
        nodes: usize,
    },
    /// An element is of higher order: its faces are curved, which no overlap here knows.
    #[error(
        "{place}: element {element} is a {name} of {nodes} nodes (Gmsh type {element_type}), which \
         is of higher order; write the mesh with linear elements, or read it with --linearize \
         (corner nodes only)"
    )]
    HigherOrder {
        /// Where the element, or the block it stands in, begins.
        place: Place,
        /// Its tag.
        element: i64,
        /// Its shape.
        name: &'static str,
        /// How many nodes it has.
        nodes: usize,
        /// Gmsh's number of its type.
        element_type: i64,
    },
    /// An element's type is none that is read.
    #[error(
        "{place}: Gmsh type {element_type} of elements is not read{}; expected 4 (tetrahedron), \
         5 (hexahedron), 6 (prism) or 7 (pyramid)",
        polyhedron(*element_type)
    )]
    ElementType {
        /// Where the element, or the block it stands in, begins.
        place: Place,
        /// Gmsh's number of its type.
        element_type: i64,
    },
    /// What is said of a field in words that only this library writes is damaged.
    #[error("{place}: {found:?} does not describe the field that follows")]
    FieldDescription {
        /// Where the field's section begins.
        place: Place,
        /// What stands there.
        found: String,
    },
    /// A fraction in a field of integers.
    #[error("{place}: {found} in the field {field:?}, which is one of integers")]
    NotInteger {
        /// Where the field's section begins.
        place: Place,
        /// The field.
        field: String,
        /// The value.
        found: f64,
    },
    /// A step that the file does not have.
    #[error("step {asked} was asked for, but the file has {}", steps_in_words(*steps))]
    NoStep {
        /// The step asked for.
        asked: usize,
        /// How many there are.
        steps: usize,
    },
    /// More nodes or cells than ids can count.
    #[error("{count} {what}, but ids count to 4294967294")]
    TooMany {
        /// Nodes or cells.
        what: &'static str,
        /// How many.
        count: usize,
    },
    /// Nothing to remap: no element of dimension 3.
    #[error("no three-dimensional element ({lower} of lower dimension)")]
    NoCells {
        /// How many elements of lower dimension there are.
        lower: usize,
    },
    /// Memory is not to be had.
    #[error("{place}: {bytes} bytes do not fit in memory")]
    Memory {
        /// What needs it.
        place: Place,
        /// The bytes asked for.
        bytes: usize,
    },
    /// The file is whole, but holds no valid mesh.
    #[error("{source}{}", left_out(*lower))]
    Mesh {
        /// What is wrong with the mesh; its cells are counted without those left out.
        #[source]
        source: mesh_core::MeshError,
        /// The number of elements of lower dimension, which were left out.
        lower: usize,
    },
}

fn polyhedron(element_type: i64) -> &'static str {
    match element_type {
        35 => " (a polyhedron of a cut mesh)",
        _ => "",
    }
}

fn steps_in_words(steps: usize) -> String {
    match steps {
        0 => "no steps of time".into(),
        1 => "one step (number 0)".into(),
        _ => format!("{steps} steps (0 to {})", steps - 1),
    }
}

fn left_out(lower: usize) -> String {
    match lower {
        0 => String::new(),
        _ => format!(" (cells counted without {lower} of lower dimension)"),
    }
}

/// Why a mesh or field cannot be written as a Gmsh file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GmshWriteError {
    /// A cell that Gmsh has no element for.
    #[error("cell {cell} is a {shape}, which a Gmsh file cannot hold; write .vtu, .vtk or .med")]
    Shape {
        /// The cell.
        cell: usize,
        /// Its shape.
        shape: Shape,
    },
    /// More nodes or cells than the format can count.
    #[error(
        "{count} {what}, but a field or a file of format 2.2 counts to 2147483647; write .vtu or .med"
    )]
    TooMany {
        /// Nodes or cells.
        what: &'static str,
        /// How many.
        count: usize,
    },
}
