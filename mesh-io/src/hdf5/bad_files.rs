//! Structures made by hand that no library writes: each is refused before it does harm.

use super::btree::{read_records, read_tree};
use super::cursor::Cursor;
use super::datatype::Datatype;
use super::fractal_heap::FractalHeap;
use super::header::Header;
use super::links::read_links;
use super::source::Source;
use super::{Content, Group, Hdf5Error, Hdf5Read, NativeFile, write};

static LONG: [u8; 1 << 17] = [b'a'; 1 << 17];

/// A file that grows; checksums are not looked at.
struct File(Vec<u8>);

impl File {
    /// The superblock: offsets and lengths of eight bytes.
    fn new() -> Self {
        let mut bytes = b"\x89HDF\r\n\x1a\n\x02\x08\x08\0".to_vec();
        bytes.extend(words(&[0, u64::MAX, 0, 48]));
        bytes.extend([0; 4]);
        Self(bytes)
    }

    /// Adds the parts in a row; where they begin.
    fn push(&mut self, parts: &[&[u8]]) -> u64 {
        let address = self.0.len() as u64;
        self.0.extend(parts.concat());
        address
    }

    fn source(&self) -> Source<'_> {
        Source::new(&self.0, false).unwrap()
    }
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A fractal heap: bytes of ids, columns, the size of all blocks, the root and its rows.
fn heap(id_size: u16, width: u16, block: u64, root: u64, rows: u16) -> Vec<u8> {
    [
        &b"FRHP\0"[..],
        &id_size.to_le_bytes(),
        &[0, 0, 0],
        &u32::MAX.to_le_bytes(),
        &[0; 96],
        &width.to_le_bytes(),
        &words(&[block, block]),
        &[32, 0, 0, 0],
        &words(&[root]),
        &rows.to_le_bytes(),
        &[0; 4],
    ]
    .concat()
}

/// Whether the file was given up; nothing else may be wrong with it.
fn is_budget<T>(result: Result<T, Hdf5Error>) -> bool {
    match result {
        Ok(_) => false,
        Err(Hdf5Error::Budget { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_table_smaller_than_its_first_row_is_refused() {
    let mut file = File::new();
    // The entry 8 begins the third row, whose blocks of 1024 bytes are tables.
    let table = file.push(&[b"FHIB\0", &[0; 12], &words(&[48; 9])]);
    let id = file.push(&[&[0], &4096_u32.to_le_bytes(), &[1, 0]]);
    let heap = file.push(&[&heap(7, 4, 512, table, 3)]);
    let source = file.source();
    let read = FractalHeap::read(&source, heap).unwrap();
    let error = read.object(source.at(id).unwrap()).err().unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "offset {heap}: the size of a table in a fractal heap is 1024, expected at least that \
             of its first row"
        )
    );
}

#[test]
fn an_object_of_a_heap_is_not_read_over_and_over() {
    let mut file = File::new();
    let block = file.push(&[b"FHDB\0", &LONG[..60_000]]);
    let id = file.push(&[&[0, 5, 0, 0, 0], &59_000_u64.to_le_bytes()[..3]]);
    let heap = file.push(&[&heap(8, 4, 1 << 16, block, 0)]);
    let source = file.source();
    let heap = FractalHeap::read(&source, heap).unwrap();
    let object = || heap.object(source.at(id).unwrap());
    assert_eq!(object().unwrap().left(), 59_000);
    assert!(is_budget((0..100).try_for_each(|_| object().map(|_| ()))));
}

#[test]
fn a_long_name_is_not_that_of_many_symbols() {
    let mut file = File::new();
    let names = file.push(&[&LONG[..60_000], &[0]]);
    let heap = file.push(&[b"HEAP\0\0\0\0", &words(&[60_001, 0, names])]);
    let symbol = [&words(&[0, 48])[..], &[0; 24]].concat();
    let node = file.push(&[b"SNOD\x01\0", &1000_u16.to_le_bytes(), &symbol.repeat(1000)]);
    let tree = file.push(&[b"TREE\0\0\x01\0", &words(&[0, 0, 0, node])]);
    let header = file.push(&[&[1, 0, 1, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0]]);
    file.push(&[&[0x11, 0, 16, 0, 0, 0, 0, 0], &words(&[tree, heap])]);
    let source = file.source();
    let header = Header::read(&source, header).unwrap();
    assert!(is_budget(read_links(&source, &header)));
}

#[test]
fn a_long_string_is_not_that_of_many_attributes() {
    let mut file = File::new();
    let heap = file.push(&[b"GCOL\x01\0\0\0", &words(&[60_032, 1, 60_000])]);
    file.push(&[&LONG[..60_000]]);
    let source = file.source();
    let datatype = [0x19, 1, 0, 0, 16, 0, 0, 0];
    let datatype = Datatype::read(Cursor::new(&datatype, source.widths, 0)).unwrap();
    let string = [
        &60_000_u32.to_le_bytes()[..],
        &words(&[heap]),
        &[1, 0, 0, 0],
    ]
    .concat();
    let value = || datatype.values(&source, &string);
    assert!(value().is_ok());
    assert!(is_budget((0..100).try_for_each(|_| value().map(|_| ()))));
}

#[test]
fn nodes_of_a_tree_do_not_share_their_leaves() {
    let mut file = File::new();
    let first = 48 + 24 + 1000 * 10;
    let key = |node: u64| [&[0; 2][..], &words(&[first + 24 * node])].concat();
    let keys: Vec<u8> = (0..1000).flat_map(key).collect();
    let root = file.push(&[b"TREE\0\x01", &1000_u16.to_le_bytes(), &[0; 16], &keys]);
    // What follows a node is its leaves, the nodes behind it among them.
    let node = [&b"TREE\0\0"[..], &1500_u16.to_le_bytes(), &[0; 16]].concat();
    assert_eq!(file.push(&[&node.repeat(1000), &[0; 15_000]]), first);
    assert!(is_budget(read_tree(&file.source(), root, 0, 2)));
}

#[test]
fn nodes_of_a_tree_do_not_share_their_records() {
    let mut file = File::new();
    let children: u64 = 41;
    let first = 48 + 38 + 6 + 40 + 10 * children + 4;
    let child = |node: u64| [&words(&[first + 6 * node])[..], &[255; 2]].concat();
    let pointers: Vec<u8> = (0..children).flat_map(child).collect();
    let tree = file.push(&[
        b"BTHD\0\x08",
        &65_545_u32.to_le_bytes(),
        &[1, 0, 1, 0, 0, 0],
        &words(&[86]),
        &(children as u16 - 1).to_le_bytes(),
        &[0; 12],
    ]);
    file.push(&[b"BTIN\0\x08", &[0; 40], &pointers, &[0; 4]]);
    let node = b"BTLF\0\x08".repeat(children as usize);
    assert_eq!(file.push(&[&node, &LONG[..65_539]]), first);
    let records = read_records(&file.source(), tree, &[8]);
    assert!(is_budget(records.map(|(_, records)| records.len())));
}

#[test]
fn a_header_does_not_go_on_in_the_same_place_over_and_over() {
    let mut file = File::new();
    let block = file.push(&[b"OCHK\0\0\0\0"]);
    let message = [&[0x10, 16, 0, 0][..], &words(&[block, 8])].concat();
    let header = file.push(&[b"OHDR\x02\x02", &100_000_u32.to_le_bytes()]);
    file.push(&[&message.repeat(5000), &[0; 4]]);
    let header = Header::read(&file.source(), header);
    assert!(is_budget(header.map(|header| header.offset)));
}

#[test]
fn members_do_not_multiply_the_name_of_their_group() {
    let mut group = Group::default();
    for number in 0..1000 {
        group.push_dataset(
            number.to_string(),
            Vec::new(),
            Content::Names(1, Vec::new()),
        );
    }
    let mut root = Group::default();
    let name = "a".repeat(60_000);
    root.push_group(name.as_str(), group);
    let mut bytes = Vec::new();
    write(&mut bytes, root).unwrap();
    let file = NativeFile::new(&bytes).unwrap();
    assert!(is_budget(file.members(&format!("/{name}"))));
}
