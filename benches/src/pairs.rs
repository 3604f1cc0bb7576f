//! Pairs of cells for the kernel.

use std::hint::black_box;
use std::time::{Duration, Instant};

use geom_intersect::{ConvexSource, Intersector, Solid, StandardShape};
use mesh_core::{BoxCellShape, BoxMesh, CellId, Vector3};
use nalgebra::Matrix3;

use crate::cells::{Cell, cube, frustum, tetrahedron};
use crate::random::Random;
use crate::recipes::SHEAR;

/// How many pairs a workload has. With a few hundred the branch predictor learns them by heart, and
/// the kernel looks up to 1.7 times faster than it is on a mesh.
pub const PAIRS: usize = 8192;

/// How many pairs are copied into the cache at a time: prepared, a pair of cubes takes four
/// kilobytes and one of warped cubes some ten.
const BLOCK: usize = 64;

/// What kind of cells overlap what kind of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// Unit cubes, shifted by half an edge one way or the other along each axis, then both sheared
    /// by 2⁻¹⁰, so that they are no boxes and take the general way of convex hexahedra.
    Axis,
    /// Unit cubes, each turned on its own, their centres up to a quarter apart along each axis.
    Rotated,
    /// Hexahedra with planar faces, sheared and tapered, centres as above.
    Sheared,
    /// Tetrahedra with nodes moved by up to a fifth of their box, turned, centres as above.
    Tetrahedra,
    /// Unit cubes with nodes moved by up to 5 % of the edge, so that their faces are warped on both
    /// sides; shifted like [`Axis`](Self::Axis).
    Warped,
    /// Truncated octahedra of a [`BoxMesh`], the cut ones at its border included, against turned
    /// cubes of about their size.
    Polyhedra,
    /// The cubes of [`Axis`](Self::Axis) without the shear: boxes.
    Boxes,
}

/// Two cells that overlap.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The cell of the source mesh.
    pub source: Cell,
    /// The cell of the target mesh.
    pub target: Cell,
}

/// A pair as the kernel takes it.
#[derive(Debug, Clone)]
pub struct PreparedPair {
    /// The cell of the source mesh.
    pub source: Solid,
    /// The same if it is convex and of a standard shape, but neither a tetrahedron nor a box: these have
    /// paths of their own.
    pub convex: Option<ConvexSource>,
    /// The cell of the target mesh.
    pub target: Solid,
}

impl Workload {
    /// Every workload.
    pub const ALL: [Self; 7] = [
        Self::Boxes,
        Self::Axis,
        Self::Rotated,
        Self::Sheared,
        Self::Tetrahedra,
        Self::Warped,
        Self::Polyhedra,
    ];

    /// Returns the workload of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|workload| workload.name() == name)
    }

    /// Returns the name, as reports and command lines use it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boxes => "boxes",
            Self::Axis => "axis",
            Self::Rotated => "rotated",
            Self::Sheared => "sheared",
            Self::Tetrahedra => "tetrahedra",
            Self::Warped => "warped",
            Self::Polyhedra => "polyhedra",
        }
    }

    /// Returns the first `count` pairs: always the same ones. Two that follow each other have the
    /// same target cell, the first with the second, the third with the fourth.
    ///
    /// # Panics
    ///
    /// If there are not as many: polyhedra end after 9009.
    #[must_use]
    pub fn pairs(self, count: usize) -> Vec<Pair> {
        let random = &mut Random::new(self as u64);
        let twos = count.div_ceil(2);
        let mut pairs: Vec<Pair> = match self {
            Self::Polyhedra => polyhedra_and_cubes(twos, random),
            _ => (0..twos).flat_map(|_| self.two_pairs(random)).collect(),
        };
        pairs.truncate(count);
        pairs
    }

    fn two_pairs(self, random: &mut Random) -> [Pair; 2] {
        let place = match self {
            // At 0, where half the coordinates of one are 0 and the volume is an eighth exactly.
            Self::Boxes | Self::Axis => Vector3::zeros(),
            _ => random.vector(1.0),
        };
        let target = self.cell(random).translate(&place);
        [(); 2].map(|()| {
            let shift = match self {
                Self::Boxes | Self::Axis | Self::Warped => {
                    Vector3::from_fn(|_, _| 0.5 * random.sign())
                }
                _ => random.vector(0.25),
            };
            let source = self.cell(random).translate(&(place + shift));
            let target = target.clone();
            if self == Self::Axis {
                let mut shear = Matrix3::identity();
                shear[(0, 1)] = SHEAR;
                let [source, target] = [source, target].map(|cell| cell.transform(&shear));
                Pair { source, target }
            } else {
                Pair { source, target }
            }
        })
    }

    /// A cell around 0 of the kind that both sides have.
    fn cell(self, random: &mut Random) -> Cell {
        match self {
            Self::Boxes | Self::Axis => cube(),
            Self::Rotated | Self::Polyhedra => cube().transform(random.rotation().matrix()),
            Self::Sheared => frustum(random),
            Self::Tetrahedra => {
                let cell = tetrahedron().jitter(0.2, random);
                cell.transform(random.rotation().matrix())
            }
            Self::Warped => cube().jitter(0.05, random),
        }
    }

    /// Whether the cells of both sides are convex with planar faces.
    const fn is_convex(self) -> bool {
        !matches!(self, Self::Warped)
    }
}

/// For each turned cube two polyhedra: the one that it is around, and another moved there.
fn polyhedra_and_cubes(cubes: usize, random: &mut Random) -> Vec<Pair> {
    let mesh = BoxMesh {
        size: Vector3::repeat(16.0),
        shape: BoxCellShape::Polyhedron,
        ..BoxMesh::unit([16; 3])
    };
    let mesh = mesh.generate().expect("a box without jitter can be cut");
    let mut cells: Vec<CellId> = mesh.cell_ids().collect();
    random.shuffle(&mut cells);
    assert!(2 * cubes <= cells.len(), "{} pairs at most", cells.len());
    let twos = cells.chunks_exact(2).take(cubes).flat_map(|cells| {
        let place = mesh.centroid(cells[0]).coords;
        let turned = cube().transform(&(random.rotation().matrix() * 0.8));
        let target = turned.translate(&(place + random.vector(0.2)));
        [cells[0], cells[1]].map(|cell| Pair {
            source: Cell::of_polyhedron(&mesh, cell)
                .translate(&(place - mesh.centroid(cell).coords)),
            target: target.clone(),
        })
    });
    twos.collect()
}

/// Prepares the cells in the way of a job: of a source cell the class is found beforehand, a target
/// cell is found out from scratch. What a solid finds out when it first overlaps another is found out
/// then too, as it is in a job for all but one of a cell's pairs.
#[must_use]
pub fn prepare_pairs(pairs: &[Pair]) -> Vec<PreparedPair> {
    let mut intersector = Intersector::default();
    let prepare = |pair: &Pair| {
        let (mut source, mut target) = (Solid::default(), Solid::default());
        pair.source.fill(&mut source);
        pair.source.fill_classified(source.class(), &mut source);
        pair.target.fill(&mut target);
        intersector.volume(&source, &target);
        let is_tetrahedron = source.shape() == Some(StandardShape::Tetrahedron);
        let has_own_path = is_tetrahedron || source.class().axis_aligned;
        let convex = ConvexSource::of(&source).filter(|_| !has_own_path);
        PreparedPair {
            source,
            convex,
            target,
        }
    };
    pairs.iter().map(prepare).collect()
}

/// Returns how long `overlap` takes for the pairs of each block; it is given each pair and its index.
///
/// Block by block the pairs are copied, which is not timed, and thereby in the cache: as the cells
/// of a job are, which meets each of them several times in a row. Read from memory, a pair of cubes
/// takes half as long again.
pub fn time_pairs(
    pairs: &[PreparedPair],
    mut overlap: impl FnMut(usize, &PreparedPair),
) -> Vec<Duration> {
    time_blocks(pairs, |start, pairs| {
        for (index, pair) in pairs.iter().enumerate() {
            overlap(start + index, pair);
        }
    })
}

/// Returns how long the volumes of the pairs of each block take, each two that have the same target
/// together.
pub fn time_twos(pairs: &[PreparedPair], intersector: &mut Intersector) -> Vec<Duration> {
    time_blocks(pairs, |_, pairs| {
        for two in pairs.as_chunks().0 {
            black_box(two_volumes(intersector, two));
        }
    })
}

/// Returns the volumes of two pairs with the same target in the way of a job: convex standard cells
/// together; tetrahedra, boxes and others one after the other.
pub fn two_volumes(
    intersector: &mut Intersector,
    [one, other]: &[PreparedPair; 2],
) -> [Option<f64>; 2] {
    match (&one.convex, &other.convex) {
        (Some(first), Some(second)) => intersector.convex_volumes([first, second], &one.target),
        _ => [&one.source, &other.source].map(|source| intersector.volume(source, &one.target)),
    }
}

fn time_blocks(
    pairs: &[PreparedPair],
    mut overlaps: impl FnMut(usize, &[PreparedPair]),
) -> Vec<Duration> {
    let blocks = pairs.chunks(BLOCK).enumerate().map(|(block, pairs)| {
        let pairs = pairs.to_vec();
        let start = Instant::now();
        overlaps(block * BLOCK, &pairs);
        start.elapsed()
    });
    blocks.collect()
}

/// Checks the overlap of every pair.
///
/// The overlap has to be that of the swapped pair, and that of the same cells listed as polyhedra,
/// which take the general path; with first moments the volume has to be the same, and the centroid
/// in both bounds. Cubes shifted by half their edge have an overlap of an eighth. Two pairs together,
/// and with nothing but what every processor has, come out as the same bits.
///
/// # Panics
///
/// If an overlap is wrong.
pub fn check_pairs(workload: Workload, pairs: &[Pair], prepared: &[PreparedPair]) {
    let (mut intersector, mut portable) = (Intersector::default(), Intersector::portable());
    for (index, two) in prepared.as_chunks().0.iter().enumerate() {
        let place = || format!("{} pairs {} and the next", workload.name(), 2 * index);
        let one_by_one =
            [&two[0], &two[1]].map(|pair| intersector.volume(&pair.source, &pair.target));
        for intersector in [&mut intersector, &mut portable] {
            let volumes = two_volumes(intersector, two);
            assert_eq!(volumes, one_by_one, "{}", place());
        }
    }
    for (index, (pair, PreparedPair { source, target, .. })) in
        pairs.iter().zip(prepared).enumerate()
    {
        let place = || format!("{} pair {index}", workload.name());
        for solid in [source, target] {
            assert_eq!(solid.is_convex(), workload.is_convex(), "{}", place());
        }
        let moments = intersector.moments(source, target);
        let moments = moments.unwrap_or_else(|| panic!("{}: no overlap", place()));
        let overlap = moments.volume;
        let close = |other: Option<f64>, what: &str| {
            let other = other.unwrap_or(0.0);
            let tolerance = 1e-13 * source.volume().min(target.volume());
            assert!(
                (overlap - other).abs() <= tolerance,
                "{}: {overlap:e} with moments, {other:e} {what}",
                place()
            );
        };
        close(intersector.volume(source, target), "without");
        close(intersector.volume(target, source), "swapped");
        let [one, two] = [&pair.source, &pair.target].map(Cell::to_polyhedron);
        close(intersector.volume(&one, &two), "as polyhedra");
        if matches!(workload, Workload::Boxes | Workload::Axis) {
            close(Some(0.125), "by the formula");
        }
        let centroid = moments.centroid();
        for (low, high) in [source.bounds(), target.bounds()] {
            assert!(low <= centroid && centroid <= high, "{}", place());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_holds() {
        for workload in Workload::ALL {
            let pairs = workload.pairs(200);
            check_pairs(workload, &pairs, &prepare_pairs(&pairs));
        }
    }

    #[test]
    fn the_first_pairs_do_not_depend_on_their_number() {
        let (few, more) = (Workload::Warped.pairs(2), Workload::Warped.pairs(3));
        assert_eq!(few[1].target.nodes, more[1].target.nodes);
    }

    #[test]
    #[should_panic(expected = "pair 0: 1.25e-1 with moments")]
    fn a_wrong_overlap_is_found() {
        let mut pairs = Workload::Boxes.pairs(1);
        let prepared = prepare_pairs(&pairs);
        pairs[0].target = pairs[0].target.clone().translate(&Vector3::repeat(1e-10));
        check_pairs(Workload::Boxes, &pairs, &prepared);
    }
}
