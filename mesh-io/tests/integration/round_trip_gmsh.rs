//! What is written in any way Gmsh has comes back to the last bit.

use crate::common::{fields_on, mixed_mesh};
use mesh_core::{
    BoxMesh, CellId, DataArray, Field, FieldValues, Label, Location, Shape, UnstructuredMesh,
};
use mesh_io::gmsh::{GmshData, GmshOptions, GmshVersion, read, times, write, write_series};
use mesh_io::vtu::ByteOrder;
use mesh_io::{MeshFile, ReadOptions, Step, StepChoice};

fn every_option() -> Vec<GmshOptions> {
    let mut options = Vec::new();
    for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
        for (data, byte_order) in [
            (GmshData::Ascii, ByteOrder::Little),
            (GmshData::Binary, ByteOrder::Little),
            (GmshData::Binary, ByteOrder::Big),
        ] {
            options.push(GmshOptions {
                version,
                data,
                byte_order,
            });
        }
    }
    options
}

/// A tetrahedron, a pyramid, a wedge and a hexahedron.
fn mesh() -> UnstructuredMesh {
    let mixed = mixed_mesh();
    let is_standard = |cell: &CellId| mixed.shape(*cell) != Shape::Polyhedron;
    let cells: Vec<CellId> = mixed.cell_ids().filter(is_standard).collect();
    mixed.extract(&cells).unwrap()
}

fn written(mesh: &UnstructuredMesh, fields: &[Field], options: GmshOptions) -> Vec<u8> {
    let mut file = Vec::new();
    write(&mut file, mesh, fields, &options).unwrap();
    file
}

fn read_back(file: &[u8]) -> MeshFile {
    read(file, &ReadOptions::default()).unwrap()
}

fn assert_same(mesh: &UnstructuredMesh, fields: &[Field]) {
    for options in every_option() {
        let back = read_back(&written(mesh, fields, options));
        assert_eq!(back.mesh.nodes(), mesh.nodes(), "{options:?}");
        assert_eq!(back.mesh.shapes(), mesh.shapes(), "{options:?}");
        assert_eq!(back.mesh.connectivity(), mesh.connectivity(), "{options:?}");
        assert_eq!(back.mesh.fingerprint(), mesh.fingerprint(), "{options:?}");
        assert_eq!(back.fields, fields, "{options:?}");
        assert_eq!(back.notes, Vec::<String>::new(), "{options:?}");
    }
}

fn integers(name: &str, values: Vec<i64>) -> Field {
    let values = FieldValues::Integer(DataArray::scalars(values));
    Field::new(name, Location::Cells, values)
}

fn floats(name: &str, values: Vec<f64>) -> Field {
    let values = FieldValues::Float(DataArray::scalars(values));
    Field::new(name, Location::Cells, values)
}

fn label(value: i64, name: &str) -> Label {
    let name = name.to_owned();
    Label { value, name }
}

#[test]
fn a_mesh_of_every_shape_comes_back_in_every_encoding() {
    let mesh = mesh();
    assert_same(&mesh, &fields_on(&mesh));
}

#[test]
fn a_mesh_of_many_cells_comes_back_in_every_encoding() {
    let mesh = BoxMesh {
        jitter: 0.2,
        seed: 1,
        ..BoxMesh::unit([32, 32, 32])
    };
    let mesh = mesh.generate().unwrap();
    assert_same(&mesh, &fields_on(&mesh));
}

#[test]
fn any_number_of_components_comes_back() {
    let mesh = mesh();
    let fields: Vec<Field> = (1..=13)
        .map(|count| {
            let values = (0..count * mesh.cell_count()).map(|i| i as f64 / 7.0);
            let names = (0..count).map(|i| {
                if i % 3 == 1 {
                    format!("c,{i}")
                } else {
                    String::new()
                }
            });
            let array = DataArray::new(names, values.collect()).unwrap();
            Field::new(
                format!("of {count}"),
                Location::Cells,
                FieldValues::Float(array),
            )
        })
        .collect();
    assert_same(&mesh, &fields);
}

#[test]
fn floats_and_integers_of_any_size_come_back() {
    let mesh = mesh();
    let values = vec![f64::INFINITY, -0.0, f64::MIN_POSITIVE / 3.0, f64::MAX];
    let large = vec![i64::MAX, i64::MIN, (1 << 53) + 1, -7];
    assert_same(&mesh, &[floats("x", values), integers("large", large)]);
    for options in every_option() {
        let field = floats("x", vec![f64::NAN; 4]);
        let back = read_back(&written(&mesh, &[field], options));
        let values = back.fields[0].as_float().unwrap();
        assert!(values.values().iter().all(|value| value.is_nan()));
    }
}

#[test]
fn names_of_any_kind_come_back() {
    let mesh = mesh();
    let long = "süß und lang, ".repeat(40);
    for name in [
        "",
        " ",
        "a b",
        "é",
        "\"",
        "tab\tline\nend",
        "$EndElementData",
        "$EndElementData x",
        &long,
        "remap: x",
    ] {
        assert_same(&mesh, &[floats(name, vec![1.0, 2.0, 3.0, 4.0])]);
    }
}

#[test]
fn two_fields_of_one_name_stay_two() {
    let mesh = mesh();
    let fields = [floats("x", vec![1.0; 4]), floats("x", vec![2.0; 4])];
    assert_same(&mesh, &fields);
}

#[test]
fn groups_come_back_with_their_names() {
    let mesh = mesh();
    let names = vec![label(7, "fuel é"), label(3, "water"), label(9, "not used")];
    let groups = integers("gmsh:physical", vec![3, 7, 0, 7]).with_labels(names);
    assert_same(&mesh, std::slice::from_ref(&groups));
    let entities = integers("gmsh:geometrical", vec![12, 1, 5, 1]);
    assert_same(&mesh, &[groups, entities]);
    // A volume cannot be in a group in part: written as any field.
    let names = vec![label(1, "one")];
    let groups = integers("gmsh:physical", vec![1, 2, 2, 2]).with_labels(names);
    assert_same(
        &mesh,
        &[groups, integers("gmsh:geometrical", vec![2, 2, 1, 1])],
    );
}

#[test]
fn several_groups_of_a_cell_come_back() {
    let mesh = mesh();
    let names = || vec![label(1, "one"), label(2, "two")];
    let first = integers("gmsh:physical", vec![1, 2, 0, 1]).with_labels(names());
    let second = integers("gmsh:physical:2", vec![2, 1, 0, 0]).with_labels(names());
    let fields = [first, second];
    for options in every_option() {
        let back = read_back(&written(&mesh, &fields, options));
        assert_eq!(back.fields, fields, "{options:?}");
        let notes = usize::from(options.version == GmshVersion::V4_1);
        assert_eq!(back.notes.len(), notes, "{:?}", back.notes);
    }
}

#[test]
fn labels_of_another_field_become_groups() {
    let mesh = mesh();
    let labels = vec![
        label(-6, "left"),
        label(-6, "top"),
        label(-7, "top"),
        label(5, "\"\n"),
    ];
    let families = integers("family", vec![-6, -7, 0, -6]).with_labels(labels);
    assert_same(&mesh, std::slice::from_ref(&families));
    let file = written(&mesh, &[families], GmshOptions::default());
    let text = String::from_utf8_lossy(&file);
    assert!(
        text.contains("$PhysicalNames\n3\n3 1 \"left\"\n3 2 \"top\"\n3 3 \"' \"\n"),
        "{text}"
    );
}

#[test]
fn what_is_no_group_is_written_as_a_field() {
    let mesh = mesh();
    for groups in [
        vec![0, 0, 0, 0],
        vec![1, 1 << 40, 0, 0],
        vec![i64::from(i32::MIN), 0, 0, 0],
    ] {
        assert_same(&mesh, &[integers("gmsh:physical", groups)]);
    }
    assert_same(&mesh, &[floats("gmsh:physical", vec![1.0, 2.0, 3.0, 4.5])]);
    assert_same(&mesh, &[integers("gmsh:geometrical", vec![0, 1, 2, 3])]);
    assert_same(&mesh, &[integers("gmsh:physical", vec![-3, 3, 1, 1])]);
}

fn series(mesh: &UnstructuredMesh) -> Vec<Step> {
    let groups = || integers("gmsh:physical", vec![4, 4, 5, 4]).with_labels(vec![label(4, "four")]);
    [0.0, 0.25, 1e6]
        .iter()
        .zip(0..)
        .map(|(&time, step)| {
            let mut fields = vec![groups()];
            fields.push(floats("power", vec![f64::from(step); mesh.cell_count()]));
            fields.push(integers(
                "changes",
                vec![i64::from(step) << 55; mesh.cell_count()],
            ));
            if step == 0 {
                fields.push(floats("at the beginning", vec![1.0; mesh.cell_count()]));
            }
            Step { time, fields }
        })
        .collect()
}

#[test]
fn every_step_of_a_series_comes_back() {
    let mesh = mesh();
    let steps = series(&mesh);
    for options in every_option() {
        let mut file = Vec::new();
        write_series(&mut file, &mesh, &steps, &options).unwrap();
        assert_eq!(times(&file).unwrap(), [0.0, 0.25, 1e6]);
        for (number, step) in steps.iter().enumerate() {
            let read_options = ReadOptions::default().step(StepChoice::Number(number));
            let mut back = read(&file, &read_options).unwrap();
            back.fields.sort_by_key(|field| {
                steps[0]
                    .fields
                    .iter()
                    .position(|f| f.name() == field.name())
            });
            assert_eq!(back.fields, step.fields, "{options:?}");
            assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
        }
        let last = read_back(&file);
        assert_eq!(last.fields.len(), 3);
        assert!(
            last.notes
                .contains(&"the last of 3 steps read (time 1000000)".to_owned()),
            "{:?}",
            last.notes
        );
    }
}

#[test]
fn groups_that_change_are_written_at_each_step() {
    let mesh = mesh();
    let step = |time: f64, groups: Vec<i64>| Step {
        time,
        fields: vec![integers("gmsh:physical", groups)],
    };
    let steps = [step(1.0, vec![1, 1, 2, 2]), step(2.0, vec![2, 1, 2, 2])];
    let mut file = Vec::new();
    write_series(&mut file, &mesh, &steps, &GmshOptions::default()).unwrap();
    for (number, step) in steps.iter().enumerate() {
        let options = ReadOptions::default().step(StepChoice::Number(number));
        assert_eq!(read(&file, &options).unwrap().fields, step.fields);
    }
}

#[test]
fn a_file_without_time_has_no_times() {
    let mesh = mesh();
    let file = written(&mesh, &fields_on(&mesh), GmshOptions::default());
    assert_eq!(times(&file).unwrap(), Vec::<f64>::new());
    let first = ReadOptions::default().step(StepChoice::Number(0));
    assert_eq!(read(&file, &first).unwrap().fields.len(), 5);
}

#[test]
fn the_same_mesh_gives_the_same_bytes() {
    let mesh = mesh();
    let fields = [
        integers("family", vec![3, 1, 2, 1]).with_labels(vec![
            label(1, "a"),
            label(2, "b"),
            label(3, "c"),
        ]),
        integers("gmsh:geometrical", vec![9, 4, 7, 4]),
    ];
    for options in every_option() {
        assert_eq!(
            written(&mesh, &fields, options),
            written(&mesh, &fields, options)
        );
    }
}
