//! What is written as MED comes back to the last bit.

use crate::common::{fields_on, mixed_mesh};
use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Label, Location, UnstructuredMesh};
use mesh_io::med::{read, read_times, write, write_series};
use mesh_io::{MeshFile, ReadOptions, Step, StepChoice};

fn back(mesh: &UnstructuredMesh, fields: &[Field]) -> MeshFile {
    let mut file = Vec::new();
    write(&mut file, "a mesh", mesh, fields).unwrap();
    read(&file, &ReadOptions::default()).unwrap()
}

fn assert_same(mesh: &UnstructuredMesh, fields: &[Field]) {
    let back = back(mesh, fields);
    assert_eq!(back.mesh.nodes(), mesh.nodes());
    assert_eq!(back.mesh.shapes(), mesh.shapes());
    assert_eq!(back.mesh.connectivity(), mesh.connectivity());
    assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
    assert_eq!(back.mesh.mirrored_cells(), 0);
    assert_eq!(back.fields, fields);
    assert_eq!(back.notes, Vec::<String>::new());
}

fn integer_field(name: &str, location: Location, values: Vec<i64>) -> Field {
    let values = FieldValues::Integer(DataArray::scalars(values));
    Field::new(name, location, values)
}

fn label(value: i64, name: &str) -> Label {
    let name = name.to_owned();
    Label { value, name }
}

#[test]
fn a_mesh_of_every_shape_comes_back() {
    let mesh = mixed_mesh();
    assert_same(&mesh, &fields_on(&mesh));
}

#[test]
fn a_larger_mesh_comes_back() {
    let mesh = BoxMesh {
        jitter: 0.2,
        seed: 1,
        ..BoxMesh::unit([12, 12, 12])
    };
    let mesh = mesh.generate().unwrap();
    assert_same(&mesh, &fields_on(&mesh));
}

#[test]
fn labels_come_back_through_families_and_groups() {
    let mesh = mixed_mesh();
    let region = integer_field("region", Location::Cells, vec![7, 7, 0, -2, 7, 1 << 40]);
    let region = region.with_labels(vec![
        label(7, "fuel"),
        label(7, "hot zone"),
        label(-2, "größer"),
        label(99, "nowhere"),
    ]);
    let mut sides = vec![0; mesh.node_count()];
    sides[3] = 5;
    let sides = integer_field("sides", Location::Nodes, sides).with_labels(vec![label(5, "left")]);
    let other = integer_field("other", Location::Cells, vec![1; 6]);
    assert_same(&mesh, &[region, other, sides]);
}

#[test]
fn families_come_back_as_families() {
    let mesh = mixed_mesh();
    let family = integer_field("family", Location::Cells, vec![-3, 0, -1, -1, -2, -3]);
    let family = family.with_labels(vec![label(-1, "a"), label(-3, "b"), label(-3, "c")]);
    assert_same(&mesh, &[family]);
    // Numbers that are none of families of cells are a field like others.
    let family = integer_field("family", Location::Cells, vec![3, 0, 1, 1, 2, 3]);
    assert_same(&mesh, &[family]);
    let family = integer_field("family", Location::Cells, vec![0; 6]);
    assert_same(&mesh, &[family]);
}

#[test]
fn names_that_med_has_no_room_for_come_back() {
    let mesh = mixed_mesh();
    let long = "a name of more than the sixty-four bytes that MED has room for, größer";
    let names = ["pressure/liquid", long, "", ".", "T", "T", " blank "];
    let fields = names.map(|name| {
        let components = [
            "a component of more than sixteen bytes",
            " blank ",
            "vx [m/s]",
        ];
        let values = (0..18).map(f64::from).collect();
        let values = DataArray::new(components, values).unwrap();
        Field::new(name, Location::Cells, FieldValues::Float(values))
    });
    assert_same(&mesh, &fields);
}

#[test]
fn a_time_series_comes_back_step_by_step() {
    let mesh = mixed_mesh();
    let count = mesh.cell_count() as u32;
    let region = integer_field("region", Location::Cells, vec![1, 1, 2, 2, 3, 3]);
    let region = region.with_labels(vec![label(1, "one")]);
    let step = |number: u32| {
        let values = (0..count).map(|cell| f64::from(cell + 10 * number) / 3.0);
        let power = FieldValues::Float(DataArray::scalars(values.collect()));
        let mut fields = vec![Field::new("power", Location::Cells, power), region.clone()];
        if number == 1 {
            fields.push(integer_field("now", Location::Cells, vec![1; 6]));
        }
        let time = 0.1 * f64::from(number) - 0.2;
        Step { time, fields }
    };
    let steps: Vec<Step> = (0..20).map(step).collect();
    let mut file = Vec::new();
    write_series(&mut file, "mesh", &mesh, &steps).unwrap();
    let times: Vec<f64> = steps.iter().map(|step| step.time).collect();
    assert_eq!(read_times(&file).unwrap(), times);
    for (number, step) in steps.iter().enumerate() {
        let options = ReadOptions::default().step(StepChoice::Number(number));
        let back = read(&file, &options).unwrap();
        assert_eq!(back.fields, step.fields, "{number}");
        assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
    }
    let last = read(&file, &ReadOptions::default()).unwrap();
    assert_eq!(last.fields, steps[19].fields);
}

#[test]
fn labels_that_change_with_time_are_no_families() {
    let mesh = mixed_mesh();
    let step = |number: i64| {
        let field = integer_field("phase", Location::Cells, vec![number; 6]);
        Step {
            time: number as f64,
            fields: vec![field.with_labels(vec![label(0, "solid")])],
        }
    };
    let mut file = Vec::new();
    write_series(&mut file, "mesh", &mesh, &[step(0), step(1)]).unwrap();
    let back = read(&file, &ReadOptions::default()).unwrap();
    assert_eq!(
        back.fields,
        [integer_field("phase", Location::Cells, vec![1; 6])]
    );
}

#[test]
fn the_same_mesh_gives_the_same_bytes() {
    let mesh = mixed_mesh();
    let file = || {
        let mut file = Vec::new();
        write(&mut file, "mesh", &mesh, &fields_on(&mesh)).unwrap();
        file
    };
    assert_eq!(file(), file());
}

#[test]
fn fields_that_do_not_fit_and_times_that_are_none_are_refused() {
    let mesh = mixed_mesh();
    let short = integer_field("short", Location::Cells, vec![1]);
    let error = write(&mut Vec::new(), "mesh", &mesh, &[short]).unwrap_err();
    assert!(error.to_string().contains("short"), "{error}");
    let step = Step {
        time: f64::NAN,
        fields: Vec::new(),
    };
    let error = write_series(&mut Vec::new(), "mesh", &mesh, &[step]).unwrap_err();
    assert!(error.to_string().contains("NaN"), "{error}");
}

#[test]
fn the_mesh_is_called_as_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("four pins.med");
    let mesh = mixed_mesh();
    mesh_io::write_mesh(&path, &mesh, &[]).unwrap();
    let options = ReadOptions::default().mesh("four pins");
    let back = mesh_io::read_mesh_with(&path, &options).unwrap();
    assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
    let steps = [Step {
        time: 1.5,
        fields: Vec::new(),
    }];
    mesh_io::write_series(&path, &mesh, &steps).unwrap();
    assert!(mesh_io::read_mesh(&path).is_ok());
}
