//! Readers and writers of mesh and sparse matrix files.
mod atomic;
mod error;
mod mesh_file;
pub mod vtu;
mod npz {
    #[derive(Debug, thiserror::Error)]
    #[error("")]
    pub struct NpzError;
}
mod matrix_market {
    #[derive(Debug, thiserror::Error)]
    #[error("")]
    pub struct MatrixMarketError;
}

pub use atomic::write_atomically;
pub use error::{ReadError, WriteError};
pub use mesh_file::{
    MeshFile, MeshFormat, ReadOptions, mesh_formats, read_mesh, read_mesh_with, write_mesh,
};

/// The bytes of the file at `path`.
fn read_file(path: &std::path::Path) -> Result<Vec<u8>, ReadError> {
    std::fs::read(path).map_err(|source| ReadError::Io {
        path: path.to_owned(),
        source,
    })
}
