//! MED, the format of SALOME and `code_aster`, on HDF5: files of its libraries from 2.3 to 4.2 are
//! read, 4.1 is written.

mod access;
mod cell_types;
mod cells;
#[cfg(test)]
mod damaged;
mod error;
mod families;
mod fields;
mod naming;
mod polyhedra;
mod read;
mod steps;
mod write;
mod write_families;
mod write_fields;

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::{
    MeshFile, MeshFormat, ReadError, ReadOptions, Step, WriteError, read_file, write_atomically,
};

pub use error::{Hdf5Error, MedError};
pub use read::{read, read_times};
pub use write::{write, write_series};

/// The MED format. A mesh is called as its file, without the extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Med;

impl MeshFormat for Med {
    fn name(&self) -> &'static str {
        "MED"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["med"]
    }

    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
        let file = read_file(path)?;
        read(&file, options).map_err(|error| placed(path, error))
    }

    fn times(&self, path: &Path) -> Result<Vec<f64>, ReadError> {
        let file = read_file(path)?;
        read_times(&file).map_err(|error| placed(path, error))
    }

    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError> {
        write_atomically(path, |out| write(out, &mesh_name(path), mesh, fields))
    }

    fn write_series(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        steps: &[Step],
    ) -> Result<(), WriteError> {
        write_atomically(path, |out| write_series(out, &mesh_name(path), mesh, steps))
    }
}

fn mesh_name(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn placed(path: &Path, source: MedError) -> ReadError {
    ReadError::Med {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
