//! Fields carried from the source to the target, and what was kept on the way.

use std::time::Instant;

use anyhow::{Context, bail};
use mesh_core::{DataArray, Field, FieldValues, Location, UnstructuredMesh};
use mesh_io::MeshFile;
use remap::{Nature, OverlapMatrix, RemapOperator};
use serde::Serialize;

use super::meshes::Meshes;
use super::prepare::warning_where_nothing_overlaps;
use super::report::{MatrixFacts, MatrixReport, Seconds, Volumes};
use crate::arguments::FieldsJob;
use crate::output::{Outcome, table_with_header};
use crate::progress::Progress;

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

/// Carries the fields across and writes the target with them; reports what was kept.
///
/// The target keeps its own fields, but for cell fields of the same name.
pub(crate) fn transfer_and_write(
    job: &FieldsJob,
    matrix: &OverlapMatrix,
    meshes: Meshes,
    mut seconds: Seconds,
    start: Instant,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let Meshes {
        source,
        target,
        mut warnings,
        ..
    } = meshes;
    let fields = find_fields(job, &source)?;
    let (carried, apply) = progress.step("transferring", || {
        carry(job, &fields, matrix, &source.mesh, &target.mesh)
    });
    let (carried, reports): (Vec<Field>, Vec<FieldConservation>) = carried?.into_iter().unzip();
    seconds.apply = Some(apply);

    let is_replaced = |own: &Field| {
        own.location() == Location::Cells && carried.iter().any(|new| new.name() == own.name())
    };
    let mut written: Vec<Field> = target.fields;
    written.retain(|own| !is_replaced(own));
    written.extend(carried);
    let (done, write) = progress.step("writing", || job.output.write(&target.mesh, &written));
    done?;
    seconds.write = write;

    let ((facts, volumes), summary) = progress.step("summing", || {
        let facts = MatrixFacts::new(matrix);
        let volumes = Volumes::new(&facts, &source.mesh, Some(&target.mesh));
        (facts, volumes)
    });
    seconds.report = summary;
    let conservation = Conservation {
        volumes,
        nature: job.nature.name(),
        fields: reports,
    };
    let report = MatrixReport::new(&facts, seconds.since(start), conservation);
    let text = format!("{}\n{}", report.table(), report.conservation.table());
    warnings.extend(warning_where_nothing_overlaps(matrix));
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

/// The fields on the target, each with what of it is kept.
fn carry(
    job: &FieldsJob,
    fields: &[&Field],
    matrix: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> anyhow::Result<Vec<(Field, FieldConservation)>> {
    let operator = RemapOperator::new(matrix, source, target, job.nature)?;
    let [source_volumes, target_volumes] = [source.measures(), target.measures()];
    let covered: Vec<bool> = matrix
        .matrix()
        .outer_iterator()
        .map(|row| row.nnz() > 0)
        .collect();
    let carry_one = |field: &&Field| {
        let name = field.name();
        let values = field.to_float();
        let carried = operator
            .apply(&values, job.default)
            .with_context(|| format!("{}: field {name:?}", job.source.display()))?;
        let report = FieldConservation {
            name: name.to_string(),
            source_integral: integral(&values, &source_volumes, job.nature, |_| true),
            target_integral: integral(&carried, &target_volumes, job.nature, |cell| covered[cell]),
        };
        Ok((
            Field::new(name, Location::Cells, FieldValues::Float(carried)),
            report,
        ))
    };
    fields.iter().map(carry_one).collect()
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
