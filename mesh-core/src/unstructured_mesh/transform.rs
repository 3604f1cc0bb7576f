//! Moved copies of a mesh. They share everything but the coordinates.

use std::sync::{Arc, OnceLock};

use nalgebra::Rotation3;
use rayon::prelude::*;

use super::{CHUNK, MeshArrays, UnstructuredMesh, validation};
use crate::{Point3, Vector3};

/// Why a mesh cannot be moved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TransformError {
    /// A coordinate becomes infinite or undefined.
    #[error(
        "node {node} would move to ({}, {}, {}): every coordinate must stay finite",
        coordinates[0], coordinates[1], coordinates[2]
    )]
    NotFinite {
        /// The node.
        node: usize,
        /// Where it would be.
        coordinates: [f64; 3],
    },
    /// A factor that flattens the mesh.
    #[error("the factor of axis {axis} is {factor}: it must be finite and not zero")]
    Factor {
        /// The axis.
        axis: usize,
        /// Its factor.
        factor: f64,
    },
}

impl UnstructuredMesh {
    /// A copy moved by `offset`.
    ///
    /// ```
    /// use mesh_core::{CartesianMesh, CellId, Vector3};
    /// let source = CartesianMesh::new(vec![vec![0.0, 1.0, 2.0]; 3])?.to_unstructured()?;
    /// let target = source.translate(&Vector3::new(0.5, 0.5, 0.5))?;
    /// assert_eq!(target.centroid(CellId::new(0)).x, 1.0);
    /// assert_eq!(target.connectivity(), source.connectivity());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a coordinate would not stay finite.
    pub fn translate(&self, offset: &Vector3) -> Result<Self, TransformError> {
        self.with_nodes(|node| node + offset)
    }

    /// A copy turned about `center`.
    ///
    /// # Errors
    /// When a coordinate would not stay finite.
    pub fn rotate(
        &self,
        rotation: &Rotation3<f64>,
        center: &Point3,
    ) -> Result<Self, TransformError> {
        self.with_nodes(|node| center + rotation * (node - center))
    }

    /// A copy whose coordinates are multiplied by one factor per axis. With an odd number of
    /// negative factors every cell is mirrored and turned round again; it is not counted in
    /// [`UnstructuredMesh::mirrored_cells`].
    ///
    /// # Errors
    /// When a factor is zero or not finite, or a coordinate would not stay finite.
    pub fn scale(&self, factors: &Vector3) -> Result<Self, TransformError> {
        for (axis, &factor) in factors.iter().enumerate() {
            if !factor.is_finite() || factor == 0.0 {
                return Err(TransformError::Factor { axis, factor });
            }
        }
        let scaled = self.with_nodes(|node| Point3::from(node.coords.component_mul(factors)))?;
        let mirrors = factors.iter().filter(|&&factor| factor < 0.0).count() % 2 == 1;
        if !mirrors {
            return Ok(scaled);
        }
        let mut arrays = MeshArrays {
            nodes: Vec::new(),
            shapes: self.shapes().to_vec(),
            offsets: self.offsets().to_vec(),
            connectivity: self.connectivity().to_vec(),
            polyhedra: self.polyhedra().clone(),
        };
        validation::turn_all_round(&mut arrays);
        let turned = Self::from_valid(arrays, self.mirrored_cells);
        Ok(Self {
            nodes: scaled.nodes,
            ..turned
        })
    }

    fn with_nodes(
        &self,
        move_node: impl Fn(&Point3) -> Point3 + Send + Sync,
    ) -> Result<Self, TransformError> {
        let nodes: Vec<Point3> = self
            .nodes
            .par_iter()
            .with_min_len(CHUNK)
            .map(move_node)
            .collect();
        let wrong = nodes
            .par_iter()
            .with_min_len(CHUNK)
            .position_first(|node| !node.coords.iter().all(|coordinate| coordinate.is_finite()));
        if let Some(node) = wrong {
            return Err(TransformError::NotFinite {
                node,
                coordinates: nodes[node].coords.into(),
            });
        }
        Ok(Self {
            nodes: Arc::new(nodes),
            cells: Arc::clone(&self.cells),
            mirrored_cells: self.mirrored_cells,
            fingerprint: OnceLock::new(),
            measures: OnceLock::new(),
        })
    }
}
