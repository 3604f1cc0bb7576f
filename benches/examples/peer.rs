//! This library's side of a comparison with other programs: writes the meshes of an exercise for
//! them, and times its own job. Used by `benches/peers/medcoupling.py`.
//!
//! ```text
//! peer export EXERCISE CELLS DIRECTORY     # source_*.npy and target_*.npy
//! peer time EXERCISE CELLS REPEATS         # one line of JSON
//! ```
//!
//! `swapped:EXERCISE` goes the other way, from its target to its source.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use benches::{Exercise, Meshes, thread_pool, time_on_one_thread};
use mesh_core::{Shape, UnstructuredMesh};
use remap::{P0P0, prepare};

const USAGE: &str =
    "usage: peer export EXERCISE CELLS DIRECTORY\n       peer time EXERCISE CELLS REPEATS";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, exercise, cells, last] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let meshes = meshes_of(exercise, cells.parse()?)?;
    match command.as_str() {
        "export" => export(&meshes, Path::new(last)),
        "time" => time(&meshes, last.parse()?),
        _ => Err(USAGE.into()),
    }
}

fn meshes_of(exercise: &str, cells: usize) -> Result<Meshes, Box<dyn Error>> {
    let swapped = exercise.strip_prefix("swapped:");
    let exercise = Exercise::named(swapped.unwrap_or(exercise));
    let mut meshes = exercise
        .ok_or("no exercise has this name")?
        .meshes_of(cells);
    if swapped.is_some() {
        std::mem::swap(&mut meshes.source, &mut meshes.target);
    }
    Ok(meshes)
}

fn export(meshes: &Meshes, directory: &Path) -> Result<(), Box<dyn Error>> {
    for (name, mesh) in [("source", &meshes.source), ("target", &meshes.target)] {
        let path = |array: &str| directory.join(format!("{name}_{array}.npy"));
        let coordinates = mesh.nodes().iter().flat_map(|node| node.coords.data.0[0]);
        let nodes: Vec<_> = coordinates.map(f64::to_le_bytes).collect();
        write_npy(&path("nodes"), "<f8", &[mesh.node_count(), 3], &nodes)?;
        let (cells, index) = nodal(mesh);
        for (array, values) in [("cells", cells), ("index", index)] {
            let values: Vec<_> = values.iter().map(|value| value.to_le_bytes()).collect();
            write_npy(&path(array), "<i8", &[values.len()], &values)?;
        }
    }
    Ok(())
}

/// The cells in MEDCoupling's nodal form, one after the other: the number of the type, then the
/// nodes; of a polyhedron the nodes of each face, with −1 between faces. And where each cell starts.
fn nodal(mesh: &UnstructuredMesh) -> (Vec<i64>, Vec<i64>) {
    let (mut cells, mut index) = (Vec::new(), vec![0]);
    for cell in mesh.cell_ids() {
        let shape = mesh.shape(cell);
        cells.push(match shape {
            Shape::Tetrahedron => 14,
            Shape::Pyramid => 15,
            Shape::Wedge => 16,
            Shape::Hexahedron => 18,
            Shape::Polyhedron => 31,
        });
        if shape == Shape::Polyhedron {
            for (number, face) in mesh.polyhedron_faces(cell).enumerate() {
                if number > 0 {
                    cells.push(-1);
                }
                cells.extend(face.iter().map(|node| i64::from(node.get())));
            }
        } else {
            let nodes = mesh.cell_nodes(cell).iter();
            cells.extend(nodes.map(|node| i64::from(node.get())));
        }
        index.push(cells.len() as i64);
    }
    (cells, index)
}

/// Writes an array in the first version of NumPy's format.
fn write_npy(
    path: &Path,
    descr: &str,
    shape: &[usize],
    values: &[[u8; 8]],
) -> Result<(), Box<dyn Error>> {
    let shape: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape})}}");
    // Ten bytes go before it, and it ends in a line break at a multiple of 64.
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header = format!("{header:<width$}\n", width = length - 1);
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&u16::try_from(length)?.to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    file.write_all(values.as_flattened())?;
    Ok(file.flush()?)
}

/// Times the job on one thread, and says the shortest time: that of the processor, because programs
/// that are compared may have to share it.
fn time(meshes: &Meshes, repeats: usize) -> Result<(), Box<dyn Error>> {
    let run = || prepare(&meshes.source, &meshes.target, &P0P0);
    let pool = thread_pool(1);
    let matrix = pool.install(run)?;
    meshes.check(&matrix);
    let times = (0..repeats).map(|_| time_on_one_thread(&pool, run).processor);
    println!(
        "{{\"entries\": {}, \"sum\": {:?}, \"overlap\": {:?}, \"seconds\": {:?}}}",
        matrix.nonzeros(),
        matrix.sum(),
        meshes.overlap,
        times.min().ok_or(USAGE)?.as_secs_f64(),
    );
    Ok(())
}
