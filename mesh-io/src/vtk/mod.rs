//! What the file formats of VTK have in common: cell types, ghosts, grids, and the XML with its
//! arrays of numbers.
//!
//! | format | module |
//! |---|---|
//! | `.vtu`, unstructured grids | [`vtu`](crate::vtu) |

pub(crate) mod assembly;
mod cell_error;
pub(crate) mod cell_types;
pub(crate) mod fields;
pub(crate) mod ghosts;
pub(crate) mod grid;
pub(crate) mod polyhedra;
pub(crate) mod selection;
pub(crate) mod xml;

pub use cell_error::{CellError, FaceError, LeftOut, Whole};
pub use grid::GridError;
pub use xml::error::{ArrayError, VtkXmlError};
pub use xml::scalar::{ByteOrder, Compressor, HeaderType};
