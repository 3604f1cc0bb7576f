//! Laws and exact values of the whole job, and of what is done with its matrix.
//!
//! One program, of which each file is a module: one is built and linked in a tenth of the time of twenty.

mod candidates;
mod common;
mod conservation;
mod cyclic;
mod exercise;
mod field_operator;
mod field_schemes;
mod fixup;
mod known_pairs;
mod laws_fail;
mod masks;
mod natures;
mod nodes;
mod operator;
mod peers_fail;
mod points;
mod same_bits;
mod scheme;
mod scheme_laws;
mod second_order;
mod value_range;
