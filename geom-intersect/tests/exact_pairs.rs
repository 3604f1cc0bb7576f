//! Pairs of cells with exact overlap volumes, in both directions, scaled, moved, as polyhedra.

mod common;

use common::{Cell, exact_pairs};
use geom_intersect::Intersector;

/// Largest error over the pairs, in units of the smaller cell's volume; entries where the exact
/// overlap is zero are failures.
fn worst_error(change: impl Fn(&Cell) -> Cell, volume_factor: f64) -> f64 {
    let mut intersector = Intersector::default();
    let mut worst = 0.0_f64;
    for (index, pair) in exact_pairs().into_iter().enumerate() {
        let [first, second] = [0, 1].map(|side| change(&pair.cells[side]).solid());
        let smaller = pair.volumes[0].min(pair.volumes[1]);
        for (source, target) in [(&first, &second), (&second, &first)] {
            let found = intersector.moments(source, target);
            if pair.overlap == 0.0 {
                assert!(
                    found.is_none(),
                    "pair {index} {:?} only touches: {found:?}",
                    pair.kind
                );
                continue;
            }
            let volume = found.map_or(0.0, |moments| moments.volume) / volume_factor;
            let error = (volume - pair.overlap).abs() / smaller;
            if !(error <= 1e-13) {
                println!(
                    "pair {index} {:?}: {volume} for {}: {error:e}",
                    pair.kind, pair.overlap
                );
            }
            worst = if error <= worst { worst } else { error };
            assert_eq!(
                intersector.volume(source, target),
                found.map(|moments| moments.volume)
            );
        }
    }
    worst
}

#[test]
fn volumes_of_the_cells_themselves() {
    for pair in exact_pairs() {
        for (cell, exact) in pair.cells.iter().zip(pair.volumes) {
            let error = (cell.solid().volume() - exact).abs() / exact;
            assert!(error <= 1e-15, "{:?}: {error:e}", pair.kind);
        }
    }
}

#[test]
fn overlaps() {
    assert!(worst_error(Cell::clone, 1.0) <= 1e-13);
}

#[test]
fn overlaps_as_polyhedra() {
    assert!(worst_error(Cell::as_polyhedron, 1.0) <= 1e-13);
}

#[test]
fn overlaps_scaled() {
    for exponent in [-30, 20] {
        let factor = 2f64.powi(exponent);
        let error = worst_error(|cell| cell.scaled(factor), factor.powi(3));
        assert!(error <= 1e-13, "2^{exponent}: {error:e}");
    }
}

#[test]
fn overlaps_far_from_the_origin() {
    let far = 2f64.powi(20);
    for shift in [[far, far, far], [-far, 0.0, far], [0.0, 3.0 * far, -far]] {
        let error = worst_error(|cell| cell.translated(shift), 1.0);
        assert!(error <= 1e-12, "{shift:?}: {error:e}");
    }
}
