//! A packed R-tree: cells along a curve, eight to a leaf, eight children to a node.

use mesh_core::{Bounds, Point3};
use rayon::prelude::*;

use crate::boxes::{Boxes, WIDTH, for_each_set};
use crate::candidates::Candidate;
use crate::curve::{around, order_along_curve};
use crate::nearby::is_scattered;

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
    levels: Vec<Vec<Boxes<f32>>>,
    leaves: Vec<Leaf>,
}

/// Up to eight cells.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    boxes: Boxes<f64>,
    cells: [u32; WIDTH],
}

impl PackedTree {
    /// Sorts cells, numbered in order, into a tree, along a curve unless they are in a good order
    /// already; none where single precision cannot tell them
    /// apart.
    pub(crate) fn new(bounds: &[Bounds]) -> Option<Self> {
        let all = around(bounds);
        let map = Map::new(bounds, &all)?;
        if !is_scattered(bounds.len(), |cell| bounds[cell]) {
            let tree = Self::in_order(bounds, (0..bounds.len() as u32).into_par_iter(), &map);
            if tree.is_tight() {
                return Some(tree);
            }
        }
        let order = order_along_curve(bounds, &all);
        Some(Self::in_order(bounds, order.into_par_iter(), &map))
    }

    /// Packs the cells in the given order.
    fn in_order(
        bounds: &[Bounds],
        order: impl IndexedParallelIterator<Item = u32>,
        map: &Map,
    ) -> Self {
        let leaves = order.chunks(WIDTH).with_min_len(CHUNK).map(|cells| {
            let mut leaf = Leaf {
                boxes: Boxes::<f64>::EMPTY,
                cells: [0; WIDTH],
            };
            for (place, &cell) in cells.iter().enumerate() {
                leaf.boxes.set(place, &bounds[cell as usize]);
                leaf.cells[place] = cell;
            }
            leaf
        });
        let leaves: Vec<Leaf> = leaves.collect();
        let nodes = leaves.par_chunks(WIDTH).with_min_len(CHUNK).map(|leaves| {
            node_over(leaves.iter().map(|leaf| {
                let around = leaf.boxes.around();
                [map.apply(&around.min), map.apply(&around.max)]
            }))
        });
        let bottom: Vec<Boxes<f32>> = nodes.collect();
        let mut levels = vec![bottom];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let nodes = below.par_chunks(WIDTH).with_min_len(CHUNK);
            let above = nodes.map(|nodes| node_over(nodes.iter().map(corners)));
            levels.push(above.collect());
        }
        debug_assert!(levels.len() <= MAX_LEVELS);
        Self {
            map: *map,
            levels,
            leaves,
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

    /// Returns the bounds of the cell in a place.
    #[inline]
    pub(crate) fn bounds_at(&self, place: u32) -> Bounds {
        let place = place as usize;
        self.leaves[place / WIDTH].boxes.get(place % WIDTH)
    }

    /// Visits every cell whose bounds share a volume with the given bounds.
    #[inline]
    pub(crate) fn for_each(&self, bounds: &Bounds, mut visit: impl FnMut(Candidate)) {
        let (low, high) = (self.map.apply(&bounds.min), self.map.apply(&bounds.max));
        // Nodes still to look into, each with its level: of each level at most its siblings.
        let mut pending = [(0_u8, 0_u32); MAX_LEVELS * WIDTH];
        pending[0] = (self.levels.len() as u8 - 1, 0);
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let (level, node) = pending[count];
            let met = self.levels[usize::from(level)][node as usize].meet(&low, &high);
            for_each_set(met, |place| {
                let child = node * WIDTH as u32 + place as u32;
                if level > 0 {
                    pending[count] = (level - 1, child);
                    count += 1;
                    return;
                }
                let leaf = &self.leaves[child as usize];
                for_each_set(leaf.boxes.overlap(bounds), |place| {
                    let cell = leaf.cells[place];
                    visit(Candidate::new(cell, child * WIDTH as u32 + place as u32));
                });
            });
        }
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

    #[inline]
    fn apply(&self, point: &Point3) -> [f32; 3] {
        [0, 1, 2].map(|axis| ((point[axis] - self.centre[axis]) * self.scale[axis]) as f32)
    }
}

fn node_over(children: impl Iterator<Item = [[f32; 3]; 2]>) -> Boxes<f32> {
    let mut node = Boxes::<f32>::EMPTY;
    for (place, [low, high]) in children.enumerate() {
        for axis in 0..3 {
            node.low[axis][place] = low[axis];
            node.high[axis][place] = high[axis];
        }
    }
    node
}

/// Returns the volume of the boxes of a node.
fn volume_of_children(node: &Boxes<f32>) -> f64 {
    (0..WIDTH)
        .filter(|&place| node.low[0][place] <= node.high[0][place])
        .map(|place| {
            let widths = (0..3).map(|axis| node.high[axis][place] - node.low[axis][place]);
            widths.map(f64::from).product::<f64>()
        })
        .sum()
}

/// Returns the lowest and the highest corner of the boxes of a node.
fn corners(node: &Boxes<f32>) -> [[f32; 3]; 2] {
    let low = |ends: [f32; WIDTH]| ends.into_iter().fold(f32::INFINITY, f32::min);
    let high = |ends: [f32; WIDTH]| ends.into_iter().fold(f32::NEG_INFINITY, f32::max);
    [node.low.map(low), node.high.map(high)]
}
