//! Cuts a mesh into parts with the way back to global ids, and merges the parts' sparse matrices.
