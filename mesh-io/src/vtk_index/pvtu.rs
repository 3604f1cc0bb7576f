//! PVTU: a mesh in pieces, each a VTU file.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use mesh_core::{CellId, DataArray, Field, FieldValues, Location, MeshArrays, UnstructuredMesh};

use super::elements::{Entry, read_pieces};
use super::join::{Part, join};
use super::paths::{find_part, folder_of, in_index};
use crate::atomic::FileGroup;
use crate::vtk::polyhedra::integer;
use crate::vtk::selection::gather;
use crate::vtk::{CellError, VtkXmlError};
use crate::vtu::{self, FloatWidth, VtuOptions};
use crate::{
    EncodingError, MeshFile, MeshFormat, ReadError, ReadOptions, WriteError, WriteOptions,
    read_file,
};

/// Cells of a piece, where the number of pieces is not said.
const CELLS_OF_A_PIECE: usize = 1 << 20;

/// What the ids of nodes over all pieces are called.
const GLOBAL_IDS: &str = "GlobalNodeId";

/// The PVTU format, written as its options say.
///
/// ```
/// use std::num::NonZeroUsize;
/// use mesh_core::CartesianMesh;
/// use mesh_io::{MeshFormat, ReadOptions};
/// use mesh_io::vtk_index::{Pvtu, PvtuOptions};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("box.pvtu");
/// let mesh = CartesianMesh::new(vec![vec![0.0, 0.5, 1.0]; 3])?.to_unstructured()?;
/// let options = PvtuOptions { pieces: NonZeroUsize::new(3), ..PvtuOptions::default() };
/// let format = Pvtu { options };
/// format.write(&path, &mesh, &[])?; // and box_0.vtu to box_2.vtu beside it
/// let back = format.read(&path, &ReadOptions::default())?;
/// assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pvtu {
    /// How files are written.
    pub options: PvtuOptions,
}

/// How a PVTU file and its pieces are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PvtuOptions {
    /// How many pieces there are, each with as many cells in a row as the others, as far as that
    /// goes; never more than cells. By default one for every 2²⁰ cells begun.
    pub pieces: Option<NonZeroUsize>,
    /// How the pieces are written.
    pub vtu: VtuOptions,
}

impl MeshFormat for Pvtu {
    fn name(&self) -> &'static str {
        "VTK XML parallel unstructured grid"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pvtu"]
    }

    fn with_options(&self, options: &WriteOptions) -> Result<Box<dyn MeshFormat>, EncodingError> {
        let vtu = self.options.vtu.with(options)?;
        let options = PvtuOptions {
            vtu,
            ..self.options
        };
        Ok(Box::new(Self { options }))
    }

    fn read(&self, path: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
        read(path, folder_of(path), options)
    }

    fn write(
        &self,
        path: &Path,
        mesh: &UnstructuredMesh,
        fields: &[Field],
    ) -> Result<(), WriteError> {
        let mut group = FileGroup::default();
        write_pieces(&mut group, path, mesh, fields, &self.options)?;
        group.finish()
    }
}

/// The mesh of the pieces of `path`, which lie in `root` or below.
pub(super) fn read(path: &Path, root: &Path, options: &ReadOptions) -> Result<MeshFile, ReadError> {
    let damaged = |source| ReadError::VtkXml {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let entries = read_pieces(&read_file(path)?).map_err(damaged)?;
    let mut parts = Vec::new();
    let mut empty = None;
    for entry in &entries {
        match read_piece(path, root, entry, options)? {
            Ok(part) => parts.push(part),
            Err(error) => empty = Some(error),
        }
    }
    match empty {
        Some(error) if parts.is_empty() => Err(damaged(error.into())),
        _ => join(parts).map_err(damaged),
    }
}

/// A piece, or an error within where it has no cell: there are pieces with ghosts only.
fn read_piece(
    path: &Path,
    root: &Path,
    entry: &Entry,
    options: &ReadOptions,
) -> Result<Result<Part, CellError>, ReadError> {
    let place = find_part(path, root, entry)?;
    let file = read_file(&place).map_err(|error| in_index(path, error))?;
    match vtu::read_piece(&file, options) {
        Ok((file, global_ids)) => Ok(Ok(Part {
            name: entry.file.clone(),
            file,
            global_ids,
        })),
        Err(VtkXmlError::Cell(error @ CellError::NoCells { .. })) => Ok(Err(error)),
        Err(source) => {
            let source = Box::new(source);
            let error = ReadError::VtkXml {
                path: place,
                source,
            };
            Err(in_index(path, error))
        }
    }
}

/// Adds the pieces of a mesh to the files, then the file that names them.
fn write_pieces(
    group: &mut FileGroup,
    path: &Path,
    mesh: &UnstructuredMesh,
    fields: &[Field],
    options: &PvtuOptions,
) -> Result<(), WriteError> {
    let cannot = |source| WriteError::Io {
        path: path.to_owned(),
        source,
    };
    for field in fields {
        mesh.check_field(field)
            .map_err(|error| cannot(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    }
    let cells = mesh.cell_count();
    let pieces = options.pieces.map_or_else(
        || cells.div_ceil(CELLS_OF_A_PIECE),
        |pieces| pieces.get().min(cells),
    );
    let global_ids = free_name(fields);
    let mut names = Vec::new();
    for index in 0..pieces {
        let range = index * cells / pieces..(index + 1) * cells / pieces;
        let piece = Piece::cut(mesh, fields, range, index == 0, &global_ids).map_err(cannot)?;
        let place = beside(path, &format!("_{index}.vtu")).map_err(cannot)?;
        names.push(name_of(&place).map_err(cannot)?);
        group.add(&place, |out| {
            vtu::write_piece(
                out,
                &piece.mesh,
                &piece.fields,
                options.vtu,
                Some(&global_ids),
            )
        })?;
    }
    group.add(path, |out| {
        write_index(out, &names, fields, &global_ids, options.vtu)
    })
}

/// `path` with the end of its name, from its last dot on, replaced by `end`.
pub(super) fn beside(path: &Path, end: &str) -> io::Result<PathBuf> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "its name is no valid Unicode, which the names of its pieces need",
        )
    })?;
    Ok(path.with_file_name(format!("{stem}{end}")))
}

/// The name of a file that [`beside`] has made.
pub(super) fn name_of(path: &Path) -> io::Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned)
        .ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// A name for the ids of nodes that no field has.
fn free_name(fields: &[Field]) -> String {
    let mut name = GLOBAL_IDS.to_owned();
    while fields.iter().any(|field| field.name() == name) {
        name.push('_');
    }
    name
}

struct Piece {
    mesh: UnstructuredMesh,
    fields: Vec<Field>,
}

impl Piece {
    /// Cells in a row with their nodes; the first piece has the nodes that no cell has, too.
    fn cut(
        mesh: &UnstructuredMesh,
        fields: &[Field],
        cells: std::ops::Range<usize>,
        is_first: bool,
        global_ids: &str,
    ) -> io::Result<Self> {
        let ids: Vec<CellId> = cells.clone().map(|cell| CellId::new(cell as u32)).collect();
        let (mut piece, nodes) = mesh.extract_with_node_map(&ids).map_err(io::Error::other)?;
        let mut nodes: Vec<usize> = nodes.iter().map(|node| node.index()).collect();
        if is_first {
            let mut is_used = vec![false; mesh.node_count()];
            mesh.connectivity()
                .iter()
                .for_each(|node| is_used[node.index()] = true);
            let unused: Vec<usize> = (0..is_used.len()).filter(|node| !is_used[*node]).collect();
            if !unused.is_empty() {
                let mut arrays = arrays_of(&piece);
                arrays
                    .nodes
                    .extend(unused.iter().map(|node| mesh.nodes()[*node]));
                piece = UnstructuredMesh::new(arrays).map_err(io::Error::other)?;
                nodes.extend(unused);
            }
        }
        let cells: Vec<usize> = cells.collect();
        let fields = gather(fields.to_vec(), Location::Cells, &cells);
        let mut fields = gather(fields, Location::Nodes, &nodes);
        let ids = DataArray::scalars(nodes.iter().map(|node| integer(*node)).collect());
        fields.push(Field::new(
            global_ids,
            Location::Nodes,
            FieldValues::Integer(ids),
        ));
        Ok(Self {
            mesh: piece,
            fields,
        })
    }
}

fn arrays_of(mesh: &UnstructuredMesh) -> MeshArrays {
    MeshArrays {
        nodes: mesh.nodes().to_vec(),
        shapes: mesh.shapes().to_vec(),
        offsets: mesh.offsets().to_vec(),
        connectivity: mesh.connectivity().to_vec(),
        polyhedra: mesh.polyhedra().clone(),
    }
}

fn write_index(
    out: &mut dyn Write,
    names: &[String],
    fields: &[Field],
    global_ids: &str,
    options: VtuOptions,
) -> io::Result<()> {
    let float = match options.float {
        FloatWidth::Float32 => "Float32",
        FloatWidth::Float64 => "Float64",
    };
    writeln!(
        out,
        "<?xml version=\"1.0\"?>\n\
         <VTKFile type=\"PUnstructuredGrid\" version=\"{}\" byte_order=\"{}\" header_type=\"{}\">\n\
         <PUnstructuredGrid GhostLevel=\"0\">",
        options.polyhedra.version(),
        options.byte_order.name(),
        options.header.name(),
    )?;
    for (section, location) in [
        ("PPointData", Location::Nodes),
        ("PCellData", Location::Cells),
    ] {
        match location {
            Location::Nodes => writeln!(out, "<{section} GlobalIds=\"{global_ids}\">")?,
            Location::Cells => writeln!(out, "<{section}>")?,
        }
        for field in fields.iter().filter(|field| field.location() == location) {
            let scalar = match field.values() {
                FieldValues::Float(_) => float,
                FieldValues::Integer(_) => "Int64",
            };
            let head = vtu::array_head("PDataArray", scalar, field.name(), field.component_names());
            writeln!(out, "{head}/>")?;
        }
        if location == Location::Nodes {
            let head = vtu::array_head("PDataArray", "Int64", global_ids, &[String::new()]);
            writeln!(out, "{head}/>")?;
        }
        writeln!(out, "</{section}>")?;
    }
    let head = vtu::array_head("PDataArray", float, "Points", &[const { String::new() }; 3]);
    let mut text = format!("<PPoints>\n{head}/>\n</PPoints>\n");
    for name in names {
        // Writing to a string does not fail.
        let _ = writeln!(text, "<Piece Source=\"{}\"/>", vtu::escape(name));
    }
    writeln!(out, "{text}</PUnstructuredGrid>\n</VTKFile>")
}
