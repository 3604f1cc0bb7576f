//! Cells to make pairs of.

use geom_intersect::{Solid, SolidClass, StandardShape};
use mesh_core::{CellId, Point3, UnstructuredMesh, Vector3};
use nalgebra::Matrix3;

use crate::random::Random;

/// A cell as a mesh lists it.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The shape; none for a polyhedron.
    pub shape: Option<StandardShape>,
    /// The nodes, in the order of the shape.
    pub nodes: Vec<Point3>,
    /// The faces of a polyhedron as indices into the nodes; empty for a standard shape.
    pub faces: Vec<Vec<u32>>,
}

impl Cell {
    fn standard(shape: StandardShape, nodes: &[[f64; 3]]) -> Self {
        Self {
            shape: Some(shape),
            nodes: nodes.iter().copied().map(Point3::from).collect(),
            faces: Vec::new(),
        }
    }

    pub(crate) fn of_polyhedron(mesh: &UnstructuredMesh, cell: CellId) -> Self {
        let ids = mesh.cell_nodes(cell);
        let local = |node| ids.iter().position(|id| id == node).map(|at| at as u32);
        Self {
            shape: None,
            nodes: ids.iter().map(|id| mesh.nodes()[id.index()]).collect(),
            faces: mesh
                .polyhedron_faces(cell)
                .map(|face| face.iter().filter_map(local).collect())
                .collect(),
        }
    }

    /// Fills a solid with the cell, found out from scratch.
    pub fn fill(&self, solid: &mut Solid) {
        match self.shape {
            Some(shape) => solid.set_standard(shape, &self.nodes),
            None => solid.set_polyhedron(&self.nodes, &self.faces),
        }
    }

    /// Fills a solid with the cell in the way of a source cell of a job, whose class is known by
    /// then: `class` is that of the solid that [`fill`](Self::fill) makes.
    pub fn fill_classified(&self, class: SolidClass, solid: &mut Solid) {
        match self.shape {
            Some(shape) if class.convex => {
                solid.set_convex(shape, self.nodes.iter().copied(), class);
            }
            _ => self.fill(solid),
        }
    }

    /// Returns the same cell, whatever its shape, as a polyhedron: for the general path.
    pub(crate) fn to_polyhedron(&self) -> Solid {
        let mut solid = Solid::default();
        match self.shape {
            Some(shape) => solid.set_polyhedron(&self.nodes, shape.faces()),
            None => self.fill(&mut solid),
        }
        solid
    }

    pub(crate) fn transform(mut self, matrix: &Matrix3<f64>) -> Self {
        for node in &mut self.nodes {
            *node = matrix * *node;
        }
        self
    }

    pub(crate) fn translate(mut self, offset: &Vector3) -> Self {
        for node in &mut self.nodes {
            *node += offset;
        }
        self
    }

    pub(crate) fn jitter(mut self, reach: f64, random: &mut Random) -> Self {
        for node in &mut self.nodes {
            *node += random.vector(reach);
        }
        self
    }
}

/// The unit cube around 0.
pub(crate) fn cube() -> Cell {
    Cell::standard(
        StandardShape::Hexahedron,
        &[
            [-0.5, -0.5, -0.5],
            [0.5, -0.5, -0.5],
            [0.5, 0.5, -0.5],
            [-0.5, 0.5, -0.5],
            [-0.5, -0.5, 0.5],
            [0.5, -0.5, 0.5],
            [0.5, 0.5, 0.5],
            [-0.5, 0.5, 0.5],
        ],
    )
}

/// The regular tetrahedron in the unit cube around 0.
pub(crate) fn tetrahedron() -> Cell {
    Cell::standard(
        StandardShape::Tetrahedron,
        &[
            [-0.5, -0.5, -0.5],
            [0.5, 0.5, -0.5],
            [-0.5, 0.5, 0.5],
            [0.5, -0.5, 0.5],
        ],
    )
}

/// A cube tapered towards its top, then sheared: no angle is right, every face is planar.
pub(crate) fn frustum(random: &mut Random) -> Cell {
    let taper = 0.75 + random.within(0.25);
    let shear = Matrix3::from_fn(|_, _| random.within(0.25));
    let mut cell = cube();
    for node in &mut cell.nodes[4..] {
        node.x *= taper;
        node.y *= taper;
    }
    cell.transform(&(Matrix3::identity() + shear))
}
