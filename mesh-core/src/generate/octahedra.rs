//! A box filled with truncated octahedra: polyhedra of 14 faces with 4 and 6 nodes, cut to
//! pieces of 7 to 14 faces with 3 to 8 nodes at the border.
//!
//! Truncated octahedra around the corners and the centres of the grid cells fill space (they are
//! the Voronoi cells of the body-centred cubic lattice). In units of a quarter of a grid cell a
//! truncated octahedron has the corners (0, ±1, ±2) in every order, so everything is done in
//! integers: the border of the box passes through corners of the octahedra around grid corners,
//! and cuts their edges nowhere but at integers.

use crate::hashing::NumberMap;
use crate::{MeshArrays, NodeId, Point3};

/// A corner in quarters of a grid cell.
type Corner = [i32; 3];

/// A plane through the centre: the axis it is normal to, and the sign of the side that stays.
type Cut = (usize, i32);

/// The corners of one hexagon in the octant of positive coordinates, in order.
const HEXAGON: [Corner; 6] = [
    [0, 1, 2],
    [1, 0, 2],
    [2, 0, 1],
    [2, 1, 0],
    [1, 2, 0],
    [0, 2, 1],
];

/// The corners of the section through the centre, and of a square, in their plane.
const OCTAGON: [[i32; 2]; 8] = [
    [1, 2],
    [2, 1],
    [2, -1],
    [1, -2],
    [-1, -2],
    [-2, -1],
    [-2, 1],
    [-1, 2],
];
const SQUARE: [[i32; 2]; 4] = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/// The polyhedra of a box with these coordinates along its axes: first those around grid corners,
/// then those around the centres of grid cells.
pub(super) fn fill_with_octahedra(axes: [&[f64]; 3]) -> MeshArrays {
    let mut tiling = Tiling {
        axes,
        arrays: MeshArrays::from_nodes(Vec::new()),
        ids: NumberMap::default(),
    };
    let grid = |less: usize| {
        let [x, y, z] = axes.map(|axis| (0_i32..).take(axis.len() - less));
        z.flat_map(move |k| {
            let x = x.clone();
            y.clone()
                .flat_map(move |j| x.clone().map(move |i| [i, j, k]))
        })
    };
    let whole = cut_octahedron(&[]);
    for corner in grid(0) {
        let center = corner.map(|i| 4 * i);
        match cuts_at(corner, axes).as_slice() {
            [] => tiling.push(center, &whole),
            cuts => tiling.push(center, &cut_octahedron(cuts)),
        }
    }
    for cell in grid(1) {
        tiling.push(cell.map(|i| 4 * i + 2), &whole);
    }
    tiling.arrays
}

/// The borders of the box on which a grid corner lies.
fn cuts_at(corner: [i32; 3], axes: [&[f64]; 3]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for axis in 0..3 {
        if corner[axis] == 0 {
            cuts.push((axis, 1));
        } else if corner[axis].unsigned_abs() as usize + 1 == axes[axis].len() {
            cuts.push((axis, -1));
        }
    }
    cuts
}

struct Tiling<'a> {
    axes: [&'a [f64]; 3],
    arrays: MeshArrays,
    ids: NumberMap<NodeId>,
}

impl Tiling<'_> {
    fn push(&mut self, center: Corner, faces: &[Vec<Corner>]) {
        let at =
            |corner: &Corner| [0, 1, 2].map(|i| (center[i] + corner[i]).unsigned_abs() as usize);
        let mut nodes = Vec::new();
        let mut ends = Vec::new();
        for face in faces {
            nodes.extend(face.iter().map(|corner| self.node(at(corner))));
            ends.push(nodes.len());
        }
        let mut start = 0;
        let faces = ends
            .iter()
            .map(|&end| &nodes[std::mem::replace(&mut start, end)..end]);
        self.arrays.push_polyhedron(faces);
    }

    /// The node at these quarters of grid cells along the axes, made where it is met first.
    fn node(&mut self, quarters: [usize; 3]) -> NodeId {
        let [x, y, z] = quarters;
        let counts = self.axes.map(|axis| 4 * axis.len());
        let key = (z * counts[1] + y) * counts[0] + x;
        let (axes, nodes) = (self.axes, &mut self.arrays.nodes);
        *self.ids.entry(key as u64).or_insert_with(|| {
            nodes.push(Point3::from(
                [0, 1, 2].map(|i| coordinate(axes[i], quarters[i])),
            ));
            NodeId::new(nodes.len() as u32 - 1)
        })
    }
}

/// The coordinate at a number of quarters of grid cells.
fn coordinate(axis: &[f64], quarters: usize) -> f64 {
    let low = axis[quarters / 4];
    match quarters % 4 {
        0 => low,
        rest => low + (axis[quarters / 4 + 1] - low) * (rest as f64 / 4.0),
    }
}

/// The faces of what is left of a truncated octahedron around 0, counter-clockwise seen from
/// outside.
fn cut_octahedron(cuts: &[Cut]) -> Vec<Vec<Corner>> {
    let mut faces = Vec::new();
    for axis in 0..3 {
        for sign in [-1, 1] {
            faces.push(outward(plane_figure(&SQUARE, axis, 2 * sign), (axis, sign)));
        }
    }
    for signs in (0..8).map(|i| [0, 1, 2].map(|axis| 1 - 2 * (i >> axis & 1))) {
        let hexagon = HEXAGON.map(|corner| [0, 1, 2].map(|axis| corner[axis] * signs[axis]));
        faces.push(outward(hexagon.to_vec(), (0, signs[0])));
    }
    for &(axis, side) in cuts {
        faces.push(outward(plane_figure(&OCTAGON, axis, 0), (axis, -side)));
    }
    for &cut in cuts {
        faces = faces.into_iter().map(|face| cut_face(&face, cut)).collect();
    }
    faces.retain(|face| face.len() >= 3);
    faces
}

/// A figure in the plane where the coordinate along `axis` is `height`.
fn plane_figure(figure: &[[i32; 2]], axis: usize, height: i32) -> Vec<Corner> {
    let place = |&[u, v]: &[i32; 2]| {
        let mut corner = [height; 3];
        corner[(axis + 1) % 3] = u;
        corner[(axis + 2) % 3] = v;
        corner
    };
    figure.iter().map(place).collect()
}

/// The face in the order in which its normal has this sign along this axis.
fn outward(mut face: Vec<Corner>, (axis, sign): Cut) -> Vec<Corner> {
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    let edge = |i: usize| [face[i][u] - face[0][u], face[i][v] - face[0][v]];
    let ([a, b], [c, d]) = (edge(1), edge(2));
    if (a * d - b * c) * sign < 0 {
        face.reverse();
    }
    face
}

/// What is left of a face: corners on the plane stay, and new ones lie where edges cross it.
fn cut_face(face: &[Corner], (axis, side): Cut) -> Vec<Corner> {
    let height = |corner: &Corner| corner[axis] * side;
    let mut left = Vec::new();
    for (i, from) in face.iter().enumerate() {
        let to = &face[(i + 1) % face.len()];
        let (above, below) = (height(from), height(to));
        if above >= 0 {
            left.push(*from);
        }
        if above * below < 0 {
            // Exact: see the head of this file.
            let cross = |k: usize| from[k] + (to[k] - from[k]) * above / (above - below);
            left.push([0, 1, 2].map(cross));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnstructuredMesh;

    #[test]
    fn a_box_of_octahedra_tiles_and_has_faces_of_several_sizes() {
        let axes: [&[f64]; 3] = [&[0.0, 1.0, 2.0, 3.0], &[0.0, 1.0, 2.0], &[0.0, 1.0]];
        let mesh = UnstructuredMesh::new(fill_with_octahedra(axes)).unwrap();
        assert_eq!(mesh.cell_count(), 6 + 24);
        assert_eq!(mesh.mirrored_cells(), 0);
        assert_eq!(mesh.measures().iter().sum::<f64>(), 6.0);
        let mut sizes = std::collections::BTreeSet::new();
        for cell in mesh.cell_ids() {
            assert!((7..=14).contains(&mesh.polyhedron_faces(cell).len()));
            sizes.extend(mesh.polyhedron_faces(cell).map(<[NodeId]>::len));
        }
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6, 8]);
    }

    #[test]
    fn inside_every_face_has_two_cells_and_outside_lies_in_the_border() {
        let axis: &[f64] = &[0.0, 1.0, 2.0];
        let mesh = UnstructuredMesh::new(fill_with_octahedra([axis; 3])).unwrap();
        let faces = mesh.faces();
        assert!(
            faces
                .interior_faces()
                .all(|face| faces.cells(face).len() == 2)
        );
        for face in faces.boundary_faces() {
            let flat = (0..3).any(|axis| {
                let places: Vec<f64> = faces
                    .nodes(face)
                    .iter()
                    .map(|node| mesh.nodes()[node.index()][axis])
                    .collect();
                places.iter().all(|&place| place == places[0]) && [0.0, 2.0].contains(&places[0])
            });
            assert!(flat, "face {face} is inside but has one cell");
        }
    }
}
