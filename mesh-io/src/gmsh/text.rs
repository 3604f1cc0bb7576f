//! Numbers in digits: tokens, and where in a section which of them stands.

use rayon::prelude::*;

/// Bytes between two entries of a [`TokenIndex`].
const STRIDE: usize = 1 << 16;

/// Whether the byte parts numbers: blanks, line ends and all control characters.
const fn is_blank(byte: u8) -> bool {
    byte <= b' '
}

/// The position of the next token, or the end of the text.
pub(super) fn skip_blanks(text: &[u8], mut position: usize) -> usize {
    while text.get(position).is_some_and(|byte| is_blank(*byte)) {
        position += 1;
    }
    position
}

/// The token at `position`, which is not blank; empty at the end of the text.
pub(super) fn token_at(text: &[u8], position: usize) -> &[u8] {
    let rest = text.get(position..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| !is_blank(**byte)).count();
    &rest[..length]
}

/// The integer that begins at `position`, and where it ends; nothing where there is none, where
/// it does not end with a blank, or where it has more than 64 bits.
pub(super) fn integer_at(text: &[u8], position: usize) -> Option<(i64, usize)> {
    let digits = &text[position..];
    let is_negative = digits.first() == Some(&b'-');
    let sign = usize::from(is_negative || digits.first() == Some(&b'+'));
    let mut value = 0_u64;
    let mut end = sign;
    while let Some(digit) = digits.get(end).map(|byte| byte.wrapping_sub(b'0'))
        && digit < 10
    {
        // Nineteen digits always fit.
        if end < sign + 19 {
            value = value * 10 + u64::from(digit);
        } else {
            value = value.checked_mul(10)?.checked_add(digit.into())?;
        }
        end += 1;
    }
    if end == sign || digits.get(end).is_some_and(|byte| !is_blank(*byte)) {
        return None;
    }
    let value = if is_negative {
        0_i64.checked_sub_unsigned(value)?
    } else {
        i64::try_from(value).ok()?
    };
    Some((value, position + end))
}

/// The float that begins at `position`, and where it ends; nothing where there is none.
pub(super) fn float_at(text: &[u8], position: usize) -> Option<(f64, usize)> {
    let token = token_at(text, position);
    let digits = std::str::from_utf8(token).ok()?;
    let value = crate::vtk::xml::numbers::parse_float(digits).or_else(|| {
        // So meshio 5.3 writes text with NumPy 2.
        let digits = digits.strip_prefix("np.float64(")?.strip_suffix(')')?;
        crate::vtk::xml::numbers::parse_float(digits)
    })?;
    Some((value, position + token.len()))
}

/// Which tokens of a text stand where, so that threads can begin anywhere.
#[derive(Clone, Debug)]
pub(super) struct TokenIndex {
    /// How many tokens begin before each multiple of [`STRIDE`], and before the end.
    before: Vec<u64>,
}

impl TokenIndex {
    /// The index of this text. In parallel.
    pub(super) fn new(text: &[u8]) -> Self {
        let counts: Vec<u64> = (0..text.len().div_ceil(STRIDE))
            .into_par_iter()
            .map(|stride| {
                let start = stride * STRIDE;
                let end = (start + STRIDE).min(text.len());
                let is_first = start == 0 || is_blank(text[start - 1]);
                let first = u64::from(is_first && !is_blank(text[start]));
                first + count_starts(&text[start..end])
            })
            .collect();
        let mut total = 0;
        let mut before = vec![0];
        before.extend(counts.into_iter().map(|count| {
            total += count;
            total
        }));
        Self { before }
    }

    /// How many tokens there are.
    pub(super) fn count(&self) -> u64 {
        self.before.last().copied().unwrap_or_default()
    }

    /// Where token number `token`, from 0, begins; the end of the text where there is none.
    pub(super) fn find(&self, text: &[u8], token: u64) -> usize {
        let stride = self.before.partition_point(|before| *before <= token);
        if stride == self.before.len() {
            return text.len();
        }
        let stride = stride.saturating_sub(1);
        let mut position = stride * STRIDE;
        let mut left = token - self.before[stride];
        // A token that begins before the stride is not counted in it.
        if position > 0 && !is_blank(text[position - 1]) {
            position += token_at(text, position).len();
        }
        loop {
            position = skip_blanks(text, position);
            if left == 0 {
                return position;
            }
            position += token_at(text, position).len();
            left -= 1;
        }
    }
}

/// How many tokens begin in this text behind its first byte.
fn count_starts(text: &[u8]) -> u64 {
    let mut total = 0;
    let mut start = 1;
    while start < text.len() {
        let end = (start + 255).min(text.len());
        let pairs = text[start..end].iter().zip(&text[start - 1..end - 1]);
        // Counted in bytes: the compiler does many at once.
        let count = pairs
            .map(|(byte, before)| u8::from(!is_blank(*byte) & is_blank(*before)))
            .fold(0_u8, u8::wrapping_add);
        total += u64::from(count);
        start = end;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(text: &str) -> Option<i64> {
        let (value, end) = integer_at(text.as_bytes(), 0)?;
        assert_eq!(end, token_at(text.as_bytes(), 0).len());
        Some(value)
    }

    #[test]
    fn integers_of_64_bits_and_no_others_are_read() {
        for value in [
            0,
            1,
            -1,
            42,
            i64::MAX,
            i64::MIN,
            i64::MAX - 1,
            1_000_000_000_000_000_000,
        ] {
            assert_eq!(integer(&value.to_string()), Some(value));
            assert_eq!(integer(&format!("{value} 7")), Some(value));
        }
        assert_eq!(integer("+5"), Some(5));
        assert_eq!(integer("000000000000000000000000000000007"), Some(7));
        for wrong in [
            "",
            "-",
            "+",
            "x",
            "1x",
            "1.0",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999",
        ] {
            assert_eq!(integer(wrong), None, "{wrong}");
        }
    }

    /// A text of tokens of many lengths, with runs of blanks.
    fn text(bytes: usize) -> Vec<u8> {
        let mut text = Vec::new();
        let mut state = 1_u64;
        while text.len() < bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let random = state >> 33;
            let length = if random.is_multiple_of(97) {
                STRIDE + 3
            } else {
                (random % 7) as usize
            };
            text.extend(std::iter::repeat_n(b'1', length));
            text.extend(std::iter::repeat_n(b' ', (random >> 8) as usize % 4));
        }
        text
    }

    #[test]
    fn every_token_is_found() {
        for bytes in [0, 1, 300, 5 * STRIDE] {
            let text = text(bytes);
            let index = TokenIndex::new(&text);
            let mut position = 0;
            let mut number = 0;
            loop {
                position = skip_blanks(&text, position);
                if position == text.len() {
                    break;
                }
                if number % 50 == 0 {
                    assert_eq!(index.find(&text, number), position);
                }
                position += token_at(&text, position).len();
                number += 1;
            }
            assert_eq!(index.count(), number);
            assert_eq!(index.find(&text, number), text.len());
            assert_eq!(index.find(&text, u64::MAX), text.len());
        }
    }
}
