//! Eight numbers side by side: the arithmetic of the fast path, portable and for AVX2.
//!
//! Both ways do the same operations in the same order, without fused multiply-add, so they give the
//! same bits; the test in `dispatch.rs` holds them to it. Here and there is the unsafe code.
#![allow(unsafe_code)]

/// Numbers in each vertex of the fast path.
pub(crate) const LANES: usize = 8;

/// Eight numbers.
pub(crate) type Lanes = [f64; LANES];
/// Coordinates x, y, z, and a number to fill the register.
pub(crate) type Axes = [f64; 4];
/// Eight sets of up to 64 edges, or of nodes.
pub(crate) type Bits = [u64; LANES];

/// What the fast path does with all lanes at once.
pub(crate) trait LaneMath: Copy {
    /// Returns `normal · (node − point)`, summed in the order x, y, z.
    fn distances(self, normal: &[Lanes; 3], point: &[Lanes; 3], node: [f64; 3]) -> Lanes;

    /// Returns `from + (to − from) · fraction`.
    fn interpolate(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes;

    /// Returns one bit per lane: set where `value` is larger than `limit`.
    fn beyond(self, value: &Lanes, limit: &Lanes) -> Bits;

    /// Returns the set of lanes where `value` is larger than `limit`.
    fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8;

    /// Returns the set of those bytes that have bit number `bit`.
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64;

    /// Puts one bit per lane at `place` into each set.
    fn put(self, sets: &mut Bits, bits: &Bits, place: usize);

    /// Adds `(left − right) · (p × q)`, axis by axis, where `p` and `q` are lanes 0 to 2; lane 3 is
    /// of no meaning.
    fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, left: &Axes, right: &Axes);
}

/// Plain loops over the lanes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

impl LaneMath for Portable {
    #[inline(always)]
    fn distances(self, normal: &[Lanes; 3], point: &[Lanes; 3], [x, y, z]: [f64; 3]) -> Lanes {
        let [nx, ny, nz] = normal;
        let [cx, cy, cz] = point;
        let mut result = [0.0; LANES];
        for i in 0..LANES {
            result[i] = (nx[i] * (x - cx[i]) + ny[i] * (y - cy[i])) + nz[i] * (z - cz[i]);
        }
        result
    }

    #[inline(always)]
    fn interpolate(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes {
        let mut result = [0.0; LANES];
        for i in 0..LANES {
            result[i] = from[i] + (to[i] - from[i]) * fraction;
        }
        result
    }

    #[inline(always)]
    fn beyond(self, value: &Lanes, limit: &Lanes) -> Bits {
        let mut result = [0; LANES];
        for i in 0..LANES {
            result[i] = (limit[i] - value[i]).to_bits() >> 63;
        }
        result
    }

    #[inline(always)]
    fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8 {
        let mut set = 0;
        for i in 0..LANES {
            set |= (limit[i] - value[i]).to_bits() >> 63 << i;
        }
        set as u8
    }

    #[inline(always)]
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
        let (chunks, _) = bytes.as_chunks::<8>();
        let mut set = 0;
        for (index, chunk) in chunks.iter().enumerate() {
            let ones = u64::from_le_bytes(*chunk) >> bit & 0x0101_0101_0101_0101;
            // Byte i times 2^(56 − 7 i) is bit i of the highest byte.
            set |= (ones.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * index);
        }
        set
    }

    #[inline(always)]
    fn put(self, sets: &mut Bits, bits: &Bits, place: usize) {
        let others = !(1 << place);
        for i in 0..LANES {
            sets[i] = sets[i] & others | bits[i] << place;
        }
    }

    #[inline(always)]
    fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, left: &Axes, right: &Axes) {
        for (axis, (next, last)) in [(1, 2), (2, 0), (0, 1)].into_iter().enumerate() {
            let area = p[next] * q[last] - p[last] * q[next];
            sum[axis] += (left[axis] - right[axis]) * area;
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256d, __m256i, _mm_cvtsi64_si128, _mm256_add_pd, _mm256_and_si256, _mm256_castpd_si256,
        _mm256_loadu_pd, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_movemask_pd,
        _mm256_mul_pd, _mm256_or_si256, _mm256_permute4x64_pd, _mm256_set1_epi64x, _mm256_set1_pd,
        _mm256_sll_epi16, _mm256_sll_epi64, _mm256_srli_epi64, _mm256_storeu_pd,
        _mm256_storeu_si256, _mm256_sub_pd,
    };

    use super::{Axes, Bits, LANES, LaneMath, Lanes};

    /// Four lanes in each register. A value of this type exists only where the processor has AVX2.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Avx2(());

    impl Avx2 {
        /// Returns a value if this processor has AVX2 and the bit instructions that came with it.
        #[inline]
        pub(crate) fn detect() -> Option<Self> {
            let found = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("popcnt");
            found.then_some(Self(()))
        }
    }

    // SAFETY, of every block below: the intrinsics need AVX2, which `self` proves to be there, and
    // they read and write four numbers at `4 * half` of arrays of eight, `half` being 0 or 1, or
    // whole arrays of four; unaligned access is allowed.
    impl LaneMath for Avx2 {
        #[inline(always)]
        fn distances(self, normal: &[Lanes; 3], point: &[Lanes; 3], [x, y, z]: [f64; 3]) -> Lanes {
            let mut result = [0.0; LANES];
            for half in 0..2 {
                unsafe {
                    let along = |axis: usize, coordinate: f64| {
                        let from_point =
                            _mm256_sub_pd(_mm256_set1_pd(coordinate), load(&point[axis], half));
                        _mm256_mul_pd(load(&normal[axis], half), from_point)
                    };
                    let sum = _mm256_add_pd(along(0, x), along(1, y));
                    store(&mut result, half, _mm256_add_pd(sum, along(2, z)));
                }
            }
            result
        }

        #[inline(always)]
        fn interpolate(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes {
            let mut result = [0.0; LANES];
            for half in 0..2 {
                unsafe {
                    let start = load(from, half);
                    let step = _mm256_sub_pd(load(to, half), start);
                    let step = _mm256_mul_pd(step, _mm256_set1_pd(fraction));
                    store(&mut result, half, _mm256_add_pd(start, step));
                }
            }
            result
        }

        #[inline(always)]
        fn beyond(self, value: &Lanes, limit: &Lanes) -> Bits {
            let mut result = [0; LANES];
            for half in 0..2 {
                unsafe {
                    let difference = _mm256_sub_pd(load(limit, half), load(value, half));
                    let bits = _mm256_srli_epi64::<63>(_mm256_castpd_si256(difference));
                    store_bits(&mut result, half, bits);
                }
            }
            result
        }

        #[inline(always)]
        fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8 {
            let mut set = 0;
            for half in 0..2 {
                unsafe {
                    let difference = _mm256_sub_pd(load(limit, half), load(value, half));
                    set |= _mm256_movemask_pd(difference) << (4 * half);
                }
            }
            set as u8
        }

        #[inline(always)]
        fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
            let mut set = 0;
            for half in 0..2 {
                // SAFETY: 32 of the 64 bytes, from 0 or from 32.
                unsafe {
                    let bytes = _mm256_loadu_si256(bytes.as_ptr().add(32 * half).cast());
                    // The bit becomes the highest of its byte.
                    let shift = _mm_cvtsi64_si128(7 - i64::from(bit as u32));
                    let signs = _mm256_sll_epi16(bytes, shift);
                    let signs = _mm256_movemask_epi8(signs) as u32;
                    set |= u64::from(signs) << (32 * half);
                }
            }
            set
        }

        #[inline(always)]
        fn put(self, sets: &mut Bits, bits: &Bits, place: usize) {
            for half in 0..2 {
                unsafe {
                    let others = _mm256_set1_epi64x(!(1 << place));
                    let kept = _mm256_and_si256(load_bits(sets, half), others);
                    let place = _mm_cvtsi64_si128(i64::from(place as u32));
                    let added = _mm256_sll_epi64(load_bits(bits, half), place);
                    store_bits(sets, half, _mm256_or_si256(kept, added));
                }
            }
        }

        #[inline(always)]
        fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, left: &Axes, right: &Axes) {
            unsafe {
                let (p, q) = (load(p, 0), load(q, 0));
                // Lane by lane (y, z, x) and (z, x, y).
                let products = _mm256_mul_pd(
                    _mm256_permute4x64_pd::<0b11_00_10_01>(p),
                    _mm256_permute4x64_pd::<0b11_01_00_10>(q),
                );
                let others = _mm256_mul_pd(
                    _mm256_permute4x64_pd::<0b11_01_00_10>(p),
                    _mm256_permute4x64_pd::<0b11_00_10_01>(q),
                );
                let area = _mm256_sub_pd(products, others);
                let apart = _mm256_sub_pd(load_axes(left), load_axes(right));
                let total = _mm256_add_pd(load_axes(sum), _mm256_mul_pd(apart, area));
                _mm256_storeu_pd(sum.as_mut_ptr(), total);
            }
        }
    }

    #[inline(always)]
    unsafe fn load_axes(axes: &Axes) -> __m256d {
        unsafe { _mm256_loadu_pd(axes.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn load(lanes: &Lanes, half: usize) -> __m256d {
        unsafe { _mm256_loadu_pd(lanes.as_ptr().add(4 * half)) }
    }

    #[inline(always)]
    unsafe fn store(lanes: &mut Lanes, half: usize, value: __m256d) {
        unsafe { _mm256_storeu_pd(lanes.as_mut_ptr().add(4 * half), value) }
    }

    #[inline(always)]
    unsafe fn load_bits(bits: &Bits, half: usize) -> __m256i {
        unsafe { _mm256_loadu_si256(bits.as_ptr().add(4 * half).cast()) }
    }

    #[inline(always)]
    unsafe fn store_bits(bits: &mut Bits, half: usize, value: __m256i) {
        unsafe { _mm256_storeu_si256(bits.as_mut_ptr().add(4 * half).cast(), value) }
    }
}
