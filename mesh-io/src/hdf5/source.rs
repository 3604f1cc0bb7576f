//! The bytes of an HDF5 file, and its superblock.

use std::cell::Cell;

use super::Hdf5Error;
use super::checksum::lookup3;
use super::cursor::{Cursor, Widths};

/// How often the structures of a file may be read, on average. A few times is usual: each object
/// is asked for several attributes.
const MOST_READS: u64 = 64;
const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

/// The bytes of a file, and what its superblock says of them.
pub(super) struct Source<'a> {
    /// From the superblock on: addresses count from there.
    bytes: &'a [u8],
    /// Where the superblock begins in the file.
    base: u64,
    pub(super) widths: Widths,
    /// The address of the header of the root group.
    pub(super) root: u64,
    /// Whether a wrong checksum is an error; tests of damaged files look past them.
    verify: bool,
    /// Bytes of structures read so far, again and again included, and those that they take here.
    work: Cell<u64>,
}

impl<'a> Source<'a> {
    /// Finds and reads the superblock.
    pub(super) fn new(file: &'a [u8], verify: bool) -> Result<Self, Hdf5Error> {
        let starts = std::iter::successors(Some(0), |start| Some((*start * 2).max(512)));
        let base = starts
            .take_while(|start| *start < file.len())
            .find(|start| file[*start..].starts_with(SIGNATURE))
            .ok_or(Hdf5Error::NoSignature)?;
        let bytes = &file[base..];
        let widths = Widths {
            offset: 8,
            length: 8,
        };
        let mut source = Self {
            bytes,
            base: base as u64,
            widths,
            root: 0,
            verify,
            work: Cell::new(0),
        };
        let mut cursor = source.at(8)?;
        let version = cursor.version("the superblock", &[0, 1, 2, 3])?;
        if version < 2 {
            cursor.skip(4)?;
        }
        source.widths = Widths {
            offset: width(&mut cursor)?,
            length: width(&mut cursor)?,
        };
        let fixed = match version {
            0 => 24,
            1 => 28,
            _ => 12,
        };
        let mut cursor = source.at(fixed)?;
        // The base address is where the superblock is, or was before something was put in front.
        cursor.address()?;
        cursor.address()?;
        let end = cursor.address()?;
        if version < 2 {
            cursor.address()?;
            // The name of the root, which is none.
            cursor.length()?;
        }
        let root = cursor.address()?;
        source.root = root.ok_or(Hdf5Error::Missing {
            offset: source.base,
            what: "root group",
        })?;
        if version >= 2 {
            source.check(0, cursor.position() + fixed as usize, "the superblock")?;
        }
        // The end counts from the superblock, or, with something in front of it, from the file's
        // beginning.
        match end {
            Some(end) if end > file.len() as u64 => Err(Hdf5Error::Truncated {
                offset: 0,
                needed: end,
                end: file.len() as u64,
            }),
            _ => Ok(source),
        }
    }

    /// From `address` to the end of the file.
    pub(super) fn at(&self, address: u64) -> Result<Cursor<'a>, Hdf5Error> {
        let start = usize::try_from(address).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(start..).ok_or(Hdf5Error::Truncated {
            offset: self.base.saturating_add(address),
            needed: 1,
            end: self.base + self.bytes.len() as u64,
        })?;
        Ok(Cursor::new(bytes, self.widths, self.base + address))
    }

    /// The `size` bytes at `address`.
    pub(super) fn slice(&self, address: u64, size: u64) -> Result<&'a [u8], Hdf5Error> {
        self.at(address)?
            .take(usize::try_from(size).unwrap_or(usize::MAX))
    }

    /// How many bytes there are.
    pub(super) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Counts bytes of structures that are read, so that those that name each other over and over
    /// come to an end.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Hdf5Error> {
        let read = self.work.get().saturating_add(bytes as u64);
        self.work.set(read);
        let length = self.length();
        if read > length.saturating_mul(MOST_READS) {
            return Err(Hdf5Error::Budget { read, length });
        }
        Ok(())
    }

    /// Holds the `size` bytes at `address` against the checksum behind them.
    pub(super) fn check(
        &self,
        address: u64,
        size: usize,
        what: &'static str,
    ) -> Result<(), Hdf5Error> {
        let mut cursor = self.at(address)?;
        let bytes = cursor.take(size)?;
        if cursor.u32()? == lookup3(bytes) || !self.verify {
            return Ok(());
        }
        Err(Hdf5Error::Checksum {
            offset: self.base + address,
            what,
        })
    }
}

fn width(cursor: &mut Cursor<'_>) -> Result<usize, Hdf5Error> {
    let offset = cursor.offset();
    match cursor.u8()? {
        width @ (2 | 4 | 8) => Ok(width.into()),
        found => Err(Hdf5Error::Number {
            offset,
            what: "the width of offsets or lengths",
            found: found.into(),
            expected: "2, 4 or 8",
        }),
    }
}
