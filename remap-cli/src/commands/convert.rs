//! `remap convert`: from one format to another, meshes with their fields, matrices with their labels.

use std::path::Path;

use anyhow::{bail, ensure};
use mesh_core::UnstructuredMesh;
use mesh_io::{MeshFile, ReadOptions, Step, StepChoice};

use super::info::{MeshReport, check_step};
use super::matrix_info::MatrixInfo;
use crate::arguments::ConvertJob;
use crate::files::{MatrixOutput, MeshOutput, read_matrix, read_mesh};
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &ConvertJob, progress: &Progress) -> anyhow::Result<Outcome> {
    match job {
        ConvertJob::Mesh {
            from,
            reading,
            all_steps: false,
            to,
        } => convert_mesh(from, reading, to, progress),
        ConvertJob::Mesh {
            from, reading, to, ..
        } => convert_series(from, reading, to, progress),
        ConvertJob::Matrix { from, to } => convert_matrix(from, to, progress),
    }
}

fn convert_mesh(
    from: &Path,
    reading: &ReadOptions,
    to: &MeshOutput,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    if reading.step != StepChoice::Last {
        check_step(from, reading)?;
    }
    let mut warnings = Vec::new();
    let (file, _) = progress.step("reading", || read_mesh(from, reading, &mut warnings));
    let file = file?;
    let (written, _) = progress.step("writing", || to.write(&file.mesh, &file.fields));
    written?;
    let report = MeshReport::new(&file.mesh, &file.fields, file.notes);
    let text = report.text(to.path().display());
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

fn convert_series(
    from: &Path,
    reading: &ReadOptions,
    to: &MeshOutput,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let mut warnings = Vec::new();
    let (series, _) = progress.step("reading", || read_series(from, reading, &mut warnings));
    let (mesh, steps) = series?;
    let (written, _) = progress.step("writing", || to.write_series(&mesh, &steps));
    let name = match written?.as_slice() {
        [first, .., last] => format!("{} to {}", first.display(), last.display()),
        _ => to.path().display().to_string(),
    };
    let last = steps.last().map(|step| step.fields.as_slice());
    let times = steps.iter().map(|step| step.time).collect();
    let report = MeshReport::new(&mesh, last.unwrap_or_default(), Vec::new()).at_times(times);
    let text = report.text(name);
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

/// All steps of a time series on one mesh; each warning once.
fn read_series(
    path: &Path,
    reading: &ReadOptions,
    warnings: &mut Vec<String>,
) -> anyhow::Result<(UnstructuredMesh, Vec<Step>)> {
    let times = mesh_io::read_times(path)?;
    let mut first: Option<UnstructuredMesh> = None;
    let mut steps = Vec::with_capacity(times.len());
    for (number, time) in times.into_iter().enumerate() {
        let options = reading.clone().step(StepChoice::Number(number));
        let mut of_step = Vec::new();
        let MeshFile { mesh, fields, .. } = read_mesh(path, &options, &mut of_step)?;
        of_step.retain(|warning| !warnings.contains(warning));
        warnings.append(&mut of_step);
        let first = first.get_or_insert_with(|| mesh.clone());
        ensure!(
            mesh.fingerprint() == first.fingerprint(),
            "{}: step {number} is on another mesh than step 0; expected one mesh, convert steps \
             one by one with --step {number}",
            path.display()
        );
        steps.push(Step { time, fields });
    }
    match first {
        Some(mesh) => Ok((mesh, steps)),
        None => bail!(
            "{}: has no steps of time; expected a time series for --step all",
            path.display()
        ),
    }
}

fn convert_matrix(from: &Path, to: &MatrixOutput, progress: &Progress) -> anyhow::Result<Outcome> {
    let mut warnings = Vec::new();
    let (file, _) = progress.step("reading", || read_matrix(from, &mut warnings));
    let file = file?;
    let (written, _) = progress.step("writing", || to.write(&file));
    written?;
    let (report, _) = progress.step("summing", || MatrixInfo::new(&file));
    let text = report.text(to.path());
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}
