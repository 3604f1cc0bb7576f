//! The pipeline: candidates → overlaps → matrix.

use std::time::Instant;

use geom_intersect::{Intersector, Moments, Solid, SolidClass};
use mesh_core::{CellId, UnstructuredMesh, Vector3};
use rayon::prelude::*;

use crate::assembly::{Frame, RowBlock, assemble};
use crate::candidates::CandidateSearch;
use crate::cells::{SolidMaker, SourceCell, TargetCell, classify};
use crate::error::PrepareError;
use crate::overlap_matrix::OverlapMatrix;
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Scheme};

/// How many consecutive target cells a thread takes at a time. The result does not depend on it;
/// fewer make the threads finish together, more make use of what neighbours have in common.
const BLOCK: u32 = 512;

/// Told how many target cells are done, from any thread, some hundred times in all or more.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// A prepared matrix and what it took.
#[derive(Debug)]
pub struct Preparation {
    /// The matrix.
    pub matrix: OverlapMatrix,
    /// Wall time of the stages.
    pub seconds: Seconds,
}

/// Wall time of the stages of a preparation, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Seconds {
    /// Classifying the source cells and building the search tree.
    pub search: f64,
    /// Finding candidates and computing overlaps, cell by cell.
    pub intersect: f64,
    /// Putting the rows together.
    pub assemble: f64,
}

/// Prepares the matrix of a scheme for two meshes.
///
/// Rows are target cells and columns source cells, unless the scheme says otherwise. For
/// [`P0P0`](crate::P0P0) an entry is the volume of an overlap; cells that only touch have none. Runs
/// on the current `rayon` thread pool; the result has the same bits for any number of threads.
///
/// Cost: about half a microsecond per entry for convex cells on one thread; 12 bytes per entry and
/// some 150 bytes per source cell while it runs.
///
/// # Errors
///
/// If the scheme adds to a row or column that its matrix does not have, or adds a weight that is
/// not finite.
pub fn prepare(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    scheme: &dyn Scheme,
) -> Result<OverlapMatrix, PrepareError> {
    prepare_with(source, target, scheme, &|_| {}).map(|preparation| preparation.matrix)
}

/// Does what [`prepare`] does, reports progress and takes the time.
///
/// # Errors
///
/// As [`prepare`].
pub fn prepare_with(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    scheme: &dyn Scheme,
    progress: Progress<'_>,
) -> Result<Preparation, PrepareError> {
    let frame = Frame {
        scheme,
        rows: scheme.rows(target),
        columns: scheme.columns(source),
    };
    let mut seconds = Seconds::default();
    let mut start = Instant::now();
    let mut lap = || {
        std::mem::replace(&mut start, Instant::now())
            .elapsed()
            .as_secs_f64()
    };

    let (search, classes) = rayon::join(|| CandidateSearch::new(source), || classify(source));
    seconds.search = lap();

    let job = Job {
        source,
        target,
        scheme,
        search: &search,
        classes: &classes,
    };
    let cells = target.cell_count() as u32;
    let blocks = (0..cells.div_ceil(BLOCK))
        .into_par_iter()
        .map_init(Worker::default, |worker, block| {
            let rows = block * BLOCK..cells.min((block + 1) * BLOCK);
            let count = u64::from(rows.end - rows.start);
            let mut result = RowBlock::default();
            for row in rows {
                worker.visit(&job, TargetCell::new(CellId::new(row)));
                result.push_cell(row, &mut worker.contributions, &frame)?;
            }
            progress(count);
            Ok(result)
        })
        .collect::<Result<Vec<_>, PrepareError>>()?;
    drop((search, classes));
    seconds.intersect = lap();

    let matrix = assemble(blocks, &frame)?;
    seconds.assemble = lap();
    Ok(Preparation {
        matrix: OverlapMatrix::new(
            matrix,
            Some(source.fingerprint()),
            Some(target.fingerprint()),
        ),
        seconds,
    })
}

/// What all threads share.
struct Job<'a> {
    source: &'a UnstructuredMesh,
    target: &'a UnstructuredMesh,
    scheme: &'a dyn Scheme,
    search: &'a CandidateSearch,
    classes: &'a [SolidClass],
}

/// What each thread has for itself.
#[derive(Default)]
struct Worker {
    maker: SolidMaker,
    intersector: Intersector,
    target_solid: Solid,
    source_solids: SolidCache,
    candidates: Vec<SourceCell>,
    contributions: Contributions,
}

impl Worker {
    /// Computes the overlaps of a target cell and lets the scheme add its contributions.
    fn visit(&mut self, job: &Job<'_>, target: TargetCell) {
        let bounds = job.target.cell_bounds(target.id());
        job.search.find_candidates(&bounds, &mut self.candidates);
        if self.candidates.is_empty() {
            return;
        }
        self.maker
            .fill(job.target, target.id(), &mut self.target_solid);
        let moments_needed = job.scheme.moments_needed();
        for &source in &self.candidates {
            let class = job.classes[source.id().index()];
            let solid = self
                .source_solids
                .get(&mut self.maker, job.source, source, class);
            let moments = match moments_needed {
                MomentsNeeded::Volume => {
                    let volume = self.intersector.volume(solid, &self.target_solid);
                    volume.map(|volume| Moments {
                        volume,
                        first: Vector3::zeros(),
                        origin: bounds.min,
                    })
                }
                MomentsNeeded::VolumeAndFirst => {
                    self.intersector.moments(solid, &self.target_solid)
                }
            };
            if let Some(moments) = moments {
                let overlap = Overlap {
                    source,
                    target,
                    moments,
                    source_mesh: job.source,
                    target_mesh: job.target,
                };
                job.scheme.contribute(&overlap, &mut self.contributions);
            }
        }
    }
}

/// Source solids that are costly to make, kept for the next target cells.
///
/// A convex standard cell is made anew each time: that is cheaper than to look for it. Others are
/// kept in a table of fixed size, each where its id says.
#[derive(Default)]
struct SolidCache {
    fresh: Solid,
    kept: Vec<(Option<SourceCell>, Solid)>,
}

/// Solids kept per thread; a warped hexahedron takes some kilobytes.
const KEPT_SOLIDS: usize = 1024;

impl SolidCache {
    fn get(
        &mut self,
        maker: &mut SolidMaker,
        mesh: &UnstructuredMesh,
        cell: SourceCell,
        class: SolidClass,
    ) -> &Solid {
        if class.convex && mesh.shape(cell.id()).node_count().is_some() {
            maker.fill_classified(mesh, cell.id(), class, &mut self.fresh);
            return &self.fresh;
        }
        if self.kept.is_empty() {
            self.kept.resize_with(KEPT_SOLIDS, Default::default);
        }
        let (owner, solid) = &mut self.kept[cell.id().index() % KEPT_SOLIDS];
        if *owner != Some(cell) {
            maker.fill(mesh, cell.id(), solid);
            *owner = Some(cell);
        }
        solid
    }
}
