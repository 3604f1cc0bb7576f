//! One test for each way in which arrays are no mesh: what is refused, and what the message says.

use mesh_core::{
    CellId, DataArray, Field, FieldValues, Location, MeshArrays, NodeId, Point3, PolyhedronFaces,
    Shape, UnstructuredMesh, Vector3,
};

/// Two tetrahedra on both sides of a triangle.
fn two_tetrahedra() -> MeshArrays {
    let corners = [
        [0., 0., 0.],
        [1., 0., 0.],
        [0., 1., 0.],
        [0., 0., 1.],
        [0., 0., -1.],
    ];
    let mut arrays = MeshArrays::from_nodes(corners.map(Point3::from).to_vec());
    arrays.push_cell(Shape::Tetrahedron, &ids(&[0, 1, 2, 3]));
    arrays.push_cell(Shape::Tetrahedron, &ids(&[0, 2, 1, 4]));
    arrays
}

/// A tetrahedron, and one as a polyhedron with these faces.
fn with_polyhedron(faces: &[&[u32]]) -> MeshArrays {
    let mut arrays = two_tetrahedra();
    arrays.shapes.pop();
    arrays.offsets.pop();
    arrays.connectivity.truncate(4);
    let faces: Vec<Vec<NodeId>> = faces.iter().map(|face| ids(face)).collect();
    arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
    arrays
}

const FACES: [&[u32]; 4] = [&[0, 1, 2], &[0, 4, 1], &[1, 4, 2], &[2, 4, 0]];

fn ids(nodes: &[u32]) -> Vec<NodeId> {
    nodes.iter().map(|&node| NodeId::new(node)).collect()
}

fn message(arrays: MeshArrays) -> String {
    UnstructuredMesh::new(arrays).unwrap_err().to_string()
}

fn message_after(change: impl FnOnce(&mut MeshArrays)) -> String {
    let mut arrays = two_tetrahedra();
    change(&mut arrays);
    message(arrays)
}

#[test]
fn the_meshes_that_the_tests_spoil_are_good() {
    assert_eq!(
        UnstructuredMesh::new(two_tetrahedra())
            .unwrap()
            .mirrored_cells(),
        0
    );
    assert_eq!(
        UnstructuredMesh::new(with_polyhedron(&FACES))
            .unwrap()
            .mirrored_cells(),
        0
    );
}

#[test]
fn a_mesh_without_cells() {
    assert_eq!(
        message(MeshArrays::from_nodes(vec![Point3::origin()])),
        "the mesh has no cells"
    );
}

#[test]
fn offsets_of_the_wrong_length() {
    let message = message_after(|arrays| arrays.offsets.truncate(2));
    assert!(
        message.starts_with("offsets has 2 entries, expected 3"),
        "{message}"
    );
    let message = message_after(|arrays| arrays.offsets.clear());
    assert!(
        message.starts_with("offsets has 0 entries, expected 3"),
        "{message}"
    );
}

#[test]
fn offsets_that_do_not_start_at_0() {
    assert_eq!(
        message_after(|arrays| arrays.offsets[0] = 1),
        "offsets starts with 1, expected 0"
    );
}

#[test]
fn offsets_that_descend() {
    let message = message_after(|arrays| arrays.offsets[1] = 9);
    assert_eq!(message, "offsets descends from 9 to 8 at position 2");
}

#[test]
fn offsets_that_end_elsewhere() {
    let message = message_after(|arrays| arrays.offsets[2] = 7);
    assert_eq!(
        message,
        "offsets ends with 7, but what it delimits has 8 entries"
    );
}

#[test]
fn a_cell_with_the_wrong_number_of_nodes() {
    let message = message_after(|arrays| arrays.shapes[1] = Shape::Pyramid);
    assert_eq!(message, "cell 1 is a pyramid of 4 nodes, expected 5");
}

#[test]
fn a_node_out_of_range() {
    let message = message_after(|arrays| arrays.connectivity[6] = NodeId::new(50_000));
    assert_eq!(message, "cell 1 names node 50000, but the mesh has 5 nodes");
}

#[test]
fn a_coordinate_that_is_not_finite() {
    let message = message_after(|arrays| arrays.nodes[3].y = f64::NAN);
    assert_eq!(
        message,
        "node 3 is at (0, NaN, 1): every coordinate must be finite"
    );
    assert!(message_after(|arrays| arrays.nodes[0].x = f64::INFINITY).contains("(inf, 0, 0)"));
}

#[test]
fn a_collapsed_cell_without_volume() {
    let message = message_after(|arrays| arrays.connectivity[1] = NodeId::new(2));
    assert!(
        message.contains("cell 0 is a tetrahedron that names node 2 twice"),
        "{message}"
    );
}

#[test]
fn a_volume_beyond_the_largest_number() {
    let message = message_after(|arrays| {
        arrays
            .nodes
            .iter_mut()
            .for_each(|node| node.coords *= 1e150);
    });
    assert!(
        message.starts_with("the volume of cell 0 exceeds"),
        "{message}"
    );
}

#[test]
fn a_polyhedron_without_faces() {
    let message = message_after(|arrays| arrays.shapes[1] = Shape::Polyhedron);
    assert_eq!(message, "cell 1 is a polyhedron without faces");
    assert_eq!(
        message_of_faces(&[]),
        "cell 1 is a polyhedron without faces"
    );
}

fn message_of_faces(faces: &[&[u32]]) -> String {
    message(with_polyhedron(faces))
}

#[test]
fn faces_listed_for_another_shape() {
    let mut arrays = with_polyhedron(&FACES);
    arrays.polyhedra.cell_offsets = vec![0, 4, 4];
    assert!(message(arrays).starts_with("cell 0 is a tetrahedron, but 4 faces are listed"));
}

#[test]
fn face_offsets_that_do_not_fit() {
    let message_with = |change: fn(&mut PolyhedronFaces)| {
        let mut arrays = with_polyhedron(&FACES);
        change(&mut arrays.polyhedra);
        message(arrays)
    };
    let message = message_with(|faces| faces.cell_offsets.truncate(1));
    assert!(
        message.starts_with("polyhedra.cell_offsets has 1 entries, expected 3"),
        "{message}"
    );
    let message = message_with(|faces| faces.face_offsets.clear());
    assert!(
        message.starts_with("polyhedra.face_offsets has 0 entries"),
        "{message}"
    );
    let message = message_with(|faces| faces.face_offsets[1] = 7);
    assert!(
        message.starts_with("polyhedra.face_offsets descends from 7 to 6"),
        "{message}"
    );
    let message = message_with(|faces| faces.connectivity.truncate(11));
    assert!(
        message.contains("ends with 12, but what it delimits has 11"),
        "{message}"
    );
}

#[test]
fn a_face_with_two_nodes() {
    let message = message_of_faces(&[&[0, 1, 2], &[0, 4, 1], &[4, 2], &[2, 4, 0]]);
    assert_eq!(message, "face 2 of cell 1 has 2 nodes, expected at least 3");
}

#[test]
fn a_face_that_names_a_node_out_of_range() {
    let message = message_of_faces(&[&[0, 1, 2], &[0, 4, 1], &[1, 4, 2], &[2, 9, 0]]);
    assert_eq!(message, "cell 1 names node 9, but the mesh has 5 nodes");
    let mut arrays = with_polyhedron(&FACES);
    arrays.polyhedra.connectivity[4] = NodeId::new(77);
    assert_eq!(
        message_of(arrays),
        "cell 1 names node 77, but the mesh has 5 nodes"
    );
}

fn message_of(arrays: MeshArrays) -> String {
    message(arrays)
}

#[test]
fn listed_nodes_that_are_not_those_of_the_faces() {
    let mut arrays = with_polyhedron(&FACES);
    arrays.connectivity[4] = NodeId::new(3);
    let message = message(arrays);
    assert!(
        message.contains("cell 1 is a polyhedron whose 4 listed nodes"),
        "{message}"
    );
    assert!(message.contains("node 0 is only in one"), "{message}");
}

#[test]
fn an_open_polyhedron() {
    let message = message_of_faces(&FACES[..3]);
    assert!(
        message.contains("cell 1 is a polyhedron that is open at the edge"),
        "{message}"
    );
    assert!(message.contains("between nodes 0 and 2"), "{message}");
}

#[test]
fn a_reversed_face_is_named_and_can_be_turned() {
    let faces: [&[u32]; 4] = [&[0, 1, 2], &[0, 4, 1], &[2, 4, 1], &[2, 4, 0]];
    let mut arrays = with_polyhedron(&faces);
    assert!(message(arrays.clone()).starts_with("face 2 of cell 1 is oriented against"));
    assert_eq!(arrays.orient_polyhedra(), Ok(1));
    assert_eq!(arrays.orient_polyhedra(), Ok(0));
    let mesh = UnstructuredMesh::new(arrays).unwrap();
    assert_eq!(mesh.measure(CellId::new(1)), 1.0 / 6.0);
}

#[test]
fn an_open_polyhedron_cannot_be_oriented() {
    let message = with_polyhedron(&FACES[..3])
        .orient_polyhedra()
        .unwrap_err()
        .to_string();
    assert!(message.contains("is open at the edge"), "{message}");
}

#[test]
fn a_polyhedron_inside_out_is_turned_round() {
    let reversed = FACES.map(|face| face.iter().rev().copied().collect::<Vec<u32>>());
    let faces: Vec<&[u32]> = reversed.iter().map(Vec::as_slice).collect();
    let mesh = UnstructuredMesh::new(with_polyhedron(&faces)).unwrap();
    assert_eq!(mesh.mirrored_cells(), 1);
    assert_eq!(mesh.measure(CellId::new(1)), 1.0 / 6.0);
}

#[test]
fn nodes_of_a_polyhedron_may_be_listed_in_any_order() {
    let mut arrays = with_polyhedron(&FACES);
    let expected = UnstructuredMesh::new(arrays.clone()).unwrap();
    arrays.connectivity[4..].reverse();
    let mesh = UnstructuredMesh::new(arrays).unwrap();
    assert_eq!(mesh.connectivity(), expected.connectivity());
    assert_eq!(mesh.fingerprint(), expected.fingerprint());
}

#[test]
fn empty_face_arrays_mean_the_same_in_every_form() {
    let mut arrays = two_tetrahedra();
    let expected = UnstructuredMesh::new(arrays.clone()).unwrap().fingerprint();
    arrays.polyhedra.cell_offsets = vec![0; 3];
    arrays.polyhedra.face_offsets = vec![0];
    assert_eq!(
        UnstructuredMesh::new(arrays).unwrap().fingerprint(),
        expected
    );
}

#[test]
fn a_field_of_another_length() {
    let mesh = UnstructuredMesh::new(two_tetrahedra()).unwrap();
    let field = |location, count| {
        Field::new(
            "T",
            location,
            FieldValues::Float(DataArray::iota(count, 0.0)),
        )
    };
    assert_eq!(mesh.check_field(&field(Location::Cells, 2)), Ok(()));
    assert_eq!(mesh.check_field(&field(Location::Nodes, 5)), Ok(()));
    let message = mesh
        .check_field(&field(Location::Nodes, 2))
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "field \"T\" has 2 tuples on nodes, but the mesh has 5 nodes"
    );
}

#[test]
fn cells_that_cannot_be_extracted() {
    let mesh = UnstructuredMesh::new(two_tetrahedra()).unwrap();
    let message = mesh.extract(&[]).unwrap_err().to_string();
    assert!(message.starts_with("no cells were chosen"), "{message}");
    let message = mesh.extract(&[CellId::new(2)]).unwrap_err().to_string();
    assert_eq!(
        message,
        "cell 2 was chosen, but the mesh has 2 cells, numbered from 0"
    );
}

#[test]
fn transformations_that_leave_no_mesh() {
    let mesh = UnstructuredMesh::new(two_tetrahedra()).unwrap();
    let message = mesh
        .scale(&Vector3::new(1.0, 0.0, 1.0))
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "the factor of axis 1 is 0: it must be finite and not zero"
    );
    let message = mesh
        .translate(&Vector3::new(f64::NAN, 0.0, 0.0))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("node 0 would move to (NaN, 0, 0)"),
        "{message}"
    );
    let message = mesh.merge_coincident_nodes(-1.0).unwrap_err().to_string();
    assert!(message.starts_with("the tolerance -1"), "{message}");
}
