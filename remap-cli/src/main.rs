//! The command `remap`.
fn main() {}
