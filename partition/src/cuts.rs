//! Where a row of cells is cut, so that the pieces are balanced by count or by weight.

use std::ops::Range;

use mesh_core::CellId;

/// What balances parts: each cell counts one, or its weight.
#[derive(Clone, Copy)]
pub(crate) enum Balance<'a> {
    /// Parts differ by at most one cell.
    Count,
    /// One weight per cell, finite, not negative, not all zero, at most 1.
    Weight(&'a [f64]),
}

/// The runs of `order` that are the parts: `parts` ranges, one after the other, covering it.
///
/// By count, ranges differ by at most one. By weight, every cut lies where the weight before it is
/// nearest to its share `part / parts` of the whole, hence within half the heaviest cell of it, and
/// a range's weight within the heaviest cell of the mean.
pub(crate) fn cut_in_runs(
    order: &[CellId],
    parts: usize,
    balance: Balance<'_>,
) -> Vec<Range<usize>> {
    match balance {
        Balance::Count => (0..parts)
            .map(|part| balanced_run(order.len(), part, parts))
            .collect(),
        Balance::Weight(weights) => {
            let before = weights_before(order, weights);
            let mut start = 0;
            (1..=parts)
                .map(|part| {
                    let end = if part == parts {
                        order.len()
                    } else {
                        find_cut(&before, part as f64 / parts as f64).max(start)
                    };
                    let run = start..end;
                    start = end;
                    run
                })
                .collect()
        }
    }
}

/// Run `part` of `parts` balanced runs of `length` things; after the last, an empty one at the end.
pub(crate) fn balanced_run(length: usize, part: usize, parts: usize) -> Range<usize> {
    mesh_core::slice_of_range(length, part, parts).unwrap_or(length..length)
}

/// `order.len() + 1` sums: the weight of the cells before each place, added from the first on.
pub(crate) fn weights_before(order: &[CellId], weights: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut before = Vec::with_capacity(order.len() + 1);
    before.push(0.0);
    for cell in order {
        sum += weights[cell.index()];
        before.push(sum);
    }
    before
}

/// The place with the weight before it nearest to `share` (in 0..=1) of the whole; the earlier of
/// two as near.
pub(crate) fn find_cut(before: &[f64], share: f64) -> usize {
    let wanted = before.last().copied().unwrap_or(0.0) * share;
    let above = before.partition_point(|&weight| weight < wanted);
    if above == 0 || above == before.len() {
        return above.min(before.len().saturating_sub(1));
    }
    if wanted - before[above - 1] <= before[above] - wanted {
        above - 1
    } else {
        above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_lies_where_the_weight_before_is_nearest() {
        let before = [0.0, 0.5, 1.5, 1.5, 2.0];
        let cuts = [0.0, 0.1, 0.125, 0.13, 0.5, 0.51, 0.8, 0.9, 1.0].map(|s| find_cut(&before, s));
        assert_eq!(cuts, [0, 0, 0, 1, 1, 2, 3, 4, 4]);
    }

    #[test]
    fn cells_without_weight_at_the_end_belong_to_the_last_part() {
        let order: Vec<CellId> = (0..4).map(CellId::new).collect();
        let runs = cut_in_runs(&order, 2, Balance::Weight(&[1.0, 0.0, 0.0, 0.0]));
        assert_eq!(runs, [0..0, 0..4]);
    }
}
