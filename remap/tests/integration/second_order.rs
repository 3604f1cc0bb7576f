//! Second order as a matrix: how accurate it is, exact for linear fields on any mesh, and what cells
//! without neighbours do.

use std::f64::consts::TAU;

use crate::common::{entries, jittered, largest, overlaps, real_mesh, worst_sum};
use mesh_core::{
    BoxCellShape, BoxMesh, CartesianMesh, CellId, DataArray, MeshArrays, Point3, Shape,
    UnstructuredMesh, Vector3, dual_of_tetrahedra,
};
use partition::{Method, Partition, run_in_parts};
use rayon::ThreadPoolBuilder;
use remap::{
    Gradients, Nature, Neighbourhood, OverlapMatrix, P0P0, PrepareError, RemapOperator, Scheme,
    SecondOrder, prepare,
};

/// What a field becomes with a matrix, where rows sum to one.
fn carry(
    matrix: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    field: &[f64],
) -> Vec<f64> {
    let operator = RemapOperator::new(matrix, source, target, Nature::IntensiveMaximum).unwrap();
    let field = DataArray::scalars(field.to_vec());
    operator.apply(&field, f64::NAN).unwrap().into_values()
}

/// The means of `2 + sin 2πx sin 2πy sin 2πz` over the cells of a uniform grid of the unit cube.
fn exact_means(cells: usize) -> Vec<f64> {
    let means: Vec<f64> = (0..cells)
        .map(|i| {
            let ends = [i, i + 1].map(|i| (TAU * i as f64 / cells as f64).cos());
            (ends[0] - ends[1]) / TAU * cells as f64
        })
        .collect();
    let mut values = Vec::new();
    for z in &means {
        for y in &means {
            values.extend(means.iter().map(|x| 2.0 + x * y * z));
        }
    }
    values
}

/// The errors of a scheme from N³ to M³ cells in the norms L1, L2, L∞.
fn errors(scheme: &dyn Fn(&UnstructuredMesh) -> Box<dyn Scheme>, n: usize, m: usize) -> [f64; 3] {
    let [source, target] = [n, m].map(|cells| BoxMesh::unit([cells; 3]).generate().unwrap());
    let matrix = prepare(&source, &target, scheme(&source).as_ref()).unwrap();
    let carried = carry(&matrix, &source, &target, &exact_means(n));
    let errors = carried
        .iter()
        .zip(exact_means(m))
        .map(|(a, b)| (a - b).abs());
    let volume = 1.0 / (m * m * m) as f64;
    [
        errors.clone().sum::<f64>() * volume,
        (errors.clone().map(|error| error * error).sum::<f64>() * volume).sqrt(),
        largest(errors),
    ]
}

#[test]
fn errors_of_a_smooth_field_fall_with_the_order_of_the_scheme() {
    // N, M, errors of P0-P0 in L1, L2, L∞, error of second order in L1; from independent programs.
    let table = [
        (
            8,
            7,
            [2.492_409_672_6e-2, 4.374_452_727_7e-2, 1.075_330_991_2e-1],
            4.28e-3,
        ),
        (
            16,
            13,
            [1.266_379_252_7e-2, 1.638_637_513_1e-2, 4.132_379_912_7e-2],
            7.89e-4,
        ),
        (
            32,
            25,
            [4.871_348_932_7e-3, 6.441_853_303_0e-3, 1.609_825_221_5e-2],
            1.40e-4,
        ),
        (
            64,
            49,
            [2.263_963_141_6e-3, 2.951_433_557_7e-3, 7.824_737_923_2e-3],
            3.15e-5,
        ),
    ];
    for neighbourhood in Neighbourhood::ALL {
        let second_order = |source: &UnstructuredMesh| -> Box<dyn Scheme> {
            Box::new(SecondOrder::new(source, neighbourhood))
        };
        let mut before = None;
        for (n, m, _, expected) in table {
            let [found, ..] = errors(&second_order, n, m);
            if neighbourhood == Neighbourhood::Faces {
                assert!(found <= 2.0 * expected, "{n} to {m}: {found:e}");
                assert!(found >= 0.5 * expected, "{n} to {m}: {found:e}");
            }
            if n == 64 {
                let order = f64::log2(before.unwrap() / found);
                assert!(order >= 1.9, "{neighbourhood:?}: order {order}");
            }
            before = Some(found);
        }
    }
    for (n, m, expected, _) in table {
        let found = errors(&|_| Box::new(P0P0), n, m);
        for (found, expected) in found.into_iter().zip(expected) {
            // As many digits as the table has.
            assert!((found - expected).abs() <= 1e-10, "{n} to {m}: {found:e}");
        }
    }
}

#[test]
fn a_linear_field_on_grids_has_the_errors_that_it_should_have() {
    let linear = |mesh: &UnstructuredMesh| -> Vec<f64> {
        let places = mesh.centroids().into_iter();
        places.map(|c| 1.0 + c.x + 2.0 * c.y + 3.0 * c.z).collect()
    };
    let [source, target] = [5, 7].map(|cells| BoxMesh::unit([cells; 3]).generate().unwrap());
    let errors = |scheme: &dyn Scheme| -> Vec<f64> {
        let matrix = prepare(&source, &target, scheme).unwrap();
        let carried = carry(&matrix, &source, &target, &linear(&source));
        let pairs = carried.iter().zip(linear(&target));
        pairs.map(|(a, b)| (a - b).abs()).collect()
    };
    let p0_p0 = errors(&P0P0);
    let mean = p0_p0.iter().sum::<f64>() / p0_p0.len() as f64;
    assert!((mean - 0.055_177_0).abs() <= 5e-8, "{mean}");
    assert!((largest(p0_p0) - 0.171_428_571).abs() <= 5e-10);
    for neighbourhood in Neighbourhood::ALL {
        let found = largest(errors(&SecondOrder::new(&source, neighbourhood)));
        assert!(found <= 1e-13, "{neighbourhood:?}: {found:e}");
    }
}

/// A copy with all coordinates multiplied by a factor about a point.
fn shrunk(mesh: &UnstructuredMesh, factor: f64, centre: Vector3) -> UnstructuredMesh {
    let moved = mesh.translate(&-centre).unwrap();
    let scaled = moved.scale(&Vector3::repeat(factor)).unwrap();
    scaled.translate(&centre).unwrap()
}

/// A name, a source mesh, a target mesh that lies in it or nearly so.
fn pairs() -> Vec<(&'static str, UnstructuredMesh, UnstructuredMesh)> {
    let origin = Vector3::zeros();
    let middle = |mesh: &UnstructuredMesh| mesh.bounds().center().coords;
    let [ball_tet, ball_hex] = ["ball_tet.vtu", "ball_warped_hex.vtu"].map(real_mesh);
    let [pins_coarse, pins_fine] = ["pins_coarse.vtu", "pins_fine.vtu"].map(real_mesh);
    let [plate_hex, plate_tet] = ["plate_hex.vtu", "plate_tet.vtu"].map(real_mesh);
    let disk = real_mesh("disk_prisms.vtu");
    let dual = dual_of_tetrahedra(&pins_fine).unwrap();
    let box_of_pins = BoxMesh {
        origin: pins_fine.bounds().min,
        size: pins_fine.bounds().extent(),
        jitter: 0.2,
        ..BoxMesh::unit([12, 12, 6])
    };
    let box_of_pins = box_of_pins.generate().unwrap();
    vec![
        (
            "warped hexahedra",
            ball_hex.clone(),
            shrunk(&ball_tet, 0.97, origin),
        ),
        ("tetrahedra", ball_tet, shrunk(&ball_hex, 0.97, origin)),
        ("prisms", disk.clone(), shrunk(&disk, 0.9, middle(&disk))),
        ("hexahedra", plate_hex.clone(), plate_tet.clone()),
        ("plate", plate_tet, plate_hex),
        ("pins", pins_coarse, pins_fine),
        ("dual polyhedra", dual, box_of_pins),
        (
            "warped polyhedra",
            jittered(BoxCellShape::Polyhedron, 5, 0.2, 3),
            jittered(BoxCellShape::Wedge, 6, 0.2, 4),
        ),
    ]
}

const SLOPE: Vector3 = Vector3::new(1.0, -2.0, 3.0);

/// A linear field, of values up to some ten.
fn linear(mesh: &UnstructuredMesh) -> Vec<f64> {
    let places = mesh.centroids().into_iter();
    places.map(|c| 0.5 + SLOPE.dot(&c.coords)).collect()
}

#[test]
fn linear_fields_arrive_exactly_on_any_mesh() {
    for (name, source, target) in pairs() {
        let boundary = source.boundary_cells();
        let volumes = target.measures();
        let covered = overlaps(&source, &target).row_sums();
        let is_wholly_covered =
            |row: usize| (covered[row] - volumes[row]).abs() <= 1e-12 * volumes[row];
        for neighbourhood in Neighbourhood::ALL {
            let scheme = SecondOrder::new(&source, neighbourhood);
            let matrix = prepare(&source, &target, &scheme).unwrap();
            let carried = carry(&matrix, &source, &target, &linear(&source));
            let (mut worst, mut rows, mut at_boundary) = (0.0, 0, 0);
            for (row, expected) in linear(&target).into_iter().enumerate() {
                if !is_wholly_covered(row) {
                    continue;
                }
                rows += 1;
                let entries = matrix.matrix().outer_view(row).unwrap();
                let columns = entries.indices().iter();
                let mut columns = columns.map(|&column| CellId::new(column));
                at_boundary += usize::from(columns.any(|c| boundary.binary_search(&c).is_ok()));
                worst = crate::common::larger((carried[row] - expected).abs(), worst);
            }
            println!(
                "{name}, {neighbourhood:?}: {worst:e} in {rows} rows, {at_boundary} at the boundary"
            );
            assert!(worst <= 1e-12, "{name}, {neighbourhood:?}: {worst:e}");
            assert!(rows > target.cell_count() / 4, "{name}: {rows} rows");
            assert!(at_boundary > 100, "{name}: {at_boundary} rows");
        }
    }
}

#[test]
fn gradients_of_linear_fields_are_exact_in_every_cell() {
    for (name, source, _) in pairs() {
        let volumes = source.measures();
        for neighbourhood in Neighbourhood::ALL {
            let found = Gradients::new(&source, neighbourhood).of_field(&linear(&source));
            let error = |(gradient, volume): (&Vector3, &f64)| {
                // The values' own rounding over the size of the cell.
                (gradient - SLOPE).norm() * volume.cbrt()
            };
            let worst = largest(found.iter().zip(&volumes).map(error));
            assert!(worst <= 1e-12, "{name}, {neighbourhood:?}: {worst:e}");
        }
    }
}

#[test]
fn rows_sum_to_overlaps_and_columns_to_source_cells() {
    for (name, source, target) in pairs() {
        let volumes = overlaps(&source, &target);
        for neighbourhood in Neighbourhood::ALL {
            let scheme = SecondOrder::new(&source, neighbourhood);
            let matrix = prepare(&source, &target, &scheme).unwrap();
            let (found, expected) = (matrix.row_sums(), volumes.row_sums());
            assert_eq!(found.len(), expected.len());
            let measures = target.measures();
            for ((found, expected), measure) in found.iter().zip(&expected).zip(measures) {
                assert!(
                    (found - expected).abs() <= 1e-14 * measure,
                    "{name}: {found} {expected}"
                );
            }
        }
    }
    // Where the meshes cover each other.
    let source = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 5);
    let target = jittered(BoxCellShape::Hexahedron, 5, 0.2, 6);
    let scheme = SecondOrder::new(&source, Neighbourhood::Faces);
    let matrix = prepare(&source, &target, &scheme).unwrap();
    let worst = worst_sum(&matrix.column_sums(), &source.measures());
    assert!(worst <= 1e-12, "{worst:e}");
}

/// A grid of the box from 0 to these lengths.
fn grid(cells: [usize; 3], size: [f64; 3]) -> UnstructuredMesh {
    BoxMesh {
        size: Vector3::from(size),
        ..BoxMesh::unit(cells)
    }
    .generate()
    .unwrap()
}

#[test]
fn where_no_cells_lie_there_is_no_gradient() {
    let cases = [
        ("a lone cell", [1, 1, 1]),
        ("two cells", [2, 1, 1]),
        ("a row", [5, 1, 1]),
        ("a layer", [4, 3, 1]),
        ("two layers", [4, 3, 2]),
    ];
    for (name, cells) in cases {
        let mesh = grid(cells, [1.0, 2.0, 0.5]);
        for neighbourhood in Neighbourhood::ALL {
            let expected =
                Vector3::from([0, 1, 2].map(|i| if cells[i] > 1 { SLOPE[i] } else { 0.0 }));
            for gradient in Gradients::new(&mesh, neighbourhood).of_field(&linear(&mesh)) {
                let error = (gradient - expected).norm();
                assert!(error <= 1e-13, "{name}, {neighbourhood:?}: {gradient}");
            }
        }
    }
}

#[test]
fn a_layer_in_no_plane_of_axes_has_no_gradient_across() {
    let layer = grid([6, 5, 1], [1.0, 1.0, 0.125]);
    let axis = nalgebra::Unit::new_normalize(Vector3::new(1.0, 2.0, -1.0));
    let rotation = nalgebra::Rotation3::from_axis_angle(&axis, 0.7);
    let turned = layer.rotate(&rotation, &Point3::origin()).unwrap();
    let across = rotation * Vector3::z();
    for neighbourhood in Neighbourhood::ALL {
        for gradient in Gradients::new(&turned, neighbourhood).of_field(&linear(&turned)) {
            let expected = SLOPE - across * SLOPE.dot(&across);
            assert!(
                (gradient - expected).norm() <= 1e-13,
                "{neighbourhood:?}: {gradient}"
            );
        }
    }
}

#[test]
fn layers_of_any_thickness_have_a_gradient_across() {
    // Thinner ones lose digits: the rounding of centroids turns the way from layer to layer.
    for thickness in [1e-3, 1e-6, 1e-9] {
        let mesh = grid([4, 4, 4], [1.0, 1.0, thickness]);
        // As steep across, seen over the whole, as along.
        let slope = Vector3::new(1.0, -2.0, 3.0 / thickness);
        let values: Vec<f64> = mesh
            .centroids()
            .iter()
            .map(|c| slope.dot(&c.coords))
            .collect();
        for neighbourhood in Neighbourhood::ALL {
            for gradient in Gradients::new(&mesh, neighbourhood).of_field(&values) {
                let error = (gradient - slope).component_div(&slope).norm();
                assert!(error <= 1e-12, "{thickness}, {neighbourhood:?}: {error:e}");
            }
        }
    }
}

#[test]
fn cells_that_are_there_twice_do_no_harm() {
    let mesh = jittered(BoxCellShape::Tetrahedron, 3, 0.2, 7);
    let twice: Vec<CellId> = mesh.cell_ids().chain(mesh.cell_ids().step_by(5)).collect();
    let mesh = mesh.extract(&twice).unwrap();
    for neighbourhood in Neighbourhood::ALL {
        for gradient in Gradients::new(&mesh, neighbourhood).of_field(&linear(&mesh)) {
            assert!(
                (gradient - SLOPE).norm() <= 1e-12,
                "{neighbourhood:?}: {gradient}"
            );
        }
    }
    // Nothing but the same cell twice, from another node on: centroids differ by rounding.
    let corners = crate::common::box_corners([0.1, 0.3, 0.7], [1.1, 1.6, 1.9]);
    let twice = UnstructuredMesh::builder(corners.map(Point3::from).to_vec())
        .cell(Shape::Hexahedron, &[0, 1, 2, 3, 4, 5, 6, 7])
        .cell(Shape::Hexahedron, &[6, 5, 4, 7, 2, 1, 0, 3])
        .build()
        .unwrap();
    let [one, other] = [0, 6].map(|node| twice.nodes()[node].coords);
    let centroids = twice.centroids_from_first_nodes();
    assert_ne!(
        other - one + (centroids[1] - centroids[0]),
        Vector3::zeros()
    );
    for neighbourhood in Neighbourhood::ALL {
        let gradients = Gradients::new(&twice, neighbourhood).of_field(&[1.0, 2.0]);
        assert_eq!(gradients, [Vector3::zeros(); 2]);
    }
}

#[test]
fn cells_without_volume_are_no_neighbours_but_no_border_either() {
    // Two layers of boxes along x, held together by a flat hexahedron between x = 1 and x = 1.
    let quad = |x: f64| [[x, 0.0, 0.0], [x, 1.0, 0.0], [x, 1.0, 1.0], [x, 0.0, 1.0]];
    let nodes = [0.0, 1.0, 1.0, 2.0].map(quad).concat();
    let cell = |low: u32, high: u32| {
        [
            low,
            low + 1,
            low + 2,
            low + 3,
            high,
            high + 1,
            high + 2,
            high + 3,
        ]
    };
    let mesh = UnstructuredMesh::builder(nodes.into_iter().map(Point3::from).collect())
        .cell(Shape::Hexahedron, &cell(0, 4))
        .cell(Shape::Hexahedron, &cell(4, 8))
        .cell(Shape::Hexahedron, &cell(8, 12))
        .build()
        .unwrap();
    assert_eq!(mesh.measures(), [1.0, 0.0, 1.0]);
    for neighbourhood in Neighbourhood::ALL {
        let gradients = Gradients::new(&mesh, neighbourhood).of_field(&[1.0, 1e30, 3.0]);
        let slope = Vector3::new(2.0, 0.0, 0.0);
        assert_eq!(gradients, [slope, Vector3::zeros(), slope]);
    }
}

#[test]
fn scaling_both_meshes_by_a_power_of_two_scales_every_entry_exactly() {
    let source = jittered(BoxCellShape::Tetrahedron, 3, 0.2, 8);
    let target = jittered(BoxCellShape::Hexahedron, 4, 0.2, 9);
    for neighbourhood in Neighbourhood::ALL {
        let matrix = |k: i32| {
            let factor = Vector3::repeat(f64::powi(2.0, k));
            let [source, target] = [&source, &target].map(|mesh| mesh.scale(&factor).unwrap());
            prepare(&source, &target, &SecondOrder::new(&source, neighbourhood)).unwrap()
        };
        let expected = matrix(0);
        for k in [-40, 17] {
            let found = matrix(k);
            assert_eq!(found.matrix().indices(), expected.matrix().indices());
            for (found, expected) in entries(&found).iter().zip(entries(&expected)) {
                assert_eq!(found.2, expected.2 * f64::powi(2.0, 3 * k));
            }
        }
    }
}

/// A mesh with its nodes elsewhere.
fn with_nodes(mesh: &UnstructuredMesh, move_node: impl Fn(&Point3) -> Point3) -> UnstructuredMesh {
    UnstructuredMesh::new(MeshArrays {
        nodes: mesh.nodes().iter().map(move_node).collect(),
        shapes: mesh.shapes().to_vec(),
        offsets: mesh.offsets().to_vec(),
        connectivity: mesh.connectivity().to_vec(),
        polyhedra: mesh.polyhedra().clone(),
    })
    .unwrap()
}

#[test]
fn far_from_the_origin_nothing_is_lost_but_what_the_coordinates_have_lost() {
    let near_source = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 10);
    let near_target = jittered(BoxCellShape::Polyhedron, 4, 0.2, 11);
    for offset in [1e6, 1e9] {
        let offset = Vector3::new(offset, -offset, 0.7 * offset);
        let [source, target] = [&near_source, &near_target].map(|m| m.translate(&offset).unwrap());
        // The same, moved back without rounding.
        let back = |mesh: &UnstructuredMesh| with_nodes(mesh, |node| node - offset);
        let [back_source, back_target] = [&source, &target].map(back);
        let scheme = SecondOrder::new(&source, Neighbourhood::Faces);
        let far = prepare(&source, &target, &scheme).unwrap();
        let scheme = SecondOrder::new(&back_source, Neighbourhood::Faces);
        let near = prepare(&back_source, &back_target, &scheme).unwrap();
        let field = linear(&back_source);
        let far = carry(&far, &source, &target, &field);
        let near = carry(&near, &back_source, &back_target, &field);
        for ((far, near), expected) in far.iter().zip(&near).zip(linear(&back_target)) {
            assert!((far - near).abs() <= 1e-13, "{offset}: {far} {near}");
            assert!(
                (far - expected).abs() <= 1e-12,
                "{offset}: {far} {expected}"
            );
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (name, source, target) in pairs().into_iter().skip(5) {
        for neighbourhood in Neighbourhood::ALL {
            let run = |threads| {
                let pool = ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build()
                    .unwrap();
                pool.install(|| {
                    let scheme = SecondOrder::new(&source, neighbourhood);
                    prepare(&source, &target, &scheme).unwrap().digest()
                })
            };
            let alone = run(1);
            for threads in [2, 5] {
                assert_eq!(alone, run(threads), "{name}, {threads} threads");
            }
        }
    }
}

#[test]
fn parts_merged_are_the_whole_bit_for_bit() {
    let (_, source, target) = pairs().swap_remove(5);
    let scheme = SecondOrder::new(&source, Neighbourhood::Faces);
    let whole = prepare(&source, &target, &scheme).unwrap();
    for method in Method::ALL {
        let partition = Partition::new(&target, 5, method).unwrap();
        let merged = run_in_parts(&target, &partition, |part| {
            prepare(&source, &part.mesh, &scheme).map(OverlapMatrix::into_matrix)
        })
        .unwrap();
        assert_eq!(mesh_core::digest(&merged), whole.digest(), "{method:?}");
    }
}

#[test]
fn extensive_totals_are_kept() {
    let source = jittered(BoxCellShape::Hexahedron, 5, 0.2, 12);
    let target = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 13);
    let scheme = SecondOrder::new(&source, Neighbourhood::Faces);
    let matrix = prepare(&source, &target, &scheme).unwrap();
    // Totals of a linear density.
    let totals = |mesh: &UnstructuredMesh| -> Vec<f64> {
        let densities = linear(mesh).into_iter().zip(mesh.measures());
        densities
            .map(|(density, volume)| density * volume)
            .collect()
    };
    for nature in [Nature::ExtensiveMaximum, Nature::ExtensiveConservation] {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let carried = operator
            .apply(&DataArray::scalars(totals(&source)), 0.0)
            .unwrap();
        for (found, expected) in carried.values().iter().zip(totals(&target)) {
            assert!(
                (found - expected).abs() <= 1e-13,
                "{nature:?}: {found} {expected}"
            );
        }
        let [before, after] =
            [&totals(&source)[..], carried.values()].map(|t| t.iter().sum::<f64>());
        assert!(
            (after - before).abs() <= 1e-13,
            "{nature:?}: {before} {after}"
        );
    }
}

#[test]
fn a_scheme_for_another_source_mesh_is_refused() {
    let mesh = grid([2, 2, 2], [1.0; 3]);
    let axis: Vec<f64> = vec![0.0, 0.5, 1.0];
    let same = CartesianMesh::new(vec![axis; 3])
        .unwrap()
        .to_unstructured()
        .unwrap();
    let other = grid([2, 2, 2], [1.0, 1.0, 2.0]);
    let scheme = SecondOrder::new(&mesh, Neighbourhood::Faces);
    assert!(prepare(&same, &other, &scheme).is_ok());
    let error = prepare(&other, &mesh, &scheme).unwrap_err();
    assert!(matches!(error, PrepareError::OtherSource { .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.starts_with("scheme second-order was made for a source mesh"),
        "{message}"
    );
}
