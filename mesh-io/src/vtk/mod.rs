//! What the file formats of VTK have in common: cell types, ghosts, grids, and the XML with its
//! arrays of numbers.
//!
//! | format | module |
//! |---|---|
//! | `.vtu`, unstructured grids | [`vtu`](crate::vtu) |
//! | `.vtr` `.vts` `.vti`, rectilinear, structured and image grids | [`vtk_grids`](crate::vtk_grids) |
//! | `.pvtu` `.pvd`, pieces and time series | [`vtk_index`](crate::vtk_index) |
//! | `.vtk`, the legacy format | [`vtk_legacy`](crate::vtk_legacy) |

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
