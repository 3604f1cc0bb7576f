//! The plain arrays a mesh is made of.

use crate::{NodeId, Point3, Shape};

/// What a reader fills and [`UnstructuredMesh::new`] checks: plain data without invariants.
///
/// ```text
/// offsets       0        4              9          one more than cells
/// connectivity  0 1 2 3  4 5 6 7 8  …              cell i has offsets[i] .. offsets[i + 1]
/// ```
///
/// [`UnstructuredMesh::new`]: crate::UnstructuredMesh::new
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeshArrays {
    /// The coordinates of the nodes.
    pub nodes: Vec<Point3>,
    /// The shape of each cell.
    pub shapes: Vec<Shape>,
    /// Where each cell starts in `connectivity`, and its end: cells + 1 entries.
    pub offsets: Vec<usize>,
    /// The nodes of each cell, in the order of its [`Shape`]. A polyhedron lists each of its
    /// nodes once; building the mesh sorts them by first appearance in its faces.
    pub connectivity: Vec<NodeId>,
    /// The faces of the polyhedra.
    pub polyhedra: PolyhedronFaces,
}

/// The faces of the polyhedra of a mesh; all arrays are empty when it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolyhedronFaces {
    /// Where each cell starts in the faces: cells + 1 entries; the range of a cell that is no
    /// polyhedron is empty. Or empty, when no cell is a polyhedron.
    pub cell_offsets: Vec<usize>,
    /// Where each face starts in `connectivity`: faces + 1 entries.
    pub face_offsets: Vec<usize>,
    /// The nodes of each face, counter-clockwise seen from outside.
    pub connectivity: Vec<NodeId>,
}

impl MeshArrays {
    /// Nodes without any cell yet.
    #[must_use]
    pub fn from_nodes(nodes: Vec<Point3>) -> Self {
        Self {
            nodes,
            offsets: vec![0],
            ..Self::default()
        }
    }

    /// Appends a cell that is not a polyhedron. Nothing is checked.
    pub fn push_cell(&mut self, shape: Shape, nodes: &[NodeId]) {
        self.shapes.push(shape);
        self.connectivity.extend_from_slice(nodes);
        self.offsets.push(self.connectivity.len());
        if let Some(&end) = self.polyhedra.cell_offsets.last() {
            self.polyhedra.cell_offsets.push(end);
        }
    }

    /// Appends a polyhedron with these faces; its nodes are collected from them. Nothing else is
    /// checked.
    pub fn push_polyhedron<'a>(&mut self, faces: impl IntoIterator<Item = &'a [NodeId]>) {
        let polyhedra = &mut self.polyhedra;
        if polyhedra.cell_offsets.is_empty() {
            polyhedra.cell_offsets.resize(self.shapes.len() + 1, 0);
            polyhedra.face_offsets = vec![0];
        }
        let start = polyhedra.connectivity.len();
        for face in faces {
            polyhedra.connectivity.extend_from_slice(face);
            polyhedra.face_offsets.push(polyhedra.connectivity.len());
        }
        polyhedra
            .cell_offsets
            .push(polyhedra.face_offsets.len() - 1);
        self.connectivity
            .extend(in_order_of_appearance(&polyhedra.connectivity[start..]));
        self.shapes.push(Shape::Polyhedron);
        self.offsets.push(self.connectivity.len());
    }

    /// Lists the nodes of every polyhedron anew, from its faces. The faces must be valid.
    pub(super) fn list_polyhedron_nodes(&mut self) {
        if self.polyhedra.cell_offsets.is_empty() {
            return;
        }
        let old = std::mem::take(&mut self.connectivity);
        let old_offsets = std::mem::replace(&mut self.offsets, vec![0]);
        for (cell, &shape) in self.shapes.iter().enumerate() {
            if shape == Shape::Polyhedron {
                let nodes = self.polyhedra.face_nodes(cell);
                self.connectivity.extend(in_order_of_appearance(nodes));
            } else {
                let nodes = &old[old_offsets[cell]..old_offsets[cell + 1]];
                self.connectivity.extend_from_slice(nodes);
            }
            self.offsets.push(self.connectivity.len());
        }
    }
}

impl PolyhedronFaces {
    /// The positions in `connectivity` of each face of a cell. The arrays must be valid.
    pub(super) fn faces(
        &self,
        cell: usize,
    ) -> impl ExactSizeIterator<Item = &[NodeId]> + Clone + '_ {
        let range = match self.cell_offsets.get(cell..cell + 2) {
            Some(ends) => ends[0]..ends[1],
            None => 0..0,
        };
        range.map(|face| &self.connectivity[self.face_offsets[face]..self.face_offsets[face + 1]])
    }

    /// One face of a cell. The arrays must be valid.
    pub(super) fn face(&self, cell: usize, local: usize) -> &[NodeId] {
        let face = self.cell_offsets[cell] + local;
        &self.connectivity[self.face_offsets[face]..self.face_offsets[face + 1]]
    }

    /// All nodes of all faces of a cell, face by face. The arrays must be valid.
    pub(super) fn face_nodes(&self, cell: usize) -> &[NodeId] {
        match self.cell_offsets.get(cell..cell + 2) {
            Some(ends) => {
                &self.connectivity[self.face_offsets[ends[0]]..self.face_offsets[ends[1]]]
            }
            None => &[],
        }
    }

    /// Reverses one face, counted over all cells. The arrays must be valid.
    pub(super) fn reverse_face(&mut self, face: usize) {
        self.connectivity[self.face_offsets[face]..self.face_offsets[face + 1]].reverse();
    }
}

/// Up to how many nodes comparing all pairs is faster than sorting.
const FEW_NODES: usize = 256;

/// Each node once, in order of first appearance.
pub(super) fn in_order_of_appearance(nodes: &[NodeId]) -> Vec<NodeId> {
    if nodes.len() <= FEW_NODES {
        let mut distinct = Vec::with_capacity(nodes.len() / 2);
        for node in nodes {
            if !distinct.contains(node) {
                distinct.push(*node);
            }
        }
        return distinct;
    }
    let mut places: Vec<(NodeId, usize)> = nodes.iter().copied().zip(0..).collect();
    places.sort_unstable();
    places.dedup_by_key(|&mut (node, _)| node);
    places.sort_unstable_by_key(|&(_, place)| place);
    places.into_iter().map(|(node, _)| node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_nodes_are_listed_in_the_same_order() {
        let nodes = |count: u32| -> Vec<NodeId> {
            (0..count)
                .map(|i| NodeId::new((i * i * 7 + i) % 97))
                .collect()
        };
        let few = in_order_of_appearance(&nodes(FEW_NODES as u32));
        let many = in_order_of_appearance(&nodes(FEW_NODES as u32 + 300));
        assert!(few.len() > 40);
        assert_eq!(few, many);
    }
}
