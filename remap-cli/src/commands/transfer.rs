//! `remap transfer`: fields from one mesh to another.

use std::time::Instant;

use super::prepare::prepare;
use super::report::Seconds;
use super::transferred::{Given, transfer_and_write};
use crate::arguments::TransferJob;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &TransferJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let TransferJob {
        scheme,
        fields: job,
    } = job;
    let given = Given::read(job, progress)?;
    // Before the long work: a misspelt name is found at once.
    given.check_names(job, scheme.source_location())?;
    let (source, target) = (&given.source.mesh, &given.target.mesh);
    let preparation = prepare(source, target, scheme.as_ref(), progress)?;
    let mut seconds = Seconds {
        read: given.seconds,
        ..Seconds::default()
    };
    seconds.preparing(preparation.seconds);
    let name = scheme.name();
    transfer_and_write(
        job,
        name,
        &preparation.matrix,
        given,
        seconds,
        start,
        progress,
    )
}
