//! `remap transfer`: fields from one mesh to another.

use std::time::Instant;

use super::meshes::Meshes;
use super::prepare::prepare;
use super::report::Seconds;
use super::transferred::{find_fields, transfer_and_write};
use crate::arguments::TransferJob;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &TransferJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let TransferJob {
        scheme,
        fields: job,
    } = job;
    let meshes = Meshes::read(&job.source, &job.target, &job.reading, progress)?;
    // Before the long work: a misspelt name is found at once.
    find_fields(job, &meshes.source)?;
    let (source, target) = (&meshes.source.mesh, &meshes.target.mesh);
    let preparation = prepare(source, target, scheme.as_ref(), progress)?;
    let mut seconds = Seconds {
        read: meshes.seconds,
        ..Seconds::default()
    };
    seconds.preparing(preparation.seconds);
    transfer_and_write(job, &preparation.matrix, meshes, seconds, start, progress)
}
