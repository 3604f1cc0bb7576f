//! `remap merge`: the matrices of all parts put together.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use mesh_core::CellId;
use mesh_io::{MatrixFile, PartLabel};
use partition::PartMatrix;
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
    let (parts, read) = progress.step("reading the parts", || {
        paths
            .iter()
            .map(|path| read_part(path))
            .collect::<anyhow::Result<Vec<_>>>()
    });
    let parts = parts?;

    let (merged, assemble) = progress.step("merging", || partition::merge(&parts));
    let matrix = merged?;
    let first = parts.first().map(|(_, part)| (part.source, part.target));
    let (source, target) = first.unzip();

    let matrix = OverlapMatrix::new(matrix, source, target);
    let file = MatrixFile {
        matrix: matrix.matrix().clone(),
        source,
        target,
        part: None,
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
    Ok(Outcome::summary(&report, text)?.warning(warning_where_nothing_overlaps(&matrix)))
}

/// The matrix of a part, with its file's name.
fn read_part(path: &Path) -> anyhow::Result<(String, PartMatrix)> {
    let name = path.display().to_string();
    let MatrixFile {
        matrix,
        source,
        target,
        part,
    } = read_matrix(path)?;
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
    Ok((name, part))
}
