//! The sections of a Gmsh file.

use memchr::memmem;

use super::error::{GmshError, Place};
use crate::shorten;
use crate::vtu::ByteOrder;

/// How the numbers of a section stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) layout: Layout,
    pub(super) encoding: Encoding,
}

/// What sections hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Version 2.0 to 2.2: node by node, element by element, groups beside the elements.
    Two,
    /// Version 4.0: blocks of one entity each, the entity's tag first.
    FourZero,
    /// Version 4.1: blocks of one entity each, the entity's dimension first.
    FourOne,
}

/// How numbers are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// In digits, parted by blanks.
    Text,
    /// As bytes in this order; counts and tags of version 4 have so many.
    Binary(ByteOrder, usize),
}

/// One section: what stands between `$Name` and `$EndName`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a> {
    pub(super) file: &'a [u8],
    pub(super) name: &'a str,
    pub(super) format: Format,
    /// Where `$Name` stands.
    pub(super) head: usize,
    /// Where what it holds begins and ends.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Section<'a> {
    pub(super) fn body(&self) -> &'a [u8] {
        &self.file[self.start..self.end]
    }

    /// Where the section begins.
    pub(super) fn place(&self) -> Place {
        self.place_of(self.head)
    }

    /// The place of this byte of the file.
    pub(super) fn place_of(&self, byte: usize) -> Place {
        match self.format.encoding {
            Encoding::Text => Place::Line(line_of(self.file, byte)),
            Encoding::Binary(..) => Place::Byte(byte),
        }
    }
}

/// The line, from 1, of this byte.
fn line_of(file: &[u8], byte: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &file[..byte.min(file.len())]).count()
}

/// The sections of the file, in its order, without `$MeshFormat` and `$Comments`.
///
/// The end of a section is searched for, also among binary numbers: that they spell it by chance
/// has odds below 2⁻⁷² per byte, and would be noticed, for each section knows its length.
pub(super) fn find_sections(file: &[u8]) -> Result<Vec<Section<'_>>, GmshError> {
    let mut sections = Vec::new();
    let mut format = None;
    let mut position = 0;
    while let Some(head) = find_head(file, position) {
        let (name, start) = name_at(file, head);
        if format.is_none() && matches!(name, "NOD" | "NOE") {
            return Err(GmshError::FormatOne);
        }
        let is_known_as_text =
            format.is_none_or(|format: Format| format.encoding == Encoding::Text);
        let place = || {
            if is_known_as_text {
                Place::Line(line_of(file, head))
            } else {
                Place::Byte(head)
            }
        };
        if name.starts_with("End") {
            return Err(GmshError::StrayEnd {
                place: place(),
                section: shorten(name),
            });
        }
        let end = find_end(file, start, name, true);
        // Not every writer ends the line of binary numbers.
        let end = end.or_else(|| {
            let may_be_anywhere = !is_known_as_text || name == "MeshFormat";
            may_be_anywhere.then(|| find_end(file, start, name, false))?
        });
        let Some((end, next)) = end else {
            return Err(GmshError::Unclosed {
                place: place(),
                section: shorten(name),
            });
        };
        position = next;
        if name == "MeshFormat" {
            format = Some(read_format(file, start, end)?);
        } else if name != "Comments" {
            let Some(format) = format else { break };
            sections.push(Section {
                file,
                name,
                format,
                head,
                start,
                end,
            });
        }
    }
    if format.is_some() {
        return Ok(sections);
    }
    let begin = &file[..file.len().min(200)];
    let line = begin.split(|byte| *byte == b'\n').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    let line = line.trim();
    let found = match line {
        "" if file.is_empty() => "an empty file".into(),
        _ if line.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) => {
            "binary data".into()
        }
        _ => format!("{:?}", shorten(line)),
    };
    Err(GmshError::NotMsh { found })
}

/// Where the next line begins with `$`.
fn find_head(file: &[u8], position: usize) -> Option<usize> {
    memchr::memchr_iter(b'$', file.get(position..)?)
        .map(|found| position + found)
        .find(|head| *head == 0 || file[head - 1] == b'\n')
}

/// The name in the line at `head`, and where the next line begins.
fn name_at(file: &[u8], head: usize) -> (&str, usize) {
    let line = &file[head + 1..];
    let length = memchr::memchr(b'\n', line).unwrap_or(line.len());
    // Blanks after the name count as part of the line, anything else does not belong there.
    let name = line[..length]
        .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .next()
        .unwrap_or_default();
    let name = std::str::from_utf8(name).unwrap_or_default();
    (name, (head + 1 + length + 1).min(file.len()))
}

/// Where the section that begins at `start` ends, and where its end ends.
fn find_end(file: &[u8], start: usize, name: &str, at_line_start: bool) -> Option<(usize, usize)> {
    let end = format!("$End{name}");
    memmem::find_iter(&file[start..], end.as_bytes())
        .map(|found| start + found)
        .find(|found| {
            let follows = file.get(found + end.len());
            let is_whole = follows.is_none_or(u8::is_ascii_whitespace);
            is_whole && (!at_line_start || file[found - 1] == b'\n')
        })
        .map(|found| (found, found + end.len()))
}

fn read_format(file: &[u8], start: usize, end: usize) -> Result<Format, GmshError> {
    let body = &file[start..end];
    let length = memchr::memchr(b'\n', body).unwrap_or(body.len());
    let line = String::from_utf8_lossy(&body[..length]);
    let mut words = line.split_ascii_whitespace();
    let mut word = || words.next().unwrap_or_default();
    let (version, file_type, size) = (word(), word(), word());
    let error = |what, found: &str, expected| GmshError::Format {
        place: Place::Line(line_of(file, start)),
        what,
        found: shorten(found),
        expected,
    };
    let layout = match version {
        "2" | "2.0" | "2.1" | "2.2" => Layout::Two,
        // What Gmsh itself writes for 4.0 is 4.
        "4" | "4.0" => Layout::FourZero,
        "4.1" => Layout::FourOne,
        _ => return Err(error("version", version, "2.2, 4.0 or 4.1")),
    };
    if file_type == "0" {
        let encoding = Encoding::Text;
        return Ok(Format { layout, encoding });
    }
    if file_type != "1" {
        return Err(error("file type", file_type, "0 (text) or 1 (binary)"));
    }
    let width = match (layout, size) {
        // Everything but floats has four bytes.
        (Layout::Two, _) | (_, "4") => 4,
        (_, "8") => 8,
        _ => return Err(error("size of counts", size, "4 or 8")),
    };
    let mark = body.get(length + 1..).and_then(<[u8]>::first_chunk::<4>);
    let order = match mark.map(|mark| i32::from_le_bytes(*mark)) {
        Some(1) => ByteOrder::Little,
        Some(0x0100_0000) => ByteOrder::Big,
        Some(mark) => {
            let mark = mark.to_string();
            let expected = "the number 1 in either order of bytes";
            return Err(error("mark of byte order", &mark, expected));
        }
        None => return Err(error("mark of byte order", "", "four bytes")),
    };
    let encoding = Encoding::Binary(order, width);
    Ok(Format { layout, encoding })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n";

    #[test]
    fn an_end_counts_only_at_the_beginning_of_a_line() {
        let file = format!("{HEAD}$A\r\n1 $EndA\n$EndAB\n$EndA\r\n\n$B\n$EndB");
        let sections = find_sections(file.as_bytes()).unwrap();
        let found: Vec<_> = sections.iter().map(|s| (s.name, s.body())).collect();
        assert_eq!(found, [("A", &b"1 $EndA\n$EndAB\n"[..]), ("B", &b""[..])]);
    }

    #[test]
    fn comments_may_stand_first() {
        let file = format!("$Comments\nhello\n$EndComments\n{HEAD}$A\n$EndA\n");
        assert_eq!(find_sections(file.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn the_mark_says_the_byte_order() {
        for (mark, order) in [
            (1_i32.to_le_bytes(), ByteOrder::Little),
            (1_i32.to_be_bytes(), ByteOrder::Big),
        ] {
            let file = [b"$MeshFormat\n4.1 1 8\n", &mark[..], b"\n$EndMeshFormat\n"].concat();
            let format = read_format(&file, 12, 25).unwrap();
            assert_eq!(format.encoding, Encoding::Binary(order, 8));
        }
    }
}
