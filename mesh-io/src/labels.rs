//! What matrix files of every format say about their matrix, under the same names.

use mesh_core::{CsrMatrix, Digest, Fingerprint, Location, ParseHashError, digest};
use thiserror::Error;

use crate::matrix_file::{MatrixFile, PartLabel};

/// The labels that are text, by name.
pub(crate) const TEXTS: [&str; 6] = [
    "digest",
    "source_fingerprint",
    "target_fingerprint",
    "scheme",
    "source_location",
    "target_location",
];

/// What can be wrong with what a matrix file says about its matrix.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelError {
    /// A fingerprint or digest that is none.
    #[error(transparent)]
    Hash(#[from] ParseHashError),
    /// A location that is none.
    #[error("location {found:?}, expected \"cells\" or \"nodes\"")]
    Location {
        /// What stands there.
        found: String,
    },
}

impl LabelError {
    /// What was expected, for messages that name what was found themselves.
    pub(crate) const fn expected(&self) -> &'static str {
        match self {
            Self::Hash(_) => "32 hexadecimal digits",
            Self::Location { .. } => "\"cells\" or \"nodes\"",
        }
    }
}

/// What a file says about its matrix, gathered while it is read.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    pub(crate) digest: Option<Digest>,
    pub(crate) source: Option<Fingerprint>,
    pub(crate) target: Option<Fingerprint>,
    pub(crate) scheme: Option<String>,
    pub(crate) source_location: Option<Location>,
    pub(crate) target_location: Option<Location>,
    pub(crate) source_measures: Option<Vec<f64>>,
    pub(crate) target_measures: Option<Vec<f64>>,
    pub(crate) part: Option<PartLabel>,
    pub(crate) notes: Vec<String>,
}

impl Labels {
    /// The text labels of a file that is written, in the order of [`TEXTS`].
    pub(crate) fn texts(file: &MatrixFile) -> Vec<(&'static str, String)> {
        let scheme = file.scheme.as_deref().map(in_one_line);
        let values = [
            Some(digest(&file.matrix).to_string()),
            file.source.map(|fingerprint| fingerprint.to_string()),
            file.target.map(|fingerprint| fingerprint.to_string()),
            scheme.filter(|scheme| !scheme.is_empty()),
            Some(file.source_location.to_string()),
            Some(file.target_location.to_string()),
        ];
        let labels = TEXTS.into_iter().zip(values);
        labels
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// Takes a label that is text; one of another name is passed over.
    pub(crate) fn take(&mut self, name: &str, text: &str) -> Result<(), LabelError> {
        match name {
            "digest" => self.digest = Some(text.parse()?),
            "source_fingerprint" => self.source = Some(text.parse()?),
            "target_fingerprint" => self.target = Some(text.parse()?),
            "scheme" => self.scheme = Some(text.to_owned()).filter(|text| !text.is_empty()),
            "source_location" => self.source_location = Some(location(text)?),
            "target_location" => self.target_location = Some(location(text)?),
            _ => {}
        }
        Ok(())
    }

    /// The matrix with its labels, and a note where it does not say what it belongs to.
    pub(crate) fn attach(mut self, matrix: CsrMatrix) -> MatrixFile {
        let missing = match (self.source, self.target) {
            (None, None) => Some("source and target meshes"),
            (None, Some(_)) => Some("source mesh"),
            (Some(_), None) => Some("target mesh"),
            (Some(_), Some(_)) => None,
        };
        if let Some(missing) = missing {
            self.notes.push(format!(
                "does not say which {missing} it belongs to: it is taken for that of any with as \
                 many cells"
            ));
        }
        MatrixFile {
            matrix,
            digest: self.digest,
            source: self.source,
            target: self.target,
            part: self.part,
            scheme: self.scheme,
            source_location: self.source_location.unwrap_or(Location::Cells),
            target_location: self.target_location.unwrap_or(Location::Cells),
            source_measures: self.source_measures,
            target_measures: self.target_measures,
            notes: self.notes,
        }
    }
}

fn location(text: &str) -> Result<Location, LabelError> {
    [Location::Cells, Location::Nodes]
        .into_iter()
        .find(|location| location.name() == text)
        .ok_or_else(|| LabelError::Location {
            found: crate::shorten(text),
        })
}

/// The words of the text between single blanks: a label is one line.
fn in_one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_taken() {
        let mut file = MatrixFile::new(CsrMatrix::zero((2, 3)));
        file.scheme = Some("of\n\tmany  words\0".to_owned());
        file.source = Some(Fingerprint::new(5));
        file.target_location = Location::Nodes;
        let mut labels = Labels::default();
        for (name, text) in Labels::texts(&file) {
            labels.take(name, &text).unwrap();
        }
        let back = labels.attach(file.matrix.clone());
        file.scheme = Some("of many words".to_owned());
        assert_eq!(back, file);
        assert_eq!(back.notes.len(), 1);
    }

    #[test]
    fn a_location_that_is_none_is_refused() {
        let message = Labels::default()
            .take("source_location", "faces")
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "location \"faces\", expected \"cells\" or \"nodes\""
        );
    }
}
