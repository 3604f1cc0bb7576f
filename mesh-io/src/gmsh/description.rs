//! What Gmsh has no place for, in words beside a field: further string tags, which Gmsh and meshio
//! read over.
//!
//! ```text
//! $ElementData
//! 3
//! "power 'thermal'"                    the name as Gmsh shows it
//! ""                                   no interpolation scheme
//! "remap: count=2 name=power%20%22thermal%22 components=gross,net"
//! ```
//!
//! A long description goes on in further tags, which begin alike: Gmsh reads lines of 255 bytes.

use std::fmt::Write;

use mesh_core::Label;

/// How each tag of a description begins.
const BEGIN: &str = "remap: ";

/// Bytes of a description in one tag; a line of Gmsh's has 255.
const LONGEST: usize = 180;

/// What is said of a field beside what Gmsh knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Description {
    /// The name, where Gmsh cannot show it.
    pub(super) name: Option<String>,
    /// How many components are meant where zeros fill them up.
    pub(super) count: Option<usize>,
    /// The names of the components, where they have any.
    pub(super) components: Vec<String>,
    pub(super) kind: ValueKind,
    /// Whether the field belongs to its step only, although it has no other.
    pub(super) is_of_one_step: bool,
    /// Whether the physical groups of the file are made of this field's labels.
    pub(super) makes_groups: bool,
    pub(super) labels: Vec<Label>,
}

/// What the floats in a file stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Themselves.
    #[default]
    Float,
    /// Integers.
    Integer,
    /// Integers beyond 2⁵³: rounded ones, and as many components more that are to be added.
    LargeInteger,
}

impl ValueKind {
    /// How many floats a tuple of so many components has.
    pub(super) const fn floats(self, components: usize) -> usize {
        match self {
            Self::Float | Self::Integer => components,
            Self::LargeInteger => components.saturating_mul(2),
        }
    }
}

impl Description {
    /// The string tags, without quotes; none where there is nothing to say.
    pub(super) fn to_tags(&self) -> Vec<String> {
        let mut words = Vec::new();
        match self.kind {
            ValueKind::Float => {}
            ValueKind::Integer => words.push("integer".to_owned()),
            ValueKind::LargeInteger => words.push("integer+remainder".into()),
        }
        if self.is_of_one_step {
            words.push("step".into());
        }
        if self.makes_groups {
            words.push("groups".into());
        }
        if let Some(count) = self.count {
            words.push(format!("count={count}"));
        }
        if let Some(name) = &self.name {
            words.push(format!("name={}", encode(name)));
        }
        if !self.components.is_empty() {
            let names: Vec<String> = self.components.iter().map(|name| encode(name)).collect();
            words.push(format!("components={}", names.join(",")));
        }
        if !self.labels.is_empty() {
            let labels: Vec<String> = self
                .labels
                .iter()
                .map(|label| format!("{}:{}", label.value, encode(&label.name)))
                .collect();
            words.push(format!("labels={}", labels.join(",")));
        }
        let text = words.join(" ");
        // All of it is ASCII.
        let pieces = text.as_bytes().chunks(LONGEST);
        pieces
            .map(|piece| format!("{BEGIN}{}", String::from_utf8_lossy(piece)))
            .collect()
    }

    /// What these string tags say; nothing where they are damaged.
    pub(super) fn from_tags<'a>(tags: impl Iterator<Item = &'a str>) -> Option<Self> {
        let text: String = tags.filter_map(|tag| tag.strip_prefix(BEGIN)).collect();
        let mut found = Self::default();
        for word in text.split_ascii_whitespace() {
            match word.split_once('=') {
                None if word == "integer" => found.kind = ValueKind::Integer,
                None if word == "integer+remainder" => found.kind = ValueKind::LargeInteger,
                None if word == "step" => found.is_of_one_step = true,
                None if word == "groups" => found.makes_groups = true,
                Some(("count", count)) => found.count = Some(count.parse().ok()?),
                Some(("name", name)) => found.name = Some(decode(name)?),
                Some(("components", names)) => {
                    found.components = names.split(',').map(decode).collect::<Option<_>>()?;
                }
                Some(("labels", labels)) => {
                    for label in labels.split(',') {
                        let (value, name) = label.split_once(':')?;
                        found.labels.push(Label {
                            value: value.parse().ok()?,
                            name: decode(name)?,
                        });
                    }
                }
                // Of a later version.
                _ => {}
            }
        }
        Some(found)
    }
}

/// `text` in letters, digits, `.`, `-` and `_`, all else as `%` and two digits per byte.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(byte.into());
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let [high, low] = *tail.first_chunk::<2>()?;
            bytes.push((digit(high)? * 16 + digit(low)?) as u8);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_comes_back_in_short_lines_of_ascii() {
        let description = Description {
            name: Some("über \"alles\",\n50 % = ½".repeat(20)),
            count: Some(7),
            components: vec![String::new(), "a,b".into(), "c d".into()],
            kind: ValueKind::LargeInteger,
            is_of_one_step: true,
            makes_groups: true,
            labels: vec![
                Label {
                    value: i64::MIN,
                    name: "steel: hot".into(),
                },
                Label {
                    value: 3,
                    name: String::new(),
                },
            ],
        };
        let tags = description.to_tags();
        assert!(tags.len() > 5);
        assert!(tags.iter().all(|tag| tag.len() < 200 && tag.is_ascii()));
        let back = Description::from_tags(tags.iter().map(String::as_str));
        assert_eq!(back, Some(description));
        assert_eq!(Description::default().to_tags(), Vec::<String>::new());
    }

    #[test]
    fn what_is_damaged_is_noticed() {
        for text in [
            "count=x",
            "name=%4",
            "name=%zz",
            "name=%ff",
            "labels=3",
            "labels=x:a",
        ] {
            let tag = format!("{BEGIN}{text}");
            assert_eq!(
                Description::from_tags([tag.as_str()].into_iter()),
                None,
                "{text}"
            );
        }
    }
}
