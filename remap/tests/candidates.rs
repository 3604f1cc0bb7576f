//! The search for candidates against the slow obvious one.

use mesh_core::{
    Bounds, BoxCellShape, BoxMesh, CartesianMesh, CellId, Point3, UnstructuredMesh, Vector3,
};
use remap::{CandidateSearch, SourceCell};

/// All cells whose bounds share a volume with the given bounds.
fn brute_force(mesh: &UnstructuredMesh, bounds: &Bounds) -> Vec<SourceCell> {
    let shares = |other: &Bounds| {
        (0..3).all(|axis| other.min[axis] < bounds.max[axis] && other.max[axis] > bounds.min[axis])
    };
    let cells = mesh
        .cell_ids()
        .filter(|&cell| shares(&mesh.cell_bounds(cell)));
    cells.map(SourceCell::new).collect()
}

fn compare(source: &UnstructuredMesh, target: &UnstructuredMesh) {
    let searches = [
        CandidateSearch::new(source),
        CandidateSearch::with_tree(source),
    ];
    let mut candidates = Vec::new();
    for cell in target.cell_ids() {
        let bounds = target.cell_bounds(cell);
        let expected = brute_force(source, &bounds);
        for search in &searches {
            search.find_candidates(&bounds, &mut candidates);
            assert_eq!(candidates, expected, "target cell {cell}");
        }
    }
}

fn generated(cells: [usize; 3], shape: BoxCellShape, jitter: f64) -> UnstructuredMesh {
    let mesh = BoxMesh {
        shape,
        jitter,
        seed: 3,
        ..BoxMesh::unit(cells)
    };
    mesh.generate().unwrap()
}

/// Cells that grow by a factor from each to the next.
fn graded(cells: usize, factor: f64) -> UnstructuredMesh {
    let (mut axis, mut width) = (vec![0.0], 1.0);
    for cell in 0..cells {
        axis.push(axis[cell] + width);
        width *= factor;
    }
    let last = axis[cells];
    let axis: Vec<f64> = axis.iter().map(|x| x / last).collect();
    CartesianMesh::new(vec![axis; 3])
        .unwrap()
        .to_unstructured()
        .unwrap()
}

#[test]
fn boxes_of_every_shape() {
    for shape in [
        BoxCellShape::Hexahedron,
        BoxCellShape::Tetrahedron,
        BoxCellShape::Wedge,
        BoxCellShape::Pyramid,
        BoxCellShape::Polyhedron,
    ] {
        let source = generated([5, 6, 7], shape, 0.2);
        compare(
            &source,
            &generated([7, 4, 5], BoxCellShape::Hexahedron, 0.1),
        );
    }
}

#[test]
fn meshes_that_share_planes_or_nothing() {
    let source = generated([6; 3], BoxCellShape::Hexahedron, 0.0);
    compare(&source, &source);
    compare(
        &source,
        &source
            .translate(&Vector3::new(1.0 / 12.0, 0.0, -1.0 / 6.0))
            .unwrap(),
    );
    compare(
        &source,
        &source.translate(&Vector3::new(1.0, 0.0, 0.0)).unwrap(),
    );
    compare(
        &source,
        &source.translate(&Vector3::new(-7.0, 0.0, 0.0)).unwrap(),
    );
}

#[test]
fn cells_of_very_different_sizes() {
    let source = graded(12, 1.8);
    compare(&source, &generated([6; 3], BoxCellShape::Hexahedron, 0.0));
    compare(&generated([6; 3], BoxCellShape::Hexahedron, 0.0), &source);
}

#[test]
fn meshes_far_from_the_origin() {
    for offset in [1e6, 1e12, 1e15] {
        let shift = Vector3::new(offset, -offset, offset);
        // Cells of size 1, so that they are still apart at 1e15.
        let axis: Vec<f64> = (0..=5).map(f64::from).collect();
        let mesh = CartesianMesh::new(vec![axis; 3])
            .unwrap()
            .to_unstructured()
            .unwrap();
        let source = mesh.translate(&shift).unwrap();
        let half = Vector3::repeat(0.5);
        compare(&source, &source.translate(&half).unwrap());
    }
}

#[test]
fn a_mesh_of_one_flat_cell() {
    let nodes = [[0., 0.], [1., 0.], [1., 1.], [0., 1.]];
    let nodes = nodes
        .iter()
        .chain(&nodes)
        .map(|&[x, y]| Point3::new(x, y, 0.0))
        .collect();
    let shape = mesh_core::Shape::Hexahedron;
    let flat = UnstructuredMesh::builder(nodes)
        .cell(shape, &[0, 1, 2, 3, 4, 5, 6, 7])
        .build();
    let flat = flat.unwrap();
    compare(&flat, &generated([2; 3], BoxCellShape::Hexahedron, 0.0));
    assert_eq!(flat.measure(CellId::new(0)), 0.0);
}
