//! From files to file.

use benches::{Exercise, Files, thread_pool};

use crate::shortest::Shortest;

const CELLS: usize = 80;

pub(crate) fn record(repeats: usize) {
    let mut runs: Vec<_> = [Exercise::HalfShifted, Exercise::Sheared]
        .map(Run::new)
        .into();
    for repeat in 1..=repeats {
        crate::say("files", repeat, repeats);
        runs.iter_mut().for_each(Run::repeat);
    }
    print(&runs);
}

struct Run {
    exercise: Exercise,
    files: Files,
    read: Shortest,
    prepare: Shortest,
    write: Shortest,
}

impl Run {
    fn new(exercise: Exercise) -> Self {
        Self {
            exercise,
            files: Files::new(&exercise.meshes_of(CELLS)),
            read: Shortest::new(),
            prepare: Shortest::new(),
            write: Shortest::new(),
        }
    }

    fn repeat(&mut self) {
        let times = thread_pool(2).install(|| self.files.run());
        self.read.take(times.read);
        self.prepare.take(times.prepare);
        self.write.take(times.write);
    }
}

fn print(runs: &[Run]) {
    println!("## From files to file at {CELLS}³, two threads, by the clock, ms\n");
    println!("| meshes | read | prepare | write | (read + write) / prepare |");
    println!("|---|---:|---:|---:|---:|");
    for run in runs {
        println!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.2} |",
            run.exercise.name(),
            run.read.milliseconds(),
            run.prepare.milliseconds(),
            run.write.milliseconds(),
            Shortest(run.read.0 + run.write.0).over(run.prepare),
        );
    }
    println!();
}
