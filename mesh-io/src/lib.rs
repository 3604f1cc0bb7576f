//! Readers and writers of mesh and sparse matrix files.
//!
//! The format follows from the extension of a path: [`read_mesh`] and [`write_mesh`] know `.vtu`,
//! `.vtk`, `.msh` (Gmsh), `.med` (MED), `.pvtu` and `.pvd` (pieces, time series), and read `.vtr`,
//! `.vts` and `.vti` ([`vtk`]); [`read_matrix`] and [`write_matrix`] know `.npz` (SciPy), `.mtx`
//! (Matrix Market) and `.nc` (ESMF weights). Formats are
//! values behind the traits [`MeshFormat`] and [`MatrixFormat`]; those that have options, like
//! [`vtu::Vtu`], can be used directly.
//!
//! ```
//! use mesh_core::CartesianMesh;
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("box.vtu");
//! let mesh = CartesianMesh::new(vec![vec![0.0, 0.5, 1.0]; 3])?.to_unstructured()?;
//! mesh_io::write_mesh(&path, &mesh, &[])?;
//! let file = mesh_io::read_mesh(&path)?;
//! assert_eq!(file.mesh.cell_count(), 8);
//! assert!(file.notes.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is promised: what was written comes back bit by bit; a file that could not be written in
//! full is not left behind ([`write_atomically`]); no file, however damaged, makes a reader panic
//! or take much more memory than the file can mean; a message is one line that names the file, the
//! place in it, what was found and what was expected.

mod atomic;
mod error;
pub mod esmf;
pub mod gmsh;
mod hdf5;
mod labels;
mod matrix_file;
pub mod matrix_market;
pub mod med;
mod mesh_file;
mod netcdf;
mod npy;
pub mod npz;
mod rows;
pub mod vtk;
pub mod vtk_grids;
pub mod vtk_index;
pub mod vtk_legacy;
pub mod vtu;
mod write_options;

pub use atomic::write_atomically;
pub use error::{ReadError, WriteError};
pub use labels::LabelError;
pub use matrix_file::{
    DigestMismatch, MatrixFile, MatrixFormat, PartLabel, matrix_formats, read_matrix,
    read_matrix_unchecked, write_matrix,
};
pub use mesh_file::{
    MeshFile, MeshFormat, ReadOptions, Step, StepChoice, check_write_options, holds_series,
    mesh_formats, read_mesh, read_mesh_with, read_times, write_mesh, write_mesh_with, write_series,
    write_series_with,
};
pub use netcdf::NetcdfError;
pub use npy::NpyError;
pub use write_options::{DataEncoding, EncodingError, WriteOptions};

use std::path::Path;

/// The bytes of the file at `path`.
fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    std::fs::read(path).map_err(|source| ReadError::Io {
        path: path.to_owned(),
        source,
    })
}

/// `text` without what would make a message long.
fn shorten(text: &str) -> String {
    shorten_to(text, 60)
}

/// The first `longest` characters of `text`, and an ellipsis where there are more.
fn shorten_to(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
