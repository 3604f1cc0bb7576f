//! The command `remap`: conservative transfer of fields between meshes.
//!
//! Thin on purpose: arguments, files, messages and exit statuses are here; what is computed is
//! computed by the library crates.

mod arguments;
mod commands;
mod failure;
mod files;
mod output;
mod progress;

use std::process::ExitCode;

use anyhow::Context;

fn main() -> ExitCode {
    failure::without_panic(|| match arguments::parse() {
        Ok(invocation) => run(invocation).unwrap_or_else(|error| failure::report(&error)),
        Err(ending) => ending.tell(),
    })
}

/// Runs the command on its own thread pool and says what came of it; returns its exit status.
fn run(invocation: arguments::Invocation) -> anyhow::Result<ExitCode> {
    let arguments::Invocation {
        threads,
        voice,
        job,
    } = invocation;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .with_context(|| format!("--threads {threads}: cannot start as many"))?;
    let progress = progress::Progress::new(voice);
    let outcome = pool.install(|| commands::run(job, &progress))?;
    outcome.tell(voice).context("standard output")?;
    Ok(ExitCode::from(if outcome.holds {
        failure::DONE
    } else {
        failure::DOES_NOT_HOLD
    }))
}
