//! What the tests of this crate share: exact pairs, cells as plain data, a slow obvious twin.
#![allow(dead_code, missing_docs, unreachable_pub)]

use geom_intersect::{Solid, StandardShape};
use nalgebra::{Point3, Vector3};
use num_rational::BigRational;
use serde::Deserialize;

pub mod cells;
pub mod twin;

/// A cell as plain data: nodes and outward faces.
#[derive(Clone)]
pub struct Cell {
    pub nodes: Vec<Point3<f64>>,
    pub faces: Vec<Vec<u32>>,
    pub standard: bool,
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes: Vec<[f64; 3]> = self.nodes.iter().map(|&node| node.into()).collect();
        write!(f, "{:?} {nodes:?} {:?}", self.shape(), self.faces)
    }
}

impl Cell {
    pub fn standard(shape: StandardShape, nodes: &[Point3<f64>]) -> Self {
        let faces = shape.faces().iter();
        Self {
            nodes: nodes.to_vec(),
            faces: faces.map(|face| face.to_vec()).collect(),
            standard: true,
        }
    }

    pub fn shape(&self) -> Option<StandardShape> {
        let shape = StandardShape::ALL
            .into_iter()
            .find(|shape| shape.node_count() == self.nodes.len());
        shape.filter(|_| self.standard)
    }

    pub fn solid(&self) -> Solid {
        let mut solid = Solid::default();
        match self.shape() {
            Some(shape) => solid.set_standard(shape, &self.nodes),
            None => solid.set_polyhedron(&self.nodes, &self.faces),
        }
        solid
    }

    /// The same cell as a polyhedron, whatever its shape.
    pub fn as_polyhedron(&self) -> Self {
        Self {
            standard: false,
            ..self.clone()
        }
    }

    pub fn map(&self, change: impl Fn(&Point3<f64>) -> Point3<f64>) -> Self {
        Self {
            nodes: self.nodes.iter().map(change).collect(),
            ..self.clone()
        }
    }

    pub fn translated(&self, shift: [f64; 3]) -> Self {
        self.map(|node| node + Vector3::from(shift))
    }

    pub fn scaled(&self, factor: f64) -> Self {
        self.map(|node| node * factor)
    }
}

/// A pair of cells with its exact volumes.
pub struct ExactPair {
    pub kind: [String; 2],
    pub cells: [Cell; 2],
    pub volumes: [f64; 2],
    pub overlap: f64,
}

#[derive(Deserialize)]
struct RawPair {
    kind: [String; 2],
    a: Vec<[f64; 3]>,
    a_faces: Vec<Vec<u32>>,
    b: Vec<[f64; 3]>,
    b_faces: Vec<Vec<u32>>,
    volume_a: String,
    volume_b: String,
    overlap: String,
}

pub fn exact_pairs() -> Vec<ExactPair> {
    let text = include_str!("../data/exact_pairs.json");
    let pairs: Vec<RawPair> = serde_json::from_str(text).expect("the pairs are valid JSON");
    pairs
        .into_iter()
        .map(|raw| ExactPair {
            kind: raw.kind,
            cells: [cell(raw.a, raw.a_faces), cell(raw.b, raw.b_faces)],
            volumes: [rational(&raw.volume_a), rational(&raw.volume_b)],
            overlap: rational(&raw.overlap),
        })
        .collect()
}

fn cell(nodes: Vec<[f64; 3]>, faces: Vec<Vec<u32>>) -> Cell {
    Cell {
        standard: nodes.len() <= 8,
        nodes: nodes.into_iter().map(Point3::from).collect(),
        faces,
    }
}

fn rational(text: &str) -> f64 {
    use num_traits::ToPrimitive;
    let number: BigRational = text.parse().expect("a rational number");
    number.to_f64().expect("a finite number")
}
