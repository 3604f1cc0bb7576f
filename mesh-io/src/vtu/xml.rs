//! The XML around the numbers: which pieces and arrays a file has, and where their data stand.
//!
//! Reading stops at `<AppendedData>`: what follows need not be XML.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::error::VtuError;
use super::scalar::{ByteOrder, Compressor, Encoding, HeaderType};
use crate::shorten;

/// A VTU file's elements, their data still as they stand in the file.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub(crate) encoding: Encoding,
    pub(crate) pieces: Vec<Piece<'a>>,
    pub(crate) appended: Option<Appended<'a>>,
    /// Arrays left out, in words.
    pub(crate) notes: Vec<String>,
}

/// A `<Piece>`: nodes, cells, fields.
#[derive(Debug, Default)]
pub(crate) struct Piece<'a> {
    pub(crate) points: usize,
    pub(crate) cells: usize,
    pub(crate) point_arrays: Vec<ArrayElement<'a>>,
    pub(crate) cell_arrays: Vec<ArrayElement<'a>>,
    pub(crate) point_fields: Vec<ArrayElement<'a>>,
    pub(crate) cell_fields: Vec<ArrayElement<'a>>,
}

/// A `<DataArray>`.
#[derive(Debug)]
pub(crate) struct ArrayElement<'a> {
    pub(crate) name: String,
    pub(crate) scalar: String,
    pub(crate) components: usize,
    /// Names of components, where they are named.
    pub(crate) component_names: Vec<Option<String>>,
    pub(crate) data: ArrayText<'a>,
}

/// Where the data of an array stand.
#[derive(Debug)]
pub(crate) enum ArrayText<'a> {
    /// Numbers in digits, and what stands before them in the file.
    Ascii(Cow<'a, str>, &'a [u8]),
    /// Base64.
    Binary(Cow<'a, str>),
    /// Counted from the underscore of `<AppendedData>`.
    Appended(usize),
}

/// What stands behind the underscore of `<AppendedData>`, to the end of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appended<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) is_base64: bool,
}

/// The part of a piece that an array belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Points,
    Cells,
    PointData,
    CellData,
}

impl Section {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "Points" => Some(Self::Points),
            "Cells" => Some(Self::Cells),
            "PointData" => Some(Self::PointData),
            "CellData" => Some(Self::CellData),
            _ => None,
        }
    }
}

impl<'a> Piece<'a> {
    fn section(&mut self, section: Section) -> &mut Vec<ArrayElement<'a>> {
        match section {
            Section::Points => &mut self.point_arrays,
            Section::Cells => &mut self.cell_arrays,
            Section::PointData => &mut self.point_fields,
            Section::CellData => &mut self.cell_fields,
        }
    }
}

/// Reads the elements of `file`.
///
/// # Errors
///
/// XML that is damaged or ends too early, and elements that mean no unstructured grid.
pub(crate) fn read_document(file: &[u8]) -> Result<Document<'_>, VtuError> {
    let mut reader = DocumentReader {
        file,
        xml: Reader::from_reader(file),
    };
    // `<Piece/>` is read as `<Piece></Piece>`.
    reader.xml.config_mut().expand_empty_elements = true;
    reader.read()
}

struct DocumentReader<'a> {
    file: &'a [u8],
    xml: Reader<&'a [u8]>,
}

impl<'a> DocumentReader<'a> {
    fn read(&mut self) -> Result<Document<'a>, VtuError> {
        let mut document = Document {
            encoding: self.read_head()?,
            ..Document::default()
        };
        let mut open = vec!["VTKFile".to_owned()];
        let mut section = None;
        loop {
            match self.next()? {
                Event::Start(element) => {
                    let name = element.name().as_ref().to_owned();
                    let found = Section::from_name(&name);
                    if name == "AppendedData" {
                        document.appended = Some(self.find_appended_data(&element)?);
                        return Ok(document);
                    } else if name == "Piece" {
                        document.pieces.push(self.read_piece(&element)?);
                        open.push(name);
                    } else if found.is_some() || name == "UnstructuredGrid" {
                        section = found;
                        open.push(name);
                    } else {
                        self.read_leaf(&element, section, &mut document)?;
                    }
                }
                Event::End(_) => {
                    section = None;
                    open.pop();
                    if open.is_empty() {
                        return Ok(document);
                    }
                }
                Event::Eof => return Err(self.unclosed(&open.pop().unwrap_or_default())),
                _ => {}
            }
        }
    }

    /// An array of a section, or something that is passed over (`FieldData`, arrays of text).
    fn read_leaf(
        &mut self,
        element: &BytesStart<'a>,
        section: Option<Section>,
        document: &mut Document<'a>,
    ) -> Result<(), VtuError> {
        let (Some(section), Some(piece)) = (section, document.pieces.last_mut()) else {
            return self.skip(element);
        };
        match element.name().as_ref() {
            "DataArray" => piece.section(section).push(self.read_array(element)?),
            "Array" => {
                let name = self.text(element, "Name")?.unwrap_or_default();
                document
                    .notes
                    .push(format!("array {:?} of text left out", shorten(&name)));
                self.skip(element)?;
            }
            _ => self.skip(element)?,
        }
        Ok(())
    }

    /// Reads up to and with `<VTKFile>`.
    fn read_head(&mut self) -> Result<Encoding, VtuError> {
        let not_a_grid = |found: &str| VtuError::NotAGrid {
            found: found.to_owned(),
        };
        loop {
            match self.next()? {
                Event::Start(element) if element.name().as_ref() == "VTKFile" => {
                    let kind = self.text(&element, "type")?.unwrap_or_default();
                    if kind.trim() != "UnstructuredGrid" {
                        return Err(not_a_grid(&format!(
                            "a VTK file of type {:?}",
                            shorten(&kind)
                        )));
                    }
                    return self.read_encoding(&element);
                }
                Event::Start(element) => {
                    let name = shorten(element.name().as_ref());
                    return Err(not_a_grid(&format!("XML of another kind (<{name}>)")));
                }
                Event::Text(text) if !text.trim_ascii().is_empty() => {
                    return Err(not_a_grid("text that is no XML"));
                }
                Event::Eof if self.file.is_empty() => return Err(not_a_grid("an empty file")),
                Event::Eof => return Err(not_a_grid("nothing")),
                _ => {}
            }
        }
    }

    fn read_encoding(&self, element: &BytesStart<'_>) -> Result<Encoding, VtuError> {
        let attribute = |name, expected| {
            Ok(self.text(element, name)?.map(|value| {
                let value = value.trim().to_owned();
                let error = self.bad(name, &value, expected);
                (value, error)
            }))
        };
        let mut encoding = Encoding {
            byte_order: ByteOrder::Little,
            header: HeaderType::UInt32,
            compressor: Compressor::None,
        };
        if let Some((name, error)) = attribute("byte_order", "LittleEndian or BigEndian")? {
            encoding.byte_order = ByteOrder::from_name(&name).ok_or(error)?;
        }
        if let Some((name, error)) = attribute("header_type", "UInt32 or UInt64")? {
            encoding.header = HeaderType::from_name(&name).ok_or(error)?;
        }
        if let Some((name, error)) = attribute(
            "compressor",
            "vtkZLibDataCompressor, vtkLZ4DataCompressor or vtkLZMADataCompressor",
        )? {
            encoding.compressor = Compressor::from_name(&name).ok_or(error)?;
        }
        Ok(encoding)
    }

    fn read_piece(&self, element: &BytesStart<'_>) -> Result<Piece<'a>, VtuError> {
        let missing = |attribute| VtuError::MissingAttribute {
            line: self.line(),
            element: "Piece",
            attribute,
        };
        let points = self.count(element, "NumberOfPoints")?;
        let cells = self.count(element, "NumberOfCells")?;
        Ok(Piece {
            points: points.ok_or_else(|| missing("NumberOfPoints"))?,
            cells: cells.ok_or_else(|| missing("NumberOfCells"))?,
            ..Piece::default()
        })
    }

    /// A `<DataArray>` and the text in it; `<InformationKey>`s in it are passed over.
    fn read_array(&mut self, element: &BytesStart<'a>) -> Result<ArrayElement<'a>, VtuError> {
        let missing = |attribute| VtuError::MissingAttribute {
            line: self.line(),
            element: "DataArray",
            attribute,
        };
        let scalar = self.text(element, "type")?.ok_or_else(|| missing("type"))?;
        let format = self
            .text(element, "format")?
            .unwrap_or_else(|| "ascii".to_owned());
        let data = match format.trim() {
            "ascii" => ArrayText::Ascii(Cow::default(), &[]),
            "binary" => ArrayText::Binary(Cow::default()),
            "appended" => {
                let offset = self.count(element, "offset")?;
                ArrayText::Appended(offset.ok_or_else(|| missing("offset"))?)
            }
            other => return Err(self.bad("format", other, "ascii, binary or appended")),
        };
        let components = self
            .count(element, "NumberOfComponents")?
            .unwrap_or(1)
            .max(1);
        let mut array = ArrayElement {
            name: self.text(element, "Name")?.unwrap_or_default(),
            scalar: scalar.trim().to_owned(),
            components,
            component_names: self.component_names(element, components)?,
            data,
        };
        let (text, start) = self.read_text(element)?;
        match &mut array.data {
            ArrayText::Ascii(ascii, before) => {
                (*ascii, *before) = (text, self.file.get(..start).unwrap_or_default());
            }
            ArrayText::Binary(binary) => *binary = text,
            ArrayText::Appended(_) => {}
        }
        Ok(array)
    }

    /// The attributes `ComponentName0`, …; empty when there is none.
    fn component_names(
        &self,
        element: &BytesStart<'_>,
        components: usize,
    ) -> Result<Vec<Option<String>>, VtuError> {
        let mut names = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| self.damaged(error.into()))?;
            let Some(index) = attribute.key.as_ref().strip_prefix("ComponentName") else {
                continue;
            };
            // A handful of names at most; a number of components may be any number.
            let Some(index) = index.parse().ok().filter(|i| *i < components.min(1024)) else {
                continue;
            };
            let name = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.damaged(error))?;
            if names.len() <= index {
                names.resize(index + 1, None);
            }
            names[index] = Some(name.into_owned());
        }
        Ok(names)
    }

    /// The text up to the end of `element`, without that of its children, and where it begins.
    fn read_text(&mut self, element: &BytesStart<'a>) -> Result<(Cow<'a, str>, usize), VtuError> {
        let mut text = Cow::Borrowed("");
        let mut start = 0;
        loop {
            let before = self.xml.buffer_position() as usize;
            match self.next()? {
                Event::Start(child) => self.skip(&child)?,
                Event::End(_) => return Ok((text, start)),
                Event::Text(part) if part.trim_ascii().is_empty() => {}
                Event::Text(part) if text.is_empty() => {
                    text = part.into_inner();
                    start = before;
                }
                Event::Text(part) => {
                    let text = text.to_mut();
                    text.push(' ');
                    text.push_str(&part);
                }
                Event::Eof => return Err(self.unclosed(element.name().as_ref())),
                _ => {}
            }
        }
    }

    /// Passes over what is left of `element`.
    fn skip(&mut self, element: &BytesStart<'_>) -> Result<(), VtuError> {
        let end = element.to_end().into_owned();
        match self.xml.read_to_end(end.name()) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.damaged(error)),
        }
    }

    fn find_appended_data(&self, element: &BytesStart<'_>) -> Result<Appended<'a>, VtuError> {
        let encoding = self
            .text(element, "encoding")?
            .unwrap_or_else(|| "base64".to_owned());
        let is_base64 = match encoding.trim() {
            "base64" => true,
            "raw" => false,
            other => return Err(self.bad("encoding", other, "raw or base64")),
        };
        let rest = self
            .file
            .get(self.xml.buffer_position() as usize..)
            .unwrap_or_default();
        let start = rest
            .iter()
            .position(|byte| *byte == b'_')
            .filter(|start| rest[..*start].trim_ascii().is_empty())
            .ok_or_else(|| self.unclosed("AppendedData"))?;
        Ok(Appended {
            data: &rest[start + 1..],
            is_base64,
        })
    }

    fn next(&mut self) -> Result<Event<'a>, VtuError> {
        self.xml.read_event().map_err(|error| self.damaged(error))
    }

    /// An attribute of `element`, escapes resolved.
    fn text(&self, element: &BytesStart<'_>, name: &str) -> Result<Option<String>, VtuError> {
        let attribute = element
            .try_get_attribute(name)
            .map_err(|error| self.damaged(error.into()))?;
        let Some(attribute) = attribute else {
            return Ok(None);
        };
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| self.damaged(error))?;
        Ok(Some(value.into_owned()))
    }

    /// An attribute of `element` that counts something.
    fn count(
        &self,
        element: &BytesStart<'_>,
        name: &'static str,
    ) -> Result<Option<usize>, VtuError> {
        let Some(value) = self.text(element, name)? else {
            return Ok(None);
        };
        match value.trim().parse() {
            Ok(count) => Ok(Some(count)),
            Err(_) => Err(self.bad(name, &value, "a number from 0 on")),
        }
    }

    fn bad(&self, attribute: &'static str, value: &str, expected: &'static str) -> VtuError {
        VtuError::BadAttribute {
            line: self.line(),
            attribute,
            value: shorten(value),
            expected,
        }
    }

    fn damaged(&self, source: quick_xml::Error) -> VtuError {
        let place = match source {
            quick_xml::Error::Syntax(_) => self.xml.error_position(),
            _ => self.xml.buffer_position(),
        };
        VtuError::Xml {
            line: self.line_of(place),
            source: Box::new(source),
        }
    }

    fn unclosed(&self, element: &str) -> VtuError {
        VtuError::Unclosed {
            line: self.line(),
            element: shorten(element),
        }
    }

    fn line(&self) -> usize {
        self.line_of(self.xml.buffer_position())
    }

    /// The line of the byte at `position`.
    fn line_of(&self, position: u64) -> usize {
        line_after(self.file.get(..position as usize).unwrap_or(self.file))
    }
}

/// The line that begins or goes on behind `text`.
pub(crate) fn line_after(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count()
}
