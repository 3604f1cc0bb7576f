//! Cells that look wrong and are legal: collapsed, flat, non-convex, touching themselves.

use mesh_core::{CellId, NodeId, Point3, Shape, UnstructuredMesh};

const FIRST: CellId = CellId::new(0);

/// The corners of a row of unit cubes along x, first those at z = 0; x fastest.
fn cube_row(cubes: usize) -> Vec<Point3> {
    let mut nodes = Vec::new();
    for z in [0.0, 1.0] {
        for y in [0.0, 1.0] {
            nodes.extend(
                (0_u8..)
                    .take(cubes + 1)
                    .map(|x| Point3::new(f64::from(x), y, z)),
            );
        }
    }
    nodes
}

fn face_sizes(mesh: &UnstructuredMesh) -> Vec<usize> {
    let mut sizes = Vec::new();
    mesh.for_each_face(FIRST, |face| sizes.push(face.len()));
    sizes
}

#[test]
fn a_hexahedron_collapsed_to_a_wedge_keeps_its_volume_and_five_faces() {
    // Nodes 3 = (1, 1, 0) and 7 = (1, 1, 1) are replaced by their neighbours at y = 1.
    let mesh = UnstructuredMesh::builder(cube_row(1))
        .cell(Shape::Hexahedron, &[0, 1, 2, 2, 4, 5, 6, 6])
        .cell(Shape::Wedge, &[0, 1, 2, 4, 5, 6])
        .build()
        .unwrap();
    assert_eq!(mesh.measures(), [0.5, 0.5]);
    assert_eq!(face_sizes(&mesh), [3, 3, 4, 4, 4]);
    assert!((mesh.centroid(FIRST) - mesh.centroid(CellId::new(1))).norm() < 1e-15);
    // The same solid twice: every face is shared.
    assert_eq!(mesh.faces().boundary_faces().count(), 0);
}

#[test]
fn a_hexahedron_collapsed_to_a_tetrahedron_has_four_faces() {
    let mesh = UnstructuredMesh::builder(cube_row(1))
        .cell(Shape::Hexahedron, &[0, 1, 2, 2, 4, 4, 4, 4])
        .build()
        .unwrap();
    assert!((mesh.measure(FIRST) - 1.0 / 6.0).abs() < 1e-16);
    assert_eq!(face_sizes(&mesh), [3, 3, 3, 3]);
}

#[test]
fn a_flat_cell_of_distinct_nodes_is_legal() {
    let mesh = UnstructuredMesh::builder(cube_row(1))
        .cell(Shape::Tetrahedron, &[0, 1, 3, 2])
        .build()
        .unwrap();
    assert_eq!(mesh.measures(), [0.0]);
    assert_eq!(mesh.mirrored_cells(), 0);
}

#[test]
fn repeated_nodes_in_faces_of_a_polyhedron_do_not_count() {
    let clean: [&[u32]; 4] = [&[0, 2, 1], &[0, 1, 4], &[1, 2, 4], &[2, 0, 4]];
    let repeated: [&[u32]; 5] = [
        &[0, 2, 2, 1],
        &[0, 1, 4, 4],
        &[1, 2, 4],
        &[2, 0, 4, 2],
        &[1, 1, 2, 2, 1],
    ];
    let mesh = UnstructuredMesh::builder(cube_row(1))
        .polyhedron(&clean)
        .polyhedron(&repeated)
        .build()
        .unwrap();
    assert_eq!(mesh.measure(FIRST), mesh.measure(CellId::new(1)));
    assert_eq!(mesh.cell_nodes(CellId::new(1)), mesh.cell_nodes(FIRST));
    let faces = mesh.faces();
    assert_eq!(faces.interior_faces().count(), 4);
}

#[test]
fn a_polyhedron_may_touch_itself_along_an_edge() {
    // Two cubes that have the edge from 4 to 13 in common, as one cell.
    let mut nodes = Vec::new();
    for z in [0.0, 1.0] {
        for y in [0.0, 1.0, 2.0] {
            nodes.extend([0.0, 1.0, 2.0].map(|x| Point3::new(x, y, z)));
        }
    }
    let mut faces: Vec<Vec<u32>> = Vec::new();
    for corners in [[0, 1, 4, 3, 9, 10, 13, 12], [4, 5, 8, 7, 13, 14, 17, 16]] {
        for face in Shape::Hexahedron.faces() {
            faces.push(
                face.iter()
                    .map(|&local| corners[usize::from(local)])
                    .collect(),
            );
        }
    }
    let faces: Vec<&[u32]> = faces.iter().map(Vec::as_slice).collect();
    let mesh = UnstructuredMesh::builder(nodes)
        .polyhedron(&faces)
        .build()
        .unwrap();
    assert_eq!(mesh.measures(), [2.0]);
    assert_eq!(mesh.centroid(FIRST), Point3::new(1.0, 1.0, 0.5));
}

#[test]
fn a_u_shaped_prism_has_its_volume() {
    let outline = [
        [0, 0],
        [3, 0],
        [3, 3],
        [2, 3],
        [2, 1],
        [1, 1],
        [1, 3],
        [0, 3],
    ];
    let nodes: Vec<Point3> = [0.0, 1.0]
        .iter()
        .flat_map(|&z| outline.map(|[x, y]| Point3::new(f64::from(x), f64::from(y), z)))
        .collect();
    let bottom: Vec<u32> = (0..8).rev().collect();
    let top: Vec<u32> = (8..16).collect();
    let sides: Vec<[u32; 4]> = (0..8)
        .map(|i| [i, (i + 1) % 8, (i + 1) % 8 + 8, i + 8])
        .collect();
    let mut faces: Vec<&[u32]> = vec![&bottom, &top];
    faces.extend(sides.iter().map(|side| &side[..]));
    let mesh = UnstructuredMesh::builder(nodes)
        .polyhedron(&faces)
        .build()
        .unwrap();
    assert!((mesh.measure(FIRST) - 7.0).abs() < 1e-14);
}

#[test]
fn a_wedge_of_the_other_orientation_is_turned_round() {
    let mesh = UnstructuredMesh::builder(cube_row(1))
        .cell(Shape::Wedge, &[0, 2, 1, 4, 6, 5])
        .build()
        .unwrap();
    assert_eq!((mesh.mirrored_cells(), mesh.measure(FIRST)), (1, 0.5));
    let expected = [0, 1, 2, 4, 5, 6].map(NodeId::new);
    assert_eq!(mesh.cell_nodes(FIRST), expected);
}

#[test]
fn nodes_that_no_cell_uses_are_legal_and_extraction_drops_them() {
    let mesh = UnstructuredMesh::builder(cube_row(2))
        .cell(Shape::Tetrahedron, &[0, 1, 3, 6])
        .build()
        .unwrap();
    assert_eq!(
        (
            mesh.node_count(),
            mesh.extract(&[FIRST]).unwrap().node_count()
        ),
        (12, 4)
    );
    assert_eq!(mesh.bounds().max.x, 2.0);
}
