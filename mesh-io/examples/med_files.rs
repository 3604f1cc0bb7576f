//! Writes MED files into the directory that is named, for `tests/interop/check_med.py`, which
//! opens them with MEDCoupling, gmsh and meshio.

use std::error::Error;
use std::path::Path;

use mesh_core::{
    BoxCellShape, BoxMesh, CellId, DataArray, Field, FieldValues, Label, Location, MeshArrays,
    MeshError, NodeId, Point3, Shape, UnstructuredMesh,
};
use mesh_io::{Step, write_mesh, write_series};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("expected a directory")?;
    let directory = Path::new(&directory);
    let shapes = [
        ("hexahedra", BoxCellShape::Hexahedron),
        ("tetrahedra", BoxCellShape::Tetrahedron),
        ("wedges", BoxCellShape::Wedge),
        ("pyramids", BoxCellShape::Pyramid),
        ("polyhedra", BoxCellShape::Polyhedron),
    ];
    let mut meshes = Vec::new();
    for (index, (name, shape)) in shapes.into_iter().enumerate() {
        let mesh = BoxMesh {
            shape,
            origin: Point3::new(0.0, 0.0, 2.0 * index as f64),
            ..BoxMesh::unit([4, 3, 2])
        };
        meshes.push((name, mesh.generate()?));
    }
    meshes.push(("mixed", mix(&meshes)?));
    for (name, mesh) in meshes {
        let path = directory.join(format!("{name}.med"));
        write_mesh(&path, &mesh, &fields_on(&mesh, 0.0))?;
        let steps: Vec<Step> = (0..12)
            .map(|number| 0.25 * f64::from(number))
            .map(|time| Step {
                time,
                fields: fields_on(&mesh, time),
            })
            .collect();
        let path = directory.join(format!("{name}_series.med"));
        write_series(&path, &mesh, &steps)?;
    }
    Ok(())
}

/// The volume of each cell plus the time, its centroid, a label per half, and x plus the time.
fn fields_on(mesh: &UnstructuredMesh, time: f64) -> Vec<Field> {
    let float = |name: &str, location, array| Field::new(name, location, FieldValues::Float(array));
    let volumes = mesh.measures().iter().map(|volume| volume + time).collect();
    let centroids = mesh.centroids();
    let flat = centroids
        .iter()
        .flat_map(|point| [point.x, point.y, point.z]);
    let centroid = DataArray::new(["x [m]", "y [m]", "größer"], flat.collect());
    let half = |x: f64| if x < 0.5 { 3 } else { 8 };
    let halves = centroids.iter().map(|point| half(point.x)).collect();
    let halves = FieldValues::Integer(DataArray::scalars(halves));
    let label = |value, name: &str| Label {
        value,
        name: name.to_owned(),
    };
    // meshio reads no accents in the names of groups.
    let is_mixed = mesh.shapes().contains(&Shape::Polyhedron);
    let third = if is_mixed { "größer" } else { "greater" };
    let labels = vec![label(3, "left"), label(8, "right"), label(8, third)];
    let x = mesh.nodes().iter().map(|node| node.x + time).collect();
    vec![
        float("volume", Location::Cells, DataArray::scalars(volumes)),
        Field::new("half", Location::Cells, halves).with_labels(labels),
        float("x of node", Location::Nodes, DataArray::scalars(x)),
    ]
    .into_iter()
    .chain(
        centroid
            .ok()
            .map(|array| float("centroid größer", Location::Cells, array)),
    )
    .collect()
}

/// The cells of all meshes, one of each in turn.
fn mix(meshes: &[(&str, UnstructuredMesh)]) -> Result<UnstructuredMesh, MeshError> {
    let mut arrays = MeshArrays::from_nodes(Vec::new());
    let mut starts = Vec::new();
    for (_, mesh) in meshes {
        starts.push(arrays.nodes.len() as u32);
        arrays.nodes.extend(mesh.nodes());
    }
    let most = meshes.iter().map(|(_, mesh)| mesh.cell_count()).max();
    for index in 0..most.unwrap_or(0) {
        let all = meshes.iter().zip(&starts);
        for ((_, mesh), start) in all.filter(|((_, mesh), _)| index < mesh.cell_count()) {
            let cell = CellId::new(index as u32);
            let moved = |nodes: &[NodeId]| -> Vec<NodeId> {
                let nodes = nodes.iter();
                nodes.map(|node| NodeId::new(node.get() + start)).collect()
            };
            match mesh.shape(cell) {
                Shape::Polyhedron => {
                    let faces: Vec<_> = mesh.polyhedron_faces(cell).map(moved).collect();
                    arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
                }
                shape => arrays.push_cell(shape, &moved(mesh.cell_nodes(cell))),
            }
        }
    }
    UnstructuredMesh::new(arrays)
}
