//! What `apply` and `transfer` are told about fields, as typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::typed::ReadingArguments;

/// Which fields to transfer, and how.
#[derive(Args, Debug)]
pub(crate) struct FieldArguments {
    /// The fields to transfer, by name; several after one --field, or --field again. Cell fields,
    /// unless the scheme takes node fields.
    #[arg(long, value_name = "NAME", required = true, num_args = 1..)]
    pub(crate) field: Vec<String>,
    /// What a field is, and what is kept where the meshes do not cover each other.
    #[arg(long, value_enum, value_name = "NATURE", default_value_t = NatureName::IntensiveMaximum)]
    pub(crate) nature: NatureName,
    /// What cells get that no cell gives anything: a number, nan, or keep for what the receiving
    /// mesh's own field of this name has there.
    #[arg(
        long,
        value_name = "V",
        default_value = "nan",
        allow_hyphen_values = true
    )]
    pub(crate) default: String,
    /// Leave out the giving cells where this field of theirs is 0 or nan.
    #[arg(long, value_name = "FIELD")]
    pub(crate) mask: Option<String>,
    /// Give nothing to the receiving cells where this field of theirs is 0 or nan.
    #[arg(long, value_name = "FIELD")]
    pub(crate) target_mask: Option<String>,
    /// Cells of which less than this fraction is covered (by cells not masked) get the default.
    #[arg(
        long,
        value_name = "FRACTION",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    pub(crate) least_coverage: f64,
    /// What becomes of values that are nan.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = MissingName::LeaveOut)]
    pub(crate) missing: MissingName,
    /// What partly covered cells get where the meshes do not match at the boundary, in place of what
    /// the nature says.
    #[arg(long, value_enum, value_name = "FIXUP")]
    pub(crate) fixup: Option<FixupName>,
    /// With --fixup: fill cells of which nothing is covered from those around them.
    #[arg(long, requires = "fixup")]
    pub(crate) extrapolate: bool,
    /// Bring values within LEAST,GREATEST, or within the range of the giving field (source), and
    /// keep the integral.
    #[arg(long, value_name = "LEAST,GREATEST", allow_hyphen_values = true)]
    pub(crate) bounds: Option<String>,
    /// Carry fields of TARGET to SOURCE, and write SOURCE.
    #[arg(long)]
    pub(crate) reverse: bool,
    /// Which step of a time series is carried: its number from 0, last, or all.
    #[arg(long, value_name = "STEP", default_value = "last")]
    pub(crate) step: String,
    /// A further file on the giving mesh, with the fields of a later step; again for more of them.
    #[arg(long, value_name = "MESH")]
    pub(crate) also: Vec<PathBuf>,
    /// Also write the covered fraction, as field `coverage`.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Also write what was kept into this file, with options, fingerprints and digest, as JSON.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    /// The mesh to write: the receiving one with the transferred fields. Several steps become a
    /// time series where the format has time (.pvd, .med), and numbered files otherwise.
    #[arg(short, long, value_name = "MESH")]
    pub(crate) output: PathBuf,
}

/// The four natures of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NatureName {
    /// A temperature: means of what overlaps, the maximum principle holds.
    IntensiveMaximum,
    /// A density: the integral over what is covered is kept.
    IntensiveConservation,
    /// A power: only the part of a source cell that is overlapped arrives.
    ExtensiveMaximum,
    /// A number of things: the whole of every source cell that is overlapped arrives.
    ExtensiveConservation,
}

/// What becomes of missing values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissingName {
    /// They are left out, as if their cells were masked.
    LeaveOut,
    /// What uses them is missing as well.
    Spread,
}

/// What partly covered cells get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FixupName {
    /// The mean of what covers them: constants stay constant.
    Constant,
    /// What covers them, spread over the whole cell: each holds what it received.
    LocallyConservative,
    /// The mean, and then all cells moved so that the target holds what the source does.
    GloballyConservative,
}
