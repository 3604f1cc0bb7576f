//! What stands in front of the values: dimensions, attributes, variables.

use super::error::NetcdfError;

/// The header of a file.
#[derive(Debug)]
pub(crate) struct Header {
    /// Names and lengths.
    pub(crate) dimensions: Vec<(String, u64)>,
    /// The dimension of records, whose length is the number of records.
    pub(crate) record_dimension: Option<usize>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) variables: Vec<Variable>,
}

/// An attribute: its name and its values as they stand in the file.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) bytes: Vec<u8>,
}

/// A variable: where its values stand.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// The indices of its dimensions, all of them there.
    pub(crate) dimensions: Vec<usize>,
    pub(crate) kind: Type,
    pub(crate) begin: u64,
}

/// The type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Byte,
    Char,
    Short,
    Int,
    Float,
    Double,
    UnsignedByte,
    UnsignedShort,
    UnsignedInt,
    Int64,
    UnsignedInt64,
}

impl Type {
    const ALL: [Self; 11] = [
        Self::Byte,
        Self::Char,
        Self::Short,
        Self::Int,
        Self::Float,
        Self::Double,
        Self::UnsignedByte,
        Self::UnsignedShort,
        Self::UnsignedInt,
        Self::Int64,
        Self::UnsignedInt64,
    ];

    /// The number that stands for it in files, from 1.
    pub(crate) const fn code(self) -> u32 {
        self as u32 + 1
    }

    fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// How netCDF calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Byte => "byte",
            Self::Char => "char",
            Self::Short => "short",
            Self::Int => "int",
            Self::Float => "float",
            Self::Double => "double",
            Self::UnsignedByte => "ubyte",
            Self::UnsignedShort => "ushort",
            Self::UnsignedInt => "uint",
            Self::Int64 => "int64",
            Self::UnsignedInt64 => "uint64",
        }
    }

    /// The bytes of a value.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Byte | Self::Char | Self::UnsignedByte => 1,
            Self::Short | Self::UnsignedShort => 2,
            Self::Int | Self::Float | Self::UnsignedInt => 4,
            Self::Double | Self::Int64 | Self::UnsignedInt64 => 8,
        }
    }
}

/// What stands in front of lists in the header.
pub(crate) const DIMENSIONS: u32 = 10;
pub(crate) const VARIABLES: u32 = 11;
pub(crate) const ATTRIBUTES: u32 = 12;

impl Header {
    /// The header of the bytes `file`.
    ///
    /// Cost: what the header has; nothing is allocated for what is not in the file.
    pub(crate) fn parse(file: &[u8]) -> Result<Self, NetcdfError> {
        let mut reader = HeaderReader::new(file)?;
        let records = reader.records()?;
        let mut dimensions = Vec::new();
        for _ in 0..reader.list(DIMENSIONS, "a list of dimensions")? {
            let name = reader.name()?;
            dimensions.push((name, reader.number("the length of a dimension")?));
        }
        let record_dimension = dimensions.iter().position(|(_, length)| *length == 0);
        let attributes = reader.attributes()?;
        let mut variables = Vec::new();
        for _ in 0..reader.list(VARIABLES, "a list of variables")? {
            variables.push(reader.variable(dimensions.len())?);
        }
        let mut header = Self {
            dimensions,
            record_dimension,
            attributes,
            variables,
        };
        if let Some(dimension) = record_dimension {
            let count = records.unwrap_or_else(|| header.records_in(file.len() as u64));
            header.dimensions[dimension].1 = count;
        }
        Ok(header)
    }

    /// Whether the variable has a slice in each record.
    pub(crate) fn is_record(&self, variable: &Variable) -> bool {
        self.record_dimension.is_some()
            && variable.dimensions.first() == self.record_dimension.as_ref()
    }

    /// The values of a variable, of one record of it where it has records.
    pub(crate) fn slice_values(&self, variable: &Variable) -> u128 {
        let skipped = usize::from(self.is_record(variable));
        let extents = variable.dimensions[skipped..].iter();
        extents.fold(1, |product: u128, dimension| {
            product.saturating_mul(self.dimensions[*dimension].1.into())
        })
    }

    /// The bytes of a record: a slice of each of its variables, filled up to four bytes each, but
    /// where there is one variable only.
    pub(crate) fn record_size(&self) -> u128 {
        let slices = self
            .variables
            .iter()
            .filter(|variable| self.is_record(variable));
        let sizes: Vec<u128> = slices
            .map(|variable| {
                self.slice_values(variable)
                    .saturating_mul(variable.kind.size() as u128)
            })
            .collect();
        match sizes.as_slice() {
            [only] => *only,
            sizes => sizes.iter().fold(0, |sum: u128, size| {
                sum.saturating_add(size.saturating_add(3) / 4 * 4)
            }),
        }
    }

    /// The whole records that a file of so many bytes has, where the header does not say.
    fn records_in(&self, file: u64) -> u64 {
        let slices = self
            .variables
            .iter()
            .filter(|variable| self.is_record(variable));
        let begin = slices.map(|variable| variable.begin).min().unwrap_or(file);
        let size = self.record_size().max(1);
        (u128::from(file.saturating_sub(begin)) / size) as u64
    }
}

struct HeaderReader<'a> {
    file: &'a [u8],
    offset: usize,
    /// Whether counts have eight bytes.
    wide_counts: bool,
    /// Whether places of values have eight bytes.
    wide_offsets: bool,
}

impl<'a> HeaderReader<'a> {
    fn new(file: &'a [u8]) -> Result<Self, NetcdfError> {
        let [b'C', b'D', b'F', version, ..] = file else {
            let begin = &file[..file.len().min(8)];
            return Err(NetcdfError::Magic {
                found: String::from_utf8_lossy(begin).into_owned(),
            });
        };
        if !matches!(version, 1 | 2 | 5) {
            return Err(NetcdfError::Version { found: *version });
        }
        Ok(Self {
            file,
            offset: 4,
            wide_counts: *version == 5,
            wide_offsets: *version != 1,
        })
    }

    fn bytes(&mut self, count: u64, within: &'static str) -> Result<&'a [u8], NetcdfError> {
        let rest = self.file.get(self.offset..).unwrap_or_default();
        let taken = usize::try_from(count)
            .ok()
            .and_then(|count| rest.get(..count));
        let taken = taken.ok_or(NetcdfError::Cut {
            end: self.file.len(),
            within,
        })?;
        self.offset += taken.len();
        Ok(taken)
    }

    /// Bytes that are filled up to whole fours.
    fn padded(&mut self, count: u64, within: &'static str) -> Result<&'a [u8], NetcdfError> {
        let bytes = self.bytes(count, within)?;
        self.bytes((4 - count % 4) % 4, within)?;
        Ok(bytes)
    }

    fn word(&mut self, within: &'static str) -> Result<u32, NetcdfError> {
        let bytes = self.bytes(4, within)?;
        Ok(bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte)))
    }

    fn double_word(&mut self, within: &'static str) -> Result<u64, NetcdfError> {
        let bytes = self.bytes(8, within)?;
        Ok(bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)))
    }

    /// A count, length or index.
    fn number(&mut self, what: &'static str) -> Result<u64, NetcdfError> {
        let offset = self.offset;
        let (found, largest) = if self.wide_counts {
            (self.double_word(what)?, i64::MAX as u64)
        } else {
            (self.word(what)?.into(), i32::MAX as u64)
        };
        if found > largest {
            return Err(NetcdfError::Header {
                offset,
                found,
                expected: what,
            });
        }
        Ok(found)
    }

    /// The number of records; none where it has to be found from the size of the file.
    fn records(&mut self) -> Result<Option<u64>, NetcdfError> {
        let what = "the number of records";
        let unknown = if self.wide_counts {
            u64::MAX
        } else {
            u32::MAX.into()
        };
        let found = if self.wide_counts {
            self.double_word(what)?
        } else {
            self.word(what)?.into()
        };
        Ok((found != unknown).then_some(found))
    }

    /// The length of the list that begins here.
    fn list(&mut self, tag: u32, what: &'static str) -> Result<u64, NetcdfError> {
        let offset = self.offset;
        let found = self.word(what)?;
        let count = self.number(what)?;
        if found == tag || (found == 0 && count == 0) {
            return Ok(count);
        }
        Err(NetcdfError::Header {
            offset,
            found: found.into(),
            expected: what,
        })
    }

    fn name(&mut self) -> Result<String, NetcdfError> {
        let length = self.number("the length of a name")?;
        let bytes = self.padded(length, "a name")?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    fn kind(&mut self) -> Result<Type, NetcdfError> {
        let offset = self.offset;
        let found = self.word("a type")?;
        Type::from_code(found).ok_or(NetcdfError::Header {
            offset,
            found: found.into(),
            expected: "a type from 1 to 11",
        })
    }

    fn attributes(&mut self) -> Result<Vec<Attribute>, NetcdfError> {
        let mut attributes = Vec::new();
        for _ in 0..self.list(ATTRIBUTES, "a list of attributes")? {
            let name = self.name()?;
            let kind = self.kind()?;
            let count = self.number("the length of an attribute")?;
            let bytes = self.padded(count.saturating_mul(kind.size() as u64), "an attribute")?;
            attributes.push(Attribute {
                name,
                kind,
                bytes: bytes.to_vec(),
            });
        }
        Ok(attributes)
    }

    fn variable(&mut self, dimension_count: usize) -> Result<Variable, NetcdfError> {
        let name = self.name()?;
        let mut dimensions = Vec::new();
        for _ in 0..self.number("the number of dimensions of a variable")? {
            let offset = self.offset;
            let found = self.number("a dimension of a variable")?;
            if found >= dimension_count as u64 {
                return Err(NetcdfError::Header {
                    offset,
                    found,
                    expected: "a dimension that there is",
                });
            }
            dimensions.push(found as usize);
        }
        self.attributes()?;
        let kind = self.kind()?;
        // The size follows from the dimensions; in the header it is wrong where it is large.
        if self.wide_counts {
            self.double_word("the size of a variable")?;
        } else {
            self.word("the size of a variable")?;
        }
        let what = "the place of a variable";
        let begin = if self.wide_offsets {
            self.double_word(what)?
        } else {
            self.word(what)?.into()
        };
        Ok(Variable {
            name,
            dimensions,
            kind,
            begin,
        })
    }
}
