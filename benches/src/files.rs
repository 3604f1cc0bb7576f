//! From files to file: what the command `remap prepare` does, stage by stage.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mesh_io::{MatrixFile, read_matrix, read_mesh, write_matrix, write_mesh};
use remap::{P0P0, prepare};
use tempfile::TempDir;

use crate::exercise::Meshes;

/// Two mesh files and a place for the matrix, gone with the value.
#[derive(Debug)]
pub struct Files {
    source: PathBuf,
    target: PathBuf,
    matrix: PathBuf,
    _directory: TempDir,
}

/// What the stages took.
#[derive(Debug, Clone, Copy)]
pub struct FileTimes {
    /// Reading both meshes.
    pub read: Duration,
    /// Preparing the matrix.
    pub prepare: Duration,
    /// Writing it.
    pub write: Duration,
}

impl Files {
    /// Writes the meshes as `remap` writes them by default, runs the job once and checks the file
    /// that it leaves.
    ///
    /// # Panics
    ///
    /// If the temporary directory cannot be written, or a file comes back wrong.
    #[must_use]
    pub fn new(meshes: &Meshes) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let path = |name: &str| directory.path().join(name);
        let files = Self {
            source: path("source.vtu"),
            target: path("target.vtu"),
            matrix: path("matrix.npz"),
            _directory: directory,
        };
        write_mesh(&files.source, &meshes.source, &[]).expect("a mesh can be written");
        write_mesh(&files.target, &meshes.target, &[]).expect("a mesh can be written");
        files.run();
        let expected = prepare(&meshes.source, &meshes.target, &P0P0).expect("finite volumes");
        meshes.check_sum(&expected);
        let found = read_matrix(&files.matrix).expect("a matrix that was written");
        assert_eq!(found.source, Some(meshes.source.fingerprint()));
        assert_eq!(found.target, Some(meshes.target.fingerprint()));
        assert!(
            found.matrix == expected.into_matrix(),
            "the matrix in the file is another one"
        );
        files
    }

    /// Reads the meshes, prepares the matrix, writes it; on the current thread pool.
    ///
    /// # Panics
    ///
    /// If a file cannot be read or written.
    #[allow(clippy::must_use_candidate, reason = "it leaves a file")]
    pub fn run(&self) -> FileTimes {
        let mut start = Instant::now();
        let mut lap = || std::mem::replace(&mut start, Instant::now()).elapsed();
        let read = |path| {
            let mesh = read_mesh(path).expect("a mesh that was written").mesh;
            let _ = mesh.fingerprint();
            mesh
        };
        let (source, target) = rayon::join(|| read(&self.source), || read(&self.target));
        let read = lap();
        let matrix = prepare(&source, &target, &P0P0).expect("finite volumes");
        let prepare = lap();
        let file = MatrixFile {
            source: Some(source.fingerprint()),
            target: Some(target.fingerprint()),
            ..MatrixFile::new(matrix.into_matrix())
        };
        write_matrix(&self.matrix, &file).expect("a matrix can be written");
        let write = lap();
        FileTimes {
            read,
            prepare,
            write,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::Exercise;

    #[test]
    fn files_lead_to_the_same_matrix() {
        for exercise in [Exercise::Sheared, Exercise::Polyhedra] {
            let times = Files::new(&exercise.meshes_of(4)).run();
            assert!(times.prepare > Duration::ZERO);
        }
    }
}
