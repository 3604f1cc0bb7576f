//! Names as MED has room for them.

use std::collections::HashSet;

use super::fields::{COMPONENT_NAME, join_components};

/// Bytes of the name of a field or mesh.
pub(super) const NAME: usize = 64;

/// `text` cut to so many bytes, between two characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The name of a mesh or field: not empty, no slash and no zero byte, at most 64 bytes, and none of
/// `taken`, to which it is added.
pub(super) fn unique_name(name: &str, taken: &mut HashSet<String>) -> String {
    let plain = name.replace(['/', '\0'], "_");
    // A dot stands for the group itself.
    let plain = match plain.as_str() {
        "" | "." => "unnamed",
        plain => cut(plain, NAME),
    };
    let mut unique = plain.to_owned();
    let mut number = 1;
    while !taken.insert(unique.clone()) {
        number += 1;
        let suffix = format!("~{number}");
        unique = format!("{}{suffix}", cut(plain, NAME - suffix.len()));
    }
    unique
}

/// The texts one after the other, each cut or filled up with blanks to so many bytes.
pub(super) fn padded<'a>(texts: impl Iterator<Item = &'a str>, width: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        let end = bytes.len() + width;
        bytes.extend(cut(text, width).as_bytes());
        bytes.resize(end, b' ');
    }
    bytes
}

/// The names of components: names, units, and whether the two together say all.
pub(super) fn split_components(components: &[String]) -> (Vec<u8>, Vec<u8>, bool) {
    let parts = components.iter().map(|component| split_unit(component));
    let names = padded(parts.clone().map(|(name, _)| name), COMPONENT_NAME);
    let units = padded(parts.map(|(_, unit)| unit), COMPONENT_NAME);
    let is_whole = join_components(&names, &units, components.len()) == components;
    (names, units, is_whole)
}

/// `vx [m/s]` is the component `vx` in `m/s`.
fn split_unit(name: &str) -> (&str, &str) {
    let parts = name
        .strip_suffix(']')
        .and_then(|name| name.split_once(" ["));
    parts.unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_characters_and_made_unique() {
        let mut taken = HashSet::new();
        assert_eq!(cut("größer", 3), "gr");
        assert_eq!(unique_name("a/b", &mut taken), "a_b");
        assert_eq!(unique_name("a_b", &mut taken), "a_b~2");
        assert_eq!(unique_name("", &mut taken), "unnamed");
        let long = "x".repeat(100);
        assert_eq!(unique_name(&long, &mut taken).len(), NAME);
        assert!(unique_name(&long, &mut taken).ends_with("x~2"));
    }

    #[test]
    fn components_come_back_or_it_is_known_that_they_do_not() {
        let names = ["vx [m/s]", "", "v<z>"].map(str::to_owned);
        let (texts, units, is_whole) = split_components(&names);
        assert!(is_whole);
        assert_eq!(&texts[..18], b"vx                ");
        assert_eq!(&units[..4], b"m/s ");
        for name in ["seventeen letters", "blank ", "zero\0", "[K]x [", " [K]"] {
            let (.., is_whole) = split_components(&[name.to_owned()]);
            assert_eq!(is_whole, name == "[K]x [", "{name}");
        }
    }
}
