//! The search: building, and the candidates of every target cell, on one thread. Each form as a job
//! uses it, all target cells together; the R-tree also cell by cell, which is the time to beat.

use std::hint::black_box;

use benches::{Exercise, check_search, count_candidates, criterion, thread_pool};
use criterion::{Criterion, Throughput};
use mesh_core::UnstructuredMesh;
use remap::CandidateSearch;

/// One way to prepare the search.
type Build = fn(&UnstructuredMesh) -> CandidateSearch;

/// Meshes, with the grid cells along an edge of the source; real ones have one size.
const CASES: [(Exercise, usize); 6] = [
    (Exercise::HalfShifted, 40),
    (Exercise::Shuffled, 40),
    (Exercise::Pins, 40),
    (Exercise::Tetrahedra, 16),
    (Exercise::Graded, 40),
    (Exercise::ShuffledGraded, 40),
];

fn main() {
    let mut criterion = criterion();
    for (exercise, cells) in CASES {
        search(&mut criterion, exercise, cells);
    }
    criterion.final_summary();
}

fn search(criterion: &mut Criterion, exercise: Exercise, cells: usize) {
    let meshes = exercise.meshes_of(cells);
    let (source, target) = (&meshes.source, &meshes.target);
    let mut group = criterion.benchmark_group(format!("search/{}", exercise.name()));
    let pool = thread_pool(1);
    let pairs = count_candidates(&CandidateSearch::with_tree(source), target);
    let forms: [(&str, Build); 3] = [
        ("chosen", CandidateSearch::new),
        ("packed tree", |source| {
            CandidateSearch::with_packed_tree(source).expect("no thin cells")
        }),
        ("tree", CandidateSearch::with_tree),
    ];
    for (form, build) in forms {
        let search = build(source);
        check_search(&search, source, target);
        assert_eq!(count_all(&search, target), pairs);

        group.throughput(Throughput::Elements(source.cell_count() as u64));
        group.bench_function(format!("build {form}"), |bencher| {
            bencher.iter(|| pool.install(|| build(black_box(source))));
        });
        group.throughput(Throughput::Elements(pairs as u64));
        group.bench_function(format!("query {form}"), |bencher| {
            bencher.iter(|| pool.install(|| count_all(&search, target)));
        });
    }
    let tree = CandidateSearch::with_tree(source);
    group.bench_function("query tree, cell by cell", |bencher| {
        bencher.iter(|| pool.install(|| count_candidates(&tree, target)));
    });
    group.finish();
}

/// Finds the candidates of all target cells, as a job does, and returns how many there are.
fn count_all(search: &CandidateSearch, target: &UnstructuredMesh) -> usize {
    let mut count = 0;
    search.find_all_candidates(target, |_, candidates| count += candidates.len());
    count
}
