//! Nearest cell and point location against slow twins.

use crate::common::{entries, jittered, prism, real_mesh};
use mesh_core::{
    BoxCellShape, BoxMesh, CellId, DataArray, Location, Point3, UnstructuredMesh, Vector3,
};
use rayon::ThreadPoolBuilder;
use remap::{MatrixScheme, Nature, NearestCell, OverlapMatrix, PointLocation, RemapOperator};

fn matrix(
    scheme: &dyn MatrixScheme,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> OverlapMatrix {
    let preparation = scheme.prepare_matrix(source, target, &|_| {}).unwrap();
    let [from, to] = scheme.locations();
    assert_eq!(preparation.matrix.source_location(), from);
    assert_eq!(preparation.matrix.target_location(), to);
    preparation.matrix.check_meshes(source, target).unwrap();
    preparation.matrix
}

/// The column of each row that has one.
fn columns(matrix: &OverlapMatrix) -> Vec<Option<usize>> {
    let rows = matrix.matrix().outer_iterator();
    rows.map(|row| {
        assert!(row.nnz() <= 1);
        row.indices().first().map(|&column| column as usize)
    })
    .collect()
}

#[test]
fn the_nearest_cell_is_that_of_the_slow_twin_and_ties_go_to_the_lowest() {
    // Grids of the same spacing shifted by half of it: eight centroids are equally near.
    let grid = |origin: f64, cells| {
        let mesh = BoxMesh {
            origin: Point3::from([origin; 3]),
            size: Vector3::repeat(f64::from(cells)),
            ..BoxMesh::unit([cells as usize; 3])
        };
        mesh.generate().unwrap()
    };
    let pairs = [
        (grid(0.0, 4), grid(0.5, 4)),
        (
            jittered(BoxCellShape::Polyhedron, 4, 0.2, 1),
            jittered(BoxCellShape::Tetrahedron, 3, 0.2, 2),
        ),
        (real_mesh("ball_tet.vtu"), grid(-2.0, 5)),
    ];
    for (source, target) in &pairs {
        let centroids = source.centroids();
        for (location, points) in [
            (Location::Cells, target.centroids()),
            (Location::Nodes, target.nodes().to_vec()),
        ] {
            let found = matrix(&NearestCell::to(location), source, target);
            for (point, found) in points.iter().zip(columns(&found)) {
                let distance = |cell: usize| {
                    let [x, y, z]: [f64; 3] = (centroids[cell] - point).into();
                    x * x + y * y + z * z
                };
                // `min_by` takes the first of equals.
                let expected =
                    (0..centroids.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
                assert_eq!(found, expected, "{point}");
            }
            let sums = found.row_sums();
            assert_eq!(sums, target.measures_on(location));
        }
    }
}

#[test]
fn labels_arrive_as_they_are_and_totals_are_shared_out() {
    let source = BoxMesh::unit([2, 1, 1]).generate().unwrap();
    let target = BoxMesh::unit([4, 1, 1]).generate().unwrap();
    let nearest = matrix(&NearestCell::to(Location::Cells), &source, &target);
    for (nature, expected) in [
        (Nature::IntensiveMaximum, [3.0, 3.0, 8.0, 8.0]),
        (Nature::IntensiveConservation, [3.0, 3.0, 8.0, 8.0]),
        (Nature::ExtensiveMaximum, [1.5, 1.5, 4.0, 4.0]),
        (Nature::ExtensiveConservation, [1.5, 1.5, 4.0, 4.0]),
    ] {
        let operator = RemapOperator::new(&nearest, &source, &target, nature).unwrap();
        let carried = operator.apply(&DataArray::scalars(vec![3.0, 8.0]), f64::NAN);
        assert_eq!(carried.unwrap().values(), expected, "{nature:?}");
    }
}

/// Whether a point lies well inside a cell, by distances from the planes of its tetrahedra.
fn is_well_inside(mesh: &UnstructuredMesh, cell: CellId, point: &Point3) -> Option<bool> {
    let cut = mesh.tetrahedra().unwrap();
    let (pieces, parents) = match &cut {
        Some(cut) => (cut.mesh(), cut.parents().to_vec()),
        None => (mesh, mesh.cell_ids().collect()),
    };
    let mut inside = false;
    for (piece, parent) in pieces.cell_ids().zip(parents) {
        if parent != cell {
            continue;
        }
        let nodes = pieces.cell_nodes(piece).iter();
        let nodes: Vec<_> = nodes.map(|node| pieces.nodes()[node.index()]).collect();
        let volume =
            |a: Point3, b: Point3, c: Point3, d: Point3| (b - a).dot(&(c - a).cross(&(d - a)));
        let whole = volume(nodes[0], nodes[1], nodes[2], nodes[3]);
        let mut least = f64::INFINITY;
        for replaced in 0..4 {
            let mut corners = nodes.clone();
            corners[replaced] = *point;
            least = least.min(volume(corners[0], corners[1], corners[2], corners[3]) / whole);
        }
        if least.abs() < 1e-9 {
            return None;
        }
        inside |= least > 0.0;
    }
    Some(inside)
}

#[test]
fn points_lie_in_the_cell_that_the_slow_twin_says() {
    for shape in [
        BoxCellShape::Tetrahedron,
        BoxCellShape::Hexahedron,
        BoxCellShape::Polyhedron,
    ] {
        let source = jittered(shape, 2, 0.25, 3);
        // Some of it outside.
        let target = BoxMesh {
            origin: Point3::new(0.01, -0.12, 0.03),
            jitter: 0.25,
            ..BoxMesh::unit([3; 3])
        };
        let target = target.generate().unwrap();
        let scheme = PointLocation::between(Location::Cells, Location::Nodes);
        let found = columns(&matrix(&scheme, &source, &target));
        let mut outside = 0;
        for (point, found) in target.nodes().iter().zip(found) {
            let inside = |cell: &CellId| is_well_inside(&source, *cell, point);
            if source.cell_ids().any(|cell| inside(&cell).is_none()) {
                continue;
            }
            let expected = source.cell_ids().find(|cell| inside(cell) == Some(true));
            assert_eq!(found, expected.map(CellId::index), "{shape:?}: {point}");
            outside += usize::from(found.is_none());
        }
        assert!(outside > 0 && outside < target.node_count());
    }
}

#[test]
fn no_point_inside_falls_between_cells_and_shared_ones_go_to_the_lowest() {
    // Nodes of the same grid lie on nodes, edges and faces of the source.
    for shape in [
        BoxCellShape::Tetrahedron,
        BoxCellShape::Hexahedron,
        BoxCellShape::Wedge,
        BoxCellShape::Pyramid,
        BoxCellShape::Polyhedron,
    ] {
        let source = jittered(shape, 3, 0.25, 3);
        let scheme = PointLocation::between(Location::Cells, Location::Nodes);
        let around = source.node_cells();
        let found = columns(&matrix(&scheme, &source, &source));
        for (node, found) in (0..).zip(found) {
            let lowest = around.of(mesh_core::NodeId::new(node))[0];
            assert_eq!(found, Some(lowest.index()), "{shape:?}, node {node}");
        }
    }
    let source = BoxMesh::unit([3; 3]).generate().unwrap();
    let scheme = PointLocation::between(Location::Cells, Location::Nodes);
    let fine = BoxMesh::unit([6; 3]).generate().unwrap();
    assert!(
        columns(&matrix(&scheme, &source, &fine))
            .iter()
            .all(Option::is_some)
    );
}

#[test]
fn a_cell_with_a_hook_holds_what_is_in_it_only() {
    let hook = [
        [0.0, 0.0],
        [3.0, 0.0],
        [3.0, 2.0],
        [2.0, 2.0],
        [2.0, 1.0],
        [0.0, 1.0],
    ];
    let source = prism(&hook, 0.0, 1.0);
    let target = BoxMesh {
        size: Vector3::new(3.0, 2.0, 1.0),
        ..BoxMesh::unit([7, 6, 3])
    };
    let target = target.generate().unwrap();
    let scheme = PointLocation::between(Location::Cells, Location::Cells);
    let found = columns(&matrix(&scheme, &source, &target));
    for (point, found) in target.centroids().iter().zip(found) {
        let inside = point.y < 1.0 || point.x > 2.0;
        assert_eq!(found.is_some(), inside, "{point}");
    }
}

#[test]
fn linear_fields_on_nodes_are_exact_at_points() {
    for shape in [BoxCellShape::Tetrahedron, BoxCellShape::Pyramid] {
        let source = jittered(shape, 3, 0.2, 1);
        let target = jittered(BoxCellShape::Hexahedron, 4, 0.2, 2);
        let field = |point: &Point3| 1.0 + point.x - 2.0 * point.y + 0.5 * point.z;
        let values = DataArray::scalars(source.nodes().iter().map(field).collect());
        for (location, points) in [
            (Location::Cells, target.centroids()),
            (Location::Nodes, target.nodes().to_vec()),
        ] {
            let scheme = PointLocation::between(Location::Nodes, location);
            let matrix = matrix(&scheme, &source, &target);
            assert!(entries(&matrix).iter().all(|entry| entry.2 > 0.0));
            let nature = Nature::IntensiveMaximum;
            let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
            let carried = operator.apply(&values, f64::NAN).unwrap();
            for (value, point) in carried.values().iter().zip(&points) {
                assert!((value - field(point)).abs() <= 1e-14, "{shape:?} {point}");
            }
        }
    }
}

#[test]
fn matrices_of_points_have_the_same_bits_for_any_number_of_threads() {
    let source = jittered(BoxCellShape::Hexahedron, 5, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 6, 0.2, 2);
    let (cells, nodes) = (Location::Cells, Location::Nodes);
    for scheme in [
        &NearestCell::to(nodes) as &dyn MatrixScheme,
        &PointLocation::between(nodes, cells),
        &PointLocation::between(cells, nodes),
    ] {
        let digests = [1, 2, 5].map(|threads| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| matrix(scheme, &source, &target).digest())
        });
        assert!(digests.iter().all(|digest| *digest == digests[0]));
    }
}

#[test]
fn progress_counts_every_target_cell_once() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let source = jittered(BoxCellShape::Hexahedron, 2, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 6, 0.2, 2);
    let (cells, nodes) = (Location::Cells, Location::Nodes);
    for scheme in [
        &NearestCell::to(nodes) as &dyn MatrixScheme,
        &PointLocation::between(cells, cells),
        &remap::P1P1,
        &remap::P0P1,
    ] {
        for (source, target) in [(&source, &target), (&target, &source)] {
            let done = AtomicU64::new(0);
            let count = |cells| {
                done.fetch_add(cells, Ordering::Relaxed);
            };
            scheme.prepare_matrix(source, target, &count).unwrap();
            assert_eq!(done.into_inner(), target.cell_count() as u64);
        }
    }
}
