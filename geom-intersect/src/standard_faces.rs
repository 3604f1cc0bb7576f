//! The faces of a standard cell: their planes, which of them are planar, and whether the cell is
//! convex.

use nalgebra::Vector3;

use crate::convex::Corners;
use crate::lanes::{LANES, LaneMath};
use crate::plane::Plane;
use crate::standard::{MAX_FACES, StandardShape, faces_of};
use crate::tetrahedra::six_volumes;

/// What the faces of a standard cell amount to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StandardFaces {
    /// The planes of the faces; of a warped face the mean plane, through its centre.
    pub(crate) planes: [Plane; MAX_FACES],
    pub(crate) planar: [bool; MAX_FACES],
    /// Whether every face is planar and the cell inside every face's plane.
    pub(crate) convex: bool,
    /// The volume; negative where the cell is listed as its mirror image.
    pub(crate) volume: f64,
}

impl StandardFaces {
    /// Examines a cell with these corners, in its own frame; `magnitude` is its largest absolute
    /// coordinate in the world.
    #[inline(always)]
    pub(crate) fn of(
        math: impl LaneMath,
        shape: StandardShape,
        corners: &Corners,
        magnitude: f64,
    ) -> Self {
        // One copy for each shape, in which the corners of all faces are constants.
        match shape {
            StandardShape::Tetrahedron => Self::of_shape::<0>(math, corners, magnitude),
            StandardShape::Pyramid => Self::of_shape::<1>(math, corners, magnitude),
            StandardShape::Wedge => Self::of_shape::<2>(math, corners, magnitude),
            StandardShape::Hexahedron => Self::of_shape::<3>(math, corners, magnitude),
        }
    }

    #[inline(always)]
    fn of_shape<const SHAPE: usize>(
        math: impl LaneMath,
        corners: &Corners,
        magnitude: f64,
    ) -> Self {
        let mut result = Self {
            planes: [Plane {
                normal: Vector3::zeros(),
                point: Vector3::zeros(),
            }; MAX_FACES],
            planar: [true; MAX_FACES],
            convex: true,
            volume: 0.0,
        };
        result.add_face::<SHAPE, 0>(math, corners, magnitude);
        result.add_face::<SHAPE, 1>(math, corners, magnitude);
        result.add_face::<SHAPE, 2>(math, corners, magnitude);
        result.add_face::<SHAPE, 3>(math, corners, magnitude);
        result.add_face::<SHAPE, 4>(math, corners, magnitude);
        result.add_face::<SHAPE, 5>(math, corners, magnitude);
        if SHAPE == 0 {
            let node = |node: usize| corners.each_ref().map(|axis| axis.0[node]).into();
            let [a, b, c, d]: [Vector3<f64>; 4] = [node(0), node(1), node(2), node(3)];
            result.volume = six_volumes([&a, &b, &c, &d]);
        }
        result.volume /= 6.0;
        result
    }

    #[inline(always)]
    fn add_face<const SHAPE: usize, const FACE: usize>(
        &mut self,
        math: impl LaneMath,
        corners: &Corners,
        magnitude: f64,
    ) {
        let face = const {
            let faces = faces_of(SHAPE);
            if FACE < faces.len() { faces[FACE] } else { &[] }
        };
        if face.is_empty() {
            return;
        }
        let mut points = [Vector3::zeros(); 4];
        for (point, &corner) in points.iter_mut().zip(face) {
            let corner = corner as usize % LANES;
            *point = Vector3::new(
                corners[0].0[corner],
                corners[1].0[corner],
                corners[2].0[corner],
            );
        }
        let plane = Plane::of_face(&points[..face.len()]);
        let limit = plane.coplanarity(magnitude);
        let (distances, outside) = math.distances(corners, &plane.row(limit));
        // The corners of a quadrilateral are all as far from its mean plane, above or below. Written
        // so that NaN is not planar.
        let first = distances.0[face[0] as usize % LANES];
        let planar = face.len() == 3 || first.abs() <= limit;
        let own = face.iter().fold(0_u64, |set, corner| set | 1 << corner);
        self.convex &= planar && outside & !own == 0;
        self.planes[FACE] = plane;
        self.planar[FACE] = planar;
        // The cone over a face from corner 0 has six times the volume `normal · (point − apex)`.
        let apex = Vector3::new(corners[0].0[0], corners[1].0[0], corners[2].0[0]);
        self.volume -= plane.distance(&apex);
    }
}
