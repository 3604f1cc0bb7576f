//! Cuts a mesh into parts with the way back to global ids, and merges the parts' sparse matrices.
//!
//! The reference exercise: the target mesh is cut into as many parts as there are workers, each
//! worker computes the matrix of its own part, and the parts' matrices become the one matrix that
//! an undivided computation gives, bit for bit.
//!
//! ```text
//!   mesh ──Partition──▶ cells of part 0, 1, … ──extract──▶ Part (mesh, part → global cell ids)
//!                                                             │  any function Part → CsrMatrix
//!   whole matrix ◀──merge── PartMatrix (rows with their global ids) ◀─┘
//! ```
//!
//! - [`Partition`] says which cell is in which part: [`Partition::slices`] (contiguous runs of cell
//!   ids), along a space-filling curve or by coordinate bisection ([`Partition::new`]), balanced by
//!   count or by weights ([`Partition::weighted`]). **Every cell is in exactly one part.** A part
//!   may be empty: with more parts than cells some have to be, and a script that always asks for
//!   eight parts shall not fail on a mesh of five cells.
//! - [`Part`] is one part's mesh with its cells' global ids, ascending. An empty part has no mesh
//!   and is never extracted: [`Partition::extract`] returns `None` for it.
//! - [`merge`] assembles [`PartMatrix`]es, given in any order, in O(entries), and refuses a
//!   missing, doubled or foreign part by its name.
//! - [`run_in_parts`] does all three around a function of the caller's.
//!
//! This crate knows nothing of how a matrix is computed. Every result is deterministic: the same
//! for any number of threads and any order in which parts are given.

mod bisection;
mod curve;
mod cuts;
mod merge;
mod merge_error;
mod partition;
mod run;

pub use merge::{PartMatrix, merge};
pub use merge_error::MergeError;
pub use partition::{Method, Part, Partition, PartitionError};
pub use run::{RunError, run_in_parts};
