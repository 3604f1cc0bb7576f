//! The fast path compiled twice: for any processor, and for those with AVX2.
#![allow(unsafe_code)]

use nalgebra::Point3;

use crate::convex::{ConvexPlanes, Outcome, Scratch};
#[cfg(target_arch = "x86_64")]
use crate::lanes::Avx2;
use crate::lanes::Portable;
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
