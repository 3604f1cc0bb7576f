//! Command lines that end before anything is run: help asked for, or arguments that are wrong.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::failure;
use crate::output::say_on_stderr;

/// Why nothing is run.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Help or version asked for, or arguments that the parser refuses.
    Parser(clap::Error),
    /// Arguments that mean nothing.
    Argument(anyhow::Error),
}

impl Ending {
    /// Says it and returns the exit status: help and version on standard output, status 0; what is
    /// wrong in one line on standard error, status 2.
    pub(crate) fn tell(&self) -> ExitCode {
        match self {
            Ending::Argument(error) => failure::report(error),
            Ending::Parser(error) => match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    // A reader that has gone away has seen enough.
                    let _ = error.print();
                    ExitCode::from(failure::DONE)
                }
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                    let _ = error.print();
                    ExitCode::from(failure::FAILED)
                }
                _ => {
                    say_on_stderr("error", &in_one_line(&error.to_string()));
                    ExitCode::from(failure::FAILED)
                }
            },
        }
    }
}

/// The parser's message, which has several lines, in one: what is wrong, tips, and where help is.
fn in_one_line(message: &str) -> String {
    let mut said = Vec::new();
    let mut help = "remap --help".to_string();
    for line in message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if let Some(usage) = line.strip_prefix("Usage: ") {
            let words = usage.split_whitespace();
            let command: Vec<&str> = words
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                .take_while(|word| !word.starts_with('-'))
                .collect();
            help = format!("{} --help", command.join(" "));
        } else if !line.starts_with("For more information") {
            said.push(line.trim_start_matches("error: ").to_string());
        }
    }
    format!("{} (see {help})", said.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_the_parser_becomes_one_line_that_says_where_help_is() {
        let message = "error: the following required arguments were not provided:\n  <SOURCE>\n  \
                       <TARGET>\n\nUsage: remap prepare --output <MATRIX> <SOURCE> <TARGET>\n\n\
                       For more information, try '--help'.\n";
        assert_eq!(
            in_one_line(message),
            "the following required arguments were not provided: <SOURCE> <TARGET> \
             (see remap prepare --help)"
        );
    }
}
