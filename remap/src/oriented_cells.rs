//! The bounds of cells along the directions between the axes.

use geom_intersect::{EightOrientedBounds, OrientedBounds};
use mesh_core::{CellId, Point3, Shape, UnstructuredMesh};
use rayon::prelude::*;

use crate::numbering::NumberedCells;

/// The oriented bounds of the source cells of a job, for which they are worth it.
///
/// Of tetrahedra of two meshes whose bounds overlap more than two thirds do not overlap, and most of those are
/// apart in their oriented bounds. Takes 48 bytes for each source cell.
#[derive(Debug)]
pub(crate) struct OrientedCells {
    origin: Point3,
    /// Eight by eight.
    sources: Vec<EightOrientedBounds>,
}

/// The oriented bounds of all source cells and of some target cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oriented<'a> {
    pub(crate) sources: &'a [EightOrientedBounds],
    pub(crate) targets: &'a [OrientedBounds],
}

impl OrientedCells {
    /// Finds the oriented bounds of the source cells, in the order of their numbers.
    pub(crate) fn of_source(source: &NumberedCells<'_>) -> Self {
        const WIDTH: usize = EightOrientedBounds::WIDTH;
        let origin = source.mesh().bounds().center();
        let count = source.count();
        let eights = (0..count.div_ceil(WIDTH)).into_par_iter().with_min_len(128);
        let sources = eights.map(|eight| {
            let mut bounds = EightOrientedBounds::EMPTY;
            let cells = eight * WIDTH..count.min((eight + 1) * WIDTH);
            for (place, cell) in cells.enumerate() {
                source.prefetch_after(cell as u32);
                let (mesh, cell) = source.cell(cell as u32);
                bounds.set(place, &bounds_of(mesh, cell, &origin));
            }
            bounds
        });
        Self {
            origin,
            sources: sources.collect(),
        }
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

/// Returns whether both meshes begin with tetrahedra.
pub(crate) fn are_tetrahedra(meshes: [&UnstructuredMesh; 2]) -> bool {
    meshes.iter().all(|mesh| {
        let first = mesh.cell_ids().next();
        first.is_some_and(|cell| mesh.shape(cell) == Shape::Tetrahedron)
    })
}

/// Returns the oriented bounds of the convex hull of a cell.
fn bounds_of(mesh: &UnstructuredMesh, cell: CellId, origin: &Point3) -> OrientedBounds {
    let nodes = mesh.cell_nodes(cell).iter();
    OrientedBounds::of(nodes.map(|node| &mesh.nodes()[node.index()]), origin)
}
