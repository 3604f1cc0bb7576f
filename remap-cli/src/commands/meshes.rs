//! The two meshes of a job, read.

use std::path::Path;

use mesh_io::{MeshFile, ReadOptions};

use super::info::cell_problems;
use crate::files::read_mesh;
use crate::progress::Progress;

/// Both meshes with their fields.
pub(crate) struct Meshes {
    pub(crate) source: MeshFile,
    pub(crate) target: MeshFile,
    /// What the readers noted.
    pub(crate) warnings: Vec<String>,
    /// What reading took.
    pub(crate) seconds: f64,
}

impl Meshes {
    /// Reads both at the same time, and takes their fingerprints while they are at hand. Warnings
    /// and, where neither can be read, the error are those of the source first.
    pub(crate) fn read(
        source: &Path,
        target: &Path,
        options: &ReadOptions,
        progress: &Progress,
    ) -> anyhow::Result<Meshes> {
        Meshes::read_with(
            source,
            target,
            &[options.clone(), options.clone()],
            progress,
        )
    }

    /// Reads both, each with options of its own.
    pub(crate) fn read_with(
        source: &Path,
        target: &Path,
        options: &[ReadOptions; 2],
        progress: &Progress,
    ) -> anyhow::Result<Meshes> {
        let read = |path: &Path, options| {
            let mut warnings = Vec::new();
            let file = read_mesh(path, options, &mut warnings)?;
            let _ = file.mesh.fingerprint();
            let problems = cell_problems(&file.mesh, &file.mesh.measures());
            warnings.extend(problems.map(|problem| format!("{}: {problem}", path.display())));
            anyhow::Ok((file, warnings))
        };
        let (files, seconds) = progress.step("reading the meshes", || {
            let (source, target) =
                rayon::join(|| read(source, &options[0]), || read(target, &options[1]));
            anyhow::Ok((source?, target?))
        });
        let ((source, mut warnings), (target, of_target)) = files?;
        warnings.extend(of_target);
        Ok(Meshes {
            source,
            target,
            warnings,
            seconds,
        })
    }
}
