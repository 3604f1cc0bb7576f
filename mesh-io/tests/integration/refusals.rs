//! What readers say of files that are none, for the mutation tests of all formats.

use std::fmt::Display;

use crate::damage::runner;
use mesh_io::ReadOptions;
use proptest::prelude::*;

/// Reads a file as it is and with cells made linear; returns the messages of refusals.
pub(crate) fn refusals<T, E: Display>(
    file: &[u8],
    read: impl Fn(&[u8], &ReadOptions) -> Result<T, E>,
) -> Vec<String> {
    let plain = ReadOptions::default();
    let ways = [plain.clone(), plain.linearize(true)];
    let refusals = ways.iter().filter_map(|options| read(file, options).err());
    refusals.map(|error| error.to_string()).collect()
}

/// Sees that bytes at random are refused, alone and between each of some heads and a tail.
pub(crate) fn refuse_random_bytes<T, E>(
    heads: &[&[u8]],
    tail: &[u8],
    read: impl Fn(&[u8], &ReadOptions) -> Result<T, E>,
) {
    let strategy = proptest::collection::vec(any::<u8>(), 0..200);
    let run = runner(2000).run(&strategy, |bytes| {
        prop_assert!(read(&bytes, &ReadOptions::default()).is_err());
        for head in heads {
            let behind_a_head = [head, &bytes[..], tail].concat();
            prop_assert!(read(&behind_a_head, &ReadOptions::default()).is_err());
        }
        Ok(())
    });
    run.unwrap();
}
