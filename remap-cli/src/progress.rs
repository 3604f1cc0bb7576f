//! Progress, on standard error, where that is a terminal.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use crate::output::Voice;

/// What is going on, shown while it goes on; shows nothing where nobody looks.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    /// Shown where standard error is a terminal and the command was not told to be quiet.
    pub(crate) fn new(voice: Voice) -> Progress {
        Progress {
            shown: !voice.quiet && io::stderr().is_terminal(),
        }
    }

    /// Runs one step of the work under its name; returns its result and the seconds it took.
    pub(crate) fn step<T>(&self, name: &str, work: impl FnOnce() -> T) -> (T, f64) {
        let spinner = self.shown.then(|| {
            let spinner = ProgressBar::new_spinner()
                .with_message(name.to_string())
                .with_finish(ProgressFinish::AndClear);
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        drop(spinner);
        (result, seconds)
    }

    /// A bar for `length` things of which each reports its end; gone when it is dropped.
    pub(crate) fn bar(&self, name: &str, length: usize) -> ProgressBar {
        if !self.shown {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(length as u64)
            .with_style(style)
            .with_message(name.to_string())
            .with_finish(ProgressFinish::AndClear)
    }
}
