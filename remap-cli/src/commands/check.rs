//! `remap check`: the laws of a matrix of overlap volumes.

use anyhow::Context;
use mesh_core::CellId;
use remap::check::{Sums, Violation, check};
use serde::Serialize;

use super::meshes::Meshes;
use crate::arguments::CheckJob;
use crate::files::read_suspected_matrix;
use crate::output::{Outcome, number, table_of_facts, table_with_header};
use crate::progress::Progress;

#[derive(Serialize)]
struct CheckReport {
    source_volume: f64,
    target_volume: f64,
    overlap_volume: f64,
    /// Largest |row sum − volume| / volume among target cells that are certainly wholly covered.
    worst_row: f64,
    worst_row_cell: Option<u32>,
    /// Largest |column sum − volume| / volume among source cells that are certainly wholly covered.
    worst_column: f64,
    worst_column_cell: Option<u32>,
    /// Largest (sum − volume) / volume of any row or column.
    largest_row_excess: f64,
    largest_column_excess: f64,
    wholly_covered_target_cells: usize,
    partly_covered_target_cells: usize,
    uncovered_target_cells: usize,
    wholly_covered_source_cells: usize,
    partly_covered_source_cells: usize,
    uncovered_source_cells: usize,
    nonpositive_entries: usize,
    first_nonpositive_entry: Option<EntryReport>,
    /// Largest relative deviation that the size and place of any cell allow; most cells are allowed less.
    largest_allowed_row: f64,
    largest_allowed_column: f64,
    /// How many cells break a law.
    violating_target_cells: usize,
    violating_source_cells: usize,
    /// The worst ten of them, worst first.
    worst_target_cells: Vec<CellReport>,
    worst_source_cells: Vec<CellReport>,
    holds: bool,
}

/// An entry of the matrix.
#[derive(Serialize)]
struct EntryReport {
    target_cell: u32,
    source_cell: u32,
    value: f64,
}

/// A cell whose overlaps do not add up.
#[derive(Serialize)]
struct CellReport {
    cell: u32,
    volume: f64,
    covered: f64,
    deviation: f64,
    allowed: f64,
}

impl From<&Violation> for CellReport {
    fn from(violation: &Violation) -> CellReport {
        CellReport {
            cell: violation.cell.get(),
            volume: violation.volume,
            covered: violation.covered,
            deviation: violation.deviation(),
            allowed: violation.allowed,
        }
    }
}

pub(crate) fn run(job: &CheckJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let mut warnings = Vec::new();
    let (matrix, _) = progress.step("reading the matrix", || {
        read_suspected_matrix(&job.matrix, &mut warnings)
    });
    let matrix = matrix?;
    let Meshes {
        source,
        target,
        warnings: of_meshes,
        ..
    } = Meshes::read(&job.source, &job.target, &job.reading, progress)?;
    warnings.extend(of_meshes);
    let (report, _) = progress.step("checking", || check(&matrix, &source.mesh, &target.mesh));
    let found = report.with_context(|| job.matrix.display().to_string())?;

    let report = CheckReport {
        source_volume: found.source_volume,
        target_volume: found.target_volume,
        overlap_volume: found.overlap_volume,
        worst_row: found.rows.worst,
        worst_row_cell: found.rows.worst_cell.map(CellId::get),
        worst_column: found.columns.worst,
        worst_column_cell: found.columns.worst_cell.map(CellId::get),
        largest_row_excess: found.rows.largest_excess,
        largest_column_excess: found.columns.largest_excess,
        wholly_covered_target_cells: found.rows.wholly_covered_cells,
        partly_covered_target_cells: found.rows.partly_covered_cells,
        uncovered_target_cells: found.rows.uncovered_cells,
        wholly_covered_source_cells: found.columns.wholly_covered_cells,
        partly_covered_source_cells: found.columns.partly_covered_cells,
        uncovered_source_cells: found.columns.uncovered_cells,
        nonpositive_entries: found.nonpositive_entries,
        first_nonpositive_entry: found
            .first_nonpositive_entry
            .map(|(target, source, value)| EntryReport {
                target_cell: target.get(),
                source_cell: source.get(),
                value,
            }),
        largest_allowed_row: found.rows.largest_allowed,
        largest_allowed_column: found.columns.largest_allowed,
        violating_target_cells: found.rows.violating_cells,
        violating_source_cells: found.columns.violating_cells,
        worst_target_cells: found.rows.violations.iter().map(CellReport::from).collect(),
        worst_source_cells: found
            .columns
            .violations
            .iter()
            .map(CellReport::from)
            .collect(),
        holds: found.holds,
    };
    let text = text(&report, &found.rows, &found.columns);
    Ok(Outcome::summary(&report, text)?
        .holding(found.holds)
        .warning(warnings))
}

/// What the columns of the sums mean.
const LEGEND: &str = "\
worst: how far a sum is from the volume of its cell, of those that are certainly wholly covered: their bounds meet
no boundary face of the other mesh. excess: how far any sum is above the volume of its cell. Both relative to that
volume; allowed: 1e-12, or more where the coordinates of a cell are rounded coarsely for its size.";

fn text(report: &CheckReport, rows: &Sums, columns: &Sums) -> String {
    let nonpositive = match &report.first_nonpositive_entry {
        None => "0".to_string(),
        Some(first) => format!(
            "{}, the first that of target cell {} and source cell {}: {}",
            report.nonpositive_entries,
            first.target_cell,
            first.source_cell,
            number(first.value)
        ),
    };
    let volumes = table_of_facts([
        ("source volume", number(report.source_volume)),
        ("target volume", number(report.target_volume)),
        ("overlap volume", number(report.overlap_volume)),
        ("entries not above zero", nonpositive),
    ]);
    let side = |name: &str, sums: &Sums| {
        [
            name.to_string(),
            format!("{:.1e}", sums.worst),
            format!("{:.1e}", sums.largest_excess),
            format!("{:.1e}", sums.largest_allowed),
            sums.wholly_covered_cells.to_string(),
            sums.partly_covered_cells.to_string(),
            sums.uncovered_cells.to_string(),
            sums.violating_cells.to_string(),
        ]
    };
    let header = [
        "sums of",
        "worst",
        "excess",
        "allowed",
        "wholly covered",
        "partly",
        "not",
        "violations",
    ];
    let sums = table_with_header(header, [side("rows", rows), side("columns", columns)]);

    let cell = |side: &str, found: &CellReport| {
        [
            format!("{side} {}", found.cell),
            number(found.volume),
            number(found.covered),
            format!("{:.1e}", found.deviation),
        ]
    };
    let targets = report
        .worst_target_cells
        .iter()
        .map(|found| cell("target", found));
    let sources = report
        .worst_source_cells
        .iter()
        .map(|found| cell("source", found));
    let worst: Vec<_> = targets.chain(sources).collect();
    let worst = if worst.is_empty() {
        String::new()
    } else {
        table_with_header(["cell", "volume", "covered", "deviation"], worst) + "\n"
    };
    let verdict = if report.holds {
        "the laws hold"
    } else {
        "the laws do not hold"
    };
    format!("{volumes}\n{sums}\n{worst}{LEGEND}\n{verdict}")
}
