//! `remap generate`: test meshes.

use super::info::MeshReport;
use crate::arguments::GenerateJob;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &GenerateJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let (mesh, _) = progress.step("making the mesh", || job.mesh.generate());
    let mesh = mesh?;
    let (written, _) = progress.step("writing", || job.output.write(&mesh, &[]));
    written?;
    let report = MeshReport::new(&mesh, &[], Vec::new());
    Outcome::summary(&report, report.text(job.output.path().display()))
}
