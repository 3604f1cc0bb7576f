//! The moments of all overlaps of two meshes: what schemes that depend on the field are applied to.

use mesh_core::{CsrMatrix, Fingerprint, UnstructuredMesh, Vector3};
use thiserror::Error;

use crate::error::{MatrixMismatch, PrepareError};
use crate::overlap_matrix::OverlapMatrix;
use crate::prepare::{Progress, prepare_with};
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Scheme};

/// Numbers per overlap: its volume and the components of its first moment.
const WIDTH: usize = 4;

/// The scheme of which the matrix holds the moments of overlaps, four columns per source cell: the
/// volume, and the first moment about the source cell's centroid along x, y and z.
///
/// The matrix is prepared, stored and merged from parts like any other; [`MomentMatrix::new`] takes
/// it.
#[derive(Debug)]
pub struct OverlapMoments {
    /// The source cells' centroids relative to their first nodes.
    centroids: Vec<Vector3>,
    source: Fingerprint,
}

impl OverlapMoments {
    /// Makes the scheme for a source mesh.
    #[must_use]
    pub fn new(source: &UnstructuredMesh) -> Self {
        Self {
            centroids: source.centroids_from_first_nodes(),
            source: source.fingerprint(),
        }
    }
}

impl Scheme for OverlapMoments {
    fn name(&self) -> &'static str {
        "overlap-moments"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::VolumeAndFirst
    }

    fn source_mesh(&self) -> Option<Fingerprint> {
        Some(self.source)
    }

    fn columns(&self, source: &UnstructuredMesh) -> usize {
        // Where columns run out of ids the last is one too many, which is refused.
        (WIDTH * source.cell_count()).min(u32::MAX as usize)
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let first = overlap.first_moment_about_source(&self.centroids[overlap.source.id().index()]);
        let row = overlap.target.get();
        let numbers = [overlap.moments.volume, first.x, first.y, first.z];
        let column = overlap.source.get().saturating_mul(WIDTH as u32);
        for (place, number) in (0..).zip(numbers) {
            contributions.add(row, column.saturating_add(place), number);
        }
    }
}

/// The moments of the overlaps of two meshes: row = target cell, column = source cell, in each entry
/// the volume and the first moment about the source cell's centroid.
///
/// Prepared once; a [`FieldOperator`](crate::FieldOperator) applies schemes that depend on the field
/// with it, as often as wanted. Takes 36 bytes per entry.
#[derive(Debug, Clone)]
pub struct MomentMatrix {
    offsets: Vec<usize>,
    columns: Vec<u32>,
    /// Four numbers for each of the columns.
    numbers: Vec<f64>,
    source: Option<Fingerprint>,
    target: Option<Fingerprint>,
    source_cells: usize,
}

/// Why a matrix is not one of the moments of two meshes.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum MomentMatrixError {
    /// The matrix belongs to other meshes.
    #[error(transparent)]
    Mismatch(#[from] MatrixMismatch),
    /// Another number of columns than moments have.
    #[error(
        "the matrix has {columns} columns, but moments have four for each of {cells} source cells"
    )]
    Columns {
        /// Columns of the matrix.
        columns: usize,
        /// Cells of the source mesh.
        cells: usize,
    },
    /// An entry of fewer than four numbers, or without volume.
    #[error(
        "row {row} has no volume and first moment for each overlap: not a matrix of the scheme \
         overlap-moments"
    )]
    NotMoments {
        /// The row.
        row: usize,
    },
}

impl MomentMatrix {
    /// Computes the moments of all overlaps of two meshes.
    ///
    /// Takes some tenths longer than [`prepare`](crate::prepare) with [`P0P0`](crate::P0P0), and while
    /// it runs, 48 bytes per entry.
    ///
    /// # Errors
    ///
    /// If the source mesh has a quarter of the cells that ids allow, or more.
    pub fn prepare(
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
    ) -> Result<Self, PrepareError> {
        Self::prepare_with(source, target, &|_| {})
    }

    /// Does what [`MomentMatrix::prepare`] does and reports progress.
    ///
    /// # Errors
    ///
    /// As [`MomentMatrix::prepare`].
    pub fn prepare_with(
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        progress: Progress<'_>,
    ) -> Result<Self, PrepareError> {
        let matrix = prepare_with(source, target, &OverlapMoments::new(source), progress)?.matrix;
        // The scheme adds four columns for each overlap, and overlaps have volume.
        Ok(Self::of_columns(matrix, source.cell_count()))
    }

    /// Takes a matrix of the scheme [`OverlapMoments`], from a file or merged from parts.
    ///
    /// # Errors
    ///
    /// If the matrix is of another scheme or belongs to other meshes.
    pub fn new(
        matrix: OverlapMatrix,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
    ) -> Result<Self, MomentMatrixError> {
        let (columns, cells) = (matrix.matrix().cols(), source.cell_count());
        if columns != WIDTH * cells {
            return Err(MomentMatrixError::Columns { columns, cells });
        }
        for (row, entries) in matrix.matrix().outer_iterator().enumerate() {
            let (columns, values) = (entries.indices(), entries.data());
            let mut overlaps = columns.chunks(WIDTH).zip(values.chunks(WIDTH));
            let is_overlap = |(columns, values): (&[u32], &[f64])| {
                let first = columns[0];
                let places = (0..WIDTH as u32).map(|place| first + place);
                first % WIDTH as u32 == 0 && columns.iter().copied().eq(places) && values[0] > 0.0
            };
            if !overlaps.all(is_overlap) {
                return Err(MomentMatrixError::NotMoments { row });
            }
        }
        let moments = Self::of_columns(matrix, cells);
        moments.check_meshes(source, target)?;
        Ok(moments)
    }

    /// Takes a matrix that has four columns for each overlap.
    fn of_columns(matrix: OverlapMatrix, source_cells: usize) -> Self {
        let (source, target) = (matrix.source(), matrix.target());
        let (offsets, columns, numbers) = matrix.into_matrix().into_raw_storage();
        let first = columns.chunks_exact(WIDTH).map(|columns| columns[0]);
        Self {
            offsets: offsets.iter().map(|offset| offset / WIDTH).collect(),
            columns: first.map(|column| column / WIDTH as u32).collect(),
            numbers,
            source,
            target,
            source_cells,
        }
    }

    /// Checks that the matrix belongs to these meshes.
    ///
    /// # Errors
    ///
    /// If the number of cells or a fingerprint is another.
    pub fn check_meshes(
        &self,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
    ) -> Result<(), MatrixMismatch> {
        // An empty matrix of the same shape and meshes says what is wrong.
        let shape = (self.rows(), self.source_cells);
        let frame = CsrMatrix::new(shape, vec![0; self.rows() + 1], vec![], vec![]);
        OverlapMatrix::new(frame, self.source, self.target).check_meshes(source, target)
    }

    /// Returns the number of rows: target cells.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Returns the number of columns: source cells.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.source_cells
    }

    /// Returns the number of overlaps.
    #[must_use]
    pub fn nonzeros(&self) -> usize {
        self.columns.len()
    }

    /// Returns the overlaps of a target cell in ascending order of source cells: the source cell's id,
    /// the volume, and the first moment about the source cell's centroid.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = (usize, f64, Vector3)> + Clone {
        let range = self.offsets[row]..self.offsets[row + 1];
        let numbers = &self.numbers[WIDTH * range.start..WIDTH * range.end];
        let numbers = numbers.as_chunks::<WIDTH>().0;
        self.columns[range]
            .iter()
            .zip(numbers)
            .map(|(&column, &[volume, x, y, z])| (column as usize, volume, Vector3::new(x, y, z)))
    }

    /// Returns the raw matrix of P0-P0: the volumes alone.
    #[must_use]
    pub fn volumes(&self) -> OverlapMatrix {
        let volumes = self.numbers.iter().step_by(WIDTH).copied().collect();
        let shape = (self.rows(), self.source_cells);
        let (offsets, columns) = (self.offsets.clone(), self.columns.clone());
        let matrix = CsrMatrix::new(shape, offsets, columns, volumes);
        OverlapMatrix::new(matrix, self.source, self.target)
    }
}
