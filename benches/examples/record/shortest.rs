//! The shortest of several times.

use std::time::Duration;

/// The shortest of several times.
#[derive(Clone, Copy)]
pub(crate) struct Shortest(pub(crate) Duration);

impl Shortest {
    pub(crate) const fn new() -> Self {
        Self(Duration::MAX)
    }

    /// Keeps the time if it is the shortest, and says whether it was.
    pub(crate) fn take(&mut self, time: Duration) -> bool {
        let shorter = time < self.0;
        self.0 = self.0.min(time);
        shorter
    }

    pub(crate) fn milliseconds(self) -> f64 {
        1e3 * self.0.as_secs_f64()
    }

    pub(crate) fn nanoseconds_per(self, count: usize) -> f64 {
        1e9 * self.0.as_secs_f64() / count as f64
    }

    /// How many times as long as the other.
    pub(crate) fn over(self, other: Self) -> f64 {
        self.0.as_secs_f64() / other.0.as_secs_f64()
    }
}
