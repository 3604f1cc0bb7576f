//! The same bits for any number of threads, any parts, any numbering.

use crate::common::{jittered, overlaps, real_mesh, renumbered, shuffled};
use mesh_core::{BoxCellShape, CellId, Point3, UnstructuredMesh, Vector3};
use nalgebra::Rotation3;
use partition::{Method, PartMatrix, Partition, merge, run_in_parts};
use rayon::ThreadPoolBuilder;
use remap::{OverlapMatrix, P0P0, prepare};

/// A name, a source mesh, a target mesh.
type Pair = (&'static str, UnstructuredMesh, UnstructuredMesh);

/// Pairs of meshes that take every path: planar and warped cells, polyhedra, more cells than fit
/// into a block or into the store of solids, cells of all sizes, cells outside the other mesh, grids that
/// are turned and so large and poorly numbered that the job numbers them anew.
fn pairs() -> Vec<Pair> {
    let turned = |cells, seed| {
        let rotation = Rotation3::new(Vector3::new(0.3, 0.2, 0.1));
        let mesh = jittered(BoxCellShape::Hexahedron, cells, 0.0, 1);
        let mesh = mesh.rotate(&rotation, &Point3::origin()).unwrap();
        renumbered(&mesh, &shuffled(mesh.cell_count(), seed))
    };
    let jittered = |shape, cells, seed| jittered(shape, cells, 0.2, seed);
    vec![
        ("turned and shuffled", turned(33, 5), turned(13, 6)),
        (
            "warped",
            jittered(BoxCellShape::Hexahedron, 11, 1),
            jittered(BoxCellShape::Hexahedron, 9, 2),
        ),
        (
            "polyhedra",
            jittered(BoxCellShape::Polyhedron, 6, 3),
            jittered(BoxCellShape::Wedge, 7, 4),
        ),
        (
            "plate",
            real_mesh("plate_hex.vtu"),
            real_mesh("plate_tet.vtu"),
        ),
        (
            "ball",
            real_mesh("ball_tet.vtu"),
            real_mesh("ball_warped_hex.vtu"),
        ),
    ]
}

/// Compares every array of two matrices, bit by bit.
fn assert_same_bits(what: &str, one: &OverlapMatrix, other: &OverlapMatrix) {
    assert_eq!(one.digest(), other.digest(), "{what}");
    // The digest sees every bit; this does not rely on it.
    assert_eq!(one.matrix().shape(), other.matrix().shape(), "{what}");
    assert_eq!(one.matrix().indptr(), other.matrix().indptr(), "{what}");
    assert_eq!(one.matrix().indices(), other.matrix().indices(), "{what}");
    let bits = |matrix: &OverlapMatrix| -> Vec<u64> {
        matrix
            .matrix()
            .data()
            .iter()
            .map(|value| value.to_bits())
            .collect()
    };
    assert_eq!(bits(one), bits(other), "{what}");
    assert_eq!(one.difference(other).unwrap().entries, 0, "{what}");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (name, source, target) in pairs() {
        let run = |threads| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| overlaps(&source, &target))
        };
        let alone = run(1);
        for threads in [2, 3, 5] {
            assert_same_bits(&format!("{name}, {threads} threads"), &alone, &run(threads));
        }
    }
}

/// The matrices of the parts of a target mesh, each with a name, in a shuffled order.
fn part_matrices(
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    partition: &Partition,
    seed: u64,
) -> Vec<(String, PartMatrix)> {
    shuffled(partition.parts(), seed)
        .into_iter()
        .map(|index| {
            let part = partition.extract(target, index).unwrap().unwrap();
            let matrix = overlaps(source, &part.mesh).into_matrix();
            let part = PartMatrix {
                part: index,
                parts: partition.parts(),
                rows: part.cells,
                target_rows: target.cell_count(),
                matrix,
                source: source.fingerprint(),
                target: target.fingerprint(),
            };
            (format!("part {index}"), part)
        })
        .collect()
}

#[test]
fn any_parts_merged_in_any_order_give_the_same_bits() {
    for (name, source, target) in pairs().into_iter().take(2) {
        let whole = overlaps(&source, &target);
        let fingerprints = (whole.source(), whole.target());
        for method in Method::ALL {
            for parts in [2, 7] {
                let what = format!("{name}, {parts} parts by {}", method.name());
                let partition = Partition::new(&target, parts, method).unwrap();
                let finished = part_matrices(&source, &target, &partition, parts as u64);
                let merged = merge(&finished).unwrap();
                let merged = OverlapMatrix::new(merged, fingerprints.0, fingerprints.1);
                assert_same_bits(&what, &whole, &merged);
            }
        }
    }
}

#[test]
fn a_job_run_part_by_part_gives_the_same_bits() {
    let (_, source, target) = pairs().swap_remove(0);
    let whole = overlaps(&source, &target);
    let partition = Partition::new(&target, 5, Method::SpaceFillingCurve).unwrap();
    let merged = run_in_parts(&target, &partition, |part| {
        prepare(&source, &part.mesh, &P0P0).map(OverlapMatrix::into_matrix)
    })
    .unwrap();
    let merged = OverlapMatrix::new(merged, whole.source(), whole.target());
    assert_same_bits("run in parts", &whole, &merged);
}

#[test]
fn renumbered_target_cells_give_the_same_rows_elsewhere() {
    for (name, source, target) in pairs() {
        let whole = overlaps(&source, &target);
        let order = shuffled(target.cell_count(), 17);
        let permuted = overlaps(&source, &renumbered(&target, &order));
        for (row, &old) in order.iter().enumerate() {
            let (found, expected) = (row_bits(&permuted, row), row_bits(&whole, old));
            assert_eq!(found, expected, "{name}: row {row}, before {old}");
        }
        assert_eq!(permuted.nonzeros(), whole.nonzeros());
    }
}

#[test]
fn renumbered_source_cells_give_the_same_columns_elsewhere() {
    for (name, source, target) in pairs() {
        let whole = overlaps(&source, &target);
        let order = shuffled(source.cell_count(), 18);
        let permuted = overlaps(&renumbered(&source, &order), &target);
        for row in 0..target.cell_count() {
            let mut found: Vec<_> = row_bits(&permuted, row)
                .into_iter()
                .map(|(column, bits)| (order[column as usize] as u32, bits))
                .collect();
            found.sort_unstable();
            assert_eq!(found, row_bits(&whole, row), "{name}: row {row}");
        }
        assert_eq!(permuted.nonzeros(), whole.nonzeros());
    }
}

/// The columns of a row, and the bits of their values.
fn row_bits(matrix: &OverlapMatrix, row: usize) -> Vec<(u32, u64)> {
    let row = matrix.matrix().outer_view(row).unwrap();
    let bits = row.data().iter().map(|value| value.to_bits());
    row.indices().iter().copied().zip(bits).collect()
}

#[test]
fn one_cell_alone_gives_the_bits_it_gives_among_others() {
    for (name, source, target) in pairs() {
        let whole = overlaps(&source, &target);
        for row in (0..target.cell_count()).step_by(401) {
            let alone = target.extract(&[CellId::new(row as u32)]).unwrap();
            let alone = overlaps(&source, &alone);
            assert_eq!(
                row_bits(&alone, 0),
                row_bits(&whole, row),
                "{name}: row {row}"
            );
        }
    }
}
