//! P0-P1: cell values to node values, linear in each tetrahedron of the target.

use mesh_core::Location;

use crate::linear_functions::LinearFunctions;
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Pieces, Scheme};

/// Cell values to node values: the entry of target node `n` and source cell `S_j` is
/// `∫ λ_n dV` over the part of `S_j` that the target covers.
///
/// `λ_n` is one at its node, zero at the others, and linear in tetrahedra; other cells are cut into
/// tetrahedra ([`Pieces::Tetrahedra`]). The matrix is the transpose of that of [`P1P0`](crate::P1P0)
/// with the meshes exchanged. Rows sum to the covered volumes of nodes
/// ([`UnstructuredMesh::measures_on`]), columns to those of source cells. What it is divided by decides
/// what is kept beside the integral `Σ volume of node · value`:
///
/// * with a [`RemapOperator`](crate::RemapOperator): constants, and no new extremum, but the value at a
///   node is a mean over all the cells around it, so that even linear fields are smeared (they stay
///   exact where the cells around a node are symmetric about it);
/// * with a [`Projection`](crate::Projection): constants; sharper, with some overshoot at steps. Linear
///   fields come out exact with [`LinearP0P1`](crate::LinearP0P1) in place of this scheme.
///
/// [`UnstructuredMesh::measures_on`]: mesh_core::UnstructuredMesh::measures_on
#[derive(Debug, Clone, Copy, Default)]
pub struct P0P1;

impl Scheme for P0P1 {
    fn name(&self) -> &'static str {
        "p0-p1"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::VolumeAndFirst
    }

    fn target_location(&self) -> Location {
        Location::Nodes
    }

    fn target_pieces(&self) -> Pieces {
        Pieces::Tetrahedra
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let cell = overlap.target.id();
        if let Some((functions, nodes)) = LinearFunctions::of(overlap.target_mesh, cell) {
            let values = functions.at_centroid(&overlap.moments);
            for (node, value) in nodes.iter().zip(&values) {
                let weight = overlap.moments.volume * value;
                contributions.add(node.get(), overlap.source.get(), weight);
            }
        }
    }
}
