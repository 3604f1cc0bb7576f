//! The fast path compiled twice: for any processor, and for those with AVX2.
#![allow(unsafe_code)]

use nalgebra::Point3;

use crate::convex::{ConvexPlanes, Outcome, Scratch};
use crate::general::General;
#[cfg(target_arch = "x86_64")]
use crate::lanes::Avx2;
use crate::lanes::Portable;
use crate::moments::Moments;
use crate::solid::Solid;
use crate::standard::StandardShape;

/// Clips as [`Scratch::clip`] does, with the widest registers that the processor has.
#[inline]
pub(crate) fn clip<const FIRST: bool>(
    scratch: &mut Scratch,
    shape: StandardShape,
    nodes: &[Point3<f64>],
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> Outcome {
    #[cfg(target_arch = "x86_64")]
    if let Some(math) = Avx2::detect() {
        // SAFETY: the features that the function is compiled for were found on this processor.
        return unsafe { clip_avx2::<FIRST>(math, scratch, shape, nodes, planes, origin) };
    }
    scratch.clip::<FIRST>(Portable, shape, nodes, planes, origin)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn clip_avx2<const FIRST: bool>(
    math: Avx2,
    scratch: &mut Scratch,
    shape: StandardShape,
    nodes: &[Point3<f64>],
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> Outcome {
    scratch.clip::<FIRST>(math, shape, nodes, planes, origin)
}

/// Computes an overlap as [`General::overlap`] does, with the widest registers that the processor
/// has.
pub(crate) fn overlap<const FIRST: bool>(
    general: &mut General,
    clipped: &Solid,
    clipper: &Solid,
    origin: Point3<f64>,
) -> Moments {
    #[cfg(target_arch = "x86_64")]
    if let Some(math) = Avx2::detect() {
        // SAFETY: the features that the function is compiled for were found on this processor.
        return unsafe { overlap_avx2::<FIRST>(math, general, clipped, clipper, origin) };
    }
    general.overlap::<FIRST>(Portable, clipped, clipper, origin)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn overlap_avx2<const FIRST: bool>(
    math: Avx2,
    general: &mut General,
    clipped: &Solid,
    clipper: &Solid,
    origin: Point3<f64>,
) -> Moments {
    general.overlap::<FIRST>(math, clipped, clipper, origin)
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix3, Vector3};

    use super::*;

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
            StandardShape::Hexahedron => &[
                [0., 0., 0.],
                [1., 0., 0.],
                [1., 1., 0.],
                [0., 1., 0.],
                [0., 0., 1.],
                [1., 0., 1.],
                [1., 1., 1.],
                [0., 1., 1.],
            ],
        };
        nodes.iter().copied().map(Vector3::from).collect()
    }

    /// Numbers between −1 and 1 (splitmix64).
    fn random(state: &mut u64) -> f64 {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
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
                    let nodes = &clipped_solid.nodes;
                    let wide =
                        clip::<true>(&mut Scratch::default(), clipped, nodes, planes, &origin);
                    let plain =
                        Scratch::default().clip::<true>(Portable, clipped, nodes, planes, &origin);
                    match (wide, plain) {
                        (Outcome::Moments(wide), Outcome::Moments(plain)) => {
                            assert_eq!(wide.volume.to_bits(), plain.volume.to_bits());
                            let bits = |first: Vector3<f64>| first.map(f64::to_bits);
                            assert_eq!(bits(wide.first), bits(plain.first));
                            compared += usize::from(wide.volume > 0.0);
                        }
                        (Outcome::Degenerate, Outcome::Degenerate) => {}
                        _ => panic!("one way finds the pair degenerate, the other does not"),
                    }
                }
            }
        }
        assert!(compared > 2000, "{compared} overlaps compared");
    }

    #[test]
    fn the_general_path_gives_the_same_bits_both_ways() {
        let mut state = 8;
        let mut compared = 0;
        for _ in 0..500 {
            let [clipped, clipper] = [(); 2].map(|()| {
                let shape = StandardShape::Hexahedron;
                let mut nodes = random_solid(shape, &mut state).nodes;
                for node in &mut nodes {
                    *node += Vector3::from_fn(|_, _| 0.05 * random(&mut state));
                }
                let mut solid = Solid::default();
                solid.set_standard(shape, &nodes);
                solid
            });
            let origin = clipper.frame().origin;
            let wide = overlap::<true>(&mut General::default(), &clipped, &clipper, origin);
            let plain = General::default().overlap::<true>(Portable, &clipped, &clipper, origin);
            let bits = |moments: Moments| {
                let [x, y, z] = moments.first.into();
                [moments.volume, x, y, z].map(f64::to_bits)
            };
            assert_eq!(bits(wide), bits(plain));
            let volume = General::default()
                .overlap::<false>(Portable, &clipped, &clipper, origin)
                .volume;
            assert_eq!(volume.to_bits(), plain.volume.to_bits());
            compared += usize::from(plain.volume > 0.0);
        }
        assert!(compared > 200, "{compared} overlaps compared");
    }
}
