//! The raw matrix divided by a nature's denominators, ready to carry fields.

use mesh_core::{CsrMatrix, DataArray, UnstructuredMesh};
use rayon::prelude::*;

use crate::error::OperatorError;
use crate::overlap_matrix::OverlapMatrix;

/// What a field is, and what to keep where the meshes do not cover each other.
///
/// With overlap volumes `V_ij` the value on target cell `i` is `Σ_j V_ij φ_j / D_ij`. Where the
/// meshes cover each other the two intensive natures agree, and so do the two extensive ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// `D_ij = Σ_j V_ij`: keeps the maximum principle. Temperature.
    IntensiveMaximum,
    /// `D_ij = vol(T_i)`: keeps the integral over what is covered. Density.
    IntensiveConservation,
    /// `D_ij = vol(S_j)`: keeps the covered share of a total. Power.
    ExtensiveMaximum,
    /// `D_ij = Σ_i V_ij`: keeps the total of every source cell that is touched.
    ExtensiveConservation,
}

impl Nature {
    /// All four natures.
    pub const ALL: [Self; 4] = [
        Self::IntensiveMaximum,
        Self::IntensiveConservation,
        Self::ExtensiveMaximum,
        Self::ExtensiveConservation,
    ];

    /// Returns the name by which users know the nature, such as `intensive-maximum`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IntensiveMaximum => "intensive-maximum",
            Self::IntensiveConservation => "intensive-conservation",
            Self::ExtensiveMaximum => "extensive-maximum",
            Self::ExtensiveConservation => "extensive-conservation",
        }
    }

    /// Returns whether values are per volume (intensive) and not totals of cells (extensive).
    #[must_use]
    pub const fn is_intensive(self) -> bool {
        matches!(self, Self::IntensiveMaximum | Self::IntensiveConservation)
    }
}

/// The weights of a nature: target = weights × source. Prepared once, applied many times.
#[derive(Debug, Clone)]
pub struct RemapOperator {
    weights: CsrMatrix,
    nature: Nature,
}

impl RemapOperator {
    /// Divides the entries of a raw matrix by the denominators of a nature.
    ///
    /// # Errors
    ///
    /// If the matrix does not belong to the meshes.
    pub fn new(
        matrix: &OverlapMatrix,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        nature: Nature,
    ) -> Result<Self, OperatorError> {
        matrix.check_meshes(source, target)?;
        let (per_row, denominators) = match nature {
            Nature::IntensiveMaximum => (true, matrix.row_sums()),
            Nature::IntensiveConservation => (true, target.measures()),
            Nature::ExtensiveMaximum => (false, source.measures()),
            Nature::ExtensiveConservation => (false, matrix.column_sums()),
        };
        let mut weights = matrix.matrix().clone();
        for (row, mut entries) in weights.outer_iterator_mut().enumerate() {
            for (column, value) in entries.iter_mut() {
                *value /= denominators[if per_row { row } else { column }];
            }
        }
        Ok(Self { weights, nature })
    }

    /// Returns the weights, row = target cell, column = source cell.
    #[must_use]
    pub fn weights(&self) -> &CsrMatrix {
        &self.weights
    }

    /// Returns the nature that the weights are for.
    #[must_use]
    pub fn nature(&self) -> Nature {
        self.nature
    }

    /// Carries a field, all its components at once, from the source cells to the target cells.
    ///
    /// A target cell that no source cell overlaps gets `default`. Each row is summed in ascending
    /// order of source cells; rows are computed in parallel.
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per source cell.
    pub fn apply(
        &self,
        field: &DataArray<f64>,
        default: f64,
    ) -> Result<DataArray<f64>, OperatorError> {
        let components = field.component_count();
        if field.tuple_count() != self.weights.cols() {
            return Err(OperatorError::WrongLength {
                found: field.tuple_count(),
                expected: self.weights.cols(),
            });
        }
        let mut result = vec![0.0; self.weights.rows() * components];
        let values = field.values();
        result
            .par_chunks_exact_mut(components.max(1))
            .with_min_len(1024)
            .enumerate()
            .for_each(|(row, tuple)| {
                let Some(entries) = self.weights.outer_view(row).filter(|row| row.nnz() > 0) else {
                    tuple.fill(default);
                    return;
                };
                for (column, &weight) in entries.iter() {
                    let start = column * components;
                    for (sum, value) in tuple.iter_mut().zip(&values[start..start + components]) {
                        *sum += weight * value;
                    }
                }
            });
        Ok(DataArray::new(
            field.component_names().iter().cloned(),
            result,
        )?)
    }
}
