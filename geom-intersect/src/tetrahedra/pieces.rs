//! The overlap of two tetrahedra as a sum of tetrahedra.
//!
//! What a plane leaves of a tetrahedron is made of tetrahedra again (docs/maths.md, section 3), and how many nodes are
//! outside of the plane says of which:
//!
//! * three: the one at the fourth node;
//! * one: all of it less the one at that node;
//! * two: three of them.
//!
//! The volume of each follows from the fractions in which the plane cuts the edges, and so do the distances of its nodes
//! from the planes to come. Where only one plane is left, the fractions say all.
//!
//! The tetrahedra of all pairs that wait are put into lists by what is to be done with them next, so that the processor
//! seldom has to guess. What is added up for a pair, and in which order, does not depend on the others.

use super::lists::{Kind, Lists};
use super::queue::QUEUE;
use crate::lanes::{Axes, CrossEdges, FourMath};

/// Planes that cut.
pub(super) const PLANES: usize = 4;
pub(super) const NODES: usize = 4;
/// Axes of space.
const AXES: usize = 3;

/// How many tetrahedra the pairs that wait may fall into: a plane makes three of one at most, and the last one is not
/// looked at further.
pub(super) const PIECES: usize = (3 * 3 * 3 * QUEUE).next_power_of_two();

/// Of each plane the distance that still counts as inside, once for each node.
pub(super) type Limits = [Axes; PLANES];

/// All nodes of all planes.
pub(super) const ALL: u32 = (1 << (NODES * PLANES)) - 1;

/// All nodes of the first plane.
const OF_A_PLANE: u32 = (1 << NODES) - 1;

/// The edges into the nodes that are outside.
static CROSS_EDGES: [CrossEdges; 16] = CrossEdges::INTO;

/// A tetrahedron inside of those planes that cut it before.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(super) struct Piece {
    /// Of each plane the distances of the nodes; of each axis their coordinates, if they are wanted.
    pub(super) rows: [Axes; PLANES + AXES],
    /// Of each plane to come the set of nodes that are outside of it, four bits each.
    pub(super) outside: u32,
    /// The bits of all planes to come.
    pub(super) open: u32,
    /// Which pair it is of.
    pub(super) pair: u32,
    /// Negative where it is taken away.
    pub(super) volume: f64,
}

/// What the overlap of a pair is so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) volume: f64,
    /// The first moment, if it is wanted.
    pub(super) first: [f64; AXES],
}

/// The tetrahedra of the pairs that wait: first the source of each, which is cut where it is.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    pub(super) all: Box<[Piece; PIECES]>,
    count: usize,
    lists: Lists,
    /// The numbers of those that were cut and are not in a list yet.
    cut: Box<[u16; PIECES]>,
    pub(super) sums: [Sum; QUEUE],
}

impl Default for Pieces {
    fn default() -> Self {
        const AS_MANY: &str = "there are as many";
        let all = vec![Piece::default(); PIECES].into_boxed_slice();
        let cut = vec![0; PIECES].into_boxed_slice();
        Self {
            all: all.try_into().expect(AS_MANY),
            count: 0,
            lists: Lists::default(),
            cut: cut.try_into().expect(AS_MANY),
            sums: [Sum::default(); QUEUE],
        }
    }
}

impl Pieces {
    /// Sums up for each pair what is inside of all planes, given the first tetrahedra, one for each pair.
    #[inline(always)]
    pub(super) fn sum<const FIRST: bool>(
        &mut self,
        math: impl FourMath,
        pairs: usize,
        limits: &Limits,
    ) {
        self.count = pairs;
        for number in 0..pairs {
            self.sums[number % QUEUE] = Sum::default();
            self.put(number);
        }
        loop {
            let cut = self.keep_corners::<FIRST>(math, limits);
            let cut = self.take_corners_away::<FIRST>(math, limits, cut);
            let cut = self.split::<FIRST>(math, limits, cut);
            if cut == 0 {
                break;
            }
            for place in 0..cut {
                self.put(usize::from(self.cut[place % PIECES]));
            }
        }
        self.sum_all_inside::<FIRST>();
        self.sum_one_outside::<FIRST>(math);
        self.sum_two_outside::<FIRST>(math);
        self.lists.take(Kind::AllOutside);
    }

    #[inline(always)]
    fn put(&mut self, number: usize) {
        let number = number % PIECES;
        self.lists.put(number, self.all[number].outside);
    }

    /// Of tetrahedra with one node inside of a plane keeps what is at that node. Returns how many were cut.
    #[inline(always)]
    fn keep_corners<const FIRST: bool>(&mut self, math: impl FourMath, limits: &Limits) -> usize {
        let count = self.lists.take(Kind::OneInside);
        for place in 0..count {
            let number = self.lists.get(Kind::OneInside, place);
            self.cut[place % PIECES] = number as u16;
            let piece = &mut self.all[number];
            let plane = first_plane(with_three(piece.outside));
            let (corner, cuts) = piece.around(math, plane, true);
            piece.close(plane);
            for row in piece.rows.iter_mut().take(rows(FIRST)) {
                *row = math.shrink(row, corner, &cuts);
            }
            piece.volume *= product(&cuts);
            piece.find_outside(math, limits);
        }
        count
    }

    /// Of tetrahedra with one node outside of a plane takes away what is at that node. Takes how many were cut before,
    /// and returns how many with them.
    #[inline(always)]
    fn take_corners_away<const FIRST: bool>(
        &mut self,
        math: impl FourMath,
        limits: &Limits,
        mut cut: usize,
    ) -> usize {
        for place in 0..self.lists.take(Kind::OneOutside) {
            let number = self.lists.get(Kind::OneOutside, place);
            let number_at_corner = self.count % PIECES;
            self.count += 1;
            for number in [number, number_at_corner] {
                self.cut[cut % PIECES] = number as u16;
                cut += 1;
            }
            let piece = &mut self.all[number];
            let plane = first_plane(with_one(piece.outside));
            let (corner, cuts) = piece.around(math, plane, false);
            piece.close(plane);
            piece.outside &= piece.open;
            let (open, pair) = (piece.open, piece.pair);
            let volume = -piece.volume * product(&cuts);
            let [piece, at_corner] = self
                .all
                .get_disjoint_mut([number, number_at_corner])
                .expect("one of them is new");
            let of_whole = piece.rows.iter().take(rows(FIRST));
            for (row, of_whole) in at_corner.rows.iter_mut().zip(of_whole) {
                *row = math.shrink(of_whole, corner, &cuts);
            }
            (at_corner.open, at_corner.pair, at_corner.volume) = (open, pair, volume);
            at_corner.find_outside(math, limits);
        }
        cut
    }

    /// Splits tetrahedra with two nodes outside of a plane in three. Takes how many were cut before, and returns how many
    /// with them.
    #[inline(always)]
    fn split<const FIRST: bool>(
        &mut self,
        math: impl FourMath,
        limits: &Limits,
        mut cut: usize,
    ) -> usize {
        for place in 0..self.lists.take(Kind::TwoOutside) {
            let number = self.lists.get(Kind::TwoOutside, place);
            let piece = &mut self.all[number];
            let plane = first_plane(piece.outside);
            let (edges, cuts) = piece.across(math, plane);
            piece.close(plane);
            let (open, pair) = (piece.open, piece.pair);
            let volumes = shares(&cuts).map(|share| piece.volume * share);
            let mut rows_of_three = [[Axes::default(); 3]; PLANES + AXES];
            let of_whole = piece.rows.iter().take(rows(FIRST));
            for (three, of_whole) in rows_of_three.iter_mut().zip(of_whole) {
                *three = math.split(of_whole, edges, &cuts);
            }
            let numbers = [number, self.count, self.count + 1];
            self.count += 2;
            for part in 0..3 {
                let number = numbers[part] % PIECES;
                self.cut[cut % PIECES] = number as u16;
                cut += 1;
                let piece = &mut self.all[number];
                (piece.open, piece.pair, piece.volume) = (open, pair, volumes[part]);
                let rows_of_three = rows_of_three.iter().take(rows(FIRST));
                for (row, three) in piece.rows.iter_mut().zip(rows_of_three) {
                    *row = three[part];
                }
                piece.find_outside(math, limits);
            }
        }
        cut
    }

    #[inline(always)]
    fn sum_all_inside<const FIRST: bool>(&mut self) {
        for place in 0..self.lists.take(Kind::AllInside) {
            let piece = &self.all[self.lists.get(Kind::AllInside, place)];
            let sum = &mut self.sums[piece.pair as usize % QUEUE];
            sum.volume += piece.volume;
            if FIRST {
                sum.add_first(piece.volume, piece.coordinates());
            }
        }
    }

    #[inline(always)]
    fn sum_one_outside<const FIRST: bool>(&mut self, math: impl FourMath) {
        for place in 0..self.lists.take(Kind::LastOneOutside) {
            let piece = &self.all[self.lists.get(Kind::LastOneOutside, place)];
            let plane = first_plane(piece.outside);
            let (corner, cuts) = piece.around(math, plane, false);
            let at_corner = piece.volume * product(&cuts);
            let sum = &mut self.sums[piece.pair as usize % QUEUE];
            sum.volume += piece.volume - at_corner;
            if FIRST {
                let mut coordinates = *piece.coordinates();
                sum.add_first(piece.volume, &coordinates);
                for row in &mut coordinates {
                    *row = math.shrink(row, corner, &cuts);
                }
                sum.add_first(-at_corner, &coordinates);
            }
        }
    }

    #[inline(always)]
    fn sum_two_outside<const FIRST: bool>(&mut self, math: impl FourMath) {
        for place in 0..self.lists.take(Kind::LastTwoOutside) {
            let piece = &self.all[self.lists.get(Kind::LastTwoOutside, place)];
            let plane = first_plane(piece.outside);
            let (edges, cuts) = piece.across(math, plane);
            let shares = shares(&cuts);
            let [first, second, third] = shares;
            let sum = &mut self.sums[piece.pair as usize % QUEUE];
            sum.volume += piece.volume * (first + (second + third));
            if FIRST {
                let mut coordinates = [[Axes::default(); AXES]; 3];
                for (axis, row) in piece.coordinates().iter().enumerate() {
                    for (part, row) in math.split(row, edges, &cuts).into_iter().enumerate() {
                        coordinates[part][axis] = row;
                    }
                }
                for (share, coordinates) in shares.into_iter().zip(&coordinates) {
                    sum.add_first(piece.volume * share, coordinates);
                }
            }
        }
    }
}

impl Piece {
    fn coordinates(&self) -> &[Axes; AXES] {
        let [_, _, _, _, coordinates @ ..] = &self.rows;
        coordinates
    }

    /// Looks no more at a plane.
    #[inline(always)]
    fn close(&mut self, plane: usize) {
        self.open &= !(OF_A_PLANE << (NODES * plane));
    }

    /// Finds which nodes are outside of the planes to come.
    #[inline(always)]
    fn find_outside(&mut self, math: impl FourMath, limits: &Limits) {
        let [a, b, c, d, ..] = &self.rows;
        self.outside = math.beyond([a, b, c, d], limits) & self.open;
    }

    /// Returns the only node that is inside of a plane, or outside, and how much of the edges around it is on its side.
    #[inline(always)]
    fn around(&self, math: impl FourMath, plane: usize, is_inside: bool) -> (usize, Axes) {
        let outside = self.outside >> (NODES * plane);
        let node = first_node(if is_inside { !outside } else { outside });
        (node, math.cuts_around(&self.rows[plane], node, is_inside))
    }

    /// Returns the edges from two nodes inside of a plane to two outside, and how much of each is inside.
    #[inline(always)]
    fn across(&self, math: impl FourMath, plane: usize) -> (&'static CrossEdges, Axes) {
        let outside = self.outside >> (NODES * plane);
        let edges = &CROSS_EDGES[outside as usize % CROSS_EDGES.len()];
        (edges, math.cuts_across(&self.rows[plane], edges))
    }
}

impl Sum {
    /// Adds the first moment of a tetrahedron.
    #[inline(always)]
    fn add_first(&mut self, volume: f64, coordinates: &[Axes; AXES]) {
        for (first, row) in self.first.iter_mut().zip(coordinates) {
            let [a, b, c, d] = row.0;
            *first += volume * (((a + b) + (c + d)) / 4.0);
        }
    }
}

/// How many rows of a tetrahedron are looked at.
const fn rows(first: bool) -> usize {
    if first { PLANES + AXES } else { PLANES }
}

/// Of a tetrahedron of volume 1, the volumes of the three that [`FourMath::split`] returns.
#[inline(always)]
fn shares(cuts: &Axes) -> [f64; 3] {
    let [ac, ad, bd, bc] = cuts.0;
    [ac * ad, (ac * bd) * (1.0 - ad), (bd * bc) * (1.0 - ac)]
}

#[inline(always)]
fn product(cuts: &Axes) -> f64 {
    let [a, b, c, d] = cuts.0;
    (a * b) * (c * d)
}

/// The number of the lowest node of a set.
#[inline(always)]
fn first_node(set: u32) -> usize {
    set.trailing_zeros() as usize % NODES
}

/// The number of the lowest plane of a set with any of its four bits.
#[inline(always)]
fn first_plane(set: u32) -> usize {
    set.trailing_zeros() as usize / NODES % PLANES
}

/// How many nodes are outside of each plane, four bits each.
#[inline(always)]
fn counts(outside: u32) -> u32 {
    let twos = outside - (outside >> 1 & 0x5555);
    (twos & 0x3333) + (twos >> 2 & 0x3333)
}

/// Whether all four nodes are outside of a plane.
#[inline(always)]
pub(super) fn has_four(outside: u32) -> bool {
    let twos = outside & outside >> 1;
    twos & twos >> 2 & 0x1111 != 0
}

/// The planes with three nodes outside, where none has four.
#[inline(always)]
fn with_three(outside: u32) -> u32 {
    let counts = counts(outside);
    counts & counts >> 1 & 0x1111
}

/// The planes with one node outside, where none has three.
#[inline(always)]
fn with_one(outside: u32) -> u32 {
    counts(outside) & 0x1111
}
