//! From files to file at 80³ cells, on two threads: reading, computing, writing.

use std::time::Duration;

use benches::{Exercise, FileTimes, Files, criterion, thread_pool};
use criterion::{Criterion, SamplingMode, Throughput};

/// One of the stages.
type Stage = fn(FileTimes) -> Duration;

/// How many entries the matrix has: 159³.
const ENTRIES: u64 = 4_019_679;

fn main() {
    let mut criterion = criterion();
    stages(
        &mut criterion,
        &Files::new(&Exercise::Sheared.meshes_of(80)),
    );
    criterion.final_summary();
}

fn stages(criterion: &mut Criterion, files: &Files) {
    let pool = thread_pool(2);
    let mut group = criterion.benchmark_group("files");
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(ENTRIES));
    let stages: [(&str, Stage); 4] = [
        ("read", |times| times.read),
        ("prepare", |times| times.prepare),
        ("write", |times| times.write),
        ("all", |times| times.read + times.prepare + times.write),
    ];
    for (name, stage) in stages {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let runs = (0..iterations).map(|_| stage(pool.install(|| files.run())));
                runs.sum()
            });
        });
    }
    group.finish();
}
