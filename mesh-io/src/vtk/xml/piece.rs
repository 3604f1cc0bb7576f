//! One piece of a file: its arrays as numbers, its fields, its ghosts.

use mesh_core::Location;

use super::document::{ArrayElement, Document, Piece};
use super::error::{ArrayError, VtkXmlError};
use super::numbers::ArrayData;
use super::payload::read_payload;
use crate::shorten;
use crate::vtk::fields::{FieldTable, PieceArray, Values};
use crate::vtk::ghosts::Marks;

/// Components that an array without a single value may claim.
const MOST_COMPONENTS: usize = 1024;

/// One piece of a document.
pub(crate) struct PieceReader<'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) piece: &'a Piece<'a>,
    pub(crate) index: usize,
}

impl PieceReader<'_> {
    /// Adds the piece's fields; values on cells that are not `kept` are left out, and so are the
    /// marks of ghosts.
    pub(crate) fn read_fields(
        &self,
        table: &mut FieldTable,
        kept: Option<&[bool]>,
    ) -> Result<(), VtkXmlError> {
        let piece = self.piece;
        for array in &piece.point_fields {
            self.read_field(array, Location::Nodes, piece.points, None, table)?;
        }
        for array in &piece.cell_fields {
            self.read_field(array, Location::Cells, piece.cells, kept, table)?;
        }
        Ok(())
    }

    /// Which cells are ghosts or hidden, one flag per cell, where the piece says so.
    pub(crate) fn hidden_cells(&self) -> Result<Option<Vec<bool>>, VtkXmlError> {
        self.marked(&self.piece.cell_fields, self.piece.cells, Marks::hide_cell)
    }

    /// Which nodes hide the cells around them in a grid, where the piece says so.
    pub(crate) fn hidden_nodes(&self) -> Result<Option<Vec<bool>>, VtkXmlError> {
        self.marked(
            &self.piece.point_fields,
            self.piece.points,
            Marks::hide_node,
        )
    }

    fn marked(
        &self,
        arrays: &[ArrayElement<'_>],
        count: usize,
        is_hidden: impl Fn(Marks, i64) -> bool,
    ) -> Result<Option<Vec<bool>>, VtkXmlError> {
        let find = |array: &ArrayElement<'_>| Marks::of(&array.name, array.components);
        let found = arrays.iter().find_map(|array| Some((array, find(array)?)));
        let Some((array, marks)) = found else {
            return Ok(None);
        };
        let values = self.integers(array)?;
        self.check_length(array, values.len(), count, "one mark each")?;
        let hidden = values.iter().map(|mark| is_hidden(marks, *mark));
        Ok(Some(hidden.collect()))
    }

    /// Floats as floats, integers as integers.
    fn read_values(&self, array: &ArrayElement<'_>) -> Result<Values, VtkXmlError> {
        let data = self.data(array)?;
        let values = if data.is_float() {
            data.floats().map(Values::Float)
        } else {
            data.integers().map(Values::Integer)
        };
        self.placed(array, values)
    }

    fn read_field(
        &self,
        array: &ArrayElement<'_>,
        location: Location,
        tuples: usize,
        kept: Option<&[bool]>,
        table: &mut FieldTable,
    ) -> Result<(), VtkXmlError> {
        if Marks::of(&array.name, array.components).is_some() {
            return Ok(());
        }
        let values = match self.read_values(array) {
            Ok(values) => values,
            // Text, bits and large unsigned numbers are no fields; the mesh can do without.
            Err(VtkXmlError::Array {
                array,
                source: source @ (ArrayError::Type { .. } | ArrayError::TooLarge { .. }),
                ..
            }) => {
                table.note(format!("array {array:?} left out: {source}"));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let expected = tuples.saturating_mul(array.components);
        let reason = match location {
            Location::Cells => "its components for each cell",
            Location::Nodes => "its components for each point",
        };
        self.check_length(array, values.len(), expected, reason)?;
        if values.len() == 0 && array.components > MOST_COMPONENTS {
            return self.check_length(array, 0, array.components, "its components");
        }
        let values = match kept {
            Some(kept) => values.keep(kept, array.components),
            None => values,
        };
        let column = PieceArray {
            name: &array.name,
            location,
            components: component_names(array),
            values,
        };
        table
            .add(column, self.index)
            .map_err(|differ| VtkXmlError::Components {
                piece: self.index,
                array: shorten(&array.name),
                found: differ.found,
                expected: differ.expected,
            })
    }

    /// The values of `array`, not yet converted.
    pub(crate) fn data<'b>(
        &'b self,
        array: &'b ArrayElement<'b>,
    ) -> Result<ArrayData<'b>, VtkXmlError> {
        let payload = read_payload(array, self.document.encoding, self.document.appended);
        self.placed(array, payload)
    }

    /// The result, an error with its place in the file.
    pub(crate) fn placed<T>(
        &self,
        array: &ArrayElement<'_>,
        result: Result<T, ArrayError>,
    ) -> Result<T, VtkXmlError> {
        result.map_err(|source| VtkXmlError::Array {
            piece: self.index,
            array: shorten(&array.name),
            source,
        })
    }

    pub(crate) fn integers(&self, array: &ArrayElement<'_>) -> Result<Vec<i64>, VtkXmlError> {
        self.placed(array, self.data(array)?.integers())
    }

    pub(crate) fn check_length(
        &self,
        array: &ArrayElement<'_>,
        found: usize,
        expected: usize,
        reason: &'static str,
    ) -> Result<(), VtkXmlError> {
        if found == expected {
            return Ok(());
        }
        let array = shorten(&array.name);
        Err(VtkXmlError::Length {
            piece: self.index,
            array,
            found,
            expected,
            reason,
        })
    }
}

/// One name per component; an empty one stands for none.
fn component_names(array: &ArrayElement<'_>) -> Vec<String> {
    let mut names: Vec<String> = array
        .component_names
        .iter()
        .map(|name| name.clone().unwrap_or_default())
        .collect();
    names.resize(array.components, String::new());
    names
}
