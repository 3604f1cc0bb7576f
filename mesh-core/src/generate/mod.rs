//! Generated meshes of a box, for tests, benches and examples.

use rayon::prelude::*;

use crate::cartesian_mesh::{grid_nodes, hexahedra};
use crate::{
    CartesianMesh, CartesianMeshError, MeshError, Point3, Shape, UnstructuredMesh, Vector3,
};

mod dual;
mod octahedra;
mod random;
mod splitting;

pub use dual::{DualError, dual_of_tetrahedra};

/// A box cut into cells of one shape.
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh};
/// let mesh = BoxMesh { shape: BoxCellShape::Polyhedron, jitter: 0.2, ..BoxMesh::unit([4; 3]) }
///     .generate()?;
/// let volume: f64 = mesh.measures().iter().sum();
/// assert!((volume - 1.0).abs() < 1e-14);
/// # Ok::<(), mesh_core::GenerateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BoxMesh {
    /// How many grid cells along each axis; each holds one or more cells of the mesh.
    pub cells: [usize; 3],
    /// The lowest corner.
    pub origin: Point3,
    /// The lengths of the edges, positive.
    pub size: Vector3,
    /// The shape of the cells.
    pub shape: BoxCellShape,
    /// How far a node is moved at most along each axis, in widths of a grid cell, or for
    /// polyhedra, whose nodes lie closer, in quarters of it: 0 or more, less than 0.5. Nodes on
    /// the border stay within their face, on their edge, at their corner.
    pub jitter: f64,
    /// Where the random numbers of the jitter start: the same seed gives the same mesh on every
    /// machine.
    pub seed: u64,
}

/// The shapes a box can be cut into. Neighbouring cells always share whole faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoxCellShape {
    /// The grid cells themselves.
    Hexahedron,
    /// Six per grid cell, around one of its diagonals.
    Tetrahedron,
    /// Two per grid cell, on both sides of a diagonal of its base.
    Wedge,
    /// Six per grid cell: its faces, with its centre as apex.
    Pyramid,
    /// Truncated octahedra around the corners and the centres of the grid cells, cut at the
    /// border: 14 faces with 4 and 6 nodes inside, 7 to 14 with 3 to 8 nodes at the border.
    Polyhedron,
}

/// Why a box cannot be cut.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GenerateError {
    /// No cell along an axis.
    #[error("axis {axis} has 0 cells, expected at least 1")]
    NoCells {
        /// The axis.
        axis: usize,
    },
    /// A length that is not positive.
    #[error("the box is {size} long on axis {axis}, expected a positive finite length")]
    Size {
        /// The axis.
        axis: usize,
        /// The length.
        size: f64,
    },
    /// More cells or nodes than ids.
    #[error(
        "a box of {} x {} x {} grid cells has more cells or nodes than 32-bit ids: choose fewer",
        cells[0], cells[1], cells[2]
    )]
    TooLarge {
        /// How many grid cells along each axis.
        cells: [usize; 3],
    },
    /// A jitter out of range.
    #[error("the jitter is {jitter}, expected 0 or more and less than 0.5 cell widths")]
    Jitter {
        /// The jitter.
        jitter: f64,
    },
    /// A jitter that turns cells inside out.
    #[error("a jitter of {jitter} turns {cells} cells inside out: choose a smaller one")]
    Tangled {
        /// The jitter.
        jitter: f64,
        /// How many cells.
        cells: usize,
    },
    /// Coordinates that do not increase: the cells are too narrow for this distance from the
    /// origin.
    #[error(transparent)]
    Axes(#[from] CartesianMeshError),
    /// What was cut is no mesh.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

impl BoxMesh {
    /// The unit cube as hexahedra, without jitter.
    #[must_use]
    pub fn unit(cells: [usize; 3]) -> Self {
        Self {
            cells,
            origin: Point3::origin(),
            size: Vector3::new(1.0, 1.0, 1.0),
            shape: BoxCellShape::Hexahedron,
            jitter: 0.0,
            seed: 0,
        }
    }

    /// The mesh. Grid cells are numbered with the first axis fastest, and the cells within one
    /// follow each other; polyhedra around grid corners come before those around centres.
    ///
    /// # Errors
    /// When there are no cells, too many, the size is not positive, or the jitter turns cells
    /// inside out.
    pub fn generate(&self) -> Result<UnstructuredMesh, GenerateError> {
        let grid = self.grid()?;
        let axes = [0, 1, 2].map(|axis| grid.axes()[axis].as_slice());
        let mut arrays = match self.shape.to_shape() {
            Shape::Polyhedron => octahedra::fill_with_octahedra(axes),
            shape => splitting::split_hexahedra(grid_nodes(axes), hexahedra(self.cells), shape),
        };
        if self.jitter > 0.0 {
            self.move_nodes(&mut arrays.nodes, axes);
        }
        let mesh = UnstructuredMesh::new(arrays)?;
        match mesh.mirrored_cells() {
            0 => Ok(mesh),
            cells => Err(GenerateError::Tangled {
                jitter: self.jitter,
                cells,
            }),
        }
    }

    fn grid(&self) -> Result<CartesianMesh, GenerateError> {
        for axis in 0..3 {
            let size = self.size[axis];
            if self.cells[axis] == 0 {
                return Err(GenerateError::NoCells { axis });
            }
            if !(size > 0.0 && size.is_finite()) {
                return Err(GenerateError::Size { axis, size });
            }
        }
        if !(0.0..0.5).contains(&self.jitter) {
            return Err(GenerateError::Jitter {
                jitter: self.jitter,
            });
        }
        // An upper bound of the numbers of cells and of nodes.
        let bound = self
            .cells
            .iter()
            .fold(self.shape.to_density(), |product, &count| {
                product.saturating_mul(count.saturating_add(1))
            });
        if u32::try_from(bound).is_err() {
            return Err(GenerateError::TooLarge { cells: self.cells });
        }
        let axes = (0..3).map(|axis| {
            let count = self.cells[axis];
            let fraction = |i: usize| i as f64 / count as f64;
            (0..=count)
                .map(|i| self.origin[axis] + self.size[axis] * fraction(i))
                .collect()
        });
        Ok(CartesianMesh::new(axes.collect())?)
    }

    fn move_nodes(&self, nodes: &mut [Point3], axes: [&[f64]; 3]) {
        let ends = axes.map(|axis| [axis[0], axis[axis.len() - 1]]);
        let spacing = if self.shape == BoxCellShape::Polyhedron {
            0.25
        } else {
            1.0
        };
        let reach: [f64; 3] = std::array::from_fn(|axis| {
            self.jitter * spacing * (self.size[axis] / self.cells[axis] as f64)
        });
        nodes.par_iter_mut().enumerate().for_each(|(node, point)| {
            for axis in 0..3 {
                if !ends[axis].contains(&point[axis]) {
                    let position = 3 * node as u64 + axis as u64;
                    point[axis] += reach[axis] * random::symmetric_uniform(self.seed, position);
                }
            }
        });
    }
}

impl BoxCellShape {
    /// The shape of the cells in the mesh.
    #[must_use]
    pub const fn to_shape(self) -> Shape {
        match self {
            Self::Hexahedron => Shape::Hexahedron,
            Self::Tetrahedron => Shape::Tetrahedron,
            Self::Wedge => Shape::Wedge,
            Self::Pyramid => Shape::Pyramid,
            Self::Polyhedron => Shape::Polyhedron,
        }
    }

    /// The largest number of cells or nodes for each point of the grid.
    const fn to_density(self) -> usize {
        match self {
            Self::Hexahedron => 1,
            Self::Wedge => 2,
            Self::Tetrahedron | Self::Pyramid => 6,
            Self::Polyhedron => 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [BoxCellShape; 5] = [
        BoxCellShape::Hexahedron,
        BoxCellShape::Tetrahedron,
        BoxCellShape::Wedge,
        BoxCellShape::Pyramid,
        BoxCellShape::Polyhedron,
    ];

    #[test]
    fn every_shape_fills_the_box_also_after_jitter() {
        for shape in SHAPES {
            for jitter in [0.0, 0.12] {
                let origin = Point3::new(-1.0, 2.0, 0.5);
                let size = Vector3::new(2.0, 3.0, 0.25);
                let cells = [4, 3, 2];
                let mesh = BoxMesh {
                    cells,
                    origin,
                    size,
                    shape,
                    jitter,
                    seed: 7,
                }
                .generate()
                .unwrap();
                let volume: f64 = mesh.measures().iter().sum();
                assert!((volume - 1.5).abs() < 1e-14, "{shape:?} {jitter}: {volume}");
                assert_eq!(mesh.bounds().min, origin);
                assert_eq!(mesh.bounds().max, origin + size);
            }
        }
    }

    #[test]
    fn every_shape_shares_whole_faces() {
        for (shape, outside) in SHAPES.into_iter().zip([54, 108, 72, 54, 150]) {
            let mesh = BoxMesh {
                shape,
                ..BoxMesh::unit([3; 3])
            }
            .generate()
            .unwrap();
            let faces = mesh.faces();
            assert_eq!(faces.boundary_faces().count(), outside, "{shape:?}");
            assert!(
                faces
                    .interior_faces()
                    .all(|face| faces.cells(face).len() == 2)
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_mesh() {
        let mesh = |seed| {
            BoxMesh {
                jitter: 0.2,
                seed,
                ..BoxMesh::unit([3; 3])
            }
            .generate()
            .unwrap()
            .fingerprint()
        };
        assert_eq!(mesh(5), mesh(5));
        assert_ne!(mesh(5), mesh(6));
    }

    #[test]
    fn nodes_on_the_border_stay_there() {
        let smooth = BoxMesh::unit([3; 3]).generate().unwrap();
        let mesh = BoxMesh {
            jitter: 0.3,
            seed: 1,
            ..BoxMesh::unit([3; 3])
        }
        .generate()
        .unwrap();
        for (before, after) in smooth.nodes().iter().zip(mesh.nodes()) {
            for axis in 0..3 {
                let on_border = [0.0, 1.0].contains(&before[axis]);
                assert_eq!(before[axis] == after[axis], on_border);
                assert!((before[axis] - after[axis]).abs() <= 0.1);
            }
        }
    }

    #[test]
    fn the_largest_coordinate_is_exact() {
        let mesh = BoxMesh::unit([40; 3]).generate().unwrap();
        assert_eq!(mesh.nodes()[7].x, 7.0 / 40.0);
        assert_eq!(mesh.bounds().max, Point3::new(1.0, 1.0, 1.0));
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        let message = |mesh: BoxMesh| mesh.generate().unwrap_err().to_string();
        let unit = BoxMesh::unit([2; 3]);
        assert!(message(BoxMesh::unit([2, 0, 2])).contains("axis 1 has 0 cells"));
        assert!(message(BoxMesh::unit([1 << 20; 3])).contains("32-bit"));
        assert!(message(BoxMesh::unit([usize::MAX; 3])).contains("32-bit"));
        let size = Vector3::new(1.0, 1.0, -1.0);
        assert!(
            message(BoxMesh {
                size,
                ..unit.clone()
            })
            .contains("-1 long on axis 2")
        );
        assert!(
            message(BoxMesh {
                jitter: 0.5,
                ..unit.clone()
            })
            .contains("jitter is 0.5")
        );
        assert!(
            message(BoxMesh {
                jitter: f64::NAN,
                ..unit.clone()
            })
            .contains("NaN")
        );
        let origin = Point3::new(1e20, 0.0, 0.0);
        assert!(message(BoxMesh { origin, ..unit }).contains("must increase"));
        let tangled = BoxMesh {
            jitter: 0.49,
            shape: BoxCellShape::Tetrahedron,
            ..BoxMesh::unit([6; 3])
        };
        assert!(message(tangled).contains("inside out"));
    }
}
