//! The laws of overlaps, as property tests on random cells of every shape.
//!
//! A law is a function of an overlap function, so that each can be shown to fail on a wrong one.

mod common;

use std::cell::RefCell;

use common::cells::{cell, jittered, pair};
use common::{Cell, twin};
use geom_intersect::{Intersector, StandardShape};
use nalgebra::{Point3, Rotation3, Vector3};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Ten thousand cases each, the same on every run; `PROPTEST_RNG_SEED=7` tries others.
fn config() -> Config {
    let config = Config::with_cases(10_000);
    Config {
        failure_persistence: None,
        rng_seed: match config.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        ..config
    }
}

/// The volume of an overlap, zero if there is none.
type OverlapFunction<'a> = &'a dyn Fn(&Cell, &Cell) -> f64;
type Law = fn(OverlapFunction<'_>, &Cell, &Cell) -> Result<(), String>;

const LAWS: [(&str, Law); 9] = [
    ("symmetric", symmetric),
    ("reflexive", reflexive),
    ("additive", additive),
    ("bounded", bounded),
    ("translation", translation),
    ("rotation", rotation),
    ("scaling", scaling),
    ("renumbering", renumbering),
    ("twin", same_as_twin),
];

fn overlap(a: &Cell, b: &Cell) -> f64 {
    thread_local!(static INTERSECTOR: RefCell<Intersector> = RefCell::default());
    INTERSECTOR
        .with_borrow_mut(|intersector| intersector.volume(&a.solid(), &b.solid()).unwrap_or(0.0))
}

/// Wrong by 1e-7, by another amount for every pair of cells and every numbering of their nodes.
fn wrong_overlap(a: &Cell, b: &Cell) -> f64 {
    let number = 1e3 * (a.nodes[0].x + 2.0 * b.nodes[1].y + 3.0 * a.nodes[2].z) + 1.0;
    overlap(a, b) * (1.0 + 1e-7 * number.sin())
}

fn smaller(a: &Cell, b: &Cell) -> f64 {
    a.solid().volume().min(b.solid().volume())
}

/// What errors are relative to: the smaller volume, and more where the other cell is much larger,
/// since the planes of that one are known to its own rounding only.
fn scale(a: &Cell, b: &Cell) -> f64 {
    let [a_size, b_size] = [a, b].map(|cell| {
        let (low, high) = cell.solid().bounds();
        (high - low).max()
    });
    smaller(a, b) * (a_size.max(b_size) / a_size.min(b_size) / 2.0).max(1.0)
}

/// Signed and written so that NaN fails.
fn close(found: f64, expected: f64, scale: f64, tolerance: f64) -> Result<(), String> {
    let error = (found - expected) / scale;
    if error.abs() <= tolerance {
        Ok(())
    } else {
        Err(format!(
            "{found} instead of {expected}: off by {error:e} of {scale}"
        ))
    }
}

/// The same to 1e-14, at which an overlap counts as none: there one may be kept, the other not.
fn same(found: f64, expected: f64, scale: f64) -> Result<(), String> {
    if found.max(expected) <= 1.2e-14 * scale {
        return Ok(());
    }
    close(found, expected, scale, 1e-14)
}

fn symmetric(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    same(overlap(a, b), overlap(b, a), scale(a, b))
}

fn reflexive(overlap: OverlapFunction<'_>, a: &Cell, _: &Cell) -> Result<(), String> {
    let volume = a.solid().volume();
    close(overlap(a, a), volume, volume, 1e-14)
}

/// The overlaps with the cones over the faces of `b` add up, warped faces included.
fn additive(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    let sum = cones(b).iter().map(|cone| overlap(a, cone)).sum();
    close(sum, overlap(a, b), scale(a, b), 1e-13)
}

fn bounded(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    let (found, most) = (overlap(a, b), smaller(a, b));
    if found >= 0.0 && found <= most + 1e-14 * scale(a, b) {
        Ok(())
    } else {
        Err(format!("{found} is not between 0 and {most}"))
    }
}

/// A shift of both cells that their coordinates survive changes nothing but the rounding.
fn translation(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    // 26 bits for a fraction: exact after adding integers below 2^26.
    let grid = 2f64.powi(26);
    let [a, b] = [a, b].map(|cell| cell.map(|node| node.map(|x| (x * grid).round() / grid)));
    let shift = [-1024.0, 3.0, 65536.0];
    let found = overlap(&a.translated(shift), &b.translated(shift));
    // Coordinates are now 65536, a face counts as planar within their rounding of 1e-11.
    close(found, overlap(&a, &b), scale(&a, &b), 1e-9)
}

fn rotation(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    let exact = |cell: &Cell| cell.map(|node| Point3::new(node.y, node.z, node.x));
    same(overlap(&exact(a), &exact(b)), overlap(a, b), scale(a, b))?;
    let turn = Rotation3::new(Vector3::new(0.3, -1.1, 0.7));
    let turned = |cell: &Cell| cell.map(|node| turn * node);
    // A rounding of the coordinates is a change of the volume by their surface times as much.
    close(
        overlap(&turned(a), &turned(b)),
        overlap(a, b),
        scale(a, b),
        1e-13,
    )
}

/// To the last bit.
fn scaling(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    for exponent in [-40, -3, 30] {
        let factor = 2f64.powi(exponent);
        let found = overlap(&a.scaled(factor), &b.scaled(factor));
        let expected = overlap(a, b) * factor.powi(3);
        if found.to_bits() != expected.to_bits() {
            return Err(format!("2^{exponent}: {found:e} instead of {expected:e}"));
        }
    }
    Ok(())
}

fn renumbering(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    let expected = overlap(a, b);
    for (a, b) in [
        (renumbered(a), b.clone()),
        (a.clone(), renumbered(b)),
        (a.as_polyhedron(), b.clone()),
        (
            renumbered(&a.as_polyhedron()),
            renumbered(&b.as_polyhedron()),
        ),
    ] {
        same(overlap(&a, &b), expected, scale(&a, &b))?;
    }
    Ok(())
}

fn same_as_twin(overlap: OverlapFunction<'_>, a: &Cell, b: &Cell) -> Result<(), String> {
    close(
        overlap(a, b),
        twin::overlap(a, b).volume,
        scale(a, b),
        1e-13,
    )
}

/// The same solid with its nodes (and, for a polyhedron, its faces) in another order.
fn renumbered(cell: &Cell) -> Cell {
    let order: Vec<u32> = match cell.shape() {
        Some(StandardShape::Tetrahedron) => vec![1, 2, 0, 3],
        Some(StandardShape::Pyramid) => vec![1, 2, 3, 0, 4],
        Some(StandardShape::Wedge) => vec![4, 3, 5, 1, 0, 2],
        Some(StandardShape::Hexahedron) => vec![1, 5, 6, 2, 0, 4, 7, 3],
        None => (0..cell.nodes.len() as u32).rev().collect(),
    };
    let nodes: Vec<_> = order
        .iter()
        .map(|&node| cell.nodes[node as usize])
        .collect();
    if let Some(shape) = cell.shape() {
        return Cell::standard(shape, &nodes);
    }
    let new = |old: u32| order.iter().position(|&node| node == old).unwrap() as u32;
    let mut faces: Vec<Vec<u32>> = cell.faces.clone();
    for face in &mut faces {
        face.rotate_left(1);
        for node in face {
            *node = new(*node);
        }
    }
    faces.rotate_left(2);
    Cell {
        nodes,
        faces,
        standard: false,
    }
}

/// The cones from the mean of a cell's nodes over its faces.
fn cones(cell: &Cell) -> Vec<Cell> {
    let sum = cell
        .nodes
        .iter()
        .fold(Vector3::zeros(), |sum, node| sum + node.coords);
    let apex = Point3::from(sum / cell.nodes.len() as f64);
    let cone = |face: &Vec<u32>| {
        let count = face.len() as u32;
        let mut nodes: Vec<_> = face.iter().map(|&node| cell.nodes[node as usize]).collect();
        nodes.push(apex);
        let mut faces = vec![(0..count).collect::<Vec<_>>()];
        faces.extend((0..count).map(|side| vec![(side + 1) % count, side, count]));
        Cell {
            nodes,
            faces,
            standard: false,
        }
    };
    cell.faces.iter().map(cone).collect()
}

fn run(name: &str) {
    let (_, law) = LAWS.into_iter().find(|(found, _)| *found == name).unwrap();
    let mut runner = TestRunner::new(config());
    let result = runner.run(&pair(), |(a, b)| {
        law(&overlap, &a, &b).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{name}: {error}");
    }
}

#[test]
fn overlaps_are_symmetric() {
    run("symmetric");
}

#[test]
fn a_cell_overlaps_itself_wholly() {
    run("reflexive");
}

#[test]
fn overlaps_with_the_parts_of_a_cell_add_up() {
    run("additive");
}

#[test]
fn an_overlap_is_no_larger_than_either_cell() {
    run("bounded");
}

#[test]
fn overlaps_do_not_depend_on_the_place() {
    run("translation");
}

#[test]
fn overlaps_do_not_depend_on_the_direction() {
    run("rotation");
}

#[test]
fn overlaps_scale_exactly() {
    run("scaling");
}

#[test]
fn overlaps_do_not_depend_on_the_numbering() {
    run("renumbering");
}

#[test]
fn overlaps_are_those_of_the_slow_twin() {
    run("twin");
}

#[test]
fn every_law_fails_on_a_wrong_weight() {
    let mut runner = TestRunner::deterministic();
    let pairs: Vec<_> = (0..200)
        .map(|_| pair().new_tree(&mut runner).unwrap().current())
        .collect();
    for (name, law) in LAWS {
        let wrong = |a: &Cell, b: &Cell| wrong_overlap(a, b);
        let fails = pairs
            .iter()
            .filter(|(a, b)| law(&wrong, a, b).is_err())
            .count();
        assert!(fails > 0, "{name} does not notice a wrong weight");
    }
}

proptest! {
    #![proptest_config(config())]

    /// First moments against the twin, and centroids within both cells' bounds.
    #[test]
    fn first_moments_are_those_of_the_slow_twin((a, b) in pair()) {
        let mut intersector = Intersector::default();
        let (first, second) = (a.solid(), b.solid());
        let expected = twin::overlap(&a, &b);
        let scale = scale(&a, &b);
        match intersector.moments(&first, &second) {
            None => prop_assert!(expected.volume <= 1e-13 * scale),
            Some(found) => {
                let found = found.first_about(&Point3::origin());
                let error = (found - expected.first).amax() / scale;
                // Cells are within 8 of the origin.
                prop_assert!(error <= 1e-12, "off by {error:e}");
            }
        }
    }

    /// Whatever is shared, cells on either side of a face have no overlap.
    #[test]
    fn cells_on_either_side_of_a_face_only_touch(cell in cell(), warp in 0.0..0.1_f64, seed: u64) {
        let cell = jittered(&cell, warp, seed);
        let cones = cones(&cell);
        let mut intersector = Intersector::default();
        for (index, a) in cones.iter().enumerate() {
            for b in &cones[..index] {
                let found = intersector.volume(&a.solid(), &b.solid());
                prop_assert!(found.is_none(), "{found:?}");
            }
        }
    }
}
