//! Eight numbers side by side: the arithmetic of the fast path, portable and for AVX2.
//!
//! Both ways do the same operations in the same order, without fused multiply-add, so they give the
//! same bits; the test in `dispatch.rs` holds them to it. Here and there is the unsafe code.
#![allow(unsafe_code)]

/// Numbers in each vertex of the fast path, and corners of the largest standard cell.
pub(crate) const LANES: usize = 8;

/// Eight numbers, aligned to a cache line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f64; LANES]);

/// Coordinates in the order z, x, y, and a number to fill the register.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, align(32))]
pub(crate) struct Axes(pub(crate) [f64; 4]);

/// A plane as the fast path takes it: the three coordinates of its normal, the offset along it, the
/// distance that still counts as inside; each four times over, to fill a register.
pub(crate) type PlaneRow = [Axes; 5];

/// The order in which a set of lanes has them: of four at a time, those of the first and the second
/// four in turns. It is what the processor gives for two registers at once.
pub(crate) const BIT_OF_LANE: [u8; LANES] = [0, 1, 4, 5, 2, 3, 6, 7];

/// What the fast path does with all lanes at once.
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

    /// Turns eight nodes given number by number into eight given node by node; `half` says that
    /// only the first four are of interest.
    fn transpose(self, rows: &[Lanes; LANES], nodes: &mut [Lanes; LANES], half: bool);

    /// Puts `from + (to − from) · fraction` into a vertex and returns the set of lanes that are beyond
    /// their limits, in the order of [`BIT_OF_LANE`]; of the first four lanes only if `HALF` says so.
    fn interpolate<const HALF: bool>(
        self,
        vertices: &mut [Lanes; 256],
        from_to: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
    ) -> u8;

    /// Returns bytes `bytes[index]` for sixteen indices below eight.
    fn spread(self, bytes: u64, indices: &[u8; 16]) -> [u8; 16];

    /// Returns the set of bytes that have a bit.
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64;

    /// Returns `left − right` in the order z, x, y, of vertices that begin with x, y, z.
    fn difference(self, left: &Lanes, right: &Lanes) -> Axes;

    /// Adds `difference · (p × q)`, axis by axis, where `p` and `q` begin with x, y, z; lane 3 is of
    /// no meaning.
    fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, difference: &Axes);
}

/// What the path of tetrahedra does with four numbers at once: a number of each of four nodes, or of
/// each of four faces.
///
/// A vertex begins with x, y, the distance from the last plane, z; then come the distances from planes
/// 1 and 2.
pub(crate) trait FourMath: LaneMath {
    /// Returns whether, of the products lane by lane, one of 0 and 1, or of 2 and 3, is less than an
    /// eighth of the other.
    fn eightfold(self, one: &Axes, other: &Axes) -> bool;

    /// Returns every number less `origin`.
    fn relative_four(self, numbers: &Axes, origin: f64) -> Axes;

    /// Does what [`LaneMath::distances`] does, for four nodes.
    fn distances_of_four(self, nodes: &[Axes; 3], plane: &PlaneRow) -> (Axes, u32);

    /// Returns the set of faces, each with a normal and a corner, that all four nodes, each
    /// coordinate four times over, are outside of by more than `margin`.
    fn faces_between(
        self,
        normals: &[Axes; 3],
        corners: &[Axes; 3],
        nodes: &[[Axes; 3]; 4],
        margin: f64,
    ) -> u32;

    /// Turns the rows x, y, distance from the last plane, z, and the distances from planes 1 and 2,
    /// into the first four vertices.
    fn vertices_of_four(self, rows: &[Axes; 6], vertices: &mut Vertices);

    /// Puts `from + (to − from) · fraction` into numbers 0 to 3 of a vertex, and some ends of edges into
    /// the set of plane 3 if it is beyond its limit, else takes them out.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call in the hot loop, never a struct"
    )]
    fn interpolate_low(
        self,
        vertices: &mut Vertices,
        from_to: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
        sets: &mut OutsideSets,
        ends: u64,
    );

    /// Does the same for numbers 4 and 5, planes 1 and 2.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call in the hot loop, never a struct"
    )]
    fn interpolate_high(
        self,
        vertices: &mut Vertices,
        from_to: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
        sets: &mut OutsideSets,
        ends: u64,
    );

    /// Returns z, x, a number of no meaning, y of a vertex.
    fn turned(self, vertices: &Vertices, vertex: u8) -> Axes;

    /// Returns `left − right`.
    fn minus(self, left: &Axes, right: &Axes) -> Axes;

    /// Adds `difference · (p × q)`, axis by axis in the order of [`turned`](Self::turned); lane 2 is of
    /// no meaning.
    fn add_edge_of_four(self, sum: &mut Axes, vertices: &Vertices, p_q: [u8; 2], difference: &Axes);
}

/// The vertices of a pair of tetrahedra, eight numbers each. A vertex is known by the place of its
/// first number, which fits a byte: there are four nodes, and at most four, five, six and seven more
/// from the four planes. The array is so long that no byte leads beyond it.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Vertices(pub(crate) [f64; 256 + LANES]);

/// For planes 1 and 2, and for plane 3 as number 2 of four, the set of starts and ends of edges that
/// are outside.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
pub(crate) struct OutsideSets {
    pub(crate) low: [u64; 4],
    pub(crate) high: [u64; 2],
}

/// Plain loops over the lanes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

impl LaneMath for Portable {
    #[inline(always)]
    fn relative(self, numbers: &Lanes, origin: f64) -> Lanes {
        Lanes(numbers.0.map(|number| number - origin))
    }

    #[inline(always)]
    fn distances(self, nodes: &[Lanes; 3], plane: &PlaneRow) -> (Lanes, u64) {
        let [nx, ny, nz, offset, limit] = plane.each_ref().map(|number| number.0[0]);
        let [x, y, z] = nodes;
        let mut result = [0.0; LANES];
        for i in 0..LANES {
            result[i] = ((nx * x.0[i] + ny * y.0[i]) + nz * z.0[i]) - offset;
        }
        let beyond = (0..LANES).fold(0, |set, i| set | u64::from(result[i] > limit) << i);
        (Lanes(result), beyond)
    }

    #[inline(always)]
    fn lanes_of(self, normal: &[Lanes; 3], point: &[Lanes; 3], [x, y, z]: [f64; 3]) -> Lanes {
        let [nx, ny, nz] = normal;
        let [cx, cy, cz] = point;
        let mut result = [0.0; LANES];
        for i in 0..LANES {
            let along_x = nx.0[i] * (x - cx.0[i]);
            result[i] = (along_x + ny.0[i] * (y - cy.0[i])) + nz.0[i] * (z - cz.0[i]);
        }
        Lanes(result)
    }

    #[inline(always)]
    fn between(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes {
        let mut result = [0.0; LANES];
        for i in 0..LANES {
            result[i] = from.0[i] + (to.0[i] - from.0[i]) * fraction;
        }
        Lanes(result)
    }

    #[inline(always)]
    fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8 {
        (0..LANES).fold(0, |set, i| set | u8::from(value.0[i] > limit.0[i]) << i)
    }

    #[inline(always)]
    fn transpose(self, rows: &[Lanes; LANES], nodes: &mut [Lanes; LANES], half: bool) {
        let count = if half { LANES / 2 } else { LANES };
        for (index, node) in nodes.iter_mut().enumerate().take(count) {
            node.0 = [0, 1, 2, 3, 4, 5, 6, 7].map(|row: usize| rows[row].0[index]);
        }
    }

    #[inline(always)]
    fn interpolate<const HALF: bool>(
        self,
        vertices: &mut [Lanes; 256],
        [from, to]: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
    ) -> u8 {
        let (from, to) = (vertices[from as usize].0, vertices[to as usize].0);
        let vertex = &mut vertices[place as usize].0;
        let mut beyond = 0;
        for i in 0..if HALF { LANES / 2 } else { LANES } {
            vertex[i] = from[i] + (to[i] - from[i]) * fraction;
            beyond |= u8::from(vertex[i] > limits.0[i]) << BIT_OF_LANE[i];
        }
        beyond
    }

    #[inline(always)]
    fn spread(self, bytes: u64, indices: &[u8; 16]) -> [u8; 16] {
        let bytes = bytes.to_le_bytes();
        indices.map(|index| bytes[usize::from(index) % 8])
    }

    #[inline(always)]
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
        // The product moves the lowest bits of eight bytes into one byte.
        const LOWEST: u64 = 0x0101_0101_0101_0101;
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let (words, _) = bytes.as_chunks::<8>();
        words.iter().enumerate().fold(0, |set, (word, bytes)| {
            let bits = u64::from_le_bytes(*bytes) >> bit & LOWEST;
            set | (bits.wrapping_mul(GATHER) >> 56) << (8 * word)
        })
    }

    #[inline(always)]
    fn difference(self, left: &Lanes, right: &Lanes) -> Axes {
        Axes([2, 0, 1, 3].map(|axis: usize| left.0[axis] - right.0[axis]))
    }

    #[inline(always)]
    fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, difference: &Axes) {
        for (axis, next) in [(0, 1), (1, 2), (2, 0)] {
            let area = p.0[axis] * q.0[next] - p.0[next] * q.0[axis];
            sum.0[axis] += difference.0[axis] * area;
        }
    }
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
    fn distances_of_four(self, nodes: &[Axes; 3], plane: &PlaneRow) -> (Axes, u32) {
        let [nx, ny, nz, offset, limit] = plane.each_ref().map(|number| number.0[0]);
        let [x, y, z] = nodes;
        let mut result = [0.0; 4];
        for i in 0..4 {
            result[i] = ((nx * x.0[i] + ny * y.0[i]) + nz * z.0[i]) - offset;
        }
        let beyond = (0..4).fold(0, |set, i| set | u32::from(result[i] > limit) << i);
        (Axes(result), beyond)
    }

    #[inline(always)]
    fn faces_between(
        self,
        normals: &[Axes; 3],
        corners: &[Axes; 3],
        nodes: &[[Axes; 3]; 4],
        margin: f64,
    ) -> u32 {
        let along = |[x, y, z]: &[Axes; 3]| {
            let mut result = [0.0; 4];
            for i in 0..4 {
                let [nx, ny, nz] = normals.each_ref().map(|axis| axis.0[i]);
                result[i] = (nx * x.0[i] + ny * y.0[i]) + nz * z.0[i];
            }
            result
        };
        let [a, b, c, d] = nodes.each_ref().map(along);
        let offset = along(corners);
        (0..4).fold(0, |set, i| {
            let lower = |one: f64, other: f64| if one < other { one } else { other };
            let nearest = lower(lower(a[i], b[i]), lower(c[i], d[i]));
            set | u32::from(nearest > offset[i] + margin) << i
        })
    }

    #[inline(always)]
    fn vertices_of_four(self, rows: &[Axes; 6], vertices: &mut Vertices) {
        for index in 0..4 {
            for (lane, row) in rows.iter().enumerate() {
                vertices.0[LANES * index + lane] = row.0[index];
            }
        }
    }

    #[inline(always)]
    fn interpolate_low(
        self,
        vertices: &mut Vertices,
        from_to: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
        sets: &mut OutsideSets,
        ends: u64,
    ) {
        let [from, to, place] = [from_to[0], from_to[1], place].map(usize::from);
        let mut numbers = [0.0; 4];
        for i in 0..4 {
            let [from, to] = [from, to].map(|vertex| vertices.0[vertex + i]);
            numbers[i] = from + (to - from) * fraction;
        }
        vertices.0[place..place + 4].copy_from_slice(&numbers);
        put(&mut sets.low[2], ends, numbers[2] > limits.0[2]);
    }

    #[inline(always)]
    fn interpolate_high(
        self,
        vertices: &mut Vertices,
        from_to: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
        sets: &mut OutsideSets,
        ends: u64,
    ) {
        let [from, to, place] =
            [from_to[0], from_to[1], place].map(|vertex| usize::from(vertex) + 4);
        let mut numbers = [0.0; 2];
        for i in 0..2 {
            let [from, to] = [from, to].map(|vertex| vertices.0[vertex + i]);
            numbers[i] = from + (to - from) * fraction;
        }
        for i in 0..2 {
            vertices.0[place + i] = numbers[i];
            put(&mut sets.high[i], ends, numbers[i] > limits.0[4 + i]);
        }
    }

    #[inline(always)]
    fn turned(self, vertices: &Vertices, vertex: u8) -> Axes {
        Axes([3, 0, 2, 1].map(|lane: usize| vertices.0[usize::from(vertex) + lane]))
    }

    #[inline(always)]
    fn minus(self, left: &Axes, right: &Axes) -> Axes {
        Axes([0, 1, 2, 3].map(|lane: usize| left.0[lane] - right.0[lane]))
    }

    #[inline(always)]
    fn add_edge_of_four(
        self,
        sum: &mut Axes,
        vertices: &Vertices,
        p_q: [u8; 2],
        difference: &Axes,
    ) {
        let [p, q] = p_q.map(usize::from);
        let p = |lane: usize| vertices.0[p + lane];
        let q = |lane: usize| vertices.0[q + lane];
        for (lane, next) in [(0, 1), (1, 3), (3, 0)] {
            let area = p(lane) * q(next) - p(next) * q(lane);
            sum.0[lane] += difference.0[lane] * area;
        }
    }
}

/// Puts `some` into a set, or takes them out.
#[inline(always)]
fn put(set: &mut u64, some: u64, are_in: bool) {
    *set = *set & !some | some & u64::from(are_in).wrapping_neg();
}

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256d, _CMP_GT_OQ, _CMP_LT_OQ, _mm_add_pd, _mm_and_si128, _mm_castpd_si128, _mm_cmpgt_pd,
        _mm_cvtsi64_si128, _mm_load_pd, _mm_load_si128, _mm_loadu_pd, _mm_loadu_si128, _mm_mul_pd,
        _mm_set1_epi64x, _mm_set1_pd, _mm_shuffle_epi8, _mm_store_pd, _mm_store_si128,
        _mm_storeu_pd, _mm_storeu_si128, _mm_sub_pd, _mm_xor_si128, _mm256_add_pd,
        _mm256_and_si256, _mm256_castpd_si256, _mm256_castpd256_pd128, _mm256_castsi256_ps,
        _mm256_cmp_pd, _mm256_extractf128_pd, _mm256_load_pd, _mm256_load_si256, _mm256_loadu_pd,
        _mm256_loadu_si256, _mm256_min_pd, _mm256_movemask_epi8, _mm256_movemask_pd,
        _mm256_movemask_ps, _mm256_mul_pd, _mm256_packs_epi32, _mm256_permute_pd,
        _mm256_permute2f128_pd, _mm256_permute4x64_pd, _mm256_set1_epi64x, _mm256_set1_pd,
        _mm256_setzero_pd, _mm256_sll_epi16, _mm256_store_pd, _mm256_store_si256, _mm256_storeu_pd,
        _mm256_sub_pd, _mm256_unpackhi_pd, _mm256_unpacklo_pd, _mm256_xor_si256,
    };

    use super::{Axes, FourMath, LANES, LaneMath, Lanes, OutsideSets, PlaneRow, Vertices};

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

    /// The order y, z, x of the first three lanes.
    const NEXT: i32 = 0b11_00_10_01;
    /// The order z, x, y of the first three lanes.
    const LAST: i32 = 0b11_01_00_10;

    // SAFETY, of every block below: the intrinsics need AVX2, which `self` proves to be there. Those
    // that read or write memory do so within arrays of exactly that size, borrowed for it, at
    // `4 * half` of eight numbers, `half` being 0 or 1, or whole; `Lanes` and `Axes` are aligned to
    // 32 bytes and more, as `_mm256_load_pd` asks, and for bytes unaligned access is used.
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
        fn transpose(self, rows: &[Lanes; LANES], nodes: &mut [Lanes; LANES], half: bool) {
            for group in 0..if half { 1 } else { 2 } {
                for part in 0..2 {
                    unsafe {
                        let a = load(&rows[4 * part], group);
                        let b = load(&rows[4 * part + 1], group);
                        let c = load(&rows[4 * part + 2], group);
                        let d = load(&rows[4 * part + 3], group);
                        let (ab_even, ab_odd) =
                            (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
                        let (cd_even, cd_odd) =
                            (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
                        let turned = [
                            _mm256_permute2f128_pd::<0x20>(ab_even, cd_even),
                            _mm256_permute2f128_pd::<0x20>(ab_odd, cd_odd),
                            _mm256_permute2f128_pd::<0x31>(ab_even, cd_even),
                            _mm256_permute2f128_pd::<0x31>(ab_odd, cd_odd),
                        ];
                        for (index, numbers) in turned.into_iter().enumerate() {
                            store(&mut nodes[4 * group + index], part, numbers);
                        }
                    }
                }
            }
        }

        #[inline(always)]
        fn interpolate<const HALF: bool>(
            self,
            vertices: &mut [Lanes; 256],
            [from, to]: [u8; 2],
            fraction: f64,
            place: u8,
            limits: &Lanes,
        ) -> u8 {
            unsafe {
                let fraction = _mm256_set1_pd(fraction);
                let (from, to) = (vertices[from as usize], vertices[to as usize]);
                let vertex = &mut vertices[place as usize];
                let low = between(load(&from, 0), load(&to, 0), fraction);
                store(vertex, 0, low);
                let low = _mm256_cmp_pd::<_CMP_GT_OQ>(low, load(limits, 0));
                let mut high = _mm256_setzero_pd();
                if !HALF {
                    high = between(load(&from, 1), load(&to, 1), fraction);
                    store(vertex, 1, high);
                    high = _mm256_cmp_pd::<_CMP_GT_OQ>(high, load(limits, 1));
                }
                let both = _mm256_packs_epi32(_mm256_castpd_si256(low), _mm256_castpd_si256(high));
                _mm256_movemask_ps(_mm256_castsi256_ps(both)) as u8
            }
        }

        #[inline(always)]
        fn spread(self, bytes: u64, indices: &[u8; 16]) -> [u8; 16] {
            let mut result = [0; 16];
            unsafe {
                let bytes = _mm_cvtsi64_si128(bytes.cast_signed());
                let indices = _mm_loadu_si128(indices.as_ptr().cast());
                let spread = _mm_shuffle_epi8(bytes, indices);
                _mm_storeu_si128(result.as_mut_ptr().cast(), spread);
            }
            result
        }

        #[inline(always)]
        fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
            unsafe {
                let shift = _mm_cvtsi64_si128(7 - i64::from(bit as u32));
                let low = _mm256_loadu_si256(bytes.as_ptr().cast());
                let high = _mm256_loadu_si256(bytes.as_ptr().add(32).cast());
                // The highest bit of each byte is what counts; what neighbours shift in is below.
                let low = _mm256_movemask_epi8(_mm256_sll_epi16(low, shift));
                let high = _mm256_movemask_epi8(_mm256_sll_epi16(high, shift));
                u64::from(low.cast_unsigned()) | u64::from(high.cast_unsigned()) << 32
            }
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
            unsafe {
                let (p, q) = (load(p, 0), load(q, 0));
                let products = _mm256_mul_pd(p, _mm256_permute4x64_pd::<NEXT>(q));
                let others = _mm256_mul_pd(_mm256_permute4x64_pd::<NEXT>(p), q);
                let area = _mm256_sub_pd(products, others);
                let volume = _mm256_mul_pd(load_axes(difference), area);
                let total = _mm256_add_pd(load_axes(sum), volume);
                _mm256_store_pd(sum.0.as_mut_ptr(), total);
            }
        }
    }

    /// The order y, z, x of a vertex of tetrahedra, in which z is lane 3.
    const NEXT_OF_FOUR: i32 = 0b00_10_11_01;
    /// The order z, x, y of the same.
    const LAST_OF_FOUR: i32 = 0b01_10_00_11;
    /// Two and two lanes exchanged.
    const OTHER_OF_TWO: i32 = 0b01_01;

    // SAFETY: as above. Vertices are read and written without asking for alignment where the byte that
    // they are known by is not known to be a multiple of eight; for each byte there are eight numbers.
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
            let mut result = Axes::default();
            unsafe {
                let difference = _mm256_sub_pd(load_axes(numbers), _mm256_set1_pd(origin));
                _mm256_store_pd(result.0.as_mut_ptr(), difference);
            }
            result
        }

        #[inline(always)]
        fn distances_of_four(self, nodes: &[Axes; 3], plane: &PlaneRow) -> (Axes, u32) {
            let [nx, ny, nz, offset, limit] = plane;
            let mut result = Axes::default();
            unsafe {
                let along = along(&[load_axes(nx), load_axes(ny), load_axes(nz)], nodes);
                let distance = _mm256_sub_pd(along, load_axes(offset));
                let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(distance, load_axes(limit));
                _mm256_store_pd(result.0.as_mut_ptr(), distance);
                (result, _mm256_movemask_pd(beyond).cast_unsigned())
            }
        }

        #[inline(always)]
        fn faces_between(
            self,
            normals: &[Axes; 3],
            corners: &[Axes; 3],
            nodes: &[[Axes; 3]; 4],
            margin: f64,
        ) -> u32 {
            let [nx, ny, nz] = normals;
            let [a, b, c, d] = nodes;
            unsafe {
                let normals = [load_axes(nx), load_axes(ny), load_axes(nz)];
                let offset = along(&normals, corners);
                let ab = _mm256_min_pd(along(&normals, a), along(&normals, b));
                let cd = _mm256_min_pd(along(&normals, c), along(&normals, d));
                let limit = _mm256_add_pd(offset, _mm256_set1_pd(margin));
                let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(_mm256_min_pd(ab, cd), limit);
                _mm256_movemask_pd(beyond).cast_unsigned()
            }
        }

        #[inline(always)]
        fn vertices_of_four(self, rows: &[Axes; 6], vertices: &mut Vertices) {
            unsafe {
                let (a, b) = (load_axes(&rows[0]), load_axes(&rows[1]));
                let (c, d) = (load_axes(&rows[2]), load_axes(&rows[3]));
                let (e, f) = (load_axes(&rows[4]), load_axes(&rows[5]));
                let (ab_even, ab_odd) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
                let (cd_even, cd_odd) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
                let (ef_even, ef_odd) = (_mm256_unpacklo_pd(e, f), _mm256_unpackhi_pd(e, f));
                let turned = [
                    _mm256_permute2f128_pd::<0x20>(ab_even, cd_even),
                    _mm256_permute2f128_pd::<0x20>(ab_odd, cd_odd),
                    _mm256_permute2f128_pd::<0x31>(ab_even, cd_even),
                    _mm256_permute2f128_pd::<0x31>(ab_odd, cd_odd),
                ];
                let rest = [
                    _mm256_castpd256_pd128(ef_even),
                    _mm256_castpd256_pd128(ef_odd),
                    _mm256_extractf128_pd::<1>(ef_even),
                    _mm256_extractf128_pd::<1>(ef_odd),
                ];
                for (index, (first, last)) in turned.into_iter().zip(rest).enumerate() {
                    let vertex = at_mut(vertices, (LANES * index) as u8);
                    _mm256_store_pd(vertex, first);
                    _mm_store_pd(vertex.add(4), last);
                }
            }
        }

        #[inline(always)]
        fn interpolate_low(
            self,
            vertices: &mut Vertices,
            [from, to]: [u8; 2],
            fraction: f64,
            place: u8,
            limits: &Lanes,
            sets: &mut OutsideSets,
            ends: u64,
        ) {
            unsafe {
                let from = _mm256_loadu_pd(at(vertices, from));
                let to = _mm256_loadu_pd(at(vertices, to));
                let numbers = between(from, to, _mm256_set1_pd(fraction));
                _mm256_storeu_pd(at_mut(vertices, place), numbers);
                let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(numbers, load(limits, 0));
                // Where it is beyond, the ends become set, elsewhere not.
                let set = _mm256_load_si256(sets.low.as_ptr().cast());
                let differ = _mm256_xor_si256(set, _mm256_castpd_si256(beyond));
                let change = _mm256_and_si256(differ, _mm256_set1_epi64x(ends.cast_signed()));
                let changed = _mm256_xor_si256(set, change);
                _mm256_store_si256(sets.low.as_mut_ptr().cast(), changed);
            }
        }

        #[inline(always)]
        fn interpolate_high(
            self,
            vertices: &mut Vertices,
            [from, to]: [u8; 2],
            fraction: f64,
            place: u8,
            limits: &Lanes,
            sets: &mut OutsideSets,
            ends: u64,
        ) {
            unsafe {
                let from = _mm_loadu_pd(at(vertices, from).add(4));
                let to = _mm_loadu_pd(at(vertices, to).add(4));
                let product = _mm_mul_pd(_mm_sub_pd(to, from), _mm_set1_pd(fraction));
                let numbers = _mm_add_pd(from, product);
                _mm_storeu_pd(at_mut(vertices, place).add(4), numbers);
                let beyond = _mm_cmpgt_pd(numbers, _mm_load_pd(limits.0.as_ptr().add(4)));
                let set = _mm_load_si128(sets.high.as_ptr().cast());
                let differ = _mm_xor_si128(set, _mm_castpd_si128(beyond));
                let change = _mm_and_si128(differ, _mm_set1_epi64x(ends.cast_signed()));
                let changed = _mm_xor_si128(set, change);
                _mm_store_si128(sets.high.as_mut_ptr().cast(), changed);
            }
        }

        #[inline(always)]
        fn turned(self, vertices: &Vertices, vertex: u8) -> Axes {
            let mut result = Axes::default();
            unsafe {
                let vertex = _mm256_loadu_pd(at(vertices, vertex));
                let turned = _mm256_permute4x64_pd::<LAST_OF_FOUR>(vertex);
                _mm256_store_pd(result.0.as_mut_ptr(), turned);
            }
            result
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
        fn add_edge_of_four(
            self,
            sum: &mut Axes,
            vertices: &Vertices,
            [p, q]: [u8; 2],
            difference: &Axes,
        ) {
            unsafe {
                let p = _mm256_loadu_pd(at(vertices, p));
                let q = _mm256_loadu_pd(at(vertices, q));
                let products = _mm256_mul_pd(p, _mm256_permute4x64_pd::<NEXT_OF_FOUR>(q));
                let others = _mm256_mul_pd(_mm256_permute4x64_pd::<NEXT_OF_FOUR>(p), q);
                let area = _mm256_sub_pd(products, others);
                let volume = _mm256_mul_pd(load_axes(difference), area);
                let total = _mm256_add_pd(load_axes(sum), volume);
                _mm256_store_pd(sum.0.as_mut_ptr(), total);
            }
        }
    }

    /// The first of the eight numbers of a vertex: whatever the byte, eight are there.
    #[inline(always)]
    unsafe fn at(vertices: &Vertices, vertex: u8) -> *const f64 {
        unsafe { vertices.0.as_ptr().add(usize::from(vertex)) }
    }

    #[inline(always)]
    unsafe fn at_mut(vertices: &mut Vertices, vertex: u8) -> *mut f64 {
        unsafe { vertices.0.as_mut_ptr().add(usize::from(vertex)) }
    }

    /// Returns `normal · node`, summed in the order x, y, z.
    #[inline(always)]
    unsafe fn along([nx, ny, nz]: &[__m256d; 3], [x, y, z]: &[Axes; 3]) -> __m256d {
        unsafe {
            let xy = _mm256_add_pd(
                _mm256_mul_pd(*nx, load_axes(x)),
                _mm256_mul_pd(*ny, load_axes(y)),
            );
            _mm256_add_pd(xy, _mm256_mul_pd(*nz, load_axes(z)))
        }
    }

    /// Returns `from + (to − from) · fraction`.
    #[inline(always)]
    unsafe fn between(from: __m256d, to: __m256d, fraction: __m256d) -> __m256d {
        unsafe { _mm256_add_pd(from, _mm256_mul_pd(_mm256_sub_pd(to, from), fraction)) }
    }

    #[inline(always)]
    unsafe fn load_axes(axes: &Axes) -> __m256d {
        unsafe { _mm256_load_pd(axes.0.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn load(lanes: &Lanes, half: usize) -> __m256d {
        unsafe { _mm256_load_pd(lanes.0.as_ptr().add(4 * half)) }
    }

    #[inline(always)]
    unsafe fn store(lanes: &mut Lanes, half: usize, value: __m256d) {
        unsafe { _mm256_store_pd(lanes.0.as_mut_ptr().add(4 * half), value) }
    }
}
