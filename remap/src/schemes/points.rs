//! What schemes share that look for points of the target in the source.

use std::time::Instant;

use mesh_core::{CsrMatrix, Location, Point3, UnstructuredMesh, matrix_from_parts};
use rayon::prelude::*;

use crate::error::PrepareError;
use crate::overlap_matrix::OverlapMatrix;
use crate::prepare::{Preparation, Progress, Seconds};

/// How many points a thread takes at a time.
const BLOCK: usize = 512;

/// The points that stand for the values of a field: the centroids of cells, or the nodes.
fn points_of(mesh: &UnstructuredMesh, location: Location) -> Vec<Point3> {
    match location {
        Location::Cells => mesh.centroids(),
        Location::Nodes => mesh.nodes().to_vec(),
    }
}

/// The rows of a matrix, one for each target cell or node, as `find` says: it is given a point and
/// pushes columns, ascending, with weights that sum to one, or none. An entry is its weight times the
/// volume of the cell or node, so that of what has no volume the row is empty.
pub(super) fn rows_of_points(
    target: &UnstructuredMesh,
    location: Location,
    columns: usize,
    progress: Progress<'_>,
    find: impl Fn(&Point3, &mut Vec<(u32, f64)>) + Sync,
) -> Result<CsrMatrix, PrepareError> {
    let (points, measures) = (points_of(target, location), target.measures_on(location));
    let done = |before: usize, points: usize| {
        // Progress counts cells.
        let cells = |points: usize| points * target.cell_count() / measures.len();
        cells(before + points) - cells(before)
    };
    let blocks: Vec<Vec<Vec<(u32, f64)>>> = points
        .par_chunks(BLOCK)
        .zip(measures.par_chunks(BLOCK))
        .enumerate()
        .map(|(block, (points, measures))| {
            let rows = points.iter().zip(measures).map(|(point, &measure)| {
                let mut row = Vec::new();
                if measure > 0.0 {
                    find(point, &mut row);
                    for (_, weight) in &mut row {
                        *weight *= measure;
                    }
                }
                row
            });
            let rows = rows.collect();
            progress(done(block * BLOCK, points.len()) as u64);
            rows
        })
        .collect();
    let rows = || blocks.iter().flatten();
    let mut offsets = vec![0];
    offsets.extend(rows().scan(0, |end, row| {
        *end += row.len();
        Some(*end)
    }));
    let (found, values) = rows().flatten().copied().unzip();
    Ok(matrix_from_parts(
        (points.len(), columns),
        offsets,
        found,
        values,
    )?)
}

/// The matrix with all that belongs to it.
pub(super) fn prepared(
    matrix: CsrMatrix,
    [source, target]: [&UnstructuredMesh; 2],
    [from, to]: [Location; 2],
    start: Instant,
) -> Preparation {
    let [of_source, of_target] = [source, target].map(|mesh| Some(mesh.fingerprint()));
    Preparation {
        matrix: OverlapMatrix::new(matrix, of_source, of_target).between(from, to),
        seconds: Seconds {
            search: start.elapsed().as_secs_f64(),
            ..Seconds::default()
        },
    }
}
