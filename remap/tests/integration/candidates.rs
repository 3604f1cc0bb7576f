//! The search for candidates against the slow obvious one.

use crate::common::{real_mesh, renumbered, shuffled};
use mesh_core::{
    Bounds, BoxCellShape, BoxMesh, CartesianMesh, CellId, Point3, UnstructuredMesh, Vector3,
};
use proptest::prelude::*;
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

/// Every form of the search that takes the mesh, with its name.
fn forms(source: &UnstructuredMesh) -> Vec<(&'static str, CandidateSearch)> {
    let sometimes = [
        ("bins", CandidateSearch::with_bins(source)),
        ("packed tree", CandidateSearch::with_packed_tree(source)),
    ];
    let always = [
        ("chosen", CandidateSearch::new(source)),
        ("tree", CandidateSearch::with_tree(source)),
    ];
    let sometimes = sometimes.into_iter();
    let sometimes = sometimes.filter_map(|(name, search)| Some((name, search?)));
    sometimes.chain(always).collect()
}

/// Compares every form, one target cell after the other and all at once, with the slow search.
fn compare(source: &UnstructuredMesh, target: &UnstructuredMesh) {
    let cells = target.cell_ids();
    let expected: Vec<_> = cells
        .map(|cell| brute_force(source, &target.cell_bounds(cell)))
        .collect();
    let mut candidates = Vec::new();
    for (name, search) in forms(source) {
        for (cell, expected) in target.cell_ids().zip(&expected) {
            search.find_candidates(&target.cell_bounds(cell), &mut candidates);
            assert_eq!(&candidates, expected, "{name}, target cell {cell}");
        }
        let mut visits = vec![0; expected.len()];
        search.find_all_candidates(target, |cell, candidates| {
            visits[cell.id().index()] += 1;
            let expected = &expected[cell.id().index()];
            assert_eq!(candidates, expected, "{name}, {cell}, all at once");
        });
        assert!(visits.iter().all(|&visits| visits == 1), "{name}");
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
    for offset in [1e6, 1e8, 1e12, 1e15] {
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

#[test]
fn real_meshes_in_any_numbering() {
    for (source, target) in [
        ("plate_hex.vtu", "plate_tet.vtu"),
        ("plate_tet.vtu", "plate_hex.vtu"),
        ("ball_tet.vtu", "ball_warped_hex.vtu"),
        ("disk_prisms.vtu", "disk_prisms.vtu"),
    ] {
        let (source, target) = (real_mesh(source), real_mesh(target));
        compare(&source, &target);
        let shuffle =
            |mesh: &UnstructuredMesh, seed| renumbered(mesh, &shuffled(mesh.cell_count(), seed));
        compare(&shuffle(&source, 1), &shuffle(&target, 2));
    }
}

#[test]
fn rows_of_cells_in_random_order() {
    let rows = |mesh: &UnstructuredMesh, seed| {
        let order = shuffled(mesh.cell_count() / 20, seed);
        let order = order.into_iter().flat_map(|row| 20 * row..20 * (row + 1));
        renumbered(mesh, &order.collect::<Vec<_>>())
    };
    let mesh = |jitter| generated([20, 9, 9], BoxCellShape::Hexahedron, jitter);
    compare(&rows(&mesh(0.1), 1), &rows(&mesh(0.2), 2));
}

/// A box of one cell around a mesh, in the mesh.
fn with_giant(mesh: &UnstructuredMesh) -> UnstructuredMesh {
    let mut nodes = mesh.nodes().to_vec();
    let first = nodes.len() as u32;
    for z in [-1.0, 2.0] {
        for [x, y] in [[-1.0, -1.0], [2.0, -1.0], [2.0, 2.0], [-1.0, 2.0]] {
            nodes.push(Point3::new(x, y, z));
        }
    }
    let giant: Vec<u32> = (first..first + 8).collect();
    let mut builder = UnstructuredMesh::builder(nodes);
    for cell in mesh.cell_ids() {
        let nodes: Vec<u32> = mesh
            .cell_nodes(cell)
            .iter()
            .map(|node| node.get())
            .collect();
        builder = builder.cell(mesh.shape(cell), &nodes);
    }
    builder
        .cell(mesh_core::Shape::Hexahedron, &giant)
        .build()
        .unwrap()
}

#[test]
fn one_cell_around_all_others() {
    let mesh = generated([5; 3], BoxCellShape::Tetrahedron, 0.2);
    let source = with_giant(&mesh);
    assert!(CandidateSearch::with_bins(&source).is_none());
    compare(&source, &mesh);
    compare(&mesh, &source);
}

#[test]
fn layers_too_thin_for_single_precision_go_to_the_tree() {
    let even: Vec<f64> = (0..=6).map(f64::from).collect();
    // Each layer half as high as the one below: the last are thinner than 1e-9 of the mesh.
    let layers = (0..=30).map(|layer| 1.0 - 0.5_f64.powi(layer)).collect();
    let mesh = |layers| CartesianMesh::new(vec![even.clone(), even.clone(), layers]);
    let source = mesh(layers).unwrap().to_unstructured().unwrap();
    assert!(CandidateSearch::with_bins(&source).is_none());
    assert!(CandidateSearch::with_packed_tree(&source).is_none());
    compare(&source, &source);
    // Fewer layers: single precision tells them apart.
    let layers = (0..=15).map(|layer| 1.0 - 0.5_f64.powi(layer)).collect();
    let source = mesh(layers).unwrap().to_unstructured().unwrap();
    assert!(CandidateSearch::with_packed_tree(&source).is_some());
    compare(&source, &source);
}

/// A hexahedron between two corners of a lattice.
fn lattice_box(corners: &[[i32; 3]; 2], scale: f64, offset: f64) -> [Point3; 8] {
    let at = |corner: usize, axis: usize| f64::from(corners[corner][axis]) * scale + offset;
    let [low, high] = [0, 1].map(|corner| [at(corner, 0), at(corner, 1), at(corner, 2)]);
    let ring = |z| {
        [
            Point3::new(low[0], low[1], z),
            Point3::new(high[0], low[1], z),
            Point3::new(high[0], high[1], z),
            Point3::new(low[0], high[1], z),
        ]
    };
    let [bottom, top] = [ring(low[2]), ring(high[2])];
    std::array::from_fn(|node| {
        if node < 4 {
            bottom[node]
        } else {
            top[node - 4]
        }
    })
}

fn boxes(cells: &[[[i32; 3]; 2]], scale: f64, offset: f64) -> UnstructuredMesh {
    let nodes = cells
        .iter()
        .flat_map(|cell| lattice_box(cell, scale, offset));
    let mut builder = UnstructuredMesh::builder(nodes.collect());
    for cell in 0..cells.len() as u32 {
        let nodes: Vec<u32> = (8 * cell..8 * cell + 8).collect();
        builder = builder.cell(mesh_core::Shape::Hexahedron, &nodes);
    }
    builder.build().unwrap()
}

/// Boxes of all sizes with corners on a lattice, so that many touch or coincide.
fn any_boxes() -> impl Strategy<Value = Vec<[[i32; 3]; 2]>> {
    let low = prop::array::uniform3(0..200_i32);
    let size = prop::array::uniform3(prop_oneof![1..4_i32, 1..100_i32]);
    let cell = (low, size).prop_map(|(low, size)| [low, [0, 1, 2].map(|i| low[i] + size[i])]);
    prop::collection::vec(cell, 1..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_boxes_anywhere(
        source in any_boxes(),
        target in any_boxes(),
        scale in prop_oneof![Just(1.0), Just(0.1), Just(1e-200), Just(1e90)],
        offset in prop_oneof![Just(0.0), -1e8..1e8_f64],
    ) {
        let offset = offset * scale;
        compare(&boxes(&source, scale, offset), &boxes(&target, scale, offset));
    }
}
