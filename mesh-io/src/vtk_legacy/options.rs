//! How a legacy VTK file is written.

/// How a legacy VTK file is written; the default is what VTK, ParaView and meshio of any age read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VtkLegacyOptions {
    /// How numbers stand there.
    pub encoding: VtkEncoding,
    /// The version of the file.
    pub version: VtkVersion,
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
