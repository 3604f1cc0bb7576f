//! Bad input: status 2, one line that names the file and the place, no output.

use crate::common::{Bench, CUBE_POINTS, TextMesh};

/// Every command that reads a mesh refuses this one, naming it and saying all of `said`.
#[track_caller]
fn assert_refused(mesh: &TextMesh<'_>, said: &[&str]) {
    let bench = Bench::with_meshes();
    mesh.write(&bench.path("bad.vtu"));
    for line in [
        "info bad.vtu",
        "convert bad.vtu out.vtu",
        "prepare bad.vtu target.vtu -o out.npz",
        "prepare source.vtu bad.vtu -o out.npz",
        "prepare source.vtu bad.vtu --part 0/2 -o out.npz",
        "transfer source.vtu bad.vtu --field temperature -o out.vtu",
    ] {
        let error = bench.fails(line);
        assert!(error.starts_with("error: bad.vtu: "), "{line}: {error}");
        for said in said {
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}

#[test]
fn a_node_that_is_not_there_is_refused() {
    let mesh = TextMesh {
        connectivity: "0 1 2 3 4 5 6 50000",
        ..TextMesh::cube()
    };
    assert_refused(&mesh, &["cell 0", "50000", "8 nodes"]);
    let mesh = TextMesh {
        connectivity: "0 1 2 3 4 5 6 -1",
        ..TextMesh::cube()
    };
    assert_refused(&mesh, &["cell 0", "-1"]);
}

#[test]
fn coordinates_that_are_no_numbers_are_refused() {
    for bad in ["nan", "inf"] {
        let points = CUBE_POINTS.replacen("1 0 0", &format!("1 {bad} 0"), 1);
        assert_refused(
            &TextMesh {
                points: &points,
                ..TextMesh::cube()
            },
            &["node 1", "finite"],
        );
    }
}

#[test]
fn an_open_polyhedron_is_refused() {
    let faces = "5  4 0 3 2 1  4 4 5 6 7  4 0 1 5 4  4 1 2 6 5  4 2 3 7 6";
    assert_refused(
        &TextMesh {
            shape: 42,
            faces,
            ..TextMesh::cube()
        },
        &["cell 0"],
    );
}

#[test]
fn quadratic_cells_are_refused() {
    let mesh = TextMesh {
        points: "0 0 0 2 0 0 0 2 0 0 0 2 1 0 0 1 1 0 0 1 0 0 0 1 1 0 1 0 1 1",
        connectivity: "0 1 2 3 4 5 6 7 8 9",
        shape: 24,
        faces: "",
    };
    assert_refused(&mesh, &["cell 0"]);
}

#[test]
fn a_mesh_without_cells_is_refused() {
    assert_refused(
        &TextMesh {
            connectivity: "",
            ..TextMesh::cube()
        },
        &["cells"],
    );
    assert_refused(
        &TextMesh {
            connectivity: "",
            points: "",
            ..TextMesh::cube()
        },
        &["cells"],
    );
}

#[test]
fn a_mesh_file_cut_anywhere_is_refused() {
    let bench = Bench::with_meshes();
    let whole = bench.read("target.vtu");
    for tenth in 0..10 {
        bench.write("cut.vtu", &whole[..whole.len() * tenth / 10]);
        let error = bench.fails("prepare source.vtu cut.vtu -o out.npz");
        assert!(error.starts_with("error: cut.vtu: "), "{error}");
    }
}

#[test]
fn files_that_are_something_else_are_refused() {
    let bench = Bench::with_meshes();
    bench.write("text.vtu", "Dear all,\nthis is no mesh.\n");
    bench.write("bytes.vtu", [0_u8, 255, 254, 10, 0, 13, 7].repeat(100));
    bench.write("text.npz", "Dear all,\n");
    bench.write("text.mtx", "Dear all,\n");
    bench.write("mesh.unknown", "");
    std::fs::create_dir(bench.path("directory.vtu")).unwrap();
    for name in [
        "text.vtu",
        "bytes.vtu",
        "directory.vtu",
        "absent.vtu",
        "mesh.unknown",
        "no",
    ] {
        let error = bench.fails(&format!("info {name}"));
        assert!(error.starts_with(&format!("error: {name}: ")), "{error}");
    }
    for name in [
        "text.npz",
        "text.mtx",
        "absent.npz",
        "mesh.unknown",
        "source.vtu",
    ] {
        let error = bench.fails(&format!("check {name} source.vtu target.vtu"));
        assert!(error.starts_with(&format!("error: {name}: ")), "{error}");
        bench.fails(&format!("compare {name} {name}"));
        bench.fails(&format!("merge {name} -o out.npz"));
        bench.fails(&format!(
            "apply {name} source.vtu target.vtu --field temperature -o out.vtu"
        ));
    }
}

#[test]
fn a_matrix_file_cut_anywhere_is_refused() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o whole.npz");
    let whole = bench.read("whole.npz");
    for tenth in 0..10 {
        bench.write("cut.npz", &whole[..whole.len() * tenth / 10]);
        let error = bench.fails("compare whole.npz cut.npz");
        assert!(error.starts_with("error: cut.npz: "), "{error}");
    }
}

#[test]
fn a_misspelt_field_is_answered_with_those_there_are() {
    let bench = Bench::with_meshes();
    let error = bench.fails("transfer source.vtu target.vtu --field temprature -o out.vtu");
    for said in ["source.vtu", "temprature", "temperature, flow, material"] {
        assert!(error.contains(said), "{error}");
    }
    let error = bench.fails("transfer source.vtu target.vtu --field flow height -o out.vtu");
    assert!(error.contains("on nodes"), "{error}");
    let error = bench.fails("transfer plain.vtu target.vtu --field flow -o out.vtu");
    assert!(error.contains("none"), "{error}");
    bench.succeeds("prepare source.vtu target.vtu -o matrix.npz");
    bench.fails("apply matrix.npz source.vtu target.vtu --field temprature -o out.vtu");
}

#[test]
fn a_matrix_of_other_meshes_is_refused() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o matrix.npz");
    // As many cells, elsewhere.
    bench.succeeds("generate box --cells 3,3,3 --cell-shape tet -o other.vtu");
    for line in [
        "check matrix.npz source.vtu other.vtu",
        "check matrix.npz target.vtu source.vtu",
        "apply matrix.npz source.vtu other.vtu --field temperature -o out.vtu",
        "apply matrix.npz other.vtu target.vtu --field temperature -o out.vtu",
    ] {
        let error = bench.fails(line);
        assert!(error.starts_with("error: matrix.npz: "), "{error}");
    }
}

#[test]
fn a_part_is_no_matrix_and_a_matrix_no_part() {
    let bench = Bench::with_meshes();
    bench.succeeds("prepare source.vtu target.vtu -o whole.npz");
    bench.succeeds("prepare source.vtu target.vtu --part 1/2 -o part.npz");
    let error = bench.fails("check part.npz source.vtu target.vtu");
    assert!(error.contains("part 1/2"), "{error}");
    let error = bench.fails("apply part.npz source.vtu target.vtu --field flow -o out.vtu");
    assert!(error.contains("part 1/2"), "{error}");
    let error = bench.fails("merge whole.npz -o out.npz");
    assert!(error.starts_with("error: whole.npz: "), "{error}");
}

#[test]
fn parts_that_do_not_make_a_whole_are_named() {
    let bench = Bench::with_meshes();
    for part in 0..3 {
        bench.succeeds(&format!(
            "prepare source.vtu target.vtu --part {part}/3 -o p{part}.npz"
        ));
    }
    bench.succeeds("prepare source.vtu target.vtu --part 1/4 -o quarter.npz");
    bench.succeeds("prepare target.vtu target.vtu --part 2/3 -o foreign.npz");
    bench.succeeds("prepare source.vtu source.vtu --part 2/3 -o stranger.npz");
    bench.succeeds(
        "prepare source.vtu target.vtu --part 2/3 --part-method space-filling-curve -o curve.npz",
    );
    for (parts, said) in [
        (
            "p0.npz p2.npz",
            "`remap prepare SOURCE TARGET --part 1/3` makes it",
        ),
        ("p2.npz", "part 0/3 is missing"),
        ("p0.npz p1.npz p2.npz p1.npz", "p1.npz"),
        ("p0.npz quarter.npz p2.npz", "quarter.npz"),
        ("p0.npz p1.npz foreign.npz", "foreign.npz"),
        ("p0.npz p1.npz stranger.npz", "stranger.npz"),
        ("p0.npz p1.npz curve.npz", "by one method"),
        ("p0.npz p1.npz absent.npz", "absent.npz"),
    ] {
        let error = bench.fails(&format!("merge {parts} -o out.npz"));
        assert!(error.contains(said), "{parts}: {error}");
    }
}

#[test]
fn a_report_takes_the_place_of_no_other_file() {
    let bench = Bench::with_meshes();
    let before = std::fs::read(bench.path("target.vtu")).unwrap();
    for report in ["source.vtu", "target.vtu", "./target.vtu", "out.vtu"] {
        let line = "transfer source.vtu target.vtu --field temperature -o out.vtu --report";
        let error = bench.fails(&format!("{line} {report}"));
        assert!(error.contains(&format!("--report {report}")), "{error}");
    }
    assert_eq!(std::fs::read(bench.path("target.vtu")).unwrap(), before);
    bench.json("prepare source.vtu target.vtu -o m.npz");
    std::fs::copy(bench.path("source.vtu"), bench.path("later.vtu")).unwrap();
    let line = "apply m.npz source.vtu target.vtu --field temperature -o out.vtu --also later.vtu";
    for report in ["m.npz", "./later.vtu"] {
        let error = bench.fails(&format!("{line} --report {report}"));
        assert!(error.contains(&format!("--report {report}")), "{error}");
    }
    assert!(!bench.path("out.vtu").exists());
}

#[test]
fn the_merged_matrix_takes_the_place_of_no_part() {
    let bench = Bench::with_meshes();
    for part in ["0", "1"] {
        bench.json(&format!(
            "prepare source.vtu target.vtu --part {part}/2 -o p{part}.npz"
        ));
    }
    let before = std::fs::read(bench.path("p1.npz")).unwrap();
    let error = bench.fails("merge p0.npz p1.npz -o ./p1.npz");
    assert!(error.contains("./p1.npz"), "{error}");
    assert_eq!(std::fs::read(bench.path("p1.npz")).unwrap(), before);
    bench.json("merge p0.npz p1.npz -o m.npz");
}

#[test]
fn the_laws_are_not_asked_of_matrices_of_nodes() {
    let bench = Bench::with_meshes();
    for (scheme, entries) in [("p1-p0", "columns"), ("p0-p1", "rows"), ("p1-p1", "rows")] {
        bench.json(&format!(
            "prepare source.vtu target.vtu --scheme {scheme} -o m.npz"
        ));
        let error = bench.fails("check m.npz source.vtu target.vtu");
        let expected = format!("m.npz: its {entries} are nodes");
        assert!(
            error.contains(&expected) && error.contains("p0-p0"),
            "{error}"
        );
    }
}
