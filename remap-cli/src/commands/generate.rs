//! `remap generate`: test meshes.

use anyhow::anyhow;
use mesh_core::GenerateError;

use super::info::MeshReport;
use crate::arguments::GenerateJob;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &GenerateJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let (mesh, _) = progress.step("making the mesh", || job.mesh.generate());
    let mesh = mesh.map_err(|error| match option_of(&error) {
        Some(option) => anyhow!("--{option}: {error}"),
        None => error.into(),
    })?;
    let (written, _) = progress.step("writing", || job.output.write(&mesh, &[]));
    written?;
    let report = MeshReport::new(&mesh, &[], Vec::new());
    Outcome::summary(&report, report.text(job.output.path().display()))
}

/// The option that was given the value that is refused, if it is one.
fn option_of(error: &GenerateError) -> Option<&'static str> {
    match error {
        GenerateError::NoCells { .. } | GenerateError::TooLarge { .. } => Some("cells"),
        GenerateError::Size { .. } => Some("size"),
        GenerateError::Jitter { .. } | GenerateError::Tangled { .. } => Some("jitter"),
        _ => None,
    }
}
