//! The path of tetrahedra: a tetrahedron cut by the four planes of another.
//!
//! * Of the candidates that a search finds many do not overlap. Most of those show in the distances of
//!   their nodes from the faces of the target, before anything is cut: [`queue`].
//! * A tetrahedron that is cut falls into tetrahedra again, so that nothing else has to be known of what is left:
//!   [`pieces`].

mod lists;
mod pieces;
mod queue;

use nalgebra::{Point3, Vector3};

use crate::frame::{Ends, Frame};
use crate::lanes::Axes;
use crate::outer_sides::radius;
use crate::plane::Plane;
use crate::solid::SolidClass;
use crate::standard::StandardShape;
use pieces::{Limits, NODES, PLANES};
pub(crate) use queue::Queue;

/// A tetrahedron of six volumes that are this fraction of its extent cubed, or more, is convex beyond
/// doubt: of each face, that is the distance of the opposite node times the length of the normal, and
/// rounding takes off less than a hundred epsilon of the extent cubed (docs/maths.md, section 3).
const CLEARLY_CONVEX: f64 = 256.0 * f64::EPSILON;

/// A convex tetrahedron prepared to be clipped by many others.
///
/// ```
/// use geom_intersect::{Intersector, SourceTetrahedron, TargetTetrahedron, examine_tetrahedron};
/// use nalgebra::{Point3, Vector3};
///
/// let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut target = TargetTetrahedron::default();
/// assert!(target.set(&nodes));
///
/// let sources = [0.5, 1.5].map(|shift| {
///     let shifted = nodes.map(|node| node + Vector3::new(shift, 0.0, 0.0));
///     let (_, class) = examine_tetrahedron(&shifted).expect("it is not flat");
///     SourceTetrahedron::new(shifted, class)
/// });
/// let mut found = Vec::new();
/// let mut intersector = Intersector::default();
/// intersector.volumes_of_tetrahedra((0..).zip(&sources), &target, |key, volume| {
///     found.push((key, volume));
/// });
/// assert_eq!(found, [(0, Ok(1.0 / 48.0))]);
/// ```
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub struct SourceTetrahedron {
    /// The nodes, axis by axis.
    corners: [Axes; 3],
    /// What similarity of sizes is told from: volume, extent squared, extent, 1.
    size: Axes,
}

/// A point.
impl Default for SourceTetrahedron {
    fn default() -> Self {
        let class = SolidClass {
            convex: true,
            ..SolidClass::default()
        };
        Self::new([Point3::origin(); 4], class)
    }
}

impl SourceTetrahedron {
    /// Prepares a tetrahedron whose class is known to be [`convex`](SolidClass::convex).
    ///
    /// The caller answers for the class, and for the orientation.
    #[must_use]
    pub fn new(nodes: [Point3<f64>; 4], class: SolidClass) -> Self {
        debug_assert!(class.convex);
        let SolidClass { volume, extent, .. } = class;
        Self {
            corners: [0, 1, 2].map(|axis: usize| Axes(nodes.map(|node| node[axis]))),
            size: Axes([volume, extent * extent, extent, 1.0]),
        }
    }
}

/// A convex tetrahedron prepared to clip many others. Filled again for the next one.
#[derive(Debug, Clone, Default)]
#[repr(C, align(64))]
pub struct TargetTetrahedron {
    /// The planes: of each the three coordinates of the normal, and the offset along it.
    planes: [[f64; 4]; PLANES],
    limits: Limits,
    /// The extent squared, volume, 1, extent: see [`SourceTetrahedron::size`].
    size: Axes,
    origin: Point3<f64>,
    volume: f64,
}

impl TargetTetrahedron {
    /// Fills it with the tetrahedron of these nodes, in the order of [`StandardShape::Tetrahedron`].
    /// Returns whether it can be: if the tetrahedron is flat or nearly so, or its mirror image, it is
    /// left to [`Solid`](crate::Solid).
    ///
    /// [`StandardShape::Tetrahedron`]: crate::StandardShape::Tetrahedron
    pub fn set(&mut self, nodes: &[Point3<f64>; 4]) -> bool {
        let frame = Frame::of(nodes);
        let class = class_of(nodes, &frame);
        if let Some(class) = &class {
            self.fill(nodes, &frame, class);
        }
        class.is_some()
    }

    /// Fills it with a convex tetrahedron.
    pub(crate) fn fill(&mut self, nodes: &[Point3<f64>; 4], frame: &Frame, class: &SolidClass) {
        let SolidClass { volume, extent, .. } = *class;
        let origin = frame.origin;
        let nodes = nodes.map(|node| node - origin);
        for (index, face) in StandardShape::Tetrahedron.faces().iter().enumerate() {
            let [a, b, c] = [0, 1, 2].map(|corner: usize| &nodes[face[corner] as usize]);
            let plane = Plane::of_triangle(a, b, c);
            self.planes[index] = plane.numbers();
            self.limits[index] = Axes([plane.snap(frame.extent); NODES]);
        }
        self.size = Axes([extent * extent, volume, 1.0, extent]);
        (self.origin, self.volume) = (origin, volume);
    }

    /// Whether it is no tetrahedron that is flat to rounding.
    #[inline]
    pub(crate) fn is_usable(&self) -> bool {
        self.volume > 0.0
    }
}

/// Finds the bounds of a tetrahedron, lowest and highest corner, and its class, as
/// [`Solid`](crate::Solid) does, sooner; none if it is flat or nearly so, or its mirror image.
///
/// ```
/// use geom_intersect::{Solid, StandardShape, examine_tetrahedron};
/// use nalgebra::Point3;
///
/// let nodes = [[1., 0., 0.], [3., 0., 1.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut solid = Solid::default();
/// solid.set_standard(StandardShape::Tetrahedron, &nodes);
/// assert_eq!(examine_tetrahedron(&nodes), Some((solid.bounds(), solid.class())));
/// ```
#[must_use]
#[inline]
pub fn examine_tetrahedron(nodes: &[Point3<f64>; 4]) -> Option<(Ends, SolidClass)> {
    let frame = Frame::of(nodes);
    class_of(nodes, &frame).map(|class| ((frame.low, frame.high), class))
}

/// Returns the class of a tetrahedron that is far from flat.
#[inline]
fn class_of(nodes: &[Point3<f64>; 4], frame: &Frame) -> Option<SolidClass> {
    let extent = frame.extent;
    let six_volumes = six_volumes(nodes.each_ref().map(|node| &node.coords));
    (six_volumes > CLEARLY_CONVEX * (extent * extent * extent)).then(|| SolidClass {
        convex: true,
        axis_aligned: false,
        radius: radius((frame.low, frame.high), nodes.iter()),
        volume: six_volumes / 6.0,
        extent,
    })
}

/// Returns six times the volume of a tetrahedron; negative for its mirror image.
#[inline]
pub(crate) fn six_volumes([a, b, c, d]: [&Vector3<f64>; 4]) -> f64 {
    (b - a).cross(&(c - a)).dot(&(d - a))
}

#[cfg(test)]
mod tests {
    use nalgebra::Rotation3;

    use super::*;
    use crate::convex::{self, ConvexCell, Degenerate};
    use crate::dispatch::Arithmetic;
    use crate::moments::{Moments, Wanted};
    use crate::noise::NOISE;
    use crate::solid::Solid;
    use crate::test_cells::random;

    /// Two tetrahedra: anywhere; on a lattice, so that they share planes and nodes; with one face each
    /// in a plane, to rounding or a little more; flat ones and needles; one much smaller.
    fn random_pair(state: &mut u64) -> Option<[Solid; 2]> {
        let kind = (3.0 * (random(state) + 1.0)) as u32;
        let turn = Rotation3::new(Vector3::from_fn(|_, _| 3.0 * random(state)));
        let stretch = 10_f64.powi((5.0 * random(state)) as i32 - 5);
        let mut pair = [Solid::default(), Solid::default()];
        for solid in &mut pair {
            let small = if kind == 5 && random(state) < 0.0 {
                0.05
            } else {
                1.0
            };
            let nodes = [0, 1, 2, 3].map(|node: usize| {
                let place = Vector3::from_fn(|_, _| random(state));
                let place = match kind {
                    1 => (2.0 * place).map(f64::round) / 2.0,
                    2 if node != 1 => turn * Vector3::new(place.x, place.y, 0.0) + 1e-15 * place,
                    3 => turn * Vector3::new(place.x, place.y, stretch * place.z),
                    4 => Vector3::new(place.x, stretch * place.y, stretch * place.z),
                    _ => small * place,
                };
                Point3::from(place)
            });
            solid.set_standard(StandardShape::Tetrahedron, &nodes);
            if !(solid.is_convex() && solid.volume() > 0.0) {
                return None;
            }
        }
        Some(pair)
    }

    /// Visits the overlaps of sources with a target: the number of each source, and what is wanted.
    fn overlaps<W: Wanted>(
        arithmetic: Arithmetic,
        sources: &[SourceTetrahedron],
        target: &TargetTetrahedron,
    ) -> Vec<(u32, Result<W, Degenerate>)> {
        let mut found = Vec::new();
        let queue = &mut Queue::default();
        let sources = (0..).zip(sources);
        arithmetic.for_each_tetrahedron(queue, sources, target, |number, overlap| {
            found.push((number, overlap));
        });
        found
    }

    fn bits(moments: Moments) -> [u64; 4] {
        let [x, y, z] = moments.first.into();
        [moments.volume, x, y, z].map(f64::to_bits)
    }

    #[test]
    fn overlaps_are_those_of_the_path_of_all_shapes_and_the_same_bits_on_every_processor() {
        let mut state = 3;
        let (mut some, mut apart, mut other_size) = (0, 0, 0);
        for _ in 0..200_000 {
            let Some([source, target]) = random_pair(&mut state) else {
                continue;
            };
            let prepared = [source.source_tetrahedron().expect("it is one")];
            let clipper = target.target_tetrahedron().expect("it is one");
            let run = |arithmetic: Arithmetic| {
                let volumes = overlaps::<f64>(arithmetic, &prepared, clipper);
                let moments = overlaps::<Moments>(arithmetic, &prepared, clipper);
                let volumes_of_moments: Vec<_> = moments
                    .iter()
                    .map(|&(number, moments)| (number, moments.map(|moments| moments.volume)))
                    .collect();
                assert_eq!(volumes, volumes_of_moments);
                moments.first().map(|&(_, moments)| moments)
            };
            let cell = ConvexCell {
                shape: StandardShape::Tetrahedron,
                corners: source.corners(),
            };
            let origin = target.frame().origin;
            let expected = target.own_planes().and_then(|planes| {
                let scratch = &mut convex::Scratch::default();
                let arithmetic = Arithmetic::default();
                let clipped = arithmetic.clip::<Moments>(scratch, cell, planes, &origin);
                clipped.ok()
            });
            let extent = source.class().extent.max(target.class().extent);
            let tolerance = 2.0 * f64::EPSILON * extent.powi(3);
            let smaller = source.volume().min(target.volume());
            match [Arithmetic::default(), Arithmetic::Portable].map(run) {
                [Some(Ok(wide)), Some(Ok(plain))] => {
                    assert_eq!(bits(wide), bits(plain));
                    assert!(wide.volume > NOISE * smaller);
                    if let Some(expected) = expected {
                        let error = (wide.volume - expected.volume).abs();
                        assert!(error <= tolerance, "{error:e}, {tolerance:e} allowed");
                        let error = (wide.first - expected.first).amax() / extent;
                        assert!(error <= 2.0 * tolerance, "{error:e}, {tolerance:e} allowed");
                    }
                    some += 1;
                }
                [None, None] => {
                    let expected = expected.map_or(0.0, |expected| expected.volume);
                    assert!(expected <= tolerance.max(2.0 * NOISE * smaller));
                    apart += 1;
                }
                [Some(Err(Degenerate)), Some(Err(Degenerate))] => other_size += 1,
                [wide, plain] => panic!("{wide:?} {plain:?}"),
            }
        }
        let counts = [some, apart, other_size];
        assert!(counts.iter().all(|&count| count > 10_000), "{counts:?}");
    }

    #[test]
    fn an_overlap_has_the_same_bits_whoever_waits_beside_it() {
        let mut state = 7;
        let (mut some, mut other_size) = (0, 0);
        for _ in 0..300 {
            // More than may wait.
            let solids: Vec<Solid> = std::iter::repeat_with(|| random_pair(&mut state))
                .flatten()
                .flatten()
                .take(100)
                .collect();
            let sources = solids
                .iter()
                .map(|solid| solid.source_tetrahedron().unwrap());
            let sources: Vec<SourceTetrahedron> = sources.collect();
            let target = solids[0].target_tetrahedron().unwrap();
            let together = overlaps::<Moments>(Arithmetic::default(), &sources, target);
            let alone = (0..).zip(&sources).filter_map(|(number, &source)| {
                let overlap = overlaps::<Moments>(Arithmetic::default(), &[source], target);
                overlap.first().map(|&(_, overlap)| (number, overlap))
            });
            let of_all = |overlaps: Vec<(u32, Result<Moments, Degenerate>)>| -> Vec<_> {
                let overlaps = overlaps.into_iter();
                overlaps
                    .map(|(number, overlap)| (number, overlap.map(bits)))
                    .collect()
            };
            let together = of_all(together);
            assert_eq!(together, of_all(alone.collect()));
            let degenerate = together
                .iter()
                .filter(|(_, overlap)| overlap.is_err())
                .count();
            some += together.len() - degenerate;
            other_size += degenerate;
        }
        assert!(some > 5000 && other_size > 500, "{some} {other_size}");
    }

    #[test]
    fn whether_cells_of_other_size_are_apart_is_not_said_here() {
        let tetrahedron = |size: f64, shift: f64| {
            let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]];
            let mut solid = Solid::default();
            let nodes = nodes.map(|node| Point3::from(node.map(|x| size * x + shift)));
            solid.set_standard(StandardShape::Tetrahedron, &nodes);
            solid
        };
        let target = tetrahedron(1.0, 0.0);
        let target = target.target_tetrahedron().unwrap();
        for (size, expected) in [(1.0, None), (10.0, Some(Err(Degenerate)))] {
            let source = tetrahedron(size, 1.0).source_tetrahedron().unwrap();
            let found = overlaps::<f64>(Arithmetic::default(), &[source], target);
            assert_eq!(found.first().map(|&(_, overlap)| overlap), expected);
        }
    }
}
