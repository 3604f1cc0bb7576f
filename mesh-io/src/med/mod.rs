//! MED, the format of SALOME and `code_aster`, on HDF5: files of its libraries from 2.3 to 4.2 are
//! read, 4.1 is written.

mod access;
#[cfg(test)]
mod bad_files;
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

use crate::hdf5::Hdf5Read;
#[cfg(feature = "hdf5-library")]
use crate::hdf5::LibraryFile;
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
        read_any(
            path,
            |file| read(file, options),
            |file| read::read_from(file, options),
        )
    }

    fn times(&self, path: &Path) -> Result<Vec<f64>, ReadError> {
        read_any(path, read_times, read::read_times_from)
    }

    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError> {
        write_atomically(path, |out| write(out, &mesh_name(path), mesh, fields))
    }

    fn holds_series(&self) -> bool {
        true
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

/// What `native` reads of the bytes of a file. Where these are not read without the HDF5 library,
/// and it is there, what `through_library` reads of the file.
fn read_any<T>(
    path: &Path,
    native: impl FnOnce(&[u8]) -> Result<T, MedError>,
    through_library: impl FnOnce(&dyn Hdf5Read) -> Result<T, MedError>,
) -> Result<T, ReadError> {
    let result = native(&read_file(path)?);
    let result = match result {
        Err(error) if error.is_unsupported() => read_through_library(path, error, through_library),
        result => result,
    };
    result.map_err(|source| ReadError::Med {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

#[cfg(feature = "hdf5-library")]
fn read_through_library<T>(
    path: &Path,
    _error: MedError,
    read: impl FnOnce(&dyn Hdf5Read) -> Result<T, MedError>,
) -> Result<T, MedError> {
    let file = LibraryFile::open(path).map_err(|error| access::at("", error))?;
    read(&file)
}

#[cfg(not(feature = "hdf5-library"))]
fn read_through_library<T>(
    _path: &Path,
    error: MedError,
    _read: impl FnOnce(&dyn Hdf5Read) -> Result<T, MedError>,
) -> Result<T, MedError> {
    Err(error)
}

fn mesh_name(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
