//! From a mesh and its fields to a VTU file.

use std::fmt::Write as _;
use std::io::{self, Write};

use mesh_core::{Field, FieldValues, Location, UnstructuredMesh};

use super::options::{DataMode, PolyhedraLayout, VtuOptions};
use crate::vtk::cell_types::vtk_type;
use crate::vtk::polyhedra::{face_lists, face_stream, integer};
use crate::vtk::xml::encode::Values;
use crate::vtk::xml::scalar::{Compressor, Encoding};

/// Writes the mesh and its fields as a VTU file of one piece.
///
/// Node and cell ids, shapes and connectivity stay as they are; so do names of fields and
/// components, and with [`FloatWidth::Float64`](super::FloatWidth::Float64) all values.
///
/// ```
/// use mesh_core::{CartesianMesh, DataArray, Field, FieldValues, Location};
/// use mesh_io::{ReadOptions, vtu};
///
/// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 2.0]; 3])?.to_unstructured()?;
/// let power = DataArray::scalars(vec![0.5; mesh.cell_count()]);
/// let power = Field::new("power", Location::Cells, FieldValues::Float(power));
/// let mut file = Vec::new();
/// vtu::write(&mut file, &mesh, &[power.clone()], &vtu::VtuOptions::default())?;
/// let back = vtu::read(&file, &ReadOptions::default())?;
/// assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
/// assert_eq!(back.fields, [power]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A field that does not fit the mesh, an array too long for its header type, and whatever `out`
/// returns.
///
/// Cost: one pass; memory for the largest array as bytes, and for all of them when they are
/// appended.
pub fn write(
    out: &mut dyn Write,
    mesh: &UnstructuredMesh,
    fields: &[Field],
    options: &VtuOptions,
) -> io::Result<()> {
    write_piece(out, mesh, fields, *options, None)
}

/// As [`write`]; the field on nodes of this name numbers them over several files.
pub(crate) fn write_piece(
    out: &mut dyn Write,
    mesh: &UnstructuredMesh,
    fields: &[Field],
    options: VtuOptions,
    global_ids: Option<&str>,
) -> io::Result<()> {
    for field in fields {
        mesh.check_field(field)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    }
    let is_ascii = options.data == DataMode::Ascii;
    let encoding = Encoding {
        byte_order: options.byte_order,
        header: options.header,
        compressor: if is_ascii {
            Compressor::None
        } else {
            options.compressor
        },
    };
    let compressor = encoding
        .compressor
        .name()
        .map(|name| format!(" compressor=\"{name}\""));
    writeln!(
        out,
        "<?xml version=\"1.0\"?>\n\
         <VTKFile type=\"UnstructuredGrid\" version=\"{}\" byte_order=\"{}\" header_type=\"{}\"{}>\n\
         <UnstructuredGrid>\n\
         <Piece NumberOfPoints=\"{}\" NumberOfCells=\"{}\">",
        options.polyhedra.version(),
        encoding.byte_order.name(),
        encoding.header.name(),
        compressor.unwrap_or_default(),
        mesh.node_count(),
        mesh.cell_count(),
    )?;
    let mut writer = ArrayWriter {
        out,
        options: &options,
        encoding,
        appended: Vec::new(),
        offset: 0,
    };
    let ids = global_ids.map(|name| format!(" GlobalIds=\"{}\"", escape(name)));
    let ids = ids.unwrap_or_default();
    writer.write_fields("PointData", &ids, Location::Nodes, fields)?;
    writer.write_fields("CellData", "", Location::Cells, fields)?;
    writer.write_nodes(mesh)?;
    writer.write_cells(mesh)?;
    writeln!(writer.out, "</Piece>\n</UnstructuredGrid>")?;
    writer.write_appended_data()?;
    writeln!(writer.out, "</VTKFile>")
}

struct ArrayWriter<'a> {
    out: &'a mut dyn Write,
    options: &'a VtuOptions,
    encoding: Encoding,
    /// What comes behind the underscore of `<AppendedData>`, in pieces, and how many bytes it is.
    appended: Vec<Vec<u8>>,
    offset: usize,
}

impl ArrayWriter<'_> {
    fn write_fields(
        &mut self,
        section: &str,
        attributes: &str,
        location: Location,
        fields: &[Field],
    ) -> io::Result<()> {
        writeln!(self.out, "<{section}{attributes}>")?;
        for field in fields.iter().filter(|field| field.location() == location) {
            let values = match field.values() {
                FieldValues::Float(array) => {
                    Values::floats(array.values().iter().copied(), self.options.float)
                }
                FieldValues::Integer(array) => Values::integers(array.values().iter().copied()),
            };
            self.write_array(field.name(), field.component_names(), values)?;
        }
        writeln!(self.out, "</{section}>")
    }

    fn write_nodes(&mut self, mesh: &UnstructuredMesh) -> io::Result<()> {
        writeln!(self.out, "<Points>")?;
        let coordinates: &[f64] = bytemuck::cast_slice(mesh.nodes());
        let values = Values::floats(coordinates.iter().copied(), self.options.float);
        self.write_array("Points", &[const { String::new() }; 3], values)?;
        writeln!(self.out, "</Points>")
    }

    fn write_cells(&mut self, mesh: &UnstructuredMesh) -> io::Result<()> {
        writeln!(self.out, "<Cells>")?;
        let ids = mesh.connectivity().iter().map(|node| i64::from(node.get()));
        self.write_integers("connectivity", ids)?;
        let ends = mesh.offsets().get(1..).unwrap_or_default();
        self.write_integers("offsets", ends.iter().map(|end| integer(*end)))?;
        let vtk_types = mesh.shapes().iter().map(|shape| vtk_type(*shape)).collect();
        self.write_array("types", &[String::new()], Values::bytes(vtk_types))?;
        if !mesh.polyhedra().cell_offsets.is_empty() {
            let faces = match self.options.polyhedra {
                PolyhedraLayout::FaceStream => face_stream(mesh.polyhedra()),
                PolyhedraLayout::FaceLists => face_lists(mesh.polyhedra()),
            };
            for (name, values) in faces {
                self.write_integers(name, values.into_iter())?;
            }
        }
        writeln!(self.out, "</Cells>")
    }

    fn write_integers(
        &mut self,
        name: &str,
        values: impl ExactSizeIterator<Item = i64>,
    ) -> io::Result<()> {
        self.write_array(name, &[String::new()], Values::integers(values))
    }

    /// Writes an array with one name, empty for none, per component.
    fn write_array(&mut self, name: &str, components: &[String], values: Values) -> io::Result<()> {
        let count = components.len();
        let head = array_head("DataArray", values.scalar.name(), name, components);
        self.out.write_all(head.as_bytes())?;
        let encoding = self.encoding;
        let offset = self.offset;
        match self.options.data {
            DataMode::Ascii => {
                let columns = if count > 1 { count } else { 12 };
                let text = values.to_digits(columns);
                writeln!(self.out, " format=\"ascii\">\n{text}\n</DataArray>")
            }
            DataMode::Base64 => {
                let text = values.into_base64(encoding)?;
                writeln!(self.out, " format=\"binary\">\n{text}\n</DataArray>")
            }
            DataMode::AppendedRaw => {
                self.append(values.into_raw(encoding)?);
                writeln!(self.out, " format=\"appended\" offset=\"{offset}\"/>")
            }
            DataMode::AppendedBase64 => {
                self.append(vec![values.into_base64(encoding)?.into_bytes()]);
                writeln!(self.out, " format=\"appended\" offset=\"{offset}\"/>")
            }
        }
    }

    fn append(&mut self, pieces: Vec<Vec<u8>>) {
        self.offset += pieces.iter().map(Vec::len).sum::<usize>();
        self.appended.extend(pieces);
    }

    fn write_appended_data(&mut self) -> io::Result<()> {
        let encoding = match self.options.data {
            DataMode::AppendedRaw => "raw",
            DataMode::AppendedBase64 => "base64",
            DataMode::Ascii | DataMode::Base64 => return Ok(()),
        };
        write!(self.out, "<AppendedData encoding=\"{encoding}\">\n_")?;
        for piece in std::mem::take(&mut self.appended) {
            self.out.write_all(&piece)?;
        }
        writeln!(self.out, "\n</AppendedData>")
    }
}

/// The beginning of an array's element: type and names, with one name, empty for none, per
/// component.
pub(crate) fn array_head(element: &str, scalar: &str, name: &str, components: &[String]) -> String {
    let mut head = format!(
        "<{element} type=\"{scalar}\" Name=\"{}\" NumberOfComponents=\"{}\"",
        escape(name),
        components.len()
    );
    for (index, component) in components.iter().enumerate() {
        if !component.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(head, " ComponentName{index}=\"{}\"", escape(component));
        }
    }
    head
}

/// `text` as it stands in an attribute: line ends and tabs, too, would come back as blanks.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '<' | '>' | '"' | '\'' | '\0'..=' ' if character != ' ' => {
                // Writing to a string does not fail.
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_means_something_to_xml_is_escaped() {
        assert_eq!(
            escape("a<b> \"c\"\n&ü"),
            "a&#60;b&#62; &#34;c&#34;&#10;&#38;ü"
        );
    }
}
