//! P1-P1: node values to node values, linear in each tetrahedron of either mesh.

use mesh_core::Location;
use nalgebra::{Matrix3, Matrix4};

use crate::linear_functions::LinearFunctions;
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Pieces, Scheme};

/// Node values to node values: the entry of target node `n` and source node `m` is `∫ λ_n λ_m dV`
/// over what the meshes have in common.
///
/// `λ` is one at its node, zero at the others, and linear in tetrahedra; other cells are cut into
/// tetrahedra ([`Pieces::Tetrahedra`]). The integrals are exact, from the second moments of overlaps
/// (docs/maths.md, section 9). Rows and columns sum to the covered volumes of nodes
/// ([`UnstructuredMesh::measures_on`]). What the matrix is divided by decides what is kept beside the
/// integral `Σ volume of node · value`:
///
/// * with a [`RemapOperator`](crate::RemapOperator): constants, and no new extremum; linear fields are
///   smeared;
/// * with a [`Projection`](crate::Projection): linear fields come out exact where the source covers all
///   of the target. This is the best approximation in the mean square; it may overshoot at steps.
///
/// [`UnstructuredMesh::measures_on`]: mesh_core::UnstructuredMesh::measures_on
#[derive(Debug, Clone, Copy, Default)]
pub struct P1P1;

impl Scheme for P1P1 {
    fn name(&self) -> &'static str {
        "p1-p1"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::UpToSecond
    }

    fn source_location(&self) -> Location {
        Location::Nodes
    }

    fn target_location(&self) -> Location {
        Location::Nodes
    }

    fn source_pieces(&self) -> Pieces {
        Pieces::Tetrahedra
    }

    fn target_pieces(&self) -> Pieces {
        Pieces::Tetrahedra
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let source = LinearFunctions::of(overlap.source_mesh, overlap.source.id());
        let target = LinearFunctions::of(overlap.target_mesh, overlap.target.id());
        let (Some((source, columns)), Some((target, rows))) = (source, target) else {
            return;
        };
        let weights = products(overlap, &source, &target);
        for (row, node) in rows.iter().enumerate() {
            for (column, from) in columns.iter().enumerate() {
                contributions.add(node.get(), from.get(), weights[(row, column)]);
            }
        }
    }
}

/// The integrals `∫ λ_n λ_m` over an overlap. With the centroid `c` and the second moment `C` about it,
/// `vol λ_n(c) λ_m(c) + ∇λ_n · C ∇λ_m`.
fn products(
    overlap: &Overlap<'_>,
    source: &LinearFunctions,
    target: &LinearFunctions,
) -> Matrix4<f64> {
    let at_centroid = [source, target].map(|functions| functions.at_centroid(&overlap.moments));
    let [source_values, target_values] = at_centroid;
    let volume = overlap.moments.volume;
    let mut weights = target_values * source_values.transpose() * volume;
    // Overlaps with flat tetrahedra are rounding, and taken for points.
    let (Some(source), Some(target)) = (source.gradients(), target.gradients()) else {
        return weights;
    };
    let second = overlap.second.unwrap_or_else(Matrix3::zeros);
    for row in 0..4 {
        let along = second * target[row];
        for column in 0..4 {
            weights[(row, column)] += along.dot(&source[column]);
        }
        // A product of functions that are not negative is none. What rounding has made of an integral
        // that is nearly zero goes; the sum of the row stays the integral of the target's function.
        let kept = weights.row(row).map(|weight| (weight / volume).max(0.0));
        let factor = volume * target_values[row] / kept.sum();
        if factor.is_finite() {
            weights.set_row(row, &(kept * factor));
        }
    }
    weights
}
