//! Workloads of the benchmarks: pairs of cells for the kernel, pairs of meshes for search and job.
//!
//! Everything is made from fixed seeds without library functions that round differently from
//! machine to machine, and every workload comes with a check of its result, to be run once outside
//! the timed part. How to run and to record: `README.md` beside this crate.

mod cells;
mod exercise;
mod files;
mod memory;
mod pairs;
mod random;
mod recipes;
mod search;
mod threads;
mod transfer;

use std::time::Duration;

use criterion::Criterion;
use mimalloc::MiMalloc;

pub use cells::Cell;
pub use exercise::{Exercise, Meshes};
pub use files::{FileTimes, Files};
pub use memory::MemoryUse;
pub use pairs::{
    PAIRS, Pair, PreparedPair, Workload, check_pairs, prepare_pairs, time_pairs, time_twos,
    two_volumes,
};
pub use random::Random;
pub use recipes::shuffle;
pub use search::{check_search, count_candidates};
pub use threads::{Times, thread_pool, time_on_one_thread, time_two_at_once};
pub use transfer::{plain_parallel_product, plain_product, smooth_field};

/// That of the command line.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Criterion with few samples and short times, so that all benches together take some minutes;
/// what the command line says goes before.
#[must_use]
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .without_plots()
        .configure_from_args()
}
