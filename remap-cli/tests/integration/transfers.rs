//! What `apply` and `transfer` can be asked for, and what they refuse.

use crate::common::Bench;
use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location, UnstructuredMesh, Vector3};
use mesh_io::{Step, read_mesh, read_times, write_mesh, write_series};

/// A source over the unit cube, a target that it covers in part, fields with and without gaps.
fn bench() -> Bench {
    let bench = Bench::new();
    let mesh = |cells, x: f64| {
        let mesh = BoxMesh::unit([cells; 3]).generate().unwrap();
        mesh.translate(&Vector3::new(x, 0.0, 0.0)).unwrap()
    };
    let (source, target) = (mesh(4, 0.0), mesh(3, 0.5));
    write_mesh(&bench.path("source.vtu"), &source, &fields(&source, 1.0)).unwrap();
    let own = scalars("linear", Location::Cells, vec![-1.0; 27]);
    let wet = (0..27).map(|cell| f64::from(u8::from(cell != 0))).collect();
    let wet = scalars("wet", Location::Cells, wet);
    write_mesh(&bench.path("target.vtu"), &target, &[own, wet]).unwrap();
    bench
}

fn scalars(name: &str, location: Location, values: Vec<f64>) -> Field {
    Field::new(
        name,
        location,
        FieldValues::Float(DataArray::scalars(values)),
    )
}

fn fields(mesh: &UnstructuredMesh, factor: f64) -> Vec<Field> {
    let linear = |x: f64, y: f64| factor * (1.0 + x + 2.0 * y);
    let centres = mesh.centroids();
    let on_cells: Vec<f64> = centres.iter().map(|c| linear(c.x, c.y)).collect();
    let step = centres.iter().map(|c| f64::from(u8::from(c.y > 0.5)));
    let mut gaps = on_cells.clone();
    gaps[7] = f64::NAN;
    let kept = centres.iter().map(|c| f64::from(u8::from(c.x < 0.75)));
    let on_nodes = mesh.nodes().iter().map(|node| linear(node.x, node.y));
    vec![
        scalars("linear", Location::Cells, on_cells),
        scalars("step", Location::Cells, step.collect()),
        scalars("gaps", Location::Cells, gaps),
        scalars("kept", Location::Cells, kept.collect()),
        scalars("height", Location::Nodes, on_nodes.collect()),
    ]
}

fn values(bench: &Bench, file: &str, field: &str) -> Vec<f64> {
    let file = read_mesh(&bench.path(file)).unwrap();
    let found = file.fields.iter().find(|found| found.name() == field);
    found.unwrap().to_float().into_values()
}

const TRANSFER: &str = "transfer source.vtu target.vtu -o out.vtu --field";

#[test]
fn linear_fields_arrive_exactly_with_second_order_and_from_nodes() {
    let bench = bench();
    for options in ["linear --scheme second-order", "height --scheme p1-p0"] {
        bench.succeeds(&format!("{TRANSFER} {options}"));
        let field = options.split(' ').next().unwrap();
        let file = read_mesh(&bench.path("out.vtu")).unwrap();
        let centres = file.mesh.centroids();
        let covered = centres.iter().enumerate().filter(|(_, c)| c.x < 0.8);
        let values = values(&bench, "out.vtu", field);
        for (cell, centre) in covered {
            let expected = 1.0 + centre.x + 2.0 * centre.y;
            assert!(
                (values[cell] - expected).abs() < 1e-13,
                "{options}, cell {cell}"
            );
        }
    }
}

#[test]
fn a_limiter_keeps_the_range_and_second_order_alone_does_not() {
    let bench = bench();
    let range = |options: &str| {
        let (_, report) = bench.json(&format!("{TRANSFER} step {options}"));
        let field = &report["conservation"]["fields"][0];
        let number = |key: &str| field[key][0].as_f64().unwrap();
        (number("target_minimum"), number("target_maximum"))
    };
    let (_, greatest) = range("--scheme second-order");
    assert!(greatest > 1.01);
    let limited = range("--scheme second-order --limiter barth-jespersen");
    assert!(limited.0 >= 0.0 && limited.1 <= 1.0, "{limited:?}");
    let error = bench.fails(&format!("{TRANSFER} step --limiter barth-jespersen"));
    assert!(error.contains("second-order"), "{error}");
}

#[test]
fn a_stored_matrix_of_second_order_gives_what_transfer_gives() {
    let bench = bench();
    bench.succeeds("prepare source.vtu target.vtu --scheme second-order -o matrix.npz");
    bench.succeeds("apply matrix.npz source.vtu target.vtu --field linear -o stored.vtu");
    bench.succeeds(&format!("{TRANSFER} linear --scheme second-order"));
    let pairs = values(&bench, "stored.vtu", "linear").into_iter();
    for (one, other) in pairs.zip(values(&bench, "out.vtu", "linear")) {
        assert!((one - other).abs() < 1e-13 || one.is_nan() && other.is_nan());
    }
    for part in 0..2 {
        let line = format!("prepare source.vtu target.vtu --scheme second-order --part {part}/2");
        bench.succeeds(&format!("{line} -o part{part}.npz"));
    }
    bench.succeeds("merge part1.npz part0.npz -o merged.npz");
    bench.succeeds("compare matrix.npz merged.npz");
    let nodes = "prepare source.vtu target.vtu --scheme p0-p1 --part 0/2 -o no.npz";
    assert!(bench.fails(nodes).contains("nodes"));
}

#[test]
fn masks_gaps_and_coverage_decide_who_takes_part() {
    let bench = bench();
    let warning = bench.warns(&format!("{TRANSFER} gaps"));
    let expected = "field \"gaps\": 1 cell value not a number, left out";
    assert!(warning.ends_with(expected), "{warning}");
    assert!(
        values(&bench, "out.vtu", "gaps")[..2]
            .iter()
            .all(|x| !x.is_nan())
    );
    let warning = bench.warns(&format!("{TRANSFER} gaps --missing spread"));
    assert!(
        warning.contains("1 cell value not a number, and with"),
        "{warning}"
    );
    let spread = values(&bench, "out.vtu", "gaps");
    assert!(spread.iter().filter(|x| x.is_nan()).count() > 9);

    bench.succeeds(&format!(
        "{TRANSFER} linear --mask kept --default 5 --coverage"
    ));
    let (carried, coverage) = (
        values(&bench, "out.vtu", "linear"),
        values(&bench, "out.vtu", "coverage"),
    );
    // Cells from 0.5 to 0.83 are covered to three quarters, those behind not at all.
    for cell in 0..27 {
        let expected = if cell % 3 == 0 { 0.75 } else { 0.0 };
        assert!((coverage[cell] - expected).abs() < 1e-14);
        assert_eq!(carried[cell] == 5.0, cell % 3 != 0);
    }
    bench.succeeds(&format!(
        "{TRANSFER} linear --mask kept --default 5 --least-coverage 0.8"
    ));
    assert!(
        values(&bench, "out.vtu", "linear")
            .iter()
            .all(|x| *x == 5.0)
    );

    bench.succeeds(&format!(
        "{TRANSFER} linear --target-mask wet --default keep"
    ));
    let carried = values(&bench, "out.vtu", "linear");
    assert_eq!((carried[0], carried[2]), (-1.0, -1.0));
    assert!(carried[1] > 0.0);
}

#[test]
fn fixups_and_bounds_keep_what_they_say() {
    let bench = bench();
    let line = format!("{TRANSFER} linear --fixup globally-conservative --extrapolate");
    let (_, report) = bench.json(&format!("{line} --report kept.json"));
    let field = &report["conservation"]["fields"][0];
    let number = |key: &str| field[key][0].as_f64().unwrap();
    assert!(number("relative_difference").abs() < 1e-14);
    assert_eq!(field["extrapolated"][0], 9);
    let certificate: serde_json::Value = serde_json::from_slice(&bench.read("kept.json")).unwrap();
    assert_eq!(certificate["transfer"]["digest"], report["digest"]);
    assert_eq!(certificate["options"]["nature"], "intensive-maximum");
    assert!(certificate["source"]["fingerprint"].is_string());

    bench.succeeds(&format!(
        "{TRANSFER} step --scheme second-order --bounds source"
    ));
    let bounded = values(&bench, "out.vtu", "step");
    assert!(
        bounded
            .iter()
            .all(|x| x.is_nan() || (0.0..=1.0).contains(x))
    );
}

#[test]
fn reverse_carries_fields_of_the_target_to_the_source() {
    let bench = bench();
    bench.succeeds("prepare source.vtu target.vtu -o matrix.npz");
    bench.succeeds("apply matrix.npz source.vtu target.vtu --reverse --field wet -o one.vtu");
    bench.succeeds("transfer target.vtu source.vtu --field wet -o two.vtu");
    let pairs = values(&bench, "one.vtu", "wet").into_iter();
    let other = values(&bench, "two.vtu", "wet");
    assert_eq!(other.len(), 64);
    for (one, other) in pairs.zip(other) {
        assert!((one - other).abs() < 1e-15 || one.is_nan() && other.is_nan());
    }
}

#[test]
fn a_time_series_is_carried_step_by_step() {
    let bench = bench();
    let mesh = read_mesh(&bench.path("source.vtu")).unwrap().mesh;
    let step = |time: f64| Step {
        time,
        fields: fields(&mesh, time),
    };
    write_series(&bench.path("series.pvd"), &mesh, &[step(0.5), step(2.0)]).unwrap();
    let line = "transfer series.pvd target.vtu --field linear --step all";
    let (_, report) = bench.json(&format!("{line} -o out.med"));
    assert_eq!(read_times(&bench.path("out.med")).unwrap(), [0.5, 2.0]);
    let kept = &report["conservation"]["fields"];
    let integral = |step: usize| kept[step]["source_integral"][0].as_f64().unwrap();
    assert!((integral(1) - 4.0 * integral(0)).abs() < 1e-13);

    // A format without time: one file for each step; and the last step alone by default.
    bench.succeeds(&format!("{line} -o out.vtu"));
    let last = values(&bench, "out_0001.vtu", "linear");
    let plain = bench.run("transfer series.pvd target.vtu --field linear -o last.vtu");
    assert_eq!(plain.status.code(), Some(0));
    assert_eq!(values(&bench, "last.vtu", "linear")[0], last[0]);

    // Many files on one mesh, and a file on another.
    write_mesh(&bench.path("later.vtu"), &mesh, &fields(&mesh, 3.0)).unwrap();
    bench.succeeds("transfer source.vtu target.vtu --field linear --also later.vtu -o two.pvd");
    assert_eq!(read_times(&bench.path("two.pvd")).unwrap(), [0.0, 1.0]);
    let other = "transfer source.vtu target.vtu --field linear --also target.vtu -o no.pvd";
    assert!(bench.fails(other).contains("fingerprint"));
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let bench = bench();
    for (options, said) in [
        ("height", "on nodes"),
        ("linear --scheme p1-p0", "on cells"),
        ("linear --mask dry", "dry"),
        ("linear --target-mask dry", "dry"),
        ("linear --default zero", "--default zero"),
        ("linear --bounds 2,1", "--bounds 2,1"),
        ("linear --least-coverage 2", "--least-coverage 2"),
        ("linear --fixup constnat", "constant"),
        ("linear --scheme secnd-order", "second-order"),
        ("linear --step 7", "7"),
        ("wet --default keep", "wet"),
    ] {
        let error = bench.fails(&format!("{TRANSFER} {options}"));
        assert!(error.contains(said), "{options}: {error}");
    }
    let none = scalars("none", Location::Cells, vec![0.0; 64]);
    let mesh = read_mesh(&bench.path("source.vtu")).unwrap().mesh;
    let linear = fields(&mesh, 1.0).remove(0);
    write_mesh(&bench.path("masked.vtu"), &mesh, &[none, linear]).unwrap();
    let all = "transfer masked.vtu target.vtu --field linear --mask none -o out.vtu";
    assert!(bench.fails(all).contains("masks all"));
}
