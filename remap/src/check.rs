//! The laws that a matrix of overlap volumes obeys, for `remap check`, tests and plug-in writers.
//!
//! A cell that is wholly covered is found by an independent witness: its bounds meet no boundary face
//! of the other mesh, so it lies inside or outside as a whole, and it has an entry or, where it has
//! none, really overlaps a cell. The overlaps of such a cell must add up to its volume; those of any
//! other cell must not add up to more. Of a cell whose bounds meet the other mesh's boundary nobody
//! can say how much is covered: that too little is goes unnoticed there.

use std::sync::OnceLock;

use geom_intersect::{Intersector, Solid};
use mesh_core::{Bounds, CellId, Location, UnstructuredMesh};
use rayon::prelude::*;
use rstar::primitives::Rectangle;
use rstar::{AABB, RTree};

use crate::candidates::CandidateSearch;
use crate::cells::SolidMaker;
use crate::error::MatrixMismatch;
use crate::overlap_matrix::OverlapMatrix;

mod scheme_laws;

pub use scheme_laws::{Finding, Law, SchemeReport, laws_of_scheme};

/// Within what fraction of a cell's volume its overlaps must add up.
pub const SUM_TOLERANCE: f64 = 1e-12;

/// A coordinate is known to half an epsilon of itself, so a volume to that times the cell's surface;
/// this many times as much is allowed.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// What [`check`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Volume of the source mesh.
    pub source_volume: f64,
    /// Volume of the target mesh.
    pub target_volume: f64,
    /// Sum of all entries.
    pub overlap_volume: f64,
    /// The rows against the volumes of the target cells.
    pub rows: Sums,
    /// The columns against the volumes of the source cells.
    pub columns: Sums,
    /// Entries that are not positive; there should be none.
    pub nonpositive_entries: usize,
    /// The first of them: its target cell, source cell and value.
    pub first_nonpositive_entry: Option<(CellId, CellId, f64)>,
    /// Whether every law holds.
    pub holds: bool,
}

/// Sums of overlaps against volumes, over the cells of one mesh.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    /// Largest relative deviation among the cells that are wholly covered; 0 if there are none.
    pub worst: f64,
    /// Where it is.
    pub worst_cell: Option<CellId>,
    /// Largest relative excess of a sum over the cell's volume; 0 if no sum exceeds it.
    pub largest_excess: f64,
    /// Largest relative deviation that is allowed to any cell with volume: [`SUM_TOLERANCE`], or more where the
    /// coordinates of a cell are rounded coarsely for its size.
    pub largest_allowed: f64,
    /// Cells that are certainly wholly covered.
    pub wholly_covered_cells: usize,
    /// Cells that something, but not the whole of which, is covered.
    pub partly_covered_cells: usize,
    /// Cells with volume and without an entry.
    pub uncovered_cells: usize,
    /// How many cells have a sum that breaks a law.
    pub violating_cells: usize,
    /// These cells, worst first, ten at most.
    pub violations: Vec<Violation>,
}

/// A cell whose overlaps do not add up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Violation {
    /// The cell.
    pub cell: CellId,
    /// Its volume.
    pub volume: f64,
    /// The sum of its overlaps.
    pub covered: f64,
    /// The relative deviation that its size and place allow.
    pub allowed: f64,
}

impl Violation {
    /// Returns the relative deviation.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        (self.covered - self.volume) / self.volume
    }
}

/// Checks the laws: rows against the volumes of target cells, columns against those of source cells.
///
/// Cost: the faces of both meshes are matched, some ten times the time of one pass over the cells.
///
/// # Errors
///
/// If the matrix does not belong to the meshes, or has nodes as rows or columns.
pub fn check(
    matrix: &OverlapMatrix,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> Result<Report, MatrixMismatch> {
    matrix.check_meshes(source, target)?;
    for (location, entries, mesh) in [
        (matrix.target_location(), "rows", "target"),
        (matrix.source_location(), "columns", "source"),
    ] {
        if location != Location::Cells {
            return Err(MatrixMismatch::OfNodes { entries, mesh });
        }
    }
    let rows = Side::new(target, matrix.row_sums(), source).sums();
    let columns = Side::new(source, matrix.column_sums(), target).sums();
    // Written so that NaN counts.
    let entries = matrix.matrix().iter();
    let mut nonpositive = entries.filter(|&(&value, _)| !(value > 0.0));
    let first = nonpositive.next();
    let nonpositive_entries = usize::from(first.is_some()) + nonpositive.count();
    let first_nonpositive_entry = first.map(|(&value, (row, column))| {
        let (row, column) = (CellId::new(row), CellId::new(column));
        (row, column, value)
    });
    Ok(Report {
        source_volume: source.volume(),
        target_volume: target.volume(),
        overlap_volume: matrix.sum(),
        holds: rows.violations.is_empty()
            && columns.violations.is_empty()
            && nonpositive_entries == 0,
        rows,
        columns,
        nonpositive_entries,
        first_nonpositive_entry,
    })
}

/// The cells of one mesh, what of each is covered, and the other mesh with its boundary.
struct Side<'a> {
    mesh: &'a UnstructuredMesh,
    other: &'a UnstructuredMesh,
    /// Made where a cell without an entry asks for it.
    search: OnceLock<CandidateSearch>,
    covered: Vec<f64>,
    boundary: RTree<Rectangle<[f64; 3]>>,
}

/// What is found out about one cell.
struct Cell {
    violation: Violation,
    inside: bool,
    breaks: bool,
}

impl<'a> Side<'a> {
    fn new(mesh: &'a UnstructuredMesh, covered: Vec<f64>, other: &'a UnstructuredMesh) -> Self {
        let faces = other.faces();
        let boxes = faces.boundary_faces().map(|face| {
            let nodes = faces.nodes(face).iter();
            let bounds = Bounds::from_points(nodes.map(|node| &other.nodes()[node.index()]));
            Rectangle::from_corners(bounds.min.into(), bounds.max.into())
        });
        Self {
            mesh,
            other,
            search: OnceLock::new(),
            covered,
            boundary: RTree::bulk_load(boxes.collect()),
        }
    }

    fn sums(&self) -> Sums {
        let cells: Vec<Cell> = (0..self.mesh.cell_count() as u32)
            .into_par_iter()
            .with_min_len(1024)
            .map(|cell| self.look_at(CellId::new(cell)))
            .collect();
        let with_volume = || cells.iter().filter(|cell| cell.violation.volume > 0.0);
        let uncovered = with_volume().filter(|cell| cell.violation.covered == 0.0);
        let partly = with_volume().filter(|cell| {
            cell.violation.covered != 0.0 && cell.violation.deviation() < -cell.violation.allowed
        });
        let inside = || with_volume().filter(|cell| cell.inside);
        let entries = inside().filter(|cell| cell.violation.covered != 0.0);
        let worst = entries.max_by(|a, b| {
            let [a, b] = [a, b].map(|cell| cell.violation.deviation().abs());
            a.total_cmp(&b)
        });
        let excess = with_volume().map(|cell| cell.violation.deviation());
        let mut violations: Vec<_> = cells
            .iter()
            .filter(|cell| cell.breaks)
            .map(|cell| cell.violation)
            .collect();
        violations.sort_by(|a, b| b.deviation().abs().total_cmp(&a.deviation().abs()));
        let violating_cells = violations.len();
        violations.truncate(10);
        Sums {
            violating_cells,
            worst: worst.map_or(0.0, |cell| cell.violation.deviation().abs()),
            worst_cell: worst.map(|cell| cell.violation.cell),
            largest_excess: excess.fold(0.0, f64::max),
            largest_allowed: with_volume()
                .map(|cell| cell.violation.allowed)
                .fold(SUM_TOLERANCE, f64::max),
            wholly_covered_cells: inside().count(),
            partly_covered_cells: partly.count(),
            uncovered_cells: uncovered.count(),
            violations,
        }
    }

    fn look_at(&self, cell: CellId) -> Cell {
        let volume = self.mesh.measure(cell);
        let covered = self.covered[cell.index()];
        let bounds = self.mesh.cell_bounds(cell);
        let envelope = AABB::from_corners(bounds.min.into(), bounds.max.into());
        let meets_boundary = self
            .boundary
            .locate_in_envelope_intersecting(envelope)
            .next()
            .is_some();
        let violation = Violation {
            cell,
            volume,
            covered,
            allowed: allowed_deviation(&bounds, volume),
        };
        let inside = !meets_boundary
            && volume > 0.0
            && (covered != 0.0 || self.overlaps_other(cell, &bounds));
        // Written so that NaN breaks a law.
        let keeps = if volume > 0.0 {
            let deviation = violation.deviation();
            deviation <= violation.allowed && (!inside || deviation >= -violation.allowed)
        } else {
            covered == 0.0
        };
        Cell {
            violation,
            inside,
            breaks: !keeps,
        }
    }

    /// Whether a cell overlaps any cell of the other mesh.
    fn overlaps_other(&self, cell: CellId, bounds: &Bounds) -> bool {
        let search = self.search.get_or_init(|| CandidateSearch::new(self.other));
        let mut candidates = Vec::new();
        search.find_candidates(bounds, &mut candidates);
        let (mut maker, mut intersector) = (SolidMaker::default(), Intersector::default());
        let [mut own, mut other] = [Solid::default(), Solid::default()];
        maker.fill(self.mesh, cell, &mut own);
        candidates.iter().any(|candidate| {
            maker.fill(self.other, candidate.id(), &mut other);
            intersector.volume(&other, &own).is_some()
        })
    }
}

/// What the rounding of a cell's own coordinates allows: the rounding of a coordinate times the
/// surface of the cell's bounds, over its volume; never less than [`SUM_TOLERANCE`].
pub(crate) fn allowed_deviation(bounds: &Bounds, volume: f64) -> f64 {
    let magnitude = bounds.min.coords.amax().max(bounds.max.coords.amax());
    let size = bounds.extent();
    let surface = size.x * size.y + size.y * size.z + size.z * size.x;
    SUM_TOLERANCE.max(ROUNDING * magnitude * surface / volume)
}
