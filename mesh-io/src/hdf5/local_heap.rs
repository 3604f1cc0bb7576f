//! Heaps in one piece: of the names of a symbol table, and of strings of variable length.

use super::Hdf5Error;
use super::source::Source;

/// The data segment of the local heap at `address`: names, each ended by a zero byte.
pub(super) fn read_local_heap<'a>(
    source: &Source<'a>,
    address: u64,
) -> Result<&'a [u8], Hdf5Error> {
    const WHAT: &str = "the heap of names of a group";
    let mut cursor = source.at(address)?;
    let offset = cursor.offset();
    cursor.signature("HEAP", WHAT)?;
    cursor.version(WHAT, &[0])?;
    cursor.skip(3)?;
    let size = cursor.length()?;
    cursor.length()?;
    let data = cursor.address()?;
    let data = data.ok_or(Hdf5Error::Missing { offset, what: WHAT })?;
    source.slice(data, size)
}

/// The name at `offset` of a local heap.
pub(super) fn name_at(heap: &[u8], offset: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let name = heap.get(start..)?;
    name.split(|byte| *byte == 0).next()
}

/// Object number `index` of the global heap at `address`.
pub(super) fn read_global_heap<'a>(
    source: &Source<'a>,
    address: u64,
    index: u16,
) -> Result<&'a [u8], Hdf5Error> {
    const WHAT: &str = "a global heap";
    let mut cursor = source.at(address)?;
    let offset = cursor.offset();
    cursor.signature("GCOL", WHAT)?;
    cursor.version(WHAT, &[1])?;
    cursor.skip(3)?;
    let size = cursor.size("the size of a global heap")?;
    let inner = size.saturating_sub(cursor.position());
    let mut cursor = cursor.part(inner)?;
    // The object 0 is the free space at the end.
    while cursor.left() >= 8 {
        let found = cursor.u16()?;
        cursor.skip(6)?;
        let size = cursor.size("the size of an object of a global heap")?;
        if found == 0 {
            break;
        }
        let object = cursor.take(size)?;
        if found == index {
            return Ok(object);
        }
        source.spend(16)?;
        let padding = size.next_multiple_of(8) - size;
        cursor.skip(padding.min(cursor.left()))?;
    }
    let what = "object of the global heap that a string names";
    Err(Hdf5Error::Missing { offset, what })
}
