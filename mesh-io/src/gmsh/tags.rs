//! From the tags of nodes or elements, which may be any numbers, to their places.

use super::error::GmshError;

/// Stands for a tag that nothing has.
const NONE: u32 = u32::MAX;

/// Where each tag stands.
#[derive(Debug)]
pub(super) enum TagTable {
    /// Ascending one by one from the first: the place is the difference.
    Run { first: i64, count: u32 },
    /// A place, or [`NONE`], for each tag from the first on.
    Dense { first: i64, places: Vec<u32> },
    /// Ascending tags with their places.
    Sorted(Vec<(i64, u32)>),
}

impl TagTable {
    /// The table of these tags. Memory for a few numbers per tag, however far apart they are.
    ///
    /// # Errors
    ///
    /// A tag that stands there twice, or more tags than ids can count; `what` has them.
    pub(super) fn new(tags: &[i64], what: &'static str) -> Result<Self, GmshError> {
        let too_many = GmshError::TooMany {
            what,
            count: tags.len(),
        };
        let Some(count) = u32::try_from(tags.len()).ok().filter(|count| *count < NONE) else {
            return Err(too_many);
        };
        let first = tags.first().copied().unwrap_or_default();
        let mut is_run = true;
        let (mut lowest, mut highest) = (first, first);
        for (place, &tag) in (0..).zip(tags) {
            is_run &= tag.checked_sub(first) == Some(place);
            lowest = lowest.min(tag);
            highest = highest.max(tag);
        }
        if is_run {
            return Ok(Self::Run { first, count });
        }
        let range = highest.abs_diff(lowest);
        if range <= 4 * u64::from(count) {
            return Self::dense(tags, lowest, range as usize + 1, what);
        }
        let mut sorted: Vec<(i64, u32)> = tags.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(GmshError::RepeatedTag {
                what,
                tag: pair[0].0,
            }),
            None => Ok(Self::Sorted(sorted)),
        }
    }

    fn dense(
        tags: &[i64],
        first: i64,
        length: usize,
        what: &'static str,
    ) -> Result<Self, GmshError> {
        let mut places = vec![NONE; length];
        for (&tag, place) in tags.iter().zip(0..) {
            let entry = &mut places[tag.abs_diff(first) as usize];
            if *entry != NONE {
                return Err(GmshError::RepeatedTag { what, tag });
            }
            *entry = place;
        }
        Ok(Self::Dense { first, places })
    }

    /// The place of `tag`, where it has one.
    #[inline]
    pub(super) fn find(&self, tag: i64) -> Option<u32> {
        match self {
            Self::Run { first, count } => {
                let place = u32::try_from(tag.checked_sub(*first)?).ok()?;
                (place < *count).then_some(place)
            }
            Self::Dense { first, places } => {
                let place = usize::try_from(tag.checked_sub(*first)?).ok()?;
                places.get(place).copied().filter(|place| *place != NONE)
            }
            Self::Sorted(sorted) => {
                let found = sorted.binary_search_by_key(&tag, |(tag, _)| *tag).ok()?;
                sorted.get(found).map(|(_, place)| *place)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_table_finds_every_tag() {
        let far = i64::MAX;
        for tags in [
            vec![],
            vec![7],
            vec![1, 2, 3],
            vec![-1, 0, 1],
            vec![3, 1, 2, 9],
            vec![5, far, -far, 6, i64::MIN],
            vec![far - 1, far],
        ] {
            let table = TagTable::new(&tags, "nodes").unwrap();
            for (place, tag) in (0..).zip(&tags) {
                assert_eq!(table.find(*tag), Some(place), "{tags:?}");
            }
            for tag in [i64::MIN, -far, -2, 0, 4, 8, 1000, far, far - 1] {
                if !tags.contains(&tag) {
                    assert_eq!(table.find(tag), None, "{tags:?}");
                }
            }
        }
    }

    #[test]
    fn a_tag_that_is_given_twice_is_an_error() {
        for tags in [vec![1, 2, 1], vec![1, 1_000_000, 1]] {
            let message = TagTable::new(&tags, "nodes").unwrap_err().to_string();
            assert_eq!(
                message,
                "two nodes have the tag 1; every tag must be given once"
            );
        }
    }
}
