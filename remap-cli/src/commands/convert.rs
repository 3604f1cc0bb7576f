//! `remap convert`: from one mesh format to another.

use super::info::MeshReport;
use crate::arguments::ConvertJob;
use crate::files::read_mesh;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &ConvertJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let mut warnings = Vec::new();
    let (file, _) = progress.step("reading", || {
        read_mesh(&job.from, &job.reading, &mut warnings)
    });
    let file = file?;
    let (written, _) = progress.step("writing", || job.to.write(&file.mesh, &file.fields));
    written?;
    let report = MeshReport::new(&file.mesh, &file.fields, file.notes);
    let text = report.text(job.to.path());
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}
