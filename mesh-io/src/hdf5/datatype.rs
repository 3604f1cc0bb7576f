//! Types of elements: what is read of them, and from bytes to numbers.

use super::cursor::Cursor;
use super::local_heap::read_global_heap;
use super::source::Source;
use super::{Hdf5Error, Value};

/// The type of the elements of a data set or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datatype {
    /// Bytes of an element.
    pub(super) size: usize,
    class: Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Integer {
        is_signed: bool,
        is_big: bool,
    },
    Float {
        is_big: bool,
    },
    /// Strings of one length, and arrays of single bytes.
    Text,
    /// Strings of any length, kept in global heaps.
    VariableText,
}

impl Datatype {
    /// Reads a datatype message.
    pub(super) fn read(mut body: Cursor<'_>) -> Result<Self, Hdf5Error> {
        let offset = body.offset();
        let head = body.u8()?;
        let bits = body.number(3)?;
        let size = body.u32()? as usize;
        let unsupported = |what: String| Err(Hdf5Error::Unsupported { what });
        let (class, version) = (head & 15, head >> 4);
        let class = match class {
            0 | 4 => {
                let (first, precision) = (body.u16()?, usize::from(body.u16()?));
                if !matches!(size, 1 | 2 | 4 | 8) || first != 0 || precision != 8 * size {
                    return unsupported(format!("integers of {precision} bits in {size} bytes"));
                }
                Class::Integer {
                    is_signed: class == 0 && bits & 8 != 0,
                    is_big: bits & 1 != 0,
                }
            }
            1 => {
                let properties = body.take(12)?;
                let double = [0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0];
                let single = [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
                let is_known =
                    (size == 8 && properties == double) || (size == 4 && properties == single);
                if !is_known || bits & 0x40 != 0 {
                    return unsupported(format!("floats of {size} bytes that are not IEEE 754"));
                }
                Class::Float {
                    is_big: bits & 1 != 0,
                }
            }
            3 => Class::Text,
            9 if bits & 15 == 1 => Class::VariableText,
            10 => return Self::read_array(body, version, size),
            class => return unsupported(format!("a type of class {class}")),
        };
        if size == 0 {
            return Err(Hdf5Error::Number {
                offset,
                what: "the size of a type",
                found: 0,
                expected: "at least 1",
            });
        }
        Ok(Self { size, class })
    }

    /// Arrays of single bytes, as which names are kept.
    fn read_array(mut body: Cursor<'_>, version: u8, size: usize) -> Result<Self, Hdf5Error> {
        let rank = usize::from(body.u8()?);
        body.skip(if version < 3 { 3 } else { 0 })?;
        body.skip(4 * rank)?;
        body.skip(if version < 3 { 4 * rank } else { 0 })?;
        // The type of the elements, which is no array itself where it is of single bytes.
        let mut base = body;
        let class = base.u8()? & 15;
        base.skip(3)?;
        if base.u32()? == 1 && matches!(class, 0 | 3 | 4) && size > 0 {
            let class = Class::Text;
            return Ok(Self { size, class });
        }
        let what = "a type that is an array of numbers".to_owned();
        Err(Hdf5Error::Unsupported { what })
    }

    /// The values in `bytes`, a whole number of elements.
    pub(super) fn values(self, source: &Source<'_>, bytes: &[u8]) -> Result<Value, Hdf5Error> {
        match self.class {
            Class::Text => Ok(Value::Text(bytes.to_vec())),
            Class::Float { is_big } => Ok(Value::Floats(self.floats(bytes, is_big))),
            Class::Integer { is_signed, is_big } => {
                Ok(Value::Integers(self.integers(bytes, is_signed, is_big)))
            }
            Class::VariableText => {
                let mut text = Vec::new();
                for element in bytes.chunks_exact(self.size) {
                    let mut cursor = Cursor::new(element, source.widths, 0);
                    let length = cursor.u32()? as usize;
                    let (address, index) = (cursor.address()?, cursor.u32()?);
                    if let (Some(address), Ok(index)) = (address, u16::try_from(index)) {
                        let object = read_global_heap(source, address, index)?;
                        let string = object.get(..length).unwrap_or(object);
                        source.spend(string.len())?;
                        text.extend_from_slice(string);
                    }
                    // A string per element could name one object over and over.
                    if text.len() as u64 > source.length() {
                        let (read, length) = (text.len() as u64, source.length());
                        return Err(Hdf5Error::Budget { read, length });
                    }
                }
                Ok(Value::Text(text))
            }
        }
    }

    fn floats(self, bytes: &[u8], is_big: bool) -> Vec<f64> {
        if self.size == 4 {
            let from = if is_big {
                f32::from_be_bytes
            } else {
                f32::from_le_bytes
            };
            let chunks = bytes.as_chunks().0.iter();
            return chunks.map(|chunk| f64::from(from(*chunk))).collect();
        }
        let from = if is_big {
            f64::from_be_bytes
        } else {
            f64::from_le_bytes
        };
        let chunks = bytes.as_chunks().0.iter();
        chunks.map(|chunk| from(*chunk)).collect()
    }

    fn integers(self, bytes: &[u8], is_signed: bool, is_big: bool) -> Vec<i64> {
        if self.size == 8 {
            // Unsigned numbers beyond the largest signed one are none that a mesh has.
            let from = if is_big {
                i64::from_be_bytes
            } else {
                i64::from_le_bytes
            };
            let chunks = bytes.as_chunks().0.iter();
            return chunks.map(|chunk| from(*chunk)).collect();
        }
        let unused = 64 - 8 * self.size as u32;
        let number = |chunk: &[u8]| {
            let mut number = 0_u64;
            for (place, byte) in chunk.iter().enumerate() {
                let place = if is_big {
                    chunk.len() - 1 - place
                } else {
                    place
                };
                number |= u64::from(*byte) << (8 * place);
            }
            if is_signed {
                (number << unused).cast_signed() >> unused
            } else {
                number.cast_signed()
            }
        };
        bytes.chunks_exact(self.size).map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_width_keep_their_sign() {
        let signed = |size, bytes: &[u8], is_big| {
            let class = Class::Text;
            Datatype { size, class }.integers(bytes, true, is_big)
        };
        assert_eq!(signed(1, &[255, 1], false), [-1, 1]);
        assert_eq!(signed(2, &[254, 255, 1, 0], false), [-2, 1]);
        assert_eq!(signed(4, &[0, 0, 1, 0], true), [256]);
        assert_eq!(signed(8, &[255; 8], true), [-1]);
    }
}
