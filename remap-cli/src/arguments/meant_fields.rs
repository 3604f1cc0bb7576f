//! What `apply` and `transfer` are told about fields, as meant.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use mesh_io::{ReadOptions, StepChoice};
use remap::{Empty, Fixup, Limits, Nature, PartlyCovered, ValueRange};
use serde::Serialize;

use super::meant::reading;
use super::typed_fields::{FieldArguments, FixupName, MissingName, NatureName};
use crate::files::{MeshOutput, TextOutput, is_same_place};

/// The name under which the covered fraction is written.
pub(crate) const COVERAGE: &str = "coverage";

/// Which fields are carried from where to where, and how.
pub(crate) struct FieldsJob {
    pub(crate) source: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) reading: ReadOptions,
    /// At least one, each once.
    pub(crate) names: Vec<String>,
    pub(crate) steps: Steps,
    /// Files with the fields of later steps.
    pub(crate) also: Vec<PathBuf>,
    pub(crate) options: TransferOptions,
    /// Whether the covered fraction is written as well.
    pub(crate) coverage: bool,
    pub(crate) report: Option<TextOutput>,
    pub(crate) output: MeshOutput,
}

/// Which steps of a file are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steps {
    One(StepChoice),
    All,
}

/// How values are carried. What scripts are told of it is what was typed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct TransferOptions {
    #[serde(serialize_with = "name_of_nature")]
    pub(crate) nature: Nature,
    #[serde(serialize_with = "text_of_default")]
    pub(crate) default: DefaultValue,
    pub(crate) mask: Option<String>,
    pub(crate) target_mask: Option<String>,
    pub(crate) least_coverage: f64,
    pub(crate) leaves_out_missing: bool,
    #[serde(serialize_with = "name_of_fixup")]
    pub(crate) fixup: Option<Fixup>,
    #[serde(serialize_with = "text_of_limits")]
    pub(crate) bounds: Limits,
    pub(crate) reverse: bool,
}

/// What cells get that nothing covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DefaultValue {
    Value(f64),
    /// What the receiving mesh has there.
    Keep,
}

impl FieldsJob {
    pub(super) fn new(
        source: PathBuf,
        target: PathBuf,
        typed: FieldArguments,
    ) -> anyhow::Result<FieldsJob> {
        let mut names: Vec<String> = Vec::new();
        for name in typed.field {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let within = |text: String| limits(&text).with_context(|| format!("--bounds {text}"));
        ensure!(
            (0.0..=1.0).contains(&typed.least_coverage),
            "--least-coverage {}: expected a fraction from 0 to 1",
            typed.least_coverage
        );
        let empty = if typed.extrapolate {
            Empty::Extrapolate
        } else {
            Empty::Leave
        };
        ensure!(
            !typed.coverage || !names.iter().any(|name| name == COVERAGE),
            "--coverage: would be written as {COVERAGE:?}, which is the name of a field that is carried; expected one of both"
        );
        let also = typed.also.iter();
        let also = also.map(|field| (field.as_path(), "a field is read from"));
        let meshes = [
            (source.as_path(), "the source mesh is read from"),
            (&target, "the target mesh is read from"),
            (&typed.output, "the mesh is written to"),
        ];
        check_report(typed.report.as_deref(), meshes.into_iter().chain(also))?;
        let fixup = typed.fixup.map(|name| Fixup {
            partly: partly_covered(name),
            empty,
        });
        Ok(FieldsJob {
            source,
            target,
            reading: reading(&typed.reading),
            names,
            steps: steps(&typed.step).with_context(|| format!("--step {}", typed.step))?,
            also: typed.also,
            options: TransferOptions {
                nature: nature(typed.nature),
                default: default_value(&typed.default)
                    .with_context(|| format!("--default {}", typed.default))?,
                mask: typed.mask,
                target_mask: typed.target_mask,
                least_coverage: typed.least_coverage,
                leaves_out_missing: typed.missing == MissingName::LeaveOut,
                fixup,
                bounds: typed.bounds.map_or(Ok(Limits::None), within)?,
                reverse: typed.reverse,
            },
            coverage: typed.coverage,
            report: typed.report.map(TextOutput::new).transpose()?,
            output: MeshOutput::new(typed.output)?,
        })
    }
}

/// Checks that a report takes the place of none of these files, each given with what it is for.
pub(super) fn check_report<'a>(
    report: Option<&Path>,
    files: impl IntoIterator<Item = (&'a Path, &'a str)>,
) -> anyhow::Result<()> {
    let Some(report) = report else {
        return Ok(());
    };
    for (file, what) in files {
        ensure!(
            !is_same_place(report, file),
            "--report {}: is the file that {what}; expected another",
            report.display()
        );
    }
    Ok(())
}

fn nature(name: NatureName) -> Nature {
    match name {
        NatureName::IntensiveMaximum => Nature::IntensiveMaximum,
        NatureName::IntensiveConservation => Nature::IntensiveConservation,
        NatureName::ExtensiveMaximum => Nature::ExtensiveMaximum,
        NatureName::ExtensiveConservation => Nature::ExtensiveConservation,
    }
}

fn partly_covered(name: FixupName) -> PartlyCovered {
    match name {
        FixupName::Constant => PartlyCovered::Constant,
        FixupName::LocallyConservative => PartlyCovered::LocallyConservative,
        FixupName::GloballyConservative => PartlyCovered::GloballyConservative,
    }
}

fn default_value(text: &str) -> anyhow::Result<DefaultValue> {
    if text == "keep" {
        return Ok(DefaultValue::Keep);
    }
    let value = text.parse().context("expected a number, nan or keep")?;
    Ok(DefaultValue::Value(value))
}

/// A step, or all of them.
pub(super) fn steps(text: &str) -> anyhow::Result<Steps> {
    Ok(match text {
        "all" => Steps::All,
        "last" => Steps::One(StepChoice::Last),
        number => {
            let number = number.parse();
            let number = number.context("expected a number from 0, last or all")?;
            Steps::One(StepChoice::Number(number))
        }
    })
}

fn limits(text: &str) -> anyhow::Result<Limits> {
    if text == "source" {
        return Ok(Limits::OfSource);
    }
    let expected = "expected two numbers LEAST,GREATEST, or source";
    let (least, greatest) = text.split_once(',').context(expected)?;
    let number = |text: &str| text.trim().parse::<f64>().context(expected);
    let (least, greatest) = (number(least)?, number(greatest)?);
    match ValueRange::new(least, greatest) {
        Ok(range) => Ok(Limits::All(range)),
        Err(_) => bail!("{expected}, the least first"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn name_of_nature<S: serde::Serializer>(nature: &Nature, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(nature.name())
}

fn text_of_default<S: serde::Serializer>(value: &DefaultValue, to: S) -> Result<S::Ok, S::Error> {
    match value {
        DefaultValue::Value(value) if value.is_finite() => to.serialize_f64(*value),
        DefaultValue::Value(value) => to.collect_str(value),
        DefaultValue::Keep => to.serialize_str("keep"),
    }
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "as serde calls it"
)]
fn name_of_fixup<S: serde::Serializer>(fixup: &Option<Fixup>, to: S) -> Result<S::Ok, S::Error> {
    match fixup {
        None => to.serialize_none(),
        Some(Fixup { partly, empty }) => {
            let empty = match empty {
                Empty::Leave => "",
                Empty::Extrapolate => ", extrapolated",
            };
            to.collect_str(&format_args!("{}{empty}", partly.name()))
        }
    }
}

fn text_of_limits<S: serde::Serializer>(limits: &Limits, to: S) -> Result<S::Ok, S::Error> {
    match limits {
        Limits::OfSource => to.serialize_str("source"),
        Limits::All(range) => [range.minimum(), range.maximum()].serialize(to),
        Limits::None | Limits::Each(_) => to.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_steps_and_bounds_are_read() {
        assert_eq!(default_value("-1.5").unwrap(), DefaultValue::Value(-1.5));
        assert_eq!(default_value("keep").unwrap(), DefaultValue::Keep);
        assert!(matches!(default_value("nan"), Ok(DefaultValue::Value(x)) if x.is_nan()));
        assert!(default_value("x").is_err());

        assert_eq!(steps("all").unwrap(), Steps::All);
        assert_eq!(steps("last").unwrap(), Steps::One(StepChoice::Last));
        assert_eq!(steps("3").unwrap(), Steps::One(StepChoice::Number(3)));
        assert!(steps("-1").is_err() && steps("first").is_err());

        let range = ValueRange::new(-1.0, 2.0).unwrap();
        assert_eq!(limits("-1, 2").unwrap(), Limits::All(range));
        assert_eq!(limits("source").unwrap(), Limits::OfSource);
        for bad in ["1", "2,1", "a,b", "nan,1", "1,2,3", ""] {
            assert!(limits(bad).is_err(), "{bad}");
        }
    }
}
