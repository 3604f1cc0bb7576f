//! A whole job, part by part.

use mesh_core::{CsrMatrix, UnstructuredMesh};
use thiserror::Error;

use crate::merge::{Piece, merge_pieces};
use crate::merge_error::MergeError;
use crate::partition::{Part, Partition, PartitionError};

/// Why a job in parts did not come to its end. `E` is the error of the function that was run.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RunError<E> {
    /// The partition does not fit the mesh.
    #[error(transparent)]
    Partition(#[from] PartitionError),
    /// The function failed on a part.
    #[error("part {part} of {parts} parts failed")]
    Part {
        /// The part, counted from 0.
        part: usize,
        /// The number of parts.
        parts: usize,
        /// What the function said.
        source: E,
    },
    /// The function's matrices do not fit together: one has not a row for each cell of its part,
    /// or another number of columns than the others.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

/// The whole matrix of a job on `mesh`, computed part by part.
///
/// `compute` is called for each part of `partition` that has cells, in ascending order, one at a
/// time (it uses what threads it likes); only one part's mesh exists at a time. It returns a matrix
/// with a row for each cell of [`Part::mesh`] and a column for each source cell. Rows of the result
/// are cells of `mesh`.
///
/// A job becomes resumable by a `compute` that first looks whether it has the part's matrix on disk.
///
/// # Errors
/// [`RunError::Part`] with the first error of `compute`, after which no further part is computed;
/// [`RunError::Merge`] where its matrices have the wrong shape; [`RunError::Partition`] where the
/// partition is of another mesh.
///
/// Cost: that of `compute`, and O(parts · nodes + cells + entries).
///
/// ```
/// use mesh_core::CsrMatrix;
/// use partition::{Method, Partition, run_in_parts};
///
/// let axis = vec![0.0, 1.0, 2.0, 3.0];
/// let mesh = mesh_core::CartesianMesh::new(vec![axis.clone(), axis.clone(), axis])?;
/// let mesh = mesh.to_unstructured()?;
/// let partition = Partition::new(&mesh, 4, Method::SpaceFillingCurve)?;
/// // Each cell's volume, in a matrix of one column.
/// let volumes = run_in_parts(&mesh, &partition, |part| {
///     let rows = part.mesh.cell_count();
///     let offsets = (0..=rows).collect();
///     Ok::<_, std::convert::Infallible>(
///         CsrMatrix::new((rows, 1), offsets, vec![0; rows], part.mesh.measures()),
///     )
/// })?;
/// assert_eq!(volumes.data(), mesh.measures());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_in_parts<E>(
    mesh: &UnstructuredMesh,
    partition: &Partition,
    mut compute: impl FnMut(&Part) -> Result<CsrMatrix, E>,
) -> Result<CsrMatrix, RunError<E>> {
    let parts = partition.parts();
    let mut finished = Vec::new();
    for index in 0..parts {
        let Some(part) = partition.extract(mesh, index)? else {
            continue;
        };
        let matrix = compute(&part).map_err(|source| RunError::Part {
            part: index,
            parts,
            source,
        })?;
        finished.push((format!("part {index}/{parts}"), part.cells, matrix));
    }
    let pieces: Vec<Piece<'_>> = finished
        .iter()
        .map(|(name, rows, matrix)| Piece { name, rows, matrix })
        .collect();
    Ok(merge_pieces(&pieces, mesh.cell_count())?)
}
