//! How the meshes of each exercise are made.

use std::path::Path;

use geom_intersect::{Intersector, Solid, StandardShape};
use mesh_core::{
    BoxCellShape, BoxMesh, CartesianMesh, MeshArrays, Point3, UnstructuredMesh, Vector3,
    dual_of_tetrahedra,
};
use nalgebra::{Rotation3, Unit};

use crate::exercise::Meshes;
use crate::random::Random;

/// The shear that makes hexahedra of boxes: x grows by this times y. A power of two, but any number would do: the
/// faces stay planar to the last bit, because the nodes of an edge along z move alike.
pub(crate) const SHEAR: f64 = 1.0 / 1024.0;

/// By how much meshes are turned, in radians.
const ANGLE: f64 = 0.5;

/// How many times the widths of the cells of [`graded`] double from one end of an axis to the other.
const OCTAVES: f64 = 10.0;

pub(crate) fn half_shifted(cells: usize) -> Meshes {
    let grid = generate(&BoxMesh::unit([cells; 3]));
    let half = 0.5 / cells as f64;
    Meshes {
        target: with_nodes(&grid, |node| node + Vector3::repeat(half)),
        source: grid,
        overlap: (1.0 - half).powi(3),
    }
}

pub(crate) fn sheared(cells: usize) -> Meshes {
    // Volumes stay as they are.
    half_shifted(cells).moved(|node| Point3::new(node.x + SHEAR * node.y, node.y, node.z))
}

pub(crate) fn rotated(meshes: Meshes) -> Meshes {
    let axis = Unit::new_normalize(Vector3::new(1.0, 2.0, 3.0));
    let rotation = Rotation3::from_axis_angle(&axis, ANGLE);
    meshes.moved(|node| rotation * node)
}

pub(crate) fn turned_target(cells: usize) -> Meshes {
    let diagonal = Unit::new_normalize(Vector3::repeat(1.0));
    let rotation = Rotation3::from_axis_angle(&diagonal, ANGLE);
    let centre = Point3::new(0.5, 0.5, 0.5);
    let shift = Vector3::repeat(0.5 / cells as f64);
    let turn = |mesh: &UnstructuredMesh| {
        with_nodes(mesh, |node| centre + rotation * (node + shift - centre))
    };
    let grid = generate(&BoxMesh::unit([cells; 3]));
    let body = generate(&BoxMesh::unit([1; 3]));
    Meshes {
        target: turn(&grid),
        source: grid,
        overlap: overlap_of_bodies(&body, &turn(&body)),
    }
}

pub(crate) fn shuffled(meshes: &Meshes) -> Meshes {
    Meshes {
        source: shuffle(&meshes.source, 1),
        target: shuffle(&meshes.target, 2),
        overlap: meshes.overlap,
    }
}

pub(crate) fn pins() -> Meshes {
    Meshes {
        source: read("pins_fine.vtu"),
        target: read("pins_coarse.vtu"),
        overlap: 2.0 * 2.0 * 1.0,
    }
}

pub(crate) fn dual() -> Meshes {
    let pins = read("pins_fine.vtu");
    let bounds = pins.bounds();
    let source = dual_of_tetrahedra(&pins).expect("tetrahedra that meet face to face");
    let box_of_pins = BoxMesh {
        origin: bounds.min,
        size: bounds.max - bounds.min,
        ..BoxMesh::unit([16, 16, 8])
    };
    Meshes {
        target: generate(&box_of_pins),
        overlap: source.volume(),
        source,
    }
}

/// A mesh of the test data.
fn read(name: &str) -> UnstructuredMesh {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mesh-io/tests/data/meshes");
    let file = mesh_io::read_mesh(&directory.join(name));
    file.unwrap_or_else(|error| panic!("{error}")).mesh
}

pub(crate) fn tetrahedra(cells: usize) -> Meshes {
    let mesh = |cells, seed| {
        generate(&BoxMesh {
            shape: BoxCellShape::Tetrahedron,
            jitter: 0.2,
            seed,
            ..BoxMesh::unit([cells; 3])
        })
    };
    Meshes {
        source: mesh(cells, 1),
        target: mesh((3 * cells).div_ceil(4), 2),
        overlap: 1.0,
    }
}

pub(crate) fn warped(cells: usize) -> Meshes {
    let mesh = |cells, seed| {
        generate(&BoxMesh {
            jitter: 0.05,
            seed,
            ..BoxMesh::unit([cells; 3])
        })
    };
    Meshes {
        source: mesh(cells, 1),
        target: mesh(cells - 1, 2),
        overlap: 1.0,
    }
}

pub(crate) fn polyhedra(cells: usize, jitter: f64) -> Meshes {
    Meshes {
        source: generate(&BoxMesh {
            shape: BoxCellShape::Polyhedron,
            jitter,
            seed: 1,
            ..BoxMesh::unit([cells; 3])
        }),
        target: generate(&BoxMesh::unit([(5 * cells).div_ceil(4); 3])),
        overlap: 1.0,
    }
}

pub(crate) fn graded(cells: usize) -> Meshes {
    let [source, target] = [cells, (9 * cells).div_ceil(10)].map(|cells| {
        let axes = vec![graded_axis(cells); 3];
        let mesh = CartesianMesh::new(axes).expect("increasing coordinates");
        mesh.to_unstructured().expect("fewer than 2^32 cells")
    });
    Meshes {
        source,
        target,
        overlap: 1.0,
    }
}

/// Coordinates from 0 to 1 whose distances double [`OCTAVES`] times on the way, without functions
/// that round differently from machine to machine: by powers of two and straight lines between them.
fn graded_axis(cells: usize) -> Vec<f64> {
    let mut ends = vec![0.0];
    let mut end = 0.0;
    for cell in 0..cells {
        let octave = OCTAVES * cell as f64 / (cells - 1) as f64;
        end += f64::from(1_u32 << octave as u32) * (1.0 + octave.fract());
        ends.push(end);
    }
    ends.iter().map(|place| place / end).collect()
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

impl Meshes {
    /// Moves the nodes of both meshes, by a motion that keeps volumes.
    fn moved(self, place: impl Fn(Point3) -> Point3) -> Self {
        Self {
            source: with_nodes(&self.source, &place),
            target: with_nodes(&self.target, &place),
            overlap: self.overlap,
        }
    }
}

/// A mesh of its own, which shares no memory with the given one, with its nodes in other places.
fn with_nodes(mesh: &UnstructuredMesh, place: impl Fn(Point3) -> Point3) -> UnstructuredMesh {
    let arrays = MeshArrays {
        nodes: mesh.nodes().iter().map(|&node| place(node)).collect(),
        shapes: mesh.shapes().to_vec(),
        offsets: mesh.offsets().to_vec(),
        connectivity: mesh.connectivity().to_vec(),
        polyhedra: mesh.polyhedra().clone(),
    };
    let mesh = UnstructuredMesh::new(arrays).expect("the cells of a mesh");
    assert_eq!(mesh.mirrored_cells(), 0);
    mesh
}

fn generate(mesh: &BoxMesh) -> UnstructuredMesh {
    mesh.generate()
        .expect("a box with little jitter can be cut")
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

    #[test]
    fn sheared_cells_have_planar_faces_and_are_no_boxes() {
        let mesh = sheared(7).target;
        for cell in mesh.cell_ids() {
            let at = |node: usize| mesh.nodes()[mesh.cell_nodes(cell)[node].index()];
            // The edges along z are straight up, and the bottom and the top are level.
            for (low, high) in [(0, 4), (1, 5), (2, 6), (3, 7)] {
                assert_eq!(at(low).xy(), at(high).xy());
                assert_eq!(at(low).z, at(0).z);
                assert_eq!(at(high).z, at(4).z);
            }
            assert_eq!([at(0).y, at(2).y], [at(1).y, at(3).y]);
            assert!(at(3).x > at(0).x);
        }
    }

    #[test]
    fn graded_cells_are_a_thousand_times_as_wide_at_one_end() {
        let axis = graded_axis(40);
        let widths: Vec<f64> = axis.windows(2).map(|ends| ends[1] - ends[0]).collect();
        assert!(widths.is_sorted());
        let ratio = widths[39] / widths[0];
        assert!((ratio - 1024.0).abs() < 1e-9, "{ratio}");
        assert_eq!((axis[0], axis[40]), (0.0, 1.0));
    }

    #[test]
    fn polyhedra_have_as_many_faces_as_is_said() {
        let counts = |mesh: &UnstructuredMesh| {
            let cells = mesh.cell_ids();
            let counts = cells.map(|cell| mesh.polyhedron_faces(cell).len());
            counts.collect::<Vec<usize>>()
        };
        let lattice = counts(&polyhedra(12, 0.0).source);
        assert!(lattice.iter().all(|count| (7..=14).contains(count)));
        let whole = lattice.iter().filter(|&&count| count == 14).count();
        assert!(4 * whole > 3 * lattice.len());
        let pins = counts(&dual().source);
        let some = pins.iter().filter(|count| (10..=30).contains(*count));
        assert!(some.count() * 10 > 9 * pins.len(), "{pins:?}");
    }
}
