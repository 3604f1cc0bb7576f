//! Values and attributes of a classic file that is in memory.

use super::Netcdf;
use super::error::NetcdfError;
use super::header::{Attribute, Header, Type, Variable};

/// A file in one of the classic formats.
#[derive(Debug)]
pub(super) struct Classic<'a> {
    file: &'a [u8],
    header: Header,
}

impl<'a> Classic<'a> {
    /// The file that the bytes are.
    ///
    /// # Errors
    ///
    /// A header that is damaged.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, NetcdfError> {
        let header = Header::parse(file)?;
        Ok(Self { file, header })
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        let mut attributes = self.header.attributes.iter();
        attributes.find(|attribute| attribute.name == name)
    }

    fn variable(&self, name: &str) -> Option<&Variable> {
        let mut variables = self.header.variables.iter();
        variables.find(|variable| variable.name == name)
    }

    fn unexpected(variable: &Variable, expected: &'static str) -> NetcdfError {
        NetcdfError::Type {
            variable: crate::shorten(&variable.name),
            found: variable.kind.name(),
            expected,
        }
    }

    /// Where the values of a variable stand: all in a row, or a slice in each record.
    fn slices(&self, variable: &Variable) -> Result<Slices<'a>, NetcdfError> {
        let values = self.header.slice_values(variable);
        let size = values.saturating_mul(variable.kind.size() as u128);
        let (count, stride) = if self.header.is_record(variable) {
            let records = variable
                .dimensions
                .first()
                .map_or(0, |dimension| self.header.dimensions[*dimension].1);
            (u128::from(records), self.header.record_size())
        } else {
            (1, 0)
        };
        let slices = || {
            if count == 0 || size == 0 {
                return Some(Slices::default());
            }
            let end = (count - 1)
                .saturating_mul(stride)
                .saturating_add(size)
                .saturating_add(variable.begin.into());
            // What follows fits the file, so it fits the address space.
            let rest = self.file.get(usize::try_from(variable.begin).ok()?..)?;
            (end <= self.file.len() as u128).then_some(Slices {
                rest,
                count: count as usize,
                size: size as usize,
                stride: stride as usize,
            })
        };
        slices().ok_or_else(|| NetcdfError::Values {
            variable: crate::shorten(&variable.name),
            values: values.saturating_mul(count),
            begin: variable.begin,
            end: self.file.len(),
        })
    }
}

impl Netcdf for Classic<'_> {
    fn dimension(&self, name: &str) -> Result<Option<u64>, NetcdfError> {
        let mut dimensions = self.header.dimensions.iter();
        let found = dimensions.find(|(found, _)| found == name);
        Ok(found.map(|(_, length)| *length))
    }

    fn text(&self, name: &str) -> Result<Option<String>, NetcdfError> {
        let attribute = self.attribute(name);
        let text = attribute.filter(|attribute| attribute.kind == Type::Char);
        Ok(text.map(|text| super::trimmed(&String::from_utf8_lossy(&text.bytes))))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, NetcdfError> {
        let Some(attribute) = self.attribute(name) else {
            return Ok(None);
        };
        if let (Type::Double, Some(bytes)) = (attribute.kind, attribute.bytes.first_chunk()) {
            return Ok(super::whole(f64::from_be_bytes(*bytes)));
        }
        let mut number = None;
        integers(attribute.kind, &attribute.bytes, |value| {
            number = u64::try_from(value).ok();
        });
        Ok(number)
    }

    fn floats(&self, name: &str) -> Result<Option<Vec<f64>>, NetcdfError> {
        let Some(variable) = self.variable(name) else {
            return Ok(None);
        };
        let slices = self.slices(variable)?;
        let mut values = Vec::new();
        values.reserve_exact(slices.bytes() / variable.kind.size());
        for slice in slices {
            match variable.kind {
                Type::Double => values.extend(words(slice).map(f64::from_be_bytes)),
                Type::Float => values.extend(words(slice).map(f32::from_be_bytes).map(f64::from)),
                kind => {
                    if !integers(kind, slice, |value| values.push(value as f64)) {
                        return Err(Self::unexpected(variable, "double or float"));
                    }
                }
            }
        }
        Ok(Some(values))
    }

    fn ids(&self, name: &str, largest: u32) -> Result<Option<Vec<u32>>, NetcdfError> {
        let Some(variable) = self.variable(name) else {
            return Ok(None);
        };
        let slices = self.slices(variable)?;
        let mut values = Vec::new();
        values.reserve_exact(slices.bytes() / variable.kind.size());
        let mut wrong = None;
        for slice in slices {
            let is_whole = integers(variable.kind, slice, |value| {
                if value < 1 || value > largest.into() {
                    wrong.get_or_insert((values.len(), value));
                }
                values.push((value as u32).wrapping_sub(1));
            });
            if !is_whole {
                return Err(Self::unexpected(variable, "int or int64"));
            }
        }
        match wrong {
            None => Ok(Some(values)),
            Some((index, value)) => Err(NetcdfError::Range {
                variable: crate::shorten(&variable.name),
                index,
                value,
                least: 1,
                largest: largest.into(),
            }),
        }
    }
}

/// The bytes of a variable's values, piece by piece.
#[derive(Default)]
struct Slices<'a> {
    rest: &'a [u8],
    count: usize,
    size: usize,
    stride: usize,
}

impl Slices<'_> {
    /// The bytes of all slices.
    fn bytes(&self) -> usize {
        self.count * self.size
    }
}

impl<'a> Iterator for Slices<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.count = self.count.checked_sub(1)?;
        let slice = self.rest.get(..self.size)?;
        self.rest = self.rest.get(self.stride..).unwrap_or_default();
        Some(slice)
    }
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().copied()
}

/// Takes the whole numbers that the bytes are; false where their type is not one of such.
fn integers(kind: Type, bytes: &[u8], mut take: impl FnMut(i128)) -> bool {
    match kind {
        Type::Byte => words(bytes).for_each(|b| take(i8::from_be_bytes(b).into())),
        Type::UnsignedByte => words(bytes).for_each(|b| take(u8::from_be_bytes(b).into())),
        Type::Short => words(bytes).for_each(|b| take(i16::from_be_bytes(b).into())),
        Type::UnsignedShort => words(bytes).for_each(|b| take(u16::from_be_bytes(b).into())),
        Type::Int => words(bytes).for_each(|b| take(i32::from_be_bytes(b).into())),
        Type::UnsignedInt => words(bytes).for_each(|b| take(u32::from_be_bytes(b).into())),
        Type::Int64 => words(bytes).for_each(|b| take(i64::from_be_bytes(b).into())),
        Type::UnsignedInt64 => words(bytes).for_each(|b| take(u64::from_be_bytes(b).into())),
        Type::Char | Type::Float | Type::Double => return false,
    }
    true
}
