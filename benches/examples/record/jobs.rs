//! The whole job on one thread and on two.

use std::time::Instant;

use benches::{Exercise, Meshes, thread_pool, time_on_one_thread, time_two_at_once};
use cpu_time::ProcessTime;
use remap::{P0P0, Seconds, prepare_with};

use crate::shortest::Shortest;

pub(crate) fn record(repeats: usize) {
    let mut runs: Vec<_> = Exercise::ALL.map(Run::new).into();
    for repeat in 1..=repeats {
        crate::say("jobs", repeat, repeats);
        runs.iter_mut().for_each(Run::repeat);
    }
    print(&runs);
    print_shuffled(&runs);
}

struct Run {
    exercise: Exercise,
    meshes: Meshes,
    entries: usize,
    /// One thread, by the processor.
    one: Shortest,
    /// One thread, by the clock.
    one_wall: Shortest,
    /// Two threads, by the clock.
    two_wall: Shortest,
    /// How many processors were at work on average in the shortest run on two threads.
    busy: f64,
    /// Two such jobs at once, one thread each, by the clock.
    two_jobs: Shortest,
    /// The stages of the shortest run on one thread, by the clock.
    stages: Seconds,
}

impl Run {
    fn new(exercise: Exercise) -> Self {
        let meshes = exercise.meshes();
        let preparation = prepare_with(&meshes.source, &meshes.target, &P0P0, &|_| {});
        let matrix = preparation.expect("finite volumes").matrix;
        meshes.check(&matrix);
        Self {
            entries: matrix.nonzeros(),
            exercise,
            meshes,
            one: Shortest::new(),
            one_wall: Shortest::new(),
            two_wall: Shortest::new(),
            busy: 0.0,
            two_jobs: Shortest::new(),
            stages: Seconds::default(),
        }
    }

    fn repeat(&mut self) {
        let Meshes { source, target, .. } = &self.meshes;
        let run = || prepare_with(source, target, &P0P0, &|_| {}).expect("finite volumes");
        let mut stages = Seconds::default();
        let times = time_on_one_thread(&thread_pool(1), || {
            let preparation = run();
            stages = preparation.seconds;
            preparation
        });
        self.one.take(times.processor);
        if self.one_wall.take(times.wall) {
            self.stages = stages;
        }
        let pool = thread_pool(2);
        let (start, processors) = (Instant::now(), ProcessTime::now());
        let preparation = pool.install(run);
        let (time, work) = (start.elapsed(), processors.elapsed());
        if self.two_wall.take(time) {
            self.busy = work.as_secs_f64() / time.as_secs_f64();
        }
        drop(preparation);
        self.two_jobs.take(time_two_at_once(run));
    }
}

fn print(runs: &[Run]) {
    println!("## Whole job\n");
    println!(
        "Two threads, and one thread beside them, by the clock. \"Machine\": the speed-up of two jobs at once on one \
         thread each, which share no work and wait for nothing: what the machine gives two threads. \"Busy\": how many \
         processors were at work on average in the run on two threads. Stages are those of the shortest run on one \
         thread.\n"
    );
    println!(
        "| meshes | entries | 1 thread, ms | ns per entry | sheared = 1 | 1 thread, clock, ms | \
         2 threads, ms | speed-up | machine | busy | search | intersect | assemble |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let sheared = find(runs, Exercise::Sheared);
    for run in runs {
        let share = |stage: f64| 100.0 * stage / run.one_wall.0.as_secs_f64();
        println!(
            "| {} | {} | {:.1} | {:.0} | {:.2} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {:.0} % | {:.0} % | {:.0} % |",
            run.exercise.name(),
            run.entries,
            run.one.milliseconds(),
            run.one.nanoseconds_per(run.entries),
            run.one.over(sheared.one),
            run.one_wall.milliseconds(),
            run.two_wall.milliseconds(),
            run.one_wall.over(run.two_wall),
            2.0 * run.one_wall.over(run.two_jobs),
            run.busy,
            share(run.stages.search),
            share(run.stages.intersect),
            share(run.stages.assemble),
        );
    }
    println!();
}

fn print_shuffled(runs: &[Run]) {
    println!("## Shuffled numbering against natural, whole job, one thread\n");
    println!("| meshes | natural = 1 |\n|---|---:|");
    for (natural, shuffled) in [
        (Exercise::HalfShifted, Exercise::Shuffled),
        (Exercise::Sheared, Exercise::ShuffledSheared),
        (Exercise::Graded, Exercise::ShuffledGraded),
    ] {
        let ratio = find(runs, shuffled).one.over(find(runs, natural).one);
        println!("| {} | {ratio:.2} |", natural.name());
    }
    println!();
}

fn find(runs: &[Run], exercise: Exercise) -> &Run {
    let run = runs.iter().find(|run| run.exercise == exercise);
    run.expect("every exercise has run")
}
