//! The reference exercise: two meshes of 40×40×40 hexahedra, the second shifted by half a cell.

use mesh_core::{CartesianMesh, UnstructuredMesh, Vector3};
use remap::{P0P0, prepare, prepare_with};

fn meshes(cells: u32) -> (UnstructuredMesh, UnstructuredMesh) {
    let axis: Vec<f64> = (0..=cells)
        .map(|i| f64::from(i) / f64::from(cells))
        .collect();
    let source = CartesianMesh::new(vec![axis; 3])
        .unwrap()
        .to_unstructured()
        .unwrap();
    let half = 0.5 / f64::from(cells);
    let target = source.translate(&Vector3::repeat(half)).unwrap();
    (source, target)
}

#[test]
fn the_exercise_has_its_known_answer() {
    let (source, target) = meshes(40);
    let start = std::time::Instant::now();
    let p = prepare_with(&source, &target, &P0P0, &|_| {}).unwrap();
    println!("{:?} {:?}", p.seconds, start.elapsed());
    let matrix = p.matrix;
    assert_eq!(matrix.nonzeros(), 493_039);
    let sum = (1.0_f64 - 1.0 / 80.0).powi(3);
    assert!((matrix.sum() - sum).abs() <= 1e-13, "{}", matrix.sum());
    let worst = matrix
        .matrix()
        .data()
        .iter()
        .map(|value| (value * 80.0_f64.powi(3) - 1.0).abs())
        .fold(0.0, f64::max);
    assert!(worst <= 1e-13, "{worst:e}");
}

#[test]
fn the_transpose_is_the_swapped_run() {
    let (source, target) = meshes(6);
    let swapped = prepare(&target, &source, &P0P0).unwrap().transpose();
    let matrix = prepare(&source, &target, &P0P0).unwrap();
    let difference = matrix.difference(&swapped).unwrap();
    assert!(difference.largest <= 1e-14 / 216.0, "{difference:?}");
}
