//! Second moments of overlaps: what integrals of products of linear functions are made of.

use nalgebra::{Matrix3, Point3, Vector3};

use crate::general::Soups;
use crate::intersector::Roles;
use crate::solid::Solid;

/// Computes second moments of overlaps; owns the scratch space, so make one per thread.
///
/// For integrals of products of linear functions, such as those of finite elements on two meshes,
/// volume and first moment are not enough. Ask an [`Intersector`](crate::Intersector) for these
/// first: it is quicker, and says whether there is an overlap at all.
///
/// ```
/// use geom_intersect::{Intersector, SecondMoments, Solid, StandardShape};
/// use nalgebra::Point3;
///
/// let corners = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut solid = Solid::default();
/// solid.set_standard(StandardShape::Tetrahedron, &corners);
///
/// let overlap = Intersector::default().moments(&solid, &solid).expect("a cell overlaps itself");
/// let second = SecondMoments::default().about(&solid, &solid, &overlap.centroid());
/// // ∫ (x − 1/4)² dV over the unit tetrahedron is 1/160, ∫ (x − 1/4)(y − 1/4) dV is −1/480.
/// assert!((second[(0, 0)] - 1.0 / 160.0).abs() < 1e-17);
/// assert!((second[(0, 1)] + 1.0 / 480.0).abs() < 1e-17);
/// ```
#[derive(Debug, Clone, Default)]
pub struct SecondMoments {
    soups: Soups,
}

impl SecondMoments {
    /// Returns the second moment `∫ (x − point)(x − point)ᵀ dV` of the overlap; zero where the solids
    /// do not overlap.
    ///
    /// About the overlap's centroid a thin overlap keeps the digits of its short side. Some
    /// microseconds for two tetrahedra.
    #[must_use]
    pub fn about(&mut self, source: &Solid, target: &Solid, point: &Point3<f64>) -> Matrix3<f64> {
        let Roles {
            clipped,
            clipper,
            origin,
        } = Roles::of(source, target);
        let about = point - origin;
        let mut total = Matrix3::zeros();
        self.soups
            .for_each_piece(clipped, clipper, origin, |sign, piece| {
                let mut sum = SecondSum::default();
                piece.for_each_edge(&about, |p, q, left, right| sum.add(p, q, left, right));
                total += sum.moment() * sign;
            });
        total
    }
}

/// 120 times a second moment, as a sum over edges (docs/maths.md, formula 16).
///
/// With the faces on the left and right of the edge `p → q` through `c_left` and `c_right`, and
/// `v = c · (p × q)`: the sum of `v_left Q(c_left) − v_right Q(c_right)`, where
/// `Q(c) = (c + p + q)(c + p + q)ᵀ + c cᵀ + p pᵀ + q qᵀ`.
#[derive(Default)]
struct SecondSum {
    /// xx, yy, zz.
    squares: Vector3<f64>,
    /// yz, zx, xy.
    products: Vector3<f64>,
}

impl SecondSum {
    fn add(
        &mut self,
        p: &Vector3<f64>,
        q: &Vector3<f64>,
        left: &Vector3<f64>,
        right: &Vector3<f64>,
    ) {
        let area = p.cross(q);
        for (c, volume) in [(left, left.dot(&area)), (right, -right.dot(&area))] {
            for x in [&(c + p + q), c, p, q] {
                self.squares += x.component_mul(x) * volume;
                self.products += x.yzx().component_mul(&x.zxy()) * volume;
            }
        }
    }

    fn moment(&self) -> Matrix3<f64> {
        let [xx, yy, zz] = (self.squares / 120.0).into();
        let [yz, zx, xy] = (self.products / 120.0).into();
        Matrix3::new(xx, xy, zx, xy, yy, yz, zx, yz, zz)
    }
}
