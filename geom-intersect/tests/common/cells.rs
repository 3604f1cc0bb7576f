//! Random cells of every shape, and pairs that share faces, edges and vertices on purpose.

use nalgebra::{Matrix3, Point3, Rotation3, Vector3};
use proptest::prelude::*;

use super::Cell;
use geom_intersect::StandardShape;

/// The unit cells: the four standard shapes, a hexagonal and an L-shaped prism.
pub fn unit_cells() -> Vec<Cell> {
    let points = |nodes: &[[f64; 3]]| nodes.iter().copied().map(Point3::from).collect::<Vec<_>>();
    let tetrahedron = points(&[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]);
    let pyramid = points(&[
        [0., 0., 0.],
        [1., 0., 0.],
        [1., 1., 0.],
        [0., 1., 0.],
        [0.5, 0.5, 1.],
    ]);
    let wedge = points(&[
        [0., 0., 0.],
        [1., 0., 0.],
        [0., 1., 0.],
        [0., 0., 1.],
        [1., 0., 1.],
        [0., 1., 1.],
    ]);
    let hexahedron = points(&[
        [0., 0., 0.],
        [1., 0., 0.],
        [1., 1., 0.],
        [0., 1., 0.],
        [0., 0., 1.],
        [1., 0., 1.],
        [1., 1., 1.],
        [0., 1., 1.],
    ]);
    let hexagon = [
        [0.5, 0.],
        [1., 0.],
        [1.5, 0.5],
        [1., 1.],
        [0.5, 1.],
        [0., 0.5],
    ];
    // The mean of its corners is well inside, so that it stays a solid when its faces are warped.
    let ell = [
        [0., 0.],
        [2., 0.],
        [2., 1.5],
        [1.5, 1.5],
        [1.5, 2.],
        [0., 2.],
    ];
    vec![
        Cell::standard(StandardShape::Tetrahedron, &tetrahedron),
        Cell::standard(StandardShape::Pyramid, &pyramid),
        Cell::standard(StandardShape::Wedge, &wedge),
        Cell::standard(StandardShape::Hexahedron, &hexahedron),
        prism(&hexagon),
        prism(&ell),
    ]
}

/// A prism of height 1 over a polygon.
pub fn prism(polygon: &[[f64; 2]]) -> Cell {
    let count = polygon.len() as u32;
    let level = |z: f64| polygon.iter().map(move |&[x, y]| Point3::new(x, y, z));
    let mut faces = vec![(0..count).rev().collect(), (count..2 * count).collect()];
    for side in 0..count {
        let next = (side + 1) % count;
        faces.push(vec![side, next, count + next, count + side]);
    }
    Cell {
        nodes: level(0.0).chain(level(1.0)).collect(),
        faces,
        standard: false,
    }
}

/// A unit cell stretched, sheared, turned and moved; some on a lattice of halves, so that such cells
/// share planes and nodes.
pub fn cell() -> impl Strategy<Value = Cell> {
    let lattice = (-2..=2i32).prop_map(|i| f64::from(i) / 2.0);
    let smooth = -1.0..1.0_f64;
    let affine = prop_oneof![
        // Axis-aligned and stretched.
        (
            prop::array::uniform3(1..=3u8),
            prop::array::uniform3(lattice)
        )
            .prop_map(|(size, shift)| {
                let size = Vector3::from(size.map(|size| f64::from(size) / 2.0));
                (Matrix3::from_diagonal(&size), Vector3::from(shift))
            }),
        // Sheared and turned.
        (
            prop::array::uniform9(-0.4..0.4_f64),
            prop::array::uniform3(smooth.clone()),
            prop::array::uniform3(smooth),
        )
            .prop_map(|(shear, axis, shift)| {
                let turn = Rotation3::new(Vector3::from(axis) * 3.0).into_inner();
                let shear = Matrix3::from_row_slice(&shear);
                (turn * (Matrix3::identity() + shear), Vector3::from(shift))
            }),
    ];
    (0..6usize, affine).prop_map(|(kind, (matrix, shift))| {
        let cell = unit_cells().swap_remove(kind);
        cell.map(|node| Point3::from(matrix * node.coords + shift))
    })
}

/// How far nodes are moved: not at all, or by 1e-17 to 1e-1.
pub fn perturbation() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => Just(0.0),
        3 => (-17..=-1i32).prop_map(|exponent| 10f64.powi(exponent)),
    ]
}

/// Moves every node by up to `amount` of the shortest edge; faces become warped, but do not cross.
pub fn jittered(cell: &Cell, amount: f64, seed: u64) -> Cell {
    let mut state = seed;
    let mut random = || {
        // splitmix64
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 * 2.0 - 1.0
    };
    let edges = cell.faces.iter().flat_map(|face| {
        let next = face.iter().cycle().skip(1);
        face.iter()
            .zip(next)
            .map(|(&a, &b)| cell.nodes[a as usize] - cell.nodes[b as usize])
    });
    let amount = amount * edges.map(|edge| edge.norm()).fold(f64::INFINITY, f64::min);
    let mut moved = cell.clone();
    for node in &mut moved.nodes {
        *node += Vector3::new(random(), random(), random()) * amount;
    }
    moved
}

/// Two cells: unrelated, the same, one moved along its own edge so that they share a face or more,
/// one a perturbed copy, one tiny and about a node of the other; both perhaps warped.
pub fn pair() -> impl Strategy<Value = (Cell, Cell)> {
    (
        cell(),
        cell(),
        0..5u8,
        prop::array::uniform3(-1..=1i32),
        perturbation(),
        perturbation(),
        any::<u64>(),
    )
        .prop_map(|(a, b, relation, steps, warp, nudge, seed)| {
            let a = jittered(&a, warp, seed);
            let b = match relation {
                0 => jittered(&b, warp, seed ^ 1),
                1 => jittered(&b, nudge, seed ^ 1),
                2 => {
                    let edge = |node: usize| a.nodes[node] - a.nodes[0];
                    let shift = edge(1) * f64::from(steps[0])
                        + edge(2) * f64::from(steps[1])
                        + edge(a.nodes.len() - 1) * f64::from(steps[2]);
                    let shifted = a.map(|node| node + shift);
                    jittered(&shifted, nudge, seed ^ 2)
                }
                3 => jittered(&a, nudge, seed ^ 3),
                // So small that the kernel lets it be clipped by the other, whichever comes first.
                _ => {
                    let small = jittered(&b, warp, seed ^ 4);
                    let (from, to) = (small.nodes[0], a.nodes[0]);
                    small.map(|node| to + (node - from) / 32.0)
                }
            };
            (a, b)
        })
}
