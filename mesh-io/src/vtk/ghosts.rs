//! Cells and nodes that VTK marks: copies of what another piece has, and what is not to be seen.
//!
//! Since VTK 6.2 the array `vtkGhostType` holds one bit per reason; before that `vtkGhostLevels`
//! held how far a cell lies outside of its piece.

/// What the array of marks means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// One bit per reason.
    Types,
    /// A distance.
    Levels,
}

/// A cell that belongs to another piece.
const DUPLICATE_CELL: i64 = 1;

/// A cell that finer ones cover.
const REFINED_CELL: i64 = 8;

/// A cell that is blanked.
const HIDDEN_CELL: i64 = 32;

/// A node that is blanked.
const HIDDEN_NODE: i64 = 2;

impl Marks {
    /// What the array `name` of integers with so many components means, if it marks anything.
    pub(crate) fn of(name: &str, components: usize) -> Option<Self> {
        match name {
            "vtkGhostType" if components == 1 => Some(Self::Types),
            "vtkGhostLevels" if components == 1 => Some(Self::Levels),
            _ => None,
        }
    }

    /// Whether a cell of this mark is left out.
    pub(crate) const fn hide_cell(self, mark: i64) -> bool {
        match self {
            Self::Types => mark & (DUPLICATE_CELL | REFINED_CELL | HIDDEN_CELL) != 0,
            Self::Levels => mark > 0,
        }
    }

    /// Whether all cells around a node of this mark are left out, in a grid.
    pub(crate) const fn hide_node(self, mark: i64) -> bool {
        match self {
            Self::Types => mark & HIDDEN_NODE != 0,
            Self::Levels => false,
        }
    }
}
