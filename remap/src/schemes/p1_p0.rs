//! P1-P0: node values to cell values, linear in each tetrahedron of the source.

use mesh_core::Location;

use crate::linear_functions::LinearFunctions;
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Pieces, Scheme};

/// Node values to cell values: the entry of target cell `T_i` and source node `n` is
/// `∫ λ_n dV` over the part of `T_i` that the source covers.
///
/// `λ_n` is one at its node, zero at the others, and linear in tetrahedra; other cells are cut into
/// tetrahedra ([`Pieces::Tetrahedra`]). The integrals are exact: over the overlap `O` with a
/// tetrahedron, `∫ λ_n = vol(O) λ_n(centroid of O)` (docs/maths.md, section 9). So
///
/// * rows sum to the covered volumes of target cells, columns to the covered volumes of nodes
///   (`∫ λ_n dV`, [`UnstructuredMesh::measures_on`]): constants and integrals are kept;
/// * linear fields come out exact: as their averages over the target cells;
/// * entries are not negative: no new extremum (where no cell is folded in).
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh, DataArray};
/// use remap::{Nature, P1P0, RemapOperator, prepare};
///
/// let tetrahedra = BoxMesh { shape: BoxCellShape::Tetrahedron, ..BoxMesh::unit([3; 3]) };
/// let source = tetrahedra.generate()?;
/// let target = BoxMesh::unit([4; 3]).generate()?;
///
/// let matrix = prepare(&source, &target, &P1P0)?;
/// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
/// let at_nodes = source.nodes().iter().map(|node| node.x - 2.0 * node.z).collect();
/// let averages = operator.apply(&DataArray::scalars(at_nodes), f64::NAN)?;
/// let centroid = target.centroids()[5];
/// assert!((averages.values()[5] - (centroid.x - 2.0 * centroid.z)).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`UnstructuredMesh::measures_on`]: mesh_core::UnstructuredMesh::measures_on
#[derive(Debug, Clone, Copy, Default)]
pub struct P1P0;

impl Scheme for P1P0 {
    fn name(&self) -> &'static str {
        "p1-p0"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::VolumeAndFirst
    }

    fn source_location(&self) -> Location {
        Location::Nodes
    }

    fn source_pieces(&self) -> Pieces {
        Pieces::Tetrahedra
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let cell = overlap.source.id();
        if let Some((functions, nodes)) = LinearFunctions::of(overlap.source_mesh, cell) {
            let values = functions.at_centroid(&overlap.moments);
            for (node, value) in nodes.iter().zip(&values) {
                let weight = overlap.moments.volume * value;
                contributions.add(overlap.target.get(), node.get(), weight);
            }
        }
    }
}
