//! Where and from what the record is.

use std::process::Command;

pub(crate) fn print_head(date: &str, repeats: usize) {
    let threads = std::thread::available_parallelism().map_or(0, usize::from);
    println!("# Benchmarks of {date}\n");
    println!("- Machine: {}, {threads} hardware threads", processor());
    println!("- Compiler: {}", output_of("rustc", &["--version"]));
    println!("- Commit: {}", commit());
    println!("- Command: `cargo run --release -p benches --example record -- {date} {repeats}`");
    println!(
        "- Each figure is the shortest of {repeats} repeats, of a part of them for large meshes; \
         compare within this file only. On one thread it is the time of the processor, not of the \
         clock, unless said otherwise.\n"
    );
}

/// The processor's name where the system tells it.
fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    match name {
        Some((_, name)) => name.trim().to_owned(),
        None => format!("unknown {} processor", std::env::consts::ARCH),
    }
}

/// The commit, and whether the sources differ from it.
fn commit() -> String {
    let commit = output_of("git", &["rev-parse", "--short", "HEAD"]);
    match output_of("git", &["status", "--porcelain", "--untracked-files=no"]).as_str() {
        "" | "unknown" => commit,
        _ => format!("{commit} with uncommitted changes"),
    }
}

/// What a program prints, or "unknown" where it does not run.
fn output_of(program: &str, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => "unknown".to_owned(),
    }
}
