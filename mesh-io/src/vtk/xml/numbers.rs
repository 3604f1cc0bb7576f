//! From bytes or digits to numbers, whole arrays at a time.

use std::borrow::Cow;

use bytemuck::Zeroable;

use super::bytes::Bytes;
use super::cursor::line_after;
use super::error::ArrayError;
use super::scalar::{ByteOrder, ScalarType};
use crate::shorten;

/// The values of one array, not yet converted.
pub(crate) struct ArrayData<'a> {
    pub(crate) scalar: ScalarType,
    pub(crate) order: ByteOrder,
    pub(crate) payload: Payload<'a>,
}

/// Bytes, or digits with what stands before them in the file.
pub(crate) enum Payload<'a> {
    Bytes(Bytes<'a>),
    Text(&'a str, &'a [u8]),
}

/// Bytes as they stand in a file.
pub(crate) const fn plain_bytes(bytes: Cow<'_, [u8]>) -> Bytes<'_> {
    Bytes::Plain(bytes)
}

impl ArrayData<'_> {
    /// The bytes, where they stand in the file as they are, the most significant first.
    pub(crate) fn big_endian_bytes(&self) -> Option<&[u8]> {
        match &self.payload {
            Payload::Bytes(Bytes::Plain(bytes)) if self.order == ByteOrder::Big => Some(bytes),
            _ => None,
        }
    }

    /// Whether values have a fraction.
    pub(crate) const fn is_float(&self) -> bool {
        matches!(self.scalar, ScalarType::Float32 | ScalarType::Float64)
    }

    /// Every value as a float; integers above 2⁵³ are rounded.
    ///
    /// # Errors
    ///
    /// Text that is no number, or bytes that are no whole number of values.
    pub(crate) fn floats(&self) -> Result<Vec<f64>, ArrayError> {
        let bytes = match &self.payload {
            Payload::Text(text, before) => {
                let parse = match self.scalar {
                    ScalarType::Float32 => |t: &str| parse_float::<f32>(t).map(f64::from),
                    _ => |t: &str| parse_float::<f64>(t),
                };
                return parse_text(text, before, parse, "number");
            }
            Payload::Bytes(bytes) => bytes,
        };
        let order = self.order;
        match self.scalar {
            ScalarType::Float64 => bytes.convert(order, f64::from_le_bytes),
            ScalarType::Float32 => bytes.convert(order, |b| f64::from(f32::from_le_bytes(b))),
            ScalarType::UInt64 => bytes.convert(order, |b| u64::from_le_bytes(b) as f64),
            _ => self.map_integers(|value| value as f64),
        }
    }

    /// What `map` makes of every value.
    ///
    /// # Errors
    ///
    /// Fractions, integers above 2⁶³ − 1, text that is no integer, or bytes that are no whole
    /// number of values.
    pub(crate) fn map_integers<T: Zeroable + Send>(
        &self,
        map: impl Fn(i64) -> T + Sync,
    ) -> Result<Vec<T>, ArrayError> {
        if self.is_float() {
            return Err(ArrayError::NotIntegers {
                scalar: self.scalar.name(),
            });
        }
        let bytes = match &self.payload {
            Payload::Text(text, before) => {
                let parse = |token: &str| token.parse().ok().map(&map);
                return parse_text(text, before, parse, "integer");
            }
            Payload::Bytes(bytes) => bytes,
        };
        let order = self.order;
        match self.scalar {
            ScalarType::Int8 => bytes.convert(order, |b| map(i8::from_le_bytes(b).into())),
            ScalarType::UInt8 => bytes.convert(order, |b| map(u8::from_le_bytes(b).into())),
            ScalarType::Int16 => bytes.convert(order, |b| map(i16::from_le_bytes(b).into())),
            ScalarType::UInt16 => bytes.convert(order, |b| map(u16::from_le_bytes(b).into())),
            ScalarType::Int32 => bytes.convert(order, |b| map(i32::from_le_bytes(b).into())),
            ScalarType::UInt32 => bytes.convert(order, |b| map(u32::from_le_bytes(b).into())),
            ScalarType::Int64 => bytes.convert(order, |b| map(i64::from_le_bytes(b))),
            ScalarType::UInt64 => {
                let bytes = Bytes::Plain(bytes.plain(8)?);
                check_unsigned(&bytes.plain(8)?, order)?;
                bytes.convert(order, |b| map(i64::from_le_bytes(b)))
            }
            ScalarType::Float32 | ScalarType::Float64 => Ok(Vec::new()),
        }
    }

    /// Every value as an integer.
    ///
    /// # Errors
    ///
    /// As [`map_integers`](Self::map_integers).
    pub(crate) fn integers(&self) -> Result<Vec<i64>, ArrayError> {
        self.map_integers(|value| value)
    }
}

fn check_unsigned(bytes: &[u8], order: ByteOrder) -> Result<(), ArrayError> {
    let mut values = bytes
        .as_chunks::<8>()
        .0
        .iter()
        .map(|v| u64::from_le_bytes(order.order(*v)));
    match values
        .clone()
        .position(|value| i64::try_from(value).is_err())
    {
        Some(index) => Err(ArrayError::TooLarge {
            index,
            value: values.nth(index).unwrap_or_default(),
        }),
        None => Ok(()),
    }
}

/// The numbers of `text`, parted by blanks.
fn parse_text<T>(
    text: &str,
    before: &[u8],
    parse: impl Fn(&str) -> Option<T>,
    expected: &'static str,
) -> Result<Vec<T>, ArrayError> {
    let mut values = Vec::new();
    for token in text.split_ascii_whitespace() {
        let Some(value) = parse(token) else {
            let start = token.as_ptr().addr() - text.as_ptr().addr();
            let line = line_after(before) + line_after(&text.as_bytes()[..start]) - 1;
            return Err(ArrayError::Number {
                line,
                found: shorten(token),
                expected,
            });
        };
        values.push(value);
    }
    Ok(values)
}

/// A float, also as C libraries print those that are none (`-nan(ind)`).
pub(crate) fn parse_float<F: std::str::FromStr>(token: &str) -> Option<F> {
    token.parse().ok().or_else(|| {
        let unsigned = token.trim_start_matches(['-', '+']).to_ascii_lowercase();
        unsigned.starts_with("nan(").then(|| "nan".parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(scalar: ScalarType, order: ByteOrder, bytes: &[u8]) -> ArrayData<'_> {
        ArrayData {
            scalar,
            order,
            payload: Payload::Bytes(Bytes::Plain(bytes.into())),
        }
    }

    #[test]
    fn every_integer_type_is_read_in_both_orders() {
        let value = 0x0102_0304_0506_0708_u64;
        for (scalar, expected) in [
            (ScalarType::Int8, 0x08),
            (ScalarType::UInt8, 0x08),
            (ScalarType::Int16, 0x0708),
            (ScalarType::UInt16, 0x0708),
            (ScalarType::Int32, 0x0506_0708),
            (ScalarType::UInt32, 0x0506_0708),
            (ScalarType::Int64, 0x0102_0304_0506_0708),
            (ScalarType::UInt64, 0x0102_0304_0506_0708),
        ] {
            let mut bytes = value.to_le_bytes()[..scalar.size()].to_vec();
            assert_eq!(
                array(scalar, ByteOrder::Little, &bytes).integers().unwrap(),
                [expected]
            );
            bytes.reverse();
            let data = array(scalar, ByteOrder::Big, &bytes);
            assert_eq!(data.integers().unwrap(), [expected]);
            assert_eq!(data.floats().unwrap(), [expected as f64]);
        }
    }

    #[test]
    fn signs_are_kept() {
        assert_eq!(
            array(ScalarType::Int8, ByteOrder::Little, &[0xff])
                .integers()
                .unwrap(),
            [-1]
        );
        assert_eq!(
            array(ScalarType::UInt8, ByteOrder::Little, &[0xff])
                .integers()
                .unwrap(),
            [255]
        );
    }

    #[test]
    fn an_unsigned_number_past_the_signed_ones_is_an_error() {
        let error = array(ScalarType::UInt64, ByteOrder::Little, &[0xff; 16]).integers();
        let message = error.unwrap_err().to_string();
        assert!(
            message.starts_with("value 0 is 18446744073709551615"),
            "{message}"
        );
    }

    #[test]
    fn text_that_is_no_number_is_an_error_with_its_line() {
        let payload = Payload::Text("1 2\n3 x4\n", b"<a>\n<b>\n");
        let data = ArrayData {
            scalar: ScalarType::Int32,
            order: ByteOrder::Little,
            payload,
        };
        assert_eq!(
            data.integers().unwrap_err().to_string(),
            "line 4: \"x4\" is no integer"
        );
    }

    #[test]
    fn floats_in_text_have_the_precision_of_their_type() {
        let payload = || Payload::Text("0.1 -nan nan(ind) inf", b"");
        let order = ByteOrder::Little;
        let single = ArrayData {
            scalar: ScalarType::Float32,
            order,
            payload: payload(),
        };
        let double = ArrayData {
            scalar: ScalarType::Float64,
            order,
            payload: payload(),
        };
        assert_eq!(single.floats().unwrap()[0], f64::from(0.1_f32));
        assert_eq!(double.floats().unwrap()[0], 0.1);
        assert!(double.floats().unwrap()[1].is_nan() && double.floats().unwrap()[2].is_nan());
        assert_eq!(double.floats().unwrap()[3], f64::INFINITY);
    }
}
