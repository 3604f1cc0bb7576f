//! The arguments as meant: numbers, enums and outputs that can be written.

use std::path::PathBuf;
use std::str::FromStr;
use std::thread;

use anyhow::{Context, bail, ensure};
use mesh_core::{BoxCellShape, BoxMesh, Point3, Vector3};
use mesh_io::vtu::Compressor;
use mesh_io::{DataEncoding, ReadOptions, WriteOptions};
use partition::{Method, Partition};
use remap::Limiter;

use super::definition;
use super::meant_fields::{FieldsJob, Steps, check_report, steps};
use super::typed::{
    BoxArguments, CellShape, Command, CompressionName, ConvertArguments, Generated, InfoArguments,
    LimiterName, MethodName, ReadingArguments, SelectionArguments, Typed, WritingArguments,
};
use crate::files::{MatrixOutput, MeshOutput, OutputDirectory, is_matrix, is_same_place};
use crate::output::Voice;
use crate::schemes::{NamedScheme, Schemes};

/// A command line that can be run.
pub(crate) struct Invocation {
    /// Threads to compute with, at least 1.
    pub(crate) threads: usize,
    pub(crate) voice: Voice,
    pub(crate) job: Job,
}

/// What is to be done.
pub(crate) enum Job {
    Demo(DemoJob),
    Generate(GenerateJob),
    Info(InfoJob),
    Convert(ConvertJob),
    Prepare(PrepareJob),
    Merge {
        parts: Vec<PathBuf>,
        output: MatrixOutput,
    },
    Apply(ApplyJob),
    Transfer(TransferJob),
    Check(CheckJob),
    Compare {
        first: PathBuf,
        second: PathBuf,
    },
    Completions {
        shell: clap_complete::Shell,
        definition: clap::Command,
    },
    Man {
        definition: clap::Command,
        page: Option<String>,
        output: Option<OutputDirectory>,
    },
}

pub(crate) struct DemoJob {
    /// Cells along each axis.
    pub(crate) cells: u32,
    pub(crate) parts: usize,
    pub(crate) output: Option<OutputDirectory>,
}

pub(crate) struct GenerateJob {
    pub(crate) mesh: BoxMesh,
    pub(crate) output: MeshOutput,
}

pub(crate) enum InfoJob {
    Mesh { path: PathBuf, reading: ReadOptions },
    Matrix(PathBuf),
}

pub(crate) enum ConvertJob {
    Mesh {
        from: PathBuf,
        reading: ReadOptions,
        /// Every step is written; otherwise the one that `reading` chooses.
        all_steps: bool,
        to: MeshOutput,
    },
    Matrix {
        from: PathBuf,
        to: MatrixOutput,
    },
}

pub(crate) struct PrepareJob {
    pub(crate) source: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) reading: ReadOptions,
    pub(crate) part: Option<PartOfParts>,
    pub(crate) scheme: NamedScheme,
    pub(crate) output: MatrixOutput,
}

/// One part of a partition of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartOfParts {
    /// Below `parts`.
    pub(crate) part: usize,
    pub(crate) parts: usize,
    pub(crate) method: Method,
}

pub(crate) struct ApplyJob {
    pub(crate) matrix: PathBuf,
    pub(crate) fields: FieldsJob,
}

pub(crate) struct TransferJob {
    pub(crate) scheme: NamedScheme,
    pub(crate) limiter: Limiter,
    pub(crate) fields: FieldsJob,
}

pub(crate) struct CheckJob {
    pub(crate) matrix: PathBuf,
    pub(crate) source: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) reading: ReadOptions,
}

/// What typed arguments mean.
pub(crate) fn invocation(typed: Typed, schemes: &Schemes) -> anyhow::Result<Invocation> {
    let Typed {
        everywhere,
        command,
    } = typed;
    Ok(Invocation {
        threads: everywhere.threads.map_or_else(cores, usize::from),
        voice: Voice {
            json: everywhere.json,
            quiet: everywhere.quiet,
        },
        job: job(command, schemes)?,
    })
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn job(command: Command, schemes: &Schemes) -> anyhow::Result<Job> {
    Ok(match command {
        Command::Demo(typed) => Job::Demo(DemoJob {
            cells: typed.cells.into(),
            parts: match typed.parts {
                None => cores(),
                Some(text) => part_count(&text).with_context(|| format!("--parts {text}"))?,
            },
            output: typed.output.map(OutputDirectory::new).transpose()?,
        }),
        Command::Generate(typed) => match typed.what {
            Generated::Box(typed) => Job::Generate(generate_box(typed)?),
        },
        Command::Info(typed) => Job::Info(info(typed)?),
        Command::Convert(typed) => Job::Convert(convert(typed)?),
        Command::Prepare(typed) => {
            let method = method(typed.part_method);
            let part = typed
                .part
                .map(|text| part_of_parts(&text, method).with_context(|| format!("--part {text}")));
            Job::Prepare(PrepareJob {
                source: typed.meshes.source,
                target: typed.meshes.target,
                reading: reading(&typed.meshes.reading),
                part: part.transpose()?,
                scheme: scheme(&typed.scheme, schemes)?,
                output: MatrixOutput::new(typed.output)?,
            })
        }
        Command::Merge(typed) => {
            ensure!(
                !typed
                    .parts
                    .iter()
                    .any(|part| is_same_place(part, &typed.output)),
                "--output {}: is one of the parts, which would be lost; expected another file",
                typed.output.display()
            );
            Job::Merge {
                parts: typed.parts,
                output: MatrixOutput::new(typed.output)?,
            }
        }
        Command::Apply(mut typed) => {
            let names = ["MATRIX", "SOURCE", "TARGET"];
            let [matrix, source, target] = take_paths(typed.paths, &mut typed.fields.field, names)?;
            let report = typed.fields.report.as_deref();
            check_report(report, [(matrix.as_path(), "the matrix is read from")])?;
            Job::Apply(ApplyJob {
                matrix,
                fields: FieldsJob::new(source, target, typed.fields)?,
            })
        }
        Command::Transfer(mut typed) => {
            let names = ["SOURCE", "TARGET"];
            let [source, target] = take_paths(typed.paths, &mut typed.fields.field, names)?;
            let scheme = scheme(&typed.scheme, schemes)?;
            Job::Transfer(TransferJob {
                limiter: limiter(typed.limiter, &scheme, schemes)?,
                scheme,
                fields: FieldsJob::new(source, target, typed.fields)?,
            })
        }
        Command::Check(typed) => Job::Check(CheckJob {
            matrix: typed.matrix,
            source: typed.meshes.source,
            target: typed.meshes.target,
            reading: reading(&typed.meshes.reading),
        }),
        Command::Compare(typed) => Job::Compare {
            first: typed.first,
            second: typed.second,
        },
        Command::Completions(typed) => Job::Completions {
            shell: typed.shell,
            definition: definition(schemes),
        },
        Command::Man(typed) => Job::Man {
            definition: definition(schemes),
            page: typed.page,
            output: typed.output.map(OutputDirectory::new).transpose()?,
        },
    })
}

fn info(typed: InfoArguments) -> anyhow::Result<InfoJob> {
    let InfoArguments {
        file: path,
        selection,
        reading,
    } = typed;
    if is_matrix(&path) {
        refuse_for_matrix("--mesh", selection.mesh.is_some())?;
        refuse_for_matrix("--step", selection.step != "last")?;
        refuse_for_matrix("--linearize", reading.linearize)?;
        return Ok(InfoJob::Matrix(path));
    }
    let (reading, all_steps) = selected(&reading, selection)?;
    ensure!(!all_steps, "--step all: expected the number of one step");
    Ok(InfoJob::Mesh { path, reading })
}

fn convert(typed: ConvertArguments) -> anyhow::Result<ConvertJob> {
    let ConvertArguments {
        from,
        to,
        selection,
        reading,
        writing: wanted,
    } = typed;
    if is_matrix(&from) {
        refuse_for_matrix("--mesh", selection.mesh.is_some())?;
        refuse_for_matrix("--step", selection.step != "last")?;
        refuse_for_matrix("--linearize", reading.linearize)?;
        refuse_for_matrix("--ascii", wanted.ascii)?;
        refuse_for_matrix("--raw", wanted.raw)?;
        refuse_for_matrix("--compression", wanted.compression.is_some())?;
        refuse_for_matrix("--format-version", wanted.format_version.is_some())?;
        let to = MatrixOutput::new(to)?;
        return Ok(ConvertJob::Matrix { from, to });
    }
    let (reading, all_steps) = selected(&reading, selection)?;
    Ok(ConvertJob::Mesh {
        from,
        reading,
        all_steps,
        to: MeshOutput::with(to, writing(wanted))?,
    })
}

fn refuse_for_matrix(option: &str, is_given: bool) -> anyhow::Result<()> {
    ensure!(!is_given, "{option}: is for meshes, not for matrices");
    Ok(())
}

/// How a mesh of a file is read, and whether all steps are.
fn selected(
    typed: &ReadingArguments,
    selection: SelectionArguments,
) -> anyhow::Result<(ReadOptions, bool)> {
    let mut options = reading(typed);
    options.mesh = selection.mesh;
    let step = selection.step;
    match steps(&step).with_context(|| format!("--step {step}"))? {
        Steps::One(step) => Ok((options.step(step), false)),
        Steps::All => Ok((options, true)),
    }
}

fn writing(typed: WritingArguments) -> WriteOptions {
    let mut options = WriteOptions::default();
    options.data = match (typed.ascii, typed.raw) {
        (true, _) => Some(DataEncoding::Ascii),
        (_, true) => Some(DataEncoding::Raw),
        (false, false) => None,
    };
    options.compressor = typed.compression.map(|name| match name {
        CompressionName::None => Compressor::None,
        CompressionName::Zlib => Compressor::Zlib,
        CompressionName::Lz4 => Compressor::Lz4,
        CompressionName::Lzma => Compressor::Lzma,
    });
    options.version = typed.format_version;
    options
}

fn generate_box(typed: BoxArguments) -> anyhow::Result<GenerateJob> {
    let cells: [usize; 3] = three("--cells", &typed.cells, "whole numbers NX,NY,NZ")?;
    let origin: [f64; 3] = three("--origin", &typed.origin, "numbers X,Y,Z")?;
    let size: [f64; 3] = three("--size", &typed.size, "numbers LX,LY,LZ")?;
    let shape = match typed.cell_shape {
        CellShape::Hex => BoxCellShape::Hexahedron,
        CellShape::Tet => BoxCellShape::Tetrahedron,
        CellShape::Wedge => BoxCellShape::Wedge,
        CellShape::Pyramid => BoxCellShape::Pyramid,
        CellShape::Polyhedron => BoxCellShape::Polyhedron,
    };
    let (origin, size) = (Point3::from(origin), Vector3::from(size));
    let (jitter, seed) = (typed.jitter, typed.seed);
    Ok(GenerateJob {
        mesh: BoxMesh {
            cells,
            origin,
            size,
            shape,
            jitter,
            seed,
        },
        output: MeshOutput::new(typed.output)?,
    })
}

pub(super) fn reading(typed: &ReadingArguments) -> ReadOptions {
    ReadOptions::default().linearize(typed.linearize)
}

/// The scheme of a name; the parser knows the names as well.
fn scheme(name: &str, schemes: &Schemes) -> anyhow::Result<NamedScheme> {
    let scheme = schemes.find(name).cloned();
    scheme.with_context(|| format!("--scheme {name}: no such scheme"))
}

/// The limiter of a name; a scheme that has none cannot have one.
fn limiter(name: LimiterName, scheme: &NamedScheme, schemes: &Schemes) -> anyhow::Result<Limiter> {
    let limiter = match name {
        LimiterName::None => Limiter::None,
        LimiterName::BarthJespersen => Limiter::BarthJespersen,
    };
    if limiter != Limiter::None && scheme.make_limited.is_none() {
        let limited = schemes
            .iter()
            .filter(|scheme| scheme.make_limited.is_some());
        let names: Vec<_> = limited.map(|scheme| scheme.name).collect();
        bail!(
            "--limiter {}: scheme {} has no limiter; expected --scheme {}",
            limiter.name(),
            scheme.name,
            names.join(" or ")
        );
    }
    Ok(limiter)
}

fn method(name: MethodName) -> Method {
    match name {
        MethodName::Slices => Method::Slices,
        MethodName::SpaceFillingCurve => Method::SpaceFillingCurve,
        MethodName::CoordinateBisection => Method::CoordinateBisection,
    }
}

/// The paths that stand before the options, or, where there are none, at the end of the names after
/// `--field`, which takes all it gets.
fn take_paths<const N: usize>(
    mut paths: Vec<PathBuf>,
    fields: &mut Vec<String>,
    names: [&str; N],
) -> anyhow::Result<[PathBuf; N]> {
    if paths.is_empty() && fields.len() > N {
        paths = fields
            .drain(fields.len() - N..)
            .map(PathBuf::from)
            .collect();
    }
    paths.try_into().map_err(|paths: Vec<PathBuf>| {
        anyhow::anyhow!(
            "found {} of the {N} paths {}; expected them before the options",
            paths.len(),
            names.join(" ")
        )
    })
}

/// Three values between commas.
fn three<T: FromStr>(option: &str, text: &str, expected: &str) -> anyhow::Result<[T; 3]> {
    let values: Result<Vec<T>, _> = text.split(',').map(|value| value.trim().parse()).collect();
    let values = values.ok().and_then(|values| values.try_into().ok());
    values.with_context(|| format!("{option} {text}: expected three {expected}"))
}

/// `I/P` with I below P.
fn part_of_parts(text: &str, method: Method) -> anyhow::Result<PartOfParts> {
    let expected = "expected I/P, part I of P parts, counted from 0";
    let (part, parts) = text.split_once('/').context(expected)?;
    let part: usize = part.parse().context(expected)?;
    let parts = part_count(parts)?;
    ensure!(
        part < parts,
        "parts are counted from 0; expected 0/{parts} to {}/{parts}",
        parts - 1
    );
    Ok(PartOfParts {
        part,
        parts,
        method,
    })
}

fn part_count(text: &str) -> anyhow::Result<usize> {
    let most = Partition::MAX_PARTS;
    match text.parse() {
        Ok(parts) if (1..=most).contains(&parts) => Ok(parts),
        _ => bail!("expected a number of parts from 1 to {most}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Result<(usize, usize), String> {
        let part = part_of_parts(text, Method::Slices).map_err(|error| error.to_string())?;
        Ok((part.part, part.parts))
    }

    #[test]
    fn parts_are_counted_from_zero() {
        assert_eq!(part("0/1"), Ok((0, 1)));
        assert_eq!(part("6/7"), Ok((6, 7)));
        assert!(part("7/7").unwrap_err().contains("0/7 to 6/7"));
        for bad in [
            "",
            "3",
            "/",
            "1/",
            "/2",
            "-1/2",
            "1/0",
            "a/b",
            "0/99999999999",
            "0/2/3",
        ] {
            assert!(part(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_after_field_names_are_found() {
        let mut fields: Vec<String> = ["t", "p", "a.vtu", "b.vtu"].map(String::from).to_vec();
        let paths = take_paths(Vec::new(), &mut fields, ["SOURCE", "TARGET"]).unwrap();
        assert_eq!(paths, [PathBuf::from("a.vtu"), PathBuf::from("b.vtu")]);
        assert_eq!(fields, ["t", "p"]);
        assert!(take_paths(Vec::new(), &mut fields, ["SOURCE", "TARGET"]).is_err());
        assert!(take_paths(vec!["a".into()], &mut fields, ["SOURCE", "TARGET"]).is_err());
    }

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        super::super::definition(&Schemes::built_in()).debug_assert();
    }

    #[test]
    fn three_values_stand_between_commas() {
        assert_eq!(
            three::<f64>("--size", "1,2.5, -3", "numbers").unwrap(),
            [1.0, 2.5, -3.0]
        );
        for bad in ["1,2", "1,2,3,4", "1,,3", "a,b,c", ""] {
            let error = three::<usize>("--cells", bad, "whole numbers NX,NY,NZ").unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("--cells {bad}: expected"))
            );
        }
    }
}
