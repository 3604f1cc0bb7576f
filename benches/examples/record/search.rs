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
            chosen: Form::new(CandidateSearch::new),
            tree: Form::new(CandidateSearch::with_tree),
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
    let (mut candidates, mut in_tree) = (Vec::new(), Vec::new());
    let mut count = 0;
    for cell in meshes.target.cell_ids() {
        let bounds = meshes.target.cell_bounds(cell);
        chosen.find_candidates(&bounds, &mut candidates);
        tree.find_candidates(&bounds, &mut in_tree);
        assert_eq!(candidates, in_tree, "target cell {cell}");
        count += candidates.len();
    }
    count
}

impl Form {
    const fn new(new: fn(&UnstructuredMesh) -> CandidateSearch) -> Self {
        Self {
            new,
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
        let query = || found = count_candidates(&search, &meshes.target);
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
        "Chosen: the form that `CandidateSearch::new` takes; tree: the R-tree with a visitor.\n"
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
