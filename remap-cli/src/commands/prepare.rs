//! `remap prepare`: the matrix of overlap volumes, of the whole target or of a part of it.

use std::time::Instant;

use anyhow::ensure;
use mesh_core::{CellId, CsrMatrix, Field, FieldValues, Location, UnstructuredMesh};
use mesh_io::{MatrixFile, PartLabel};
use partition::{Part, Partition};
use remap::{MatrixScheme, OverlapMatrix, P0P0, Preparation, Scheme as _};

use super::meshes::Meshes;
use super::report::{MatrixFacts, MatrixReport, Measures, PartReport, Seconds, Volumes};
use super::transfer::make;
use crate::arguments::{PartOfParts, PrepareJob};
use crate::files::matrix_file;
use crate::output::Outcome;
use crate::progress::Progress;
use crate::schemes::{GivenMesh, NamedScheme};

pub(crate) fn run(job: &PrepareJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let Meshes {
        source,
        target,
        mut warnings,
        seconds: read,
    } = Meshes::read(&job.source, &job.target, &job.reading, progress)?;
    let mut seconds = Seconds {
        read,
        ..Seconds::default()
    };

    let given = [&source, &target].map(|file| GivenMesh {
        mesh: &file.mesh,
        fields: &file.fields,
    });
    let prepared = match job.part {
        None => prepare_whole(&job.scheme, given, progress)?,
        Some(part) => prepare_part(&job.scheme, given, part, progress)?,
    };
    seconds.preparing(prepared.preparation.seconds);
    let matrix = prepared.preparation.matrix;
    if job.part.is_none() {
        warnings.extend(warning_where_nothing_overlaps(&matrix));
    }
    let Summary {
        facts,
        measures,
        volumes,
        seconds: summary,
    } = prepared.summary;
    seconds.report = summary;
    let mut report = MatrixReport::new(&facts, seconds, volumes);
    report.part = prepared.part;

    let file = MatrixFile {
        source: Some(source.mesh.fingerprint()),
        // The whole one, of a part too.
        target: Some(target.mesh.fingerprint()),
        part: prepared.label,
        ..matrix_file(
            matrix,
            job.scheme.name,
            (&source.mesh, measures.source),
            (&target.mesh, measures.target),
        )
    };
    let (written, write) = progress.step("writing", || job.output.write(&file));
    written?;
    seconds.write = write;
    report.seconds = seconds.since(start);
    let volumes = &report.conservation;
    let have_volume = volumes.source_volume > 0.0 && volumes.target_volume > 0.0;
    let is_of_volumes = have_volume && job.scheme.name == P0P0.name();
    let coverage = is_of_volumes.then(|| volumes.coverage_facts(job.part.is_some()));
    let text = report.table_with(coverage.into_iter().flatten());
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

/// Prepares the matrix under a progress bar.
pub(crate) fn prepare(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    scheme: &dyn MatrixScheme,
    progress: &Progress,
) -> anyhow::Result<Preparation> {
    let bar = progress.bar("target cells", target.cell_count());
    let report = |cells| bar.inc(cells);
    Ok(scheme.prepare_matrix(source, target, &report)?)
}

/// A warning where two meshes have nothing in common: no error, but hardly what was meant. Of a
/// part it would say nothing: other parts may be where the source is.
pub(crate) fn warning_where_nothing_overlaps(matrix: &OverlapMatrix) -> Option<String> {
    let nothing = matrix.nonzeros() == 0;
    nothing.then(|| "no source cell overlaps any target cell: the matrix is empty".to_string())
}

/// A matrix, what is said of it, and, where it is that of a part, which.
struct Prepared {
    preparation: Preparation,
    summary: Summary,
    label: Option<PartLabel>,
    part: Option<PartReport>,
}

/// What is said of a matrix and its meshes, and what it took to find.
struct Summary {
    facts: MatrixFacts,
    measures: Measures,
    volumes: Volumes,
    seconds: f64,
}

impl Summary {
    /// The summary of the matrix of two meshes; no target is an empty part of one.
    fn new(
        matrix: &OverlapMatrix,
        source: &UnstructuredMesh,
        target: Option<&UnstructuredMesh>,
        progress: &Progress,
    ) -> Summary {
        let ((facts, measures), seconds) = progress.step("summing", || {
            let facts = MatrixFacts::new(matrix);
            (facts, Measures::new(source, target))
        });
        let volumes = measures.volumes(&facts);
        Summary {
            facts,
            measures,
            volumes,
            seconds,
        }
    }
}

/// The matrix of the whole target.
fn prepare_whole(
    scheme: &NamedScheme,
    given: [GivenMesh<'_>; 2],
    progress: &Progress,
) -> anyhow::Result<Prepared> {
    let [source, target] = given.map(|given| given.mesh);
    let preparation = prepare(source, target, make(scheme, given)?.as_ref(), progress)?;
    let summary = Summary::new(&preparation.matrix, source, Some(target), progress);
    Ok(Prepared {
        preparation,
        summary,
        label: None,
        part: None,
    })
}

/// The matrix of a part of the target; that of an empty part has no rows.
///
/// The scheme is made for the part, with the cell fields of the part.
fn prepare_part(
    scheme: &NamedScheme,
    [source, target]: [GivenMesh<'_>; 2],
    wanted: PartOfParts,
    progress: &Progress,
) -> anyhow::Result<Prepared> {
    let PartOfParts {
        part,
        parts,
        method,
    } = wanted;
    let partition = Partition::new(target.mesh, parts, method)?;
    let part_mesh = partition.extract(target.mesh, part)?;
    let preparation = match &part_mesh {
        Some(Part { mesh, cells, .. }) => {
            let fields = fields_of_part(target.fields, cells)?;
            let fields = &fields;
            let made = make(scheme, [source, GivenMesh { mesh, fields }])?;
            let [_, rows] = made.locations();
            ensure!(
                rows == Location::Cells,
                "--part: rows of scheme {} are nodes, which parts share; expected it without --part",
                scheme.name
            );
            prepare(source.mesh, mesh, made.as_ref(), progress)?
        }
        None => Preparation {
            matrix: empty_part(make(scheme, [source, target])?.as_ref(), source.mesh),
            seconds: remap::Seconds::default(),
        },
    };
    let mesh = part_mesh.as_ref().map(|part| &part.mesh);
    let summary = Summary::new(&preparation.matrix, source.mesh, mesh, progress);
    let cells = part_mesh.map(|part| part.cells).unwrap_or_default();
    let target_rows = target.mesh.cell_count();
    let label = PartLabel {
        part,
        parts,
        rows: cells.into_iter().map(CellId::get).collect(),
        target_rows,
    };
    let report = PartReport {
        part,
        parts,
        target_cells_in_all: target_rows,
    };
    Ok(Prepared {
        preparation,
        summary,
        label: Some(label),
        part: Some(report),
    })
}

/// The matrix of a part without cells.
fn empty_part(scheme: &dyn MatrixScheme, source: &UnstructuredMesh) -> OverlapMatrix {
    let [columns, rows] = scheme.locations();
    let matrix = CsrMatrix::zero((0, source.count_on(columns)));
    OverlapMatrix::new(matrix, None, None).between(columns, rows)
}

/// The values of the cell fields in some cells.
fn fields_of_part(fields: &[Field], cells: &[CellId]) -> anyhow::Result<Vec<Field>> {
    let on_cells = fields
        .iter()
        .filter(|field| field.location() == Location::Cells);
    let gather = |field: &Field| {
        let places = || cells.iter().map(|cell| cell.index());
        let values = match field.values() {
            FieldValues::Float(values) => FieldValues::Float(values.gather(places())?),
            FieldValues::Integer(values) => FieldValues::Integer(values.gather(places())?),
        };
        let of_part = Field::new(field.name(), Location::Cells, values);
        Ok(of_part.with_labels(field.labels().to_vec()))
    };
    on_cells.map(gather).collect()
}
