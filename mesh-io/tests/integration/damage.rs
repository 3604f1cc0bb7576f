//! Ways to damage a file, for the mutation tests of all formats.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

/// One way to damage a file.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    /// A byte is set.
    Set(Index, u8),
    /// A bit is flipped.
    Flip(Index, u8),
    /// The rest is cut off.
    Cut(Index),
    /// A range is left out.
    Remove(Index, usize),
    /// A range stands there twice.
    Repeat(Index, usize),
    /// A number in digits is replaced.
    Number(Index, &'static str),
    /// Four or eight bytes are replaced.
    Word(Index, u64, bool),
}

/// Any way to damage a file.
pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let number = prop::sample::select(vec![
        "-1",
        "0",
        "1",
        "99",
        "1e300",
        "nan",
        "inf",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "999999999999999999999999",
        "",
    ]);
    let word = prop_oneof![
        Just(u64::MAX),
        Just(u64::from(u32::MAX)),
        Just(i64::MAX as u64),
        Just(0),
        0_u64..64,
        any::<u64>()
    ];
    prop_oneof![
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, value)| Damage::Set(at, value)),
        2 => (any::<Index>(), 0_u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => any::<Index>().prop_map(Damage::Cut),
        2 => (any::<Index>(), 1_usize..200).prop_map(|(at, size)| Damage::Remove(at, size)),
        2 => (any::<Index>(), 1_usize..200).prop_map(|(at, size)| Damage::Repeat(at, size)),
        6 => (any::<Index>(), number).prop_map(|(at, text)| Damage::Number(at, text)),
        2 => (any::<Index>(), word, any::<bool>()).prop_map(|(at, value, wide)| {
            Damage::Word(at, value, wide)
        }),
    ]
}

/// Damages the file.
pub(crate) fn apply(damage: &Damage, file: &mut Vec<u8>) {
    if file.is_empty() {
        return;
    }
    let length = file.len();
    match damage {
        Damage::Set(at, value) => file[at.index(length)] = *value,
        Damage::Flip(at, bit) => file[at.index(length)] ^= 1 << bit,
        Damage::Cut(at) => file.truncate(at.index(length)),
        Damage::Remove(at, size) => {
            let start = at.index(length);
            file.drain(start..(start + size).min(length));
        }
        Damage::Repeat(at, size) => {
            let start = at.index(length);
            let part = file[start..(start + size).min(length)].to_vec();
            file.splice(start..start, part);
        }
        Damage::Number(at, text) => {
            let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b'-';
            let starts: Vec<usize> = (1..length)
                .filter(|i| is_digit(file[*i]) && matches!(file[i - 1], b' ' | b'"' | b'\n'))
                .collect();
            if !starts.is_empty() {
                let start = starts[at.index(starts.len())];
                let size = file[start..]
                    .iter()
                    .take_while(|byte| is_digit(**byte))
                    .count();
                file.splice(start..start + size, text.bytes());
            }
        }
        Damage::Word(at, value, wide) => {
            let start = at.index(length);
            let bytes = value.to_le_bytes();
            let size = if *wide { 8 } else { 4 }.min(length - start);
            file[start..start + size].copy_from_slice(&bytes[..size]);
        }
    }
}

/// Runs so many cases, or as many as the environment asks for.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let cases = std::env::var("MUTATION_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(cases);
    TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

/// Damages each of so many files in up to three ways, and hands it to `read`, which returns the
/// messages of refusals: they have one line, of bounded length.
pub(crate) fn read_damaged(cases: u32, files: &[Vec<u8>], read: impl Fn(&[u8]) -> Vec<String>) {
    let strategy = (any::<Index>(), proptest::collection::vec(damage(), 1..4));
    let run = runner(cases).run(&strategy, |(which, damages)| {
        let mut file = files[which.index(files.len())].clone();
        for damage in &damages {
            apply(damage, &mut file);
        }
        for message in read(&file) {
            prop_assert!(!message.contains('\n'), "{}", message);
            // A coordinate that is named may have three hundred digits.
            prop_assert!(message.len() < 1500, "{}", message);
        }
        Ok(())
    });
    run.unwrap();
}
