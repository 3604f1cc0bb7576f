//! 128-bit hashes that say whether two meshes or two matrices are the same, to the bit.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::str::FromStr;

use xxhash_rust::xxh3::Xxh3;

/// The hash of a mesh: equal for equal nodes, shapes, connectivity and polyhedra.
///
/// Written as 32 hexadecimal digits. The same on every machine.
///
/// ```
/// use mesh_core::Fingerprint;
/// let text = "000000000000000000000000000000ff";
/// assert_eq!(text.parse::<Fingerprint>()?, Fingerprint::new(255));
/// assert_eq!(Fingerprint::new(255).to_string(), text);
/// # Ok::<(), mesh_core::ParseHashError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint with this value.
    #[must_use]
    pub const fn new(value: u128) -> Self {
        Self(value)
    }

    /// The value as a number.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        parse_hash(text).map(Self)
    }
}

/// A text that is no fingerprint and no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a fingerprint or digest: expected 32 hexadecimal digits")]
pub struct ParseHashError {
    /// The text as it was given.
    pub text: String,
}

/// The number that 32 hexadecimal digits stand for.
pub(crate) fn parse_hash(text: &str) -> Result<u128, ParseHashError> {
    let error = || ParseHashError {
        text: text.to_owned(),
    };
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(error());
    }
    u128::from_str_radix(text, 16).map_err(|_| error())
}

/// Hashes arrays of numbers, each with its length, as little-endian bytes on every machine.
pub(crate) struct ArrayHasher {
    state: Box<Xxh3>,
}

/// How many bytes are converted at a time; any number gives the same hash.
const BLOCK: usize = 8192;

impl ArrayHasher {
    /// A hasher for one kind of value, named so that kinds never share a hash.
    pub(crate) fn new(kind: &str) -> Self {
        let mut hasher = Self {
            state: Box::default(),
        };
        hasher.bytes(kind.as_bytes());
        hasher
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.state.update(bytes);
    }

    pub(crate) fn length(&mut self, length: usize) {
        self.state.update(&(length as u64).to_le_bytes());
    }

    pub(crate) fn array<T, const N: usize>(
        &mut self,
        values: &[T],
        to_bytes: impl Fn(&T) -> [u8; N],
    ) {
        self.length(values.len());
        let mut block = [0_u8; BLOCK];
        for chunk in values.chunks(BLOCK / N) {
            for (bytes, value) in block.chunks_exact_mut(N).zip(chunk) {
                bytes.copy_from_slice(&to_bytes(value));
            }
            self.state.update(&block[..chunk.len() * N]);
        }
    }

    pub(crate) fn finish(&self) -> u128 {
        self.state.digest128()
    }
}

/// The finisher of splitmix64: every bit of the result depends on every bit given.
pub(crate) fn mix(bits: u64) -> u64 {
    let mixed = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Hash tables of whole numbers, several times faster than with the hasher of the standard
/// library, whose protection against chosen keys a grid does not need.
pub(crate) type NumberMap<T> = HashMap<u64, T, BuildHasherDefault<NumberHasher>>;

#[derive(Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix(self.0 ^ number);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_fingerprint_is_refused() {
        for text in [
            "",
            "ff",
            "+00000000000000000000000000000ff",
            &"g".repeat(32),
        ] {
            let message = text.parse::<Fingerprint>().unwrap_err().to_string();
            assert!(message.contains("32 hexadecimal digits"), "{message}");
        }
    }

    #[test]
    fn the_hash_knows_where_an_array_ends() {
        let hash = |left: &[u32], right: &[u32]| {
            let mut hasher = ArrayHasher::new("test");
            hasher.array(left, |value| value.to_le_bytes());
            hasher.array(right, |value| value.to_le_bytes());
            hasher.finish()
        };
        assert_ne!(hash(&[1, 2], &[3]), hash(&[1], &[2, 3]));
        assert_eq!(hash(&[1, 2], &[3]), hash(&[1, 2], &[3]));
    }
}
