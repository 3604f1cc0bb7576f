//! The search: candidates of every target cell.

use mesh_core::UnstructuredMesh;
use remap::CandidateSearch;

/// Finds the candidates of every target cell, one after the other, and returns how many there are.
#[must_use]
pub fn count_candidates(search: &CandidateSearch, target: &UnstructuredMesh) -> usize {
    let mut candidates = Vec::new();
    target
        .cell_ids()
        .map(|cell| {
            search.find_candidates(&target.cell_bounds(cell), &mut candidates);
            candidates.len()
        })
        .sum()
}

/// Compares the candidates of every 997th target cell with those found by looking at every source
/// cell.
///
/// # Panics
///
/// If they differ.
pub fn check_search(
    search: &CandidateSearch,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) {
    let mut candidates = Vec::new();
    for cell in target.cell_ids().step_by(997) {
        let bounds = target.cell_bounds(cell);
        let shares_volume = |other: mesh_core::Bounds| {
            (0..3).all(|axis| {
                other.min[axis] < bounds.max[axis] && other.max[axis] > bounds.min[axis]
            })
        };
        search.find_candidates(&bounds, &mut candidates);
        let expected = source
            .cell_ids()
            .filter(|&cell| shares_volume(source.cell_bounds(cell)));
        assert!(
            candidates
                .iter()
                .map(|candidate| candidate.id())
                .eq(expected),
            "target cell {cell}: wrong candidates"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exercise, shuffle};

    #[test]
    fn all_forms_of_the_search_find_the_same_in_any_numbering() {
        let meshes = Exercise::HalfShifted.meshes_of(10);
        let shuffled = shuffle(&meshes.source, 1);
        for source in [&meshes.source, &shuffled] {
            for search in [
                CandidateSearch::new(source),
                CandidateSearch::with_bins(source).unwrap(),
                CandidateSearch::with_packed_tree(source).unwrap(),
                CandidateSearch::with_tree(source),
            ] {
                check_search(&search, source, &meshes.target);
                assert_eq!(count_candidates(&search, &meshes.target), 19 * 19 * 19);
            }
        }
    }
}
