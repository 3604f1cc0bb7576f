//! What a VTU file says about its bytes: number types, byte order, width of headers, compressor.

use std::io;

/// The number type of an array, as its `type` attribute names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarType {
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
}

impl ScalarType {
    /// The type called `name`, or nothing when it is none of numbers (`String`, `Bit`).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Int8" => Self::Int8,
            "UInt8" => Self::UInt8,
            "Int16" => Self::Int16,
            "UInt16" => Self::UInt16,
            "Int32" => Self::Int32,
            "UInt32" => Self::UInt32,
            "Int64" => Self::Int64,
            "UInt64" => Self::UInt64,
            "Float32" => Self::Float32,
            "Float64" => Self::Float64,
            _ => return None,
        })
    }

    /// The name in the `type` attribute.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Int8 => "Int8",
            Self::UInt8 => "UInt8",
            Self::Int16 => "Int16",
            Self::UInt16 => "UInt16",
            Self::Int32 => "Int32",
            Self::UInt32 => "UInt32",
            Self::Int64 => "Int64",
            Self::UInt64 => "UInt64",
            Self::Float32 => "Float32",
            Self::Float64 => "Float64",
        }
    }

    /// Bytes of one value.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 => 8,
        }
    }
}

/// The order of the bytes of a number (`byte_order`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first, as x86 and ARM processors hold numbers.
    #[default]
    Little,
    /// Most significant byte first.
    Big,
}

impl ByteOrder {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "LittleEndian" => Some(Self::Little),
            "BigEndian" => Some(Self::Big),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Little => "LittleEndian",
            Self::Big => "BigEndian",
        }
    }

    /// `bytes`, given least significant first, in this order.
    pub(crate) fn order<const N: usize>(self, mut bytes: [u8; N]) -> [u8; N] {
        if self == Self::Big {
            bytes.reverse();
        }
        bytes
    }
}

/// The width of the sizes in front of binary data (`header_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderType {
    /// Four bytes: arrays of up to 4 GiB. A file that does not say has these.
    UInt32,
    /// Eight bytes.
    #[default]
    UInt64,
}

impl HeaderType {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "UInt32" => Some(Self::UInt32),
            "UInt64" => Some(Self::UInt64),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::UInt32 => "UInt32",
            Self::UInt64 => "UInt64",
        }
    }

    /// Bytes of one size.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::UInt32 => 4,
            Self::UInt64 => 8,
        }
    }

    /// The size that stands at the beginning of `bytes`, or nothing when they are too few.
    pub(crate) fn read(self, bytes: &[u8], order: ByteOrder) -> Option<u64> {
        match self {
            Self::UInt32 => {
                let bytes = order.order(*bytes.first_chunk::<4>()?);
                Some(u64::from(u32::from_le_bytes(bytes)))
            }
            Self::UInt64 => Some(u64::from_le_bytes(order.order(*bytes.first_chunk::<8>()?))),
        }
    }

    /// Appends `size`.
    ///
    /// # Errors
    ///
    /// A size that needs more than this width.
    pub(crate) fn write(self, size: usize, order: ByteOrder, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::UInt32 => {
                let size = u32::try_from(size).map_err(|_| {
                    io::Error::other(format!(
                        "an array of {size} bytes needs the header type UInt64"
                    ))
                })?;
                out.extend_from_slice(&order.order(size.to_le_bytes()));
            }
            Self::UInt64 => out.extend_from_slice(&order.order((size as u64).to_le_bytes())),
        }
        Ok(())
    }
}

/// How binary data are compressed, block by block (`compressor`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compressor {
    /// Not at all.
    None,
    /// Deflate with a zlib header: every reader has it.
    #[default]
    Zlib,
    /// LZ4 blocks: fast.
    Lz4,
    /// LZMA2 in `.xz` streams. Written stored (valid, but not smaller); read in full.
    Lzma,
}

impl Compressor {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "" => Some(Self::None),
            "vtkZLibDataCompressor" => Some(Self::Zlib),
            "vtkLZ4DataCompressor" => Some(Self::Lz4),
            "vtkLZMADataCompressor" => Some(Self::Lzma),
            _ => None,
        }
    }

    /// The name in the `compressor` attribute; nothing when there is no such attribute.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Zlib => Some("vtkZLibDataCompressor"),
            Self::Lz4 => Some("vtkLZ4DataCompressor"),
            Self::Lzma => Some("vtkLZMADataCompressor"),
        }
    }

    /// The most bytes that `compressed` bytes can possibly stand for; a file that claims more lies,
    /// and is refused before the memory it claims is taken.
    ///
    /// A deflate symbol of one bit stands for at most 258 bytes twice over (1032:1), an LZ4 length
    /// byte for 255. A repeated LZMA match of 273 bytes costs a fraction of a bit: measured, about
    /// 7000:1.
    pub(crate) const fn most_bytes_of(self, compressed: usize) -> usize {
        let ratio = match self {
            Self::None => 1,
            Self::Zlib => 1032,
            Self::Lz4 => 255,
            Self::Lzma => 8192,
        };
        compressed.saturating_add(64).saturating_mul(ratio)
    }
}

/// What a file says once for all its arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub(crate) byte_order: ByteOrder,
    pub(crate) header: HeaderType,
    pub(crate) compressor: Compressor,
}
