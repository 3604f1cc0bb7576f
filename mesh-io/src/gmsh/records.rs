//! Records: integers and floats that stand together many times.

use super::document::{Encoding, Section};
use super::error::GmshError;
use super::text::{float_at, integer_at, skip_blanks, token_at};
use crate::shorten;

/// What a record is made of: integers, then floats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) integers: usize,
    pub(super) floats: usize,
    /// Whether integers are counts and tags of version 4.
    pub(super) are_wide: bool,
}

/// What is wrong with the values of a record: an element that names a node that is not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnknownNode {
    pub(super) element: i64,
    pub(super) node: i64,
    pub(super) nodes: usize,
}

/// Reads records of one kind, one after the other.
pub(super) struct RecordReader<'a> {
    section: Section<'a>,
    record: Record,
    pub(super) position: usize,
    integers: Vec<i64>,
    floats: Vec<f64>,
}

impl<'a> RecordReader<'a> {
    /// At the beginning of the section.
    pub(super) fn new(section: Section<'a>, record: Record) -> Self {
        Self {
            section,
            record,
            position: 0,
            integers: vec![0; record.integers],
            floats: vec![0.0; record.floats],
        }
    }

    pub(super) const fn tokens(&self) -> usize {
        self.record.integers + self.record.floats
    }

    /// The bytes of one record.
    pub(super) const fn record_size(&self) -> usize {
        self.record.integers * self.integer_size() + self.record.floats * 8
    }

    const fn integer_size(&self) -> usize {
        match self.section.format.encoding {
            Encoding::Binary(_, width) if self.record.are_wide => width,
            _ => 4,
        }
    }

    /// Gives the numbers of the next record to `convert`.
    #[inline]
    pub(super) fn next(
        &mut self,
        convert: impl FnOnce(&[i64], &[f64]) -> Result<(), UnknownNode>,
    ) -> Result<(), GmshError> {
        let start = self.position;
        let body = self.section.body();
        match self.section.format.encoding {
            Encoding::Text => self.next_text(body)?,
            Encoding::Binary(order, _) => {
                let size = self.record_size();
                // Sizes have been checked for all records together.
                let bytes = body.get(start..start + size).unwrap_or_default();
                let split = self.record.integers * self.integer_size();
                let (integers, floats) = bytes.split_at(split.min(bytes.len()));
                if self.integer_size() == 8 {
                    let words = integers.as_chunks::<8>().0;
                    for (value, bytes) in self.integers.iter_mut().zip(words) {
                        *value = i64::from_le_bytes(order.order(*bytes));
                    }
                } else {
                    let words = integers.as_chunks::<4>().0;
                    for (value, bytes) in self.integers.iter_mut().zip(words) {
                        *value = i32::from_le_bytes(order.order(*bytes)).into();
                    }
                }
                for (value, bytes) in self.floats.iter_mut().zip(floats.as_chunks::<8>().0) {
                    *value = f64::from_le_bytes(order.order(*bytes));
                }
                self.position = start + size;
            }
        }
        convert(&self.integers, &self.floats).map_err(|wrong| {
            let start = match self.section.format.encoding {
                Encoding::Text => skip_blanks(body, start),
                Encoding::Binary(..) => start,
            };
            GmshError::UnknownNode {
                place: self.section.place_of(self.section.start + start),
                element: wrong.element,
                node: wrong.node,
                nodes: wrong.nodes,
            }
        })
    }

    fn next_text(&mut self, body: &[u8]) -> Result<(), GmshError> {
        let mut position = self.position;
        for value in &mut self.integers {
            let start = skip_blanks(body, position);
            (*value, position) = integer_at(body, start)
                .ok_or_else(|| wrong_token(&self.section, start, "integer"))?;
        }
        for value in &mut self.floats {
            let start = skip_blanks(body, position);
            (*value, position) =
                float_at(body, start).ok_or_else(|| wrong_token(&self.section, start, "number"))?;
        }
        self.position = position;
        Ok(())
    }
}

/// What is wrong with the token at `start` of the section: there is none, or it is none of these.
pub(super) fn wrong_token(
    section: &Section<'_>,
    start: usize,
    expected: &'static str,
) -> GmshError {
    let place = section.place_of(section.start + start);
    let found = token_at(section.body(), start);
    if found.is_empty() {
        return GmshError::Truncated {
            place,
            section: shorten(section.name),
            needed: 1,
            available: 0,
            unit: "values",
        };
    }
    GmshError::Number {
        place,
        section: shorten(section.name),
        found: shorten(&String::from_utf8_lossy(found)),
        expected,
    }
}
