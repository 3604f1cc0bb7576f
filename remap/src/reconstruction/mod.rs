//! What a field does inside its cells: gradients, and limiters that keep them within bounds.

use mesh_core::{CellId, Fingerprint, UnstructuredMesh, Vector3};
use rayon::prelude::*;

mod least_squares;
mod limiter;
mod surroundings;

use least_squares::{LeastSquares, Quality};
use surroundings::Surroundings;

pub use limiter::Limiter;

/// How many cells a thread takes at a time; the result does not depend on it.
const BLOCK: usize = 1024;

/// Which cells' values a gradient is fitted to.
///
/// Where these do not determine it well (in flat tetrahedra, in a single layer of cells) cells
/// farther away are taken as well, so either is robust on any mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Neighbourhood {
    /// Those that share a face with the cell. More accurate: smooth fields that move through many
    /// meshes have half the error.
    #[default]
    Faces,
    /// Those that share a node with it: some five times as many. Smoother, with smaller overshoots,
    /// and several times the memory and time.
    Nodes,
}

impl Neighbourhood {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Faces, Self::Nodes];

    /// Returns the name by which users know it: `faces` or `nodes`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Faces => "faces",
            Self::Nodes => "nodes",
        }
    }
}

/// The least-squares gradient in every cell of a mesh, as weights of the cells' values.
///
/// The gradient of a cell is that of the linear function through the cell's value, at its centroid,
/// which fits the values of its neighbours best, each weighted by the inverse square of its distance.
/// It is exact for linear fields on any mesh, in cells on the boundary as well. Where no cells lie in
/// some direction (a single layer of cells, a lone cell) nothing can be known of it, and the gradient
/// in that direction is zero.
///
/// Scaling the mesh by a power of two scales the gradients exactly.
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh, Vector3};
/// use remap::{Gradients, Neighbourhood};
///
/// let shape = BoxCellShape::Tetrahedron;
/// let mesh = BoxMesh { shape, jitter: 0.2, ..BoxMesh::unit([3; 3]) }.generate()?;
/// let slope = Vector3::new(1.0, -2.0, 3.0);
/// let values: Vec<f64> = mesh.centroids().iter().map(|x| slope.dot(&x.coords)).collect();
///
/// let gradients = Gradients::new(&mesh, Neighbourhood::Faces);
/// for gradient in gradients.of_field(&values) {
///     assert!((gradient - slope).norm() < 1e-13);
/// }
/// # Ok::<(), mesh_core::GenerateError>(())
/// ```
#[derive(Debug)]
pub struct Gradients {
    surroundings: Surroundings,
    offsets: Vec<usize>,
    cells: Vec<CellId>,
    weights: Vec<Vector3>,
}

impl Gradients {
    /// Finds the weights of every cell's gradient, in parallel; the same bits for any number of
    /// threads.
    ///
    /// Cost: the faces of the mesh are matched, or cells sorted by their nodes; then some 0.1
    /// microseconds per cell with neighbours by faces, 1 by nodes. Memory: 28 bytes per cell and
    /// neighbour.
    #[must_use]
    pub fn new(mesh: &UnstructuredMesh, neighbourhood: Neighbourhood) -> Self {
        let surroundings = Surroundings::new(mesh, neighbourhood);
        let count = mesh.cell_count();
        let blocks: Vec<Block> = (0..count.div_ceil(BLOCK))
            .into_par_iter()
            .map_init(Fit::default, |fit, block| {
                let cells = block * BLOCK..count.min((block + 1) * BLOCK);
                let mut rows = Block::default();
                for cell in cells {
                    fit.find_weights(&surroundings, CellId::new(cell as u32), &|_| true);
                    rows.cells.extend_from_slice(&fit.cells);
                    rows.weights.extend_from_slice(&fit.weights);
                    rows.ends.push(rows.cells.len());
                }
                rows
            })
            .collect();
        let terms = blocks.iter().map(|block| block.cells.len()).sum();
        let mut offsets = Vec::with_capacity(count + 1);
        let (mut cells, mut weights) = (Vec::with_capacity(terms), Vec::with_capacity(terms));
        offsets.push(0);
        for block in blocks {
            offsets.extend(block.ends.iter().map(|end| cells.len() + end));
            cells.extend_from_slice(&block.cells);
            weights.extend_from_slice(&block.weights);
        }
        Self {
            surroundings,
            offsets,
            cells,
            weights,
        }
    }

    /// Returns the terms of a cell's gradient `g_j = Σ_k w_k (φ_k − φ_j)`: cells `k`, ascending, and
    /// weights `w_k`, in the inverse of the mesh's unit.
    ///
    /// # Panics
    ///
    /// If the mesh has no such cell.
    #[must_use]
    #[inline]
    pub fn of_cell(&self, cell: CellId) -> (&[CellId], &[Vector3]) {
        let range = self.offsets[cell.index()]..self.offsets[cell.index() + 1];
        (&self.cells[range.clone()], &self.weights[range])
    }

    /// Returns the gradient of a field in every cell: one value per cell.
    ///
    /// A value that is not finite is missing: its cell has the gradient zero, and the gradients of
    /// others are fitted without it. In parallel; the same bits for any number of threads.
    ///
    /// # Panics
    ///
    /// If there are fewer values than cells.
    #[must_use]
    pub fn of_field(&self, values: &[f64]) -> Vec<Vector3> {
        let is_there = |cell: CellId| values[cell.index()].is_finite();
        (0..self.mesh().cell_count() as u32)
            .into_par_iter()
            .with_min_len(BLOCK)
            .map_init(Fit::default, |fit, cell| {
                let cell = CellId::new(cell);
                if !is_there(cell) {
                    return Vector3::zeros();
                }
                let (cells, weights) = self.of_cell(cell);
                if cells.iter().all(|&other| is_there(other)) {
                    return gradient(cell, cells, weights, values);
                }
                fit.find_weights(&self.surroundings, cell, &is_there);
                gradient(cell, &fit.cells, &fit.weights, values)
            })
            .collect()
    }

    /// Returns the mesh.
    #[must_use]
    pub fn mesh(&self) -> &UnstructuredMesh {
        self.surroundings.mesh()
    }

    /// Returns the fingerprint of the mesh.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.mesh().fingerprint()
    }

    /// The centroid of a cell relative to its first node.
    #[inline]
    pub(crate) fn centroid(&self, cell: CellId) -> &Vector3 {
        self.surroundings.centroid(cell)
    }
}

fn gradient(cell: CellId, cells: &[CellId], weights: &[Vector3], values: &[f64]) -> Vector3 {
    let own = values[cell.index()];
    let terms = cells.iter().zip(weights);
    terms.fold(Vector3::zeros(), |sum, (other, weight)| {
        sum + weight * (values[other.index()] - own)
    })
}

/// The terms of some cells' gradients.
#[derive(Default)]
struct Block {
    ends: Vec<usize>,
    cells: Vec<CellId>,
    weights: Vec<Vector3>,
}

/// The terms of one cell's gradient, and the scratch space for finding them.
#[derive(Default)]
struct Fit {
    cells: Vec<CellId>,
    weights: Vec<Vector3>,
    candidates: Vec<CellId>,
    ways: Vec<Vector3>,
    candidate_weights: Vec<Vector3>,
    least_squares: LeastSquares,
}

impl Fit {
    /// Finds the terms of a cell's gradient among the cells that `passable` agrees to, looking
    /// farther and farther until they determine it.
    fn find_weights(
        &mut self,
        surroundings: &Surroundings,
        cell: CellId,
        passable: &dyn Fn(CellId) -> bool,
    ) {
        self.cells.clear();
        self.weights.clear();
        // Nothing overlaps a cell without volume.
        if !(surroundings.volume(cell) > 0.0) {
            return;
        }
        let extent = surroundings.mesh().cell_bounds(cell).extent().max();
        let mut best: Option<Quality> = None;
        for step in 0..surroundings.steps() {
            surroundings.find(cell, step, passable, &mut self.candidates);
            self.ways.clear();
            self.candidates.retain(|&other| {
                let way = surroundings.way(cell, extent, other);
                self.ways.extend(way);
                way.is_some()
            });
            let quality = self
                .least_squares
                .find_weights(&self.ways, &mut self.candidate_weights)
                .in_cell(&self.candidate_weights, surroundings.vertices(cell));
            // Cells farther away are only taken where they are of use.
            if best.is_none_or(|best| quality > best) {
                best = Some(quality);
                std::mem::swap(&mut self.cells, &mut self.candidates);
                std::mem::swap(&mut self.weights, &mut self.candidate_weights);
            }
            if quality.is_best() {
                break;
            }
        }
    }
}
