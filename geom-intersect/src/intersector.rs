//! The overlap of two solids.

use nalgebra::Point3;

use crate::boxes;
use crate::convex::{Degenerate, Scratch};
use crate::dispatch::Arithmetic;
use crate::frame::{box_around, lower};
use crate::moments::Moments;
use crate::plane::Plane;
use crate::solid::{Solid, SolidClass};
use crate::soup::Soup;

/// An overlap below this fraction of the smaller solid's volume is rounding: solids that only touch
/// come out at up to 1e-15, since each of some ten planes errs by an epsilon of the solid's size.
const NOISE: f64 = 1e-14;

/// Beyond this ratio of sizes the smaller solid is clipped by the larger one, in the smaller one's
/// frame and about its own vertices, so that errors stay relative to its volume: about corners of the
/// larger they would grow with the square of the ratio. A cube against a layer of 1/500 of its
/// height, clipped the other way round, is off by 7e-14 of the layer.
const DISPARITY: f64 = 8.0;

/// Computes overlaps of solids; owns the scratch space, so make one per thread.
///
/// An overlap depends on nothing but its two solids. It is exact but for rounding: the error is a
/// few epsilon of the smaller solid's volume where the solids are of similar size. Swapping the two
/// gives the same to rounding. There is no absolute tolerance: scaling both solids by a power of two
/// scales the overlap exactly.
///
/// ```
/// use geom_intersect::{Intersector, Solid, StandardShape};
/// use nalgebra::{Point3, Vector3};
///
/// let corners = [
///     [0., 0., 0.], [1., 0., 0.], [1., 1., 0.], [0., 1., 0.],
///     [0., 0., 1.], [1., 0., 1.], [1., 1., 1.], [0., 1., 1.],
/// ]
/// .map(Point3::from);
/// let shifted = corners.map(|corner| corner + Vector3::new(0.5, 0.5, 0.5));
///
/// let (mut source, mut target) = (Solid::default(), Solid::default());
/// source.set_standard(StandardShape::Hexahedron, &corners);
/// target.set_standard(StandardShape::Hexahedron, &shifted);
///
/// let overlap = Intersector::default().moments(&source, &target).expect("they overlap");
/// assert_eq!(overlap.volume, 0.125);
/// assert_eq!(overlap.centroid(), Point3::new(0.75, 0.75, 0.75));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Intersector {
    arithmetic: Arithmetic,
    ignore_boxes: bool,
    convex: Box<Scratch>,
    soup: Soup,
    piece: Soup,
    planes: Vec<Plane>,
}

impl Intersector {
    /// Returns an intersector that uses nothing but what every processor has: the same bits, more
    /// slowly. For tests and benchmarks of the other.
    #[must_use]
    pub fn portable() -> Self {
        Self {
            arithmetic: Arithmetic::Portable,
            ..Self::default()
        }
    }

    /// Takes axis-aligned boxes for hexahedra like any other: the same to rounding, more slowly. For
    /// tests and benchmarks of the path of general hexahedra.
    #[must_use]
    pub fn ignoring_boxes(mut self) -> Self {
        self.ignore_boxes = true;
        self
    }

    /// Returns the volume of the overlap, or none where the solids do not overlap.
    ///
    /// About 0.1 microseconds for two convex hexahedra; `benches/runs` has more.
    #[inline]
    pub fn volume(&mut self, source: &Solid, target: &Solid) -> Option<f64> {
        self.overlap::<false>(source, target)
            .map(|moments| moments.volume)
    }

    /// Returns volume and first moment of the overlap, or none where the solids do not overlap.
    #[inline]
    pub fn moments(&mut self, source: &Solid, target: &Solid) -> Option<Moments> {
        self.overlap::<true>(source, target)
    }

    fn overlap<const FIRST: bool>(&mut self, source: &Solid, target: &Solid) -> Option<Moments> {
        let smaller = lower(source.volume(), target.volume());
        if !(smaller > 0.0) {
            return None;
        }
        let boxes = source.class().axis_aligned && target.class().axis_aligned;
        let moments = if boxes && !self.ignore_boxes {
            boxes::overlap(source.box_ends(), target.box_ends())
        } else {
            let roles = Roles::of(source, target);
            self.convex::<FIRST>(&roles)
                .unwrap_or_else(|Degenerate| self.general::<FIRST>(&roles))
        };
        (moments.volume > NOISE * smaller).then_some(moments)
    }

    /// Takes the fast path where both are convex standard cells of similar size.
    #[inline]
    fn convex<const FIRST: bool>(&mut self, roles: &Roles<'_>) -> Result<Moments, Degenerate> {
        let Roles {
            clipped,
            clipper,
            disparate,
            ..
        } = roles;
        match (clipped.shape(), clipper.own_planes()) {
            (Some(shape), Some(planes)) if clipped.is_convex() && !disparate => {
                let origin = &clipper.frame().origin;
                let scratch = &mut self.convex;
                self.arithmetic
                    .clip::<FIRST>(scratch, shape, clipped.corners(), planes, origin)
            }
            _ => Err(Degenerate),
        }
    }

    /// Clips any closed surface by each convex piece of the other solid.
    fn general<const FIRST: bool>(&mut self, roles: &Roles<'_>) -> Moments {
        let Roles {
            clipped,
            clipper,
            origin,
            ..
        } = *roles;
        let extent = clipper.frame().extent;
        clipped.fill_soup(&mut self.soup, &origin);
        if clipper.is_convex() {
            clipper.convex_planes(&origin, &mut self.planes);
            for plane in &self.planes {
                self.soup.clip(plane, plane.snap(extent));
            }
            return self.soup.moments::<FIRST>(origin);
        }
        let shift = clipper.frame().origin - origin;
        let decomposition = clipper.decomposition();
        let (low, high) = box_around(&self.soup.vertices);
        let mut total = Moments {
            volume: 0.0,
            first: nalgebra::Vector3::zeros(),
            origin,
        };
        for piece in &decomposition.pieces {
            let apart = (0..3).any(|axis| {
                piece.low[axis] + shift[axis] >= high[axis]
                    || piece.high[axis] + shift[axis] <= low[axis]
            });
            if apart {
                continue;
            }
            self.piece.copy_from(&self.soup);
            for plane in &decomposition.planes[piece.planes.clone()] {
                // No snap: pieces share planes to the last bit, so a vertex near such a plane
                // counts for one of them, not for both.
                self.piece.clip(&plane.moved(&shift), 0.0);
            }
            let moments = self.piece.moments::<FIRST>(origin);
            total.volume += piece.sign * moments.volume;
            total.first += piece.sign * moments.first;
        }
        total
    }
}

/// Which solid is clipped by which, and in whose frame.
struct Roles<'a> {
    clipped: &'a Solid,
    clipper: &'a Solid,
    origin: Point3<f64>,
    /// Whether one is so much larger that its own corners are poor reference points.
    disparate: bool,
}

impl<'a> Roles<'a> {
    fn of(source: &'a Solid, target: &'a Solid) -> Self {
        let roles = |clipped: &'a Solid, clipper: &'a Solid, frame: &Solid, disparate| Self {
            clipped,
            clipper,
            origin: frame.frame().origin,
            disparate,
        };
        let [one, other] = [source, target].map(Solid::class);
        if one.is_much_smaller(&other) {
            roles(source, target, source, true)
        } else if other.is_much_smaller(&one) {
            roles(target, source, target, true)
        } else if target.is_convex() || !source.is_convex() {
            roles(source, target, target, false)
        } else {
            roles(target, source, target, false)
        }
    }
}

impl SolidClass {
    /// Whether the solid is much thinner than the other, or much shorter and not much thicker.
    ///
    /// The thickness is the volume over the square of the extent: the height of a flat cell, the
    /// area over the length of a needle.
    fn is_much_smaller(&self, other: &Self) -> bool {
        let thinner = |one: &Self, other: &Self| {
            DISPARITY * one.volume * (other.extent * other.extent)
                < other.volume * (one.extent * one.extent)
        };
        thinner(self, other) || DISPARITY * self.extent < other.extent && !thinner(other, self)
    }
}
