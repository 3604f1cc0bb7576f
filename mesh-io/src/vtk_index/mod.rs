//! PVTU and PVD: small XML files that name others, the pieces of a mesh or the steps of a time
//! series.
//!
//! Paths in such a file count from its folder, and must not leave the folder of the file that was
//! asked for. Several pieces become one mesh: cells follow each other in the order of the pieces,
//! without those marked as ghosts, and nodes that pieces share are merged,
//!
//! * by their global ids, where every piece has them (the attribute `GlobalIds` of its
//!   `<PointData>`); nodes are then ordered by id;
//! * otherwise where their coordinates are equal. Nodes of one piece are never merged with each
//!   other: of several in one place, the first of one piece goes with the first of another.
//!
//! Where values on shared nodes differ, those of the first piece are kept, with a note.

mod elements;
mod join;
mod paths;
mod pvd;
mod pvtu;

pub use pvd::Pvd;
pub use pvtu::{Pvtu, PvtuOptions};
