//! The steps of a job: the fields of one file, of all its steps, or of many files on one mesh.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use mesh_core::{Field, UnstructuredMesh};
use mesh_io::{MeshFile, ReadOptions, StepChoice, read_times};

use super::info::check_step;
use crate::arguments::Steps;
use crate::files::read_mesh;

/// A file, a step in it, and its time, where it has one.
pub(crate) struct Place {
    path: PathBuf,
    step: StepChoice,
    time: Option<f64>,
}

/// The steps that are carried; the first is read, and its mesh is that of all.
pub(crate) struct Series {
    places: Vec<Place>,
    first: Option<Vec<Field>>,
    fingerprint: mesh_core::Fingerprint,
    reading: ReadOptions,
}

/// The place of the first step in a file, and of those after it.
pub(crate) fn places(path: &Path, steps: Steps, also: &[PathBuf]) -> anyhow::Result<Vec<Place>> {
    let mut places = Vec::new();
    for path in std::iter::once(path).chain(also.iter().map(PathBuf::as_path)) {
        let place = |step, time| Place {
            path: path.to_owned(),
            step,
            time,
        };
        let times = match steps {
            Steps::One(StepChoice::Last) if also.is_empty() => Vec::new(),
            Steps::One(step) => check_step(path, &ReadOptions::default().step(step))?,
            Steps::All => read_times(path)?,
        };
        match steps {
            Steps::One(step) => {
                let time = match step {
                    StepChoice::Last => times.last(),
                    StepChoice::Number(number) => times.get(number),
                };
                places.push(place(step, time.copied()));
            }
            Steps::All if times.is_empty() => places.push(place(StepChoice::Last, None)),
            Steps::All => {
                let numbered = times.into_iter().enumerate();
                places.extend(
                    numbered.map(|(number, time)| place(StepChoice::Number(number), Some(time))),
                );
            }
        }
    }
    Ok(places)
}

impl Series {
    /// The steps in these places; the file of the first is read with `reading` and its fields are
    /// taken out.
    pub(crate) fn new(places: Vec<Place>, file: &mut MeshFile, reading: ReadOptions) -> Series {
        Series {
            places,
            first: Some(std::mem::take(&mut file.fields)),
            fingerprint: file.mesh.fingerprint(),
            reading,
        }
    }

    /// How many steps there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The time of a step: that of its file where it has one, otherwise its number.
    pub(crate) fn time(&self, step: usize) -> f64 {
        self.places[step].time.unwrap_or(step as f64)
    }

    /// The file of a step.
    pub(crate) fn path(&self, step: usize) -> &Path {
        &self.places[step].path
    }

    /// The fields of the first step.
    pub(crate) fn first(&self) -> &[Field] {
        self.first.as_deref().unwrap_or_default()
    }

    /// Takes the fields of a step; those of another than the first are read now.
    ///
    /// A file with another mesh is refused.
    pub(crate) fn take_fields(
        &mut self,
        step: usize,
        warnings: &mut Vec<String>,
    ) -> anyhow::Result<Vec<Field>> {
        if step == 0
            && let Some(fields) = self.first.take()
        {
            return Ok(fields);
        }
        let Place { path, step, .. } = &self.places[step];
        let options = self.reading.clone().step(*step);
        let file = read_mesh(path, &options, warnings)?;
        let check = |mesh: &UnstructuredMesh| {
            let found = mesh.fingerprint();
            ensure!(
                found == self.fingerprint,
                "the mesh has fingerprint {found}, but that of the first step {}; transfer it by itself",
                self.fingerprint
            );
            Ok(())
        };
        check(&file.mesh).with_context(|| path.display().to_string())?;
        Ok(file.fields)
    }
}

impl Place {
    /// How the file of the first step is read.
    pub(crate) fn step(&self) -> StepChoice {
        self.step
    }
}
