//! VTU, the XML format of VTK for unstructured meshes: all that ParaView, PyVista, VTK and meshio
//! write is read; what is written, they read.

mod options;
mod read;
mod write;

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::{
    EncodingError, MeshFile, MeshFormat, ReadError, ReadOptions, WriteError, WriteOptions,
    read_file, write_atomically,
};

pub use crate::vtk::{ByteOrder, Compressor, HeaderType};
pub use options::{DataMode, FloatWidth, PolyhedraLayout, VtuOptions};
pub use read::read;
pub use write::write;

pub(crate) use read::read_piece;
pub(crate) use write::{array_head, escape, write_piece};

/// The VTU format, written as its options say.
///
/// ```
/// use mesh_io::vtu::{DataMode, Vtu, VtuOptions};
/// let fast = Vtu { options: VtuOptions { data: DataMode::AppendedRaw, ..VtuOptions::default() } };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vtu {
    /// How files are written.
    pub options: VtuOptions,
}

impl MeshFormat for Vtu {
    fn name(&self) -> &'static str {
        "VTK XML unstructured grid"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["vtu"]
    }

    fn with_options(&self, options: &WriteOptions) -> Result<Box<dyn MeshFormat>, EncodingError> {
        let options = self.options.with(options)?;
        Ok(Box::new(Self { options }))
    }

    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
        let file = read_file(path)?;
        read(&file, options).map_err(|source| ReadError::VtkXml {
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
