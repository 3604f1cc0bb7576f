//! From the elements of a VTU file to a mesh and its fields.

use mesh_core::{Location, MeshArrays, NodeId, Point3};
use rayon::prelude::*;

use crate::vtk::assembly::{Assembly, PieceCells, append};
use crate::vtk::fields::FieldTable;
use crate::vtk::polyhedra::{PieceFaces, integer};
use crate::vtk::selection::finish;
use crate::vtk::xml::document::{ArrayElement, Document, Kind, read_document};
use crate::vtk::xml::piece::PieceReader;
use crate::vtk::{CellError, VtkXmlError, Whole};
use crate::{MeshFile, ReadOptions};

/// What a file of this kind begins with.
const EXPECTED: &str = "<VTKFile type=\"UnstructuredGrid\">";

/// Names of arrays that number the nodes over several files, where that is not said.
const GLOBAL_IDS: [&str; 4] = [
    "GlobalNodeId",
    "GlobalNodeIds",
    "GlobalPointIds",
    "vtkGlobalIds",
];

/// Stands for an id that is out of range until all are converted; no node has it.
const NO_NODE: NodeId = NodeId::new(u32::MAX);

/// The mesh and the fields in the bytes `file` of a VTU file.
///
/// Every encoding of VTK is read: digits, base64 and appended data, compressed or not. Several
/// pieces become one mesh, in their order; their nodes are not merged. Cells of lower dimension
/// are left out, as are the field values on them, and counted in the notes.
///
/// # Errors
///
/// What is wrong, and where in the file. Sizes that a file claims are checked against the bytes it
/// has before memory is taken.
///
/// Cost: one pass over the file; memory for the arrays of the mesh, and once more for the largest
/// of them.
pub fn read(file: &[u8], options: &ReadOptions) -> Result<MeshFile, VtkXmlError> {
    let document = read_document(file, &[Kind::Unstructured], EXPECTED)?;
    read_pieces(&document, options)
}

/// As [`read`], and the name of the field that numbers the nodes over several files, if it has one.
pub(crate) fn read_piece(
    file: &[u8],
    options: &ReadOptions,
) -> Result<(MeshFile, Option<String>), VtkXmlError> {
    let document = read_document(file, &[Kind::Unstructured], EXPECTED)?;
    let mesh = read_pieces(&document, options)?;
    let said = document
        .pieces
        .first()
        .and_then(|piece| piece.global_ids.as_deref());
    let names = said.into_iter().chain(GLOBAL_IDS);
    let mut found = names.filter(|name| {
        let mut fields = mesh.fields.iter();
        fields.any(|field| field.location() == Location::Nodes && field.name() == *name)
    });
    let found = found.next().map(str::to_owned);
    Ok((mesh, found))
}

/// The mesh and the fields of a document.
fn read_pieces(document: &Document<'_>, options: &ReadOptions) -> Result<MeshFile, VtkXmlError> {
    if document.pieces.is_empty() {
        return Err(VtkXmlError::NoPiece);
    }
    let mut assembly = Assembly::new(options.linearize);
    let mut fields = FieldTable::new(document.pieces.len());
    for index in 0..document.pieces.len() {
        let piece = PieceReader {
            document,
            piece: &document.pieces[index],
            index,
        };
        let kept = piece.read_mesh(&mut assembly)?;
        piece.read_fields(&mut fields, kept.as_deref())?;
    }
    let mut notes = assembly.notes();
    let (arrays, left_out) = assembly.finish();
    if arrays.shapes.is_empty() {
        return Err(CellError::NoCells { left_out }.into());
    }
    let (fields, field_notes) = fields.finish();
    notes.extend(document.notes.iter().cloned());
    notes.extend(field_notes);
    Ok(finish(arrays, fields, notes, left_out)?)
}

impl<'a> PieceReader<'a> {
    /// Adds the piece's nodes and cells; which of its cells became cells of the mesh, where not
    /// all did.
    fn read_mesh(&self, assembly: &mut Assembly) -> Result<Option<Vec<bool>>, VtkXmlError> {
        let first_node = assembly.arrays.nodes.len();
        self.read_nodes(&mut assembly.arrays)?;
        let cells = self.read_cells(assembly.file_cells, first_node)?;
        let mut faces = if cells.has_polyhedra() {
            self.read_faces()?
        } else {
            None
        };
        let hidden = self.hidden_cells()?;
        Ok(assembly.add(cells, faces.as_mut(), hidden.as_deref())?)
    }

    fn read_nodes(&self, arrays: &mut MeshArrays) -> Result<(), VtkXmlError> {
        let Some(points) = self.piece.point_arrays.first() else {
            if self.piece.points == 0 {
                return Ok(());
            }
            return Err(VtkXmlError::MissingArray {
                piece: self.index,
                array: "Points",
            });
        };
        let values = self.placed(points, self.data(points)?.floats())?;
        self.check_length(
            points,
            values.len(),
            self.piece.points.saturating_mul(3),
            "three per point",
        )?;
        let nodes = arrays.nodes.len() + self.piece.points;
        if u32::try_from(nodes).is_err() {
            return Err(CellError::TooManyNodes { nodes }.into());
        }
        // Three coordinates in a row are a point: as a rule, nothing is copied.
        let points = bytemuck::allocation::try_cast_vec(values).unwrap_or_else(|(_, values)| {
            let points = values.as_chunks::<3>().0.iter();
            points.map(|point| Point3::from(*point)).collect()
        });
        append(&mut arrays.nodes, points);
        Ok(())
    }

    fn read_cells(&self, first_cell: usize, first_node: usize) -> Result<PieceCells, VtkXmlError> {
        if self.piece.cells == 0 {
            return Ok(PieceCells::default());
        }
        let types = self.cell_array("types")?;
        let to_type = |vtk_type| u8::try_from(vtk_type).unwrap_or(u8::MAX);
        let vtk_types = self.placed(types, self.data(types)?.map_integers(to_type))?;
        self.check_length(types, vtk_types.len(), self.piece.cells, "one per cell")?;

        let offsets = self.cell_array("offsets")?;
        let ends = self.integers(offsets)?;
        self.check_length(offsets, ends.len(), self.piece.cells, "one per cell")?;

        let connectivity = self.cell_array("connectivity")?;
        let ids = self.read_ids(connectivity, &ends, first_cell, first_node)?;
        let ends = self.checked_ends(ends, ids.len())?;
        Ok(PieceCells {
            vtk_types,
            ends,
            ids,
            first_node,
            nodes: self.piece.points,
            whole: self.whole(),
        })
    }

    /// The connectivity, counted in the nodes of the whole mesh.
    fn read_ids(
        &self,
        connectivity: &ArrayElement<'_>,
        ends: &[i64],
        first_cell: usize,
        first_node: usize,
    ) -> Result<Vec<NodeId>, VtkXmlError> {
        let nodes = self.piece.points;
        let data = self.data(connectivity)?;
        // Nodes and with them all ids are below `NO_NODE`, as `read_nodes` has checked.
        let shift = first_node as u32;
        let to_node = |id: i64| match usize::try_from(id) {
            Ok(place) if place < nodes => NodeId::new(place as u32 + shift),
            _ => NO_NODE,
        };
        let ids = self.placed(connectivity, data.map_integers(to_node))?;
        let is_wrong = |ids: &[NodeId]| ids.iter().filter(|id| **id == NO_NODE).count() > 0;
        if !ids.par_chunks(1 << 14).any(is_wrong) {
            return Ok(ids);
        }
        let all = self.placed(connectivity, data.integers())?;
        let place = ids.iter().position(|id| *id == NO_NODE).unwrap_or_default();
        let node = all.get(place).copied().unwrap_or_default();
        let is_before = |end: &&i64| usize::try_from(**end).is_ok_and(|end| end <= place);
        let cell = first_cell + ends.iter().take_while(is_before).count();
        let whole = self.whole();
        Err(VtkXmlError::Cell(CellError::NodeId {
            cell,
            node,
            nodes,
            whole,
        }))
    }

    /// Where each cell ends in a connectivity of this length, after a look at whether the ends
    /// ascend.
    fn checked_ends(&self, ends: Vec<i64>, length: usize) -> Result<Vec<usize>, VtkXmlError> {
        let mut start = 0;
        for (cell, &end) in ends.iter().enumerate() {
            if !(start <= end && end <= integer(length)) {
                return Err(VtkXmlError::Offset {
                    piece: self.index,
                    cell,
                    start: start as usize,
                    end,
                    length,
                });
            }
            start = end;
        }
        // In place: numbers of one size.
        Ok(ends.into_iter().map(|end| end as usize).collect())
    }

    fn read_faces(&self) -> Result<Option<PieceFaces>, VtkXmlError> {
        let find = |name| self.find_cell_array(name);
        let integers = |array| self.integers(array);
        if let (Some(connectivity), Some(face_ends), Some(faces), Some(ends)) = (
            find("face_connectivity"),
            find("face_offsets"),
            find("polyhedron_to_faces"),
            find("polyhedron_offsets"),
        ) {
            let polyhedron_ends = integers(ends)?;
            self.check_length(
                ends,
                polyhedron_ends.len(),
                self.piece.cells,
                "one per cell",
            )?;
            return Ok(Some(PieceFaces::Indexed {
                connectivity: integers(connectivity)?,
                face_ends: integers(face_ends)?,
                polyhedron_faces: integers(faces)?,
                polyhedron_ends,
                total: 0,
            }));
        }
        let (Some(faces), Some(offsets)) = (find("faces"), find("faceoffsets")) else {
            return Ok(None);
        };
        let ends = integers(offsets)?;
        self.check_length(offsets, ends.len(), self.piece.cells, "one per cell")?;
        Ok(Some(PieceFaces::Stream {
            faces: integers(faces)?,
            ends,
            position: 0,
        }))
    }

    fn find_cell_array(&self, name: &str) -> Option<&'a ArrayElement<'a>> {
        self.piece
            .cell_arrays
            .iter()
            .find(|array| array.name.trim() == name)
    }

    fn cell_array(&self, name: &'static str) -> Result<&'a ArrayElement<'a>, VtkXmlError> {
        self.find_cell_array(name).ok_or(VtkXmlError::MissingArray {
            piece: self.index,
            array: name,
        })
    }

    fn whole(&self) -> Whole {
        if self.document.pieces.len() == 1 {
            Whole::Mesh
        } else {
            Whole::Piece(self.index)
        }
    }
}
