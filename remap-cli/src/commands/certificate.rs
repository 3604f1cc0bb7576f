//! `--report`: what was kept, of which meshes, with which matrix and options, as a file to keep.

use std::path::{Path, PathBuf};

use mesh_core::UnstructuredMesh;
use serde::Serialize;

use super::conservation::Conservation;
use super::report::MatrixReport;
use crate::arguments::TransferOptions;

/// Everything needed to tell what a transfer did, and to do it again.
#[derive(Serialize)]
pub(crate) struct Certificate<'a> {
    program: &'static str,
    version: &'static str,
    #[serde(flatten)]
    scheme: SchemeNames<'a>,
    options: &'a TransferOptions,
    source: MeshIdentity<'a>,
    target: MeshIdentity<'a>,
    /// What `--json` says.
    transfer: &'a MatrixReport<Conservation>,
}

/// What a scheme is called.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct SchemeNames<'a> {
    pub(crate) scheme: &'a str,
    /// Of a scheme that has limiters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limiter: Option<&'a str>,
}

#[derive(Serialize)]
struct MeshIdentity<'a> {
    path: &'a Path,
    fingerprint: String,
    cells: usize,
    nodes: usize,
}

impl<'a> Certificate<'a> {
    pub(crate) fn new(
        scheme: SchemeNames<'a>,
        options: &'a TransferOptions,
        meshes: [(&'a PathBuf, &'a UnstructuredMesh); 2],
        transfer: &'a MatrixReport<Conservation>,
    ) -> Self {
        let [source, target] = meshes.map(|(path, mesh)| MeshIdentity {
            path,
            fingerprint: mesh.fingerprint().to_string(),
            cells: mesh.cell_count(),
            nodes: mesh.node_count(),
        });
        Certificate {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            scheme,
            options,
            source,
            target,
            transfer,
        }
    }

    /// The certificate as JSON, for eyes too.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
