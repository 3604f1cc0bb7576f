//! Mesh files of any format, chosen by their extension.

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::med::Med;
use crate::vtu::Vtu;
use crate::{ReadError, WriteError};

/// What a mesh file holds.
#[derive(Clone, Debug)]
pub struct MeshFile {
    /// The mesh.
    pub mesh: UnstructuredMesh,
    /// The fields on its cells and nodes, in the order of the file.
    pub fields: Vec<Field>,
    /// What was read otherwise than it stands in the file, one sentence each.
    pub notes: Vec<String>,
}

/// How a mesh file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Whether cells of higher order are read as the linear cells of their corner nodes, with a
    /// note; otherwise they are refused. Their other nodes stay, unused.
    pub linearize: bool,
    /// Which mesh is read of a file that holds several; otherwise the first, with a note. A format
    /// whose files hold one mesh without a name does not ask.
    pub mesh: Option<String>,
    /// Which step is read of a file that holds a time series.
    pub step: StepChoice,
}

/// Which step of a time series is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepChoice {
    /// The last one, with a note where there are several.
    #[default]
    Last,
    /// The one with this number, from 0, in the order of [`MeshFormat::times`].
    Number(usize),
}

/// The fields of one step of a time series.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The time, in the unit of the file.
    pub time: f64,
    /// The fields at that time.
    pub fields: Vec<Field>,
}

impl ReadOptions {
    /// The options with `linearize` set.
    #[must_use]
    pub const fn linearize(mut self, linearize: bool) -> Self {
        self.linearize = linearize;
        self
    }

    /// The options with `mesh` set.
    #[must_use]
    pub fn mesh(mut self, mesh: impl Into<String>) -> Self {
        self.mesh = Some(mesh.into());
        self
    }

    /// The options with `step` set.
    #[must_use]
    pub const fn step(mut self, step: StepChoice) -> Self {
        self.step = step;
        self
    }
}

/// A format of mesh files.
///
/// Contract: what [`write`](Self::write) has written, [`read`](Self::read) reads as the same mesh,
/// cell by cell and bit by bit, as far as the format can hold it. Neither panics on any file;
/// messages name the file and the place in it. A file that could not be written in full is not
/// left behind (see [`write_atomically`](crate::write_atomically)).
pub trait MeshFormat: Sync {
    /// What the format calls itself.
    fn name(&self) -> &'static str;

    /// The extensions of its files, in lower case, without a dot.
    fn extensions(&self) -> &'static [&'static str];

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A file that is not there, is damaged, or holds no mesh of three-dimensional linear cells.
    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError>;

    /// The times of the steps of a file, ascending as the file has them; none where its fields
    /// have no time, as by default.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), as far as the times need it.
    fn times(&self, _path: &Path) -> Result<Vec<f64>, ReadError> {
        Ok(Vec::new())
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// A field that does not fit the mesh, or a file that cannot be written.
    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError>;

    /// Writes a time series on one mesh; a format without time refuses, as by default.
    ///
    /// # Errors
    ///
    /// A format without time, a field that does not fit the mesh, or a file that cannot be written.
    fn write_series(
        &self,
        path: &Path,
        _mesh: &UnstructuredMesh,
        _steps: &[Step],
    ) -> Result<(), WriteError> {
        Err(WriteError::NoSeries {
            path: path.to_owned(),
            format: self.name(),
        })
    }
}

/// All formats of mesh files; a new one is entered here.
#[must_use]
pub fn mesh_formats() -> &'static [&'static dyn MeshFormat] {
    static VTU: std::sync::LazyLock<Vtu> = std::sync::LazyLock::new(Vtu::default);
    static FORMATS: std::sync::LazyLock<[&'static dyn MeshFormat; 2]> =
        std::sync::LazyLock::new(|| [&*VTU, &Med]);
    &*FORMATS
}

/// Reads the mesh file at `path`, in the format of its extension.
///
/// # Errors
///
/// An unknown extension, or what [`MeshFormat::read`] returns.
pub fn read_mesh(path: &Path) -> Result<MeshFile, ReadError> {
    read_mesh_with(path, &ReadOptions::default())
}

/// Reads the mesh file at `path` as `options` say, in the format of its extension.
///
/// # Errors
///
/// An unknown extension, or what [`MeshFormat::read`] returns.
pub fn read_mesh_with(path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
    let format = find_format(path).ok_or_else(|| ReadError::UnknownExtension {
        path: path.to_owned(),
        supported: supported(),
    })?;
    format.read(path, options)
}

/// The times of the steps of the mesh file at `path`; none where its fields have no time.
///
/// # Errors
///
/// An unknown extension, or what [`MeshFormat::times`] returns.
pub fn read_times(path: &Path) -> Result<Vec<f64>, ReadError> {
    find_format(path)
        .ok_or_else(|| ReadError::UnknownExtension {
            path: path.to_owned(),
            supported: supported(),
        })?
        .times(path)
}

/// Writes a time series on one mesh to `path`, in the format of its extension.
///
/// # Errors
///
/// An unknown extension, or what [`MeshFormat::write_series`] returns.
pub fn write_series(
    path: &Path,
    mesh: &UnstructuredMesh,
    steps: &[Step],
) -> Result<(), WriteError> {
    find_format(path)
        .ok_or_else(|| WriteError::UnknownExtension {
            path: path.to_owned(),
            supported: supported(),
        })?
        .write_series(path, mesh, steps)
}

/// Writes a mesh and its fields to `path`, in the format of its extension.
///
/// ```
/// use mesh_core::{CartesianMesh, UnstructuredMesh};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("box.vtu");
/// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 2.0]; 3])?.to_unstructured()?;
/// mesh_io::write_mesh(&path, &mesh, &[])?;
/// assert_eq!(mesh_io::read_mesh(&path)?.mesh.fingerprint(), mesh.fingerprint());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// An unknown extension, or what [`MeshFormat::write`] returns.
pub fn write_mesh(
    path: &Path,
    mesh: &UnstructuredMesh,
    fields: &[Field],
) -> Result<(), WriteError> {
    let format = find_format(path).ok_or_else(|| WriteError::UnknownExtension {
        path: path.to_owned(),
        supported: supported(),
    })?;
    format.write(path, mesh, fields)
}

fn find_format(path: &Path) -> Option<&'static dyn MeshFormat> {
    mesh_formats()
        .iter()
        .copied()
        .find(|format| has_extension(path, format.extensions()))
}

fn supported() -> Vec<String> {
    let extensions = mesh_formats().iter().flat_map(|format| format.extensions());
    extensions
        .map(|extension| format!(".{extension}"))
        .collect()
}

/// Whether the extension of `path` is one of these, in upper or lower case.
pub(crate) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let found = path.extension().and_then(|extension| extension.to_str());
    found.is_some_and(|found| {
        extensions
            .iter()
            .any(|known| found.eq_ignore_ascii_case(known))
    })
}
