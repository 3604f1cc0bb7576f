//! What is written as legacy VTK, in pieces or as a time series comes back to the last bit.

use std::num::NonZeroUsize;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use mesh_core::{
    BoxMesh, DataArray, Field, FieldValues, Location, Point3, Shape, UnstructuredMesh,
};
use mesh_io::vtk_grids::VtkGrids;
use mesh_io::vtk_index::{Pvtu, PvtuOptions};
use mesh_io::vtk_legacy::{VtkEncoding, VtkLegacyOptions, VtkVersion, read, write};
use mesh_io::{
    MeshFormat, ReadOptions, Step, StepChoice, read_mesh, read_mesh_with, read_times, write_mesh,
    write_series,
};

fn assert_same(found: &UnstructuredMesh, expected: &UnstructuredMesh, what: &str) {
    assert_eq!(found.nodes(), expected.nodes(), "{what}");
    assert_eq!(found.shapes(), expected.shapes(), "{what}");
    assert_eq!(found.connectivity(), expected.connectivity(), "{what}");
    assert_eq!(found.fingerprint(), expected.fingerprint(), "{what}");
}

#[test]
fn legacy_files_of_every_kind_come_back() {
    for mesh in [mixed_mesh(), BoxMesh::unit([3, 4, 5]).generate().unwrap()] {
        let fields = fields_on(&mesh);
        for version in [VtkVersion::V4_2, VtkVersion::V5_1] {
            for encoding in [VtkEncoding::Ascii, VtkEncoding::Binary] {
                let options = VtkLegacyOptions { encoding, version };
                let mut file = Vec::new();
                write(&mut file, &mesh, &fields, &options).unwrap();
                let back = read(&file, &ReadOptions::default()).unwrap();
                assert_same(&back.mesh, &mesh, &format!("{options:?}"));
                // Fields on cells come first.
                let mut expected = fields.clone();
                expected.sort_by_key(|field| field.location() == Location::Nodes);
                assert_eq!(back.fields, expected, "{options:?}");
                assert_eq!(back.notes, Vec::<String>::new());
            }
        }
    }
}

#[test]
fn floats_that_are_no_numbers_come_back() {
    let mesh = BoxMesh::unit([2, 2, 1]).generate().unwrap();
    let values = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
    let values = FieldValues::Float(DataArray::scalars(values));
    let field = Field::new("odd", Location::Cells, values);
    for encoding in [VtkEncoding::Ascii, VtkEncoding::Binary] {
        let options = VtkLegacyOptions {
            encoding,
            ..VtkLegacyOptions::default()
        };
        let mut file = Vec::new();
        write(&mut file, &mesh, std::slice::from_ref(&field), &options).unwrap();
        let back = read(&file, &ReadOptions::default()).unwrap();
        let found = back.fields[0].as_float().unwrap().values();
        assert!(found[0].is_nan());
        assert_eq!(found[1..], [f64::INFINITY, f64::NEG_INFINITY, -0.0]);
        assert!(found[3].is_sign_negative());
    }
}

#[test]
fn a_field_that_does_not_fit_is_refused_and_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let mesh = mixed_mesh();
    let values = FieldValues::Float(DataArray::scalars(vec![1.0, 2.0]));
    let field = Field::new("power", Location::Cells, values);
    for extension in ["vtk", "pvtu", "pvd"] {
        let path = directory.path().join("cells").with_extension(extension);
        let message = write_mesh(&path, &mesh, std::slice::from_ref(&field))
            .unwrap_err()
            .to_string();
        assert!(message.contains("field \"power\" has 2"), "{message}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}

/// Two boxes apart, and nodes between them that no cell has.
fn mesh_with_unused_nodes() -> UnstructuredMesh {
    let corner = |i: usize| [(i & 1) as f64, (i >> 1 & 1) as f64, (i >> 2) as f64];
    let order = [0, 1, 3, 2, 4, 5, 7, 6];
    let mut nodes: Vec<Point3> = order.map(|i| Point3::from(corner(i))).to_vec();
    nodes.insert(3, Point3::new(7.0, 7.0, 7.0));
    nodes.push(Point3::new(-0.0, 8.0, 1.0 / 3.0));
    let shifted: Vec<Point3> = order
        .map(|i| Point3::new(3.0, 0.0, 0.0) + Point3::from(corner(i)).coords)
        .to_vec();
    nodes.extend(shifted);
    UnstructuredMesh::builder(nodes)
        .cell(Shape::Hexahedron, &[10, 11, 12, 13, 14, 15, 16, 17])
        .cell(Shape::Hexahedron, &[0, 1, 2, 4, 5, 6, 7, 8])
        .build()
        .unwrap()
}

#[test]
fn meshes_in_any_number_of_pieces_come_back() {
    let meshes = [
        mixed_mesh(),
        mesh_with_unused_nodes(),
        BoxMesh::unit([4, 3, 3]).generate().unwrap(),
    ];
    for mesh in meshes {
        let fields = fields_on(&mesh);
        for pieces in [1, 2, 3, 7, 1000] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("größe & <x>.pvtu");
            let options = PvtuOptions {
                pieces: NonZeroUsize::new(pieces),
                ..PvtuOptions::default()
            };
            Pvtu { options }.write(&path, &mesh, &fields).unwrap();
            let written = std::fs::read_dir(directory.path()).unwrap().count();
            assert_eq!(written, pieces.min(mesh.cell_count()) + 1);
            let back = read_mesh(&path).unwrap();
            assert_same(&back.mesh, &mesh, &format!("{pieces} pieces"));
            assert_eq!(back.fields, fields);
            assert_eq!(back.notes, Vec::<String>::new());
        }
    }
}

#[test]
fn a_field_that_is_called_like_the_ids_of_nodes_comes_back() {
    let mesh = BoxMesh::unit([2, 2, 2]).generate().unwrap();
    let values = FieldValues::Integer(DataArray::scalars((0..27).map(|i| i % 5).collect()));
    let field = Field::new("GlobalNodeId", Location::Nodes, values);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("box.pvtu");
    write_mesh(&path, &mesh, std::slice::from_ref(&field)).unwrap();
    let back = read_mesh(&path).unwrap();
    assert_same(&back.mesh, &mesh, "ids");
    assert_eq!(back.fields, [field]);
}

#[test]
fn a_time_series_comes_back_step_by_step() {
    let mesh = mixed_mesh();
    let steps: Vec<Step> = [-1.5, 0.0, 1.0 / 3.0, 1e300]
        .into_iter()
        .map(|time| {
            let values = vec![time * 0.1; mesh.cell_count()];
            let values = FieldValues::Float(DataArray::scalars(values));
            let mut fields = fields_on(&mesh);
            fields.push(Field::new("power", Location::Cells, values));
            Step { time, fields }
        })
        .collect();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("heat \"1\".pvd");
    write_series(&path, &mesh, &steps).unwrap();
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 5);
    assert!(directory.path().join("heat \"1\"_0003.vtu").exists());
    let times: Vec<f64> = steps.iter().map(|step| step.time).collect();
    assert_eq!(read_times(&path).unwrap(), times);
    for (number, step) in steps.iter().enumerate() {
        let options = ReadOptions::default().step(StepChoice::Number(number));
        let back = read_mesh_with(&path, &options).unwrap();
        assert_same(&back.mesh, &mesh, "step");
        assert_eq!(back.fields.len(), step.fields.len());
        assert!(step.fields.iter().all(|field| back.fields.contains(field)));
    }

    // A mesh without time is a series of one step.
    write_mesh(&path, &mesh, &[]).unwrap();
    assert_eq!(read_times(&path).unwrap(), [0.0]);
    assert_eq!(read_mesh(&path).unwrap().notes, Vec::<String>::new());
}

#[test]
fn a_series_that_could_not_be_told_apart_is_refused() {
    let mesh = mixed_mesh();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("heat.pvd");
    let write = |times: &[f64]| {
        let steps = times.iter().map(|time| Step {
            time: *time,
            fields: Vec::new(),
        });
        let steps: Vec<Step> = steps.collect();
        let message = write_series(&path, &mesh, &steps).unwrap_err().to_string();
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        message
            .split_once("cannot be written: ")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(
        write(&[]),
        "a time series of no steps, expected at least one"
    );
    assert_eq!(write(&[0.0, f64::NAN]), "the time NaN is not finite");
    let expected = "step 1 has the time 1 after 1; expected ascending times";
    assert_eq!(write(&[1.0, 1.0]), expected);
}

#[test]
fn nothing_is_left_of_a_series_with_a_bad_step() {
    let mesh = mixed_mesh();
    let values = FieldValues::Float(DataArray::scalars(vec![1.0]));
    let bad = Field::new("power", Location::Cells, values);
    let steps = [(0.0, Vec::new()), (1.0, vec![bad])].map(|(time, fields)| Step { time, fields });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("heat.pvd");
    assert!(write_series(&path, &mesh, &steps).is_err());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn formats_that_are_read_only_say_so() {
    let (path, mesh) = (Path::new("box.vtr"), mixed_mesh());
    let message = VtkGrids.write(path, &mesh, &[]).unwrap_err().to_string();
    assert_eq!(message, "box.vtr: VTK XML grid is read only; write .vtu");
    let message = write_mesh(path, &mesh, &[]).unwrap_err().to_string();
    let expected = "box.vtr: the extension of a mesh format that is read, not written, expected one of .vtu .vtk";
    assert!(message.starts_with(expected), "{message}");
}
