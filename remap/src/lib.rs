//! Conservative remapping: candidates, overlaps, the overlap matrix, operators, laws.
