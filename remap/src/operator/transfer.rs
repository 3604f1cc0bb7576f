//! A transfer in full: product, fix-up, bounds, and the report of what was kept.

use std::sync::Arc;

use mesh_core::{DataArray, Field, FieldValues};

use super::RemapOperator;
use super::apply::PerValue;
use super::conservation::{ComponentReport, ConservationReport, Statistics};
use super::fixup::{Fixup, Repair};
use super::uncovered::{Uncovered, check_shape};
use super::value_range::ValueRange;
use crate::error::OperatorError;

/// What is asked of a transfer beyond the operator. By default: not a number for uncovered cells, no
/// fix-up, no bounds.
#[derive(Debug, Clone, Default)]
pub struct Transfer<'a> {
    /// What target cells without a value get.
    pub uncovered: Uncovered<'a>,
    /// What to do where the meshes do not match at the boundary, in place of what the nature says.
    pub fixup: Option<Fixup>,
    /// Bounds that the values are brought within, after the fix-up; see
    /// [`ValueRange::clip_and_assure_sum`]. Of an extensive field they bound the densities: totals
    /// over volumes.
    pub limits: Limits,
}

/// Bounds of the values of a field on the target.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Limits {
    /// None.
    #[default]
    None,
    /// For each component the least and the greatest value on the source.
    OfSource,
    /// The same for all components.
    All(ValueRange),
    /// One range for each component.
    Each(Vec<ValueRange>),
}

/// The values on the target, and what was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Transferred {
    /// One tuple for each target cell.
    pub values: DataArray<f64>,
    /// What was kept of each component.
    pub report: ConservationReport,
}

impl RemapOperator {
    /// Carries a field with everything that a transfer may ask for, and reports what was kept.
    ///
    /// Without fix-up and bounds the values are those of [`RemapOperator::apply`], to the last bit.
    ///
    /// Cost: that of `apply`, and for each component some ten passes over the values of both meshes,
    /// which the report takes.
    ///
    /// ```
    /// use mesh_core::{BoxMesh, DataArray};
    /// use remap::{Nature, P0P0, RemapOperator, Transfer, ValueRange, prepare};
    ///
    /// let source = BoxMesh::unit([4; 3]).generate()?;
    /// let target = BoxMesh::unit([5; 3]).generate()?;
    /// let matrix = prepare(&source, &target, &P0P0)?;
    /// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveConservation)?;
    /// let field = DataArray::scalars((0..64).map(f64::from).collect());
    ///
    /// let carried = operator.transfer(&field, &Transfer::default())?;
    /// let report = &carried.report.components[0];
    /// assert_eq!(report.before.range, Some(ValueRange::new(0.0, 63.0)?));
    /// assert!(report.relative_difference().abs() < 1e-15);
    /// assert_eq!((report.uncovered, report.partly_covered), (0, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the field does not have one tuple per source cell; if the values that are kept, or the
    /// bounds, do not fit the field; if a fix-up finds no covered cell; if bounds make it impossible
    /// to keep the integral.
    pub fn transfer(
        &self,
        field: &DataArray<f64>,
        transfer: &Transfer<'_>,
    ) -> Result<Transferred, OperatorError> {
        self.check_length(field)?;
        let components = field.component_count();
        let partly = transfer.fixup.map(|fixup| fixup.partly);
        // With a fix-up totals become densities, whatever else the nature says.
        let own = self.source_divisors.as_ref();
        let source_divisors = own.map(|own| match partly {
            Some(_) => Self::without_zeros(self.source.measures.to_vec()),
            None => Arc::clone(own),
        });
        let source = self.source_values(field, source_divisors.as_deref());
        let covered = self.covered(&source, components);
        let divisors = self.divisors(&covered, components, partly);
        let mut values = vec![0.0; self.matrix.rows() * components];
        self.product((&source.values, components), &divisors, None, &mut values);
        self.finish(field, &values, &covered, transfer)
    }

    /// As [`RemapOperator::transfer`] for a field with name and location; the result has the same
    /// name. Integers become floats.
    ///
    /// # Errors
    ///
    /// As [`RemapOperator::transfer`], and if the field is on cells where nodes are needed, or the
    /// other way round.
    pub fn transfer_field(
        &self,
        field: &Field,
        transfer: &Transfer<'_>,
    ) -> Result<(Field, ConservationReport), OperatorError> {
        self.check_location(field)?;
        let Transferred { values, report } = match field.as_float() {
            Some(values) => self.transfer(values, transfer)?,
            None => self.transfer(&field.to_float(), transfer)?,
        };
        let values = FieldValues::Float(values);
        let carried = Field::new(field.name(), self.target.location, values);
        Ok((carried, report))
    }

    /// As [`RemapOperator::transfer`], with integrals that a scheme found in another way: for each
    /// target cell and component `Σ_j ∫ φ_j dV` over its overlaps with the source cells that take
    /// part, where `φ_j` is what the scheme takes for the density in source cell `j`. Division,
    /// fix-up, bounds, masks and report are those of the operator.
    ///
    /// Of an extensive field the density is the total over the volume of its cell.
    ///
    /// # Errors
    ///
    /// As [`RemapOperator::transfer`], and if there is not one tuple of integrals per target cell.
    pub fn transfer_integrals(
        &self,
        field: &DataArray<f64>,
        integrals: &DataArray<f64>,
        transfer: &Transfer<'_>,
    ) -> Result<Transferred, OperatorError> {
        self.check_length(field)?;
        let components = field.component_count();
        check_shape(integrals, self.matrix.rows(), components)?;
        let source = self.source_values(field, None);
        let covered = self.covered(&source, components);
        let partly = transfer.fixup.map(|fixup| fixup.partly);
        let divisors = self.divisors(&covered, components, partly);
        let mut values = integrals.values().to_vec();
        for (row, tuple) in values.chunks_exact_mut(components).enumerate() {
            for (component, value) in tuple.iter_mut().enumerate() {
                *value /= divisors.of(row, component, components);
            }
        }
        self.finish(field, &values, &covered, transfer)
    }

    /// Fix-up, bounds and report, component by component. Values of rows that have none count nothing.
    fn finish(
        &self,
        field: &DataArray<f64>,
        values: &[f64],
        covered: &PerValue<'_>,
        transfer: &Transfer<'_>,
    ) -> Result<Transferred, OperatorError> {
        let (rows, components) = (self.matrix.rows(), field.component_count());
        let mut result = transfer.uncovered.initial(rows, components)?;
        if let Some(value) = transfer.uncovered.value() {
            result.fill(value);
        }
        let mut repair = transfer.fixup.map(|fixup| Repair {
            fixup,
            target: &self.target,
            last_order: None,
        });
        let mut reports = Vec::with_capacity(components);
        for (component, name) in field.component_names().iter().enumerate() {
            let covered = |row| covered.of(row, component, components);
            let own_values = values.iter().skip(component).step_by(components);
            let before = Before {
                statistics: self.statistics_before(field, component),
                range: self.range(field, component, &transfer.limits)?,
            };
            let finished = self.finish_component(
                own_values.copied().collect(),
                covered,
                &before,
                repair.as_mut(),
            );
            let finished = finished?;
            for (row, &value) in finished.values.iter().enumerate() {
                if finished.is_filled[row] {
                    result[row * components + component] = value;
                }
            }
            reports.push(finished.report(name, before.statistics, self));
        }
        let names = field.component_names().iter().cloned();
        Ok(Transferred {
            values: DataArray::new(names, result)?,
            report: ConservationReport {
                nature: self.nature,
                components: reports,
            },
        })
    }

    fn finish_component(
        &self,
        values: Vec<f64>,
        covered: impl Fn(usize) -> f64,
        before: &Before,
        repair: Option<&mut Repair<'_>>,
    ) -> Result<Finished, OperatorError> {
        let rows = 0..self.matrix.rows();
        let is_filled: Vec<bool> = rows
            .clone()
            .map(|row| self.has_value(row, covered(row)))
            .collect();
        let is_partly = |row| {
            let covered = covered(row);
            self.has_value(row, covered) && !self.target.is_covered(row, covered, 1.0)
        };
        let is_uncovered = |&row: &usize| self.target.is_used(row) && !is_filled[row];
        let mut finished = Finished {
            values,
            uncovered: rows.clone().filter(is_uncovered).count(),
            partly_covered: rows.clone().filter(|&row| is_partly(row)).count(),
            extrapolated: 0,
            bounded: false,
            is_filled,
        };
        let is_extensive = !self.nature.is_intensive();
        if let Some(repair) = repair {
            let Finished {
                values, is_filled, ..
            } = &mut finished;
            let integral = before.statistics.integral;
            let extrapolated = repair.repair(values, is_filled, integral)?;
            if is_extensive {
                self.scale(values, |value, measure| value * measure);
            }
            finished.extrapolated = extrapolated;
        }
        if let Some(range) = before.range {
            finished.bounded = self.bound(&mut finished.values, &finished.is_filled, range)?;
        }
        Ok(finished)
    }

    /// Brings the values that count within a range; returns whether any changed.
    fn bound(
        &self,
        values: &mut [f64],
        is_filled: &[bool],
        range: ValueRange,
    ) -> Result<bool, OperatorError> {
        // What does not count is not a number here, and not looked at.
        let is_extensive = !self.nature.is_intensive();
        let density = |((&value, &filled), &measure): ((&f64, &bool), &f64)| {
            if !filled {
                f64::NAN
            } else if is_extensive {
                value / measure
            } else {
                value
            }
        };
        let measures = self.target.measures.as_slice();
        let all = values.iter().zip(is_filled).zip(measures);
        let mut densities: Vec<f64> = all.map(density).collect();
        let bounded = range.clip_and_assure_sum(&mut densities, measures)?;
        if bounded {
            if is_extensive {
                self.scale(&mut densities, |value, measure| value * measure);
            }
            for (value, density) in values.iter_mut().zip(densities) {
                if !density.is_nan() {
                    *value = density;
                }
            }
        }
        Ok(bounded)
    }

    fn scale(&self, values: &mut [f64], scaled: impl Fn(f64, f64) -> f64) {
        for (value, measure) in values.iter_mut().zip(self.target.measures.iter()) {
            *value = scaled(*value, *measure);
        }
    }

    /// The statistics of a component over the source cells that are not masked.
    fn statistics_before(&self, field: &DataArray<f64>, component: usize) -> Statistics {
        let is_intensive = self.nature.is_intensive();
        let used = (0..field.tuple_count()).filter(|&cell| self.source.is_used(cell));
        let values = field.values();
        let components = field.component_count();
        Statistics::new(used.map(|cell| {
            let factor = if is_intensive {
                self.source.measures[cell]
            } else {
                1.0
            };
            (values[cell * components + component], factor)
        }))
    }

    /// The bounds of a component.
    fn range(
        &self,
        field: &DataArray<f64>,
        component: usize,
        limits: &Limits,
    ) -> Result<Option<ValueRange>, OperatorError> {
        let components = field.component_count();
        match limits {
            Limits::None => Ok(None),
            Limits::All(range) => Ok(Some(*range)),
            Limits::Each(ranges) if ranges.len() == components => Ok(Some(ranges[component])),
            Limits::Each(ranges) => Err(OperatorError::RangeCount {
                found: ranges.len(),
                expected: components,
            }),
            Limits::OfSource => {
                let is_intensive = self.nature.is_intensive();
                let counts = |&cell: &usize| {
                    self.source.is_used(cell) && (is_intensive || self.source.measures[cell] > 0.0)
                };
                let density = |cell: usize| {
                    let value = field.values()[cell * components + component];
                    if is_intensive {
                        value
                    } else {
                        value / self.source.measures[cell]
                    }
                };
                let used = (0..field.tuple_count()).filter(counts);
                Ok(ValueRange::of(used.map(density)))
            }
        }
    }
}

/// What is known of a component before it is carried.
struct Before {
    statistics: Statistics,
    range: Option<ValueRange>,
}

/// A component on the target.
struct Finished {
    values: Vec<f64>,
    /// Where the values count.
    is_filled: Vec<bool>,
    uncovered: usize,
    partly_covered: usize,
    extrapolated: usize,
    bounded: bool,
}

impl Finished {
    fn report(&self, name: &str, before: Statistics, operator: &RemapOperator) -> ComponentReport {
        let is_intensive = operator.nature.is_intensive();
        let filled = (0..self.values.len()).filter(|&row| self.is_filled[row]);
        let after = Statistics::new(filled.map(|row| {
            let factor = if is_intensive {
                operator.target.measures[row]
            } else {
                1.0
            };
            (self.values[row], factor)
        }));
        ComponentReport {
            name: name.to_owned(),
            before,
            after,
            uncovered: self.uncovered,
            partly_covered: self.partly_covered,
            extrapolated: self.extrapolated,
            bounded: self.bounded,
        }
    }
}
