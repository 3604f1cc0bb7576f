//! What operators carry across: values, constants, integrals, totals, defaults, components.

use crate::common::{
    boxes_in_a_row, covering_pair, jittered, largest, one_box, overlaps, partly_covering_pair,
    rough_field,
};
use mesh_core::{BoxCellShape, DataArray, Location, Point3, Shape, UnstructuredMesh, Vector3};
use remap::{MatrixMismatch, Nature, OperatorError, OverlapMatrix, RemapOperator};

/// The values that a field of one component gets on the target, with −1 where nothing overlaps.
fn carry(
    matrix: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
    nature: Nature,
    field: &[f64],
) -> Vec<f64> {
    let operator = RemapOperator::new(matrix, source, target, nature).unwrap();
    let field = DataArray::scalars(field.to_vec());
    operator.apply(&field, -1.0).unwrap().into_values()
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-14 * expected.abs()
}

/// The integral of values over the cells of a mesh.
fn integral(mesh: &UnstructuredMesh, values: &[f64]) -> f64 {
    mesh.measures()
        .iter()
        .zip(values)
        .map(|(volume, value)| volume * value)
        .sum()
}

#[test]
fn the_worked_example_has_its_four_values() {
    let source = boxes_in_a_row(0.0, &[9.0, 3.0]);
    let target = boxes_in_a_row(0.0, &[1.5]);
    let matrix =
        OverlapMatrix::from_parts((1, 2), vec![0, 2], vec![0, 1], vec![0.125, 0.75]).unwrap();
    let cases = [
        (Nature::IntensiveMaximum, 75.5 / 0.875),
        (Nature::IntensiveConservation, 75.5 / 1.5),
        (
            Nature::ExtensiveMaximum,
            0.125 * 4.0 / 9.0 + 0.75 * 100.0 / 3.0,
        ),
        (Nature::ExtensiveConservation, 104.0),
    ];
    for (nature, expected) in cases {
        let found = carry(&matrix, &source, &target, nature, &[4.0, 100.0]);
        assert_eq!(found.len(), 1);
        assert!(close(found[0], expected), "{nature:?}: {found:?}");
    }
}

#[test]
fn constants_stay_constant_where_meshes_cover_each_other() {
    let (source, target) = covering_pair();
    let matrix = overlaps(&source, &target);
    let constant = vec![3.25; source.cell_count()];
    for nature in [Nature::IntensiveMaximum, Nature::IntensiveConservation] {
        let carried = carry(&matrix, &source, &target, nature, &constant);
        let worst = largest(carried.iter().map(|value| (value - 3.25).abs()));
        println!("{nature:?}: constant off by {worst:e}");
        assert!(worst <= 1e-13, "{nature:?}: {worst:e}");
    }
    // An extensive field of constant density is the volume times it.
    let totals: Vec<f64> = source
        .measures()
        .iter()
        .map(|volume| 3.25 * volume)
        .collect();
    for nature in [Nature::ExtensiveMaximum, Nature::ExtensiveConservation] {
        let carried = carry(&matrix, &source, &target, nature, &totals);
        let densities = carried
            .iter()
            .zip(target.measures())
            .map(|(total, volume)| total / volume);
        let worst = largest(densities.map(|value| (value - 3.25).abs()));
        assert!(worst <= 1e-13, "{nature:?}: {worst:e}");
    }
}

#[test]
fn integrals_and_totals_stay_where_meshes_cover_each_other() {
    let (source, target) = covering_pair();
    let matrix = overlaps(&source, &target);
    let field = rough_field(&source);
    for nature in Nature::ALL {
        let carried = carry(&matrix, &source, &target, nature, &field);
        let (before, after) = if nature.is_intensive() {
            (integral(&source, &field), integral(&target, &carried))
        } else {
            (field.iter().sum(), carried.iter().sum())
        };
        println!("{nature:?}: {:e}", (after - before) / before);
        assert!(
            (after - before).abs() <= 1e-14 * before,
            "{nature:?}: {before} → {after}"
        );
    }
}

#[test]
fn the_maximum_principle_holds_where_meshes_cover_each_other_in_part() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let carried = carry(
        &matrix,
        &source,
        &target,
        Nature::IntensiveMaximum,
        &rough_field(&source),
    );
    let covered = matrix.row_sums();
    let uncovered = covered.iter().filter(|&&sum| sum == 0.0).count();
    assert!(uncovered > 0 && uncovered < target.cell_count());
    for (value, sum) in carried.iter().zip(covered) {
        if sum > 0.0 {
            assert!(*value >= 1.0 - 1e-14 && *value <= 101.0 + 1e-12, "{value}");
        } else {
            assert_eq!(*value, -1.0);
        }
    }
    let constant = carry(
        &matrix,
        &source,
        &target,
        Nature::IntensiveMaximum,
        &vec![300.0; source.cell_count()],
    );
    assert!(
        constant
            .iter()
            .all(|&value| value == -1.0 || close(value, 300.0))
    );
}

#[test]
fn each_nature_keeps_its_quantity_where_meshes_cover_each_other_in_part() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let field = rough_field(&source);
    let carried = |nature| -> Vec<f64> {
        let values = carry(&matrix, &source, &target, nature, &field);
        // What the default stands for is not carried.
        values
            .into_iter()
            .map(|value| if value == -1.0 { 0.0 } else { value })
            .collect()
    };
    let columns = matrix.column_sums();

    // The integral over what is covered.
    let covered: f64 = columns
        .iter()
        .zip(&field)
        .map(|(sum, value)| sum * value)
        .sum();
    let found = integral(&target, &carried(Nature::IntensiveConservation));
    assert!(close(found, covered), "{found} for {covered}");

    // The share of each total that is covered.
    let volumes = source.measures();
    let shares = columns
        .iter()
        .zip(&volumes)
        .map(|(sum, volume)| sum / volume);
    let share: f64 = shares.zip(&field).map(|(share, total)| share * total).sum();
    let found: f64 = carried(Nature::ExtensiveMaximum).iter().sum();
    assert!(close(found, share), "{found} for {share}");

    // The whole total of every cell that is touched.
    let touched = columns.iter().zip(&field).filter(|(sum, _)| **sum > 0.0);
    let touched: f64 = touched.map(|(_, total)| total).sum();
    let found: f64 = carried(Nature::ExtensiveConservation).iter().sum();
    assert!(close(found, touched), "{found} for {touched}");
    assert!(share < touched && touched < field.iter().sum());
}

#[test]
fn an_uncovered_cell_gets_the_default_whatever_it_is() {
    let source = one_box([-0.8, 0.0, 0.0], [0.4, 1.0, 1.0]);
    let target = boxes_in_a_row(0.0, &[1.0, 1.0]);
    let matrix = overlaps(&source, &target);
    assert_eq!(matrix.nonzeros(), 1);
    let expected = [
        (Nature::IntensiveMaximum, 1.0),
        (Nature::IntensiveConservation, 0.4),
        (Nature::ExtensiveMaximum, 0.4 / 1.2),
        (Nature::ExtensiveConservation, 1.0),
    ];
    for (nature, expected) in expected {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let field = DataArray::scalars(vec![1.0]);
        for default in [0.0, -273.15, f64::INFINITY, f64::NAN] {
            let carried = operator.apply(&field, default).unwrap().into_values();
            assert!(close(carried[0], expected), "{nature:?}: {carried:?}");
            assert_eq!(carried[1].to_bits(), default.to_bits());
        }
    }
}

#[test]
fn coverage_is_the_covered_fraction() {
    let source = one_box([-0.8, 0.0, 0.0], [0.4, 1.0, 1.0]);
    let target = boxes_in_a_row(0.0, &[1.0, 1.0]);
    let matrix = overlaps(&source, &target);
    let of_target = matrix.target_coverage(&target).unwrap();
    assert!(
        close(of_target[0], 0.4) && of_target[1] == 0.0,
        "{of_target:?}"
    );
    let of_source = matrix.source_coverage(&source).unwrap();
    assert!(close(of_source[0], 0.4 / 1.2), "{of_source:?}");
}

#[test]
fn components_are_carried_independently() {
    let (source, target) = partly_covering_pair();
    let matrix = overlaps(&source, &target);
    let first = rough_field(&source);
    let second: Vec<f64> = first.iter().map(|value| 1e6 - value * value).collect();
    // Nothing of an undefined component gets into its neighbours.
    let third = vec![f64::NAN; first.len()];
    let tuples = first.iter().zip(&second).zip(&third);
    let values = tuples.flat_map(|((first, second), third)| [*first, *third, *second]);
    let names = ["first", "third", "second"];
    let field = DataArray::new(names, values.collect()).unwrap();
    for nature in Nature::ALL {
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        let carried = operator.apply(&field, -1.0).unwrap();
        assert_eq!(carried.component_names(), names);
        assert_eq!(carried.tuple_count(), target.cell_count());
        for (component, alone) in [(0, &first), (2, &second)] {
            let together = carried.component(component).unwrap();
            let alone = carry(&matrix, &source, &target, nature, alone);
            assert_eq!(together.values(), alone, "{nature:?}");
        }
    }
}

#[test]
fn applying_twice_gives_the_same_bits() {
    let (source, target) = covering_pair();
    let matrix = overlaps(&source, &target);
    let operator =
        RemapOperator::new(&matrix, &source, &target, Nature::IntensiveConservation).unwrap();
    let field = DataArray::scalars(rough_field(&source));
    let once = operator.apply(&field, 0.0).unwrap();
    let again = operator.apply(&field, 0.0).unwrap();
    let bits = |array: &DataArray<f64>| -> Vec<u64> {
        array.values().iter().map(|value| value.to_bits()).collect()
    };
    assert_eq!(bits(&once), bits(&again));
    // The slow obvious product, in the same order.
    let slow = operator.weights().outer_iterator().map(|row| {
        row.iter().fold(0.0, |sum, (column, weight)| {
            sum + weight * field.values()[column]
        })
    });
    assert_eq!(bits(&once), slow.map(f64::to_bits).collect::<Vec<_>>());
}

#[test]
fn a_field_of_the_wrong_length_is_refused() {
    let (source, target) = covering_pair();
    let matrix = overlaps(&source, &target);
    let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap();
    for found in [0, 124, 126, target.cell_count()] {
        let error = operator
            .apply(&DataArray::scalars(vec![1.0; found]), 0.0)
            .unwrap_err();
        let expected = 125;
        assert_eq!(error, OperatorError::WrongLength { found, expected });
    }
}

#[test]
fn a_matrix_of_the_wrong_shape_is_refused() {
    let source = boxes_in_a_row(0.0, &[9.0, 3.0]);
    let target = boxes_in_a_row(0.0, &[1.5]);
    let matrix = |shape, offsets| OverlapMatrix::from_parts(shape, offsets, vec![0], vec![1.0]);
    let refused = |matrix: OverlapMatrix| {
        RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum).unwrap_err()
    };
    let columns = MatrixMismatch::Columns {
        columns: 3,
        count: 2,
        location: Location::Cells,
    };
    let rows = MatrixMismatch::Rows {
        rows: 2,
        count: 1,
        location: Location::Cells,
    };
    assert_eq!(refused(matrix((1, 3), vec![0, 1]).unwrap()), columns.into());
    assert_eq!(refused(matrix((2, 2), vec![0, 1, 1]).unwrap()), rows.into());
}

/// Averages of `2 + sin 2πx sin 2πy sin 2πz` over the cells of `cells`³ boxes, first axis fastest.
fn wave_averages(cells: usize) -> Vec<f64> {
    let turn = std::f64::consts::TAU;
    let edge = |i: usize| i as f64 / cells as f64;
    let along: Vec<f64> = (0..cells)
        .map(|i| ((turn * edge(i)).cos() - (turn * edge(i + 1)).cos()) / turn * cells as f64)
        .collect();
    let indices = (0..cells.pow(3)).map(|i| [i % cells, i / cells % cells, i / cells / cells]);
    indices
        .map(|[x, y, z]| 2.0 + along[x] * along[y] * along[z])
        .collect()
}

/// The errors of averages carried from `from`³ to `to`³ boxes: L1, L2, L∞.
fn errors(from: usize, to: usize, averages: impl Fn(usize) -> Vec<f64>) -> [f64; 3] {
    let mesh = |cells| jittered(BoxCellShape::Hexahedron, cells, 0.0, 0);
    let (source, target) = (mesh(from), mesh(to));
    let matrix = overlaps(&source, &target);
    let carried = carry(
        &matrix,
        &source,
        &target,
        Nature::IntensiveConservation,
        &averages(from),
    );
    let expected = averages(to);
    let errors: Vec<f64> = carried
        .iter()
        .zip(&expected)
        .map(|(found, exact)| (found - exact).abs())
        .collect();
    let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
    [
        integral(&target, &errors),
        integral(&target, &squares).sqrt(),
        largest(errors),
    ]
}

#[test]
fn the_errors_of_a_smooth_field_are_the_known_ones() {
    // Any correct conservative first order remap has these; recorded to eleven digits.
    let cases = [
        (
            (8, 7),
            [2.492_409_672_6e-2, 4.374_452_727_7e-2, 1.075_330_991_2e-1],
        ),
        (
            (16, 13),
            [1.266_379_252_7e-2, 1.638_637_513_1e-2, 4.132_379_912_7e-2],
        ),
        (
            (32, 25),
            [4.871_348_932_7e-3, 6.441_853_303_0e-3, 1.609_825_221_5e-2],
        ),
        (
            (64, 49),
            [2.263_963_141_6e-3, 2.951_433_557_7e-3, 7.824_737_923_2e-3],
        ),
    ];
    for ((from, to), expected) in cases {
        let found = errors(from, to, wave_averages);
        for (found, expected) in found.iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(error <= 1e-10, "{from} → {to}: {found} for {expected}");
        }
    }
}

#[test]
fn the_errors_of_a_linear_field_are_the_known_ones() {
    // The average of 1 + x + 2y + 3z is its value at the centre.
    let linear = |cells: usize| -> Vec<f64> {
        let centre = |i: usize| (i as f64 + 0.5) / cells as f64;
        let indices = (0..cells.pow(3)).map(|i| [i % cells, i / cells % cells, i / cells / cells]);
        indices
            .map(|index| index.map(centre))
            .map(|[x, y, z]| 1.0 + x + 2.0 * y + 3.0 * z)
            .collect()
    };
    let [mean, _, worst] = errors(5, 7, linear);
    assert!((mean - 0.055_177_0).abs() <= 5e-8, "{mean}");
    assert!((worst - 0.171_428_571).abs() <= 5e-10, "{worst}");
}

#[test]
fn a_mesh_of_mixed_shapes_carries_constants() {
    // A hexahedron, and beside it two wedges: the same box cut along a diagonal.
    let nodes = [0.0, 1.0, 2.0].into_iter().flat_map(|x| {
        [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|[y, z]| Point3::new(x, y, z))
    });
    let mixed = UnstructuredMesh::builder(nodes.collect())
        .cell(Shape::Hexahedron, &[0, 1, 2, 3, 4, 5, 6, 7])
        .cell(Shape::Wedge, &[4, 5, 6, 8, 9, 10])
        .cell(Shape::Wedge, &[4, 6, 7, 8, 10, 11])
        .build()
        .unwrap();
    let other = jittered(BoxCellShape::Polyhedron, 3, 0.2, 6);
    let other = other.scale(&Vector3::new(2.0, 1.0, 1.0)).unwrap();
    for (source, target) in [(&mixed, &other), (&other, &mixed)] {
        let matrix = overlaps(source, target);
        let constant = vec![7.0; source.cell_count()];
        let carried = carry(
            &matrix,
            source,
            target,
            Nature::IntensiveConservation,
            &constant,
        );
        assert!(
            carried.iter().all(|&value| close(value, 7.0)),
            "{carried:?}"
        );
    }
}
