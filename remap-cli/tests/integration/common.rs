//! What the tests of the command share: a directory of their own, and how to run the command in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

/// A directory that goes away, in which `remap` is run.
pub(crate) struct Bench {
    directory: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The names of all files, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Runs `remap` with the words of a line.
    pub(crate) fn run(&self, line: &str) -> Output {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_words(&self, words: &[&str]) -> Output {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("remap");
        command
            .current_dir(self.directory.path())
            .env("RUST_BACKTRACE", "1")
            .args(words);
        command.output().unwrap()
    }

    /// Runs a command that must succeed without a word on standard error; returns standard output.
    pub(crate) fn succeeds(&self, line: &str) -> String {
        let output = self.run(line);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(text(&output.stderr), "", "{line}");
        assert_eq!(output.status.code(), Some(0), "{line}");
        text(&output.stdout)
    }

    /// Runs a command that must succeed with one warning; returns it.
    pub(crate) fn warns(&self, line: &str) -> String {
        let output = self.run(line);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{line}: {stderr}");
        let warning = stderr.trim_end().strip_prefix("warning: ");
        warning
            .unwrap_or_else(|| panic!("{line}: {stderr}"))
            .to_string()
    }

    /// Runs a command with `--json`; returns its exit status and its one object.
    pub(crate) fn json(&self, line: &str) -> (i32, Value) {
        let output = self.run(&format!("{line} --json"));
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(stdout.lines().count(), 1, "{line}: {stdout}");
        let value: Value = serde_json::from_str(&stdout).unwrap();
        assert!(value.is_object());
        (output.status.code().unwrap(), value)
    }

    /// Runs a command that must fail as bad input does: status 2, one line on standard error,
    /// nothing on standard output, no file more, less or changed. Returns the line.
    pub(crate) fn fails(&self, line: &str) -> String {
        self.fails_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn fails_words(&self, words: &[&str]) -> String {
        let content = |name: &String| fs::read(self.path(name)).ok();
        let before: Vec<_> = self.files().into_iter().map(|n| (content(&n), n)).collect();
        let output = self.run_words(words);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {stderr}");
        assert_eq!(output.stdout, b"", "{words:?}");
        assert_eq!(stderr.lines().count(), 1, "{words:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{words:?}: {stderr}");
        for word in ["panicked", "backtrace", "mistake in remap"] {
            assert!(!stderr.contains(word), "{words:?}: {stderr}");
        }
        let after: Vec<_> = self.files().into_iter().map(|n| (content(&n), n)).collect();
        assert!(before == after, "{words:?} left {:?}", self.files());
        stderr.trim_end().to_string()
    }

    /// Two boxes that overlap partly: `source.vtu` with the cell fields `temperature` (scalar) and
    /// `flow` (three components) and the node field `height`, and `target.vtu`.
    pub(crate) fn with_meshes() -> Bench {
        let bench = Bench::new();
        bench.succeeds("generate box --cells 5,4,3 --jitter 0.1 --seed 1 -o plain.vtu");
        bench.succeeds(
            "generate box --cells 3,3,3 --cell-shape tet --origin 0.25,0,-0.5 --jitter 0.1 -o target.vtu",
        );
        let file = mesh_io::read_mesh(&bench.path("plain.vtu")).unwrap();
        mesh_io::write_mesh(&bench.path("source.vtu"), &file.mesh, &fields(&file.mesh)).unwrap();
        bench
    }
}

fn fields(mesh: &mesh_core::UnstructuredMesh) -> Vec<mesh_core::Field> {
    use mesh_core::{DataArray, Field, FieldValues, Location};
    let (cells, nodes) = (mesh.cell_count(), mesh.node_count());
    let flow = (0..3 * cells).map(|i| i as f64 - 7.0).collect();
    let flow = DataArray::new(["x", "y", "z"], flow).unwrap();
    let temperature = (0..cells).map(|i| 300.0 + (i % 7) as f64).collect();
    let height = (0..nodes).map(|i| i as f64).collect();
    let material = (0..cells).map(|i| [4, 5, 6][i % 3]).collect();
    let float = |values| FieldValues::Float(DataArray::scalars(values));
    vec![
        Field::new("temperature", Location::Cells, float(temperature)),
        Field::new("flow", Location::Cells, FieldValues::Float(flow)),
        Field::new(
            "material",
            Location::Cells,
            FieldValues::Integer(DataArray::scalars(material)),
        ),
        Field::new("height", Location::Nodes, float(height)),
    ]
}

/// A VTU file of one cell written as text.
pub(crate) struct TextMesh<'a> {
    pub(crate) points: &'a str,
    pub(crate) connectivity: &'a str,
    /// The number that VTK gives the shape.
    pub(crate) shape: u8,
    /// The face stream of a polyhedron.
    pub(crate) faces: &'a str,
}

pub(crate) const CUBE_POINTS: &str = "0 0 0 1 0 0 1 1 0 0 1 0 0 0 1 1 0 1 1 1 1 0 1 1";

impl TextMesh<'_> {
    /// The unit cube as a hexahedron.
    pub(crate) fn cube() -> TextMesh<'static> {
        TextMesh {
            points: CUBE_POINTS,
            connectivity: "0 1 2 3 4 5 6 7",
            shape: 12,
            faces: "",
        }
    }

    pub(crate) fn write(&self, path: &Path) {
        let points = self.points.split_whitespace().count() / 3;
        let nodes = self.connectivity.split_whitespace().count();
        let cells = usize::from(nodes > 0);
        let (offsets, types) = match cells {
            0 => (String::new(), String::new()),
            _ => (nodes.to_string(), self.shape.to_string()),
        };
        let array = |kind: &str, name: &str, values: &str| {
            format!(
                "<DataArray type=\"{kind}\" Name=\"{name}\" format=\"ascii\">{values}</DataArray>\n"
            )
        };
        let faces = match self.faces.split_whitespace().count() {
            0 => String::new(),
            end => {
                array("Int64", "faces", self.faces)
                    + &array("Int64", "faceoffsets", &end.to_string())
            }
        };
        let text = format!(
            "<?xml version=\"1.0\"?>\n<VTKFile type=\"UnstructuredGrid\" version=\"1.0\" \
             byte_order=\"LittleEndian\">\n<UnstructuredGrid>\n\
             <Piece NumberOfPoints=\"{points}\" NumberOfCells=\"{cells}\">\n<Points>\n\
             <DataArray type=\"Float64\" NumberOfComponents=\"3\" format=\"ascii\">{}</DataArray>\n\
             </Points>\n<Cells>\n{}{}{}{faces}</Cells>\n</Piece>\n</UnstructuredGrid>\n</VTKFile>\n",
            self.points,
            array("Int64", "connectivity", self.connectivity),
            array("Int64", "offsets", &offsets),
            array("UInt8", "types", &types),
        );
        fs::write(path, text).unwrap();
    }
}
