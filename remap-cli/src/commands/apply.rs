//! `remap apply`: fields carried across with a matrix that was prepared before.

use std::time::Instant;

use anyhow::Context;

use super::meshes::Meshes;
use super::report::Seconds;
use super::transferred::transfer_and_write;
use crate::arguments::ApplyJob;
use crate::files::read_overlap_matrix;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &ApplyJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let ApplyJob {
        matrix: path,
        fields: job,
    } = job;
    let mut warnings = Vec::new();
    let (matrix, read) = progress.step("reading the matrix", || {
        read_overlap_matrix(path, &mut warnings)
    });
    let matrix = matrix?;
    let mut meshes = Meshes::read(&job.source, &job.target, &job.reading, progress)?;
    meshes.warnings.splice(..0, warnings);
    let belongs = matrix.check_meshes(&meshes.source.mesh, &meshes.target.mesh);
    belongs.with_context(|| path.display().to_string())?;
    let seconds = Seconds {
        read: read + meshes.seconds,
        ..Seconds::default()
    };
    transfer_and_write(job, &matrix, meshes, seconds, start, progress)
}
