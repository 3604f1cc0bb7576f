//! Which cell of a mesh is in which part, and a part's own mesh.

use std::ops::Range;

use mesh_core::{CellId, ExtractError, UnstructuredMesh};
use thiserror::Error;

use crate::bisection::bisect;
use crate::curve::order_along_curve;
use crate::cuts::{Balance, cut_in_runs};

/// The cells of a mesh shared out among parts: **each is in exactly one**.
///
/// Parts are counted from 0. Some may be empty, and are where there are more parts than cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The cells of part 0, then those of part 1, …; ascending in each.
    cells: Vec<CellId>,
    /// `parts + 1` starts into `cells`.
    offsets: Vec<usize>,
}

/// How a mesh is cut into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Contiguous runs of cell ids: the reference exercise's way. Compact where neighbours have
    /// near numbers.
    Slices,
    /// Runs of a Hilbert curve through the cells' centroids: compact whatever the numbering.
    SpaceFillingCurve,
    /// Recursive cuts across the longest axis: parts are boxes of centroids.
    CoordinateBisection,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 3] = [
        Method::Slices,
        Method::SpaceFillingCurve,
        Method::CoordinateBisection,
    ];

    /// The method's name: `slices`, `space-filling-curve` or `coordinate-bisection`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::Slices => "slices",
            Method::SpaceFillingCurve => "space-filling-curve",
            Method::CoordinateBisection => "coordinate-bisection",
        }
    }
}

/// One part of a mesh as a mesh of its own.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which part, counted from 0.
    pub index: usize,
    /// The part's cells; nodes that none of them uses are dropped.
    pub mesh: UnstructuredMesh,
    /// The id that each cell of `mesh` has in the whole mesh, ascending.
    pub cells: Vec<CellId>,
}

/// Why a mesh cannot be cut into parts as asked.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PartitionError {
    /// No parts, or more than [`Partition::MAX_PARTS`].
    #[error("{parts} parts asked for; expected 1 to {most}", most = Partition::MAX_PARTS)]
    PartCount {
        /// The number asked for.
        parts: usize,
    },
    /// More cells than cell ids can name.
    #[error("{cells} cells; a mesh has at most {most}", most = u32::MAX)]
    TooManyCells {
        /// The number of cells.
        cells: usize,
    },
    /// There is not one weight for each cell.
    #[error("{weights} weights for a mesh of {cells} cells; expected one for each cell")]
    WeightCount {
        /// The number of weights.
        weights: usize,
        /// The number of cells.
        cells: usize,
    },
    /// A weight is negative, infinite or not a number.
    #[error("cell {cell} has the weight {weight}; expected a finite number, at least 0")]
    Weight {
        /// The cell.
        cell: CellId,
        /// Its weight.
        weight: f64,
    },
    /// No cell has a weight above zero: there is nothing to balance.
    #[error("all weights are zero; expected at least one above zero")]
    ZeroWeights,
    /// There is no such part.
    #[error("part {part} of {parts} parts; parts are counted from 0")]
    PartOutOfRange {
        /// The part asked for.
        part: usize,
        /// The number of parts.
        parts: usize,
    },
    /// The mesh refuses to give the part's cells.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// A partition of one mesh was used with another.
    #[error("the partition is of {expected} cells, but the mesh has {found}")]
    OtherMesh {
        /// Cells of the partition.
        expected: usize,
        /// Cells of the mesh.
        found: usize,
    },
}

impl Partition {
    /// The most parts a partition may have, far beyond any machine's workers.
    pub const MAX_PARTS: usize = 1 << 24;

    /// Contiguous runs of cell ids, which differ by at most one cell in length.
    ///
    /// # Errors
    /// [`PartitionError::PartCount`], [`PartitionError::TooManyCells`].
    ///
    /// Cost: O(cells + parts).
    ///
    /// ```
    /// use partition::Partition;
    ///
    /// let partition = Partition::slices(10, 3)?;
    /// let lengths: Vec<usize> = partition.iter().map(<[_]>::len).collect();
    /// assert_eq!(lengths.iter().sum::<usize>(), 10);
    /// assert!(lengths.iter().all(|&length| length == 3 || length == 4));
    /// # Ok::<(), partition::PartitionError>(())
    /// ```
    pub fn slices(cell_count: usize, parts: usize) -> Result<Partition, PartitionError> {
        check_part_count(parts)?;
        let order = all_cells(cell_count)?;
        let runs = cut_in_runs(&order, parts, Balance::Count);
        Ok(Partition::from_runs(order, &runs))
    }

    /// Parts of `mesh` by the given method, which differ by at most one cell in length.
    ///
    /// # Errors
    /// [`PartitionError::PartCount`].
    ///
    /// Cost: O(cells) for slices, O(cells · log cells) along the curve, O(cells · log parts) by
    /// bisection; centroids and sorting use all threads of the current `rayon` pool.
    ///
    /// ```
    /// use partition::{Method, Partition};
    ///
    /// let axis = vec![0.0, 1.0, 2.0, 3.0, 4.0];
    /// let mesh = mesh_core::CartesianMesh::new(vec![axis.clone(), axis.clone(), axis])?;
    /// let mesh = mesh.to_unstructured()?;
    /// let partition = Partition::new(&mesh, 8, Method::CoordinateBisection)?;
    /// assert!(partition.iter().all(|cells| cells.len() == 8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        mesh: &UnstructuredMesh,
        parts: usize,
        method: Method,
    ) -> Result<Partition, PartitionError> {
        Partition::balanced(mesh, parts, method, Balance::Count)
    }

    /// Parts of `mesh` by the given method, balanced by weights.
    ///
    /// `weights` has one number for each cell: the work it stands for, in any unit. A part's weight
    /// differs from the mean by at most the weight of the heaviest cell for
    /// [`Method::Slices`] and [`Method::SpaceFillingCurve`], and by at most one and a half times
    /// that for [`Method::CoordinateBisection`] (apart from the rounding of the sums).
    ///
    /// # Errors
    /// [`PartitionError::PartCount`], [`PartitionError::WeightCount`], [`PartitionError::Weight`],
    /// [`PartitionError::ZeroWeights`].
    ///
    /// Cost: as [`Partition::new`], bisection O(cells · log cells · log parts).
    pub fn weighted(
        mesh: &UnstructuredMesh,
        parts: usize,
        method: Method,
        weights: &[f64],
    ) -> Result<Partition, PartitionError> {
        let cells = mesh.cell_count();
        if weights.len() != cells {
            return Err(PartitionError::WeightCount {
                weights: weights.len(),
                cells,
            });
        }
        let mut heaviest = 0.0_f64;
        for (cell, &weight) in mesh.cell_ids().zip(weights) {
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(PartitionError::Weight { cell, weight });
            }
            heaviest = heaviest.max(weight);
        }
        if heaviest == 0.0 {
            return Err(PartitionError::ZeroWeights);
        }
        // Shares of the heaviest: sums cannot overflow, and the unit does not matter.
        let shares: Vec<f64> = weights.iter().map(|weight| weight / heaviest).collect();
        Partition::balanced(mesh, parts, method, Balance::Weight(&shares))
    }

    fn balanced(
        mesh: &UnstructuredMesh,
        parts: usize,
        method: Method,
        balance: Balance<'_>,
    ) -> Result<Partition, PartitionError> {
        check_part_count(parts)?;
        let mut order: Vec<CellId> = mesh.cell_ids().collect();
        let runs = match method {
            Method::Slices => cut_in_runs(&order, parts, balance),
            Method::SpaceFillingCurve => {
                order = order_along_curve(order, &mesh.centroids());
                cut_in_runs(&order, parts, balance)
            }
            Method::CoordinateBisection => bisect(&mut order, parts, &mesh.centroids(), balance),
        };
        Ok(Partition::from_runs(order, &runs))
    }

    /// Runs of `order`, one after the other and covering it, as parts.
    fn from_runs(mut order: Vec<CellId>, runs: &[Range<usize>]) -> Partition {
        let mut offsets = Vec::with_capacity(runs.len() + 1);
        offsets.push(0);
        for run in runs {
            order[run.clone()].sort_unstable();
            offsets.push(run.end);
        }
        Partition {
            cells: order,
            offsets,
        }
    }

    /// The number of parts, empty ones included; at least 1.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The number of cells of all parts: that of the mesh.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.cells.len()
    }

    /// The global ids of a part's cells, ascending; none where there is no such part.
    #[must_use]
    pub fn part_cells(&self, part: usize) -> &[CellId] {
        if part < self.parts() {
            &self.cells[self.offsets[part]..self.offsets[part + 1]]
        } else {
            &[]
        }
    }

    /// Every part's cells, in the order of parts.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[CellId]> {
        self.offsets
            .windows(2)
            .map(|range| &self.cells[range[0]..range[1]])
    }

    /// The part of each cell: one number for each cell of the mesh.
    ///
    /// Written to a file as a cell field, it shows the partition. Cost: O(cells).
    #[must_use]
    pub fn part_of_cells(&self) -> Vec<u32> {
        let mut part_of = vec![0; self.cells.len()];
        for (part, cells) in self.iter().enumerate() {
            for cell in cells {
                part_of[cell.index()] = part as u32;
            }
        }
        part_of
    }

    /// A part as a mesh of its own with the way back to the whole, or `None` where it is empty (a
    /// mesh has at least one cell).
    ///
    /// `mesh` is the mesh that was cut.
    ///
    /// # Errors
    /// [`PartitionError::PartOutOfRange`]; [`PartitionError::OtherMesh`] where the number of cells
    /// shows that the partition is not of this mesh.
    ///
    /// Cost: O(the part's cells + the mesh's nodes).
    pub fn extract(
        &self,
        mesh: &UnstructuredMesh,
        part: usize,
    ) -> Result<Option<Part>, PartitionError> {
        let parts = self.parts();
        if part >= parts {
            return Err(PartitionError::PartOutOfRange { part, parts });
        }
        let (expected, found) = (self.cell_count(), mesh.cell_count());
        if expected != found {
            return Err(PartitionError::OtherMesh { expected, found });
        }
        let cells = self.part_cells(part);
        if cells.is_empty() {
            return Ok(None);
        }
        Ok(Some(Part {
            index: part,
            mesh: mesh.extract(cells)?,
            cells: cells.to_vec(),
        }))
    }
}

fn check_part_count(parts: usize) -> Result<(), PartitionError> {
    if (1..=Partition::MAX_PARTS).contains(&parts) {
        Ok(())
    } else {
        Err(PartitionError::PartCount { parts })
    }
}

/// All ids of a mesh of `cell_count` cells.
fn all_cells(cell_count: usize) -> Result<Vec<CellId>, PartitionError> {
    u32::try_from(cell_count)
        .map(|count| (0..count).map(CellId::new).collect())
        .map_err(|_| PartitionError::TooManyCells { cells: cell_count })
}
