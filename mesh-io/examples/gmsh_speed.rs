//! Times writing and reading of meshes of a million cells in every encoding of Gmsh.
//!
//! ```text
//! cargo run --release -p mesh-io --example gmsh_speed [cells along an edge] [threads]
//! ```

use std::fs;
use std::time::Instant;

use mesh_core::{BoxCellShape, BoxMesh, DataArray, Field, FieldValues, Location};
use mesh_io::gmsh::{Gmsh, GmshData, GmshOptions, GmshVersion, read};
use mesh_io::{MeshFormat, ReadOptions};

/// Runs of which the fastest counts.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().map_or(Ok(default), |text| text.parse());
    let edge: usize = number(100)?;
    let threads = number(0)?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()?;
    let hexahedra = BoxMesh {
        jitter: 0.2,
        seed: 1,
        ..BoxMesh::unit([edge; 3])
    };
    // Six tetrahedra to a hexahedron.
    let tetrahedra = BoxMesh {
        shape: BoxCellShape::Tetrahedron,
        cells: [edge * 11 / 20; 3],
        ..hexahedra
    };
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("cells.msh");
    println!(
        "MB are those of the file; best of {RUNS}; {} threads",
        rayon::current_num_threads()
    );
    for mesh in [hexahedra.generate()?, tetrahedra.generate()?] {
        let values = (0..mesh.cell_count())
            .map(|cell| cell as f64 / 7.0)
            .collect();
        let field = Field::new(
            "power",
            Location::Cells,
            FieldValues::Float(DataArray::scalars(values)),
        );
        println!("{} cells of shape {}", mesh.cell_count(), mesh.shapes()[0]);
        for version in [GmshVersion::V4_1, GmshVersion::V2_2] {
            for data in [GmshData::Binary, GmshData::Ascii] {
                let options = GmshOptions {
                    version,
                    data,
                    ..GmshOptions::default()
                };
                let start = Instant::now();
                Gmsh { options }.write(&path, &mesh, std::slice::from_ref(&field))?;
                let write = start.elapsed().as_secs_f64();
                let file = fs::read(&path)?;
                let mut best = f64::INFINITY;
                for _ in 0..RUNS {
                    let start = Instant::now();
                    let back = read(&file, &ReadOptions::default())?;
                    best = best.min(start.elapsed().as_secs_f64());
                    assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
                    assert_eq!(back.fields[0], field);
                }
                let megabytes = file.len() as f64 / 1e6;
                println!(
                    "{version:?} {data:?}: {megabytes:.0} MB, write {write:.3} s, \
                     read {best:.3} s ({:.0} MB/s)",
                    megabytes / best,
                );
            }
        }
    }
    Ok(())
}
