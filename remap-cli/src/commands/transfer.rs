//! `remap transfer`: fields from one mesh to another.

use std::time::Instant;

use anyhow::{Context, ensure};
use mesh_core::Location;
use remap::MatrixScheme;

use super::meshes::Meshes;
use super::prepare::prepare;
use super::report::Seconds;
use super::transferred::{find_fields, transfer_and_write};
use crate::arguments::TransferJob;
use crate::output::Outcome;
use crate::progress::Progress;
use crate::schemes::NamedScheme;

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
    let scheme = make(scheme, &meshes)?;
    let preparation = prepare(source, target, scheme.as_ref(), progress)?;
    let mut seconds = Seconds {
        read: meshes.seconds,
        ..Seconds::default()
    };
    seconds.preparing(preparation.seconds);
    transfer_and_write(job, &preparation.matrix, meshes, seconds, start, progress)
}

/// Makes the scheme for two meshes.
fn make(scheme: &NamedScheme, meshes: &Meshes) -> anyhow::Result<Box<dyn MatrixScheme>> {
    let name = scheme.name;
    let made = (scheme.make)(&meshes.source, &meshes.target);
    let made = made.map_err(anyhow::Error::from_boxed);
    let made = made.with_context(|| format!("--scheme {name}"))?;
    let [from, to] = made.locations();
    ensure!(
        [from, to] == [Location::Cells; 2],
        "--scheme {name} goes from {from} to {to}; expected a scheme for fields on cells"
    );
    Ok(made)
}
