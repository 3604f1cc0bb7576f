//! Second order: cell values to cell values, linear in each source cell.

use mesh_core::{Fingerprint, UnstructuredMesh, Vector3};

use crate::field_scheme::FieldScheme;
use crate::reconstruction::{Gradients, Limiter, Neighbourhood};
use crate::scheme::{Contributions, MomentsNeeded, Overlap, Scheme};

/// Cell values to cell values, linear in each source cell, without a limiter.
///
/// In source cell `j` the field is `φ_j + g_j · (x − c_j)` with the centroid `c_j` and the
/// least-squares gradient `g_j` (see [`Gradients`]), which is a weighted sum of values. So its integral
/// over an overlap is one as well, and the scheme is a matrix like that of [`P0P0`](crate::P0P0): it is
/// stored, merged from parts and applied in the same way, its rows sum to the volumes of overlaps
/// (docs/maths.md, section 8). Second order; exact for linear fields in target cells that are wholly
/// covered; conservative. Not monotone: entries may be negative, and fields overshoot at steps. For
/// that there is [`LimitedSecondOrder`].
///
/// With an extensive nature, the density of the field is linear in each source cell. With
/// [`Nature::ExtensiveConservation`](crate::Nature::ExtensiveConservation) the matrix is right where
/// the target covers the source cells; beyond that use it as a [`FieldScheme`].
///
/// Made for one source mesh, and refused by others. A part of a target is prepared with the same
/// scheme as the whole.
///
/// ```
/// use mesh_core::{BoxMesh, DataArray};
/// use remap::{Nature, Neighbourhood, RemapOperator, SecondOrder, prepare};
///
/// let source = BoxMesh { jitter: 0.2, ..BoxMesh::unit([4; 3]) }.generate()?;
/// let target = BoxMesh { jitter: 0.2, ..BoxMesh::unit([5; 3]) }.generate()?;
/// let scheme = SecondOrder::new(&source, Neighbourhood::default());
/// let matrix = prepare(&source, &target, &scheme)?;
///
/// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
/// let linear = source.centroids().iter().map(|c| c.x - 2.0 * c.y).collect();
/// let carried = operator.apply(&DataArray::scalars(linear), f64::NAN)?;
/// for (value, c) in carried.values().iter().zip(target.centroids()) {
///     assert!((value - (c.x - 2.0 * c.y)).abs() < 1e-13);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SecondOrder {
    gradients: Gradients,
}

impl SecondOrder {
    /// Makes the scheme for fields on a source mesh.
    ///
    /// Costs what [`Gradients::new`] does.
    #[must_use]
    pub fn new(source: &UnstructuredMesh, neighbourhood: Neighbourhood) -> Self {
        Self {
            gradients: Gradients::new(source, neighbourhood),
        }
    }

    /// Makes the scheme that limits its gradients.
    #[must_use]
    pub fn limited(self, limiter: Limiter) -> LimitedSecondOrder {
        LimitedSecondOrder {
            gradients: self.gradients,
            limiter,
        }
    }

    /// Returns the gradients.
    #[must_use]
    pub fn gradients(&self) -> &Gradients {
        &self.gradients
    }
}

impl Scheme for SecondOrder {
    fn name(&self) -> &'static str {
        "second-order"
    }

    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::VolumeAndFirst
    }

    fn source_mesh(&self) -> Option<Fingerprint> {
        Some(self.gradients.fingerprint())
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let (row, source) = (overlap.target.get(), overlap.source);
        let first = overlap.first_moment_about_source(self.gradients.centroid(source.id()));
        let (cells, weights) = self.gradients.of_cell(source.id());
        let mut own = overlap.moments.volume;
        for (cell, weight) in cells.iter().zip(weights) {
            let weight = weight.dot(&first);
            own -= weight;
            contributions.add(row, cell.get(), weight);
        }
        contributions.add(row, source.get(), own);
    }
}

impl FieldScheme for SecondOrder {
    fn name(&self) -> &'static str {
        "second-order"
    }

    fn source_mesh(&self) -> Option<Fingerprint> {
        Some(self.gradients.fingerprint())
    }

    fn gradients(&self, _source: &UnstructuredMesh, values: &[f64]) -> Vec<Vector3> {
        self.gradients.of_field(values)
    }
}

/// Cell values to cell values, linear in each source cell, with gradients that a [`Limiter`] keeps
/// within bounds.
///
/// Conservative like [`SecondOrder`]. With [`Limiter::BarthJespersen`] no target value lies beyond
/// those of the source cells that it overlaps and of their neighbours by node. How much is limited
/// depends on the field, so this is no matrix but a [`FieldScheme`].
#[derive(Debug)]
pub struct LimitedSecondOrder {
    gradients: Gradients,
    limiter: Limiter,
}

impl LimitedSecondOrder {
    /// Returns the limiter.
    #[must_use]
    pub fn limiter(&self) -> Limiter {
        self.limiter
    }
}

impl FieldScheme for LimitedSecondOrder {
    fn name(&self) -> &'static str {
        "second-order"
    }

    fn source_mesh(&self) -> Option<Fingerprint> {
        Some(self.gradients.fingerprint())
    }

    fn gradients(&self, _source: &UnstructuredMesh, values: &[f64]) -> Vec<Vector3> {
        let mut of_field = self.gradients.of_field(values);
        self.limiter.limit(&self.gradients, values, &mut of_field);
        of_field
    }
}
