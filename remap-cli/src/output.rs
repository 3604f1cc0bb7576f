//! What a command has to say, on standard output and standard error.

use std::io::{self, Write};

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

/// How talkative the command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Voice {
    /// One JSON object instead of text.
    pub(crate) json: bool,
    /// No summary and no warnings.
    pub(crate) quiet: bool,
}

/// What a command that ran has to say.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What the command checks holds; true where it checks nothing.
    pub(crate) holds: bool,
    /// One JSON object.
    json: String,
    /// The same for eyes.
    text: String,
    /// The text is what was asked for, not a summary of what was done: `--quiet` keeps it.
    is_product: bool,
    /// One line each.
    warnings: Vec<String>,
}

impl Outcome {
    /// The outcome of a command that did something and says what.
    pub(crate) fn summary(report: &impl Serialize, text: String) -> anyhow::Result<Outcome> {
        let json = serde_json::to_string(report)?;
        Ok(Outcome {
            holds: true,
            json,
            text,
            is_product: false,
            warnings: Vec::new(),
        })
    }

    /// The outcome of a command that was asked for a text.
    pub(crate) fn product(report: &impl Serialize, text: String) -> anyhow::Result<Outcome> {
        Ok(Outcome {
            is_product: true,
            ..Outcome::summary(report, text)?
        })
    }

    /// With the verdict of what the command checks.
    pub(crate) fn holding(self, holds: bool) -> Outcome {
        Outcome { holds, ..self }
    }

    /// With warnings, one line each.
    pub(crate) fn warning(mut self, warnings: impl IntoIterator<Item = String>) -> Outcome {
        self.warnings.extend(warnings);
        self
    }

    /// Says it: warnings on standard error, the rest on standard output.
    ///
    /// A reader that has gone away is no error: who closes a pipe has seen enough.
    pub(crate) fn tell(&self, voice: Voice) -> io::Result<()> {
        if !voice.quiet {
            for warning in &self.warnings {
                say_on_stderr("warning", warning);
            }
        }
        if voice.json {
            write_to_stdout(&self.json)
        } else if self.is_product || !voice.quiet {
            write_to_stdout(&self.text)
        } else {
            Ok(())
        }
    }
}

/// Writes the text and an end of line, where it has none.
pub(crate) fn write_to_stdout(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let written = write!(stdout, "{text}{end}").and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// One line on standard error; lost where nobody listens there.
pub(crate) fn say_on_stderr(kind: &str, message: &str) {
    let _ = writeln!(io::stderr(), "{kind}: {}", in_one_line(message));
}

/// The text with line ends and other control characters, which file names may hold, made visible.
pub(crate) fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.trim_end().chars() {
        match character {
            '\n' | '\r' | '\t' => line.push(' '),
            _ if character.is_control() => line.extend(character.escape_default()),
            _ => line.push(character),
        }
    }
    line
}

/// A table of two columns, names and values.
pub(crate) fn table_of_facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, value) in facts {
        table.add_row([name.to_string(), value]);
    }
    table.trim_fmt()
}

/// A number with all its digits: those very large or small by a power of ten, and zero without a sign.
pub(crate) fn number(value: f64) -> String {
    let is_plain = !value.is_finite() || (1e-5..1e16).contains(&value.abs());
    if value == 0.0 {
        "0".to_string()
    } else if is_plain {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// A number of things: `1 cell`, `2 cells`.
pub(crate) fn count_of(count: usize, things: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {things}{end}")
}

/// A table with a header, numbers aligned at their right ends.
pub(crate) fn table_with_header<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_short_and_whole() {
        for (value, text) in [
            (0.1 + 0.2, "0.30000000000000004"),
            (-2.0, "-2"),
            (-0.0, "0"),
            (1e-18, "1e-18"),
            (-1.5e-6, "-1.5e-6"),
            (1e-5, "0.00001"),
            (1e15, "1000000000000000"),
            (2.5e20, "2.5e20"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(number(value), text);
            assert!(value.is_nan() || text.parse() == Ok(value));
        }
        assert_eq!(count_of(1, "cell") + &count_of(0, "node"), "1 cell0 nodes");
    }

    #[test]
    fn a_message_stays_one_line_whatever_a_file_is_called() {
        assert_eq!(in_one_line("a\nb\tc\u{1b}[31m\n"), "a b c\\u{1b}[31m");
    }
}
