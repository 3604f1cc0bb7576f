//! The command `remap` as a library: for command lines of one's own, with schemes of one's own.
//!
//! Thin on purpose: arguments, files, messages and exit statuses are here; what is computed is
//! computed by the library crates.
//!
//! A command line that knows one scheme more, in full; `examples/third-party-scheme` is such a crate:
//!
//! ```no_run
//! use remap::{Contributions, Overlap, Scheme};
//!
//! /// Leaves out overlaps of less than a cubic millimetre.
//! struct WithoutCrumbs;
//!
//! impl Scheme for WithoutCrumbs {
//!     fn name(&self) -> &str {
//!         "without-crumbs"
//!     }
//!     fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
//!         if overlap.moments.volume >= 1e-9 {
//!             contributions.add(overlap.target.get(), overlap.source.get(), overlap.moments.volume);
//!         }
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     remap_cli::Cli::new()
//!         .scheme("without-crumbs", "Leaves out tiny overlaps", |_, _| Ok(Box::new(WithoutCrumbs)))
//!         .run()
//! }
//! ```

mod arguments;
mod commands;
mod failure;
mod files;
mod output;
mod progress;
mod schemes;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use anyhow::Context;

use crate::schemes::Schemes;
pub use crate::schemes::{GivenMesh, Made};

/// The command line with all that it knows.
#[derive(Debug, Clone)]
pub struct Cli {
    schemes: Schemes,
}

impl Default for Cli {
    fn default() -> Self {
        Self::new()
    }
}

impl Cli {
    /// The command line with the schemes that come with the toolkit.
    #[must_use]
    pub fn new() -> Self {
        Self {
            schemes: Schemes::built_in(),
        }
    }

    /// Registers a scheme under a name for `--scheme`, in place of one that has it already; `about` is
    /// its line in the help.
    ///
    /// `make` makes the scheme once both files are read, source first, with their fields at hand: a
    /// field of materials, say. An error is told in one line, after the names of the files.
    #[must_use]
    pub fn scheme(
        mut self,
        name: &'static str,
        about: &'static str,
        make: impl Fn(GivenMesh<'_>, GivenMesh<'_>) -> Made + Send + Sync + 'static,
    ) -> Self {
        self.schemes.register(name, about, make);
        self
    }

    /// Runs the command that this process was called with; returns its exit status: 0 done, 1 what is
    /// checked does not hold, 2 bad arguments or bad input.
    #[must_use]
    pub fn run(self) -> ExitCode {
        failure::without_panic(AssertUnwindSafe(|| match arguments::parse(&self.schemes) {
            Ok(invocation) => run(invocation).unwrap_or_else(|error| failure::report(&error)),
            Err(ending) => ending.tell(),
        }))
    }
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
