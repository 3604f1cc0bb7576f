//! From a mesh and its fields to a legacy VTK file.

use std::fmt::Write as _;
use std::io::{self, Write};

use mesh_core::{Field, FieldValues, Location, Shape, UnstructuredMesh};

use super::names::encode;
use super::options::{VtkEncoding, VtkLegacyOptions, VtkVersion};
use crate::vtk::cell_types::vtk_type;
use crate::vtk::polyhedra::integer;
use crate::vtk::xml::encode::write_float;

/// Bytes that are gathered before they are handed on.
const BUFFER: usize = 1 << 16;

/// Writes the mesh and its fields as a legacy VTK file with an unstructured grid.
///
/// Node and cell ids, shapes and connectivity stay as they are, and so do all values, names of
/// fields and names of components. A field without a name is called "unnamed".
///
/// ```
/// use mesh_core::{CartesianMesh, DataArray, Field, FieldValues, Location};
/// use mesh_io::{ReadOptions, vtk_legacy};
///
/// let mesh = CartesianMesh::new(vec![vec![0.0, 1.0, 2.0]; 3])?.to_unstructured()?;
/// let region = DataArray::scalars(vec![7; mesh.cell_count()]);
/// let region = Field::new("region", Location::Cells, FieldValues::Integer(region));
/// let mut file = Vec::new();
/// vtk_legacy::write(&mut file, &mesh, &[region.clone()], &vtk_legacy::VtkLegacyOptions::default())?;
/// let back = vtk_legacy::read(&file, &ReadOptions::default())?;
/// assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
/// assert_eq!(back.fields, [region]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A field that does not fit the mesh, a mesh too large for 32-bit ids in version 4.2, and whatever
/// `out` returns.
///
/// Cost: one pass, and no memory to speak of.
pub fn write(
    out: &mut dyn Write,
    mesh: &UnstructuredMesh,
    fields: &[Field],
    options: &VtkLegacyOptions,
) -> io::Result<()> {
    for field in fields {
        mesh.check_field(field)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    }
    let (version, encoding) = match options {
        VtkLegacyOptions {
            version: VtkVersion::V4_2,
            encoding,
        } => ("4.2", encoding),
        VtkLegacyOptions {
            version: VtkVersion::V5_1,
            encoding,
        } => ("5.1", encoding),
    };
    let encoding_name = match encoding {
        VtkEncoding::Ascii => "ASCII",
        VtkEncoding::Binary => "BINARY",
    };
    writeln!(
        out,
        "# vtk DataFile Version {version}\nmesh and fields\n{encoding_name}\n\
         DATASET UNSTRUCTURED_GRID\nPOINTS {} double",
        mesh.node_count()
    )?;
    let mut writer = Writer {
        out,
        options,
        bytes: Vec::with_capacity(BUFFER),
        text: String::new(),
    };
    for node in mesh.nodes() {
        for coordinate in &node.coords {
            writer.float(*coordinate)?;
        }
        writer.end_tuple();
    }
    writer.end_array()?;
    match options.version {
        VtkVersion::V4_2 => writer.write_counted_cells(mesh)?,
        VtkVersion::V5_1 => writer.write_offset_cells(mesh)?,
    }
    writeln!(writer.out, "CELL_TYPES {}", mesh.cell_count())?;
    for shape in mesh.shapes() {
        writer.integer32(vtk_type(*shape).into())?;
        writer.end_tuple();
    }
    writer.end_array()?;
    writer.write_fields("CELL_DATA", mesh.cell_count(), Location::Cells, fields)?;
    writer.write_fields("POINT_DATA", mesh.node_count(), Location::Nodes, fields)
}

/// The number of values that a cell has in the file, without its count.
fn value_count(mesh: &UnstructuredMesh, cell: usize) -> usize {
    if mesh.shapes()[cell] == Shape::Polyhedron {
        let polyhedra = mesh.polyhedra();
        let [first, last] = [cell, cell + 1].map(|end| polyhedra.cell_offsets[end]);
        1 + (last - first) + (polyhedra.face_offsets[last] - polyhedra.face_offsets[first])
    } else {
        mesh.offsets()[cell + 1] - mesh.offsets()[cell]
    }
}

/// Hands on the values of a cell: its nodes, or of a polyhedron the faces.
fn for_each_value(
    mesh: &UnstructuredMesh,
    cell: usize,
    mut visit: impl FnMut(i64) -> io::Result<()>,
) -> io::Result<()> {
    if mesh.shapes()[cell] != Shape::Polyhedron {
        let nodes = &mesh.connectivity()[mesh.offsets()[cell]..mesh.offsets()[cell + 1]];
        return nodes.iter().try_for_each(|node| visit(node.get().into()));
    }
    let polyhedra = mesh.polyhedra();
    let [first, last] = [cell, cell + 1].map(|end| polyhedra.cell_offsets[end]);
    visit(integer(last - first))?;
    for ends in polyhedra.face_offsets[first..=last].windows(2) {
        visit(integer(ends[1] - ends[0]))?;
        let nodes = &polyhedra.connectivity[ends[0]..ends[1]];
        nodes.iter().try_for_each(|node| visit(node.get().into()))?;
    }
    Ok(())
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    options: &'a VtkLegacyOptions,
    bytes: Vec<u8>,
    text: String,
}

impl Writer<'_> {
    fn write_counted_cells(&mut self, mesh: &UnstructuredMesh) -> io::Result<()> {
        let cells = mesh.cell_count();
        let values: usize = (0..cells).map(|cell| 1 + value_count(mesh, cell)).sum();
        let largest = values.max(mesh.node_count());
        if i32::try_from(largest).is_err() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "version 4.2 counts to 2147483647, but the mesh needs {largest}; write \
                     version 5.1 or .vtu"
                ),
            ));
        }
        writeln!(self.out, "CELLS {cells} {values}")?;
        for cell in 0..cells {
            self.integer32(integer(value_count(mesh, cell)) as i32)?;
            for_each_value(mesh, cell, |value| self.integer32(value as i32))?;
            self.end_tuple();
        }
        self.end_array()
    }

    fn write_offset_cells(&mut self, mesh: &UnstructuredMesh) -> io::Result<()> {
        let cells = mesh.cell_count();
        let values: usize = (0..cells).map(|cell| value_count(mesh, cell)).sum();
        writeln!(
            self.out,
            "CELLS {} {values}\nOFFSETS vtktypeint64",
            cells + 1
        )?;
        let mut end = 0;
        for cell in 0..=cells {
            self.integer64(integer(end))?;
            self.end_tuple();
            if cell < cells {
                end += value_count(mesh, cell);
            }
        }
        self.end_array()?;
        writeln!(self.out, "CONNECTIVITY vtktypeint64")?;
        for cell in 0..cells {
            for_each_value(mesh, cell, |value| self.integer64(value))?;
            self.end_tuple();
        }
        self.end_array()
    }

    /// All fields on cells or nodes, in one `FIELD`: it has room for any number of components.
    fn write_fields(
        &mut self,
        section: &str,
        tuples: usize,
        location: Location,
        fields: &[Field],
    ) -> io::Result<()> {
        let fields: Vec<&Field> = fields.iter().filter(|f| f.location() == location).collect();
        if fields.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "{section} {tuples}\nFIELD FieldData {}",
            fields.len()
        )?;
        for field in fields {
            let components = field.components();
            let value_type = match (field.values(), self.options.version) {
                (FieldValues::Float(_), _) => "double",
                // What VTK calls 64 bits itself, and every version of meshio knows.
                (FieldValues::Integer(_), VtkVersion::V4_2) => "long",
                (FieldValues::Integer(_), VtkVersion::V5_1) => "vtktypeint64",
            };
            let name = encode(field.name());
            writeln!(self.out, "{name} {components} {tuples} {value_type}")?;
            match field.values() {
                FieldValues::Float(array) => {
                    for tuple in array.tuples() {
                        tuple.iter().try_for_each(|value| self.float(*value))?;
                        self.end_tuple();
                    }
                }
                FieldValues::Integer(array) => {
                    for tuple in array.tuples() {
                        tuple.iter().try_for_each(|value| self.integer64(*value))?;
                        self.end_tuple();
                    }
                }
            }
            self.end_array()?;
            let names = field.component_names();
            if names.iter().any(|name| !name.is_empty()) {
                writeln!(self.out, "METADATA\nCOMPONENT_NAMES")?;
                for name in names {
                    let name = if name.is_empty() {
                        String::new()
                    } else {
                        encode(name)
                    };
                    writeln!(self.out, "{name}")?;
                }
                writeln!(self.out)?;
            }
        }
        Ok(())
    }

    fn float(&mut self, value: f64) -> io::Result<()> {
        match self.options.encoding {
            VtkEncoding::Binary => self.push(&value.to_be_bytes()),
            VtkEncoding::Ascii => {
                // Writing to a string does not fail.
                let _ = write_float(&value, &mut self.text);
                self.push_text()
            }
        }
    }

    fn integer32(&mut self, value: i32) -> io::Result<()> {
        match self.options.encoding {
            VtkEncoding::Binary => self.push(&value.to_be_bytes()),
            VtkEncoding::Ascii => self.digits(value.into()),
        }
    }

    fn integer64(&mut self, value: i64) -> io::Result<()> {
        match self.options.encoding {
            VtkEncoding::Binary => self.push(&value.to_be_bytes()),
            VtkEncoding::Ascii => self.digits(value),
        }
    }

    fn digits(&mut self, value: i64) -> io::Result<()> {
        // Writing to a string does not fail.
        let _ = write!(self.text, "{value}");
        self.push_text()
    }

    fn push_text(&mut self) -> io::Result<()> {
        self.text.push(' ');
        let text = std::mem::take(&mut self.text);
        self.push(text.as_bytes())?;
        self.text = text;
        self.text.clear();
        Ok(())
    }

    /// Ends a line, in digits.
    fn end_tuple(&mut self) {
        if self.options.encoding == VtkEncoding::Ascii
            && let Some(last) = self.bytes.last_mut()
        {
            *last = b'\n';
        }
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > BUFFER {
            self.out.write_all(&self.bytes)?;
            self.bytes.clear();
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn end_array(&mut self) -> io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        writeln!(self.out)
    }
}
