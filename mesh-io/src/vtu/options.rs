//! How a VTU file is written.

use crate::vtk::{ByteOrder, Compressor, HeaderType};
use crate::{DataEncoding, EncodingError, WriteOptions};

/// How a VTU file is written; the default is what VTK, ParaView and meshio of any age read.
///
/// | option | default |
/// |---|---|
/// | `data` | base64 in place |
/// | `compressor` | zlib |
/// | `header` | eight bytes |
/// | `byte_order` | little endian |
/// | `float` | 64 bits: coordinates and fields come back to the last bit |
/// | `polyhedra` | the layout before version 2.3 |
///
/// Large meshes are written and read fastest with [`DataMode::AppendedRaw`] and
/// [`Compressor::None`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VtuOptions {
    /// Where numbers stand, and as what.
    pub data: DataMode,
    /// How they are compressed; digits never are.
    pub compressor: Compressor,
    /// The width of the sizes in front of binary data.
    pub header: HeaderType,
    /// The order of bytes in binary data.
    pub byte_order: ByteOrder,
    /// The width of coordinates and float fields.
    pub float: FloatWidth,
    /// How polyhedra list their faces; without polyhedra no matter.
    pub polyhedra: PolyhedraLayout,
}

impl VtuOptions {
    /// The options with what `asked` says.
    ///
    /// # Errors
    ///
    /// Compressed digits, or another version than 1.0 (one stream of faces) and 2.3 (lists).
    pub(crate) fn with(mut self, asked: &WriteOptions) -> Result<Self, EncodingError> {
        if let Some(data) = asked.data {
            self.data = match data {
                DataEncoding::Ascii => DataMode::Ascii,
                DataEncoding::Binary => DataMode::Base64,
                DataEncoding::Raw => DataMode::AppendedRaw,
            };
        }
        if let Some(compressor) = asked.compressor {
            if self.data == DataMode::Ascii && compressor != Compressor::None {
                return Err(EncodingError {
                    format: "VTU",
                    what: "compression",
                    found: "of digits".to_owned(),
                    supported: &["none"],
                });
            }
            self.compressor = compressor;
        }
        match asked.version_among("VTU", &["1.0", "2.3"])? {
            Some(0) => self.polyhedra = PolyhedraLayout::FaceStream,
            Some(_) => self.polyhedra = PolyhedraLayout::FaceLists,
            None => {}
        }
        Ok(self)
    }
}

/// Where numbers stand in a file, and as what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataMode {
    /// In digits, in place. Floats have the digits that bring them back exactly.
    Ascii,
    /// In base64, in place.
    #[default]
    Base64,
    /// As bytes, behind the XML. Smallest and fastest, but no valid XML.
    AppendedRaw,
    /// In base64, behind the XML.
    AppendedBase64,
}

/// The width of coordinates and float fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FloatWidth {
    /// Rounded to 32 bits: half the size, seven digits.
    Float32,
    /// All 64 bits.
    #[default]
    Float64,
}

/// How polyhedra list their faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolyhedraLayout {
    /// One stream of counts and nodes (`faces`, `faceoffsets`), file version 1.0: every reader.
    #[default]
    FaceStream,
    /// Lists of faces (`face_connectivity`, …), file version 2.3: VTK from 9.4 on.
    FaceLists,
}

impl PolyhedraLayout {
    /// The version of a file in this layout.
    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::FaceStream => "1.0",
            Self::FaceLists => "2.3",
        }
    }
}
