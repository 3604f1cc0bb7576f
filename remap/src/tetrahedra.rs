//! Tetrahedra on both sides: the cells of most meshes of real bodies, with the most candidates per
//! overlap.

use geom_intersect::{
    Degenerate, Intersector, Moments, Solid, SourceTetrahedron, TargetTetrahedron,
};
use mesh_core::{CellId, Point3, Shape, UnstructuredMesh};

use crate::candidates::Candidate;
use crate::cell_table::CellTable;
use crate::cells::{SolidMaker, SourceCell, TargetCell};
use crate::overlaps::{Meshes, Rest, overlap, visit_moments};
use crate::scheme::MomentsNeeded;

/// Finds the overlaps of target tetrahedra with source tetrahedra.
#[derive(Debug, Default)]
pub(crate) struct Tetrahedra {
    target: TargetTetrahedron,
    target_cell: Option<TargetCell>,
    /// Whether the target is among the solids of [`Waiting`] too.
    target_is_solid: bool,
    kept: CellTable<SourceTetrahedron>,
    waiting: Waiting,
}

impl Tetrahedra {
    /// Takes a target cell; returns whether it is a tetrahedron for this path.
    pub(crate) fn set_target(&mut self, mesh: &UnstructuredMesh, cell: TargetCell) -> bool {
        self.target_cell = Some(cell);
        self.target_is_solid = false;
        mesh.shape(cell.id()) == Shape::Tetrahedron && self.target.set(&nodes(mesh, cell.id()))
    }

    /// Visits the overlaps of the target cell, in the order of the candidates, up to the first
    /// candidate that is no convex tetrahedron. Returns the rest.
    pub(crate) fn for_each<'a>(
        &mut self,
        meshes: Meshes<'_>,
        candidates: &'a [Candidate],
        maker: &mut SolidMaker,
        intersector: &mut Intersector,
        needed: MomentsNeeded,
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) -> &'a [Candidate] {
        let Self {
            target,
            target_cell,
            target_is_solid,
            kept,
            waiting,
        } = self;
        let Some(target_cell) = *target_cell else {
            return candidates;
        };
        let mut kept = kept.slots();
        let mut clip_queued = |intersector: &mut Intersector| {
            waiting.clip_queued(intersector, target, needed, visit);
            waiting.for_each(
                |cell, [source, target]| {
                    let class = meshes.classes[cell.id().index()];
                    maker.fill_classified(meshes.source, cell.id(), class, source);
                    if !*target_is_solid {
                        maker.fill(meshes.target, target_cell.id(), target);
                        *target_is_solid = true;
                    }
                    overlap(intersector, source, target, needed)
                },
                |cell, moments| visit_moments(visit, cell, moments, needed),
            );
        };
        // Beyond the nearest cache: all are asked for at once.
        for candidate in candidates {
            kept.prefetch(candidate.cell());
        }
        let mut count = 0;
        for candidate in candidates {
            let cell = candidate.cell();
            if !kept.has(cell) && !meshes.has_convex_tetrahedron(cell) {
                break;
            }
            let tetrahedron = kept.keep(cell, |tetrahedron| {
                let class = meshes.classes[cell.id().index()];
                *tetrahedron = SourceTetrahedron::new(nodes(meshes.source, cell.id()), class);
            });
            if intersector.queue_tetrahedron(cell.get(), tetrahedron, target) {
                clip_queued(intersector);
            }
            count += 1;
        }
        clip_queued(intersector);
        &candidates[count..]
    }
}

/// Source cells that the path of tetrahedra leaves to another, and those that come after them: an overlap is
/// visited in its turn.
#[derive(Debug, Default)]
struct Waiting {
    cells: Vec<(SourceCell, Result<Moments, Degenerate>)>,
    /// Source and target for the other path.
    solids: [Solid; 2],
}

impl Waiting {
    /// Clips those that are queued, and visits their overlaps up to the first that is left to another path.
    fn clip_queued(
        &mut self,
        intersector: &mut Intersector,
        target: &TargetTetrahedron,
        needed: MomentsNeeded,
        visit: &mut impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        let waiting = &mut self.cells;
        let cell = |key| SourceCell::new(CellId::new(key));
        match needed {
            MomentsNeeded::Volume => {
                intersector.volumes_of_queued(target, |key, volume| match volume {
                    Ok(None) => {}
                    Ok(Some(volume)) if waiting.is_empty() => visit(cell(key), volume, None),
                    Ok(Some(volume)) => waiting.push((cell(key), Ok(Moments::of_volume(volume)))),
                    Err(degenerate) => waiting.push((cell(key), Err(degenerate))),
                });
            }
            _ => {
                intersector.moments_of_queued(target, |key, moments| match moments {
                    Ok(None) => {}
                    Ok(Some(moments)) if waiting.is_empty() => {
                        visit_moments(visit, cell(key), moments, needed);
                    }
                    Ok(Some(moments)) => waiting.push((cell(key), Ok(moments))),
                    Err(degenerate) => waiting.push((cell(key), Err(degenerate))),
                });
            }
        }
    }

    /// Visits those that are left, some with what `otherwise` finds.
    fn for_each(
        &mut self,
        mut otherwise: impl FnMut(SourceCell, &mut [Solid; 2]) -> Option<Moments>,
        mut visit: impl FnMut(SourceCell, Moments),
    ) {
        for (cell, moments) in self.cells.drain(..) {
            let moments = moments.ok().or_else(|| otherwise(cell, &mut self.solids));
            if let Some(moments) = moments {
                visit(cell, moments);
            }
        }
    }
}

/// Returns the nodes of a tetrahedron.
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
