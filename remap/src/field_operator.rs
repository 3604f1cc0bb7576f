//! The moments of overlaps with a nature's denominators, ready to carry fields by schemes that depend
//! on them.

use mesh_core::{DataArray, UnstructuredMesh, Vector3};
use rayon::prelude::*;

use crate::error::OperatorError;
use crate::field_scheme::FieldScheme;
use crate::moment_matrix::MomentMatrix;
use crate::operator::Nature;

/// Carries fields from source cells to target cells by a [`FieldScheme`]. Prepared once, applied many
/// times.
///
/// With the field `φ_j + g_j · (x − c_j)` in source cell `j`, volumes `V_ij` and first moments `M_ij`
/// about the source cells' centroids, a target cell gets `Σ_j (V_ij φ_j + g_j · M_ij) / D_ij` with the
/// denominators of the [`Nature`]. For the extensive natures densities take the place of values. With
/// [`Nature::ExtensiveConservation`] the whole total of a source cell goes to the part that is covered,
/// where the density is linear about the centroid of this part (docs/maths.md, section 8).
///
/// ```
/// use mesh_core::{BoxMesh, DataArray};
/// use remap::{FieldOperator, Limiter, MomentMatrix, Nature, Neighbourhood, SecondOrder};
///
/// let source = BoxMesh::unit([8, 1, 1]).generate()?;
/// let target = BoxMesh::unit([5, 1, 1]).generate()?;
/// let moments = MomentMatrix::prepare(&source, &target)?;
/// let operator = FieldOperator::new(&moments, &source, &target, Nature::IntensiveMaximum)?;
///
/// let step = DataArray::scalars(vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
/// let scheme = SecondOrder::new(&source, Neighbourhood::default());
/// let carried = operator.apply(&scheme, &step, f64::NAN)?;
/// assert!(carried.values()[3] > 1.01); // it overshoots
/// let carried = operator.apply(&scheme.limited(Limiter::BarthJespersen), &step, f64::NAN)?;
/// assert_eq!(carried.values(), [0.0, 0.0, 0.5, 1.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FieldOperator<'a> {
    moments: &'a MomentMatrix,
    source: UnstructuredMesh,
    divisors: Divisors,
    leaves_out_missing: bool,
}

/// What a nature divides by.
#[derive(Debug)]
enum Divisors {
    /// Each row by the sum of its volumes.
    RowSums,
    /// Each row by one of these numbers.
    Rows(Vec<f64>),
    /// Each value by the volume of its source cell.
    Columns(Vec<f64>),
    /// As before, and then stretched over the part of the cell that is covered.
    CoveredColumns(Vec<f64>, Vec<Covered>),
}

/// What of a source cell is covered.
#[derive(Debug, Clone, Copy, Default)]
struct Covered {
    /// The cell's volume over that of the part.
    stretch: f64,
    /// The centroid of the part relative to that of the cell.
    shift: Vector3,
}

impl<'a> FieldOperator<'a> {
    /// Prepares the moments of overlaps for fields of a nature.
    ///
    /// # Errors
    ///
    /// If the moments do not belong to the meshes.
    pub fn new(
        moments: &'a MomentMatrix,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        nature: Nature,
    ) -> Result<Self, OperatorError> {
        moments.check_meshes(source, target)?;
        let divisors = match nature {
            Nature::IntensiveMaximum => Divisors::RowSums,
            Nature::IntensiveConservation => Divisors::Rows(target.measures()),
            Nature::ExtensiveMaximum => Divisors::Columns(source.measures()),
            Nature::ExtensiveConservation => {
                let volumes = source.measures();
                let covered = covered(moments, &volumes);
                Divisors::CoveredColumns(volumes, covered)
            }
        };
        Ok(Self {
            moments,
            source: source.clone(),
            divisors,
            leaves_out_missing: false,
        })
    }

    /// The operator that leaves out source values that are not a number, each component by itself,
    /// as if the source mesh did not have these cells. Otherwise they make the target values of cells
    /// that they overlap, and no others, not a number.
    #[must_use]
    pub fn leaving_out_missing(mut self) -> Self {
        self.leaves_out_missing = true;
        self
    }

    /// Carries a field, each component by itself, from the source cells to the target cells.
    ///
    /// A target cell that no source cell overlaps gets `default`. Rows are computed in parallel, each
    /// in ascending order of source cells.
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per source cell, or the scheme is for another source mesh
    /// or does not give a gradient for each cell.
    pub fn apply(
        &self,
        scheme: &dyn FieldScheme,
        field: &DataArray<f64>,
        default: f64,
    ) -> Result<DataArray<f64>, OperatorError> {
        let (found, expected) = (field.tuple_count(), self.moments.columns());
        if found != expected {
            return Err(OperatorError::WrongLength { found, expected });
        }
        let fingerprint = self.source.fingerprint();
        if let Some(expected) = scheme.source_mesh()
            && expected != fingerprint
        {
            return Err(OperatorError::OtherSource {
                scheme: scheme.name().to_owned(),
                expected,
                found: fingerprint,
            });
        }
        let components = field.component_count();
        let mut result = vec![0.0; self.moments.rows() * components];
        for component in 0..components {
            let values = self.densities(field, component);
            let gradients = scheme.gradients(&self.source, &values);
            if gradients.len() != expected {
                return Err(OperatorError::GradientCount {
                    scheme: scheme.name().to_owned(),
                    found: gradients.len(),
                    expected,
                });
            }
            result
                .par_chunks_exact_mut(components)
                .with_min_len(1024)
                .enumerate()
                .for_each(|(row, tuple)| {
                    let value = self.target_value(row, &values, &gradients);
                    tuple[component] = value.unwrap_or(default);
                });
        }
        Ok(DataArray::new(
            field.component_names().iter().cloned(),
            result,
        )?)
    }

    /// One component of a field, per volume.
    fn densities(&self, field: &DataArray<f64>, component: usize) -> Vec<f64> {
        let values = field.tuples().map(|tuple| tuple[component]);
        match &self.divisors {
            Divisors::RowSums | Divisors::Rows(_) => values.collect(),
            Divisors::Columns(volumes) | Divisors::CoveredColumns(volumes, _) => values
                .zip(volumes)
                .map(|(value, volume)| value / volume)
                .collect(),
        }
    }

    /// The value of a target cell; none where no source cell gives it any.
    fn target_value(&self, row: usize, values: &[f64], gradients: &[Vector3]) -> Option<f64> {
        let (mut sum, mut volumes) = (0.0, 0.0);
        for (column, volume, first) in self.moments.row(row) {
            let value = values[column];
            if value.is_nan() {
                if self.leaves_out_missing {
                    continue;
                }
                return Some(f64::NAN);
            }
            volumes += volume;
            sum += match &self.divisors {
                Divisors::CoveredColumns(_, covered) => {
                    let Covered { stretch, shift } = covered[column];
                    let first = first - shift * volume;
                    (value * volume + gradients[column].dot(&first)) * stretch
                }
                _ => value * volume + gradients[column].dot(&first),
            };
        }
        (volumes > 0.0).then(|| match &self.divisors {
            Divisors::RowSums => sum / volumes,
            Divisors::Rows(divisors) => sum / divisors[row],
            Divisors::Columns(_) | Divisors::CoveredColumns(..) => sum,
        })
    }
}

/// What of each source cell is covered by all target cells together.
fn covered(moments: &MomentMatrix, volumes: &[f64]) -> Vec<Covered> {
    let mut sums = vec![(0.0, Vector3::zeros()); moments.columns()];
    for row in 0..moments.rows() {
        for (column, volume, first) in moments.row(row) {
            let (volumes, firsts) = &mut sums[column];
            *volumes += volume;
            *firsts += first;
        }
    }
    let pairs = sums.into_iter().zip(volumes);
    pairs
        .map(|((covered, first), volume)| Covered {
            stretch: volume / covered,
            shift: first / covered,
        })
        .collect()
}
