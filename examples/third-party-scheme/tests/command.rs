//! The command line of this crate: the toolkit's, with one scheme more.

use std::path::Path;

use assert_cmd::Command;
use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location};

/// A row of cells with materials and, if given, temperatures.
fn write_row(path: &Path, materials: &[i64], temperatures: Option<&[f64]>) {
    let mesh = BoxMesh::unit([materials.len(), 1, 1]).generate().unwrap();
    let materials = FieldValues::Integer(DataArray::scalars(materials.to_vec()));
    let mut fields = vec![Field::new("material", Location::Cells, materials)];
    if let Some(temperatures) = temperatures {
        let values = FieldValues::Float(DataArray::scalars(temperatures.to_vec()));
        fields.push(Field::new("temperature", Location::Cells, values));
    }
    mesh_io::write_mesh(path, &mesh, &fields).unwrap();
}

fn transfer(folder: &Path, scheme: &str) -> std::process::Output {
    let mut command = Command::cargo_bin("remap-by-material").unwrap();
    command.current_dir(folder).args([
        "transfer",
        "source.vtu",
        "target.vtu",
        "--field",
        "temperature",
        "--scheme",
        scheme,
        "-o",
        "out.vtu",
    ]);
    command.output().unwrap()
}

fn temperatures(folder: &Path) -> Vec<f64> {
    let file = mesh_io::read_mesh(&folder.join("out.vtu")).unwrap();
    let field = file
        .fields
        .iter()
        .find(|field| field.name() == "temperature");
    field.unwrap().to_float().values().to_vec()
}

#[test]
fn a_hot_material_does_not_warm_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name| folder.path().join(name);
    write_row(
        &place("source.vtu"),
        &[1, 1, 2, 2],
        Some(&[900.0, 900.0, 300.0, 300.0]),
    );
    // The cell in the middle belongs to the hot material and reaches into the cold one.
    write_row(&place("target.vtu"), &[1, 1, 2], None);
    assert!(transfer(folder.path(), "p0-p0").status.success());
    assert!(temperatures(folder.path())[1] < 700.0);
    assert!(transfer(folder.path(), "by-material").status.success());
    assert_eq!(temperatures(folder.path()), [900.0, 900.0, 300.0]);
}

#[test]
fn what_is_wrong_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name| folder.path().join(name);
    write_row(&place("source.vtu"), &[1, 2], Some(&[9.0, 3.0]));
    let mesh = BoxMesh::unit([3, 1, 1]).generate().unwrap();
    mesh_io::write_mesh(&place("target.vtu"), &mesh, &[]).unwrap();
    for (scheme, said) in [
        (
            "by-material",
            "the target mesh has no integer cell field \"material\"",
        ),
        ("by-materiel", "a similar value exists: 'by-material'"),
    ] {
        let output = transfer(folder.path(), scheme);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.contains(said) && message.lines().count() == 1,
            "{message}"
        );
        assert!(!place("out.vtu").exists());
    }
}
