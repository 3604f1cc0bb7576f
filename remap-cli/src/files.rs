//! Files: what is read, with warnings, and where can be written.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use mesh_core::{Field, Location, UnstructuredMesh};
use mesh_io::{MatrixFile, MeshFile, ReadOptions, Step, WriteError, WriteOptions};
use remap::{OverlapMatrix, P0P0, Scheme as _};

/// Reads a mesh; what the reader noted (skipped cells, say) becomes warnings.
pub(crate) fn read_mesh(
    path: &Path,
    options: &ReadOptions,
    warnings: &mut Vec<String>,
) -> anyhow::Result<MeshFile> {
    let file = mesh_io::read_mesh_with(path, options)?;
    warnings.extend(
        file.notes
            .iter()
            .map(|note| format!("{}: {note}", path.display())),
    );
    Ok(file)
}

/// Whether the extension of the path is that of a matrix.
pub(crate) fn is_matrix(path: &Path) -> bool {
    let found = path.extension().and_then(|extension| extension.to_str());
    matrix_extensions().any(|known| found.is_some_and(|found| found.eq_ignore_ascii_case(known)))
}

fn matrix_extensions() -> impl Iterator<Item = &'static &'static str> + Clone {
    mesh_io::matrix_formats()
        .iter()
        .flat_map(|format| format.extensions())
}

/// Reads a matrix or the matrix of a part; what the file does not say becomes warnings.
pub(crate) fn read_matrix(path: &Path, warnings: &mut Vec<String>) -> anyhow::Result<MatrixFile> {
    let file = mesh_io::read_matrix(path)?;
    warnings.extend(notes(path, &file));
    Ok(file)
}

/// What a matrix file does not say, one warning each.
fn notes<'a>(path: &'a Path, file: &'a MatrixFile) -> impl Iterator<Item = String> + 'a {
    let place = path.display();
    file.notes
        .iter()
        .map(move |note| format!("{place}: {note}"))
}

/// Reads a whole matrix and the name of its scheme, where the file says; that of a part is refused.
pub(crate) fn read_whole_matrix(
    path: &Path,
    warnings: &mut Vec<String>,
) -> anyhow::Result<(OverlapMatrix, Option<String>)> {
    let file = read_matrix(path, warnings)?;
    let scheme = file.scheme.clone();
    Ok((whole(path, file)?, scheme))
}

/// Reads a whole matrix to see what is wrong with it: one that was changed since it was written is a
/// warning only.
pub(crate) fn read_suspected_matrix(
    path: &Path,
    warnings: &mut Vec<String>,
) -> anyhow::Result<OverlapMatrix> {
    let file = mesh_io::read_matrix_unchecked(path)?;
    warnings.extend(notes(path, &file));
    warnings.extend(warning_where_changed(path, &file));
    warnings.extend(warning_of_other_scheme(path, &file));
    whole(path, file)
}

/// A warning where the entries of a matrix are no volumes of overlaps.
fn warning_of_other_scheme(path: &Path, file: &MatrixFile) -> Option<String> {
    let scheme = file.scheme.as_deref().filter(|&name| name != P0P0.name())?;
    Some(format!(
        "{}: is of the scheme {scheme}; what is checked are the laws of p0-p0, whose entries are volumes of overlaps, \
         and a matrix of another scheme need not obey them",
        path.display()
    ))
}

/// A warning where a matrix is not the one that was written.
pub(crate) fn warning_where_changed(path: &Path, file: &MatrixFile) -> Option<String> {
    let mismatch = file.check_digest().err()?;
    Some(format!("{}: {mismatch}", path.display()))
}

fn whole(path: &Path, file: MatrixFile) -> anyhow::Result<OverlapMatrix> {
    if let Some(label) = &file.part {
        bail!(
            "{}: holds part {}/{} of a matrix; expected a whole one, as `remap merge` makes",
            path.display(),
            label.part,
            label.parts
        );
    }
    let matrix = OverlapMatrix::new(file.matrix, file.source, file.target);
    Ok(matrix.between(file.source_location, file.target_location))
}

/// What is written of a matrix that a scheme made for two meshes: of cells it is given the volumes,
/// those of nodes it finds.
pub(crate) fn matrix_file(
    matrix: OverlapMatrix,
    scheme: &str,
    source: (&UnstructuredMesh, Vec<f64>),
    target: (&UnstructuredMesh, Vec<f64>),
) -> MatrixFile {
    let measures = |location, (mesh, volumes): (&UnstructuredMesh, Vec<f64>), count| {
        let measures = match location {
            Location::Cells => volumes,
            Location::Nodes => mesh.measures_on(Location::Nodes),
        };
        // Of a part of the nodes nobody knows.
        (measures.len() == count).then_some(measures)
    };
    let (source_location, target_location) = (matrix.source_location(), matrix.target_location());
    let (rows, columns) = matrix.matrix().shape();
    MatrixFile {
        source: matrix.source(),
        target: matrix.target(),
        scheme: Some(scheme.to_string()),
        source_location,
        target_location,
        source_measures: measures(source_location, source, columns),
        target_measures: measures(target_location, target, rows),
        ..MatrixFile::new(matrix.into_matrix())
    }
}

/// A mesh file that can be written, as far as can be known before it is.
pub(crate) struct MeshOutput {
    path: PathBuf,
    options: WriteOptions,
}

impl MeshOutput {
    /// Checks the extension and the place.
    pub(crate) fn new(path: PathBuf) -> anyhow::Result<MeshOutput> {
        MeshOutput::with(path, WriteOptions::default())
    }

    /// Checks the extension, the place, and whether the format has what the options ask for.
    pub(crate) fn with(path: PathBuf, options: WriteOptions) -> anyhow::Result<MeshOutput> {
        mesh_io::check_write_options(&path, &options)?;
        check_place(&path)?;
        Ok(MeshOutput { path, options })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file beside its place, then renames it.
    pub(crate) fn write(&self, mesh: &UnstructuredMesh, fields: &[Field]) -> anyhow::Result<()> {
        let MeshOutput { path, options } = self;
        Ok(mesh_io::write_mesh_with(path, mesh, fields, options)?)
    }

    /// Writes a time series: one file, or where the format has no time one for each step, numbered; returns their
    /// paths. Where one of them cannot be written, none stays.
    pub(crate) fn write_series(
        &self,
        mesh: &UnstructuredMesh,
        steps: &[Step],
    ) -> anyhow::Result<Vec<PathBuf>> {
        let MeshOutput { path, options } = self;
        if mesh_io::holds_series(path) {
            mesh_io::write_series_with(path, mesh, steps, options)?;
            return Ok(vec![path.clone()]);
        }
        let paths: Vec<PathBuf> = (0..steps.len()).map(|step| self.numbered(step)).collect();
        for path in &paths {
            check_place(path)?;
        }
        for (index, (step, path)) in steps.iter().zip(&paths).enumerate() {
            if let Err(error) = mesh_io::write_mesh_with(path, mesh, &step.fields, options) {
                for written in &paths[..index] {
                    let _ = fs::remove_file(written);
                }
                return Err(error.into());
            }
        }
        Ok(paths)
    }

    /// `result.vtu` of step 7 is `result_0007.vtu`.
    fn numbered(&self, step: usize) -> PathBuf {
        let text = |part: Option<&OsStr>| part.unwrap_or_default().to_os_string();
        let mut name = text(self.path.file_stem());
        name.push(format!("_{step:04}."));
        name.push(text(self.path.extension()));
        self.path.with_file_name(name)
    }
}

/// A matrix file that can be written, as far as can be known before it is.
pub(crate) struct MatrixOutput(PathBuf);

impl MatrixOutput {
    /// Checks the extension and the place.
    pub(crate) fn new(path: PathBuf) -> anyhow::Result<MatrixOutput> {
        check_extension(&path, matrix_extensions())?;
        check_place(&path)?;
        Ok(MatrixOutput(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the file beside its place, then renames it.
    pub(crate) fn write(&self, matrix: &MatrixFile) -> anyhow::Result<()> {
        Ok(mesh_io::write_matrix(&self.0, matrix)?)
    }
}

/// A text file that can be written, as far as can be known before it is.
pub(crate) struct TextOutput(PathBuf);

impl TextOutput {
    /// Checks the place.
    pub(crate) fn new(path: PathBuf) -> anyhow::Result<TextOutput> {
        check_place(&path)?;
        Ok(TextOutput(path))
    }

    /// Writes the file beside its place, then renames it.
    pub(crate) fn write(&self, text: &str) -> anyhow::Result<()> {
        let write = |file: &mut BufWriter<fs::File>| file.write_all(text.as_bytes());
        Ok(mesh_io::write_atomically(&self.0, write)?)
    }
}

/// Whether two paths are of one file, which need not exist.
pub(crate) fn is_same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let name = path.file_name()?;
        let parent = path.parent().filter(|parent| *parent != Path::new(""));
        let parent = parent.unwrap_or(Path::new(".")).canonicalize().ok()?;
        let path = parent.join(name);
        Some(path.canonicalize().unwrap_or(path))
    };
    place(one).is_some_and(|one| place(other) == Some(one))
}

/// A directory that files can be written into.
pub(crate) struct OutputDirectory(PathBuf);

impl OutputDirectory {
    /// Makes the directory where there is none, and checks that it can be written.
    pub(crate) fn new(path: PathBuf) -> anyhow::Result<OutputDirectory> {
        let place = || path.display().to_string();
        fs::create_dir_all(&path)
            .with_context(|| format!("{}: cannot be made a directory", place()))?;
        check_writable(&path).with_context(place)?;
        Ok(OutputDirectory(path))
    }

    /// The path of a file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Checks that the extension is one of those that can be written.
fn check_extension<'a>(
    path: &Path,
    known: impl IntoIterator<Item = &'a &'a str> + Clone,
) -> anyhow::Result<()> {
    let found = path.extension().and_then(|extension| extension.to_str());
    let is_known = |known: &&str| found.is_some_and(|found| found.eq_ignore_ascii_case(known));
    if known.clone().into_iter().any(is_known) {
        return Ok(());
    }
    let (path, supported) = (path.to_owned(), known.into_iter());
    let supported = supported.map(|extension| format!(".{extension}")).collect();
    Err(WriteError::UnknownExtension { path, supported }.into())
}

/// Checks that a file can be made at the path, or the one there replaced.
fn check_place(path: &Path) -> anyhow::Result<()> {
    let place = || path.display().to_string();
    if let Ok(there) = fs::metadata(path) {
        ensure!(
            there.is_file(),
            "{}: is not a file that can be replaced",
            place()
        );
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    ensure!(
        directory.is_dir(),
        "{}: cannot be written: there is no directory {}",
        place(),
        directory.display()
    );
    check_writable(directory).with_context(|| format!("{}: cannot be written", place()))
}

/// Checks that a file can be made in the directory, by making one that is gone at once.
fn check_writable(directory: &Path) -> anyhow::Result<()> {
    tempfile::tempfile_in(directory)
        .with_context(|| format!("no file can be made in directory {}", directory.display()))?;
    Ok(())
}
