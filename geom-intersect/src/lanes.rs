//! Eight numbers side by side: the arithmetic of the fast path, portable and for AVX2.
//!
//! Both ways do the same operations in the same order, without fused multiply-add, so they give the
//! same bits; the test in `dispatch.rs` holds them to it. Here and there is the unsafe code.
#![allow(unsafe_code)]

mod four;
mod portable;
mod vertices;

pub(crate) use four::{CrossEdges, FourMath};
pub(crate) use portable::Portable;
pub(crate) use vertices::{
    BIT_OF_PLANE, Cut, Differences, LANE_OF_PLANE, NUMBERS, VertexMath, Vertices,
};

/// Numbers in each vertex of the general path, and corners of the largest standard cell.
pub(crate) const LANES: usize = 8;

/// Eight numbers, aligned to a cache line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f64; LANES]);

/// Eight numbers of single precision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(32))]
pub(crate) struct SingleLanes(pub(crate) [f32; LANES]);

/// Coordinates in the order z, x, y, and a number to fill the register.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, align(32))]
pub(crate) struct Axes(pub(crate) [f64; 4]);

/// A plane as the fast path takes it: the three coordinates of its normal, the offset along it, the
/// distance that still counts as inside; each four times over, to fill a register.
pub(crate) type PlaneRow = [Axes; 5];

/// What is done with all lanes at once.
pub(crate) trait LaneMath: Copy {
    /// Returns every number less `origin`.
    fn relative(self, numbers: &Lanes, origin: f64) -> Lanes;

    /// Returns `normal · node − offset` of eight nodes given axis by axis, summed in the order x, y,
    /// z, and the set of nodes that are beyond the plane's limit.
    fn distances(self, nodes: &[Lanes; 3], plane: &PlaneRow) -> (Lanes, u64);

    /// Returns `normal · (vertex − point)` of each lane, summed in the order x, y, z.
    fn lanes_of(self, normal: &[Lanes; 3], point: &[Lanes; 3], vertex: [f64; 3]) -> Lanes;

    /// Returns `from + (to − from) · fraction`.
    fn between(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes;

    /// Returns the set of lanes that are beyond their limits.
    fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8;

    /// Returns the set of eight boxes, given by their ends axis by axis, that share a volume with one.
    fn overlapping(
        self,
        lows: &[Lanes; 3],
        highs: &[Lanes; 3],
        low: [f64; 3],
        high: [f64; 3],
    ) -> u8;

    /// Returns the set of eight cells that a plane across one of some directions divides from another.
    fn apart<const N: usize>(self, eight: &[[SingleLanes; 2]; N], other: &[[f32; 2]; N]) -> u8;

    /// Writes the members of a set, counted from `first`, ascending; what follows them is of no meaning.
    fn list(self, set: u8, first: u32, members: &mut [u32; LANES]);

    /// Returns the set of bytes that have a bit.
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64;

    /// Returns `left − right`.
    fn minus(self, left: &Axes, right: &Axes) -> Axes;

    /// Returns `left − right` in the order z, x, y, of vertices that begin with x, y, z.
    fn difference(self, left: &Lanes, right: &Lanes) -> Axes;

    /// Adds `difference · (p × q)`, axis by axis, where `p` and `q` begin with x, y, z; lane 3 is of
    /// no meaning.
    fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, difference: &Axes);
}

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256, __m256d, __m256i, _CMP_GT_OQ, _CMP_LT_OQ, _mm_cvtsi64_si128, _mm256_add_epi32,
        _mm256_add_pd, _mm256_and_pd, _mm256_castsi256_pd, _mm256_cmp_pd, _mm256_cmp_ps,
        _mm256_cvtepu8_epi32, _mm256_load_pd, _mm256_load_ps, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_movemask_pd, _mm256_movemask_ps, _mm256_mul_pd, _mm256_or_ps,
        _mm256_permute4x64_pd, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_set1_pd,
        _mm256_set1_ps, _mm256_setzero_ps, _mm256_sll_epi16, _mm256_store_pd, _mm256_storeu_si256,
        _mm256_sub_pd,
    };

    use super::{Axes, LANES, LaneMath, Lanes, PlaneRow, SingleLanes};

    /// Four lanes in each register. A value of this type exists only where the processor has AVX2.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Avx2(());

    impl Avx2 {
        /// Returns a value if this processor has AVX2 and the bit instructions that came with it.
        pub(crate) fn detect() -> Option<Self> {
            let found = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("popcnt");
            found.then_some(Self(()))
        }
    }

    /// The members of each set of eight, one to a byte, ascending.
    static MEMBERS: [u64; 256] = {
        let mut members = [0; 256];
        let mut set = 0;
        while set < 256 {
            let (mut member, mut count) = (0, 0);
            while member < 8 {
                if set >> member & 1 == 1 {
                    members[set] |= member << (8 * count);
                    count += 1;
                }
                member += 1;
            }
            set += 1;
        }
        members
    };

    /// The order y, z, x of the first three lanes.
    const NEXT: i32 = 0b11_00_10_01;
    /// The order z, x, y of the first three lanes.
    pub(in crate::lanes) const LAST: i32 = 0b11_01_00_10;

    // SAFETY, of every block below: the intrinsics need AVX2, which `self` proves to be there. Those
    // that read or write memory do so within arrays of exactly that size, borrowed for it, at
    // `4 * half` of eight numbers, `half` being 0 or 1, or whole; `Lanes`, `SingleLanes` and `Axes` are
    // aligned to 32 bytes and more, as `_mm256_load_pd` and `_mm256_load_ps` ask, and for bytes unaligned access is used.
    impl LaneMath for Avx2 {
        #[inline(always)]
        fn relative(self, numbers: &Lanes, origin: f64) -> Lanes {
            let mut result = Lanes::default();
            for half in 0..2 {
                unsafe {
                    let difference = _mm256_sub_pd(load(numbers, half), _mm256_set1_pd(origin));
                    store(&mut result, half, difference);
                }
            }
            result
        }

        #[inline(always)]
        fn distances(self, nodes: &[Lanes; 3], plane: &PlaneRow) -> (Lanes, u64) {
            let [nx, ny, nz, offset, limit] = plane;
            let mut result = Lanes::default();
            let mut beyond = 0;
            for half in 0..2 {
                unsafe {
                    let x = _mm256_mul_pd(load_axes(nx), load(&nodes[0], half));
                    let y = _mm256_mul_pd(load_axes(ny), load(&nodes[1], half));
                    let z = _mm256_mul_pd(load_axes(nz), load(&nodes[2], half));
                    let sum = _mm256_add_pd(_mm256_add_pd(x, y), z);
                    let distance = _mm256_sub_pd(sum, load_axes(offset));
                    let greater = _mm256_cmp_pd::<_CMP_GT_OQ>(distance, load_axes(limit));
                    beyond |= (_mm256_movemask_pd(greater) as u64) << (4 * half);
                    store(&mut result, half, distance);
                }
            }
            (result, beyond)
        }

        #[inline(always)]
        fn lanes_of(self, normal: &[Lanes; 3], point: &[Lanes; 3], vertex: [f64; 3]) -> Lanes {
            let mut result = Lanes::default();
            for half in 0..2 {
                unsafe {
                    let along = |axis: usize| {
                        let from_point =
                            _mm256_sub_pd(_mm256_set1_pd(vertex[axis]), load(&point[axis], half));
                        _mm256_mul_pd(load(&normal[axis], half), from_point)
                    };
                    let sum = _mm256_add_pd(_mm256_add_pd(along(0), along(1)), along(2));
                    store(&mut result, half, sum);
                }
            }
            result
        }

        #[inline(always)]
        fn between(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes {
            let mut result = Lanes::default();
            for half in 0..2 {
                unsafe {
                    let fraction = _mm256_set1_pd(fraction);
                    let end = between(load(from, half), load(to, half), fraction);
                    store(&mut result, half, end);
                }
            }
            result
        }

        #[inline(always)]
        fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8 {
            unsafe {
                let low = _mm256_cmp_pd::<_CMP_GT_OQ>(load(value, 0), load(limit, 0));
                let high = _mm256_cmp_pd::<_CMP_GT_OQ>(load(value, 1), load(limit, 1));
                (_mm256_movemask_pd(low) | _mm256_movemask_pd(high) << 4) as u8
            }
        }

        #[inline(always)]
        fn overlapping(
            self,
            lows: &[Lanes; 3],
            highs: &[Lanes; 3],
            low: [f64; 3],
            high: [f64; 3],
        ) -> u8 {
            let mut set = 0;
            for half in 0..2 {
                unsafe {
                    let mut all = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
                    for axis in 0..3 {
                        let (from, to) = (_mm256_set1_pd(low[axis]), _mm256_set1_pd(high[axis]));
                        let before = _mm256_cmp_pd::<_CMP_LT_OQ>(load(&lows[axis], half), to);
                        let after = _mm256_cmp_pd::<_CMP_GT_OQ>(load(&highs[axis], half), from);
                        all = _mm256_and_pd(all, _mm256_and_pd(before, after));
                    }
                    set |= _mm256_movemask_pd(all) << (4 * half);
                }
            }
            set as u8
        }

        #[inline(always)]
        fn apart<const N: usize>(self, eight: &[[SingleLanes; 2]; N], other: &[[f32; 2]; N]) -> u8 {
            unsafe {
                let mut apart = _mm256_setzero_ps();
                for direction in 0..N {
                    let [low, high] = other[direction].map(|end| _mm256_set1_ps(end));
                    let [lows, highs] = &eight[direction];
                    let (lows, highs) = (load_single(lows), load_single(highs));
                    apart = _mm256_or_ps(apart, _mm256_cmp_ps::<_CMP_GT_OQ>(lows, high));
                    apart = _mm256_or_ps(apart, _mm256_cmp_ps::<_CMP_LT_OQ>(highs, low));
                }
                _mm256_movemask_ps(apart) as u8
            }
        }

        #[inline(always)]
        fn list(self, set: u8, first: u32, members: &mut [u32; LANES]) {
            unsafe {
                let places = _mm_cvtsi64_si128(MEMBERS[usize::from(set)].cast_signed());
                let places = _mm256_cvtepu8_epi32(places);
                let from_first = _mm256_add_epi32(places, _mm256_set1_epi32(first.cast_signed()));
                _mm256_storeu_si256(members.as_mut_ptr().cast(), from_first);
            }
        }

        #[inline(always)]
        fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
            unsafe { with_bit(load_bytes(bytes), bit) }
        }

        #[inline(always)]
        fn minus(self, left: &Axes, right: &Axes) -> Axes {
            let mut result = Axes::default();
            unsafe {
                let difference = _mm256_sub_pd(load_axes(left), load_axes(right));
                _mm256_store_pd(result.0.as_mut_ptr(), difference);
            }
            result
        }

        #[inline(always)]
        fn difference(self, left: &Lanes, right: &Lanes) -> Axes {
            let mut result = Axes::default();
            unsafe {
                let difference = _mm256_sub_pd(load(left, 0), load(right, 0));
                let turned = _mm256_permute4x64_pd::<LAST>(difference);
                _mm256_store_pd(result.0.as_mut_ptr(), turned);
            }
            result
        }

        #[inline(always)]
        fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, difference: &Axes) {
            unsafe { add_edge(sum, load(p, 0), load(q, 0), load_axes(difference)) }
        }
    }

    /// Adds `difference · (p × q)`, as [`LaneMath::add_edge`] does.
    #[inline(always)]
    pub(in crate::lanes) unsafe fn add_edge(
        sum: &mut Axes,
        p: __m256d,
        q: __m256d,
        difference: __m256d,
    ) {
        unsafe {
            let products = _mm256_mul_pd(p, _mm256_permute4x64_pd::<NEXT>(q));
            let others = _mm256_mul_pd(_mm256_permute4x64_pd::<NEXT>(p), q);
            let area = _mm256_sub_pd(products, others);
            let total = _mm256_add_pd(load_axes(sum), _mm256_mul_pd(difference, area));
            _mm256_store_pd(sum.0.as_mut_ptr(), total);
        }
    }

    #[inline(always)]
    pub(in crate::lanes) unsafe fn load_bytes(bytes: &[u8; 64]) -> [__m256i; 2] {
        unsafe {
            [
                _mm256_loadu_si256(bytes.as_ptr().cast()),
                _mm256_loadu_si256(bytes.as_ptr().add(32).cast()),
            ]
        }
    }

    /// Returns the set of bytes that have a bit.
    #[inline(always)]
    pub(in crate::lanes) unsafe fn with_bit([low, high]: [__m256i; 2], bit: usize) -> u64 {
        unsafe { of_half(low, bit) | of_half(high, bit) << 32 }
    }

    /// Returns the set of 32 bytes that have a bit.
    #[inline(always)]
    pub(in crate::lanes) unsafe fn of_half(bytes: __m256i, bit: usize) -> u64 {
        unsafe {
            let shift = _mm_cvtsi64_si128(7 - i64::from(bit as u32));
            // The highest bit of each byte is what counts; what neighbours shift in is below.
            let set = _mm256_movemask_epi8(_mm256_sll_epi16(bytes, shift));
            u64::from(set.cast_unsigned())
        }
    }

    /// Returns `from + (to − from) · fraction`.
    #[inline(always)]
    pub(in crate::lanes) unsafe fn between(
        from: __m256d,
        to: __m256d,
        fraction: __m256d,
    ) -> __m256d {
        unsafe { _mm256_add_pd(from, _mm256_mul_pd(_mm256_sub_pd(to, from), fraction)) }
    }

    #[inline(always)]
    unsafe fn load_single(numbers: &SingleLanes) -> __m256 {
        unsafe { _mm256_load_ps(numbers.0.as_ptr()) }
    }

    #[inline(always)]
    pub(in crate::lanes) unsafe fn load_axes(axes: &Axes) -> __m256d {
        unsafe { _mm256_load_pd(axes.0.as_ptr()) }
    }

    #[inline(always)]
    pub(in crate::lanes) unsafe fn load(lanes: &Lanes, half: usize) -> __m256d {
        unsafe { _mm256_load_pd(lanes.0.as_ptr().add(4 * half)) }
    }

    #[inline(always)]
    unsafe fn store(lanes: &mut Lanes, half: usize, value: __m256d) {
        unsafe { _mm256_store_pd(lanes.0.as_mut_ptr().add(4 * half), value) }
    }
}
