//! The kernel on each workload.

use std::hint::black_box;
use std::time::Duration;

use benches::{
    PAIRS, Pair, PreparedPair, Workload, check_pairs, prepare_pairs, thread_pool,
    time_on_one_thread, time_pairs, time_twos,
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
    volume: Blocks,
    moments: Blocks,
    twos: Blocks,
    portable: Blocks,
    fill: Shortest,
}

/// The shortest time of each block of pairs: a block is shorter than the turns in which a system gives
/// its processors to others.
#[derive(Default)]
struct Blocks(Vec<Shortest>);

impl Blocks {
    fn take(&mut self, times: Vec<Duration>) {
        self.0.resize(times.len(), Shortest::new());
        for (shortest, time) in self.0.iter_mut().zip(times) {
            shortest.take(time);
        }
    }

    fn sum(&self) -> Shortest {
        Shortest(self.0.iter().map(|shortest| shortest.0).sum())
    }
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
            volume: Blocks::default(),
            moments: Blocks::default(),
            twos: Blocks::default(),
            portable: Blocks::default(),
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
        self.twos.take(time_twos(&self.prepared, &mut intersector));
        let portable = &mut Intersector::portable();
        self.portable.take(time_twos(&self.prepared, portable));
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
        "Both cells prepared and in the cache. In twos: two pairs with the same target together, as a job \
         takes them; portable: the same without what only some processors have. The last column is the \
         preparation of a target cell on its own.\n"
    );
    println!(
        "| workload | volume | with first moments | volumes in twos | axis = 1 | portable, in twos | \
         portable / dispatched | prepare a cell |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    let axis = runs.iter().find(|run| run.workload == Workload::Axis);
    for run in runs {
        println!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.2} | {:.0} | {:.2} | {:.0} |",
            run.workload.name(),
            run.volume.sum().nanoseconds_per(PAIRS),
            run.moments.sum().nanoseconds_per(PAIRS),
            run.twos.sum().nanoseconds_per(PAIRS),
            axis.map_or(f64::NAN, |axis| run.twos.sum().over(axis.twos.sum())),
            run.portable.sum().nanoseconds_per(PAIRS),
            run.portable.sum().over(run.twos.sum()),
            run.fill.nanoseconds_per(PAIRS),
        );
    }
    println!();
}
