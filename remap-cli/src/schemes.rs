//! The schemes that `--scheme` knows: names, and what makes a scheme for two meshes.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use mesh_core::Location;
use mesh_io::MeshFile;
use remap::{MatrixScheme, NearestCell, P0P0};

/// What makes a scheme for the meshes and fields of two files, or says why it cannot.
pub(crate) type MakeScheme = dyn Fn(&MeshFile, &MeshFile) -> Made + Send + Sync;

/// A scheme, or why there is none.
pub(crate) type Made = Result<Box<dyn MatrixScheme>, Box<dyn Error + Send + Sync>>;

/// A scheme that can be asked for.
#[derive(Clone)]
pub(crate) struct NamedScheme {
    pub(crate) name: &'static str,
    /// One line for `--help`.
    pub(crate) about: &'static str,
    pub(crate) make: Arc<MakeScheme>,
}

impl fmt::Debug for NamedScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamedScheme").field(&self.name).finish()
    }
}

/// The schemes in the order in which help lists them, each name once; the first is the default.
#[derive(Clone, Debug)]
pub(crate) struct Schemes(Vec<NamedScheme>);

impl Schemes {
    /// Those that come with the toolkit: one entry each.
    pub(crate) fn built_in() -> Self {
        let mut schemes = Self(Vec::new());
        schemes.register(
            "p0-p0",
            "Constant in each source cell, means in target cells",
            |_, _| Ok(Box::new(P0P0)),
        );
        schemes.register(
            "nearest-cell",
            "The value of the source cell whose centre is nearest; for labels",
            |_, _| Ok(Box::new(NearestCell::to(Location::Cells))),
        );
        schemes
    }

    /// Adds a scheme, in place of one of the same name.
    pub(crate) fn register(
        &mut self,
        name: &'static str,
        about: &'static str,
        make: impl Fn(&MeshFile, &MeshFile) -> Made + Send + Sync + 'static,
    ) {
        let scheme = NamedScheme {
            name,
            about,
            make: Arc::new(make),
        };
        match self.0.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = scheme,
            None => self.0.push(scheme),
        }
    }

    /// The scheme of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&NamedScheme> {
        self.0.iter().find(|scheme| scheme.name == name)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &NamedScheme> {
        self.0.iter()
    }
}
