//! The slow twin of a job, for tests: the kernel by itself, for every pair of cells.

use geom_intersect::{Intersector, Solid};
use mesh_core::UnstructuredMesh;

use crate::cells::SolidMaker;
use crate::{P0P0, prepare};

/// Compares a matrix with what the kernel says of every pair of cells by themselves; returns how
/// many overlap.
pub(crate) fn compare(source: &UnstructuredMesh, target: &UnstructuredMesh) -> usize {
    let matrix = prepare(source, target, &P0P0).unwrap().into_matrix();
    let mut maker = SolidMaker::default();
    let mut solids = |mesh: &UnstructuredMesh| {
        let solid = |cell| {
            let mut solid = Solid::default();
            maker.fill(mesh, cell, &mut solid);
            solid
        };
        mesh.cell_ids().map(solid).collect::<Vec<_>>()
    };
    let (sources, targets) = (solids(source), solids(target));
    let mut intersector = Intersector::default();
    for (row, target) in targets.iter().enumerate() {
        for (column, source) in sources.iter().enumerate() {
            let expected = intersector.volume(source, target);
            let found = matrix.get(row, column).copied();
            assert_eq!(
                found.map(f64::to_bits),
                expected.map(f64::to_bits),
                "target {row}, source {column}"
            );
        }
    }
    matrix.nnz()
}
