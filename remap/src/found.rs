//! The overlaps of a target cell, found in one order and told in another.

use mesh_core::CellId;

use crate::cells::SourceCell;
use crate::overlaps::Rest;

/// So many are put in order without a branch: what neighbours on a grid overlap with.
const FEW: usize = 8;

/// Up to so many are put in order by eights.
const MANY: usize = 4 * FEW;

/// Overlaps of a target cell that are found in whatever order suits the search and the kernel: that of the
/// candidates is the same for one target cell after the other in a mesh of like cells in rows, so that the processor
/// foresees how each is clipped. A scheme is told of them in the order of the ids in the mesh given.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Of each the source cell, and in the lower half its place among the volumes.
    sources: Vec<u64>,
    volumes: Vec<f64>,
    /// What else is needed, if anything.
    rest: Vec<Rest>,
}

impl Found {
    pub(crate) fn clear(&mut self) {
        self.sources.clear();
        self.volumes.clear();
        self.rest.clear();
    }

    /// Adds an overlap; of all the same is needed.
    #[inline]
    pub(crate) fn push(&mut self, source: SourceCell, volume: f64, rest: Option<&Rest>) {
        let place = self.volumes.len() as u64;
        self.sources.push(u64::from(source.get()) << 32 | place);
        self.volumes.push(volume);
        self.rest.extend(rest);
    }

    /// Puts the overlaps in the order of their source cells.
    #[inline]
    pub(crate) fn sort(&mut self) {
        if self.sources.is_sorted() {
            return;
        }
        let count = self.sources.len();
        if count <= FEW {
            self.sources.resize(FEW, u64::MAX);
            if let Some(few) = self.sources.first_chunk_mut::<FEW>() {
                *few = sort_few(*few);
            }
        } else if count <= MANY {
            self.sources.resize(count.next_multiple_of(FEW), u64::MAX);
            sort_eights(self.sources.as_chunks_mut().0);
        } else {
            self.sources.sort_unstable();
        }
        self.sources.truncate(count);
    }

    /// Visits the overlaps in their order.
    #[inline]
    pub(crate) fn for_each(&self, mut visit: impl FnMut(SourceCell, f64, Option<&Rest>)) {
        for (source, place) in self.sources().zip(self.places()) {
            visit(source, self.volumes[place], self.rest.get(place));
        }
    }

    /// The source cells, in their order.
    #[inline]
    pub(crate) fn sources(&self) -> impl ExactSizeIterator<Item = SourceCell> {
        let sources = self.sources.iter();
        sources.map(|source| SourceCell::new(CellId::new((source >> 32) as u32)))
    }

    /// The volumes of the overlaps, in the same order.
    #[inline]
    pub(crate) fn volumes(&self) -> impl ExactSizeIterator<Item = f64> {
        self.places().map(|place| self.volumes[place])
    }

    /// Where the overlaps are, in their order.
    #[inline]
    fn places(&self) -> impl ExactSizeIterator<Item = usize> {
        self.sources.iter().map(|&source| source as u32 as usize)
    }
}

/// Puts numbers in order, a few eights of them: each eight, and then neighbouring eights until all are in order.
///
/// Of 12 to 20 numbers without an order the sort of the standard library, which inserts one after the other, takes three
/// times as long.
#[inline(never)]
fn sort_eights(eights: &mut [[u64; FEW]]) {
    for eight in eights.iter_mut() {
        *eight = sort_few(*eight);
    }
    for round in 0..eights.len() {
        for pair in eights[round % 2..].as_chunks_mut().0 {
            let [low, high] = pair;
            if low[FEW - 1] > high[0] {
                (*low, *high) = merge(*low, *high);
            }
        }
    }
}

/// Puts two sorted eights in order.
#[inline(always)]
fn merge(mut low: [u64; FEW], mut high: [u64; FEW]) -> ([u64; FEW], [u64; FEW]) {
    for place in 0..FEW {
        let opposite = FEW - 1 - place;
        (low[place], high[opposite]) = in_order(low[place], high[opposite]);
    }
    (sort_bitonic(low), sort_bitonic(high))
}

/// Puts numbers in order of which the first ascend and the others descend, or the other way round, wherever the sequence
/// begins.
#[inline(always)]
fn sort_bitonic([a, b, c, d, e, f, g, h]: [u64; FEW]) -> [u64; FEW] {
    let ((a, e), (b, f)) = (in_order(a, e), in_order(b, f));
    let ((c, g), (d, h)) = (in_order(c, g), in_order(d, h));
    let ((a, c), (b, d)) = (in_order(a, c), in_order(b, d));
    let ((e, g), (f, h)) = (in_order(e, g), in_order(f, h));
    let ((a, b), (c, d)) = (in_order(a, b), in_order(c, d));
    let ((e, f), (g, h)) = (in_order(e, f), in_order(g, h));
    [a, b, c, d, e, f, g, h]
}

#[inline(always)]
fn in_order(one: u64, other: u64) -> (u64, u64) {
    (one.min(other), one.max(other))
}

/// Puts numbers in order by the same instructions whatever they are: two sorted fours are merged, each of
/// which is of two sorted pairs (Batcher, Sorting networks and their applications, 1968).
///
/// Written out, so that all of them stay in registers.
#[inline(always)]
fn sort_few([a, b, c, d, e, f, g, h]: [u64; FEW]) -> [u64; FEW] {
    let ((a, b), (c, d)) = (in_order(a, b), in_order(c, d));
    let ((e, f), (g, h)) = (in_order(e, f), in_order(g, h));
    let ((a, c), (b, d)) = (in_order(a, c), in_order(b, d));
    let ((e, g), (f, h)) = (in_order(e, g), in_order(f, h));
    let ((b, c), (f, g)) = (in_order(b, c), in_order(f, g));
    let ((a, e), (b, f)) = (in_order(a, e), in_order(b, f));
    let ((c, g), (d, h)) = (in_order(c, g), in_order(d, h));
    let ((c, e), (d, f)) = (in_order(c, e), in_order(d, f));
    let ((b, c), (d, e), (f, g)) = (in_order(b, c), in_order(d, e), in_order(f, g));
    [a, b, c, d, e, f, g, h]
}

#[cfg(test)]
mod tests {
    use geom_intersect::Moments;
    use nalgebra::Matrix3;

    use super::*;

    #[test]
    fn overlaps_come_in_order_whatever_the_order_in_which_they_were_found() {
        for count in [0, 1, 7, 8, 9, 16, 17, 31, 32, 33, 90] {
            let mut found = Found::default();
            for all in [false, true] {
                let rest = |volume: f64| Rest {
                    moments: Moments::of_volume(volume),
                    second: Some(Matrix3::repeat(volume)),
                };
                let ids = (0..count).map(|place| place * 37 % 101);
                found.clear();
                for id in ids.clone() {
                    let (source, volume) = (SourceCell::new(CellId::new(id)), f64::from(id));
                    found.push(source, volume, all.then(|| rest(volume)).as_ref());
                }
                let mut ids: Vec<_> = ids.collect();
                ids.sort_unstable();
                let mut ids = ids.into_iter();
                found.sort();
                found.for_each(|source, volume, found| {
                    assert_eq!(Some(source.get()), ids.next());
                    assert_eq!(volume, f64::from(source.get()));
                    assert_eq!(found.is_some(), all);
                    let second = found.and_then(|found| found.second);
                    assert_eq!(second, all.then(|| Matrix3::repeat(volume)));
                });
                assert_eq!(ids.next(), None);
            }
        }
    }

    #[test]
    fn a_network_that_sorts_all_zeros_and_ones_sorts_everything() {
        for set in 0..1_u32 << FEW {
            let numbers = [0, 1, 2, 3, 4, 5, 6, 7].map(|bit: u32| u64::from(set >> bit & 1));
            let numbers = sort_few(numbers);
            assert!(numbers.is_sorted());
            assert_eq!(numbers.iter().sum::<u64>(), u64::from(set.count_ones()));
        }
    }

    #[test]
    fn eights_are_sorted_whatever_zeros_and_ones_they_have() {
        // Each eight has so many ones, which it puts last: so every way in which eights can lie to each other.
        for ones in 0..9_usize.pow(4) {
            let ones = [1, 9, 81, 729].map(|unit| ones / unit % 9);
            for count in 1..=4 {
                let eights = ones[..count].iter();
                let eights = eights
                    .map(|&ones| [0, 1, 2, 3, 4, 5, 6, 7].map(|place| u64::from(place < ones)));
                let mut eights: Vec<[u64; FEW]> = eights.collect();
                sort_eights(&mut eights);
                let sorted = eights.as_flattened();
                assert!(sorted.is_sorted(), "{ones:?}");
                let expected: usize = ones[..count].iter().sum();
                assert_eq!(sorted.iter().sum::<u64>(), expected as u64);
            }
        }
    }
}
