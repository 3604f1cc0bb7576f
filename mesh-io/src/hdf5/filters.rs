//! What was done to a chunk when it was written, undone.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::Hdf5Error;
use super::checksum::fletcher32;
use super::cursor::Cursor;

/// The filters of a data set, in the order of writing.
#[derive(Default)]
pub(super) struct Filters(Vec<Filter>);

enum Filter {
    Deflate,
    /// Bytes of elements of this size sorted by their place in the element.
    Shuffle(usize),
    Fletcher32,
}

/// The most that deflated data can grow, and what a few bytes can make.
const MOST_GROWTH: u64 = 1032;
const SLACK: u64 = 1024;

impl Filters {
    pub(super) fn read(mut body: Cursor<'_>) -> Result<Self, Hdf5Error> {
        let version = body.version("the list of filters", &[1, 2])?;
        let count = body.u8()?;
        body.skip(if version == 1 { 6 } else { 0 })?;
        let mut filters = Vec::new();
        for _ in 0..count {
            let id = body.u16()?;
            let name = if version == 1 || id >= 256 {
                usize::from(body.u16()?)
            } else {
                0
            };
            body.skip(2)?;
            let values = body.u16()?;
            body.skip(name)?;
            let mut first = None;
            for _ in 0..values {
                let value = body.u32()? as usize;
                first.get_or_insert(value);
            }
            body.skip(if version == 1 && values % 2 == 1 {
                4
            } else {
                0
            })?;
            filters.push(match id {
                1 => Filter::Deflate,
                2 => Filter::Shuffle(first.unwrap_or(1)),
                3 => Filter::Fletcher32,
                _ => {
                    let what = format!("data compressed by the filter {id}");
                    return Err(Hdf5Error::Unsupported { what });
                }
            });
        }
        Ok(Self(filters))
    }

    /// Whether so many stored bytes can be so many of values.
    pub(super) fn can_be(&self, stored: u64, size: u64) -> bool {
        if self
            .0
            .iter()
            .any(|filter| matches!(filter, Filter::Deflate))
        {
            size <= stored.saturating_mul(MOST_GROWTH).saturating_add(SLACK)
        } else {
            size <= stored
        }
    }

    /// The `size` bytes that were stored as `stored`, with those filters left out whose bit is set
    /// in `mask`; what is wrong, in words.
    pub(super) fn undo(&self, stored: &[u8], size: usize, mask: u32) -> Result<Vec<u8>, String> {
        let mut bytes = stored.to_vec();
        for (index, filter) in self.0.iter().enumerate().rev() {
            if mask.checked_shr(index as u32).unwrap_or(0) & 1 == 1 {
                continue;
            }
            bytes = match filter {
                // A checksum may be among what was compressed.
                Filter::Deflate => inflate(&bytes, size + 4)?,
                Filter::Shuffle(element) => unshuffle(&bytes, *element),
                Filter::Fletcher32 => check_sum(bytes)?,
            };
        }
        if bytes.len() == size {
            Ok(bytes)
        } else {
            Err(format!("it has {} bytes, expected {size}", bytes.len()))
        }
    }
}

fn inflate(bytes: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let mut inflated = Vec::new();
    let mut decoder = ZlibDecoder::new(bytes).take(most as u64 + 1);
    match decoder.read_to_end(&mut inflated) {
        Ok(_) => Ok(inflated),
        Err(error) => Err(format!("damaged compressed data: {error}")),
    }
}

fn unshuffle(bytes: &[u8], element: usize) -> Vec<u8> {
    let elements = bytes.len().checked_div(element).unwrap_or(0);
    if element < 2 || elements < 2 {
        return bytes.to_vec();
    }
    let (shuffled, rest) = bytes.split_at(elements * element);
    let mut plain = vec![0; shuffled.len()];
    for (place, column) in shuffled.chunks_exact(elements).enumerate() {
        for (element, byte) in plain.chunks_exact_mut(element).zip(column) {
            element[place] = *byte;
        }
    }
    plain.extend_from_slice(rest);
    plain
}

fn check_sum(mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let Some((data, sum)) = bytes.split_last_chunk::<4>() else {
        return Err("it is too short for its checksum".to_owned());
    };
    let (found, expected) = (u32::from_le_bytes(*sum), fletcher32(data));
    // Old versions of the library exchanged the bytes of each word.
    let exchanged = (expected & 0x00ff_00ff) << 8 | expected >> 8 & 0x00ff_00ff;
    if found != expected && found != exchanged {
        return Err("it has a wrong checksum; the file is damaged".to_owned());
    }
    bytes.truncate(bytes.len() - 4);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffled_bytes_go_back() {
        assert_eq!(unshuffle(b"abcdef", 3), b"acebdf");
        assert_eq!(unshuffle(b"abcdefg", 3), b"acebdfg");
        assert_eq!(unshuffle(b"abc", 0), b"abc");
    }
}
