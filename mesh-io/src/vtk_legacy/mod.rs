//! Legacy VTK (`.vtk`), in digits or binary, versions 2.0 to 5.1: unstructured, rectilinear and
//! structured grids and structured points are read, unstructured grids are written.

mod attributes;
mod cells;
mod error;
mod names;
mod numbers;
mod options;
mod read;
mod scanner;
mod write;

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::{
    EncodingError, MeshFile, MeshFormat, ReadError, ReadOptions, WriteError, WriteOptions,
    read_file, write_atomically,
};

pub use error::{Place, VtkLegacyError};
pub use options::{VtkEncoding, VtkLegacyOptions, VtkVersion};
pub use read::read;
pub use write::write;

/// The legacy VTK format, written as its options say.
///
/// ```
/// use mesh_io::vtk_legacy::{VtkEncoding, VtkLegacy, VtkLegacyOptions};
/// let options = VtkLegacyOptions { encoding: VtkEncoding::Ascii, ..VtkLegacyOptions::default() };
/// let readable = VtkLegacy { options };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VtkLegacy {
    /// How files are written.
    pub options: VtkLegacyOptions,
}

impl MeshFormat for VtkLegacy {
    fn name(&self) -> &'static str {
        "legacy VTK"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["vtk"]
    }

    fn with_options(&self, options: &WriteOptions) -> Result<Box<dyn MeshFormat>, EncodingError> {
        let options = self.options.with(options)?;
        Ok(Box::new(Self { options }))
    }

    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
        let file = read_file(path)?;
        read(&file, options).map_err(|source| ReadError::VtkLegacy {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError> {
        write_atomically(path, |out| write(out, mesh, fields, &self.options))
    }
}
