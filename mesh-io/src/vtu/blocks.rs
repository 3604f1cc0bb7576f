//! Compressed data: a header of sizes, then blocks that are compressed one by one.
//!
//! The header holds the number of blocks, the size of a block before compression, the size of the
//! last block where that differs (0: it does not), and the size of every block after compression.

use std::io::{self, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

use super::error::ArrayError;
use super::scalar::{ByteOrder, Compressor, Encoding, HeaderType};
use super::xz;

/// Bytes of a block that is written; VTK's own choice.
const BLOCK_SIZE: usize = 32768;

/// Effort of zlib, 0 to 9. A million hexahedra took 37 MB at 3 and at 6, which needed half as long
/// again, but 52 MB at 1.
const ZLIB_LEVEL: u32 = 3;

/// The sizes of the blocks of one array; at least one block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BlockSizes {
    block: usize,
    last: usize,
    compressed: Vec<usize>,
}

impl BlockSizes {
    /// Numbers in a header of `blocks` blocks.
    pub(crate) const fn header_values(blocks: u64) -> u64 {
        if blocks == 0 {
            1
        } else {
            blocks.saturating_add(3)
        }
    }

    /// The sizes that the whole header `bytes` holds, or nothing when there are no blocks.
    ///
    /// # Errors
    ///
    /// A header that is cut, or sizes that cannot be.
    pub(crate) fn read(
        bytes: &[u8],
        header: HeaderType,
        order: ByteOrder,
        compressor: Compressor,
    ) -> Result<Option<Self>, ArrayError> {
        let mut values = bytes
            .chunks_exact(header.size())
            .filter_map(|v| header.read(v, order));
        let cut = || ArrayError::Truncated {
            what: "the block header",
            needed: header.size() as u64 * 4,
            available: bytes.len(),
        };
        let blocks = values.next().ok_or_else(cut)?;
        if blocks == 0 {
            return Ok(None);
        }
        let block = values.next().ok_or_else(cut)?;
        let last = values.next().ok_or_else(cut)?;
        let last = if last == 0 { block } else { last };
        let mut compressed = Vec::new();
        for (index, size) in values.enumerate() {
            let claimed = if index as u64 + 1 == blocks {
                last
            } else {
                block
            };
            let lie = || ArrayError::Claim {
                block: index,
                claimed,
                compressed: size,
            };
            let size = usize::try_from(size).map_err(|_| lie())?;
            if claimed > compressor.most_bytes_of(size) as u64 {
                return Err(lie());
            }
            compressed.push(size);
            if compressed.len() as u64 == blocks {
                // Both fit: they are not above `most_bytes_of`, or no block has that size.
                let block = usize::try_from(block).unwrap_or(usize::MAX);
                let last = usize::try_from(last).map_err(|_| lie())?;
                return Ok(Some(Self {
                    block,
                    last,
                    compressed,
                }));
            }
        }
        Err(cut())
    }

    /// Bytes of all blocks after compression.
    pub(crate) fn compressed_size(&self) -> usize {
        self.compressed
            .iter()
            .fold(0, |sum, size| sum.saturating_add(*size))
    }

    /// Bytes of all blocks before compression.
    fn size(&self) -> usize {
        (self.compressed.len() - 1)
            .saturating_mul(self.block)
            .saturating_add(self.last)
    }

    /// The decompressed blocks, from the compressed ones one after the other in `data`.
    ///
    /// # Errors
    ///
    /// Damaged blocks, or blocks of another size than the header says.
    pub(crate) fn decompress(
        &self,
        data: &[u8],
        compressor: Compressor,
    ) -> Result<Vec<u8>, ArrayError> {
        let mut out = Vec::new();
        let bytes = self.size();
        out.try_reserve_exact(bytes)
            .map_err(|_| ArrayError::Memory { bytes })?;
        let mut zlib = Decompress::new(true);
        let mut rest = data;
        for (block, &size) in self.compressed.iter().enumerate() {
            let (compressed, after) = rest.split_at_checked(size).ok_or(ArrayError::Truncated {
                what: "a compressed block",
                needed: size as u64,
                available: rest.len(),
            })?;
            rest = after;
            let is_last = block + 1 == self.compressed.len();
            let expected = if is_last { self.last } else { self.block };
            let before = out.len();
            if compressor == Compressor::Lzma {
                xz::decompress(compressed, expected, &mut out).map_err(|reason| {
                    ArrayError::Decompress {
                        block,
                        compressor,
                        reason,
                    }
                })?;
            } else {
                out.resize(before + expected, 0);
                let found = match compressor {
                    Compressor::Zlib => inflate(&mut zlib, compressed, &mut out[before..]),
                    Compressor::Lz4 => {
                        lz4_flex::block::decompress_into(compressed, &mut out[before..])
                            .map_err(|error| error.to_string())
                    }
                    Compressor::None | Compressor::Lzma => Err("it is not compressed".to_owned()),
                };
                let found = found.map_err(|reason| ArrayError::Decompress {
                    block,
                    compressor,
                    reason,
                })?;
                out.truncate(before + found);
            }
            let found = out.len() - before;
            if found != expected {
                return Err(ArrayError::BlockSize {
                    block,
                    found,
                    expected,
                });
            }
        }
        Ok(out)
    }
}

/// Bytes written to `out`, out of one zlib stream.
fn inflate(zlib: &mut Decompress, compressed: &[u8], out: &mut [u8]) -> Result<usize, String> {
    zlib.reset(true);
    match zlib.decompress(compressed, out, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) => Ok(zlib.total_out() as usize),
        Ok(Status::Ok | Status::BufError) if zlib.total_out() == out.len() as u64 => {
            Err("it goes on past the size in its header, or lacks its end".to_owned())
        }
        Ok(Status::Ok | Status::BufError) => Err("it ends too early".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// `bytes` in compressed blocks: the header and the data. The compressor is not
/// [`Compressor::None`].
///
/// # Errors
///
/// A size that does not fit the header type.
pub(crate) fn compress(bytes: &[u8], encoding: Encoding) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let Encoding {
        byte_order,
        header: width,
        compressor,
    } = encoding;
    let mut data = Vec::new();
    let mut sizes = Vec::new();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(ZLIB_LEVEL));
    for block in bytes.chunks(BLOCK_SIZE) {
        let before = data.len();
        match compressor {
            Compressor::None => data.extend_from_slice(block),
            Compressor::Zlib => {
                zlib.write_all(block)?;
                data.append(&mut zlib.reset(Vec::new())?);
            }
            Compressor::Lz4 => data.extend_from_slice(&lz4_flex::block::compress(block)),
            Compressor::Lzma => xz::compress(block, &mut data)?,
        }
        sizes.push(data.len() - before);
    }
    let mut header = Vec::new();
    width.write(sizes.len(), byte_order, &mut header)?;
    if !sizes.is_empty() {
        width.write(BLOCK_SIZE, byte_order, &mut header)?;
        width.write(bytes.len() % BLOCK_SIZE, byte_order, &mut header)?;
    }
    for size in sizes {
        width.write(size, byte_order, &mut header)?;
    }
    Ok((header, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(compressor: Compressor) -> Encoding {
        Encoding {
            compressor,
            ..Encoding::default()
        }
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let sizes = [
            0,
            1,
            100,
            BLOCK_SIZE - 1,
            BLOCK_SIZE,
            BLOCK_SIZE + 1,
            3 * BLOCK_SIZE,
        ];
        for compressor in [Compressor::Zlib, Compressor::Lz4, Compressor::Lzma] {
            for size in sizes {
                let bytes: Vec<u8> = (0..size).map(|i| (i * i / 7) as u8).collect();
                let (header, data) = compress(&bytes, encoding(compressor)).unwrap();
                let sizes =
                    BlockSizes::read(&header, HeaderType::UInt64, ByteOrder::Little, compressor)
                        .unwrap();
                let back = sizes.map_or(Ok(Vec::new()), |s| s.decompress(&data, compressor));
                assert_eq!(back.unwrap(), bytes, "{compressor:?}, {size} bytes");
            }
        }
    }

    #[test]
    fn a_block_that_claims_too_much_is_refused_before_memory_is_taken() {
        let mut header = Vec::new();
        for value in [1, 4_000_000_000, 0, 10] {
            HeaderType::UInt64
                .write(value, ByteOrder::Little, &mut header)
                .unwrap();
        }
        let error = BlockSizes::read(
            &header,
            HeaderType::UInt64,
            ByteOrder::Little,
            Compressor::Zlib,
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "block 0 claims 4000000000 bytes out of 10 compressed ones"
        );
    }

    #[test]
    fn a_damaged_block_is_an_error_that_names_it() {
        let bytes = vec![7; 2 * BLOCK_SIZE];
        for compressor in [Compressor::Zlib, Compressor::Lz4, Compressor::Lzma] {
            let (header, mut data) = compress(&bytes, encoding(compressor)).unwrap();
            let sizes =
                BlockSizes::read(&header, HeaderType::UInt64, ByteOrder::Little, compressor)
                    .unwrap()
                    .unwrap();
            let second = data.len() / 2;
            for byte in &mut data[second..second + 9] {
                *byte ^= 0x55;
            }
            let error = sizes
                .decompress(&data, compressor)
                .map(|bytes| bytes.len())
                .unwrap_err();
            assert!(error.to_string().starts_with("block 1"), "{error}");
        }
    }
}
