//! Four numbers side by side: what the path of tetrahedra asks for.

use super::{Axes, LaneMath, Portable};
use crate::frame::lower;

/// A lane for each of the edges `ac`, `ad`, `bd`, `bc` between two and two of four nodes: the node where it starts, and
/// where it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CrossEdges {
    starts: EightHalves,
    ends: EightHalves,
}

/// Of each lane the places of its two halves.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
struct EightHalves([u32; 8]);

impl CrossEdges {
    /// For each set of two nodes, which are `c` and `d`, the edges from the others; of other sets nothing of meaning.
    pub(crate) const INTO: [Self; 16] = {
        let mut all = [Self::between([0; 2], [0; 2]); 16];
        let mut set = 0;
        while set < all.len() {
            let (mut one, mut other) = ([0; 2], [0; 2]);
            let mut counts = [0; 2];
            let mut node = 0;
            while node < 4 && set.count_ones() == 2 {
                let is_in = set >> node & 1;
                let two = if is_in == 0 { &mut one } else { &mut other };
                two[counts[is_in]] = node as u32;
                counts[is_in] += 1;
                node += 1;
            }
            all[set] = Self::between(one, other);
            set += 1;
        }
        all
    };

    const fn between([a, b]: [u32; 2], [c, d]: [u32; 2]) -> Self {
        Self {
            starts: EightHalves::of([a, a, b, b]),
            ends: EightHalves::of([c, d, d, c]),
        }
    }
}

impl EightHalves {
    const fn of([a, b, c, d]: [u32; 4]) -> Self {
        Self([
            2 * a,
            2 * a + 1,
            2 * b,
            2 * b + 1,
            2 * c,
            2 * c + 1,
            2 * d,
            2 * d + 1,
        ])
    }

    /// Returns a number of each lane's node.
    #[inline(always)]
    fn choose(&self, numbers: &Axes) -> [f64; 4] {
        [0, 2, 4, 6].map(|half: usize| numbers.0[self.0[half] as usize / 2 % 4])
    }
}

/// For a node that is outside of a plane while others are inside, and for one that is inside while others are not: how far
/// outside it may count to be, and how far the others. What counts as inside is no more than on the plane.
static HIGHEST: [[f64; 2]; 2] = [[f64::INFINITY, 0.0], [0.0, f64::INFINITY]];

/// What the path of tetrahedra does with four numbers at once: a number of each of four nodes.
pub(crate) trait FourMath: LaneMath {
    /// Returns whether, of the products lane by lane, one of 0 and 1, or of 2 and 3, is less than an
    /// eighth of the other.
    fn eightfold(self, one: &Axes, other: &Axes) -> bool;

    /// Returns every number less `origin`.
    fn relative_four(self, numbers: &Axes, origin: f64) -> Axes;

    /// Returns `normal · node − offset` of four nodes given axis by axis, summed in the order x, y, z.
    fn distances_of_four(self, nodes: &[Axes; 3], plane: &[f64; 4]) -> Axes;

    /// Returns how much of the edges from a node to the others is on its side of a plane, given how far each node is
    /// outside; that one is the only one inside, or the only one that is not. 1 for the node itself.
    fn cuts_around(self, distances: &Axes, node: usize, is_inside: bool) -> Axes;

    /// Returns `at + (number − at) · fraction` with the number at a node.
    fn shrink(self, numbers: &Axes, node: usize, fractions: &Axes) -> Axes;

    /// Returns how much of some edges is not beyond a plane, given how far each node is, all ends and no start by more than
    /// the limit.
    fn cuts_across(self, distances: &Axes, edges: &CrossEdges) -> Axes;

    /// Returns, of the edges `ac`, `ad`, `bd`, `bc` with points on them in these fractions, a number of the nodes of three
    /// tetrahedra: of `ac`, `ad`, `a`, `b`, of `ac`, `ad`, `bd`, `b` and of `ac`, `b`, `bd`, `bc`.
    fn split(self, numbers: &Axes, edges: &CrossEdges, fractions: &Axes) -> [Axes; 3];

    /// Returns the set of numbers that are greater than their limits.
    fn beyond(self, numbers: [&Axes; 4], limits: &[Axes; 4]) -> u32;
}

impl FourMath for Portable {
    #[inline(always)]
    fn eightfold(self, one: &Axes, other: &Axes) -> bool {
        let mut products = [0.0; 4];
        for i in 0..4 {
            products[i] = one.0[i] * other.0[i];
        }
        let [a, b, c, d] = products;
        (8.0 * a < b) | (8.0 * b < a) | (8.0 * c < d) | (8.0 * d < c)
    }

    #[inline(always)]
    fn relative_four(self, numbers: &Axes, origin: f64) -> Axes {
        Axes(numbers.0.map(|number| number - origin))
    }

    #[inline(always)]
    fn distances_of_four(self, nodes: &[Axes; 3], plane: &[f64; 4]) -> Axes {
        let [nx, ny, nz, offset] = *plane;
        let [x, y, z] = nodes;
        let mut result = [0.0; 4];
        for i in 0..4 {
            result[i] = ((nx * x.0[i] + ny * y.0[i]) + nz * z.0[i]) - offset;
        }
        Axes(result)
    }

    #[inline(always)]
    fn cuts_around(self, distances: &Axes, node: usize, is_inside: bool) -> Axes {
        let [highest, highest_of_others] = HIGHEST[usize::from(is_inside)];
        let at = lower(distances.0[node % 4], highest);
        let mut result = [0.0; 4];
        for i in 0..4 {
            result[i] = at / (at - lower(distances.0[i], highest_of_others));
        }
        result[node % 4] = 1.0;
        Axes(result)
    }

    #[inline(always)]
    fn shrink(self, numbers: &Axes, node: usize, fractions: &Axes) -> Axes {
        let at = numbers.0[node % 4];
        let mut result = [0.0; 4];
        for i in 0..4 {
            result[i] = at + (numbers.0[i] - at) * fractions.0[i];
        }
        Axes(result)
    }

    #[inline(always)]
    fn cuts_across(self, distances: &Axes, edges: &CrossEdges) -> Axes {
        let (starts, ends) = (edges.starts.choose(distances), edges.ends.choose(distances));
        let mut result = [0.0; 4];
        for i in 0..4 {
            let start = lower(starts[i], 0.0);
            result[i] = start / (start - ends[i]);
        }
        Axes(result)
    }

    #[inline(always)]
    fn split(self, numbers: &Axes, edges: &CrossEdges, fractions: &Axes) -> [Axes; 3] {
        let (starts, ends) = (edges.starts.choose(numbers), edges.ends.choose(numbers));
        let mut cut = [0.0; 4];
        for i in 0..4 {
            cut[i] = starts[i] + (ends[i] - starts[i]) * fractions.0[i];
        }
        let ([a, _, b, _], [ac, ad, bd, bc]) = (starts, cut);
        [[ac, ad, a, b], [ac, ad, bd, b], [ac, b, bd, bc]].map(Axes)
    }

    #[inline(always)]
    fn beyond(self, numbers: [&Axes; 4], limits: &[Axes; 4]) -> u32 {
        (0..16).fold(0, |set, i: usize| {
            let (number, limit) = (numbers[i / 4].0[i % 4], limits[i / 4].0[i % 4]);
            set | u32::from(number > limit) << i
        })
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256d, _CMP_GT_OQ, _CMP_LT_OQ, _mm256_add_pd, _mm256_blend_pd, _mm256_blendv_pd,
        _mm256_castpd_ps, _mm256_castps_pd, _mm256_cmp_pd, _mm256_div_pd, _mm256_load_si256,
        _mm256_min_pd, _mm256_movemask_pd, _mm256_mul_pd, _mm256_permute_pd, _mm256_permute4x64_pd,
        _mm256_permutevar8x32_ps, _mm256_set1_pd, _mm256_setzero_pd, _mm256_store_pd,
        _mm256_sub_pd,
    };

    use super::{Axes, CrossEdges, EightHalves, FourMath, HIGHEST};
    use crate::lanes::avx2::{Avx2, between, load_axes};

    /// Two and two lanes exchanged.
    const OTHER_OF_TWO: i32 = 0b01_01;
    /// Lanes 0 and 2, twice.
    const FIRST_AND_THIRD: i32 = 0b10_00_10_00;
    /// For each node a mask of its lane.
    static IS_NODE: [Axes; 4] = {
        let mut masks = [Axes([0.0; 4]); 4];
        let mut node = 0;
        while node < 4 {
            masks[node].0[node] = -0.0;
            node += 1;
        }
        masks
    };

    // SAFETY: as above.
    impl FourMath for Avx2 {
        #[inline(always)]
        fn eightfold(self, one: &Axes, other: &Axes) -> bool {
            unsafe {
                let products = _mm256_mul_pd(load_axes(one), load_axes(other));
                let times_eight = _mm256_mul_pd(products, _mm256_set1_pd(8.0));
                let others = _mm256_permute_pd::<OTHER_OF_TWO>(products);
                let less = _mm256_cmp_pd::<_CMP_LT_OQ>(times_eight, others);
                _mm256_movemask_pd(less) != 0
            }
        }

        #[inline(always)]
        fn relative_four(self, numbers: &Axes, origin: f64) -> Axes {
            unsafe { stored(_mm256_sub_pd(load_axes(numbers), _mm256_set1_pd(origin))) }
        }

        #[inline(always)]
        fn distances_of_four(self, nodes: &[Axes; 3], plane: &[f64; 4]) -> Axes {
            let [nx, ny, nz, offset] = plane;
            unsafe {
                let normal = [
                    _mm256_set1_pd(*nx),
                    _mm256_set1_pd(*ny),
                    _mm256_set1_pd(*nz),
                ];
                let along = along(&normal, load_all(nodes));
                stored(_mm256_sub_pd(along, _mm256_set1_pd(*offset)))
            }
        }

        #[inline(always)]
        fn cuts_around(self, distances: &Axes, node: usize, is_inside: bool) -> Axes {
            let [highest, highest_of_others] = &HIGHEST[usize::from(is_inside)];
            unsafe {
                let at = _mm256_set1_pd(distances.0[node % 4]);
                let at = _mm256_min_pd(_mm256_set1_pd(*highest), at);
                let others = _mm256_set1_pd(*highest_of_others);
                let others = _mm256_min_pd(others, load_axes(distances));
                let cuts = _mm256_div_pd(at, _mm256_sub_pd(at, others));
                let is_node = load_axes(&IS_NODE[node % 4]);
                stored(_mm256_blendv_pd(cuts, _mm256_set1_pd(1.0), is_node))
            }
        }

        #[inline(always)]
        fn shrink(self, numbers: &Axes, node: usize, fractions: &Axes) -> Axes {
            unsafe {
                let at = _mm256_set1_pd(numbers.0[node % 4]);
                stored(between(at, load_axes(numbers), load_axes(fractions)))
            }
        }

        #[inline(always)]
        fn cuts_across(self, distances: &Axes, edges: &CrossEdges) -> Axes {
            unsafe {
                let distances = load_axes(distances);
                let start = _mm256_min_pd(_mm256_setzero_pd(), choose(distances, &edges.starts));
                let end = choose(distances, &edges.ends);
                stored(_mm256_div_pd(start, _mm256_sub_pd(start, end)))
            }
        }

        #[inline(always)]
        fn split(self, numbers: &Axes, edges: &CrossEdges, fractions: &Axes) -> [Axes; 3] {
            unsafe {
                let numbers = load_axes(numbers);
                let aabb = choose(numbers, &edges.starts);
                let cut = between(aabb, choose(numbers, &edges.ends), load_axes(fractions));
                let abab = _mm256_permute4x64_pd::<FIRST_AND_THIRD>(aabb);
                [
                    stored(_mm256_blend_pd::<0b1100>(cut, abab)),
                    stored(_mm256_blend_pd::<0b1000>(cut, abab)),
                    stored(_mm256_blend_pd::<0b0010>(cut, abab)),
                ]
            }
        }

        #[inline(always)]
        fn beyond(self, numbers: [&Axes; 4], limits: &[Axes; 4]) -> u32 {
            let mut set = 0;
            for i in 0..4 {
                unsafe {
                    let (numbers, limits) = (load_axes(numbers[i]), load_axes(&limits[i]));
                    let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(numbers, limits);
                    set |= _mm256_movemask_pd(beyond).cast_unsigned() << (4 * i);
                }
            }
            set
        }
    }

    #[inline(always)]
    unsafe fn stored(numbers: __m256d) -> Axes {
        let mut result = Axes::default();
        unsafe { _mm256_store_pd(result.0.as_mut_ptr(), numbers) };
        result
    }

    #[inline(always)]
    unsafe fn choose(numbers: __m256d, halves: &EightHalves) -> __m256d {
        unsafe {
            let halves = _mm256_load_si256(halves.0.as_ptr().cast());
            _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(numbers), halves))
        }
    }

    #[inline(always)]
    unsafe fn load_all([x, y, z]: &[Axes; 3]) -> [__m256d; 3] {
        unsafe { [load_axes(x), load_axes(y), load_axes(z)] }
    }

    /// Returns `normal · node`, summed in the order x, y, z.
    #[inline(always)]
    unsafe fn along([nx, ny, nz]: &[__m256d; 3], [x, y, z]: [__m256d; 3]) -> __m256d {
        unsafe {
            let xy = _mm256_add_pd(_mm256_mul_pd(*nx, x), _mm256_mul_pd(*ny, y));
            _mm256_add_pd(xy, _mm256_mul_pd(*nz, z))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distances of nodes from a plane, of which those no greater than a limit count as inside.
    const LIMIT: f64 = 3e-16;
    const INSIDE: [f64; 6] = [-1.0, -1e-16, -0.0, 0.0, 1e-16, LIMIT];
    const OUTSIDE: [f64; 3] = [LIMIT + f64::EPSILON * LIMIT, 1e-15, 1.0];

    #[test]
    fn edges_are_cut_between_their_ends() {
        let mut count = 0;
        for (one, other) in INSIDE
            .into_iter()
            .flat_map(|one| INSIDE.map(|other| (one, other)))
        {
            for (far, further) in OUTSIDE
                .into_iter()
                .flat_map(|far| OUTSIDE.map(|other| (far, other)))
            {
                let edges = &CrossEdges::INTO[0b1010];
                for cuts in [
                    Portable.cuts_around(&Axes([far, one, other, -1.0]), 0, false),
                    Portable.cuts_around(&Axes([far, further, 1.0, one]), 3, true),
                    Portable.cuts_across(&Axes([one, far, other, further]), edges),
                ] {
                    let are_parts = cuts.0.iter().all(|cut| (0.0..=1.0).contains(cut));
                    assert!(are_parts, "{one} {other} {far} {further}: {cuts:?}");
                    count += 1;
                }
            }
        }
        assert_eq!(count, 3 * 6 * 6 * 3 * 3);
    }
}
