//! Files for the cross-tests with other tools (`tests/interop/run`), and what our readers see in any
//! file, as JSON.
//!
//! ```text
//! interop write DIRECTORY          meshes with fields: standard.vtu and polyhedra.vtu
//! interop read [--linearize] FILE  what a mesh or matrix file holds
//! ```

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use mesh_core::{DataArray, Field, FieldValues, Location, Point3, Shape, UnstructuredMesh};
use mesh_io::{ReadOptions, matrix_formats, read_matrix, read_mesh_with, write_mesh};

type AnyError = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", directory] => write(Path::new(directory)),
        ["read", file] => show(Path::new(file), &ReadOptions::default()),
        ["read", "--linearize", file] => {
            show(Path::new(file), &ReadOptions::default().linearize(true))
        }
        _ => Err("expected: write DIRECTORY, or read [--linearize] FILE".into()),
    }
}

fn write(directory: &Path) -> Result<(), AnyError> {
    for (name, with_polyhedra) in [("standard.vtu", false), ("polyhedra.vtu", true)] {
        let mesh = mesh(with_polyhedra)?;
        write_mesh(&directory.join(name), &mesh, &fields(&mesh)?)?;
    }
    Ok(())
}

/// Cells of every shape, one beside the other and mixed in order; their nodes are no multiples of a
/// power of two.
fn mesh(with_polyhedra: bool) -> Result<UnstructuredMesh, AnyError> {
    let corners = [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, 0.0, 1.0],
        [1.0, 1.0, 1.0],
        [0.0, 1.0, 1.0],
    ];
    let cells: [(Shape, &[usize]); 6] = [
        (Shape::Hexahedron, &[0, 1, 2, 3, 4, 5, 6, 7]),
        (Shape::Tetrahedron, &[0, 1, 3, 4]),
        (Shape::Polyhedron, &[0, 1, 2, 3, 4, 5, 6, 7]),
        (Shape::Pyramid, &[0, 1, 2, 3, 4]),
        (Shape::Wedge, &[0, 1, 3, 4, 5, 7]),
        (Shape::Hexahedron, &[0, 1, 2, 3, 4, 5, 6, 7]),
    ];
    let cells = cells
        .iter()
        .filter(|(shape, _)| with_polyhedra || *shape != Shape::Polyhedron);
    let mut nodes = Vec::new();
    let mut ids = Vec::new();
    for (place, (shape, chosen)) in cells.cycle().take(20).enumerate() {
        let first = nodes.len() as u32;
        nodes.extend(chosen.iter().map(|corner| {
            let [a, b, c] = corners[*corner];
            let along = 2.0 * place as f64;
            Point3::new((along + a) / 3.0, b / 7.0 + 0.01 * along, c / 11.0)
        }));
        ids.push((*shape, (first..nodes.len() as u32).collect::<Vec<_>>()));
    }
    let mut builder = UnstructuredMesh::builder(nodes);
    for (shape, ids) in ids {
        builder = if shape == Shape::Polyhedron {
            let faces: [&[usize]; 7] = [
                &[0, 3, 2, 1],
                &[4, 5, 6],
                &[4, 6, 7],
                &[0, 1, 5, 4],
                &[1, 2, 6, 5],
                &[2, 3, 7, 6],
                &[3, 0, 4, 7],
            ];
            let faces = faces.map(|face| face.iter().map(|node| ids[*node]).collect::<Vec<_>>());
            builder.polyhedron(&faces.each_ref().map(Vec::as_slice))
        } else {
            builder.cell(shape, &ids)
        };
    }
    Ok(builder.build()?)
}

/// Floats and integers of one and three components, by which cells and nodes can be told apart
/// where a format changes their order (`cell`, `node`); a name with an accent and a blank.
fn fields(mesh: &UnstructuredMesh) -> Result<Vec<Field>, AnyError> {
    let (cells, nodes) = (mesh.cell_count(), mesh.node_count());
    let sevenths = |count: usize| (0..count).map(|i| i as f64 / 7.0 - 1.0).collect::<Vec<_>>();
    let float = |name: &str, location, values| {
        Field::new(
            name,
            location,
            FieldValues::Float(DataArray::scalars(values)),
        )
    };
    let integer = |name: &str, location, count: usize| {
        let values = (0..count).map(|i| i as u32).map(i64::from).collect();
        Field::new(
            name,
            location,
            FieldValues::Integer(DataArray::scalars(values)),
        )
    };
    let velocity = DataArray::new(["x", "y", "z"], sevenths(3 * cells))?;
    Ok(vec![
        integer("cell", Location::Cells, cells),
        float("température °C", Location::Cells, sevenths(cells)),
        Field::new("velocity", Location::Cells, FieldValues::Float(velocity)),
        integer("node", Location::Nodes, nodes),
        float("height", Location::Nodes, sevenths(nodes)),
    ])
}

fn show(path: &Path, options: &ReadOptions) -> Result<(), AnyError> {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let is_matrix = matrix_formats()
        .iter()
        .any(|format| format.extensions().contains(&extension.as_str()));
    println!(
        "{}",
        if is_matrix {
            matrix_as_json(path)?
        } else {
            mesh_as_json(path, options)?
        }
    );
    Ok(())
}

fn matrix_as_json(path: &Path) -> Result<String, AnyError> {
    let file = read_matrix(path)?;
    let rows: Vec<usize> = file
        .matrix
        .outer_iterator()
        .enumerate()
        .flat_map(|(row, entries)| vec![row; entries.nnz()])
        .collect();
    let notes: Vec<String> = file.notes.iter().map(|note| quoted(note)).collect();
    let (row_count, column_count) = file.matrix.shape();
    Ok(format!(
        "{{\"shape\": [{row_count}, {column_count}], \"rows\": {rows:?}, \"columns\": {:?}, \
         \"values\": {}, \"notes\": [{}]}}",
        file.matrix.indices(),
        numbers(file.matrix.data()),
        notes.join(", ")
    ))
}

fn mesh_as_json(path: &Path, options: &ReadOptions) -> Result<String, AnyError> {
    let file = read_mesh_with(path, options)?;
    let mesh = &file.mesh;
    let shapes: Vec<&str> = mesh.shapes().iter().map(|shape| shape.name()).collect();
    let mut fields = String::new();
    for field in &file.fields {
        let (kind, values) = match field.values() {
            FieldValues::Float(array) => ("float", numbers(array.values())),
            FieldValues::Integer(array) => ("integer", format!("{:?}", array.values())),
        };
        let separator = if fields.is_empty() { "" } else { ", " };
        write!(
            fields,
            "{separator}{{\"name\": {}, \"location\": \"{}\", \"components\": {}, \
             \"kind\": \"{kind}\", \"values\": {values}}}",
            quoted(field.name()),
            field.location(),
            field.components()
        )?;
    }
    Ok(format!(
        "{{\"shapes\": {shapes:?}, \"nodes\": {}, \"volumes\": {}, \"fields\": [{fields}]}}",
        mesh.node_count(),
        numbers(&mesh.measures()),
    ))
}

/// The numbers as Python's `json` reads them.
fn numbers(values: &[f64]) -> String {
    let text = format!("{values:?}");
    text.replace("inf", "Infinity")
}

/// The text as a JSON string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted + "\""
}
