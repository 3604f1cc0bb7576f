//! The raw matrix with a nature's denominators, ready to carry fields.

use std::sync::{Arc, OnceLock};

use mesh_core::{CsrMatrix, DataArray, Field, FieldValues, Location, UnstructuredMesh};

use crate::error::OperatorError;
use crate::overlap_matrix::OverlapMatrix;

mod apply;
mod conservation;
mod fixup;
mod mask;
mod nature;
mod product;
mod side;
mod surroundings;
mod transfer;
mod uncovered;
mod value_range;

pub use conservation::{ComponentReport, ConservationReport, Statistics};
pub use fixup::{Empty, Fixup, PartlyCovered};
pub use mask::Mask;
pub use nature::Nature;
pub use transfer::{Limits, Transfer, Transferred};
pub use uncovered::Uncovered;
pub use value_range::ValueRange;

use product::{Divisors, multiply};
use side::Side;

/// A raw matrix with the denominators of a nature: carries fields from the source to the target, and
/// by [`RemapOperator::reversed`] back. Prepared once, applied many times.
///
/// Invariant: the matrix belongs to the meshes. A row whose sum is not positive has no value, nor has a
/// cell without volume.
///
/// Weights are not stored: the product is taken with the raw matrix, which copies of the operator
/// and of the [`OverlapMatrix`] share. Entries are divided when they are used or, for extensive natures,
/// the source values beforehand. So an operator takes some 40 bytes for each cell and nothing for an
/// entry.
///
/// Masks, the least coverage and what becomes of missing values are parts of the operator, so that
/// everything it does abides by them:
///
/// ```
/// use mesh_core::{BoxMesh, DataArray};
/// use remap::{Mask, Nature, P0P0, RemapOperator, prepare};
///
/// let source = BoxMesh::unit([2, 1, 1]).generate()?;
/// let target = BoxMesh::unit([3, 1, 1]).generate()?;
/// let matrix = prepare(&source, &target, &P0P0)?;
///
/// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?
///     .with_source_mask(Mask::of_masked(vec![true, false])?)?;
/// let carried = operator.apply(&DataArray::scalars(vec![1e30, 7.0]), -1.0)?;
/// assert_eq!(carried.values(), [-1.0, 7.0, 7.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RemapOperator {
    nature: Nature,
    matrix: Arc<CsrMatrix>,
    /// The matrix with rows and columns exchanged, made the first time it is asked for.
    transposed: Arc<OnceLock<Arc<CsrMatrix>>>,
    source: Side,
    target: Side,
    least_coverage: f64,
    leaves_out_missing: bool,
    /// For each row the sum over the columns that are not masked.
    covered: Vec<f64>,
    /// What each row is divided by; zero where it has no value.
    divisors: Vec<f64>,
    /// What source values are divided by beforehand, if they are totals.
    source_divisors: Option<Arc<Vec<f64>>>,
    weights: OnceLock<CsrMatrix>,
}

impl RemapOperator {
    /// Prepares a raw matrix for fields of a nature.
    ///
    /// Cost: a pass over the entries and one over the cells of both meshes; no entry is copied.
    ///
    /// # Errors
    ///
    /// If the matrix does not belong to the meshes.
    pub fn new(
        matrix: &OverlapMatrix,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        nature: Nature,
    ) -> Result<Self, OperatorError> {
        matrix.check_meshes(source, target)?;
        let operator = Self {
            nature,
            matrix: matrix.shared(),
            transposed: Arc::default(),
            source: Side::new(source, matrix.source_location()),
            target: Side::new(target, matrix.target_location()),
            least_coverage: 0.0,
            leaves_out_missing: false,
            covered: Vec::new(),
            divisors: Vec::new(),
            source_divisors: None,
            weights: OnceLock::new(),
        };
        Ok(operator.prepared())
    }

    /// The operator for another nature; it shares matrix and meshes.
    #[must_use]
    pub fn with_nature(self, nature: Nature) -> Self {
        Self { nature, ..self }.prepared()
    }

    /// The operator that leaves out masked source cells, in place of those that it left out before.
    /// Rows are divided by what is left: with all natures the result is that of a source mesh
    /// without these cells. (So for matrices of overlaps. Where rows also use cells that they do not
    /// overlap, as those of second order do, constants still stay constant with intensive-maximum.)
    ///
    /// Cost: a pass over the entries.
    ///
    /// # Errors
    ///
    /// If the mask is of another length or location.
    pub fn with_source_mask(self, mask: Mask) -> Result<Self, OperatorError> {
        let source = self.source.clone().with_mask(mask)?;
        Ok(Self { source, ..self }.prepared())
    }

    /// The operator that gives masked target cells nothing, in place of those that it gave nothing
    /// before. With all natures the result is that of a target mesh without these cells: with
    /// extensive-conservation the others get what these would have got.
    ///
    /// Cost: a pass over the entries.
    ///
    /// # Errors
    ///
    /// If the mask is of another length or location.
    pub fn with_target_mask(self, mask: Mask) -> Result<Self, OperatorError> {
        let target = self.target.clone().with_mask(mask)?;
        Ok(Self { target, ..self }.prepared())
    }

    /// The operator that gives no value to target cells of which less than a fraction is covered by
    /// source cells that are neither masked nor left out. Zero, as at first, asks for any overlap;
    /// one for all of the cell, as far as rounding can tell.
    ///
    /// The fraction is of the target cell's volume, not of what the source mesh covers of it:
    /// a masked cell is as good as none. In terms of xESMF's `na_thres` it is `1 − na_thres`.
    /// What such a cell would have got is lost, with the conservation natures as well.
    ///
    /// # Errors
    ///
    /// If it is no fraction.
    pub fn with_least_coverage(self, fraction: f64) -> Result<Self, OperatorError> {
        if !(0.0..=1.0).contains(&fraction) {
            return Err(OperatorError::NoFraction { found: fraction });
        }
        let least_coverage = fraction;
        Ok(Self {
            least_coverage,
            ..self
        }
        .prepared())
    }

    /// The operator that leaves out source values that are not a number, each component by itself,
    /// as if these cells were masked. Otherwise they make the rows that use them, and no others, not
    /// a number.
    ///
    /// Only a field with such values costs more for it: twice as much.
    #[must_use]
    pub fn leaving_out_missing(self) -> Self {
        Self {
            leaves_out_missing: true,
            ..self
        }
    }

    /// The operator from target to source: the transposed matrix, divided by what the nature says
    /// with source and target exchanged. Masks, least coverage and missing values stay what they are.
    ///
    /// Cost: a pass over the entries; the first time the matrix is transposed, and that is shared by
    /// this operator and its copies.
    ///
    /// ```
    /// use mesh_core::{BoxMesh, DataArray};
    /// use remap::{Nature, P0P0, RemapOperator, prepare};
    ///
    /// let source = BoxMesh::unit([4, 1, 1]).generate()?;
    /// let target = BoxMesh::unit([2, 1, 1]).generate()?;
    /// let matrix = prepare(&source, &target, &P0P0)?;
    /// let operator = RemapOperator::new(&matrix, &source, &target, Nature::ExtensiveMaximum)?;
    /// let back = operator.reversed().apply(&DataArray::scalars(vec![2.0, 6.0]), 0.0)?;
    /// assert_eq!(back.values(), [1.0, 1.0, 3.0, 3.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn reversed(&self) -> Self {
        let transpose = || Arc::new(self.matrix.transpose_view().to_csr());
        let matrix = Arc::clone(self.transposed.get_or_init(transpose));
        let transposed = OnceLock::from(Arc::clone(&self.matrix));
        let operator = Self {
            matrix,
            transposed: Arc::new(transposed),
            source: self.target.clone(),
            target: self.source.clone(),
            covered: Vec::new(),
            divisors: Vec::new(),
            source_divisors: None,
            weights: OnceLock::new(),
            ..*self
        };
        operator.prepared()
    }

    /// Computes everything that follows from matrix, nature and masks.
    fn prepared(mut self) -> Self {
        self.weights = OnceLock::new();
        let present = |column| f64::from(u8::from(self.source.is_used(column)));
        let presence: Vec<f64> = (0..self.matrix.cols()).map(present).collect();
        self.covered = self.sums_of_entries(&presence, 1);
        let rows = self.covered.iter().enumerate();
        self.divisors = rows
            .map(|(row, &covered)| self.divisor(row, covered, None))
            .collect();
        let divisors = match self.nature {
            Nature::IntensiveMaximum | Nature::IntensiveConservation => None,
            Nature::ExtensiveMaximum => Some(self.source.measures.to_vec()),
            Nature::ExtensiveConservation => Some(self.column_sums()),
        };
        self.source_divisors = divisors.map(Self::without_zeros);
        self
    }

    /// What there is nothing of to divide by has no entries, or such that are zero.
    fn without_zeros(mut divisors: Vec<f64>) -> Arc<Vec<f64>> {
        for divisor in &mut divisors {
            if *divisor == 0.0 {
                *divisor = 1.0;
            }
        }
        Arc::new(divisors)
    }

    /// The raw matrix times values.
    fn sums_of_entries(&self, values: &[f64], components: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.matrix.rows() * components];
        let finish = |_, _, sum, place: &mut f64| *place = sum;
        multiply(
            &self.matrix,
            values,
            components,
            &mut sums,
            Divisors::None,
            finish,
        );
        sums
    }

    /// The sum of each column over the rows that are not masked, added in ascending order.
    fn column_sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.matrix.cols()];
        for (row, entries) in self.matrix.outer_iterator().enumerate() {
            if self.target.is_used(row) {
                for (&column, value) in entries.indices().iter().zip(entries.data()) {
                    sums[column as usize] += value;
                }
            }
        }
        sums
    }

    /// Whether a row has a value of which so much is covered. Written so that NaN has none.
    fn has_value(&self, row: usize, covered: f64) -> bool {
        covered > 0.0
            && self.target.measures[row] > 0.0
            && self.target.is_used(row)
            && self.target.is_covered(row, covered, self.least_coverage)
    }

    /// What a row is divided by, so much of which is covered; zero where it has no value.
    fn divisor(&self, row: usize, covered: f64, partly: Option<PartlyCovered>) -> f64 {
        if !self.has_value(row, covered) {
            return 0.0;
        }
        match (partly, self.nature) {
            (Some(PartlyCovered::LocallyConservative), _)
            | (None, Nature::IntensiveConservation) => self.target.measures[row],
            (Some(PartlyCovered::Constant | PartlyCovered::GloballyConservative), _)
            | (None, Nature::IntensiveMaximum) => covered,
            (None, Nature::ExtensiveMaximum | Nature::ExtensiveConservation) => 1.0,
        }
    }

    /// The meshes that fields come from and go to.
    pub(crate) fn meshes(&self) -> [&UnstructuredMesh; 2] {
        [&self.source.mesh, &self.target.mesh]
    }

    /// The volume of each source cell.
    pub(crate) fn source_measures(&self) -> &[f64] {
        &self.source.measures
    }

    /// Whether a source cell is not masked.
    pub(crate) fn uses_source(&self, cell: usize) -> bool {
        self.source.is_used(cell)
    }

    /// Whether a target cell is not masked.
    pub(crate) fn uses_target(&self, cell: usize) -> bool {
        self.target.is_used(cell)
    }

    /// Whether values that are not a number are left out.
    pub(crate) fn leaves_out_missing(&self) -> bool {
        self.leaves_out_missing
    }

    /// Checks that a field is where the columns of the matrix are.
    pub(crate) fn check_location(&self, field: &Field) -> Result<(), OperatorError> {
        if field.location() == self.source.location {
            return Ok(());
        }
        Err(OperatorError::WrongLocation {
            name: field.name().to_owned(),
            found: field.location(),
            expected: self.source.location,
        })
    }

    /// Returns the nature that the denominators are for.
    #[must_use]
    pub fn nature(&self) -> Nature {
        self.nature
    }

    /// Returns the raw matrix, row = target cell, column = source cell.
    #[must_use]
    pub fn matrix(&self) -> &CsrMatrix {
        &self.matrix
    }

    /// Returns where the fields live that the operator takes.
    #[must_use]
    pub fn source_location(&self) -> Location {
        self.source.location
    }

    /// Returns where the fields live that the operator gives.
    #[must_use]
    pub fn target_location(&self) -> Location {
        self.target.location
    }

    /// Returns the weights, row = target cell, column = source cell: target = weights × source; for
    /// the intensive natures to the last bit. Zero where a cell is masked or a row has no value.
    ///
    /// Cost: twelve bytes and a division for each entry, the first time. Applying needs no weights.
    #[must_use]
    pub fn weights(&self) -> &CsrMatrix {
        self.weights.get_or_init(|| {
            let mut weights = CsrMatrix::clone(&self.matrix);
            for (row, mut entries) in weights.outer_iterator_mut().enumerate() {
                let divisor = self.divisors[row];
                for (column, value) in entries.iter_mut() {
                    let counts = divisor > 0.0 && self.source.is_used(column);
                    let of_column = self.source_divisors.as_ref().map(|all| all[column]);
                    *value = if counts {
                        *value / of_column.unwrap_or(divisor)
                    } else {
                        0.0
                    };
                }
            }
            weights
        })
    }

    /// Returns the covered fraction of each target cell, by source cells that are not masked; zero
    /// for a cell without volume.
    #[must_use]
    pub fn coverage(&self) -> Vec<f64> {
        let pairs = self.covered.iter().zip(self.target.measures.iter());
        pairs
            .map(|(covered, &measure)| {
                if measure > 0.0 {
                    covered / measure
                } else {
                    0.0
                }
            })
            .collect()
    }

    /// Returns [`RemapOperator::coverage`] as a field of this name on the target.
    #[must_use]
    pub fn coverage_field(&self, name: &str) -> Field {
        let values = FieldValues::Float(DataArray::scalars(self.coverage()));
        Field::new(name, self.target.location, values)
    }
}
