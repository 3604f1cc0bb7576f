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
    pub(crate) planes: Vec<Plane>,
    pub(crate) pieces: Vec<Piece>,
}

/// A convex piece and the sign it is counted with.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) planes: Range<usize>,
    pub(crate) sign: f64,
    /// Box around the piece, in the frame of the solid.
    pub(crate) low: Vector3<f64>,
    pub(crate) high: Vector3<f64>,
}

impl Decomposition {
    /// Decomposes a solid, in the solid's own frame.
    pub(crate) fn of(solid: &Solid) -> Self {
        let mut vertices = Vec::new();
        solid.vertices(&solid.frame().origin, &mut vertices);
        Self::roof_minus_slivers(solid, &vertices)
            .unwrap_or_else(|| Self::tetrahedra(solid, &vertices))
    }

    /// Returns none where the roofs do not bound a convex solid.
    fn roof_minus_slivers(solid: &Solid, vertices: &[Vector3<f64>]) -> Option<Self> {
        let mut result = Self::default();
        let mut slivers = Vec::new();
        let mut centre = solid.node_count();
        for face in 0..solid.face_count() {
            let (planar, plane) = solid.face_plane(face);
            if planar {
                result.planes.push(*plane);
                continue;
            }
            let corners = solid.face(face);
            convex_roof(corners, vertices, &mut |[a, b, c]| {
                let [a, b, c] = [a, b, c].map(|corner| vertices[corner as usize]);
                result.planes.push(Plane::of_triangle(&a, &b, &c));
                slivers.push([a, b, c, vertices[centre]]);
            });
            centre += 1;
        }
        let nodes = &vertices[..solid.node_count()];
        let convex = result.planes.iter().all(|plane| {
            nodes
                .iter()
                .all(|node| !plane.excludes(node, solid.frame().magnitude))
        });
        if !convex {
            return None;
        }
        let (low, high) = box_around(nodes);
        result.pieces.push(Piece {
            planes: 0..result.planes.len(),
            sign: 1.0,
            low,
            high,
        });
        for [a, b, c, centre] in slivers {
            result.push_tetrahedron(&a, &b, &c, &centre, -1.0);
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
            let corner = |index: usize| vertices[corners[index % count] as usize];
            if planar {
                for index in 1..count.saturating_sub(1) {
                    let (a, b, c) = (corner(0), corner(index), corner(index + 1));
                    result.push_tetrahedron(&a, &b, &c, &apex, 1.0);
                }
            } else {
                for index in 0..count {
                    let (a, b) = (corner(index), corner(index + 1));
                    result.push_tetrahedron(&a, &b, &vertices[centre], &apex, 1.0);
                }
                centre += 1;
            }
        }
        result
    }

    /// Adds the tetrahedron over the triangle `a b c` as seen from `apex`, with the sign of its
    /// volume times `sign`; a flat one adds nothing.
    fn push_tetrahedron(
        &mut self,
        a: &Vector3<f64>,
        b: &Vector3<f64>,
        c: &Vector3<f64>,
        apex: &Vector3<f64>,
        sign: f64,
    ) {
        let volume = (a - apex).dot(&(b - apex).cross(&(c - apex)));
        if volume == 0.0 {
            return;
        }
        // Seen from outside the triangle runs a, b, c if the volume is positive, a, c, b if not.
        let (b, c, sign) = if volume > 0.0 {
            (b, c, sign)
        } else {
            (c, b, -sign)
        };
        let start = self.planes.len();
        for [p, q, r] in [[a, b, c], [b, a, apex], [c, b, apex], [a, c, apex]] {
            self.planes.push(Plane::of_triangle(p, q, r));
        }
        let (low, high) = box_around([a, b, c, apex]);
        self.pieces.push(Piece {
            planes: start..start + 4,
            sign,
            low,
            high,
        });
    }
}

/// Visits the triangles of the convex roof over a face's corners: no corner is above any of them.
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
