//! Names as legacy VTK files have them: without blanks, other bytes as `%` and two digits.

use std::fmt::Write;

/// `name` as one word of plain characters.
pub(super) fn encode(name: &str) -> String {
    // An array without a name could not be read, and these would be read as something else.
    let is_taken = matches!(name, "METADATA" | "NULL_ARRAY");
    if name.is_empty() {
        return "unnamed".to_owned();
    }
    let mut encoded = String::with_capacity(name.len());
    for (index, byte) in name.bytes().enumerate() {
        let is_plain = (33..=126).contains(&byte) && byte != b'"' && byte != b'%';
        if is_plain && !(is_taken && index == 0) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The name that `word` stands for. A `%` without two digits behind it is itself.
pub(super) fn decode(word: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let digits = after.get(..2).filter(|_| first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => bytes.push(first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back() {
        let names = [
            "power",
            "power <W> & \"more\"\n",
            "größe",
            "50 %",
            "%20",
            "METADATA",
        ];
        for name in names {
            let encoded = encode(name);
            assert!(
                encoded.bytes().all(|byte| byte.is_ascii_graphic()),
                "{encoded}"
            );
            assert_ne!(encoded, "METADATA");
            assert_eq!(decode(encoded.as_bytes()), name);
        }
        assert_eq!(encode("a b"), "a%20b");
        assert_eq!(decode(b"50%"), "50%");
        assert_eq!(decode(b"%zz%4"), "%zz%4");
    }
}
