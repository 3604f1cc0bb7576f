//! The general path: any closed surface clipped by each convex piece of the other solid.

use std::ops::Range;

use nalgebra::{Point3, Vector3};

use crate::decomposition::{Decomposition, Piece};
use crate::edge_sets::{ByteSurface, EdgeSets, Remainder, TooLarge};
use crate::frame::box_around;
use crate::lanes::LaneMath;
use crate::moments::Moments;
use crate::plane::Plane;
use crate::plane_lanes::PlaneLanes;
use crate::solid::Solid;
use crate::soup::Soup;

/// Computes overlaps of any solids; owns the scratch space.
#[derive(Debug, Clone)]
pub(crate) struct General {
    small: Box<EdgeSets<1>>,
    large: Box<EdgeSets<4>>,
    lanes: Box<PlaneLanes>,
    remainder: Remainder,
    vertices: Vec<Vector3<f64>>,
    planes: Vec<Plane>,
    soups: Soups,
}

/// The general soup, for surfaces that are too large for sets of edges.
#[derive(Debug, Clone, Default)]
pub(crate) struct Soups {
    whole: Soup,
    roofed: Soup,
    piece: Soup,
    planes: Vec<Plane>,
}

impl Default for General {
    fn default() -> Self {
        Self {
            small: Box::default(),
            large: Box::default(),
            lanes: Box::new(PlaneLanes::new()),
            remainder: Remainder::default(),
            vertices: Vec::new(),
            planes: Vec::new(),
            soups: Soups::default(),
        }
    }
}

/// Some planes that bound a convex region, and how far outside a vertex still counts as on them.
#[derive(Clone, Copy)]
struct Region<'a> {
    planes: &'a [Plane],
    /// What the planes are to be moved by.
    shift: Vector3<f64>,
    /// The extent of the solid that the planes bound.
    extent: f64,
}

impl Region<'_> {
    fn planes(self) -> impl Iterator<Item = (Plane, f64)> {
        self.planes
            .iter()
            .map(move |plane| (plane.moved(&self.shift), plane.snap(self.extent)))
    }
}

impl General {
    /// Returns the moments of the part of `clipped` that lies in `clipper`, in the frame of
    /// `origin`.
    #[inline(always)]
    pub(crate) fn overlap<const FIRST: bool>(
        &mut self,
        math: impl LaneMath,
        clipped: &Solid,
        clipper: &Solid,
        origin: Point3<f64>,
    ) -> Moments {
        let [(low, high), (other_low, other_high)] = [clipped, clipper].map(Solid::bounds);
        if !(low < other_high && other_low < high) {
            return nothing(origin);
        }
        clipped.vertices(&origin, &mut self.vertices);
        if clipper.is_convex() {
            clipper.convex_planes(&origin, &mut self.planes);
        }
        let mut scratch = Scratch {
            lanes: &mut self.lanes,
            remainder: &mut self.remainder,
            vertices: &self.vertices,
            planes: &self.planes,
        };
        let small = &mut self.small;
        if let Ok(moments) = scratch.overlap::<FIRST, 1>(math, small, clipped, clipper, origin) {
            return moments;
        }
        let large = &mut self.large;
        if let Ok(moments) = scratch.overlap::<FIRST, 4>(math, large, clipped, clipper, origin) {
            return moments;
        }
        self.with_soups::<FIRST>(clipped, clipper, origin)
    }

    #[cold]
    #[inline(never)]
    fn with_soups<const FIRST: bool>(
        &mut self,
        clipped: &Solid,
        clipper: &Solid,
        origin: Point3<f64>,
    ) -> Moments {
        let mut total = nothing(origin);
        let soups = &mut self.soups;
        soups.for_each_piece(clipped, clipper, origin, |sign, piece| {
            add(&mut total, sign, &piece.moments::<FIRST>(origin));
        });
        total
    }
}

impl Soups {
    /// Visits the signed pieces, in the frame of `origin`, that add up to the part of `clipped` that
    /// lies in `clipper`; one piece where that is convex.
    pub(crate) fn for_each_piece(
        &mut self,
        clipped: &Solid,
        clipper: &Solid,
        origin: Point3<f64>,
        mut visit: impl FnMut(f64, &mut Soup),
    ) {
        let Self {
            whole,
            roofed,
            piece: soup,
            planes,
        } = self;
        clipped.fill_soup(whole, &origin);
        let extent = clipper.frame().extent;
        if clipper.is_convex() {
            clipper.convex_planes(&origin, planes);
            for plane in planes {
                whole.clip(plane, plane.snap(extent));
            }
            visit(1.0, whole);
            return;
        }
        let shift = clipper.frame().origin - origin;
        let decomposition = clipper.decomposition();
        if let Some(planes) = decomposition.roof_planes() {
            roofed.copy_from(whole);
            for plane in planes {
                roofed.clip(&plane.moved(&shift), plane.snap(extent));
            }
            visit(1.0, roofed);
        }
        for (base, under_roof) in [(&*roofed, true), (&*whole, false)] {
            let bounds = box_around(&base.vertices);
            let mut pieces = Pieces::new(decomposition, under_roof, shift, bounds);
            while let Some((planes, sign)) = pieces.next() {
                soup.copy_from(base);
                for plane in planes {
                    soup.clip(&plane.moved(&shift), 0.0);
                }
                visit(sign, soup);
            }
        }
    }
}

/// What it takes to compute an overlap with sets of edges, but the sets.
struct Scratch<'a> {
    lanes: &'a mut PlaneLanes,
    remainder: &'a mut Remainder,
    /// The vertices of the clipped solid, and the planes of a convex clipping one.
    vertices: &'a [Vector3<f64>],
    planes: &'a [Plane],
}

impl Scratch<'_> {
    #[inline(always)]
    fn overlap<const FIRST: bool, const WORDS: usize>(
        &mut self,
        math: impl LaneMath,
        sets: &mut EdgeSets<WORDS>,
        clipped: &Solid,
        clipper: &Solid,
        origin: Point3<f64>,
    ) -> Result<Moments, TooLarge> {
        let surface = clipped.surface();
        let whole = ByteSurface {
            vertices: self.vertices,
            edges: surface.byte_edges().ok_or(TooLarge)?,
            faces: surface.faces as usize,
        };
        if !EdgeSets::<WORDS>::has_room_for(whole.edges.len()) {
            return Err(TooLarge);
        }
        let mut clipping = Clipping {
            math,
            sets,
            lanes: self.lanes,
            origin,
        };
        let (low, high) = clipped.bounds();
        let bounds = (low - origin, high - origin);
        let shift = clipper.frame().origin - origin;
        let decomposition = (!clipper.is_convex()).then(|| clipper.decomposition());
        let region = match decomposition {
            None => Some((self.planes, Vector3::zeros())),
            Some(decomposition) => decomposition.roof_planes().map(|planes| (planes, shift)),
        };
        let mut total = nothing(origin);
        let mut any = false;
        if let Some((planes, shift)) = region {
            let region = Region {
                planes,
                shift,
                extent: clipper.frame().extent,
            };
            any = clipping.clip(whole, bounds, region, self.remainder)?;
            if any {
                total = clipping.sets.moments::<FIRST>(math, origin);
            }
        }
        let Some(decomposition) = decomposition else {
            return Ok(total);
        };
        if any {
            clipping.sets.rest(self.remainder);
        }
        for under_roof in [true, false] {
            let (surface, bounds) = match (under_roof, any) {
                (false, _) => (whole, bounds),
                (true, true) => {
                    let roofed = self.remainder.surface();
                    (roofed, box_around(roofed.vertices))
                }
                (true, false) => continue,
            };
            let pieces = Pieces::new(decomposition, under_roof, shift, bounds);
            clipping.add_pieces::<FIRST>(surface, pieces, &mut total)?;
        }
        Ok(total)
    }
}

/// One overlap while it is computed with sets of edges.
struct Clipping<'a, M, const WORDS: usize> {
    math: M,
    sets: &'a mut EdgeSets<WORDS>,
    lanes: &'a mut PlaneLanes,
    origin: Point3<f64>,
}

/// The ends of a box.
type Bounds = (Vector3<f64>, Vector3<f64>);

impl<M: LaneMath, const WORDS: usize> Clipping<'_, M, WORDS> {
    /// Leaves in the sets what of a surface lies in a region; returns whether that is anything.
    #[inline(always)]
    fn clip(
        &mut self,
        whole: ByteSurface<'_>,
        bounds: Bounds,
        region: Region<'_>,
        remainder: &mut Remainder,
    ) -> Result<bool, TooLarge> {
        let mut planes = region.planes();
        let (mut surface, mut bounds) = (Some(whole), bounds);
        let mut next = planes.next();
        loop {
            self.lanes.clear();
            while let Some((plane, snap)) = next {
                let [nearest, farthest] = extremes(&plane, &bounds);
                if nearest > snap {
                    return Ok(false);
                }
                if farthest > snap {
                    if self.lanes.is_full() {
                        break;
                    }
                    self.lanes.push(&plane, snap);
                }
                next = planes.next();
            }
            // There is nothing to do again where no plane has come since.
            let Some(surface) = surface
                .take()
                .or_else(|| (self.lanes.len() > 0).then(|| remainder.surface()))
            else {
                return Ok(true);
            };
            if self.sets.place(self.math, surface, self.lanes) != 0 {
                return Ok(false);
            }
            self.sets.take_edges(surface);
            if !self.sets.clip(self.math, self.lanes, 0..self.lanes.len())? {
                return Ok(false);
            }
            if next.is_none() {
                return Ok(true);
            }
            self.sets.rest(remainder);
            // What is left may be out of reach of the planes to come.
            bounds = box_around(remainder.surface().vertices);
        }
    }

    /// Adds what of a surface lies in each of the pieces.
    #[inline(always)]
    fn add_pieces<const FIRST: bool>(
        &mut self,
        surface: ByteSurface<'_>,
        mut pieces: Pieces<'_>,
        total: &mut Moments,
    ) -> Result<(), TooLarge> {
        loop {
            // As many pieces at a time as there are lanes for their planes: two of those under the
            // roof, one of the others.
            self.lanes.clear();
            let mut batch = [(0..0, 0.0), (0..0, 0.0)];
            for place in &mut batch[..if pieces.under_roof { 2 } else { 1 }] {
                let Some((planes, sign)) = pieces.next() else {
                    break;
                };
                let start = self.lanes.len();
                // No snap: pieces share planes to the last bit, so a vertex near such a plane counts
                // for one of them, not for both.
                for plane in planes {
                    self.lanes.push(&plane.moved(&pieces.shift), 0.0);
                }
                *place = (start..self.lanes.len(), sign);
            }
            if self.lanes.len() == 0 {
                return Ok(());
            }
            let outside = self.sets.place(self.math, surface, self.lanes);
            for (range, sign) in batch {
                if range.is_empty() || outside & set_of(&range) != 0 {
                    continue;
                }
                self.sets.take_edges(surface);
                if self.sets.clip(self.math, self.lanes, range)? {
                    add(
                        total,
                        sign,
                        &self.sets.moments::<FIRST>(self.math, self.origin),
                    );
                }
            }
        }
    }
}

/// The pieces that are under the roof, or those that are not, as far as they have volume in a box.
struct Pieces<'a> {
    decomposition: &'a Decomposition,
    to_come: std::slice::Iter<'a, Piece>,
    under_roof: bool,
    shift: Vector3<f64>,
    bounds: Bounds,
}

impl<'a> Pieces<'a> {
    fn new(
        decomposition: &'a Decomposition,
        under_roof: bool,
        shift: Vector3<f64>,
        bounds: Bounds,
    ) -> Self {
        Self {
            decomposition,
            to_come: decomposition.pieces.iter(),
            under_roof,
            shift,
            bounds,
        }
    }

    /// Returns the planes, not yet moved, and the sign of the next piece.
    #[inline]
    fn next(&mut self) -> Option<(&'a [Plane], f64)> {
        let (low, high) = &self.bounds;
        let piece = self.to_come.find(|piece| {
            let apart = (0..3).any(|axis| {
                piece.low[axis] + self.shift[axis] >= high[axis]
                    || piece.high[axis] + self.shift[axis] <= low[axis]
            });
            piece.under_roof == self.under_roof && !apart
        })?;
        Some((self.decomposition.planes_of(piece), piece.sign))
    }
}

/// Returns the least and the greatest distance from a plane within a box.
///
/// They are the distances of two of its corners, so they are as right as those of vertices.
#[inline]
fn extremes(plane: &Plane, (low, high): &Bounds) -> [f64; 2] {
    let (mut nearest, mut farthest) = (*low, *high);
    for axis in 0..3 {
        if plane.normal[axis] < 0.0 {
            nearest[axis] = high[axis];
            farthest[axis] = low[axis];
        }
    }
    [plane.distance(&nearest), plane.distance(&farthest)]
}

fn set_of(range: &Range<usize>) -> u8 {
    range.clone().fold(0, |set, plane| set | 1 << plane)
}

fn nothing(origin: Point3<f64>) -> Moments {
    Moments {
        volume: 0.0,
        first: Vector3::zeros(),
        origin,
    }
}

fn add(total: &mut Moments, sign: f64, moments: &Moments) {
    total.volume += sign * moments.volume;
    total.first += sign * moments.first;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::Portable;
    use crate::standard::StandardShape;
    use crate::test_cells::{UNIT_CUBE, random};

    fn hexahedron(warp: f64, reach: f64, state: &mut u64) -> Solid {
        let shift = Vector3::from_fn(|_, _| reach * random(state));
        let nodes = UNIT_CUBE.map(|node| {
            let moved = Vector3::from_fn(|_, _| warp * random(state));
            Point3::from(node) + shift + moved
        });
        let mut solid = Solid::default();
        solid.set_standard(StandardShape::Hexahedron, &nodes);
        solid
    }

    /// A prism over a regular polygon around the z axis, from z = 0 to 1.
    fn prism(corners: u32) -> Solid {
        let angle = |corner| std::f64::consts::TAU * f64::from(corner) / f64::from(corners);
        let ring =
            |z: f64| (0..corners).map(move |c| Point3::new(angle(c).cos(), angle(c).sin(), z));
        let nodes: Vec<_> = ring(0.0).chain(ring(1.0)).collect();
        let mut faces = vec![
            (0..corners).rev().collect(),
            (corners..2 * corners).collect(),
        ];
        faces.extend((0..corners).map(|corner| {
            let next = (corner + 1) % corners;
            vec![corner, next, corners + next, corners + corner]
        }));
        let mut solid = Solid::default();
        solid.set_polyhedron(&nodes, &faces);
        solid
    }

    /// The overlap with sets of one size, or none where they are too small for it.
    fn with_sets<const WORDS: usize>(clipped: &Solid, clipper: &Solid) -> Option<Moments> {
        let origin = clipper.frame().origin;
        let mut general = General::default();
        clipped.vertices(&origin, &mut general.vertices);
        if clipper.is_convex() {
            clipper.convex_planes(&origin, &mut general.planes);
        }
        let mut scratch = Scratch {
            lanes: &mut general.lanes,
            remainder: &mut general.remainder,
            vertices: &general.vertices,
            planes: &general.planes,
        };
        let mut sets = EdgeSets::<WORDS>::default();
        scratch
            .overlap::<true, WORDS>(Portable, &mut sets, clipped, clipper, origin)
            .ok()
    }

    fn with_soups(clipped: &Solid, clipper: &Solid) -> Moments {
        let origin = clipper.frame().origin;
        let mut general = General::default();
        if clipper.is_convex() {
            clipper.convex_planes(&origin, &mut general.planes);
        }
        general.with_soups::<true>(clipped, clipper, origin)
    }

    fn assert_same(found: &Moments, expected: &Moments, smaller: f64) {
        let error = (found.volume - expected.volume) / smaller;
        assert!(
            error.abs() <= 1e-14,
            "{found:?} for {expected:?}: {error:e}"
        );
        let error = (found.first - expected.first).amax() / smaller;
        assert!(error <= 2e-14, "{found:?} for {expected:?}: {error:e}");
    }

    #[test]
    fn sets_of_either_size_do_what_the_soup_does() {
        let mut state = 11;
        let (mut compared, mut tetrahedra, mut enough) = (0, 0, [0; 4]);
        for round in 0..1500 {
            // Planar, hardly warped, warped, and so far that some are not convex under their roofs.
            let warp = [0.0, 1e-13, 0.05, 0.35][round % 4];
            let clipped = hexahedron(warp, 0.7, &mut state);
            let clipper = match round % 3 {
                0 => hexahedron(0.0, 0.7, &mut state),
                1 => hexahedron(warp, 0.7, &mut state),
                _ => clipped.clone(),
            };
            let expected = with_soups(&clipped, &clipper);
            let smaller = clipped.volume().min(clipper.volume());
            if let Some(small) = with_sets::<1>(&clipped, &clipper) {
                assert_same(&small, &expected, smaller);
                enough[round % 4] += 1;
            }
            let large = with_sets::<4>(&clipped, &clipper).expect("256 edges are enough");
            assert_same(&large, &expected, smaller);
            compared += usize::from(expected.volume > 0.1);
            tetrahedra += usize::from(
                !clipper.is_convex() && clipper.decomposition().roof_planes().is_none(),
            );
        }
        // 64 edges at a time are enough, but for some that share faces.
        assert!(enough.iter().all(|&count| count > 370), "{enough:?}");
        assert!(compared > 700, "{compared} overlaps compared");
        assert!(tetrahedra > 10, "{tetrahedra} signed sums of tetrahedra");
    }

    #[test]
    fn a_solid_too_large_for_small_sets_is_left_to_large_ones_and_then_to_the_soup() {
        let mut half = Solid::default();
        let nodes = UNIT_CUBE.map(|[x, y, z]| Point3::new(4.0 * x, 8.0 * y - 4.0, z + 0.5));
        half.set_standard(StandardShape::Hexahedron, &nodes);
        for (corners, sizes) in [
            (12, [true, true]),
            (30, [false, true]),
            (100, [false, false]),
        ] {
            let prism = prism(corners);
            let expected = prism.volume() / 4.0;
            let found = [with_sets::<1>(&prism, &half), with_sets::<4>(&prism, &half)];
            assert_eq!(found.map(|found| found.is_some()), sizes);
            let found = found
                .into_iter()
                .flatten()
                .chain([with_soups(&prism, &half)]);
            let (mut general, origin) = (General::default(), half.frame().origin);
            let found = found.chain([general.overlap::<true>(Portable, &prism, &half, origin)]);
            for Moments { volume, .. } in found {
                let error = (volume - expected) / expected;
                assert!(error.abs() <= 1e-14, "{corners}: {volume} for {expected}");
            }
        }
    }
}
