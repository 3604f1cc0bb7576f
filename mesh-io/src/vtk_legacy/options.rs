//! How a legacy VTK file is written.

use crate::{DataEncoding, EncodingError, WriteOptions};

/// How a legacy VTK file is written; the default is what VTK, ParaView and meshio of any age read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VtkLegacyOptions {
    /// How numbers stand there.
    pub encoding: VtkEncoding,
    /// The version of the file.
    pub version: VtkVersion,
}

impl VtkLegacyOptions {
    /// The options with what `asked` says.
    ///
    /// # Errors
    ///
    /// Compression, or a version that is not written.
    pub(crate) fn with(mut self, asked: &WriteOptions) -> Result<Self, EncodingError> {
        asked.refuse_compression("legacy VTK")?;
        match asked.data {
            Some(DataEncoding::Ascii) => self.encoding = VtkEncoding::Ascii,
            Some(_) => self.encoding = VtkEncoding::Binary,
            None => {}
        }
        match asked.version_among("legacy VTK", &["4.2", "5.1"])? {
            Some(0) => self.version = VtkVersion::V4_2,
            Some(_) => self.version = VtkVersion::V5_1,
            None => {}
        }
        Ok(self)
    }
}

/// How numbers stand in a legacy VTK file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VtkEncoding {
    /// In digits, those that bring floats back exactly.
    Ascii,
    /// As bytes, the most significant first.
    #[default]
    Binary,
}

/// The version of a legacy VTK file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VtkVersion {
    /// Each cell begins with its number of nodes; ids have 32 bits. Every reader.
    #[default]
    V4_2,
    /// Offsets and connectivity with 64 bits: VTK from 9.0 on, meshio from 5.0 on.
    V5_1,
}
