//! Times writing and reading of a mesh of a million hexahedra in several encodings of VTU.
//!
//! ```text
//! cargo run --release -p mesh-io --example vtu_speed [cells along an edge]
//! ```

use std::fs;
use std::path::Path;
use std::time::Instant;

use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location};
use mesh_io::vtu::{Compressor, DataMode, Vtu, VtuOptions};
use mesh_io::{MeshFormat, ReadOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let edge = std::env::args()
        .nth(1)
        .map_or(Ok(100), |edge| edge.parse())?;
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
    println!("{} hexahedra; MB are those of the file", mesh.cell_count());
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
        let format = Vtu { options };
        let start = Instant::now();
        format.write(&path, &mesh, std::slice::from_ref(&field))?;
        let write = start.elapsed().as_secs_f64();
        let megabytes = fs::metadata(&path)?.len() as f64 / 1e6;
        let start = Instant::now();
        let file = format.read(&path, &ReadOptions::default())?;
        let read = start.elapsed().as_secs_f64();
        assert_eq!(file.mesh.fingerprint(), mesh.fingerprint());
        println!(
            "{data:?} {compressor:?}: {megabytes:.0} MB, write {write:.3} s, read {read:.3} s \
             ({:.0} MB/s), peak {:.0} MB",
            megabytes / read,
            peak_memory(),
        );
    }
    Ok(())
}

/// The most memory this process has held so far, in MB; 0 where the system does not say.
fn peak_memory() -> f64 {
    let status = fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1e3
}
