//! What is said of fields that were carried across, for scripts and for eyes.

use remap::{ComponentReport, ConservationReport, Statistics};
use serde::Serialize;

use super::report::Volumes;
use crate::output::{number, table_with_header};

/// What of a field is kept, one number for each component.
#[derive(Debug, Serialize)]
pub(crate) struct FieldConservation {
    pub(crate) name: String,
    /// The time of the step; only there where several were carried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<f64>,
    pub(crate) components: Vec<String>,
    /// Over all cells of the giving mesh that are not masked: of an intensive field
    /// Σ volume · value, of an extensive one Σ value.
    pub(crate) source_integral: Vec<f64>,
    /// The same over the cells of the receiving mesh that got a value.
    pub(crate) target_integral: Vec<f64>,
    /// Their difference over the integral of the absolute values.
    pub(crate) relative_difference: Vec<f64>,
    pub(crate) source_minimum: Vec<f64>,
    pub(crate) source_maximum: Vec<f64>,
    pub(crate) target_minimum: Vec<f64>,
    pub(crate) target_maximum: Vec<f64>,
    /// Values that are not a number and were left out.
    pub(crate) missing: Vec<usize>,
    /// Cells that got nothing.
    pub(crate) uncovered: Vec<usize>,
    /// Cells that got something, although not all of them is covered.
    pub(crate) partly_covered: Vec<usize>,
    /// Uncovered cells that were filled from those around.
    pub(crate) extrapolated: Vec<usize>,
    /// Whether bounds changed values.
    pub(crate) bounded: Vec<bool>,
}

/// What is kept of volumes and fields.
#[derive(Debug, Serialize)]
pub(crate) struct Conservation {
    #[serde(flatten)]
    pub(crate) volumes: Volumes,
    pub(crate) nature: &'static str,
    pub(crate) fields: Vec<FieldConservation>,
}

impl FieldConservation {
    /// What the library reports of a field.
    pub(crate) fn new(name: &str, time: Option<f64>, report: &ConservationReport) -> Self {
        fn of_each<T>(
            report: &ConservationReport,
            of_one: impl Fn(&ComponentReport) -> T,
        ) -> Vec<T> {
            report.components.iter().map(of_one).collect()
        }
        let before = |of: fn(&Statistics) -> f64| of_each(report, |one| of(&one.before));
        let after = |of: fn(&Statistics) -> f64| of_each(report, |one| of(&one.after));
        FieldConservation {
            name: name.to_string(),
            time,
            components: of_each(report, |one| one.name.clone()),
            source_integral: before(|all| all.integral),
            target_integral: after(|all| all.integral),
            relative_difference: of_each(report, ComponentReport::relative_difference),
            source_minimum: before(least),
            source_maximum: before(greatest),
            target_minimum: after(least),
            target_maximum: after(greatest),
            missing: of_each(report, |one| one.before.missing),
            uncovered: of_each(report, |one| one.uncovered),
            partly_covered: of_each(report, |one| one.partly_covered),
            extrapolated: of_each(report, |one| one.extrapolated),
            bounded: of_each(report, |one| one.bounded),
        }
    }

    /// One row of a table for each component.
    fn rows(&self) -> impl Iterator<Item = [String; 7]> + '_ {
        let several = self.components.len() > 1;
        (0..self.components.len()).map(move |i| {
            let component = match self.components[i].as_str() {
                "" if several => format!(" {i}"),
                "" => String::new(),
                name => format!(" {name}"),
            };
            let time = self
                .time
                .map_or(String::new(), |time| format!(" at {time}"));
            let range = |least: f64, greatest: f64| format!("{least:.6e} … {greatest:.6e}");
            [
                format!("{}{component}{time}", self.name),
                number(self.source_integral[i]),
                number(self.target_integral[i]),
                format!("{:.1e}", self.relative_difference[i]),
                range(self.source_minimum[i], self.source_maximum[i]),
                range(self.target_minimum[i], self.target_maximum[i]),
                format!("{} / {}", self.uncovered[i], self.partly_covered[i]),
            ]
        })
    }
}

/// The least value; not a number if there is none.
fn least(all: &Statistics) -> f64 {
    all.range.map_or(f64::NAN, |range| range.minimum())
}

/// The greatest value; not a number if there is none.
fn greatest(all: &Statistics) -> f64 {
    all.range.map_or(f64::NAN, |range| range.maximum())
}

impl Conservation {
    /// What was kept, for eyes: a line for each component of each field.
    pub(crate) fn table(&self) -> String {
        let header = [
            "field",
            "integral before",
            "after",
            "difference",
            "range before",
            "after",
            "uncovered / partly",
        ];
        table_with_header(header, self.fields.iter().flat_map(FieldConservation::rows))
    }
}
