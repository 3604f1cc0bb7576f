//! Vertices of four numbers: what the fast path asks for beside what it shares with the general one.

use wide::f64x2;

use super::portable::{add_edge, between, bytes_with, get, put, set_of_four};
use super::{Axes, LANES, LaneMath, Lanes, PlaneRow, Portable};
use crate::edge_table::{FEW_EDGES, MAX_EDGES, MAX_PLANES, REFERENCE_PAIRS, ReferencePair};

/// In a vertex: its distances from three planes that meet in a corner, which are its coordinates x, y,
/// z, and from a fourth.
pub(crate) const NUMBERS: usize = 4;

/// Where a vertex has its distance from each of six planes, in the order in which they clip, of which
/// the last three meet in a corner. The first two are used up when most vertices are nodes.
pub(crate) const LANE_OF_PLANE: [usize; MAX_PLANES] = [5, 4, 3, 0, 1, 2];

/// Which bit of a set of planes is that of each plane: as in [`LANE_OF_PLANE`].
pub(crate) const BIT_OF_PLANE: [usize; MAX_PLANES] = LANE_OF_PLANE;

/// The vertices of a pair of cells. A vertex is known by the place of its first number, which fits a
/// byte: there are eight nodes at most, and from six planes six to eleven more each. The array is so
/// long that no byte leads beyond it.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Vertices {
    pub(crate) numbers: [f64; 256 + NUMBERS],
    /// Of each node of a cell that is clipped by six planes, its distance from plane 0.
    pub(crate) first: [f64; 256 / NUMBERS],
    /// Of each vertex, as long as it counts, its distance from plane 1.
    pub(crate) second: [f64; 256 / NUMBERS],
}

impl Default for Vertices {
    fn default() -> Self {
        Self {
            numbers: [0.0; _],
            first: [0.0; _],
            second: [0.0; _],
        }
    }
}

/// The differences of the points of each [`ReferencePair`].
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Differences(pub(crate) [Axes; REFERENCE_PAIRS.len()]);

/// A vertex to be made: `from + (to − from) · fraction`, to be put into a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) fraction: f64,
    pub(crate) place: u8,
}

/// What the fast path does with vertices.
pub(crate) trait VertexMath: LaneMath {
    /// Places eight nodes among planes in the frame of `origin`: makes the first eight vertices, with their
    /// distances from planes 0 and 1. Returns a byte for each node, the set of planes that it is beyond the
    /// limit of, as bits in the order of [`BIT_OF_PLANE`].
    fn place_eight(
        self,
        nodes: &[Lanes; 3],
        origin: &[f64; 3],
        planes: &[PlaneRow; MAX_PLANES],
        vertices: &mut Vertices,
    ) -> u64;

    /// Puts `bytes[index]`, for sixteen indices below eight, and then zeros, as many as are read at once:
    /// else the processor waits for what was written.
    fn spread(self, bytes: u64, indices: &[u8; 16], into: &mut [u8; FEW_EDGES]);

    /// Returns the set of edges of which a byte for the one end has a bit and one for the other has not,
    /// and of those whose second byte has it; of [`FEW_EDGES`] only if `FEW` says so.
    fn edges_outside<const FEW: bool>(
        self,
        starts: &[u8; MAX_EDGES],
        ends: &[u8; MAX_EDGES],
        bit: usize,
    ) -> [u64; 2];

    /// Makes a vertex and returns the set of its numbers that are beyond their limits.
    fn interpolate(self, vertices: &mut Vertices, cut: Cut, limits: &Axes) -> u8;

    /// Returns the coordinates of a vertex in the order z, x, y.
    fn turned(self, vertices: &Vertices, vertex: u8) -> Axes;

    /// Adds `difference · (p × q)` with the difference of a pair, axis by axis in the order of
    /// [`turned`](Self::turned); the last lane is of no meaning.
    fn add_edge_between(
        self,
        sum: &mut Axes,
        vertices: &Vertices,
        p_q: [u8; 2],
        differences: &Differences,
        pair: ReferencePair,
    );
}

impl VertexMath for Portable {
    #[inline(always)]
    fn place_eight(
        self,
        nodes: &[Lanes; 3],
        origin: &[f64; 3],
        planes: &[PlaneRow; MAX_PLANES],
        vertices: &mut Vertices,
    ) -> u64 {
        let mut relative = [Lanes::default(); 3];
        for axis in 0..3 {
            relative[axis] = self.relative(&nodes[axis], origin[axis]);
        }
        let mut rows = [Lanes::default(); MAX_PLANES];
        let mut outside = 0;
        for (plane, row) in planes.iter().enumerate() {
            let (distances, beyond) = self.distances(&relative, row);
            rows[LANE_OF_PLANE[plane]] = distances;
            outside |= beyond << (8 * BIT_OF_PLANE[plane]);
        }
        vertices.first[..LANES].copy_from_slice(&rows[LANE_OF_PLANE[0]].0);
        vertices.second[..LANES].copy_from_slice(&rows[LANE_OF_PLANE[1]].0);
        for node in 0..LANES {
            for number in 0..NUMBERS {
                vertices.numbers[NUMBERS * node + number] = rows[number].0[node];
            }
        }
        transpose_bits(outside)
    }

    #[inline(always)]
    fn spread(self, bytes: u64, indices: &[u8; 16], into: &mut [u8; FEW_EDGES]) {
        let bytes = bytes.to_le_bytes();
        *into = [0; _];
        for (to, &index) in into.iter_mut().zip(indices) {
            *to = bytes[usize::from(index) % 8];
        }
    }

    #[inline(always)]
    fn edges_outside<const FEW: bool>(
        self,
        starts: &[u8; MAX_EDGES],
        ends: &[u8; MAX_EDGES],
        bit: usize,
    ) -> [u64; 2] {
        let with_bit = |bytes: &[u8; MAX_EDGES]| {
            if FEW {
                bytes_with(&bytes[..FEW_EDGES], bit)
            } else {
                bytes_with(bytes, bit)
            }
        };
        let (starts, ends) = (with_bit(starts), with_bit(ends));
        [starts ^ ends, ends]
    }

    #[inline(always)]
    fn interpolate(self, vertices: &mut Vertices, cut: Cut, limits: &Axes) -> u8 {
        let [low, high] = make(vertices, cut);
        let low = low.simd_gt(get(&limits.0, 0));
        let high = high.simd_gt(get(&limits.0, 1));
        set_of_four(low, high) as u8
    }

    #[inline(always)]
    fn turned(self, vertices: &Vertices, vertex: u8) -> Axes {
        Axes([2, 0, 1, 3].map(|lane: usize| vertices.numbers[usize::from(vertex) + lane]))
    }

    #[inline(always)]
    fn add_edge_between(
        self,
        sum: &mut Axes,
        vertices: &Vertices,
        p_q: [u8; 2],
        differences: &Differences,
        pair: ReferencePair,
    ) {
        let [p, q] = p_q.map(|vertex| numbers_of(vertices, vertex));
        add_edge(sum, &p, &q, &differences.0[pair as usize / NUMBERS]);
    }
}

/// Makes a vertex, and returns its numbers.
#[inline(always)]
fn make(vertices: &mut Vertices, cut: Cut) -> [f64x2; NUMBERS / 2] {
    let [from, to] = [cut.from, cut.to].map(|vertex| numbers_of(vertices, vertex));
    let fraction = f64x2::splat(cut.fraction);
    let place = usize::from(cut.place);
    let mut numbers = [f64x2::ZERO; NUMBERS / 2];
    for pair in 0..NUMBERS / 2 {
        numbers[pair] = between(get(&from, pair), get(&to, pair), fraction);
        put(&mut vertices.numbers, place / 2 + pair, numbers[pair]);
    }
    numbers
}

#[inline(always)]
fn numbers_of(vertices: &Vertices, vertex: u8) -> [f64; NUMBERS] {
    let place = usize::from(vertex);
    let [a, b, c, d] = [0, 1, 2, 3].map(|number: usize| vertices.numbers[place + number]);
    [a, b, c, d]
}

/// Turns eight bytes, of bits 0 to 7 each, into the eight bytes that have bit `i` of byte `j` as bit
/// `j` of byte `i`.
fn transpose_bits(mut bits: u64) -> u64 {
    for (shift, mask) in [
        (7, 0x00AA_00AA_00AA_00AA),
        (14, 0x0000_CCCC_0000_CCCC),
        (28, 0x0000_0000_F0F0_F0F0),
    ] {
        let swapped = (bits ^ bits >> shift) & mask;
        bits ^= swapped ^ swapped << shift;
    }
    bits
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256d, _CMP_GT_OQ, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_loadu_si128,
        _mm_shuffle_epi8, _mm_unpacklo_epi16, _mm256_add_pd, _mm256_and_si256, _mm256_castpd_si256,
        _mm256_castsi256_si128, _mm256_cmp_pd, _mm256_extracti128_si256, _mm256_load_pd,
        _mm256_loadu_pd, _mm256_movemask_pd, _mm256_mul_pd, _mm256_or_si256, _mm256_packs_epi32,
        _mm256_permute2f128_pd, _mm256_permute4x64_pd, _mm256_set1_epi32, _mm256_set1_pd,
        _mm256_setzero_pd, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_store_pd,
        _mm256_storeu_pd, _mm256_storeu_si256, _mm256_sub_pd, _mm256_unpackhi_pd,
        _mm256_unpacklo_pd, _mm256_xor_si256, _mm256_zextsi128_si256,
    };

    use super::{
        Axes, BIT_OF_PLANE, Cut, Differences, FEW_EDGES, LANE_OF_PLANE, LANES, Lanes, MAX_EDGES,
        MAX_PLANES, NUMBERS, PlaneRow, ReferencePair, VertexMath, Vertices,
    };
    use crate::lanes::avx2::{
        Avx2, LAST, add_edge, between, load, load_axes, load_bytes, of_half, with_bit,
    };

    // SAFETY: as above. Vertices are read and written without asking for alignment, since the byte that
    // they are known by could be any; for each byte there are four numbers. A pair of reference points is
    // the place of the first of four numbers.
    impl VertexMath for Avx2 {
        #[inline(always)]
        fn place_eight(
            self,
            nodes: &[Lanes; 3],
            origin: &[f64; 3],
            planes: &[PlaneRow; MAX_PLANES],
            vertices: &mut Vertices,
        ) -> u64 {
            // SAFETY: the features that the function is compiled for are there.
            unsafe { place_eight(nodes, origin, planes, vertices) }
        }

        #[inline(always)]
        fn spread(self, bytes: u64, indices: &[u8; 16], into: &mut [u8; FEW_EDGES]) {
            unsafe {
                let bytes = _mm_cvtsi64_si128(bytes.cast_signed());
                let indices = _mm_loadu_si128(indices.as_ptr().cast());
                let spread = _mm256_zextsi128_si256(_mm_shuffle_epi8(bytes, indices));
                _mm256_storeu_si256(into.as_mut_ptr().cast(), spread);
            }
        }

        #[inline(always)]
        fn edges_outside<const FEW: bool>(
            self,
            starts: &[u8; MAX_EDGES],
            ends: &[u8; MAX_EDGES],
            bit: usize,
        ) -> [u64; 2] {
            unsafe {
                let [start, next_start] = load_bytes(starts);
                let [end, next_end] = load_bytes(ends);
                let changing = _mm256_xor_si256(start, end);
                if FEW {
                    return [of_half(changing, bit), of_half(end, bit)];
                }
                let next_changing = _mm256_xor_si256(next_start, next_end);
                [
                    with_bit([changing, next_changing], bit),
                    with_bit([end, next_end], bit),
                ]
            }
        }

        #[inline(always)]
        fn interpolate(self, vertices: &mut Vertices, cut: Cut, limits: &Axes) -> u8 {
            unsafe {
                let numbers = make(vertices, cut);
                let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(numbers, load_axes(limits));
                _mm256_movemask_pd(beyond) as u8
            }
        }

        #[inline(always)]
        fn turned(self, vertices: &Vertices, vertex: u8) -> Axes {
            let mut result = Axes::default();
            unsafe {
                let turned = _mm256_permute4x64_pd::<LAST>(_mm256_loadu_pd(at(vertices, vertex)));
                _mm256_store_pd(result.0.as_mut_ptr(), turned);
            }
            result
        }

        #[inline(always)]
        fn add_edge_between(
            self,
            sum: &mut Axes,
            vertices: &Vertices,
            [p, q]: [u8; 2],
            differences: &Differences,
            pair: ReferencePair,
        ) {
            unsafe {
                let p = _mm256_loadu_pd(at(vertices, p));
                let q = _mm256_loadu_pd(at(vertices, q));
                let difference = differences.0.as_ptr().cast::<f64>().add(pair as usize);
                add_edge(sum, p, q, _mm256_load_pd(difference));
            }
        }
    }

    /// Does what [`VertexMath::place_eight`] does. By itself, since the compiler would keep the planes
    /// from one cell to the next, which takes longer than to read them again.
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    unsafe fn place_eight(
        nodes: &[Lanes; 3],
        origin: &[f64; 3],
        planes: &[PlaneRow; MAX_PLANES],
        vertices: &mut Vertices,
    ) -> u64 {
        unsafe {
            let mut relative = [[_mm256_setzero_pd(); 2]; 3];
            for axis in 0..3 {
                let origin = _mm256_set1_pd(origin[axis]);
                for half in 0..2 {
                    relative[axis][half] = _mm256_sub_pd(load(&nodes[axis], half), origin);
                }
            }
            let [x, y, z] = relative;
            let mut outside = _mm256_setzero_si256();
            let mut rows = [[_mm256_setzero_pd(); 2]; NUMBERS];
            for plane in 0..MAX_PLANES {
                let [nx, ny, nz, offset, limit] = &planes[plane];
                let mut beyond = [_mm256_setzero_si256(); 2];
                for half in 0..2 {
                    let xy = _mm256_add_pd(
                        _mm256_mul_pd(load_axes(nx), x[half]),
                        _mm256_mul_pd(load_axes(ny), y[half]),
                    );
                    let sum = _mm256_add_pd(xy, _mm256_mul_pd(load_axes(nz), z[half]));
                    let distance = _mm256_sub_pd(sum, load_axes(offset));
                    let greater = _mm256_cmp_pd::<_CMP_GT_OQ>(distance, load_axes(limit));
                    beyond[half] = _mm256_castpd_si256(greater);
                    let start = LANES / 2 * half;
                    match plane {
                        0 => _mm256_storeu_pd(vertices.first.as_mut_ptr().add(start), distance),
                        1 => _mm256_storeu_pd(vertices.second.as_mut_ptr().add(start), distance),
                        _ => rows[LANE_OF_PLANE[plane]][half] = distance,
                    }
                }
                let both = _mm256_packs_epi32(beyond[0], beyond[1]);
                let bit = _mm256_set1_epi32(1 << BIT_OF_PLANE[plane]);
                outside = _mm256_or_si256(outside, _mm256_and_si256(both, bit));
            }
            for half in 0..2 {
                let [a, b, c, d] = rows;
                let numbers = [a[half], b[half], c[half], d[half]];
                store_turned(vertices, (NUMBERS * LANES / 2 * half) as u8, numbers);
            }
            // The nodes are at every fourth byte, 0, 1, 4, 5 in the one half and 2, 3, 6, 7 in the other.
            let gather = _mm256_set1_epi32(0x0C08_0400);
            let gathered = _mm256_shuffle_epi8(outside, gather);
            let [low, high] = [
                _mm256_castsi256_si128(gathered),
                _mm256_extracti128_si256::<1>(gathered),
            ];
            _mm_cvtsi128_si64(_mm_unpacklo_epi16(low, high)).cast_unsigned()
        }
    }

    /// The first number of a vertex: whatever the byte, four are there.
    #[inline(always)]
    unsafe fn at(vertices: &Vertices, vertex: u8) -> *const f64 {
        unsafe { vertices.numbers.as_ptr().add(usize::from(vertex)) }
    }

    #[inline(always)]
    unsafe fn at_mut(vertices: &mut Vertices, vertex: u8) -> *mut f64 {
        unsafe { vertices.numbers.as_mut_ptr().add(usize::from(vertex)) }
    }

    /// Makes a vertex, and returns its numbers.
    #[inline(always)]
    unsafe fn make(vertices: &mut Vertices, cut: Cut) -> __m256d {
        unsafe {
            let from = _mm256_loadu_pd(at(vertices, cut.from));
            let to = _mm256_loadu_pd(at(vertices, cut.to));
            let numbers = between(from, to, _mm256_set1_pd(cut.fraction));
            _mm256_storeu_pd(at_mut(vertices, cut.place), numbers);
            numbers
        }
    }

    /// Makes four vertices, from `first` on, of their numbers one after the other. `first` is such that
    /// bytes lead to all four.
    #[inline(always)]
    unsafe fn store_turned(vertices: &mut Vertices, first: u8, [a, b, c, d]: [__m256d; NUMBERS]) {
        unsafe {
            let (ab_even, ab_odd) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
            let (cd_even, cd_odd) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
            let turned = [
                _mm256_permute2f128_pd::<0x20>(ab_even, cd_even),
                _mm256_permute2f128_pd::<0x20>(ab_odd, cd_odd),
                _mm256_permute2f128_pd::<0x31>(ab_even, cd_even),
                _mm256_permute2f128_pd::<0x31>(ab_odd, cd_odd),
            ];
            for (index, numbers) in turned.into_iter().enumerate() {
                _mm256_storeu_pd(at_mut(vertices, first + (NUMBERS * index) as u8), numbers);
            }
        }
    }
}
