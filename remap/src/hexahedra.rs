//! Hexahedra examined eight at a time: the cells of most meshes made block by block.

use geom_intersect::{EightHexahedra, SolidClass};
use mesh_core::{CellId, Point3, Shape, UnstructuredMesh};

/// Up to eight hexahedra of a mesh, found out about together.
#[derive(Debug, Default)]
pub(crate) struct ExaminedHexahedra {
    eight: EightHexahedra,
    /// The cells in their places, ascending with the order in which they were asked for.
    cells: Vec<CellId>,
    /// Where the last one was found.
    place: usize,
}

impl ExaminedHexahedra {
    /// Returns the eight in which a hexahedron is, and its place among them. `cells` are those that may
    /// be asked for next, beginning with this one: if it is not there yet, the first hexahedra of them
    /// are taken.
    ///
    /// None where the cell is no hexahedron.
    #[inline]
    pub(crate) fn find(
        &mut self,
        mesh: &UnstructuredMesh,
        cells: impl Iterator<Item = CellId>,
    ) -> Option<(&EightHexahedra, usize)> {
        let mut cells = cells.peekable();
        let cell = *cells.peek()?;
        let mut next = self.cells.iter().skip(self.place);
        let next = next.position(|&examined| examined == cell);
        self.place = match next {
            Some(steps) => self.place + steps,
            None if mesh.shape(cell) == Shape::Hexahedron => {
                self.fill(mesh, cells);
                0
            }
            None => return None,
        };
        Some((&self.eight, self.place))
    }

    /// Forgets all cells: those to come are of another mesh.
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.place = 0;
    }

    /// Returns bounds and class of a cell that is among the eight and plain.
    #[inline]
    pub(crate) fn known(&mut self, cell: CellId) -> Option<((Point3, Point3), SolidClass)> {
        let place = self.place + 1;
        if self.cells.get(place) != Some(&cell) {
            return None;
        }
        self.place = place;
        self.eight.examined(place)
    }

    fn fill(&mut self, mesh: &UnstructuredMesh, cells: impl Iterator<Item = CellId>) {
        self.cells.clear();
        for cell in cells.take(EightHexahedra::WIDTH) {
            if let Some(nodes) = hexahedron(mesh, cell) {
                self.eight.set(self.cells.len(), nodes);
                self.cells.push(cell);
            }
        }
        self.eight.examine();
    }
}

/// Returns the nodes of a hexahedron, none of any other cell. Always in place: eight references handed over through the
/// memory cost 2 % of the instructions for general hexahedra.
#[inline(always)]
pub(crate) fn hexahedron(mesh: &UnstructuredMesh, cell: CellId) -> Option<[&Point3; 8]> {
    let nodes: &[_; 8] = mesh.cell_nodes(cell).try_into().ok()?;
    let is_hexahedron = mesh.shape(cell) == Shape::Hexahedron;
    is_hexahedron.then(|| nodes.each_ref().map(|node| &mesh.nodes()[node.index()]))
}
