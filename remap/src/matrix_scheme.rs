//! Whatever makes a raw matrix of two meshes, by overlaps or otherwise.

use mesh_core::{Location, UnstructuredMesh};

use crate::error::PrepareError;
use crate::prepare::{Preparation, Progress, prepare_with};
use crate::scheme::Scheme;

/// Makes the raw matrix of two meshes: every [`Scheme`], which does so overlap by overlap, and schemes
/// that need no overlaps, such as [`NearestCell`](crate::NearestCell).
///
/// Implement [`Scheme`] where you can; then searching, intersecting, sorting and threads are not your
/// affair. Implement this where overlaps are of no use: make the matrix in your own way, and pass it
/// through [`matrix_from_parts`](mesh_core::matrix_from_parts), which checks it. The contract:
///
/// * an entry stands for the volume that the value of the column speaks for in the row. Then all
///   [natures](crate::Nature) have a meaning: their denominators are the sums of rows and columns, and
///   the volumes of cells and nodes;
/// * the same meshes give the same bits, for any number of threads;
/// * the matrix carries the fingerprints of both meshes and says where its rows and columns live.
///
/// A scheme that gives each target cell the value of the source cell of the same number:
///
/// ```
/// use mesh_core::{BoxMesh, Location, UnstructuredMesh, matrix_from_parts};
/// use remap::{MatrixScheme, OverlapMatrix, Preparation, PrepareError, Progress, Seconds};
///
/// struct SameNumber;
///
/// impl MatrixScheme for SameNumber {
///     fn locations(&self) -> [Location; 2] {
///         [Location::Cells; 2]
///     }
///     fn prepare_matrix(
///         &self,
///         source: &UnstructuredMesh,
///         target: &UnstructuredMesh,
///         progress: Progress<'_>,
///     ) -> Result<Preparation, PrepareError> {
///         let (rows, columns) = (target.cell_count(), source.cell_count());
///         let found = rows.min(columns);
///         let offsets = (0..=rows).map(|row| row.min(found)).collect();
///         let numbers = (0..found as u32).collect();
///         let volumes = target.measures()[..found].to_vec();
///         let matrix = matrix_from_parts((rows, columns), offsets, numbers, volumes)?;
///         progress(rows as u64);
///         let fingerprints = [source, target].map(|mesh| Some(mesh.fingerprint()));
///         let matrix = OverlapMatrix::new(matrix, fingerprints[0], fingerprints[1]);
///         Ok(Preparation { matrix, seconds: Seconds::default() })
///     }
/// }
///
/// let mesh = BoxMesh::unit([2; 3]).generate()?;
/// let matrix = SameNumber.prepare_matrix(&mesh, &mesh, &|_| {})?.matrix;
/// assert_eq!(matrix.nonzeros(), 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait MatrixScheme: Sync {
    /// Where the fields live that the matrix takes and gives: columns, rows.
    fn locations(&self) -> [Location; 2];

    /// Makes the matrix: rows target, columns source. Tells how many target cells are done.
    ///
    /// # Errors
    ///
    /// If the scheme cannot work with these meshes, or made a matrix that is none.
    fn prepare_matrix(
        &self,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        progress: Progress<'_>,
    ) -> Result<Preparation, PrepareError>;
}

impl<S: Scheme> MatrixScheme for S {
    fn locations(&self) -> [Location; 2] {
        [self.source_location(), self.target_location()]
    }

    fn prepare_matrix(
        &self,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        progress: Progress<'_>,
    ) -> Result<Preparation, PrepareError> {
        prepare_with(source, target, self, progress)
    }
}
