//! Candidates of several target cells at once.

use geom_intersect::{BoxFilter, EightBoxes};
use mesh_core::{Bounds, CellId};

use crate::candidates::Candidate;
use crate::packed_tree::NearbyNodes;
use crate::search_frame::CellBounds;

/// How many target cells are searched for together at most.
const GROUP: usize = 16;

/// A group's bounds may be so large that about so many cells of its own size meet them: eight
/// cells in a row meet 36 of a grid shifted by half a cell, eight in a cube 27.
const MAX_NEARBY: f64 = 64.0;

/// The source cells near a group of target cells, in ascending order. Owns the scratch space.
///
/// What a search costs beyond the candidates themselves, the way through the tree and the sorting,
/// is shared by all cells of the group; each then takes its candidates from the few cells nearby.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    cells: Vec<Candidate>,
    boxes: Vec<EightBoxes>,
    filter: BoxFilter,
    found: Vec<u32>,
    pub(crate) candidates: Vec<Candidate>,
    /// Instead of the cells, where the search has them in their order.
    pub(crate) nodes: NearbyNodes,
}

impl Nearby {
    /// Takes the cells that `find` pushes.
    #[inline]
    pub(crate) fn fill(
        &mut self,
        find: impl FnOnce(&mut Vec<Candidate>),
        bounds: impl Fn(Candidate) -> Bounds,
    ) {
        let Self { cells, boxes, .. } = self;
        cells.clear();
        find(cells);
        sort(cells);
        // Written in place: a copy would read in wide pieces what was just written in small ones.
        boxes.clear();
        boxes.resize(cells.len().div_ceil(EightBoxes::WIDTH), EightBoxes::EMPTY);
        for (cells, boxes) in cells.chunks(EightBoxes::WIDTH).zip(boxes) {
            for (place, cell) in cells.iter().enumerate() {
                let Bounds { min, max } = bounds(*cell);
                boxes.set(place, min, max);
            }
        }
    }

    /// Returns those nearby cells whose bounds share a volume with the given ones, ascending.
    #[inline]
    pub(crate) fn candidates(&mut self, bounds: &Bounds) -> &[Candidate] {
        let ends = (bounds.min, bounds.max);
        let found = self.filter.find(&self.boxes, ends, &mut self.found);
        self.candidates.clear();
        let found = found.iter().map(|&place| self.cells[place as usize]);
        self.candidates.extend(found);
        &self.candidates
    }
}

/// Sorts candidates, which often are sorted already.
#[inline]
pub(crate) fn sort<T: Ord>(candidates: &mut [T]) {
    if !candidates.is_sorted() {
        candidates.sort_unstable();
    }
}

/// How many cells make a group on average, at least, where a mesh is numbered well: a row of a grid
/// gives 13, cells in random order 1.
const GOOD_GROUP: usize = 6;

/// Returns whether cells that follow each other are mostly far apart, by samples from all over the
/// mesh.
pub(crate) fn is_scattered(cells: usize, bounds: impl Fn(usize) -> Bounds) -> bool {
    // In a good numbering and in a poor one groups are of very different size, so that a thousand cells are enough.
    const SAMPLES: usize = 16;
    let stride = (cells / SAMPLES).max(4 * GROUP);
    let (mut sampled, mut groups) = (0, 0);
    for start in (0..cells).step_by(stride) {
        let cells = start..cells.min(start + 4 * GROUP);
        let bounds: Vec<_> = cells.map(&bounds).collect();
        sampled += bounds.len();
        let mut rest = bounds.as_slice();
        while !rest.is_empty() {
            rest = &rest[group(rest).0..];
            groups += 1;
        }
    }
    sampled < GOOD_GROUP * groups
}

/// Returns whether cells of a mesh that follow each other are mostly far apart.
pub(crate) fn has_scattered_cells(bounds: &CellBounds) -> bool {
    is_scattered(bounds.mesh().cell_count(), |cell| {
        bounds.of(CellId::new(cell as u32))
    })
}

/// Returns how many of the cells at the start of `bounds` make a group, and the bounds around
/// them: as many as lie close together.
#[inline]
pub(crate) fn group(bounds: &[Bounds]) -> (usize, Bounds) {
    let mut around = bounds[0];
    let mut total = around.max - around.min;
    let mut count = 1;
    for next in bounds.iter().take(GROUP).skip(1) {
        let larger = around.union(next);
        let grown = total + (next.max - next.min);
        let size = (larger.max - larger.min) * (count + 1) as f64 + grown;
        // Flat cells, of a product of zero, stay alone.
        if !(size.x * size.y * size.z < MAX_NEARBY * (grown.x * grown.y * grown.z)) {
            break;
        }
        (around, total) = (larger, grown);
        count += 1;
    }
    (count, around)
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxMesh, Point3, UnstructuredMesh, Vector3};

    use super::*;
    use crate::search_frame::SearchFrame;

    fn has_scattered_cells(mesh: &UnstructuredMesh) -> bool {
        super::has_scattered_cells(&SearchFrame::default().bounds_of(mesh))
    }

    #[test]
    fn cells_in_a_row_make_a_group_and_cells_far_apart_do_not() {
        let cube = |x: f64, y: f64| Bounds {
            min: Point3::new(x, y, 0.0),
            max: Point3::new(x + 1.0, y + 1.0, 1.0),
        };
        let row: Vec<_> = (0..20).map(|x| cube(f64::from(x), 0.0)).collect();
        let (count, around) = group(&row);
        assert_eq!(count, 14);
        assert_eq!(around, row[0].union(&row[13]));
        assert_eq!(
            group(&[cube(0.0, 0.0), cube(1.0, 0.0), cube(50.0, 50.0)]).0,
            2
        );
        assert_eq!(group(&[cube(0.0, 0.0)]).0, 1);
    }

    #[test]
    fn flat_cells_stay_alone() {
        let flat = |x: f64| Bounds {
            min: Point3::new(x, 0.0, 0.0),
            max: Point3::new(x + 1.0, 1.0, 0.0),
        };
        assert_eq!(group(&[flat(0.0), flat(1000.0)]).0, 1);
    }

    #[test]
    fn only_a_poor_numbering_is_scattered() {
        let mesh = BoxMesh::unit([9, 8, 7]).generate().unwrap();
        assert!(!has_scattered_cells(&mesh));
        // Every 101st cell: 504 and 101 have no common divisor.
        let cells: Vec<_> = (0..504).map(|i| CellId::new(i * 101 % 504)).collect();
        assert!(has_scattered_cells(&mesh.extract(&cells).unwrap()));
        let apart = mesh.translate(&Vector3::repeat(1e9)).unwrap();
        assert!(!has_scattered_cells(&apart));
    }
}
