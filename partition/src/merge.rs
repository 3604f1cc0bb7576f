//! The matrices of parts, and the one matrix they make together.

use mesh_core::{CellId, CsrMatrix, Fingerprint};
use rayon::prelude::*;

use crate::merge_error::MergeError;

/// The matrix of one part of the target, and where its rows belong in the whole.
///
/// Row `i` of `matrix` is row `rows[i]` of the whole matrix; columns are those of the whole.
/// A part without cells has no rows: a matrix of shape 0 × columns.
#[derive(Clone, Debug, PartialEq)]
pub struct PartMatrix {
    /// Which part this is, counted from 0.
    pub part: usize,
    /// How many parts there are.
    pub parts: usize,
    /// The global target cell of each local row, in the order of the rows.
    pub rows: Vec<CellId>,
    /// The number of rows of the whole matrix: cells of the whole target mesh.
    pub target_rows: usize,
    /// The part's matrix: a row for each entry of `rows`, a column for each source cell.
    pub matrix: CsrMatrix,
    /// The source mesh.
    pub source: Fingerprint,
    /// The whole target mesh, not the part's.
    pub target: Fingerprint,
}

/// The whole matrix made of its parts' matrices, which may come in any order.
///
/// `parts` are pairs of a name for messages (a file's, say) and the part's matrix. Nothing is added
/// or compared: every row is copied as it is from the one part that has it, so that the result is
/// bit for bit the matrix that an undivided computation gives.
///
/// # Errors
/// A [`MergeError`] names the part that does not fit and what it was compared with. The parts'
/// labels are looked at before their rows.
///
/// Cost: O(rows + entries + parts · log parts), one pass over the entries, no sorting of them;
/// copying uses all threads of the current `rayon` pool. Memory: the result and one number per row.
///
/// ```
/// use mesh_core::{CellId, CsrMatrix, Fingerprint};
/// use partition::{PartMatrix, merge};
///
/// let part = |part, rows: &[u32], value| PartMatrix {
///     part,
///     parts: 2,
///     rows: rows.iter().map(|&row| CellId::new(row)).collect(),
///     target_rows: 3,
///     matrix: CsrMatrix::new(
///         (rows.len(), 1),
///         (0..=rows.len()).collect(),
///         vec![0; rows.len()],
///         vec![value; rows.len()],
///     ),
///     source: Fingerprint::new(1),
///     target: Fingerprint::new(2),
/// };
/// let first = ("first.npz".to_string(), part(0, &[0, 2], 0.5));
/// let second = ("second.npz".to_string(), part(1, &[1], 0.25));
/// let whole = merge(&[second, first.clone()])?;
/// assert_eq!(whole.data(), &[0.5, 0.25, 0.5]);
///
/// let error = merge(&[first]).unwrap_err();
/// assert_eq!(error.to_string(), "part 1/2 is missing (parts missing in all: 1)");
/// # Ok::<(), partition::MergeError>(())
/// ```
pub fn merge(parts: &[(String, PartMatrix)]) -> Result<CsrMatrix, MergeError> {
    check_labels(parts)?;
    let Some((_, first)) = parts.first() else {
        return Err(MergeError::NoParts);
    };
    let pieces: Vec<Piece<'_>> = parts
        .iter()
        .map(|(name, part)| Piece {
            name,
            rows: &part.rows,
            matrix: &part.matrix,
        })
        .collect();
    merge_pieces(&pieces, first.target_rows)
}

/// Rows of the whole matrix, before it is asked whose they are.
pub(crate) struct Piece<'a> {
    /// For messages.
    pub(crate) name: &'a str,
    /// Local row → global row.
    pub(crate) rows: &'a [CellId],
    /// One row for each of `rows`.
    pub(crate) matrix: &'a CsrMatrix,
}

/// Checks everything about the parts but their rows: do they belong together, is each there once?
fn check_labels(parts: &[(String, PartMatrix)]) -> Result<(), MergeError> {
    let Some((first_name, first)) = parts.first() else {
        return Err(MergeError::NoParts);
    };
    for (name, part) in parts {
        let (name, first_name) = (name.clone(), first_name.clone());
        if part.parts != first.parts {
            let (found, expected) = (part.parts, first.parts);
            return Err(MergeError::DifferentParts {
                name,
                first: first_name,
                found,
                expected,
            });
        }
        if part.part >= part.parts {
            return Err(MergeError::PartOutOfRange {
                name,
                part: part.part,
                parts: part.parts,
            });
        }
        if part.source != first.source {
            let (found, expected) = (part.source, first.source);
            return Err(MergeError::ForeignSource {
                name,
                first: first_name,
                found,
                expected,
            });
        }
        if part.target != first.target {
            let (found, expected) = (part.target, first.target);
            return Err(MergeError::ForeignTarget {
                name,
                first: first_name,
                found,
                expected,
            });
        }
        if part.target_rows != first.target_rows {
            let (found, expected) = (part.target_rows, first.target_rows);
            return Err(MergeError::TargetRowCount {
                name,
                first: first_name,
                found,
                expected,
            });
        }
    }
    check_each_part_once(parts, first.parts)
}

/// Checks that the parts' numbers, all below `count`, are those from 0 to `count`.
fn check_each_part_once(parts: &[(String, PartMatrix)], count: usize) -> Result<(), MergeError> {
    // Sorted rather than marked in an array of `count` places: `count` comes from a file.
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&position| parts[position].1.part);
    for pair in order.windows(2) {
        let ((first, earlier), (second, later)) = (&parts[pair[0]], &parts[pair[1]]);
        if earlier.part == later.part {
            return Err(MergeError::PartDoubled {
                first: first.clone(),
                second: second.clone(),
                part: later.part,
                parts: count,
            });
        }
    }
    if order.len() == count {
        return Ok(());
    }
    let gap = order
        .iter()
        .enumerate()
        .find(|&(expected, &at)| parts[at].1.part != expected);
    Err(MergeError::PartMissing {
        part: gap.map_or(order.len(), |(expected, _)| expected),
        parts: count,
        missing: count - order.len(),
    })
}

/// The matrix of `row_count` rows that the pieces make together.
pub(crate) fn merge_pieces(
    pieces: &[Piece<'_>],
    row_count: usize,
) -> Result<CsrMatrix, MergeError> {
    let Some(first) = pieces.first() else {
        return Err(MergeError::NoParts);
    };
    let columns = first.matrix.cols();
    for piece in pieces {
        let name = piece.name.to_string();
        if !piece.matrix.is_csr() {
            return Err(MergeError::NotByRows { name });
        }
        let (found, expected) = (piece.matrix.cols(), columns);
        if found != expected {
            let first = first.name.to_string();
            return Err(MergeError::ColumnCount {
                name,
                first,
                found,
                expected,
            });
        }
        let (named, rows) = (piece.rows.len(), piece.matrix.rows());
        if named != rows {
            return Err(MergeError::RowMap { name, named, rows });
        }
    }
    let origins = find_origins(pieces, row_count)?;

    let mut offsets = Vec::with_capacity(row_count + 1);
    offsets.push(0);
    let mut entries = 0;
    for origin in &origins {
        entries += origin.range(pieces).len();
        offsets.push(entries);
    }
    let (indices, data) = copy_rows(pieces, &origins, &offsets);
    // Cannot fail: the rows are rows of valid matrices with the same number of columns.
    Ok(CsrMatrix::new((row_count, columns), offsets, indices, data))
}

/// Where a row of the whole matrix comes from.
#[derive(Clone, Copy)]
struct Origin {
    piece: u32,
    row: u32,
}

impl Origin {
    const NONE: Origin = Origin {
        piece: u32::MAX,
        row: u32::MAX,
    };

    /// The row's entries in its piece.
    fn range(self, pieces: &[Piece<'_>]) -> std::ops::Range<usize> {
        pieces[self.piece as usize]
            .matrix
            .indptr()
            .outer_inds_sz(self.row as usize)
    }
}

/// The one piece and local row of every global row.
fn find_origins(pieces: &[Piece<'_>], row_count: usize) -> Result<Vec<Origin>, MergeError> {
    // `row_count` may come from a file: no more room is made than there are rows. Where rows are
    // fewer than that, one of the first `given + 1` is missing for certain.
    let given: usize = pieces.iter().map(|piece| piece.rows.len()).sum();
    let mut origins = vec![Origin::NONE; row_count.min(given.saturating_add(1))];
    for (position, piece) in pieces.iter().enumerate() {
        for (local, &row) in piece.rows.iter().enumerate() {
            if row.index() >= row_count {
                let name = piece.name.to_string();
                return Err(MergeError::RowOutOfRange {
                    name,
                    local,
                    row,
                    rows: row_count,
                });
            }
            let Some(origin) = origins.get_mut(row.index()) else {
                continue;
            };
            if origin.piece != u32::MAX {
                let first = pieces[origin.piece as usize].name.to_string();
                let second = piece.name.to_string();
                return Err(MergeError::RowTwice { first, second, row });
            }
            *origin = Origin {
                piece: position as u32,
                row: local as u32,
            };
        }
    }
    match origins.iter().position(|origin| origin.piece == u32::MAX) {
        Some(row) => Err(MergeError::RowMissing {
            row,
            rows: row_count,
        }),
        None => Ok(origins),
    }
}

/// Rows copied by one task: enough that a task outweighs its start.
const ROWS_PER_TASK: usize = 4096;

/// Columns and values of the whole matrix, rows copied in parallel to disjoint places.
fn copy_rows(pieces: &[Piece<'_>], origins: &[Origin], offsets: &[usize]) -> (Vec<u32>, Vec<f64>) {
    let entries = offsets.last().copied().unwrap_or(0);
    let mut indices = vec![0_u32; entries];
    let mut data = vec![0.0; entries];

    let mut tasks = Vec::with_capacity(origins.len() / ROWS_PER_TASK + 1);
    let (mut indices_left, mut data_left) = (indices.as_mut_slice(), data.as_mut_slice());
    let mut taken = 0;
    for (block, rows) in origins.chunks(ROWS_PER_TASK).enumerate() {
        let end = offsets[block * ROWS_PER_TASK + rows.len()];
        let (task_indices, rest) = indices_left.split_at_mut(end - taken);
        indices_left = rest;
        let (task_data, rest) = data_left.split_at_mut(end - taken);
        data_left = rest;
        taken = end;
        tasks.push((rows, task_indices, task_data));
    }
    tasks
        .into_par_iter()
        .for_each(|(rows, task_indices, task_data)| {
            let mut start = 0;
            for origin in rows {
                let matrix = pieces[origin.piece as usize].matrix;
                let range = origin.range(pieces);
                let end = start + range.len();
                task_indices[start..end].copy_from_slice(&matrix.indices()[range.clone()]);
                task_data[start..end].copy_from_slice(&matrix.data()[range]);
                start = end;
            }
        });
    (indices, data)
}
