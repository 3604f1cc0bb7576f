//! The arguments, in two steps: as typed, then as meant.
//!
//! Text becomes a number, an enum or a checked path in the second step, and nowhere deeper. What
//! can be known to be wrong before the work begins is found here, unwritable outputs included.

mod ending;
mod meant;
mod meant_fields;
mod typed;
mod typed_fields;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{CommandFactory, FromArgMatches};

use crate::schemes::Schemes;

pub(crate) use ending::Ending;
pub(crate) use meant::{
    ApplyJob, CheckJob, ConvertJob, DemoJob, GenerateJob, InfoJob, Invocation, Job, PartOfParts,
    PrepareJob, TransferJob,
};
pub(crate) use meant_fields::{COVERAGE, DefaultValue, FieldsJob, Steps, TransferOptions};

/// What the command line of this process means, or how the command ends at once.
pub(crate) fn parse(schemes: &Schemes) -> Result<Invocation, Ending> {
    let mut definition = definition(schemes);
    let typed = definition
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|matches| {
            let typed = typed::Typed::from_arg_matches(&matches);
            typed.map_err(|error| error.format(&mut definition))
        })
        .map_err(Ending::Parser)?;
    meant::invocation(typed, schemes).map_err(Ending::Argument)
}

/// The commands and arguments as `clap` knows them, for completions and manual pages too. With the names
/// of the schemes it lists them in help, and offers the nearest to one that is misspelt.
fn definition(schemes: &Schemes) -> clap::Command {
    let name =
        |scheme: &crate::schemes::NamedScheme| PossibleValue::new(scheme.name).help(scheme.about);
    let names: Vec<_> = schemes.iter().map(name).collect();
    let mut definition = typed::Typed::command();
    for command in ["prepare", "transfer"] {
        let parser = PossibleValuesParser::new(names.clone());
        definition = definition.mut_subcommand(command, |command| {
            command.mut_arg("scheme", |argument| argument.value_parser(parser))
        });
    }
    definition
}
