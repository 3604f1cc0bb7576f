//! `remap info`: what a file holds.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Display, Write as _};
use std::path::Path;

use anyhow::ensure;
use mesh_core::{Field, FieldValues, Location, Shape, UnstructuredMesh};
use mesh_io::{ReadOptions, StepChoice};
use serde::Serialize;

use super::matrix_info::MatrixInfo;
use crate::arguments::InfoJob;
use crate::files::read_mesh;
use crate::output::{Outcome, count_of, number, table_of_facts, table_with_header};
use crate::progress::Progress;

/// What is said of a mesh.
#[derive(Serialize)]
pub(crate) struct MeshReport {
    cells: usize,
    nodes: usize,
    /// Cells of each shape that occurs.
    shapes: BTreeMap<&'static str, usize>,
    bounds: BoundsReport,
    volume: f64,
    /// Of the steps of a time series; empty where the fields have no time.
    times: Vec<f64>,
    fields: Vec<FieldReport>,
    /// What the reader left out, or took in one of several ways.
    notes: Vec<String>,
    /// What is legal, but may surprise.
    problems: Vec<String>,
    fingerprint: String,
}

#[derive(Serialize)]
struct BoundsReport {
    min: [f64; 3],
    max: [f64; 3],
}

#[derive(Serialize)]
struct FieldReport {
    name: String,
    /// `cells` or `nodes`.
    location: &'static str,
    components: usize,
    component_names: Vec<String>,
    /// `float` or `integer`.
    values: &'static str,
    tuples: usize,
    /// Over all components; not there where no value is a number.
    min: Option<f64>,
    max: Option<f64>,
    /// Names of its integers.
    labels: Vec<LabelReport>,
}

#[derive(Serialize)]
struct LabelReport {
    name: String,
    value: i64,
    /// Cells or nodes with that value.
    tuples: usize,
}

pub(crate) fn run(job: &InfoJob, progress: &Progress) -> anyhow::Result<Outcome> {
    match job {
        InfoJob::Mesh { path, reading } => {
            let times = check_step(path, reading)?;
            let mut notes = Vec::new();
            let (file, _) =
                progress.step("reading the mesh", || read_mesh(path, reading, &mut notes));
            let file = file?;
            let report = MeshReport::new(&file.mesh, &file.fields, file.notes).at_times(times);
            Outcome::summary(&report, report.text(path.display()))
        }
        InfoJob::Matrix(path) => {
            let (file, _) = progress.step("reading the matrix", || {
                mesh_io::read_matrix_unchecked(path)
            });
            let report = MatrixInfo::new(&file?);
            Outcome::summary(&report, report.text(path))
        }
    }
}

/// The times of the steps of a mesh file, among which the one asked for has to be.
pub(crate) fn check_step(path: &Path, reading: &ReadOptions) -> anyhow::Result<Vec<f64>> {
    let times = mesh_io::read_times(path)?;
    if let StepChoice::Number(number) = reading.step {
        ensure!(
            !times.is_empty(),
            "{}: has no steps of time; leave --step {number} out",
            path.display()
        );
        ensure!(
            number < times.len(),
            "{}: has no step {number}; expected one of 0 to {}",
            path.display(),
            times.len() - 1
        );
    }
    Ok(times)
}

impl MeshReport {
    /// What is said of a mesh, its fields, and what its reader noted.
    pub(crate) fn new(mesh: &UnstructuredMesh, fields: &[Field], notes: Vec<String>) -> MeshReport {
        let mut shapes = BTreeMap::new();
        for shape in mesh.shapes() {
            *shapes.entry(shape.name()).or_insert(0) += 1;
        }
        let measures = mesh.measures();
        let bounds = mesh.bounds();
        MeshReport {
            cells: mesh.cell_count(),
            nodes: mesh.node_count(),
            shapes,
            bounds: BoundsReport {
                min: bounds.min.into(),
                max: bounds.max.into(),
            },
            volume: mesh_core::compensated_sum(measures.iter().copied()),
            times: Vec::new(),
            fields: fields.iter().map(FieldReport::new).collect(),
            notes,
            problems: find_problems(mesh, &measures, fields),
            fingerprint: mesh.fingerprint().to_string(),
        }
    }

    /// With the times of a series.
    pub(crate) fn at_times(self, times: Vec<f64>) -> MeshReport {
        MeshReport { times, ..self }
    }

    /// The report for eyes, of the file or files of this name.
    pub(crate) fn text(&self, name: impl Display) -> String {
        let corner = |point: [f64; 3]| point.map(number).join(" ");
        let mut text = table_of_facts([
            ("mesh", name.to_string()),
            ("cells", self.cells.to_string()),
            ("nodes", self.nodes.to_string()),
            ("bounds from", corner(self.bounds.min)),
            ("to", corner(self.bounds.max)),
            ("volume", number(self.volume)),
        ]);
        let in_order = Shape::ALL
            .iter()
            .filter_map(|shape| self.shapes.get_key_value(shape.name()));
        let shapes = in_order.map(|(name, count)| [name.to_string(), count.to_string()]);
        let _ = write!(text, "\n{}", table_with_header(["shape", "cells"], shapes));
        if !self.fields.is_empty() {
            let known = |value: Option<f64>| value.map_or("–".to_string(), number);
            let fields = self.fields.iter().map(|field| {
                [
                    field.name.clone(),
                    field.location.to_string(),
                    field.components.to_string(),
                    field.values.to_string(),
                    known(field.min),
                    known(field.max),
                ]
            });
            let header = ["field", "on", "components", "values", "least", "greatest"];
            let _ = write!(text, "\n{}", table_with_header(header, fields));
        }
        let labels = self.fields.iter().flat_map(|field| {
            let of = |label: &LabelReport| {
                [
                    label.name.clone(),
                    label.value.to_string(),
                    label.tuples.to_string(),
                    format!("{} of {}", field.location, field.name),
                ]
            };
            field.labels.iter().map(of).collect::<Vec<_>>()
        });
        let labels: Vec<_> = labels.collect();
        if !labels.is_empty() {
            let header = ["group", "value", "number", "of"];
            let _ = write!(text, "\n{}", table_with_header(header, labels));
        }
        if let [first, .., last] = self.times.as_slice() {
            let count = self.times.len();
            let _ = write!(text, "\n{count} steps at times from {first} to {last}");
        } else if let [time] = self.times.as_slice() {
            let _ = write!(text, "\n1 step at time {time}");
        }
        for note in &self.notes {
            let _ = write!(text, "\nnote: {note}");
        }
        for problem in &self.problems {
            let _ = write!(text, "\nproblem: {problem}");
        }
        text
    }
}

impl FieldReport {
    fn new(field: &Field) -> FieldReport {
        let values = field.to_float();
        let numbers = || {
            values
                .values()
                .iter()
                .copied()
                .filter(|value| !value.is_nan())
        };
        FieldReport {
            name: field.name().to_string(),
            location: location_name(field.location()),
            components: field.components(),
            component_names: field.component_names().to_vec(),
            values: match field.values() {
                FieldValues::Float(_) => "float",
                FieldValues::Integer(_) => "integer",
            },
            tuples: field.tuples(),
            min: numbers().reduce(f64::min),
            max: numbers().reduce(f64::max),
            labels: LabelReport::all(field),
        }
    }
}

impl LabelReport {
    /// The labels of a field.
    fn all(field: &Field) -> Vec<LabelReport> {
        let (false, Some(array)) = (field.labels().is_empty(), field.as_integer()) else {
            return Vec::new();
        };
        let mut tuples = HashMap::new();
        for value in array.tuples().filter_map(|tuple| tuple.first()) {
            *tuples.entry(*value).or_insert(0) += 1;
        }
        let labels = field.labels().iter().map(|label| LabelReport {
            name: label.name.clone(),
            value: label.value,
            tuples: tuples.get(&label.value).copied().unwrap_or(0),
        });
        labels.collect()
    }
}

/// `cell` or `node`.
pub(crate) fn thing_name(location: Location) -> &'static str {
    match location {
        Location::Cells => "cell",
        Location::Nodes => "node",
    }
}

/// `cells` or `nodes`.
pub(crate) fn location_name(location: Location) -> &'static str {
    match location {
        Location::Cells => "cells",
        Location::Nodes => "nodes",
    }
}

/// What of the cells is legal, but may surprise where overlaps are computed.
pub(crate) fn cell_problems(
    mesh: &UnstructuredMesh,
    measures: &[f64],
) -> impl Iterator<Item = String> + use<> {
    let mirrored = (mesh.mirrored_cells() > 0).then(|| {
        let cells = count_of(mesh.mirrored_cells(), "mirrored cell");
        format!("{cells} turned round")
    });
    let mut without_volume = mesh
        .cell_ids()
        .zip(measures)
        .filter(|&(_, &volume)| volume <= 0.0);
    let first = without_volume.next();
    let flat = first.map(|(first, _)| {
        let cells = count_of(1 + without_volume.count(), "cell");
        format!("{cells} without volume, first cell {first}")
    });
    mirrored.into_iter().chain(flat)
}

/// What is legal, but may surprise.
fn find_problems(mesh: &UnstructuredMesh, measures: &[f64], fields: &[Field]) -> Vec<String> {
    let mut problems: Vec<_> = cell_problems(mesh, measures).collect();
    let mut used = vec![false; mesh.node_count()];
    for node in mesh.connectivity() {
        used[node.index()] = true;
    }
    if let Some(first) = used.iter().position(|used| !used) {
        let count = used.iter().filter(|used| !**used).count();
        let nodes = count_of(count, "node");
        problems.push(format!("{nodes} in no cell, first node {first}"));
    }
    for field in fields {
        let Some(array) = field.as_float() else {
            continue;
        };
        let not_finite = |values: &[f64]| values.iter().any(|value| !value.is_finite());
        if let Some(first) = array.tuples().position(not_finite) {
            let count = array.tuples().filter(|values| not_finite(values)).count();
            problems.push(format!(
                "field {:?} is not finite on {}, first on {first}",
                field.name(),
                count_of(count, thing_name(field.location()))
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxMesh, DataArray, Label};

    use super::*;

    #[test]
    fn groups_are_counted_and_steps_are_told() {
        let mesh = BoxMesh::unit([2, 2, 1]).generate().unwrap();
        let values = FieldValues::Integer(DataArray::scalars(vec![7, 7, 0, 7]));
        let label = |value, name: &str| Label {
            value,
            name: name.to_string(),
        };
        let labels = vec![label(7, "fuel"), label(7, "hot"), label(8, "water")];
        let field = Field::new("group", Location::Cells, values).with_labels(labels);
        let report = MeshReport::new(&mesh, &[field], Vec::new());
        let counts: Vec<(&str, usize)> = report.fields[0]
            .labels
            .iter()
            .map(|label| (label.name.as_str(), label.tuples))
            .collect();
        assert_eq!(counts, [("fuel", 3), ("hot", 3), ("water", 0)]);
        let text = report.text("mesh.msh");
        assert!(
            text.contains("cells of group") && !text.contains("step"),
            "{text}"
        );
        let text = report.at_times(vec![0.0, 0.5, 2.0]).text("mesh.pvd");
        assert!(text.ends_with("3 steps at times from 0 to 2"), "{text}");
    }
}
