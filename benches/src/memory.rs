//! How much memory a job takes at its height.

use remap::{P0P0, prepare};

use crate::exercise::Exercise;

/// What a process has used by the end of a job.
#[derive(Debug, Clone, Copy)]
pub struct MemoryUse {
    /// Entries of the matrix.
    pub entries: usize,
    /// Bytes in use before the job: the meshes, and the program itself.
    pub meshes: u64,
    /// Bytes in use at the height of the process, making the meshes included.
    pub peak: u64,
}

impl MemoryUse {
    /// Makes the meshes of an exercise and their matrix and tells what that took. Call it once, first,
    /// in a process of its own: the height of a process stays.
    ///
    /// None where the system does not tell: only Linux does, in `/proc/self/status`.
    ///
    /// # Panics
    ///
    /// If the matrix is wrong.
    #[must_use]
    pub fn measure(exercise: Exercise, cells: usize) -> Option<Self> {
        let meshes = exercise.meshes_of(cells);
        let before = read_status("VmRSS:")?;
        let matrix = prepare(&meshes.source, &meshes.target, &P0P0).expect("finite volumes");
        let peak = read_status("VmHWM:")?;
        meshes.check_sum(&matrix);
        Some(Self {
            entries: matrix.nonzeros(),
            meshes: before,
            peak,
        })
    }

    /// Returns the bytes at the height per entry of the matrix.
    #[must_use]
    pub fn peak_per_entry(&self) -> f64 {
        self.peak as f64 / self.entries as f64
    }
}

/// A number of bytes from the system's account of this process.
fn read_status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024 * kibibytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_height_holds_the_meshes_and_the_matrix() {
        let Some(memory) = MemoryUse::measure(Exercise::Sheared, 10) else {
            return;
        };
        assert_eq!(memory.entries, 19 * 19 * 19);
        assert!(memory.peak > 12 * memory.entries as u64);
    }
}
