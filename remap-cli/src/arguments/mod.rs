//! The arguments, in two steps: as typed, then as meant.
//!
//! Text becomes a number, an enum or a checked path in the second step, and nowhere deeper. What
//! can be known to be wrong before the work begins is found here, unwritable outputs included.

mod ending;
mod meant;
mod meant_fields;
mod typed;
mod typed_fields;

use clap::Parser;

pub(crate) use ending::Ending;
pub(crate) use meant::{
    ApplyJob, CheckJob, ConvertJob, DemoJob, GenerateJob, InfoJob, Invocation, Job, PartOfParts,
    PrepareJob, TransferJob,
};
pub(crate) use meant_fields::{DefaultValue, FieldsJob, Steps, TransferOptions};

/// What the command line of this process means, or how the command ends at once.
pub(crate) fn parse() -> Result<Invocation, Ending> {
    let typed = typed::Typed::try_parse().map_err(Ending::Parser)?;
    meant::invocation(typed).map_err(Ending::Argument)
}

/// The commands and arguments as `clap` knows them, for completions and manual pages.
pub(crate) fn definition() -> clap::Command {
    <typed::Typed as clap::CommandFactory>::command()
}
