//! `remap compare`: two matrices, entry by entry.

use std::path::Path;

use mesh_core::CsrMatrix;
use remap::OverlapMatrix;
use serde::Serialize;

use crate::files::warning_where_changed;
use crate::output::{Outcome, number, table_of_facts};
use crate::progress::Progress;

#[derive(Serialize)]
struct Comparison {
    /// Entries whose values are not the same bits; one that is not stored counts as zero.
    differing_entries: usize,
    largest_difference: f64,
    /// Rows and columns of each matrix.
    shapes: [(usize, usize); 2],
    nonzeros: [usize; 2],
    digests: [String; 2],
}

pub(crate) fn run(first: &Path, second: &Path, progress: &Progress) -> anyhow::Result<Outcome> {
    let mut warnings = Vec::new();
    let (matrices, _) = progress.step("reading the matrices", || {
        // Whether they say what they belong to is no matter here; what was changed is looked for.
        let mut read = |path| {
            let file = mesh_io::read_matrix_unchecked(path)?;
            warnings.extend(warning_where_changed(path, &file));
            anyhow::Ok(file.matrix)
        };
        anyhow::Ok([read(first)?, read(second)?])
    });
    let matrices = matrices?.map(|matrix| OverlapMatrix::new(matrix, None, None));
    let shapes = matrices.each_ref().map(|matrix| matrix.matrix().shape());
    // What one matrix has beyond the edge of the other is an entry stored in one only.
    let shape = (shapes[0].0.max(shapes[1].0), shapes[0].1.max(shapes[1].1));
    let [one, other] = matrices.each_ref().map(|matrix| widened(matrix, shape));
    let (difference, _) = progress.step("comparing", || one.difference(&other));
    let (entries, largest) = difference.map_or((0, 0.0), |found| (found.entries, found.largest));

    let report = Comparison {
        differing_entries: entries,
        largest_difference: largest,
        shapes,
        nonzeros: matrices.each_ref().map(OverlapMatrix::nonzeros),
        digests: matrices
            .each_ref()
            .map(|matrix| matrix.digest().to_string()),
    };
    let text = table_of_facts([
        ("entries that differ", entries.to_string()),
        ("largest difference", number(largest)),
        (
            "shapes",
            format!("{} and {}", shape_text(shapes[0]), shape_text(shapes[1])),
        ),
    ]);
    let holds = entries == 0 && shapes[0] == shapes[1];
    let verdict = if shapes[0] != shapes[1] {
        "the matrices are of different meshes"
    } else if holds {
        "the matrices are the same"
    } else {
        "the matrices differ"
    };
    Ok(Outcome::summary(&report, format!("{text}\n{verdict}"))?
        .holding(holds)
        .warning(warnings))
}

fn shape_text((rows, columns): (usize, usize)) -> String {
    format!("{rows} × {columns}")
}

/// The matrix with empty rows and columns behind its own.
fn widened(matrix: &OverlapMatrix, (rows, columns): (usize, usize)) -> OverlapMatrix {
    let matrix = matrix.matrix();
    let mut offsets = matrix.proper_indptr().into_owned();
    offsets.resize(rows + 1, matrix.nnz());
    let (indices, data) = (matrix.indices().to_vec(), matrix.data().to_vec());
    OverlapMatrix::new(
        CsrMatrix::new((rows, columns), offsets, indices, data),
        None,
        None,
    )
}
