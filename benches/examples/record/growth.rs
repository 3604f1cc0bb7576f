//! Time per entry as meshes grow.

use benches::{Exercise, thread_pool, time_on_one_thread};
use remap::{P0P0, prepare};

use crate::shortest::Shortest;

const SIZES: [usize; 3] = [40, 80, 160];

pub(crate) fn record(repeats: usize) {
    println!("## Growth, one thread\n");
    println!(
        "| meshes | entries | ms | ns per entry | {}³ = 1 |",
        SIZES[0]
    );
    println!("|---|---:|---:|---:|---:|");
    for exercise in [Exercise::HalfShifted, Exercise::Sheared] {
        record_exercise(exercise, repeats);
    }
    println!();
}

fn record_exercise(exercise: Exercise, repeats: usize) {
    let pool = thread_pool(1);
    let meshes = SIZES.map(|cells| exercise.meshes_of(cells));
    let entries = SIZES.map(|cells| (2 * cells - 1).pow(3));
    let mut shortest = [Shortest::new(); SIZES.len()];
    for repeat in 1..=repeats {
        crate::say(exercise.name(), repeat, repeats);
        for ((meshes, entries), shortest) in meshes.iter().zip(entries).zip(&mut shortest) {
            let mut matrix = None;
            let run = || {
                matrix = Some(prepare(&meshes.source, &meshes.target, &P0P0));
            };
            shortest.take(time_on_one_thread(&pool, run).processor);
            let matrix = matrix.expect("it has run").expect("finite volumes");
            meshes.check_sum(&matrix);
            assert_eq!(matrix.nonzeros(), entries);
        }
    }
    let first = shortest[0].nanoseconds_per(entries[0]);
    for ((cells, entries), shortest) in SIZES.into_iter().zip(entries).zip(shortest) {
        println!(
            "| {} {cells}³ | {entries} | {:.0} | {:.1} | {:.2} |",
            exercise.name(),
            shortest.milliseconds(),
            shortest.nanoseconds_per(entries),
            shortest.nanoseconds_per(entries) / first,
        );
    }
}
