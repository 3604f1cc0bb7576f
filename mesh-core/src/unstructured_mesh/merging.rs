//! Merging nodes that lie at the same place.

use std::hash::BuildHasherDefault;

use super::{MeshArrays, MeshError, UnstructuredMesh};
use crate::hashing::{NumberMap, mix};
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
    let mut kept = KeptNodes::new(distance, nodes.len());
    let new_ids = nodes
        .iter()
        .map(|node| NodeId::new(kept.find_or_keep(node)))
        .collect();
    (kept.nodes, new_ids)
}

/// The width of the boxes in which near nodes are looked for, in distances: wide enough that few
/// nodes lie near a border, where the next box must be searched too.
const BOX_WIDTH: f64 = 16.0;

/// The nodes kept so far, sorted into the boxes of a grid.
struct KeptNodes {
    distance: f64,
    nodes: Vec<Point3>,
    /// The last node kept in a box, by a hash of the box; boxes of the same hash share a list.
    last_in_box: NumberMap<u32>,
    /// For each kept node the one kept before it in its box; itself for the first.
    previous: Vec<u32>,
}

impl KeptNodes {
    fn new(distance: f64, count: usize) -> Self {
        let last_in_box = NumberMap::with_capacity_and_hasher(count, BuildHasherDefault::default());
        Self {
            distance,
            nodes: Vec::new(),
            last_in_box,
            previous: Vec::new(),
        }
    }

    fn find_or_keep(&mut self, node: &Point3) -> u32 {
        let found = if self.distance > 0.0 {
            self.find_near(node)
        } else {
            self.find_equal(node)
        };
        found.unwrap_or_else(|| {
            let id = self.nodes.len() as u32;
            let key = if self.distance > 0.0 {
                hash_of(self.place(node).map(f64::floor))
            } else {
                hash_of(node.coords.into())
            };
            let before = self.last_in_box.insert(key, id);
            self.previous.push(before.unwrap_or(id));
            self.nodes.push(*node);
            id
        })
    }

    fn find_equal(&self, node: &Point3) -> Option<u32> {
        self.lowest_in_box(hash_of(node.coords.into()), node)
    }

    fn find_near(&self, node: &Point3) -> Option<u32> {
        let place = self.place(node);
        // Slightly more than the distance, for the rounding of the place.
        let reach = 1.001 / BOX_WIDTH;
        let low = place.map(|place| (place - reach).floor());
        let high = place.map(|place| (place + reach).floor());
        let ends = |axis: usize| {
            let second = (high[axis] > low[axis]).then_some(high[axis]);
            std::iter::once(low[axis]).chain(second)
        };
        let mut lowest = None;
        for x in ends(0) {
            for y in ends(1) {
                for z in ends(2) {
                    let found = self.lowest_in_box(hash_of([x, y, z]), node);
                    lowest = found.into_iter().chain(lowest).min();
                }
            }
        }
        lowest
    }

    fn lowest_in_box(&self, key: u64, node: &Point3) -> Option<u32> {
        let mut lowest = None;
        let mut next = self.last_in_box.get(&key).copied();
        while let Some(id) = next {
            if (self.nodes[id as usize] - node).norm() <= self.distance {
                lowest = Some(id);
            }
            let before = self.previous[id as usize];
            next = (before != id).then_some(before);
        }
        lowest
    }

    fn place(&self, node: &Point3) -> [f64; 3] {
        let width = BOX_WIDTH * self.distance;
        [node.x / width, node.y / width, node.z / width]
    }
}

/// A hash of three numbers, in which both zeros are one.
fn hash_of(numbers: [f64; 3]) -> u64 {
    numbers
        .iter()
        .fold(0, |hash, number| mix(hash ^ (number + 0.0).to_bits()))
}
