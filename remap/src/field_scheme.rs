//! Schemes that need the field's values, which are no matrix.

use mesh_core::{Fingerprint, UnstructuredMesh, Vector3};

/// The rule by which a field becomes linear in each source cell; the sibling of
/// [`Scheme`](crate::Scheme) for rules that depend on the field's values, such as limiters.
///
/// In source cell `j` the field is taken as `φ_j + g_j · (x − c_j)`, with the cell's value `φ_j` at its
/// centroid `c_j`. A scheme says what the gradients `g_j` are and nothing else, so that any scheme
/// conserves and keeps constants. A [`FieldOperator`](crate::FieldOperator) applies it.
///
/// A scheme of one's own in full: no gradients, which is P0-P0.
///
/// ```
/// use mesh_core::{BoxMesh, DataArray, UnstructuredMesh, Vector3};
/// use remap::{FieldOperator, FieldScheme, MomentMatrix, Nature};
///
/// struct Constant;
///
/// impl FieldScheme for Constant {
///     fn name(&self) -> &str {
///         "constant"
///     }
///     fn gradients(&self, source: &UnstructuredMesh, _values: &[f64]) -> Vec<Vector3> {
///         vec![Vector3::zeros(); source.cell_count()]
///     }
/// }
///
/// let source = BoxMesh::unit([1, 1, 2]).generate()?;
/// let target = BoxMesh::unit([1, 1, 3]).generate()?;
/// let moments = MomentMatrix::prepare(&source, &target)?;
/// let operator = FieldOperator::new(&moments, &source, &target, Nature::IntensiveMaximum)?;
/// let field = DataArray::scalars(vec![1.0, 3.0]);
/// let carried = operator.apply(&Constant, &field, f64::NAN)?;
/// assert!((carried.values()[1] - 2.0).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait FieldScheme: Sync {
    /// The name by which users know the scheme.
    fn name(&self) -> &str;

    /// The fingerprint of the only source mesh that the scheme is for, if it is for one only.
    fn source_mesh(&self) -> Option<Fingerprint> {
        None
    }

    /// Returns the gradient in every source cell of a field with these values, one per cell.
    ///
    /// For fields of an extensive nature the values are densities. Values that are not finite are
    /// missing; whatever the gradient of such a cell is, it is not used. The result must be the same
    /// for any number of threads.
    fn gradients(&self, source: &UnstructuredMesh, values: &[f64]) -> Vec<Vector3>;
}
