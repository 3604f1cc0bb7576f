//! Files that VTK, meshio and gmsh have made (see `data/make_fixtures.py`).

use std::fs;
use std::path::{Path, PathBuf};

use mesh_core::{Location, Shape};
use mesh_io::{MeshFile, ReadOptions, read_mesh, read_mesh_with};

fn data(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(directory)
}

fn read(name: &str) -> MeshFile {
    read_mesh(&data("vtu").join(name)).unwrap()
}

/// The files whose names begin with `prefix`.
fn files(prefix: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(data("vtu"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(prefix)
        })
        .collect();
    files.sort();
    files
}

fn floats(file: &MeshFile, name: &str) -> Vec<f64> {
    let field = file
        .fields
        .iter()
        .find(|field| field.name() == name)
        .unwrap();
    field.as_float().unwrap().values().to_vec()
}

fn integers(file: &MeshFile, name: &str) -> Vec<i64> {
    let field = file
        .fields
        .iter()
        .find(|field| field.name() == name)
        .unwrap();
    field.as_integer().unwrap().values().to_vec()
}

#[test]
fn every_encoding_of_vtk_gives_the_mesh_that_was_written() {
    let files = files("mixed_");
    assert!(files.len() >= 29, "{}", files.len());
    // Cells of the file that are kept: not the triangle, the quadrilateral and the line.
    let kept = [1.0, 2.0, 4.0, 5.0, 6.0, 7.0];
    for path in files {
        let file = read_mesh(&path).unwrap_or_else(|error| panic!("{error}"));
        let is_single = path.to_str().unwrap().contains("float32");
        let shapes = [
            Shape::Tetrahedron,
            Shape::Pyramid,
            Shape::Wedge,
            Shape::Hexahedron,
            Shape::Hexahedron,
            Shape::Polyhedron,
        ];
        assert_eq!(file.mesh.shapes(), shapes, "{}", path.display());
        assert_eq!(file.mesh.node_count(), 39);
        let volumes = [1.0 / 6.0, 1.0 / 3.0, 0.5, 1.0, 1.0, 1.0];
        for (volume, expected) in file.mesh.measures().iter().zip(volumes) {
            let tolerance = if is_single { 1e-6 } else { 1e-14 };
            assert!(
                (volume * 27.0 - expected).abs() < tolerance,
                "{volume} {}",
                path.display()
            );
        }
        let notes = ["3 cells of lower dimension left out: 1 lines, 1 quadrilaterals, 1 triangles"];
        assert_eq!(file.notes, notes, "{}", path.display());
        assert_eq!(floats(&file, "power"), kept.map(|cell| cell / 7.0));
        assert_eq!(
            floats(&file, "single"),
            kept.map(|cell| f64::from((cell / 7.0) as f32))
        );
        let velocity = file
            .fields
            .iter()
            .find(|field| field.name() == "velocity")
            .unwrap();
        assert_eq!(velocity.component_names(), ["vx", "vy", "vz"]);
        assert_eq!(
            velocity.as_float().unwrap().tuple(1),
            Some(&[2.0, 7.0 / 3.0, 8.0 / 3.0][..])
        );
        assert_eq!(integers(&file, "region"), [-1, 0, 2, 3, 4, 5]);
        assert_eq!(integers(&file, "flag"), [241, 242, 244, 245, 246, 247]);
        let temperature: Vec<f64> = (0..39).map(|node| 300.0 + f64::from(node) / 7.0).collect();
        assert_eq!(floats(&file, "temperature"), temperature);
        assert_eq!(integers(&file, "small"), (-5..34).collect::<Vec<i64>>());
        assert_eq!(file.fields[0].location(), Location::Nodes);
    }
}

#[test]
fn all_encodings_of_vtk_give_the_same_bits() {
    let first = read("mixed_raw_none_64.vtu");
    for path in files("mixed_")
        .iter()
        .filter(|path| !path.to_str().unwrap().contains("float32"))
    {
        let file = read_mesh(path).unwrap();
        assert_eq!(
            file.mesh.fingerprint(),
            first.mesh.fingerprint(),
            "{}",
            path.display()
        );
        assert_eq!(file.fields, first.fields, "{}", path.display());
    }
}

#[test]
fn what_meshio_writes_is_read() {
    let files = files("meshio_");
    assert_eq!(files.len(), 8);
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let file = read_mesh(&path).unwrap_or_else(|error| panic!("{error}"));
        let shape = if name.contains("polyhedra") {
            Shape::Polyhedron
        } else {
            Shape::Hexahedron
        };
        assert_eq!(file.mesh.shapes(), [shape; 2], "{name}");
        // In digits meshio keeps eleven.
        let tolerance = if name.contains("ascii") { 1e-10 } else { 1e-15 };
        for volume in file.mesh.measures() {
            assert!((volume - 1.0 / 27.0).abs() < tolerance, "{name}: {volume}");
        }
        for (value, expected) in floats(&file, "power").iter().zip([1.0 / 3.0, 2.0 / 3.0]) {
            assert!((value - expected).abs() < tolerance, "{name}: {value}");
        }
    }
}

#[test]
fn real_meshes_are_read() {
    let expected = [
        ("ball_tet", Shape::Tetrahedron, 2690),
        ("ball_warped_hex", Shape::Hexahedron, 2716),
        ("disk_prisms", Shape::Wedge, 4296),
        ("pins_coarse", Shape::Tetrahedron, 5140),
        ("pins_fine", Shape::Tetrahedron, 10518),
        ("plate_hex", Shape::Hexahedron, 1605),
        ("plate_tet", Shape::Tetrahedron, 4259),
    ];
    for (name, shape, cells) in expected {
        let file = read_mesh(&data("meshes").join(format!("{name}.vtu"))).unwrap();
        assert!(
            file.mesh.shapes().iter().all(|found| *found == shape),
            "{name}"
        );
        assert_eq!(file.mesh.cell_count(), cells, "{name}");
        assert!(!file.fields.is_empty(), "{name}");
    }
}

#[test]
fn a_quadratic_cell_is_refused_or_read_linearised() {
    let path = data("vtu").join("quadratic.vtu");
    let message = read_mesh(&path).unwrap_err().to_string();
    assert_eq!(
        message,
        format!(
            "{}: cell 0 is quadratic (VTK_QUADRATIC_TETRA, VTK type 24); write the mesh with \
             linear cells, or read it linearised (corner nodes only; --linearize)",
            path.display()
        )
    );
    let file = read_mesh_with(&path, &ReadOptions::default().linearize(true)).unwrap();
    assert_eq!(file.mesh.shapes(), [Shape::Tetrahedron]);
    assert_eq!(file.mesh.measures(), [1.0 / 6.0]);
    assert_eq!(file.notes, ["1 cells read linearised (corner nodes only)"]);
}
