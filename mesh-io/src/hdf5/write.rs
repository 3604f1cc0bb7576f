//! Writing an HDF5 file from the tree of its groups.
//!
//! One form of each thing: a superblock of version 2, object headers of version 2 with all links
//! and attributes in them, contiguous data sets. The HDF5 library reads that since 1.8. Groups
//! track and index the order of creation, as the library of MED requires of some.

use std::io::{self, Write};

use super::checksum::lookup3;

/// A group: its attributes, and its members in the order of creation.
#[derive(Default)]
pub(crate) struct Group<'a> {
    pub(crate) attributes: Vec<(&'static str, Attribute)>,
    pub(crate) members: Vec<(String, Node<'a>)>,
}

/// A member of a group.
pub(crate) enum Node<'a> {
    Group(Group<'a>),
    Dataset(Dataset<'a>),
}

/// A data set with its attributes.
pub(crate) struct Dataset<'a> {
    pub(crate) attributes: Vec<(&'static str, Attribute)>,
    pub(crate) content: Content<'a>,
}

/// The values of a data set. The values are asked for when they are written; there have to be
/// as many as were announced.
pub(crate) enum Content<'a> {
    Floats(usize, Box<dyn Iterator<Item = f64> + 'a>),
    Integers(usize, Box<dyn Iterator<Item = i64> + 'a>),
    /// Names, each as an array of so many bytes, filled up with zeros.
    Names(usize, Vec<String>),
}

/// The value of an attribute.
#[derive(Clone, Debug)]
pub(crate) enum Attribute {
    Integer(i64),
    Float(f64),
    /// A set of 32 bits.
    Bits(u32),
    /// A string of fixed length, ended by a zero byte.
    Text(Vec<u8>),
    /// Several of them, all as long as the longest.
    Texts(Vec<String>),
}

impl<'a> Group<'a> {
    /// An empty group with these attributes.
    pub(crate) fn new(attributes: Vec<(&'static str, Attribute)>) -> Self {
        Self {
            attributes,
            members: Vec::new(),
        }
    }

    /// Adds a group.
    pub(crate) fn push_group(&mut self, name: impl Into<String>, group: Group<'a>) {
        self.members.push((name.into(), Node::Group(group)));
    }

    /// Adds a data set.
    pub(crate) fn push_dataset(
        &mut self,
        name: impl Into<String>,
        attributes: Vec<(&'static str, Attribute)>,
        content: Content<'a>,
    ) {
        let dataset = Dataset {
            attributes,
            content,
        };
        self.members.push((name.into(), Node::Dataset(dataset)));
    }
}

const SUPERBLOCK_SIZE: u64 = 48;
const UNDEFINED: u64 = u64::MAX;
/// The most that a message of a header can hold.
const MOST_MESSAGE: usize = u16::MAX as usize;

/// Writes the file whose root is `root`.
///
/// # Errors
///
/// An attribute or a name too long for its message, a data set of another length than was
/// announced, or whatever `out` returns.
pub(crate) fn write(out: &mut dyn Write, root: Group<'_>) -> io::Result<()> {
    let mut end = SUPERBLOCK_SIZE;
    let root = place(Node::Group(root), &mut end)?;
    let mut superblock = b"\x89HDF\r\n\x1a\n\x02\x08\x08\0".to_vec();
    for number in [0, UNDEFINED, end, root.address] {
        superblock.extend(number.to_le_bytes());
    }
    superblock.extend(lookup3(&superblock).to_le_bytes());
    out.write_all(&superblock)?;
    write_placed(out, root)
}

/// A node that knows where it and its parts will be.
struct Placed<'a> {
    address: u64,
    header: Vec<u8>,
    /// The values, and the bytes up to the next multiple of eight behind them.
    content: Option<(Content<'a>, usize)>,
    members: Vec<Placed<'a>>,
}

/// Gives `node` and what is below it their places from `end` on, which moves behind them.
fn place<'a>(node: Node<'a>, end: &mut u64) -> io::Result<Placed<'a>> {
    let address = *end;
    match node {
        Node::Group(group) => {
            // The addresses of the members do not change the size of the header.
            let unknown = vec![0; group.members.len()];
            *end += group_header(&group, &unknown)?.len() as u64;
            let mut placed = Vec::with_capacity(group.members.len());
            let mut rest = Group::new(group.attributes);
            for (name, node) in group.members {
                placed.push(place(node, end)?);
                rest.push_group(name, Group::default());
            }
            let addresses: Vec<u64> = placed.iter().map(|member| member.address).collect();
            Ok(Placed {
                address,
                header: group_header(&rest, &addresses)?,
                content: None,
                members: placed,
            })
        }
        Node::Dataset(dataset) => {
            let size = dataset.content.byte_count();
            let header_size = dataset_header(&dataset, 0)?.len() as u64;
            let data = address + header_size;
            let data = if size == 0 { UNDEFINED } else { data };
            let padding = size.next_multiple_of(8) - size;
            *end += header_size + (size + padding) as u64;
            Ok(Placed {
                address,
                header: dataset_header(&dataset, data)?,
                content: Some((dataset.content, padding)),
                members: Vec::new(),
            })
        }
    }
}

fn write_placed(out: &mut dyn Write, node: Placed<'_>) -> io::Result<()> {
    out.write_all(&node.header)?;
    if let Some((content, padding)) = node.content {
        content.write(out)?;
        out.write_all(&[0; 8][..padding])?;
    }
    for member in node.members {
        write_placed(out, member)?;
    }
    Ok(())
}

fn group_header(group: &Group<'_>, addresses: &[u64]) -> io::Result<Vec<u8>> {
    let mut messages = Messages::default();
    let mut info = vec![0, 3];
    for number in [addresses.len() as u64, UNDEFINED, UNDEFINED, UNDEFINED] {
        info.extend(number.to_le_bytes());
    }
    messages.add(0x02, 0, &info)?;
    messages.add(0x0A, 1, &[0, 0])?;
    messages.add_attributes(&group.attributes)?;
    for (order, ((name, _), address)) in group.members.iter().zip(addresses).enumerate() {
        // A version, and that there are an order, a character set, a length of two bytes.
        let mut link = vec![1, 0x15];
        link.extend((order as u64).to_le_bytes());
        link.push(u8::from(!name.is_ascii()));
        link.extend(message_size(name.len())?.to_le_bytes());
        link.extend(name.as_bytes());
        link.extend(address.to_le_bytes());
        messages.add(0x06, 0, &link)?;
    }
    messages.finish()
}

fn dataset_header(dataset: &Dataset<'_>, data: u64) -> io::Result<Vec<u8>> {
    let mut messages = Messages::default();
    let content = &dataset.content;
    messages.add(0x01, 0, &dataspace(Some(content.len())))?;
    messages.add(0x03, 1, &content.datatype())?;
    // No fill value: late allocation, written if set.
    messages.add(0x05, 1, &[3, 0x0A])?;
    let mut layout = vec![3, 1];
    layout.extend(data.to_le_bytes());
    layout.extend((content.byte_count() as u64).to_le_bytes());
    messages.add(0x08, 0, &layout)?;
    messages.add_attributes(&dataset.attributes)?;
    messages.finish()
}

/// The messages of an object header.
#[derive(Default)]
struct Messages(Vec<u8>);

impl Messages {
    fn add(&mut self, kind: u8, flags: u8, body: &[u8]) -> io::Result<()> {
        self.0.push(kind);
        self.0.extend(message_size(body.len())?.to_le_bytes());
        self.0.push(flags);
        self.0.extend(body);
        Ok(())
    }

    fn add_attributes(&mut self, attributes: &[(&'static str, Attribute)]) -> io::Result<()> {
        let mut info = vec![0, 0];
        info.extend([u8::MAX; 16]);
        self.add(0x15, 4, &info)?;
        for (name, attribute) in attributes {
            let (datatype, dataspace, data) = attribute.encode()?;
            let mut body = vec![3, 0];
            for size in [name.len() + 1, datatype.len(), dataspace.len()] {
                body.extend(message_size(size)?.to_le_bytes());
            }
            body.push(0);
            body.extend(name.as_bytes());
            body.push(0);
            body.extend(datatype);
            body.extend(dataspace);
            body.extend(data);
            self.add(0x0C, 0, &body)?;
        }
        Ok(())
    }

    /// The header: its size takes four bytes, no times, no order of attributes.
    fn finish(self) -> io::Result<Vec<u8>> {
        let size = u32::try_from(self.0.len()).map_err(|_| too_long("a group", self.0.len()))?;
        let mut header = b"OHDR\x02\x02".to_vec();
        header.extend(size.to_le_bytes());
        header.extend(self.0);
        header.extend(lookup3(&header).to_le_bytes());
        Ok(header)
    }
}

fn message_size(size: usize) -> io::Result<u16> {
    u16::try_from(size).map_err(|_| too_long("a name or an attribute", size))
}

fn too_long(what: &str, size: usize) -> io::Error {
    let message = format!("{what} of {size} bytes, HDF5 has room for {MOST_MESSAGE}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// One dimension of this length, or a single value.
fn dataspace(length: Option<usize>) -> Vec<u8> {
    let Some(length) = length else {
        return vec![2, 0, 0, 0];
    };
    let mut dataspace = vec![2, 1, 0, 1];
    dataspace.extend((length as u64).to_le_bytes());
    dataspace
}

const INTEGER: [u8; 12] = [0x10, 8, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0];
const BITS: [u8; 12] = [0x14, 0, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0];
const FLOAT: [u8; 20] = [
    0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0,
];

fn text_type(size: usize) -> Vec<u8> {
    let mut datatype = vec![0x13, 0, 0, 0];
    datatype.extend((size as u32).to_le_bytes());
    datatype
}

impl Attribute {
    /// The attribute of a text.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }

    /// Type, dataspace, data.
    fn encode(&self) -> io::Result<(Vec<u8>, Vec<u8>, Vec<u8>)> {
        Ok(match self {
            Self::Integer(value) => (
                INTEGER.to_vec(),
                dataspace(None),
                value.to_le_bytes().to_vec(),
            ),
            Self::Float(value) => (
                FLOAT.to_vec(),
                dataspace(None),
                value.to_le_bytes().to_vec(),
            ),
            Self::Bits(bits) => (BITS.to_vec(), dataspace(None), bits.to_le_bytes().to_vec()),
            Self::Text(text) => {
                let ended = [text, &[0][..]].concat();
                (text_type(ended.len()), dataspace(None), ended)
            }
            Self::Texts(texts) => {
                let size = texts.iter().map(String::len).max().unwrap_or(0) + 1;
                message_size(size.saturating_mul(texts.len()))?;
                let data = texts.iter().flat_map(|text| padded(text, size)).collect();
                (text_type(size), dataspace(Some(texts.len())), data)
            }
        })
    }
}

/// The bytes of `text`, cut or filled up with zeros to `size`.
fn padded(text: &str, size: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(size, 0);
    bytes
}

impl Content<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Floats(count, _) | Self::Integers(count, _) => *count,
            Self::Names(_, names) => names.len(),
        }
    }

    fn byte_count(&self) -> usize {
        match self {
            Self::Floats(count, _) | Self::Integers(count, _) => count * 8,
            Self::Names(size, names) => size * names.len(),
        }
    }

    fn datatype(&self) -> Vec<u8> {
        match self {
            Self::Floats(..) => FLOAT.to_vec(),
            Self::Integers(..) => INTEGER.to_vec(),
            Self::Names(size, _) => {
                let size = (*size as u32).to_le_bytes();
                let mut datatype = vec![0x2A, 0, 0, 0];
                datatype.extend(size);
                datatype.extend([1, 0, 0, 0]);
                datatype.extend(size);
                datatype.extend([0; 4]);
                datatype.extend([0x10, 8, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]);
                datatype
            }
        }
    }

    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let expected = self.len();
        let found = match self {
            Self::Floats(_, values) => write_words(out, values.map(f64::to_le_bytes))?,
            Self::Integers(_, values) => write_words(out, values.map(i64::to_le_bytes))?,
            Self::Names(size, names) => {
                for name in &names {
                    out.write_all(&padded(name, size))?;
                }
                names.len()
            }
        };
        if found == expected {
            return Ok(());
        }
        let message = format!("{found} values, but {expected} were announced");
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

/// Writes the words, many at a time; how many.
fn write_words(out: &mut dyn Write, mut words: impl Iterator<Item = [u8; 8]>) -> io::Result<usize> {
    const MANY: usize = 1 << 13;
    let mut buffer = vec![[0; 8]; MANY];
    let mut count = 0;
    loop {
        let mut filled = 0;
        for (place, word) in buffer.iter_mut().zip(words.by_ref()) {
            *place = word;
            filled += 1;
        }
        out.write_all(buffer[..filled].as_flattened())?;
        count += filled;
        if filled < MANY {
            return Ok(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Hdf5Read, Member, NativeFile, Value};
    use super::*;

    fn file() -> Vec<u8> {
        let mut inner = Group::new(vec![
            ("whole", Attribute::Integer(-3)),
            ("part", Attribute::Float(0.5)),
            ("bits", Attribute::Bits(1 << 31)),
            ("word", Attribute::text("zwölf")),
            (
                "words",
                Attribute::Texts(vec!["a".into(), String::new(), "bc".into()]),
            ),
        ]);
        let integers = Content::Integers(3, Box::new([5_i64, -6, i64::MIN].into_iter()));
        inner.push_dataset("numbers", vec![("NBR", Attribute::Integer(3))], integers);
        let names = Content::Names(5, vec!["one".into(), "three".into()]);
        inner.push_dataset("names", Vec::new(), names);
        inner.push_dataset(
            "empty",
            Vec::new(),
            Content::Floats(0, Box::new([].into_iter())),
        );
        let mut root = Group::default();
        let floats = Content::Floats(2, Box::new([1.5, f64::MAX].into_iter()));
        root.push_dataset("z first", Vec::new(), floats);
        root.push_group("größer", inner);
        let mut file = Vec::new();
        write(&mut file, root).unwrap();
        file
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = file();
        let file = NativeFile::new(&bytes).unwrap();
        let member = |name: &str, is_group| {
            let name = name.to_owned();
            Member { name, is_group }
        };
        let expected = [member("z first", false), member("größer", true)];
        assert_eq!(file.members("").unwrap(), expected);
        let members = file.members("/größer").unwrap();
        assert_eq!(members[0], member("numbers", false));
        let value = file.values("/z first").unwrap();
        assert_eq!(value, Value::Floats(vec![1.5, f64::MAX]));
        let value = file.values("/größer/numbers").unwrap();
        assert_eq!(value, Value::Integers(vec![5, -6, i64::MIN]));
        assert_eq!(file.length("/größer/numbers"), Ok(3));
        let value = file.values("/größer/names").unwrap();
        assert_eq!(value, Value::Text(b"one\0\0three".to_vec()));
        let value = file.values("/größer/empty").unwrap();
        assert_eq!(value, Value::Floats(Vec::new()));
        let attribute = |name| file.attribute("/größer", name).unwrap();
        assert_eq!(attribute("whole"), Some(Value::Integers(vec![-3])));
        assert_eq!(attribute("part"), Some(Value::Floats(vec![0.5])));
        assert_eq!(attribute("bits"), Some(Value::Integers(vec![1 << 31])));
        let expected = "zwölf\0".as_bytes().to_vec();
        assert_eq!(attribute("word"), Some(Value::Text(expected)));
        let expected = b"a\0\0\0\0\0bc\0".to_vec();
        assert_eq!(attribute("words"), Some(Value::Text(expected)));
        assert_eq!(attribute("other"), None);
        let count = file.attribute("/größer/numbers", "NBR").unwrap();
        assert_eq!(count, Some(Value::Integers(vec![3])));
    }

    #[test]
    fn a_file_that_was_cut_says_so() {
        let file = file();
        for length in 0..file.len() {
            assert!(NativeFile::new(&file[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_byte_that_was_changed_in_a_header_is_noticed() {
        let mut bytes = file();
        let place = bytes
            .windows(4)
            .position(|bytes| bytes == b"NBR\0")
            .unwrap();
        bytes[place + 8] ^= 1;
        let file = NativeFile::new(&bytes).unwrap();
        let error = file.attribute("/größer/numbers", "NBR").unwrap_err();
        assert!(error.to_string().contains("checksum"), "{error}");
    }

    #[test]
    fn attributes_too_long_for_a_message_are_refused() {
        let long = Attribute::Text(vec![b'a'; 1 << 16]);
        // Filled up to the longest they would be a terabyte.
        let mut texts = vec![String::new(); 1 << 20];
        texts.push("a".repeat(1 << 20));
        for attribute in [long, Attribute::Texts(texts)] {
            let root = Group::new(vec![("long", attribute)]);
            assert!(write(&mut Vec::new(), root).is_err());
        }
    }
}
