//! Numbers on their way out, as digits or bytes.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use super::options::{GmshData, GmshOptions};
use crate::vtu::ByteOrder;

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Writes numbers in the encoding of a file.
pub(super) struct NumbersOut<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    is_text: bool,
    order: ByteOrder,
}

impl<'a> NumbersOut<'a> {
    pub(super) fn new(out: &'a mut dyn Write, options: GmshOptions) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(BUFFER + 1024),
            is_text: options.data == GmshData::Ascii,
            order: options.byte_order,
        }
    }

    /// Writes a line that is text in any encoding.
    pub(super) fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.buffer, "{line}")?;
        self.flush_if_full()
    }

    /// An integer of four bytes.
    pub(super) fn integer(&mut self, value: i32) {
        if self.is_text {
            self.digits(value);
        } else {
            let bytes = self.order.order(value.to_le_bytes());
            self.buffer.extend_from_slice(&bytes);
        }
    }

    /// A count or tag of four bytes, as it is known to fit into.
    pub(super) fn short(&mut self, value: usize) {
        self.integer(i32::try_from(value).unwrap_or(i32::MAX));
    }

    /// A count or tag of version 4.
    pub(super) fn size(&mut self, value: usize) {
        if self.is_text {
            self.digits(value);
        } else {
            let bytes = self.order.order((value as u64).to_le_bytes());
            self.buffer.extend_from_slice(&bytes);
        }
    }

    pub(super) fn float(&mut self, value: f64) {
        if self.is_text {
            self.digits(Digits(value));
        } else {
            let bytes = self.order.order(value.to_le_bytes());
            self.buffer.extend_from_slice(&bytes);
        }
    }

    fn digits(&mut self, value: impl Display) {
        if !matches!(self.buffer.last(), None | Some(b'\n')) {
            self.buffer.push(b' ');
        }
        // Writing to memory does not fail.
        let _ = write!(self.buffer, "{value}");
    }

    /// Ends a line of numbers; in a binary file, nothing.
    pub(super) fn end_line(&mut self) -> io::Result<()> {
        if self.is_text {
            self.buffer.push(b'\n');
        }
        self.flush_if_full()
    }

    /// Ends all numbers of a section.
    pub(super) fn end_section(&mut self, name: &str) -> io::Result<()> {
        if !self.is_text {
            self.buffer.push(b'\n');
        }
        self.line(format_args!("$End{name}"))
    }

    pub(super) fn is_text(&self) -> bool {
        self.is_text
    }

    fn flush_if_full(&mut self) -> io::Result<()> {
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// A float in the digits that bring it back exactly, as C libraries read them.
pub(super) struct Digits(pub(super) f64);

impl Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.0;
        if value.is_nan() {
            f.write_str("nan")
        } else if value == 0.0 || (1e-5..1e16).contains(&value.abs()) {
            write!(f, "{value}")
        } else {
            write!(f, "{value:e}")
        }
    }
}

/// `text` between quotes, of at most `longest` bytes: quotes in it become apostrophes, control
/// characters blanks.
pub(super) fn quoted(text: &str, longest: usize) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        let character = match character {
            '"' => '\'',
            c if c.is_control() => ' ',
            c => c,
        };
        if quoted.len() + character.len_utf8() > longest + 1 {
            break;
        }
        // Writing to a string does not fail.
        let _ = quoted.write_char(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_bring_floats_back() {
        for value in [
            0.1,
            300.0,
            -0.0,
            1e-300,
            -5e300,
            1.0 / 3.0,
            123_456_789.123,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::INFINITY,
            5e-324,
        ] {
            let digits = Digits(value).to_string();
            assert_eq!(digits.parse::<f64>().unwrap().to_bits(), value.to_bits());
            assert!(digits.len() < 26, "{digits}");
        }
        assert_eq!(Digits(300.0).to_string(), "300");
    }

    #[test]
    fn quotes_and_line_ends_do_not_end_a_name() {
        assert_eq!(quoted("a \"b\"\nü", 100), "\"a 'b' ü\"");
        assert_eq!(quoted("ääää", 5), "\"ää\"");
    }
}
