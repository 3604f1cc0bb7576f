//! A place in XML that moves on, and errors that name it.

use std::str::FromStr;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::error::VtkXmlError;
use super::scalar::{ByteOrder, Compressor, Encoding, HeaderType};
use crate::shorten;

/// The elements of a file, read one after the other.
pub(crate) struct Cursor<'a> {
    pub(crate) file: &'a [u8],
    xml: Reader<&'a [u8]>,
}

impl<'a> Cursor<'a> {
    /// At the beginning of `file`.
    pub(crate) fn new(file: &'a [u8]) -> Self {
        let mut xml = Reader::from_reader(file);
        // `<Piece/>` is read as `<Piece></Piece>`.
        xml.config_mut().expand_empty_elements = true;
        Self { file, xml }
    }

    /// Reads up to and with `<VTKFile>`: which of the types `known` it has, and how it holds
    /// numbers.
    pub(crate) fn read_head(
        &mut self,
        known: &[&str],
        expected: &'static str,
    ) -> Result<(usize, Encoding), VtkXmlError> {
        let not_a_grid = |found: &str| VtkXmlError::NotAGrid {
            found: found.to_owned(),
            expected,
        };
        loop {
            match self.next()? {
                Event::Start(element) if element.name().as_ref() == "VTKFile" => {
                    let kind = self.text(&element, "type")?.unwrap_or_default();
                    let index = known.iter().position(|known| *known == kind.trim());
                    let index = index.ok_or_else(|| {
                        not_a_grid(&format!("a VTK file of type {:?}", shorten(&kind)))
                    })?;
                    return Ok((index, self.read_encoding(&element)?));
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

    fn read_encoding(&self, element: &BytesStart<'_>) -> Result<Encoding, VtkXmlError> {
        let attribute = |name, expected| {
            Ok::<_, VtkXmlError>(self.text(element, name)?.map(|value| {
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

    /// How many bytes have been read.
    pub(crate) fn position(&self) -> usize {
        self.xml.buffer_position() as usize
    }

    /// Passes over what is left of `element`.
    pub(crate) fn skip(&mut self, element: &BytesStart<'_>) -> Result<(), VtkXmlError> {
        let end = element.to_end().into_owned();
        match self.xml.read_to_end(end.name()) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.damaged(error)),
        }
    }

    pub(crate) fn next(&mut self) -> Result<Event<'a>, VtkXmlError> {
        self.xml.read_event().map_err(|error| self.damaged(error))
    }

    /// An attribute of `element`, escapes resolved.
    pub(crate) fn text(
        &self,
        element: &BytesStart<'_>,
        name: &str,
    ) -> Result<Option<String>, VtkXmlError> {
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
    pub(crate) fn count(
        &self,
        element: &BytesStart<'_>,
        name: &'static str,
    ) -> Result<Option<usize>, VtkXmlError> {
        let Some(value) = self.text(element, name)? else {
            return Ok(None);
        };
        match value.trim().parse() {
            Ok(count) => Ok(Some(count)),
            Err(_) => Err(self.bad(name, &value, "a number from 0 on")),
        }
    }

    pub(crate) fn bad(
        &self,
        attribute: &'static str,
        value: &str,
        expected: &'static str,
    ) -> VtkXmlError {
        VtkXmlError::BadAttribute {
            line: self.line(),
            attribute,
            value: shorten(value),
            expected,
        }
    }

    /// The numbers of an attribute of `element`, parted by blanks.
    pub(crate) fn numbers<T: FromStr, const N: usize>(
        &self,
        element: &BytesStart<'_>,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<[T; N]>, VtkXmlError> {
        let Some(value) = self.text(element, name)? else {
            return Ok(None);
        };
        let numbers = value.split_ascii_whitespace().map(|t| t.parse().ok());
        let numbers: Option<Vec<T>> = numbers.collect();
        match numbers.and_then(|numbers| numbers.try_into().ok()) {
            Some(numbers) => Ok(Some(numbers)),
            None => Err(self.bad(name, &value, expected)),
        }
    }

    pub(crate) fn missing(&self, element: &'static str, attribute: &'static str) -> VtkXmlError {
        VtkXmlError::MissingAttribute {
            line: self.line(),
            element,
            attribute,
        }
    }

    pub(crate) fn damaged(&self, source: quick_xml::Error) -> VtkXmlError {
        let place = match source {
            quick_xml::Error::Syntax(_) => self.xml.error_position(),
            _ => self.xml.buffer_position(),
        };
        VtkXmlError::Xml {
            line: self.line_of(place),
            source: Box::new(source),
        }
    }

    pub(crate) fn unclosed(&self, element: &str) -> VtkXmlError {
        VtkXmlError::Unclosed {
            line: self.line(),
            element: shorten(element),
        }
    }

    pub(crate) fn line(&self) -> usize {
        self.line_of(self.xml.buffer_position())
    }

    /// The line of the byte at `position`.
    pub(crate) fn line_of(&self, position: u64) -> usize {
        line_after(self.file.get(..position as usize).unwrap_or(self.file))
    }
}

/// The line that begins or goes on behind `text`.
pub(crate) fn line_after(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count()
}
