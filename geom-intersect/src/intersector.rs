//! The overlap of two solids.

use std::mem::take;

use nalgebra::Point3;

use crate::boxes;
use crate::convex::{ConvexCell, Degenerate, Scratch};
use crate::convex_source::ConvexSource;
use crate::dispatch::Arithmetic;
use crate::frame::lower;
use crate::general::General;
use crate::moments::{Moments, Wanted};
use crate::noise::{NOISE, is_loud};
use crate::outer_sides::MAX_RATIO;
use crate::solid::{Solid, SolidClass};
use crate::tetrahedra::{Queue, SourceTetrahedron, TargetTetrahedron};

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
    convex: Box<[Scratch; 2]>,
    /// Made when it is first needed: half a megabyte.
    queue: Option<Box<Queue>>,
    general: General,
    /// What a [`ConvexSource`] becomes where it is for another path.
    spare: Solid,
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
        self.overlap(source, target)
    }

    /// Returns volume and first moment of the overlap, or none where the solids do not overlap.
    #[inline]
    pub fn moments(&mut self, source: &Solid, target: &Solid) -> Option<Moments> {
        self.overlap(source, target)
    }

    /// Returns whether a solid in a ball, given by centre and radius, may overlap another; if not,
    /// [`volume`](Self::volume) would return none.
    ///
    /// A ball that is beyond a face of a convex standard cell is told from it in some nanoseconds,
    /// sooner than the solid is filled. It pays where bounds overlap far more often than cells, as they
    /// do where nothing is parallel to an axis.
    ///
    /// ```
    /// use geom_intersect::{Intersector, Solid, StandardShape};
    /// use nalgebra::Point3;
    ///
    /// let corners = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
    /// let mut target = Solid::default();
    /// target.set_standard(StandardShape::Tetrahedron, &corners);
    ///
    /// // The bounds of the two overlap, but the ball is all beyond the slanting face.
    /// let centre = Point3::new(1.125, 1.125, 1.125);
    /// let intersector = Intersector::default();
    /// assert!(!intersector.may_overlap(&centre, 0.75, &target));
    /// assert!(intersector.may_overlap(&centre, 1.5, &target));
    /// ```
    #[must_use]
    #[inline]
    pub fn may_overlap(&self, centre: &Point3<f64>, radius: f64, target: &Solid) -> bool {
        let frame = target.frame();
        let Some(sides) = target
            .outer_sides()
            .filter(|_| radius <= MAX_RATIO * frame.extent)
        else {
            return true;
        };
        let origin = &frame.origin;
        !self
            .arithmetic
            .outer_sides_exclude(sides, centre, radius, origin)
    }

    /// Returns the volumes of the overlaps of convex cells with a solid: what [`volume`](Self::volume)
    /// returns for each. Two together take less time than one after the other.
    #[inline]
    pub fn convex_volumes<const COUNT: usize>(
        &mut self,
        sources: [&ConvexSource; COUNT],
        target: &Solid,
    ) -> [Option<f64>; COUNT] {
        self.convex_overlaps(sources, target)
    }

    /// Does what [`convex_volumes`](Self::convex_volumes) does for volume and first moment.
    #[inline]
    pub fn convex_moments<const COUNT: usize>(
        &mut self,
        sources: [&ConvexSource; COUNT],
        target: &Solid,
    ) -> [Option<Moments>; COUNT] {
        self.convex_overlaps(sources, target)
    }

    /// Visits the overlaps of tetrahedra with another, in their order, each with the number that the source is known
    /// by: the volumes that [`volume`](Self::volume) returns, sooner. Those that are seen to be apart are not
    /// visited. Pairs that are not for this path are [`Degenerate`]: they are left to that method.
    #[inline]
    pub fn volumes_of_tetrahedra<'a>(
        &mut self,
        sources: impl IntoIterator<Item = (u32, &'a SourceTetrahedron)>,
        target: &TargetTetrahedron,
        visit: impl FnMut(u32, Result<f64, Degenerate>),
    ) {
        self.overlaps_of_tetrahedra(sources, target, visit);
    }

    /// Does what [`volumes_of_tetrahedra`](Self::volumes_of_tetrahedra) does for volume and first moment.
    #[inline]
    pub fn moments_of_tetrahedra<'a>(
        &mut self,
        sources: impl IntoIterator<Item = (u32, &'a SourceTetrahedron)>,
        target: &TargetTetrahedron,
        visit: impl FnMut(u32, Result<Moments, Degenerate>),
    ) {
        self.overlaps_of_tetrahedra(sources, target, visit);
    }

    #[inline]
    fn overlaps_of_tetrahedra<'a, W: Wanted>(
        &mut self,
        sources: impl IntoIterator<Item = (u32, &'a SourceTetrahedron)>,
        target: &TargetTetrahedron,
        visit: impl FnMut(u32, Result<W, Degenerate>),
    ) {
        let (queue, sources) = (self.queue.get_or_insert_default(), sources.into_iter());
        self.arithmetic
            .for_each_tetrahedron(queue, sources, target, visit);
    }

    /// Returns the overlap of two tetrahedra; fails where that is for another path.
    fn overlap_of_tetrahedra<W: Wanted>(
        &mut self,
        source: &Solid,
        target: &Solid,
    ) -> Result<Option<W>, Degenerate> {
        let source = source.source_tetrahedron().ok_or(Degenerate)?;
        let target = target.target_tetrahedron().ok_or(Degenerate)?;
        let mut found = Ok(None);
        self.overlaps_of_tetrahedra([(0, &source)], target, |_, overlap| {
            found = overlap.map(Some);
        });
        found
    }

    fn overlap<W: Wanted>(&mut self, source: &Solid, target: &Solid) -> Option<W> {
        if self.are_boxes(source, target) {
            return box_overlap(source.bounds(), target.bounds()).map(|overlap| W::of(&overlap));
        }
        if let Ok(overlap) = self.overlap_of_tetrahedra::<W>(source, target) {
            return overlap;
        }
        let clipped = match (source.shape(), target.own_planes()) {
            (Some(shape), Some(planes))
                if source.is_convex() && source.class().is_similar(&target.class()) =>
            {
                let corners = source.corners();
                let cell = ConvexCell { shape, corners };
                let (scratch, origin) = (&mut self.convex[0], &target.frame().origin);
                self.arithmetic.clip::<W>(scratch, cell, planes, origin)
            }
            _ => Err(Degenerate),
        };
        self.finish(clipped, source, target)
    }

    #[inline]
    fn convex_overlaps<W: Wanted, const COUNT: usize>(
        &mut self,
        sources: [&ConvexSource; COUNT],
        target: &Solid,
    ) -> [Option<W>; COUNT] {
        let planes = target.own_planes().filter(|_| {
            let is_clipped = |source| self.is_clipped(source, target);
            sources.into_iter().all(is_clipped)
        });
        let Some(planes) = planes else {
            return sources.map(|source| self.overlap_as_solid(source, target));
        };
        let (scratch, origin) = (&mut *self.convex, &target.frame().origin);
        let mut clipped = [Err(Degenerate); COUNT];
        for (clipped, sources) in clipped.chunks_mut(2).zip(sources.chunks(2)) {
            match (clipped, sources) {
                ([one, other], [source, next]) => {
                    let cells = [source.cell(), next.cell()];
                    [*one, *other] = self
                        .arithmetic
                        .clip_two::<W>(scratch, cells, planes, origin);
                }
                ([one], [source]) => {
                    let (scratch, cell) = (&mut scratch[0], source.cell());
                    *one = self.arithmetic.clip::<W>(scratch, cell, planes, origin);
                }
                _ => {}
            }
        }
        let mut result = [None; COUNT];
        for ((result, clipped), source) in result.iter_mut().zip(clipped).zip(sources) {
            *result = match clipped {
                Ok(overlap) => {
                    let volumes = [source.class().volume, target.volume()];
                    is_loud(overlap.volume(), volumes).then_some(overlap)
                }
                Err(Degenerate) => self.overlap_as_solid(source, target),
            };
        }
        result
    }

    /// Whether a pair is for the path of convex cells: not where both are boxes or tetrahedra, nor
    /// where the one is much smaller.
    #[inline]
    fn is_clipped(&self, source: &ConvexSource, target: &Solid) -> bool {
        let (one, other) = (source.class(), target.class());
        let are_boxes = one.axis_aligned & other.axis_aligned & !self.ignore_boxes;
        let are_tetrahedra = source.is_tetrahedron() && target.is_convex_tetrahedron();
        one.is_similar(&other) & !are_boxes & !are_tetrahedra
    }

    #[cold]
    fn overlap_as_solid<W: Wanted>(&mut self, source: &ConvexSource, target: &Solid) -> Option<W> {
        let mut solid = take(&mut self.spare);
        source.fill(&mut solid);
        let overlap = self.overlap(&solid, target);
        self.spare = solid;
        overlap
    }

    fn are_boxes(&self, source: &Solid, target: &Solid) -> bool {
        source.class().axis_aligned && target.class().axis_aligned && !self.ignore_boxes
    }

    /// Takes the general path where no other led to a result, and tells an overlap from noise.
    #[inline]
    fn finish<W: Wanted>(
        &mut self,
        overlap: Result<W, Degenerate>,
        source: &Solid,
        target: &Solid,
    ) -> Option<W> {
        let volumes = [source.volume(), target.volume()];
        if !(lower(volumes[0], volumes[1]) > 0.0) {
            return None;
        }
        let overlap = overlap.unwrap_or_else(|Degenerate| self.general_overlap(source, target));
        is_loud(overlap.volume(), volumes).then_some(overlap)
    }

    fn general_overlap<W: Wanted>(&mut self, source: &Solid, target: &Solid) -> W {
        let Roles {
            clipped,
            clipper,
            origin,
        } = Roles::of(source, target);
        let (general, arithmetic) = (&mut self.general, self.arithmetic);
        W::of(&if W::FIRST {
            arithmetic.overlap::<true>(general, clipped, clipper, origin)
        } else {
            arithmetic.overlap::<false>(general, clipped, clipper, origin)
        })
    }
}

/// Returns the overlap of two axis-aligned boxes, each given by its lowest and its highest corner,
/// or none where they do not overlap.
///
/// This is what an [`Intersector`] returns for hexahedra whose class is
/// [`axis_aligned`](SolidClass::axis_aligned). It is exact but for rounding relative to the overlap
/// itself, and costs some nanoseconds.
///
/// ```
/// use geom_intersect::box_overlap;
/// use nalgebra::Point3;
///
/// let unit = (Point3::origin(), Point3::new(1.0, 1.0, 1.0));
/// let other = (Point3::new(0.5, 0.5, 0.75), Point3::new(2.0, 2.0, 2.0));
/// let overlap = box_overlap(unit, other).expect("they overlap");
/// assert_eq!(overlap.volume, 0.0625);
/// assert_eq!(overlap.centroid(), Point3::new(0.75, 0.75, 0.875));
/// ```
#[must_use]
#[inline]
pub fn box_overlap(
    source: (Point3<f64>, Point3<f64>),
    target: (Point3<f64>, Point3<f64>),
) -> Option<Moments> {
    let overlap = boxes::overlap(source, target);
    let [one, other] = [source, target].map(|(low, high)| boxes::volume(&(high - low)));
    (overlap.volume > NOISE * lower(one, other)).then_some(overlap)
}

/// Which solid is clipped by which, and in whose frame.
pub(crate) struct Roles<'a> {
    pub(crate) clipped: &'a Solid,
    pub(crate) clipper: &'a Solid,
    pub(crate) origin: Point3<f64>,
}

impl<'a> Roles<'a> {
    pub(crate) fn of(source: &'a Solid, target: &'a Solid) -> Self {
        let roles = |clipped: &'a Solid, clipper: &'a Solid, frame: &Solid| Self {
            clipped,
            clipper,
            origin: frame.frame().origin,
        };
        let [one, other] = [source, target].map(Solid::class);
        if one.is_much_smaller(&other) {
            roles(source, target, source)
        } else if other.is_much_smaller(&one) {
            roles(target, source, target)
        } else if target.is_convex() || !source.is_convex() {
            roles(source, target, target)
        } else {
            roles(target, source, target)
        }
    }
}

impl SolidClass {
    /// Whether neither of two solids is much smaller than the other.
    #[inline]
    fn is_similar(&self, other: &Self) -> bool {
        // What follows where neither is much shorter nor much thinner, in fewer comparisons.
        let [one, two] = [self.extent * self.extent, other.extent * other.extent];
        let [thickness, other_thickness] = [self.volume * two, other.volume * one];
        let is_similar = !(DISPARITY * thickness < other_thickness)
            & !(DISPARITY * other_thickness < thickness)
            & !(DISPARITY * self.extent < other.extent)
            & !(DISPARITY * other.extent < self.extent);
        debug_assert_eq!(
            is_similar,
            !self.is_much_smaller(other) && !other.is_much_smaller(self)
        );
        is_similar
    }

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
