//! A place in a legacy VTK file that moves on: words, lines, arrays.

use std::borrow::Cow;
use std::str::FromStr;

use super::error::{Place, VtkLegacyError};
use super::names::decode;
use super::numbers::{Numbers, ValueType};
use crate::shorten;
use crate::vtk::ArrayError;
use crate::vtk::xml::cursor::line_after;
use crate::vtk::xml::numbers::{ArrayData, Payload, parse_float, plain_bytes};
use crate::vtk::xml::scalar::{ByteOrder, ScalarType};

pub(super) struct Scanner<'a> {
    file: &'a [u8],
    position: usize,
    pub(super) is_binary: bool,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            position: 0,
            is_binary: false,
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.file.get(self.position..).unwrap_or_default()
    }

    /// Where the scanner is.
    pub(super) fn place(&self) -> Place {
        self.place_of(self.position)
    }

    fn place_of(&self, position: usize) -> Place {
        if self.is_binary {
            Place::Byte(position)
        } else {
            Place::Line(line_after(self.file.get(..position).unwrap_or(self.file)))
        }
    }

    /// The next word; the scanner stays.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        let rest = self.rest();
        let start = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let word = &rest[start..];
        let end = word.iter().position(u8::is_ascii_whitespace);
        Some(&word[..end.unwrap_or(word.len())])
    }

    /// The next word, if there is one.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        let word = self.peek()?;
        let rest = self.rest();
        let start = rest.iter().position(|byte| !byte.is_ascii_whitespace());
        self.position += start.unwrap_or_default() + word.len();
        Some(word)
    }

    /// Whether the next word is `keyword`, in upper or lower case; then the scanner passes it.
    pub(super) fn passes(&mut self, keyword: &str) -> bool {
        let is_next = self
            .peek()
            .is_some_and(|word| word.eq_ignore_ascii_case(keyword.as_bytes()));
        if is_next {
            self.next();
        }
        is_next
    }

    /// The next word.
    pub(super) fn word(&mut self, expected: &'static str) -> Result<&'a [u8], VtkLegacyError> {
        self.next().ok_or_else(|| VtkLegacyError::Ends {
            place: self.place(),
            expected,
        })
    }

    /// The next word, decoded as a name.
    pub(super) fn name(&mut self) -> Result<String, VtkLegacyError> {
        self.word("a name").map(decode)
    }

    /// The next word as a value.
    pub(super) fn value<T: FromStr>(
        &mut self,
        expected: &'static str,
    ) -> Result<T, VtkLegacyError> {
        let word = self.word(expected)?;
        let value = std::str::from_utf8(word)
            .ok()
            .and_then(|word| word.parse().ok());
        value.ok_or_else(|| self.unexpected(word, expected))
    }

    /// The next word as a count.
    pub(super) fn count(&mut self) -> Result<usize, VtkLegacyError> {
        self.value("a number from 0 on")
    }

    /// The next word as a type of values.
    pub(super) fn value_type(&mut self) -> Result<ValueType, VtkLegacyError> {
        const EXPECTED: &str = "a type of values (double, float, int, vtktypeint64 …)";
        let word = self.word(EXPECTED)?;
        ValueType::from_name(word).ok_or_else(|| self.unexpected(word, EXPECTED))
    }

    /// `word` was read last, and is not what was expected.
    pub(super) fn unexpected(&self, word: &[u8], expected: &'static str) -> VtkLegacyError {
        VtkLegacyError::Unexpected {
            place: self.place_of(self.position.saturating_sub(word.len())),
            found: shorten(&String::from_utf8_lossy(word)),
            expected,
        }
    }

    /// What is left of the line, without its end, where the scanner stops.
    pub(super) fn rest_of_line(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = &rest[..end.unwrap_or(rest.len())];
        self.position += line.len();
        line
    }

    /// What is left of the line; the scanner goes to the next one. Nothing at the end of the file.
    pub(super) fn line(&mut self) -> Option<&'a [u8]> {
        if self.rest().is_empty() {
            return None;
        }
        let line = self.rest_of_line();
        self.position += 1;
        Some(line)
    }

    /// The `count` values that come next, each of `value_type`, which is of numbers. In a binary
    /// file they begin with the next line.
    ///
    /// # Errors
    ///
    /// Too few, or in digits something that is no number. Memory is taken only for what the file
    /// can hold.
    pub(super) fn numbers(
        &mut self,
        section: &str,
        value_type: ValueType,
        count: usize,
    ) -> Result<Numbers<'a>, VtkLegacyError> {
        if self.is_binary {
            self.binary_numbers(section, value_type, count)
        } else {
            self.digits(section, value_type, count)
        }
    }

    fn binary_numbers(
        &mut self,
        section: &str,
        value_type: ValueType,
        count: usize,
    ) -> Result<Numbers<'a>, VtkLegacyError> {
        self.line();
        let scalar = match value_type {
            ValueType::Number(scalar) => scalar,
            ValueType::Bit | ValueType::Text => {
                let bytes = self.bytes(section, count, count.div_ceil(8))?;
                let bits = (0..count).map(|i| i64::from(bytes[i / 8] >> (7 - i % 8) & 1));
                return Ok(Numbers::Integers(bits.collect()));
            }
        };
        let bytes = self.bytes(section, count, count.saturating_mul(scalar.size()))?;
        let data = ArrayData {
            scalar,
            order: ByteOrder::Big,
            payload: Payload::Bytes(plain_bytes(Cow::Borrowed(bytes))),
        };
        Ok(Numbers::Raw(data, count))
    }

    fn bytes(
        &mut self,
        section: &str,
        values: usize,
        needed: usize,
    ) -> Result<&'a [u8], VtkLegacyError> {
        let bytes = self.rest().get(..needed);
        let bytes = bytes.ok_or_else(|| self.truncated(section, values, needed))?;
        self.position += needed;
        Ok(bytes)
    }

    fn truncated(&self, section: &str, values: usize, needed: usize) -> VtkLegacyError {
        VtkLegacyError::Truncated {
            place: self.place(),
            section: shorten(section),
            values,
            needed,
            available: self.rest().len(),
        }
    }

    fn digits(
        &mut self,
        section: &str,
        value_type: ValueType,
        count: usize,
    ) -> Result<Numbers<'a>, VtkLegacyError> {
        // A digit each, and what parts them.
        let needed = count.saturating_mul(2).saturating_sub(1);
        if needed > self.rest().len() {
            return Err(self.truncated(section, count, needed));
        }
        match value_type {
            ValueType::Number(ScalarType::Float32) => {
                let parse = |word: &str| parse_float::<f32>(word).map(f64::from);
                self.parse(section, count, parse, "number")
                    .map(Numbers::Floats)
            }
            ValueType::Number(ScalarType::Float64) => {
                let parse = |word: &str| parse_float::<f64>(word);
                self.parse(section, count, parse, "number")
                    .map(Numbers::Floats)
            }
            ValueType::Number(ScalarType::UInt64) => {
                let parse = |word: &str| word.parse::<u64>().ok();
                let values = self.parse(section, count, parse, "integer from 0 on")?;
                let too_large = values
                    .iter()
                    .position(|value| i64::try_from(*value).is_err());
                Ok(match too_large {
                    Some(index) => Numbers::TooLarge(ArrayError::TooLarge {
                        index,
                        value: values[index],
                    }),
                    None => Numbers::Integers(values.into_iter().map(u64::cast_signed).collect()),
                })
            }
            _ => {
                let parse = |word: &str| word.parse().ok();
                self.parse(section, count, parse, "integer")
                    .map(Numbers::Integers)
            }
        }
    }

    fn parse<T>(
        &mut self,
        section: &str,
        count: usize,
        parse: impl Fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<Vec<T>, VtkLegacyError> {
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            let word = self.next().ok_or_else(|| VtkLegacyError::Ends {
                place: self.place(),
                expected: "more numbers",
            })?;
            let value = std::str::from_utf8(word).ok().and_then(&parse);
            values.push(value.ok_or_else(|| VtkLegacyError::Number {
                place: self.place_of(self.position.saturating_sub(word.len())),
                section: shorten(section),
                found: shorten(&String::from_utf8_lossy(word)),
                expected,
            })?);
        }
        Ok(values)
    }

    /// Passes over `count` texts: a line each, or in a binary file a length and as many bytes.
    pub(super) fn skip_texts(&mut self, section: &str, count: usize) -> Result<(), VtkLegacyError> {
        self.line();
        for index in 0..count {
            let left = count - index;
            if !self.is_binary {
                let line = self.line();
                line.ok_or_else(|| self.truncated(section, left, left))?;
                continue;
            }
            // The first two bits say how many bytes the length takes.
            let first = *self
                .rest()
                .first()
                .ok_or_else(|| self.truncated(section, left, left))?;
            let size = match first >> 6 {
                3 => 1,
                2 => 2,
                1 => 4,
                _ => 8,
            };
            let head = self.bytes(section, left, size)?;
            let length = head
                .iter()
                .skip(1)
                .fold(usize::from(first & 63), |length, byte| {
                    length << 8 | usize::from(*byte)
                });
            self.bytes(section, left, length)?;
        }
        Ok(())
    }

    /// Passes over everything up to an empty line.
    pub(super) fn skip_paragraph(&mut self) {
        self.line();
        while self
            .line()
            .is_some_and(|line| !line.trim_ascii().is_empty())
        {}
    }

    /// Passes over what VTK knows of the array before, if it is there; the names of its
    /// `components`, if they have some.
    pub(super) fn metadata(&mut self, components: usize) -> Option<Vec<String>> {
        if !self.passes("METADATA") {
            return None;
        }
        let mut names = None;
        self.line();
        while let Some(line) = self.line() {
            let line = line.trim_ascii();
            if line.is_empty() {
                break;
            }
            if line.eq_ignore_ascii_case(b"COMPONENT_NAMES") {
                let mut found = Vec::new();
                while found.len() < components
                    && let Some(line) = self.line()
                {
                    found.push(decode(line.trim_ascii()));
                }
                names = Some(found);
            }
        }
        names.filter(|names| names.len() == components)
    }
}
