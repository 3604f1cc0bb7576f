//! Arguments that are wrong, help, and manners towards shells and pipes.

use crate::common::Bench;

#[test]
fn arguments_that_are_wrong_are_refused_in_one_line() {
    let bench = Bench::with_meshes();
    for (line, said) in [
        ("prepare source.vtu target.vtu", "--output"),
        ("prepare source.vtu -o out.npz", "<TARGET>"),
        ("frobnicate", "frobnicate"),
        ("info source.vtu --frobnicate", "--frobnicate"),
        ("info", "<MESH>"),
        ("generate sphere -o out.vtu", "sphere"),
        ("generate box --cells 2,2 -o out.vtu", "--cells 2,2"),
        ("generate box --cells 2,2,x -o out.vtu", "--cells 2,2,x"),
        ("generate box --cells 0,2,2 -o out.vtu", "0"),
        ("generate box --cells -1,2,2 -o out.vtu", "-1"),
        (
            "generate box --cells 99999,99999,99999 -o out.vtu",
            "32-bit",
        ),
        ("generate box --cells 2,2,2 --size 1,0,1 -o out.vtu", "0"),
        (
            "generate box --cells 2,2,2 --size 1,nan,1 -o out.vtu",
            "NaN",
        ),
        ("generate box --cells 2,2,2 --jitter 7 -o out.vtu", "jitter"),
        (
            "generate box --cells 2,2,2 --jitter x -o out.vtu",
            "--jitter",
        ),
        (
            "generate box --cells 2,2,2 --cell-shape ball -o out.vtu",
            "ball",
        ),
        (
            "prepare source.vtu target.vtu --part 2/2 -o out.npz",
            "0/2 to 1/2",
        ),
        (
            "prepare source.vtu target.vtu --part 5/2 -o out.npz",
            "0/2 to 1/2",
        ),
        (
            "prepare source.vtu target.vtu --part 0/0 -o out.npz",
            "--part 0/0",
        ),
        (
            "prepare source.vtu target.vtu --part 1 -o out.npz",
            "--part 1",
        ),
        (
            "prepare source.vtu target.vtu --part -1/2 -o out.npz",
            "--part",
        ),
        (
            "prepare source.vtu target.vtu --part 1/999999999999 -o out.npz",
            "number of parts",
        ),
        (
            "prepare source.vtu target.vtu --threads 0 -o out.npz",
            "--threads",
        ),
        (
            "prepare source.vtu target.vtu --threads many -o out.npz",
            "--threads",
        ),
        ("merge -o out.npz", "<PART>"),
        ("transfer source.vtu target.vtu -o out.vtu", "--field"),
        (
            "transfer source.vtu --field flow -o out.vtu",
            "SOURCE TARGET",
        ),
        (
            "transfer source.vtu target.vtu --field flow --nature warm -o out.vtu",
            "intensive-maximum",
        ),
        (
            "transfer source.vtu target.vtu --field flow --scheme best -o out.vtu",
            "p0-p0",
        ),
        (
            "transfer source.vtu target.vtu --field flow --default x -o out.vtu",
            "--default",
        ),
        (
            "apply source.vtu target.vtu --field flow -o out.vtu",
            "MATRIX SOURCE TARGET",
        ),
        ("demo --threads 65535", "1..=1024"),
        ("demo --cells 0", "--cells"),
        ("demo --parts 0", "--parts 0"),
        ("completions tcsh", "tcsh"),
        ("man frobnicate", "frobnicate"),
    ] {
        let error = bench.fails(line);
        assert!(error.contains(said), "{line}: {error}");
        bench.fails(&format!("{line} --json"));
    }
}

#[test]
fn outputs_that_cannot_be_written_are_found_before_the_work() {
    let bench = Bench::with_meshes();
    bench.write("file", "");
    std::fs::create_dir(bench.path("directory.npz")).unwrap();
    std::fs::create_dir(bench.path("directory.vtu")).unwrap();
    // The meshes are not there: that the output is what is complained about shows that it was
    // looked at first.
    for output in ["absent/out", "file/out", "directory"] {
        for (line, extension) in [
            ("prepare no.vtu no.vtu", "npz"),
            ("merge no.npz", "npz"),
            ("convert no.vtu", "vtu"),
            ("transfer no.vtu no.vtu --field flow", "vtu"),
            ("generate box --cells 2,2,2", "vtu"),
        ] {
            let option = if line.starts_with("convert") {
                ""
            } else {
                "-o "
            };
            let error = bench.fails(&format!("{line} {option}{output}.{extension}"));
            assert!(
                error.starts_with(&format!("error: {output}.{extension}: ")),
                "{error}"
            );
        }
    }
    for line in [
        "prepare no.vtu no.vtu -o out.vtu",
        "prepare no.vtu no.vtu -o out",
        "prepare no.vtu no.vtu -o .npz",
        "merge no.npz -o out.csv",
        "convert no.vtu out.npz",
        "transfer no.vtu no.vtu --field flow -o out.npz",
        "generate box --cells 2,2,2 -o out.stl",
    ] {
        let error = bench.fails(line);
        assert!(error.contains("expected one of ."), "{line}: {error}");
    }
    for line in [
        "demo --cells 2 -o file",
        "demo --cells 2 -o file/below",
        "man -o file",
    ] {
        assert!(bench.fails(line).starts_with("error: file"));
    }
}

#[test]
fn a_file_name_cannot_make_two_lines_of_a_message() {
    let bench = Bench::new();
    let error = bench.fails_words(&["info", "two\nlines.vtu"]);
    assert!(error.contains("two lines.vtu"), "{error}");
}

#[test]
fn help_and_version_are_on_standard_output_and_have_examples() {
    let bench = Bench::new();
    assert!(bench.succeeds("--version").starts_with("remap "));
    assert!(bench.succeeds("--help").contains("Example:"));
    for command in [
        "demo",
        "generate",
        "generate box",
        "info",
        "convert",
        "prepare",
        "merge",
        "apply",
        "transfer",
        "check",
        "compare",
        "completions",
        "man",
    ] {
        let help = bench.succeeds(&format!("{command} --help"));
        assert!(
            help.contains(&format!("Example:\n  remap {command}")),
            "{command}: {help}"
        );
    }
    let output = bench.run("");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Usage"));
}

#[test]
fn quiet_says_nothing_but_what_was_asked_for() {
    let bench = Bench::with_meshes();
    assert_eq!(
        bench.succeeds("prepare source.vtu target.vtu -o matrix.npz --quiet"),
        ""
    );
    assert_eq!(
        bench.succeeds("check matrix.npz source.vtu target.vtu -q"),
        ""
    );
    assert!(
        bench
            .succeeds("completions bash --quiet")
            .contains("_remap")
    );
    let (status, report) = bench.json("compare matrix.npz matrix.npz --quiet");
    assert_eq!(
        (status, &report["differing_entries"]),
        (0, &serde_json::json!(0))
    );
    let error = bench.fails("info no.vtu --quiet");
    assert!(error.contains("no.vtu"));
}

#[test]
fn completions_and_manual_pages_are_rendered() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            bench
                .succeeds(&format!("completions {shell}"))
                .contains("transfer")
        );
    }
    assert!(bench.succeeds("man").starts_with(".ie"));
    assert!(bench.succeeds("man generate-box").contains("jitter"));
    bench.succeeds("man -o pages");
    for page in ["remap.1", "remap-prepare.1", "remap-generate-box.1"] {
        assert!(bench.path("pages").join(page).is_file(), "{page}");
    }
    assert_eq!(bench.json("completions fish").1["shell"], "fish");
    assert!(bench.json("man check").1["page"].is_string());
}

/// Whoever reads closes the pipe before a word is said.
#[test]
fn a_closed_pipe_is_no_panic() {
    let bench = Bench::with_meshes();
    for line in [
        "--help",
        "--version",
        "completions bash",
        "man",
        "info source.vtu",
        "info source.vtu --json",
        "prepare source.vtu target.vtu -o matrix.npz",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin!("remap"))
            .current_dir(bench.path(""))
            .args(line.split(' '))
            .stdout(writer)
            .stderr(std::process::Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{line}");
        assert_eq!(output.status.code(), Some(0), "{line}");
    }
    // Nobody listens on standard error either.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = std::process::Command::new(assert_cmd::cargo::cargo_bin!("remap"))
        .args(["info", "no.vtu"])
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let bench = Bench::with_meshes();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin!("remap"))
        .current_dir(bench.path(""))
        .args(["info", "source.vtu"])
        .stdout(full)
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: standard output: "), "{error}");
    assert_eq!(output.status.code(), Some(2));
}
