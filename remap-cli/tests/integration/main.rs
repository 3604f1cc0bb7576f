//! The command as its users run it.
//!
//! One program, of which each file is a module: one is built and linked in a tenth of the time of twenty.

mod arguments;
mod bad_input;
mod commands;
mod common;
mod matrix_files;
mod mesh_files;
mod same_bits;
mod schemes;
mod transfers;
