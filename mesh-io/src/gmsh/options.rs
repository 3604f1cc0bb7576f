//! How a Gmsh file is written.

use crate::vtu::ByteOrder;

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
