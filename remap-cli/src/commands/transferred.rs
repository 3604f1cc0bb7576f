//! Fields carried from one mesh to the other, step by step, and written.

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use mesh_core::{Field, Location};
use mesh_io::{MeshFile, Step};
use remap::{ConservationReport, Mask, RemapOperator, Transfer, Uncovered};

use super::carrier::{Carrier, Prepared};
use super::certificate::{Certificate, SchemeNames};
use super::conservation::{Conservation, FieldConservation};
use super::info::thing_name;
use super::meshes::Meshes;
use super::prepare::warning_where_nothing_overlaps;
use super::report::{MatrixFacts, MatrixReport, Seconds, Volumes};
use super::series::{Series, places};
use crate::arguments::{COVERAGE, DefaultValue, FieldsJob, TransferOptions};
use crate::output::{Outcome, count_of};
use crate::progress::Progress;
use crate::schemes::GivenMesh;

/// Both meshes of a job, read, and the steps of the giving one.
pub(crate) struct Given {
    pub(crate) source: MeshFile,
    pub(crate) target: MeshFile,
    series: Series,
    /// What the readers noted.
    pub(crate) warnings: Vec<String>,
    /// What reading took.
    pub(crate) seconds: f64,
}

impl Given {
    /// Reads both meshes, with the fields of the first step.
    pub(crate) fn read(job: &FieldsJob, progress: &Progress) -> anyhow::Result<Given> {
        let reverse = job.options.reverse;
        let giving = if reverse { &job.target } else { &job.source };
        let places = places(giving, job.steps, &job.also)?;
        let plain = job.reading.clone();
        let first = plain.clone().step(places[0].step());
        let options = if reverse {
            [plain.clone(), first]
        } else {
            [first, plain.clone()]
        };
        let meshes = Meshes::read_with(&job.source, &job.target, &options, progress)?;
        let Meshes {
            mut source,
            mut target,
            warnings,
            seconds,
        } = meshes;
        let giving = if reverse { &mut target } else { &mut source };
        let series = Series::new(places, giving, plain);
        Ok(Given {
            source,
            target,
            series,
            warnings,
            seconds,
        })
    }

    /// Both meshes with their fields, source first; where there are steps with those of the first.
    pub(crate) fn meshes(&self, job: &FieldsJob) -> [GivenMesh<'_>; 2] {
        let (source, target) = (&self.source.fields, &self.target.fields);
        // The fields of the giving mesh are with the steps.
        let [of_source, of_target] = if job.options.reverse {
            [source, self.series.first()]
        } else {
            [self.series.first(), target]
        };
        [(&self.source, of_source), (&self.target, of_target)].map(|(file, fields)| GivenMesh {
            mesh: &file.mesh,
            fields,
        })
    }

    /// Checks that all fields of the first step are there that the job names, on cells or nodes.
    pub(crate) fn check_names(&self, job: &FieldsJob, location: Location) -> anyhow::Result<()> {
        let path = self.series.path(0);
        let find = |name| find_field(name, location, self.series.first(), path);
        job.names
            .iter()
            .map(String::as_str)
            .try_for_each(|name| find(name).map(drop))
    }
}

/// Finds a field on cells or nodes, or says which there are.
fn find_field<'a>(
    name: &str,
    location: Location,
    fields: &'a [Field],
    path: &Path,
) -> anyhow::Result<&'a Field> {
    let there = fields.iter().filter(|field| field.location() == location);
    if let Some(field) = there.clone().find(|field| field.name() == name) {
        return Ok(field);
    }
    let kind = thing_name(location);
    let elsewhere = fields.iter().find(|field| field.name() == name);
    let place = elsewhere.map_or(String::new(), |field| {
        format!("the field is on {}; ", field.location())
    });
    let names: Vec<&str> = there.map(Field::name).collect();
    let names = if names.is_empty() {
        "none".to_string()
    } else {
        names.join(", ")
    };
    bail!(
        "{}: no {kind} field {name:?}; {place}{kind} fields: {names}",
        path.display()
    )
}

/// Carries the fields of all steps across and writes the receiving mesh with them; reports what was
/// kept.
///
/// The receiving mesh keeps its own fields, but for those of the same name and place.
pub(crate) fn transfer_and_write(
    job: &FieldsJob,
    scheme: SchemeNames<'_>,
    prepared: &Prepared,
    given: Given,
    mut seconds: Seconds,
    start: Instant,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let Given {
        source,
        target,
        mut series,
        mut warnings,
        ..
    } = given;
    let options = &job.options;
    let (receiving, receiving_path) = if options.reverse {
        (&source, &job.source)
    } else {
        (&target, &job.target)
    };
    let operator = prepared.operator(&source.mesh, &target.mesh, options)?;
    let operator = with_options(operator, options, series.first(), series.path(0))?;
    let operator = with_target_mask(operator, options, &receiving.fields, receiving_path)?;
    let carrier = prepared.carrier(operator)?;

    let (carried, apply) = progress.step("transferring", || {
        carry_steps(job, &carrier, &mut series, &receiving.fields, &mut warnings)
    });
    let (steps, reports) = carried?;
    seconds.apply = Some(apply);

    let write = || match steps.as_slice() {
        [only] => job.output.write(&receiving.mesh, &only.fields),
        several => job.output.write_series(&receiving.mesh, several).map(drop),
    };
    let (done, write) = progress.step("writing", write);
    done?;
    seconds.write = write;

    let matrix = prepared.volumes(options);
    let ((facts, volumes), summary) = progress.step("summing", || {
        let facts = MatrixFacts::new(&matrix);
        let volumes = Volumes::new(&facts, &source.mesh, Some(&target.mesh));
        (facts, volumes)
    });
    seconds.report = summary;
    let conservation = Conservation {
        volumes,
        nature: options.nature.name(),
        fields: reports,
    };
    let report = MatrixReport::new(&facts, seconds.since(start), conservation);
    if let Some(file) = &job.report {
        let meshes = [(&job.source, &source.mesh), (&job.target, &target.mesh)];
        let certificate = Certificate::new(scheme, options, meshes, &report);
        file.write(&certificate.text()?)?;
    }
    let text = format!("{}\n{}", report.table(), report.conservation.table());
    warnings.extend(warning_where_nothing_overlaps(&matrix));
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

/// The operator with what the options say of giving cells and coverage.
fn with_options(
    operator: RemapOperator,
    options: &TransferOptions,
    giving: &[Field],
    path: &Path,
) -> anyhow::Result<RemapOperator> {
    let mut operator = operator.with_least_coverage(options.least_coverage)?;
    if options.leaves_out_missing {
        operator = operator.leaving_out_missing();
    }
    if let Some(name) = &options.mask {
        let field = find_field(name, operator.source_location(), giving, path)?;
        let mask = Mask::from_field(field).and_then(|mask| operator.with_source_mask(mask));
        operator = mask.with_context(|| format!("{}: --mask {name}", path.display()))?;
    }
    Ok(operator)
}

/// The operator with the mask of the receiving mesh that the options name.
fn with_target_mask(
    operator: RemapOperator,
    options: &TransferOptions,
    receiving: &[Field],
    path: &Path,
) -> anyhow::Result<RemapOperator> {
    let Some(name) = &options.target_mask else {
        return Ok(operator);
    };
    let field = find_field(name, operator.target_location(), receiving, path)?;
    let mask = Mask::from_field(field).and_then(|mask| operator.with_target_mask(mask));
    mask.with_context(|| format!("{}: --target-mask {name}", path.display()))
}

/// The fields of the receiving mesh at each step, with what of them is kept.
fn carry_steps(
    job: &FieldsJob,
    carrier: &Carrier<'_>,
    series: &mut Series,
    existing: &[Field],
    warnings: &mut Vec<String>,
) -> anyhow::Result<(Vec<Step>, Vec<FieldConservation>)> {
    let is_series = series.len() > 1;
    let location = carrier.operator().source_location();
    let (mut steps, mut reports) = (Vec::with_capacity(series.len()), Vec::new());
    let mut told = HashSet::new();
    for step in 0..series.len() {
        let fields = series.take_fields(step, warnings)?;
        let (time, path) = (series.time(step), series.path(step));
        let mut carried = Vec::with_capacity(job.names.len() + 1);
        for name in &job.names {
            let own = find_field(name, location, &fields, path)?;
            let place = || format!("{}: field {name:?}", path.display());
            let (field, report) =
                carry(carrier, &job.options, own, existing).with_context(place)?;
            let found = [
                warning_of_missing(own, &report, &job.options),
                warning_of_averaged(own, &field),
            ];
            let found: Vec<_> = found.into_iter().flatten().collect();
            // Of a series the first step that has something to be told will do.
            if !found.is_empty() && told.insert(name) {
                let found = found.iter();
                warnings.extend(found.map(|warning| format!("{}: {warning}", place())));
            }
            let time = is_series.then_some(time);
            reports.push(FieldConservation::new(name, time, &report));
            carried.push(field);
        }
        if job.coverage {
            carried.push(carrier.operator().coverage_field(COVERAGE));
        }
        let fields = joined(existing, carried);
        steps.push(Step { time, fields });
    }
    Ok((steps, reports))
}

/// A warning where values of a field are not a number.
fn warning_of_missing(
    field: &Field,
    report: &ConservationReport,
    options: &TransferOptions,
) -> Option<String> {
    let missing = report.components.iter().map(|one| one.before.missing).sum();
    let what_becomes = if options.leaves_out_missing {
        "left out"
    } else {
        "and with them whatever they are spread to"
    };
    (missing > 0).then(|| {
        let things = format!("{} value", thing_name(field.location()));
        format!(
            "{} not a number, {what_becomes}",
            count_of(missing, &things)
        )
    })
}

/// A warning where integers, which may be names of materials, became something between them.
fn warning_of_averaged(field: &Field, carried: &Field) -> Option<String> {
    field.as_integer()?;
    let values = carried.to_float();
    let is_between = |value: &&f64| value.is_finite() && value.fract() != 0.0;
    let between = values.values().iter().filter(is_between).count();
    (between > 0).then(|| {
        format!(
            "integers were averaged: {between} of {} values carried are none; --scheme nearest-cell keeps labels",
            values.values().len()
        )
    })
}

/// One field on the receiving mesh, with what of it is kept.
fn carry(
    carrier: &Carrier<'_>,
    options: &TransferOptions,
    field: &Field,
    existing: &[Field],
) -> anyhow::Result<(Field, ConservationReport)> {
    let kept;
    let uncovered = match options.default {
        DefaultValue::Value(value) => Uncovered::Value(value),
        DefaultValue::Keep => {
            let place = carrier.operator().target_location();
            let is_there = |own: &&Field| own.location() == place && own.name() == field.name();
            let own = existing.iter().find(is_there);
            kept = own
                .context("--default keep: the receiving mesh has no such field; expected one")?
                .to_float();
            Uncovered::Keep(&kept)
        }
    };
    let transfer = Transfer {
        uncovered,
        fixup: options.fixup,
        limits: options.bounds.clone(),
    };
    Ok(carrier.transfer(field, &transfer)?)
}

/// The fields that a mesh has, and after them new ones, which replace those of the same name and
/// place.
fn joined(own: &[Field], new: Vec<Field>) -> Vec<Field> {
    let is_replaced = |own: &&Field| {
        new.iter()
            .any(|new| (new.name(), new.location()) == (own.name(), own.location()))
    };
    let mut all: Vec<Field> = own
        .iter()
        .filter(|own| !is_replaced(own))
        .cloned()
        .collect();
    all.extend(new);
    all
}
