//! Four numbers side by side: what the path of tetrahedra asks for beside what it shares with the fast
//! path.

use super::{Axes, LaneMath, Portable};

/// What the path of tetrahedra does with four numbers at once: a number of each of four nodes, or of
/// each of four faces.
pub(crate) trait FourMath: LaneMath {
    /// Returns whether, of the products lane by lane, one of 0 and 1, or of 2 and 3, is less than an
    /// eighth of the other.
    fn eightfold(self, one: &Axes, other: &Axes) -> bool;

    /// Returns every number less `origin`.
    fn relative_four(self, numbers: &Axes, origin: f64) -> Axes;

    /// Does what [`LaneMath::distances`] does, for four nodes; of the plane each number once.
    fn distances_of_four(self, nodes: &[Axes; 3], plane: &[f64; 5]) -> (Axes, u32);

    /// Returns the set of faces, each with a normal and a corner, that all four nodes are outside of by more than
    /// `margin`.
    fn faces_between(
        self,
        normals: &[Axes; 3],
        corners: &[Axes; 3],
        nodes: &[[f64; 3]; 4],
        margin: f64,
    ) -> u32;
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
    fn distances_of_four(self, nodes: &[Axes; 3], plane: &[f64; 5]) -> (Axes, u32) {
        let [nx, ny, nz, offset, limit] = *plane;
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
        nodes: &[[f64; 3]; 4],
        margin: f64,
    ) -> u32 {
        let along = |[x, y, z]: [[f64; 4]; 3]| {
            let mut result = [0.0; 4];
            for i in 0..4 {
                let [nx, ny, nz] = normals.each_ref().map(|axis| axis.0[i]);
                result[i] = (nx * x[i] + ny * y[i]) + nz * z[i];
            }
            result
        };
        let [a, b, c, d] = nodes.map(|node| along(node.map(|number| [number; 4])));
        let offset = along(corners.each_ref().map(|axis| axis.0));
        (0..4).fold(0, |set, i| {
            let lower = |one: f64, other: f64| if one < other { one } else { other };
            let nearest = lower(lower(a[i], b[i]), lower(c[i], d[i]));
            set | u32::from(nearest > offset[i] + margin) << i
        })
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256d, _CMP_GT_OQ, _CMP_LT_OQ, _mm256_add_pd, _mm256_cmp_pd, _mm256_min_pd,
        _mm256_movemask_pd, _mm256_mul_pd, _mm256_permute_pd, _mm256_set1_pd, _mm256_store_pd,
        _mm256_sub_pd,
    };

    use super::{Axes, FourMath};
    use crate::lanes::avx2::{Avx2, load_axes};

    /// Two and two lanes exchanged.
    const OTHER_OF_TWO: i32 = 0b01_01;

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
            let mut result = Axes::default();
            unsafe {
                let difference = _mm256_sub_pd(load_axes(numbers), _mm256_set1_pd(origin));
                _mm256_store_pd(result.0.as_mut_ptr(), difference);
            }
            result
        }

        #[inline(always)]
        fn distances_of_four(self, nodes: &[Axes; 3], plane: &[f64; 5]) -> (Axes, u32) {
            let mut result = Axes::default();
            unsafe {
                let [nx, ny, nz, offset, limit] = plane;
                let normal = [
                    _mm256_set1_pd(*nx),
                    _mm256_set1_pd(*ny),
                    _mm256_set1_pd(*nz),
                ];
                let along = along(&normal, load_all(nodes));
                let distance = _mm256_sub_pd(along, _mm256_set1_pd(*offset));
                let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(distance, _mm256_set1_pd(*limit));
                _mm256_store_pd(result.0.as_mut_ptr(), distance);
                (result, _mm256_movemask_pd(beyond).cast_unsigned())
            }
        }

        #[inline(always)]
        fn faces_between(
            self,
            normals: &[Axes; 3],
            corners: &[Axes; 3],
            nodes: &[[f64; 3]; 4],
            margin: f64,
        ) -> u32 {
            let [nx, ny, nz] = normals;
            unsafe {
                let [a, b, c, d] = nodes;
                let [a, b, c, d] = [splat_all(a), splat_all(b), splat_all(c), splat_all(d)];
                let normals = [load_axes(nx), load_axes(ny), load_axes(nz)];
                let offset = along(&normals, load_all(corners));
                let ab = _mm256_min_pd(along(&normals, a), along(&normals, b));
                let cd = _mm256_min_pd(along(&normals, c), along(&normals, d));
                let limit = _mm256_add_pd(offset, _mm256_set1_pd(margin));
                let beyond = _mm256_cmp_pd::<_CMP_GT_OQ>(_mm256_min_pd(ab, cd), limit);
                _mm256_movemask_pd(beyond).cast_unsigned()
            }
        }
    }

    #[inline(always)]
    unsafe fn load_all([x, y, z]: &[Axes; 3]) -> [__m256d; 3] {
        unsafe { [load_axes(x), load_axes(y), load_axes(z)] }
    }

    #[inline(always)]
    unsafe fn splat_all([x, y, z]: &[f64; 3]) -> [__m256d; 3] {
        unsafe { [_mm256_set1_pd(*x), _mm256_set1_pd(*y), _mm256_set1_pd(*z)] }
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
