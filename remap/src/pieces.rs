//! Meshes cut up for a scheme, and its matrix put together again.

use std::borrow::Cow;

use mesh_core::{CellId, CsrMatrix, Location, MeshError, Tetrahedra, UnstructuredMesh};

use crate::error::PrepareError;
use crate::product::product;
use crate::scheme::{Pieces, Scheme};

/// A mesh as a scheme is given it.
#[derive(Debug)]
pub(crate) struct CutMesh<'a> {
    given: &'a UnstructuredMesh,
    /// None where the pieces are the cells themselves.
    tetrahedra: Option<Tetrahedra>,
}

impl<'a> CutMesh<'a> {
    pub(crate) fn new(given: &'a UnstructuredMesh, pieces: Pieces) -> Result<Self, MeshError> {
        let tetrahedra = match pieces {
            Pieces::Cells => None,
            Pieces::Tetrahedra => given.tetrahedra()?,
        };
        Ok(Self { given, tetrahedra })
    }

    /// The mesh of the pieces.
    pub(crate) fn mesh(&self) -> &UnstructuredMesh {
        self.tetrahedra
            .as_ref()
            .map_or(self.given, Tetrahedra::mesh)
    }

    /// Checks that a scheme counts one row or column for each cell or node of a mesh that is cut up.
    pub(crate) fn check_count(
        &self,
        scheme: &dyn Scheme,
        location: Location,
        found: usize,
    ) -> Result<(), PrepareError> {
        let expected = self.mesh().count_on(location);
        if self.tetrahedra.is_none() || found == expected {
            return Ok(());
        }
        Err(PrepareError::CountOfPieces {
            scheme: scheme.name().to_owned(),
            found,
            expected,
            location,
        })
    }

    /// Whether the pieces are not the cells as they are.
    #[inline]
    pub(crate) fn is_cut(&self) -> bool {
        self.tetrahedra.is_some()
    }

    /// Minus one for a piece that counts as negative, else one.
    #[inline]
    pub(crate) fn sign(&self, piece: CellId) -> f64 {
        match &self.tetrahedra {
            Some(pieces) if pieces.inverted().binary_search(&piece).is_ok() => -1.0,
            _ => 1.0,
        }
    }

    /// Whether a piece is the last one of the cell that it was cut from.
    pub(crate) fn ends_cell(&self, piece: CellId) -> bool {
        self.tetrahedra.as_ref().is_none_or(|pieces| {
            let parents = pieces.parents();
            parents.get(piece.index() + 1) != Some(&parents[piece.index()])
        })
    }

    /// The pieces of a cell.
    pub(crate) fn pieces_of(&self, cell: CellId) -> impl Iterator<Item = CellId> + use<> {
        let range = match &self.tetrahedra {
            None => cell.index()..cell.index() + 1,
            Some(pieces) => {
                let parents = pieces.parents();
                let start = parents.partition_point(|&parent| parent < cell);
                let end = start + parents[start..].partition_point(|&parent| parent == cell);
                start..end
            }
        };
        range.map(|piece| CellId::new(piece as u32))
    }

    /// The matrix with columns for the given mesh in place of those for the pieces.
    pub(crate) fn columns_of_given(&self, matrix: CsrMatrix, location: Location) -> CsrMatrix {
        match self.values_from_given(location) {
            Some(weights) => product(&matrix, &weights),
            None => matrix,
        }
    }

    /// The matrix that gives values on the pieces or their nodes from those on the given mesh; none
    /// where they are the same.
    fn values_from_given(&self, location: Location) -> Option<Cow<'_, CsrMatrix>> {
        let pieces = self.tetrahedra.as_ref()?;
        Some(match location {
            Location::Nodes => Cow::Borrowed(pieces.node_weights()),
            Location::Cells => {
                let parents = pieces.parents();
                Cow::Owned(CsrMatrix::new(
                    (parents.len(), self.given.cell_count()),
                    (0..=parents.len()).collect(),
                    parents.iter().map(|parent| parent.get()).collect(),
                    vec![1.0; parents.len()],
                ))
            }
        })
    }
}

/// Puts the matrix of two cut meshes together: `Pᵀ M Q`, where `P` and `Q` give the values on the
/// pieces of the target and the source from those on the given meshes.
pub(crate) fn put_together(
    matrix: CsrMatrix,
    [source, target]: [(&CutMesh<'_>, Location); 2],
) -> CsrMatrix {
    let (mesh, location) = source;
    let matrix = mesh.columns_of_given(matrix, location);
    let (mesh, location) = target;
    match mesh.values_from_given(location) {
        Some(weights) => product(&weights.transpose_view().to_csr(), &matrix),
        None => matrix,
    }
}
