//! The whole job: time per entry of the matrix, on one thread and on two; the assembly by itself.

use std::time::Duration;

use benches::{Exercise, criterion, thread_pool};
use criterion::{Criterion, SamplingMode, Throughput};
use remap::{P0P0, Preparation, prepare, prepare_with};

fn main() {
    let mut criterion = criterion();
    for exercise in Exercise::ALL {
        job(&mut criterion, exercise);
    }
    assembly(&mut criterion);
    criterion.final_summary();
}

fn job(criterion: &mut Criterion, exercise: Exercise) {
    let meshes = exercise.meshes();
    let (source, target) = (&meshes.source, &meshes.target);
    let mut group = criterion.benchmark_group(format!("exercise/{}", exercise.name()));
    group.sampling_mode(SamplingMode::Flat);
    for threads in [1, 2] {
        let pool = thread_pool(threads);
        let preparation = pool.install(|| prepare_with(source, target, &P0P0, &|_| {}));
        let Preparation { matrix, seconds } = preparation.expect("finite volumes");
        meshes.check(&matrix);
        let total = seconds.search + seconds.intersect + seconds.assemble;
        let share = |stage: f64| 100.0 * stage / total;
        println!(
            "{}, threads: {threads}, entries: {}, search {:.1} %, intersect {:.1} %, assemble {:.1} %",
            exercise.name(),
            matrix.nonzeros(),
            share(seconds.search),
            share(seconds.intersect),
            share(seconds.assemble),
        );
        group.throughput(Throughput::Elements(matrix.nonzeros() as u64));
        group.bench_function(format!("threads: {threads}"), |bencher| {
            bencher.iter_with_large_drop(|| pool.install(|| prepare(source, target, &P0P0)));
        });
    }
    group.finish();
}

/// The assembly on its own: rows of all target cells, already computed, into one matrix. Of the whole
/// job the time is taken that `prepare_with` says it took.
fn assembly(criterion: &mut Criterion) {
    let meshes = Exercise::HalfShifted.meshes();
    let run = || prepare_with(&meshes.source, &meshes.target, &P0P0, &|_| {});
    let run = || thread_pool(1).install(run).expect("finite volumes");
    let matrix = run().matrix;
    meshes.check(&matrix);
    let mut group = criterion.benchmark_group("assembly");
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(matrix.nonzeros() as u64));
    group.bench_function("half-shifted", |bencher| {
        bencher.iter_custom(|iterations| {
            let seconds = (0..iterations).map(|_| run().seconds.assemble);
            Duration::from_secs_f64(seconds.sum())
        });
    });
    group.finish();
}
