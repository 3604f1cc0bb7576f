//! Parts of a mesh: chosen cells, with or without the nodes nobody uses.

use rayon::prelude::*;

use super::{CHUNK, MeshArrays, PolyhedronFaces, UnstructuredMesh};
use crate::{CellId, NodeId, Shape, prefetch};

/// So many cells before a cell is copied the processor is asked for it: in another order they come from all over the
/// memory.
const LISTS_AHEAD: usize = 16;

/// Why cells cannot be extracted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// No cell was chosen, and a mesh has at least one.
    #[error("no cells were chosen: a mesh has at least one")]
    Empty,
    /// More cells than ids.
    #[error(
        "{cells} cells were chosen, but cell ids are 32-bit numbers: at most {}",
        u32::MAX
    )]
    TooManyCells {
        /// How many cells.
        cells: usize,
    },
    /// A cell that does not exist.
    #[error("cell {cell} was chosen, but the mesh has {cells} cells, numbered from 0")]
    CellOutOfRange {
        /// The cell.
        cell: CellId,
        /// How many cells there are.
        cells: usize,
    },
}

impl UnstructuredMesh {
    /// The chosen cells in this order, with the nodes they use in their old order. A cell chosen
    /// twice is there twice.
    ///
    /// ```
    /// use mesh_core::{CartesianMesh, CellId};
    /// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 3.0]; 3])?.to_unstructured()?;
    /// let corner = mesh.extract(&[CellId::new(7)])?;
    /// assert_eq!((corner.cell_count(), corner.node_count()), (1, 8));
    /// assert_eq!(corner.measures(), [8.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When no cell is chosen or one does not exist.
    pub fn extract(&self, cells: &[CellId]) -> Result<Self, ExtractError> {
        self.extract_with_node_map(cells).map(|(mesh, _)| mesh)
    }

    /// As [`UnstructuredMesh::extract`], with the old id of each node: to carry node fields over.
    ///
    /// # Errors
    /// As [`UnstructuredMesh::extract`].
    pub fn extract_with_node_map(
        &self,
        cells: &[CellId],
    ) -> Result<(Self, Vec<NodeId>), ExtractError> {
        let mut arrays = self.extract_cells(cells)?;
        let mut is_used = vec![false; self.node_count()];
        for node in &arrays.connectivity {
            is_used[node.index()] = true;
        }
        let mut old_ids = Vec::new();
        let mut new_ids = vec![NodeId::default(); self.node_count()];
        for (node, new_id) in new_ids
            .iter_mut()
            .enumerate()
            .filter(|&(node, _)| is_used[node])
        {
            *new_id = NodeId::new(old_ids.len() as u32);
            old_ids.push(NodeId::new(node as u32));
        }
        let renumbered = arrays
            .connectivity
            .iter_mut()
            .chain(&mut arrays.polyhedra.connectivity);
        renumbered.for_each(|node| *node = new_ids[node.index()]);
        arrays.nodes = old_ids
            .iter()
            .map(|node| self.nodes[node.index()])
            .collect();
        Ok((Self::from_valid(arrays, 0), old_ids))
    }

    /// The chosen cells in this order, with all nodes of the mesh, which are shared.
    ///
    /// # Errors
    /// As [`UnstructuredMesh::extract`].
    pub fn extract_keeping_nodes(&self, cells: &[CellId]) -> Result<Self, ExtractError> {
        let extracted = Self::from_valid(self.extract_cells(cells)?, 0);
        Ok(Self {
            nodes: self.nodes.clone(),
            ..extracted
        })
    }

    /// The arrays of the chosen cells, without nodes.
    fn extract_cells(&self, cells: &[CellId]) -> Result<MeshArrays, ExtractError> {
        self.check_chosen(cells)?;
        Ok(match self.cells.alike {
            Some((Shape::Tetrahedron, _)) => self.extract_alike::<4>(cells, Shape::Tetrahedron),
            Some((Shape::Hexahedron, _)) => self.extract_alike::<8>(cells, Shape::Hexahedron),
            _ => self.extract_any(cells),
        })
    }

    /// The arrays of cells that have `N` nodes each, as all of the mesh have.
    fn extract_alike<const N: usize>(&self, cells: &[CellId], shape: Shape) -> MeshArrays {
        let (all, _) = self.cells.connectivity.as_chunks::<N>();
        let places = (0..cells.len()).into_par_iter().with_min_len(CHUNK);
        let connectivity = places.map(|place| {
            if let Some(&next) = cells.get(place + LISTS_AHEAD) {
                prefetch(&all[next.index()]);
            }
            all[cells[place].index()]
        });
        let connectivity: Vec<[NodeId; N]> = connectivity.collect();
        let mut arrays = MeshArrays::from_nodes(Vec::new());
        arrays.shapes = vec![shape; cells.len()];
        arrays.offsets = (0..=cells.len()).map(|place| N * place).collect();
        arrays.connectivity = connectivity.into_flattened();
        arrays
    }

    /// The arrays of cells of any shapes.
    fn extract_any(&self, cells: &[CellId]) -> MeshArrays {
        let mut arrays = MeshArrays::from_nodes(Vec::new());
        arrays.shapes = cells.iter().map(|&cell| self.shape(cell)).collect();
        arrays.offsets.reserve_exact(cells.len());
        let mut end = 0;
        for &cell in cells {
            end += self.cell_nodes(cell).len();
            arrays.offsets.push(end);
        }
        arrays.connectivity.reserve_exact(end);
        for (place, &cell) in cells.iter().enumerate() {
            if let Some(&next) = cells.get(place + LISTS_AHEAD)
                && let Some(node) = self.cell_nodes(next).first()
            {
                prefetch(node);
            }
            arrays.connectivity.extend_from_slice(self.cell_nodes(cell));
        }
        if arrays.shapes.contains(&Shape::Polyhedron) {
            arrays.polyhedra = self.extract_polyhedra(cells);
        }
        arrays
    }

    fn extract_polyhedra(&self, cells: &[CellId]) -> PolyhedronFaces {
        let mut polyhedra = PolyhedronFaces {
            cell_offsets: vec![0],
            face_offsets: vec![0],
            connectivity: vec![],
        };
        for &cell in cells {
            for face in self.polyhedron_faces(cell) {
                polyhedra.connectivity.extend_from_slice(face);
                polyhedra.face_offsets.push(polyhedra.connectivity.len());
            }
            polyhedra
                .cell_offsets
                .push(polyhedra.face_offsets.len() - 1);
        }
        polyhedra
    }

    fn check_chosen(&self, cells: &[CellId]) -> Result<(), ExtractError> {
        if cells.is_empty() {
            return Err(ExtractError::Empty);
        }
        if cells.len() > u32::MAX as usize {
            return Err(ExtractError::TooManyCells { cells: cells.len() });
        }
        match cells.iter().find(|cell| cell.index() >= self.cell_count()) {
            None => Ok(()),
            Some(&cell) => Err(ExtractError::CellOutOfRange {
                cell,
                cells: self.cell_count(),
            }),
        }
    }
}
