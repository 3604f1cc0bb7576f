//! The overlaps of a target cell, found in one order and told in another.

use crate::cells::SourceCell;
use crate::overlaps::Rest;

/// So many are put in order by counting.
const FEW: usize = 16;

/// Overlaps of a target cell that are found in the order in which the search has its candidates: in a
/// mesh of like cells in rows it is the same for one target cell after the other, so that the processor
/// foresees how each is clipped. A scheme is told of them in the order of the ids in the mesh given.
#[derive(Default)]
pub(crate) struct Found {
    sources: Vec<SourceCell>,
    volumes: Vec<f64>,
    /// What else is needed, if anything.
    rest: Vec<Rest>,
    order: Vec<u32>,
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
        self.sources.push(source);
        self.volumes.push(volume);
        self.rest.extend(rest);
    }

    /// Visits the overlaps in the order of their source cells.
    #[inline]
    pub(crate) fn for_each_ascending(
        &mut self,
        mut visit: impl FnMut(SourceCell, f64, Option<&Rest>),
    ) {
        let Self { sources, order, .. } = self;
        order.clear();
        if sources.len() <= FEW {
            // How many come before is its place: no branch that cannot be foreseen.
            order.resize(sources.len(), 0);
            for (place, source) in (0..).zip(sources.iter()) {
                let before = sources.iter().filter(|other| *other < source);
                order[before.count()] = place;
            }
        } else {
            order.extend(0..sources.len() as u32);
            order.sort_unstable_by_key(|&place| sources[place as usize]);
        }
        for place in order.iter().map(|&place| place as usize) {
            let rest = self.rest.get(place);
            visit(self.sources[place], self.volumes[place], rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use geom_intersect::Moments;
    use mesh_core::CellId;
    use nalgebra::Matrix3;

    use super::*;

    #[test]
    fn overlaps_come_in_order_whatever_the_order_in_which_they_were_found() {
        for count in [0, 1, 7, 16, 17, 90] {
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
                found.for_each_ascending(|source, volume, found| {
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
}
