//! The raw matrix: overlap volumes before any division.

use std::sync::Arc;

use mesh_core::{
    CsrMatrix, Digest, Fingerprint, Location, MatrixError, UnstructuredMesh, compensated_sum,
};

use crate::error::MatrixMismatch;

/// Overlap volumes of two meshes: row = target cell, column = source cell.
///
/// Carries the fingerprints of both meshes, where they are known, and refuses others. Copies share
/// the entries.
#[derive(Debug, Clone)]
pub struct OverlapMatrix {
    matrix: Arc<CsrMatrix>,
    source: Option<Fingerprint>,
    target: Option<Fingerprint>,
    source_location: Location,
    target_location: Location,
}

/// How two matrices differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Entries whose values are not the same bits, an entry stored on one side only included.
    pub entries: usize,
    /// Largest difference of two entries, an entry not stored counted as zero.
    pub largest: f64,
}

impl OverlapMatrix {
    /// Makes a matrix of a sparse matrix and the fingerprints of the meshes it belongs to.
    ///
    /// A matrix from elsewhere may have none; then it is trusted to belong to any meshes with as
    /// many cells.
    #[must_use]
    pub fn new(
        matrix: CsrMatrix,
        source: Option<Fingerprint>,
        target: Option<Fingerprint>,
    ) -> Self {
        Self {
            matrix: Arc::new(if matrix.is_csr() {
                matrix
            } else {
                matrix.to_csr()
            }),
            source,
            target,
            source_location: Location::Cells,
            target_location: Location::Cells,
        }
    }

    /// The matrix with columns for the cells or nodes of the source, rows for those of the target;
    /// by default both are cells.
    #[must_use]
    pub fn between(mut self, source: Location, target: Location) -> Self {
        self.source_location = source;
        self.target_location = target;
        self
    }

    /// Makes a matrix of its arrays, as `scipy.sparse.csr_matrix` names them: data, indices,
    /// indptr.
    ///
    /// # Errors
    ///
    /// If offsets, columns or values are not those of a sparse matrix with ascending columns.
    pub fn from_parts(
        shape: (usize, usize),
        offsets: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f64>,
    ) -> Result<Self, MatrixError> {
        let matrix = mesh_core::matrix_from_parts(shape, offsets, columns, values)?;
        Ok(Self::new(matrix, None, None))
    }

    /// Returns the sparse matrix.
    #[must_use]
    pub fn matrix(&self) -> &CsrMatrix {
        &self.matrix
    }

    /// Takes the sparse matrix out; copied where an operator or another matrix shares it.
    #[must_use]
    pub fn into_matrix(self) -> CsrMatrix {
        Arc::unwrap_or_clone(self.matrix)
    }

    /// The sparse matrix, shared.
    pub(crate) fn shared(&self) -> Arc<CsrMatrix> {
        Arc::clone(&self.matrix)
    }

    /// Returns the fingerprint of the source mesh.
    #[must_use]
    pub fn source(&self) -> Option<Fingerprint> {
        self.source
    }

    /// Returns the fingerprint of the target mesh.
    #[must_use]
    pub fn target(&self) -> Option<Fingerprint> {
        self.target
    }

    /// Returns what of the source mesh the columns are for.
    #[must_use]
    pub fn source_location(&self) -> Location {
        self.source_location
    }

    /// Returns what of the target mesh the rows are for.
    #[must_use]
    pub fn target_location(&self) -> Location {
        self.target_location
    }

    /// Returns the number of stored entries.
    #[must_use]
    pub fn nonzeros(&self) -> usize {
        self.matrix.nnz()
    }

    /// Returns a hash of shape, offsets, columns and values: equal where the matrices are equal.
    #[must_use]
    pub fn digest(&self) -> Digest {
        mesh_core::digest(&self.matrix)
    }

    /// Returns the sum of all entries, with the rounding errors of the additions made good.
    #[must_use]
    pub fn sum(&self) -> f64 {
        compensated_sum(self.matrix.data().iter().copied())
    }

    /// Returns the sum of each row: what of a target cell's volume is covered.
    #[must_use]
    pub fn row_sums(&self) -> Vec<f64> {
        let rows = self.matrix.outer_iterator();
        rows.map(|row| row.data().iter().sum()).collect()
    }

    /// Returns the sum of each column: what of a source cell's volume is covered. Rows are added in
    /// ascending order.
    #[must_use]
    pub fn column_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.matrix.cols()];
        for (&column, value) in self.matrix.indices().iter().zip(self.matrix.data()) {
            sums[column as usize] += value;
        }
        sums
    }

    /// Returns the covered fraction of each target cell; zero for a cell without volume.
    ///
    /// # Errors
    ///
    /// If the matrix does not belong to the target mesh.
    pub fn target_coverage(&self, target: &UnstructuredMesh) -> Result<Vec<f64>, MatrixMismatch> {
        self.check_target(target)?;
        Ok(fractions(&self.row_sums(), &target.measures()))
    }

    /// Returns the covered fraction of each source cell; zero for a cell without volume.
    ///
    /// # Errors
    ///
    /// If the matrix does not belong to the source mesh.
    pub fn source_coverage(&self, source: &UnstructuredMesh) -> Result<Vec<f64>, MatrixMismatch> {
        self.check_source(source)?;
        Ok(fractions(&self.column_sums(), &source.measures()))
    }

    /// Returns the matrix with source and target exchanged.
    #[must_use]
    pub fn transpose(&self) -> Self {
        Self {
            matrix: Arc::new(self.matrix.transpose_view().to_csr()),
            source: self.target,
            target: self.source,
            source_location: self.target_location,
            target_location: self.source_location,
        }
    }

    /// Compares with another matrix entry by entry; none if their shapes differ.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        difference(&self.matrix, &other.matrix)
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
        if self.is_of_swapped(source, target) {
            return Err(MatrixMismatch::Swapped);
        }
        self.check_source(source)?;
        self.check_target(target)
    }

    /// Whether the matrix belongs to these meshes the other way round, and not as they are given.
    fn is_of_swapped(&self, source: &UnstructuredMesh, target: &UnstructuredMesh) -> bool {
        let known = self.source.zip(self.target);
        known.is_some_and(|known| {
            let given = (source.fingerprint(), target.fingerprint());
            known != given && known == (given.1, given.0)
        })
    }

    fn check_source(&self, source: &UnstructuredMesh) -> Result<(), MatrixMismatch> {
        let (columns, location) = (self.matrix.cols(), self.source_location);
        let count = source.count_on(location);
        if columns != count {
            return Err(MatrixMismatch::Columns {
                columns,
                count,
                location,
            });
        }
        let found = source.fingerprint();
        match self.source {
            Some(expected) if expected != found => Err(MatrixMismatch::Source { expected, found }),
            _ => Ok(()),
        }
    }

    fn check_target(&self, target: &UnstructuredMesh) -> Result<(), MatrixMismatch> {
        let (rows, location) = (self.matrix.rows(), self.target_location);
        let count = target.count_on(location);
        if rows != count {
            return Err(MatrixMismatch::Rows {
                rows,
                count,
                location,
            });
        }
        let found = target.fingerprint();
        match self.target {
            Some(expected) if expected != found => Err(MatrixMismatch::Target { expected, found }),
            _ => Ok(()),
        }
    }
}

/// Compares two matrices entry by entry; none if their shapes differ.
#[must_use]
pub fn difference(one: &CsrMatrix, other: &CsrMatrix) -> Option<Difference> {
    if one.shape() != other.shape() {
        return None;
    }
    let mut difference = Difference {
        entries: 0,
        largest: 0.0,
    };
    // An entry that is not stored differs from a stored zero, as it does for the digest.
    let mut count = |one: Option<f64>, other: Option<f64>| {
        if one.map(f64::to_bits) != other.map(f64::to_bits) {
            let apart = one.unwrap_or(0.0) - other.unwrap_or(0.0);
            difference.entries += 1;
            difference.largest = difference.largest.max(apart.abs());
        }
    };
    for (one, other) in one.outer_iterator().zip(other.outer_iterator()) {
        let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
        while let Some(column) = [one.peek(), other.peek()]
            .into_iter()
            .flatten()
            .map(|(column, _)| *column)
            .min()
        {
            let a = one.next_if(|(found, _)| *found == column);
            let b = other.next_if(|(found, _)| *found == column);
            count(a.map(|(_, a)| *a), b.map(|(_, b)| *b));
        }
    }
    Some(difference)
}

fn fractions(covered: &[f64], volumes: &[f64]) -> Vec<f64> {
    let pairs = covered.iter().zip(volumes);
    pairs
        .map(|(covered, &volume)| if volume > 0.0 { covered / volume } else { 0.0 })
        .collect()
}
