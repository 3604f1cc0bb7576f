//! `remap transfer`: fields from one mesh to another.

use std::time::Instant;

use anyhow::Context;
use remap::MatrixScheme;

use super::prepare::prepare;
use super::report::Seconds;
use super::transferred::{Given, transfer_and_write};
use crate::arguments::TransferJob;
use crate::output::Outcome;
use crate::progress::Progress;
use crate::schemes::{GivenMesh, NamedScheme};

pub(crate) fn run(job: &TransferJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let TransferJob {
        scheme: named,
        fields: job,
    } = job;
    let given = Given::read(job, progress)?;
    let scheme = make(named, given.meshes(job))?;
    // Before the long work: a misspelt name is found at once.
    let [from, _] = scheme.locations();
    given.check_names(job, from)?;
    let (source, target) = (&given.source.mesh, &given.target.mesh);
    let preparation = prepare(source, target, scheme.as_ref(), progress)?;
    let mut seconds = Seconds {
        read: given.seconds,
        ..Seconds::default()
    };
    seconds.preparing(preparation.seconds);
    transfer_and_write(
        job,
        named.name,
        &preparation.matrix,
        given,
        seconds,
        start,
        progress,
    )
}

/// Makes the scheme for two meshes.
fn make(
    scheme: &NamedScheme,
    [source, target]: [GivenMesh<'_>; 2],
) -> anyhow::Result<Box<dyn MatrixScheme>> {
    let made = (scheme.make)(source, target);
    let made = made.map_err(anyhow::Error::from_boxed);
    made.with_context(|| format!("--scheme {}", scheme.name))
}
