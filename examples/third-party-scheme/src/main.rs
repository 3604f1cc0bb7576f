//! The command `remap`, which knows the scheme `by-material` as well.

use std::process::ExitCode;

use third_party_scheme::ByMaterial;

fn main() -> ExitCode {
    let about = "Cell values to cells of the same material only; needs the cell field \"material\"";
    remap_cli::Cli::new()
        .scheme("by-material", about, |source, target| {
            Ok(Box::new(ByMaterial::of_fields(source, target)?))
        })
        .run()
}
