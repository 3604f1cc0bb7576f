//! Runs all workloads and prints a record of the run as Markdown.
//!
//! ```text
//! cargo run --release -p benches --example record -- 2026-01-31 > benches/runs/2026-01-31-name.md
//! cargo run --release -p benches --example record -- 2026-01-31 3      # 3 repeats, to try it
//! ```
//!
//! The workloads of a table take turns, and each keeps its shortest time: a minute in which the
//! machine is busy elsewhere slows every one of them once, not one of them always.

use std::error::Error;
use std::process::ExitCode;

mod files;
mod growth;
mod jobs;
mod kernel;
mod machine;
mod memory;
mod search;
mod shortest;

/// How often small workloads run unless the command line says otherwise; large ones run a part of it.
const REPEATS: usize = 12;

const USAGE: &str = "usage: record YYYY-MM-DD [REPEATS]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match memory::asked_for(&arguments) {
        Some(child) => child.run(),
        None => record(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn record(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (date, repeats) = match arguments {
        [date] => (date, REPEATS),
        [date, repeats] => (date, repeats.parse().map_err(|_| USAGE)?),
        _ => return Err(USAGE.into()),
    };
    if !is_date(date) || repeats == 0 {
        return Err(USAGE.into());
    }
    machine::print_head(date, repeats);
    kernel::record(repeats);
    jobs::record(repeats);
    search::record(repeats.div_ceil(4));
    growth::record(repeats.div_ceil(6));
    memory::record()?;
    files::record(repeats.div_ceil(4));
    Ok(())
}

/// Says how far a table is.
fn say(table: &str, repeat: usize, repeats: usize) {
    eprintln!("{table}: repeat {repeat} of {repeats}");
}

/// Whether a text looks like a date: ten characters, digits but for two dashes.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
