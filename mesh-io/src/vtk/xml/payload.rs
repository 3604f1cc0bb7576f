//! From an array's element to its bytes: out of base64, out of compression, checked sizes.

use std::borrow::Cow;

use super::base64_stream::Base64Text;
use super::blocks::{BlockSizes, Blocks};
use super::bytes::Bytes;
use super::document::{Appended, ArrayElement, ArrayText};
use super::error::ArrayError;
use super::numbers::{ArrayData, Payload};
use super::scalar::{Compressor, Encoding, ScalarType};
use crate::shorten;

/// The values of `array`, decoded as far as bytes, compressed blocks or digits; raw appended bytes
/// are not copied.
///
/// # Errors
///
/// Bytes that are damaged or not there.
pub(crate) fn read_payload<'a>(
    array: &'a ArrayElement<'a>,
    encoding: Encoding,
    appended: Option<Appended<'a>>,
) -> Result<ArrayData<'a>, ArrayError> {
    let scalar = ScalarType::from_name(&array.scalar).ok_or_else(|| ArrayError::Type {
        found: shorten(&array.scalar),
    })?;
    let payload = match &array.data {
        ArrayText::Ascii(text, before) => Payload::Text(text, before),
        ArrayText::Binary(text) => Payload::Bytes(read_base64(Base64Text::inline(text), encoding)?),
        ArrayText::Appended(offset) => {
            let Appended { data, is_base64 } = appended.ok_or(ArrayError::NoAppendedData)?;
            let data = data.get(*offset..).ok_or(ArrayError::Offset {
                offset: *offset,
                available: data.len(),
            })?;
            Payload::Bytes(if is_base64 {
                read_base64(Base64Text::appended(data), encoding)?
            } else {
                read_raw(data, encoding)?
            })
        }
    };
    Ok(ArrayData {
        scalar,
        order: encoding.byte_order,
        payload,
    })
}

/// The bytes of one array at the beginning of `data`.
fn read_raw(data: &[u8], encoding: Encoding) -> Result<Bytes<'_>, ArrayError> {
    let Encoding {
        byte_order,
        header,
        compressor,
    } = encoding;
    let cut = |what, needed| ArrayError::Truncated {
        what,
        needed,
        available: data.len(),
    };
    let first = header
        .read(data, byte_order)
        .ok_or_else(|| cut("the size of the data", header.size() as u64))?;
    if compressor == Compressor::None {
        let rest = data.get(header.size()..).unwrap_or_default();
        let bytes = usize::try_from(first)
            .ok()
            .and_then(|size| rest.get(..size));
        return bytes.map(plain).ok_or(ArrayError::Truncated {
            what: "data",
            needed: first,
            available: rest.len(),
        });
    }
    let needed = BlockSizes::header_values(first).saturating_mul(header.size() as u64);
    let (head, blocks) = usize::try_from(needed)
        .ok()
        .and_then(|size| data.split_at_checked(size))
        .ok_or_else(|| cut("the block header", needed))?;
    match BlockSizes::read(head, header, byte_order, compressor)? {
        Some(sizes) => {
            let blocks = Blocks::new(sizes, compressor, Cow::Borrowed(blocks));
            Ok(Bytes::Compressed(blocks))
        }
        None => Ok(plain(&[])),
    }
}

const fn plain(bytes: &[u8]) -> Bytes<'_> {
    Bytes::Plain(Cow::Borrowed(bytes))
}

/// The bytes of one array at the beginning of `text`.
fn read_base64(mut text: Base64Text<'_>, encoding: Encoding) -> Result<Bytes<'static>, ArrayError> {
    let Encoding {
        byte_order,
        header,
        compressor,
    } = encoding;
    // VTK writes nothing at all for an empty inline array.
    if text.is_empty() {
        return Ok(plain(&[]));
    }
    let head = text.read(header.size(), "the size of the data")?;
    let first = header.read(&head, byte_order).unwrap_or_default();
    let too_long = |what, needed| ArrayError::Truncated {
        what,
        needed,
        available: 0,
    };
    if compressor == Compressor::None {
        let size = usize::try_from(first).map_err(|_| too_long("data", first))?;
        let mut bytes = Vec::new();
        if text.was_padded() && size > head.len() - header.size() {
            // Header and data are streams of their own: not VTK's way, but met.
            text.read_into(&mut bytes, size, "data")?;
        } else {
            let begun = &head[header.size()..];
            bytes.extend_from_slice(&begun[..begun.len().min(size)]);
            let rest = size - bytes.len();
            text.read_into(&mut bytes, rest, "data")?;
        }
        return Ok(Bytes::Plain(Cow::Owned(bytes)));
    }
    let needed = BlockSizes::header_values(first).saturating_mul(header.size() as u64);
    let head_size = usize::try_from(needed).map_err(|_| too_long("the block header", needed))?;
    text.rewind();
    let mut head = Vec::new();
    text.read_into(&mut head, head_size, "the block header")?;
    match BlockSizes::read(&head, header, byte_order, compressor)? {
        Some(sizes) => {
            let mut compressed = Vec::new();
            text.read_into(&mut compressed, sizes.compressed_size(), "compressed data")?;
            let blocks = Blocks::new(sizes, compressor, Cow::Owned(compressed));
            Ok(Bytes::Compressed(blocks))
        }
        None => Ok(plain(&[])),
    }
}
