//! The command `remap`: conservative transfer of fields between meshes.

use std::process::ExitCode;

fn main() -> ExitCode {
    remap_cli::Cli::new().run()
}
