//! The XML around the numbers: which pieces and arrays a file has, and where their data stand.
//!
//! Reading stops at `<AppendedData>`: what follows need not be XML.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::cursor::Cursor;
use super::error::VtkXmlError;
use super::scalar::Encoding;
use crate::shorten;
use crate::vtk::grid::{Extent, Placement};

/// The kind of mesh that a file holds, as the `type` attribute of `<VTKFile>` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Unstructured,
    Rectilinear,
    Structured,
    Image,
}

impl Kind {
    /// The kinds of grids without a list of cells.
    pub(crate) const GRIDS: [Self; 3] = [Self::Rectilinear, Self::Structured, Self::Image];

    const fn name(self) -> &'static str {
        match self {
            Self::Unstructured => "UnstructuredGrid",
            Self::Rectilinear => "RectilinearGrid",
            Self::Structured => "StructuredGrid",
            Self::Image => "ImageData",
        }
    }
}

/// A file's elements, their data still as they stand in the file.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub(crate) kind: Kind,
    pub(crate) encoding: Encoding,
    /// The extent of the whole grid, where it is one.
    pub(crate) extent: Option<Extent>,
    /// Where an image lies.
    pub(crate) placement: Placement,
    pub(crate) pieces: Vec<Piece<'a>>,
    pub(crate) appended: Option<Appended<'a>>,
    /// Arrays left out, in words.
    pub(crate) notes: Vec<String>,
}

/// A `<Piece>`: nodes, cells, fields.
#[derive(Debug, Default)]
pub(crate) struct Piece<'a> {
    /// The extent of the piece of a grid.
    pub(crate) extent: Option<Extent>,
    pub(crate) coordinates: Vec<ArrayElement<'a>>,
    /// The name of the array among `point_fields` that numbers the nodes of all pieces.
    pub(crate) global_ids: Option<String>,
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
    Coordinates,
    Points,
    Cells,
    PointData,
    CellData,
}

impl Section {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "Coordinates" => Some(Self::Coordinates),
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
            Section::Coordinates => &mut self.coordinates,
            Section::Points => &mut self.point_arrays,
            Section::Cells => &mut self.cell_arrays,
            Section::PointData => &mut self.point_fields,
            Section::CellData => &mut self.cell_fields,
        }
    }
}

/// Reads the elements of `file`, which is of one of `kinds`.
///
/// # Errors
///
/// XML that is damaged or ends too early, and elements that mean no mesh of these kinds.
pub(crate) fn read_document<'a>(
    file: &'a [u8],
    kinds: &[Kind],
    expected: &'static str,
) -> Result<Document<'a>, VtkXmlError> {
    let mut xml = Cursor::new(file);
    let known: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let (index, encoding) = xml.read_head(&known, expected)?;
    DocumentReader { xml }.read(Document {
        kind: kinds.get(index).copied().unwrap_or_default(),
        encoding,
        ..Document::default()
    })
}

struct DocumentReader<'a> {
    xml: Cursor<'a>,
}

impl<'a> DocumentReader<'a> {
    fn read(&mut self, mut document: Document<'a>) -> Result<Document<'a>, VtkXmlError> {
        let mut open = vec!["VTKFile".to_owned()];
        let mut section = None;
        loop {
            match self.xml.next()? {
                Event::Start(element) => {
                    let name = element.name().as_ref().to_owned();
                    let found = Section::from_name(&name);
                    if name == "AppendedData" {
                        document.appended = Some(self.find_appended_data(&element)?);
                        return Ok(document);
                    } else if name == "Piece" {
                        let piece = self.read_piece(&element, document.kind)?;
                        document.pieces.push(piece);
                        open.push(name);
                    } else if name == document.kind.name() {
                        self.read_grid(&element, &mut document)?;
                        section = None;
                        open.push(name);
                    } else if found.is_some() {
                        section = found;
                        if let (Some(Section::PointData), Some(piece)) =
                            (found, document.pieces.last_mut())
                        {
                            piece.global_ids = self.xml.text(&element, "GlobalIds")?;
                        }
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
                Event::Eof => return Err(self.xml.unclosed(&open.pop().unwrap_or_default())),
                _ => {}
            }
        }
    }

    /// What the element of a grid says of all pieces.
    fn read_grid(
        &self,
        element: &BytesStart<'_>,
        document: &mut Document<'a>,
    ) -> Result<(), VtkXmlError> {
        if document.kind == Kind::Unstructured {
            return Ok(());
        }
        document.extent = Some(self.extent(element, document.kind, "WholeExtent")?);
        let placement = &mut document.placement;
        if let Some(origin) = self.xml.numbers(element, "Origin", "three numbers")? {
            placement.origin = origin;
        }
        if let Some(spacing) = self.xml.numbers(element, "Spacing", "three numbers")? {
            placement.spacing = spacing;
        }
        if let Some(direction) = self.xml.numbers(element, "Direction", "nine numbers")? {
            placement.direction = direction;
        }
        Ok(())
    }

    fn extent(
        &self,
        element: &BytesStart<'_>,
        kind: Kind,
        attribute: &'static str,
    ) -> Result<Extent, VtkXmlError> {
        const EXPECTED: &str = "six integers, first and last along x, y and z";
        let ends: Option<[i64; 6]> = self.xml.numbers(element, attribute, EXPECTED)?;
        let ends = ends.ok_or_else(|| {
            let element = if attribute == "Extent" {
                "Piece"
            } else {
                kind.name()
            };
            self.xml.missing(element, attribute)
        })?;
        Extent::new(ends).ok_or_else(|| {
            let value = self.xml.text(element, attribute);
            self.xml.bad(
                attribute,
                &value.unwrap_or_default().unwrap_or_default(),
                EXPECTED,
            )
        })
    }

    /// An array of a section, or something that is passed over (`FieldData`, arrays of text).
    fn read_leaf(
        &mut self,
        element: &BytesStart<'a>,
        section: Option<Section>,
        document: &mut Document<'a>,
    ) -> Result<(), VtkXmlError> {
        let (Some(section), Some(piece)) = (section, document.pieces.last_mut()) else {
            return self.xml.skip(element);
        };
        match element.name().as_ref() {
            "DataArray" => piece.section(section).push(self.read_array(element)?),
            "Array" => {
                let name = self.xml.text(element, "Name")?.unwrap_or_default();
                document
                    .notes
                    .push(format!("array {:?} of text left out", shorten(&name)));
                self.xml.skip(element)?;
            }
            _ => self.xml.skip(element)?,
        }
        Ok(())
    }

    fn read_piece(&self, element: &BytesStart<'_>, kind: Kind) -> Result<Piece<'a>, VtkXmlError> {
        if kind != Kind::Unstructured {
            let extent = self.extent(element, kind, "Extent")?;
            return Ok(Piece {
                points: extent.node_count(),
                cells: extent.cell_count(),
                extent: Some(extent),
                ..Piece::default()
            });
        }
        let count = |name| {
            let count = self.xml.count(element, name)?;
            count.ok_or_else(|| self.xml.missing("Piece", name))
        };
        Ok(Piece {
            points: count("NumberOfPoints")?,
            cells: count("NumberOfCells")?,
            ..Piece::default()
        })
    }

    /// A `<DataArray>` and the text in it; `<InformationKey>`s in it are passed over.
    fn read_array(&mut self, element: &BytesStart<'a>) -> Result<ArrayElement<'a>, VtkXmlError> {
        let missing = |attribute| self.xml.missing("DataArray", attribute);
        let scalar = self
            .xml
            .text(element, "type")?
            .ok_or_else(|| missing("type"))?;
        let format = self
            .xml
            .text(element, "format")?
            .unwrap_or_else(|| "ascii".to_owned());
        let data = match format.trim() {
            "ascii" => ArrayText::Ascii(Cow::default(), &[]),
            "binary" => ArrayText::Binary(Cow::default()),
            "appended" => {
                let offset = self.xml.count(element, "offset")?;
                ArrayText::Appended(offset.ok_or_else(|| missing("offset"))?)
            }
            other => return Err(self.xml.bad("format", other, "ascii, binary or appended")),
        };
        let components = self
            .xml
            .count(element, "NumberOfComponents")?
            .unwrap_or(1)
            .max(1);
        let mut array = ArrayElement {
            name: self.xml.text(element, "Name")?.unwrap_or_default(),
            scalar: scalar.trim().to_owned(),
            components,
            component_names: self.component_names(element, components)?,
            data,
        };
        let (text, start) = self.read_text(element)?;
        match &mut array.data {
            ArrayText::Ascii(ascii, before) => {
                (*ascii, *before) = (text, self.xml.file.get(..start).unwrap_or_default());
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
    ) -> Result<Vec<Option<String>>, VtkXmlError> {
        let mut names = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| self.xml.damaged(error.into()))?;
            let Some(index) = attribute.key.as_ref().strip_prefix("ComponentName") else {
                continue;
            };
            // A handful of names at most; a number of components may be any number.
            let Some(index) = index.parse().ok().filter(|i| *i < components.min(1024)) else {
                continue;
            };
            let name = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.xml.damaged(error))?;
            if names.len() <= index {
                names.resize(index + 1, None);
            }
            names[index] = Some(name.into_owned());
        }
        Ok(names)
    }

    /// The text up to the end of `element`, without that of its children, and where it begins.
    fn read_text(
        &mut self,
        element: &BytesStart<'a>,
    ) -> Result<(Cow<'a, str>, usize), VtkXmlError> {
        let mut text = Cow::Borrowed("");
        let mut start = 0;
        loop {
            let before = self.xml.position();
            match self.xml.next()? {
                Event::Start(child) => self.xml.skip(&child)?,
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
                Event::Eof => return Err(self.xml.unclosed(element.name().as_ref())),
                _ => {}
            }
        }
    }

    fn find_appended_data(&self, element: &BytesStart<'_>) -> Result<Appended<'a>, VtkXmlError> {
        let encoding = self
            .xml
            .text(element, "encoding")?
            .unwrap_or_else(|| "base64".to_owned());
        let is_base64 = match encoding.trim() {
            "base64" => true,
            "raw" => false,
            other => return Err(self.xml.bad("encoding", other, "raw or base64")),
        };
        let file = self.xml.file;
        let rest = file.get(self.xml.position()..).unwrap_or_default();
        let start = rest
            .iter()
            .position(|byte| *byte == b'_')
            .filter(|start| rest[..*start].trim_ascii().is_empty())
            .ok_or_else(|| self.xml.unclosed("AppendedData"))?;
        Ok(Appended {
            data: &rest[start + 1..],
            is_base64,
        })
    }
}
