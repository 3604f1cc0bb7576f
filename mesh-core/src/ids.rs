//! Ids of nodes and cells: different types, so that a mix-up does not compile.

use std::fmt;

use bytemuck::{Pod, Zeroable};

/// The position of a node in its mesh, counted from 0.
///
/// ```
/// use mesh_core::NodeId;
/// assert_eq!(NodeId::new(7).index(), 7);
/// assert_eq!(NodeId::from_index(1 << 32), None);
/// ```
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct NodeId(u32);

impl NodeId {
    /// The node at this position.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The position as it is stored.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The position as an index into an array with one entry per node.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at this index, `None` where it does not fit in 32 bits.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(Self)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The position of a cell in its mesh, counted from 0.
///
/// ```
/// use mesh_core::CellId;
/// assert_eq!(CellId::from_index(3), Some(CellId::new(3)));
/// ```
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
pub struct CellId(u32);

impl CellId {
    /// The cell at this position.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The position as it is stored.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The position as an index into an array with one entry per cell.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The cell at this index, `None` where it does not fit in 32 bits.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(Self)
    }
}

impl fmt::Display for CellId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
