//! Memory at the height, each in a process of its own: this program again, with other arguments.

use std::error::Error;
use std::process::Command;

use benches::{Exercise, MemoryUse};

/// What the first argument of such a process is.
const FLAG: &str = "--memory";
const CELLS: usize = 160;

/// What such a process does.
pub(crate) struct Child {
    exercise: Exercise,
    cells: usize,
}

/// Returns what to do if the arguments are those of such a process.
pub(crate) fn asked_for(arguments: &[String]) -> Option<Child> {
    let [flag, exercise, cells] = arguments else {
        return None;
    };
    let (exercise, cells) = (Exercise::named(exercise)?, cells.parse().ok()?);
    (flag == FLAG).then_some(Child { exercise, cells })
}

impl Child {
    /// Prints the line of the table.
    pub(crate) fn run(&self) -> Result<(), Box<dyn Error>> {
        let memory = MemoryUse::measure(self.exercise, self.cells);
        let memory = memory.ok_or("the system does not tell how much memory is used")?;
        println!(
            "| {} {}³ | {} | {:.0} | {:.0} | {:.1} |",
            self.exercise.name(),
            self.cells,
            memory.entries,
            memory.meshes as f64 / 1e6,
            memory.peak as f64 / 1e6,
            memory.peak_per_entry(),
        );
        Ok(())
    }
}

pub(crate) fn record() -> Result<(), Box<dyn Error>> {
    println!("## Memory at the height of a process, both meshes and the result included\n");
    println!("| meshes | entries | meshes alone, MB | at the height, MB | bytes per entry |");
    println!("|---|---:|---:|---:|---:|");
    for exercise in [Exercise::HalfShifted, Exercise::Sheared] {
        eprintln!("memory: {}", exercise.name());
        let program = std::env::current_exe()?;
        let cells = CELLS.to_string();
        let output = Command::new(program)
            .args([FLAG, exercise.name(), &cells])
            .output()?;
        if output.status.success() {
            print!("{}", String::from_utf8_lossy(&output.stdout));
        } else {
            let reason = String::from_utf8_lossy(&output.stderr);
            println!("| {} | {} | | | |", exercise.name(), reason.trim());
        }
    }
    println!();
    Ok(())
}
