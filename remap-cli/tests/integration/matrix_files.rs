//! Matrices in every format: prepared, merged, converted, shown, used.

use crate::common::Bench;
use serde_json::{Value, json};

/// Where a message says that a file names no meshes.
const UNKNOWN_MESHES: &str = "does not say which source and target meshes it belongs to";

#[test]
fn every_format_holds_the_same_matrix() {
    let bench = Bench::with_meshes();
    for format in ["npz", "mtx", "nc"] {
        bench.succeeds(&format!("prepare source.vtu target.vtu -o whole.{format}"));
        let (status, report) = bench.json(&format!("check whole.{format} source.vtu target.vtu"));
        assert_eq!((status, &report["holds"]), (0, &json!(true)), "{format}");
        let (status, report) = bench.json(&format!("compare whole.npz whole.{format}"));
        assert_eq!((status, &report["differing_entries"]), (0, &json!(0)));
        assert_eq!(report["digests"][0], report["digests"][1]);
        bench.succeeds(&format!(
            "apply whole.{format} source.vtu target.vtu --field flow -o {format}.vtu"
        ));
        assert_eq!(bench.read("npz.vtu"), bench.read(&format!("{format}.vtu")));
    }
}

#[test]
fn parts_merge_into_the_file_of_the_whole() {
    let bench = Bench::with_meshes();
    for format in ["npz", "nc"] {
        bench.succeeds(&format!("prepare source.vtu target.vtu -o whole.{format}"));
        let mut parts = Vec::new();
        for part in 0..3 {
            let file = format!("{part}.{format}");
            bench.succeeds(&format!(
                "prepare source.vtu target.vtu --part {part}/3 -o {file}"
            ));
            parts.push(file);
        }
        let parts = parts.join(" ");
        for merged in ["npz", "nc"] {
            bench.succeeds(&format!("merge {parts} -o merged.{merged}"));
        }
        let [whole, merged] = ["whole", "merged"].map(|name| format!("{name}.{format}"));
        assert!(bench.read(&whole) == bench.read(&merged), "{format}");
    }
}

#[test]
fn parts_without_volumes_do_not_become_weights() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu --part 0/1 -o part.mtx");
    let error = bench.fails("merge part.mtx -o merged.nc");
    assert!(
        error.starts_with("error: merged.nc: the matrix does not know the volumes of its source"),
        "{error}"
    );
    assert!(!bench.path("merged.nc").exists());
}

#[test]
fn parts_of_different_schemes_are_not_merged() {
    let bench = Bench::with_meshes();
    for part in 0..2 {
        bench.succeeds(&format!(
            "prepare source.vtu target.vtu --part {part}/2 -o {part}.mtx"
        ));
    }
    let text = String::from_utf8(bench.read("1.mtx")).unwrap();
    bench.write("1.mtx", text.replace("scheme: p0-p0", "scheme: p9-p9"));
    let error = bench.fails("merge 0.mtx 1.mtx -o merged.npz");
    assert!(
        error
            .contains("1.mtx: made by scheme p9-p9 from cells to cells, but 0.mtx by scheme p0-p0"),
        "{error}"
    );
}

#[test]
fn info_says_what_a_matrix_file_holds() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o whole.nc");
    bench.succeeds("prepare source.vtu target.vtu --part 1/2 -o part.npz");
    let (_, prepared) = bench.json("prepare source.vtu target.vtu -o whole.mtx");
    let (_, source) = bench.json("info source.vtu");
    let (_, target) = bench.json("info target.vtu");

    let (_, report) = bench.json("info whole.nc");
    assert_eq!(report["rows"], target["cells"]);
    assert_eq!(report["columns"], source["cells"]);
    for key in ["nonzeros", "sum", "digest"] {
        assert_eq!(report[key], prepared[key], "{key}");
    }
    assert_eq!(report["source_fingerprint"], source["fingerprint"]);
    assert_eq!(report["target_fingerprint"], target["fingerprint"]);
    assert_eq!(report["source_volume"], source["volume"]);
    assert_eq!(report["target_volume"], target["volume"]);
    assert_eq!(report["scheme"], "p0-p0");
    assert_eq!(report["source_location"], "cells");
    assert_eq!(report["part"], Value::Null);
    assert_eq!(report["problems"], json!([]));

    let (_, report) = bench.json("info part.npz");
    assert_eq!(
        report["part"],
        json!({"part": 1, "parts": 2, "target_cells_in_all": target["cells"]})
    );
    let text = bench.succeeds("info part.npz");
    assert!(text.contains("part 1/2 of a matrix of"), "{text}");
    // Matrix Market has no room for volumes.
    assert_eq!(bench.json("info whole.mtx").1["target_volume"], Value::Null);
    let error = bench.fails("info whole.nc --step 1");
    assert_eq!(error, "error: --step: is for meshes, not for matrices");
}

#[test]
fn convert_keeps_a_matrix_with_its_labels() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o whole.npz");
    bench.succeeds("convert whole.npz whole.nc");
    bench.succeeds("convert whole.nc again.npz");
    assert!(bench.read("whole.npz") == bench.read("again.npz"));
    bench.succeeds("convert whole.nc whole.mtx");
    let (_, from) = bench.json("info whole.npz");
    let (_, to) = bench.json("info whole.mtx");
    for key in [
        "digest",
        "source_fingerprint",
        "target_fingerprint",
        "scheme",
    ] {
        assert_eq!(from[key], to[key]);
    }
    let error = bench.fails("convert whole.mtx again.nc");
    assert!(error.contains("does not know the volumes"), "{error}");
    let error = bench.fails("convert whole.mtx out.vtu");
    assert!(error.contains("expected one of .npz .mtx .nc"), "{error}");
    let error = bench.fails("convert whole.npz out.mtx --ascii");
    assert_eq!(error, "error: --ascii: is for meshes, not for matrices");
}

#[test]
fn a_matrix_without_fingerprints_is_used_with_a_warning() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o whole.mtx");
    let text = String::from_utf8(bench.read("whole.mtx")).unwrap();
    let kept = text.lines().filter(|line| !line.starts_with("% "));
    bench.write("bare.mtx", kept.collect::<Vec<_>>().join("\n"));
    for line in [
        "check bare.mtx source.vtu target.vtu",
        "apply bare.mtx source.vtu target.vtu --field flow -o out.vtu",
        "convert bare.mtx bare.npz",
    ] {
        let output = bench.run(line);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        let place = "warning: bare.mtx: ";
        assert!(
            said.starts_with(&format!("{place}{UNKNOWN_MESHES}")),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1);
    }
    bench.succeeds("compare bare.mtx whole.mtx");
    let text = bench.succeeds("info bare.mtx");
    assert!(
        text.contains(&format!("problem: {UNKNOWN_MESHES}")),
        "{text}"
    );
}

#[test]
fn a_matrix_that_was_changed_is_not_used_but_can_be_looked_at() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o whole.mtx");
    let mut text = String::from_utf8(bench.read("whole.mtx")).unwrap();
    text.truncate(text.trim_end().rfind(' ').unwrap());
    bench.write("bad.mtx", text + " 0.5\n");
    let changed = "bad.mtx: the matrix has digest ";
    for line in [
        "convert bad.mtx out.npz",
        "apply bad.mtx source.vtu target.vtu --field flow -o out.vtu",
        "merge bad.mtx -o out.mtx",
    ] {
        let error = bench.fails(line);
        assert!(error.starts_with(&format!("error: {changed}")), "{error}");
    }
    for line in [
        "check bad.mtx source.vtu target.vtu",
        "compare bad.mtx whole.mtx",
    ] {
        let output = bench.run(line);
        assert_eq!(output.status.code(), Some(1), "{line}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(&format!("warning: {changed}")), "{said}");
    }
    let text = bench.succeeds("info bad.mtx");
    assert!(text.contains("problem: the matrix has digest "), "{text}");
}

#[test]
fn matrices_between_cells_and_nodes_keep_their_places() {
    let bench = Bench::with_meshes();
    for format in ["npz", "mtx", "nc"] {
        bench.succeeds(&format!(
            "prepare source.vtu target.vtu --scheme p0-p1 -o nodes.{format}"
        ));
        let (_, report) = bench.json(&format!("info nodes.{format}"));
        assert_eq!(report["scheme"], "p0-p1");
        assert_eq!(report["source_location"], "cells");
        assert_eq!(report["target_location"], "nodes");
        assert_eq!(report["rows"], bench.json("info target.vtu").1["nodes"]);
        let (status, report) = bench.json(&format!("compare nodes.npz nodes.{format}"));
        assert_eq!((status, &report["differing_entries"]), (0, &json!(0)));
    }
}
