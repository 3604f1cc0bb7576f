//! Files that MEDCoupling, gmsh and h5py have made (see `data/make_med_fixtures.py`).

use std::path::{Path, PathBuf};

use mesh_core::{Field, Label, Location, Shape};
use mesh_io::{MeshFile, ReadOptions, StepChoice, read_mesh, read_mesh_with, read_times};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/med")
        .join(name)
}

fn read_with(name: &str, options: &ReadOptions) -> MeshFile {
    read_mesh_with(&path(name), options).unwrap_or_else(|error| panic!("{error}"))
}

fn read(name: &str) -> MeshFile {
    read_with(name, &ReadOptions::default())
}

fn find<'a>(file: &'a MeshFile, name: &str, location: Location) -> &'a Field {
    let is_it = |field: &&Field| field.name() == name && field.location() == location;
    file.fields.iter().find(is_it).unwrap()
}

fn floats<'a>(file: &'a MeshFile, name: &str) -> &'a [f64] {
    find(file, name, Location::Cells)
        .as_float()
        .unwrap()
        .values()
}

fn integers<'a>(file: &'a MeshFile, name: &str) -> &'a [i64] {
    let field = find(file, name, Location::Cells);
    field.as_integer().unwrap().values()
}

fn label(value: i64, name: &str) -> Label {
    let name = name.to_owned();
    Label { value, name }
}

/// Tens of the number of the cell, as it was inserted, in sevenths.
fn sevenths(shift: f64) -> Vec<f64> {
    (0..6)
        .map(|cell| f64::from(10 * cell) / 7.0 + shift)
        .collect()
}

#[test]
fn every_version_gives_the_mesh_and_the_fields_that_were_written() {
    for name in [
        "mixed",
        "mixed_33",
        "mixed_40",
        "mixed_old_groups",
        "mixed_chunked",
    ] {
        let file = read(&format!("{name}.med"));
        let shapes = [
            Shape::Hexahedron,
            Shape::Tetrahedron,
            Shape::Polyhedron,
            Shape::Pyramid,
            Shape::Wedge,
            Shape::Tetrahedron,
        ];
        // In the order in which they were inserted, as their numbers say.
        assert_eq!(file.mesh.shapes(), shapes, "{name}");
        assert_eq!(
            (file.mesh.node_count(), file.mesh.mirrored_cells()),
            (35, 0)
        );
        let volumes = [1.0, 1.0 / 6.0, 1.0, 1.0 / 3.0, 0.5, 1.0 / 6.0];
        for (volume, expected) in file.mesh.measures().iter().zip(volumes) {
            assert!((volume * 27.0 - expected).abs() < 1e-14, "{volume} {name}");
        }
        assert_eq!(floats(&file, "power"), sevenths(250.0), "{name}");
        let small: Vec<i64> = (0..6).map(|cell| 10 * cell - 3).collect();
        assert_eq!(integers(&file, "small"), small, "{name}");
        let families = find(&file, "family", Location::Cells);
        assert_eq!(integers(&file, "family"), [-2, -4, -3, -1, -1, -5]);
        let labels = [
            label(-2, "fuel"),
            label(-3, "hot zone"),
            label(-4, "fuel"),
            label(-4, "hot zone"),
            label(-5, "Außen"),
        ];
        assert_eq!(families.labels(), labels, "{name}");
        let families = find(&file, "family", Location::Nodes);
        assert_eq!(families.labels(), [label(9, "corners")]);
        let numbers = families.as_integer().unwrap().values();
        assert_eq!(numbers[..5], [9, 8, 8, 9, 8], "{name}");
        let partial = floats(&file, "partial");
        assert_eq!(partial[..2], [0.0, 10.0 / 7.0], "{name}");
        assert!(partial[2..].iter().all(|value| value.is_nan()), "{name}");
        let notes = [
            "3 cells of lower dimension left out: 2 quadrilaterals, 1 triangles",
            "3 steps: the last, at time 2.5, was read",
            "field \"partial\" covers 2 of 6 cells; the others are NaN",
        ];
        assert_eq!(file.notes, notes, "{name}");
    }
}

#[test]
fn fields_of_any_type_and_location_are_read() {
    let file = read("mixed.med");
    let large: Vec<i64> = (0..6).map(|cell| 10 * cell - 3).collect();
    assert_eq!(integers(&file, "large"), large);
    let single = sevenths(0.0);
    let single: Vec<f64> = single
        .iter()
        .map(|value| f64::from(*value as f32))
        .collect();
    assert_eq!(floats(&file, "single"), single);
    let velocity = find(&file, "velocity größer", Location::Cells);
    assert_eq!(velocity.component_names(), ["vx [m/s]", "vy [m/s]", "vz"]);
    let expected = [10.0 / 7.0, 11.0 / 7.0, 12.0 / 7.0];
    let velocity = velocity.as_float().unwrap();
    assert_eq!(velocity.tuple(1), Some(&expected[..]));
    let temperature = find(&file, "temperature", Location::Nodes);
    assert_eq!(temperature.component_names(), ["T [K]"]);
    let values = temperature.as_float().unwrap().values();
    assert_eq!((values.len(), values[34]), (35, 340.0 / 7.0 + 2.5));
}

#[test]
fn each_step_has_its_fields() {
    let times = [0.5, 1.0, 2.5];
    assert_eq!(read_times(&path("mixed.med")).unwrap(), times);
    for (number, time) in times.into_iter().enumerate() {
        let options = ReadOptions::default().step(StepChoice::Number(number));
        let file = read_with("mixed.med", &options);
        assert_eq!(floats(&file, "power"), sevenths(100.0 * time));
        // Those without time are there at each; others at their own.
        assert_eq!(floats(&file, "single")[0], 0.0);
        let has = |name: &str| file.fields.iter().any(|field| field.name() == name);
        assert_eq!(has("temperature"), number > 0);
        assert_eq!(has("partial"), number == 2);
        let note = "field \"temperature\" left out: it has no values at that step";
        assert_eq!(file.notes.iter().any(|found| found == note), number == 0);
    }
    let options = ReadOptions::default().step(StepChoice::Number(3));
    let error = read_mesh_with(&path("mixed.med"), &options).unwrap_err();
    let message = error.to_string();
    assert!(
        message.ends_with("no step 3: the file has 3 steps, numbered from 0"),
        "{message}"
    );
}

#[test]
fn meshes_are_chosen_by_name() {
    let file = read("two_meshes.med");
    assert_eq!(file.mesh.cell_count(), 27);
    assert_eq!(file.fields.len(), 1);
    let note = "2 meshes: the first, \"a box\", was read; others: [\"mixed\"]";
    assert_eq!(file.notes, [note]);
    let file = read_with("two_meshes.med", &ReadOptions::default().mesh("mixed"));
    assert_eq!(file.mesh.cell_count(), 6);
    assert_eq!(floats(&file, "mixed only"), sevenths(0.0));
    let options = ReadOptions::default().mesh("other");
    let error = read_mesh_with(&path("two_meshes.med"), &options).unwrap_err();
    let message = error.to_string();
    let expected = "no mesh \"other\", expected one of \"a box\", \"mixed\"";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn links_and_attributes_outside_of_headers_are_found() {
    let file = read("many.med");
    assert_eq!(floats(&file, "series"), [2.75]);
    for index in 0..10 {
        let name = format!("field {index:02}");
        assert_eq!(floats(&file, &name), [f64::from(index)]);
    }
    let notes = [
        "12 steps: the last, at time 5.5, was read",
        "field \"at points\": values at Gauss points left out",
        "field \"per corner\": values per node of each cell left out",
    ];
    assert_eq!(file.notes, notes);
}

#[test]
fn files_of_version_2_3_are_read() {
    let file = read("mixed_23.med");
    let shapes = [
        Shape::Tetrahedron,
        Shape::Tetrahedron,
        Shape::Pyramid,
        Shape::Wedge,
        Shape::Hexahedron,
    ];
    // Without the polyhedron the numbers are no order.
    assert_eq!(file.mesh.shapes(), shapes);
    let all = sevenths(250.0);
    assert_eq!(
        floats(&file, "power"),
        [1, 5, 3, 4, 0].map(|cell| all[cell])
    );
    let families = find(&file, "family", Location::Cells);
    assert_eq!(integers(&file, "family"), [-4, -5, -1, -1, -2]);
    let labels = [
        label(-2, "fuel"),
        label(-4, "fuel"),
        label(-4, "hot zone"),
        label(-5, "Auß"),
    ];
    assert_eq!(families.labels()[..3], labels[..3]);
    let temperature = find(&file, "temperature", Location::Nodes);
    assert_eq!(
        temperature.as_float().unwrap().values()[34],
        340.0 / 7.0 + 2.5
    );
    assert_eq!(read_times(&path("mixed_23.med")).unwrap(), [0.5, 1.0, 2.5]);
}

#[test]
fn quadratic_cells_are_refused_or_read_linearised() {
    let message = read_mesh(&path("quadratic.med")).unwrap_err().to_string();
    assert!(message.contains("MAI/T10: 1 quadratic cells"), "{message}");
    assert!(message.contains("--linearize"), "{message}");
    let file = read_with("quadratic.med", &ReadOptions::default().linearize(true));
    assert_eq!(file.mesh.shapes(), [Shape::Tetrahedron]);
    assert_eq!(
        (file.mesh.node_count(), file.mesh.mirrored_cells()),
        (10, 0)
    );
    assert!((file.mesh.measures()[0] * 6.0 - 1.0).abs() < 1e-15);
    assert_eq!(file.notes, ["1 cells read linearised (corner nodes only)"]);
}

#[test]
fn a_hexagonal_prism_is_a_polyhedron() {
    let file = read("hexagonal_prism.med");
    assert_eq!(file.mesh.shapes(), [Shape::Polyhedron]);
    let expected = 1.5 * 3.0_f64.sqrt();
    assert!((file.mesh.measures()[0] - expected).abs() < 1e-14);
}

#[test]
fn the_mesh_of_gmsh_is_that_of_its_vtu_twin() {
    let med = read("pins_coarse.med");
    let twin = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/meshes/pins_coarse.vtu");
    let twin = read_mesh(&twin).unwrap();
    assert_eq!(med.notes, Vec::<String>::new());
    let families = find(&med, "family", Location::Cells);
    assert_eq!(families.labels()[0], label(-1, "G_3D_2"));
    assert_eq!(families.labels().len(), 5);
    // Nodes and cells are numbered otherwise; the cells of each region are the same ones.
    let sorted_volumes = |file: &MeshFile, regions: &[f64], region: f64| {
        let volumes = file.mesh.measures().into_iter().zip(regions);
        let volumes = volumes.filter(|(_, found)| **found == region);
        let mut volumes: Vec<f64> = volumes.map(|(volume, _)| volume).collect();
        volumes.sort_by(f64::total_cmp);
        volumes
    };
    let (families, regions) = (families.to_float(), twin.fields[0].to_float());
    let mut count = 0;
    for region in 2..=6 {
        let region = f64::from(region);
        let found = sorted_volumes(&med, families.values(), 1.0 - region);
        let expected = sorted_volumes(&twin, regions.values(), region);
        count += found.len();
        assert_eq!(found.len(), expected.len(), "{region}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
        }
    }
    assert_eq!(count, 5140);
}

#[cfg(not(feature = "hdf5-library"))]
#[test]
fn what_only_the_hdf5_library_reads_says_how_to_have_it() {
    let message = read_mesh(&path("mixed_latest.med"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("an index of chunks"), "{message}");
    assert!(
        message.contains("Cargo feature `hdf5-library`"),
        "{message}"
    );
}

#[cfg(feature = "hdf5-library")]
#[test]
fn the_hdf5_library_reads_what_is_not_read_otherwise() {
    let (file, expected) = (read("mixed_latest.med"), read("mixed_chunked.med"));
    assert_eq!(file.mesh.fingerprint(), expected.mesh.fingerprint());
    assert_eq!(file.notes, expected.notes);
    for (found, expected) in file.fields.iter().zip(&expected.fields) {
        // Not a number is not equal to itself.
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
}
