//! VTR, VTS, VTI: the XML formats of VTK for rectilinear, structured and image grids, read as
//! meshes of hexahedra.

mod read;

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::{MeshFile, MeshFormat, ReadError, ReadOptions, WriteError, read_file};

pub use read::read;

/// The formats VTR, VTS and VTI, which are read only: VTU holds any mesh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VtkGrids;

impl MeshFormat for VtkGrids {
    fn name(&self) -> &'static str {
        "VTK XML grid"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["vtr", "vts", "vti"]
    }

    fn is_written(&self) -> bool {
        false
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
        _mesh: &UnstructuredMesh,
        _fields: &[Field],
    ) -> Result<(), WriteError> {
        Err(WriteError::ReadOnly {
            path: path.to_owned(),
            format: self.name(),
        })
    }
}
