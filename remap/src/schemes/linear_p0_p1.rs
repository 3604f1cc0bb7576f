//! Linear P0-P1: cell values to node values, linear in each source cell and each target tetrahedron.

use mesh_core::{Fingerprint, Location, UnstructuredMesh};
use nalgebra::Matrix3;

use crate::linear_functions::LinearFunctions;
use crate::reconstruction::{Gradients, Neighbourhood};
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Pieces, Scheme};

/// Cell values to node values as [`P0P1`](crate::P0P1), but of a field that is linear in each source
/// cell, as in [`SecondOrder`](crate::SecondOrder): for a [`Projection`](crate::Projection).
///
/// The entries of node `n` are the weights of cell values in `∫ λ_n (φ_j + g_j · (x − c_j)) dV`, with the
/// least-squares gradient `g_j` about the centroid `c_j`; the integrals are exact, from the second moments
/// of overlaps (docs/maths.md, section 9). Rows and columns sum to what they do in `P0P1`. With a
/// projection it keeps constants, the integral, and linear fields: the cell averages of a linear field
/// come out as its values at the nodes. Not monotone: entries may be negative.
///
/// Made for one source mesh, and refused by others.
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh, DataArray};
/// use remap::{LinearP0P1, Nature, Neighbourhood, Projection, prepare};
///
/// let source = BoxMesh { jitter: 0.2, ..BoxMesh::unit([4; 3]) }.generate()?;
/// let tetrahedra = BoxMesh { shape: BoxCellShape::Tetrahedron, ..BoxMesh::unit([3; 3]) };
/// let target = tetrahedra.generate()?;
/// let matrix = prepare(&source, &target, &LinearP0P1::new(&source, Neighbourhood::default()))?;
///
/// let projection = Projection::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
/// let linear = |point: &mesh_core::Point3| point.x - 2.0 * point.z;
/// let averages = source.centroids().iter().map(linear).collect();
/// let carried = projection.apply(&DataArray::scalars(averages), f64::NAN)?;
/// for (value, node) in carried.values().iter().zip(target.nodes()) {
///     assert!((value - linear(node)).abs() < 1e-13);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LinearP0P1 {
    gradients: Gradients,
}

impl LinearP0P1 {
    /// Makes the scheme for fields on a source mesh.
    ///
    /// Costs what [`Gradients::new`] does.
    #[must_use]
    pub fn new(source: &UnstructuredMesh, neighbourhood: Neighbourhood) -> Self {
        Self {
            gradients: Gradients::new(source, neighbourhood),
        }
    }
}

impl Scheme for LinearP0P1 {
    fn name(&self) -> &'static str {
        "linear-p0-p1"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::UpToSecond
    }

    fn source_mesh(&self) -> Option<Fingerprint> {
        Some(self.gradients.fingerprint())
    }

    fn target_location(&self) -> Location {
        Location::Nodes
    }

    fn target_pieces(&self) -> Pieces {
        Pieces::Tetrahedra
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let cell = overlap.target.id();
        let Some((functions, nodes)) = LinearFunctions::of(overlap.target_mesh, cell) else {
            return;
        };
        let source = overlap.source;
        let first = overlap.first_moment_about_source(self.gradients.centroid(source.id()));
        let second = overlap.second.unwrap_or_else(Matrix3::zeros);
        let values = functions.at_centroid(&overlap.moments);
        let slopes = functions.gradients().unwrap_or_default();
        let (cells, weights) = self.gradients.of_cell(source.id());
        for ((node, &value), slope) in nodes.iter().zip(&values).zip(slopes) {
            let first = first * value + second * slope;
            let mut own = overlap.moments.volume * value;
            for (cell, weight) in cells.iter().zip(weights) {
                let weight = weight.dot(&first);
                own -= weight;
                contributions.add(node.get(), cell.get(), weight);
            }
            contributions.add(node.get(), source.get(), own);
        }
    }
}
