//! Base64 as VTU files use it: several streams one after the other, each padded on its own.

use std::borrow::Cow;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine, alphabet};
use rayon::prelude::*;

use super::error::ArrayError;

/// Padding may be missing, and bits left over may be set: some writers are careless.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Characters that `bytes` bytes take, padding included.
pub(crate) const fn encoded_size(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

/// Appends `bytes` as one padded stream.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    BASE64.encode_string(bytes, out);
}

/// Encoded characters that are read from the front.
pub(crate) struct Base64Text<'a> {
    text: Cow<'a, [u8]>,
    position: usize,
}

impl<'a> Base64Text<'a> {
    /// The characters of `text`, without the white space that inline data are laid out with.
    pub(crate) fn inline(text: &'a str) -> Self {
        let text = text.trim_ascii().as_bytes();
        let text = if has_white_space(text) {
            Cow::Owned(
                text.iter()
                    .copied()
                    .filter(|c| !c.is_ascii_whitespace())
                    .collect(),
            )
        } else {
            Cow::Borrowed(text)
        };
        Self { text, position: 0 }
    }

    /// The characters of `text`, which run on into other arrays.
    pub(crate) const fn appended(text: &'a [u8]) -> Self {
        Self {
            text: Cow::Borrowed(text),
            position: 0,
        }
    }

    /// Whether all characters have been read.
    pub(crate) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// The first `bytes` bytes of the stream that begins here, and the bytes that share their last
    /// four characters; the position moves past those.
    ///
    /// # Errors
    ///
    /// Too few characters, or damaged ones.
    pub(crate) fn read(&mut self, bytes: usize, what: &'static str) -> Result<Vec<u8>, ArrayError> {
        let rest = self.rest();
        let length = encoded_size(bytes).min(rest.len());
        let decoded = BASE64.decode(&rest[..length])?;
        if decoded.len() < bytes {
            return Err(ArrayError::Truncated {
                what,
                needed: bytes as u64,
                available: rest.len() / 4 * 3,
            });
        }
        self.position += length;
        Ok(decoded)
    }

    /// Whether the stream that was read last was closed by padding.
    pub(crate) fn was_padded(&self) -> bool {
        self.position > 0 && self.text.get(self.position - 1) == Some(&b'=')
    }

    /// Goes back to the beginning.
    pub(crate) fn rewind(&mut self) {
        self.position = 0;
    }

    /// Appends the next `bytes` bytes to `out`.
    ///
    /// # Errors
    ///
    /// Too few characters, or damaged ones.
    pub(crate) fn read_into(
        &mut self,
        out: &mut Vec<u8>,
        bytes: usize,
        what: &'static str,
    ) -> Result<(), ArrayError> {
        let rest = self.rest();
        let length = encoded_size(bytes);
        let before = out.len();
        // A last group without its padding is still whole.
        let available = rest.len() / 4 * 3 + (rest.len() % 4).saturating_sub(1);
        if bytes > available {
            return Err(ArrayError::Truncated {
                what,
                needed: bytes as u64,
                available,
            });
        }
        let length = length.min(rest.len());
        out.reserve_exact(length.div_ceil(4) * 3);
        decode(&rest[..length], out)?;
        let found = out.len() - before;
        if found < bytes {
            return Err(ArrayError::Truncated {
                what,
                needed: bytes as u64,
                available: found,
            });
        }
        out.truncate(before + bytes);
        self.position += length;
        Ok(())
    }
}

/// Whether there is white space. It is counted block by block, which needs no branch per byte.
fn has_white_space(text: &[u8]) -> bool {
    let mut blocks = text.chunks(1 << 12);
    blocks.any(|block| {
        let found = block.iter().filter(|byte| byte.is_ascii_whitespace());
        found.count() > 0
    })
}

/// Characters that a thread decodes at a time: a whole number of groups of four.
const CHUNK: usize = 1 << 16;

/// Appends the bytes that `text` stands for. In parallel.
fn decode(text: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let before = out.len();
    // Padding may stand at the end only; what is not plain is left to one thread, and errors are.
    let plain = text.len().saturating_sub(1) / CHUNK * CHUNK;
    let (text_of_chunks, rest) = text.split_at(plain);
    out.resize(before + plain / 4 * 3, 0);
    let are_decoded = text_of_chunks
        .par_chunks(CHUNK)
        .zip(out[before..].par_chunks_mut(CHUNK / 4 * 3))
        .all(|(text, out)| BASE64.decode_slice(text, out) == Ok(out.len()));
    if are_decoded && BASE64.decode_vec(rest, out).is_ok() {
        return Ok(());
    }
    out.truncate(before);
    BASE64.decode_vec(text, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_read_one_after_the_other() {
        let mut text = String::new();
        encode(b"head", &mut text);
        encode(b"body and more", &mut text);
        let mut stream = Base64Text::inline(&text);
        assert_eq!(stream.read(4, "header").unwrap(), b"head");
        assert!(stream.was_padded());
        let mut body = Vec::new();
        stream.read_into(&mut body, 13, "data").unwrap();
        assert_eq!(body, b"body and more");
        assert!(stream.is_empty());
    }

    #[test]
    fn white_space_and_missing_padding_do_not_matter() {
        let mut body = Vec::new();
        Base64Text::inline("\n  Ym9k\n  eQ\n")
            .read_into(&mut body, 4, "data")
            .unwrap();
        assert_eq!(body, b"body");
    }

    #[test]
    fn a_long_stream_is_decoded_as_a_short_one_and_damage_is_found_where_it_is() {
        let bytes: Vec<u8> = (0..CHUNK).map(|i| (i * i / 7) as u8).collect();
        let mut text = String::new();
        encode(&bytes, &mut text);
        let mut decoded = b"before".to_vec();
        decode(text.as_bytes(), &mut decoded).unwrap();
        assert_eq!(decoded, [b"before", &*bytes].concat());
        for place in [5, CHUNK - 1, CHUNK, text.len() - 9] {
            for character in [b'!', b'='] {
                let mut text = text.clone().into_bytes();
                text[place] = character;
                let error = BASE64.decode(&text).unwrap_err();
                assert_eq!(decode(&text, &mut Vec::new()), Err(error));
            }
        }
    }

    #[test]
    fn too_few_characters_are_an_error() {
        let error = Base64Text::inline("Ym9k")
            .read_into(&mut Vec::new(), 4, "data")
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("data of 4 bytes, but the file has 3 left")
        );
        assert!(Base64Text::inline("!!!!").read(3, "data").is_err());
    }
}
