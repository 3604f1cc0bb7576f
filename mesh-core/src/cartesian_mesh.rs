//! Cartesian meshes: one list of increasing coordinates per axis.

use crate::{MeshArrays, MeshError, NodeId, Point3, PolyhedronFaces, Shape, UnstructuredMesh};

/// A mesh whose cells are all products of intervals, in one to three dimensions.
///
/// Cells and nodes are numbered with the first axis fastest. Counts and measures (length, area,
/// volume) work in every dimension; only three axes convert to an unstructured mesh, because
/// that has volume cells alone.
///
/// ```
/// use mesh_core::CartesianMesh;
/// let plane = CartesianMesh::new(vec![vec![0.0, 1.0, 3.0], vec![0.0, 0.5]])?;
/// assert_eq!(plane.measures(), [0.5, 1.0]);
/// assert!(plane.to_unstructured().is_err());
/// # Ok::<(), mesh_core::CartesianMeshError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CartesianMesh {
    axes: Vec<Vec<f64>>,
}

/// What can be wrong with the axes of a Cartesian mesh.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CartesianMeshError {
    /// Not one to three axes.
    #[error("a Cartesian mesh has 1 to 3 axes, but {found} were given")]
    AxisCount {
        /// How many axes.
        found: usize,
    },
    /// An axis that encloses no cell.
    #[error("axis {axis} has {found} coordinates, but a cell needs at least 2")]
    TooFewCoordinates {
        /// The axis.
        axis: usize,
        /// How many coordinates.
        found: usize,
    },
    /// An infinite or undefined coordinate.
    #[error("coordinate {position} of axis {axis} is {value}: coordinates must be finite")]
    NotFinite {
        /// The axis.
        axis: usize,
        /// Where on the axis.
        position: usize,
        /// The coordinate.
        value: f64,
    },
    /// A coordinate not larger than the one before.
    #[error(
        "coordinate {position} of axis {axis} is {value}, not larger than {previous} before it: \
         coordinates must increase"
    )]
    NotIncreasing {
        /// The axis.
        axis: usize,
        /// Where on the axis.
        position: usize,
        /// The coordinate.
        value: f64,
        /// The coordinate before it.
        previous: f64,
    },
    /// Conversion in fewer than three dimensions.
    #[error(
        "a Cartesian mesh of {found} axes has no volume cells: only 3 axes convert to hexahedra; \
         add an axis, for example with the coordinates 0 and 1"
    )]
    NoVolume {
        /// How many axes.
        found: usize,
    },
    /// The mesh is too large, or its cells are.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

impl CartesianMesh {
    /// The mesh with these axes, each of at least two increasing coordinates.
    ///
    /// # Errors
    /// When there are not one to three axes, or a coordinate is not finite or does not increase.
    pub fn new(axes: Vec<Vec<f64>>) -> Result<Self, CartesianMeshError> {
        if !(1..=3).contains(&axes.len()) {
            return Err(CartesianMeshError::AxisCount { found: axes.len() });
        }
        for (axis, coordinates) in axes.iter().enumerate() {
            check_axis(axis, coordinates)?;
        }
        let count = |less: usize| {
            axes.iter().try_fold(1_usize, |product, axis| {
                product.checked_mul(axis.len() - less)
            })
        };
        match count(0) {
            Some(nodes) if u32::try_from(nodes).is_ok() => Ok(Self { axes }),
            nodes => Err(MeshError::TooManyNodes {
                nodes: nodes.unwrap_or(usize::MAX),
            }
            .into()),
        }
    }

    /// How many axes: 1, 2 or 3.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.axes.len()
    }

    /// The coordinates of each axis.
    #[must_use]
    pub fn axes(&self) -> &[Vec<f64>] {
        &self.axes
    }

    /// How many cells.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.axes.iter().map(|axis| axis.len() - 1).product()
    }

    /// How many nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.axes.iter().map(Vec::len).product()
    }

    /// The length, area or volume of every cell.
    #[must_use]
    pub fn measures(&self) -> Vec<f64> {
        self.axes.iter().fold(vec![1.0], |measures, axis| {
            let widths = axis.windows(2).map(|pair| pair[1] - pair[0]);
            widths
                .flat_map(|width| measures.iter().map(move |measure| measure * width))
                .collect()
        })
    }

    /// The same mesh as hexahedra, nodes and cells numbered with the first axis fastest.
    ///
    /// # Errors
    /// With fewer than three axes: an unstructured mesh has volume cells only.
    pub fn to_unstructured(&self) -> Result<UnstructuredMesh, CartesianMeshError> {
        let [x, y, z] = self.axes.as_slice() else {
            return Err(CartesianMeshError::NoVolume {
                found: self.axes.len(),
            });
        };
        let cells = self.cell_count();
        let connectivity = hexahedra([x.len() - 1, y.len() - 1, z.len() - 1]);
        Ok(UnstructuredMesh::new(MeshArrays {
            nodes: grid_nodes([x, y, z]),
            shapes: vec![Shape::Hexahedron; cells],
            offsets: (0..=cells).map(|cell| 8 * cell).collect(),
            connectivity,
            polyhedra: PolyhedronFaces::default(),
        })?)
    }
}

/// The nodes of a grid, first axis fastest.
pub(crate) fn grid_nodes([x, y, z]: [&[f64]; 3]) -> Vec<Point3> {
    let mut nodes = Vec::with_capacity(x.len() * y.len() * z.len());
    for &z in z {
        for &y in y {
            nodes.extend(x.iter().map(|&x| Point3::new(x, y, z)));
        }
    }
    nodes
}

/// The connectivity of the hexahedra of a grid, first axis fastest. Node ids fit in 32 bits.
pub(crate) fn hexahedra(cells: [usize; 3]) -> Vec<NodeId> {
    let row = cells[0] as u32 + 1;
    let layer = row * (cells[1] as u32 + 1);
    let mut connectivity = Vec::with_capacity(8 * cells.iter().product::<usize>());
    for k in 0..cells[2] as u32 {
        for j in 0..cells[1] as u32 {
            for i in 0..cells[0] as u32 {
                let first = k * layer + j * row + i;
                for corner in [first, first + layer] {
                    connectivity.extend(
                        [corner, corner + 1, corner + row + 1, corner + row].map(NodeId::new),
                    );
                }
            }
        }
    }
    connectivity
}

fn check_axis(axis: usize, coordinates: &[f64]) -> Result<(), CartesianMeshError> {
    if coordinates.len() < 2 {
        return Err(CartesianMeshError::TooFewCoordinates {
            axis,
            found: coordinates.len(),
        });
    }
    if let Some(position) = coordinates.iter().position(|value| !value.is_finite()) {
        return Err(CartesianMeshError::NotFinite {
            axis,
            position,
            value: coordinates[position],
        });
    }
    match coordinates.windows(2).position(|pair| pair[0] >= pair[1]) {
        None => Ok(()),
        Some(i) => Err(CartesianMeshError::NotIncreasing {
            axis,
            position: i + 1,
            value: coordinates[i + 1],
            previous: coordinates[i],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexahedra_are_numbered_with_the_first_axis_fastest() {
        let axes = vec![vec![0.0, 1.0, 3.0], vec![0.0, 2.0], vec![0.0, 1.0, 5.0]];
        let cartesian = CartesianMesh::new(axes).unwrap();
        let mesh = cartesian.to_unstructured().unwrap();
        assert_eq!((mesh.cell_count(), mesh.node_count()), (4, 18));
        assert_eq!(mesh.measures(), [2.0, 4.0, 8.0, 16.0]);
        assert_eq!(mesh.measures(), cartesian.measures());
        assert_eq!(mesh.mirrored_cells(), 0);
        assert_eq!(cartesian.node_count(), mesh.node_count());
    }

    #[test]
    fn measures_exist_in_every_dimension() {
        let line = CartesianMesh::new(vec![vec![0.0, 1.0, 3.0]]).unwrap();
        assert_eq!(
            (line.dimension(), line.cell_count(), line.node_count()),
            (1, 2, 3)
        );
        assert_eq!(line.measures(), [1.0, 2.0]);
    }

    #[test]
    fn fewer_than_three_axes_do_not_convert() {
        let line = CartesianMesh::new(vec![vec![0.0, 1.0]]).unwrap();
        let message = line.to_unstructured().unwrap_err().to_string();
        assert!(message.contains("only 3 axes convert"), "{message}");
    }

    #[test]
    fn bad_axes_are_named() {
        let message = |axes: Vec<Vec<f64>>| CartesianMesh::new(axes).unwrap_err().to_string();
        assert!(message(vec![]).contains("0 were given"));
        assert!(message(vec![vec![0.0, 1.0]; 4]).contains("4 were given"));
        assert!(message(vec![vec![0.0]]).contains("axis 0 has 1 coordinates"));
        assert!(message(vec![vec![0.0, f64::NAN]]).contains("coordinate 1 of axis 0 is NaN"));
        let message = message(vec![vec![0.0, 1.0], vec![0.0, 2.0, 2.0]]);
        assert!(
            message.contains("coordinate 2 of axis 1 is 2, not larger than 2"),
            "{message}"
        );
    }
}
