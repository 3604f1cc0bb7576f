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
struct Soups {
    whole: Soup,
    roofed: Soup,
    piece: Soup,
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
    /// The extent of the solid whose planes are snapped to; zero for no snap.
    extent: f64,
}

impl<'a> Region<'a> {
    /// No snap: pieces share planes to the last bit, so a vertex near such a plane counts for one
    /// of them, not for both.
    fn of_pieces(planes: &'a [Plane], shift: Vector3<f64>) -> Self {
        Self {
            planes,
            shift,
            extent: 0.0,
        }
    }

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
        let Soups {
            whole,
            roofed,
            piece: soup,
        } = &mut self.soups;
        clipped.fill_soup(whole, &origin);
        if clipper.is_convex() {
            let extent = clipper.frame().extent;
            for plane in &self.planes {
                whole.clip(plane, plane.snap(extent));
            }
            return whole.moments::<FIRST>(origin);
        }
        let shift = clipper.frame().origin - origin;
        let decomposition = clipper.decomposition();
        let mut total = nothing(origin);
        if decomposition.has_roof() {
            roofed.copy_from(whole);
            for plane in decomposition.roof_planes() {
                roofed.clip(&plane.moved(&shift), 0.0);
            }
            total = roofed.moments::<FIRST>(origin);
        }
        for (base, under_roof) in [(&*roofed, true), (&*whole, false)] {
            let bounds = box_around(&base.vertices);
            let mut pieces = Pieces::new(decomposition, under_roof, shift, bounds);
            while let Some((planes, sign)) = pieces.next() {
                soup.copy_from(base);
                for plane in planes {
                    soup.clip(&plane.moved(&shift), 0.0);
                }
                add(&mut total, sign, &soup.moments::<FIRST>(origin));
            }
        }
        total
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
        if clipper.is_convex() {
            let region = Region {
                planes: self.planes,
                shift: Vector3::zeros(),
                extent: clipper.frame().extent,
            };
            let left = clipping.clip(whole, &bounds, region, self.remainder)?;
            return Ok(if left {
                clipping.sets.moments::<FIRST>(math, origin)
            } else {
                nothing(origin)
            });
        }
        let shift = clipper.frame().origin - origin;
        let decomposition = clipper.decomposition();
        let mut total = nothing(origin);
        if decomposition.has_roof() {
            let roof = Region::of_pieces(decomposition.roof_planes(), shift);
            if clipping.clip(whole, &bounds, roof, self.remainder)? {
                total = clipping.sets.moments::<FIRST>(math, origin);
                clipping.sets.rest(self.remainder);
                let roofed = self.remainder.surface();
                let bounds = box_around(roofed.vertices);
                let pieces = Pieces::new(decomposition, true, shift, bounds);
                clipping.add_pieces::<FIRST>(roofed, pieces, &mut total)?;
            }
        }
        let pieces = Pieces::new(decomposition, false, shift, bounds);
        clipping.add_pieces::<FIRST>(whole, pieces, &mut total)?;
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

impl<M: LaneMath, const WORDS: usize> Clipping<'_, M, WORDS> {
    /// Leaves in the sets what of a surface lies in a region; returns whether that is anything.
    #[inline(always)]
    fn clip(
        &mut self,
        surface: ByteSurface<'_>,
        bounds: &(Vector3<f64>, Vector3<f64>),
        region: Region<'_>,
        remainder: &mut Remainder,
    ) -> Result<bool, TooLarge> {
        let mut clipped_before = false;
        let mut planes = region.planes();
        loop {
            self.lanes.clear();
            for (plane, snap) in &mut planes {
                let [nearest, farthest] = extremes(&plane, bounds);
                if nearest > snap {
                    return Ok(false);
                }
                if farthest > snap {
                    self.lanes.push(&plane, snap);
                }
                if self.lanes.is_full() {
                    break;
                }
            }
            if self.lanes.len() == 0 && clipped_before {
                return Ok(true);
            }
            let surface = if clipped_before {
                self.sets.rest(remainder);
                remainder.surface()
            } else {
                surface
            };
            if self.sets.place(self.math, surface, self.lanes) != 0 {
                return Ok(false);
            }
            self.sets.take_edges(surface);
            if !self.sets.clip(self.math, self.lanes, 0..self.lanes.len())? {
                return Ok(false);
            }
            if !self.lanes.is_full() {
                return Ok(true);
            }
            clipped_before = true;
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
                    add(total, sign, &self.sets.moments::<FIRST>(self.math, self.origin));
                }
            }
        }
    }
}

/// The pieces that are under the roof, or those that are not, as far as they have volume in a box.
struct Pieces<'a> {
    decomposition: &'a Decomposition,
    pieces: std::slice::Iter<'a, Piece>,
    under_roof: bool,
    shift: Vector3<f64>,
    bounds: (Vector3<f64>, Vector3<f64>),
}

impl<'a> Pieces<'a> {
    fn new(
        decomposition: &'a Decomposition,
        under_roof: bool,
        shift: Vector3<f64>,
        bounds: (Vector3<f64>, Vector3<f64>),
    ) -> Self {
        Self {
            decomposition,
            pieces: decomposition.pieces.iter(),
            under_roof,
            shift,
            bounds,
        }
    }

    /// Returns the planes, not yet moved, and the sign of the next piece.
    #[inline]
    fn next(&mut self) -> Option<(&'a [Plane], f64)> {
        let (low, high) = &self.bounds;
        let piece = self.pieces.find(|piece| {
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
fn extremes(plane: &Plane, (low, high): &(Vector3<f64>, Vector3<f64>)) -> [f64; 2] {
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
