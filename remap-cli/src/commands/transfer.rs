//! `remap transfer`: fields from one mesh to another.

use std::time::Instant;

use super::prepare::{prepare, warning_where_nothing_overlaps};
use super::report::{MatrixReport, Seconds, Volumes};
use super::transferred::{Conservation, find_fields, transfer};
use crate::arguments::TransferJob;
use crate::files::read_mesh;
use crate::output::Outcome;
use crate::progress::Progress;

pub(crate) fn run(job: &TransferJob, progress: &Progress) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let TransferJob {
        scheme,
        fields: job,
    } = job;
    let mut warnings = Vec::new();
    let (meshes, read) = progress.step("reading the meshes", || {
        let source = read_mesh(&job.source, job.reading, &mut warnings)?;
        let target = read_mesh(&job.target, job.reading, &mut warnings)?;
        anyhow::Ok((source, target))
    });
    let (source, target) = meshes?;
    let fields = find_fields(job, &source)?;
    let mut seconds = Seconds {
        read,
        ..Seconds::default()
    };

    let preparation = prepare(&source.mesh, &target.mesh, scheme.as_ref(), progress)?;
    seconds.preparing(preparation.seconds);
    let matrix = preparation.matrix;
    let (transferred, apply) = progress.step("transferring", || {
        transfer(job, &fields, &matrix, &source.mesh, &target)
    });
    let transferred = transferred?;
    seconds.apply = Some(apply);
    let (written, write) = progress.step("writing", || {
        job.output.write(&target.mesh, &transferred.fields)
    });
    written?;
    seconds.write = write;

    let conservation = Conservation {
        volumes: Volumes::new(&matrix, &source.mesh, &target.mesh),
        nature: job.nature.name(),
        fields: transferred.reports,
    };
    let report = MatrixReport::new(&matrix, seconds.since(start), conservation);
    let text = format!("{}\n{}", report.table(), report.conservation.table());
    warnings.extend(warning_where_nothing_overlaps(&matrix));
    Ok(Outcome::summary(&report, text)?.warning(warnings))
}
