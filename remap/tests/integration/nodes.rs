//! Schemes between cells and nodes: exact for linear fields, conserving, on meshes of every shape.

use crate::common::{entries, jittered, largest, overlaps, prism, real_mesh, tetrahedron};
use mesh_core::{
    BoxCellShape, BoxMesh, CsrMatrix, DataArray, Location, Point3, UnstructuredMesh, Vector3,
    compensated_sum,
};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use remap::{
    Contributions, LinearP0P1, Nature, Neighbourhood, Overlap, OverlapMatrix, Overlaps, P0P0, P0P1,
    P1P0, P1P1, Pieces, Projection, ProjectionError, RemapOperator, Scheme, mass_matrix, prepare,
};

const SHAPES: [BoxCellShape; 5] = [
    BoxCellShape::Tetrahedron,
    BoxCellShape::Hexahedron,
    BoxCellShape::Wedge,
    BoxCellShape::Pyramid,
    BoxCellShape::Polyhedron,
];

/// A linear field, relative to a point near the mesh.
fn linear(about: Point3) -> impl Fn(&Point3) -> f64 {
    move |point| 1.0 + Vector3::new(1.0, -2.0, 0.5).dot(&(point - about))
}

fn at_nodes(mesh: &UnstructuredMesh, field: impl Fn(&Point3) -> f64) -> DataArray<f64> {
    DataArray::scalars(mesh.nodes().iter().map(field).collect())
}

/// The averages of a linear field over the cells.
fn at_cells(mesh: &UnstructuredMesh, field: impl Fn(&Point3) -> f64) -> DataArray<f64> {
    DataArray::scalars(mesh.centroids().iter().map(field).collect())
}

fn operator(
    matrix: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> RemapOperator {
    RemapOperator::new(matrix, source, target, Nature::IntensiveMaximum).unwrap()
}

/// Σ volume · value.
fn integral(mesh: &UnstructuredMesh, location: Location, field: &DataArray<f64>) -> f64 {
    let measures = mesh.measures_on(location);
    compensated_sum(measures.iter().zip(field.values()).map(|(m, v)| m * v))
}

fn largest_difference(one: &[f64], other: &[f64]) -> f64 {
    assert_eq!(one.len(), other.len());
    largest(
        one.iter()
            .zip(other)
            .map(|(one, other)| (one - other).abs()),
    )
}

/// A field with nothing linear about it.
fn wavy(point: &Point3) -> f64 {
    (5.0 * point.x).sin() + (3.0 * point.y * point.z).cos() + point.z * point.z
}

#[test]
fn linear_fields_on_nodes_arrive_as_exact_averages_on_cells_of_every_shape() {
    for (from, to) in SHAPES.into_iter().zip(SHAPES.into_iter().cycle().skip(2)) {
        let source = jittered(from, 3, 0.2, 1);
        let target = jittered(to, 4, 0.2, 2);
        let matrix = prepare(&source, &target, &P1P0).unwrap();
        assert_eq!(
            (matrix.source_location(), matrix.target_location()),
            (Location::Nodes, Location::Cells)
        );
        let field = linear(Point3::origin());
        let carried = operator(&matrix, &source, &target)
            .apply(&at_nodes(&source, &field), f64::NAN)
            .unwrap();
        let error = largest_difference(carried.values(), at_cells(&target, &field).values());
        assert!(error <= 2e-14, "{from:?} to {to:?}: {error:e}");

        // Rows sum to what P0-P0 has, columns to the volumes of the nodes.
        let volumes = overlaps(&source, &target);
        let error = largest_difference(&matrix.row_sums(), &volumes.row_sums());
        assert!(error <= 1e-16, "{from:?} to {to:?}: {error:e}");
        let measures = source.measures_on(Location::Nodes);
        let error = largest_difference(&matrix.column_sums(), &measures);
        assert!(error <= 1e-15, "{from:?} to {to:?}: {error:e}");
        assert!(entries(&matrix).iter().all(|entry| entry.2 >= 0.0));

        // Constants to the last digits; the integral of any field.
        let carried = operator(&matrix, &source, &target)
            .apply(&at_nodes(&source, wavy), f64::NAN)
            .unwrap();
        let before = integral(&source, Location::Nodes, &at_nodes(&source, wavy));
        let after = integral(&target, Location::Cells, &carried);
        assert!((after - before).abs() <= 1e-14, "{from:?} to {to:?}");
    }
}

#[test]
fn linear_fields_are_exact_on_real_tetrahedra() {
    for (source, target) in [
        ("pins_coarse.vtu", "pins_fine.vtu"),
        ("pins_fine.vtu", "pins_coarse.vtu"),
        ("ball_tet.vtu", "ball_warped_hex.vtu"),
        ("plate_tet.vtu", "plate_hex.vtu"),
    ] {
        let [from, to] = [source, target].map(real_mesh);
        let matrix = prepare(&from, &to, &P1P0).unwrap();
        let coverage = overlaps(&from, &to).target_coverage(&to).unwrap();
        let bounds = from.bounds();
        let field = linear(bounds.min);
        let carried = operator(&matrix, &from, &to)
            .apply(&at_nodes(&from, &field), f64::NAN)
            .unwrap();
        let range = largest(at_nodes(&from, &field).values().iter().map(|v| v.abs()));
        let (mut covered, mut worst) = (0, 0.0_f64);
        for (cell, centroid) in to.centroids().iter().enumerate() {
            // Averages over part of a cell are others.
            if (coverage[cell] - 1.0).abs() <= 1e-12 {
                covered += 1;
                let error = (carried.values()[cell] - field(centroid)).abs() / range;
                worst = largest([worst, error]);
            }
        }
        assert!(
            covered > to.cell_count() / 4,
            "{source} to {target}: {covered}"
        );
        assert!(worst <= 1e-12, "{source} to {target}: {worst:e}");
        // What is kept is the integral over what is covered.
        let sum = matrix.sum();
        let volume = overlaps(&from, &to).sum();
        assert!((sum / volume - 1.0).abs() <= 1e-13, "{source} to {target}");
    }
}

#[test]
fn p0_p1_is_the_transpose_of_p1_p0_with_the_meshes_exchanged() {
    for shape in SHAPES {
        let source = jittered(BoxCellShape::Tetrahedron, 3, 0.2, 3);
        let target = jittered(shape, 3, 0.2, 4);
        let forward = prepare(&source, &target, &P0P1).unwrap();
        let back = prepare(&target, &source, &P1P0).unwrap().transpose();
        let largest = back.difference(&forward).unwrap().largest;
        assert!(largest <= 1e-16, "{shape:?}: {largest:e}");
    }
}

#[test]
fn cell_values_to_nodes_keep_constants_integrals_and_bounds_when_lumped() {
    for shape in SHAPES {
        let source = jittered(BoxCellShape::Hexahedron, 4, 0.2, 5);
        let target = jittered(shape, 3, 0.2, 6);
        let matrix = prepare(&source, &target, &P0P1).unwrap();
        let field = at_cells(&source, wavy);
        for nature in [Nature::IntensiveMaximum, Nature::IntensiveConservation] {
            let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
            let carried = operator.apply(&field, f64::NAN).unwrap();
            let before = integral(&source, Location::Cells, &field);
            let after = integral(&target, Location::Nodes, &carried);
            assert!((after - before).abs() <= 1e-14, "{shape:?}");
            let range = |values: &[f64]| {
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                (
                    low,
                    values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                )
            };
            let ((low, high), (least, most)) = (range(field.values()), range(carried.values()));
            assert!(low - 1e-14 <= least && most <= high + 1e-14, "{shape:?}");
            let ones = DataArray::scalars(vec![1.0; source.cell_count()]);
            let ones = operator.apply(&ones, f64::NAN).unwrap();
            let error = largest_difference(ones.values(), &vec![1.0; target.node_count()]);
            assert!(error <= 1e-13, "{shape:?} {nature:?}: {error:e}");
        }
    }
}

#[test]
fn node_values_to_nodes_are_exact_integrals_of_products() {
    // For linear f and g the sum over all entries is ∫ f g: in the unit cube ∫ x² = 1/3, ∫ x y = 1/4.
    for (from, to) in SHAPES.into_iter().zip(SHAPES.into_iter().cycle().skip(1)) {
        let source = jittered(from, 2, 0.2, 1);
        let target = jittered(to, 3, 0.2, 2);
        let matrix = prepare(&source, &target, &P1P1).unwrap();
        for (f, g) in [(0, 0), (0, 1), (1, 1), (2, 0), (2, 2)] {
            let product = |(row, column, value): (usize, usize, f64)| {
                value * target.nodes()[row][f] * source.nodes()[column][g]
            };
            let sum = compensated_sum(entries(&matrix).into_iter().map(product));
            let expected = if f == g { 1.0 / 3.0 } else { 0.25 };
            assert!((sum - expected).abs() <= 1e-14, "{from:?} to {to:?}: {sum}");
        }
        for (sums, mesh) in [
            (matrix.row_sums(), &target),
            (matrix.column_sums(), &source),
        ] {
            let error = largest_difference(&sums, &mesh.measures_on(Location::Nodes));
            assert!(error <= 1e-15, "{from:?} to {to:?}: {error:e}");
        }
    }
}

#[test]
fn node_values_of_a_mesh_to_itself_are_the_mass_matrix() {
    for shape in SHAPES {
        let mesh = jittered(shape, 2, 0.2, 9);
        let matrix = prepare(&mesh, &mesh, &P1P1).unwrap();
        let mass = mass_matrix(&mesh).unwrap();
        let dense = |matrix: &CsrMatrix| {
            let mut dense = vec![0.0; matrix.rows() * matrix.cols()];
            for (&value, (row, column)) in matrix {
                dense[row as usize * matrix.cols() + column as usize] = value;
            }
            dense
        };
        let error = largest_difference(&dense(matrix.matrix()), &dense(&mass));
        assert!(error <= 1e-16, "{shape:?}: {error:e}");
    }
}

#[test]
fn projected_linear_fields_are_exact_at_nodes_of_every_shape() {
    for (from, to) in SHAPES.into_iter().zip(SHAPES.into_iter().cycle().skip(1)) {
        let source = jittered(from, 3, 0.2, 1);
        let target = jittered(to, 2, 0.2, 2);
        let matrix = prepare(&source, &target, &P1P1).unwrap();
        for nature in [Nature::IntensiveMaximum, Nature::IntensiveConservation] {
            let projection = Projection::new(&matrix, &source, &target, nature).unwrap();
            let field = linear(Point3::origin());
            let carried = projection
                .apply(&at_nodes(&source, &field), f64::NAN)
                .unwrap();
            let error = largest_difference(carried.values(), at_nodes(&target, &field).values());
            assert!(error <= 1e-13, "{from:?} to {to:?}: {error:e}");

            let carried = projection
                .apply(&at_nodes(&source, wavy), f64::NAN)
                .unwrap();
            let before = integral(&source, Location::Nodes, &at_nodes(&source, wavy));
            let after = integral(&target, Location::Nodes, &carried);
            assert!((after - before).abs() <= 1e-14, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn averages_of_linear_fields_are_projected_to_their_values_at_nodes() {
    let mut pairs: Vec<_> = SHAPES
        .into_iter()
        .zip(SHAPES.into_iter().cycle().skip(2))
        .map(|(from, to)| (jittered(from, 3, 0.2, 1), jittered(to, 3, 0.2, 2)))
        .collect();
    // Of the real ones no two fill the same space, but each fills its own.
    for name in ["plate_tet.vtu", "ball_warped_hex.vtu"] {
        pairs.push((real_mesh(name), real_mesh(name)));
    }
    for (source, target) in &pairs {
        let bounds = source.bounds();
        let size = bounds.extent().max();
        let near = linear(bounds.min);
        let field = |point: &Point3| near(&(bounds.min + (point - bounds.min) / size));
        let scheme = LinearP0P1::new(source, Neighbourhood::default());
        let matrix = prepare(source, target, &scheme).unwrap();
        let measures = target.measures_on(Location::Nodes);
        let missing = largest_difference(&matrix.row_sums(), &measures);
        assert!(missing <= 1e-13 * largest(measures), "{missing:e}");
        for nature in [Nature::IntensiveMaximum, Nature::IntensiveConservation] {
            let projection = Projection::new(&matrix, source, target, nature).unwrap();
            let carried = projection
                .apply(&at_cells(source, field), f64::NAN)
                .unwrap();
            let error = largest_difference(carried.values(), at_nodes(target, field).values());
            assert!(error <= 1e-12, "{source:?} to {target:?}: {error:e}");

            let values = at_cells(source, |point| wavy(&((point - bounds.min) / size).into()));
            let carried = projection.apply(&values, f64::NAN).unwrap();
            let before = integral(source, Location::Cells, &values);
            let after = integral(target, Location::Nodes, &carried);
            let volume = source.volume();
            assert!(
                (after - before).abs() <= 1e-13 * volume,
                "{source:?} to {target:?}"
            );
        }
    }
}

#[test]
fn a_projection_is_sharper_than_a_division() {
    let source = jittered(BoxCellShape::Tetrahedron, 6, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 5, 0.2, 2);
    let matrix = prepare(&source, &target, &P1P1).unwrap();
    let field = at_nodes(&source, wavy);
    let lumped = operator(&matrix, &source, &target)
        .apply(&field, f64::NAN)
        .unwrap();
    let projection = Projection::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    let projected = projection.apply(&field, f64::NAN).unwrap();
    let exact = at_nodes(&target, wavy);
    let [smeared, sharp] =
        [lumped, projected].map(|field| largest_difference(field.values(), exact.values()));
    assert!(sharp < 0.5 * smeared, "{sharp} {smeared}");
}

#[test]
fn a_mesh_far_from_the_origin_loses_no_more_than_its_coordinates_did() {
    for shape in [BoxCellShape::Tetrahedron, BoxCellShape::Hexahedron] {
        for offset in [1e3, 1e6] {
            let far = |shape, cells, seed| {
                let mesh = BoxMesh {
                    shape,
                    jitter: 0.2,
                    seed,
                    origin: Point3::new(offset, -offset, offset),
                    ..BoxMesh::unit([cells; 3])
                };
                mesh.generate().unwrap()
            };
            let (source, target) = (far(shape, 3, 1), far(BoxCellShape::Hexahedron, 4, 2));
            let matrix = prepare(&source, &target, &P1P0).unwrap();
            let field = linear(Point3::new(offset, -offset, offset));
            let carried = operator(&matrix, &source, &target)
                .apply(&at_nodes(&source, &field), f64::NAN)
                .unwrap();
            let error = largest_difference(carried.values(), at_cells(&target, &field).values());
            // Half an epsilon of a coordinate, times the gradient, some times over.
            let allowed = 1e-14 + 8.0 * f64::EPSILON * offset;
            assert!(error <= allowed, "{shape:?} at {offset}: {error:e}");
        }
    }
}

#[test]
fn linear_fields_stay_exact_on_needles_and_slivers() {
    for width in [1e-3, 1e-6] {
        let thin = |shape, cells, seed| {
            let mesh = BoxMesh {
                shape,
                jitter: 0.2,
                seed,
                size: Vector3::new(1.0, width, width),
                ..BoxMesh::unit([cells; 3])
            };
            mesh.generate().unwrap()
        };
        let source = thin(BoxCellShape::Tetrahedron, 3, 1);
        let target = thin(BoxCellShape::Hexahedron, 4, 2);
        let matrix = prepare(&source, &target, &P1P0).unwrap();
        // Steep along the short sides.
        let field = |point: &Point3| point.x + (point.y - 2.0 * point.z) / width;
        let carried = operator(&matrix, &source, &target)
            .apply(&at_nodes(&source, field), f64::NAN)
            .unwrap();
        let error = largest_difference(carried.values(), at_cells(&target, field).values());
        assert!(error <= 1e-13, "{width:e}: {error:e}");
    }
}

/// The volumes of overlaps with the tetrahedra of source cells, all at once.
struct VolumesOfPieces;

impl Scheme for VolumesOfPieces {
    fn name(&self) -> &'static str {
        "volumes of pieces"
    }

    fn source_pieces(&self) -> Pieces {
        Pieces::Tetrahedra
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        P0P0.contribute(overlap, contributions);
    }

    fn contribute_each(&self, overlaps: &Overlaps<'_>, contributions: &mut Contributions) {
        P0P0.contribute_each(overlaps, contributions);
    }
}

#[test]
fn a_cell_with_a_hook_counts_folded_tetrahedra_as_negative() {
    let hook = [
        [0.0, 0.0],
        [3.0, 0.0],
        [3.0, 2.0],
        [2.0, 2.0],
        [2.0, 1.0],
        [0.0, 1.0],
    ];
    let source = prism(&hook, 0.0, 1.0);
    assert!(!source.tetrahedra().unwrap().unwrap().inverted().is_empty());
    let target = BoxMesh {
        size: Vector3::new(3.0, 2.0, 1.0),
        jitter: 0.2,
        ..BoxMesh::unit([5, 4, 2])
    };
    let target = target.generate().unwrap();
    let matrix = prepare(&source, &target, &P1P0).unwrap();
    let volumes = overlaps(&source, &target);
    let error = largest_difference(&matrix.row_sums(), &volumes.row_sums());
    assert!(error <= 1e-15, "{error:e}");
    let coverage = volumes.target_coverage(&target).unwrap();
    let field = linear(Point3::origin());
    let values = at_nodes(&source, &field);
    for (row, centroid) in target.centroids().iter().enumerate() {
        if (coverage[row] - 1.0).abs() <= 1e-12 {
            let entries = matrix.matrix().outer_view(row).unwrap();
            let sum: f64 = entries.iter().map(|(n, v)| v * values.values()[n]).sum();
            let average = sum / volumes.row_sums()[row];
            assert!(
                (average - field(centroid)).abs() <= 1e-13,
                "{row}: {average}"
            );
        }
    }
    // Cut up as the target as well.
    let back = prepare(&target, &source, &P0P1).unwrap().transpose();
    assert!(back.difference(&matrix).unwrap().largest <= 1e-15);
    // And for volumes.
    let pieces = prepare(&source, &target, &VolumesOfPieces).unwrap();
    let error = largest_difference(&pieces.row_sums(), &volumes.row_sums());
    assert!(error <= 1e-15, "{error:e}");
}

#[test]
fn matrices_of_nodes_have_the_same_bits_for_any_number_of_threads() {
    let source = jittered(BoxCellShape::Hexahedron, 3, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2);
    for scheme in [&P1P0 as &dyn Scheme, &P0P1, &P1P1] {
        let runs = [1, 2, 5].map(|threads| {
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let matrix = prepare(&source, &target, scheme).unwrap();
                let values = if scheme.target_location() == Location::Nodes {
                    let nature = Nature::IntensiveMaximum;
                    let projection = Projection::new(&matrix, &source, &target, nature).unwrap();
                    let count = source.count_on(scheme.source_location());
                    let field = (0..count).map(|i| (i as f64).sin()).collect();
                    projection
                        .apply(&DataArray::scalars(field), 0.0)
                        .unwrap()
                        .into_values()
                } else {
                    Vec::new()
                };
                let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
                (matrix.digest(), bits)
            })
        });
        assert!(runs.iter().all(|run| *run == runs[0]), "{}", scheme.name());
    }
}

#[test]
fn a_target_that_sticks_out_keeps_constants_or_the_integral() {
    let source = jittered(BoxCellShape::Tetrahedron, 3, 0.2, 1);
    let target = BoxMesh {
        shape: BoxCellShape::Tetrahedron,
        size: Vector3::new(1.5, 1.0, 1.0),
        ..BoxMesh::unit([4, 3, 3])
    };
    let target = target.generate().unwrap();
    let matrix = prepare(&source, &target, &P0P1).unwrap();
    let ones = DataArray::scalars(vec![1.0; source.cell_count()]);
    let project = |nature| {
        let projection = Projection::new(&matrix, &source, &target, nature).unwrap();
        projection.apply(&ones, -7.0).unwrap()
    };
    let constant = project(Nature::IntensiveMaximum);
    let (mut inside, mut outside) = (0, 0);
    for (value, sum) in constant.values().iter().zip(matrix.row_sums()) {
        if sum > 0.0 {
            inside += 1;
            assert!((value - 1.0).abs() <= 1e-13, "{value}");
        } else {
            outside += 1;
            assert_eq!(*value, -7.0);
        }
    }
    assert!(inside > 0 && outside > 0);
    let conserving = project(Nature::IntensiveConservation);
    let after = integral(&target, Location::Nodes, &conserving);
    assert!((after - 1.0).abs() <= 1e-14, "{after}");
}

#[test]
fn what_a_projection_cannot_do_is_refused() {
    let mesh = tetrahedron([[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]);
    let to_nodes = prepare(&mesh, &mesh, &P1P1).unwrap();
    let to_cells = prepare(&mesh, &mesh, &P1P0).unwrap();
    let refusal = |matrix, nature| Projection::new(matrix, &mesh, &mesh, nature).unwrap_err();
    assert_eq!(
        refusal(&to_cells, Nature::IntensiveMaximum),
        ProjectionError::NotToNodes
    );
    let message = refusal(&to_nodes, Nature::ExtensiveMaximum).to_string();
    assert!(message.contains("extensive-maximum"), "{message}");
    let projection = Projection::new(&to_nodes, &mesh, &mesh, Nature::IntensiveMaximum).unwrap();
    let apply = |values: &[f64]| projection.apply(&DataArray::scalars(values.to_vec()), 0.0);
    let message = apply(&[1.0, f64::NAN, 0.0, 0.0]).unwrap_err().to_string();
    assert!(
        message.starts_with("value 1 of the field is NaN"),
        "{message}"
    );
    assert!(matches!(
        apply(&[1.0]),
        Err(ProjectionError::WrongLength { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the shapes, and however the target lies: rows and columns are covered volumes, entries are
    /// not negative, linear fields are exact where all is covered, and exchanging the meshes transposes.
    #[test]
    fn entries_are_exact_integrals(
        from in prop::sample::select(SHAPES.to_vec()),
        to in prop::sample::select(SHAPES.to_vec()),
        seed in 0..1000_u64,
        origin in prop::array::uniform3(-0.4..0.4_f64),
        size in prop::array::uniform3(0.3..1.5_f64),
    ) {
        let source = jittered(from, 2, 0.25, seed);
        let target = BoxMesh {
            shape: to,
            jitter: 0.25,
            seed: seed + 1,
            origin: Point3::from(origin),
            size: Vector3::from(size),
            ..BoxMesh::unit([2; 3])
        };
        let target = target.generate().unwrap();
        let matrix = prepare(&source, &target, &P1P0).unwrap();
        let volumes = overlaps(&source, &target);
        prop_assert!(largest_difference(&matrix.row_sums(), &volumes.row_sums()) <= 1e-15);
        prop_assert!(entries(&matrix).iter().all(|entry| entry.2 >= 0.0));

        let back = prepare(&target, &source, &P0P1).unwrap();
        prop_assert!(largest_difference(&back.row_sums(), &matrix.column_sums()) <= 1e-15);
        prop_assert!(back.transpose().difference(&matrix).unwrap().largest <= 1e-15);

        let field = linear(Point3::origin());
        let carried = operator(&matrix, &source, &target)
            .apply(&at_nodes(&source, &field), f64::NAN)
            .unwrap();
        let coverage = volumes.target_coverage(&target).unwrap();
        for (row, centroid) in target.centroids().iter().enumerate() {
            if (coverage[row] - 1.0).abs() <= 1e-12 {
                prop_assert!((carried.values()[row] - field(centroid)).abs() <= 1e-12);
            }
        }

        // Products of functions sum to one function.
        let products = prepare(&source, &target, &P1P1).unwrap();
        let columns = largest_difference(&products.column_sums(), &matrix.column_sums());
        prop_assert!(columns <= 1e-15, "{columns:e}");
        let rows = prepare(&source, &target, &P0P1).unwrap().row_sums();
        prop_assert!(largest_difference(&products.row_sums(), &rows) <= 1e-15);
    }
}
