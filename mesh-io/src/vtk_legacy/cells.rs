//! The cells of an unstructured grid, in both layouts that legacy files have.
//!
//! | version | layout |
//! |---|---|
//! | to 4.2 | `CELLS cells values`: per cell the number of its values, then these |
//! | from 5.0 | `CELLS offsets values`, `OFFSETS`, `CONNECTIVITY`; one offset more than cells |
//!
//! The values of a cell are its nodes; those of a polyhedron are the number of its faces, then per
//! face the number of nodes and the nodes.

use mesh_core::NodeId;

use super::error::VtkLegacyError;
use super::numbers::{IntegerView, Numbers};
use crate::vtk::assembly::PieceCells;
use crate::vtk::cell_types::CellKind;
use crate::vtk::polyhedra::{PieceFaces, integer};
use crate::vtk::{ArrayError, CellError, Whole};

/// The section `CELLS`.
pub(super) enum CellsSection<'a> {
    /// Each cell begins with the number of its values.
    Counted { cells: usize, values: Numbers<'a> },
    /// Cells follow each other between offsets.
    Offsets {
        offsets: Numbers<'a>,
        values: Numbers<'a>,
    },
}

impl CellsSection<'_> {
    /// The number of cells.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Counted { cells, .. } => *cells,
            Self::Offsets { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// The cells, which have these types and name so many nodes, and the faces of the polyhedra.
    ///
    /// # Errors
    ///
    /// A cell that leaves its section, or names a node that is not there.
    pub(super) fn decode(
        &self,
        vtk_types: Vec<u8>,
        nodes: usize,
    ) -> Result<(PieceCells, Option<PieceFaces>), VtkLegacyError> {
        let array = |section: &str| {
            let section = section.to_owned();
            |source: ArrayError| VtkLegacyError::Array { section, source }
        };
        match self {
            Self::Counted { values, .. } => {
                let values = values.view().map_err(array("CELLS"))?;
                let mut next = 0;
                let cells = Decoder::new(&values, vtk_types, nodes).decode(|cell| {
                    let count = values.get(next).unwrap_or(0);
                    let start = integer(next).saturating_add(1);
                    let range = checked_range(cell, start, start.saturating_add(count), &values)?;
                    next = range.end;
                    Ok(range)
                })?;
                if next != values.len() {
                    return Err(VtkLegacyError::Length {
                        section: "CELLS",
                        found: values.len(),
                        expected: next,
                        reason: "as many as its cells take",
                    });
                }
                Ok(cells)
            }
            Self::Offsets { offsets, values } => {
                let offsets = offsets.view().map_err(array("OFFSETS"))?;
                let values = values.view().map_err(array("CONNECTIVITY"))?;
                Decoder::new(&values, vtk_types, nodes).decode(|cell| {
                    let offset = |index| offsets.get(index).unwrap_or(-1);
                    checked_range(cell, offset(cell), offset(cell + 1), &values)
                })
            }
        }
    }
}

fn checked_range(
    cell: usize,
    start: i64,
    end: i64,
    values: &IntegerView<'_>,
) -> Result<std::ops::Range<usize>, VtkLegacyError> {
    let length = values.len();
    let ends = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    match ends {
        Some((start, end)) if start <= end && end <= length => Ok(start..end),
        _ => Err(VtkLegacyError::Range {
            cell,
            start,
            end,
            length,
        }),
    }
}

struct Decoder<'a> {
    values: &'a IntegerView<'a>,
    vtk_types: Vec<u8>,
    nodes: usize,
}

impl<'a> Decoder<'a> {
    const fn new(values: &'a IntegerView<'a>, vtk_types: Vec<u8>, nodes: usize) -> Self {
        Self {
            values,
            vtk_types,
            nodes,
        }
    }

    /// The cells, whose values are where `range_of` says.
    fn decode(
        self,
        mut range_of: impl FnMut(usize) -> Result<std::ops::Range<usize>, VtkLegacyError>,
    ) -> Result<(PieceCells, Option<PieceFaces>), VtkLegacyError> {
        let Self {
            values,
            vtk_types,
            nodes,
        } = self;
        let mut ends = Vec::with_capacity(vtk_types.len());
        let mut ids = Vec::with_capacity(values.len());
        let mut faces = Vec::new();
        let mut face_ends = Vec::new();
        let mut total = 0;
        for (cell, &vtk_type) in vtk_types.iter().enumerate() {
            let range = range_of(cell)?;
            // Offsets that go back would name the same values without end.
            total += range.len();
            if total > values.len() {
                return Err(VtkLegacyError::Length {
                    section: "CELLS",
                    found: values.len(),
                    expected: total,
                    reason: "as many as its cells take",
                });
            }
            if CellKind::of(vtk_type) == CellKind::Polyhedron {
                face_ends.resize(cell, -1);
                values.for_each(range, |value| faces.push(value));
                face_ends.push(integer(faces.len()));
            } else {
                let mut wrong = None;
                values.for_each(range, |id| match usize::try_from(id) {
                    Ok(place) if place < nodes => ids.push(NodeId::new(place as u32)),
                    _ => wrong = wrong.or(Some(id)),
                });
                if let Some(node) = wrong {
                    return Err(VtkLegacyError::Cell(CellError::NodeId {
                        cell,
                        node,
                        nodes,
                        whole: Whole::Mesh,
                    }));
                }
            }
            ends.push(ids.len());
        }
        let faces = (!face_ends.is_empty()).then(|| {
            face_ends.resize(vtk_types.len(), -1);
            PieceFaces::Stream {
                faces,
                ends: face_ends,
                position: 0,
            }
        });
        let cells = PieceCells {
            vtk_types,
            ends,
            ids,
            first_node: 0,
            nodes,
            whole: Whole::Mesh,
        };
        Ok((cells, faces))
    }
}
