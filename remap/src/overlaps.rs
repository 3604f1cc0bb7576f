//! The overlaps of one target cell with its candidates.

use geom_intersect::{
    ConvexSource, Intersector, Moments, SecondMoments, Solid, SolidClass, box_overlap,
};
use mesh_core::{Bounds, CellId, Point3, Shape, UnstructuredMesh};
use nalgebra::Matrix3;

use crate::candidates::{Candidate, CandidateSearch};
use crate::cell_table::{CellTable, Slots, share_place};
use crate::cells::{SolidMaker, SourceCell, TargetCell, as_upright_box, fill_convex};
use crate::hexahedra::ExaminedHexahedra;
use crate::numbering::NumberedCells;
use crate::scheme::MomentsNeeded;
use crate::search_frame::SearchFrame;
use crate::tetrahedra::Tetrahedra;

/// Finds the overlaps of one target cell after the other; owns the scratch space, so there is one
/// per thread.
#[derive(Debug, Default)]
pub(crate) struct OverlapFinder {
    maker: SolidMaker,
    intersector: Intersector,
    second_moments: SecondMoments,
    target: Solid,
    examined: ExaminedHexahedra,
    convex: CellTable<ConvexSource>,
    /// Source cells that are not convex, or polyhedra; a warped hexahedron takes some kilobytes.
    solids: CellTable<Solid>,
    tetrahedra: Tetrahedra,
}

/// Both meshes, and what is known of each source cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meshes<'a> {
    /// The source cells, as they are numbered among the candidates.
    pub(crate) sources: &'a NumberedCells<'a>,
    pub(crate) target: &'a UnstructuredMesh,
    pub(crate) classes: &'a [SolidClass],
    pub(crate) search: &'a CandidateSearch,
    pub(crate) frame: &'a SearchFrame,
}

impl<'a> Meshes<'a> {
    /// Returns where to read what a source cell is.
    #[inline]
    pub(crate) fn source(&self, cell: SourceCell) -> (&'a UnstructuredMesh, CellId) {
        self.sources.cell(cell.get())
    }

    #[inline]
    fn source_shape(&self, cell: SourceCell) -> Shape {
        let (mesh, id) = self.source(cell);
        mesh.shape(id)
    }

    /// Whether a source cell is a convex tetrahedron.
    pub(crate) fn has_convex_tetrahedron(&self, cell: SourceCell) -> bool {
        self.classes[cell.id().index()].convex && self.source_shape(cell) == Shape::Tetrahedron
    }

    /// Whether a source cell is convex and of a standard shape.
    fn has_convex_standard_cell(&self, cell: SourceCell) -> bool {
        self.classes[cell.id().index()].convex && self.source_shape(cell) != Shape::Polyhedron
    }

    /// Returns lowest and highest corner of an axis-aligned box.
    #[inline(always)]
    fn ends_of_box(&self, candidate: Candidate) -> (Point3, Point3) {
        if self.frame.is_world() {
            // The corners of a box are the ends of its bounds.
            let Bounds { min, max } = self.search.bounds(candidate);
            return (min, max);
        }
        let (mesh, cell) = self.source(candidate.cell());
        let nodes = mesh.cell_nodes(cell);
        let opposite = [nodes[0], nodes[6]].map(|node| &mesh.nodes()[node.index()]);
        let Bounds { min, max } = Bounds::from_points(opposite);
        (min, max)
    }

    /// Whether a source cell is seen at once to have no overlap with the target.
    #[inline]
    fn is_apart(&self, candidate: Candidate, intersector: &Intersector, target: &Solid) -> bool {
        let bounds = self.search.bounds(candidate);
        let class = self.classes[candidate.cell().id().index()];
        let (centre, radius) = self.frame.ball_around(&bounds, class);
        !intersector.may_overlap(&centre, radius, target)
    }
}

/// What is needed of an overlap beside its volume: the moments up to the first, and maybe the second
/// moment about the centroid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest {
    pub(crate) moments: Moments,
    pub(crate) second: Option<Matrix3<f64>>,
}

/// Visits an overlap with its volume, and with the rest if it is needed.
#[inline(always)]
pub(crate) fn visit_moments(
    visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    source: SourceCell,
    moments: Moments,
    needed: MomentsNeeded,
) {
    let second = None;
    match needed {
        MomentsNeeded::Volume => visit(source, moments.volume, None),
        _ => visit(source, moments.volume, Some(&Rest { moments, second })),
    }
}

impl OverlapFinder {
    /// Forgets what is known of target cells, as those to come may be of another mesh.
    pub(crate) fn forget_targets(&mut self) {
        self.examined.clear();
    }

    /// Visits the overlaps of the first of some target cells, in any order, each with its volume and what else is
    /// needed. The others are those that come next.
    pub(crate) fn for_each(
        &mut self,
        meshes: Meshes<'_>,
        targets: &[TargetCell],
        candidates: &[Candidate],
        needed: MomentsNeeded,
        mut visit: impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        if needed == MomentsNeeded::UpToSecond {
            self.for_each_with_second(meshes, targets, candidates, &mut visit);
        } else {
            self.for_each_up_to_first(meshes, targets, candidates, needed, &mut visit);
        }
    }

    fn for_each_with_second(
        &mut self,
        meshes: Meshes<'_>,
        targets: &[TargetCell],
        candidates: &[Candidate],
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        self.fill_target(meshes.target, targets);
        for candidate in candidates {
            let cell = candidate.cell();
            let mut solids = self.solids.slots();
            let source = solids.keep(cell, |solid| {
                let (mesh, cell) = meshes.source(cell);
                self.maker.fill(mesh, cell, solid);
            });
            // The quick path says first whether there is an overlap.
            if let Some(moments) = self.intersector.moments(source, &self.target) {
                let centroid = moments.centroid();
                let second = self.second_moments.about(source, &self.target, &centroid);
                let second = Some(second);
                visit(cell, moments.volume, Some(&Rest { moments, second }));
            }
        }
    }

    fn for_each_up_to_first(
        &mut self,
        meshes: Meshes<'_>,
        targets: &[TargetCell],
        candidates: &[Candidate],
        needed: MomentsNeeded,
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        if candidates.is_empty() {
            return;
        }
        let target = targets[0];
        let is_tetrahedron = self.tetrahedra.set_target(meshes.target, targets);
        let is_box =
            |candidate: &Candidate| meshes.classes[candidate.cell().id().index()].axis_aligned;
        if !is_tetrahedron
            && candidates.iter().all(is_box)
            && let Some(target) = as_upright_box(meshes.target, target.id())
        {
            for &candidate in candidates {
                if let Some(moments) = box_overlap(meshes.ends_of_box(candidate), target) {
                    visit_moments(visit, candidate.cell(), moments, needed);
                }
            }
            return;
        }
        let mut is_solid = false;
        let mut rest = candidates;
        loop {
            if is_tetrahedron {
                let Self {
                    maker,
                    intersector,
                    tetrahedra,
                    ..
                } = self;
                let tools = (maker, intersector);
                rest = tetrahedra.for_each(meshes, target, rest, tools, needed, visit);
            }
            if rest.is_empty() {
                return;
            }
            // Up to the next tetrahedron.
            let others = rest.iter().position(|candidate| {
                is_tetrahedron && meshes.has_convex_tetrahedron(candidate.cell())
            });
            let (others, tetrahedra) = rest.split_at(others.unwrap_or(rest.len()));
            if !is_solid {
                // Beyond the nearest cache, and asked for while the target is made.
                let convex = self.convex.slots();
                for candidate in others {
                    convex.prefetch(candidate.cell());
                }
                self.fill_target(meshes.target, targets);
                is_solid = true;
            }
            self.for_each_solid(meshes, others, needed, visit);
            rest = tetrahedra;
        }
    }

    /// Makes a solid of the first of some target cells, the others being those that come next.
    fn fill_target(&mut self, mesh: &UnstructuredMesh, targets: &[TargetCell]) {
        let Self {
            maker,
            target,
            examined,
            ..
        } = self;
        let cells = targets.iter().map(|target| target.id());
        let is_filled = examined
            .find(mesh, cells)
            .is_some_and(|(eight, place)| eight.fill(place, target));
        if !is_filled {
            maker.fill(mesh, targets[0].id(), target);
        }
    }

    /// Visits the overlaps of the target solid.
    ///
    /// Convex standard cells go to the kernel in twos, which changes nothing but the time. Boxes are
    /// not made solids at all.
    fn for_each_solid(
        &mut self,
        meshes: Meshes<'_>,
        candidates: &[Candidate],
        needed: MomentsNeeded,
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        let Self {
            maker,
            intersector,
            target,
            convex,
            solids,
            ..
        } = self;
        let convex = &mut convex.slots();
        // The ends are read in any case: what an optimiser computes of them beforehand must be of
        // numbers, not of what happens to be there, which the processor takes long to multiply.
        let (target_is_box, target_ends) = (target.class().axis_aligned, target.bounds());
        let are_many = candidates.len() > FEW;
        // A convex cell that waits for another.
        let mut waiting: Option<SourceCell> = None;
        for &candidate in candidates {
            let source = candidate.cell();
            let class = || meshes.classes[source.id().index()];
            if target_is_box && class().axis_aligned {
                if let Some(waiting) = waiting.take() {
                    visit_convex([waiting], convex, intersector, target, needed, visit);
                }
                if let Some(moments) = box_overlap(meshes.ends_of_box(candidate), target_ends) {
                    visit_moments(visit, source, moments, needed);
                }
            } else if are_many && meshes.is_apart(candidate, intersector, target) {
                // Nothing is made of it.
            } else if convex.has(source) || meshes.has_convex_standard_cell(source) {
                // It must not take the place of the one that waits.
                if let Some(first) = waiting.take_if(|first| share_place(*first, source)) {
                    visit_convex([first], convex, intersector, target, needed, visit);
                }
                convex.keep(source, |convex| {
                    let (mesh, cell) = meshes.source(source);
                    fill_convex(convex, mesh, cell, class());
                });
                match waiting.take() {
                    None => waiting = Some(source),
                    Some(first) => {
                        let two = [first, source];
                        visit_convex(two, convex, intersector, target, needed, visit);
                    }
                }
            } else {
                if let Some(waiting) = waiting.take() {
                    visit_convex([waiting], convex, intersector, target, needed, visit);
                }
                let mut solids = solids.slots();
                let solid = solids.keep(source, |solid| {
                    let (mesh, cell) = meshes.source(source);
                    maker.fill(mesh, cell, solid);
                });
                if let Some(moments) = overlap(intersector, solid, target, needed) {
                    visit_moments(visit, source, moments, needed);
                }
            }
        }
        if let Some(waiting) = waiting {
            visit_convex([waiting], convex, intersector, target, needed, visit);
        }
    }
}

/// Visits the overlaps of convex cells, which are in their places, with one target.
#[inline]
fn visit_convex<const COUNT: usize>(
    cells: [SourceCell; COUNT],
    convex: &Slots<'_, ConvexSource>,
    intersector: &mut Intersector,
    target: &Solid,
    needed: MomentsNeeded,
    visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
) {
    let sources = cells.map(|cell| convex.kept(cell));
    if needed == MomentsNeeded::Volume {
        let volumes = intersector.convex_volumes(sources, target);
        for (cell, volume) in cells.into_iter().zip(volumes) {
            if let Some(volume) = volume {
                visit(cell, volume, None);
            }
        }
    } else {
        let overlaps = intersector.convex_moments(sources, target);
        for (cell, moments) in cells.into_iter().zip(overlaps) {
            if let Some(moments) = moments {
                visit_moments(visit, cell, moments, needed);
            }
        }
    }
}

/// So many candidates are most likely there because they overlap: those of grids that lie along each
/// other. Among more, it pays to look for faces between.
const FEW: usize = 8;

/// Returns what is needed of an overlap.
pub(crate) fn overlap(
    intersector: &mut Intersector,
    source: &Solid,
    target: &Solid,
    needed: MomentsNeeded,
) -> Option<Moments> {
    match needed {
        MomentsNeeded::Volume => intersector.volume(source, target).map(Moments::of_volume),
        MomentsNeeded::VolumeAndFirst | MomentsNeeded::UpToSecond => {
            intersector.moments(source, target)
        }
    }
}
