//! The overlaps of a target cell, found in one order and told in another.

use geom_intersect::Moments;
use nalgebra::Matrix3;

use crate::cells::SourceCell;
use crate::scheme::MomentsNeeded;

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
    rest: Vec<(Moments, Option<Matrix3<f64>>)>,
    order: Vec<u32>,
}

impl Found {
    pub(crate) fn clear(&mut self) {
        self.sources.clear();
        self.volumes.clear();
        self.rest.clear();
    }

    /// Adds an overlap, of which so much is needed.
    #[inline]
    pub(crate) fn push(
        &mut self,
        source: SourceCell,
        needed: MomentsNeeded,
        moments: Moments,
        second: Option<Matrix3<f64>>,
    ) {
        self.sources.push(source);
        self.volumes.push(moments.volume);
        if needed != MomentsNeeded::Volume {
            self.rest.push((moments, second));
        }
    }

    /// Visits the overlaps in the order of their source cells.
    #[inline]
    pub(crate) fn for_each_ascending(
        &mut self,
        mut visit: impl FnMut(SourceCell, Moments, Option<Matrix3<f64>>),
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
            let (moments, second) = match self.rest.get(place) {
                Some(&found) => found,
                None => (Moments::of_volume(self.volumes[place]), None),
            };
            visit(self.sources[place], moments, second);
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_core::CellId;

    use super::*;

    #[test]
    fn overlaps_come_in_order_whatever_the_order_in_which_they_were_found() {
        for count in [0, 1, 7, 16, 17, 90] {
            let mut found = Found::default();
            for needed in [MomentsNeeded::Volume, MomentsNeeded::UpToSecond] {
                found.clear();
                for place in 0..count {
                    let id = place * 37 % 101;
                    let moments = Moments::of_volume(f64::from(id));
                    let second = Some(Matrix3::repeat(f64::from(id)));
                    found.push(SourceCell::new(CellId::new(id)), needed, moments, second);
                }
                let mut ids: Vec<_> = (0..count).map(|place| place * 37 % 101).collect();
                ids.sort_unstable();
                let mut ids = ids.into_iter();
                found.for_each_ascending(|source, moments, second| {
                    let id = f64::from(source.get());
                    assert_eq!(Some(source.get()), ids.next());
                    assert_eq!(moments.volume, id);
                    let all = needed != MomentsNeeded::Volume;
                    assert_eq!(second, all.then(|| Matrix3::repeat(id)));
                });
                assert_eq!(ids.next(), None);
            }
        }
    }
}
