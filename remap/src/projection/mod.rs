//! Fields on target nodes by the consistent mass matrix: projections in the mean square.

use std::sync::Arc;

use mesh_core::{CsrMatrix, DataArray, Location, UnstructuredMesh};

use crate::error::ProjectionError;
use crate::operator::Nature;
use crate::overlap_matrix::OverlapMatrix;

mod conjugate_gradients;
mod mass;

use conjugate_gradients::{multiply, solve};
pub use mass::mass_matrix;

/// Carries fields to target nodes by a projection: where a [`RemapOperator`](crate::RemapOperator)
/// divides each row by a number, here a linear system is solved with the mass matrix of the target.
///
/// With the raw matrix `B` of [`P0P1`](crate::P0P1), [`LinearP0P1`](crate::LinearP0P1) or
/// [`P1P1`](crate::P1P1) and the mass matrix `M` ([`mass_matrix`]), `M φ = B φ_S`: the piecewise linear
/// field on the target that is nearest to the source field in the mean square (docs/maths.md,
/// section 9). What is kept where the source covers the target: constants, the integral
/// `Σ volume of node · value`, and with `P1P1` and `LinearP0P1` linear fields. Not the maximum
/// principle: at steps the field overshoots.
///
/// Where the source covers the target partly, it is as with the operator:
///
/// * [`Nature::IntensiveMaximum`]: the right side of a node is divided by the covered fraction of its
///   volume, so that constants stay constant; nodes of which nothing is covered take no part and get
///   the default.
/// * [`Nature::IntensiveConservation`]: the source field counts as zero where there is no source, so that
///   the integral over what is covered stays; near the border the field swings down to zero.
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh, DataArray};
/// use remap::{Nature, P1P1, Projection, prepare};
///
/// let tetrahedra = |n| BoxMesh { shape: BoxCellShape::Tetrahedron, ..BoxMesh::unit([n; 3]) };
/// let (source, target) = (tetrahedra(3).generate()?, tetrahedra(4).generate()?);
/// let matrix = prepare(&source, &target, &P1P1)?;
///
/// let projection = Projection::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
/// let linear = |node: &mesh_core::Point3| node.x - 2.0 * node.z;
/// let field = DataArray::scalars(source.nodes().iter().map(linear).collect());
/// let carried = projection.apply(&field, f64::NAN)?;
/// for (value, node) in carried.values().iter().zip(target.nodes()) {
///     assert!((value - linear(node)).abs() < 1e-13);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Projection {
    matrix: Arc<CsrMatrix>,
    /// Without rows and columns of the nodes that take no part.
    mass: CsrMatrix,
    diagonal: Vec<f64>,
    row_sums: Vec<f64>,
    /// What the right side of each row is multiplied by; zero for a node that takes no part.
    factors: Vec<f64>,
}

impl Projection {
    /// Prepares the projection for fields of an intensive nature.
    ///
    /// Cost: the mass matrix is computed, some fifteen entries per node of tetrahedra.
    ///
    /// # Errors
    ///
    /// If the matrix does not belong to the meshes, its rows are not target nodes, the nature is
    /// extensive, or the target would have to be cut into more tetrahedra than there are ids.
    pub fn new(
        matrix: &OverlapMatrix,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        nature: Nature,
    ) -> Result<Self, ProjectionError> {
        matrix.check_meshes(source, target)?;
        if matrix.target_location() != Location::Nodes {
            return Err(ProjectionError::NotToNodes);
        }
        if !nature.is_intensive() {
            return Err(ProjectionError::Extensive { nature });
        }
        let mass = mass_matrix(target)?;
        let keeps_constants = nature == Nature::IntensiveMaximum;
        let covered = matrix.row_sums();
        let takes_part: Vec<bool> = if keeps_constants {
            covered.iter().map(|&covered| covered > 0.0).collect()
        } else {
            mass.outer_iterator().map(|row| row.nnz() > 0).collect()
        };
        let mass = restricted(&mass, &takes_part);
        let diagonal = (0..mass.rows()).map(|row| mass.get(row, row).copied().unwrap_or(0.0));
        let diagonal = diagonal.collect();
        let row_sums = multiply(&mass, &vec![1.0; mass.cols()]);
        let factor = |row: usize| match (takes_part[row], keeps_constants) {
            (false, _) => 0.0,
            (true, false) => 1.0,
            (true, true) => row_sums[row] / covered[row],
        };
        let factors = (0..mass.rows()).map(factor).collect();
        Ok(Self {
            matrix: matrix.shared(),
            mass,
            diagonal,
            row_sums,
            factors,
        })
    }

    /// Carries a field, component by component.
    ///
    /// A target node that takes no part gets `default`. Some forty products with the mass matrix for each
    /// component; the same bits for any number of threads.
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per column of the matrix; if a value is not finite, since
    /// every value of the result depends on all; or if the mass matrix is not positive, which is so
    /// where cells are folded in.
    pub fn apply(
        &self,
        field: &DataArray<f64>,
        default: f64,
    ) -> Result<DataArray<f64>, ProjectionError> {
        let (found, expected) = (field.tuple_count(), self.matrix.cols());
        if found != expected {
            return Err(ProjectionError::WrongLength { found, expected });
        }
        let components = field.component_count();
        let mut result = vec![default; self.mass.rows() * components];
        for component in 0..components {
            let values: Vec<f64> = field.tuples().map(|tuple| tuple[component]).collect();
            if let Some(tuple) = values.iter().position(|value| !value.is_finite()) {
                let value = values[tuple];
                return Err(ProjectionError::NotFinite { tuple, value });
            }
            let projected = self.project(&values)?;
            for ((tuple, value), &factor) in result
                .chunks_exact_mut(components)
                .zip(projected)
                .zip(&self.factors)
            {
                if factor != 0.0 {
                    tuple[component] = value;
                }
            }
        }
        let names = field.component_names().iter().cloned();
        Ok(DataArray::new(names, result)?)
    }

    fn project(&self, values: &[f64]) -> Result<Vec<f64>, ProjectionError> {
        let mut right = multiply(&self.matrix, values);
        for (right, factor) in right.iter_mut().zip(&self.factors) {
            *right *= factor;
        }
        // The lumped solution is where constants start, and end.
        let lumped = right.iter().zip(&self.row_sums);
        let mut x: Vec<f64> = lumped
            .map(|(right, &sum)| if sum > 0.0 { right / sum } else { 0.0 })
            .collect();
        solve(&self.mass, &self.diagonal, &right, &mut x)
            .map_err(|_| ProjectionError::NotPositive)?;
        Ok(x)
    }
}

/// The matrix without the rows and columns of what takes no part; the numbers stay.
fn restricted(matrix: &CsrMatrix, takes_part: &[bool]) -> CsrMatrix {
    let (mut offsets, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for (row, entries) in matrix.outer_iterator().enumerate() {
        for (column, &value) in entries.iter() {
            if takes_part[row] && takes_part[column] {
                columns.push(column as u32);
                values.push(value);
            }
        }
        offsets.push(columns.len());
    }
    CsrMatrix::new(matrix.shape(), offsets, columns, values)
}
