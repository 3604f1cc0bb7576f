//! The `.xz` container of LZMA blocks, opened with a limit on what comes out of it.
//!
//! `lzma_rs` decodes what is inside; its own reader of the container takes as much memory as the
//! data ask for and does sums on unchecked sizes. Layout: a stream header of 12 bytes; a block
//! header, its length in units of four bytes in its first byte; LZMA2 chunks, each with its sizes
//! before and after compression; padding to four bytes; a checksum; an index, which is not needed.

use std::io::{self, Write};

use flate2::Crc;

const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
const STREAM_HEADER: usize = 12;
const LZMA2: u8 = 0x21;

/// Appends `bytes` as one stream of stored chunks.
///
/// # Errors
///
/// None in practice: writing to memory does not fail.
pub(crate) fn compress(bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    lzma_rs::xz_compress(&mut io::Cursor::new(bytes), out)
}

/// Appends the `expected` bytes that the stream `data` holds.
///
/// # Errors
///
/// A stream that is damaged, of another size, or of a kind that is not read, in words.
pub(crate) fn decompress(data: &[u8], expected: usize, out: &mut Vec<u8>) -> Result<(), String> {
    if data.get(..6) != Some(&MAGIC[..]) {
        return Err("no .xz stream".to_owned());
    }
    let check = data.get(7).copied().unwrap_or_default() & 0x0f;
    let header = data.get(STREAM_HEADER..).unwrap_or_default();
    let header_size = (usize::from(*header.first().ok_or("it is cut")?) + 1) * 4;
    let (header, body) = header.split_at_checked(header_size).ok_or("it is cut")?;
    check_block_header(header)?;

    let (chunks, claimed) = measure_chunks(body)?;
    if claimed != expected {
        return Err(format!("it holds {claimed} bytes, expected {expected}"));
    }
    let before = out.len();
    let mut bounded = Bounded {
        out: &mut *out,
        left: expected,
    };
    lzma_rs::lzma2_decompress(&mut &body[..chunks], &mut bounded).map_err(|e| e.to_string())?;
    if out.len() - before != expected {
        return Err(format!(
            "it holds {} bytes, expected {expected}",
            out.len() - before
        ));
    }
    let padding = (4 - chunks % 4) % 4;
    let checksum = body.get(chunks + padding..).unwrap_or_default();
    verify(check, checksum, &out[before..])
}

/// Refuses filters other than LZMA2 alone.
fn check_block_header(header: &[u8]) -> Result<(), String> {
    let flags = *header.get(1).ok_or("it is cut")?;
    let mut position = 2;
    // Sizes that may stand here are repeated by the chunks.
    for bit in [0x40, 0x80] {
        if flags & bit != 0 {
            let size = header[position..]
                .iter()
                .position(|b| b & 0x80 == 0)
                .ok_or("it is cut")?;
            position += size + 1;
        }
    }
    if flags & 0x03 != 0 || header.get(position) != Some(&LZMA2) {
        return Err("it is filtered by something else than LZMA2".to_owned());
    }
    Ok(())
}

/// The bytes that the chunks take, their end mark included, and the bytes they say they hold.
fn measure_chunks(body: &[u8]) -> Result<(usize, usize), String> {
    let at = |i: usize| body.get(i).map(|b| usize::from(*b)).ok_or("it is cut");
    let word = |i: usize| Ok::<_, &str>((at(i)? << 8) + at(i + 1)? + 1);
    let (mut position, mut claimed) = (0_usize, 0_usize);
    loop {
        let (size, holds) = match at(position)? {
            0 => return Ok((position + 1, claimed)),
            1 | 2 => (3 + word(position + 1)?, word(position + 1)?),
            control if control >= 0x80 => {
                let properties = usize::from(control >= 0xc0);
                let holds = ((control & 0x1f) << 16) + word(position + 1)?;
                (5 + properties + word(position + 3)?, holds)
            }
            control => return Err(format!("it has a chunk of unknown kind {control}")),
        };
        position += size;
        claimed = claimed.saturating_add(holds);
    }
}

/// Compares the checksum of `bytes`, where it is of a kind that is known here.
fn verify(check: u8, stored: &[u8], bytes: &[u8]) -> Result<(), String> {
    let holds = match check {
        1 => {
            let mut crc = Crc::new();
            crc.update(bytes);
            stored.first_chunk::<4>() == Some(&crc.sum().to_le_bytes())
        }
        4 => stored.first_chunk::<8>() == Some(&crc64(bytes).to_le_bytes()),
        // None, SHA-256 or a kind of the future.
        _ => true,
    };
    if holds {
        Ok(())
    } else {
        Err("its checksum does not match".to_owned())
    }
}

/// The CRC of ECMA-182 as `.xz` uses it (reflected, inverted before and after).
fn crc64(bytes: &[u8]) -> u64 {
    const TABLE: [u64; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u64;
            let mut bit = 0;
            while bit < 8 {
                let carry = if value & 1 == 1 {
                    0xc96c_5795_d787_0f42
                } else {
                    0
                };
                value = (value >> 1) ^ carry;
                bit += 1;
            }
            table[byte] = value;
            byte += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, byte| {
        TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8)
    })
}

/// Takes no more bytes than it was made for.
struct Bounded<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or_else(|| io::Error::other("it holds more than it says"))?;
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_crc_is_right() {
        assert_eq!(crc64(b"123456789"), 0x995d_c9bb_df19_39fa);
    }

    #[test]
    fn every_cut_of_a_stream_is_an_error() {
        let mut stream = Vec::new();
        compress(&[1, 2, 3, 4, 5], &mut stream).unwrap();
        let mut out = Vec::new();
        assert_eq!(decompress(&stream, 5, &mut out), Ok(()));
        assert_eq!(out, [1, 2, 3, 4, 5]);
        for length in 0..24 {
            assert!(
                decompress(&stream[..length], 5, &mut Vec::new()).is_err(),
                "{length}"
            );
        }
        assert!(decompress(&stream, 6, &mut Vec::new()).is_err());
    }
}
