//! The values of one array, and the types that they can have.

use std::borrow::Cow;

use crate::vtk::ArrayError;
use crate::vtk::fields::Values;
use crate::vtk::xml::numbers::ArrayData;
use crate::vtk::xml::scalar::ScalarType;

/// The type of the values of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueType {
    /// Eight to a byte.
    Bit,
    /// Numbers.
    Number(ScalarType),
    /// Text.
    Text,
}

impl ValueType {
    /// The type called `name`, in upper or lower case.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        let number = match name.to_ascii_lowercase().as_slice() {
            b"bit" => return Some(Self::Bit),
            b"string" | b"utf8_string" | b"unicode_string" => return Some(Self::Text),
            b"char" | b"signed_char" | b"vtktypeint8" => ScalarType::Int8,
            b"unsigned_char" | b"vtktypeuint8" => ScalarType::UInt8,
            b"short" | b"vtktypeint16" => ScalarType::Int16,
            b"unsigned_short" | b"vtktypeuint16" => ScalarType::UInt16,
            // VTK writes its ids with 32 bits, whatever it computes with.
            b"int" | b"vtktypeint32" | b"vtkidtype" => ScalarType::Int32,
            b"unsigned_int" | b"vtktypeuint32" => ScalarType::UInt32,
            b"long" | b"long_long" | b"vtktypeint64" => ScalarType::Int64,
            b"unsigned_long" | b"unsigned_long_long" | b"vtktypeuint64" => ScalarType::UInt64,
            b"float" | b"vtktypefloat32" => ScalarType::Float32,
            b"double" | b"vtktypefloat64" => ScalarType::Float64,
            _ => return None,
        };
        Some(Self::Number(number))
    }
}

/// The values of one array, not yet converted where they are bytes of the file.
pub(super) enum Numbers<'a> {
    Floats(Vec<f64>),
    Integers(Vec<i64>),
    /// Unsigned numbers, one of which does not fit.
    TooLarge(ArrayError),
    Raw(ArrayData<'a>, usize),
}

impl Numbers<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Floats(values) => values.len(),
            Self::Integers(values) => values.len(),
            Self::TooLarge(_) => 0,
            Self::Raw(_, count) => *count,
        }
    }

    /// Floats as floats, integers as integers.
    pub(super) fn into_values(self) -> Result<Values, ArrayError> {
        match self {
            Self::Floats(values) => Ok(Values::Float(values)),
            Self::Integers(values) => Ok(Values::Integer(values)),
            Self::TooLarge(error) => Err(error),
            Self::Raw(data, _) if data.is_float() => data.floats().map(Values::Float),
            Self::Raw(data, _) => data.integers().map(Values::Integer),
        }
    }

    /// Every value as a float.
    pub(super) fn into_floats(self) -> Result<Vec<f64>, ArrayError> {
        match self {
            Self::Floats(values) => Ok(values),
            Self::Integers(values) => Ok(values.into_iter().map(|value| value as f64).collect()),
            Self::TooLarge(error) => Err(error),
            Self::Raw(data, _) => data.floats(),
        }
    }

    /// Every value as an integer.
    pub(super) fn integers(&self) -> Result<Cow<'_, [i64]>, ArrayError> {
        match self {
            Self::Integers(values) => Ok(Cow::Borrowed(values)),
            Self::Floats(_) => Err(ArrayError::NotIntegers { scalar: "float" }),
            // Said again, as it stands in the file: errors are not copied.
            Self::TooLarge(_) => Err(ArrayError::NotIntegers { scalar: "larger" }),
            Self::Raw(data, _) => data.integers().map(Cow::Owned),
        }
    }

    /// Every value as an integer, from the bytes of the file where they are the usual ones.
    pub(super) fn view(&self) -> Result<IntegerView<'_>, ArrayError> {
        if let Self::Raw(data, _) = self
            && let Some(bytes) = data.big_endian_bytes()
        {
            match data.scalar {
                ScalarType::Int32 => return Ok(IntegerView::Big32(bytes.as_chunks().0)),
                ScalarType::Int64 => return Ok(IntegerView::Big64(bytes.as_chunks().0)),
                _ => {}
            }
        }
        self.integers().map(IntegerView::Values)
    }
}

/// Integers that are asked for one by one.
pub(super) enum IntegerView<'a> {
    Big32(&'a [[u8; 4]]),
    Big64(&'a [[u8; 8]]),
    Values(Cow<'a, [i64]>),
}

impl IntegerView<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Big32(values) => values.len(),
            Self::Big64(values) => values.len(),
            Self::Values(values) => values.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<i64> {
        match self {
            Self::Big32(values) => values.get(index).map(|v| i32::from_be_bytes(*v).into()),
            Self::Big64(values) => values.get(index).map(|v| i64::from_be_bytes(*v)),
            Self::Values(values) => values.get(index).copied(),
        }
    }

    /// Hands on the values in `range`, which is inside.
    pub(super) fn for_each(&self, range: std::ops::Range<usize>, mut visit: impl FnMut(i64)) {
        match self {
            Self::Big32(values) => {
                for value in values.get(range).unwrap_or_default() {
                    visit(i32::from_be_bytes(*value).into());
                }
            }
            Self::Big64(values) => {
                for value in values.get(range).unwrap_or_default() {
                    visit(i64::from_be_bytes(*value));
                }
            }
            Self::Values(values) => {
                for value in values.get(range).unwrap_or_default() {
                    visit(*value);
                }
            }
        }
    }
}
