//! Threads, and the time that one takes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// What a piece of work took.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// By the clock on the wall.
    pub wall: Duration,
    /// For how long a processor was at it. On a machine that does other things too this is nearer to
    /// what the work takes.
    pub processor: Duration,
}

/// Starts a pool of so many threads.
///
/// # Panics
///
/// If the threads cannot be started.
#[must_use]
pub fn thread_pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads can be started")
}

/// Does something on a pool of one thread and times that thread. Dropping the result is not timed.
///
/// # Panics
///
/// If the pool has more threads: they would not be counted.
pub fn time_on_one_thread<R: Send>(pool: &ThreadPool, work: impl FnOnce() -> R + Send) -> Times {
    assert_eq!(pool.current_num_threads(), 1);
    pool.install(|| {
        let (start, processor) = (Instant::now(), ThreadTime::now());
        let result = black_box(work());
        let times = Times {
            processor: processor.elapsed(),
            wall: start.elapsed(),
        };
        drop(result);
        times
    })
}

/// Does something twice at once, each on a pool of one thread, and times until both are done: what a machine gives two
/// threads that have nothing to do with each other. Dropping the results is not timed.
///
/// # Panics
///
/// If the threads cannot be started, or the work panics on one of them.
#[must_use]
pub fn time_two_at_once<R: Send>(work: impl Fn() -> R + Sync) -> Duration {
    let pools = [thread_pool(1), thread_pool(1)];
    let start = Instant::now();
    let [first, second] = &pools;
    let results = std::thread::scope(|scope| {
        let other = scope.spawn(|| second.install(&work));
        (
            first.install(&work),
            other.join().expect("the work is done"),
        )
    });
    let time = start.elapsed();
    drop(black_box(results));
    time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_no_work() {
        let nap = Duration::from_millis(50);
        let times = time_on_one_thread(&thread_pool(1), || std::thread::sleep(nap));
        assert!(times.wall >= nap);
        assert!(times.processor < times.wall);
    }
}
