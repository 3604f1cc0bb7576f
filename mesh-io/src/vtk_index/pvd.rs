//! PVD: a time series, each step one or several files.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use mesh_core::{Field, UnstructuredMesh};

use super::elements::{TimedEntry, read_collection};
use super::join::{Part, join};
use super::paths::{find_part, folder_of, in_index};
use super::pvtu::{self, beside, name_of};
use crate::atomic::FileGroup;
use crate::mesh_file::has_extension;
use crate::vtk::VtkXmlError;
use crate::vtk_grids::VtkGrids;
use crate::vtk_legacy::VtkLegacy;
use crate::vtu::{self, Vtu, VtuOptions};
use crate::{
    EncodingError, MeshFile, MeshFormat, ReadError, ReadOptions, Step, StepChoice, WriteError,
    WriteOptions, read_file, shorten,
};

/// What a step may be in.
const PARTS: &str = "a file .vtu .pvtu .vtr .vts .vti .vtk";

/// The PVD format, its VTU files written as its options say.
///
/// One step is read: as a rule the last one, with a note where there are several. Its files are
/// joined to one mesh as the pieces of a PVTU file are. A file without any `timestep` is one step.
///
/// Step `n` of the series `NAME.pvd` is written to `NAME_000n.vtu` beside it, and `NAME.pvd` when
/// all steps are there. No step is put in its place unless all could be written.
///
/// ```
/// use mesh_core::{CartesianMesh, DataArray, Field, FieldValues, Location};
/// use mesh_io::{ReadOptions, Step, StepChoice, read_mesh_with, read_times, write_series};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("heat.pvd");
/// let mesh = CartesianMesh::new(vec![vec![0.0, 0.5, 1.0]; 3])?.to_unstructured()?;
/// let step = |time: f64| {
///     let values = DataArray::scalars(vec![300.0 + time; mesh.cell_count()]);
///     let field = Field::new("temperature", Location::Cells, FieldValues::Float(values));
///     Step { time, fields: vec![field] }
/// };
/// write_series(&path, &mesh, &[step(0.0), step(0.5)])?;
/// assert_eq!(read_times(&path)?, [0.0, 0.5]);
/// let first = read_mesh_with(&path, &ReadOptions::default().step(StepChoice::Number(0)))?;
/// assert_eq!(first.fields, step(0.0).fields);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pvd {
    /// How the files of the steps are written.
    pub options: VtuOptions,
}

impl MeshFormat for Pvd {
    fn name(&self) -> &'static str {
        "ParaView collection"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pvd"]
    }

    fn with_options(&self, options: &WriteOptions) -> Result<Box<dyn MeshFormat>, EncodingError> {
        let options = self.options.with(options)?;
        Ok(Box::new(Self { options }))
    }

    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
        let damaged = |source| damaged(path, source);
        let entries = entries(path)?;
        let times = times_of(&entries);
        let (step, steps) = match options.step {
            StepChoice::Last => (times.len().saturating_sub(1), times.len().max(1)),
            StepChoice::Number(step) => (step, times.len().max(1)),
        };
        if step >= steps {
            return Err(damaged(VtkXmlError::Step { step, steps }));
        }
        let time = times.get(step).copied();
        let is_meant = |entry: &&TimedEntry| time.is_none() || time_of(entry) == time;
        let mut parts = Vec::new();
        for TimedEntry { entry, .. } in entries.iter().filter(is_meant) {
            let place = find_part(path, folder_of(path), entry)?;
            let file = read_part(path, &place, options)
                .ok_or_else(|| {
                    damaged(VtkXmlError::BadAttribute {
                        line: entry.line,
                        attribute: entry.attribute,
                        value: shorten(&entry.file),
                        expected: PARTS,
                    })
                })?
                .map_err(|error| in_index(path, error))?;
            parts.push(Part {
                name: entry.file.clone(),
                file,
                global_ids: None,
            });
        }
        let mut file = match parts.len() {
            1 => parts.remove(0).file,
            _ => join(parts).map_err(damaged)?,
        };
        if options.step == StepChoice::Last
            && let Some(time) = time
            && steps > 1
        {
            file.notes.insert(
                0,
                format!("the last of {steps} steps is read (number {step}, time {time})"),
            );
        }
        Ok(file)
    }

    fn times(&self, path: &Path) -> Result<Vec<f64>, ReadError> {
        Ok(times_of(&entries(path)?))
    }

    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError> {
        let step = Step {
            time: 0.0,
            fields: fields.to_vec(),
        };
        self.write_series(path, mesh, &[step])
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
        let cannot = |source| WriteError::Io {
            path: path.to_owned(),
            source,
        };
        check_times(steps).map_err(cannot)?;
        let mut group = FileGroup::default();
        let mut text = String::new();
        for (number, Step { time, fields }) in steps.iter().enumerate() {
            let place = beside(path, &format!("_{number:04}.vtu")).map_err(cannot)?;
            let name = name_of(&place).map_err(cannot)?;
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "<DataSet timestep=\"{time}\" group=\"\" part=\"0\" file=\"{}\"/>",
                vtu::escape(&name)
            );
            group.add(&place, |out| vtu::write(out, mesh, fields, &self.options))?;
        }
        group.add(path, |out| {
            write!(
                out,
                "<?xml version=\"1.0\"?>\n\
                 <VTKFile type=\"Collection\" version=\"1.0\" byte_order=\"LittleEndian\">\n\
                 <Collection>\n{text}</Collection>\n</VTKFile>\n"
            )
        })?;
        group.finish()
    }
}

/// Refuses what could not be told apart when it is read again.
fn check_times(steps: &[Step]) -> std::io::Result<()> {
    let invalid = |text: String| std::io::Error::new(std::io::ErrorKind::InvalidInput, text);
    if steps.is_empty() {
        return Err(invalid(
            "a time series of no steps, expected at least one".into(),
        ));
    }
    if let Some(step) = steps.iter().find(|step| !step.time.is_finite()) {
        return Err(invalid(format!("the time {} is not finite", step.time)));
    }
    for (number, pair) in steps.windows(2).enumerate() {
        if !(pair[0].time < pair[1].time) {
            return Err(invalid(format!(
                "step {} has the time {} after {}; expected ascending times",
                number + 1,
                pair[1].time,
                pair[0].time
            )));
        }
    }
    Ok(())
}

fn damaged(path: &Path, source: VtkXmlError) -> ReadError {
    ReadError::VtkXml {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

fn entries(path: &Path) -> Result<Vec<TimedEntry>, ReadError> {
    read_collection(&read_file(path)?).map_err(|source| damaged(path, source))
}

/// A file without a time among some with is at 0.
fn time_of(entry: &TimedEntry) -> Option<f64> {
    // Adding makes one zero of two.
    entry.time.map(|time| time + 0.0).or(Some(0.0))
}

/// The times, ascending; none where no file has one.
fn times_of(entries: &[TimedEntry]) -> Vec<f64> {
    if entries.iter().all(|entry| entry.time.is_none()) {
        return Vec::new();
    }
    let mut times: Vec<f64> = entries.iter().filter_map(time_of).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

/// The mesh in a file of a step; nothing where a step cannot be in such a file. A collection is
/// none: files that name each other end here.
fn read_part(
    index: &Path,
    place: &Path,
    options: &ReadOptions,
) -> Option<Result<MeshFile, ReadError>> {
    if has_extension(place, pvtu::Pvtu::default().extensions()) {
        return Some(pvtu::read(place, folder_of(index), options));
    }
    let formats: [&dyn MeshFormat; 3] = [&Vtu::default(), &VtkGrids, &VtkLegacy::default()];
    let format = formats
        .into_iter()
        .find(|format| has_extension(place, format.extensions()))?;
    Some(format.read(place, options))
}
