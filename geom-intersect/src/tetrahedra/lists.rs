//! What is to be done next with which tetrahedra.

use std::{array, mem};

use super::pieces::PIECES;

/// What is to be done with a tetrahedron, by how many of its nodes are outside of the planes to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// Three are outside of one of them: what is at the fourth is kept.
    OneInside,
    /// One is outside: what is there is taken away.
    OneOutside,
    /// That is all that is left to do.
    LastOneOutside,
    /// Two are outside: it is split in three.
    TwoOutside,
    /// That is all that is left to do.
    LastTwoOutside,
    /// It is inside of all planes.
    AllInside,
    /// All are outside of one of them: nothing is left.
    AllOutside,
}

/// A power of two, not fewer than there are.
const KINDS: usize = 8;

/// Of each kind a list of numbers of tetrahedra, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    numbers: Box<[u16; KINDS * PIECES]>,
    ends: [usize; KINDS],
}

impl Default for Lists {
    fn default() -> Self {
        let numbers = vec![0; KINDS * PIECES].into_boxed_slice();
        Self {
            numbers: numbers.try_into().expect("there are as many"),
            ends: array::from_fn(|kind| kind * PIECES),
        }
    }
}

impl Lists {
    /// Makes a list empty, and returns how many it had: they can be [had](Self::get) until something is put there.
    #[inline(always)]
    pub(super) fn take(&mut self, kind: Kind) -> usize {
        let start = kind as usize * PIECES;
        mem::replace(&mut self.ends[kind as usize], start) - start
    }

    /// Adds a tetrahedron to the list of what is to be done with it.
    #[inline(always)]
    pub(super) fn put(&mut self, number: usize, outside: u32) {
        let [low, high] = [outside, outside >> 8].map(|two| two as usize % 256);
        let [low, high] = [low, high].map(|two| usize::from(KINDS_OF_PLANES.of_two[two]));
        let kind = KINDS_OF_PLANES.of_four[(low + 8 * high) % 64];
        let end = &mut self.ends[kind as usize];
        self.numbers[*end % (KINDS * PIECES)] = number as u16;
        *end += 1;
    }

    /// Returns a number of a list.
    #[inline(always)]
    pub(super) fn get(&self, kind: Kind, index: usize) -> usize {
        let place = kind as usize * PIECES + index;
        usize::from(self.numbers[place % (KINDS * PIECES)]) % PIECES
    }
}

/// The kind of a tetrahedron, in two steps.
struct KindsOfPlanes {
    /// For the nodes that are outside of two planes, four bits each, one of eight cases.
    of_two: [u8; 256],
    /// For two such cases, three bits each.
    of_four: [Kind; 64],
}

/// Of the nodes outside of two planes, in any order.
const CASES: [[u32; 2]; 6] = [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]];
const WITH_THREE: usize = 6;
const WITH_FOUR: usize = 7;

static KINDS_OF_PLANES: KindsOfPlanes = {
    let mut of_two = [0; 256];
    let mut nodes = 0_usize;
    while nodes < 256 {
        let (one, other) = ((nodes % 16).count_ones(), (nodes / 16).count_ones());
        let (low, high) = if one < other {
            (one, other)
        } else {
            (other, one)
        };
        of_two[nodes] = match high {
            4 => WITH_FOUR as u8,
            3 => WITH_THREE as u8,
            _ => {
                let mut case = 0;
                while CASES[case][0] != low || CASES[case][1] != high {
                    case += 1;
                }
                case as u8
            }
        };
        nodes += 1;
    }
    let mut of_four = [Kind::AllOutside; 64];
    let mut cases = 0;
    while cases < 64 {
        let two = [cases % 8, cases / 8];
        let mut counts = [0; 3];
        let mut highest = 0;
        let mut i = 0;
        while i < 2 {
            if two[i] > highest {
                highest = two[i];
            }
            if two[i] < CASES.len() {
                counts[CASES[two[i]][0] as usize] += 1;
                counts[CASES[two[i]][1] as usize] += 1;
            }
            i += 1;
        }
        of_four[cases] = match (highest, counts) {
            (WITH_FOUR, _) => Kind::AllOutside,
            (WITH_THREE, _) => Kind::OneInside,
            (_, [_, 0, 0]) => Kind::AllInside,
            (_, [_, 1, 0]) => Kind::LastOneOutside,
            (_, [_, 0, 1]) => Kind::LastTwoOutside,
            (_, [_, 0, _]) => Kind::TwoOutside,
            _ => Kind::OneOutside,
        };
        cases += 1;
    }
    KindsOfPlanes { of_two, of_four }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_told_from_how_many_nodes_are_outside_of_each_plane() {
        let mut lists = Lists::default();
        for outside in 0..=0xFFFF_u32 {
            let counts = [0, 4, 8, 12].map(|plane| (outside >> plane & 0xF).count_ones());
            let have = |nodes| counts.iter().filter(|&&count| count == nodes).count();
            let expected = match (have(4), have(3), have(2), have(1)) {
                (0, 0, 0, 0) => Kind::AllInside,
                (0, 0, 0, 1) => Kind::LastOneOutside,
                (0, 0, 1, 0) => Kind::LastTwoOutside,
                (0, 0, _, 0) => Kind::TwoOutside,
                (0, 0, _, _) => Kind::OneOutside,
                (0, _, _, _) => Kind::OneInside,
                _ => Kind::AllOutside,
            };
            let number = outside as usize % PIECES;
            lists.put(number, outside);
            assert_eq!(lists.take(expected), 1, "{outside:#x}: not {expected:?}");
            assert_eq!(lists.get(expected, 0), number);
        }
    }
}
