//! Files in the classic formats: 64-bit offset where everything fits, else 64-bit data.

use std::io::{self, Write};

use super::header::{ATTRIBUTES, DIMENSIONS, Type, VARIABLES};

/// Values handed on at once.
const CHUNK: usize = 1 << 13;

/// A file as it is to be written.
pub(crate) struct Writer<'a> {
    /// Names and lengths. A length of 0 makes the dimension that of records, of which there are
    /// none; there can be only one.
    dimensions: Vec<(&'static str, usize)>,
    attributes: Vec<(&'static str, NewAttribute)>,
    variables: Vec<NewVariable<'a>>,
}

/// The value of an attribute of the file.
pub(crate) enum NewAttribute {
    Text(String),
    Number(usize),
}

impl<'a> Writer<'a> {
    /// A file with these attributes, and no dimension yet.
    pub(crate) fn new(attributes: Vec<(&'static str, NewAttribute)>) -> Self {
        Self {
            dimensions: Vec::new(),
            attributes,
            variables: Vec::new(),
        }
    }

    /// Adds a dimension; returns its index.
    pub(crate) fn add_dimension(&mut self, name: &'static str, length: usize) -> usize {
        self.dimensions.push((name, length));
        self.dimensions.len() - 1
    }

    /// Adds a variable of one dimension, with names and texts of attributes.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        dimension: usize,
        attributes: &[(&'static str, &'static str)],
        data: Data<'a>,
    ) {
        self.variables.push(NewVariable {
            name,
            dimension,
            attributes: attributes.to_vec(),
            data,
        });
    }
}

/// A variable of one dimension.
struct NewVariable<'a> {
    name: &'static str,
    /// The index of its dimension.
    dimension: usize,
    attributes: Vec<(&'static str, &'static str)>,
    /// As many values as the dimension is long.
    data: Data<'a>,
}

/// The values of a variable, made while they are written.
pub(crate) enum Data<'a> {
    /// Whole numbers, and the largest that may occur.
    Ids(Box<dyn Iterator<Item = u64> + 'a>, u64),
    Doubles(Box<dyn Iterator<Item = f64> + 'a>),
}

impl<'a> Data<'a> {
    /// Whole numbers up to `largest`.
    pub(crate) fn ids(ids: impl Iterator<Item = u64> + 'a, largest: usize) -> Self {
        Self::Ids(Box::new(ids), largest as u64)
    }

    /// Floats.
    pub(crate) fn doubles(values: impl Iterator<Item = f64> + 'a) -> Self {
        Self::Doubles(Box::new(values))
    }

    /// The type of the values: a wide one only where it has to be.
    fn kind(&self) -> Type {
        match self {
            Self::Ids(_, largest) if i32::try_from(*largest).is_ok() => Type::Int,
            Self::Ids(..) => Type::Int64,
            Self::Doubles(_) => Type::Double,
        }
    }

    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        match (self.kind(), self) {
            (Type::Int, Self::Ids(ids, _)) => {
                write_chunks(out, ids.map(|id| (id as u32).to_be_bytes()))
            }
            (_, Self::Ids(ids, _)) => write_chunks(out, ids.map(u64::to_be_bytes)),
            (_, Self::Doubles(values)) => write_chunks(out, values.map(f64::to_be_bytes)),
        }
    }
}

impl Writer<'_> {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// Whatever `out` returns.
    pub(crate) fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        // Records stand behind all else.
        let lengths: Vec<usize> = self.dimensions.iter().map(|(_, length)| *length).collect();
        self.variables
            .sort_by_key(|variable| lengths[variable.dimension] == 0);
        let sizes: Vec<u64> = self
            .variables
            .iter()
            .map(|variable| {
                // Of records there are none, but a slice of one has a size.
                let count = lengths[variable.dimension].max(1) as u64;
                count.saturating_mul(variable.data.kind().size() as u64)
            })
            .collect();
        let is_wide = sizes.iter().any(|size| *size > u64::from(u32::MAX) - 3)
            || lengths.iter().any(|length| i32::try_from(*length).is_err())
            || (self.variables.iter()).any(|variable| variable.data.kind() == Type::Int64);
        // The places of the values depend on the length of the header, not the other way round.
        let begin = self.header(&sizes, is_wide, 0).len() as u64;
        out.write_all(&self.header(&sizes, is_wide, begin))?;
        // Sizes are multiples of four: nothing is to be filled up.
        self.variables
            .into_iter()
            .try_for_each(|variable| variable.data.write(out))
    }

    fn header(&self, sizes: &[u64], is_wide: bool, mut begin: u64) -> Vec<u8> {
        let mut header = HeaderWriter {
            bytes: vec![b'C', b'D', b'F', if is_wide { 5 } else { 2 }],
            is_wide,
        };
        // No records.
        header.number(0);
        header.list(DIMENSIONS, self.dimensions.len());
        for (name, length) in &self.dimensions {
            header.name(name);
            header.number(*length as u64);
        }
        header.list(ATTRIBUTES, self.attributes.len());
        for (name, value) in &self.attributes {
            match value {
                NewAttribute::Text(text) => header.text_attribute(name, text),
                NewAttribute::Number(number) => header.number_attribute(name, *number),
            }
        }
        header.list(VARIABLES, self.variables.len());
        for (variable, size) in self.variables.iter().zip(sizes) {
            header.name(variable.name);
            header.number(1);
            header.number(variable.dimension as u64);
            header.list(ATTRIBUTES, variable.attributes.len());
            for (name, text) in &variable.attributes {
                header.text_attribute(name, text);
            }
            header.word(variable.data.kind().code());
            header.number(*size);
            header.bytes.extend(begin.to_be_bytes());
            begin += size;
        }
        header.bytes
    }
}

struct HeaderWriter {
    bytes: Vec<u8>,
    is_wide: bool,
}

impl HeaderWriter {
    fn word(&mut self, word: u32) {
        self.bytes.extend(word.to_be_bytes());
    }

    /// A count, length or index; whether it fits was seen before.
    fn number(&mut self, number: u64) {
        if self.is_wide {
            self.bytes.extend(number.to_be_bytes());
        } else {
            self.word(number as u32);
        }
    }

    fn list(&mut self, tag: u32, length: usize) {
        self.word(if length == 0 { 0 } else { tag });
        self.number(length as u64);
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let padding = (4 - bytes.len() % 4) % 4;
        self.bytes.extend(&[0; 3][..padding]);
    }

    fn name(&mut self, name: &str) {
        self.number(name.len() as u64);
        self.padded(name.as_bytes());
    }

    fn text_attribute(&mut self, name: &str, text: &str) {
        self.name(name);
        self.word(Type::Char.code());
        self.number(text.len() as u64);
        self.padded(text.as_bytes());
    }

    /// As an int where it is one, else as a double: 64-bit integers are not in every version.
    fn number_attribute(&mut self, name: &str, number: usize) {
        self.name(name);
        let (kind, bytes) = match i32::try_from(number) {
            Ok(number) => (Type::Int, number.to_be_bytes().to_vec()),
            Err(_) => (Type::Double, (number as f64).to_be_bytes().to_vec()),
        };
        self.word(kind.code());
        self.number(1);
        self.bytes.extend(bytes);
    }
}

fn write_chunks<const N: usize>(
    out: &mut dyn Write,
    mut values: impl Iterator<Item = [u8; N]>,
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(CHUNK * N);
    loop {
        buffer.clear();
        buffer.extend(values.by_ref().take(CHUNK).flatten());
        if buffer.is_empty() {
            return Ok(());
        }
        out.write_all(&buffer)?;
    }
}
