//! The path of tetrahedra: a tetrahedron clipped by the four planes of another.
//!
//! The same algorithm as in [`crate::convex`], operation by operation, so that it gives the same bits;
//! only what four nodes, four planes and 28 edges allow is done in fewer instructions:
//!
//! * Of the candidates that a search finds most do not overlap. Most of those show in the distances of
//!   the nodes of each from the faces of the other, before anything is clipped.
//! * The starts and ends of all edges fit one set of 64 bits. What is outside a plane is found for
//!   both sides at once, and a bit of the set says where to write the new vertex. For planes to come
//!   the sets are kept up to date in registers.

mod clipping;
mod queue;
mod tables;

use nalgebra::{Point3, Vector3};

use crate::convex::{Corners, gather};
use crate::corner::CornerFrame;
use crate::frame::{Ends, Frame};
use crate::lanes::{Axes, LANE_OF_PLANE};
use crate::outer_sides::radius;
use crate::plane::Plane;
use crate::solid::SolidClass;
use crate::standard::{LocalCorner, StandardShape};
pub(crate) use clipping::{Scratch, TURNS, clip_all};
pub(crate) use queue::{Pair, Queue};
use tables::{FIRST_PLANE, PLANES};

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
#[repr(C, align(32))]
pub struct SourceTetrahedron {
    /// The nodes, axis by axis.
    corners: [Axes; 3],
    /// The normals of the faces, axis by axis; face `i` has node `i`.
    normals: [Axes; 3],
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
        let [a, b, c, d] = nodes;
        let (ab, ac, ad) = (b - a, c - a, d - a);
        let normals = [
            ac.cross(&ab),
            ab.cross(&ad),
            (c - b).cross(&(d - b)),
            ad.cross(&ac),
        ];
        let SolidClass { volume, extent, .. } = class;
        Self {
            corners: [0, 1, 2].map(|axis: usize| Axes(nodes.map(|node| node[axis]))),
            normals: [0, 1, 2].map(|axis: usize| Axes(normals.map(|normal| normal[axis]))),
            size: Axes([volume, extent * extent, extent, 1.0]),
        }
    }
}

/// A convex tetrahedron prepared to clip many others. Filled again for the next one.
#[derive(Debug, Clone, Default)]
#[repr(C, align(64))]
pub struct TargetTetrahedron {
    /// The planes in the order in which they clip: that of face 2, then those that meet in node 0. Of each the three
    /// coordinates of the normal, the offset along it, the distance that still counts as inside.
    rows: [[f64; 5]; PLANES],
    /// Of each number of a vertex, the distance that still counts as inside.
    limits: Axes,
    frame: CornerFrame,
    nodes: [[f64; 3]; 4],
    /// The extent squared, volume, 1, extent: see [`SourceTetrahedron::size`].
    size: Axes,
    origin: Point3<f64>,
    extent: f64,
    pub(crate) volume: f64,
    is_usable: bool,
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
        class.is_some() && self.is_usable
    }

    /// Fills it with a convex tetrahedron.
    pub(crate) fn fill(&mut self, nodes: &[Point3<f64>; 4], frame: &Frame, class: &SolidClass) {
        const SHAPE: StandardShape = StandardShape::Tetrahedron;
        const CORNER: &LocalCorner = &SHAPE.topology().corners[0];
        let origin = frame.origin;
        let nodes = nodes.map(|node| node - origin);
        let mut planes = [Plane::default(); PLANES];
        for (plane, face) in planes.iter_mut().zip(SHAPE.faces()) {
            let [a, b, c] = [0, 1, 2].map(|corner: usize| &nodes[face[corner] as usize]);
            *plane = Plane::of_triangle(a, b, c);
        }
        let mut corners = Corners::default();
        gather(&mut corners, SHAPE, nodes.map(Point3::from));
        let SolidClass { volume, extent, .. } = *class;
        let coordinates = self.frame.set(CORNER, &planes, &corners, volume);
        self.is_usable = coordinates.is_some();
        let Some([a, b, c]) = coordinates else {
            return;
        };
        let first = planes[usize::from(CORNER.faces[FIRST_PLANE])];
        for (index, plane) in [first, a, b, c].into_iter().enumerate() {
            let snap = plane.snap(frame.extent);
            self.rows[index] = plane.numbers(snap);
            self.limits.0[LANE_OF_PLANE[FIRST_PLANE + index]] = snap;
        }
        self.nodes = nodes.map(Into::into);
        self.size = Axes([extent * extent, volume, 1.0, extent]);
        (self.origin, self.extent, self.volume) = (origin, extent, volume);
    }

    /// Whether it could be filled: not with a tetrahedron that is flat to rounding.
    #[inline]
    pub(crate) fn is_usable(&self) -> bool {
        self.is_usable
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
    use num_rational::BigRational;
    use num_traits::Zero;

    use super::*;
    use crate::convex::{self, ConvexCell};
    use crate::dispatch::Arithmetic;
    use crate::moments::Moments;
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

    /// Whether all nodes of one are beyond a face of the other, in rational numbers.
    fn have_face_between(source: &Solid, target: &Solid) -> bool {
        let exact = |solid: &Solid| {
            let nodes: Vec<[BigRational; 3]> = solid
                .nodes()
                .map(|node| {
                    [0, 1, 2].map(|axis: usize| BigRational::from_float(node[axis]).unwrap())
                })
                .collect();
            nodes
        };
        let (source, target) = (exact(source), exact(target));
        let minus = |a: &[BigRational; 3], b: &[BigRational; 3]| {
            [0, 1, 2].map(|axis: usize| &a[axis] - &b[axis])
        };
        let is_between = |of: &[[BigRational; 3]], others: &[[BigRational; 3]]| {
            StandardShape::Tetrahedron.faces().iter().any(|face| {
                let [a, b, c] = [0, 1, 2].map(|corner: usize| &of[face[corner] as usize]);
                let (u, v) = (minus(b, a), minus(c, a));
                let normal = [(1, 2), (2, 0), (0, 1)].map(|(i, j)| &u[i] * &v[j] - &u[j] * &v[i]);
                others.iter().all(|node| {
                    let node = minus(node, a);
                    let along = (0..3).map(|axis| &normal[axis] * &node[axis]);
                    along.sum::<BigRational>() > BigRational::zero()
                })
            })
        };
        is_between(&source, &target) || is_between(&target, &source)
    }

    #[test]
    fn the_bits_are_those_of_the_path_of_all_shapes_on_every_processor() {
        let mut state = 3;
        let (mut overlaps, mut apart, mut other_size) = (0, 0, 0);
        for _ in 0..200_000 {
            let Some([source, target]) = random_pair(&mut state) else {
                continue;
            };
            let prepared = source.source_tetrahedron().expect("it is one");
            let clipper = target.target_tetrahedron().expect("it is one");
            let origin = target.frame().origin;
            let run = |arithmetic: Arithmetic| {
                let mut queue = Queue::default();
                let scratch = &mut [(); TURNS].map(|()| Scratch::default());
                let (mut volume, mut moments) = (None, None);
                let sources = || [(0, &prepared)].into_iter();
                arithmetic.clip_all(&mut queue, scratch, sources(), clipper, |_, clipped| {
                    volume = Some(clipped);
                });
                arithmetic.clip_all(&mut queue, scratch, sources(), clipper, |pair, clipped| {
                    moments = Some((clipped, pair.other_size));
                });
                let (clipped, other_size): (Result<Moments, _>, _) = moments?;
                assert_eq!(volume, Some(clipped.map(|clipped| clipped.volume)));
                Some((!other_size).then_some(clipped))
            };
            let cell = ConvexCell {
                shape: StandardShape::Tetrahedron,
                corners: source.corners(),
            };
            let planes = target.own_planes().expect("it is convex");
            let expected = Arithmetic::default().clip::<Moments>(
                &mut convex::Scratch::default(),
                cell,
                planes,
                &origin,
            );
            let bits = |moments: Moments| {
                let [x, y, z] = moments.first.into();
                [moments.volume, x, y, z].map(f64::to_bits)
            };
            let [wide, plain] = [Arithmetic::default(), Arithmetic::Portable].map(run);
            match (wide, plain) {
                (Some(Some(wide)), Some(Some(plain))) => {
                    assert_eq!(wide.map(bits), expected.map(bits));
                    assert_eq!(wide.map(bits), plain.map(bits));
                    overlaps += usize::from(wide.is_ok_and(|wide| wide.volume > 0.0));
                }
                (None, None) => {
                    // What is found between cells that are apart is rounding.
                    if !expected.is_ok_and(|expected| expected.volume == 0.0) {
                        assert!(have_face_between(&source, &target));
                    }
                    apart += 1;
                }
                (Some(None), Some(None)) => other_size += 1,
                _ => panic!("{wide:?} {plain:?}"),
            }
        }
        let counts = [overlaps, apart, other_size];
        assert!(counts.iter().all(|&count| count > 10_000), "{counts:?}");
    }
}
