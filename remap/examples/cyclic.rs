//! Cyclic remapping: fields are carried through the meshes of a grid that moves and comes back, by
//! each scheme, and compared with what they were.
//!
//! Prints a table for each motion: error in the L1 and the largest norm, drift of the integral, and by
//! how much the field leaves its bounds at the worst moment.
//!
//! ```sh
//! cargo run --release -p remap --example cyclic            # 32 cells along each axis, 100 meshes
//! cargo run --release -p remap --example cyclic -- 16 20   # fewer
//! cargo run --release -p remap --example cyclic -- 8 200 tetrahedra   # of random shape
//! ```

use std::error::Error;
use std::f64::consts::TAU;

use mesh_core::{
    BoxCellShape, BoxMesh, DataArray, MeshArrays, MeshError, Point3, Shape, UnstructuredMesh,
    Vector3, compensated_sum,
};
use remap::{
    FieldOperator, FieldScheme, Limiter, MomentMatrix, Nature, Neighbourhood, SecondOrder,
};

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

/// Makes the scheme for a source mesh.
type MakeScheme = fn(&UnstructuredMesh) -> Box<dyn FieldScheme>;

/// Where a point is at a time from 0 to 1.
type Motion = fn(&Point3, f64) -> Point3;

/// A field's value at a point.
type Function = fn(&Point3) -> f64;

/// Each coordinate by itself, so that cells stay boxes (Margolin and Shashkov 2003).
fn tensor_product(point: &Point3, time: f64) -> Point3 {
    let alpha = (2.0 * TAU * time).sin() / 2.0;
    point.map(|x| (1.0 - alpha) * x + alpha * x * x * x)
}

/// All coordinates together, so that faces are warped (the same, in three dimensions).
fn smooth(point: &Point3, time: f64) -> Point3 {
    let alpha = (2.0 * TAU * time).sin() / 10.0;
    let shift = alpha * point.iter().map(|x| (TAU * x).sin()).product::<f64>();
    point.map(|x| x + shift)
}

/// A sine wave along each axis.
fn wave(point: &Point3) -> f64 {
    2.0 + point.iter().map(|x| (TAU * x).sin()).product::<f64>()
}

/// A ball with a slot cut out of it (after Zalesak 1979).
fn slotted_ball(point: &Point3) -> f64 {
    let from_centre = point - Point3::new(0.5, 0.5, 0.5);
    let in_slot = from_centre.x.abs() < 0.0625 && from_centre.y < 0.125;
    f64::from(u8::from(from_centre.norm() < 0.35 && !in_slot))
}

/// A mesh with its nodes elsewhere.
fn moved(
    mesh: &UnstructuredMesh,
    motion: impl Fn(&Point3) -> Point3,
) -> Result<UnstructuredMesh, MeshError> {
    UnstructuredMesh::new(MeshArrays {
        nodes: mesh.nodes().iter().map(motion).collect(),
        shapes: mesh.shapes().to_vec(),
        offsets: mesh.offsets().to_vec(),
        connectivity: mesh.connectivity().to_vec(),
        polyhedra: mesh.polyhedra().clone(),
    })
}

/// Points along each axis of a cell.
const POINTS: usize = 4;

/// Means over cells of the uniform grid, by points in each; of tetrahedra the values at centroids.
fn means(mesh: &UnstructuredMesh, cells: usize, function: Function) -> Vec<f64> {
    if mesh.shapes().contains(&Shape::Tetrahedron) {
        return mesh.centroids().iter().map(function).collect();
    }
    let place = |cell: usize, point: usize| {
        (cell as f64 + (point as f64 + 0.5) / POINTS as f64) / cells as f64
    };
    let mean = |cell: usize| {
        let cell = [cell % cells, cell / cells % cells, cell / cells / cells];
        let values = (0..POINTS.pow(3)).map(|point| {
            let point = [
                point % POINTS,
                point / POINTS % POINTS,
                point / POINTS / POINTS,
            ];
            function(&Point3::from(
                [0, 1, 2].map(|axis| place(cell[axis], point[axis])),
            ))
        });
        values.sum::<f64>() / POINTS.pow(3) as f64
    };
    (0..cells.pow(3)).map(mean).collect()
}

/// A field on its way through the meshes with one scheme.
struct Journey {
    field: &'static str,
    scheme: &'static str,
    make: MakeScheme,
    start: Vec<f64>,
    values: DataArray<f64>,
    worst_drift: f64,
    worst_overshoot: f64,
}

fn integral(mesh: &UnstructuredMesh, values: &[f64]) -> f64 {
    let terms = mesh.measures().into_iter().zip(values);
    compensated_sum(terms.map(|(volume, value)| volume * value))
}

impl Journey {
    fn note(&mut self, mesh: &UnstructuredMesh, initial: f64) {
        let drift = integral(mesh, self.values.values()) / initial - 1.0;
        self.worst_drift = self.worst_drift.max(drift.abs());
        let lowest = self.start.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self.start.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for value in self.values.values() {
            let overshoot = (lowest - value).max(value - highest);
            self.worst_overshoot = self.worst_overshoot.max(overshoot / (highest - lowest));
        }
    }

    fn report(&self) {
        let errors = self.values.values().iter().zip(&self.start);
        let errors = errors.map(|(value, start)| (value - start).abs());
        let mean = errors.clone().sum::<f64>() / self.start.len() as f64;
        let largest = errors.fold(0.0, f64::max);
        println!(
            "| {} | {} | {mean:.3e} | {largest:.3e} | {:.1e} | {:.1e} |",
            self.field, self.scheme, self.worst_drift, self.worst_overshoot
        );
    }
}

fn run(mesh: &BoxMesh, steps: usize, motion: Motion) -> Result<(), Box<dyn Error>> {
    let start = mesh.generate()?;
    let schemes: [(&'static str, MakeScheme); 5] = [
        ("P0-P0", |_| Box::new(Constant)),
        ("second order", |mesh| {
            Box::new(SecondOrder::new(mesh, Neighbourhood::Faces))
        }),
        ("second order, Barth–Jespersen", |mesh| {
            let scheme = SecondOrder::new(mesh, Neighbourhood::Faces);
            Box::new(scheme.limited(Limiter::BarthJespersen))
        }),
        ("second order, neighbours by node", |mesh| {
            Box::new(SecondOrder::new(mesh, Neighbourhood::Nodes))
        }),
        (
            "second order, neighbours by node, Barth–Jespersen",
            |mesh| {
                let scheme = SecondOrder::new(mesh, Neighbourhood::Nodes);
                Box::new(scheme.limited(Limiter::BarthJespersen))
            },
        ),
    ];
    let fields: [(&'static str, Function); 2] = [("wave", wave), ("slotted ball", slotted_ball)];
    let mut journeys = Vec::new();
    for (field, function) in fields {
        for (scheme, make) in schemes {
            let start = means(&start, mesh.cells[0], function);
            journeys.push(Journey {
                field,
                scheme,
                make,
                values: DataArray::scalars(start.clone()),
                start,
                worst_drift: 0.0,
                worst_overshoot: 0.0,
            });
        }
    }
    let initial: Vec<f64> = journeys
        .iter()
        .map(|journey| integral(&start, &journey.start))
        .collect();

    let mut source = start.clone();
    for step in 1..=steps {
        let target = if step == steps {
            start.clone()
        } else {
            let time = step as f64 / steps as f64;
            moved(&start, |point| motion(point, time))?
        };
        let moments = MomentMatrix::prepare(&source, &target)?;
        let operator =
            FieldOperator::new(&moments, &source, &target, Nature::IntensiveConservation)?;
        for (journey, initial) in journeys.iter_mut().zip(&initial) {
            let scheme = (journey.make)(&source);
            journey.values = operator.apply(scheme.as_ref(), &journey.values, f64::NAN)?;
            journey.note(&target, *initial);
        }
        source = target;
    }
    println!("| field | scheme | L1 error | largest error | drift of the integral | overshoot |");
    println!("|---|---|---:|---:|---:|---:|");
    journeys.iter().for_each(Journey::report);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().map_or(Ok(default), |text| text.parse());
    let (cells, steps) = (number(32)?, number(100)?);
    let hexahedra = BoxMesh::unit([cells; 3]);
    let tetrahedra = BoxMesh {
        shape: BoxCellShape::Tetrahedron,
        jitter: 0.15,
        ..hexahedra.clone()
    };
    let runs = match arguments.next().as_deref() {
        None => vec![
            (
                "Boxes that stay boxes",
                &hexahedra,
                tensor_product as Motion,
            ),
            ("Warped hexahedra", &hexahedra, smooth),
        ],
        Some("tetrahedra") => vec![("Tetrahedra of random shape", &tetrahedra, smooth as Motion)],
        Some(other) => return Err(format!("{other}: expected tetrahedra or nothing").into()),
    };
    for (name, mesh, motion) in runs {
        println!("\n{name}: {cells}³ grid cells, {steps} meshes\n");
        run(mesh, steps, motion)?;
    }
    Ok(())
}
