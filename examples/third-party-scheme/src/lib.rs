//! A scheme as a third party writes one: values go from material to the same material only.
//!
//! Where the interface between two materials runs through cells, an average over all that a cell
//! overlaps mixes what must not be mixed: the temperature of a fuel pin with that of the coolant.

use mesh_core::{Field, FieldValues, Location};
use remap::{Contributions, Overlap, Scheme};
use remap_cli::GivenMesh;

/// Cell values to cell values of the same material, by overlap volumes.
pub struct ByMaterial {
    source: Vec<i64>,
    target: Vec<i64>,
}

impl ByMaterial {
    /// The scheme for meshes with these materials, one number per cell.
    #[must_use]
    pub fn new(source: Vec<i64>, target: Vec<i64>) -> Self {
        Self { source, target }
    }

    /// The scheme for two meshes, each with an integer cell field "material".
    ///
    /// # Errors
    ///
    /// If one of them has no such field.
    pub fn of_fields(source: GivenMesh<'_>, target: GivenMesh<'_>) -> Result<Self, String> {
        let materials = |given: GivenMesh<'_>, which| {
            let is_material =
                |field: &&Field| field.name() == "material" && field.location() == Location::Cells;
            match given.fields.iter().find(is_material).map(Field::values) {
                Some(FieldValues::Integer(values)) => Ok(values.values().to_vec()),
                _ => Err(format!(
                    "the {which} mesh has no integer cell field \"material\""
                )),
            }
        };
        Ok(Self::new(
            materials(source, "source")?,
            materials(target, "target")?,
        ))
    }
}

impl Scheme for ByMaterial {
    fn name(&self) -> &'static str {
        "by-material"
    }

    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
        let from = self.source.get(overlap.source.id().index());
        let to = self.target.get(overlap.target.id().index());
        if from.is_some() && from == to {
            let (row, column) = (overlap.target.get(), overlap.source.get());
            contributions.add(row, column, overlap.moments.volume);
        }
    }
}
