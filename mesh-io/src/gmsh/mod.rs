//! Gmsh's format `.msh`: versions 2.2, 4.0 and 4.1 are read, 2.2 and 4.1 written, each as text and
//! binary in either order of bytes.
//!
//! # What is read
//!
//! | in the file | here |
//! |---|---|
//! | tetrahedra, hexahedra, prisms, pyramids | cells, in the order of the file |
//! | elements of order 2 to 10 | refused; [linearised](crate::ReadOptions::linearize) on request |
//! | points, lines, triangles, quadrilaterals, polygons | left out, counted in a note |
//! | nodes, with any tags, also parametric ones | nodes, in the order of the file; those that no cell has stay |
//! | physical groups of volumes | the integer field `gmsh:physical` (0: none), their names as its [labels](mesh_core::Field::labels) |
//! | further groups of the same cells | `gmsh:physical:2` and so on |
//! | volumes of the geometry | the integer field `gmsh:geometrical`, unless it only counts the groups in the order in which they appear |
//! | volumes cut by a partition | their groups; `gmsh:geometrical` is the volume before the cut |
//! | `$ElementData`, `$NodeData` | fields of as many components; NaN where a cell or node has no value, with a note |
//! | several steps of a field | [times](crate::MeshFormat::times); one step is [chosen](crate::ReadOptions::step). A field of one step, without a time or at time 0, in a file of others holds at each of their steps |
//! | a mesh that stands there several times | read once: so Gmsh appends views to a file |
//! | elements of format 2 that repeat the one before in another group | one cell of both groups |
//! | `$Periodic`, `$GhostElements`, `$Parametrizations`, `$InterpolationScheme`, `$Comments` | passed over |
//! | `$ElementNodeData` and all other sections | left out, with a note |
//!
//! # What is written
//!
//! Nodes and cells in their order, with tags from 1; a polyhedron is refused, for Gmsh has no
//! element for it. `gmsh:physical` (and `gmsh:physical:2`, … in version 4.1) become physical groups,
//! its labels their names, `gmsh:geometrical` the volumes of the geometry. Without a field
//! `gmsh:physical`, the labels of the first integer field on cells that has any become groups.
//!
//! All other fields become `$ElementData` and `$NodeData`. Gmsh knows fields of 1, 3 and 9
//! components; others are filled up with zeros. What Gmsh has no place for (how many components are
//! meant and what they are called, that values are integers, labels, quotes in names) stands in
//! further string tags, which Gmsh and meshio read over, so that all of it comes back here. Only
//! names of groups cannot keep quotes, control characters and more than 127 bytes.

mod cells;
mod cursor;
mod data_section;
mod description;
mod document;
mod element_types;
mod elements;
mod entities;
mod error;
mod fields;
mod groups;
mod nodes;
mod numbers_out;
mod options;
mod read;
mod records;
mod regions;
mod tags;
mod text;
mod write;
mod write_field;
mod write_mesh;

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::{
    EncodingError, MeshFile, MeshFormat, ReadError, ReadOptions, Step, WriteError, WriteOptions,
    read_file, write_atomically,
};

pub use error::{GmshError, GmshWriteError, Place};
pub use options::{GmshData, GmshOptions, GmshVersion};
pub use read::{read, times};
pub use write::{write, write_series};

/// The Gmsh format, written as its options say.
///
/// ```
/// use mesh_io::gmsh::{Gmsh, GmshData, GmshOptions, GmshVersion};
/// let old = Gmsh {
///     options: GmshOptions {
///         version: GmshVersion::V2_2,
///         data: GmshData::Ascii,
///         ..GmshOptions::default()
///     },
/// };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gmsh {
    /// How files are written.
    pub options: GmshOptions,
}

impl MeshFormat for Gmsh {
    fn name(&self) -> &'static str {
        "Gmsh mesh"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["msh"]
    }

    fn with_options(&self, options: &WriteOptions) -> Result<Box<dyn MeshFormat>, EncodingError> {
        let options = self.options.with(options, self.name())?;
        Ok(Box::new(Self { options }))
    }

    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
        read(&read_file(path)?, options).map_err(|source| with_path(path, source))
    }

    fn times(&self, path: &Path) -> Result<Vec<f64>, ReadError> {
        times(&read_file(path)?).map_err(|source| with_path(path, source))
    }

    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError> {
        write_atomically(path, |out| write(out, mesh, fields, &self.options))
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
        write_atomically(path, |out| write_series(out, mesh, steps, &self.options))
    }
}

fn with_path(path: &Path, source: GmshError) -> ReadError {
    ReadError::Gmsh {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
