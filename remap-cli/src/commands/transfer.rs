//! `remap transfer`: fields from one mesh to another.

use std::time::Instant;

use anyhow::Context;
use mesh_core::Location;
use remap::{MatrixScheme, MomentMatrix};

use super::carrier::Prepared;
use super::certificate::SchemeNames;
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
        limiter,
        fields: job,
    } = job;
    let given = Given::read(job, progress)?;
    let mut seconds = Seconds {
        read: given.seconds,
        ..Seconds::default()
    };
    let (source, target) = (&given.source.mesh, &given.target.mesh);
    let prepared = if let Some(make) = &named.make_limited {
        given.check_names(job, Location::Cells)?;
        let (giving, receiving) = if job.options.reverse {
            (target, source)
        } else {
            (source, target)
        };
        let bar = progress.bar("receiving cells", receiving.cell_count());
        let count = |cells| bar.inc(cells);
        let begin = Instant::now();
        let moments = MomentMatrix::prepare_with(giving, receiving, &count)?;
        seconds.intersect = begin.elapsed().as_secs_f64();
        Prepared::of_moments(make(giving, *limiter), moments)
    } else {
        let scheme = make(named, given.meshes(job))?;
        // Before the long work: a misspelt name is found at once.
        let [from, to] = scheme.locations();
        let giving = if job.options.reverse { to } else { from };
        given.check_names(job, giving)?;
        let preparation = prepare(source, target, scheme.as_ref(), progress)?;
        seconds.preparing(preparation.seconds);
        Prepared::Matrix(preparation.matrix)
    };
    let scheme = SchemeNames {
        scheme: named.name,
        limiter: named.make_limited.is_some().then(|| limiter.name()),
    };
    transfer_and_write(job, scheme, &prepared, given, seconds, start, progress)
}

/// Makes the scheme for two meshes.
pub(crate) fn make(
    scheme: &NamedScheme,
    [source, target]: [GivenMesh<'_>; 2],
) -> anyhow::Result<Box<dyn MatrixScheme>> {
    let made = (scheme.make)(source, target);
    let made = made.map_err(anyhow::Error::from_boxed);
    made.with_context(|| format!("--scheme {}", scheme.name))
}
