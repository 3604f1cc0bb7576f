//! Sorting by small numbers: bins, and what is in each of them in the order in which it came.

/// Returns where each bin starts if things are sorted by their bins, and the end of the last one.
pub(crate) fn starts_of_bins(bin_of: &[u32], bins: usize) -> Vec<u32> {
    let mut starts = vec![0; bins + 1];
    for &bin in bin_of {
        starts[bin as usize + 1] += 1;
    }
    for bin in 1..starts.len() {
        starts[bin] += starts[bin - 1];
    }
    starts
}

/// Returns things 0, 1, 2, … sorted by their bins, whose [starts](starts_of_bins) are as they were
/// afterwards.
pub(crate) fn sort_into_bins(bin_of: &[u32], starts: &mut [u32]) -> Vec<u32> {
    let mut sorted = vec![0; bin_of.len()];
    for (thing, &bin) in (0..).zip(bin_of) {
        let place = &mut starts[bin as usize];
        sorted[*place as usize] = thing;
        *place += 1;
    }
    // Each start has become the next one.
    starts.copy_within(..starts.len() - 1, 1);
    starts[0] = 0;
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_sorted_by_bins_and_within_them_as_they_came() {
        let bin_of = [3, 0, 3, 5, 0, 3, 1];
        let mut starts = starts_of_bins(&bin_of, 7);
        let expected = [0, 2, 3, 3, 6, 6, 7, 7];
        assert_eq!(starts, expected);
        assert_eq!(sort_into_bins(&bin_of, &mut starts), [1, 4, 6, 0, 2, 5, 3]);
        assert_eq!(starts, expected);
        assert_eq!(starts_of_bins(&[], 2), [0; 3]);
    }
}
