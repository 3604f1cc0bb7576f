//! What a field is, and what is to be kept of it.

/// What a field is, and what to keep where the meshes do not cover each other.
///
/// With overlap volumes `V_ij` the value on target cell `i` is `Σ_j V_ij φ_j / D_ij`. Where the
/// meshes cover each other the two intensive natures agree, and so do the two extensive ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// `D_ij = Σ_j V_ij`: keeps the maximum principle. Temperature.
    IntensiveMaximum,
    /// `D_ij = vol(T_i)`: keeps the integral over what is covered. Density.
    IntensiveConservation,
    /// `D_ij = vol(S_j)`: keeps the covered share of a total. Power.
    ExtensiveMaximum,
    /// `D_ij = Σ_i V_ij`: keeps the total of every source cell that is touched.
    ExtensiveConservation,
}

impl Nature {
    /// All four natures.
    pub const ALL: [Self; 4] = [
        Self::IntensiveMaximum,
        Self::IntensiveConservation,
        Self::ExtensiveMaximum,
        Self::ExtensiveConservation,
    ];

    /// Returns the name by which users know the nature, such as `intensive-maximum`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IntensiveMaximum => "intensive-maximum",
            Self::IntensiveConservation => "intensive-conservation",
            Self::ExtensiveMaximum => "extensive-maximum",
            Self::ExtensiveConservation => "extensive-conservation",
        }
    }

    /// Returns whether values are per volume (intensive) and not totals of cells (extensive).
    #[must_use]
    pub const fn is_intensive(self) -> bool {
        matches!(self, Self::IntensiveMaximum | Self::IntensiveConservation)
    }
}
