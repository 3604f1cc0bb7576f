//! Fields carried from the source to the target, and what was kept on the way.

use anyhow::{Context, bail};
use mesh_core::{DataArray, Field, FieldValues, Location, UnstructuredMesh};
use mesh_io::MeshFile;
use remap::{Nature, OverlapMatrix, RemapOperator};
use serde::Serialize;

use super::report::Volumes;
use crate::arguments::FieldsJob;
use crate::output::table_with_header;

/// The fields on the target, and a report of each.
pub(crate) struct Transferred {
    /// The target's own fields, those of the same name and place replaced, then the new ones.
    pub(crate) fields: Vec<Field>,
    pub(crate) reports: Vec<FieldConservation>,
}

/// What of a field is kept, one number for each component.
#[derive(Debug, Serialize)]
pub(crate) struct FieldConservation {
    pub(crate) name: String,
    /// Over the whole source mesh: of an intensive field Σ volume · value, of an extensive one
    /// Σ value.
    pub(crate) source_integral: Vec<f64>,
    /// The same over the target cells that have an entry.
    pub(crate) target_integral: Vec<f64>,
}

/// What is kept of volumes and fields.
#[derive(Debug, Serialize)]
pub(crate) struct Conservation {
    #[serde(flatten)]
    pub(crate) volumes: Volumes,
    pub(crate) nature: &'static str,
    pub(crate) fields: Vec<FieldConservation>,
}

impl Conservation {
    /// The integrals for eyes.
    pub(crate) fn table(&self) -> String {
        let numbers = |values: &[f64]| {
            values
                .iter()
                .map(f64::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let rows = self.fields.iter().map(|field| {
            [
                field.name.clone(),
                numbers(&field.source_integral),
                numbers(&field.target_integral),
            ]
        });
        table_with_header(["field", "integral on source", "on target"], rows)
    }
}

/// Finds the fields of the job in the source, or says which there are.
pub(crate) fn find_fields<'a>(
    job: &FieldsJob,
    source: &'a MeshFile,
) -> anyhow::Result<Vec<&'a Field>> {
    let on_cells = || {
        source
            .fields
            .iter()
            .filter(|field| field.location() == Location::Cells)
    };
    let find = |name: &String| {
        if let Some(field) = on_cells().find(|field| field.name() == name) {
            return Ok(field);
        }
        let there = on_cells().map(Field::name).collect::<Vec<_>>().join(", ");
        let there = if there.is_empty() {
            "none".to_string()
        } else {
            there
        };
        let on_nodes = source.fields.iter().any(|field| field.name() == name);
        let place = if on_nodes {
            "the field is on nodes; "
        } else {
            ""
        };
        bail!(
            "{}: no cell field {name:?}; {place}cell fields: {there}",
            job.source.display()
        )
    };
    job.names.iter().map(find).collect()
}

/// Carries the fields across.
pub(crate) fn transfer(
    job: &FieldsJob,
    fields: &[&Field],
    matrix: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &MeshFile,
) -> anyhow::Result<Transferred> {
    let operator = RemapOperator::new(matrix, source, &target.mesh, job.nature)?;
    let volumes = [source.measures(), target.mesh.measures()];
    let covered: Vec<bool> = matrix
        .matrix()
        .outer_iterator()
        .map(|row| row.nnz() > 0)
        .collect();
    let mut result = Transferred {
        fields: target.fields.clone(),
        reports: Vec::new(),
    };
    for field in fields {
        let values = field.to_float();
        let carried = operator
            .apply(&values, job.default)
            .with_context(|| format!("{}: field {:?}", job.source.display(), field.name()))?;
        result.reports.push(FieldConservation {
            name: field.name().to_string(),
            source_integral: integral(&values, &volumes[0], job.nature, |_| true),
            target_integral: integral(&carried, &volumes[1], job.nature, |cell| covered[cell]),
        });
        let name = field.name();
        result
            .fields
            .retain(|own| own.name() != name || own.location() != Location::Cells);
        result.fields.push(Field::new(
            name,
            Location::Cells,
            FieldValues::Float(carried),
        ));
    }
    Ok(result)
}

/// The integral of each component over the chosen cells.
fn integral(
    values: &DataArray<f64>,
    volumes: &[f64],
    nature: Nature,
    is_chosen: impl Fn(usize) -> bool,
) -> Vec<f64> {
    let mut sums = vec![0.0; values.component_count()];
    for (cell, (tuple, volume)) in values.tuples().zip(volumes).enumerate() {
        if is_chosen(cell) {
            let factor = if nature.is_intensive() { *volume } else { 1.0 };
            for (sum, value) in sums.iter_mut().zip(tuple) {
                *sum += factor * value;
            }
        }
    }
    sums
}
