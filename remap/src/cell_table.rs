//! What is kept of source cells for the next target cells.

use mesh_core::prefetch;

use crate::cells::SourceCell;

/// A table of fixed size of what was made of source cells, each where its id says: target cells that
/// follow each other meet the same ones.
///
/// Who is where is a table of its own, so small that it stays close to the processor.
#[derive(Debug)]
pub(crate) struct CellTable<T> {
    /// The source cell in each slot, or [`NOBODY`]. Neither has any slots before it is first used.
    owners: Vec<u32>,
    kept: Vec<T>,
}

/// The slots of a table, in each of which one of a few source cells may be.
pub(crate) struct Slots<'a, T> {
    owners: &'a mut [u32; SLOTS],
    kept: &'a mut [T; SLOTS],
}

/// Cells kept per thread: those that the cells of two layers of a grid of some 40 along each axis meet. In tests so
/// few that they take each other's places.
const SLOTS: usize = if cfg!(test) { 16 } else { 4096 };

/// No cell: a mesh has fewer.
const NOBODY: u32 = u32::MAX;

impl<T> Default for CellTable<T> {
    fn default() -> Self {
        Self {
            owners: Vec::new(),
            kept: Vec::new(),
        }
    }
}

impl<T: Default> CellTable<T> {
    /// Returns the slots.
    #[inline]
    pub(crate) fn slots(&mut self) -> Slots<'_, T> {
        const FILLED: &str = "the table was filled just now";
        if self.owners.is_empty() {
            self.owners.resize(SLOTS, NOBODY);
            self.kept.resize_with(SLOTS, T::default);
        }
        Slots {
            owners: self.owners.first_chunk_mut().expect(FILLED),
            kept: self.kept.first_chunk_mut().expect(FILLED),
        }
    }
}

/// Returns whether two cells have the same place.
#[inline]
pub(crate) fn share_place(one: SourceCell, other: SourceCell) -> bool {
    place(one) == place(other)
}

#[inline]
fn place(cell: SourceCell) -> usize {
    cell.id().index() % SLOTS
}

impl<T> Slots<'_, T> {
    /// Returns whether a cell is in its place.
    #[inline]
    pub(crate) fn has(&self, cell: SourceCell) -> bool {
        self.owners[place(cell)] == cell.get()
    }

    /// Asks the processor for what is in the place of a cell.
    #[inline(always)]
    pub(crate) fn prefetch(&self, cell: SourceCell) {
        prefetch(&self.kept[place(cell)]);
    }

    /// Returns what is in the place of a cell.
    #[inline]
    pub(crate) fn kept(&self, cell: SourceCell) -> &T {
        &self.kept[place(cell)]
    }

    /// Makes sure that a cell is in its place, if need be by filling it in. Returns what is there.
    #[inline]
    pub(crate) fn keep(&mut self, cell: SourceCell, fill: impl FnOnce(&mut T)) -> &T {
        if !self.has(cell) {
            self.fill(cell, fill);
        }
        self.kept(cell)
    }

    #[cold]
    fn fill(&mut self, cell: SourceCell, fill: impl FnOnce(&mut T)) {
        fill(&mut self.kept[place(cell)]);
        self.owners[place(cell)] = cell.get();
    }
}
