//! The dual of a mesh of tetrahedra: a polyhedron around each node that is not on the boundary.

use std::collections::HashMap;

use mesh_core::{CellId, MeshArrays, NodeId, Point3, UnstructuredMesh};

/// Makes the dual mesh: a node at the centre of each tetrahedron, a face for each edge, through the
/// centres of the tetrahedra around it, and a cell for each node, as many faces as it has
/// neighbours. Nodes on the boundary have none. The faces are warped.
///
/// # Panics
///
/// If the cells are no tetrahedra, or a face of them has more than two.
pub(crate) fn dual_of_tetrahedra(mesh: &UnstructuredMesh) -> UnstructuredMesh {
    let place = |node: NodeId| mesh.nodes()[node.index()].coords;
    let centre = |cell: CellId| {
        let nodes = mesh.cell_nodes(cell);
        let sum = (place(nodes[0]) + place(nodes[1])) + (place(nodes[2]) + place(nodes[3]));
        Point3::from(sum * 0.25)
    };
    let mut arrays = MeshArrays::from_nodes(mesh.cell_ids().map(centre).collect());

    let mut around = vec![Vec::new(); mesh.node_count()];
    for cell in mesh.cell_ids() {
        for node in mesh.cell_nodes(cell) {
            around[node.index()].push(cell);
        }
    }
    for (node, cells) in around
        .iter()
        .enumerate()
        .filter(|(_, cells)| !cells.is_empty())
    {
        let node = NodeId::new(node as u32);
        if let Some(faces) = faces_around(mesh, node, cells) {
            arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
        }
    }
    UnstructuredMesh::new(arrays).expect("closed polyhedra")
}

/// The faces of the cell around a node, counter-clockwise from outside, in ascending order of the
/// neighbours; none if the node is on the boundary.
fn faces_around(
    mesh: &UnstructuredMesh,
    node: NodeId,
    cells: &[CellId],
) -> Option<Vec<Vec<NodeId>>> {
    let mut neighbours: Vec<NodeId> = cells
        .iter()
        .flat_map(|&cell| mesh.cell_nodes(cell).iter().copied())
        .filter(|&other| other != node)
        .collect();
    neighbours.sort_unstable();
    neighbours.dedup();
    let faces = neighbours.into_iter().map(|neighbour| {
        // A tetrahedron at the edge leads from the one of its other nodes to the other, in the
        // sense that turns about the edge to the right: its nodes are ordered that way.
        let steps = cells.iter().filter_map(|&cell| {
            let [from, to] = other_edge(mesh.cell_nodes(cell), node, neighbour)?;
            Some((from, (to, cell)))
        });
        ring(&steps.collect())
    });
    faces.collect()
}

/// The tetrahedra in the order of the steps that they make, once around; none if it does not close.
fn ring(steps: &HashMap<NodeId, (NodeId, CellId)>) -> Option<Vec<NodeId>> {
    let start = *steps.keys().min()?;
    let mut face = Vec::with_capacity(steps.len());
    let mut at = start;
    loop {
        let &(next, cell) = steps.get(&at)?;
        face.push(NodeId::new(cell.get()));
        at = next;
        if at == start {
            assert_eq!(face.len(), steps.len(), "an edge on which parts only touch");
            return Some(face);
        }
    }
}

/// Of a tetrahedron with the edge from `one` to `two` the other two nodes, in the order in which they
/// follow each other counter-clockwise seen from the tip of the edge; none if it has not that edge.
fn other_edge(nodes: &[NodeId], one: NodeId, two: NodeId) -> Option<[NodeId; 2]> {
    // The even permutations of 0 1 2 3 that begin with each pair.
    const ORDERS: [[usize; 4]; 12] = [
        [0, 1, 2, 3],
        [0, 2, 3, 1],
        [0, 3, 1, 2],
        [1, 0, 3, 2],
        [1, 2, 0, 3],
        [1, 3, 2, 0],
        [2, 0, 1, 3],
        [2, 1, 3, 0],
        [2, 3, 0, 1],
        [3, 0, 2, 1],
        [3, 1, 0, 2],
        [3, 2, 1, 0],
    ];
    let order = ORDERS
        .iter()
        .find(|order| nodes[order[0]] == one && nodes[order[1]] == two)?;
    Some([nodes[order[2]], nodes[order[3]]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use mesh_core::{BoxCellShape, BoxMesh};

    #[test]
    fn the_dual_has_a_cell_around_every_inner_node() {
        let tetrahedra = BoxMesh {
            shape: BoxCellShape::Tetrahedron,
            jitter: 0.2,
            seed: 1,
            ..BoxMesh::unit([4; 3])
        };
        let tetrahedra = tetrahedra.generate().unwrap();
        let dual = dual_of_tetrahedra(&tetrahedra);
        assert_eq!(dual.cell_count(), 3 * 3 * 3);
        assert_eq!(dual.mirrored_cells(), 0);
        assert!(dual.measures().iter().all(|&volume| volume > 0.0));
        // In the split by six an inner node has the edges of the grid, of its faces and of its cells.
        let faces = |cell| dual.polyhedron_faces(cell).len();
        assert!(dual.cell_ids().all(|cell| faces(cell) == 14));
        // Faces between two cells are whole: those with one make a single closed surface.
        let inner = 2 * 27 * 14 / 4;
        assert!(dual.faces().interior_faces().count() < inner);
    }
}
