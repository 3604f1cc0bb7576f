//! The pipeline: candidates → overlaps → matrix.

use std::mem::{replace, take};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use geom_intersect::{OrientedBounds, SolidClass};
use mesh_core::{Bounds, UnstructuredMesh};
use rayon::prelude::*;

use crate::assembly::{Frame, GrowingMatrix, RowBlock, sort_rows};
use crate::candidates::{Candidate, CandidateSearch};
use crate::cells::{SourceCell, TargetCell, examine};
use crate::error::PrepareError;
use crate::found::Found;
use crate::nearby::{Nearby, has_scattered_cells};
use crate::numbering::NumberedCells;
use crate::oriented_cells::{OrientedCells, are_tetrahedra};
use crate::overlap_matrix::OverlapMatrix;
use crate::overlaps::{Meshes, OverlapFinder, Rest};
use crate::pieces::{CutMesh, put_together};
use crate::scheme::{Contributions, Overlaps, Scheme};
use crate::search_frame::{CellBounds, SearchFrame};

/// How many target cells a thread takes at a time. The result does not depend on it; fewer make
/// the threads finish together, more make use of what neighbours have in common.
const BLOCK: usize = 128;

/// How many blocks per thread are computed before their rows go to the matrix.
const WINDOW_BLOCKS: usize = 64;

/// How many target cells are computed together where their numbering is poor: the more, the closer
/// neighbours come to one another, and the more rows wait to be put in order.
const RENUMBERED_WINDOW: usize = 1 << 20;

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
    /// Examining the source cells, preparing the search, the meshes' fingerprints.
    pub search: f64,
    /// Finding candidates and computing overlaps, cell by cell.
    pub intersect: f64,
    /// Putting the last rows together; the others are appended while the next are computed.
    pub assemble: f64,
}

/// Prepares the matrix of a scheme for two meshes.
///
/// Rows are target cells and columns source cells, unless the scheme says otherwise. For
/// [`P0P0`](crate::P0P0) an entry is the volume of an overlap; cells that only touch have none. Runs
/// on the current `rayon` thread pool; the result has the same bits for any number of threads.
///
/// Memory beside the meshes: 12 bytes per entry, and while it runs some 100 bytes per source cell, half as
/// many again where both meshes are of tetrahedra, and where cells that are no boxes are numbered anew, for lack of a
/// good order.
/// What it costs in time is in `benches/runs`.
///
/// # Errors
///
/// If the scheme adds to a row or column that its matrix does not have, or adds a weight that is
/// not finite, or needs a mesh cut into more tetrahedra than there are ids, or was made for another
/// source mesh.
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
    let mut seconds = Seconds::default();
    let mut start = Instant::now();
    let mut lap = || replace(&mut start, Instant::now()).elapsed().as_secs_f64();

    let cut_source = CutMesh::new(source, scheme.source_pieces())?;
    let cut_target = CutMesh::new(target, scheme.target_pieces())?;
    let frame = Frame {
        scheme,
        rows: scheme.rows(cut_target.mesh()),
        columns: scheme.columns(cut_source.mesh()),
    };
    let [from, to] = [scheme.source_location(), scheme.target_location()];
    cut_source.check_count(scheme, from, frame.columns)?;
    cut_target.check_count(scheme, to, frame.rows)?;
    let search_frame = SearchFrame::of_meshes(cut_source.mesh(), cut_target.mesh());
    let source_bounds = search_frame.bounds_of(cut_source.mesh());
    let are_tetrahedra = are_tetrahedra([cut_source.mesh(), cut_target.mesh()]);
    let sources = if are_tetrahedra {
        NumberedCells::as_given(&source_bounds)
    } else {
        NumberedCells::of_source(&source_bounds)
    };
    let (bounds, classes) = examine(&sources);
    // What is left of it serial runs beside the fingerprints, which are needed in the end.
    let (mut search, fingerprints) = rayon::join(
        || {
            if are_tetrahedra {
                CandidateSearch::in_some_tree(bounds)
            } else {
                CandidateSearch::of_bounds(bounds)
            }
        },
        || [source, target].map(UnstructuredMesh::fingerprint),
    );
    let (sources, classes) = match search.take_order() {
        Some(order) => {
            let in_order = order.par_iter().map(|&cell| classes[cell as usize]);
            let in_order = in_order.collect();
            drop(classes);
            (sources.reordered(order), in_order)
        }
        None => (sources, classes),
    };
    let oriented = are_tetrahedra.then(|| OrientedCells::of_source(&sources));
    if let Some(expected) = scheme.source_mesh()
        && expected != fingerprints[0]
    {
        return Err(PrepareError::OtherSource {
            scheme: scheme.name().to_owned(),
            expected,
            found: fingerprints[0],
        });
    }
    seconds.search = lap();

    let job = Job {
        source: &cut_source,
        target: &cut_target,
        scheme,
        sources: &sources,
        search: &search,
        classes: &classes,
        oriented: oriented.as_ref(),
        search_frame: &search_frame,
        frame: &frame,
        progress,
        workers: Mutex::default(),
        spare: Mutex::default(),
        renumbered_window: RENUMBERED_WINDOW,
    };
    let targets = search_frame.bounds_of(cut_target.mesh());
    let are_scattered = has_scattered_cells(&targets);
    let (mut matrix, mut last) = job.rows_of_all(&targets, are_scattered)?;
    seconds.intersect = lap();

    matrix.append(&mut last);
    drop((last, job));
    drop((search, classes, oriented, sources));
    drop((source_bounds, targets));
    let matrix = matrix.finish(&frame)?;
    let matrix = put_together(matrix, [(&cut_source, from), (&cut_target, to)]);
    seconds.assemble = lap();
    let [source, target] = fingerprints.map(Some);
    Ok(Preparation {
        matrix: OverlapMatrix::new(matrix, source, target).between(from, to),
        seconds,
    })
}

/// What all threads share.
struct Job<'a> {
    source: &'a CutMesh<'a>,
    target: &'a CutMesh<'a>,
    scheme: &'a dyn Scheme,
    /// The source cells, as they are numbered in the search and among the classes.
    sources: &'a NumberedCells<'a>,
    search: &'a CandidateSearch,
    classes: &'a [SolidClass],
    oriented: Option<&'a OrientedCells>,
    search_frame: &'a SearchFrame,
    frame: &'a Frame<'a>,
    progress: Progress<'a>,
    /// Those that are not at work: what they have allocated and kept serves the next block. Boxed: each
    /// is a hundred kilobytes, which should not be moved from block to block.
    workers: Mutex<Vec<Box<Worker>>>,
    /// Blocks that were appended: memory that has been in use is there at once.
    spare: Mutex<Vec<RowBlock>>,
    /// [`RENUMBERED_WINDOW`], fewer in tests.
    renumbered_window: usize,
}

impl Job<'_> {
    /// Computes the rows of all target cells, window by window. Returns the matrix, and the rows of
    /// the last window, which are to be appended.
    fn rows_of_all(
        &self,
        targets: &CellBounds,
        are_scattered: bool,
    ) -> Result<(GrowingMatrix, Vec<RowBlock>), PrepareError> {
        let cells = self.target.mesh().cell_count();
        let as_given = NumberedCells::as_given(targets);
        let mut matrix = GrowingMatrix::new(self.frame.rows, cells);
        let window = if are_scattered {
            self.renumbered_window
        } else {
            BLOCK * WINDOW_BLOCKS * rayon::current_num_threads()
        };
        let mut computed = Vec::new();
        for start in (0..cells).step_by(window) {
            let window = start..cells.min(start + window);
            // Rows of one window are appended while those of the next are computed.
            let append = || {
                matrix.append(&mut computed);
                lock(&self.spare).append(&mut computed);
            };
            let compute = || {
                if are_scattered {
                    let window = window.start as u32..window.end as u32;
                    self.rows_renumbered(targets, window)
                } else {
                    self.rows(&as_given, window)
                }
            };
            let ((), next) = rayon::join(append, compute);
            computed = next?;
        }
        Ok((matrix, computed))
    }

    /// Computes the rows of consecutive target cells, visiting them in a better order.
    fn rows_renumbered(
        &self,
        targets: &CellBounds,
        window: Range<u32>,
    ) -> Result<Vec<RowBlock>, PrepareError> {
        let start = window.start;
        let targets = NumberedCells::anew(targets, window);
        let cells = 0..targets.count();
        let blocks = self.rows(&targets, cells.clone())?;
        let from_start = |cell: usize| targets.id(cell as u32).get() - start;
        let order: Vec<u32> = cells.map(from_start).collect();
        Ok(vec![sort_rows(blocks, &order, BLOCK)])
    }

    /// Computes the rows of consecutive target cells, in parallel.
    fn rows(
        &self,
        targets: &NumberedCells<'_>,
        cells: Range<usize>,
    ) -> Result<Vec<RowBlock>, PrepareError> {
        let blocks = cells.len().div_ceil(BLOCK);
        let blocks = (0..blocks).into_par_iter().map(|block| {
            let start = cells.start + block * BLOCK;
            let cells = start as u32..cells.end.min(start + BLOCK) as u32;
            let idle = lock(&self.workers).pop();
            let mut worker = idle.unwrap_or_default();
            let spare = lock(&self.spare).pop();
            let mut rows = spare.unwrap_or_default();
            // A worker with what is left of a failure does not come back.
            worker.visit(self, targets, cells.clone(), &mut rows)?;
            lock(&self.workers).push(worker);
            let ends_cell = |&cell: &u32| self.target.ends_cell(targets.id(cell));
            (self.progress)(cells.filter(ends_cell).count() as u64);
            Ok(rows)
        });
        blocks.collect()
    }
}

/// Locks what no panic can leave in disorder.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What each thread has for itself.
#[derive(Default)]
struct Worker {
    overlaps: OverlapFinder,
    targets: Vec<TargetCell>,
    bounds: Vec<Bounds>,
    /// Of the target cells, where they are worth it.
    oriented: Vec<OrientedBounds>,
    nearby: Nearby,
    contributions: Contributions,
    found: Found,
    /// How many entries the last block had.
    entries: usize,
}

impl Worker {
    /// Computes the rows of some target cells that are close together.
    fn visit(
        &mut self,
        job: &Job<'_>,
        targets: &NumberedCells<'_>,
        cells: Range<u32>,
        rows: &mut RowBlock,
    ) -> Result<(), PrepareError> {
        self.overlaps.forget_targets();
        self.targets.clear();
        let ids = cells.clone().map(|cell| TargetCell::new(targets.id(cell)));
        self.targets.extend(ids);
        let bounds = cells.zip(&self.targets).map(|(cell, target)| {
            targets.prefetch_after(cell);
            targets.bounds().of(target.id())
        });
        self.bounds.clear();
        self.bounds.extend(bounds);
        let mut oriented_targets = take(&mut self.oriented);
        let oriented = job.oriented.map(|cells| {
            let ids = self.targets.iter().map(|target| target.id());
            cells.beside(targets.mesh(), ids, &mut oriented_targets)
        });

        // A little more than the last block had, as most have about the same.
        rows.clear(self.targets.len(), self.entries + self.entries / 8);
        let mut outcome = Ok(());
        let (bounds, mut nearby) = (take(&mut self.bounds), take(&mut self.nearby));
        job.search
            .find_candidates_of_each(&bounds, oriented, &mut nearby, |index, candidates| {
                if outcome.is_ok() {
                    self.overlap(job, targets.mesh(), index, candidates);
                    outcome = rows.push_cell(&mut self.contributions, job.frame);
                }
            });
        (self.bounds, self.oriented, self.nearby) = (bounds, oriented_targets, nearby);
        self.entries = rows.entry_count();
        outcome
    }

    /// Computes the overlaps of a target cell, given by its index, and lets the scheme add its
    /// contributions.
    fn overlap(
        &mut self,
        job: &Job<'_>,
        target_mesh: &UnstructuredMesh,
        index: usize,
        candidates: &[Candidate],
    ) {
        let cells = &self.targets[index..];
        let meshes = Meshes {
            sources: job.sources,
            target: target_mesh,
            classes: job.classes,
            search: job.search,
            frame: job.search_frame,
        };
        let (found, sources) = (&mut self.found, job.sources);
        found.clear();
        let add = |source: SourceCell, volume: f64, rest: Option<&Rest>| {
            let source = SourceCell::new(sources.id(source.get()));
            found.push(source, volume, rest);
        };
        let needed = job.scheme.moments_needed();
        self.overlaps
            .for_each(meshes, cells, candidates, needed, add);
        found.sort();
        let target = cells[0];
        self.contributions.begin(target.get());
        let overlaps = Overlaps {
            found,
            target,
            sources: job.source,
            targets: job.target,
        };
        job.scheme
            .contribute_each(&overlaps, &mut self.contributions);
    }
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxCellShape, BoxMesh, CellId, CsrMatrix, Point3, Vector3};
    use nalgebra::Rotation3;

    use super::*;
    use crate::scheme::Overlap;
    use crate::scheme::Pieces;
    use crate::schemes::P0P0;

    /// Target nodes × source cells: each overlap adds to the rows of all nodes of its target cell.
    struct Nodes;

    impl Scheme for Nodes {
        fn name(&self) -> &'static str {
            "nodes"
        }

        fn rows(&self, target: &UnstructuredMesh) -> usize {
            target.node_count()
        }

        fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
            for (share, node) in (1..).zip(overlap.target_mesh.cell_nodes(overlap.target.id())) {
                let weight = overlap.moments.volume / f64::from(share);
                contributions.add(node.get(), overlap.source.get(), weight);
            }
        }
    }

    /// Volumes, where the overlaps of each target cell come in order.
    #[derive(Default)]
    struct InOrder {
        last: Mutex<Option<(TargetCell, SourceCell)>>,
    }

    impl Scheme for InOrder {
        fn name(&self) -> &'static str {
            "in order"
        }

        fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
            let this = (overlap.target, overlap.source);
            if let Some(last) = lock(&self.last).replace(this) {
                assert!(
                    last.0 != this.0 || last.1 < this.1,
                    "{last:?}, then {this:?}"
                );
            }
            P0P0.contribute(overlap, contributions);
        }
    }

    /// How the source cells are numbered; the target cells are numbered anew together with them.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Numbering {
        AsGiven,
        Anew,
        Copied,
    }

    fn matrix(
        scheme: &dyn Scheme,
        (shape, jitter): (BoxCellShape, f64),
        numbering: Numbering,
        renumbered_window: usize,
    ) -> CsrMatrix {
        // Every 101st cell of a box that lies askew.
        let mesh = |cells, seed| {
            let mesh = BoxMesh {
                shape,
                jitter,
                seed,
                ..BoxMesh::unit([cells; 3])
            };
            let rotation = Rotation3::new(Vector3::new(0.1, 0.2, 0.3));
            let mesh = mesh.generate().unwrap();
            let mesh = mesh.rotate(&rotation, &Point3::origin()).unwrap();
            let count = mesh.cell_count();
            let cells = (0..count).map(|cell| CellId::new((cell * 101 % count) as u32));
            mesh.extract(&cells.collect::<Vec<_>>()).unwrap()
        };
        let (source, target) = (mesh(6, 1), mesh(8, 2));
        let frame = Frame {
            scheme,
            rows: scheme.rows(&target),
            columns: scheme.columns(&source),
        };
        let [cut_source, cut_target] =
            [&source, &target].map(|mesh| CutMesh::new(mesh, Pieces::Cells).unwrap());
        let search_frame = SearchFrame::default();
        let [sources, targets] = [&source, &target].map(|mesh| search_frame.bounds_of(mesh));
        let (count, given) = (
            source.cell_count() as u32,
            NumberedCells::as_given(&sources),
        );
        let sources = match numbering {
            Numbering::AsGiven => given,
            Numbering::Anew => NumberedCells::anew(&sources, 0..count),
            Numbering::Copied => given.reordered((0..count).rev().collect()),
        };
        let (bounds, classes) = examine(&sources);
        let job = Job {
            source: &cut_source,
            target: &cut_target,
            scheme,
            sources: &sources,
            search: &CandidateSearch::of_bounds(bounds),
            classes: &classes,
            oriented: None,
            search_frame: &search_frame,
            frame: &frame,
            progress: &|_| {},
            workers: Mutex::default(),
            spare: Mutex::default(),
            renumbered_window,
        };
        let (mut matrix, mut last) = job
            .rows_of_all(&targets, numbering != Numbering::AsGiven)
            .unwrap();
        matrix.append(&mut last);
        matrix.finish(&frame).unwrap()
    }

    #[test]
    fn cells_numbered_anew_give_the_same_bits_in_windows_of_any_size() {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let alone = alone.unwrap();
        for cells in [
            (BoxCellShape::Hexahedron, 0.0),
            (BoxCellShape::Hexahedron, 0.2),
            (BoxCellShape::Tetrahedron, 0.2),
        ] {
            for scheme in [&P0P0 as &dyn Scheme, &Nodes] {
                let expected = matrix(scheme, cells, Numbering::AsGiven, 0);
                // 512 cells or six times as many, in blocks of 128.
                for (window, numbering) in [
                    (1, Numbering::Anew),
                    (100, Numbering::Copied),
                    (128, Numbering::Anew),
                    (300, Numbering::Copied),
                    (512, Numbering::Anew),
                    (1000, Numbering::Copied),
                ] {
                    let found = matrix(scheme, cells, numbering, window);
                    assert_eq!(
                        mesh_core::digest(&found),
                        mesh_core::digest(&expected),
                        "{}, {cells:?}, windows of {window}",
                        scheme.name()
                    );
                }
            }
            alone.install(|| matrix(&InOrder::default(), cells, Numbering::Anew, 300));
        }
    }
}
