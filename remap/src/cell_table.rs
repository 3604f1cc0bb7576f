//! What is kept of source cells for the next target cells.

use crate::cells::SourceCell;

/// A table of fixed size of what was made of source cells, each where its id says: target cells that
/// follow each other meet the same ones.
#[derive(Debug)]
pub(crate) struct CellTable<T> {
    /// None before it is first used.
    slots: Vec<Slot<T>>,
}

/// The place of a few source cells, one of which may be in it.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    kept: T,
    /// The source cell, or [`NOBODY`].
    owner: u32,
}

/// Cells kept per thread: those that the cells of two layers of a grid of some 40 along each axis meet.
pub(crate) const SLOTS: usize = 4096;

/// No cell: a mesh has fewer.
const NOBODY: u32 = u32::MAX;

impl<T> Default for CellTable<T> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<T: Default> CellTable<T> {
    /// Returns all slots; a cell belongs into that of its [`place`].
    #[inline]
    pub(crate) fn slots(&mut self) -> &mut [Slot<T>; SLOTS] {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || Slot {
                kept: T::default(),
                owner: NOBODY,
            });
        }
        let slots = self.slots.first_chunk_mut();
        slots.expect("the table was filled just now")
    }
}

/// The place of a cell among the slots.
#[inline]
pub(crate) fn place(cell: SourceCell) -> usize {
    cell.id().index() % SLOTS
}

impl<T> Slot<T> {
    /// Returns whether a cell is here.
    #[inline]
    pub(crate) fn has(&self, cell: SourceCell) -> bool {
        self.owner == cell.get()
    }

    /// Returns what is here.
    #[inline]
    pub(crate) fn kept(&self) -> &T {
        &self.kept
    }

    /// Makes sure that a cell is here, if need be by filling the slot with it.
    #[inline]
    pub(crate) fn keep(&mut self, cell: SourceCell, fill: impl FnOnce(&mut T)) {
        if !self.has(cell) {
            self.fill(cell, fill);
        }
    }

    #[cold]
    fn fill(&mut self, cell: SourceCell, fill: impl FnOnce(&mut T)) {
        fill(&mut self.kept);
        self.owner = cell.get();
    }
}
