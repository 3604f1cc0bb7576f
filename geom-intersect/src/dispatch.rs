//! The fast path compiled twice: for any processor, and for those with AVX2.
#![allow(unsafe_code)]

use nalgebra::Point3;

use crate::convex::{self, ConvexCell, ConvexPlanes, Corners, Degenerate, Scratch};
use crate::eight_boxes::{self, EightBoxes, EightSingleBoxes, SingleEnds};
use crate::eight_hexahedra::{self, EightHexahedra};
use crate::general::General;
#[cfg(target_arch = "x86_64")]
use crate::lanes::Avx2;
use crate::lanes::Portable;
use crate::moments::{Moments, Wanted};
use crate::oriented_bounds::{EightOrientedBounds, OrientedBounds};
use crate::outer_sides::OuterSides;
use crate::plane::Plane;
use crate::solid::Solid;
use crate::standard::StandardShape;
use crate::standard_faces::StandardFaces;
use crate::tetrahedra::{Queue, SourceTetrahedron, TargetTetrahedron};

/// Which of the two is used; by default the one with the widest registers that the processor has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arithmetic {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

impl Default for Arithmetic {
    fn default() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(math) = Avx2::detect() {
            return Self::Avx2(math);
        }
        Self::Portable
    }
}

impl Arithmetic {
    /// Examines a cell as [`StandardFaces::of`] does.
    #[inline]
    pub(crate) fn faces(
        self,
        shape: StandardShape,
        corners: &Corners,
        magnitude: f64,
    ) -> StandardFaces {
        match self {
            Self::Portable => StandardFaces::of(Portable, shape, corners, magnitude),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { faces(math, shape, corners, magnitude) },
        }
    }

    /// Arranges planes as [`ConvexPlanes::fill`] does.
    #[inline]
    pub(crate) fn fill_planes(
        self,
        own: &mut ConvexPlanes,
        shape: StandardShape,
        planes: &[Plane],
        nodes: &Corners,
        extent: f64,
        volume: f64,
    ) {
        match self {
            Self::Portable => own.fill(shape, planes, nodes, extent, volume),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(_) => unsafe { fill_planes(own, shape, planes, nodes, extent, volume) },
        }
    }

    /// Returns what [`OuterSides::exclude`] does.
    #[inline]
    pub(crate) fn outer_sides_exclude(
        self,
        sides: &OuterSides,
        centre: &Point3<f64>,
        radius: f64,
        origin: &Point3<f64>,
    ) -> bool {
        match self {
            Self::Portable => sides.exclude(centre, radius, origin),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(_) => unsafe { outer_sides_exclude(sides, centre, radius, origin) },
        }
    }

    /// Computes an overlap as [`General::overlap`] does.
    pub(crate) fn overlap<const FIRST: bool>(
        self,
        general: &mut General,
        clipped: &Solid,
        clipper: &Solid,
        origin: Point3<f64>,
    ) -> Moments {
        match self {
            Self::Portable => general.overlap::<FIRST>(Portable, clipped, clipper, origin),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe {
                overlap::<FIRST>(math, general, clipped, clipper, origin)
            },
        }
    }

    /// Clips as [`convex::clip`] does.
    #[inline]
    pub(crate) fn clip<W: Wanted>(
        self,
        scratch: &mut Scratch,
        cell: ConvexCell<'_>,
        planes: &ConvexPlanes,
        origin: &Point3<f64>,
    ) -> Result<W, Degenerate> {
        match self {
            Self::Portable => convex::clip::<W>(Portable, scratch, cell, planes, origin),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { clip::<W>(math, scratch, cell, planes, origin) },
        }
    }

    /// Clips as [`convex::clip_two`] does.
    #[inline]
    pub(crate) fn clip_two<W: Wanted>(
        self,
        scratch: &mut [Scratch; 2],
        cells: [ConvexCell<'_>; 2],
        planes: &ConvexPlanes,
        origin: &Point3<f64>,
    ) -> [Result<W, Degenerate>; 2] {
        match self {
            Self::Portable => convex::clip_two::<W>(Portable, scratch, cells, planes, origin),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { clip_two::<W>(math, scratch, cells, planes, origin) },
        }
    }

    /// Compares boxes as [`eight_boxes::overlapping`] does.
    #[inline]
    pub(crate) fn overlapping(self, boxes: &EightBoxes, ends: (Point3<f64>, Point3<f64>)) -> u8 {
        match self {
            Self::Portable => eight_boxes::overlapping(Portable, boxes, ends),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { overlapping(math, boxes, ends) },
        }
    }

    /// Compares boxes as [`eight_boxes::met`] does.
    #[inline]
    pub(crate) fn met(self, boxes: &EightSingleBoxes, ends: &SingleEnds) -> u8 {
        match self {
            Self::Portable => eight_boxes::met(Portable, boxes, ends),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { met(math, boxes, ends) },
        }
    }

    /// Finds boxes as [`eight_boxes::find`] does.
    #[inline]
    pub(crate) fn find_boxes(
        self,
        boxes: &[EightBoxes],
        eights: impl Iterator<Item = u32>,
        oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
        ends: (Point3<f64>, Point3<f64>),
        found: &mut [u32],
    ) -> usize {
        match self {
            Self::Portable => eight_boxes::find(Portable, boxes, eights, oriented, ends, found),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { find_boxes(math, boxes, eights, oriented, ends, found) },
        }
    }

    /// Finds boxes as [`eight_boxes::find_met`] does.
    #[inline]
    pub(crate) fn find_met(
        self,
        boxes: &[EightSingleBoxes],
        eights: &[u32],
        ends: &SingleEnds,
        found: &mut [u32],
    ) -> usize {
        match self {
            Self::Portable => eight_boxes::find_met(Portable, boxes, eights, ends, found),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe { find_met(math, boxes, eights, ends, found) },
        }
    }

    /// Examines cells as [`eight_hexahedra::examine`] does.
    #[inline]
    pub(crate) fn examine(self, hexahedra: &mut EightHexahedra) {
        match self {
            Self::Portable => eight_hexahedra::examine(hexahedra),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(_) => unsafe { examine(hexahedra) },
        }
    }

    /// Visits overlaps as [`Queue::for_each`] does.
    #[inline]
    pub(crate) fn for_each_tetrahedron<'a, W: Wanted>(
        self,
        queue: &mut Queue,
        sources: impl Iterator<Item = (u32, &'a SourceTetrahedron)>,
        target: &TargetTetrahedron,
        visit: impl FnMut(u32, Result<W, Degenerate>),
    ) {
        match self {
            Self::Portable => queue.for_each(Portable, sources, target, visit),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features that the function is compiled for were found on this processor.
            Self::Avx2(math) => unsafe {
                for_each_tetrahedron(math, queue, sources, target, visit);
            },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn fill_planes(
    own: &mut ConvexPlanes,
    shape: StandardShape,
    planes: &[Plane],
    nodes: &Corners,
    extent: f64,
    volume: f64,
) {
    own.fill(shape, planes, nodes, extent, volume);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn outer_sides_exclude(
    sides: &OuterSides,
    centre: &Point3<f64>,
    radius: f64,
    origin: &Point3<f64>,
) -> bool {
    sides.exclude(centre, radius, origin)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn overlapping(math: Avx2, boxes: &EightBoxes, ends: (Point3<f64>, Point3<f64>)) -> u8 {
    eight_boxes::overlapping(math, boxes, ends)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn met(math: Avx2, boxes: &EightSingleBoxes, ends: &SingleEnds) -> u8 {
    eight_boxes::met(math, boxes, ends)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn find_boxes(
    math: Avx2,
    boxes: &[EightBoxes],
    eights: impl Iterator<Item = u32>,
    oriented: Option<(&[EightOrientedBounds], &OrientedBounds)>,
    ends: (Point3<f64>, Point3<f64>),
    found: &mut [u32],
) -> usize {
    eight_boxes::find(math, boxes, eights, oriented, ends, found)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn find_met(
    math: Avx2,
    boxes: &[EightSingleBoxes],
    eights: &[u32],
    ends: &SingleEnds,
    found: &mut [u32],
) -> usize {
    eight_boxes::find_met(math, boxes, eights, ends, found)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn examine(hexahedra: &mut EightHexahedra) {
    eight_hexahedra::examine(hexahedra);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn for_each_tetrahedron<'a, W: Wanted>(
    math: Avx2,
    queue: &mut Queue,
    sources: impl Iterator<Item = (u32, &'a SourceTetrahedron)>,
    target: &TargetTetrahedron,
    visit: impl FnMut(u32, Result<W, Degenerate>),
) {
    queue.for_each(math, sources, target, visit);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn overlap<const FIRST: bool>(
    math: Avx2,
    general: &mut General,
    clipped: &Solid,
    clipper: &Solid,
    origin: Point3<f64>,
) -> Moments {
    general.overlap::<FIRST>(math, clipped, clipper, origin)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn faces(math: Avx2, shape: StandardShape, corners: &Corners, magnitude: f64) -> StandardFaces {
    StandardFaces::of(math, shape, corners, magnitude)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn clip<W: Wanted>(
    math: Avx2,
    scratch: &mut Scratch,
    cell: ConvexCell<'_>,
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> Result<W, Degenerate> {
    convex::clip::<W>(math, scratch, cell, planes, origin)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn clip_two<W: Wanted>(
    math: Avx2,
    scratch: &mut [Scratch; 2],
    cells: [ConvexCell<'_>; 2],
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> [Result<W, Degenerate>; 2] {
    convex::clip_two::<W>(math, scratch, cells, planes, origin)
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix3, Vector3};

    use super::*;
    use crate::test_cells::{UNIT_CUBE, random};

    /// Coordinates of the nodes of a unit cell of each shape.
    fn unit(shape: StandardShape) -> Vec<Vector3<f64>> {
        let nodes: &[[f64; 3]] = match shape {
            StandardShape::Tetrahedron => &[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]],
            StandardShape::Pyramid => &[
                [0., 0., 0.],
                [1., 0., 0.],
                [1., 1., 0.],
                [0., 1., 0.],
                [0.5, 0.5, 1.],
            ],
            StandardShape::Wedge => &[
                [0., 0., 0.],
                [1., 0., 0.],
                [0., 1., 0.],
                [0., 0., 1.],
                [1., 0., 1.],
                [0., 1., 1.],
            ],
            StandardShape::Hexahedron => &UNIT_CUBE,
        };
        nodes.iter().copied().map(Vector3::from).collect()
    }

    fn random_solid(shape: StandardShape, state: &mut u64) -> Solid {
        // Half of the cells on a lattice, so that they share planes.
        let lattice = random(state) < 0.0;
        let matrix = Matrix3::from_fn(|row, column| {
            let shear = if lattice { 0.0 } else { 0.6 * random(state) };
            shear + f64::from(u8::from(row == column))
        });
        let shift = Vector3::from_fn(|_, _| {
            let shift = random(state);
            if lattice {
                (2.0 * shift).round() / 2.0
            } else {
                shift
            }
        });
        let nodes: Vec<Point3<f64>> = unit(shape)
            .iter()
            .map(|node| Point3::from(matrix * node + shift))
            .collect();
        let mut solid = Solid::default();
        solid.set_standard(shape, &nodes);
        solid
    }

    #[test]
    fn both_ways_give_the_same_bits() {
        let mut state = 7;
        let mut compared = 0;
        for _ in 0..500 {
            for clipped in StandardShape::ALL {
                for clipper in StandardShape::ALL {
                    let clipped_solid = random_solid(clipped, &mut state);
                    let clipper_solid = random_solid(clipper, &mut state);
                    let Some(planes) = clipper_solid.own_planes() else {
                        continue;
                    };
                    let origin = clipper_solid.frame().origin;
                    let cell = ConvexCell {
                        shape: clipped,
                        corners: clipped_solid.corners(),
                    };
                    let run = |arithmetic: Arithmetic| {
                        let scratch = &mut Scratch::default();
                        arithmetic.clip::<Moments>(scratch, cell, planes, &origin)
                    };
                    let [wide, plain] = [Arithmetic::default(), Arithmetic::Portable].map(run);
                    match (wide, plain) {
                        (Ok(wide), Ok(plain)) => {
                            assert_eq!(wide.volume.to_bits(), plain.volume.to_bits());
                            let bits = |first: Vector3<f64>| first.map(f64::to_bits);
                            assert_eq!(bits(wide.first), bits(plain.first));
                            compared += usize::from(wide.volume > 0.0);
                        }
                        _ => assert_eq!(wide, plain, "one way finds the pair degenerate"),
                    }
                }
            }
        }
        assert!(compared > 2000, "{compared} overlaps compared");
    }
}
