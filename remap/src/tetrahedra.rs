//! Tetrahedra on both sides: the cells of most meshes of real bodies, with the most candidates per
//! overlap.

use geom_intersect::{Degenerate, Intersector, Solid, SourceTetrahedron, TargetTetrahedron};
use mesh_core::{CellId, Point3, Shape, UnstructuredMesh, prefetch};

use crate::candidates::Candidate;
use crate::cell_table::CellTable;
use crate::cells::{SolidMaker, SourceCell, TargetCell};
use crate::overlaps::{Meshes, Rest, overlap, visit_moments};
use crate::scheme::MomentsNeeded;

/// Finds the overlaps of target tetrahedra with source tetrahedra.
#[derive(Debug, Default)]
pub(crate) struct Tetrahedra {
    target: TargetTetrahedron,
    kept: CellTable<SourceTetrahedron>,
    /// The places among the candidates of those that are not kept, and others.
    missing: Vec<u32>,
    /// Source cells that the path of tetrahedra leaves to another.
    left: Vec<SourceCell>,
    /// Source and target for the other path.
    solids: [Solid; 2],
}

impl Tetrahedra {
    /// Takes the first of some target cells, the others being those that come next; returns whether it is a tetrahedron
    /// for this path.
    pub(crate) fn set_target(&mut self, mesh: &UnstructuredMesh, cells: &[TargetCell]) -> bool {
        let cell = cells[0].id();
        if mesh.shape(cell) != Shape::Tetrahedron {
            return false;
        }
        if let Some(next) = cells.get(1) {
            mesh.prefetch_nodes(next.id());
        }
        self.target.set(&nodes(mesh, cell))
    }

    /// Visits the overlaps of the target cell that was [taken](Self::set_target) with the candidates up to the first
    /// that is no convex tetrahedron. Returns the rest.
    pub(crate) fn for_each<'a>(
        &mut self,
        meshes: Meshes<'_>,
        target: TargetCell,
        candidates: &'a [Candidate],
        tools: (&mut SolidMaker, &mut Intersector),
        needed: MomentsNeeded,
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) -> &'a [Candidate] {
        let (maker, intersector) = tools;
        let mut rest = candidates;
        while !rest.is_empty() {
            let count = self.keep(meshes, rest);
            if count == 0 {
                break;
            }
            let (tetrahedra, others) = rest.split_at(count);
            self.visit_kept(tetrahedra, intersector, needed, visit);
            rest = others;
        }
        if !self.left.is_empty() {
            let [solid, target_solid] = &mut self.solids;
            maker.fill(meshes.target, target.id(), target_solid);
            for cell in self.left.drain(..) {
                let class = meshes.classes[cell.id().index()];
                let (mesh, id) = meshes.source(cell);
                maker.fill_classified(mesh, id, class, solid);
                if let Some(moments) = overlap(intersector, solid, target_solid, needed) {
                    visit_moments(visit, cell, moments, needed);
                }
            }
        }
        rest
    }

    /// Puts the first of some candidates into their places, as long as they are convex tetrahedra and no two share a
    /// place: at least one, if it is one. Returns how many.
    fn keep(&mut self, meshes: Meshes<'_>, candidates: &[Candidate]) -> usize {
        let mut kept = self.kept.slots();
        if self.missing.len() < candidates.len() {
            self.missing.resize(candidates.len(), 0);
        }
        // Beyond the nearest cache: all are asked for at once.
        let mut count = 0;
        for (place, candidate) in (0..).zip(candidates) {
            let cell = candidate.cell();
            kept.prefetch(cell);
            self.missing[count] = place;
            count += usize::from(!kept.has(cell));
        }
        if count == 0 {
            return candidates.len();
        }
        let missing = self.missing[..count].iter().map(|&place| place as usize);
        for place in missing.clone() {
            let cell = candidates[place].cell();
            prefetch(&meshes.classes[cell.id().index()]);
            let (mesh, cell) = meshes.source(cell);
            mesh.prefetch_nodes(cell);
        }
        let is_other = |&place: &usize| !meshes.has_convex_tetrahedron(candidates[place].cell());
        let end = missing.clone().find(is_other).unwrap_or(candidates.len());
        // The last ones first, so that of those that share a place the first one is there in the end.
        for place in missing.rev().filter(|&place| place < end) {
            let cell = candidates[place].cell();
            kept.keep(cell, |tetrahedron| {
                let class = meshes.classes[cell.id().index()];
                let (mesh, cell) = meshes.source(cell);
                *tetrahedron = SourceTetrahedron::new(nodes(mesh, cell), class);
            });
        }
        let kept = self.kept.slots();
        let mut all = candidates[..end].iter();
        match all.position(|candidate| !kept.has(candidate.cell())) {
            // It was there before one that was not.
            Some(0) => self.keep(meshes, &candidates[..1]),
            Some(place) => place,
            None => end,
        }
    }

    /// Visits the overlaps with candidates that are in their places.
    #[inline]
    fn visit_kept(
        &mut self,
        candidates: &[Candidate],
        intersector: &mut Intersector,
        needed: MomentsNeeded,
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        let Self {
            target, kept, left, ..
        } = self;
        let kept = kept.slots();
        let sources = candidates.iter().map(|candidate| {
            let cell = candidate.cell();
            (cell.get(), kept.kept(cell))
        });
        let cell = |key| SourceCell::new(CellId::new(key));
        if needed == MomentsNeeded::Volume {
            intersector.volumes_of_tetrahedra(sources, target, |key, volume| match volume {
                Ok(volume) => visit(cell(key), volume, None),
                Err(Degenerate) => left.push(cell(key)),
            });
        } else {
            intersector.moments_of_tetrahedra(sources, target, |key, moments| match moments {
                Ok(moments) => visit_moments(visit, cell(key), moments, needed),
                Err(Degenerate) => left.push(cell(key)),
            });
        }
    }
}

/// Returns the nodes of a tetrahedron.
#[inline(always)]
pub(crate) fn nodes(mesh: &UnstructuredMesh, cell: CellId) -> [Point3; 4] {
    let nodes = mesh.cell_nodes(cell);
    [0, 1, 2, 3].map(|node: usize| mesh.nodes()[nodes[node].index()])
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxCellShape, BoxMesh};

    use super::*;
    use crate::all_pairs::compare;

    /// Cells of a box of hexahedra among some of the tetrahedra of another in the same place: runs of
    /// both, and overlaps of both.
    fn mixed(cells: usize, seed: u64) -> UnstructuredMesh {
        let mesh = |shape| BoxMesh {
            shape,
            jitter: 0.1,
            seed,
            ..BoxMesh::unit([cells; 3])
        };
        let [hexahedra, tetrahedra] = [BoxCellShape::Hexahedron, BoxCellShape::Tetrahedron]
            .map(|shape| mesh(shape).generate().unwrap());
        let first = hexahedra.node_count() as u32;
        let nodes = [hexahedra.nodes(), tetrahedra.nodes()].concat();
        let mut builder = UnstructuredMesh::builder(nodes);
        let mut cells = Vec::new();
        for (number, cell) in tetrahedra.cell_ids().enumerate() {
            if number % 5 == 0 && number / 5 < hexahedra.cell_count() {
                cells.push((&hexahedra, CellId::new(number as u32 / 5), 0));
            }
            if number % 7 < 4 {
                cells.push((&tetrahedra, cell, first));
            }
        }
        for (mesh, cell, first) in cells {
            let nodes = mesh.cell_nodes(cell).iter();
            let nodes: Vec<u32> = nodes.map(|node| first + node.get()).collect();
            builder = builder.cell(mesh.shape(cell), &nodes);
        }
        builder.build().unwrap()
    }

    #[test]
    fn an_entry_depends_on_its_two_cells_whatever_is_between_them() {
        assert!(compare(&mixed(3, 1), &mixed(4, 2)) > 1000);
    }

    #[test]
    fn tetrahedra_of_other_sizes_are_left_to_the_others() {
        let mesh = |cells, length| {
            let mesh = BoxMesh {
                shape: BoxCellShape::Tetrahedron,
                size: [length; 3].into(),
                jitter: 0.1,
                ..BoxMesh::unit([cells; 3])
            };
            mesh.generate().unwrap()
        };
        let (coarse, fine) = (mesh(2, 1.0), mesh(5, 0.3));
        assert!(compare(&coarse, &fine) > 500);
        assert!(compare(&fine, &coarse) > 500);
    }
}
