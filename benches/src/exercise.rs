//! Pairs of meshes for the whole job.

use geom_intersect::{Intersector, Solid, StandardShape};
use mesh_core::{BoxCellShape, BoxMesh, Point3, UnstructuredMesh, Vector3};
use nalgebra::{Rotation3, Unit};
use rayon::{ThreadPool, ThreadPoolBuilder};
use remap::OverlapMatrix;
use remap::check::check;

use crate::random::Random;

/// What meshes are remapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exercise {
    /// The reference exercise: a grid of 40³ hexahedra, and the same shifted by half a cell.
    HalfShifted,
    /// The same with the cells of both meshes in random order.
    Shuffled,
    /// The same with the target turned by 0.5 rad about the diagonal through the cube's centre, so
    /// that no two planes are parallel.
    Rotated,
    /// Tetrahedra, six in each of 16³ and of 15³ grid cells of the unit cube, nodes moved by up to
    /// 20 % of a grid cell.
    Tetrahedra,
    /// 14³ and 13³ hexahedra of the unit cube, nodes moved by up to 5 % of a cell, so that their
    /// faces are warped.
    Warped,
}

/// Two meshes and the answer.
#[derive(Debug, Clone)]
pub struct Meshes {
    /// Where fields come from.
    pub source: UnstructuredMesh,
    /// Where fields go to.
    pub target: UnstructuredMesh,
    /// The volume of the overlap of the two bodies, found without their cells.
    pub overlap: f64,
}

impl Exercise {
    /// Every exercise.
    pub const ALL: [Self; 5] = [
        Self::HalfShifted,
        Self::Shuffled,
        Self::Rotated,
        Self::Tetrahedra,
        Self::Warped,
    ];

    /// Returns the name, as reports use it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfShifted => "half-shifted",
            Self::Shuffled => "shuffled",
            Self::Rotated => "rotated",
            Self::Tetrahedra => "tetrahedra",
            Self::Warped => "warped",
        }
    }

    /// Makes the meshes in their full size.
    #[must_use]
    pub fn meshes(self) -> Meshes {
        match self {
            Self::HalfShifted | Self::Shuffled | Self::Rotated => self.meshes_of(40),
            Self::Tetrahedra => self.meshes_of(16),
            Self::Warped => self.meshes_of(14),
        }
    }

    /// Makes the meshes with this many grid cells along each edge of the source.
    ///
    /// # Panics
    ///
    /// If there are fewer than two.
    #[must_use]
    pub fn meshes_of(self, cells: usize) -> Meshes {
        assert!(cells > 1, "the target of some exercises has one cell less");
        let grid = generate(&BoxMesh::unit([cells; 3]));
        let half = 0.5 / cells as f64;
        let shifted = moved(grid.translate(&Vector3::repeat(half)));
        match self {
            Self::HalfShifted => Meshes {
                source: grid,
                target: shifted,
                overlap: (1.0 - half).powi(3),
            },
            Self::Shuffled => Meshes {
                source: shuffle(&grid, 1),
                target: shuffle(&shifted, 2),
                overlap: (1.0 - half).powi(3),
            },
            Self::Rotated => {
                let diagonal = Unit::new_normalize(Vector3::repeat(1.0));
                let rotation = Rotation3::from_axis_angle(&diagonal, 0.5);
                let centre = Point3::new(0.5, 0.5, 0.5);
                let body = generate(&BoxMesh::unit([1; 3]));
                let turned = moved(body.translate(&Vector3::repeat(half)));
                Meshes {
                    source: grid,
                    target: moved(shifted.rotate(&rotation, &centre)),
                    overlap: overlap_of_bodies(&body, &moved(turned.rotate(&rotation, &centre))),
                }
            }
            Self::Tetrahedra | Self::Warped => {
                let (shape, jitter) = if self == Self::Tetrahedra {
                    (BoxCellShape::Tetrahedron, 0.2)
                } else {
                    (BoxCellShape::Hexahedron, 0.05)
                };
                let [source, target] = [(cells, 1), (cells - 1, 2)].map(|(cells, seed)| {
                    generate(&BoxMesh {
                        shape,
                        jitter,
                        seed,
                        ..BoxMesh::unit([cells; 3])
                    })
                });
                Meshes {
                    source,
                    target,
                    overlap: 1.0,
                }
            }
        }
    }
}

impl Meshes {
    /// Checks a matrix of these meshes: every law of [`remap::check`], and the sum.
    ///
    /// # Panics
    ///
    /// If the matrix is wrong.
    pub fn check(&self, matrix: &OverlapMatrix) {
        let report = check(matrix, &self.source, &self.target).expect("the matrix of these meshes");
        assert!(report.holds, "{report:?}");
        let sum = report.overlap_volume;
        assert!(
            (sum - self.overlap).abs() <= 1e-12 * self.overlap,
            "the overlaps add up to {sum}, expected {}",
            self.overlap
        );
    }
}

/// Starts a pool of so many threads.
///
/// # Panics
///
/// If the threads cannot be started.
#[must_use]
pub fn thread_pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads can be started")
}

/// Returns the mesh with its cells in random order.
///
/// # Panics
///
/// Never: a mesh has cells.
#[must_use]
pub fn shuffle(mesh: &UnstructuredMesh, seed: u64) -> UnstructuredMesh {
    let mut cells: Vec<_> = mesh.cell_ids().collect();
    Random::new(seed).shuffle(&mut cells);
    mesh.extract(&cells).expect("cells of the mesh")
}

fn generate(mesh: &BoxMesh) -> UnstructuredMesh {
    mesh.generate()
        .expect("a box with little jitter can be cut")
}

fn moved(mesh: Result<UnstructuredMesh, mesh_core::TransformError>) -> UnstructuredMesh {
    mesh.expect("small coordinates stay finite")
}

/// The overlap of the only cells of two meshes.
fn overlap_of_bodies(source: &UnstructuredMesh, target: &UnstructuredMesh) -> f64 {
    let [source, target] = [source, target].map(|mesh| {
        let mut solid = Solid::default();
        let nodes = mesh.connectivity().iter();
        let nodes: Vec<_> = nodes.map(|node| mesh.nodes()[node.index()]).collect();
        solid.set_standard(StandardShape::Hexahedron, &nodes);
        solid
    });
    let overlap = Intersector::default().volume(&source, &target);
    overlap.expect("bodies around the same place overlap")
}

#[cfg(test)]
mod tests {
    use super::*;
    use remap::{P0P0, prepare};

    #[test]
    fn every_exercise_holds_on_any_number_of_threads() {
        for exercise in Exercise::ALL {
            let meshes = exercise.meshes_of(6);
            let [one, two] = [1, 2].map(|threads| {
                let run = || prepare(&meshes.source, &meshes.target, &P0P0);
                thread_pool(threads).install(run).unwrap()
            });
            meshes.check(&one);
            assert_eq!(one.digest(), two.digest(), "{exercise:?}");
        }
    }

    #[test]
    #[should_panic(expected = "holds: false")]
    fn a_wrong_matrix_is_found() {
        let meshes = Exercise::HalfShifted.meshes_of(3);
        let matrix = prepare(&meshes.source, &meshes.target, &P0P0).unwrap();
        let grown = matrix.into_matrix().map(|volume| volume * 1.000_000_1);
        meshes.check(&OverlapMatrix::new(grown, None, None));
    }
}
