//! Meshes for the tests, and how two runs are compared.

use std::path::Path;

use mesh_core::{
    BoxCellShape, BoxMesh, CartesianMesh, CellId, Location, Point3, Shape, UnstructuredMesh,
    Vector3,
};
use remap::{Contributions, Overlap, OverlapMatrix, P0P0, Scheme, prepare};

/// An overlap below 1e-14 of the smaller cell is no entry. The two directions round differently, so
/// that one of them may store an entry that the other does not: it is at most this much.
pub(crate) const THRESHOLD: f64 = 1.2e-14;

/// A mesh of one cell.
pub(crate) fn one_cell(shape: Shape, nodes: &[[f64; 3]]) -> UnstructuredMesh {
    let ids: Vec<u32> = (0..nodes.len() as u32).collect();
    UnstructuredMesh::builder(nodes.iter().copied().map(Point3::from).collect())
        .cell(shape, &ids)
        .build()
        .unwrap()
}

/// A mesh of one tetrahedron.
pub(crate) fn tetrahedron(nodes: [[f64; 3]; 4]) -> UnstructuredMesh {
    one_cell(Shape::Tetrahedron, &nodes)
}

/// The eight corners of a box, in the order of a hexahedron.
pub(crate) fn box_corners(low: [f64; 3], high: [f64; 3]) -> [[f64; 3]; 8] {
    let level = |z: f64| {
        [
            [low[0], low[1], z],
            [high[0], low[1], z],
            [high[0], high[1], z],
            [low[0], high[1], z],
        ]
    };
    let [bottom, top] = [level(low[2]), level(high[2])];
    std::array::from_fn(|node| {
        if node < 4 {
            bottom[node]
        } else {
            top[node - 4]
        }
    })
}

/// A mesh of one hexahedron: the box between two corners.
pub(crate) fn one_box(low: [f64; 3], high: [f64; 3]) -> UnstructuredMesh {
    one_cell(Shape::Hexahedron, &box_corners(low, high))
}

/// The unit cube as one hexahedron.
pub(crate) fn unit_cube() -> UnstructuredMesh {
    one_box([0.0; 3], [1.0; 3])
}

/// A mesh of one polyhedron: the prism over a polygon between two heights.
pub(crate) fn prism(polygon: &[[f64; 2]], low: f64, high: f64) -> UnstructuredMesh {
    let count = polygon.len() as u32;
    let level = |z: f64| polygon.iter().map(move |&[x, y]| Point3::new(x, y, z));
    let mut faces: Vec<Vec<u32>> = vec![(0..count).rev().collect(), (count..2 * count).collect()];
    for side in 0..count {
        let next = (side + 1) % count;
        faces.push(vec![side, next, count + next, count + side]);
    }
    let faces: Vec<&[u32]> = faces.iter().map(Vec::as_slice).collect();
    UnstructuredMesh::builder(level(low).chain(level(high)).collect())
        .polyhedron(&faces)
        .build()
        .unwrap()
}

/// The unit cube cut into cells of a shape, its nodes moved about.
pub(crate) fn jittered(
    shape: BoxCellShape,
    cells: usize,
    jitter: f64,
    seed: u64,
) -> UnstructuredMesh {
    BoxMesh {
        shape,
        jitter,
        seed,
        ..BoxMesh::unit([cells; 3])
    }
    .generate()
    .unwrap()
}

/// Boxes of these lengths in a row along x, each of cross-section 1.
pub(crate) fn boxes_in_a_row(start: f64, lengths: &[f64]) -> UnstructuredMesh {
    let mut coordinates = vec![start];
    coordinates.extend(lengths.iter().scan(start, |end, length| {
        *end += length;
        Some(*end)
    }));
    let axes = vec![coordinates, vec![0.0, 1.0], vec![0.0, 1.0]];
    CartesianMesh::new(axes).unwrap().to_unstructured().unwrap()
}

/// Two meshes that cover each other.
pub(crate) fn covering_pair() -> (UnstructuredMesh, UnstructuredMesh) {
    (
        jittered(BoxCellShape::Hexahedron, 5, 0.2, 1),
        jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2),
    )
}

/// Two meshes of which each has cells within, across the border of, and outside the other.
pub(crate) fn partly_covering_pair() -> (UnstructuredMesh, UnstructuredMesh) {
    let (source, target) = covering_pair();
    let offset = Vector3::new(0.45, 0.3, -0.4);
    (source, target.translate(&offset).unwrap())
}

/// A field that jumps, positive everywhere.
pub(crate) fn rough_field(mesh: &UnstructuredMesh) -> Vec<f64> {
    let values = (0..mesh.cell_count()).map(|cell| (cell * 7919 % 101) as f64 + 1.0);
    values.collect()
}

/// One of the small real meshes.
pub(crate) fn real_mesh(name: &str) -> UnstructuredMesh {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mesh-io/tests/data/meshes");
    mesh_io::read_mesh(&folder.join(name)).unwrap().mesh
}

/// The overlap volumes of two meshes.
pub(crate) fn overlaps(source: &UnstructuredMesh, target: &UnstructuredMesh) -> OverlapMatrix {
    prepare(source, target, &P0P0).unwrap()
}

/// The entries of a matrix: row, column, value.
pub(crate) fn entries(matrix: &OverlapMatrix) -> Vec<(usize, usize, f64)> {
    let rows = matrix.matrix().outer_iterator().enumerate();
    rows.flat_map(|(row, entries)| {
        let entries: Vec<_> = entries
            .iter()
            .map(|(column, &value)| (row, column, value))
            .collect();
        entries
    })
    .collect()
}

/// The larger of two, or not a number if one of them is: `f64::max` loses it.
pub(crate) fn larger(one: f64, other: f64) -> f64 {
    if one >= other || one.is_nan() {
        one
    } else {
        other
    }
}

/// The largest of some numbers, at least zero; not a number if one of them is.
pub(crate) fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values
        .into_iter()
        .fold(0.0, |one, other| larger(other, one))
}

/// The largest relative deviation of sums from volumes, all of which should be equal.
pub(crate) fn worst_sum(sums: &[f64], volumes: &[f64]) -> f64 {
    assert_eq!(sums.len(), volumes.len());
    largest(
        sums.iter()
            .zip(volumes)
            .map(|(sum, volume)| (sum - volume).abs() / volume),
    )
}

/// The largest difference between entries that both matrices have, in volumes of the smaller cell.
///
/// Fails where one matrix has an entry beyond [`THRESHOLD`] that the other has not.
pub(crate) fn worst_difference(
    one: &OverlapMatrix,
    other: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> f64 {
    assert_eq!(one.matrix().shape(), other.matrix().shape());
    let (sources, targets) = (source.measures(), target.measures());
    let mut worst = 0.0;
    for (row, (one, other)) in one
        .matrix()
        .outer_iterator()
        .zip(other.matrix().outer_iterator())
        .enumerate()
    {
        let columns = one.indices().iter().chain(other.indices());
        for &column in columns {
            let column = column as usize;
            let smaller = targets[row].min(sources[column]);
            match (one.get(column), other.get(column)) {
                (Some(one), Some(other)) => {
                    worst = larger((one - other).abs() / smaller, worst);
                }
                (Some(alone), None) | (None, Some(alone)) => assert!(
                    *alone <= THRESHOLD * smaller,
                    "row {row}, column {column}: {:e} of the smaller cell on one side only",
                    alone / smaller
                ),
                (None, None) => {}
            }
        }
    }
    worst
}

/// The numbers 0, …, count − 1 in an order that looks random and is always the same.
pub(crate) fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut state = seed;
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        // Knuth's MMIX constants; the upper bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    order
}

/// A mesh with its cells in another order: cell `i` of the result is cell `order[i]`.
pub(crate) fn renumbered(mesh: &UnstructuredMesh, order: &[usize]) -> UnstructuredMesh {
    let cells: Vec<CellId> = order.iter().map(|&cell| CellId::new(cell as u32)).collect();
    mesh.extract(&cells).unwrap()
}

/// From source cells to the nodes of target tetrahedra: `∫ λ dV` over the overlap, which the first
/// moment gives for a linear `λ`. Here only its sums matter: a quarter of the volume for each node.
pub(crate) struct ToNodes;

impl Scheme for ToNodes {
    fn name(&self) -> &'static str {
        "to-nodes"
    }
    fn target_location(&self) -> Location {
        Location::Nodes
    }
    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        for node in overlap.target_mesh.cell_nodes(overlap.target.id()) {
            let weight = overlap.moments.volume / 4.0;
            contributions.add(node.get(), overlap.source.get(), weight);
        }
    }
}
