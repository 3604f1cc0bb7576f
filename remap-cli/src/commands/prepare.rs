//! `remap prepare`: the matrix of overlap volumes, of the whole target or of a part of it.

use std::time::Instant;

use mesh_core::{CellId, CsrMatrix, UnstructuredMesh};
use mesh_io::{MatrixFile, PartLabel};
use partition::{Part, Partition};
use remap::{OverlapMatrix, P0P0, Preparation, Scheme, prepare_with};

use super::report::{MatrixReport, PartReport, Seconds, Volumes};
use crate::arguments::{PartOfParts, PrepareJob};
use crate::files::read_mesh;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &PrepareJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let mut warnings = Vec::new();
    let (meshes, read) = progress.step("reading the meshes", || {
        let source = read_mesh(&job.source, job.reading, &mut warnings)?.mesh;
        let target = read_mesh(&job.target, job.reading, &mut warnings)?.mesh;
        anyhow::Ok((source, target))
    });
    let (source, target) = meshes?;
    let mut seconds = Seconds {
        read,
        ..Seconds::default()
    };

    let prepared = match job.part {
        None => Prepared::whole(
            prepare(&source, &target, &P0P0, progress)?,
            &source,
            &target,
        ),
        Some(part) => prepare_part(&source, &target, part, progress)?,
    };
    seconds.preparing(prepared.preparation.seconds);
    let matrix = prepared.preparation.matrix;
    if job.part.is_none() {
        warnings.extend(warning_where_nothing_overlaps(&matrix));
    }
    let mut report = MatrixReport::new(&matrix, seconds, prepared.volumes);
    report.part = prepared.report;

    let file = MatrixFile {
        matrix: matrix.into_matrix(),
        source: Some(source.fingerprint()),
        target: Some(target.fingerprint()),
        part: prepared.label,
    };
    let (written, write) = progress.step("writing", || job.output.write(&file));
    written?;
    seconds.write = write;
    report.seconds = seconds.since(start);
    let text = report.table();
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}

/// Prepares the matrix under a progress bar.
pub(crate) fn prepare(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    scheme: &dyn Scheme,
    progress: &Progress,
) -> anyhow::Result<Preparation> {
    let bar = progress.bar("target cells", target.cell_count());
    let preparation = prepare_with(source, target, scheme, &|cells| bar.inc(cells))?;
    bar.finish_and_clear();
    Ok(preparation)
}

/// A warning where two meshes have nothing in common: no error, but hardly what was meant. Of a
/// part it would say nothing: other parts may be where the source is.
pub(crate) fn warning_where_nothing_overlaps(matrix: &OverlapMatrix) -> Option<String> {
    let nothing = matrix.nonzeros() == 0;
    nothing.then(|| "no source cell overlaps any target cell: the matrix is empty".to_string())
}

/// A matrix and, where it is that of a part, which.
struct Prepared {
    preparation: Preparation,
    volumes: Volumes,
    label: Option<PartLabel>,
    report: Option<PartReport>,
}

impl Prepared {
    fn whole(
        preparation: Preparation,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
    ) -> Prepared {
        let volumes = Volumes::new(&preparation.matrix, source, target);
        Prepared {
            preparation,
            volumes,
            label: None,
            report: None,
        }
    }
}

/// The matrix of a part of the target; that of an empty part has no rows.
fn prepare_part(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    wanted: PartOfParts,
    progress: &Progress,
) -> anyhow::Result<Prepared> {
    let PartOfParts {
        part,
        parts,
        method,
    } = wanted;
    let partition = Partition::new(target, parts, method)?;
    let (preparation, volumes, cells) = match partition.extract(target, part)? {
        Some(Part { mesh, cells, .. }) => {
            let preparation = prepare(source, &mesh, &P0P0, progress)?;
            let volumes = Volumes::new(&preparation.matrix, source, &mesh);
            (preparation, volumes, cells)
        }
        None => {
            let empty = CsrMatrix::zero((0, source.cell_count()));
            let matrix = OverlapMatrix::new(empty, Some(source.fingerprint()), None);
            let volumes = Volumes {
                source_volume: source.measures().iter().sum(),
                target_volume: 0.0,
                overlap_volume: 0.0,
                uncovered_target_cells: 0,
            };
            (
                Preparation {
                    matrix,
                    seconds: remap::Seconds::default(),
                },
                volumes,
                Vec::new(),
            )
        }
    };
    let target_rows = target.cell_count();
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
        volumes,
        label: Some(label),
        report: Some(report),
    })
}
