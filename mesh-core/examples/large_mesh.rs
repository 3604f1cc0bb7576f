//! How long the steps of a large mesh take: `cargo run --release -p mesh-core --example
//! large_mesh -- 160`.

use std::hint::black_box;
use std::time::Instant;

use mesh_core::{BoxCellShape, BoxMesh, Vector3};

fn timed<T>(what: &str, cells: usize, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = black_box(run());
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{what:<24}{:9.1} ms {:8.1} ns/cell",
        seconds * 1e3,
        seconds * 1e9 / cells as f64
    );
    result
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args()
        .nth(1)
        .map_or(Ok(64), |text| text.parse())?;
    for (shape, count) in [
        (BoxCellShape::Hexahedron, count),
        (BoxCellShape::Tetrahedron, count / 2),
        (BoxCellShape::Polyhedron, count / 2),
    ] {
        let cells = count.pow(3);
        println!("{shape:?}, {count}^3 grid cells; times by grid cell");
        let description = BoxMesh {
            shape,
            jitter: 0.1,
            ..BoxMesh::unit([count; 3])
        };
        let mesh = timed("generate and check", cells, || description.generate())?;
        // Its own were found when it was built.
        let moved = mesh.translate(&Vector3::repeat(1.0))?;
        let volume: f64 = timed("measures", cells, || moved.measures()).iter().sum();
        assert!((volume - 1.0).abs() < 1e-10, "the cells fill the unit cube");
        timed("centroids", cells, || mesh.centroids());
        timed("fingerprint", cells, || mesh.fingerprint());
        timed("faces", cells, || mesh.faces());
        timed("neighbours", cells, || mesh.neighbours());
        let half: Vec<_> = mesh.cell_ids().take(mesh.cell_count() / 2).collect();
        timed("extract half", cells, || mesh.extract(&half))?;
        timed("merge nodes", cells, || mesh.merge_coincident_nodes(1e-9))?;
    }
    Ok(())
}
