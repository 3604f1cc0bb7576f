//! Building the search and finding all candidates, on one thread, against the R-tree.

use benches::{Exercise, Meshes, count_candidates, thread_pool, time_on_one_thread};
use mesh_core::UnstructuredMesh;
use rayon::ThreadPool;
use remap::CandidateSearch;

use crate::shortest::Shortest;

/// Meshes, with the grid cells along an edge of the source: a million cells but for the real mesh.
const CASES: [(Exercise, usize); 6] = [
    (Exercise::HalfShifted, 100),
    (Exercise::Shuffled, 100),
    (Exercise::Tetrahedra, 55),
    (Exercise::Pins, 40),
    (Exercise::Graded, 100),
    (Exercise::ShuffledGraded, 100),
];

pub(crate) fn record(repeats: usize) {
    let mut runs: Vec<_> = CASES.map(Run::new).into();
    for repeat in 1..=repeats {
        crate::say("search", repeat, repeats);
        runs.iter_mut().for_each(Run::repeat);
    }
    print(&runs);
}

struct Run {
    exercise: Exercise,
    meshes: Meshes,
    candidates: usize,
    chosen: Form,
    tree: Form,
}

/// One form of the search.
struct Form {
    new: fn(&UnstructuredMesh) -> CandidateSearch,
    count: fn(&CandidateSearch, &UnstructuredMesh) -> usize,
    build: Shortest,
    query: Shortest,
}

impl Run {
    fn new((exercise, cells): (Exercise, usize)) -> Self {
        let meshes = exercise.meshes_of(cells);
        let candidates = count_equal_candidates(&meshes);
        Self {
            exercise,
            meshes,
            candidates,
            chosen: Form::new(CandidateSearch::new, count_all_candidates),
            tree: Form::new(CandidateSearch::with_tree, count_candidates),
        }
    }

    fn repeat(&mut self) {
        let pool = thread_pool(1);
        self.chosen.repeat(&pool, &self.meshes, self.candidates);
        self.tree.repeat(&pool, &self.meshes, self.candidates);
    }
}

/// Holds the candidates of every target cell in the chosen form against those in the tree, and
/// returns how many there are.
fn count_equal_candidates(meshes: &Meshes) -> usize {
    let chosen = CandidateSearch::new(&meshes.source);
    let tree = CandidateSearch::with_tree(&meshes.source);
    let (mut cells, mut count, mut in_tree) = (0, 0, Vec::new());
    chosen.find_all_candidates(&meshes.target, |cell, candidates| {
        tree.find_candidates(&meshes.target.cell_bounds(cell.id()), &mut in_tree);
        assert_eq!(candidates, in_tree, "target cell {}", cell.id());
        cells += 1;
        count += candidates.len();
    });
    assert_eq!(cells, meshes.target.cell_count());
    count
}

/// Finds the candidates of all target cells, as a job does, and returns how many there are.
fn count_all_candidates(search: &CandidateSearch, target: &UnstructuredMesh) -> usize {
    let mut count = 0;
    search.find_all_candidates(target, |_, candidates| count += candidates.len());
    count
}

impl Form {
    const fn new(
        new: fn(&UnstructuredMesh) -> CandidateSearch,
        count: fn(&CandidateSearch, &UnstructuredMesh) -> usize,
    ) -> Self {
        Self {
            new,
            count,
            build: Shortest::new(),
            query: Shortest::new(),
        }
    }

    fn repeat(&mut self, pool: &ThreadPool, meshes: &Meshes, candidates: usize) {
        let mut search = None;
        let build = || search = Some((self.new)(&meshes.source));
        self.build.take(time_on_one_thread(pool, build).processor);
        let search = search.expect("it has been built");
        let mut found = 0;
        let query = || found = (self.count)(&search, &meshes.target);
        self.query.take(time_on_one_thread(pool, query).processor);
        assert_eq!(found, candidates);
    }

    fn both(&self) -> Shortest {
        Shortest(self.build.0 + self.query.0)
    }
}

fn print(runs: &[Run]) {
    println!("## Search, one thread\n");
    println!(
        "Chosen: the form that `CandidateSearch::new` takes, and all cells searched for together, as in a \
         job; tree: the R-tree with a visitor, cell by cell.\n"
    );
    println!(
        "| meshes | source cells | candidates | chosen: build, ms | query, ms | ns per candidate | \
         tree: build, ms | query, ms | chosen / tree, both | query alone |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for run in runs {
        println!(
            "| {} | {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | 1/{:.1} | 1/{:.1} |",
            run.exercise.name(),
            run.meshes.source.cell_count(),
            run.candidates,
            run.chosen.build.milliseconds(),
            run.chosen.query.milliseconds(),
            run.chosen.query.nanoseconds_per(run.candidates),
            run.tree.build.milliseconds(),
            run.tree.query.milliseconds(),
            run.tree.both().over(run.chosen.both()),
            run.tree.query.over(run.chosen.query),
        );
    }
    println!();
}
