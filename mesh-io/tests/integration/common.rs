//! What several test files need: a mesh with every shape, and fields on it.

use mesh_core::{DataArray, Field, FieldValues, Location, Point3, Shape, UnstructuredMesh};

/// The corners of a cube at `x`, in VTK's order, a third wide.
fn cube(x: f64) -> Vec<Point3> {
    let corners = [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, 0.0, 1.0],
        [1.0, 1.0, 1.0],
        [0.0, 1.0, 1.0],
    ];
    corners
        .map(|[a, b, c]| Point3::new(x + a / 3.0, b / 3.0, c / 3.0))
        .to_vec()
}

/// A polyhedron, tetrahedron, pyramid, polyhedron, wedge and hexahedron, two apart.
pub(crate) fn mixed_mesh() -> UnstructuredMesh {
    let mut nodes = Vec::new();
    let mut cells = 0_u8;
    let mut add = |corners: &[usize]| {
        let first = nodes.len() as u32;
        let cube = cube(2.0 * f64::from(cells));
        nodes.extend(corners.iter().map(|corner| cube[*corner]));
        cells += 1;
        (first..nodes.len() as u32).collect::<Vec<u32>>()
    };
    let polyhedron = add(&[0, 1, 2, 3, 4, 5, 6, 7]);
    let tetrahedron = add(&[0, 1, 3, 4]);
    let pyramid = add(&[0, 1, 2, 3, 4]);
    let second = add(&[0, 1, 2, 3, 4, 5, 6, 7]);
    let wedge = add(&[0, 1, 3, 4, 5, 7]);
    let hexahedron = add(&[0, 1, 2, 3, 4, 5, 6, 7]);
    let faces = |ids: &[u32]| {
        let faces: [&[usize]; 7] = [
            &[0, 3, 2, 1],
            &[4, 5, 6],
            &[4, 6, 7],
            &[0, 1, 5, 4],
            &[1, 2, 6, 5],
            &[2, 3, 7, 6],
            &[3, 0, 4, 7],
        ];
        faces.map(|face| face.iter().map(|node| ids[*node]).collect::<Vec<u32>>())
    };
    let (first_faces, second_faces) = (faces(&polyhedron), faces(&second));
    UnstructuredMesh::builder(nodes)
        .polyhedron(&first_faces.each_ref().map(Vec::as_slice))
        .cell(Shape::Tetrahedron, &tetrahedron)
        .cell(Shape::Pyramid, &pyramid)
        .polyhedron(&second_faces.each_ref().map(Vec::as_slice))
        .cell(Shape::Wedge, &wedge)
        .cell(Shape::Hexahedron, &hexahedron)
        .build()
        .unwrap()
}

/// Fields of one and several components, named and not, floats and integers.
pub(crate) fn fields_on(mesh: &UnstructuredMesh) -> Vec<Field> {
    let (cells, nodes) = (mesh.cell_count() as u32, mesh.node_count() as u32);
    let sevenths = |count: u32| {
        (0..count)
            .map(|i| f64::from(i) / 7.0 - 1e-300)
            .collect::<Vec<_>>()
    };
    let velocity = DataArray::new(["vx", "", "v<z>"], sevenths(3 * cells)).unwrap();
    let region = DataArray::scalars((0..cells).map(|i| i64::from(i) - (1 << 60)).collect());
    let pairs = DataArray::new(["", ""], (0..2 * nodes).map(i64::from).collect()).unwrap();
    vec![
        Field::new("temperature", Location::Nodes, scalars(sevenths(nodes))),
        Field::new("pairs", Location::Nodes, FieldValues::Integer(pairs)),
        Field::new(
            "power <W> & \"more\"\n",
            Location::Cells,
            scalars(sevenths(cells)),
        ),
        Field::new("velocity", Location::Cells, FieldValues::Float(velocity)),
        Field::new("region", Location::Cells, FieldValues::Integer(region)),
    ]
}

fn scalars(values: Vec<f64>) -> FieldValues {
    FieldValues::Float(DataArray::scalars(values))
}
