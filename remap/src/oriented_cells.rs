//! The bounds of cells along the directions between the axes.

use geom_intersect::OrientedBounds;
use mesh_core::{CellId, Point3, Shape, UnstructuredMesh};
use rayon::prelude::*;

/// The oriented bounds of the source cells of a job, for which they are worth it.
///
/// Of tetrahedra of two meshes whose bounds overlap more than two thirds do not overlap, and most of those are
/// apart in their oriented bounds. Takes 48 bytes for each source cell.
#[derive(Debug)]
pub(crate) struct OrientedCells {
    origin: Point3,
    sources: Vec<OrientedBounds>,
}

/// The oriented bounds of all source cells and of some target cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oriented<'a> {
    pub(crate) sources: &'a [OrientedBounds],
    pub(crate) targets: &'a [OrientedBounds],
}

impl OrientedCells {
    /// Finds the oriented bounds of the source cells, where both meshes begin with tetrahedra.
    pub(crate) fn of_meshes(source: &UnstructuredMesh, target: &UnstructuredMesh) -> Option<Self> {
        let are_tetrahedra = [source, target].iter().all(|mesh| {
            let first = mesh.cell_ids().next();
            first.is_some_and(|cell| mesh.shape(cell) == Shape::Tetrahedron)
        });
        are_tetrahedra.then(|| {
            let origin = source.bounds().center();
            let cells = 0..source.cell_count() as u32;
            let cells = cells.into_par_iter().with_min_len(1024);
            let bounds = cells.map(|cell| bounds_of(source, CellId::new(cell), &origin));
            Self {
                origin,
                sources: bounds.collect(),
            }
        })
    }

    /// Finds the oriented bounds of some target cells, which take the place of others.
    pub(crate) fn beside<'a>(
        &'a self,
        mesh: &UnstructuredMesh,
        cells: impl Iterator<Item = CellId>,
        targets: &'a mut Vec<OrientedBounds>,
    ) -> Oriented<'a> {
        targets.clear();
        targets.extend(cells.map(|cell| bounds_of(mesh, cell, &self.origin)));
        Oriented {
            sources: &self.sources,
            targets,
        }
    }
}

/// Returns the oriented bounds of the convex hull of a cell.
fn bounds_of(mesh: &UnstructuredMesh, cell: CellId, origin: &Point3) -> OrientedBounds {
    let nodes = mesh.cell_nodes(cell).iter();
    OrientedBounds::of(nodes.map(|node| &mesh.nodes()[node.index()]), origin)
}
