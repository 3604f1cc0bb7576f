//! Times writing and reading of a mesh of a million hexahedra in several encodings of VTU, and the
//! memory that reading takes.
//!
//! ```text
//! cargo run --release -p mesh-io --example vtu_speed [cells along an edge]
//! ```
//!
//! Each file is read by a process of its own, so that its peak memory is that of reading alone: the
//! file in memory, the mesh and its field. The best of five times counts: wall time, and that of all
//! processors together, on which other programs have less influence. The payload is what the arrays
//! have, uncompressed and in binary, whatever the encoding.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cpu_time::ProcessTime;
use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location};
use mesh_io::vtu::{Compressor, DataMode, Vtu, VtuOptions};
use mesh_io::{MeshFormat, ReadOptions};

type AnyError = Box<dyn std::error::Error>;

/// How often a file is read.
const READS: usize = 5;

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [read, path] if read == "read" => read_file(Path::new(path)),
        [edge] => write_and_read(edge.parse()?),
        _ => write_and_read(100),
    }
}

fn write_and_read(edge: usize) -> Result<(), AnyError> {
    let mesh = BoxMesh {
        jitter: 0.2,
        seed: 1,
        ..BoxMesh::unit([edge; 3])
    }
    .generate()?;
    let values = (0..mesh.cell_count())
        .map(|cell| cell as f64 / 7.0)
        .collect();
    let field = Field::new(
        "power",
        Location::Cells,
        FieldValues::Float(DataArray::scalars(values)),
    );
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("cells.vtu");
    // Per cell: eight ids, an offset and a value of eight bytes each, and a type.
    let payload = mesh.node_count() * 24 + mesh.cell_count() * 81;
    println!(
        "{} hexahedra, payload {:.0} MB",
        mesh.cell_count(),
        payload as f64 / 1e6
    );
    for (data, compressor) in [
        (DataMode::AppendedRaw, Compressor::None),
        (DataMode::AppendedRaw, Compressor::Lz4),
        (DataMode::AppendedRaw, Compressor::Zlib),
        (DataMode::AppendedRaw, Compressor::Lzma),
        (DataMode::Base64, Compressor::None),
        (DataMode::Base64, Compressor::Zlib),
        (DataMode::Ascii, Compressor::None),
    ] {
        let options = VtuOptions {
            data,
            compressor,
            ..VtuOptions::default()
        };
        let start = Instant::now();
        Vtu { options }.write(&path, &mesh, std::slice::from_ref(&field))?;
        let write = start.elapsed().as_secs_f64();
        let file = fs::metadata(&path)?.len() as f64;
        let child = Command::new(std::env::current_exe()?)
            .arg("read")
            .arg(&path)
            .output()?;
        let said = String::from_utf8(child.stdout)?;
        let mut said = said.split_whitespace();
        assert_eq!(said.next(), Some(&*mesh.fingerprint().to_string()));
        let mut number = || said.next().unwrap_or_default().parse::<f64>();
        let (read, processor, peak) = (number()?, number()?, number()?);
        let rate = |seconds: f64| payload as f64 / 1e6 / seconds;
        println!(
            "{data:?} {compressor:?}: file {:.0} MB, written in {write:.3} s, read in {read:.3} s \
             ({:.0} MB/s of payload; {processor:.3} s of processors, {:.0} MB/s), peak {:.0} MB: \
             {:.2} payload beside the file",
            file / 1e6,
            rate(read),
            rate(processor),
            peak / 1e6,
            (peak - file) / payload as f64,
        );
    }
    Ok(())
}

/// Says the fingerprint, the best times and the most memory of one reading.
fn read_file(path: &Path) -> Result<(), AnyError> {
    let mut peak = 0.0;
    let mut best = [f64::INFINITY; 2];
    let mut fingerprint = String::new();
    for number in 0..READS {
        let start = (Instant::now(), ProcessTime::now());
        let file = Vtu::default().read(path, &ReadOptions::default())?;
        let times = [start.0.elapsed(), start.1.elapsed()];
        for (best, time) in best.iter_mut().zip(times) {
            *best = time.as_secs_f64().min(*best);
        }
        if number == 0 {
            peak = peak_memory();
            fingerprint = file.mesh.fingerprint().to_string();
        }
    }
    let [wall, processor] = best;
    println!("{fingerprint} {wall} {processor} {peak}");
    Ok(())
}

/// The most memory this process has held so far, in bytes; 0 where the system does not say.
fn peak_memory() -> f64 {
    let status = fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0
}
