//! Random numbers that are the same bits on every machine.

use mesh_core::Vector3;
use nalgebra::{Quaternion, Rotation3, UnitQuaternion};

/// Splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Starts the sequence of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns the next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number uniform in −`reach` .. `reach`.
    pub fn within(&mut self, reach: f64) -> f64 {
        // 53 bits make a float in 0 .. 1 without rounding.
        let unit = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        (2.0 * unit - 1.0) * reach
    }

    /// Returns a vector whose coordinates are each uniform in −`reach` .. `reach`.
    pub fn vector(&mut self, reach: f64) -> Vector3 {
        Vector3::from_fn(|_, _| self.within(reach))
    }

    /// Returns −1 or 1.
    pub fn sign(&mut self) -> f64 {
        if self.bits() >> 63 == 0 { 1.0 } else { -1.0 }
    }

    /// Returns a rotation, every one as likely as any other: a quaternion from the unit ball,
    /// without trigonometric functions, whose last digit is the machine's affair.
    pub fn rotation(&mut self) -> Rotation3<f64> {
        loop {
            let [w, i, j, k] = [(); 4].map(|()| self.within(1.0));
            let quaternion = Quaternion::new(w, i, j, k);
            if (0.01..=1.0).contains(&quaternion.norm_squared()) {
                return UnitQuaternion::from_quaternion(quaternion).to_rotation_matrix();
            }
        }
    }

    /// Puts the items into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // The remainder favours small numbers by less than 2^-32.
            let chosen = self.bits() % (last as u64 + 1);
            items.swap(last, chosen as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_splitmix64() {
        // The first outputs of the reference implementation for seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn rotations_keep_lengths_and_orientation() {
        let mut random = Random::new(1);
        for _ in 0..100 {
            let matrix = random.rotation().into_inner();
            assert!((matrix.determinant() - 1.0).abs() < 1e-14);
            assert!(((matrix * matrix.transpose()) - nalgebra::Matrix3::identity()).amax() < 1e-15);
        }
    }

    #[test]
    fn shuffling_keeps_the_items() {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(2).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert!(items.into_iter().eq(0..100));
    }
}
