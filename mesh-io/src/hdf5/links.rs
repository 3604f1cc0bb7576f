//! The links of a group, in each of the three ways to keep them.

use std::collections::HashSet;

use super::Hdf5Error;
use super::btree::{read_records, read_tree};
use super::cursor::Cursor;
use super::decode;
use super::fractal_heap::FractalHeap;
use super::header::{Header, kind};
use super::local_heap::{name_at, read_local_heap};
use super::source::Source;

/// A link to an object in the same file.
pub(super) struct Link {
    pub(super) name: String,
    /// The address of the object's header.
    pub(super) address: u64,
    /// Its place in the order of creation, where that is tracked.
    order: Option<u64>,
}

/// The links of the group that has this header: in the order of creation where it is tracked,
/// else by name. Soft and external links are left out.
pub(super) fn read_links(source: &Source<'_>, header: &Header<'_>) -> Result<Vec<Link>, Hdf5Error> {
    let mut links = Vec::new();
    if let Some(message) = header.find(kind::SYMBOL_TABLE) {
        read_symbol_table(source, message.body, &mut links)?;
    }
    for message in header.all(kind::LINK) {
        links.extend(read_link(message.body)?);
    }
    if let Some(message) = header.find(kind::LINK_INFO) {
        read_dense(source, message.body, &mut links)?;
    }
    if links.iter().all(|link| link.order.is_some()) {
        links.sort_by_key(|link| link.order);
    } else {
        links.sort_by(|left, right| left.name.cmp(&right.name));
    }
    Ok(links)
}

/// Whether the object that has this header is a group.
pub(super) fn is_group(header: &Header<'_>) -> bool {
    let is_there = |kind| header.find(kind).is_some();
    is_there(kind::SYMBOL_TABLE) || is_there(kind::LINK_INFO) || is_there(kind::LINK)
}

fn read_symbol_table(
    source: &Source<'_>,
    mut body: Cursor<'_>,
    links: &mut Vec<Link>,
) -> Result<(), Hdf5Error> {
    const WHAT: &str = "a node of a symbol table";
    let offset = body.offset();
    let (tree, heap) = (body.address()?, body.address()?);
    let what = "symbol table";
    let missing = Hdf5Error::Missing { offset, what };
    let (tree, heap) = tree.zip(heap).ok_or(missing)?;
    let heap = read_local_heap(source, heap)?;
    let mut nodes = HashSet::new();
    for (_, node) in read_tree(source, tree, 0, source.widths.length)? {
        let mut cursor = source.at(node)?;
        let offset = cursor.offset();
        if !nodes.insert(node) {
            return Err(Hdf5Error::Repeated { offset, what: WHAT });
        }
        cursor.signature("SNOD", WHAT)?;
        cursor.version(WHAT, &[1])?;
        cursor.skip(1)?;
        let symbols = cursor.u16()?;
        for _ in 0..symbols {
            let name = cursor.number(source.widths.offset)?;
            let address = cursor.address()?;
            let cached = cursor.u32()?;
            cursor.skip(20)?;
            let name = name_at(heap, name).ok_or(Hdf5Error::Number {
                offset,
                what: "the place of a name",
                found: name,
                expected: "inside the heap of names",
            })?;
            source.spend(size_of::<Link>() + name.len())?;
            // A link whose target is a path has no address, or says so.
            if let (Some(address), 0 | 1) = (address, cached) {
                links.push(Link {
                    name: decode(name),
                    address,
                    order: None,
                });
            }
        }
    }
    Ok(())
}

/// A link message; none for links that are no address.
fn read_link(mut body: Cursor<'_>) -> Result<Option<Link>, Hdf5Error> {
    let offset = body.offset();
    body.version("a link", &[1])?;
    let flags = body.u8()?;
    let kind = if flags & 8 == 0 { 0 } else { body.u8()? };
    let order = if flags & 4 == 0 {
        None
    } else {
        Some(body.number(8)?)
    };
    body.skip(usize::from(flags >> 4 & 1))?;
    let length = body.number(1 << (flags & 3))?;
    let name = body.take(usize::try_from(length).unwrap_or(usize::MAX))?;
    if kind != 0 {
        return Ok(None);
    }
    let what = "address that a link names";
    let address = body.address()?;
    let address = address.ok_or(Hdf5Error::Missing { offset, what })?;
    Ok(Some(Link {
        name: decode(name),
        address,
        order,
    }))
}

/// Links in a fractal heap, if there is one.
fn read_dense(
    source: &Source<'_>,
    mut body: Cursor<'_>,
    links: &mut Vec<Link>,
) -> Result<(), Hdf5Error> {
    body.version("the information on links", &[0])?;
    let flags = body.u8()?;
    body.skip(if flags & 1 == 0 { 0 } else { 8 })?;
    let (Some(heap), Some(tree)) = (body.address()?, body.address()?) else {
        return Ok(());
    };
    let heap = FractalHeap::read(source, heap)?;
    // By name: behind a hash of four bytes stands the id in the heap.
    let (_, records) = read_records(source, tree, &[5])?;
    for mut record in records {
        record.skip(4)?;
        let id = record.part(heap.id_size())?;
        links.extend(read_link(heap.object(id)?)?);
    }
    Ok(())
}
