//! `remap apply`: fields carried across with a matrix that was prepared before.

use std::time::Instant;

use anyhow::Context;

use super::prepare::warning_where_nothing_overlaps;
use super::report::{MatrixReport, Seconds, Volumes};
use super::transferred::{Conservation, find_fields, transfer};
use crate::arguments::ApplyJob;
use crate::files::{read_mesh, read_overlap_matrix};
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &ApplyJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let ApplyJob {
        matrix: matrix_path,
        fields: job,
    } = job;
    let mut warnings = Vec::new();
    let (files, read) = progress.step("reading", || {
        let matrix = read_overlap_matrix(matrix_path)?;
        let source = read_mesh(&job.source, job.reading, &mut warnings)?;
        let target = read_mesh(&job.target, job.reading, &mut warnings)?;
        anyhow::Ok((matrix, source, target))
    });
    let (matrix, source, target) = files?;
    let belongs = matrix.check_meshes(&source.mesh, &target.mesh);
    belongs.with_context(|| matrix_path.display().to_string())?;
    let fields = find_fields(job, &source)?;

    let (transferred, apply) = progress.step("transferring", || {
        transfer(job, &fields, &matrix, &source.mesh, &target)
    });
    let transferred = transferred?;
    let (written, write) = progress.step("writing", || {
        job.output.write(&target.mesh, &transferred.fields)
    });
    written?;

    let conservation = Conservation {
        volumes: Volumes::new(&matrix, &source.mesh, &target.mesh),
        nature: job.nature.name(),
        fields: transferred.reports,
    };
    let seconds = Seconds {
        read,
        apply: Some(apply),
        write,
        ..Seconds::default()
    };
    let report = MatrixReport::new(&matrix, seconds.since(start), conservation);
    let text = format!("{}\n{}", report.table(), report.conservation.table());
    warnings.extend(warning_where_nothing_overlaps(&matrix));
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}
