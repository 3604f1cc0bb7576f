//! What is covered adds up: jittered meshes of every shape, and the small real meshes.

use crate::common::{entries, jittered, overlaps, real_mesh, worst_difference, worst_sum};
use mesh_core::{BoxCellShape, BoxMesh, UnstructuredMesh, Vector3};
use remap::OverlapMatrix;
use remap::check::{Report, check};

/// How far the overlaps of a wholly covered cell may be from its volume, relative to it.
const SUM: f64 = 1e-12;

/// How far an entry may be from that of the swapped run, in volumes of the smaller cell.
const TRANSPOSE: f64 = 1e-14;

/// Checks all laws of a pair of meshes: sums, and the transpose from the swapped run.
fn check_pair(
    name: &str,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> (OverlapMatrix, Report) {
    let matrix = overlaps(source, target);
    let report = check(&matrix, source, target).unwrap();
    let swapped = overlaps(target, source).transpose();
    let transpose = worst_difference(&matrix, &swapped, source, target);
    println!(
        "{name}: {} entries; rows {:e} of {}, columns {:e} of {}; transpose {transpose:e}",
        matrix.nonzeros(),
        report.rows.worst,
        report.rows.wholly_covered_cells,
        report.columns.worst,
        report.columns.wholly_covered_cells
    );
    assert!(report.holds, "{name}: {report:?}");
    assert!(report.rows.wholly_covered_cells > 0 && report.columns.wholly_covered_cells > 0);
    assert!(report.rows.worst <= SUM, "{name}: {report:?}");
    assert!(report.columns.worst <= SUM, "{name}: {report:?}");
    assert!(report.rows.largest_excess <= SUM, "{name}: {report:?}");
    assert!(report.columns.largest_excess <= SUM, "{name}: {report:?}");
    assert!(transpose <= TRANSPOSE, "{name}: {transpose:e}");
    (matrix, report)
}

/// Checks a pair of meshes that cover each other: then every cell is wholly covered.
fn check_covering_pair(name: &str, source: &UnstructuredMesh, target: &UnstructuredMesh) {
    let (matrix, report) = check_pair(name, source, target);
    let rows = worst_sum(&matrix.row_sums(), &target.measures());
    let columns = worst_sum(&matrix.column_sums(), &source.measures());
    println!("{name}: all rows {rows:e}, all columns {columns:e}");
    assert!(rows <= SUM, "{name}: {rows:e}");
    assert!(columns <= SUM, "{name}: {columns:e}");
    for volume in [report.source_volume, report.target_volume] {
        let error = (report.overlap_volume - volume).abs() / volume;
        assert!(error <= 1e-14, "{name}: {error:e}");
    }
}

fn check_jittered(source: BoxCellShape, target: BoxCellShape) {
    let name = format!("{source:?} → {target:?}");
    let source = jittered(source, 11, 0.2, 11);
    let target = jittered(target, 13, 0.2, 13);
    check_covering_pair(&name, &source, &target);
}

#[test]
fn jittered_hexahedra_conserve() {
    check_jittered(BoxCellShape::Hexahedron, BoxCellShape::Hexahedron);
}

#[test]
fn jittered_hexahedra_and_tetrahedra_conserve() {
    check_jittered(BoxCellShape::Hexahedron, BoxCellShape::Tetrahedron);
}

#[test]
fn jittered_hexahedra_and_wedges_conserve() {
    check_jittered(BoxCellShape::Hexahedron, BoxCellShape::Wedge);
}

#[test]
fn jittered_hexahedra_and_pyramids_conserve() {
    check_jittered(BoxCellShape::Hexahedron, BoxCellShape::Pyramid);
}

#[test]
fn jittered_polyhedra_and_hexahedra_conserve() {
    check_jittered(BoxCellShape::Polyhedron, BoxCellShape::Hexahedron);
}

#[test]
fn every_shape_conserves_against_every_other() {
    let shapes = [
        BoxCellShape::Hexahedron,
        BoxCellShape::Tetrahedron,
        BoxCellShape::Wedge,
        BoxCellShape::Pyramid,
        BoxCellShape::Polyhedron,
    ];
    for one in shapes {
        for other in shapes {
            let source = jittered(one, 3, 0.2, 1);
            let target = jittered(other, 4, 0.2, 2);
            check_covering_pair(&format!("small {one:?} → {other:?}"), &source, &target);
        }
    }
}

#[test]
fn meshes_of_very_different_fineness_conserve() {
    let coarse = jittered(BoxCellShape::Hexahedron, 2, 0.2, 1);
    for shape in [BoxCellShape::Hexahedron, BoxCellShape::Tetrahedron] {
        let fine = jittered(shape, 14, 0.2, 2);
        check_sums("coarse → fine", &coarse, &fine);
        check_sums("fine → coarse", &fine, &coarse);
    }
}

/// Checks the sums of meshes that cover each other but have no cell inside the other.
fn check_sums(name: &str, source: &UnstructuredMesh, target: &UnstructuredMesh) {
    let matrix = overlaps(source, target);
    assert!(check(&matrix, source, target).unwrap().holds);
    let rows = worst_sum(&matrix.row_sums(), &target.measures());
    let columns = worst_sum(&matrix.column_sums(), &source.measures());
    println!("{name}: all rows {rows:e}, all columns {columns:e}");
    assert!(rows <= SUM && columns <= SUM, "{rows:e}, {columns:e}");
}

#[test]
fn pins_of_two_finenesses_conserve() {
    let (source, target) = (real_mesh("pins_coarse.vtu"), real_mesh("pins_fine.vtu"));
    check_covering_pair("pins", &source, &target);
}

#[test]
fn a_ball_of_warped_hexahedra_and_one_of_tetrahedra_conserve() {
    let (source, target) = (real_mesh("ball_warped_hex.vtu"), real_mesh("ball_tet.vtu"));
    let (_, report) = check_pair("ball", &source, &target);
    // Their boundaries differ: what is covered is less than either.
    assert!(report.overlap_volume < report.source_volume);
    assert!(report.overlap_volume < report.target_volume);
    assert!(report.overlap_volume > 0.99 * report.source_volume);
}

#[test]
fn a_disk_of_prisms_conserves_in_a_box_around_it() {
    let disk = real_mesh("disk_prisms.vtu");
    let bounds = disk.bounds();
    let margin = Vector3::repeat(0.1);
    let around = BoxMesh {
        cells: [14, 14, 7],
        origin: bounds.min - margin,
        size: bounds.extent() + 2.0 * margin,
        jitter: 0.2,
        seed: 5,
        ..BoxMesh::unit([1; 3])
    }
    .generate()
    .unwrap();
    let (matrix, report) = check_pair("disk", &disk, &around);
    // The box covers the disk, so that every column is full.
    let columns = worst_sum(&matrix.column_sums(), &disk.measures());
    println!("disk: all columns {columns:e}");
    assert!(columns <= SUM, "{columns:e}");
    assert_eq!(report.columns.wholly_covered_cells, disk.cell_count());
    assert!(report.rows.uncovered_cells > 0);
}

#[test]
fn a_plate_of_hexahedra_and_one_of_tetrahedra_conserve() {
    let (source, target) = (real_mesh("plate_hex.vtu"), real_mesh("plate_tet.vtu"));
    check_pair("plate", &source, &target);
}

#[test]
fn scaling_both_meshes_by_a_power_of_two_scales_every_entry_exactly() {
    let pairs = [
        (
            jittered(BoxCellShape::Hexahedron, 5, 0.2, 1),
            jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2),
        ),
        (
            jittered(BoxCellShape::Polyhedron, 4, 0.2, 3),
            jittered(BoxCellShape::Hexahedron, 5, 0.2, 4),
        ),
        (
            jittered(BoxCellShape::Wedge, 4, 0.0, 0),
            jittered(BoxCellShape::Pyramid, 5, 0.0, 0),
        ),
        (real_mesh("plate_hex.vtu"), real_mesh("plate_tet.vtu")),
    ];
    for (source, target) in &pairs {
        let matrix = overlaps(source, target);
        for power in [-30, 20] {
            let factor = 2.0_f64.powi(power);
            let scale = |mesh: &UnstructuredMesh| mesh.scale(&Vector3::repeat(factor)).unwrap();
            let scaled = overlaps(&scale(source), &scale(target));
            assert_eq!(scaled.nonzeros(), matrix.nonzeros());
            let volume = factor * factor * factor;
            for (before, after) in entries(&matrix).into_iter().zip(entries(&scaled)) {
                assert_eq!((before.0, before.1), (after.0, after.1));
                let expected = before.2 * volume;
                assert_eq!(
                    expected.to_bits(),
                    after.2.to_bits(),
                    "{before:?}, {after:?}"
                );
            }
        }
    }
}

#[test]
fn moving_both_meshes_without_rounding_changes_nothing_but_rounding() {
    // Coordinates in 1/64 stay exact when 1024 is added to them.
    let on_grid = |mesh: UnstructuredMesh| {
        let mut builder = UnstructuredMesh::builder(
            mesh.nodes()
                .iter()
                .map(|node| (node * 64.0).map(f64::round) / 64.0)
                .collect(),
        );
        for cell in mesh.cell_ids() {
            let nodes: Vec<u32> = mesh
                .cell_nodes(cell)
                .iter()
                .map(|node| node.get())
                .collect();
            builder = builder.cell(mesh.shape(cell), &nodes);
        }
        builder.build().unwrap()
    };
    let source = on_grid(jittered(BoxCellShape::Hexahedron, 5, 0.2, 1));
    let target = on_grid(jittered(BoxCellShape::Hexahedron, 4, 0.2, 2));
    let moved = |mesh: &UnstructuredMesh| mesh.translate(&Vector3::repeat(1024.0)).unwrap();
    let near = overlaps(&source, &target);
    let far = overlaps(&moved(&source), &moved(&target));
    let worst = worst_difference(&near, &far, &source, &target);
    println!("moved: {worst:e}");
    // An entry depends on the cells' places relative to each other.
    assert!(worst <= 1e-15, "{worst:e}");
}
