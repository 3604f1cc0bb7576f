//! How a mesh file is written, where its format leaves a choice.

use thiserror::Error;

use crate::vtu::Compressor;

/// How a mesh file is written, where its format leaves a choice. What is not said is the format's
/// own choice.
///
/// ```
/// use mesh_io::{DataEncoding, WriteOptions, write_mesh_with};
/// # use mesh_core::CartesianMesh;
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("box.vtu");
/// # let mesh = CartesianMesh::new(vec![vec![0.0, 0.5, 1.0]; 3])?.to_unstructured()?;
/// let digits = WriteOptions::default().data(DataEncoding::Ascii);
/// write_mesh_with(&path, &mesh, &[], &digits)?;
/// assert!(std::fs::read_to_string(&path)?.contains("format=\"ascii\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// What numbers are written as.
    pub data: Option<DataEncoding>,
    /// How they are compressed.
    pub compressor: Option<Compressor>,
    /// The version of the format.
    pub version: Option<String>,
}

/// What numbers are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataEncoding {
    /// In digits.
    Ascii,
    /// Not in digits; where they stand in text, in base64.
    Binary,
    /// As bytes in any case: smallest and fastest.
    Raw,
}

/// An encoding that a format does not have.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{format} has no {what} {found}; {}", alternatives(supported))]
pub struct EncodingError {
    /// The format.
    pub format: &'static str,
    /// `encoding`, `compression` or `version`.
    pub what: &'static str,
    /// What was asked for.
    pub found: String,
    /// What there is.
    pub supported: &'static [&'static str],
}

fn alternatives(supported: &[&str]) -> String {
    if supported.is_empty() {
        return "it leaves no choice".to_owned();
    }
    format!("expected one of {}", supported.join(" "))
}

impl WriteOptions {
    /// The options with `data` set.
    #[must_use]
    pub const fn data(mut self, data: DataEncoding) -> Self {
        self.data = Some(data);
        self
    }

    /// The options with `compressor` set.
    #[must_use]
    pub const fn compressor(mut self, compressor: Compressor) -> Self {
        self.compressor = Some(compressor);
        self
    }

    /// The options with `version` set.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Whether everything is left to the format.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What is asked for first, refused by a format that has nothing of it.
    pub(crate) fn refuse(&self, format: &'static str) -> EncodingError {
        let data = self.data.map(|data| ("encoding", data.name().to_owned()));
        let compressor = self
            .compressor
            .map(|compressor| ("compression", compressor_name(compressor).to_owned()));
        let version = || self.version.clone().map(|version| ("version", version));
        let (what, found) = data.or(compressor).or_else(version).unwrap_or_default();
        EncodingError {
            format,
            what,
            found,
            supported: &[],
        }
    }

    /// The place of the version among those that `format` has, where one is asked for.
    pub(crate) fn version_among(
        &self,
        format: &'static str,
        supported: &'static [&'static str],
    ) -> Result<Option<usize>, EncodingError> {
        let Some(found) = &self.version else {
            return Ok(None);
        };
        let place = supported.iter().position(|version| version == found);
        let error = || EncodingError {
            format,
            what: "version",
            found: found.clone(),
            supported,
        };
        place.map(Some).ok_or_else(error)
    }

    /// Refuses compression, which `format` does not have.
    pub(crate) fn refuse_compression(&self, format: &'static str) -> Result<(), EncodingError> {
        match self.compressor {
            None | Some(Compressor::None) => Ok(()),
            Some(compressor) => Err(EncodingError {
                format,
                what: "compression",
                found: compressor_name(compressor).to_owned(),
                supported: &["none"],
            }),
        }
    }
}

impl DataEncoding {
    /// Its name in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Binary => "binary",
            Self::Raw => "raw",
        }
    }
}

pub(crate) const fn compressor_name(compressor: Compressor) -> &'static str {
    match compressor {
        Compressor::None => "none",
        Compressor::Zlib => "zlib",
        Compressor::Lz4 => "lz4",
        Compressor::Lzma => "lzma",
    }
}
