//! Each command doing what it is for.

use crate::common::{Bench, TextMesh};
use serde_json::Value;

fn number(value: &Value, key: &str) -> f64 {
    value[key]
        .as_f64()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn assert_has_keys(value: &Value, expected: &[&str]) {
    let found = keys(value);
    assert!(
        expected.iter().all(|key| found.contains(key)),
        "{expected:?} in {found:?}"
    );
}

const MATRIX_KEYS: [&str; 8] = [
    "source_cells",
    "target_cells",
    "nonzeros",
    "threads",
    "sum",
    "digest",
    "seconds",
    "conservation",
];
const SECONDS_KEYS: [&str; 6] = ["read", "search", "intersect", "assemble", "write", "total"];

#[test]
fn demo_holds_and_gives_the_known_answer() {
    let bench = Bench::new();
    let (status, report) = bench.json("demo --cells 6 --parts 5");
    assert_eq!(status, 0);
    let expected = [
        "cells",
        "parts",
        "nonzeros",
        "sum",
        "differing_entries",
        "seconds",
        "holds",
    ];
    assert_has_keys(&report, &expected);
    assert_has_keys(&report["seconds"], &["whole", "parts"]);
    assert_eq!(report["nonzeros"], 11 * 11 * 11);
    assert_eq!(report["differing_entries"], 0);
    assert_eq!(report["holds"], true);
    assert!((number(&report, "sum") - (11.0_f64 / 12.0).powi(3)).abs() < 1e-13);
    assert!(bench.succeeds("demo --cells 4").contains("holds"));
    assert_eq!(bench.files(), Vec::<String>::new());
}

#[test]
fn demo_with_more_parts_than_cells_and_with_one_cell_holds() {
    let bench = Bench::new();
    for line in [
        "demo --cells 1",
        "demo --cells 2 --parts 50",
        "demo --cells 3 --parts 1",
    ] {
        let (status, report) = bench.json(line);
        assert_eq!(
            (status, &report["holds"]),
            (0, &Value::Bool(true)),
            "{line}"
        );
    }
}

#[test]
fn demo_writes_its_files() {
    let bench = Bench::new();
    bench.succeeds("demo --cells 4 --parts 3 -o made/here");
    for name in ["source.vtu", "target.vtu", "transferred.vtu"] {
        let (_, report) = bench.json(&format!("info made/here/{name}"));
        assert_eq!(report["cells"], 64);
    }
    let line = "check made/here/matrix.npz made/here/source.vtu made/here/target.vtu";
    assert_eq!(bench.json(line).0, 0);
}

#[test]
fn generate_makes_boxes_of_every_shape() {
    let bench = Bench::new();
    for shape in ["hex", "tet", "wedge", "pyramid", "polyhedron"] {
        bench.succeeds(&format!(
            "generate box --cells 3,2,2 --origin -1,2,0 --size 2,1,3 --cell-shape {shape} --jitter 0.1 --seed 3 -o {shape}.vtu"
        ));
        let (status, report) = bench.json(&format!("info {shape}.vtu"));
        assert_eq!(status, 0);
        assert_has_keys(
            &report,
            &["cells", "nodes", "shapes", "bounds", "volume", "fields"],
        );
        assert!(
            (number(&report, "volume") - 6.0).abs() < 1e-12,
            "{shape}: {report}"
        );
        assert_eq!(report["bounds"]["min"], serde_json::json!([-1.0, 2.0, 0.0]));
        assert_eq!(report["bounds"]["max"], serde_json::json!([1.0, 3.0, 3.0]));
        assert_eq!(report["problems"], serde_json::json!([]));
    }
    let (_, report) = bench.json("info hex.vtu");
    assert_eq!(report["shapes"], serde_json::json!({"hexahedron": 12}));
}

#[test]
fn info_shows_fields_and_problems() {
    let bench = Bench::with_meshes();
    let (_, report) = bench.json("info source.vtu");
    let names: Vec<&str> = report["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    for name in ["temperature", "flow", "material", "height"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let text = bench.succeeds("info source.vtu");
    assert!(
        text.contains("hexahedron") && text.contains("temperature"),
        "{text}"
    );

    // Mirrored: bottom and top exchanged. One node more than the cell has.
    let mirrored = "4 5 6 7 0 1 2 3";
    let points = format!("{} 9 9 9", crate::common::CUBE_POINTS);
    TextMesh {
        connectivity: mirrored,
        points: &points,
        ..TextMesh::cube()
    }
    .write(&bench.path("odd.vtu"));
    let (status, report) = bench.json("info odd.vtu");
    assert_eq!(status, 0);
    let problems = report["problems"].to_string();
    assert!(
        problems.contains("1 mirrored cell turned round"),
        "{problems}"
    );
    assert!(problems.contains("1 node in no cell"), "{problems}");
}

#[test]
fn convert_keeps_mesh_and_fields() {
    let bench = Bench::with_meshes();
    bench.succeeds("convert source.vtu copy.vtu");
    let (_, before) = bench.json("info source.vtu");
    let (_, after) = bench.json("info copy.vtu");
    assert_eq!(before, after);
}

#[test]
fn prepare_check_and_compare_agree() {
    let bench = Bench::with_meshes();
    let (status, report) = bench.json("prepare source.vtu target.vtu -o matrix.npz");
    assert_eq!(status, 0);
    assert_has_keys(&report, &MATRIX_KEYS);
    assert_has_keys(&report["seconds"], &SECONDS_KEYS);
    assert_eq!(report["source_cells"], 60);
    assert_eq!(report["target_cells"], 162);
    // The boxes overlap in 0.75 × 1 × 0.5.
    assert!((number(&report, "sum") - 0.375).abs() < 1e-13);
    assert_eq!(report["digest"].as_str().unwrap().len(), 32);

    let (status, report) = bench.json("check matrix.npz source.vtu target.vtu");
    assert_eq!(status, 0, "{report}");
    assert_has_keys(
        &report,
        &[
            "source_volume",
            "target_volume",
            "overlap_volume",
            "worst_row",
            "worst_column",
            "uncovered_target_cells",
            "partly_covered_target_cells",
            "holds",
        ],
    );
    assert_eq!(report["holds"], true);
    assert!(
        bench
            .succeeds("check matrix.npz source.vtu target.vtu")
            .contains("the laws hold")
    );

    bench.succeeds("prepare source.vtu target.vtu -o matrix.mtx");
    let (status, report) = bench.json("compare matrix.npz matrix.mtx");
    assert_eq!((status, &report["differing_entries"]), (0, &Value::from(0)));
    assert_eq!(number(&report, "largest_difference"), 0.0);
}

#[test]
fn a_wrong_weight_is_seen_by_check_and_by_compare() {
    let bench = Bench::new();
    bench.succeeds("generate box --cells 3,3,3 -o source.vtu");
    bench.succeeds(
        "generate box --cells 2,2,2 --origin 0.1,0.1,0.1 --size 0.8,0.8,0.8 -o target.vtu",
    );
    bench.succeeds("prepare source.vtu target.vtu -o good.mtx");
    let text = String::from_utf8(bench.read("good.mtx")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let last = lines.pop().unwrap();
    let (place, value) = last.rsplit_once(' ').unwrap();
    lines.push(format!(
        "{place} {}",
        value.parse::<f64>().unwrap() * 1.000_000_1
    ));
    bench.write("wrong.mtx", lines.join("\n") + "\n");

    assert_eq!(bench.json("check good.mtx source.vtu target.vtu").0, 0);
    let (status, report) = bench.json("check wrong.mtx source.vtu target.vtu");
    assert_eq!((status, &report["holds"]), (1, &Value::Bool(false)));
    assert!(number(&report, "worst_row") > 1e-9);
    let output = bench.run("check wrong.mtx source.vtu target.vtu");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("do not hold") && text.contains("entries not above zero  0"),
        "{text}"
    );

    *lines.last_mut().unwrap() = format!("{place} -0.5");
    bench.write("negative.mtx", lines.join("\n") + "\n");
    let (status, report) = bench.json("check negative.mtx source.vtu target.vtu");
    let first = &report["first_nonpositive_entry"];
    assert_eq!((status, number(first, "value")), (1, -0.5));
    let numbers = ["target_cell", "source_cell"].map(|key| first[key].as_u64().unwrap() + 1);
    assert_eq!(format!("{} {}", numbers[0], numbers[1]), place);
    assert_eq!(number(&report, "largest_allowed_row"), 1e-12);

    let (status, report) = bench.json("compare good.mtx wrong.mtx");
    assert_eq!((status, &report["differing_entries"]), (1, &Value::from(1)));
    assert!(number(&report, "largest_difference") > 0.0);
}

#[test]
fn matrices_of_different_shapes_differ() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o there.npz");
    let error = bench.fails("check there.npz target.vtu source.vtu");
    assert!(error.starts_with("error: there.npz: the meshes are given the other way round"));
    bench.succeeds("prepare target.vtu source.vtu -o back.npz");
    let (status, report) = bench.json("compare there.npz back.npz");
    assert_eq!(status, 1);
    assert!(report["differing_entries"].as_u64().unwrap() > 0);
}

fn values(bench: &Bench, mesh: &str, field: &str) -> Vec<f64> {
    let file = mesh_io::read_mesh(&bench.path(mesh)).unwrap();
    let field = file
        .fields
        .iter()
        .find(|found| found.name() == field)
        .unwrap();
    field.to_float().into_values()
}

#[test]
fn transfer_and_apply_carry_the_same_fields() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o matrix.npz");
    for nature in [
        "intensive-maximum",
        "intensive-conservation",
        "extensive-maximum",
        "extensive-conservation",
    ] {
        let options = format!("--field temperature flow --field material --nature {nature}");
        let (status, report) = bench.json(&format!(
            "transfer source.vtu target.vtu {options} -o one.vtu"
        ));
        assert_eq!(status, 0);
        assert_has_keys(&report, &MATRIX_KEYS);
        assert_has_keys(&report["seconds"], &SECONDS_KEYS);
        assert_eq!(report["conservation"]["nature"], nature);
        let line = format!("apply matrix.npz source.vtu target.vtu {options} -o two.vtu");
        let warning = bench.warns(&line);
        let expected = "source.vtu: field \"material\": integers were averaged: ";
        assert!(warning.starts_with(expected), "{warning}");
        assert_eq!(bench.read("one.vtu"), bench.read("two.vtu"));
        let temperatures = values(&bench, "one.vtu", "temperature");
        assert_eq!(temperatures.len(), 162);
        assert!(temperatures.iter().any(|value| value.is_nan()));
        assert_eq!(values(&bench, "one.vtu", "flow").len(), 3 * 162);
        if nature == "intensive-maximum" {
            let carried = || temperatures.iter().filter(|value| !value.is_nan());
            assert!(carried().all(|value| (299.999..306.001).contains(value)));
        }
    }
}

#[test]
fn a_box_that_cannot_be_made_names_the_option() {
    let bench = Bench::new();
    for (options, said) in [
        ("--cells 0,1,1", "error: --cells: axis 0 has 0 cells"),
        (
            "--cells 2,2,2 --size 1,0,1",
            "error: --size: the box is 0 long",
        ),
        (
            "--cells 2,2,2 --jitter 0.5",
            "error: --jitter: the jitter is 0.5",
        ),
    ] {
        let error = bench.fails(&format!("generate box {options} -o box.vtu"));
        assert!(error.starts_with(said), "{error}");
    }
    let told = bench.succeeds("generate box --cells 2,2,2 --size 1e-6,1e-6,1e-6 -o tiny.vtu");
    assert!(told.contains(" 1e-6 1e-6 1e-6\n"), "{told}");
}

#[test]
fn integers_that_stay_integers_are_no_matter() {
    let bench = Bench::with_meshes();
    let line = "transfer source.vtu target.vtu --field material --scheme nearest-cell -o out.vtu";
    bench.succeeds(line);
}

#[test]
fn prepare_tells_what_is_covered_and_which_part_it_is() {
    let bench = Bench::with_meshes();
    let whole = bench.succeeds("prepare source.vtu target.vtu -o matrix.npz");
    // The boxes overlap in 0.75 × 1 × 0.5.
    assert!(whole.contains("37.5000 % of its volume"), "{whole}");
    assert!(
        whole.contains("source covered") && !whole.contains("part "),
        "{whole}"
    );
    let far = "generate box --cells 2,2,2 --origin 0.75,0.75,0.75 -o far.vtu";
    bench.succeeds(far);
    let corner = bench.succeeds("prepare plain.vtu far.vtu -o corner.npz");
    let expected = "1.5625 % of its volume; of 7 cells nothing";
    assert!(corner.contains(expected), "{corner}");
    let part = bench.succeeds("prepare source.vtu target.vtu --part 1/3 -o part.npz");
    assert!(part.contains("1/3 of 162 target cells"), "{part}");
    assert!(
        part.contains("target covered") && !part.contains("source covered"),
        "{part}"
    );
    let other = "prepare source.vtu target.vtu --scheme second-order -o other.npz";
    assert!(!bench.succeeds(other).contains("covered"));
}

#[test]
fn cells_that_may_surprise_are_told_where_overlaps_are_computed() {
    let bench = Bench::with_meshes();
    TextMesh {
        connectivity: "4 5 6 7 0 1 2 3",
        ..TextMesh::cube()
    }
    .write(&bench.path("mirrored.vtu"));
    let warning = bench.warns("prepare mirrored.vtu target.vtu -o matrix.npz");
    assert_eq!(warning, "mirrored.vtu: 1 mirrored cell turned round");
    let points = "0 0 0 1 0 0 1 1 0 0 1 0 0 0 0 1 0 0 1 1 0 0 1 0";
    TextMesh {
        points,
        ..TextMesh::cube()
    }
    .write(&bench.path("flat.vtu"));
    let output = bench.run("prepare source.vtu flat.vtu -o matrix.npz");
    let warnings = String::from_utf8(output.stderr).unwrap();
    let expected = "warning: flat.vtu: 1 cell without volume, first cell 0";
    assert!(warnings.contains(expected), "{warnings}");
}

#[test]
fn totals_are_kept_by_extensive_conservation() {
    let bench = Bench::with_meshes();
    // A target around the whole source.
    bench.succeeds("generate box --cells 3,2,4 --origin -1,-1,-1 --size 3,3,3 -o big.vtu");
    let line = "transfer source.vtu big.vtu --field temperature --nature extensive-conservation --default 0 -o out.vtu";
    let (_, report) = bench.json(line);
    let kept = &report["conservation"]["fields"][0];
    let (before, after) = (
        kept["source_integral"][0].as_f64().unwrap(),
        kept["target_integral"][0].as_f64().unwrap(),
    );
    assert!((before - after).abs() < 1e-9 * before);
    let total: f64 = values(&bench, "out.vtu", "temperature").iter().sum();
    assert!((total - before).abs() < 1e-9 * before);
}

#[test]
fn uncovered_cells_get_the_default() {
    let bench = Bench::with_meshes();
    bench.succeeds("generate box --cells 1,1,1 --origin 5,5,5 -o far.vtu");
    for (default, expected) in [("-7.5", -7.5), ("0", 0.0), ("1e300", 1e300)] {
        let line = format!(
            "transfer source.vtu far.vtu --field temperature --default {default} -o out.vtu"
        );
        assert_eq!(bench.run(&line).status.code(), Some(0));
        assert_eq!(values(&bench, "out.vtu", "temperature"), [expected]);
    }
}

#[test]
fn field_names_may_stand_before_the_meshes() {
    let bench = Bench::with_meshes();
    bench.succeeds("transfer source.vtu target.vtu --field temperature -o one.vtu");
    bench.succeeds("transfer --field temperature source.vtu target.vtu -o two.vtu");
    bench.succeeds("transfer -o three.vtu --field temperature source.vtu target.vtu");
    assert_eq!(bench.read("one.vtu"), bench.read("two.vtu"));
    assert_eq!(bench.read("one.vtu"), bench.read("three.vtu"));
}

#[test]
fn meshes_that_do_not_overlap_give_an_empty_matrix_and_a_warning() {
    let bench = Bench::with_meshes();
    bench.succeeds("generate box --cells 2,2,2 --origin 50,0,0 -o far.vtu");
    let output = bench.run("prepare source.vtu far.vtu -o matrix.npz --json");
    assert_eq!(output.status.code(), Some(0));
    let warning = String::from_utf8(output.stderr).unwrap();
    assert_eq!(warning.lines().count(), 1);
    assert!(warning.starts_with("warning: "), "{warning}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["nonzeros"], 0);
    assert_eq!(bench.json("check matrix.npz source.vtu far.vtu").0, 0);
    bench.succeeds("prepare source.vtu far.vtu -o matrix.npz --quiet");
}

#[test]
fn quadratic_cells_are_linearised_on_request_with_a_warning() {
    let bench = Bench::new();
    TextMesh {
        points: "0 0 0 2 0 0 0 2 0 0 0 2 1 0 0 1 1 0 0 1 0 0 0 1 1 0 1 0 1 1",
        connectivity: "0 1 2 3 4 5 6 7 8 9",
        shape: 24,
        faces: "",
    }
    .write(&bench.path("quadratic.vtu"));
    let error = bench.fails("convert quadratic.vtu linear.vtu");
    assert!(error.contains("quadratic.vtu"), "{error}");
    let output = bench.run("convert quadratic.vtu linear.vtu --linearize");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("warning: quadratic.vtu: ")
    );
    assert_eq!(
        bench.json("info linear.vtu").1["shapes"],
        serde_json::json!({"tetrahedron": 1})
    );
}
