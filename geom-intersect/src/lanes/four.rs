//! Four numbers side by side: what the path of tetrahedra asks for beside what it shares with the fast
//! path.

use super::{Axes, LANES, LaneMath, Lanes, PlaneRow, Portable};

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

    /// Makes numbers 0 to 3 of a cut vertex, and puts its ends of edges into the set of plane 3 if it is
    /// beyond the plane's limit, else takes them out.
    fn interpolate_low(
        self,
        vertices: &mut Vertices,
        cut: Cut,
        limits: &Lanes,
        sets: &mut OutsideSets,
    );

    /// Does the same for numbers 4 and 5, planes 1 and 2.
    fn interpolate_high(
        self,
        vertices: &mut Vertices,
        cut: Cut,
        limits: &Lanes,
        sets: &mut OutsideSets,
    );

    /// Returns z, x, a number of no meaning, y of a vertex.
    fn turned(self, vertices: &Vertices, vertex: u8) -> Axes;

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

/// A vertex to be made: `from + (to − from) · fraction`, to be put into a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) fraction: f64,
    pub(crate) place: u8,
    /// The ends of edges that the vertex is at.
    pub(crate) ends: u64,
}

/// For planes 1 and 2, and for plane 3 as number 2 of four, the set of starts and ends of edges that
/// are outside.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
pub(crate) struct OutsideSets {
    pub(crate) low: [u64; 4],
    pub(crate) high: [u64; 2],
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
        cut: Cut,
        limits: &Lanes,
        sets: &mut OutsideSets,
    ) {
        let Cut { fraction, ends, .. } = cut;
        let [from, to, place] = [cut.from, cut.to, cut.place].map(usize::from);
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
        cut: Cut,
        limits: &Lanes,
        sets: &mut OutsideSets,
    ) {
        let Cut { fraction, ends, .. } = cut;
        let [from, to, place] = [cut.from, cut.to, cut.place].map(|vertex| usize::from(vertex) + 4);
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
mod avx2 {
    use std::arch::x86_64::{
        __m256d, _CMP_GT_OQ, _CMP_LT_OQ, _mm_add_pd, _mm_and_si128, _mm_castpd_si128, _mm_cmpgt_pd,
        _mm_load_pd, _mm_load_si128, _mm_loadu_pd, _mm_mul_pd, _mm_set1_epi64x, _mm_set1_pd,
        _mm_store_pd, _mm_store_si128, _mm_storeu_pd, _mm_sub_pd, _mm_xor_si128, _mm256_add_pd,
        _mm256_and_si256, _mm256_castpd_si256, _mm256_castpd256_pd128, _mm256_cmp_pd,
        _mm256_extractf128_pd, _mm256_load_si256, _mm256_loadu_pd, _mm256_min_pd,
        _mm256_movemask_pd, _mm256_mul_pd, _mm256_permute_pd, _mm256_permute2f128_pd,
        _mm256_permute4x64_pd, _mm256_set1_epi64x, _mm256_set1_pd, _mm256_store_pd,
        _mm256_store_si256, _mm256_storeu_pd, _mm256_sub_pd, _mm256_unpackhi_pd,
        _mm256_unpacklo_pd, _mm256_xor_si256,
    };

    use super::{Axes, Cut, FourMath, LANES, Lanes, OutsideSets, PlaneRow, Vertices};
    use crate::lanes::avx2::{Avx2, between, load, load_axes};

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
            cut: Cut,
            limits: &Lanes,
            sets: &mut OutsideSets,
        ) {
            let Cut {
                from,
                to,
                fraction,
                place,
                ends,
            } = cut;
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
            cut: Cut,
            limits: &Lanes,
            sets: &mut OutsideSets,
        ) {
            let Cut {
                from,
                to,
                fraction,
                place,
                ends,
            } = cut;
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
}
