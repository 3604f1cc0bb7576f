//! Geometry on which other remapping codes lose mass, invent neighbours or give up.

use crate::common::{
    box_corners, entries, jittered, larger, largest, one_box, one_cell, overlaps, prism,
    tetrahedron, unit_cube, worst_sum,
};
use mesh_core::{BoxCellShape, CartesianMesh, CellId, Point3, Shape, UnstructuredMesh, Vector3};
use nalgebra::{Rotation3, Unit};
use remap::check::check;
use remap::{MatrixMismatch, Nature, OperatorError, RemapOperator};

/// A mesh of boxes between the coordinates along each axis.
fn grid(axes: [Vec<f64>; 3]) -> UnstructuredMesh {
    let mesh = CartesianMesh::new(axes.into()).unwrap();
    mesh.to_unstructured().unwrap()
}

/// Two hexahedra side by side; of their common face the node (1, 1, 1) is moved to (1 + warp, 1, 1).
fn two_hexahedra(warp: f64) -> UnstructuredMesh {
    let mut nodes = Vec::new();
    for x in [0.0, 1.0, 2.0] {
        for [y, z] in [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]] {
            let moved = if [x, y, z] == [1.0; 3] { warp } else { 0.0 };
            nodes.push(Point3::new(x + moved, y, z));
        }
    }
    UnstructuredMesh::builder(nodes)
        .cell(Shape::Hexahedron, &[0, 1, 2, 3, 4, 5, 6, 7])
        .cell(Shape::Hexahedron, &[4, 5, 6, 7, 8, 9, 10, 11])
        .build()
        .unwrap()
}

#[test]
fn two_hexahedra_with_a_warped_face_between_them_fill_their_box() {
    let around = one_box([0.0; 3], [2.0, 1.0, 1.0]);
    for warp in [0.3, -0.3, 0.5, 0.01, 1e-6, 1e-12, 0.0] {
        let warped = two_hexahedra(warp);
        assert_eq!(warped.mirrored_cells(), 0);
        let expected = [1.0 + warp / 4.0, 1.0 - warp / 4.0];
        for sums in [
            overlaps(&around, &warped).row_sums(),
            overlaps(&warped, &around).column_sums(),
            warped.measures(),
        ] {
            for (sum, expected) in sums.iter().zip(expected) {
                assert!((sum - expected).abs() <= 1e-14, "{warp}: {sums:?}");
            }
            assert!((sums[0] + sums[1] - 2.0).abs() <= 1e-14, "{warp}: {sums:?}");
        }
    }
}

#[test]
fn a_warped_face_is_the_same_from_both_sides_whatever_cuts_it() {
    let warped = two_hexahedra(0.3);
    for other in [
        jittered(BoxCellShape::Hexahedron, 4, 0.2, 5),
        jittered(BoxCellShape::Tetrahedron, 3, 0.2, 6),
    ] {
        let other = other.scale(&Vector3::new(2.0, 1.0, 1.0)).unwrap();
        let matrix = overlaps(&warped, &other);
        let rows = worst_sum(&matrix.row_sums(), &other.measures());
        let columns = worst_sum(&matrix.column_sums(), &[1.075, 0.925]);
        println!("cut warped face: rows {rows:e}, columns {columns:e}");
        assert!(rows <= 1e-13, "{rows:e}");
        assert!(columns <= 1e-14, "{columns:e}");
    }
}

/// A prism of area 7 and height 1: a square of 3 × 3 with a notch from above.
fn u_shape() -> UnstructuredMesh {
    let polygon = [
        [0.0, 0.0],
        [3.0, 0.0],
        [3.0, 3.0],
        [2.0, 3.0],
        [2.0, 1.0],
        [1.0, 1.0],
        [1.0, 3.0],
        [0.0, 3.0],
    ];
    prism(&polygon, 0.0, 1.0)
}

#[test]
fn a_u_shaped_prism_keeps_its_volume_inside_a_box() {
    let shape = u_shape();
    let around = one_box([-1.0; 3], [4.0, 4.0, 2.0]);
    let exactly = one_box([0.0; 3], [3.0, 3.0, 1.0]);
    for (cell, expected) in [(&around, 7.0), (&exactly, 7.0), (&shape, 7.0)] {
        for (source, target) in [(&shape, cell), (cell, &shape)] {
            let volume = overlaps(source, target).sum();
            assert!((volume - expected).abs() <= 1e-14, "{volume}");
        }
    }
}

#[test]
fn a_u_shaped_prism_overlaps_boxes_with_what_they_share() {
    let shape = u_shape();
    let cases = [
        // In the notch, touching three sides of it.
        ([1.0, 1.0, 0.0], [2.0, 3.0, 1.0], 0.0),
        ([1.25, 1.5, 0.25], [1.75, 2.0, 0.75], 0.0),
        // Across the notch: two pieces.
        ([0.5, 2.0, 0.25], [2.5, 2.5, 0.75], 0.25),
        // Over the ground of the notch.
        ([1.0, 0.5, 0.5], [2.0, 1.5, 1.5], 0.25),
        ([0.0, 0.0, 0.0], [3.0, 1.0, 1.0], 3.0),
    ];
    for (low, high, expected) in cases {
        let other = one_box(low, high);
        for (source, target) in [(&shape, &other), (&other, &shape)] {
            let matrix = overlaps(source, target);
            assert_eq!(matrix.nonzeros(), usize::from(expected > 0.0));
            assert!((matrix.sum() - expected).abs() <= 1e-15, "{}", matrix.sum());
        }
    }
}

#[test]
fn the_pieces_of_a_u_shaped_prism_add_up() {
    let axis = Unit::new_normalize(Vector3::new(0.2, 1.0, 0.3));
    let rotation = Rotation3::from_axis_angle(&axis, 0.7);
    let shape = u_shape()
        .rotate(&rotation, &Point3::new(1.5, 1.5, 0.5))
        .unwrap();
    let around = jittered(BoxCellShape::Hexahedron, 5, 0.2, 9)
        .scale(&Vector3::repeat(6.0))
        .unwrap()
        .translate(&Vector3::new(-1.5, -1.5, -2.5))
        .unwrap();
    let bounds = around.bounds();
    assert!(shape.nodes().iter().all(|node| bounds.contains(node)));
    for sum in [
        overlaps(&around, &shape).sum(),
        overlaps(&shape, &around).sum(),
    ] {
        println!("turned U: {:e}", (sum - 7.0) / 7.0);
        assert!((sum - 7.0).abs() <= 7e-14, "{sum}");
    }
}

/// Thicknesses of needles and layers: 1e-1, 1e-2, …, 1e-12.
fn thicknesses() -> impl Iterator<Item = f64> {
    (1..=12).map(|power| 10.0_f64.powi(-power))
}

/// Checks that the cells of `thin`, which lie inside those of `around`, keep their volumes.
fn assert_kept(
    what: &str,
    thin: &UnstructuredMesh,
    around: &UnstructuredMesh,
    allowed: f64,
) -> f64 {
    let rows = overlaps(around, thin).row_sums();
    let columns = overlaps(thin, around).column_sums();
    let volumes = thin.measures();
    let worst = larger(worst_sum(&rows, &volumes), worst_sum(&columns, &volumes));
    assert!(worst <= allowed, "{what}: {worst:e}");
    worst
}

#[test]
fn needles_and_layers_keep_their_volume() {
    let cube = unit_cube();
    let mut worst = 0.0;
    for thickness in thicknesses() {
        for start in [0.0, 0.5, 1.0 / 3.0, 1.0 - thickness] {
            let end = if start + thickness > 1.0 {
                1.0
            } else {
                start + thickness
            };
            for long in 0..3 {
                let extent = |axis| {
                    if axis == long {
                        [0.0, 1.0]
                    } else {
                        [start, end]
                    }
                };
                let needle = grid([0, 1, 2].map(|axis| extent(axis).to_vec()));
                let extent = |axis| {
                    if axis == long {
                        [start, end]
                    } else {
                        [0.0, 1.0]
                    }
                };
                let layer = grid([0, 1, 2].map(|axis| extent(axis).to_vec()));
                for thin in [needle, layer] {
                    let what = format!("{thickness:e} at {start}");
                    worst = larger(assert_kept(&what, &thin, &cube, 1e-14), worst);
                }
            }
        }
    }
    println!("needles and layers: {worst:e}");
}

#[test]
fn stacks_of_needles_and_layers_keep_their_volumes() {
    let cube = unit_cube();
    let whole = vec![0.0, 1.0];
    let mut worst = 0.0;
    for thickness in thicknesses() {
        for start in [0.0, 0.75] {
            let steps = |count: u32| -> Vec<f64> {
                (0..=count)
                    .map(|step| start + f64::from(step) * thickness / 4.0)
                    .collect()
            };
            let what = format!("{thickness:e} at {start}");
            let needles = grid([whole.clone(), steps(4), steps(4)]);
            let layers = grid([whole.clone(), steps(8), whole.clone()]);
            for thin in [&needles, &layers] {
                worst = larger(assert_kept(&what, thin, &cube, 3e-14), worst);
            }
            // Needles against layers: each overlaps those layers that it lies in.
            let matrix = overlaps(&layers, &needles);
            assert_eq!(matrix.nonzeros(), 16, "{what}");
            worst = larger(assert_kept(&what, &needles, &layers, 1e-13), worst);
        }
    }
    println!("stacks of needles and layers: {worst:e}");
}

/// A copy turned about the origin, so that no edge is along an axis.
fn askew(mesh: &UnstructuredMesh) -> UnstructuredMesh {
    let axis = Unit::new_normalize(Vector3::new(1.0, 0.5, -0.25));
    let rotation = Rotation3::from_axis_angle(&axis, 0.4);
    mesh.rotate(&rotation, &Point3::origin()).unwrap()
}

#[test]
fn layers_askew_keep_their_volume() {
    let around = askew(&one_box([-1.0; 3], [2.0; 3]));
    let mut worst = 0.0;
    for thickness in thicknesses() {
        let layer = askew(&one_box([0.0; 3], [1.0, 1.0, thickness]));
        // As far as the rounding of its coordinates warps its faces.
        let allowed = 1e-14 + f64::EPSILON / thickness;
        let error = assert_kept(&format!("{thickness:e}"), &layer, &around, allowed);
        worst = larger(error / allowed, worst);
    }
    println!("layers askew: {worst} of what is allowed");
}

/// A needle askew is known to an epsilon over its thickness, but computed in products of three
/// coordinates of size 1, which cancel to the square of the thickness: overlap and measure agree to
/// some thousandths of an epsilon over that square.
#[test]
fn needles_askew_keep_the_digits_that_three_long_edges_leave_them() {
    let around = askew(&one_box([-1.0; 3], [2.0; 3]));
    let mut worst = 0.0;
    for thickness in thicknesses().take(8) {
        for needle in [
            one_box([0.0; 3], [1.0, thickness, thickness]),
            tetrahedron([
                [0.0; 3],
                [1.0, 0.0, 0.0],
                [0.3, thickness, 0.0],
                [0.4, 0.0, thickness],
            ]),
        ] {
            let allowed = 1e-14 + 1e-2 * f64::EPSILON / (thickness * thickness);
            let error = assert_kept(&format!("{thickness:e}"), &askew(&needle), &around, allowed);
            worst = larger(error / allowed, worst);
        }
    }
    println!("needles askew: {worst} of what is allowed");
}

/// Coordinates `offset + (i + shift) / cells`, rounded.
fn axis(offset: f64, cells: u32, shift: f64) -> Vec<f64> {
    (0..=cells)
        .map(|i| offset + (f64::from(i) + shift) / f64::from(cells))
        .collect()
}

/// The interval that the cell `index` of a grid has along each axis, the first axis fastest.
fn intervals(axes: &[Vec<f64>; 3], index: usize) -> [[f64; 2]; 3] {
    let mut rest = index;
    [0, 1, 2].map(|number| {
        let axis: &[f64] = &axes[number];
        let count = axis.len() - 1;
        let position = rest % count;
        rest /= count;
        [axis[position], axis[position + 1]]
    })
}

/// The volume that two boxes share: exact but for the rounding of three products.
fn shared(one: [[f64; 2]; 3], other: [[f64; 2]; 3]) -> f64 {
    let lengths = [0, 1, 2]
        .map(|axis| (one[axis][1].min(other[axis][1]) - one[axis][0].max(other[axis][0])).max(0.0));
    lengths.iter().product()
}

#[test]
fn far_from_the_origin_a_mesh_and_its_half_shifted_copy_overlap_as_their_coordinates_say() {
    let cells = 7;
    for power in 3..=8 {
        let offset = 10.0_f64.powi(power);
        let offsets = [offset, -offset, 2.0 * offset];
        let sources = offsets.map(|offset| axis(offset, cells, 0.0));
        let targets = offsets.map(|offset| axis(offset, cells, 0.5));
        let matrix = overlaps(&grid(sources.clone()), &grid(targets.clone()));
        assert_eq!(matrix.nonzeros(), 13 * 13 * 13, "1e{power}");
        let smallest = f64::from(cells).powi(-3);
        let worst = largest(entries(&matrix).into_iter().map(|(row, column, value)| {
            let exact = shared(intervals(&sources, column), intervals(&targets, row));
            assert!(exact > 0.0, "1e{power}: spurious entry ({row}, {column})");
            (value - exact).abs() / smallest
        }));
        println!("grid at 1e{power}: {worst:e}");
        assert!(worst <= 1e-14, "1e{power}: {worst:e}");
    }
}

#[test]
fn far_from_the_origin_jittered_cells_keep_their_neighbours_and_their_volumes() {
    let source = jittered(BoxCellShape::Hexahedron, 5, 0.2, 1);
    let target = jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2);
    let near = overlaps(&source, &target);
    for power in 3..=8 {
        let offset = 10.0_f64.powi(power);
        let far = |mesh: &UnstructuredMesh| mesh.translate(&Vector3::repeat(offset)).unwrap();
        let (source, target) = (far(&source), far(&target));
        let matrix = overlaps(&source, &target);
        let report = check(&matrix, &source, &target).unwrap();
        assert!(report.holds, "1e{power}: {report:?}");
        // What a coordinate is off by, times the surface of the largest cell, about a tenth.
        let allowed = offset * f64::EPSILON * 0.1;
        let mut moved = 0.0;
        let places: Vec<_> = entries(&matrix);
        for &(row, column, value) in &places {
            let before = near.matrix().get(row, column).copied().unwrap_or_default();
            moved = larger((value - before).abs() / allowed, moved);
        }
        for (row, column, before) in entries(&near) {
            let value = matrix
                .matrix()
                .get(row, column)
                .copied()
                .unwrap_or_default();
            moved = larger((value - before).abs() / allowed, moved);
        }
        println!(
            "jittered at 1e{power}: entries off by {moved} of what is allowed, rows {:e}, columns {:e}",
            report.rows.worst, report.columns.worst
        );
        assert!(moved <= 1.0, "1e{power}: {moved}");
    }
}

#[test]
fn far_from_the_origin_a_mesh_overlaps_itself_in_a_diagonal_matrix() {
    for shape in [BoxCellShape::Hexahedron, BoxCellShape::Polyhedron] {
        for power in 3..=8 {
            let offset = Vector3::new(1.0, -2.0, 0.5) * 10.0_f64.powi(power);
            let mesh = jittered(shape, 4, 0.2, 8).translate(&offset).unwrap();
            let matrix = overlaps(&mesh, &mesh);
            assert_eq!(matrix.nonzeros(), mesh.cell_count(), "{shape:?}, 1e{power}");
            let worst = worst_sum(&matrix.row_sums(), &mesh.measures());
            println!("{shape:?} with itself at 1e{power}: {worst:e}");
            assert!(worst <= 1e-13, "{shape:?}, 1e{power}: {worst:e}");
        }
    }
}

#[test]
fn a_mesh_of_microns_has_the_same_overlaps_times_1e_minus_18() {
    let regular = |shift| {
        grid([
            axis(0.0, 6, shift),
            axis(0.0, 6, shift),
            axis(0.0, 6, shift),
        ])
    };
    let pairs = [
        (regular(0.0), regular(0.5)),
        (
            jittered(BoxCellShape::Hexahedron, 5, 0.2, 1),
            jittered(BoxCellShape::Tetrahedron, 4, 0.2, 2),
        ),
    ];
    for (source, target) in pairs {
        let small = |mesh: &UnstructuredMesh| mesh.scale(&Vector3::repeat(1e-6)).unwrap();
        let (in_metres, in_microns) = (
            overlaps(&small(&source), &small(&target)),
            overlaps(&source, &target),
        );
        assert_eq!(in_metres.matrix().indptr(), in_microns.matrix().indptr());
        assert_eq!(in_metres.matrix().indices(), in_microns.matrix().indices());
        let (columns, rows) = (source.measures(), target.measures());
        let worst = largest(
            entries(&in_microns)
                .into_iter()
                .zip(in_metres.matrix().data())
                .map(|((row, column, value), small)| {
                    (small * 1e18 - value).abs() / rows[row].min(columns[column])
                }),
        );
        println!("microns: {worst:e}");
        assert!(worst <= 1e-13, "{worst:e}");
    }
}

#[test]
fn inverted_cells_are_counted_and_overlap_like_others() {
    let mut mirrored = box_corners([0.0; 3], [1.0; 3]);
    mirrored.rotate_left(4); // The top comes first: the normal of the first face points away.
    let hexahedron = one_cell(Shape::Hexahedron, &mirrored);
    assert_eq!(hexahedron.mirrored_cells(), 1);
    let inverted = tetrahedron([[0., 0., 0.], [0., 1., 0.], [1., 0., 0.], [0., 0., 1.]]);
    assert_eq!(inverted.mirrored_cells(), 1);
    let other = one_box([0.5; 3], [1.5; 3]);
    let small = one_box([0.0; 3], [0.25; 3]);
    for (cell, other, expected) in [
        (&hexahedron, &other, 0.125),
        (&inverted, &small, 1.0 / 64.0),
    ] {
        assert_eq!(other.mirrored_cells(), 0);
        for (source, target) in [(cell, other), (other, cell)] {
            let matrix = overlaps(source, target);
            assert!((matrix.sum() - expected).abs() <= 1e-16, "{}", matrix.sum());
        }
    }
}

#[test]
fn a_mesh_listed_inside_out_has_the_same_overlaps() {
    let mesh = jittered(BoxCellShape::Hexahedron, 4, 0.2, 3);
    let other = jittered(BoxCellShape::Wedge, 3, 0.2, 4);
    let mut builder = UnstructuredMesh::builder(mesh.nodes().to_vec());
    for cell in mesh.cell_ids() {
        let mut nodes: Vec<u32> = mesh
            .cell_nodes(cell)
            .iter()
            .map(|node| node.get())
            .collect();
        nodes.rotate_left(4);
        builder = builder.cell(Shape::Hexahedron, &nodes);
    }
    let inside_out = builder.build().unwrap();
    assert_eq!(inside_out.mirrored_cells(), 64);
    let worst = crate::common::worst_difference(
        &overlaps(&mesh, &other),
        &overlaps(&inside_out, &other),
        &mesh,
        &other,
    );
    println!("inside out: {worst:e}");
    assert!(worst <= 1e-14, "{worst:e}");
}

#[test]
fn a_mesh_with_as_many_cells_is_not_taken_for_the_one_of_the_matrix() {
    let source = jittered(BoxCellShape::Hexahedron, 3, 0.2, 1);
    let target = jittered(BoxCellShape::Hexahedron, 3, 0.2, 2);
    let other = jittered(BoxCellShape::Hexahedron, 3, 0.2, 3);
    let matrix = overlaps(&source, &target);
    for nature in Nature::ALL {
        assert!(RemapOperator::new(&matrix, &source, &target, nature).is_ok());
        let wrong_source = RemapOperator::new(&matrix, &other, &target, nature).unwrap_err();
        let expected = MatrixMismatch::Source {
            expected: source.fingerprint(),
            found: other.fingerprint(),
        };
        assert_eq!(wrong_source, OperatorError::Mismatch(expected));
        let wrong_target = RemapOperator::new(&matrix, &source, &other, nature).unwrap_err();
        let expected = MatrixMismatch::Target {
            expected: target.fingerprint(),
            found: other.fingerprint(),
        };
        assert_eq!(wrong_target, OperatorError::Mismatch(expected));
        // Nor are the two meshes taken for each other.
        assert!(RemapOperator::new(&matrix, &target, &source, nature).is_err());
    }
    assert!(check(&matrix, &other, &target).is_err());
    assert!(matrix.source_coverage(&other).is_err());
    assert!(matrix.target_coverage(&other).is_err());
    let moved = source.translate(&Vector3::new(1e-9, 0.0, 0.0)).unwrap();
    assert!(matrix.check_meshes(&moved, &target).is_err());
}

#[test]
fn cells_without_volume_have_no_entry() {
    let flat = one_cell(
        Shape::Hexahedron,
        &box_corners([0.25, 0.25, 0.5], [0.75, 0.75, 0.5]),
    );
    assert_eq!(flat.measure(CellId::new(0)), 0.0);
    assert_eq!(overlaps(&unit_cube(), &flat).nonzeros(), 0);
    assert_eq!(overlaps(&flat, &unit_cube()).nonzeros(), 0);
}
