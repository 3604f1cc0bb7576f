//! Field schemes through operators: what holds of a plain transfer holds of theirs.

use mesh_core::{BoxMesh, DataArray, UnstructuredMesh, Vector3};
use remap::{
    Empty, FieldOperator, FieldScheme, Fixup, Limits, Mask, MomentMatrix, Nature, Neighbourhood,
    PartlyCovered, RemapOperator, SecondOrder, Transfer, Transferred,
};

/// No gradients: P0-P0 by another way.
struct Constant;

impl FieldScheme for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn gradients(&self, source: &UnstructuredMesh, _values: &[f64]) -> Vec<Vector3> {
        vec![Vector3::zeros(); source.cell_count()]
    }
}

/// Meshes that cover each other in part, and a field of two components with a missing value.
fn job() -> (UnstructuredMesh, UnstructuredMesh, DataArray<f64>) {
    let mesh = |cells, seed| {
        let mesh = BoxMesh {
            jitter: 0.2,
            seed,
            ..BoxMesh::unit([cells; 3])
        };
        mesh.generate().unwrap()
    };
    let target = mesh(5, 2).translate(&Vector3::new(0.3, 0.0, -0.1)).unwrap();
    let mut values: Vec<f64> = (0..128_i32).map(|i| f64::from(i * 37 % 64) + 1.0).collect();
    values[77] = f64::NAN;
    let field = DataArray::new(["a", "b"], values).unwrap();
    (mesh(4, 1), target, field)
}

fn agree(one: &Transferred, other: &Transferred, what: &str) {
    for (one, other) in one.values.values().iter().zip(other.values.values()) {
        let same = (one - other).abs() <= 1e-13 * one.abs();
        assert!(
            same || one.is_nan() && other.is_nan(),
            "{what}: {one} {other}"
        );
    }
    for (one, other) in one.report.components.iter().zip(&other.report.components) {
        assert_eq!(
            (one.uncovered, one.partly_covered, one.extrapolated),
            (other.uncovered, other.partly_covered, other.extrapolated),
            "{what}"
        );
    }
}

#[test]
fn without_gradients_masks_and_fixups_do_what_they_do_to_p0_p0() {
    let (source, target, field) = job();
    let moments = MomentMatrix::prepare(&source, &target).unwrap();
    let masked = |count: usize| Mask::of_masked((0..count).map(|i| i % 7 == 3).collect()).unwrap();
    let fixups = PartlyCovered::ALL.map(|partly| {
        let empty = Empty::Extrapolate;
        Some(Fixup { partly, empty })
    });
    for nature in Nature::ALL {
        for leaves_out_missing in [false, true] {
            let operator = RemapOperator::new(&moments.volumes(), &source, &target, nature);
            let mut operator = operator
                .and_then(|operator| operator.with_source_mask(masked(64)))
                .and_then(|operator| operator.with_target_mask(masked(125)))
                .and_then(|operator| operator.with_least_coverage(0.1))
                .unwrap();
            if leaves_out_missing {
                operator = operator.leaving_out_missing();
            }
            let of_field = FieldOperator::of(&moments, operator.clone()).unwrap();
            for fixup in std::iter::once(None).chain(fixups) {
                if fixup.is_some() && !leaves_out_missing {
                    continue;
                }
                let transfer = Transfer {
                    uncovered: (-5.0).into(),
                    fixup,
                    ..Transfer::default()
                };
                let what = format!("{nature:?}, {fixup:?}, {leaves_out_missing}");
                let plain = operator.transfer(&field, &transfer).unwrap();
                let other = of_field.transfer(&Constant, &field, &transfer).unwrap();
                agree(&plain, &other, &what);
            }
        }
    }
}

#[test]
fn bounds_hold_and_the_integral_stays() {
    let (source, _, _) = job();
    let target = BoxMesh::unit([5; 3]).generate().unwrap();
    let moments = MomentMatrix::prepare(&source, &target).unwrap();
    let nature = Nature::IntensiveConservation;
    let operator = FieldOperator::new(&moments, &source, &target, nature).unwrap();
    let scheme = SecondOrder::new(&source, Neighbourhood::default());
    let step = source
        .centroids()
        .iter()
        .map(|c| f64::from(u8::from(c.x > 0.4)))
        .collect();
    let field = DataArray::scalars(step);
    let carry = |limits| {
        let transfer = Transfer {
            limits,
            ..Transfer::default()
        };
        operator.transfer(&scheme, &field, &transfer).unwrap()
    };
    let free = carry(Limits::None);
    let range = free.report.components[0].after.range.unwrap();
    assert!(range.maximum() > 1.01);
    let bounded = carry(Limits::OfSource);
    assert!(
        bounded
            .values
            .values()
            .iter()
            .all(|x| (0.0..=1.0).contains(x))
    );
    let report = &bounded.report.components[0];
    assert!(report.bounded && report.relative_difference().abs() < 1e-14);
}

#[test]
fn an_operator_for_other_meshes_is_refused() {
    let (source, target, _) = job();
    let moments = MomentMatrix::prepare(&source, &target).unwrap();
    let nature = Nature::IntensiveMaximum;
    let operator = RemapOperator::new(&moments.volumes(), &source, &target, nature).unwrap();
    assert!(FieldOperator::of(&moments, operator.reversed()).is_err());
}
