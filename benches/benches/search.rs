//! The search: building, and the candidates of every target cell, on one thread.

use std::hint::black_box;

use benches::{Exercise, check_search, count_candidates, criterion, thread_pool};
use criterion::{Criterion, Throughput};
use mesh_core::UnstructuredMesh;
use remap::CandidateSearch;

/// One way to prepare the search.
type Build = fn(&UnstructuredMesh) -> CandidateSearch;

/// How many pairs of cells of the half-shifted grids of 40³ cells overlap: 79³.
const PAIRS: usize = 493_039;

fn main() {
    let mut criterion = criterion();
    for exercise in [Exercise::HalfShifted, Exercise::Shuffled] {
        search(&mut criterion, exercise);
    }
    criterion.final_summary();
}

fn search(criterion: &mut Criterion, exercise: Exercise) {
    let meshes = exercise.meshes();
    let (source, target) = (&meshes.source, &meshes.target);
    let mut group = criterion.benchmark_group(format!("search/{}", exercise.name()));
    let pool = thread_pool(1);
    let forms: [(&str, Build); 2] = [
        ("chosen", CandidateSearch::new),
        ("tree", CandidateSearch::with_tree),
    ];
    for (form, build) in forms {
        let search = build(source);
        check_search(&search, source, target);
        assert_eq!(count_candidates(&search, target), PAIRS);

        group.throughput(Throughput::Elements(source.cell_count() as u64));
        group.bench_function(format!("build {form}"), |bencher| {
            bencher.iter(|| pool.install(|| build(black_box(source))));
        });
        group.throughput(Throughput::Elements(PAIRS as u64));
        group.bench_function(format!("query {form}"), |bencher| {
            bencher.iter(|| pool.install(|| count_candidates(&search, target)));
        });
    }
    group.finish();
}
