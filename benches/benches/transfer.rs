//! A field carried across with a prepared operator, beside the plainest product of the same matrix.

use benches::{
    Exercise, criterion, plain_parallel_product, plain_product, smooth_field, thread_pool,
};
use criterion::{Criterion, Throughput};
use mesh_core::DataArray;
use remap::{Nature, P0P0, RemapOperator, prepare};

fn main() {
    let mut criterion = criterion();
    transfer(&mut criterion);
    criterion.final_summary();
}

fn transfer(criterion: &mut Criterion) {
    let meshes = Exercise::HalfShifted.meshes();
    let (source, target) = (&meshes.source, &meshes.target);
    let matrix = prepare(source, target, &P0P0).expect("finite volumes");
    meshes.check(&matrix);
    let field = smooth_field(source, 1);
    let mut group = criterion.benchmark_group("transfer/half-shifted");
    group.throughput(Throughput::Elements(matrix.nonzeros() as u64));
    for threads in [1, 2] {
        let pool = thread_pool(threads);
        let mut result = DataArray::scalars(vec![0.0; target.cell_count()]);
        group.bench_function(format!("plain product, threads: {threads}"), |bencher| {
            let (matrix, values) = (matrix.matrix(), field.values());
            let result = result.values_mut();
            pool.install(|| match threads {
                1 => bencher.iter(|| plain_product(matrix, values, result)),
                _ => bencher.iter(|| plain_parallel_product(matrix, values, result)),
            });
        });
        for nature in Nature::ALL {
            let operator = RemapOperator::new(&matrix, source, target, nature).expect("its meshes");
            group.bench_function(
                format!("{}, threads: {threads}", nature.name()),
                |bencher| {
                    pool.install(|| {
                        bencher.iter(|| operator.apply_into(&field, Some(f64::NAN), &mut result));
                    });
                },
            );
        }
    }
    group.finish();
}
