//! Where mesh and kernel meet: cells as solids.

use std::fmt;

use geom_intersect::{
    ConvexSource, Solid, SolidClass, StandardShape, examine_tetrahedron, upright_box,
};
use mesh_core::{Bounds, CellId, Point3, Shape, UnstructuredMesh};
use rayon::prelude::*;

use crate::hexahedra::{ExaminedHexahedra, hexahedron};
use crate::numbering::NumberedCells;
use crate::tetrahedra::nodes;

/// A cell of the source mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceCell(CellId);

/// A cell of the target mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetCell(CellId);

impl SourceCell {
    /// Marks a cell as one of the source mesh.
    #[must_use]
    pub const fn new(cell: CellId) -> Self {
        Self(cell)
    }

    /// Returns the cell's id in the source mesh.
    #[must_use]
    pub const fn id(self) -> CellId {
        self.0
    }

    /// Returns the id as a number: the column of the cell in a matrix of cells.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl TargetCell {
    /// Marks a cell as one of the target mesh.
    #[must_use]
    pub const fn new(cell: CellId) -> Self {
        Self(cell)
    }

    /// Returns the cell's id in the target mesh.
    #[must_use]
    pub const fn id(self) -> CellId {
        self.0
    }

    /// Returns the id as a number: the row of the cell in a matrix of cells.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for SourceCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "source cell {}", self.0)
    }
}

impl fmt::Display for TargetCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "target cell {}", self.0)
    }
}

/// Makes solids of cells; owns the scratch space.
#[derive(Debug, Default)]
pub(crate) struct SolidMaker {
    nodes: Vec<Point3>,
    local: Vec<u32>,
    face_starts: Vec<usize>,
}

impl SolidMaker {
    /// Fills a solid with a cell of a mesh.
    pub(crate) fn fill(&mut self, mesh: &UnstructuredMesh, cell: CellId, solid: &mut Solid) {
        match standard(mesh.shape(cell)) {
            Some(shape) => solid.set_standard(shape, self.gather(mesh, cell)),
            None => self.fill_polyhedron(mesh, cell, solid),
        }
    }

    /// Fills a solid with a cell whose class is known.
    pub(crate) fn fill_classified(
        &mut self,
        mesh: &UnstructuredMesh,
        cell: CellId,
        class: SolidClass,
        solid: &mut Solid,
    ) {
        match standard(mesh.shape(cell)) {
            Some(shape) if class.convex => {
                let nodes = mesh.cell_nodes(cell).iter();
                solid.set_convex(shape, nodes.map(|node| mesh.nodes()[node.index()]), class);
            }
            _ => self.fill(mesh, cell, solid),
        }
    }

    fn gather(&mut self, mesh: &UnstructuredMesh, cell: CellId) -> &[Point3] {
        let nodes = mesh.cell_nodes(cell).iter();
        self.nodes.clear();
        self.nodes
            .extend(nodes.map(|node| mesh.nodes()[node.index()]));
        &self.nodes
    }

    fn fill_polyhedron(&mut self, mesh: &UnstructuredMesh, cell: CellId, solid: &mut Solid) {
        let ids = mesh.cell_nodes(cell);
        self.gather(mesh, cell);
        self.local.clear();
        self.face_starts.clear();
        self.face_starts.push(0);
        mesh.for_each_face(cell, |face| {
            // A polyhedron has some tens of nodes: a scan beats a map.
            self.local.extend(
                face.iter()
                    .map(|node| ids.iter().position(|id| id == node).unwrap_or_default() as u32),
            );
            self.face_starts.push(self.local.len());
        });
        let faces = self.face_starts.windows(2);
        solid.set_polyhedron(
            &self.nodes,
            faces.map(|range| &self.local[range[0]..range[1]]),
        );
    }
}

fn standard(shape: Shape) -> Option<StandardShape> {
    match shape {
        Shape::Tetrahedron => Some(StandardShape::Tetrahedron),
        Shape::Pyramid => Some(StandardShape::Pyramid),
        Shape::Wedge => Some(StandardShape::Wedge),
        Shape::Hexahedron => Some(StandardShape::Hexahedron),
        Shape::Polyhedron => None,
    }
}

/// Fills a source with a cell of a class that is [`convex`](SolidClass::convex) and of a standard shape.
#[inline]
pub(crate) fn fill_convex(
    source: &mut ConvexSource,
    mesh: &UnstructuredMesh,
    cell: CellId,
    class: SolidClass,
) {
    if let Some(nodes) = hexahedron(mesh, cell) {
        source.set(StandardShape::Hexahedron, nodes.map(|node| *node), class);
    } else if let Some(shape) = standard(mesh.shape(cell)) {
        let nodes = mesh.cell_nodes(cell).iter();
        source.set(shape, nodes.map(|node| mesh.nodes()[node.index()]), class);
    }
}

/// Returns the ends of a cell that is a box as grids have them, without making it a solid.
#[inline]
pub(crate) fn as_upright_box(mesh: &UnstructuredMesh, cell: CellId) -> Option<(Point3, Point3)> {
    upright_box(hexahedron(mesh, cell)?)
}

/// Finds the bounds, in some frame, and the class of every cell, in the order of their numbers, in parallel.
pub(crate) fn examine(numbered: &NumberedCells<'_>) -> (Vec<Bounds>, Vec<SolidClass>) {
    let cell_bounds = numbered.bounds();
    let (mut bounds, mut classes) = (Vec::new(), Vec::new());
    let count = numbered.count() as u32;
    (0..count)
        .into_par_iter()
        .with_min_len(1024)
        .map_init(
            <(SolidMaker, Solid, ExaminedHexahedra)>::default,
            |(maker, solid, examined), cell| {
                let next = (cell..count).map(|cell| numbered.cell(cell).1);
                numbered.prefetch_after(cell);
                let (mesh, cell) = numbered.cell(cell);
                let ((min, max), class) = if let Some(examined) = examined.known(cell) {
                    examined
                } else if let Some((min, max)) = as_upright_box(mesh, cell) {
                    ((min, max), SolidClass::of_box(&min, &max))
                } else if mesh.shape(cell) == Shape::Tetrahedron
                    && let Some(examined) = examine_tetrahedron(&nodes(mesh, cell))
                {
                    examined
                } else if let Some((eight, place)) = examined.find(mesh, next)
                    && let Some(examined) = eight.examined(place)
                {
                    examined
                } else {
                    maker.fill(mesh, cell, solid);
                    (solid.bounds(), solid.class())
                };
                cell_bounds.turn((mesh, cell), Bounds { min, max }, class)
            },
        )
        .unzip_into_vecs(&mut bounds, &mut classes);
    (bounds, classes)
}
