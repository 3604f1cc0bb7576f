//! B-trees: version 1 of symbol tables and chunks, version 2 of links and attributes.

use std::collections::HashSet;

use super::Hdf5Error;
use super::cursor::Cursor;
use super::source::Source;

/// Levels that a tree may have. Each level has at least twice as many nodes as the one above.
const MOST_LEVELS: usize = 40;

/// Nodes of a tree that were visited, each of which may be visited once.
#[derive(Default)]
struct Visited(HashSet<u64>);

impl Visited {
    fn enter(&mut self, address: u64, what: &'static str) -> Result<(), Hdf5Error> {
        if self.0.insert(address) {
            return Ok(());
        }
        let offset = address;
        Err(Hdf5Error::Repeated { offset, what })
    }
}

/// The leaves of a tree of version 1 and type `kind`, with the key in front of each, in order; a
/// key takes `key_size` bytes.
pub(super) fn read_tree<'a>(
    source: &Source<'a>,
    root: u64,
    kind: u8,
    key_size: usize,
) -> Result<Vec<(Cursor<'a>, u64)>, Hdf5Error> {
    const WHAT: &str = "a node of a B-tree";
    let mut visited = Visited::default();
    let mut leaves = Vec::new();
    // Nodes still to be read, the next one last, and the level each has to have.
    let mut nodes: Vec<(u64, Option<u8>)> = vec![(root, None)];
    while let Some((address, expected)) = nodes.pop() {
        visited.enter(address, WHAT)?;
        let mut cursor = source.at(address)?;
        let offset = cursor.offset();
        cursor.signature("TREE", WHAT)?;
        let found = cursor.u8()?;
        let level = cursor.u8()?;
        let is_wrong = found != kind || expected.is_some_and(|expected| expected != level);
        if is_wrong || usize::from(level) > MOST_LEVELS {
            return Err(Hdf5Error::Number {
                offset,
                what: "the level of a node of a B-tree",
                found: level.into(),
                expected: "one less than above",
            });
        }
        let entries = cursor.u16()?;
        source.spend(usize::from(entries) * (key_size + size_of::<(Cursor<'_>, u64)>()))?;
        cursor.address()?;
        cursor.address()?;
        let first = nodes.len();
        for _ in 0..entries {
            let key = cursor.part(key_size)?;
            let child = cursor.address()?;
            let child = child.ok_or(Hdf5Error::Missing { offset, what: WHAT })?;
            if level == 0 {
                leaves.push((key, child));
            } else {
                nodes.push((child, Some(level - 1)));
            }
        }
        nodes[first..].reverse();
    }
    Ok(leaves)
}

/// The records of a tree of version 2 and one of the types `kinds`, and its type.
pub(super) fn read_records<'a>(
    source: &Source<'a>,
    address: u64,
    kinds: &[u8],
) -> Result<(u8, Vec<Cursor<'a>>), Hdf5Error> {
    const WHAT: &str = "a B-tree";
    let mut cursor = source.at(address)?;
    let offset = cursor.offset();
    cursor.signature("BTHD", WHAT)?;
    cursor.version(WHAT, &[0])?;
    let kind = cursor.version("the records of a B-tree", kinds)?;
    let node_size = cursor.u32()? as usize;
    let record_size = usize::from(cursor.u16()?);
    let depth = usize::from(cursor.u16()?);
    cursor.skip(2)?;
    let root = cursor.address()?;
    let records = cursor.u16()?;
    cursor.length()?;
    source.check(address, cursor.position(), WHAT)?;
    let Some(root) = root else {
        return Ok((kind, Vec::new()));
    };
    let wrong = |what, found: usize, expected| Hdf5Error::Number {
        offset,
        what,
        found: found as u64,
        expected,
    };
    if depth > MOST_LEVELS {
        return Err(wrong("the depth of a B-tree", depth, "less"));
    }
    if record_size == 0 || node_size < record_size + OVERHEAD {
        let what = "the size of the records of a B-tree";
        return Err(wrong(what, record_size, "at least 1 and less than a node"));
    }
    let mut walk = Walk {
        source,
        kind,
        record_size,
        pointers: pointers(node_size, record_size, depth, source.widths.offset),
        visited: Visited::default(),
        records: Vec::new(),
    };
    walk.visit(root, usize::from(records), depth)?;
    Ok((kind, walk.records))
}

/// Signature, version, type and checksum of a node.
const OVERHEAD: usize = 10;

/// How many bytes a pointer to a node takes for the numbers of records in it and below it.
#[derive(Clone, Copy)]
struct PointerWidths {
    records: usize,
    below: usize,
}

/// The widths of the pointers in nodes of each level; those of leaves, which have none, first.
fn pointers(
    node_size: usize,
    record_size: usize,
    depth: usize,
    offset_width: usize,
) -> Vec<PointerWidths> {
    let most = (node_size - OVERHEAD) / record_size;
    let records = width_of(most as u64);
    let mut widths = vec![PointerWidths {
        records: 0,
        below: 0,
    }];
    // The most records in a tree of the level below.
    let mut most_below = most as u64;
    for level in 1..=depth {
        let below = if level == 1 { 0 } else { width_of(most_below) };
        widths.push(PointerWidths { records, below });
        let pointer = offset_width + records + below;
        let most = node_size.saturating_sub(OVERHEAD + pointer) / (record_size + pointer);
        let most = most as u64;
        most_below = (most + 1).saturating_mul(most_below).saturating_add(most);
    }
    widths
}

/// How many bytes the numbers up to `largest` need.
pub(super) fn width_of(largest: u64) -> usize {
    largest.max(1).ilog2() as usize / 8 + 1
}

struct Walk<'a, 'b> {
    source: &'b Source<'a>,
    kind: u8,
    record_size: usize,
    pointers: Vec<PointerWidths>,
    visited: Visited,
    records: Vec<Cursor<'a>>,
}

impl Walk<'_, '_> {
    /// Reads the node at `address`, of so many records, and those below it.
    fn visit(&mut self, address: u64, records: usize, level: usize) -> Result<(), Hdf5Error> {
        const WHAT: &str = "a node of a B-tree";
        self.visited.enter(address, WHAT)?;
        let size = self.record_size + size_of::<Cursor<'_>>();
        self.source.spend(records.saturating_mul(size))?;
        let mut cursor = self.source.at(address)?;
        let offset = cursor.offset();
        cursor.signature(if level == 0 { "BTLF" } else { "BTIN" }, WHAT)?;
        cursor.version(WHAT, &[0])?;
        cursor.version(WHAT, &[self.kind])?;
        let mut own = Vec::new();
        for _ in 0..records {
            own.push(cursor.part(self.record_size)?);
        }
        let mut children = Vec::new();
        if level > 0 {
            let widths = self.pointers[level];
            for _ in 0..=records {
                let child = cursor.address()?;
                let child = child.ok_or(Hdf5Error::Missing { offset, what: WHAT })?;
                children.push((child, cursor.number(widths.records)? as usize));
                cursor.skip(widths.below)?;
            }
        }
        self.source.check(address, cursor.position(), WHAT)?;
        let mut own = own.into_iter();
        for (child, records) in children {
            self.visit(child, records, level - 1)?;
            self.records.extend(own.next());
        }
        self.records.extend(own);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_the_number_of_bytes() {
        for (largest, width) in [(0, 1), (1, 1), (255, 1), (256, 2), (65535, 2), (65536, 3)] {
            assert_eq!(width_of(largest), width, "{largest}");
        }
        assert_eq!(width_of(u64::MAX), 8);
    }
}
