//! How a Gmsh file is written.

use crate::vtu::{ByteOrder, Compressor};
use crate::write_options::compressor_name;
use crate::{DataEncoding, EncodingError, WriteOptions};

/// How a Gmsh file is written; the default is what Gmsh and meshio of today read fastest.
///
/// | option | default |
/// |---|---|
/// | `version` | 4.1 |
/// | `data` | binary |
/// | `byte_order` | little endian |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GmshOptions {
    /// The version of the format.
    pub version: GmshVersion,
    /// Whether numbers are text.
    pub data: GmshData,
    /// The order of bytes in a binary file.
    pub byte_order: ByteOrder,
}

impl GmshOptions {
    /// These options, with what else is asked for.
    pub(super) fn with(
        mut self,
        asked: &WriteOptions,
        format: &'static str,
    ) -> Result<Self, EncodingError> {
        let error = |what, found: &str, supported| EncodingError {
            format,
            what,
            found: found.to_owned(),
            supported,
        };
        match asked.data {
            None => (),
            Some(DataEncoding::Ascii) => self.data = GmshData::Ascii,
            Some(DataEncoding::Binary | DataEncoding::Raw) => self.data = GmshData::Binary,
        }
        match asked.compressor {
            None | Some(Compressor::None) => (),
            Some(compressor) => {
                return Err(error("compression", compressor_name(compressor), &["none"]));
            }
        }
        match asked.version.as_deref() {
            None => (),
            Some("2" | "2.2") => self.version = GmshVersion::V2_2,
            Some("4" | "4.1") => self.version = GmshVersion::V4_1,
            Some(other) => return Err(error("version", other, &["2.2", "4.1"])),
        }
        Ok(self)
    }
}

/// The version of the format of a Gmsh file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GmshVersion {
    /// Of 2008: what older programs read. A cell belongs to one physical group at most.
    V2_2,
    /// Of 2019: what Gmsh writes.
    #[default]
    V4_1,
}

/// What numbers are in a Gmsh file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GmshData {
    /// Digits. Floats have those that bring them back exactly.
    Ascii,
    /// Bytes: fast and small.
    #[default]
    Binary,
}
