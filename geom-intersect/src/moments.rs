//! Volume and first moment of a solid.

use nalgebra::{Point3, Vector3};

/// Volume and first moment of a solid or of an overlap.
///
/// The first moment is kept about an [`origin`](Self::origin) close to the solid, so that no digits
/// are lost where the solid lies far from the world's origin.
///
/// ```
/// use geom_intersect::Moments;
/// use nalgebra::{Point3, Vector3};
///
/// let moments = Moments {
///     volume: 2.0,
///     first: Vector3::new(1.0, 0.0, 3.0),
///     origin: Point3::new(10.0, 0.0, 0.0),
/// };
/// assert_eq!(moments.centroid(), Point3::new(10.5, 0.0, 1.5));
/// assert_eq!(moments.first_about(&Point3::origin()), Vector3::new(21.0, 0.0, 3.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Volume, in the cube of the coordinates' unit.
    pub volume: f64,
    /// First moment `∫ (x − origin) dV`.
    pub first: Vector3<f64>,
    /// The point that the first moment is taken about.
    pub origin: Point3<f64>,
}

impl Moments {
    /// Returns a volume whose first moment is left at zero.
    #[must_use]
    #[inline]
    pub fn of_volume(volume: f64) -> Self {
        Self {
            volume,
            first: Vector3::zeros(),
            origin: Point3::origin(),
        }
    }

    /// Returns the centroid; not a number where the volume is zero.
    #[must_use]
    pub fn centroid(&self) -> Point3<f64> {
        self.origin + self.first / self.volume
    }

    /// Returns the first moment about another point, `∫ (x − point) dV`.
    #[must_use]
    pub fn first_about(&self, point: &Point3<f64>) -> Vector3<f64> {
        self.first + self.volume * (self.origin - point)
    }
}

/// What is wanted of an overlap.
pub(crate) trait Wanted: Copy {
    /// Whether that is more than the volume.
    const FIRST: bool;

    /// Takes the volume, and the first moment about an origin.
    fn new(volume: f64, first: impl FnOnce() -> Vector3<f64>, origin: &Point3<f64>) -> Self;

    /// Takes what is wanted out of moments that another way led to.
    fn of(moments: &Moments) -> Self;

    fn volume(&self) -> f64;
}

impl Wanted for f64 {
    const FIRST: bool = false;

    #[inline(always)]
    fn new(volume: f64, _: impl FnOnce() -> Vector3<f64>, _: &Point3<f64>) -> Self {
        volume
    }

    #[inline(always)]
    fn of(moments: &Moments) -> Self {
        moments.volume
    }

    #[inline(always)]
    fn volume(&self) -> f64 {
        *self
    }
}

impl Wanted for Moments {
    const FIRST: bool = true;

    #[inline(always)]
    fn new(volume: f64, first: impl FnOnce() -> Vector3<f64>, origin: &Point3<f64>) -> Self {
        Self {
            volume,
            first: first(),
            origin: *origin,
        }
    }

    #[inline(always)]
    fn of(moments: &Moments) -> Self {
        *moments
    }

    #[inline(always)]
    fn volume(&self) -> f64 {
        self.volume
    }
}

/// Six times a volume and twenty-four times a first moment, as a sum over edges.
///
/// A closed surface of planar faces is the list of its edges `p → q`, each between a face on its
/// left and one on its right. With any point `c` of each face (docs/maths.md, formulas 2 and 3):
///
/// `6 V = Σ (c_left − c_right) · (p × q)` and
/// `24 M = Σ (v_left − v_right) (p + q) + v_left c_left − v_right c_right` with `v = c · (p × q)`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EdgeSum {
    volume: f64,
    first: Vector3<f64>,
}

impl EdgeSum {
    /// Adds the edge from `p` to `q` between the faces through `left` and `right`.
    #[inline(always)]
    pub(crate) fn add<const FIRST: bool>(
        &mut self,
        p: &Vector3<f64>,
        q: &Vector3<f64>,
        left: &Vector3<f64>,
        right: &Vector3<f64>,
    ) {
        let area = p.cross(q);
        let volume = (left - right).dot(&area);
        self.volume += volume;
        if FIRST {
            self.first += (p + q) * volume + left * left.dot(&area) - right * right.dot(&area);
        }
    }

    /// The moments of the sum, about the origin that the edges were given relative to.
    #[inline]
    pub(crate) fn moments(&self, origin: Point3<f64>) -> Moments {
        Moments {
            volume: self.volume / 6.0,
            first: self.first / 24.0,
            origin,
        }
    }
}
