//! Merging nodes that lie at the same place.

use std::collections::HashMap;

use super::{MeshArrays, MeshError, UnstructuredMesh};
use crate::{NodeId, Point3};

/// A mesh whose coincident nodes were merged.
#[derive(Clone, Debug)]
pub struct MergedNodes {
    /// The mesh with fewer nodes.
    pub mesh: UnstructuredMesh,
    /// The new id of each old node.
    pub new_ids: Vec<NodeId>,
}

/// Why nodes cannot be merged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MergeNodesError {
    /// A negative, undefined or senseless tolerance.
    #[error(
        "the tolerance {tolerance} for coincident nodes is not in 0 .. 0.1: it is relative to the \
         longest edge of the box around the mesh"
    )]
    Tolerance {
        /// The tolerance.
        tolerance: f64,
    },
    /// What merging leaves is no mesh.
    #[error("after coincident nodes were merged: {0}")]
    Mesh(#[from] MeshError),
}

impl UnstructuredMesh {
    /// The mesh with nodes merged that lie within `tolerance` of each other, measured relative to
    /// the longest edge of the box around all nodes. A tolerance of 0 merges equal coordinates.
    ///
    /// Nodes are taken in ascending order; each joins the lowest node kept so far that is near
    /// enough, and is kept itself where there is none. Cost: one pass and a hash table.
    ///
    /// ```
    /// use mesh_core::{Point3, Shape, UnstructuredMesh};
    /// let corners = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.], [0., 0., -1.]];
    /// let mut nodes: Vec<Point3> = corners.map(Point3::from).to_vec();
    /// nodes.extend_from_within(..3);
    /// let mesh = UnstructuredMesh::builder(nodes)
    ///     .cell(Shape::Tetrahedron, &[0, 1, 2, 3])
    ///     .cell(Shape::Tetrahedron, &[5, 7, 6, 4])
    ///     .build()?;
    /// let merged = mesh.merge_coincident_nodes(0.0)?.mesh;
    /// assert_eq!(merged.node_count(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the tolerance is negative or too large, or a cell collapses to nothing.
    pub fn merge_coincident_nodes(&self, tolerance: f64) -> Result<MergedNodes, MergeNodesError> {
        if !(0.0..0.1).contains(&tolerance) {
            return Err(MergeNodesError::Tolerance { tolerance });
        }
        let distance = tolerance * self.bounds().extent().max();
        let (kept, new_ids) = find_coincident(&self.nodes, distance);
        let renumber = |nodes: &[NodeId]| -> Vec<NodeId> {
            nodes.iter().map(|node| new_ids[node.index()]).collect()
        };
        let mut arrays = MeshArrays {
            nodes: kept,
            shapes: self.shapes().to_vec(),
            offsets: self.offsets().to_vec(),
            connectivity: renumber(self.connectivity()),
            polyhedra: self.polyhedra().clone(),
        };
        arrays.polyhedra.connectivity = renumber(&arrays.polyhedra.connectivity);
        arrays.list_polyhedron_nodes();
        Ok(MergedNodes {
            mesh: UnstructuredMesh::new(arrays)?,
            new_ids,
        })
    }
}

/// The nodes that stay, and the new id of every node.
fn find_coincident(nodes: &[Point3], distance: f64) -> (Vec<Point3>, Vec<NodeId>) {
    let mut kept: Vec<Point3> = Vec::new();
    let mut new_ids = Vec::with_capacity(nodes.len());
    // The last node kept in each box of a grid, and for each kept node the one before it there.
    let mut last_in_box: HashMap<[u64; 3], u32> = HashMap::with_capacity(nodes.len());
    let mut previous: Vec<u32> = Vec::new();
    for node in nodes {
        let near = find_near(node, distance, &kept, &last_in_box, &previous);
        let id = near.unwrap_or_else(|| {
            let id = kept.len() as u32;
            let before = last_in_box.insert(grid_box(node, distance, [0.0; 3]), id);
            previous.push(before.unwrap_or(u32::MAX));
            kept.push(*node);
            id
        });
        new_ids.push(NodeId::new(id));
    }
    (kept, new_ids)
}

fn find_near(
    node: &Point3,
    distance: f64,
    kept: &[Point3],
    last_in_box: &HashMap<[u64; 3], u32>,
    previous: &[u32],
) -> Option<u32> {
    let steps: &[f64] = if distance > 0.0 {
        &[-1.0, 0.0, 1.0]
    } else {
        &[0.0]
    };
    let mut nearest: Option<u32> = None;
    for &x in steps {
        for &y in steps {
            for &z in steps {
                let mut next = last_in_box
                    .get(&grid_box(node, distance, [x, y, z]))
                    .copied();
                while let Some(id) = next.filter(|&id| id != u32::MAX) {
                    let near = (kept[id as usize] - node).norm() <= distance;
                    if near && nearest.is_none_or(|best| id < best) {
                        nearest = Some(id);
                    }
                    next = previous.get(id as usize).copied();
                }
            }
        }
    }
    nearest
}

/// The box of a grid of width `distance` around a node, or a neighbour of it; without a distance
/// the coordinates themselves.
fn grid_box(node: &Point3, distance: f64, step: [f64; 3]) -> [u64; 3] {
    std::array::from_fn(|axis| {
        let place = if distance > 0.0 {
            (node[axis] / distance).floor() + step[axis]
        } else {
            node[axis]
        };
        // Adding zero makes both zeros one.
        (place + 0.0).to_bits()
    })
}
