//! Tetrahedra on both sides: the commonest meshes of real bodies, with the most candidates per overlap.

use geom_intersect::{
    Degenerate, Intersector, Moments, Solid, SolidClass, SourceTetrahedron, TargetTetrahedron,
};
use mesh_core::{CellId, Point3, Shape, UnstructuredMesh};

use crate::cells::{SolidMaker, SourceCell};
use crate::overlaps::{Meshes, overlap, without_first_moment};
use crate::scheme::MomentsNeeded;

/// Tetrahedra kept per thread, of a quarter of a kilobyte each.
const KEPT: usize = 4096;

/// Source tetrahedra as the kernel takes them, kept for the next target cells in a table of fixed size,
/// each where its id says; and the queue in which those wait that may overlap the target cell.
#[derive(Debug, Default)]
pub(crate) struct Tetrahedra {
    kept: Vec<Kept>,
    has_queued: bool,
    /// Those from the queue, each with its overlap.
    clipped: Vec<(SourceCell, Result<Option<Moments>, Degenerate>)>,
    /// A source cell that the path of tetrahedra left to the others.
    solid: Solid,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    tetrahedron: SourceTetrahedron,
    owner: Option<SourceCell>,
}

impl Tetrahedra {
    /// Queues a source cell for a target, or sees that they do not overlap. Returns whether the queue
    /// is full; none if the cell is not a convex tetrahedron.
    #[inline]
    pub(crate) fn queue(
        &mut self,
        meshes: Meshes<'_>,
        cell: SourceCell,
        target: TargetTetrahedron<'_>,
        intersector: &mut Intersector,
    ) -> Option<bool> {
        let place = cell.id().index() % KEPT;
        if !matches!(self.kept.get(place), Some(kept) if kept.owner == Some(cell)) {
            self.keep(meshes.source, meshes.classes, cell)?;
        }
        self.has_queued = true;
        let tetrahedron = &self.kept[place].tetrahedron;
        Some(intersector.queue_tetrahedron(cell.get(), tetrahedron, target))
    }

    /// Clips those that are queued, and visits them in their order.
    #[inline]
    pub(crate) fn clip_queued(
        &mut self,
        meshes: Meshes<'_>,
        maker: &mut SolidMaker,
        intersector: &mut Intersector,
        target: &Solid,
        needed: MomentsNeeded,
        mut visit: impl FnMut(SourceCell, Option<Moments>),
    ) {
        let Some(clipper) = target.target_tetrahedron().filter(|_| self.has_queued) else {
            return;
        };
        self.has_queued = false;
        let clipped = &mut self.clipped;
        clipped.clear();
        let cell = |key| SourceCell::new(CellId::new(key));
        match needed {
            MomentsNeeded::Volume => intersector.volumes_of_queued(clipper, |key, volume| {
                clipped.push((cell(key), volume.map(without_first_moment)));
            }),
            MomentsNeeded::VolumeAndFirst | MomentsNeeded::UpToSecond => {
                intersector.moments_of_queued(clipper, |key, moments| {
                    clipped.push((cell(key), moments));
                });
            }
        }
        for (cell, moments) in clipped.drain(..) {
            let moments = moments.unwrap_or_else(|Degenerate| {
                maker.fill(meshes.source, cell.id(), &mut self.solid);
                overlap(intersector, &self.solid, target, needed)
            });
            visit(cell, moments);
        }
    }

    #[cold]
    fn keep(
        &mut self,
        mesh: &UnstructuredMesh,
        classes: &[SolidClass],
        cell: SourceCell,
    ) -> Option<()> {
        let class = classes[cell.id().index()];
        if !class.convex || mesh.shape(cell.id()) != Shape::Tetrahedron {
            return None;
        }
        if self.kept.is_empty() {
            let nothing = Kept {
                tetrahedron: SourceTetrahedron::new([Point3::origin(); 4], class),
                owner: None,
            };
            self.kept.resize(KEPT, nothing);
        }
        let nodes = mesh.cell_nodes(cell.id());
        let nodes = [0, 1, 2, 3].map(|node: usize| mesh.nodes()[nodes[node].index()]);
        self.kept[cell.id().index() % KEPT] = Kept {
            tetrahedron: SourceTetrahedron::new(nodes, class),
            owner: Some(cell),
        };
        Some(())
    }
}
