//! What `remap info` and `remap convert` say of a matrix file.

use std::fmt::Write as _;
use std::path::Path;

use mesh_core::{compensated_sum, digest};
use mesh_io::MatrixFile;
use serde::Serialize;

use super::report::PartReport;
use crate::output::{number, table_of_facts};

/// What is said of a matrix.
#[derive(Serialize)]
pub(crate) struct MatrixInfo {
    rows: usize,
    columns: usize,
    nonzeros: usize,
    /// Of all entries.
    sum: f64,
    digest: String,
    /// Rows without an entry.
    empty_rows: usize,
    source_fingerprint: Option<String>,
    target_fingerprint: Option<String>,
    scheme: Option<String>,
    /// `cells` or `nodes`: what columns are for.
    source_location: &'static str,
    /// `cells` or `nodes`: what rows are for.
    target_location: &'static str,
    part: Option<PartReport>,
    /// What all columns measure, where the file says: the volume of the source mesh.
    source_volume: Option<f64>,
    /// What all rows measure, where the file says: the volume of the target mesh, or of its part.
    target_volume: Option<f64>,
    problems: Vec<String>,
}

impl MatrixInfo {
    /// What is said of the matrix of a file.
    pub(crate) fn new(file: &MatrixFile) -> MatrixInfo {
        let matrix = &file.matrix;
        let sum = |values: &[f64]| compensated_sum(values.iter().copied());
        let changed = file.check_digest().err();
        let changed = changed.map(|mismatch| mismatch.to_string());
        let empty_rows = matrix.outer_iterator().filter(|row| row.nnz() == 0).count();
        MatrixInfo {
            rows: matrix.rows(),
            columns: matrix.cols(),
            nonzeros: matrix.nnz(),
            sum: sum(matrix.data()),
            digest: digest(matrix).to_string(),
            empty_rows,
            source_fingerprint: file.source.map(|fingerprint| fingerprint.to_string()),
            target_fingerprint: file.target.map(|fingerprint| fingerprint.to_string()),
            scheme: file.scheme.clone(),
            source_location: file.source_location.name(),
            target_location: file.target_location.name(),
            part: file.part.as_ref().map(|label| PartReport {
                part: label.part,
                parts: label.parts,
                target_cells_in_all: label.target_rows,
            }),
            source_volume: file.source_measures.as_deref().map(sum),
            target_volume: file.target_measures.as_deref().map(sum),
            problems: file.notes.iter().cloned().chain(changed).collect(),
        }
    }

    /// The same for eyes.
    pub(crate) fn text(&self, path: &Path) -> String {
        let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_string());
        let volume = |volume: Option<f64>| or_unknown(volume.map(number));
        let whole = "the whole matrix".to_string();
        let part = self.part.as_ref().map_or(whole, |part| {
            format!(
                "part {}/{} of a matrix of {} rows",
                part.part, part.parts, part.target_cells_in_all
            )
        });
        let mut text = table_of_facts([
            ("matrix", path.display().to_string()),
            ("holds", part),
            (
                "rows",
                format!("{} target {}", self.rows, self.target_location),
            ),
            (
                "columns",
                format!("{} source {}", self.columns, self.source_location),
            ),
            ("entries", self.nonzeros.to_string()),
            ("sum of entries", number(self.sum)),
            ("rows without entry", self.empty_rows.to_string()),
            ("scheme", or_unknown(self.scheme.clone())),
            ("source volume", volume(self.source_volume)),
            ("target volume", volume(self.target_volume)),
            ("digest", self.digest.clone()),
            (
                "source fingerprint",
                or_unknown(self.source_fingerprint.clone()),
            ),
            (
                "target fingerprint",
                or_unknown(self.target_fingerprint.clone()),
            ),
        ]);
        for problem in &self.problems {
            let _ = write!(text, "\nproblem: {problem}");
        }
        text
    }
}
