//! What to do where the meshes do not match at the boundary.

use mesh_core::compensated_sum;

use super::side::Side;
use super::surroundings::FillingOrder;
use crate::error::OperatorError;

/// What to do where the meshes do not match at the boundary, in place of what the nature says.
///
/// Of the nature only remains whether values are densities (intensive) or totals (extensive); totals
/// are divided by volumes before and multiplied by them after, so that "constant" means a constant
/// density. With `c_i = Σ_j V_ij`, what of target cell `i` is covered:
///
/// | partly covered cells | value | constants stay | `Σ vol φ` of what is covered stays | of the whole source |
/// |---|---|---|---|---|
/// | [`Constant`](PartlyCovered::Constant) | `Σ_j V_ij φ_j / c_i` | yes, and no new extremum | no | no |
/// | [`LocallyConservative`](PartlyCovered::LocallyConservative) | `Σ_j V_ij φ_j / vol(T_i)` | no | yes, cell by cell, if empty cells are left | no |
/// | [`GloballyConservative`](PartlyCovered::GloballyConservative) | as constant, plus one number for all cells | as another constant | no | yes |
///
/// Where every cell of both meshes is wholly covered the three are one, but for rounding.
///
/// ```
/// use mesh_core::{BoxMesh, DataArray, Vector3};
/// use remap::{
///     Empty, Fixup, Nature, P0P0, PartlyCovered, RemapOperator, Transfer, prepare,
/// };
///
/// // A source of one cell from −0.8 to 0.4 along x; targets from 0 to 1 and from 1 to 2.
/// let unit = BoxMesh::unit([1, 1, 1]).generate()?;
/// let source = unit.scale(&Vector3::new(1.2, 1.0, 1.0))?.translate(&Vector3::new(-0.8, 0.0, 0.0))?;
/// let target = BoxMesh::unit([2, 1, 1]).generate()?.scale(&Vector3::new(2.0, 1.0, 1.0))?;
/// let matrix = prepare(&source, &target, &P0P0)?;
/// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
///
/// let fixup = Fixup { partly: PartlyCovered::GloballyConservative, empty: Empty::Extrapolate };
/// let transfer = Transfer { fixup: Some(fixup), ..Transfer::default() };
/// let carried = operator.transfer(&DataArray::scalars(vec![1.0]), &transfer)?;
/// for value in carried.values.values() {
///     assert!((value - 0.6).abs() < 1e-15); // the source has 1.2, the target is 2 long
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The choices are those of Portage (<https://github.com/laristra/portage>, `doc/mismatch.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fixup {
    /// What a partly covered target cell gets.
    pub partly: PartlyCovered,
    /// What an empty target cell gets: one of which nothing is covered, or less than is asked for.
    pub empty: Empty,
}

/// What a partly covered target cell gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartlyCovered {
    /// The mean of what covers it: constants stay constant.
    Constant,
    /// What covers it spread over the cell: each cell holds what it received.
    LocallyConservative,
    /// The mean of what covers it, and then the same number added to all cells that have a value, so
    /// that the target holds what the whole source does, covered or not. May leave the range of the
    /// source; [`Limits`](super::Limits) bring it back.
    GloballyConservative,
}

/// What an empty target cell gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Empty {
    /// What the transfer says of uncovered cells. Such cells count in no integral.
    Leave,
    /// The mean of the cells around it that have a value, layer by layer from those on; cells are
    /// around each other if they share a node. Where that leads nowhere, the value of the nearest
    /// cell with a value. Within the range of these values.
    Extrapolate,
}

impl PartlyCovered {
    /// All three.
    pub const ALL: [Self; 3] = [
        Self::Constant,
        Self::LocallyConservative,
        Self::GloballyConservative,
    ];

    /// Returns the name by which users know it, such as `globally-conservative`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::LocallyConservative => "locally-conservative",
            Self::GloballyConservative => "globally-conservative",
        }
    }
}

impl Empty {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Leave, Self::Extrapolate];

    /// Returns the name by which users know it: `leave` or `extrapolate`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Extrapolate => "extrapolate",
        }
    }
}

/// Repairs the components of a field one after the other.
pub(super) struct Repair<'a> {
    pub(super) fixup: Fixup,
    pub(super) target: &'a Side,
    /// The order of the last component, and which cells had a value in it: mostly those of all.
    pub(super) last_order: Option<(Vec<bool>, FillingOrder)>,
}

impl Repair<'_> {
    /// Fills empty cells and shifts all, so that the integral is `integral`. Returns how many cells
    /// were filled.
    ///
    /// `densities` has one value per target cell, which counts where `is_filled` says so. Values
    /// that are not a number stay, and get nowhere else.
    pub(super) fn repair(
        &mut self,
        densities: &mut [f64],
        is_filled: &mut [bool],
        integral: f64,
    ) -> Result<usize, OperatorError> {
        let has_number: Vec<bool> = is_filled
            .iter()
            .zip(&*densities)
            .map(|(&filled, value)| filled && !value.is_nan())
            .collect();
        if !has_number.contains(&true) {
            return Err(OperatorError::NothingCovered);
        }
        let before = is_filled.iter().filter(|&&filled| filled).count();
        if self.fixup.empty == Empty::Extrapolate && before < is_filled.len() {
            self.order(&has_number, is_filled)
                .fill(densities, is_filled);
        }
        if self.fixup.partly == PartlyCovered::GloballyConservative {
            self.shift(densities, is_filled, integral);
        }
        Ok(is_filled.iter().filter(|&&filled| filled).count() - before)
    }

    fn order(&mut self, has_number: &[bool], is_filled: &[bool]) -> &FillingOrder {
        let is_known = |(known, _): &(Vec<bool>, FillingOrder)| known == has_number;
        let known = self.last_order.take().filter(is_known);
        let target = self.target;
        let order = known.unwrap_or_else(|| {
            // What is filled without a number is not to be filled again.
            let is_used = |cell: usize| target.is_used(cell) && !is_filled[cell];
            let order = target.surroundings().filling_order(has_number, is_used);
            (has_number.to_vec(), order)
        });
        &self.last_order.insert(order).1
    }

    fn shift(&self, densities: &mut [f64], is_filled: &[bool], integral: f64) {
        let measures = &self.target.measures;
        let sum = |term: &dyn Fn(usize) -> f64| {
            let cells =
                (0..densities.len()).filter(|&cell| is_filled[cell] && !densities[cell].is_nan());
            compensated_sum(cells.map(|cell| measures[cell] * term(cell)))
        };
        let shift = (integral - sum(&|cell| densities[cell])) / sum(&|_| 1.0);
        for value in densities.iter_mut() {
            *value += shift;
        }
    }
}
