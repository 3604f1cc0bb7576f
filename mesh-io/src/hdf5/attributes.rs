//! Attributes: small named values of groups and data sets.

use super::btree::read_records;
use super::cursor::Cursor;
use super::dataset::read_element_count;
use super::datatype::Datatype;
use super::fractal_heap::FractalHeap;
use super::header::{Header, kind};
use super::source::Source;
use super::{Hdf5Error, Value};

/// The attribute `name` of the object that has this header.
pub(super) fn read_attribute(
    source: &Source<'_>,
    header: &Header<'_>,
    name: &str,
) -> Result<Option<Value>, Hdf5Error> {
    for message in header.all(kind::ATTRIBUTE) {
        if let Some(value) = read_if(source, message.body, name)? {
            return Ok(Some(value));
        }
    }
    match header.find(kind::ATTRIBUTE_INFO) {
        Some(message) => read_dense(source, message.body, name),
        None => Ok(None),
    }
}

/// The value of an attribute message, if it has this name.
fn read_if(
    source: &Source<'_>,
    mut body: Cursor<'_>,
    name: &str,
) -> Result<Option<Value>, Hdf5Error> {
    let version = body.version("an attribute", &[1, 2, 3])?;
    let flags = body.u8()?;
    let sizes = [body.u16()?, body.u16()?, body.u16()?].map(usize::from);
    body.skip(usize::from(version == 3))?;
    let mut part = |size| {
        let part = body.part(size)?;
        if version == 1 {
            body.align()?;
        }
        Ok(part)
    };
    let found = part(sizes[0])?;
    let (datatype, dataspace) = (part(sizes[1])?, part(sizes[2])?);
    let found = found.rest().split(|byte| *byte == 0).next();
    if found != Some(name.as_bytes()) {
        return Ok(None);
    }
    let datatype = read_datatype(source, datatype, version > 1 && flags & 1 != 0)?;
    let count = read_element_count(dataspace)?;
    let bytes = body.take(datatype.size.saturating_mul(count))?;
    datatype.values(source, bytes).map(Some)
}

/// A datatype message, or the one of the named type that it only names.
pub(super) fn read_datatype(
    source: &Source<'_>,
    mut body: Cursor<'_>,
    is_shared: bool,
) -> Result<Datatype, Hdf5Error> {
    if !is_shared {
        return Datatype::read(body);
    }
    let offset = body.offset();
    let version = body.version("a shared message", &[1, 2, 3])?;
    let kind = body.u8()?;
    body.skip(if version == 1 { 6 } else { 0 })?;
    if version == 3 && kind != 2 {
        let what = "a type in a heap of shared messages".to_owned();
        return Err(Hdf5Error::Unsupported { what });
    }
    let what = "type that it names";
    let address = body.address()?;
    let address = address.ok_or(Hdf5Error::Missing { offset, what })?;
    let header = Header::read(source, address)?;
    let message = header.expect(kind::DATATYPE, what)?;
    if message.is_shared {
        return Err(Hdf5Error::Repeated { offset, what });
    }
    Datatype::read(message.body)
}

/// An attribute in a fractal heap, if there is one.
fn read_dense(
    source: &Source<'_>,
    mut body: Cursor<'_>,
    name: &str,
) -> Result<Option<Value>, Hdf5Error> {
    body.version("the information on attributes", &[0])?;
    let flags = body.u8()?;
    body.skip(if flags & 1 == 0 { 0 } else { 2 })?;
    let (Some(heap), Some(tree)) = (body.address()?, body.address()?) else {
        return Ok(None);
    };
    let heap = FractalHeap::read(source, heap)?;
    // Ids in the heap come first, hashes of names and more behind them.
    let (_, records) = read_records(source, tree, &[8])?;
    for mut record in records {
        let id = record.part(heap.id_size())?;
        if let Some(value) = read_if(source, heap.object(id)?, name)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
