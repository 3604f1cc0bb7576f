//! Ranges, counts and offsets: the index arithmetic that meshes, matrices and parts share.

use std::ops::Range;

/// What can be wrong with counts, offsets and slices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// A range cut into no slices at all.
    #[error("a range cannot be cut into 0 slices: ask for at least 1")]
    NoSlices,
    /// A slice beyond the last.
    #[error("slice {slice} does not exist: {slices} slices are numbered from 0")]
    SliceOutOfRange {
        /// The slice asked for.
        slice: usize,
        /// How many there are.
        slices: usize,
    },
    /// Offsets need one entry more than what they delimit, so never none.
    #[error("offsets are empty: n things need n + 1 offsets, the first of them 0")]
    NoOffsets,
    /// Offsets do not start at 0.
    #[error("the first offset is {found}, expected 0")]
    FirstOffset {
        /// The first offset.
        found: usize,
    },
    /// An offset is smaller than the one before.
    #[error("offset {position} is {found}, smaller than {previous} before it: offsets must ascend")]
    Descending {
        /// Where in the offsets.
        position: usize,
        /// The offset there.
        found: usize,
        /// The offset before it.
        previous: usize,
    },
    /// The counts add up to more than the machine's address space.
    #[error("the counts add up to more than {} at position {position}", usize::MAX)]
    Overflow {
        /// The count with which the sum overflows.
        position: usize,
    },
}

/// The slice of `0..count` that worker `slice` of `slices` gets.
///
/// The slices are contiguous, cover the range exactly once, and their lengths differ by at most
/// one: slice `i` is `i * count / slices .. (i + 1) * count / slices`, rounded down. With more
/// slices than things, some slices are empty.
///
/// ```
/// use mesh_core::slice_of_range;
/// assert_eq!(slice_of_range(10, 0, 3)?, 0..3);
/// assert_eq!(slice_of_range(10, 1, 3)?, 3..6);
/// assert_eq!(slice_of_range(10, 2, 3)?, 6..10);
/// # Ok::<(), mesh_core::RangeError>(())
/// ```
///
/// # Errors
/// When there are no slices, or fewer than asked for.
pub fn slice_of_range(
    count: usize,
    slice: usize,
    slices: usize,
) -> Result<Range<usize>, RangeError> {
    if slices == 0 {
        return Err(RangeError::NoSlices);
    }
    if slice >= slices {
        return Err(RangeError::SliceOutOfRange { slice, slices });
    }
    // In 128 bits: the product of two usize cannot overflow, and the quotient is at most count.
    let bound = |i: usize| (i as u128 * count as u128 / slices as u128) as usize;
    Ok(bound(slice)..bound(slice + 1))
}

/// The offsets of things with these counts: n + 1 numbers, the first 0, the last the sum.
///
/// ```
/// use mesh_core::offsets_from_counts;
/// assert_eq!(offsets_from_counts(&[3, 0, 2])?, [0, 3, 3, 5]);
/// # Ok::<(), mesh_core::RangeError>(())
/// ```
///
/// # Errors
/// When the sum overflows.
pub fn offsets_from_counts(counts: &[usize]) -> Result<Vec<usize>, RangeError> {
    let mut offsets = Vec::with_capacity(counts.len() + 1);
    let mut sum = 0_usize;
    offsets.push(sum);
    for (position, &count) in counts.iter().enumerate() {
        sum = sum
            .checked_add(count)
            .ok_or(RangeError::Overflow { position })?;
        offsets.push(sum);
    }
    Ok(offsets)
}

/// The counts between consecutive offsets: the inverse of [`offsets_from_counts`].
///
/// ```
/// use mesh_core::counts_from_offsets;
/// assert_eq!(counts_from_offsets(&[0, 3, 3, 5])?, [3, 0, 2]);
/// # Ok::<(), mesh_core::RangeError>(())
/// ```
///
/// # Errors
/// When the offsets are empty, do not start at 0 or descend.
pub fn counts_from_offsets(offsets: &[usize]) -> Result<Vec<usize>, RangeError> {
    check_offsets(offsets)?;
    Ok(offsets.windows(2).map(|pair| pair[1] - pair[0]).collect())
}

/// Checks that there is at least one offset, that the first is 0 and that none descends.
///
/// # Errors
/// The first violation.
pub fn check_offsets(offsets: &[usize]) -> Result<(), RangeError> {
    match offsets.first() {
        None => return Err(RangeError::NoOffsets),
        Some(0) => {}
        Some(&found) => return Err(RangeError::FirstOffset { found }),
    }
    match offsets.windows(2).position(|pair| pair[0] > pair[1]) {
        None => Ok(()),
        Some(i) => Err(RangeError::Descending {
            position: i + 1,
            found: offsets[i + 1],
            previous: offsets[i],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_slices_than_things_leaves_some_slices_empty() {
        let lengths: Vec<usize> = (0..5)
            .map(|i| slice_of_range(3, i, 5).unwrap().len())
            .collect();
        assert_eq!(lengths.iter().sum::<usize>(), 3);
        assert!(lengths.iter().all(|&length| length <= 1));
    }

    #[test]
    fn the_largest_range_does_not_overflow() {
        let last = slice_of_range(usize::MAX, usize::MAX - 1, usize::MAX).unwrap();
        assert_eq!(last, usize::MAX - 1..usize::MAX);
    }

    #[test]
    fn a_slice_beyond_the_last_is_refused() {
        assert_eq!(slice_of_range(3, 0, 0), Err(RangeError::NoSlices));
        let error = slice_of_range(3, 2, 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "slice 2 does not exist: 2 slices are numbered from 0"
        );
    }

    #[test]
    fn bad_offsets_are_named() {
        assert_eq!(counts_from_offsets(&[]), Err(RangeError::NoOffsets));
        assert_eq!(
            counts_from_offsets(&[1, 2]),
            Err(RangeError::FirstOffset { found: 1 })
        );
        let error = counts_from_offsets(&[0, 5, 4]).unwrap_err();
        assert_eq!(
            error,
            RangeError::Descending {
                position: 2,
                found: 4,
                previous: 5
            }
        );
        let error = offsets_from_counts(&[usize::MAX, 1]).unwrap_err();
        assert_eq!(error, RangeError::Overflow { position: 1 });
    }
}
