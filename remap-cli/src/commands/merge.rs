//! `remap merge`: the matrices of all parts put together.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, anyhow, ensure};
use mesh_core::{CellId, CsrMatrix, Location};
use mesh_io::{MatrixFile, PartLabel};
use partition::{MergeError, PartMatrix};
use remap::OverlapMatrix;
use serde::Serialize;

use super::prepare::warning_where_nothing_overlaps;
use super::report::{MatrixFacts, MatrixReport, Seconds};
use crate::files::{MatrixOutput, read_matrix};
use crate::output::Outcome;
use crate::progress::Progress;

/// What is known of the volumes without the meshes.
#[derive(Serialize)]
struct Merged {
    parts: usize,
    overlap_volume: f64,
    uncovered_target_cells: usize,
}

pub(crate) fn run(
    paths: &[PathBuf],
    output: &MatrixOutput,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let mut warnings = Vec::new();
    let (parts, read) = progress.step("reading the parts", || {
        paths
            .iter()
            .map(|path| read_part(path, &mut warnings))
            .collect::<anyhow::Result<Vec<_>>>()
    });
    let (parts, labels): (Vec<_>, Vec<_>) = parts?.into_iter().unzip();

    let (merged, assemble) = progress.step("merging", || partition::merge(&parts));
    let matrix = merged.map_err(with_remedy)?;
    let first = parts.first().map(|(_, part)| (part.source, part.target));
    let (source, target) = first.unzip();

    let matrix = OverlapMatrix::new(matrix, source, target);
    let file = MatrixFile {
        source,
        target,
        ..merged_file(matrix.matrix().clone(), &parts, labels)?
    };
    let (written, write) = progress.step("writing", || output.write(&file));
    written?;

    let (facts, report) = progress.step("summing", || MatrixFacts::new(&matrix));
    let seconds = Seconds {
        read,
        assemble,
        report,
        write,
        ..Seconds::default()
    };
    let volumes = Merged {
        parts: parts.len(),
        overlap_volume: facts.sum,
        uncovered_target_cells: facts.empty_rows,
    };
    let report = MatrixReport::new(&facts, seconds.since(start), volumes);
    let text = report.table();
    warnings.extend(warning_where_nothing_overlaps(&matrix));
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

/// The error, with how to make a part that is missing.
fn with_remedy(error: MergeError) -> anyhow::Error {
    match error {
        MergeError::PartMissing { part, parts, .. } => {
            anyhow!("{error}; `remap prepare SOURCE TARGET --part {part}/{parts}` makes it")
        }
        _ => error.into(),
    }
}

/// The merged matrix with what its parts say of it: scheme and locations, which have to be the same
/// in all of them, and what rows and columns measure, where each part knows.
fn merged_file(
    matrix: CsrMatrix,
    parts: &[(String, PartMatrix)],
    labels: Vec<PartLabels>,
) -> anyhow::Result<MatrixFile> {
    let mut file = MatrixFile::new(matrix);
    let mut target_measures = Some(vec![f64::NAN; file.matrix.rows()]);
    for (number, ((name, part), labels)) in parts.iter().zip(labels).enumerate() {
        if number == 0 {
            file.scheme = labels.scheme;
            file.source_location = labels.source_location;
            file.target_location = labels.target_location;
            file.source_measures = labels.source_measures;
        } else {
            let made = |scheme: &Option<String>, from: Location, to: Location| {
                let scheme = scheme.as_deref().unwrap_or("of unknown name");
                format!("scheme {scheme} from {from} to {to}")
            };
            let found = made(
                &labels.scheme,
                labels.source_location,
                labels.target_location,
            );
            let expected = made(&file.scheme, file.source_location, file.target_location);
            ensure!(
                found == expected,
                "{name}: made by {found}, but {} by {expected}",
                parts[0].0
            );
            // All know the same mesh.
            file.source_measures = file.source_measures.and(labels.source_measures);
        }
        target_measures = target_measures
            .zip(labels.target_measures)
            .map(|(mut all, own)| {
                for (row, measure) in part.rows.iter().zip(own) {
                    all[row.index()] = measure;
                }
                all
            });
    }
    file.target_measures = target_measures;
    Ok(file)
}

/// What a part says of itself beside its matrix and its place.
struct PartLabels {
    scheme: Option<String>,
    source_location: Location,
    target_location: Location,
    source_measures: Option<Vec<f64>>,
    target_measures: Option<Vec<f64>>,
}

/// The matrix of a part, with its file's name.
fn read_part(
    path: &Path,
    warnings: &mut Vec<String>,
) -> anyhow::Result<((String, PartMatrix), PartLabels)> {
    let name = path.display().to_string();
    let MatrixFile {
        matrix,
        source,
        target,
        part,
        scheme,
        source_location,
        target_location,
        source_measures,
        target_measures,
        ..
    } = read_matrix(path, warnings)?;
    let label = part.with_context(|| {
        format!("{name}: is no part of a matrix; expected what `remap prepare --part I/P` writes")
    })?;
    let mesh = |fingerprint: Option<_>, side| {
        fingerprint.with_context(|| format!("{name}: does not say which {side} mesh it is of"))
    };
    let PartLabel {
        part,
        parts,
        rows,
        target_rows,
    } = label;
    let part = PartMatrix {
        part,
        parts,
        rows: rows.into_iter().map(CellId::new).collect(),
        target_rows,
        matrix,
        source: mesh(source, "source")?,
        target: mesh(target, "target")?,
    };
    let labels = PartLabels {
        scheme,
        source_location,
        target_location,
        source_measures,
        target_measures,
    };
    Ok(((name, part), labels))
}
