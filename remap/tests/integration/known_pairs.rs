//! Pairs of cells whose overlap is known in closed form, through meshes of one cell each.

use std::f64::consts::FRAC_PI_3;

use crate::common::{
    jittered, larger, largest, one_box, one_cell, overlaps, prism, real_mesh, tetrahedron,
    unit_cube,
};
use mesh_core::{BoxCellShape, CellId, Point3, Shape, UnstructuredMesh, Vector3};
use nalgebra::{Rotation3, Unit};
use remap::{Contributions, MomentsNeeded, Overlap, Scheme, prepare};

/// How far an overlap may be off, in volumes of the smaller cell.
const ROUNDING: f64 = 1e-15;

const UNIT_TETRAHEDRON: [[f64; 3]; 4] = [
    [0.0, 0.0, 0.0],
    [1.0, 0.0, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0],
];

/// The volume of the overlap of two meshes of one cell.
fn overlap(source: &UnstructuredMesh, target: &UnstructuredMesh) -> f64 {
    overlaps(source, target).sum()
}

/// The error of the overlap of two cells, in either direction, in volumes of the smaller cell.
fn error(one: &UnstructuredMesh, other: &UnstructuredMesh, expected: f64) -> f64 {
    let cell = CellId::new(0);
    let smaller = one.measure(cell).min(other.measure(cell));
    let error = |source, target| (overlap(source, target) - expected).abs() / smaller;
    larger(error(one, other), error(other, one))
}

/// Stores volume and first moment about the origin of coordinates: four rows per target cell.
struct AllMoments;

impl Scheme for AllMoments {
    fn name(&self) -> &'static str {
        "all-moments"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::VolumeAndFirst
    }

    fn rows(&self, target: &UnstructuredMesh) -> usize {
        4 * target.cell_count()
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let column = overlap.source.get();
        let row = 4 * overlap.target.get();
        contributions.add(row, column, overlap.moments.volume);
        let first = overlap.moments.first_about(&Point3::origin());
        for (axis, &moment) in (1..).zip(&first) {
            contributions.add(row + axis, column, moment);
        }
    }
}

fn volume_and_centroid(source: &UnstructuredMesh, target: &UnstructuredMesh) -> (f64, [f64; 3]) {
    let matrix = prepare(source, target, &AllMoments).unwrap().into_matrix();
    let moment = |row| matrix.get(row, 0).copied().unwrap_or_default();
    let volume = moment(0);
    (volume, [1, 2, 3].map(|row| moment(row) / volume))
}

#[test]
fn a_cube_turned_about_its_vertical_axis() {
    let cube = unit_cube();
    let center = Point3::new(0.5, 0.5, 0.5);
    let turned = |degrees: f64| {
        let rotation = Rotation3::from_axis_angle(&Vector3::z_axis(), degrees.to_radians());
        cube.rotate(&rotation, &center).unwrap()
    };
    assert!(error(&cube, &turned(45.0), 0.828_427_124_746_190_3) <= ROUNDING);
    assert!(error(&cube, &turned(30.0), 0.845_299_461_620_748_5) <= ROUNDING);
    let worst = largest((1..180).map(|degrees| {
        let degrees = f64::from(degrees);
        let (sine, cosine) = degrees.to_radians().sin_cos();
        error(
            &cube,
            &turned(degrees),
            2.0 / (1.0 + sine.abs() + cosine.abs()),
        )
    }));
    println!("turned cubes: {worst:e}");
    assert!(worst <= ROUNDING, "{worst:e}");
}

#[test]
fn a_cube_turned_by_sixty_degrees_about_its_diagonal_keeps_three_quarters() {
    let cube = unit_cube();
    let diagonal = Unit::new_normalize(Vector3::new(1.0, 1.0, 1.0));
    let rotation = Rotation3::from_axis_angle(&diagonal, FRAC_PI_3);
    let turned = cube.rotate(&rotation, &Point3::new(0.5, 0.5, 0.5)).unwrap();
    let error = error(&cube, &turned, 0.75);
    println!("sixty degrees: {error:e}");
    assert!(error <= ROUNDING, "{error:e}");
}

#[test]
fn the_two_tetrahedra_of_the_stella_octangula() {
    let even = tetrahedron([[0., 0., 0.], [1., 1., 0.], [1., 0., 1.], [0., 1., 1.]]);
    let odd = tetrahedron([[1., 1., 1.], [0., 0., 1.], [0., 1., 0.], [1., 0., 0.]]);
    let third = even.measure(CellId::new(0));
    assert!((third - 1.0 / 3.0).abs() <= 1e-16, "{third}");
    let error = error(&even, &odd, 1.0 / 6.0);
    println!("stella octangula: {error:e}");
    assert!(error <= ROUNDING, "{error:e}");
}

#[test]
fn a_cube_cut_by_a_plane_across_its_diagonal() {
    let cube = unit_cube();
    let cases = [
        (0.5, 1.0 / 48.0),
        (1.0, 1.0 / 6.0),
        (1.5, 0.5),
        (2.0, 5.0 / 6.0),
        (2.5, 47.0 / 48.0),
    ];
    for (sum, expected) in cases {
        // The half-space as a tetrahedron with its corner at the cube's, then ever farther away.
        for corner in [0.0, -1.0, -10.0, -1000.0] {
            let far = sum - 2.0 * corner;
            let half_space = tetrahedron([
                [corner; 3],
                [far, corner, corner],
                [corner, far, corner],
                [corner, corner, far],
            ]);
            let error = error(&cube, &half_space, expected);
            // The plane is given by three points that far away, each known to their rounding.
            let allowed = ROUNDING - corner * f64::EPSILON;
            println!("{sum} from {corner}: {error:e}");
            assert!(error <= allowed, "{sum} from {corner}: {error:e}");
        }
    }
}

#[test]
fn cells_that_only_touch_have_no_entry() {
    let cube = unit_cube();
    let shifted = |x: f64, y: f64, z: f64| cube.translate(&Vector3::new(x, y, z)).unwrap();
    let touching = [
        ("face", shifted(1.0, 0.0, 0.0)),
        ("part of a face", shifted(0.3, 0.2, -1.0)),
        (
            "small in large face",
            one_box([1.0, 0.25, 0.25], [1.125, 0.375, 0.5]),
        ),
        ("edge", shifted(1.0, -1.0, 0.0)),
        ("part of an edge", shifted(1.0, 1.0, 0.4)),
        ("vertex", shifted(1.0, 1.0, 1.0)),
        (
            "vertex on face",
            tetrahedron([[1., 0.3, 0.6], [2., 0., 0.], [2., 1., 0.], [2., 0., 1.]]),
        ),
        (
            "edge across edge",
            tetrahedron([[0.5, 1.5, 0.5], [1.5, 0.5, 0.5], [2., 2., 0.], [2., 2., 1.]]),
        ),
        (
            "concave around it",
            prism(
                &[
                    [0., 0.],
                    [0., -1.],
                    [2., -1.],
                    [2., 2.],
                    [0., 2.],
                    [0., 1.],
                    [1., 1.],
                    [1., 0.],
                ],
                0.0,
                1.0,
            ),
        ),
    ];
    let axis = Unit::new_normalize(Vector3::new(0.3, -0.7, 0.4));
    for (how, other) in &touching {
        for angle in 0..24 {
            let rotation = Rotation3::from_axis_angle(&axis, f64::from(angle) / 4.0);
            let turned = |mesh: &UnstructuredMesh| {
                mesh.rotate(&rotation, &Point3::new(0.1, 0.2, 0.3)).unwrap()
            };
            let (one, other) = (turned(&cube), turned(other));
            assert_eq!(overlaps(&one, &other).nonzeros(), 0, "{how}, {angle}");
            assert_eq!(
                overlaps(&other, &one).nonzeros(),
                0,
                "{how}, {angle}, swapped"
            );
        }
    }
}

fn assert_diagonal(name: &str, mesh: &UnstructuredMesh) {
    let matrix = overlaps(mesh, mesh);
    assert_eq!(matrix.nonzeros(), mesh.cell_count(), "{name}");
    let worst = largest(mesh.cell_ids().map(|cell| {
        let row = cell.index();
        let volume = mesh.measure(cell);
        (matrix.matrix().get(row, row).unwrap() - volume).abs() / volume
    }));
    println!("{name} with itself: {worst:e}");
    assert!(worst <= 1e-14, "{name}: {worst:e}");
}

#[test]
fn generated_meshes_overlap_themselves_in_a_diagonal_matrix() {
    for shape in [
        BoxCellShape::Hexahedron,
        BoxCellShape::Tetrahedron,
        BoxCellShape::Wedge,
        BoxCellShape::Pyramid,
        BoxCellShape::Polyhedron,
    ] {
        for jitter in [0.0, 0.2] {
            assert_diagonal(
                &format!("{shape:?} {jitter}"),
                &jittered(shape, 5, jitter, 3),
            );
        }
    }
}

#[test]
fn real_meshes_overlap_themselves_in_a_diagonal_matrix() {
    for name in [
        "pins_coarse.vtu",
        "ball_tet.vtu",
        "disk_prisms.vtu",
        "plate_hex.vtu",
    ] {
        assert_diagonal(name, &real_mesh(name));
    }
}

#[test]
fn a_mesh_of_warped_hexahedra_overlaps_itself_in_a_diagonal_matrix() {
    assert_diagonal("ball_warped_hex.vtu", &real_mesh("ball_warped_hex.vtu"));
}

#[test]
fn a_tetrahedron_and_its_shifted_copies() {
    let unit = tetrahedron(UNIT_TETRAHEDRON);
    let cases = [
        ([0.0, 0.0, 0.0], 1.0 / 6.0),
        ([0.01, -0.03, -0.02], 6859.0 / 48_000.0),
        ([0.01, -0.03, 0.0], 912_673.0 / 6_000_000.0),
    ];
    for (shift, expected) in cases {
        let shifted = unit.translate(&Vector3::from(shift)).unwrap();
        let error = error(&unit, &shifted, expected);
        println!("{shift:?}: {error:e}");
        assert!(error <= ROUNDING, "{shift:?}: {error:e}");
    }
}

#[test]
fn a_tetrahedron_in_a_tetrahedron() {
    let inner = tetrahedron([
        [4.90625, 2.25, -2.3125],
        [1.53125, 6.0, 1.4375],
        [1.15625, 2.25, 2.1875],
        [-1.09375, 1.5, -2.3125],
    ]);
    let outer = tetrahedron([
        [6.0, 2.0, -3.0],
        [1.5, 7.0, 2.0],
        [1.0, 2.0, 3.0],
        [-2.0, 1.0, -3.0],
    ]);
    let error = error(&inner, &outer, 1089.0 / 64.0);
    println!("inner and outer: {error:e}");
    assert!(error <= ROUNDING, "{error:e}");
}

#[test]
fn overlaps_of_tetrahedra_have_their_known_centroids() {
    let unit = tetrahedron(UNIT_TETRAHEDRON);
    let around = tetrahedron([
        [-0.1, -0.1, -0.1],
        [1.1, -0.1, -0.1],
        [-0.1, 1.1, -0.1],
        [-0.1, -0.1, 1.1],
    ]);
    let across = tetrahedron([
        [1.0, 0.0, 0.0],
        [-1.0, -4.0, 2.0],
        [-1.0, 4.0, 2.0],
        [-1.0, 0.0, -1.0],
    ]);
    let cases = [
        // 243/2000 is the part of the unit tetrahedron where x + y + z ≤ 0.9.
        (&around, 243.0 / 2000.0, [0.225; 3]),
        (
            &across,
            10.0 / 63.0,
            [0.25, 0.230_952_380_952_381, 0.260_714_285_714_286],
        ),
    ];
    for (other, volume, centroid) in cases {
        for (source, target) in [(other, &unit), (&unit, other)] {
            let found = volume_and_centroid(source, target);
            println!("{found:?}");
            assert!((found.0 - volume).abs() <= ROUNDING, "{found:?}");
            for (found, expected) in found.1.iter().zip(centroid) {
                assert!((found - expected).abs() <= 1e-15, "{found} for {expected}");
            }
        }
    }
}

#[test]
fn a_cell_of_every_shape_overlaps_the_box_around_it_with_its_volume() {
    let cases: [(Shape, &[[f64; 3]], f64); 3] = [
        (Shape::Tetrahedron, &UNIT_TETRAHEDRON, 1.0 / 6.0),
        (
            Shape::Pyramid,
            &[
                [0., 0., 0.],
                [1., 0., 0.],
                [1., 1., 0.],
                [0., 1., 0.],
                [0.5, 0.5, 1.],
            ],
            1.0 / 3.0,
        ),
        (
            Shape::Wedge,
            &[
                [0., 0., 0.],
                [1., 0., 0.],
                [0., 1., 0.],
                [0., 0., 1.],
                [1., 0., 1.],
                [0., 1., 1.],
            ],
            0.5,
        ),
    ];
    for (shape, nodes, volume) in cases {
        let error = error(&one_cell(shape, nodes), &unit_cube(), volume);
        assert!(error <= ROUNDING, "{shape:?}: {error:e}");
    }
}
