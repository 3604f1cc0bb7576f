//! NumPy's `.npy` arrays: a header in Python's notation, then the values.

use std::io::{self, Write};
use std::ops::Range;

use bytemuck::NoUninit;
use thiserror::Error;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// Bytes that headers are padded to, so that values are aligned.
const ALIGNMENT: usize = 64;

/// What can be wrong with an `.npy` array.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NpyError {
    /// It is none, or its header is damaged.
    #[error("damaged header, expected an array as numpy.save writes it")]
    Header,
    /// The values are of another type than read here.
    #[error("has dtype {found}, expected {expected}")]
    Type {
        /// NumPy's name of the type.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },
    /// The values are cut.
    #[error("{available} bytes of values, expected {needed}")]
    Length {
        /// The bytes that the header asks for.
        needed: u128,
        /// The bytes there are.
        available: usize,
    },
    /// A value that is out of range.
    #[error("value {index} is {value}, expected 0 to {largest}")]
    Range {
        /// Its place in the array.
        index: usize,
        /// The value.
        value: i128,
        /// The largest one allowed.
        largest: u64,
    },
}

/// An array: its type and the bytes of its values.
#[derive(Debug)]
pub(crate) struct Npy {
    /// NumPy's name of the type, e.g. `<f8`.
    descr: String,
    file: Vec<u8>,
    /// Where the values stand in the file.
    values: Range<usize>,
}

impl Npy {
    /// The array that the bytes `file` are.
    ///
    /// # Errors
    ///
    /// A header that is damaged, or fewer values than it says.
    pub(crate) fn parse(file: Vec<u8>) -> Result<Self, NpyError> {
        let rest = file.strip_prefix(MAGIC).ok_or(NpyError::Header)?;
        let (&[major, _], rest) = rest.split_first_chunk().ok_or(NpyError::Header)?;
        let (length, rest) = if major == 1 {
            let (length, rest) = rest.split_first_chunk().ok_or(NpyError::Header)?;
            (u32::from(u16::from_le_bytes(*length)), rest)
        } else {
            let (length, rest) = rest.split_first_chunk().ok_or(NpyError::Header)?;
            (u32::from_le_bytes(*length), rest)
        };
        let (header, values) = rest
            .split_at_checked(length as usize)
            .ok_or(NpyError::Header)?;
        let header = std::str::from_utf8(header).map_err(|_| NpyError::Header)?;
        let descr = entry(header, "descr")?.trim_matches(['\'', '"']);
        let shape = entry(header, "shape")?;
        let mut count = 1_u128;
        for extent in shape
            .split(',')
            .map(str::trim)
            .filter(|extent| !extent.is_empty())
        {
            let extent: u64 = extent.parse().map_err(|_| NpyError::Header)?;
            count = count.saturating_mul(u128::from(extent));
        }
        // '<f8', '|S3', '<U3' (four bytes a character).
        let digits = descr.trim_start_matches(|c: char| !c.is_ascii_digit());
        let size: u32 = digits.parse().map_err(|_| NpyError::Header)?;
        let size = u128::from(size) * if descr.contains('U') { 4 } else { 1 };
        let needed = count.saturating_mul(size);
        let start = file.len() - values.len();
        let size = usize::try_from(needed)
            .ok()
            .filter(|size| *size <= values.len())
            .ok_or(NpyError::Length {
                needed,
                available: values.len(),
            })?;
        let descr = descr.to_owned();
        Ok(Self {
            descr,
            file,
            values: start..start + size,
        })
    }

    fn bytes(&self) -> &[u8] {
        self.file.get(self.values.clone()).unwrap_or_default()
    }

    /// The values as text (`|S3`, `<U3`).
    ///
    /// # Errors
    ///
    /// Another type.
    pub(crate) fn text(&self) -> Result<String, NpyError> {
        match self.descr.get(..2) {
            Some("|S") => Ok(String::from_utf8_lossy(self.bytes())
                .trim_end_matches('\0')
                .to_owned()),
            Some("<U") => {
                let characters = self.bytes().as_chunks::<4>().0.iter();
                let text: String = characters
                    .map(|c| char::from_u32(u32::from_le_bytes(*c)).unwrap_or('\u{fffd}'))
                    .collect();
                Ok(text.trim_end_matches('\0').to_owned())
            }
            _ => Err(self.unexpected("text")),
        }
    }

    /// The values as floats.
    ///
    /// # Errors
    ///
    /// Another type than floats of 32 or 64 bits, or integers.
    pub(crate) fn floats(&self) -> Result<Vec<f64>, NpyError> {
        let bytes = self.bytes();
        Ok(match self.descr.as_str() {
            "<f8" => convert(bytes, f64::from_le_bytes),
            ">f8" => convert(bytes, f64::from_be_bytes),
            "<f4" => convert(bytes, |b| f64::from(f32::from_le_bytes(b))),
            ">f4" => convert(bytes, |b| f64::from(f32::from_be_bytes(b))),
            "<i4" => convert(bytes, |b| f64::from(i32::from_le_bytes(b))),
            "<i8" => convert(bytes, |b| i64::from_le_bytes(b) as f64),
            _ => return Err(self.unexpected("float64 or float32")),
        })
    }

    /// The values as what `convert` makes of integers from 0 to `largest`.
    ///
    /// # Errors
    ///
    /// Another type than integers of 32 or 64 bits, or a value out of range.
    pub(crate) fn integers<T>(
        &self,
        largest: u64,
        from: impl Fn(u64) -> T,
    ) -> Result<Vec<T>, NpyError> {
        let mut wrong = None;
        let mut index = 0;
        let mut checked = |value: i128| {
            let value = match u64::try_from(value) {
                Ok(small) if small <= largest => small,
                _ => {
                    wrong.get_or_insert(NpyError::Range {
                        index,
                        value,
                        largest,
                    });
                    0
                }
            };
            index += 1;
            from(value)
        };
        let bytes = self.bytes();
        let values = match self.descr.as_str() {
            "<i4" => convert(bytes, |b| checked(i32::from_le_bytes(b).into())),
            "<i8" => convert(bytes, |b| checked(i64::from_le_bytes(b).into())),
            "<u4" => convert(bytes, |b| checked(u32::from_le_bytes(b).into())),
            "<u8" => convert(bytes, |b| checked(u64::from_le_bytes(b).into())),
            ">i4" => convert(bytes, |b| checked(i32::from_be_bytes(b).into())),
            ">i8" => convert(bytes, |b| checked(i64::from_be_bytes(b).into())),
            _ => return Err(self.unexpected("int32 or int64")),
        };
        wrong.map_or(Ok(values), Err)
    }

    fn unexpected(&self, expected: &'static str) -> NpyError {
        let found = format!("{:?}", crate::shorten(&self.descr));
        NpyError::Type { found, expected }
    }
}

/// The value of `key` in a header like `{'descr': '<f8', 'shape': (3,), }`; of a tuple, its inside.
fn entry<'a>(header: &'a str, key: &str) -> Result<&'a str, NpyError> {
    let find = || {
        let (_, rest) = header.split_once(&format!("'{key}'"))?;
        let rest = rest.trim_start().strip_prefix(':')?.trim_start();
        match rest.strip_prefix('(') {
            Some(tuple) => tuple.split_once(')').map(|(inside, _)| inside),
            None => rest.split_once([',', '}']).map(|(value, _)| value.trim()),
        }
    };
    find().ok_or(NpyError::Header)
}

fn convert<const N: usize, T>(bytes: &[u8], from: impl FnMut([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().copied().map(from).collect()
}

/// Writes the header of an array of type `descr` and the given shape (`3,` or nothing).
///
/// # Errors
///
/// Whatever `out` returns.
pub(crate) fn write_header(out: &mut dyn Write, descr: &str, shape: &str) -> io::Result<()> {
    let mut header =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
    let start = MAGIC.len() + 4;
    while !(start + header.len() + 1).is_multiple_of(ALIGNMENT) {
        header.push(' ');
    }
    header.push('\n');
    out.write_all(MAGIC)?;
    out.write_all(&[1, 0])?;
    // The header has some eighty characters.
    out.write_all(&(header.len() as u16).to_le_bytes())?;
    out.write_all(header.as_bytes())
}

/// Values handed on at once: their bytes are still in the cache when they are summed up and copied.
const CHUNK: usize = 1 << 14;

/// Writes an array of one dimension: the bytes that `to_bytes` makes of each value.
///
/// # Errors
///
/// Whatever `out` returns.
pub(crate) fn write_values<T: Copy, const N: usize>(
    out: &mut dyn Write,
    descr: &str,
    values: &[T],
    to_bytes: impl Fn(T) -> [u8; N],
) -> io::Result<()> {
    write_header(out, descr, &format!("{},", values.len()))?;
    let mut buffer = Vec::with_capacity(CHUNK * N);
    for values in values.chunks(CHUNK) {
        buffer.clear();
        buffer.extend(values.iter().flat_map(|value| to_bytes(*value)));
        out.write_all(&buffer)?;
    }
    Ok(())
}

/// Writes an array of one dimension as [`write_values`] does, where `to_bytes` puts the least
/// significant byte first and nothing else: on most machines the bytes as they are in memory.
///
/// # Errors
///
/// Whatever `out` returns.
pub(crate) fn write_plain<T: NoUninit, const N: usize>(
    out: &mut dyn Write,
    descr: &str,
    values: &[T],
    to_bytes: impl Fn(T) -> [u8; N],
) -> io::Result<()> {
    if cfg!(target_endian = "big") {
        return write_values(out, descr, values, to_bytes);
    }
    write_header(out, descr, &format!("{},", values.len()))?;
    for values in values.chunks(CHUNK) {
        out.write_all(bytemuck::cast_slice(values))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut file = Vec::new();
        write_plain(&mut file, "<f8", &[1.5, -0.1], f64::to_le_bytes).unwrap();
        assert_eq!((file.len() - 16) % ALIGNMENT, 0);
        assert_eq!(
            Npy::parse(file.clone()).unwrap().floats().unwrap(),
            [1.5, -0.1]
        );
        file.pop();
        let message = Npy::parse(file.clone()).unwrap_err().to_string();
        assert_eq!(message, "15 bytes of values, expected 16");
    }

    #[test]
    fn plain_values_are_written_as_any_others() {
        let values: Vec<f64> = (0..40_000).map(|i| f64::from(i) / 7.0).collect();
        let (mut plain, mut others) = (Vec::new(), Vec::new());
        write_plain(&mut plain, "<f8", &values, f64::to_le_bytes).unwrap();
        write_values(&mut others, "<f8", &values, f64::to_le_bytes).unwrap();
        assert!(plain == others);
        assert_eq!(Npy::parse(plain).unwrap().floats().unwrap(), values);
    }

    #[test]
    fn integers_out_of_range_are_errors() {
        let mut file = Vec::new();
        write_values(&mut file, "<i4", &[3, -1], i32::to_le_bytes).unwrap();
        let array = Npy::parse(file.clone()).unwrap();
        let message = array.integers(9, |v| v).unwrap_err().to_string();
        assert_eq!(message, "value 1 is -1, expected 0 to 9");
        assert!(array.text().is_err());
    }

    #[test]
    fn claims_without_end_are_errors() {
        let mut file = Vec::new();
        write_header(&mut file, "<f8", "99999999999999, 99999999999999").unwrap();
        assert!(matches!(
            Npy::parse(file.clone()),
            Err(NpyError::Length { .. })
        ));
    }
}
