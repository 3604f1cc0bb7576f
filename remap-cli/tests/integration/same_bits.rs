//! The same bits for any number of threads, parts and processes.

use crate::common::Bench;

fn digest(bench: &Bench, line: &str) -> String {
    let (status, report) = bench.json(line);
    assert_eq!(status, 0, "{line}");
    report["digest"].as_str().unwrap().to_string()
}

#[test]
fn threads_do_not_change_the_matrix() {
    let bench = Bench::with_meshes();
    let mut digests = Vec::new();
    for threads in [1, 2, 3, 5] {
        let line = format!("prepare source.vtu target.vtu -o m{threads}.npz --threads {threads}");
        let (_, report) = bench.json(&line);
        assert_eq!(report["threads"], threads);
        digests.push(report["digest"].clone());
        assert_eq!(bench.read(&format!("m{threads}.npz")), bench.read("m1.npz"));
    }
    assert!(
        digests.iter().all(|digest| *digest == digests[0]),
        "{digests:?}"
    );
}

#[test]
fn parts_from_separate_processes_merge_to_the_whole_in_any_order() {
    let bench = Bench::with_meshes();
    let whole = digest(&bench, "prepare source.vtu target.vtu -o whole.npz");
    for (parts, order) in [(2, vec![1, 0]), (7, vec![3, 0, 6, 2, 5, 1, 4])] {
        for method in ["slices", "space-filling-curve", "coordinate-bisection"] {
            for part in 0..parts {
                let (status, report) = bench.json(&format!(
                    "prepare source.vtu target.vtu --part {part}/{parts} --part-method {method} -o part{part}.npz"
                ));
                assert_eq!(status, 0);
                assert_eq!(report["part"]["part"], part);
            }
            let names: Vec<String> = order.iter().map(|part| format!("part{part}.npz")).collect();
            let merged = digest(&bench, &format!("merge {} -o merged.npz", names.join(" ")));
            assert_eq!(merged, whole, "{parts} parts by {method}");
            assert_eq!(bench.read("merged.npz"), bench.read("whole.npz"));
            assert_eq!(bench.json("compare merged.npz whole.npz").0, 0);
        }
    }
    assert_eq!(bench.json("check merged.npz source.vtu target.vtu").0, 0);
}

#[test]
fn matrix_market_parts_merge_too() {
    let bench = Bench::with_meshes();
    let whole = digest(&bench, "prepare source.vtu target.vtu -o whole.npz");
    bench.succeeds("prepare source.vtu target.vtu --part 0/2 -o first.mtx");
    bench.succeeds("prepare source.vtu target.vtu --part 1/2 -o second.npz");
    assert_eq!(
        digest(&bench, "merge second.npz first.mtx -o merged.mtx"),
        whole
    );
}

#[test]
fn more_parts_than_cells_merge_to_the_whole() {
    let bench = Bench::new();
    bench.succeeds("generate box --cells 2,2,2 -o source.vtu");
    bench.succeeds("generate box --cells 3,1,1 -o target.vtu");
    let whole = digest(&bench, "prepare source.vtu target.vtu -o whole.npz");
    let names: Vec<String> = (0..5).map(|part| format!("part{part}.npz")).collect();
    for (part, name) in names.iter().enumerate() {
        bench.succeeds(&format!(
            "prepare source.vtu target.vtu --part {part}/5 -o {name}"
        ));
    }
    assert_eq!(
        digest(&bench, &format!("merge {} -o merged.npz", names.join(" "))),
        whole
    );
}

#[test]
fn the_same_seed_gives_the_same_mesh_and_another_another() {
    let bench = Bench::new();
    for (name, seed) in [("a", 1), ("b", 1), ("c", 2)] {
        bench.succeeds(&format!(
            "generate box --cells 3,3,3 --jitter 0.2 --seed {seed} -o {name}.vtu"
        ));
    }
    assert_eq!(bench.read("a.vtu"), bench.read("b.vtu"));
    assert_ne!(bench.read("a.vtu"), bench.read("c.vtu"));
}
