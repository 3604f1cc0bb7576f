//! What every fuzz target checks: a reader returns an error of one line, or what can be used.

use std::fmt::Display;

use mesh_io::{MatrixFile, MeshFile, ReadOptions};

/// Reads a mesh both ways, and measures what was read.
///
/// # Panics
///
/// Where the reader panics, or its message is more than a line.
pub fn try_mesh<E: Display>(
    file: &[u8],
    read: impl Fn(&[u8], &ReadOptions) -> Result<MeshFile, E>,
) {
    for linearize in [false, true] {
        match read(file, &ReadOptions::default().linearize(linearize)) {
            Ok(read) => {
                let _ = read.mesh.volume();
            }
            Err(error) => check_message(&error),
        }
    }
}

/// Reads a matrix, and compares its digest.
///
/// # Panics
///
/// Where the reader panics, or its message is more than a line.
pub fn try_matrix<E: Display>(file: &[u8], read: impl Fn(&[u8]) -> Result<MatrixFile, E>) {
    match read(file) {
        Ok(read) => {
            let _ = read.check_digest();
        }
        Err(error) => check_message(&error),
    }
}

fn check_message(error: &impl Display) {
    let message = error.to_string();
    assert!(!message.contains('\n'), "{message}");
}
