//! The two meshes of a job, read.

use std::path::Path;

use mesh_io::{MeshFile, ReadOptions};

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
    /// Reads the source, then the target.
    pub(crate) fn read(
        source: &Path,
        target: &Path,
        options: ReadOptions,
        progress: &Progress,
    ) -> anyhow::Result<Meshes> {
        let mut warnings = Vec::new();
        let (files, seconds) = progress.step("reading the meshes", || {
            let source = read_mesh(source, options, &mut warnings)?;
            let target = read_mesh(target, options, &mut warnings)?;
            anyhow::Ok((source, target))
        });
        let (source, target) = files?;
        Ok(Meshes {
            source,
            target,
            warnings,
            seconds,
        })
    }
}
