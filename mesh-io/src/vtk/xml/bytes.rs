//! The bytes of an array, plain or in compressed blocks, and their way to values.

use std::borrow::Cow;

use bytemuck::Zeroable;
use rayon::prelude::*;

use super::blocks::Blocks;
use super::error::ArrayError;
use super::scalar::ByteOrder;

/// The bytes of one array.
#[derive(Debug)]
pub(crate) enum Bytes<'a> {
    /// As they stand.
    Plain(Cow<'a, [u8]>),
    /// In compressed blocks.
    Compressed(Blocks<'a>),
}

/// Values that a thread converts at a time.
const CHUNK: usize = 1 << 14;

impl Bytes<'_> {
    /// The bytes as they stand.
    ///
    /// # Errors
    ///
    /// Damaged blocks, and bytes that are no whole number of values of `size` bytes.
    pub(crate) fn plain(&self, size: usize) -> Result<Cow<'_, [u8]>, ArrayError> {
        let bytes = match self {
            Self::Plain(bytes) => Cow::Borrowed(&**bytes),
            Self::Compressed(blocks) => Cow::Owned(blocks.decompress()?),
        };
        if bytes.len().is_multiple_of(size) {
            Ok(bytes)
        } else {
            Err(ArrayError::PartOfValue {
                bytes: bytes.len(),
                size,
            })
        }
    }

    /// What `from` makes of every `N` bytes, given least significant first. In parallel.
    ///
    /// # Errors
    ///
    /// As [`plain`](Self::plain).
    pub(crate) fn convert<const N: usize, T: Zeroable + Send>(
        &self,
        order: ByteOrder,
        from: impl Fn([u8; N]) -> T + Sync,
    ) -> Result<Vec<T>, ArrayError> {
        if let Self::Compressed(blocks) = self
            && blocks.hold_whole_values(N)
        {
            return blocks.map(N, |bytes, values| fill(bytes, order, &from, values));
        }
        let bytes = self.plain(N)?;
        let mut values =
            zeroed(bytes.len() / N).ok_or(ArrayError::Memory { bytes: bytes.len() })?;
        values
            .par_chunks_mut(CHUNK)
            .zip(bytes.par_chunks(CHUNK * N))
            .for_each(|(values, bytes)| fill(bytes, order, &from, values));
        Ok(values)
    }
}

/// Writes what `from` makes of every `N` bytes.
fn fill<const N: usize, T>(
    bytes: &[u8],
    order: ByteOrder,
    from: impl Fn([u8; N]) -> T,
    values: &mut [T],
) {
    let pairs = bytes.as_chunks::<N>().0.iter().zip(values);
    // One loop per order: the compiler turns the first into a copy where it can.
    match order {
        ByteOrder::Little => pairs.for_each(|(bytes, value)| *value = from(*bytes)),
        ByteOrder::Big => pairs.for_each(|(bytes, value)| *value = from(order.order(*bytes))),
    }
}

/// So many zeros, or nothing where there is no memory for them. It is taken when it is written.
pub(crate) fn zeroed<T: Zeroable>(count: usize) -> Option<Vec<T>> {
    bytemuck::allocation::try_zeroed_vec(count).ok()
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{BlockSizes, compress};
    use super::super::scalar::{Compressor, Encoding};
    use super::*;

    /// The values 0, 1, … as bytes, in blocks as they are written.
    fn compressed(count: u32, compressor: Compressor) -> (Vec<u8>, Bytes<'static>) {
        let bytes: Vec<u8> = (0..count).flat_map(u32::to_le_bytes).collect();
        let encoding = Encoding {
            compressor,
            ..Encoding::default()
        };
        let (header, pieces) = compress(&bytes, encoding).unwrap();
        let Encoding {
            header: width,
            byte_order,
            ..
        } = encoding;
        let sizes = BlockSizes::read(&header, width, byte_order, compressor);
        let blocks = Blocks::new(
            sizes.unwrap().unwrap(),
            compressor,
            Cow::Owned(pieces.concat()),
        );
        (bytes, Bytes::Compressed(blocks))
    }

    #[test]
    fn blocks_and_plain_bytes_give_the_same_values() {
        for compressor in [Compressor::Zlib, Compressor::Lz4, Compressor::Lzma] {
            for count in [1, 8192, 8193, 100_000] {
                let (bytes, compressed) = compressed(count, compressor);
                let plain = Bytes::Plain(Cow::Borrowed(&bytes));
                for order in [ByteOrder::Little, ByteOrder::Big] {
                    let convert = |bytes: &Bytes<'_>| bytes.convert(order, u32::from_le_bytes);
                    let values = convert(&plain).unwrap();
                    assert_eq!(convert(&compressed).unwrap(), values);
                    let first = order.order(1_u32.to_le_bytes());
                    assert!(count == 1 || values[1] == u32::from_le_bytes(first));
                }
            }
        }
    }

    #[test]
    fn values_that_stand_in_two_blocks_are_read() {
        // Blocks of 32768 bytes are no whole number of triples of bytes.
        let (bytes, compressed) = compressed(3 * 8192, Compressor::Zlib);
        let triples = compressed.convert(ByteOrder::Little, |triple: [u8; 3]| triple);
        assert_eq!(triples.unwrap(), bytes.as_chunks::<3>().0);
    }

    #[test]
    fn a_part_of_a_value_is_an_error() {
        let (_, compressed) = compressed(8193, Compressor::Zlib);
        let error = compressed.convert(ByteOrder::Little, u64::from_le_bytes);
        let message = error.unwrap_err().to_string();
        assert_eq!(message, "32772 bytes, expected a multiple of 8");
    }
}
