//! Prints how much memory a job takes at its height, per entry of the matrix: both meshes, the
//! result and all that is needed on the way. A process of its own, because the height stays.
//!
//! ```text
//! memory [EXERCISE [CELLS]]      # sheared 160 by default
//! ```

use std::error::Error;

use benches::{Exercise, MemoryUse};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let exercise = arguments.next().unwrap_or_else(|| "sheared".to_owned());
    let exercise = Exercise::named(&exercise).ok_or("no exercise has this name")?;
    let cells = arguments.next().map_or(Ok(160), |cells| cells.parse())?;
    let memory = MemoryUse::measure(exercise, cells).ok_or("the system does not tell")?;
    println!(
        "{} {cells}: {} entries, {:.1} bytes per entry at the height; {} bytes in all, {} with the \
         meshes alone",
        exercise.name(),
        memory.entries,
        memory.peak_per_entry(),
        memory.peak,
        memory.meshes,
    );
    Ok(())
}
