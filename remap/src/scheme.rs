//! A scheme: the rule by which overlaps fill the matrix.

use geom_intersect::Moments;
use mesh_core::{CellId, Fingerprint, Location, UnstructuredMesh, Vector3};
use nalgebra::Matrix3;

use crate::cells::{SourceCell, TargetCell};
use crate::found::Found;
use crate::overlaps::Rest;
use crate::pieces::CutMesh;

/// The rule by which overlaps fill the matrix; the place to add an interpolation scheme.
///
/// A scheme is given the overlaps one at a time, as finite elements give elements, and only *adds*
/// contributions. Sorting, merging, threading are not its business. It is called from several
/// threads, for the target cells in any order, but for the overlaps of one target cell in ascending
/// order of source cells; what it adds may depend on nothing but the overlap. Then the matrix has
/// the same bits for any number of threads.
///
/// A scheme of one's own in full, which counts the cells that meet instead of measuring:
///
/// ```
/// use mesh_core::{BoxCellShape, CartesianMesh, UnstructuredMesh};
/// use remap::{Contributions, Overlap, Scheme, prepare};
///
/// struct Meets;
///
/// impl Scheme for Meets {
///     fn name(&self) -> &str {
///         "meets"
///     }
///     fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions) {
///         contributions.add(overlap.target.get(), overlap.source.get(), 1.0);
///     }
/// }
///
/// let axis = |cells: u32| (0..=cells).map(|i| f64::from(i) / f64::from(cells)).collect();
/// let source = CartesianMesh::new(vec![axis(2); 3])?.to_unstructured()?;
/// let target = CartesianMesh::new(vec![axis(3); 3])?.to_unstructured()?;
/// let matrix = prepare(&source, &target, &Meets)?;
/// assert_eq!(matrix.row_sums()[13], 8.0); // the cell in the middle meets all eight
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Scheme: Sync {
    /// The name by which users know the scheme, such as `p0-p0`.
    fn name(&self) -> &str;

    /// What the scheme needs to know of an overlap: by default its volume only.
    fn moments_needed(&self) -> MomentsNeeded {
        MomentsNeeded::Volume
    }

    /// The fingerprint of the only source mesh that the scheme is for, if it is for one only: other
    /// meshes are refused.
    fn source_mesh(&self) -> Option<Fingerprint> {
        None
    }

    /// Where the fields live that the matrix takes, its columns: by default on source cells.
    fn source_location(&self) -> Location {
        Location::Cells
    }

    /// Where the fields live that the matrix gives, its rows: by default on target cells.
    fn target_location(&self) -> Location {
        Location::Cells
    }

    /// What of the source cells the scheme is given, one at a time: by default the cells as they are.
    fn source_pieces(&self) -> Pieces {
        Pieces::Cells
    }

    /// What of the target cells the scheme is given, one at a time: by default the cells as they are.
    fn target_pieces(&self) -> Pieces {
        Pieces::Cells
    }

    /// The number of rows of the matrix: by default one for each value of a target field.
    ///
    /// Of a mesh that is cut into tetrahedra it has to be that.
    fn rows(&self, target: &UnstructuredMesh) -> usize {
        target.count_on(self.target_location())
    }

    /// The number of columns of the matrix: by default one for each value of a source field.
    ///
    /// Of a mesh that is cut into tetrahedra it has to be that.
    fn columns(&self, source: &UnstructuredMesh) -> usize {
        source.count_on(self.source_location())
    }

    /// Adds what an overlap contributes to the matrix.
    fn contribute(&self, overlap: &Overlap<'_>, contributions: &mut Contributions);

    /// Adds what the overlaps of a target cell contribute to the matrix, one after the other.
    ///
    /// Left as it is, it calls [`contribute`](Self::contribute) for each. It is compiled for each scheme, so that a
    /// `dyn Scheme` is called once for a target cell instead of once for an overlap.
    fn contribute_each(&self, overlaps: &Overlaps<'_>, contributions: &mut Contributions) {
        overlaps.for_each(|overlap| self.contribute(overlap, contributions));
    }
}

/// What a scheme needs to know of an overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentsNeeded {
    /// The volume; the first moment may be left at zero.
    Volume,
    /// Volume and first moment.
    VolumeAndFirst,
    /// Volume, first and second moment.
    UpToSecond,
}

/// What of the cells of a mesh a scheme is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pieces {
    /// Each cell as it is.
    Cells,
    /// Tetrahedra, into which all other cells are cut ([`UnstructuredMesh::tetrahedra`]): what fields
    /// on nodes are linear on. The overlap's mesh is that of the tetrahedra, and so are the numbers of
    /// its cells and nodes. What the scheme adds to a tetrahedron goes to the cell that it was cut
    /// from, what it adds to the centre of a cell or face goes in equal shares to the nodes around.
    Tetrahedra,
}

/// The overlap of a source cell and a target cell.
///
/// Its volume is positive, unless one of the two is an [inverted](mesh_core::Tetrahedra::inverted)
/// tetrahedron of a cell that is cut up: then all its moments are those of the overlap times −1.
#[derive(Debug, Clone, Copy)]
pub struct Overlap<'a> {
    /// The source cell.
    pub source: SourceCell,
    /// The target cell.
    pub target: TargetCell,
    /// Volume and, where the scheme needs it, first moment.
    pub moments: Moments,
    /// Where the scheme needs it, the second moment about the centroid `c`, `∫ (x − c)(x − c)ᵀ dV`.
    pub second: Option<Matrix3<f64>>,
    /// The mesh of the source cell.
    pub source_mesh: &'a UnstructuredMesh,
    /// The mesh of the target cell.
    pub target_mesh: &'a UnstructuredMesh,
}

/// The overlaps of a target cell, in ascending order of source cells.
#[derive(Debug, Clone, Copy)]
pub struct Overlaps<'a> {
    pub(crate) found: &'a Found,
    pub(crate) target: TargetCell,
    pub(crate) sources: &'a CutMesh<'a>,
    pub(crate) targets: &'a CutMesh<'a>,
}

impl Overlaps<'_> {
    /// Visits each overlap.
    #[inline]
    pub fn for_each(&self, mut visit: impl FnMut(&Overlap<'_>)) {
        let Self {
            found,
            target,
            sources,
            targets,
        } = *self;
        let target_sign = targets.sign(target.id());
        // All but the source cell and what is needed stays as it is.
        let mut overlap = Overlap {
            source: SourceCell::new(CellId::new(0)),
            target,
            moments: Moments::of_volume(0.0),
            second: None,
            source_mesh: sources.mesh(),
            target_mesh: targets.mesh(),
        };
        found.for_each(|cell, volume, rest| {
            let sign = target_sign * sources.sign(cell.id());
            overlap.source = cell;
            overlap.moments.volume = sign * volume;
            if let Some(Rest { moments, second }) = rest {
                overlap.moments.first = sign * moments.first;
                overlap.moments.origin = moments.origin;
                overlap.second = second.map(|second| sign * second);
            }
            visit(&overlap);
        });
    }

    /// Adds the volume of each overlap to the entry of its two cells: what [`for_each`](Self::for_each) with one
    /// [`add`](Contributions::add) for each does, sooner.
    #[inline]
    pub(crate) fn add_volumes(&self, contributions: &mut Contributions) {
        let (found, row) = (self.found, self.target.get());
        let are_whole = !self.sources.is_cut() && !self.targets.is_cut();
        if are_whole && contributions.begins(row) {
            let Contributions {
                columns,
                weights,
                next,
                ..
            } = contributions;
            columns.extend(found.sources().map(SourceCell::get));
            weights.extend(found.volumes());
            *next = columns.last().map_or(0, |&last| u64::from(last) + 1);
        } else {
            self.for_each(|overlap| {
                contributions.add(row, overlap.source.get(), overlap.moments.volume);
            });
        }
    }
}

impl Overlap<'_> {
    /// The first moment about the source cell's centroid, which is given relative to the cell's first
    /// node: nothing is lost far from the world's origin.
    pub(crate) fn first_moment_about_source(&self, centroid: &Vector3) -> Vector3 {
        let first_node = self.source_mesh.cell_nodes(self.source.id())[0];
        let first_node = &self.source_mesh.nodes()[first_node.index()];
        let Moments {
            volume,
            first,
            origin,
        } = self.moments;
        first + ((origin - first_node) - centroid) * volume
    }
}

/// Takes the contributions of a scheme, for one target cell after the other.
#[derive(Debug, Default)]
pub struct Contributions {
    /// The row of the target cell itself.
    pub(crate) row: u32,
    /// Those to that row, as long as they come in ascending order of columns, the common case…
    pub(crate) columns: Vec<u32>,
    pub(crate) weights: Vec<f64>,
    /// …and one more than the last of these columns.
    next: u64,
    /// All others.
    pub(crate) others: Vec<Entry>,
}

/// A weight and its place in the matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) weight: f64,
}

impl Contributions {
    /// Forgets what there is, and begins with the target cell whose own row is `row`.
    pub(crate) fn begin(&mut self, row: u32) {
        (self.row, self.next) = (row, 0);
        self.columns.clear();
        self.weights.clear();
        self.others.clear();
    }

    /// Whether a row is that of the target cell, and nothing was added to it yet.
    #[inline]
    fn begins(&self, row: u32) -> bool {
        row == self.row && self.columns.is_empty()
    }

    /// Adds a weight to the entry in a row and a column; what is added to one entry is summed.
    #[inline]
    pub fn add(&mut self, row: u32, column: u32, weight: f64) {
        if row == self.row && u64::from(column) >= self.next {
            self.columns.push(column);
            self.weights.push(weight);
            self.next = u64::from(column) + 1;
        } else {
            self.others.push(Entry {
                row,
                column,
                weight,
            });
        }
    }
}
