//! Meshes from one format to another: encodings, steps of time, meshes by name, groups.

use std::path::Path;

use crate::common::Bench;
use mesh_core::{DataArray, Field, FieldValues, Location};
use mesh_io::Step;
use serde_json::json;

/// A file of the tests of `mesh-io`.
fn made_elsewhere(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mesh-io/tests/data");
    data.join(name).to_str().unwrap().to_string()
}

#[test]
fn meshes_are_written_as_asked_for() {
    let bench = Bench::with_meshes();
    let (_, before) = bench.json("info source.vtu");
    for options in [
        "--ascii",
        "--raw",
        "--compression lz4",
        "--raw --compression none --format-version 2.3",
        "--ascii --compression none",
    ] {
        bench.succeeds(&format!("convert source.vtu copy.vtu {options}"));
        let (_, after) = bench.json("info copy.vtu");
        assert_eq!(before, after, "{options}");
    }
    let file = |options: &str| {
        bench.succeeds(&format!("convert source.vtu copy.vtu {options}"));
        String::from_utf8_lossy(&bench.read("copy.vtu")).into_owned()
    };
    assert!(file("--ascii").contains("format=\"ascii\""));
    assert!(file("--raw").contains("<AppendedData encoding=\"raw\">"));
    assert!(file("--compression lz4").contains("vtkLZ4DataCompressor"));
    for (options, said) in [
        ("--ascii --raw", "--raw"),
        ("--ascii --compression zlib", "no compression of digits"),
        (
            "--compression zip",
            "[possible values: none, zlib, lz4, lzma]",
        ),
        (
            "--format-version 7",
            "no version 7; expected one of 1.0 2.3",
        ),
        ("--step 0", "source.vtu: has no steps of time"),
        ("--step all", "source.vtu: has no steps of time"),
        ("--step first", "--step first: expected a number from 0"),
        ("--step -1", "--step -1: expected a number from 0"),
    ] {
        let error = bench.fails(&format!("convert source.vtu out.vtu {options}"));
        assert!(error.contains(said), "{options}: {error}");
        assert!(!bench.path("out.vtu").exists());
    }
    assert!(
        bench
            .fails("info source.vtu --step all")
            .contains("one step")
    );
    assert_eq!(bench.json("info source.vtu").1["times"], json!([]));
}

/// Three steps of the field `power`, 0, 1 and 2 everywhere, at times 0, 0.5 and 2.
fn write_series(bench: &Bench, name: &str) {
    let mesh = mesh_io::read_mesh(&bench.path("source.vtu")).unwrap().mesh;
    let step = |number: u8, time| {
        let values = vec![f64::from(number); mesh.cell_count()];
        let values = FieldValues::Float(DataArray::scalars(values));
        Step {
            time,
            fields: vec![Field::new("power", Location::Cells, values)],
        }
    };
    let steps = [step(0, 0.0), step(1, 0.5), step(2, 2.0)];
    mesh_io::write_series(&bench.path(name), &mesh, &steps).unwrap();
}

#[test]
fn steps_are_shown_chosen_and_converted() {
    let bench = Bench::with_meshes();
    for format in ["pvd", "med", "msh"] {
        write_series(&bench, &format!("series.{format}"));
        let (_, report) = bench.json(&format!("info series.{format} --step 1"));
        assert_eq!(report["times"], json!([0.0, 0.5, 2.0]), "{format}");
        assert_eq!(report["fields"][0]["max"], 1.0);
        for other in ["pvd", "med", "msh"] {
            bench.succeeds(&format!("convert series.{format} copy.{other} --step all"));
            let (_, report) = bench.json(&format!("info copy.{other} --step 0"));
            assert_eq!(report["times"], json!([0.0, 0.5, 2.0]), "{format} {other}");
            assert_eq!(report["fields"][0]["max"], 0.0);
        }
        bench.succeeds(&format!("convert series.{format} one.vtu --step 1"));
        assert_eq!(bench.json("info one.vtu").1["fields"][0]["min"], 1.0);
        let error = bench.fails(&format!("convert series.{format} out.vtu --step 3"));
        assert!(
            error.ends_with(&format!(
                "series.{format}: has no step 3; expected one of 0 to 2"
            )),
            "{error}"
        );
        // A format without time gets a file for each step.
        let told = bench.succeeds(&format!("convert series.{format} {format}.vtu --step all"));
        let expected = format!("{format}_0000.vtu to {format}_0002.vtu");
        assert!(told.contains(&expected), "{told}");
        for step in 0..3 {
            let (_, report) = bench.json(&format!("info {format}_000{step}.vtu"));
            assert_eq!(report["fields"][0]["max"], f64::from(step));
        }
    }
}

#[test]
fn meshes_are_chosen_by_name_and_groups_are_counted() {
    let bench = Bench::new();
    let file = made_elsewhere("med/two_meshes.med");
    let error = bench.fails(&format!("info {file} --mesh absent"));
    let names: Vec<&str> = error.split('"').skip(1).step_by(2).collect();
    assert!(names.len() >= 3, "it names those there are: {error}");
    for name in names.iter().filter(|name| **name != "absent") {
        let words = ["info", &file, "--mesh", name];
        assert_eq!(bench.run_words(&words).status.code(), Some(0), "{name}");
    }
    let file = made_elsewhere("gmsh/parts_41_ascii.msh");
    let output = bench.run(&format!("info {file} --json"));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let fields = report["fields"].as_array().unwrap();
    let labels: Vec<_> = fields
        .iter()
        .flat_map(|field| field["labels"].as_array().unwrap())
        .collect();
    assert!(!labels.is_empty(), "{report}");
    assert!(
        labels
            .iter()
            .all(|label| label["tuples"].as_u64().unwrap() > 0)
    );
}
