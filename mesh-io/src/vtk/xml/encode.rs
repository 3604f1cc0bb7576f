//! From numbers to the data of an array, in every encoding.

use std::fmt::{LowerExp, Write as _};
use std::io;

use super::base64_stream::{encode, encoded_size};
use super::blocks::compress;
use super::scalar::{ByteOrder, Compressor, Encoding, ScalarType};
use crate::vtu::FloatWidth;

/// Values as little-endian bytes, and their type.
pub(crate) struct Values {
    pub(crate) scalar: ScalarType,
    bytes: Vec<u8>,
}

impl Values {
    pub(crate) fn floats(values: impl ExactSizeIterator<Item = f64>, width: FloatWidth) -> Self {
        match width {
            FloatWidth::Float64 => Self::new(ScalarType::Float64, values, f64::to_le_bytes),
            FloatWidth::Float32 => Self::new(ScalarType::Float32, values, |value| {
                (value as f32).to_le_bytes()
            }),
        }
    }

    pub(crate) fn integers(values: impl ExactSizeIterator<Item = i64>) -> Self {
        Self::new(ScalarType::Int64, values, i64::to_le_bytes)
    }

    pub(crate) fn bytes(values: Vec<u8>) -> Self {
        Self {
            scalar: ScalarType::UInt8,
            bytes: values,
        }
    }

    fn new<T, const N: usize>(
        scalar: ScalarType,
        values: impl ExactSizeIterator<Item = T>,
        to_bytes: impl Fn(T) -> [u8; N],
    ) -> Self {
        let mut bytes = vec![0; values.len() * N];
        for (bytes, value) in bytes.as_chunks_mut::<N>().0.iter_mut().zip(values) {
            *bytes = to_bytes(value);
        }
        Self { scalar, bytes }
    }

    /// In digits, `columns` numbers a line.
    pub(crate) fn to_digits(&self, columns: usize) -> String {
        let mut text = String::new();
        for (index, value) in self.bytes.chunks_exact(self.scalar.size()).enumerate() {
            text.push(if index > 0 && index % columns == 0 {
                '\n'
            } else {
                ' '
            });
            // Writing to a string does not fail.
            let _ = match (self.scalar, value) {
                (ScalarType::Float64, &[a, b, c, d, e, f, g, h]) => {
                    write_float(&f64::from_le_bytes([a, b, c, d, e, f, g, h]), &mut text)
                }
                (ScalarType::Float32, &[a, b, c, d]) => {
                    write_float(&f32::from_le_bytes([a, b, c, d]), &mut text)
                }
                (ScalarType::Int64, &[a, b, c, d, e, f, g, h]) => {
                    write!(text, "{}", i64::from_le_bytes([a, b, c, d, e, f, g, h]))
                }
                (_, value) => write!(text, "{}", value[0]),
            };
        }
        text
    }

    /// As the bytes that stand in a raw file, sizes in front, in pieces.
    ///
    /// # Errors
    ///
    /// A size that does not fit the header type.
    pub(crate) fn into_raw(self, encoding: Encoding) -> io::Result<Vec<Vec<u8>>> {
        let (header, mut pieces) = self.into_streams(encoding)?;
        pieces.insert(0, header);
        Ok(pieces)
    }

    /// As base64, sizes in front: in the stream of the data, or compressed in one of their own.
    ///
    /// # Errors
    ///
    /// A size that does not fit the header type.
    pub(crate) fn into_base64(self, encoding: Encoding) -> io::Result<String> {
        let (header, pieces) = self.into_streams(encoding)?;
        let mut text = String::new();
        if encoding.compressor == Compressor::None {
            encode_stream(header, pieces, &mut text);
        } else {
            encode_stream(header, Vec::new(), &mut text);
            encode_stream(Vec::new(), pieces, &mut text);
        }
        Ok(text)
    }

    /// The sizes, and the data in pieces.
    fn into_streams(mut self, encoding: Encoding) -> io::Result<(Vec<u8>, Vec<Vec<u8>>)> {
        if encoding.byte_order == ByteOrder::Big {
            for value in self.bytes.chunks_exact_mut(self.scalar.size()) {
                value.reverse();
            }
        }
        if encoding.compressor == Compressor::None {
            let mut header = Vec::new();
            encoding
                .header
                .write(self.bytes.len(), encoding.byte_order, &mut header)?;
            return Ok((header, vec![self.bytes]));
        }
        compress(&self.bytes, encoding)
    }
}

/// Appends what stands in `first` and all pieces as one padded stream; a piece is freed as soon as
/// it is encoded.
fn encode_stream(mut first: Vec<u8>, pieces: Vec<Vec<u8>>, text: &mut String) {
    let bytes = pieces.iter().map(Vec::len).sum::<usize>() + first.len();
    text.reserve_exact(encoded_size(bytes));
    for piece in pieces {
        // What is missing to whole groups of three bytes; all others need no copy.
        let missing = (3 - first.len() % 3) % 3;
        let (begin, rest) = piece.split_at(missing.min(piece.len()));
        first.extend_from_slice(begin);
        if first.len().is_multiple_of(3) {
            encode(&first, text);
            let (whole, begun) = rest.split_at(rest.len() / 3 * 3);
            encode(whole, text);
            first = begun.to_vec();
        }
    }
    encode(&first, text);
}

/// Writes the digits that bring `value` back exactly, as C libraries read them.
pub(crate) fn write_float(
    value: &(impl LowerExp + PartialEq),
    text: &mut String,
) -> std::fmt::Result {
    // What is not equal to itself is no number.
    #[expect(clippy::eq_op)]
    if value != value {
        return text.write_str("nan");
    }
    write!(text, "{value:e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_encoded_as_one_stream() {
        for sizes in [
            &[][..],
            &[0, 0],
            &[1, 1, 1, 1],
            &[2, 0, 5, 3, 1],
            &[100, 7, 8, 9],
        ] {
            for first in 0..5 {
                let piece = |size: usize| (0..size).map(|i| (37 * i + size) as u8).collect();
                let pieces: Vec<Vec<u8>> = sizes.iter().copied().map(piece).collect();
                let mut expected = String::new();
                encode(&[piece(first), pieces.concat()].concat(), &mut expected);
                let mut text = String::new();
                encode_stream(piece(first), pieces, &mut text);
                assert_eq!(text, expected);
            }
        }
    }

    #[test]
    fn digits_bring_floats_back() {
        let values = [0.1, -1e-300, 5e300, 0.0, f64::INFINITY, 1.0 / 3.0];
        let text = Values::floats(values.into_iter(), FloatWidth::Float64).to_digits(3);
        let back: Vec<f64> = text
            .split_ascii_whitespace()
            .map(|t| t.parse().unwrap())
            .collect();
        assert_eq!(back, values);
        assert_eq!(text.lines().count(), 2);
    }
}
