//! Growth: time per entry of the matrix at 40³, 80³ and 160³ cells, on one thread.

use benches::{Exercise, criterion, thread_pool};
use criterion::{Criterion, SamplingMode, Throughput};
use remap::{P0P0, prepare};

fn main() {
    let mut criterion = criterion();
    for exercise in [Exercise::HalfShifted, Exercise::Sheared] {
        for cells in [40, 80, 160] {
            job(&mut criterion, exercise, cells);
        }
    }
    criterion.final_summary();
}

fn job(criterion: &mut Criterion, exercise: Exercise, cells: usize) {
    let meshes = exercise.meshes_of(cells);
    let pool = thread_pool(1);
    let run = || pool.install(|| prepare(&meshes.source, &meshes.target, &P0P0));
    let matrix = run().expect("finite volumes");
    meshes.check_sum(&matrix);
    assert_eq!(matrix.nonzeros(), (2 * cells - 1).pow(3));
    let mut group = criterion.benchmark_group(format!("growth/{}", exercise.name()));
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(matrix.nonzeros() as u64));
    drop(matrix);
    group.bench_function(format!("{cells}"), |bencher| {
        bencher.iter_with_large_drop(run);
    });
    group.finish();
}
