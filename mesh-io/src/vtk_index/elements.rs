//! The elements of PVTU and PVD files.

use quick_xml::events::{BytesStart, Event};

use crate::vtk::VtkXmlError;
use crate::vtk::xml::cursor::Cursor;

/// A file that is named.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The line where.
    pub(super) line: usize,
    /// The attribute that has the path.
    pub(super) attribute: &'static str,
    /// The path.
    pub(super) file: String,
}

/// The pieces that the bytes `file` of a PVTU file name, in their order.
///
/// # Errors
///
/// What is damaged, and no piece at all.
pub(super) fn read_pieces(file: &[u8]) -> Result<Vec<Entry>, VtkXmlError> {
    let mut entries = Vec::new();
    visit_elements(file, "PUnstructuredGrid", "Piece", |xml, element| {
        entries.push(entry(xml, element, "Piece", "Source")?);
        Ok(())
    })?;
    if entries.is_empty() {
        return Err(VtkXmlError::NoPiece);
    }
    Ok(entries)
}

/// One file of a collection, and its time where it has one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimedEntry {
    pub(super) time: Option<f64>,
    pub(super) entry: Entry,
}

/// The files that the bytes `file` of a PVD file name, in their order.
///
/// # Errors
///
/// What is damaged, and no file at all.
pub(super) fn read_collection(file: &[u8]) -> Result<Vec<TimedEntry>, VtkXmlError> {
    let mut entries = Vec::new();
    visit_elements(file, "Collection", "DataSet", |xml, element| {
        const EXPECTED: &str = "a finite number";
        let time = xml.numbers::<f64, 1>(element, "timestep", EXPECTED)?;
        let time = time.map(|[time]| time);
        if let Some(time) = time
            && !time.is_finite()
        {
            return Err(xml.bad("timestep", &time.to_string(), EXPECTED));
        }
        let entry = entry(xml, element, "DataSet", "file")?;
        entries.push(TimedEntry { time, entry });
        Ok(())
    })?;
    if entries.is_empty() {
        return Err(VtkXmlError::NoDataSet);
    }
    Ok(entries)
}

fn entry(
    xml: &Cursor<'_>,
    element: &BytesStart<'_>,
    name: &'static str,
    attribute: &'static str,
) -> Result<Entry, VtkXmlError> {
    let file = xml.text(element, attribute)?;
    Ok(Entry {
        line: xml.line(),
        attribute,
        file: file.ok_or_else(|| xml.missing(name, attribute))?,
    })
}

/// Calls `visit` at every element `name` of a file of the type `kind`.
fn visit_elements(
    file: &[u8],
    kind: &'static str,
    name: &str,
    mut visit: impl FnMut(&Cursor<'_>, &BytesStart<'_>) -> Result<(), VtkXmlError>,
) -> Result<(), VtkXmlError> {
    let mut xml = Cursor::new(file);
    let expected = match kind {
        "Collection" => "<VTKFile type=\"Collection\">",
        _ => "<VTKFile type=\"PUnstructuredGrid\">",
    };
    xml.read_head(&[kind], expected)?;
    let mut open = vec!["VTKFile".to_owned()];
    loop {
        match xml.next()? {
            Event::Start(element) => {
                if element.name().as_ref() == name {
                    visit(&xml, &element)?;
                }
                open.push(element.name().as_ref().to_owned());
            }
            Event::End(_) => {
                open.pop();
                if open.is_empty() {
                    return Ok(());
                }
            }
            Event::Eof => return Err(xml.unclosed(&open.pop().unwrap_or_default())),
            _ => {}
        }
    }
}
