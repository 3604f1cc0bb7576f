//! A way through the numbers of a section, one by one and by the million.

use std::sync::Arc;

use bytemuck::Zeroable;
use rayon::prelude::*;

use super::document::{Encoding, Layout, Section};
use super::error::{GmshError, Place};
use super::records::{Record, RecordReader, UnknownNode, wrong_token};
use super::text::{TokenIndex, integer_at, skip_blanks, token_at};
use crate::shorten;

/// Records that a thread converts at a time.
const CHUNK: usize = 1 << 12;

/// From how many tokens on it is worth finding out where they stand before they are read.
const MANY_TOKENS: usize = 1 << 15;

/// A place in a section, from which numbers are read.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) section: Section<'a>,
    /// Where in the section the cursor stands.
    position: usize,
    /// How many tokens stand before it, since `index_start`; counted in text only.
    token: u64,
    /// Where the tokens of the index begin in the section.
    index_start: usize,
    index: Option<Arc<TokenIndex>>,
}

impl<'a> Cursor<'a> {
    /// At the beginning of `section`.
    pub(super) const fn new(section: Section<'a>) -> Self {
        Self {
            section,
            position: 0,
            token: 0,
            index_start: 0,
            index: None,
        }
    }

    fn body(&self) -> &'a [u8] {
        self.section.body()
    }

    pub(super) const fn is_text(&self) -> bool {
        matches!(self.section.format.encoding, Encoding::Text)
    }

    pub(super) const fn layout(&self) -> Layout {
        self.section.format.layout
    }

    /// Where in the file the cursor stands.
    pub(super) fn place(&self) -> Place {
        let position = if self.is_text() {
            skip_blanks(self.body(), self.position)
        } else {
            self.position
        };
        self.section.place_of(self.section.start + position)
    }

    /// A mark of where the cursor stands, for [`place_of`](Self::place_of).
    pub(super) const fn here(&self) -> usize {
        self.position
    }

    /// The place of a mark. In a text its lines are counted for that: only where it is told.
    pub(super) fn place_of(&self, here: usize) -> Place {
        let mut cursor = self.clone();
        cursor.position = here;
        cursor.place()
    }

    /// Whether only blanks follow in a text.
    pub(super) fn is_at_end(&self) -> bool {
        skip_blanks(self.body(), self.position) == self.body().len()
    }

    /// What follows in a text in parts of whole lines of so many bytes or a little more.
    pub(super) fn split_lines(&self, bytes: usize) -> Vec<Self> {
        let body = self.body();
        let mut parts = Vec::new();
        let mut start = self.position;
        while start < body.len() {
            let least = (start + bytes).min(body.len());
            let line = memchr::memchr(b'\n', &body[least..]);
            let end = line.map_or(body.len(), |line| least + line + 1);
            let mut section = self.section;
            section.start = self.section.start + start;
            section.end = self.section.start + end;
            parts.push(Self::new(section));
            start = end;
        }
        parts
    }

    /// What stands from here to the end of the line.
    pub(super) fn line(&mut self) -> &'a [u8] {
        let rest = &self.body()[self.position..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.position = (self.position + length + 1).min(self.body().len());
        // Tokens are counted from here on.
        self.index_start = self.position;
        self.token = 0;
        self.index = None;
        let line = &rest[..length];
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// The number in a line of its own, which is text in any encoding.
    pub(super) fn line_of<T: std::str::FromStr>(
        &mut self,
        expected: &'static str,
    ) -> Result<T, GmshError> {
        let here = self.here();
        let line = String::from_utf8_lossy(self.line());
        line.trim().parse().map_err(|_| GmshError::Number {
            place: self.place_of(here),
            section: shorten(self.section.name),
            found: shorten(line.trim()),
            expected,
        })
    }

    /// The next integer of four bytes.
    pub(super) fn integer(&mut self) -> Result<i64, GmshError> {
        match self.section.format.encoding {
            Encoding::Text => self.token(integer_at, "integer"),
            Encoding::Binary(order, _) => {
                let bytes = order.order(self.bytes::<4>()?);
                Ok(i32::from_le_bytes(bytes).into())
            }
        }
    }

    /// The next count or tag of version 4.
    pub(super) fn size(&mut self) -> Result<i64, GmshError> {
        match self.section.format.encoding {
            Encoding::Binary(order, 8) => {
                let bytes = order.order(self.bytes::<8>()?);
                Ok(i64::from_le_bytes(bytes))
            }
            _ => self.integer(),
        }
    }

    /// The next count, which is not negative.
    pub(super) fn count(&mut self, what: &'static str) -> Result<usize, GmshError> {
        let here = self.here();
        let found = self.size()?;
        self.to_count(found, what, here)
    }

    /// The count, found at this mark, which is not negative.
    pub(super) fn to_count(
        &self,
        found: i64,
        what: &'static str,
        here: usize,
    ) -> Result<usize, GmshError> {
        usize::try_from(found).map_err(|_| GmshError::Count {
            place: self.place_of(here),
            section: shorten(self.section.name),
            what,
            found: found.to_string(),
            expected: "a number that is not negative".into(),
        })
    }

    /// The next token, read by `read`.
    fn token<T>(
        &mut self,
        read: impl Fn(&[u8], usize) -> Option<(T, usize)>,
        expected: &'static str,
    ) -> Result<T, GmshError> {
        let body = self.body();
        let start = skip_blanks(body, self.position);
        if let Some((value, end)) = read(body, start) {
            self.position = end;
            self.token += 1;
            return Ok(value);
        }
        Err(wrong_token(&self.section, start, expected))
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], GmshError> {
        let rest = &self.body()[self.position..];
        let bytes = rest.first_chunk::<N>();
        let bytes = *bytes.ok_or_else(|| self.truncated(N as u64, rest.len() as u64, "bytes"))?;
        self.position += N;
        Ok(bytes)
    }

    fn truncated(&self, needed: u64, available: u64, unit: &'static str) -> GmshError {
        GmshError::Truncated {
            place: self.place(),
            section: shorten(self.section.name),
            needed,
            available,
            unit,
        }
    }

    /// Passes over so many records.
    pub(super) fn skip(&mut self, count: usize, record: Record) -> Result<(), GmshError> {
        if !self.is_text() {
            self.position += self.binary_size(count, record)?;
            return Ok(());
        }
        let tokens = self.check_text_size(count, record)?;
        if tokens >= MANY_TOKENS {
            let index = self.index();
            return self.pass(&index, tokens as u64);
        }
        for _ in 0..tokens {
            let skip = |body: &[u8], start: usize| {
                let length = token_at(body, start).len();
                (length > 0).then_some(((), start + length))
            };
            self.token(skip, "number")?;
        }
        Ok(())
    }

    /// What `convert` makes of the integers and floats of each of `count` records: `firsts` and
    /// `seconds` values, which are both at least one. In parallel where they are many.
    ///
    /// # Errors
    ///
    /// Fewer numbers than that, text that is no number, or what `convert` objects to.
    pub(super) fn records<A: Zeroable + Send, B: Zeroable + Send>(
        &mut self,
        count: usize,
        record: Record,
        [firsts, seconds]: [usize; 2],
        convert: impl Fn(&[i64], &[f64], &mut [A], &mut [B]) -> Result<(), UnknownNode> + Sync,
    ) -> Result<(Vec<A>, Vec<B>), GmshError> {
        if count == 0 {
            return Ok((Vec::new(), Vec::new()));
        }
        let body = self.body();
        let section = self.section;
        // Sizes are held against what is left of the file before memory is taken.
        let (size, tokens) = if self.is_text() {
            (0, self.check_text_size(count, record)?)
        } else {
            (self.binary_size(count, record)?, 0)
        };
        let index = (tokens >= MANY_TOKENS).then(|| self.index());
        if let Some(index) = &index {
            let left = index.count().saturating_sub(self.token);
            if left < tokens as u64 {
                return Err(self.truncated(tokens as u64, left, "values"));
            }
        }
        let memory = |bytes| GmshError::Memory {
            place: self.place(),
            bytes,
        };
        let mut first = zeroed(count.saturating_mul(firsts)).map_err(memory)?;
        let mut second = zeroed(count.saturating_mul(seconds)).map_err(memory)?;
        let (start, start_token) = (self.position, self.token);
        let convert_chunk = |chunk: usize, first: &mut [A], second: &mut [B]| {
            let mut reader = RecordReader::new(section, record);
            if let Encoding::Binary(..) = section.format.encoding {
                reader.position = start + chunk * CHUNK * reader.record_size();
            } else if let (Some(index), true) = (&index, chunk > 0) {
                let token = start_token + (chunk * CHUNK * reader.tokens()) as u64;
                let text = &body[self.index_start..];
                reader.position = self.index_start + index.find(text, token);
            } else {
                reader.position = start;
            }
            let pairs = first.chunks_mut(firsts).zip(second.chunks_mut(seconds));
            for (first, second) in pairs {
                reader.next(|integers, floats| convert(integers, floats, first, second))?;
            }
            Ok(reader.position)
        };
        if self.is_text() && index.is_none() {
            self.position = convert_chunk(0, &mut first, &mut second)?;
            self.token += tokens as u64;
            return Ok((first, second));
        }
        let ends: Vec<Result<usize, GmshError>> = first
            .par_chunks_mut(CHUNK * firsts)
            .zip(second.par_chunks_mut(CHUNK * seconds))
            .enumerate()
            .map(|(chunk, (first, second))| convert_chunk(chunk, first, second))
            .collect();
        // The first error in the order of the file, whichever thread was first.
        let mut end = start;
        for chunk_end in ends {
            end = chunk_end?;
        }
        self.position = if size > 0 { start + size } else { end };
        self.token += tokens as u64;
        Ok((first, second))
    }

    /// An error where something but blanks is left.
    pub(super) fn finish(&self) -> Result<(), GmshError> {
        let body = self.body();
        let next = skip_blanks(body, self.position);
        if next == body.len() {
            return Ok(());
        }
        Err(GmshError::Leftover {
            place: self.section.place_of(self.section.start + next),
            section: shorten(self.section.name),
        })
    }

    /// The bytes of so many records, which are there.
    fn binary_size(&self, count: usize, record: Record) -> Result<usize, GmshError> {
        let size = RecordReader::new(self.section, record).record_size() as u64;
        let needed = (count as u64).saturating_mul(size);
        let available = (self.body().len() - self.position) as u64;
        if needed > available {
            return Err(self.truncated(needed, available, "bytes"));
        }
        Ok(needed as usize)
    }

    /// The tokens of so many records, for which there is room at least.
    fn check_text_size(&self, count: usize, record: Record) -> Result<usize, GmshError> {
        let tokens = record.integers + record.floats;
        let needed = (count as u64).saturating_mul(tokens as u64);
        let left = &self.body()[self.position..];
        // A digit each, and a blank between two.
        if needed > left.len().div_ceil(2) as u64 {
            let left = TokenIndex::new(left).count();
            return Err(self.truncated(needed, left, "values"));
        }
        Ok(needed as usize)
    }

    fn index(&mut self) -> Arc<TokenIndex> {
        let text = &self.body()[self.index_start..];
        let index = self
            .index
            .get_or_insert_with(|| Arc::new(TokenIndex::new(text)));
        Arc::clone(index)
    }

    /// Passes over so many tokens.
    fn pass(&mut self, index: &TokenIndex, tokens: u64) -> Result<(), GmshError> {
        let left = index.count().saturating_sub(self.token);
        if left < tokens {
            return Err(self.truncated(tokens, left, "values"));
        }
        self.token += tokens;
        let text = &self.body()[self.index_start..];
        self.position = self.index_start + index.find(text, self.token);
        Ok(())
    }
}

/// So many zeros, or the bytes that are not to be had.
fn zeroed<T: Zeroable>(count: usize) -> Result<Vec<T>, usize> {
    bytemuck::allocation::try_zeroed_vec(count).map_err(|()| count.saturating_mul(size_of::<T>()))
}
