//! Cyclic remapping: fields carried through the meshes of a grid that moves and comes back. The
//! example `cyclic` does the same on finer grids and prints the errors.

use std::f64::consts::TAU;

use crate::common::largest;
use mesh_core::{
    BoxCellShape, BoxMesh, DataArray, MeshArrays, Point3, UnstructuredMesh, Vector3,
    compensated_sum,
};
use remap::{
    FieldOperator, FieldScheme, Limiter, MomentMatrix, Nature, Neighbourhood, RemapOperator,
    SecondOrder, prepare,
};

const CELLS: usize = 12;
const MESHES: usize = 20;

/// Where a point is at a time from 0 to 1.
type Motion = fn(&Point3, f64) -> Point3;

fn tensor_product(point: &Point3, time: f64) -> Point3 {
    let alpha = (2.0 * TAU * time).sin() / 2.0;
    point.map(|x| (1.0 - alpha) * x + alpha * x * x * x)
}

fn smooth(point: &Point3, time: f64) -> Point3 {
    let alpha = (2.0 * TAU * time).sin() / 10.0;
    let shift = alpha * point.iter().map(|x| (TAU * x).sin()).product::<f64>();
    point.map(|x| x + shift)
}

fn wave(point: &Point3) -> f64 {
    2.0 + point.iter().map(|x| (TAU * x).sin()).product::<f64>()
}

fn block(point: &Point3) -> f64 {
    let is_inside = point.iter().all(|x| (x - 0.5).abs() < 0.25);
    f64::from(u8::from(is_inside))
}

/// No gradients: P0-P0.
struct Constant;

impl FieldScheme for Constant {
    fn name(&self) -> &'static str {
        "p0-p0"
    }

    fn gradients(&self, source: &UnstructuredMesh, _values: &[f64]) -> Vec<Vector3> {
        vec![Vector3::zeros(); source.cell_count()]
    }
}

/// P0-P0, second order, second order limited.
fn schemes(source: &UnstructuredMesh) -> [Box<dyn FieldScheme>; 3] {
    let second_order = || SecondOrder::new(source, Neighbourhood::Faces);
    let limited = second_order().limited(Limiter::BarthJespersen);
    [
        Box::new(Constant),
        Box::new(second_order()),
        Box::new(limited),
    ]
}

fn moved(mesh: &UnstructuredMesh, motion: Motion, time: f64) -> UnstructuredMesh {
    UnstructuredMesh::new(MeshArrays {
        nodes: mesh.nodes().iter().map(|node| motion(node, time)).collect(),
        shapes: mesh.shapes().to_vec(),
        offsets: mesh.offsets().to_vec(),
        connectivity: mesh.connectivity().to_vec(),
        polyhedra: mesh.polyhedra().clone(),
    })
    .unwrap()
}

fn integral(mesh: &UnstructuredMesh, values: &[f64]) -> f64 {
    let terms = mesh.measures().into_iter().zip(values);
    compensated_sum(terms.map(|(volume, value)| volume * value))
}

/// The mean error of each scheme at the end, on a grid of hexahedra. Checks the integral at every step, and that nothing
/// overshoots where it must not.
fn errors(motion: Motion, field: fn(&Point3) -> f64) -> [f64; 3] {
    let start = BoxMesh::unit([CELLS; 3]).generate().unwrap();
    let before: Vec<f64> = start.centroids().iter().map(field).collect();
    let initial = integral(&start, &before);
    let lowest = before.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = before.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut fields = [0, 1, 2].map(|_| DataArray::scalars(before.clone()));
    let mut unlimited_overshoots = false;
    let mut source = start.clone();
    for step in 1..=MESHES {
        let target = match step {
            MESHES => start.clone(),
            _ => moved(&start, motion, step as f64 / MESHES as f64),
        };
        let moments = MomentMatrix::prepare(&source, &target).unwrap();
        let nature = Nature::IntensiveConservation;
        let operator = FieldOperator::new(&moments, &source, &target, nature).unwrap();
        for (i, (scheme, field)) in schemes(&source).iter().zip(&mut fields).enumerate() {
            *field = operator.apply(scheme.as_ref(), field, f64::NAN).unwrap();
            let drift = integral(&target, field.values()) / initial - 1.0;
            assert!(drift.abs() <= 1e-13, "scheme {i}, mesh {step}: {drift:e}");
            let beyond = |value: f64| (lowest - value).max(value - highest);
            let overshoots = |value: &f64| !(beyond(*value) <= 1e-13 * (highest - lowest));
            let overshoots = field.values().iter().any(overshoots);
            if i == 1 {
                unlimited_overshoots |= overshoots;
            } else {
                assert!(!overshoots, "scheme {i}, mesh {step}");
            }
        }
        source = target;
    }
    // Or the law that limited fields keep would say nothing.
    assert!(unlimited_overshoots);
    fields.map(|field| {
        let errors = field.values().iter().zip(&before);
        errors
            .map(|(after, before)| (after - before).abs())
            .sum::<f64>()
            / before.len() as f64
    })
}

#[test]
fn a_wave_comes_back_better_by_second_order() {
    for motion in [tensor_product as Motion, smooth] {
        let [p0_p0, second_order, limited] = errors(motion, wave);
        println!("{p0_p0:e} {second_order:e} {limited:e}");
        assert!(second_order <= 0.3 * p0_p0, "{second_order:e} {p0_p0:e}");
        assert!(limited <= 0.6 * p0_p0, "{limited:e} {p0_p0:e}");
    }
}

#[test]
fn a_block_comes_back_better_by_second_order_and_without_overshoot() {
    for motion in [tensor_product as Motion, smooth] {
        let [p0_p0, second_order, limited] = errors(motion, block);
        println!("{p0_p0:e} {second_order:e} {limited:e}");
        assert!(second_order <= 0.8 * p0_p0, "{second_order:e} {p0_p0:e}");
        assert!(limited <= 0.8 * p0_p0, "{limited:e} {p0_p0:e}");
    }
}

#[test]
fn errors_on_tetrahedra_of_random_shape_do_not_grow_from_mesh_to_mesh() {
    let start = BoxMesh {
        shape: BoxCellShape::Tetrahedron,
        jitter: 0.15,
        ..BoxMesh::unit([6; 3])
    };
    let start = start.generate().unwrap();
    let before: Vec<f64> = start.centroids().iter().map(wave).collect();
    let mut field = DataArray::scalars(before.clone());
    let mut source = start.clone();
    for step in 1..=150 {
        let target = moved(&start, smooth, f64::from(step) / 50.0);
        let scheme = SecondOrder::new(&source, Neighbourhood::Faces);
        let matrix = prepare(&source, &target, &scheme).unwrap();
        let nature = Nature::IntensiveConservation;
        let operator = RemapOperator::new(&matrix, &source, &target, nature).unwrap();
        field = operator.apply(&field, f64::NAN).unwrap();
        source = target;
    }
    let errors = field.values().iter().zip(&before);
    let worst = largest(errors.map(|(after, before)| (after - before).abs()));
    println!("{worst}");
    // The field is between 1 and 3.
    assert!(worst <= 0.5, "{worst}");
}
