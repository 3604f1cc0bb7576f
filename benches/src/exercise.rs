//! Pairs of meshes for the whole job.

use mesh_core::UnstructuredMesh;
use remap::OverlapMatrix;
use remap::check::check;

use crate::recipes;

/// What meshes are remapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exercise {
    /// The reference exercise as it is given: a grid of 40³ cubes, and the same shifted by half a
    /// cell along each axis.
    HalfShifted,
    /// The same with both meshes sheared by 2⁻¹⁰: no cell is a box, so that the general way of
    /// convex hexahedra is taken, over the same pattern of entries.
    Sheared,
    /// The same with both meshes turned together by 0.5 rad about a skew axis, so that nothing is
    /// parallel to an axis.
    Rotated,
    /// The same with the target alone turned, about the diagonal through the cube's centre, so that
    /// no plane of one mesh is parallel to one of the other either.
    TurnedTarget,
    /// [`HalfShifted`](Self::HalfShifted) with the cells of both meshes in random order.
    Shuffled,
    /// [`Sheared`](Self::Sheared) with the cells of both meshes in random order.
    ShuffledSheared,
    /// A real mesh: 10 518 tetrahedra of four pins in a box, onto 5 140 of the same.
    Pins,
    /// Tetrahedra of the unit cube, six in each of 16³ and of 12³ grid cells, nodes moved by up to
    /// 20 % of a grid cell.
    Tetrahedra,
    /// 14³ and 13³ hexahedra of the unit cube, nodes moved by up to 5 % of a cell, so that their
    /// faces are warped.
    Warped,
    /// The dual mesh of a lattice of 12³ grid cells, truncated octahedra with 14 faces, at the border
    /// pieces of 7 to 14; onto 15³ hexahedra. Both are turned together by 0.5 rad.
    Polyhedra,
    /// The same dual mesh with nodes moved, so that the faces of its polyhedra are warped.
    WarpedPolyhedra,
    /// The dual mesh of the finer tetrahedra of the pins, polyhedra of some 10 to 30 warped faces
    /// around the nodes inside; onto 16 × 16 × 8 hexahedra. Both are turned together by 0.5 rad.
    Dual,
    /// Two grids whose cells are a thousand times as wide at one end of each axis as at the other:
    /// 40³ and 36³ boxes.
    Graded,
    /// The same with the cells of both meshes in random order.
    ShuffledGraded,
}

/// Two meshes and the answer.
#[derive(Debug, Clone)]
pub struct Meshes {
    /// Where fields come from.
    pub source: UnstructuredMesh,
    /// Where fields go to.
    pub target: UnstructuredMesh,
    /// The volume of the overlap of the two bodies, found without their cells.
    pub overlap: f64,
}

impl Exercise {
    /// Every exercise.
    pub const ALL: [Self; 14] = [
        Self::HalfShifted,
        Self::Sheared,
        Self::Rotated,
        Self::TurnedTarget,
        Self::Shuffled,
        Self::ShuffledSheared,
        Self::Pins,
        Self::Tetrahedra,
        Self::Warped,
        Self::Polyhedra,
        Self::WarpedPolyhedra,
        Self::Dual,
        Self::Graded,
        Self::ShuffledGraded,
    ];

    /// Returns the name, as reports and command lines use it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfShifted => "half-shifted",
            Self::Sheared => "sheared",
            Self::Rotated => "rotated",
            Self::TurnedTarget => "turned-target",
            Self::Shuffled => "shuffled",
            Self::ShuffledSheared => "shuffled-sheared",
            Self::Pins => "pins",
            Self::Tetrahedra => "tetrahedra",
            Self::Warped => "warped",
            Self::Polyhedra => "polyhedra",
            Self::WarpedPolyhedra => "warped-polyhedra",
            Self::Dual => "dual",
            Self::Graded => "graded",
            Self::ShuffledGraded => "shuffled-graded",
        }
    }

    /// Returns the exercise of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|exercise| exercise.name() == name)
    }

    /// Returns how many grid cells there are along each edge of the source in full size.
    #[must_use]
    pub const fn full_size(self) -> usize {
        match self {
            Self::Tetrahedra => 16,
            Self::Warped => 14,
            Self::Polyhedra => 12,
            Self::WarpedPolyhedra => 8,
            _ => 40,
        }
    }

    /// Makes the meshes in their full size.
    #[must_use]
    pub fn meshes(self) -> Meshes {
        self.meshes_of(self.full_size())
    }

    /// Makes the meshes with this many grid cells along each edge of the source; real meshes have
    /// one size. The two share no memory, as two that come from files do not.
    ///
    /// # Panics
    ///
    /// If there are fewer than two, or the file of a real mesh is not where the sources have it.
    #[must_use]
    pub fn meshes_of(self, cells: usize) -> Meshes {
        assert!(cells > 1, "the target of some exercises has one cell less");
        match self {
            Self::HalfShifted => recipes::half_shifted(cells),
            Self::Sheared => recipes::sheared(cells),
            Self::Rotated => recipes::rotated(recipes::half_shifted(cells)),
            Self::TurnedTarget => recipes::turned_target(cells),
            Self::Shuffled => recipes::shuffled(recipes::half_shifted(cells)),
            Self::ShuffledSheared => recipes::shuffled(recipes::sheared(cells)),
            Self::Pins => recipes::pins(),
            Self::Tetrahedra => recipes::tetrahedra(cells),
            Self::Warped => recipes::warped(cells),
            Self::Polyhedra => recipes::rotated(recipes::polyhedra(cells, 0.0)),
            Self::WarpedPolyhedra => recipes::rotated(recipes::polyhedra(cells, 0.1)),
            Self::Dual => recipes::rotated(recipes::dual()),
            Self::Graded => recipes::graded(cells),
            Self::ShuffledGraded => recipes::shuffled(recipes::graded(cells)),
        }
    }
}

impl Meshes {
    /// Checks a matrix of these meshes: every law of [`remap::check`], and the sum.
    ///
    /// # Panics
    ///
    /// If the matrix is wrong.
    pub fn check(&self, matrix: &OverlapMatrix) {
        let report = check(matrix, &self.source, &self.target).expect("the matrix of these meshes");
        assert!(report.holds, "{report:?}");
        self.check_sum(matrix);
    }

    /// Checks the sum of a matrix of these meshes alone: for meshes on which the laws take longer,
    /// and more memory, than the job.
    ///
    /// # Panics
    ///
    /// If the matrix is wrong.
    pub fn check_sum(&self, matrix: &OverlapMatrix) {
        let sum = matrix.sum();
        assert!(
            (sum - self.overlap).abs() <= 1e-12 * self.overlap,
            "the overlaps add up to {sum}, expected {}",
            self.overlap
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::thread_pool;
    use remap::{P0P0, prepare};

    #[test]
    fn every_exercise_holds_on_any_number_of_threads() {
        for exercise in Exercise::ALL {
            let meshes = exercise.meshes_of(6);
            let [one, two] = [1, 2].map(|threads| {
                let run = || prepare(&meshes.source, &meshes.target, &P0P0);
                thread_pool(threads).install(run).unwrap()
            });
            meshes.check(&one);
            assert_eq!(one.digest(), two.digest(), "{exercise:?}");
        }
    }

    #[test]
    fn moved_grids_have_the_entries_of_the_half_shifted_one() {
        for exercise in [
            Exercise::HalfShifted,
            Exercise::Sheared,
            Exercise::Rotated,
            Exercise::Shuffled,
            Exercise::ShuffledSheared,
        ] {
            let meshes = exercise.meshes_of(5);
            let matrix = prepare(&meshes.source, &meshes.target, &P0P0).unwrap();
            assert_eq!(matrix.nonzeros(), 9 * 9 * 9, "{exercise:?}");
        }
    }

    #[test]
    fn names_lead_back() {
        for exercise in Exercise::ALL {
            assert_eq!(Exercise::named(exercise.name()), Some(exercise));
        }
        assert_eq!(Exercise::named(""), None);
    }

    #[test]
    #[should_panic(expected = "holds: false")]
    fn a_wrong_matrix_is_found() {
        let meshes = Exercise::HalfShifted.meshes_of(3);
        let matrix = prepare(&meshes.source, &meshes.target, &P0P0).unwrap();
        let grown = matrix.into_matrix().map(|volume| volume * 1.000_000_1);
        meshes.check(&OverlapMatrix::new(grown, None, None));
    }

    #[test]
    #[should_panic(expected = "expected 0.578")]
    fn a_wrong_sum_is_found() {
        let meshes = Exercise::Sheared.meshes_of(3);
        let matrix = prepare(&meshes.source, &meshes.target, &P0P0).unwrap();
        let grown = matrix.into_matrix().map(|volume| volume * 1.000_000_1);
        meshes.check_sum(&OverlapMatrix::new(grown, None, None));
    }
}
