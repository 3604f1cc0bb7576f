//! The law kit for schemes: what ours keep, and that each law notices what breaks it.

use crate::common::{jittered, real_mesh};
use mesh_core::{BoxCellShape, BoxMesh, Location, UnstructuredMesh, Vector3};
use remap::check::{Law, SchemeReport, laws_of_scheme};
use remap::{
    Contributions, LinearP0P1, MatrixScheme, NearestCell, Neighbourhood, Overlap, P0P0, P0P1, P1P0,
    P1P1, PointLocation, Scheme, SecondOrder,
};

/// Meshes of several shapes, the second pair covered in part.
fn pairs() -> Vec<[UnstructuredMesh; 2]> {
    let out_of_place = BoxMesh {
        shape: BoxCellShape::Wedge,
        origin: mesh_core::Point3::new(0.3, -0.2, 0.1),
        jitter: 0.2,
        size: Vector3::new(1.0, 0.8, 1.2),
        ..BoxMesh::unit([3; 3])
    };
    vec![
        [
            jittered(BoxCellShape::Hexahedron, 3, 0.2, 1),
            jittered(BoxCellShape::Tetrahedron, 2, 0.2, 2),
        ],
        [
            jittered(BoxCellShape::Polyhedron, 3, 0.2, 1),
            out_of_place.generate().unwrap(),
        ],
    ]
}

fn reports<S: MatrixScheme>(make: impl Fn() -> S + Sync) -> Vec<SchemeReport> {
    let pairs = pairs();
    let pairs = pairs.iter();
    pairs
        .map(|[source, target]| laws_of_scheme(|_, _| make(), source, target).unwrap())
        .collect()
}

fn assert_broken<S: MatrixScheme>(make: impl Fn() -> S + Sync, expected: &[Law]) {
    for report in reports(make) {
        assert_eq!(report.broken(), expected, "\n{report}");
    }
}

#[test]
fn overlaps_keep_all_but_linear_fields() {
    assert_broken(|| P0P0, &[Law::LinearFields]);
}

/// The laws that each pair of meshes sees broken.
fn broken_by_second_order(neighbourhood: Neighbourhood) -> Vec<Vec<Law>> {
    let make =
        |source: &UnstructuredMesh, _: &UnstructuredMesh| SecondOrder::new(source, neighbourhood);
    let pairs = pairs();
    let pairs = pairs.iter();
    pairs
        .map(|[source, target]| laws_of_scheme(make, source, target).unwrap().broken())
        .collect()
}

#[test]
fn second_order_keeps_all_but_bounds_and_symmetry_where_cells_are_covered() {
    for neighbourhood in Neighbourhood::ALL {
        let broken = broken_by_second_order(neighbourhood);
        assert_eq!(broken[0], [Law::Bounds, Law::Symmetry]);
        // A column has entries of its neighbours' gradients, which add up to nothing only where these
        // are wholly covered.
        assert_eq!(broken[1], [Law::Bounds, Law::Totals, Law::Symmetry]);
    }
}

#[test]
fn node_fields_to_cells_keep_all() {
    assert_broken(|| P1P0, &[]);
}

#[test]
fn fields_divided_onto_nodes_keep_all_but_linear_fields() {
    assert_broken(|| P0P1, &[Law::LinearFields]);
    assert_broken(|| P1P1, &[Law::LinearFields]);
}

#[test]
fn what_is_linear_in_source_cells_keeps_neither_bounds_nor_symmetry() {
    let [covered, partly] = pairs().try_into().unwrap();
    let neighbourhood = Neighbourhood::default();
    // A source cell on the border speaks for its neighbours beyond: totals are kept where all is covered.
    for ([source, target], beyond) in [(covered, None), (partly, Some(Law::Totals))] {
        let expected = |last| -> Vec<Law> {
            [Some(Law::Bounds), beyond, Some(last)]
                .into_iter()
                .flatten()
                .collect()
        };
        let make = |source: &_, _: &_| SecondOrder::new(source, neighbourhood);
        let report = laws_of_scheme(make, &source, &target).unwrap();
        assert_eq!(report.broken(), expected(Law::Symmetry), "\n{report}");
        let make = |source: &_, _: &_| LinearP0P1::new(source, neighbourhood);
        let report = laws_of_scheme(make, &source, &target).unwrap();
        assert_eq!(report.broken(), expected(Law::LinearFields), "\n{report}");
    }
}

#[test]
fn points_keep_neither_totals_nor_symmetry() {
    let (cells, nodes) = (Location::Cells, Location::Nodes);
    for report in reports(|| PointLocation::between(nodes, nodes)) {
        let broken = report.broken();
        assert!(!broken.contains(&Law::LinearFields), "\n{report}");
        for law in [Law::Threads, Law::Numbering, Law::Translation, Law::Scaling] {
            assert!(!broken.contains(&law), "\n{report}");
        }
        assert!(broken.contains(&Law::Totals) && broken.contains(&Law::Symmetry));
    }
    let report = &reports(|| NearestCell::to(cells))[0];
    // Wholly covered: the volumes of the target cells are all there.
    let expected = [Law::Totals, Law::LinearFields, Law::Symmetry];
    assert_eq!(report.broken(), expected, "\n{report}");
}

#[test]
fn laws_hold_on_real_meshes() {
    let [source, target] = ["ball_tet.vtu", "ball_warped_hex.vtu"].map(real_mesh);
    let report = laws_of_scheme(|_, _| P1P0, &source, &target).unwrap();
    assert_eq!(report.broken(), [], "\n{report}");
}

/// Overlap volumes times a factor that depends on something.
struct Wrong<F>(F);

impl<F: Fn(&Overlap<'_>) -> f64 + Sync> Scheme for Wrong<F> {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let weight = overlap.moments.volume * (self.0)(overlap);
        contributions.add(overlap.target.get(), overlap.source.get(), weight);
    }
}

#[test]
fn every_law_notices_what_breaks_it() {
    let breaks = |law: Law, factor: fn(&Overlap<'_>) -> f64| {
        for report in reports(|| Wrong(factor)) {
            assert!(report.broken().contains(&law), "{law:?}\n{report}");
        }
    };
    breaks(Law::Threads, |_| {
        1.0 + 1e-7 * rayon::current_num_threads() as f64
    });
    breaks(Law::Parts, |overlap| {
        1.0 + 1e-7 * f64::from(overlap.target.get())
    });
    breaks(Law::Numbering, |overlap| {
        1.0 + 1e-7 * f64::from(overlap.source.get())
    });
    breaks(Law::Translation, |overlap| {
        1.0 + 1e-7 * overlap.source_mesh.cell_bounds(overlap.source.id()).min.x
    });
    breaks(Law::Scaling, |overlap| {
        1.0 + 1e-7 * overlap.source_mesh.measure(overlap.source.id())
    });
    breaks(Law::Bounds, |overlap| {
        if overlap.source.get() == 5 { -1.0 } else { 1.0 }
    });
    breaks(Law::Constants, |_| 1.0 + 1e-7);
    breaks(Law::Totals, |_| 1.0 + 1e-7);
    breaks(Law::LinearFields, |_| 1.0);
    breaks(Law::Symmetry, |overlap| {
        1.0 + 1e-7 * overlap.target_mesh.measure(overlap.target.id())
    });
    breaks(Law::Bounds, |_| -f64::MIN_POSITIVE);
}
