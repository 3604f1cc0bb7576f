//! From the elements of a grid's file to a mesh of hexahedra and its fields.

use mesh_core::{Field, Location, Point3};

use crate::vtk::fields::FieldTable;
use crate::vtk::grid::{Extent, hexahedra, hide_cells_around, rectilinear_nodes};
use crate::vtk::selection::{finish, gather};
use crate::vtk::xml::document::{ArrayElement, Document, Kind, read_document};
use crate::vtk::xml::piece::PieceReader;
use crate::vtk::{CellError, GridError, LeftOut, VtkXmlError};
use crate::{MeshFile, ReadOptions};

/// A cell or node of the grid that is in no piece.
const NOWHERE: usize = usize::MAX;

/// A cell that is a ghost or hidden.
const HIDDEN: usize = usize::MAX - 1;

/// The mesh and the fields in the bytes `file` of a `.vtr`, `.vts` or `.vti` file.
///
/// Cells and nodes are numbered with x fastest, over all pieces together. What a later piece has
/// too is taken from there. Cells that are marked as ghosts or hidden (`vtkGhostType`), around a
/// hidden node, or in no piece, are left out with a note. Axes that descend and left-handed grids
/// are read as they lie in space. A file may say that it is a part of a larger grid
/// (`WholeExtent`); the part is read.
///
/// # Errors
///
/// What is wrong, and where in the file. A grid without cells of three dimensions is refused, and
/// so is one that claims many more cells than its file has bytes (more than 2²², and than 1032 per
/// byte).
///
/// Cost: as of [`vtu::read`](crate::vtu::read).
pub fn read(file: &[u8], _options: &ReadOptions) -> Result<MeshFile, VtkXmlError> {
    let document = read_document(
        file,
        &Kind::GRIDS,
        "<VTKFile> of the type RectilinearGrid, StructuredGrid or ImageData",
    )?;
    let (region, mut notes) = find_region(&document, file.len())?;
    let mut grid = Grid::new(region, document.kind);
    let mut fields = FieldTable::new(document.pieces.len());
    for index in 0..document.pieces.len() {
        let piece = PieceReader {
            document: &document,
            piece: &document.pieces[index],
            index,
        };
        grid.add(&piece)?;
        piece.read_fields(&mut fields, None)?;
    }
    let nodes = grid.nodes(&document)?;
    let (fields, field_notes) = fields.finish();
    notes.extend(document.notes);
    notes.extend(field_notes);
    grid.finish(nodes, fields, notes)
}

/// The extent that all pieces make, and a note where it is not the whole.
fn find_region(
    document: &Document<'_>,
    bytes: usize,
) -> Result<(Extent, Vec<String>), VtkXmlError> {
    let whole = document.extent.ok_or(VtkXmlError::NoPiece)?;
    let mut region: Option<Extent> = None;
    let mut nodes = 0_usize;
    for (index, piece) in document.pieces.iter().enumerate() {
        let extent = piece.extent.unwrap_or(whole);
        if extent.start_in(&whole).is_none() {
            return Err(VtkXmlError::Grid(GridError::Outside {
                piece: index,
                found: extent.text(),
                whole: whole.text(),
            }));
        }
        nodes = nodes.saturating_add(extent.node_count());
        region = Some(region.map_or(extent, |region| region.around(&extent)));
    }
    let region = region.ok_or(VtkXmlError::NoPiece)?;
    region.check(region.cell_count(), bytes)?;
    // The same in a great many pieces takes time; a cell has up to eight nodes of its own.
    region.check(nodes / 8, bytes)?;
    let notes = if region == whole {
        Vec::new()
    } else {
        let (region, whole) = (region.text(), whole.text());
        vec![format!("the file has the part {region} of a grid {whole}")]
    };
    Ok((region, notes))
}

/// The grid as its pieces fill it.
struct Grid {
    region: Extent,
    kind: Kind,
    /// The coordinates of a rectilinear grid, NaN until a piece has them.
    axes: [Vec<f64>; 3],
    /// The nodes of a structured grid, NaN until a piece has them.
    points: Vec<Point3>,
    /// Per cell and node its number in the pieces, one after the other.
    cells: Vec<usize>,
    nodes: Vec<usize>,
    hidden_nodes: Vec<bool>,
    /// Cells and nodes of the pieces so far.
    piece_cells: usize,
    piece_nodes: usize,
}

impl Grid {
    fn new(region: Extent, kind: Kind) -> Self {
        let axes = region.nodes().map(|nodes| match kind {
            Kind::Rectilinear => vec![f64::NAN; nodes],
            _ => Vec::new(),
        });
        let points = match kind {
            Kind::Structured => {
                vec![Point3::new(f64::NAN, f64::NAN, f64::NAN); region.node_count()]
            }
            _ => Vec::new(),
        };
        Self {
            region,
            kind,
            axes,
            points,
            cells: vec![NOWHERE; region.cell_count()],
            nodes: vec![NOWHERE; region.node_count()],
            hidden_nodes: Vec::new(),
            piece_cells: 0,
            piece_nodes: 0,
        }
    }

    fn add(&mut self, piece: &PieceReader<'_>) -> Result<(), VtkXmlError> {
        let extent = piece.piece.extent.unwrap_or(self.region);
        // Every piece is inside: the region was made of them.
        let start = extent.start_in(&self.region).unwrap_or_default();
        match self.kind {
            Kind::Rectilinear => self.add_axes(piece, &extent, start)?,
            Kind::Structured => self.add_points(piece, &extent, start)?,
            Kind::Image | Kind::Unstructured => {}
        }
        if let Some(hidden) = piece.hidden_nodes()? {
            self.hidden_nodes.resize(self.nodes.len(), false);
            let places = Places::new(extent.nodes(), self.region.nodes(), start);
            for (place, hidden) in places.zip(hidden) {
                self.hidden_nodes[place] |= hidden;
            }
        }
        let hidden = piece.hidden_cells()?.unwrap_or_default();
        let places = Places::new(extent.cells(), self.region.cells(), start);
        for (cell, place) in places.enumerate() {
            if hidden.get(cell) != Some(&true) {
                self.cells[place] = self.piece_cells + cell;
            } else if self.cells[place] == NOWHERE {
                self.cells[place] = HIDDEN;
            }
        }
        let places = Places::new(extent.nodes(), self.region.nodes(), start);
        for (node, place) in places.enumerate() {
            self.nodes[place] = self.piece_nodes + node;
        }
        self.piece_cells += extent.cell_count();
        self.piece_nodes += extent.node_count();
        Ok(())
    }

    fn add_axes(
        &mut self,
        piece: &PieceReader<'_>,
        extent: &Extent,
        start: [usize; 3],
    ) -> Result<(), VtkXmlError> {
        let [x, y, z] = piece.piece.coordinates.as_slice() else {
            return Err(VtkXmlError::MissingArray {
                piece: piece.index,
                array: "Coordinates",
            });
        };
        for (axis, array) in [x, y, z].into_iter().enumerate() {
            let count = extent.nodes()[axis];
            let values = floats(piece, array, count, "one per node along its axis")?;
            self.axes[axis][start[axis]..start[axis] + count].copy_from_slice(&values);
        }
        Ok(())
    }

    fn add_points(
        &mut self,
        piece: &PieceReader<'_>,
        extent: &Extent,
        start: [usize; 3],
    ) -> Result<(), VtkXmlError> {
        let array = piece.piece.point_arrays.first();
        let array = array.ok_or(VtkXmlError::MissingArray {
            piece: piece.index,
            array: "Points",
        })?;
        let count = extent.node_count().saturating_mul(3);
        let values = floats(piece, array, count, "three per node")?;
        let places = Places::new(extent.nodes(), self.region.nodes(), start);
        for (place, point) in places.zip(values.as_chunks::<3>().0) {
            self.points[place] = Point3::from(*point);
        }
        Ok(())
    }

    fn nodes(&mut self, document: &Document<'_>) -> Result<Vec<Point3>, VtkXmlError> {
        Ok(match self.kind {
            Kind::Structured => std::mem::take(&mut self.points),
            Kind::Rectilinear => rectilinear_nodes(self.axes.each_ref().map(Vec::as_slice))?,
            Kind::Image | Kind::Unstructured => document.placement.nodes(&self.region)?,
        })
    }

    fn finish(
        mut self,
        nodes: Vec<Point3>,
        mut fields: Vec<Field>,
        mut notes: Vec<String>,
    ) -> Result<MeshFile, VtkXmlError> {
        let mut hidden: Vec<bool> = self.cells.iter().map(|cell| *cell >= HIDDEN).collect();
        if !self.hidden_nodes.is_empty() {
            hide_cells_around(&self.hidden_nodes, self.region.cells(), &mut hidden);
        }
        let nowhere = self.cells.iter().filter(|cell| **cell == NOWHERE).count();
        if nowhere > 0 {
            notes.push(format!("{nowhere} cells of the grid are in no piece"));
        }
        let left_out = LeftOut {
            lower: 0,
            hidden: hidden.iter().filter(|hidden| **hidden).count(),
        };
        if left_out.hidden == hidden.len() {
            return Err(CellError::NoCells { left_out }.into());
        }
        let shown = self
            .cells
            .iter()
            .zip(&hidden)
            .filter(|(_, hidden)| !**hidden);
        let cells: Vec<usize> = shown.map(|(cell, _)| *cell).collect();
        if !is_identity(&cells, self.piece_cells) {
            fields = gather(fields, Location::Cells, &cells);
        }
        if !is_identity(&self.nodes, self.piece_nodes) {
            // No cell has such a node, so that it goes in the end, with what stands there.
            for node in self.nodes.iter_mut().filter(|node| **node == NOWHERE) {
                *node = 0;
            }
            fields = gather(fields, Location::Nodes, &self.nodes);
        }
        let hidden = (left_out.hidden > 0).then_some(hidden.as_slice());
        let arrays = hexahedra(nodes, self.region.cells(), hidden);
        Ok(finish(arrays, fields, notes, left_out)?)
    }
}

/// Whether these positions are all of so many, in their order.
fn is_identity(positions: &[usize], count: usize) -> bool {
    positions.len() == count && positions.iter().zip(0..).all(|(a, b)| *a == b)
}

fn floats(
    piece: &PieceReader<'_>,
    array: &ArrayElement<'_>,
    count: usize,
    reason: &'static str,
) -> Result<Vec<f64>, VtkXmlError> {
    let values = piece.placed(array, piece.data(array)?.floats())?;
    piece.check_length(array, values.len(), count, reason)?;
    Ok(values)
}

/// The places of the cells, or nodes, of a piece in the whole grid, in the order of the piece.
struct Places {
    counts: [usize; 3],
    whole: [usize; 3],
    start: [usize; 3],
    next: [usize; 3],
}

impl Places {
    fn new(counts: [usize; 3], whole: [usize; 3], start: [usize; 3]) -> Self {
        let next = if counts.contains(&0) {
            [0, 0, counts[2]]
        } else {
            [0; 3]
        };
        Self {
            counts,
            whole,
            start,
            next,
        }
    }
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let [i, j, k] = self.next;
        if k == self.counts[2] {
            return None;
        }
        self.next = if i + 1 < self.counts[0] {
            [i + 1, j, k]
        } else if j + 1 < self.counts[1] {
            [0, j + 1, k]
        } else {
            [0, 0, k + 1]
        };
        let [x, y, z] = self.start;
        Some(((z + k) * self.whole[1] + y + j) * self.whole[0] + x + i)
    }
}
