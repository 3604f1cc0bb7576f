//! The dual of a mesh of tetrahedra: a polyhedron around each node that is not on the boundary.

use std::collections::HashMap;

use crate::{CellId, MeshArrays, MeshError, NodeId, Point3, Shape, UnstructuredMesh};

/// Why a mesh has no dual.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DualError {
    /// A cell of another shape.
    #[error("cell {cell} is a {shape}, expected tetrahedra only")]
    NotTetrahedron {
        /// The cell.
        cell: CellId,
        /// Its shape.
        shape: Shape,
    },
    /// The tetrahedra around an edge are no ring: a face has more than two, or parts of the mesh
    /// touch in the edge only.
    #[error(
        "the tetrahedra around the edge from node {} to node {} are no ring: parts of the mesh \
         overlap or only touch there",
        nodes[0], nodes[1]
    )]
    NoRing {
        /// The ends of the edge.
        nodes: [NodeId; 2],
    },
    /// What was made is no mesh: where every node is on the boundary there is no cell.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

/// The dual of a mesh of tetrahedra: a node at the centre of each tetrahedron, a face for each edge,
/// through the centres of the tetrahedra around it, and a cell for each node, with as many faces as
/// the node has neighbours. Nodes on the boundary have none. The faces are warped.
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh, dual_of_tetrahedra};
/// let shape = BoxCellShape::Tetrahedron;
/// let tetrahedra = BoxMesh { shape, ..BoxMesh::unit([4; 3]) }.generate()?;
/// assert_eq!(dual_of_tetrahedra(&tetrahedra)?.cell_count(), 3 * 3 * 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a cell is no tetrahedron, tetrahedra do not surround their edges, or no node is inside.
pub fn dual_of_tetrahedra(mesh: &UnstructuredMesh) -> Result<UnstructuredMesh, DualError> {
    let other = mesh
        .cell_ids()
        .find(|&cell| mesh.shape(cell) != Shape::Tetrahedron);
    if let Some(cell) = other {
        let shape = mesh.shape(cell);
        return Err(DualError::NotTetrahedron { cell, shape });
    }
    let place = |node: NodeId| mesh.nodes()[node.index()].coords;
    let centre = |cell: CellId| {
        let nodes = mesh.cell_nodes(cell);
        let sum = (place(nodes[0]) + place(nodes[1])) + (place(nodes[2]) + place(nodes[3]));
        Point3::from(sum * 0.25)
    };
    let mut arrays = MeshArrays::from_nodes(mesh.cell_ids().map(centre).collect());
    let around = mesh.node_cells();
    for node in (0..mesh.node_count() as u32).map(NodeId::new) {
        if let Some(faces) = faces_around(mesh, node, around.of(node))? {
            arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
        }
    }
    Ok(UnstructuredMesh::new(arrays)?)
}

/// The faces of the cell around a node, counter-clockwise from outside, in ascending order of the
/// neighbours; none if the node is on the boundary or nobody uses it.
fn faces_around(
    mesh: &UnstructuredMesh,
    node: NodeId,
    cells: &[CellId],
) -> Result<Option<Vec<Vec<NodeId>>>, DualError> {
    if cells.is_empty() {
        return Ok(None);
    }
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
        let steps: Vec<_> = steps.collect();
        let nodes = [node, neighbour];
        ring(&steps).map_err(|NoRing| DualError::NoRing { nodes })
    });
    // The first error counts more than a boundary.
    let faces: Vec<Option<Vec<NodeId>>> = faces.collect::<Result<_, _>>()?;
    Ok(faces.into_iter().collect())
}

/// Steps that lead neither around nor from one end to another.
struct NoRing;

/// The tetrahedra in the order of the steps that they make, once around; none if it does not close.
fn ring(steps: &[(NodeId, (NodeId, CellId))]) -> Result<Option<Vec<NodeId>>, NoRing> {
    let step_from: HashMap<NodeId, (NodeId, CellId)> = steps.iter().copied().collect();
    let Some(&start) = step_from.keys().min() else {
        return Ok(None);
    };
    if step_from.len() < steps.len() {
        return Err(NoRing);
    }
    let mut face = Vec::with_capacity(steps.len());
    let mut at = start;
    for _ in steps {
        let Some(&(next, cell)) = step_from.get(&at) else {
            return Ok(None);
        };
        face.push(NodeId::new(cell.get()));
        at = next;
        if at == start {
            break;
        }
    }
    if at == start && face.len() == steps.len() {
        Ok(Some(face))
    } else if step_from.contains_key(&at) {
        Err(NoRing)
    } else {
        Ok(None)
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
    use crate::{BoxCellShape, BoxMesh};

    #[test]
    fn the_dual_has_a_cell_around_every_inner_node() {
        let tetrahedra = BoxMesh {
            shape: BoxCellShape::Tetrahedron,
            jitter: 0.2,
            seed: 1,
            ..BoxMesh::unit([4; 3])
        };
        let tetrahedra = tetrahedra.generate().unwrap();
        let dual = dual_of_tetrahedra(&tetrahedra).unwrap();
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

    #[test]
    fn what_has_no_dual_is_refused() {
        let hexahedra = BoxMesh::unit([2; 3]).generate().unwrap();
        let message = dual_of_tetrahedra(&hexahedra).unwrap_err().to_string();
        assert_eq!(message, "cell 0 is a hexahedron, expected tetrahedra only");

        // Every node of the grid is on the boundary.
        let shape = BoxCellShape::Tetrahedron;
        let coarse = BoxMesh {
            shape,
            ..BoxMesh::unit([1; 3])
        };
        let coarse = coarse.generate().unwrap();
        let error = dual_of_tetrahedra(&coarse).unwrap_err();
        assert!(matches!(error, DualError::Mesh(_)), "{error}");

        // Every cell twice.
        let cells: Vec<CellId> = coarse.cell_ids().chain(coarse.cell_ids()).collect();
        let twice = coarse.extract(&cells).unwrap();
        let error = dual_of_tetrahedra(&twice).unwrap_err();
        assert!(matches!(error, DualError::NoRing { .. }), "{error}");
    }
}
