//! The moments of overlaps with a nature's denominators, ready to carry fields by schemes that depend
//! on them.

use mesh_core::{DataArray, Field, FieldValues, UnstructuredMesh, Vector3};
use rayon::prelude::*;

use crate::error::OperatorError;
use crate::field_scheme::FieldScheme;
use crate::moment_matrix::MomentMatrix;
use crate::operator::{
    ConservationReport, Nature, RemapOperator, Transfer, Transferred, Uncovered,
};

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
    /// Of the volumes: masks, denominators, fix-ups, reports.
    operator: RemapOperator,
    /// For extensive-conservation, what of each source cell is covered.
    covered: Option<Vec<Covered>>,
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
        let operator = RemapOperator::new(&moments.volumes(), source, target, nature)?;
        Self::of(moments, operator)
    }

    /// Joins the moments of overlaps with an operator on their [volumes](MomentMatrix::volumes), whose
    /// nature, masks, least coverage and treatment of missing values all hold here as well.
    ///
    /// # Errors
    ///
    /// If the operator is for other meshes, or a reversed one.
    pub fn of(moments: &'a MomentMatrix, operator: RemapOperator) -> Result<Self, OperatorError> {
        let [source, target] = operator.meshes();
        moments.check_meshes(source, target)?;
        let covered = match operator.nature() {
            Nature::ExtensiveConservation => Some(covered(moments, &operator)),
            _ => None,
        };
        Ok(Self {
            moments,
            operator,
            covered,
        })
    }

    /// The operator that leaves out source values that are not a number, each component by itself,
    /// as if the source mesh did not have these cells. Otherwise they make the target values of cells
    /// that they overlap, and no others, not a number.
    #[must_use]
    pub fn leaving_out_missing(mut self) -> Self {
        self.operator = self.operator.leaving_out_missing();
        self
    }

    /// Returns the operator on the volumes: coverage, natures, masks.
    #[must_use]
    pub fn operator(&self) -> &RemapOperator {
        &self.operator
    }

    /// Carries a field, each component by itself, from the source cells to the target cells.
    ///
    /// A target cell that no source cell overlaps gets what `uncovered` says. Rows are computed in
    /// parallel, each in ascending order of source cells.
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per source cell, or the scheme is for another source mesh
    /// or does not give a gradient for each cell; if the values that are kept are of another shape
    /// than the result.
    pub fn apply<'b>(
        &self,
        scheme: &dyn FieldScheme,
        field: &DataArray<f64>,
        uncovered: impl Into<Uncovered<'b>>,
    ) -> Result<DataArray<f64>, OperatorError> {
        let transfer = Transfer {
            uncovered: uncovered.into(),
            ..Transfer::default()
        };
        Ok(self.transfer(scheme, field, &transfer)?.values)
    }

    /// Carries a field with everything that a transfer may ask for, and reports what was kept, as
    /// [`RemapOperator::transfer`] does.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply) and [`RemapOperator::transfer`].
    pub fn transfer(
        &self,
        scheme: &dyn FieldScheme,
        field: &DataArray<f64>,
        transfer: &Transfer<'_>,
    ) -> Result<Transferred, OperatorError> {
        // A fix-up works on densities, and says itself what becomes of what is not covered.
        let covered = self.covered.as_ref().filter(|_| transfer.fixup.is_none());
        let integrals = self.integrals(scheme, field, covered)?;
        self.operator
            .transfer_integrals(field, &integrals, transfer)
    }

    /// As [`transfer`](Self::transfer) for a field with name and location; the result has the same
    /// name. Integers become floats.
    ///
    /// # Errors
    ///
    /// As [`transfer`](Self::transfer), and if the field is not on cells.
    pub fn transfer_field(
        &self,
        scheme: &dyn FieldScheme,
        field: &Field,
        transfer: &Transfer<'_>,
    ) -> Result<(Field, ConservationReport), OperatorError> {
        self.operator.check_location(field)?;
        let Transferred { values, report } = self.transfer(scheme, &field.to_float(), transfer)?;
        let values = FieldValues::Float(values);
        let carried = Field::new(field.name(), self.operator.target_location(), values);
        Ok((carried, report))
    }

    /// For each target cell and component the integral over its overlaps with the source cells that
    /// take part.
    fn integrals(
        &self,
        scheme: &dyn FieldScheme,
        field: &DataArray<f64>,
        covered: Option<&Vec<Covered>>,
    ) -> Result<DataArray<f64>, OperatorError> {
        let [source, _] = self.operator.meshes();
        let (found, expected) = (field.tuple_count(), self.moments.columns());
        if found != expected {
            return Err(OperatorError::WrongLength { found, expected });
        }
        let fingerprint = source.fingerprint();
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
            let gradients = scheme.gradients(source, &values);
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
                    tuple[component] = self.integral(row, &values, &gradients, covered);
                });
        }
        Ok(DataArray::new(
            field.component_names().iter().cloned(),
            result,
        )?)
    }

    /// One component of a field, per volume; not a number where a source cell is masked.
    fn densities(&self, field: &DataArray<f64>, component: usize) -> Vec<f64> {
        let values = field.tuples().map(|tuple| tuple[component]);
        let is_intensive = self.operator.nature().is_intensive();
        let volumes = self.operator.source_measures();
        let cells = values.zip(volumes).enumerate();
        cells
            .map(|(cell, (value, volume))| {
                if !self.operator.uses_source(cell) {
                    f64::NAN
                } else if is_intensive {
                    value
                } else {
                    value / volume
                }
            })
            .collect()
    }

    /// The integral over the overlaps of a target cell.
    fn integral(
        &self,
        row: usize,
        values: &[f64],
        gradients: &[Vector3],
        covered: Option<&Vec<Covered>>,
    ) -> f64 {
        let mut sum = 0.0;
        for (column, volume, first) in self.moments.row(row) {
            let value = values[column];
            if value.is_nan() {
                if self.operator.leaves_out_missing() || !self.operator.uses_source(column) {
                    continue;
                }
                return f64::NAN;
            }
            sum += match covered {
                Some(covered) => {
                    let Covered { stretch, shift } = covered[column];
                    let first = first - shift * volume;
                    (value * volume + gradients[column].dot(&first)) * stretch
                }
                None => value * volume + gradients[column].dot(&first),
            };
        }
        sum
    }
}

/// What of each source cell is covered by all target cells together that take part.
fn covered(moments: &MomentMatrix, operator: &RemapOperator) -> Vec<Covered> {
    let mut sums = vec![(0.0, Vector3::zeros()); moments.columns()];
    for row in (0..moments.rows()).filter(|&row| operator.uses_target(row)) {
        for (column, volume, first) in moments.row(row) {
            let (volumes, firsts) = &mut sums[column];
            *volumes += volume;
            *firsts += first;
        }
    }
    let pairs = sums.into_iter().zip(operator.source_measures());
    pairs
        .map(|((covered, first), volume)| Covered {
            stretch: volume / covered,
            shift: first / covered,
        })
        .collect()
}
