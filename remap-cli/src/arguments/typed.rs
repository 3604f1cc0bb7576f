//! The arguments as typed: what `clap` reads, and what `--help` says.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::typed_fields::FieldArguments;

/// Conservative transfer of fields between meshes of three-dimensional cells.
#[derive(Debug, Parser)]
#[command(
    name = "remap",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    after_help = "\
Exit status: 0 done; 1 the command ran, and what it checks does not hold (check, compare, demo); \
2 bad arguments or bad input.

Example:
  remap generate box --cells 8,8,8 -o source.vtu
  remap generate box --cells 6,6,6 --cell-shape tet -o target.vtu
  remap prepare source.vtu target.vtu -o matrix.npz
  remap check matrix.npz source.vtu target.vtu"
)]
pub(crate) struct Typed {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Args, Debug)]
pub(crate) struct Everywhere {
    /// Threads to compute with, 1 to 1024 (default: one for each core). Results do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// One JSON object on standard output, and nothing else there.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No summary, progress or warnings; only errors (and, with --json, the object).
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(DemoArguments),
    Generate(GenerateArguments),
    Info(InfoArguments),
    Convert(ConvertArguments),
    Prepare(PrepareArguments),
    Merge(MergeArguments),
    Apply(ApplyArguments),
    Transfer(TransferArguments),
    Check(CheckArguments),
    Compare(CompareArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Run the reference exercise: one matrix computed whole and in parts, compared bit for bit.
///
/// A box of N × N × N hexahedra is the source, a copy moved by half a cell the target. Exit status
/// 1 where the two matrices differ or are not the known answer.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap demo --cells 40 --parts 4")]
pub(crate) struct DemoArguments {
    /// Cells along each axis.
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) cells: u16,
    /// Parts the target is cut into (default: one for each core).
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) parts: Option<String>,
    /// Also write both meshes, the matrix and a transferred field into this directory.
    #[arg(short, long = "output", value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

/// Make a test mesh.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap generate box --cells 8,8,8 -o box.vtu")]
pub(crate) struct GenerateArguments {
    #[command(subcommand)]
    pub(crate) what: Generated,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Generated {
    Box(BoxArguments),
}

/// A box of cells of one shape.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  remap generate box --cells 8,6,4 --size 2,1,1 --cell-shape tet \
                  --jitter 0.2 --seed 7 -o box.vtu"
)]
pub(crate) struct BoxArguments {
    /// Boxes along x, y and z; each becomes one cell, or several of the shape asked for.
    #[arg(long, value_name = "NX,NY,NZ", allow_hyphen_values = true)]
    pub(crate) cells: String,
    /// The lower corner.
    #[arg(
        long,
        value_name = "X,Y,Z",
        default_value = "0,0,0",
        allow_hyphen_values = true
    )]
    pub(crate) origin: String,
    /// The lengths of the edges.
    #[arg(
        long,
        value_name = "LX,LY,LZ",
        default_value = "1,1,1",
        allow_hyphen_values = true
    )]
    pub(crate) size: String,
    /// What every box becomes.
    #[arg(long, value_enum, value_name = "SHAPE", default_value_t = CellShape::Hex)]
    pub(crate) cell_shape: CellShape,
    /// How far nodes are moved, in cell widths; those of the boundary stay in the boundary.
    #[arg(
        long,
        value_name = "A",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    pub(crate) jitter: f64,
    /// Another number, other moves.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The mesh to write.
    #[arg(short, long, value_name = "MESH")]
    pub(crate) output: PathBuf,
}

/// The cell shapes of `generate box`, by their short names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CellShape {
    Hex,
    Tet,
    Wedge,
    Pyramid,
    Polyhedron,
}

/// How mesh files are read.
#[derive(Args, Debug)]
pub(crate) struct ReadingArguments {
    /// Read quadratic cells as linear ones, with a warning, instead of refusing them.
    #[arg(long)]
    pub(crate) linearize: bool,
}

/// Which mesh and step are read of a file that holds several.
#[derive(Args, Debug)]
pub(crate) struct SelectionArguments {
    /// The mesh to read of a file that holds several, by name (default: the first).
    #[arg(long, value_name = "NAME")]
    pub(crate) mesh: Option<String>,
    /// Which step of a time series is read: its number from 0, or last; `convert` knows all as well.
    #[arg(
        long,
        value_name = "N",
        default_value = "last",
        allow_hyphen_values = true
    )]
    pub(crate) step: String,
}

/// Show what a file holds.
///
/// Of a mesh: cells by shape, nodes, bounds, volume, steps, fields and problems. Of a matrix: rows,
/// columns, entries, their sum, the digest, and the meshes it belongs to.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap info mesh.vtu\n  remap info matrix.npz")]
pub(crate) struct InfoArguments {
    /// The mesh, or the matrix, to look at.
    #[arg(value_name = "MESH")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// Write a mesh with its fields, or a matrix with its labels, in another format.
///
/// Of a time series the last step is written, or the one asked for, or all with `--step all`: into a
/// file for each step where the format has no time.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  remap convert mesh.vtu copy.vtu --raw --compression none\n  \
                  remap convert matrix.npz weights.nc"
)]
pub(crate) struct ConvertArguments {
    /// The mesh, or the matrix, to read.
    #[arg(value_name = "FROM")]
    pub(crate) from: PathBuf,
    /// The file to write; its extension says the format.
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    #[command(flatten)]
    pub(crate) writing: WritingArguments,
}

/// How a mesh file is written, where its format leaves a choice.
#[derive(Args, Debug)]
#[command(next_help_heading = "Encoding, where the format leaves a choice")]
pub(crate) struct WritingArguments {
    /// Numbers in digits.
    #[arg(long, conflicts_with = "raw")]
    pub(crate) ascii: bool,
    /// Numbers as bytes even where that makes the file no valid XML: smallest and fastest.
    #[arg(long)]
    pub(crate) raw: bool,
    /// How numbers are compressed.
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) compression: Option<CompressionName>,
    /// The version of the format, such as 2.2 or 4.1 of .msh.
    #[arg(long, value_name = "V")]
    pub(crate) format_version: Option<String>,
}

/// The ways to compress numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressionName {
    /// Not at all.
    None,
    /// Every reader has it.
    Zlib,
    /// Fast.
    Lz4,
    /// Readable by VTK, but not smaller: the data are stored.
    Lzma,
}

/// Compute the matrix of overlap volumes: rows are target cells, columns source cells.
///
/// With --part I/P only the rows of part I (counted from 0) of P parts of the target, for `merge`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  remap prepare source.vtu target.vtu -o matrix.npz\n  \
                  remap prepare source.vtu target.vtu --part 0/2 -o first.npz"
)]
pub(crate) struct PrepareArguments {
    #[command(flatten)]
    pub(crate) meshes: MeshPair,
    /// Only part I, counted from 0, of P parts of the target.
    #[arg(long, value_name = "I/P", allow_hyphen_values = true)]
    pub(crate) part: Option<String>,
    /// How the target is cut into parts; the same for all parts of a job.
    #[arg(long, value_enum, value_name = "METHOD", default_value_t = MethodName::Slices, requires = "part")]
    pub(crate) part_method: MethodName,
    /// The interpolation scheme that the matrix is for.
    #[arg(long, value_name = "SCHEME", default_value = "p0-p0")]
    pub(crate) scheme: String,
    /// The matrix to write.
    #[arg(short, long, value_name = "MATRIX")]
    pub(crate) output: PathBuf,
}

/// The ways to cut a mesh into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodName {
    /// Contiguous runs of cell ids.
    Slices,
    /// Runs of a Hilbert curve through the cells.
    SpaceFillingCurve,
    /// Recursive cuts across the longest axis.
    CoordinateBisection,
}

/// The two meshes of a job.
#[derive(Args, Debug)]
pub(crate) struct MeshPair {
    /// The mesh that fields come from.
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    /// The mesh that fields go to.
    #[arg(value_name = "TARGET")]
    pub(crate) target: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// Put the matrices of all parts together, given in any order.
///
/// A missing, doubled or foreign part is an error that names it.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap merge part0.npz part1.npz part2.npz -o matrix.npz")]
pub(crate) struct MergeArguments {
    /// The parts' matrices, as `prepare --part` wrote them.
    #[arg(value_name = "PART", required = true)]
    pub(crate) parts: Vec<PathBuf>,
    /// The matrix to write.
    #[arg(short, long, value_name = "MATRIX")]
    pub(crate) output: PathBuf,
}

/// Transfer cell fields with a matrix that `prepare` made.
#[derive(Args, Debug)]
#[command(
    override_usage = "remap apply [OPTIONS] <MATRIX> <SOURCE> <TARGET> --field <NAME>... --output <MESH>",
    after_help = "Example:\n  remap apply matrix.npz source.vtu target.vtu --field temperature \
                  -o result.vtu"
)]
pub(crate) struct ApplyArguments {
    /// The matrix, the mesh with the fields, the mesh they go to.
    #[arg(value_names = ["MATRIX", "SOURCE", "TARGET"], num_args = 0..=3)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) fields: FieldArguments,
}

/// Transfer cell fields from one mesh to another: `prepare` and `apply` in one.
#[derive(Args, Debug)]
#[command(
    override_usage = "remap transfer [OPTIONS] <SOURCE> <TARGET> --field <NAME>... --output <MESH>",
    after_help = "Example:\n  remap transfer source.vtu target.vtu --field temperature \
                  --nature intensive-conservation -o result.vtu"
)]
pub(crate) struct TransferArguments {
    /// The mesh with the fields, the mesh they go to.
    #[arg(value_names = ["SOURCE", "TARGET"], num_args = 0..=2)]
    pub(crate) paths: Vec<PathBuf>,
    /// The interpolation scheme.
    #[arg(long, value_name = "SCHEME", default_value = "p0-p0")]
    pub(crate) scheme: String,
    /// What keeps a linear scheme from overshooting.
    #[arg(long, value_enum, value_name = "LIMITER", default_value_t = LimiterName::None)]
    pub(crate) limiter: LimiterName,
    #[command(flatten)]
    pub(crate) fields: FieldArguments,
}

/// The limiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LimiterName {
    /// Linear fields stay exact; at steps values overshoot.
    None,
    /// No value beyond those of the cells around.
    BarthJespersen,
}

/// Check the laws of a matrix: rows against target volumes, columns against source volumes.
///
/// Exit status 1 where they do not hold.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap check matrix.npz source.vtu target.vtu")]
pub(crate) struct CheckArguments {
    /// The matrix to check.
    #[arg(value_name = "MATRIX")]
    pub(crate) matrix: PathBuf,
    #[command(flatten)]
    pub(crate) meshes: MeshPair,
}

/// Compare two matrices entry by entry, bit for bit.
///
/// Exit status 1 where any entry differs, or is stored in one matrix only.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap compare one.npz other.mtx")]
pub(crate) struct CompareArguments {
    /// One matrix.
    #[arg(value_name = "MATRIX")]
    pub(crate) first: PathBuf,
    /// The other.
    #[arg(value_name = "MATRIX")]
    pub(crate) second: PathBuf,
}

/// Print the completion script of a shell.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  remap completions bash > ~/.local/share/bash-completion/completions/remap"
)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page, or write those of all commands into a directory.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  remap man | man -l -\n  remap man prepare | man -l -")]
pub(crate) struct ManArguments {
    /// The command whose page is wanted (default: the page of `remap` itself).
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    pub(crate) page: Option<String>,
    /// Write the pages of all commands into this directory.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}
