//! Runs the main workloads and prints a record of the run as Markdown.
//!
//! ```text
//! cargo run --release -p benches --example record -- 2026-01-31 > benches/runs/2026-01-31-name.md
//! cargo run --release -p benches --example record -- 2026-01-31 3      # 3 repeats, to try it
//! ```
//!
//! All workloads take turns, and each keeps its shortest time: a minute in which the machine is
//! busy elsewhere slows every one of them once, not one of them always.

use std::error::Error;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use benches::{
    Exercise, Meshes, PAIRS, Pair, PreparedPair, Workload, check_pairs, check_search,
    count_candidates, prepare_pairs, thread_pool, time_pairs,
};
use geom_intersect::{Intersector, Solid};
use remap::{CandidateSearch, P0P0, Seconds, prepare_with};

/// How often each workload runs unless the command line says otherwise.
const REPEATS: usize = 20;

const USAGE: &str = "usage: record YYYY-MM-DD [REPEATS]";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let date = arguments.next().filter(|date| is_date(date)).ok_or(USAGE)?;
    let repeats = match arguments.next() {
        Some(repeats) => repeats.parse().map_err(|_| USAGE)?,
        None => REPEATS,
    };
    if repeats == 0 || arguments.next().is_some() {
        return Err(USAGE.into());
    }

    let mut kernels: Vec<_> = Workload::ALL.map(KernelRun::new).into();
    let mut searches: Vec<_> = [Exercise::HalfShifted, Exercise::Shuffled]
        .map(SearchRun::new)
        .into();
    let mut jobs: Vec<_> = Exercise::ALL.map(JobRun::new).into();
    for repeat in 1..=repeats {
        eprintln!("repeat {repeat} of {repeats}");
        kernels.iter_mut().for_each(KernelRun::repeat);
        searches.iter_mut().for_each(SearchRun::repeat);
        jobs.iter_mut().for_each(JobRun::repeat);
    }

    print_head(&date, repeats);
    print_kernels(&kernels);
    print_searches(&searches);
    print_jobs(&jobs);
    Ok(())
}

/// The shortest of several times.
#[derive(Clone, Copy)]
struct Shortest(Duration);

impl Shortest {
    const fn new() -> Self {
        Self(Duration::MAX)
    }

    fn time<R>(&mut self, run: impl FnOnce() -> R) {
        let start = Instant::now();
        let result = black_box(run());
        self.take(start.elapsed());
        drop(result);
    }

    fn take(&mut self, time: Duration) {
        self.0 = self.0.min(time);
    }

    fn milliseconds(self) -> f64 {
        1e3 * self.0.as_secs_f64()
    }

    fn nanoseconds_per(self, count: usize) -> f64 {
        1e9 * self.0.as_secs_f64() / count as f64
    }
}

/// The kernel on one workload.
struct KernelRun {
    workload: Workload,
    pairs: Vec<Pair>,
    prepared: Vec<PreparedPair>,
    intersector: Intersector,
    solid: Solid,
    volume: Shortest,
    moments: Shortest,
    fill: Shortest,
}

impl KernelRun {
    fn new(workload: Workload) -> Self {
        let pairs = workload.pairs(PAIRS);
        let prepared = prepare_pairs(&pairs);
        check_pairs(workload, &pairs, &prepared);
        Self {
            workload,
            pairs,
            prepared,
            intersector: Intersector::default(),
            solid: Solid::default(),
            volume: Shortest::new(),
            moments: Shortest::new(),
            fill: Shortest::new(),
        }
    }

    fn repeat(&mut self) {
        let (intersector, solid) = (&mut self.intersector, &mut self.solid);
        self.volume.take(time_pairs(&self.prepared, |_, pair| {
            black_box(intersector.volume(&pair.source, &pair.target));
        }));
        self.moments.take(time_pairs(&self.prepared, |_, pair| {
            black_box(intersector.moments(&pair.source, &pair.target));
        }));
        self.fill.time(|| {
            for pair in &self.pairs {
                pair.target.fill(solid);
                black_box(solid.volume());
            }
        });
    }
}

/// Building the search and finding all candidates, on one thread.
struct SearchRun {
    exercise: Exercise,
    meshes: Meshes,
    candidates: usize,
    build: Shortest,
    query: Shortest,
}

impl SearchRun {
    fn new(exercise: Exercise) -> Self {
        let meshes = exercise.meshes();
        let search = CandidateSearch::new(&meshes.source);
        check_search(&search, &meshes.source, &meshes.target);
        Self {
            candidates: count_candidates(&search, &meshes.target),
            exercise,
            meshes,
            build: Shortest::new(),
            query: Shortest::new(),
        }
    }

    fn repeat(&mut self) {
        let Meshes { source, target, .. } = &self.meshes;
        thread_pool(1).install(|| {
            self.build.time(|| CandidateSearch::new(source));
            let search = CandidateSearch::new(source);
            self.query.time(|| count_candidates(&search, target));
        });
    }
}

/// The whole job on one thread and on two.
struct JobRun {
    exercise: Exercise,
    meshes: Meshes,
    entries: usize,
    one: Shortest,
    two: Shortest,
    /// The stages of the shortest run on one thread.
    stages: Seconds,
}

impl JobRun {
    fn new(exercise: Exercise) -> Self {
        let meshes = exercise.meshes();
        let preparation = prepare_with(&meshes.source, &meshes.target, &P0P0, &|_| {});
        let matrix = preparation.expect("finite volumes").matrix;
        meshes.check(&matrix);
        Self {
            entries: matrix.nonzeros(),
            exercise,
            meshes,
            one: Shortest::new(),
            two: Shortest::new(),
            stages: Seconds::default(),
        }
    }

    fn repeat(&mut self) {
        let Meshes { source, target, .. } = &self.meshes;
        let run = || prepare_with(source, target, &P0P0, &|_| {}).expect("finite volumes");
        let before = self.one.0;
        let mut stages = Seconds::default();
        thread_pool(1).install(|| {
            self.one.time(|| {
                let preparation = run();
                stages = preparation.seconds;
                preparation
            });
        });
        if self.one.0 < before {
            self.stages = stages;
        }
        thread_pool(2).install(|| self.two.time(run));
    }
}

fn print_head(date: &str, repeats: usize) {
    let threads = std::thread::available_parallelism().map_or(0, usize::from);
    println!("# Benchmarks of {date}\n");
    println!("- Machine: {}, {threads} hardware threads", processor());
    println!("- Compiler: {}", output_of("rustc", &["--version"]));
    println!("- Commit: {}", commit());
    println!("- Command: `cargo run --release -p benches --example record -- {date} {repeats}`");
    println!(
        "- Each figure is the shortest of {repeats} repeats; compare within this file only.\n"
    );
}

fn print_kernels(runs: &[KernelRun]) {
    println!("## Kernel, ns per pair, one thread, {PAIRS} pairs each\n");
    println!(
        "Both cells prepared and in the cache; the last column is the preparation of a target cell on its own.\n"
    );
    println!("| workload | volume | with first moments | volume, axis = 1 | prepare a cell |");
    println!("|---|---:|---:|---:|---:|");
    for run in runs {
        println!(
            "| {} | {:.0} | {:.0} | {:.2} | {:.0} |",
            run.workload.name(),
            run.volume.nanoseconds_per(PAIRS),
            run.moments.nanoseconds_per(PAIRS),
            ratio(run.volume, runs[0].volume),
            run.fill.nanoseconds_per(PAIRS),
        );
    }
    println!();
}

fn print_searches(runs: &[SearchRun]) {
    println!("## Search, one thread\n");
    println!("| meshes | candidates | build, ms | query, ms | query, ns per candidate |");
    println!("|---|---:|---:|---:|---:|");
    for run in runs {
        println!(
            "| {} | {} | {:.1} | {:.1} | {:.1} |",
            run.exercise.name(),
            run.candidates,
            run.build.milliseconds(),
            run.query.milliseconds(),
            run.query.nanoseconds_per(run.candidates),
        );
    }
    println!();
}

fn print_jobs(runs: &[JobRun]) {
    println!("## Whole job\n");
    println!("Stages are those of the shortest run on one thread.\n");
    println!(
        "| meshes | entries | 1 thread, ms | ns per entry | half-shifted = 1 | 2 threads, ms | \
         speed-up | search | intersect | assemble |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for run in runs {
        let share = |stage: f64| 100.0 * stage / run.one.0.as_secs_f64();
        println!(
            "| {} | {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.2} | {:.0} % | {:.0} % | {:.0} % |",
            run.exercise.name(),
            run.entries,
            run.one.milliseconds(),
            run.one.nanoseconds_per(run.entries),
            ratio(run.one, runs[0].one),
            run.two.milliseconds(),
            ratio(run.one, run.two),
            share(run.stages.search),
            share(run.stages.intersect),
            share(run.stages.assemble),
        );
    }
}

fn ratio(one: Shortest, other: Shortest) -> f64 {
    one.0.as_secs_f64() / other.0.as_secs_f64()
}

/// Whether a text looks like a date: ten characters, digits but for two dashes.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
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
