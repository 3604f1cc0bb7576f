//! The kernel on each workload.

use std::hint::black_box;

use benches::{
    PAIRS, Pair, PreparedPair, Workload, check_pairs, prepare_pairs, thread_pool,
    time_on_one_thread, time_pairs,
};
use geom_intersect::{Intersector, Solid};

use crate::shortest::Shortest;

pub(crate) fn record(repeats: usize) {
    let mut runs: Vec<_> = Workload::ALL.map(Run::new).into();
    for repeat in 1..=repeats {
        crate::say("kernel", repeat, repeats);
        runs.iter_mut().for_each(Run::repeat);
    }
    print(&runs);
}

struct Run {
    workload: Workload,
    pairs: Vec<Pair>,
    prepared: Vec<PreparedPair>,
    volume: Shortest,
    moments: Shortest,
    fill: Shortest,
}

impl Run {
    fn new(workload: Workload) -> Self {
        let pairs = workload.pairs(PAIRS);
        let prepared = prepare_pairs(&pairs);
        check_pairs(workload, &pairs, &prepared);
        Self {
            workload,
            pairs,
            prepared,
            volume: Shortest::new(),
            moments: Shortest::new(),
            fill: Shortest::new(),
        }
    }

    fn repeat(&mut self) {
        let (mut intersector, mut solid) = (Intersector::default(), Solid::default());
        self.volume.take(time_pairs(&self.prepared, |_, pair| {
            black_box(intersector.volume(&pair.source, &pair.target));
        }));
        self.moments.take(time_pairs(&self.prepared, |_, pair| {
            black_box(intersector.moments(&pair.source, &pair.target));
        }));
        let fill = time_on_one_thread(&thread_pool(1), || {
            for pair in &self.pairs {
                pair.target.fill(&mut solid);
                black_box(solid.volume());
            }
        });
        self.fill.take(fill.processor);
    }
}

fn print(runs: &[Run]) {
    println!("## Kernel, ns per pair, one thread, {PAIRS} pairs each\n");
    println!(
        "Both cells prepared and in the cache; the last column is the preparation of a target cell on \
         its own.\n"
    );
    println!("| workload | volume | with first moments | volume, axis = 1 | prepare a cell |");
    println!("|---|---:|---:|---:|---:|");
    let axis = runs.iter().find(|run| run.workload == Workload::Axis);
    for run in runs {
        println!(
            "| {} | {:.0} | {:.0} | {:.2} | {:.0} |",
            run.workload.name(),
            run.volume.nanoseconds_per(PAIRS),
            run.moments.nanoseconds_per(PAIRS),
            axis.map_or(f64::NAN, |axis| run.volume.over(axis.volume)),
            run.fill.nanoseconds_per(PAIRS),
        );
    }
    println!();
}
