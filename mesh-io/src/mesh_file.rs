//! Mesh files of any format, chosen by their extension.

use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use crate::gmsh::Gmsh;
use crate::med::Med;
use crate::vtk_grids::VtkGrids;
use crate::vtk_index::{Pvd, Pvtu};
use crate::vtk_legacy::VtkLegacy;
use crate::vtu::Vtu;
use crate::{EncodingError, ReadError, WriteError, WriteOptions};

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

    /// Whether files are written at all, as by default; otherwise [`write`](Self::write) refuses.
    fn is_written(&self) -> bool {
        true
    }

    /// The format with files written as the options say, which are not the default; a format
    /// without a choice refuses, as by default.
    ///
    /// # Errors
    ///
    /// What the format does not have.
    fn with_options(&self, options: &WriteOptions) -> Result<Box<dyn MeshFormat>, EncodingError> {
        Err(options.refuse(self.name()))
    }

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

    /// Whether [`write_series`](Self::write_series) can write anything.
    fn holds_series(&self) -> bool {
        false
    }

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
    static GMSH: std::sync::LazyLock<Gmsh> = std::sync::LazyLock::new(Gmsh::default);
    static VTK: std::sync::LazyLock<VtkLegacy> = std::sync::LazyLock::new(VtkLegacy::default);
    static PVTU: std::sync::LazyLock<Pvtu> = std::sync::LazyLock::new(Pvtu::default);
    static PVD: std::sync::LazyLock<Pvd> = std::sync::LazyLock::new(Pvd::default);
    static FORMATS: std::sync::LazyLock<[&'static dyn MeshFormat; 7]> =
        std::sync::LazyLock::new(|| [&*VTU, &*VTK, &*GMSH, &Med, &*PVTU, &*PVD, &VtkGrids]);
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
        supported: readable(),
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
            supported: readable(),
        })?
        .times(path)
}

/// Whether the format of the extension of `path` has time.
#[must_use]
pub fn holds_series(path: &Path) -> bool {
    find_format(path).is_some_and(MeshFormat::holds_series)
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
    write_series_with(path, mesh, steps, &WriteOptions::default())
}

/// Writes a time series on one mesh to `path` as `options` say, in the format of its extension.
///
/// # Errors
///
/// As [`check_write_options`], or what [`MeshFormat::write_series`] returns.
pub fn write_series_with(
    path: &Path,
    mesh: &UnstructuredMesh,
    steps: &[Step],
    options: &WriteOptions,
) -> Result<(), WriteError> {
    with_format(path, options, |format| {
        format.write_series(path, mesh, steps)
    })
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
    write_mesh_with(path, mesh, fields, &WriteOptions::default())
}

/// Writes a mesh and its fields to `path` as `options` say, in the format of its extension.
///
/// # Errors
///
/// As [`check_write_options`], or what [`MeshFormat::write`] returns.
pub fn write_mesh_with(
    path: &Path,
    mesh: &UnstructuredMesh,
    fields: &[Field],
    options: &WriteOptions,
) -> Result<(), WriteError> {
    with_format(path, options, |format| format.write(path, mesh, fields))
}

/// Whether a mesh can be written to `path` as `options` say: nothing is written.
///
/// # Errors
///
/// An unknown extension, or a format that does not have what the options ask for.
pub fn check_write_options(path: &Path, options: &WriteOptions) -> Result<(), WriteError> {
    with_format(path, options, |_| Ok(()))
}

/// Does something with the format of a file that is to be written as the options say.
fn with_format<T>(
    path: &Path,
    options: &WriteOptions,
    write: impl FnOnce(&dyn MeshFormat) -> Result<T, WriteError>,
) -> Result<T, WriteError> {
    let format = find_format(path).filter(|format| format.is_written());
    let format = format.ok_or_else(|| WriteError::UnknownExtension {
        path: path.to_owned(),
        supported: writable(),
    })?;
    if options.is_default() {
        return write(format);
    }
    let format = format.with_options(options);
    let format = format.map_err(|source| WriteError::Encoding {
        path: path.to_owned(),
        source,
    })?;
    write(&*format)
}

pub(crate) fn find_format(path: &Path) -> Option<&'static dyn MeshFormat> {
    mesh_formats()
        .iter()
        .copied()
        .find(|format| has_extension(path, format.extensions()))
}

/// The extensions that are read.
fn readable() -> Vec<String> {
    extensions(|_| true)
}

/// The extensions that are written.
fn writable() -> Vec<String> {
    extensions(|format| format.is_written())
}

fn extensions(is_meant: impl Fn(&dyn MeshFormat) -> bool) -> Vec<String> {
    let formats = mesh_formats().iter().filter(|format| is_meant(**format));
    formats
        .flat_map(|format| format.extensions())
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
