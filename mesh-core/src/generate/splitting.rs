//! Cutting the hexahedra of a grid into cells of other shapes, the same way in each, so that the
//! pieces of neighbours share whole faces.

use crate::{MeshArrays, NodeId, Point3, Shape};

/// Paths of three edges from corner 0 to the opposite corner 6, one for each order of the axes
/// (Kuhn's triangulation).
const TETRAHEDRA: [&[u8]; 6] = [
    &[0, 1, 2, 6],
    &[0, 5, 1, 6],
    &[0, 2, 3, 6],
    &[0, 3, 7, 6],
    &[0, 4, 5, 6],
    &[0, 7, 4, 6],
];

/// Both sides of the diagonal from corner 0 to corner 2, along the third axis.
const WEDGES: [&[u8]; 2] = [&[0, 1, 2, 4, 5, 6], &[0, 2, 3, 4, 6, 7]];

/// Each face, seen from inside, and the centre of the hexahedron as apex, here number 8.
const PYRAMIDS: [&[u8]; 6] = [
    &[0, 1, 2, 3, 8],
    &[7, 6, 5, 4, 8],
    &[4, 5, 1, 0, 8],
    &[5, 6, 2, 1, 8],
    &[6, 7, 3, 2, 8],
    &[7, 4, 0, 3, 8],
];

const HEXAHEDRA: [&[u8]; 1] = [&[0, 1, 2, 3, 4, 5, 6, 7]];

/// The grid's hexahedra, cut into cells of a shape other than polyhedra.
pub(super) fn split_hexahedra(
    mut nodes: Vec<Point3>,
    hexahedra: Vec<NodeId>,
    shape: Shape,
) -> MeshArrays {
    let pieces: &[&[u8]] = match shape {
        Shape::Tetrahedron => &TETRAHEDRA,
        Shape::Pyramid => &PYRAMIDS,
        Shape::Wedge => &WEDGES,
        Shape::Hexahedron | Shape::Polyhedron => &HEXAHEDRA,
    };
    let first_center = nodes.len() as u32;
    if shape == Shape::Pyramid {
        nodes.reserve_exact(hexahedra.len() / 8);
        for corners in hexahedra.chunks_exact(8) {
            let (low, high) = (nodes[corners[0].index()], nodes[corners[6].index()]);
            nodes.push(nalgebra::center(&low, &high));
        }
    }
    let width = pieces[0].len();
    let cells = hexahedra.len() / 8 * pieces.len();
    let connectivity = if shape == Shape::Hexahedron {
        hexahedra
    } else {
        let mut connectivity = Vec::with_capacity(cells * width);
        for (center, corners) in (first_center..).zip(hexahedra.chunks_exact(8)) {
            for &local in pieces.iter().copied().flatten() {
                let corner = corners.get(usize::from(local)).copied();
                connectivity.push(corner.unwrap_or(NodeId::new(center)));
            }
        }
        connectivity
    };
    MeshArrays {
        nodes,
        shapes: vec![shape; cells],
        offsets: (0..=cells).map(|cell| cell * width).collect(),
        connectivity,
        polyhedra: crate::PolyhedronFaces::default(),
    }
}
