//! Data sets: how many elements, where their bytes are, and the bytes.

use std::borrow::Cow;

use super::Hdf5Error;
use super::attributes::read_datatype;
use super::btree::read_tree;
use super::cursor::Cursor;
use super::datatype::Datatype;
use super::filters::Filters;
use super::header::{Header, kind};
use super::source::Source;

/// A data set, as its header describes it.
pub(super) struct Dataset<'a> {
    pub(super) datatype: Datatype,
    /// How many elements.
    pub(super) length: usize,
    rank: usize,
    layout: Cursor<'a>,
    filters: Filters,
}

/// Bytes of a data set, and how many bytes of the file they were made of.
pub(super) struct Stored<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) read: u64,
}

/// One chunk, as an index has it.
struct Chunk {
    /// Which chunk it is, from 0.
    index: u64,
    address: u64,
    stored: u64,
    /// The filters that were left out, as bits.
    mask: u32,
}

impl<'a> Dataset<'a> {
    /// Reads what the header says.
    pub(super) fn read(source: &Source<'a>, header: &Header<'a>) -> Result<Self, Hdf5Error> {
        let datatype = header.expect(kind::DATATYPE, "type of elements")?;
        let dataspace = header.expect(kind::DATASPACE, "number of elements")?;
        if dataspace.is_shared || header.find(kind::EXTERNAL_FILES).is_some() {
            let what = "a data set that is kept elsewhere".to_owned();
            return Err(Hdf5Error::Unsupported { what });
        }
        let filters = match header.find(kind::FILTERS) {
            Some(message) => Filters::read(message.body)?,
            None => Filters::default(),
        };
        Ok(Self {
            datatype: read_datatype(source, datatype.body, datatype.is_shared)?,
            length: read_element_count(dataspace.body)?,
            rank: read_rank(dataspace.body)?,
            layout: header.expect(kind::LAYOUT, "place of values")?.body,
            filters,
        })
    }

    /// All bytes.
    pub(super) fn bytes(&self, source: &Source<'a>) -> Result<Stored<'a>, Hdf5Error> {
        let mut layout = self.layout;
        let size = self.length.saturating_mul(self.datatype.size) as u64;
        let version = layout.version("the place of values", &[3, 4])?;
        match layout.u8()? {
            0 => {
                let stored = layout.u16()?.into();
                let mut stored = layout.part(stored)?;
                let stored = stored.take(size.try_into().unwrap_or(usize::MAX))?;
                Ok(whole(stored))
            }
            1 => match layout.address()? {
                Some(address) => Ok(whole(source.slice(address, size)?)),
                None if size == 0 => Ok(whole(&[])),
                None => Err(Hdf5Error::NotWritten {
                    missing: 1,
                    chunks: 1,
                }),
            },
            2 if self.rank == 1 => {
                let (chunk_length, chunks) = if version == 3 {
                    self.read_chunks(source, layout)?
                } else {
                    self.read_single_chunk(layout)?
                };
                self.join_chunks(source, chunk_length, chunks)
            }
            class => Err(Hdf5Error::Unsupported {
                what: format!(
                    "an array of rank {} in a layout of class {class}",
                    self.rank
                ),
            }),
        }
    }

    /// The chunks in a B-tree, and how many elements each has.
    fn read_chunks(
        &self,
        source: &Source<'a>,
        mut layout: Cursor<'a>,
    ) -> Result<(u64, Vec<Chunk>), Hdf5Error> {
        let offset = layout.offset();
        let dimensions = usize::from(layout.u8()?);
        let tree = layout.address()?;
        let length = self.chunk_length(offset, dimensions, layout.u32()?.into())?;
        let Some(tree) = tree else {
            return Ok((length, Vec::new()));
        };
        let mut chunks = Vec::new();
        for (mut key, address) in read_tree(source, tree, 1, 8 + 8 * dimensions)? {
            let offset = key.offset();
            let (stored, mask) = (key.u32()?.into(), key.u32()?);
            let start = key.number(8)?;
            if !start.is_multiple_of(length) {
                return Err(Hdf5Error::Number {
                    offset,
                    what: "the place of a chunk",
                    found: start,
                    expected: "a multiple of its length",
                });
            }
            chunks.push(Chunk {
                index: start / length,
                address,
                stored,
                mask,
            });
        }
        Ok((length, chunks))
    }

    /// The one chunk of a layout of version 4, if it is one.
    fn read_single_chunk(&self, mut layout: Cursor<'a>) -> Result<(u64, Vec<Chunk>), Hdf5Error> {
        let offset = layout.offset();
        let flags = layout.u8()?;
        let dimensions = usize::from(layout.u8()?);
        let width = usize::from(layout.u8()?).min(8);
        let length = layout.number(width)?;
        layout.skip(width.saturating_mul(dimensions.saturating_sub(1)))?;
        let length = self.chunk_length(offset, dimensions, length)?;
        let index = layout.u8()?;
        if index != 1 {
            let what = format!("an index of chunks of type {index}");
            return Err(Hdf5Error::Unsupported { what });
        }
        let (stored, mask) = if flags & 2 == 0 {
            (length.saturating_mul(self.datatype.size as u64), 0)
        } else {
            (layout.length()?, layout.u32()?)
        };
        let chunk = layout.address()?.map(|address| Chunk {
            index: 0,
            address,
            stored,
            mask,
        });
        Ok((length, chunk.into_iter().collect()))
    }

    fn chunk_length(&self, offset: u64, dimensions: usize, length: u64) -> Result<u64, Hdf5Error> {
        if dimensions == self.rank + 1 && length > 0 {
            return Ok(length);
        }
        Err(Hdf5Error::Number {
            offset,
            what: "the length of chunks",
            found: length,
            expected: "one length, at least 1",
        })
    }

    /// The bytes of all chunks in a row. Nothing is allocated before it is known that the stored
    /// bytes can be as many as they claim.
    fn join_chunks(
        &self,
        source: &Source<'a>,
        chunk_length: u64,
        mut chunks: Vec<Chunk>,
    ) -> Result<Stored<'a>, Hdf5Error> {
        let element = self.datatype.size as u64;
        let expected = (self.length as u64).div_ceil(chunk_length);
        chunks.retain(|chunk| chunk.index < expected);
        chunks.sort_by_key(|chunk| chunk.index);
        chunks.dedup_by_key(|chunk| chunk.index);
        if (chunks.len() as u64) < expected {
            return Err(Hdf5Error::NotWritten {
                missing: (expected - chunks.len() as u64) as usize,
                chunks: expected as usize,
            });
        }
        let size = chunk_length.saturating_mul(element);
        let mut read = 0_u64;
        for chunk in &chunks {
            if !self.filters.can_be(chunk.stored, size) {
                return Err(Hdf5Error::Chunk {
                    offset: chunk.address,
                    reason: format!("{} bytes claim to be {size}", chunk.stored),
                });
            }
            source.slice(chunk.address, chunk.stored)?;
            read = read.saturating_add(chunk.stored);
        }
        // A file may name the same chunk for all places.
        if read > source.length().saturating_mul(2) {
            let length = source.length();
            return Err(Hdf5Error::Budget { read, length });
        }
        let total = (self.length as u64).saturating_mul(element);
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        let memory = |_| Hdf5Error::Memory {
            bytes: total as u64,
        };
        bytes.try_reserve_exact(total).map_err(memory)?;
        for chunk in &chunks {
            let stored = source.slice(chunk.address, chunk.stored)?;
            let plain = self.filters.undo(stored, size as usize, chunk.mask);
            let plain = plain.map_err(|reason| Hdf5Error::Chunk {
                offset: chunk.address,
                reason,
            })?;
            let wanted = plain.len().min(total - bytes.len());
            bytes.extend_from_slice(&plain[..wanted]);
        }
        Ok(Stored {
            bytes: Cow::Owned(bytes),
            read,
        })
    }
}

fn whole(bytes: &[u8]) -> Stored<'_> {
    Stored {
        bytes: Cow::Borrowed(bytes),
        read: bytes.len() as u64,
    }
}

fn read_rank(mut body: Cursor<'_>) -> Result<usize, Hdf5Error> {
    body.skip(1)?;
    body.u8().map(usize::from)
}

/// How many elements a dataspace message says there are.
pub(super) fn read_element_count(mut body: Cursor<'_>) -> Result<usize, Hdf5Error> {
    let version = body.version("the number of elements", &[1, 2])?;
    let rank = body.u8()?;
    body.skip(1)?;
    let class = body.u8()?;
    if version == 1 {
        body.skip(4)?;
    } else if class == 2 {
        return Ok(0);
    }
    let mut count = 1_usize;
    for _ in 0..rank {
        count = count.saturating_mul(body.size("the number of elements")?);
    }
    Ok(count)
}
