//! Files that Gmsh and meshio have made (see `data/make_gmsh_fixtures.py`).

use std::fs;
use std::path::{Path, PathBuf};

use mesh_core::{Field, Location, Shape};
use mesh_io::gmsh::{Gmsh, GmshData, GmshOptions, GmshVersion};
use mesh_io::{
    MeshFile, MeshFormat, ReadOptions, StepChoice, read_mesh, read_mesh_with, read_times,
};

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// The files whose names begin with `prefix`, which are so many.
fn files(prefix: &str, count: usize) -> Vec<PathBuf> {
    let starts = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(prefix))
    };
    let entries = fs::read_dir(directory("gmsh")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(starts);
    files.sort();
    assert_eq!(files.len(), count, "{prefix}");
    files
}

fn field<'a>(file: &'a MeshFile, name: &str) -> &'a Field {
    let found = file.fields.iter().find(|field| field.name() == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

fn integers<'a>(file: &'a MeshFile, name: &str) -> &'a [i64] {
    field(file, name).as_integer().unwrap().values()
}

fn floats(file: &MeshFile, name: &str) -> Vec<f64> {
    field(file, name).as_float().unwrap().values().to_vec()
}

fn labels(file: &MeshFile, name: &str) -> Vec<(i64, String)> {
    let labels = field(file, name).labels().iter();
    labels
        .map(|label| (label.value, label.name.clone()))
        .collect()
}

/// The number of each cell in the script, by its place: Gmsh writes elements type by type.
fn numbers(file: &MeshFile) -> Vec<usize> {
    let mesh = &file.mesh;
    let place = |cell| (mesh.cell_bounds(cell).min.x / 2.0) as usize;
    mesh.cell_ids().map(place).collect()
}

/// The cells of the mesh that `data/make_gmsh_fixtures.py` describes.
fn assert_mixed(file: &MeshFile, path: &Path) {
    use Shape::{Hexahedron, Pyramid, Tetrahedron, Wedge};
    let path = path.display();
    let mesh = &file.mesh;
    let shapes = [
        Tetrahedron,
        Pyramid,
        Wedge,
        Hexahedron,
        Hexahedron,
        Tetrahedron,
    ];
    assert_eq!(mesh.node_count(), 35);
    assert_eq!(mesh.mirrored_cells(), 0);
    let entities = integers(file, "gmsh:geometrical");
    let second = integers(file, "gmsh:physical:2");
    let mut numbers = numbers(file);
    for (index, (cell, &number)) in mesh.cell_ids().zip(&numbers).enumerate() {
        let shape = shapes[number];
        assert_eq!(mesh.shape(cell), shape, "{path}");
        let volume = match shape {
            Tetrahedron => 1.0 / 6.0,
            Pyramid => 1.0 / 3.0,
            Wedge => 0.5,
            _ => 1.0,
        } / 27.0;
        assert!((mesh.measure(cell) - volume).abs() < 1e-15, "{path}");
        let expected = if number < 2 { (4, 0) } else { (9, 3) };
        assert_eq!((entities[index], second[index]), expected, "{path}");
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    assert_eq!(integers(file, "gmsh:physical"), [7; 6], "{path}");
    let names = [(3, "cold water".to_owned()), (7, "fuel é".to_owned())];
    assert_eq!(labels(file, "gmsh:physical"), names);
    assert_eq!(labels(file, "gmsh:physical:2"), names);
    let lower = "4 cells of lower dimension left out: 1 lines, 1 points, 1 quadrilaterals, \
                 1 triangles";
    assert_eq!(file.notes[0], lower);
}

#[test]
fn every_version_and_encoding_of_gmsh_is_read() {
    for path in files("mixed_22", 2).iter().chain(&files("mixed_4", 3)) {
        let file = read_mesh(path).unwrap();
        assert_mixed(&file, path);
        assert_eq!(file.fields.len(), 3);
    }
}

#[test]
fn views_of_gmsh_are_read_at_every_step() {
    for path in files("views", 4).iter().chain(&files("repeated", 4)) {
        assert_eq!(read_times(path).unwrap(), [0.0, 0.5, 1.0]);
        for step in 0..3 {
            let options = ReadOptions::default().step(StepChoice::Number(step));
            let file = read_mesh_with(path, &options).unwrap();
            assert_mixed(&file, path);
            let numbers: Vec<f64> = numbers(&file).iter().map(|n| *n as f64).collect();
            let expected: Vec<f64> = numbers.iter().map(|n| n / 4.0 + step as f64).collect();
            assert_eq!(floats(&file, "power <W> é"), expected, "{path:?}");
            let stress = floats(&file, "stress");
            for (cell, tensor) in stress.chunks(9).enumerate() {
                assert_eq!(tensor[8], 9.0 * numbers[cell] + 8.0);
            }
            let some = floats(&file, "some cells");
            for (number, value) in numbers.iter().zip(some) {
                let expected = if *number == 1.0 || *number == 2.0 {
                    *number
                } else {
                    f64::NAN
                };
                assert!(value.to_bits() == expected.to_bits(), "{value} {expected}");
            }
            let flow = field(&file, "flow");
            assert_eq!((flow.location(), flow.components()), (Location::Nodes, 3));
            // Nodes are numbered cell by cell, as long as the file has them in that order.
            let mut flow = floats(&file, "flow");
            flow.sort_by(f64::total_cmp);
            assert!(
                flow.iter()
                    .zip(0..)
                    .all(|(value, i)| *value == f64::from(i) / 8.0)
            );
            let left_out =
                "1 section $ElementNodeData left out: values on the nodes of each element";
            assert!(
                file.notes.iter().any(|note| note == left_out),
                "{:?}",
                file.notes
            );
            for note in [
                "field \"some cells\": 1 values left out that are on none of the cells",
                "field \"some cells\": no value on 4 cells, which have NaN",
            ] {
                assert!(
                    file.notes.iter().any(|found| found == note),
                    "{:?}",
                    file.notes
                );
            }
        }
        let last = read_mesh(path).unwrap();
        assert!(
            last.notes
                .iter()
                .any(|note| note == "the last of 3 steps read (time 1)")
        );
        let options = ReadOptions::default().step(StepChoice::Number(3));
        let message = read_mesh_with(path, &options).unwrap_err().to_string();
        let end = "step 3 was asked for, but the file has 3 steps (0 to 2)";
        assert!(message.ends_with(end), "{message}");
    }
}

#[test]
fn a_mesh_that_gmsh_has_repeated_is_read_once() {
    for path in files("repeated", 4) {
        let file = read_mesh(&path).unwrap();
        let note = "the mesh stands in the file 6 times, read once";
        assert!(
            file.notes.iter().any(|found| found == note),
            "{:?}",
            file.notes
        );
    }
}

#[test]
fn node_values_are_those_of_their_nodes() {
    // Cell by cell, node i has the value 3 i / 8, …: the cube at 2 cell begins with its node.
    for path in files("views", 4) {
        let file = read_mesh(&path).unwrap();
        let flow = field(&file, "flow").as_float().unwrap();
        let mut firsts = Vec::new();
        for cell in file.mesh.cell_ids() {
            let nodes = file.mesh.cell_nodes(cell);
            let of_node = |i: usize| flow.tuple(nodes[i].index()).unwrap()[0];
            for i in 1..nodes.len() {
                assert_eq!(of_node(i) - of_node(0), 3.0 * i as f64 / 8.0, "{path:?}");
            }
            firsts.push(of_node(0));
        }
        firsts.sort_by(f64::total_cmp);
        let starts = [0.0, 4.0, 9.0, 15.0, 23.0, 31.0];
        assert_eq!(firsts, starts.map(|start| 3.0 * start / 8.0));
    }
}

#[test]
fn parametric_nodes_partitions_and_periodic_surfaces_change_nothing() {
    for path in files("parametric", 5).iter().chain(&files("parts", 4)) {
        let file = read_mesh(path).unwrap();
        assert_eq!((file.mesh.cell_count(), file.mesh.node_count()), (48, 23));
        assert!((file.mesh.volume() - 2.0).abs() < 1e-14, "{path:?}");
        assert_eq!(file.notes, Vec::<String>::new());
        assert_eq!(file.fields.len(), 1, "{path:?}");
        let names = [(1, "left".to_owned()), (2, "right".to_owned())];
        assert_eq!(labels(&file, "gmsh:physical"), names);
        for (cell, &group) in file.mesh.cell_ids().zip(integers(&file, "gmsh:physical")) {
            assert_eq!(group == 1, file.mesh.centroid(cell).x < 1.0, "{path:?}");
        }
    }
}

#[test]
fn cells_of_higher_order_are_refused_or_linearised() {
    let linearize = ReadOptions::default().linearize(true);
    for (prefix, volume, cells) in [
        ("tetrahedra_2", 2.0, 48),
        ("hexahedra_2", 1.0, 1),
        ("hexahedra_3", 1.0, 1),
        ("mixed_2_", 0.117_283_950_617_284, 6),
    ] {
        let count = if prefix == "hexahedra_2" { 4 } else { 2 };
        for path in files(prefix, count) {
            let message = read_mesh(&path).unwrap_err().to_string();
            assert!(message.contains("--linearize"), "{message}");
            let file = read_mesh_with(&path, &linearize).unwrap();
            assert_eq!(file.mesh.cell_count(), cells, "{path:?}");
            assert!((file.mesh.volume() - volume).abs() < 1e-14, "{path:?}");
            assert_eq!(file.mesh.mirrored_cells(), 0);
            let note = format!("{cells} cells read linearised (corner nodes only)");
            assert!(file.notes.contains(&note), "{:?}", file.notes);
        }
    }
}

#[test]
fn files_of_meshio_are_read() {
    for path in files("meshio_22", 2).iter().chain(&files("meshio_41", 2)) {
        let file = read_mesh(path).unwrap();
        assert_eq!(file.mesh.shapes(), [Shape::Hexahedron; 2]);
        assert!((file.mesh.volume() - 2.0 / 27.0).abs() < 1e-15);
        assert_eq!(floats(&file, "power"), [1.0 / 3.0, 2.0 / 3.0], "{path:?}");
        let sevenths: Vec<f64> = (0..16).map(|i| f64::from(i) / 7.0).collect();
        assert_eq!(floats(&file, "t"), sevenths);
        let thirds: Vec<f64> = (0..6).map(|i| f64::from(i) / 3.0).collect();
        assert_eq!(floats(&file, "velocity"), thirds);
        assert_eq!(field(&file, "velocity").components(), 3);
        assert_eq!(integers(&file, "gmsh:physical"), [2, 2]);
        assert_eq!(integers(&file, "gmsh:geometrical"), [5, 5]);
        assert_eq!(
            labels(&file, "gmsh:physical"),
            [(2, "all of it".to_owned())]
        );
        assert_eq!(file.notes, Vec::<String>::new());
    }
    let plain = read_mesh(&directory("gmsh").join("meshio_plain_41.msh")).unwrap();
    assert_eq!(plain.mesh.cell_count(), 2);
    assert!(plain.fields.is_empty() && plain.notes.is_empty());
}

/// What is read of any file is the same after it has been written and read again.
#[test]
fn what_gmsh_and_meshio_have_made_comes_back() {
    let temporary = tempfile::tempdir().unwrap();
    let copy = temporary.path().join("copy.msh");
    for path in files("", 37) {
        let linearize = ReadOptions::default().linearize(true);
        let file = read_mesh_with(&path, &linearize).unwrap();
        for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
            for data in [GmshData::Ascii, GmshData::Binary] {
                let options = GmshOptions {
                    version,
                    data,
                    ..GmshOptions::default()
                };
                Gmsh { options }
                    .write(&copy, &file.mesh, &file.fields)
                    .unwrap();
                let mut back = read_mesh(&copy).unwrap();
                // Version 2.2 has second groups as fields, which stand behind all groups.
                let place = |field: &Field| {
                    let mut fields = file.fields.iter();
                    fields.position(|original| original.name() == field.name())
                };
                back.fields.sort_by_key(place);
                assert_eq!(back.mesh.fingerprint(), file.mesh.fingerprint(), "{path:?}");
                assert_eq!(back.fields.len(), file.fields.len(), "{path:?}");
                for (field, original) in back.fields.iter().zip(&file.fields) {
                    assert_eq!(field.name(), original.name());
                    assert_eq!(field.labels(), original.labels());
                    // NaN is not equal to itself.
                    let digits = format!("{:?}", field.values());
                    assert_eq!(digits, format!("{:?}", original.values()), "{path:?}");
                }
            }
        }
    }
}
