//! A packed R-tree: cells along a curve, eight to a leaf, eight children to a node.

use std::mem::swap;

use geom_intersect::{
    BoxFilter, EightBoxes, EightOrientedBounds, EightSingleBoxes, OrientedBounds, SingleEnds,
};
use mesh_core::{Bounds, Point3, prefetch_to_end};
use rayon::prelude::*;

use crate::candidates::Candidate;
use crate::curve::{CELLS_AHEAD, around, order_along_curve};
use crate::nearby::is_scattered;

/// Cells in a leaf, and children of a node.
const WIDTH: usize = EightBoxes::WIDTH;

/// How many leaves or nodes a thread takes at a time; the tree does not depend on it.
const CHUNK: usize = 512;

/// Below this fraction of the mesh's width a cell is so thin that single precision hardly tells it
/// from its neighbours: its box is then widened by up to a tenth.
const THIN: f64 = 1.0 / (1 << 20) as f64;

/// One cell in so many may be thin, of a sample of at most so many from all over the mesh.
const THIN_SHARE: usize = 16;
const SAMPLE: usize = 4096;

/// So many times the volume of the mesh's bounds the boxes of a level may have, for the cells' own
/// numbering to be used: the rows of a grid have about 3, where one ends and the next starts. It is
/// built in half the time, and its cells come in ascending order.
const MAX_OVERLAP: f64 = 8.0;

/// Levels of nodes at most: eight to the power of eleven are more than ids.
const MAX_LEVELS: usize = 11;

/// An R-tree of which only boxes are stored: the children of a node follow from its place.
///
/// Leaves hold the exact bounds of their cells. The boxes of nodes are of single precision, in
/// coordinates between -1 and 1 of the mesh's own bounds. The way there, a subtraction, a product
/// and a conversion, never turns the order of two numbers round, so that whatever overlaps still
/// meets, and only the exact test in the leaf decides.
///
/// Some 65 bytes per cell.
#[derive(Debug)]
pub(crate) struct PackedTree {
    map: Map,
    /// From the nodes over the leaves up to the one over all.
    levels: Vec<Vec<EightSingleBoxes>>,
    leaves: Vec<EightBoxes>,
    /// The cell in each place, leaf by leaf; none where that is the place itself.
    cells: Option<Vec<u32>>,
    filter: BoxFilter,
}

/// The nodes over leaves near a group of target cells. Owns the scratch space.
#[derive(Debug, Default)]
pub(crate) struct NearbyNodes {
    nodes: Vec<u32>,
    /// On the way to them, those of the level above.
    above: Vec<u32>,
    /// The leaves near one target cell.
    leaves: Vec<u32>,
    found: Vec<u32>,
}

impl PackedTree {
    /// Sorts cells, numbered in order, into a tree, along a curve unless they are in a good order
    /// already; none where single precision cannot tell them
    /// apart.
    pub(crate) fn new(bounds: &[Bounds]) -> Option<Self> {
        let all = around(bounds);
        let map = Map::new(bounds, &all)?;
        if !is_scattered(bounds.len(), |cell| bounds[cell]) {
            let tree = Self::pack(bounds, None, &map);
            if tree.is_tight() {
                return Some(tree);
            }
        }
        let order = order_along_curve(bounds, Bounds::center, &all);
        Some(Self::pack(bounds, Some(order), &map))
    }

    /// Takes away the order in which the cells are packed, if it is not that of their numbers: from now on each
    /// cell is known by its place.
    pub(crate) fn take_order(&mut self) -> Option<Vec<u32>> {
        self.cells.take()
    }

    /// Packs the cells in the given order.
    fn pack(bounds: &[Bounds], order: Option<Vec<u32>>, map: &Map) -> Self {
        let leaves = 0..bounds.len().div_ceil(WIDTH);
        let leaves = leaves.into_par_iter().with_min_len(CHUNK).map(|leaf| {
            let mut boxes = EightBoxes::EMPTY;
            let places = leaf * WIDTH..bounds.len().min((leaf + 1) * WIDTH);
            for (index, place) in places.enumerate() {
                let cell = match &order {
                    None => place,
                    Some(order) => {
                        // They come from all over the memory.
                        if let Some(&next) = order.get(place + CELLS_AHEAD) {
                            prefetch_to_end(&bounds[next as usize]);
                        }
                        order[place] as usize
                    }
                };
                let Bounds { min, max } = bounds[cell];
                boxes.set(index, min, max);
            }
            boxes
        });
        let leaves: Vec<EightBoxes> = leaves.collect();
        let nodes = leaves.par_chunks(WIDTH).with_min_len(CHUNK);
        let nodes =
            nodes.map(|leaves| node_over(leaves.iter().map(|leaf| map.ends(&around_all(leaf)))));
        let mut levels: Vec<Vec<EightSingleBoxes>> = vec![nodes.collect()];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let nodes = below.par_chunks(WIDTH).with_min_len(CHUNK);
            let above = nodes.map(|nodes| node_over(nodes.iter().map(ends_of_all)));
            levels.push(above.collect());
        }
        debug_assert!(levels.len() <= MAX_LEVELS);
        Self {
            map: *map,
            levels,
            leaves,
            cells: order,
            filter: BoxFilter::default(),
        }
    }

    /// Returns whether the boxes of each level overlap each other little: whether all of them together
    /// have not much more volume than the mesh's bounds, which is 8 in their coordinates.
    fn is_tight(&self) -> bool {
        self.levels.iter().all(|nodes| {
            let chunks = nodes.par_chunks(CHUNK);
            let volumes: Vec<f64> = chunks
                .map(|nodes| nodes.iter().map(volume_of_children).sum())
                .collect();
            volumes.iter().sum::<f64>() <= 8.0 * MAX_OVERLAP
        })
    }

    /// Whether the cells are packed as they are numbered.
    #[inline]
    pub(crate) fn is_in_order(&self) -> bool {
        self.cells.is_none()
    }

    /// Returns the bounds of the cell in a place.
    #[inline]
    pub(crate) fn bounds_at(&self, place: u32) -> Bounds {
        let place = place as usize;
        let (min, max) = self.leaves[place / WIDTH].get(place % WIDTH);
        Bounds { min, max }
    }

    #[inline]
    fn candidate(&self, place: u32) -> Candidate {
        let cell = self
            .cells
            .as_ref()
            .map_or(place, |cells| cells[place as usize]);
        Candidate::new(cell, place)
    }

    /// Visits every cell whose bounds share a volume with the given bounds.
    #[inline]
    pub(crate) fn for_each(&self, bounds: &Bounds, mut visit: impl FnMut(Candidate)) {
        let ends = self.map.ends(bounds);
        // Nodes still to look into, each with its level: of each level at most its siblings.
        let mut pending = [(0_u8, 0_u32); MAX_LEVELS * WIDTH];
        pending[0] = (self.levels.len() as u8 - 1, 0);
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let (level, node) = pending[count];
            let met = self
                .filter
                .met(&self.levels[usize::from(level)][node as usize], &ends);
            for_each_set(met, |place| {
                let child = node * WIDTH as u32 + place;
                if level > 0 {
                    pending[count] = (level - 1, child);
                    count += 1;
                    return;
                }
                let leaf = &self.leaves[child as usize];
                for_each_set(
                    self.filter.overlapping(leaf, (bounds.min, bounds.max)),
                    |place| {
                        visit(self.candidate(child * WIDTH as u32 + place));
                    },
                );
            });
        }
    }

    /// Finds the nodes that are over the leaves near the given bounds, level by level.
    #[inline]
    pub(crate) fn look_near(&self, bounds: &Bounds, near: &mut NearbyNodes) {
        let ends = self.map.ends(bounds);
        let NearbyNodes { nodes, above, .. } = near;
        nodes.clear();
        nodes.push(0);
        for level in self.levels[1..].iter().rev() {
            swap(nodes, above);
            let count = self.filter.find_met(level, above, &ends, nodes).len();
            nodes.truncate(count);
        }
    }

    /// Puts the cells whose bounds share a volume with the given ones into `candidates`, in the order in which
    /// they are packed. Where there are oriented bounds, leaf by leaf those of the cells, and others, cells whose own
    /// are apart from the others are left out. The nodes have to be those near bounds around the given ones.
    #[inline]
    pub(crate) fn find_near(
        &self,
        bounds: &Bounds,
        oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
        near: &mut NearbyNodes,
        candidates: &mut Vec<Candidate>,
    ) {
        let (filter, ends) = (&self.filter, (bounds.min, bounds.max));
        let NearbyNodes {
            nodes,
            leaves,
            found,
            ..
        } = near;
        let leaves = filter.find_met(&self.levels[0], nodes, &self.map.ends(bounds), leaves);
        let found = filter.find_among(&self.leaves, leaves, oriented, ends, found);
        candidates.clear();
        candidates.extend(found.iter().map(|&place| self.candidate(place)));
    }
}

/// The way from coordinates to single precision: ascending along each axis.
#[derive(Debug, Clone, Copy)]
struct Map {
    centre: Point3,
    scale: [f64; 3],
}

impl Map {
    /// Returns the map for cells with these bounds, or none if too many of them are thin.
    fn new(bounds: &[Bounds], all: &Bounds) -> Option<Self> {
        let size = all.max - all.min;
        let scale = [0, 1, 2].map(|axis| 2.0 / size[axis]);
        if !scale.iter().all(|scale| scale.is_finite()) {
            return None;
        }
        let sample = bounds.iter().step_by(bounds.len().div_ceil(SAMPLE));
        let is_thin = |bounds: &&Bounds| {
            let width = bounds.max - bounds.min;
            !(0..3).all(|axis| width[axis] >= THIN * size[axis])
        };
        let thin = sample.clone().filter(is_thin).count();
        (THIN_SHARE * thin <= sample.len()).then_some(Self {
            centre: all.center(),
            scale,
        })
    }

    /// Returns the ends of bounds; those beyond the cells are moved to twice the cells' own, so that all
    /// are finite.
    #[inline]
    fn ends(&self, bounds: &Bounds) -> SingleEnds {
        [0, 1, 2].map(|axis: usize| {
            [&bounds.min, &bounds.max].map(|end| {
                let end = (end[axis] - self.centre[axis]) * self.scale[axis];
                // What is not a number too.
                let end = if end > -2.0 { end } else { -2.0 };
                end.min(2.0) as f32
            })
        })
    }
}

/// Returns the bounds of all boxes of a leaf.
fn around_all(leaf: &EightBoxes) -> Bounds {
    let boxes = (0..WIDTH).map(|place| leaf.get(place));
    boxes.fold(Bounds::EMPTY, |all, (min, max)| {
        all.union(&Bounds { min, max })
    })
}

fn node_over(children: impl Iterator<Item = SingleEnds>) -> EightSingleBoxes {
    let mut node = EightSingleBoxes::EMPTY;
    for (place, ends) in children.enumerate() {
        node.set(place, &ends);
    }
    node
}

/// Returns the boxes of a node's children; of those that it does not have, some that end before they begin.
fn children(node: &EightSingleBoxes) -> impl Iterator<Item = SingleEnds> {
    (0..WIDTH).map(|place| node.get(place))
}

/// Returns the volume of the boxes of a node.
fn volume_of_children(node: &EightSingleBoxes) -> f64 {
    let boxes = children(node).filter(|[[low, high], ..]| low <= high);
    let volumes = boxes.map(|[x, y, z]| {
        let widths = [x, y, z].map(|[low, high]| f64::from(high - low));
        widths.iter().product::<f64>()
    });
    volumes.sum()
}

/// Returns the ends of all boxes of a node.
fn ends_of_all(node: &EightSingleBoxes) -> SingleEnds {
    let nothing = [[f32::INFINITY, f32::NEG_INFINITY]; 3];
    children(node).fold(nothing, |all, ends| {
        [0, 1, 2].map(|axis: usize| {
            let ([low, high], [from, to]) = (all[axis], ends[axis]);
            [low.min(from), high.max(to)]
        })
    })
}

/// Visits the members of a set, ascending.
#[inline]
fn for_each_set(mut set: u8, mut visit: impl FnMut(u32)) {
    while set != 0 {
        visit(set.trailing_zeros());
        set &= set - 1;
    }
}
