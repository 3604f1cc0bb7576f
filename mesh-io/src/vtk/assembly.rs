//! The mesh's arrays as they grow cell by cell, piece by piece.

use std::collections::BTreeMap;
use std::fmt::Write;

use mesh_core::{MeshArrays, NodeId, PolyhedronFaces, Shape};

use super::cell_types::{CellKind, Corners, VOXEL_ORDER};
use super::polyhedra::PieceFaces;
use super::{CellError, FaceError, LeftOut, Whole};

/// The cells of one piece, decoded; offsets and node ids are in range.
pub(crate) struct PieceCells {
    pub(crate) vtk_types: Vec<u8>,
    /// Where each cell ends in `ids`.
    pub(crate) ends: Vec<usize>,
    /// The connectivity, counted in the nodes of the whole mesh.
    pub(crate) ids: Vec<NodeId>,
    /// The piece's first node in the whole mesh.
    pub(crate) first_node: usize,
    /// The piece's number of nodes.
    pub(crate) nodes: usize,
    pub(crate) whole: Whole,
}

impl Default for PieceCells {
    fn default() -> Self {
        Self {
            vtk_types: Vec::new(),
            ends: Vec::new(),
            ids: Vec::new(),
            first_node: 0,
            nodes: 0,
            whole: Whole::Mesh,
        }
    }
}

impl PieceCells {
    pub(crate) fn has_polyhedra(&self) -> bool {
        self.are_some(|kind| kind == CellKind::Polyhedron)
    }

    /// Whether every cell is taken over as it stands.
    fn are_plain(&self) -> bool {
        !self.are_some(|kind| !matches!(kind, CellKind::Linear(_)))
    }

    /// Whether some cell is of such a kind.
    fn are_some(&self, is_such: impl Fn(CellKind) -> bool) -> bool {
        let mut there = [false; 256];
        for &vtk_type in &self.vtk_types {
            there[usize::from(vtk_type)] = true;
        }
        (0..=u8::MAX)
            .any(|vtk_type| there[usize::from(vtk_type)] && is_such(CellKind::of(vtk_type)))
    }
}

/// The mesh read so far.
pub(crate) struct Assembly {
    pub(crate) arrays: MeshArrays,
    /// Cells of the file so far, those left out included.
    pub(crate) file_cells: usize,
    linearize: bool,
    linearized: usize,
    skipped: BTreeMap<&'static str, usize>,
    hidden: usize,
    /// Per node, the last polyhedron (counted from 1) that listed it.
    listed_by: Vec<u32>,
}

impl Assembly {
    pub(crate) fn new(linearize: bool) -> Self {
        let arrays = MeshArrays {
            nodes: Vec::new(),
            shapes: Vec::new(),
            offsets: vec![0],
            connectivity: Vec::new(),
            polyhedra: PolyhedronFaces::default(),
        };
        Self {
            arrays,
            file_cells: 0,
            linearize,
            linearized: 0,
            skipped: BTreeMap::new(),
            hidden: 0,
            listed_by: Vec::new(),
        }
    }

    /// Adds the cells of a piece, but for those that are `hidden` (one flag per cell); which of
    /// them became cells of the mesh, where not all did.
    pub(crate) fn add(
        &mut self,
        cells: PieceCells,
        mut faces: Option<&mut PieceFaces>,
        hidden: Option<&[bool]>,
    ) -> Result<Option<Vec<bool>>, CellError> {
        let count = cells.vtk_types.len();
        self.arrays.shapes.reserve_exact(count);
        self.arrays.offsets.reserve_exact(count);
        let first_cell = self.file_cells;
        self.file_cells += count;
        let is_hidden = |cell: usize| hidden.and_then(|hidden| hidden.get(cell)) == Some(&true);
        if cells.are_plain() && !hidden.is_some_and(|hidden| hidden.contains(&true)) {
            self.add_plain(cells, first_cell)?;
            return Ok(None);
        }
        let mut kept = vec![true; count];
        let mut start = 0;
        for (index, (&vtk_type, &end)) in cells.vtk_types.iter().zip(&cells.ends).enumerate() {
            let ids = &cells.ids[start..end];
            start = end;
            let cell = first_cell + index;
            if is_hidden(index) {
                self.hidden += 1;
                kept[index] = false;
                if let Some(faces) = &mut faces {
                    faces.pass(index);
                }
                continue;
            }
            match self.kind_of(cell, vtk_type)? {
                CellKind::Linear(shape) => {
                    // A curved cell that is read linearised has more nodes; corners come first.
                    let is_curved = matches!(CellKind::of(vtk_type), CellKind::Curved(..));
                    let corners = shape.node_count().unwrap_or_default().min(ids.len());
                    let ids = if is_curved { &ids[..corners] } else { ids };
                    check_node_count(cell, shape, ids.len())?;
                    self.arrays.connectivity.extend_from_slice(ids);
                    self.finish_cell(shape);
                }
                CellKind::Voxel => {
                    check_node_count(cell, Shape::Hexahedron, ids.len())?;
                    self.arrays
                        .connectivity
                        .extend(VOXEL_ORDER.map(|node| ids[node]));
                    self.finish_cell(Shape::Hexahedron);
                }
                CellKind::Polyhedron => {
                    let error = |source| CellError::Polyhedron { cell, source };
                    let faces = faces.as_mut().ok_or(error(FaceError::NoArrays))?;
                    self.add_faces(cell, index, faces, &cells)?;
                    self.finish_cell(Shape::Polyhedron);
                }
                CellKind::Lower(name) => {
                    *self.skipped.entry(name).or_default() += 1;
                    kept[index] = false;
                }
                CellKind::Curved(..) | CellKind::Unknown => {
                    return Err(CellError::CellType {
                        cell,
                        vtk_type: vtk_type.into(),
                    });
                }
            }
        }
        Ok(kept.contains(&false).then_some(kept))
    }

    /// Adds cells that are taken over as they stand.
    fn add_plain(&mut self, mut cells: PieceCells, first_cell: usize) -> Result<(), CellError> {
        let before = self.arrays.connectivity.len();
        let mut start = 0;
        for (index, (&vtk_type, &end)) in cells.vtk_types.iter().zip(&cells.ends).enumerate() {
            if let CellKind::Linear(shape) = CellKind::of(vtk_type) {
                check_node_count(first_cell + index, shape, end - start)?;
                self.arrays.shapes.push(shape);
            }
            start = end;
        }
        let ends = cells.ends.iter().map(|end| before + end);
        self.arrays.offsets.extend(ends);
        cells.ids.truncate(start);
        append(&mut self.arrays.connectivity, cells.ids);
        self.finish_faces();
        Ok(())
    }

    /// The kind of `cell`; what is read linearised is given as what its corners make.
    fn kind_of(&mut self, cell: usize, vtk_type: u8) -> Result<CellKind, CellError> {
        match CellKind::of(vtk_type) {
            CellKind::Curved(name, corners) => {
                let kind = match corners {
                    Corners::Shape(shape) if self.linearize => CellKind::Linear(shape),
                    Corners::Lower(name) if self.linearize => CellKind::Lower(name),
                    _ => {
                        let vtk_type = vtk_type.into();
                        return Err(CellError::Quadratic {
                            cell,
                            name,
                            vtk_type,
                        });
                    }
                };
                self.linearized += usize::from(matches!(kind, CellKind::Linear(_)));
                Ok(kind)
            }
            kind => Ok(kind),
        }
    }

    /// Adds the faces of polyhedron number `index` of its piece, and the nodes they name.
    fn add_faces(
        &mut self,
        cell: usize,
        index: usize,
        faces: &mut PieceFaces,
        cells: &PieceCells,
    ) -> Result<(), CellError> {
        let Self {
            arrays, listed_by, ..
        } = self;
        listed_by.resize(arrays.nodes.len(), 0);
        // Cells are counted in u32 ids; a mesh of more is refused in the end.
        let mark = (arrays.shapes.len() as u32).wrapping_add(1);
        let polyhedra = &mut arrays.polyhedra;
        if polyhedra.face_offsets.is_empty() {
            polyhedra.face_offsets.push(0);
            polyhedra.cell_offsets.resize(arrays.shapes.len() + 1, 0);
        }
        let mut wrong = None;
        faces
            .visit_faces(index, |nodes| {
                for &node in nodes {
                    let Some(id) = usize::try_from(node).ok().filter(|id| *id < cells.nodes) else {
                        wrong.get_or_insert(node);
                        continue;
                    };
                    let id = cells.first_node + id;
                    polyhedra.connectivity.push(NodeId::new(id as u32));
                    if std::mem::replace(&mut listed_by[id], mark) != mark {
                        arrays.connectivity.push(NodeId::new(id as u32));
                    }
                }
                polyhedra.face_offsets.push(polyhedra.connectivity.len());
            })
            .map_err(|source| CellError::Polyhedron { cell, source })?;
        match wrong {
            Some(node) => Err(CellError::NodeId {
                cell,
                node,
                nodes: cells.nodes,
                whole: cells.whole,
            }),
            None => Ok(()),
        }
    }

    fn finish_cell(&mut self, shape: Shape) {
        self.arrays.shapes.push(shape);
        self.arrays.offsets.push(self.arrays.connectivity.len());
        self.finish_faces();
    }

    /// Gives the cells that have none yet their range of faces, in a mesh with polyhedra.
    fn finish_faces(&mut self) {
        let polyhedra = &mut self.arrays.polyhedra;
        if let Some(faces) = polyhedra.face_offsets.len().checked_sub(1) {
            polyhedra
                .cell_offsets
                .resize(self.arrays.shapes.len() + 1, faces);
        }
    }

    /// What was done to the cells, in words.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let skipped: usize = self.skipped.values().sum();
        if skipped > 0 {
            let mut note = format!("{skipped} cells of lower dimension left out");
            for (index, (name, count)) in self.skipped.iter().enumerate() {
                let separator = if index == 0 { ": " } else { ", " };
                // Writing to a string does not fail.
                let _ = write!(note, "{separator}{count} {name}");
            }
            notes.push(note);
        }
        if self.linearized > 0 {
            notes.push(format!(
                "{} cells read linearised (corner nodes only)",
                self.linearized
            ));
        }
        notes
    }

    /// The arrays, and the cells left out.
    pub(crate) fn finish(self) -> (MeshArrays, LeftOut) {
        let left_out = LeftOut {
            lower: self.skipped.values().sum(),
            hidden: self.hidden,
        };
        (self.arrays, left_out)
    }
}

/// Appends `more`, without copying it where there is nothing yet.
pub(crate) fn append<T>(values: &mut Vec<T>, mut more: Vec<T>) {
    if values.is_empty() {
        *values = more;
    } else {
        values.append(&mut more);
    }
}

fn check_node_count(cell: usize, shape: Shape, found: usize) -> Result<(), CellError> {
    match shape.node_count() {
        Some(expected) if expected != found => Err(CellError::NodeCount {
            cell,
            shape: shape.name(),
            found,
            expected,
        }),
        _ => Ok(()),
    }
}
