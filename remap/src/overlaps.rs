//! The overlaps of one target cell with its candidates.

use geom_intersect::{Intersector, Moments, SecondMoments, Solid, SolidClass, box_overlap};
use mesh_core::{Shape, UnstructuredMesh};
use nalgebra::Matrix3;

use crate::candidates::{Candidate, CandidateSearch};
use crate::cells::{SolidMaker, SourceCell, TargetCell, as_upright_box};
use crate::scheme::MomentsNeeded;
use crate::tetrahedra::Tetrahedra;

/// Finds the overlaps of one target cell after the other; owns the scratch space, so there is one
/// per thread.
#[derive(Debug, Default)]
pub(crate) struct OverlapFinder {
    maker: SolidMaker,
    intersector: Intersector,
    second_moments: SecondMoments,
    target: Solid,
    /// Source solids that are made anew each time.
    fresh: [Solid; 2],
    kept: SolidCache,
    tetrahedra: Tetrahedra,
}

/// Both meshes, and what is known of each source cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meshes<'a> {
    pub(crate) source: &'a UnstructuredMesh,
    pub(crate) target: &'a UnstructuredMesh,
    pub(crate) classes: &'a [SolidClass],
    pub(crate) search: &'a CandidateSearch,
}

impl OverlapFinder {
    /// Visits the overlaps of a target cell in the order of the candidates, each with the second moment
    /// about its centroid, or without where that is not needed.
    pub(crate) fn for_each_with_second(
        &mut self,
        meshes: Meshes<'_>,
        target: TargetCell,
        candidates: &[Candidate],
        needed: MomentsNeeded,
        mut visit: impl FnMut(SourceCell, Moments, Option<Matrix3<f64>>),
    ) {
        if needed != MomentsNeeded::UpToSecond {
            self.for_each(meshes, target, candidates, needed, |source, moments| {
                visit(source, moments, None);
            });
            return;
        }
        let mesh = meshes.source;
        self.maker
            .fill(meshes.target, target.id(), &mut self.target);
        for candidate in candidates {
            let cell = candidate.cell();
            let class = meshes.classes[cell.id().index()];
            let source = if class.convex && mesh.shape(cell.id()) != Shape::Polyhedron {
                let fresh = &mut self.fresh[0];
                self.maker.fill_classified(mesh, cell.id(), class, fresh);
                &*fresh
            } else {
                self.kept.get(&mut self.maker, mesh, cell)
            };
            // The quick path says first whether there is an overlap.
            if let Some(moments) = self.intersector.moments(source, &self.target) {
                let centroid = moments.centroid();
                let second = self.second_moments.about(source, &self.target, &centroid);
                visit(cell, moments, Some(second));
            }
        }
    }

    /// Visits the overlaps of a target cell in the order of the candidates.
    ///
    /// Tetrahedra go to the kernel in a queue, other convex standard cells in twos, which changes
    /// nothing but the time. Boxes are not made solids at all.
    pub(crate) fn for_each(
        &mut self,
        meshes: Meshes<'_>,
        target: TargetCell,
        candidates: &[Candidate],
        needed: MomentsNeeded,
        mut visit: impl FnMut(SourceCell, Moments),
    ) {
        if candidates.is_empty() {
            return;
        }
        let Meshes {
            source: mesh,
            classes,
            search,
            ..
        } = meshes;
        let is_box = |candidate: &Candidate| classes[candidate.cell().id().index()].axis_aligned;
        if let Some(target) = as_upright_box(meshes.target, target.id())
            && candidates.iter().all(is_box)
        {
            for &candidate in candidates {
                // The corners of a box are the ends of its bounds.
                let ends = search.bounds(candidate);
                if let Some(moments) = box_overlap((ends.min, ends.max), target) {
                    visit(candidate.cell(), moments);
                }
            }
            return;
        }
        self.maker
            .fill(meshes.target, target.id(), &mut self.target);
        let Self {
            maker,
            intersector,
            target,
            fresh,
            kept,
            tetrahedra,
            ..
        } = self;
        let target_box = target.class().axis_aligned.then(|| target.bounds());
        let clipper = target.target_tetrahedron();
        let mut visit = |source, moments: Option<Moments>| {
            if let Some(moments) = moments {
                visit(source, moments);
            }
        };
        // The cell whose solid is in `fresh[0]` and waits for another.
        let mut waiting = None;
        for &candidate in candidates {
            let source = candidate.cell();
            let queued =
                clipper.and_then(|clipper| tetrahedra.queue(meshes, source, clipper, intersector));
            if let Some(is_full) = queued {
                if let Some(waiting) = waiting.take() {
                    visit(waiting, overlap(intersector, &fresh[0], target, needed));
                }
                if is_full {
                    tetrahedra.clip_queued(meshes, maker, intersector, target, needed, &mut visit);
                }
                continue;
            }
            tetrahedra.clip_queued(meshes, maker, intersector, target, needed, &mut visit);
            let class = classes[source.id().index()];
            if let (true, Some(target_box)) = (class.axis_aligned, target_box) {
                if let Some(waiting) = waiting.take() {
                    visit(waiting, overlap(intersector, &fresh[0], target, needed));
                }
                let ends = search.bounds(candidate);
                visit(source, box_overlap((ends.min, ends.max), target_box));
            } else if class.convex && mesh.shape(source.id()) != Shape::Polyhedron {
                let place = usize::from(waiting.is_some());
                maker.fill_classified(mesh, source.id(), class, &mut fresh[place]);
                match waiting.take() {
                    None => waiting = Some(source),
                    Some(first) => {
                        let [one, other] = &*fresh;
                        let [one, other] = match needed {
                            MomentsNeeded::Volume => intersector
                                .two_volumes([one, other], target)
                                .map(without_first_moment),
                            MomentsNeeded::VolumeAndFirst | MomentsNeeded::UpToSecond => {
                                intersector.two_moments([one, other], target)
                            }
                        };
                        visit(first, one);
                        visit(source, other);
                    }
                }
            } else {
                if let Some(waiting) = waiting.take() {
                    visit(waiting, overlap(intersector, &fresh[0], target, needed));
                }
                let solid = kept.get(maker, mesh, source);
                visit(source, overlap(intersector, solid, target, needed));
            }
        }
        tetrahedra.clip_queued(meshes, maker, intersector, target, needed, &mut visit);
        if let Some(waiting) = waiting {
            visit(waiting, overlap(intersector, &fresh[0], target, needed));
        }
    }
}

/// Returns an overlap with what is needed of it.
pub(crate) fn overlap(
    intersector: &mut Intersector,
    source: &Solid,
    target: &Solid,
    needed: MomentsNeeded,
) -> Option<Moments> {
    match needed {
        MomentsNeeded::Volume => without_first_moment(intersector.volume(source, target)),
        MomentsNeeded::VolumeAndFirst | MomentsNeeded::UpToSecond => {
            intersector.moments(source, target)
        }
    }
}

pub(crate) fn without_first_moment(volume: Option<f64>) -> Option<Moments> {
    volume.map(Moments::of_volume)
}

/// Source solids that are costly to make, kept for the next target cells in a table of fixed size,
/// each where its id says.
///
/// A convex standard cell is made anew each time: that is cheaper than to look for it.
#[derive(Debug, Default)]
struct SolidCache {
    kept: Vec<(Option<SourceCell>, Solid)>,
}

/// Solids kept per thread; a warped hexahedron takes some kilobytes.
const KEPT_SOLIDS: usize = 1024;

impl SolidCache {
    fn get(&mut self, maker: &mut SolidMaker, mesh: &UnstructuredMesh, cell: SourceCell) -> &Solid {
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
