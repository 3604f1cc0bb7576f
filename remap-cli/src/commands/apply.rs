//! `remap apply`: fields carried across with a matrix that was prepared before.

use std::time::Instant;

use anyhow::Context;

use super::carrier::Prepared;
use super::certificate::SchemeNames;
use super::report::Seconds;
use super::transferred::{Given, transfer_and_write};
use crate::arguments::ApplyJob;
use crate::files::read_whole_matrix;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &ApplyJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let ApplyJob {
        matrix: path,
        fields: job,
    } = job;
    let mut warnings = Vec::new();
    let (file, read) = progress.step("reading the matrix", || {
        read_whole_matrix(path, &mut warnings)
    });
    let (matrix, scheme) = file?;
    let mut given = Given::read(job, progress)?;
    given.warnings.splice(..0, warnings);
    let belongs = matrix.check_meshes(&given.source.mesh, &given.target.mesh);
    belongs.with_context(|| path.display().to_string())?;
    let giving = if job.options.reverse {
        matrix.target_location()
    } else {
        matrix.source_location()
    };
    given.check_names(job, giving)?;
    let seconds = Seconds {
        read: read + given.seconds,
        ..Seconds::default()
    };
    let scheme = SchemeNames {
        scheme: scheme.as_deref().unwrap_or("unknown"),
        limiter: None,
    };
    let prepared = Prepared::Matrix(matrix);
    transfer_and_write(job, scheme, &prepared, given, seconds, start, progress)
}
