//! Times writing and reading of a mesh of a million hexahedra as legacy VTK and in pieces.
//!
//! ```text
//! cargo run --release -p mesh-io --example vtk_speed [cells along an edge] [folder to keep files]
//! ```

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location};
use mesh_io::vtk_index::{Pvtu, PvtuOptions};
use mesh_io::vtk_legacy::{VtkEncoding, VtkLegacy, VtkLegacyOptions, VtkVersion};
use mesh_io::vtu::{Compressor, DataMode, VtuOptions};
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
    let values = (0..mesh.cell_count()).map(|cell| cell as f64 / 7.0);
    let power = FieldValues::Float(DataArray::scalars(values.collect()));
    let regions = (-3..4).cycle().take(mesh.cell_count());
    let region = FieldValues::Integer(DataArray::scalars(regions.collect()));
    let fields = [
        Field::new("power", Location::Cells, power),
        Field::new("region", Location::Cells, region),
    ];
    let directory = tempfile::tempdir()?;
    let kept = std::env::args().nth(2);
    let folder = kept.as_deref().map_or(directory.path(), Path::new);
    println!("{} hexahedra; MB are those of the files", mesh.cell_count());

    let mut formats: Vec<(String, Box<dyn MeshFormat>)> = Vec::new();
    for version in [VtkVersion::V4_2, VtkVersion::V5_1] {
        for encoding in [VtkEncoding::Binary, VtkEncoding::Ascii] {
            let options = VtkLegacyOptions { encoding, version };
            let name = format!("{version:?}_{encoding:?}.vtk");
            formats.push((name, Box::new(VtkLegacy { options })));
        }
    }
    let vtu = VtuOptions {
        data: DataMode::AppendedRaw,
        compressor: Compressor::None,
        ..VtuOptions::default()
    };
    let options = PvtuOptions {
        pieces: NonZeroUsize::new(4),
        vtu,
    };
    formats.push(("four_pieces.pvtu".into(), Box::new(Pvtu { options })));
    for (name, format) in formats {
        let path = folder.join(&name);
        let start = Instant::now();
        format.write(&path, &mesh, &fields)?;
        let write = start.elapsed().as_secs_f64();
        let stem = name.split('.').next().unwrap_or_default();
        let mut bytes = 0;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(stem) {
                bytes += entry.metadata()?.len();
            }
        }
        let megabytes = bytes as f64 / 1e6;
        let (mut read, mut busy) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..5 {
            let (start, before) = (Instant::now(), processor_time());
            let file = format.read(&path, &ReadOptions::default())?;
            read = read.min(start.elapsed().as_secs_f64());
            busy = busy.min(processor_time() - before);
            assert_eq!(file.mesh.fingerprint(), mesh.fingerprint());
            assert_eq!(file.fields, fields);
        }
        println!(
            "{name}: {megabytes:.0} MB, write {write:.3} s, read {read:.3} s ({:.0} MB/s), of all \
             processors {busy:.2} s",
            megabytes / read
        );
    }
    Ok(())
}

/// The time that this process has had of all processors so far, in steps of a hundredth of a
/// second; 0 where the system does not say.
fn processor_time() -> f64 {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold blanks.
    let numbers = status.rsplit(')').next().unwrap_or_default();
    let ticks = numbers.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}
