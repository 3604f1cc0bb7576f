//! One file for each command; here they are told apart, with what several of them share.

mod apply;
mod carrier;
mod certificate;
mod check;
mod compare;
mod completions;
mod conservation;
mod convert;
mod demo;
mod generate;
mod info;
mod man;
mod matrix_info;
mod merge;
mod meshes;
mod prepare;
mod report;
mod series;
mod transfer;
mod transferred;

use crate::arguments::Job;
use crate::output::Outcome;
use crate::progress::Progress;

/// Runs the job on the current thread pool.
pub(crate) fn run(job: Job, progress: &Progress) -> anyhow::Result<Outcome> {
    match job {
        Job::Demo(job) => demo::run(&job, progress),
        Job::Generate(job) => generate::run(&job, progress),
        Job::Info(job) => info::run(&job, progress),
        Job::Convert(job) => convert::run(&job, progress),
        Job::Prepare(job) => prepare::run(&job, progress),
        Job::Merge { parts, output } => merge::run(&parts, &output, progress),
        Job::Apply(job) => apply::run(&job, progress),
        Job::Transfer(job) => transfer::run(&job, progress),
        Job::Check(job) => check::run(&job, progress),
        Job::Compare { first, second } => compare::run(&first, &second, progress),
        Job::Completions { shell, definition } => completions::run(shell, definition),
        Job::Man {
            definition,
            page,
            output,
        } => man::run(definition, page.as_deref(), output.as_ref()),
    }
}
