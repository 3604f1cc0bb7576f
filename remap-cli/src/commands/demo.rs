//! `remap demo`: the reference exercise, whole and in parts, against its known answer.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use mesh_core::{
    CartesianMesh, DataArray, Field, FieldValues, Location, UnstructuredMesh, Vector3,
};
use partition::{Partition, run_in_parts};
use remap::{Nature, OverlapMatrix, P0P0, RemapOperator, Scheme};
use serde::Serialize;

use crate::arguments::DemoJob;
use crate::files::{OutputDirectory, matrix_file};
use crate::output::{Outcome, table_of_facts};
use crate::progress::Progress;

/// How far the sum of the entries may be from the known answer, which is below 1. Measured with 3,
/// 7, 33, 40 and 77 cells along each axis: within 3e-16.
const SUM_TOLERANCE: f64 = 1e-13;

#[derive(Serialize)]
struct DemoReport {
    /// Along each axis.
    cells: u32,
    source_cells: usize,
    target_cells: usize,
    parts: usize,
    threads: usize,
    nonzeros: usize,
    expected_nonzeros: u64,
    sum: f64,
    expected_sum: f64,
    /// Between the matrix computed whole and the one merged from parts.
    differing_entries: usize,
    digest: String,
    seconds: DemoSeconds,
    holds: bool,
}

#[derive(Serialize)]
struct DemoSeconds {
    whole: f64,
    parts: f64,
}

pub(crate) fn run(job: &DemoJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let (meshes, _) = progress.step("making the meshes", || exercise_meshes(job.cells));
    let (source, target) = meshes?;

    let (whole, whole_seconds) = progress.step("preparing the whole", || {
        remap::prepare(&source, &target, &P0P0)
    });
    let whole = whole?;
    let partition = Partition::slices(target.cell_count(), job.parts)?;
    let (merged, parts_seconds) = progress.step("preparing in parts", || {
        run_in_parts(&target, &partition, |part| {
            remap::prepare(&source, &part.mesh, &P0P0).map(OverlapMatrix::into_matrix)
        })
    });
    let (source_fingerprint, target_fingerprint) = (whole.source(), whole.target());
    let merged = OverlapMatrix::new(merged?, source_fingerprint, target_fingerprint);
    // Both have a row for each target cell and a column for each source cell.
    let differing_entries = whole
        .difference(&merged)
        .map_or(usize::MAX, |found| found.entries);

    let side = 2 * u64::from(job.cells) - 1;
    let expected_nonzeros = side.pow(3);
    let expected_sum = (1.0 - 1.0 / (2.0 * f64::from(job.cells))).powi(3);
    let (nonzeros, sum) = (whole.nonzeros(), whole.sum());
    let holds = differing_entries == 0
        && whole.digest() == merged.digest()
        && nonzeros as u64 == expected_nonzeros
        && (sum - expected_sum).abs() <= SUM_TOLERANCE;

    let report = DemoReport {
        cells: job.cells,
        source_cells: source.cell_count(),
        target_cells: target.cell_count(),
        parts: job.parts,
        threads: rayon::current_num_threads(),
        nonzeros,
        expected_nonzeros,
        sum,
        expected_sum,
        differing_entries,
        digest: whole.digest().to_string(),
        seconds: DemoSeconds {
            whole: whole_seconds,
            parts: parts_seconds,
        },
        holds,
    };
    let mut text = text(&report);
    if let Some(directory) = &job.output {
        for path in write_all(directory, &source, &target, whole)? {
            let _ = write!(text, "\nwritten: {}", path.display());
        }
    }
    Ok(Outcome::summary(&report, text)?.holding(holds))
}

fn text(report: &DemoReport) -> String {
    let expected = |text: String, expected: String| format!("{text} (expected {expected})");
    let facts = table_of_facts([
        (
            "source, target cells",
            format!("{}, {}", report.source_cells, report.target_cells),
        ),
        ("threads", report.threads.to_string()),
        ("seconds, whole", format!("{:.3}", report.seconds.whole)),
        (
            "seconds, in parts",
            format!("{:.3} ({} parts)", report.seconds.parts, report.parts),
        ),
        (
            "entries",
            expected(
                report.nonzeros.to_string(),
                report.expected_nonzeros.to_string(),
            ),
        ),
        (
            "sum of entries",
            expected(report.sum.to_string(), report.expected_sum.to_string()),
        ),
        ("entries that differ", report.differing_entries.to_string()),
        ("digest", report.digest.clone()),
    ]);
    let verdict = if report.holds {
        "holds: the parts' matrix is the whole matrix, and both are the known answer"
    } else {
        "does not hold"
    };
    format!("{facts}\n{verdict}")
}

/// A box of cells along the axes from 0 to 1, and its copy moved by half a cell along each axis.
fn exercise_meshes(cells: u32) -> anyhow::Result<(UnstructuredMesh, UnstructuredMesh)> {
    let count = f64::from(cells);
    let axis: Vec<f64> = (0..=cells).map(|place| f64::from(place) / count).collect();
    let source = CartesianMesh::new(vec![axis; 3])?.to_unstructured()?;
    let half = 0.5 / count;
    let target = source.translate(&Vector3::new(half, half, half))?;
    Ok((source, target))
}

/// Writes both meshes, the matrix and a transferred field: all files or none.
fn write_all(
    directory: &OutputDirectory,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    matrix: OverlapMatrix,
) -> anyhow::Result<[PathBuf; 4]> {
    let wave = |values| {
        [Field::new(
            "wave",
            Location::Cells,
            FieldValues::Float(values),
        )]
    };
    let centroids = source.centroids();
    let heights = centroids.iter().map(|p| {
        2.0 + p
            .coords
            .map(|x| (std::f64::consts::TAU * x).sin())
            .product()
    });
    let on_source = DataArray::scalars(heights.collect());
    let operator = RemapOperator::new(&matrix, source, target, Nature::IntensiveMaximum)?;
    let on_target = operator.apply(&on_source, f64::NAN)?;
    let of_cells = |mesh| (mesh, UnstructuredMesh::measures(mesh));
    let matrix = matrix_file(matrix, P0P0.name(), of_cells(source), of_cells(target));

    let names = ["source.vtu", "target.vtu", "matrix.npz", "transferred.vtu"];
    let paths = names.map(|name| directory.file(name));
    let [source_path, target_path, matrix_path, field_path] = &paths;
    let written = mesh_io::write_mesh(source_path, source, &wave(on_source))
        .and_then(|()| mesh_io::write_mesh(target_path, target, &[]))
        .and_then(|()| mesh_io::write_matrix(matrix_path, &matrix))
        .and_then(|()| mesh_io::write_mesh(field_path, target, &wave(on_target)));
    if written.is_err() {
        for path in &paths {
            let _ = fs::remove_file(path);
        }
    }
    written?;
    Ok(paths)
}
