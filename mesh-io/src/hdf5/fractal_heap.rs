//! Fractal heaps: where groups of many links and objects of many attributes keep them.
//!
//! A heap is an address space. It is cut into blocks by a table of rows, each block of a row being
//! of one size: the first two rows of the smallest blocks, each further row of blocks twice as
//! large. Blocks too large for values are tables again.

use super::Hdf5Error;
use super::btree::width_of;
use super::cursor::Cursor;
use super::source::Source;

/// Tables within tables; each holds more than the one in it.
const MOST_LEVELS: usize = 64;

/// A heap, of which objects are read by their id.
pub(super) struct FractalHeap<'a, 'b> {
    source: &'b Source<'a>,
    /// Where the heap begins in the file.
    offset: u64,
    id_size: usize,
    /// Bytes of an object's place in the heap.
    place_width: usize,
    /// Bytes of an object's size.
    size_width: usize,
    /// Columns of the table.
    width: u64,
    smallest_block: u64,
    largest_block: u64,
    root: Option<u64>,
    /// Rows of the root's table; the root is a block where it is 0.
    rows: u16,
}

impl<'a, 'b> FractalHeap<'a, 'b> {
    pub(super) fn read(source: &'b Source<'a>, address: u64) -> Result<Self, Hdf5Error> {
        const WHAT: &str = "a fractal heap";
        let mut cursor = source.at(address)?;
        let offset = cursor.offset();
        cursor.signature("FRHP", WHAT)?;
        cursor.version(WHAT, &[0])?;
        let id_size = usize::from(cursor.u16()?);
        let filters = cursor.u16()?;
        if filters != 0 {
            let what = "a fractal heap with filters".to_owned();
            return Err(Hdf5Error::Unsupported { what });
        }
        cursor.skip(1)?;
        let largest_object = u64::from(cursor.u32()?);
        cursor.length()?;
        cursor.address()?;
        cursor.length()?;
        cursor.address()?;
        for _ in 0..8 {
            cursor.length()?;
        }
        let width = u64::from(cursor.u16()?);
        let smallest_block = cursor.length()?;
        let largest_block = cursor.length()?;
        let place_bits = usize::from(cursor.u16()?);
        cursor.u16()?;
        let root = cursor.address()?;
        let rows = cursor.u16()?;
        source.check(address, cursor.position(), WHAT)?;
        let wrong = |what, found, expected| Hdf5Error::Number {
            offset,
            what,
            found,
            expected,
        };
        for block in [smallest_block, largest_block] {
            if !block.is_power_of_two() || block > 1 << 40 || block < smallest_block {
                let what = "the size of a block of a fractal heap";
                return Err(wrong(what, block, "a power of two"));
            }
        }
        if !width.is_power_of_two() {
            let what = "the width of a fractal heap";
            return Err(wrong(what, width, "a power of two"));
        }
        if place_bits == 0 || place_bits > 64 {
            let what = "the bits of a place in a fractal heap";
            return Err(wrong(what, place_bits as u64, "1 to 64"));
        }
        Ok(Self {
            source,
            offset,
            id_size,
            place_width: place_bits.div_ceil(8),
            size_width: width_of(largest_block).min(width_of(largest_object)),
            width,
            smallest_block,
            largest_block,
            root,
            rows,
        })
    }

    /// Bytes of an id.
    pub(super) const fn id_size(&self) -> usize {
        self.id_size
    }

    /// The object of this id.
    pub(super) fn object(&self, mut id: Cursor<'a>) -> Result<Cursor<'a>, Hdf5Error> {
        let first = id.u8()?;
        match first >> 4 & 3 {
            0 => {
                let place = id.number(self.place_width)?;
                let size = id.number(self.size_width)?;
                self.managed(place, size)
            }
            // Tiny: the object stands in its id.
            2 if self.id_size <= 17 => id.part(usize::from(first & 15) + 1),
            _ => Err(Hdf5Error::Unsupported {
                what: "an attribute or a link of more than 4 KiB".to_owned(),
            }),
        }
    }

    fn managed(&self, place: u64, size: u64) -> Result<Cursor<'a>, Hdf5Error> {
        let missing = || Hdf5Error::Missing {
            offset: self.offset,
            what: "block that an object of the heap is in",
        };
        let mut address = self.root.ok_or_else(missing)?;
        let mut rows = self.rows;
        // The place within what begins at `address`.
        let mut place = place;
        for _ in 0..MOST_LEVELS {
            if rows == 0 {
                return self.in_block(address, place, size);
            }
            let row_size = self.smallest_block.saturating_mul(self.width);
            let (row, row_start, block) = if place < row_size {
                (0, 0, self.smallest_block)
            } else {
                let doublings = place.ilog2() - row_size.ilog2();
                let block = self.smallest_block.checked_shl(doublings);
                let block = block.ok_or_else(missing)?;
                (doublings + 1, row_size << doublings, block)
            };
            if row >= u32::from(rows) || block == 0 {
                return Err(missing());
            }
            let column = (place - row_start) / block;
            let entry = u64::from(row) * self.width + column;
            address = self.entry(address, entry)?.ok_or_else(missing)?;
            place = (place - row_start) % block;
            rows = if block <= self.largest_block {
                0
            } else {
                let doublings = block.ilog2().checked_sub(row_size.ilog2());
                let doublings = doublings.ok_or(Hdf5Error::Number {
                    offset: self.offset,
                    what: "the size of a table in a fractal heap",
                    found: block,
                    expected: "at least that of its first row",
                })?;
                (doublings + 1) as u16
            };
        }
        Err(missing())
    }

    /// Where the table at `address` says that an entry is.
    fn entry(&self, address: u64, entry: u64) -> Result<Option<u64>, Hdf5Error> {
        const WHAT: &str = "a table of a fractal heap";
        let mut cursor = self.source.at(address)?;
        cursor.signature("FHIB", WHAT)?;
        cursor.version(WHAT, &[0])?;
        cursor.address()?;
        cursor.skip(self.place_width)?;
        // Entries of blocks and of tables are equally wide, as there are no filters.
        let width = self.source.widths.offset;
        let before = usize::try_from(entry).unwrap_or(usize::MAX);
        cursor.skip(before.saturating_mul(width))?;
        cursor.address()
    }

    fn in_block(&self, address: u64, place: u64, size: u64) -> Result<Cursor<'a>, Hdf5Error> {
        const WHAT: &str = "a block of a fractal heap";
        let mut cursor = self.source.at(address)?;
        let mut block = cursor;
        cursor.signature("FHDB", WHAT)?;
        cursor.version(WHAT, &[0])?;
        // Places count from the block's beginning, these letters included.
        block.skip(usize::try_from(place).unwrap_or(usize::MAX))?;
        let object = block.part(usize::try_from(size).unwrap_or(usize::MAX))?;
        self.source.spend(object.left())?;
        Ok(object)
    }
}
