//! Compressed data: a header of sizes, then blocks that are compressed one by one.
//!
//! The header holds the number of blocks, the size of a block before compression, the size of the
//! last block where that differs (0: it does not), and the size of every block after compression.

use std::borrow::Cow;
use std::io::{self, Write};

use bytemuck::Zeroable;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use rayon::prelude::*;

use super::bytes::zeroed;
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
}

/// An array in compressed blocks, which are decompressed in parallel.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    sizes: BlockSizes,
    compressor: Compressor,
    /// The compressed blocks, one after the other.
    data: Cow<'a, [u8]>,
}

/// Blocks that a thread takes at least, one after the other.
const BLOCKS_AT_ONCE: usize = 8;

impl<'a> Blocks<'a> {
    /// Blocks of these sizes, which stand in `data` one after the other.
    pub(crate) const fn new(
        sizes: BlockSizes,
        compressor: Compressor,
        data: Cow<'a, [u8]>,
    ) -> Self {
        Self {
            sizes,
            compressor,
            data,
        }
    }

    /// Whether every block is a whole number of values of `size` bytes.
    pub(crate) const fn hold_whole_values(&self, size: usize) -> bool {
        let BlockSizes {
            block,
            last,
            ref compressed,
        } = self.sizes;
        last.is_multiple_of(size) && (compressed.len() == 1 || block.is_multiple_of(size))
    }

    /// The bytes of all blocks.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map).
    pub(crate) fn decompress(&self) -> Result<Vec<u8>, ArrayError> {
        self.map(1, |bytes, out| out.copy_from_slice(bytes))
    }

    /// The values of `size` bytes that all blocks hold, whole ones each, as `convert` writes them:
    /// block by block, so that bytes need not be kept.
    ///
    /// # Errors
    ///
    /// The first block that is damaged, is cut, or has another size than the header says.
    pub(crate) fn map<T: Zeroable + Send>(
        &self,
        size: usize,
        convert: impl Fn(&[u8], &mut [T]) + Sync,
    ) -> Result<Vec<T>, ArrayError> {
        let (blocks, cut) = self.split();
        let bytes = blocks
            .iter()
            .fold(0, |sum: usize, block| sum.saturating_add(block.size));
        let mut values = zeroed(bytes / size).ok_or(ArrayError::Memory { bytes })?;
        let mut rest = values.as_mut_slice();
        let mut places = Vec::with_capacity(blocks.len());
        for block in &blocks {
            let (place, after) = rest.split_at_mut(block.size / size);
            places.push(place);
            rest = after;
        }
        let damaged = blocks
            .par_iter()
            .zip(places)
            .with_min_len(BLOCKS_AT_ONCE)
            .map_init(Decompressor::default, |decompressor, (block, place)| {
                let bytes = decompressor.decompress(block, self.compressor)?;
                convert(bytes, place);
                Ok(())
            })
            .find_map_first(Result::err);
        match damaged.or(cut) {
            Some(error) => Err(error),
            None => Ok(values),
        }
    }

    /// The blocks up to the first that the data do not hold in full, and what is to be said of
    /// that one.
    fn split(&self) -> (Vec<Block<'_>>, Option<ArrayError>) {
        let BlockSizes {
            block,
            last,
            compressed,
        } = &self.sizes;
        let mut rest: &[u8] = &self.data;
        let mut blocks = Vec::with_capacity(compressed.len());
        for (index, &compressed_size) in compressed.iter().enumerate() {
            let Some((data, after)) = rest.split_at_checked(compressed_size) else {
                let cut = ArrayError::Truncated {
                    what: "a compressed block",
                    needed: compressed_size as u64,
                    available: rest.len(),
                };
                return (blocks, Some(cut));
            };
            let is_last = index + 1 == compressed.len();
            let size = if is_last { *last } else { *block };
            blocks.push(Block { index, data, size });
            rest = after;
        }
        (blocks, None)
    }
}

/// One compressed block.
struct Block<'a> {
    index: usize,
    data: &'a [u8],
    /// Bytes before compression.
    size: usize,
}

/// What a thread needs to decompress one block after the other.
#[derive(Default)]
struct Decompressor {
    zlib: Option<Decompress>,
    bytes: Vec<u8>,
}

impl Decompressor {
    /// The bytes of `block`.
    fn decompress(
        &mut self,
        block: &Block<'_>,
        compressor: Compressor,
    ) -> Result<&[u8], ArrayError> {
        let expected = block.size;
        let bytes = &mut self.bytes;
        bytes
            .try_reserve_exact(expected.saturating_sub(bytes.len()))
            .map_err(|_| ArrayError::Memory { bytes: expected })?;
        let found = match compressor {
            Compressor::Zlib => {
                bytes.resize(expected, 0);
                let zlib = self.zlib.get_or_insert_with(|| Decompress::new(true));
                inflate(zlib, block.data, bytes)
            }
            Compressor::Lz4 => {
                bytes.resize(expected, 0);
                lz4_flex::block::decompress_into(block.data, bytes)
                    .map_err(|error| error.to_string())
            }
            Compressor::Lzma => {
                bytes.clear();
                xz::decompress(block.data, expected, bytes).map(|()| bytes.len())
            }
            Compressor::None => Err("it is not compressed".to_owned()),
        };
        let found = found.map_err(|reason| ArrayError::Decompress {
            block: block.index,
            compressor,
            reason,
        })?;
        if found != expected {
            return Err(ArrayError::BlockSize {
                block: block.index,
                found,
                expected,
            });
        }
        Ok(bytes)
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

/// `bytes` in compressed blocks: the header, and the data in pieces. The compressor is not
/// [`Compressor::None`].
///
/// # Errors
///
/// A size that does not fit the header type.
pub(crate) fn compress(bytes: &[u8], encoding: Encoding) -> io::Result<(Vec<u8>, Vec<Vec<u8>>)> {
    let Encoding {
        byte_order,
        header: width,
        compressor,
    } = encoding;
    let (sizes, pieces): (Vec<_>, Vec<_>) = bytes
        .par_chunks(BLOCKS_AT_ONCE * BLOCK_SIZE)
        .map(|piece| compress_blocks(piece, compressor))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let mut header = Vec::new();
    width.write(bytes.len().div_ceil(BLOCK_SIZE), byte_order, &mut header)?;
    if !bytes.is_empty() {
        width.write(BLOCK_SIZE, byte_order, &mut header)?;
        width.write(bytes.len() % BLOCK_SIZE, byte_order, &mut header)?;
    }
    for size in sizes.into_iter().flatten() {
        width.write(size, byte_order, &mut header)?;
    }
    Ok((header, pieces))
}

/// The blocks of `bytes`: the size of each after compression, and all of them.
fn compress_blocks(bytes: &[u8], compressor: Compressor) -> io::Result<(Vec<usize>, Vec<u8>)> {
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
    data.shrink_to_fit();
    Ok((sizes, data))
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
                let (header, pieces) = compress(&bytes, encoding(compressor)).unwrap();
                let data = pieces.concat();
                let sizes =
                    BlockSizes::read(&header, HeaderType::UInt64, ByteOrder::Little, compressor)
                        .unwrap();
                let back = sizes.map_or(Ok(Vec::new()), |sizes| {
                    Blocks::new(sizes, compressor, Cow::Borrowed(&data)).decompress()
                });
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
            let (header, pieces) = compress(&bytes, encoding(compressor)).unwrap();
            let mut data = pieces.concat();
            let sizes =
                BlockSizes::read(&header, HeaderType::UInt64, ByteOrder::Little, compressor)
                    .unwrap()
                    .unwrap();
            let second = data.len() / 2;
            for byte in &mut data[second..second + 9] {
                *byte ^= 0x55;
            }
            let error = Blocks::new(sizes, compressor, Cow::Borrowed(&data))
                .decompress()
                .map(|bytes| bytes.len())
                .unwrap_err();
            assert!(error.to_string().starts_with("block 1"), "{error}");
        }
    }
}
