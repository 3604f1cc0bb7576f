//! A solid as a signed sum of convex pieces.
//!
//! A closed oriented surface can be capped in many ways, and the signed sum stays the solid
//! (docs/maths.md, section 4). Two ways are used here:
//!
//! * *roof minus slivers*: over each warped face, the convex roof of its nodes. If the roofs bound
//!   a convex solid, that is one piece; the thin tetrahedra between roof and fan are subtracted.
//! * *tetrahedra*: from one apex to every triangle of the surface, with the sign of its volume.

use std::ops::Range;

use nalgebra::Vector3;

use crate::frame::box_around;
use crate::plane::Plane;
use crate::solid::Solid;

/// Convex pieces, each an intersection of half-spaces, whose signed sum is the solid.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decomposition {
    planes: Vec<Plane>,
    /// The planes of the roofs; none where they do not bound a convex solid.
    roof: Range<usize>,
    /// All pieces but the solid of the roofs.
    pub(crate) pieces: Vec<Piece>,
}

/// A convex piece and the sign it is counted with.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    planes: Range<usize>,
    pub(crate) sign: f64,
    /// Whether the piece is bounded by the roof as well: what is outside the roof is outside the
    /// piece.
    pub(crate) under_roof: bool,
    /// Box around the piece, in the frame of the solid.
    pub(crate) low: Vector3<f64>,
    pub(crate) high: Vector3<f64>,
}

impl Decomposition {
    /// Decomposes a solid, in the solid's own frame.
    pub(crate) fn of(solid: &Solid) -> Self {
        let mut vertices = Vec::with_capacity(solid.node_count() + solid.face_count());
        solid.vertices(&solid.frame().origin, &mut vertices);
        Self::roof_minus_slivers(solid, &vertices)
            .unwrap_or_else(|| Self::tetrahedra(solid, &vertices))
    }

    /// Returns the planes of the roofs, where they bound a convex solid: the first of the pieces.
    pub(crate) fn roof_planes(&self) -> Option<&[Plane]> {
        (!self.roof.is_empty()).then(|| &self.planes[self.roof.clone()])
    }

    /// Returns the planes of a piece; those of the roof have clipped what lies under it before.
    pub(crate) fn planes_of(&self, piece: &Piece) -> &[Plane] {
        &self.planes[piece.planes.clone()]
    }

    /// Returns none where the roofs do not bound a convex solid.
    fn roof_minus_slivers(solid: &Solid, vertices: &[Vector3<f64>]) -> Option<Self> {
        // As many as a solid of warped quadrilaterals has: two roof triangles each, and over each
        // of them a sliver with three more planes.
        let triangles = 2 * solid.face_count();
        let mut result = Self {
            planes: Vec::with_capacity(4 * triangles),
            pieces: Vec::with_capacity(triangles),
            roof: 0..0,
        };
        for face in 0..solid.face_count() {
            let (planar, plane) = solid.face_plane(face);
            if planar {
                result.planes.push(*plane);
            } else {
                for_each_roof_triangle(solid.face(face), vertices, &mut |corners| {
                    let [a, b, c] = corners.map(|corner| vertices[corner as usize]);
                    result.planes.push(Plane::of_triangle(&a, &b, &c));
                });
            }
        }
        let nodes = &vertices[..solid.node_count()];
        let magnitude = solid.frame().magnitude;
        let is_outside = |plane: &Plane| nodes.iter().any(|node| plane.excludes(node, magnitude));
        if result.planes.iter().any(is_outside) {
            return None;
        }
        result.roof = 0..result.planes.len();
        let mut centre = solid.node_count();
        for face in 0..solid.face_count() {
            let (planar, _) = solid.face_plane(face);
            if planar {
                continue;
            }
            for_each_roof_triangle(solid.face(face), vertices, &mut |corners| {
                let [a, b, c] = corners.map(|corner| vertices[corner as usize]);
                result.push_tetrahedron([&a, &b, &c], &vertices[centre], Over::Roof);
            });
            centre += 1;
        }
        Some(result)
    }

    fn tetrahedra(solid: &Solid, vertices: &[Vector3<f64>]) -> Self {
        let mut result = Self::default();
        let nodes = &vertices[..solid.node_count()];
        let apex = nodes.iter().sum::<Vector3<f64>>() / nodes.len() as f64;
        let mut centre = nodes.len();
        for face in 0..solid.face_count() {
            let (planar, _) = solid.face_plane(face);
            let corners = solid.face(face);
            let count = corners.len();
            let corner = |index: usize| &vertices[corners[index % count] as usize];
            if planar {
                for index in 1..count.saturating_sub(1) {
                    let triangle = [corner(0), corner(index), corner(index + 1)];
                    result.push_tetrahedron(triangle, &apex, Over::Surface);
                }
            } else {
                for index in 0..count {
                    let triangle = [corner(index), corner(index + 1), &vertices[centre]];
                    result.push_tetrahedron(triangle, &apex, Over::Surface);
                }
                centre += 1;
            }
        }
        result
    }

    /// Adds the tetrahedron over the triangle `a b c` as seen from `apex`, with the sign of its
    /// volume, or takes it away under a roof; a flat one adds nothing.
    fn push_tetrahedron(&mut self, [a, b, c]: [&Vector3<f64>; 3], apex: &Vector3<f64>, over: Over) {
        let volume = (a - apex).dot(&(b - apex).cross(&(c - apex)));
        if volume == 0.0 {
            return;
        }
        // Seen from outside the triangle runs a, b, c if the volume is positive, a, c, b if not.
        let (b, c) = if volume > 0.0 { (b, c) } else { (c, b) };
        let start = self.planes.len();
        for [p, q] in [[b, a], [c, b], [a, c]] {
            self.planes.push(Plane::of_triangle(p, q, apex));
        }
        // The roof's own triangle bounds a sliver under it. Where rounding has put the centre above
        // the roof the sliver is outside, and a piece of its own.
        let under_roof = matches!(over, Over::Roof) && volume > 0.0;
        if !under_roof {
            self.planes.push(Plane::of_triangle(a, b, c));
        }
        let (low, high) = box_around([a, b, c, apex]);
        let counts = match over {
            Over::Roof => -volume,
            Over::Surface => volume,
        };
        self.pieces.push(Piece {
            planes: start..self.planes.len(),
            sign: counts.signum(),
            under_roof,
            low,
            high,
        });
    }
}

/// What a tetrahedron stands under.
#[derive(Clone, Copy)]
enum Over {
    Roof,
    Surface,
}

/// Visits the triangles of the convex roof over a face's corners: no corner is above any of them.
/// The sides of each that are the face's own come before those that are diagonals.
fn for_each_roof_triangle(
    corners: &[u32],
    vertices: &[Vector3<f64>],
    visit: &mut impl FnMut([u32; 3]),
) {
    let &[a, b, c, d] = corners else {
        convex_roof(corners, vertices, visit);
        return;
    };
    // Of the two diagonals one is the ridge: from a to c if d is below the plane through a, b, c.
    let at = |corner: u32| &vertices[corner as usize];
    let plane = Plane::of_triangle(at(a), at(b), at(c));
    if plane.distance(at(d)) <= 0.0 {
        visit([a, b, c]);
        visit([c, d, a]);
    } else {
        visit([b, c, d]);
        visit([d, a, b]);
    }
}

/// Visits the triangles of the convex roof over any polygon.
///
/// Where rounding or a strange polygon leaves no such triangle the one that is exceeded least is
/// taken; any triangulation of the corners' loop is a right roof, only a convex one is a fast one.
fn convex_roof(corners: &[u32], vertices: &[Vector3<f64>], visit: &mut impl FnMut([u32; 3])) {
    let (Some(&first), Some(&last), true) = (corners.first(), corners.last(), corners.len() > 2)
    else {
        return;
    };
    let at = |corner: u32| vertices[corner as usize];
    let excess = |middle: usize| {
        let plane = Plane::of_triangle(&at(first), &at(corners[middle]), &at(last));
        corners
            .iter()
            .map(|&corner| plane.distance(&at(corner)))
            .fold(0.0, f64::max)
    };
    let mut best = (1, excess(1));
    for middle in 2..corners.len() - 1 {
        if best.1 <= 0.0 {
            break;
        }
        let excess = excess(middle);
        if excess < best.1 {
            best = (middle, excess);
        }
    }
    let middle = best.0;
    visit([first, corners[middle], last]);
    convex_roof(&corners[..=middle], vertices, visit);
    convex_roof(&corners[middle..], vertices, visit);
}
