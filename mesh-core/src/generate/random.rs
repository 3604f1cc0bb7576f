//! Random numbers that are the same bits on every machine and for any number of threads.

use crate::hashing::mix;

/// Uniform in −1 .. 1: the number at `position` of the sequence that starts at `seed`.
///
/// Splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014), whose
/// state is a multiple of a constant, so that any position can be reached at once.
pub(super) fn symmetric_uniform(seed: u64, position: u64) -> f64 {
    let step = 0x9e37_79b9_7f4a_7c15;
    let bits = mix(seed.wrapping_add(position.wrapping_add(1).wrapping_mul(step)));
    // 53 bits make a float in 0 .. 1 without rounding.
    let unit = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    2.0 * unit - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_splitmix64() {
        // The first outputs of the reference implementation for seed 1234567.
        for (position, bits) in [
            (0, 6_457_827_717_110_365_317_u64),
            (1, 3_203_168_211_198_807_973),
        ] {
            let expected = 2.0 * ((bits >> 11) as f64 / (1_u64 << 53) as f64) - 1.0;
            assert_eq!(symmetric_uniform(1_234_567, position), expected);
        }
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let count = 10_000_u32;
        let sum: f64 = (0..count).map(|i| symmetric_uniform(2, u64::from(i))).sum();
        assert!((sum / f64::from(count)).abs() < 0.02);
        assert!((0..u64::from(count)).all(|i| (-1.0..1.0).contains(&symmetric_uniform(9, i))));
    }
}
