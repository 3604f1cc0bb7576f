//! Files that VTK and meshio have made in the other formats of VTK (see
//! `data/make_vtk_fixtures.py`).

use std::fs;
use std::path::{Path, PathBuf};

use mesh_core::{Field, Location, Shape};
use mesh_io::{MeshFile, ReadOptions, StepChoice, read_mesh, read_mesh_with, read_times};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn read(name: &str) -> MeshFile {
    read_mesh(&path(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// The files of a directory whose names begin with `prefix`.
fn files(directory: &str, prefix: &str) -> Vec<String> {
    let mut files: Vec<String> = fs::read_dir(path(directory))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix))
        .map(|name| format!("{directory}/{name}"))
        .collect();
    files.sort();
    files
}

fn field<'a>(file: &'a MeshFile, name: &str) -> &'a Field {
    let mut fields = file.fields.iter();
    fields
        .find(|field| field.name() == name)
        .unwrap_or_else(|| panic!("no field {name:?}: {:?}", file.fields))
}

fn floats(file: &MeshFile, name: &str) -> Vec<f64> {
    field(file, name).as_float().unwrap().values().to_vec()
}

fn integers(file: &MeshFile, name: &str) -> Vec<i64> {
    field(file, name).as_integer().unwrap().values().to_vec()
}

/// In digits legacy VTK keeps eleven.
fn tolerance(name: &str) -> f64 {
    if name.contains("ascii") && name.starts_with("vtk_legacy/") && !name.contains("meshio") {
        2e-10
    } else {
        1e-14
    }
}

fn assert_near(found: &[f64], expected: impl IntoIterator<Item = f64>, name: &str) {
    let expected: Vec<f64> = expected.into_iter().collect();
    assert_eq!(found.len(), expected.len(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        let scale = tolerance(name) * expected.abs().max(1.0);
        assert!(
            (found - expected).abs() <= scale,
            "{name}: {found} is not {expected}"
        );
    }
}

#[test]
fn unstructured_grids_of_every_version_are_read() {
    let files = files("vtk_legacy", "mixed_");
    assert_eq!(files.len(), 4);
    let kept = [1.0, 2.0, 4.0, 5.0, 6.0, 7.0];
    for name in files {
        let file = read(&name);
        let shapes = [
            Shape::Tetrahedron,
            Shape::Pyramid,
            Shape::Wedge,
            Shape::Hexahedron,
            Shape::Hexahedron,
            Shape::Polyhedron,
        ];
        assert_eq!(file.mesh.shapes(), shapes, "{name}");
        let volumes = [1.0 / 6.0, 1.0 / 3.0, 0.5, 1.0, 1.0, 1.0].map(|volume| volume / 27.0);
        assert_near(&file.mesh.measures(), volumes, &name);
        let notes = ["3 cells of lower dimension left out: 1 lines, 1 quadrilaterals, 1 triangles"];
        assert_eq!(file.notes, notes, "{name}");
        assert_near(&floats(&file, "power"), kept.map(|cell| cell / 7.0), &name);
        let velocity = field(&file, "velocity");
        assert_eq!(velocity.component_names(), ["vx", "vy", "vz"], "{name}");
        assert_near(
            velocity.as_float().unwrap().tuple(1).unwrap(),
            [2.0, 7.0 / 3.0, 8.0 / 3.0],
            &name,
        );
        assert_eq!(integers(&file, "region"), [-1, 0, 2, 3, 4, 5]);
        assert_eq!(integers(&file, "flag"), [241, 242, 244, 245, 246, 247]);
        assert_eq!(integers(&file, "small"), (-5..34).collect::<Vec<i64>>());
    }
}

#[test]
fn binary_files_of_both_versions_and_vtu_give_the_same_bits() {
    let vtu = read("vtu/mixed_raw_none_64.vtu");
    for version in ["42", "51"] {
        let file = read(&format!("vtk_legacy/mixed_{version}_binary.vtk"));
        assert_eq!(file.mesh.fingerprint(), vtu.mesh.fingerprint());
        // There fields on cells come first.
        let mut expected = vtu.fields.clone();
        expected.sort_by_key(|field| field.location() == Location::Nodes);
        assert_eq!(file.fields, expected);
    }
}

#[test]
fn every_kind_of_attribute_is_read() {
    let kept = [1_i64, 2, 4, 5, 6, 7];
    for name in files("vtk_legacy", "attributes_") {
        let file = read(&name);
        let thirds = kept.map(|cell| cell as f64 / 3.0);
        assert_near(&floats(&file, "größe 50 %"), thirds, &name);
        assert_eq!(integers(&file, "long"), kept.map(|cell| cell - (1 << 60)));
        let colours: Vec<i64> = kept
            .iter()
            .flat_map(|cell| 3 * cell..3 * cell + 3)
            .collect();
        assert_eq!(integers(&file, "colour"), colours, "{name}");
        assert_eq!(field(&file, "colour").components(), 3);
        assert_eq!(integers(&file, "id"), kept);
        assert_eq!(
            integers(&file, "bit"),
            kept.map(|cell| i64::from(cell % 3 == 0))
        );
        assert_eq!(integers(&file, "unsigned"), kept);
        let single = (0..39).map(|node| f64::from(node as f32 / 7.0));
        let scale = if name.contains("ascii") { 1e-5 } else { 0.0 };
        for (found, expected) in floats(&file, "scalar").iter().zip(single) {
            assert!(
                (found - expected).abs() <= scale,
                "{name}: {found} {expected}"
            );
        }
        let vector = field(&file, "vector");
        assert_eq!(vector.component_names(), ["x y", "", "z"], "{name}");
        for (array, components) in [("vector", 3), ("normal", 3), ("tensor", 9), ("texture", 2)] {
            assert_eq!(field(&file, array).components(), components, "{name}");
            let expected = (0..39 * components).map(|value| value as f64);
            assert_near(&floats(&file, array), expected, &name);
        }
        assert_eq!(integers(&file, "global"), (0..39).collect::<Vec<i64>>());
        assert_eq!(file.notes.len(), 2, "{:?}", file.notes);
        assert_eq!(file.notes[1], "array \"text\" of text left out");
    }
}

#[test]
fn what_meshio_writes_is_read() {
    let files = files("vtk_legacy", "meshio_");
    assert_eq!(files.len(), 4);
    for name in files {
        let file = read(&name);
        assert_eq!(file.mesh.shapes(), [Shape::Hexahedron; 2], "{name}");
        assert_near(&file.mesh.measures(), [1.0 / 27.0; 2], &name);
        assert_eq!(floats(&file, "power"), [1.0 / 3.0, 2.0 / 3.0]);
        assert_eq!(integers(&file, "region"), [-3, 1 << 40]);
        let velocity = (0..48)
            .map(|value| f64::from(value) / 7.0)
            .collect::<Vec<_>>();
        assert_eq!(floats(&file, "velocity"), velocity);
    }
}

#[test]
fn a_quadratic_cell_is_refused_or_read_linearised() {
    for name in files("vtk_legacy", "quadratic_") {
        let message = read_mesh(&path(&name)).unwrap_err().to_string();
        assert!(
            message.contains("cell 0 is quadratic (VTK_QUADRATIC_TETRA"),
            "{message}"
        );
        let linear = ReadOptions::default().linearize(true);
        let file = read_mesh_with(&path(&name), &linear).unwrap();
        assert_eq!(file.mesh.measures(), [1.0 / 6.0]);
        assert_eq!(file.notes, ["1 cells read linearised (corner nodes only)"]);
    }
}

/// Widths of the rectilinear grid's cells, x fastest.
fn rectilinear_volumes(descending: bool) -> Vec<f64> {
    let mut x = [0.1, 0.2, 0.3];
    if descending {
        x.reverse();
    }
    let mut volumes = Vec::new();
    for z in [1.0, 2.0] {
        for y in [1.0, 0.5] {
            volumes.extend(x.map(|x| x * y * z));
        }
    }
    volumes
}

fn assert_fields(file: &MeshFile, name: &str) {
    assert_near(
        &floats(file, "power"),
        (0..12).map(|cell| f64::from(cell) / 7.0),
        name,
    );
    let temperature = (0..36).map(|node| 300.0 + f64::from(node) / 7.0);
    assert_near(&floats(file, "temperature"), temperature, name);
    assert_eq!(file.fields.len(), 2, "{name}");
    assert_eq!(file.notes, Vec::<String>::new(), "{name}");
}

#[test]
fn rectilinear_grids_are_read_ascending_and_descending() {
    let mut names = files("vtk_grids", "rectilinear_");
    names.extend(files("vtk_grids", "descending_"));
    names.extend(files("vtk_legacy", "rectilinear_"));
    names.push("vtk_grids/pieces.vtr".into());
    assert_eq!(names.len(), 9);
    for name in names {
        let file = read(&name);
        let volumes = rectilinear_volumes(name.contains("descending"));
        assert_near(&file.mesh.measures(), volumes, &name);
        assert_fields(&file, &name);
        // The values belong to the same places.
        let centroid = file.mesh.centroids()[0];
        let x = if name.contains("descending") {
            0.45
        } else {
            0.05
        };
        assert_near(&[centroid.x, centroid.y, centroid.z], [x, 0.5, -0.5], &name);
        assert_eq!(file.mesh.nodes()[1].x, if x > 0.1 { 0.3 } else { 0.1 });
    }
}

#[test]
fn structured_grids_are_read_also_left_handed() {
    let reference = read("vtk_grids/structured_raw.vts");
    assert_eq!(reference.mesh.mirrored_cells(), 0);
    assert!(
        reference
            .mesh
            .measures()
            .iter()
            .all(|volume| (0.5..1.5).contains(volume))
    );
    let mut names = files("vtk_grids", "structured_");
    names.extend(files("vtk_grids", "mirrored_"));
    names.extend(files("vtk_legacy", "structured_"));
    names.push("vtk_grids/pieces.vts".into());
    assert_eq!(names.len(), 9);
    for name in names {
        let file = read(&name);
        assert_near(&file.mesh.measures(), reference.mesh.measures(), &name);
        assert_fields(&file, &name);
        let mirrored = if name.contains("mirrored") { 12 } else { 0 };
        assert_eq!(file.mesh.mirrored_cells(), mirrored, "{name}");
    }
}

#[test]
fn images_are_read_turned_and_reflected() {
    let mut names = files("vtk_grids", "image_");
    names.extend(files("vtk_grids", "turned_"));
    names.extend(files("vtk_grids", "reflected_"));
    names.extend(files("vtk_legacy", "points_"));
    names.push("vtk_grids/pieces.vti".into());
    assert_eq!(names.len(), 12);
    for name in names {
        let file = read(&name);
        assert_near(&file.mesh.measures(), [0.25; 12], &name);
        if name.contains("pieces") {
            assert_near(
                &floats(&file, "power"),
                (0..12).map(|cell| f64::from(cell) / 7.0),
                &name,
            );
        } else {
            assert_fields(&file, &name);
        }
        // Node (1, 2, 0) has the indices (3, 1, 0): steps of 1.5 and 0.25 from the origin.
        let node = file.mesh.nodes()[9];
        let expected = if name.contains("turned") {
            [1.0 - 0.25, 2.0 + 1.5, 3.0]
        } else if name.contains("reflected") {
            [1.0 + 1.5, 2.0 - 0.25, 3.0]
        } else {
            [1.0 + 1.5, 2.0 + 0.25, 3.0]
        };
        assert_eq!([node.x, node.y, node.z], expected, "{name}");
    }
}

#[test]
fn blanked_cells_and_nodes_are_left_out() {
    let mut names = files("vtk_grids", "blanked_");
    names.extend(files("vtk_legacy", "blanked_"));
    assert_eq!(names.len(), 5);
    for name in names {
        // Cell 2 is hidden, cell 0 is at a hidden node, cell 11 is another piece's.
        let kept = [1, 3, 4, 5, 6, 7, 8, 9, 10];
        let file = read(&name);
        assert_near(
            &floats(&file, "power"),
            kept.map(|cell| f64::from(cell) / 7.0),
            &name,
        );
        assert_eq!(file.notes, ["3 ghost or hidden cells left out"], "{name}");
        assert_eq!(file.fields.len(), 2, "{name}");
        // Nodes that only they have are gone: 0 of cell 0, 3 of cell 2, 35 of cell 11.
        let nodes = (1..35).filter(|node| *node != 3);
        let temperature = nodes.map(|node| 300.0 + f64::from(node) / 7.0);
        assert_near(&floats(&file, "temperature"), temperature, &name);
        let whole = read("vtk_grids/structured_raw.vts");
        let volumes = kept.map(|cell| whole.mesh.measures()[cell as usize]);
        assert_near(&file.mesh.measures(), volumes, &name);
    }
    for name in files("vtk_legacy", "hidden_") {
        let file = read(&name);
        assert_near(
            &floats(&file, "power"),
            [2.0, 4.0, 5.0, 6.0, 7.0].map(|cell| cell / 7.0),
            &name,
        );
        let expected = "2 ghost or hidden cells left out";
        assert!(
            file.notes.iter().any(|note| note == expected),
            "{:?}",
            file.notes
        );
        assert_eq!(file.mesh.node_count(), 35, "{name}");
    }
}

#[test]
fn a_part_of_a_grid_is_read_with_a_note() {
    for (kind, region, whole) in [
        ("vtr", "1 3 0 1 0 2", "0 3 0 2 0 2"),
        ("vts", "1 3 0 1 0 2", "0 3 0 2 0 2"),
        ("vti", "3 5 -1 0 0 2", "2 5 -1 1 0 2"),
    ] {
        let name = format!("vtk_grids/part.{kind}");
        let file = read(&name);
        assert_eq!(
            file.notes,
            [format!("the file has the part {region} of a grid {whole}")]
        );
        assert_near(
            &floats(&file, "power"),
            [1, 2, 7, 8].map(|cell| f64::from(cell) / 7.0),
            &name,
        );
    }
}

#[test]
fn a_flat_grid_is_refused() {
    let message = read_mesh(&path("vtk_grids/flat.vti"))
        .unwrap_err()
        .to_string();
    let expected = "the grid has 4 x 1 x 3 nodes: flat, expected at least 2 along each axis \
                    (three-dimensional cells)";
    assert!(message.ends_with(expected), "{message}");
}

/// The nodes, cell values and node values, in an order that does not depend on the pieces.
fn sorted(file: &MeshFile) -> (Vec<[u64; 4]>, Vec<[u64; 4]>) {
    let bits = |point: &mesh_core::Point3, value: &f64| {
        [point.x, point.y, point.z, *value].map(f64::to_bits)
    };
    let (power, temperature) = (floats(file, "power"), floats(file, "temperature"));
    let nodes = file.mesh.nodes().iter().zip(&temperature);
    let mut nodes: Vec<_> = nodes.map(|(point, value)| bits(point, value)).collect();
    let centroids = file.mesh.centroids();
    let cells = centroids.iter().zip(&power);
    let mut cells: Vec<_> = cells.map(|(point, value)| bits(point, value)).collect();
    nodes.sort_unstable();
    cells.sort_unstable();
    (nodes, cells)
}

#[test]
fn pieces_become_one_mesh_without_ghosts() {
    let whole = read("vtk_index/whole.vtu");
    assert_eq!((whole.mesh.cell_count(), whole.mesh.node_count()), (24, 60));
    for name in ["plain", "ghosts", "ids"] {
        let file = read(&format!("vtk_index/{name}.pvtu"));
        assert_eq!(sorted(&file), sorted(&whole), "{name}");
        assert_eq!(
            file.mesh.boundary_cells().len(),
            whole.mesh.boundary_cells().len()
        );
        assert_eq!(file.mesh.faces().count(), whole.mesh.faces().count());
        let ghosts = file
            .notes
            .iter()
            .filter(|note| note.contains("ghost"))
            .count();
        assert_eq!(
            ghosts,
            if name == "plain" { 0 } else { 3 },
            "{:?}",
            file.notes
        );
    }
    // Nodes are in the order of their ids, which ran backwards.
    let file = read("vtk_index/ids.pvtu");
    let backwards: Vec<_> = whole.mesh.nodes().iter().rev().copied().collect();
    assert_eq!(file.mesh.nodes(), backwards);
    assert_eq!(integers(&file, "number"), (100..160).collect::<Vec<i64>>());
}

#[test]
fn steps_of_a_collection_are_read() {
    let series = path("vtk_index/series.pvd");
    assert_eq!(read_times(&series).unwrap(), [0.5, 1.0, 1.5]);
    let whole = read("vtk_index/whole.vtu");
    for step in 0..3 {
        let options = ReadOptions::default().step(StepChoice::Number(step));
        let file = read_mesh_with(&series, &options).unwrap();
        assert_eq!(sorted(&file), sorted(&whole), "{step}");
    }
    let last = read_mesh(&series).unwrap();
    assert_eq!(last.mesh.fingerprint(), whole.mesh.fingerprint());
    assert_eq!(
        last.notes,
        ["the last of 3 steps is read (number 2, time 1.5)"]
    );
    let options = ReadOptions::default().step(StepChoice::Number(3));
    let message = read_mesh_with(&series, &options).unwrap_err().to_string();
    let expected = "step 3 was asked for, but there are 3, counted from 0";
    assert!(message.ends_with(expected), "{message}");
}
