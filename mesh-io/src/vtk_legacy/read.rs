//! From the sections of a legacy VTK file to a mesh and its fields.

use mesh_core::{Location, Point3};

use super::attributes::{Attributes, Group};
use super::cells::CellsSection;
use super::error::VtkLegacyError;
use super::numbers::{Numbers, ValueType};
use super::scanner::Scanner;
use crate::vtk::assembly::Assembly;
use crate::vtk::ghosts::Marks;
use crate::vtk::grid::{Extent, Placement, hexahedra, hide_cells_around, rectilinear_nodes};
use crate::vtk::selection::finish;
use crate::vtk::xml::scalar::ScalarType;
use crate::vtk::{ArrayError, CellError, LeftOut};
use crate::{MeshFile, ReadOptions, shorten};

/// The mesh and the fields in the bytes `file` of a legacy VTK file.
///
/// Read are the data sets `UNSTRUCTURED_GRID`, `STRUCTURED_GRID`, `RECTILINEAR_GRID` and
/// `STRUCTURED_POINTS` of every version, in digits and binary. The last three become hexahedra, x
/// fastest. All numeric attributes become fields; colours are integers from 0 to 255. Cells of
/// lower dimension are left out and counted in the notes, and so are cells marked as ghosts or
/// hidden (`vtkGhostType`). Fields of the file as a whole, such as its time, are passed over.
///
/// ```
/// use mesh_io::{ReadOptions, vtk_legacy};
/// let file = b"# vtk DataFile Version 3.0\ntwo boxes\nASCII\nDATASET STRUCTURED_POINTS\n\
///     DIMENSIONS 3 2 2\nORIGIN 0 0 0\nSPACING 0.5 1 1\nCELL_DATA 2\nSCALARS power float\n\
///     LOOKUP_TABLE default\n1 2\n";
/// let file = vtk_legacy::read(file, &ReadOptions::default())?;
/// assert_eq!(file.mesh.measures(), [0.5, 0.5]);
/// assert_eq!(file.fields[0].name(), "power");
/// # Ok::<(), mesh_io::vtk_legacy::VtkLegacyError>(())
/// ```
///
/// # Errors
///
/// What is wrong, and where in the file. Sizes that a file claims are checked against the bytes it
/// has before memory is taken.
///
/// Cost: one pass over the file; memory for the arrays of the mesh, and in digits once more for
/// the cells.
pub fn read(file: &[u8], options: &ReadOptions) -> Result<MeshFile, VtkLegacyError> {
    let mut scanner = Scanner::new(file);
    let version = read_head(file, &mut scanner)?;
    let mut sections = Sections {
        offsets_first: version >= 5,
        ..Sections::default()
    };
    let data_set = sections.read(&mut scanner)?;
    match data_set {
        DataSet::Unstructured => sections.unstructured(options),
        data_set => sections.grid(data_set, file.len()),
    }
}

/// The three lines before the data set: the major version.
fn read_head(file: &[u8], scanner: &mut Scanner<'_>) -> Result<u32, VtkLegacyError> {
    const HEAD: &[u8] = b"# vtk DataFile Version";
    const EXPECTED: &str = "ASCII or BINARY in the third line";
    let first = scanner.line().unwrap_or_default().trim_ascii();
    let is_legacy = first
        .get(..HEAD.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(HEAD));
    if !is_legacy {
        let found = match file.trim_ascii() {
            b"" => "an empty file",
            [b'<', ..] => "XML (the newer formats are called .vtu, .vtr, .vts, .vti)",
            _ => "a file of another kind",
        };
        return Err(VtkLegacyError::NotLegacyVtk { found });
    }
    let version = first[HEAD.len()..].trim_ascii();
    let major = version
        .split(|byte| *byte == b'.')
        .next()
        .unwrap_or_default();
    let major = std::str::from_utf8(major)
        .ok()
        .and_then(|major| major.parse().ok());
    let major = major.ok_or_else(|| scanner.unexpected(version, "a version such as 4.2"))?;
    // The title.
    scanner.line();
    let word = scanner.word(EXPECTED)?;
    scanner.is_binary = word.eq_ignore_ascii_case(b"BINARY");
    if !scanner.is_binary && !word.eq_ignore_ascii_case(b"ASCII") {
        return Err(scanner.unexpected(word, EXPECTED));
    }
    Ok(major)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DataSet {
    Unstructured,
    Structured,
    Rectilinear,
    Points,
}

/// What stands in a file, as it is read.
#[derive(Default)]
struct Sections<'a> {
    /// Whether `CELLS` has offsets.
    offsets_first: bool,
    points: Option<Numbers<'a>>,
    cells: Option<CellsSection<'a>>,
    types: Option<Numbers<'a>>,
    extent: Option<Extent>,
    axes: [Option<Numbers<'a>>; 3],
    placement: Placement,
    attributes: Attributes<'a>,
    point_data: Option<usize>,
    cell_data: Option<usize>,
}

impl<'a> Sections<'a> {
    fn read(&mut self, scanner: &mut Scanner<'a>) -> Result<DataSet, VtkLegacyError> {
        let mut data_set = None;
        let mut group = None;
        while let Some(word) = scanner.next() {
            let keyword = word.to_ascii_uppercase();
            if data_set.is_none() && keyword == b"DATASET" {
                data_set = Some(read_data_set(scanner)?);
            } else if keyword == b"METADATA" {
                // Of an array that was read without it.
                scanner.rest_of_line();
                scanner.skip_paragraph();
            } else if keyword == b"CELL_DATA" {
                group = Some(self.begin(Location::Cells, scanner)?);
            } else if keyword == b"POINT_DATA" {
                group = Some(self.begin(Location::Nodes, scanner)?);
            } else if let Some(group) = group {
                if !self.attributes.read(&keyword, group, scanner)? {
                    return Err(scanner.unexpected(word, "an attribute such as SCALARS or FIELD"));
                }
            } else if keyword == b"FIELD" {
                self.attributes.read_field(None, scanner)?;
            } else if data_set.is_none() || !self.read_geometry(&keyword, scanner)? {
                let expected = match data_set {
                    None => "DATASET",
                    Some(DataSet::Unstructured) => "POINTS, CELLS, CELL_TYPES or CELL_DATA",
                    Some(DataSet::Structured) => "DIMENSIONS, POINTS or CELL_DATA",
                    Some(DataSet::Rectilinear) => "DIMENSIONS, X_COORDINATES … or CELL_DATA",
                    Some(DataSet::Points) => "DIMENSIONS, ORIGIN, SPACING or CELL_DATA",
                };
                return Err(scanner.unexpected(word, expected));
            }
        }
        data_set.ok_or_else(|| VtkLegacyError::Ends {
            place: scanner.place(),
            expected: "DATASET",
        })
    }

    /// `CELL_DATA` or `POINT_DATA`; a second time it must have the same number.
    fn begin(
        &mut self,
        location: Location,
        scanner: &mut Scanner<'a>,
    ) -> Result<Group, VtkLegacyError> {
        let tuples = scanner.count()?;
        let (known, section) = match location {
            Location::Cells => (&mut self.cell_data, "CELL_DATA"),
            Location::Nodes => (&mut self.point_data, "POINT_DATA"),
        };
        check_length(section, tuples, known.unwrap_or(tuples), "as before")?;
        *known = Some(tuples);
        Ok(Group { location, tuples })
    }

    fn read_geometry(
        &mut self,
        keyword: &[u8],
        scanner: &mut Scanner<'a>,
    ) -> Result<bool, VtkLegacyError> {
        match keyword {
            b"POINTS" => {
                let values = scanner.count()?.saturating_mul(3);
                self.points = Some(read_numbers("POINTS", values, scanner)?);
            }
            b"CELLS" => self.cells = Some(self.read_cells(scanner)?),
            b"CELL_TYPES" => {
                let count = scanner.count()?;
                let int = ValueType::Number(ScalarType::Int32);
                self.types = Some(scanner.numbers("CELL_TYPES", int, count)?);
            }
            b"DIMENSIONS" => {
                let nodes = [scanner.count()?, scanner.count()?, scanner.count()?];
                let extent = Some(nodes).filter(|nodes| !nodes.contains(&0));
                let extent = extent.and_then(Extent::of_nodes);
                self.extent = Some(extent.ok_or_else(|| {
                    let text = nodes.map(|count| count.to_string()).join(" ");
                    scanner.unexpected(text.as_bytes(), "three numbers of nodes")
                })?);
            }
            b"EXTENT" => {
                let mut ends = [0; 6];
                for end in &mut ends {
                    *end = scanner.value("an integer")?;
                }
                self.extent = Some(Extent::new(ends).ok_or_else(|| {
                    let text = ends.map(|end| end.to_string()).join(" ");
                    scanner.unexpected(text.as_bytes(), "first and last along x, y and z")
                })?);
            }
            b"X_COORDINATES" => self.axes[0] = Some(read_axis("X_COORDINATES", scanner)?),
            b"Y_COORDINATES" => self.axes[1] = Some(read_axis("Y_COORDINATES", scanner)?),
            b"Z_COORDINATES" => self.axes[2] = Some(read_axis("Z_COORDINATES", scanner)?),
            b"ORIGIN" => self.placement.origin = read_three(scanner)?,
            b"SPACING" | b"ASPECT_RATIO" => self.placement.spacing = read_three(scanner)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_cells(&self, scanner: &mut Scanner<'a>) -> Result<CellsSection<'a>, VtkLegacyError> {
        let count = scanner.count()?;
        let size = scanner.count()?;
        if !self.offsets_first {
            let int = ValueType::Number(ScalarType::Int32);
            let values = scanner.numbers("CELLS", int, size)?;
            // Each cell has at least its count.
            check_length("CELLS", size, size.max(count), "at least one per cell")?;
            return Ok(CellsSection::Counted {
                cells: count,
                values,
            });
        }
        if count == 0 {
            let none = || Numbers::Integers(Vec::new());
            return Ok(CellsSection::Offsets {
                offsets: none(),
                values: none(),
            });
        }
        let mut array = |keyword: &'static str, count| {
            let word = scanner.word(keyword)?;
            if !word.eq_ignore_ascii_case(keyword.as_bytes()) {
                return Err(scanner.unexpected(word, keyword));
            }
            read_numbers(keyword, count, scanner)
        };
        let offsets = array("OFFSETS", count)?;
        let values = array("CONNECTIVITY", size)?;
        Ok(CellsSection::Offsets { offsets, values })
    }

    /// The nodes in `POINTS`.
    fn points(&mut self) -> Result<Vec<Point3>, VtkLegacyError> {
        let section = "POINTS";
        let points = self.points.take();
        let points = points.ok_or(VtkLegacyError::MissingSection { section })?;
        let values = points.into_floats().map_err(in_section(section))?;
        let nodes = values.len() / 3;
        if u32::try_from(nodes).is_err() {
            return Err(CellError::TooManyNodes { nodes }.into());
        }
        // Three coordinates in a row are a point: as a rule, nothing is copied.
        Ok(
            bytemuck::allocation::try_cast_vec(values).unwrap_or_else(|(_, values)| {
                let points = values.as_chunks::<3>().0.iter();
                points.map(|point| Point3::from(*point)).collect()
            }),
        )
    }

    fn check_data(&self, nodes: usize, cells: usize) -> Result<(), VtkLegacyError> {
        let point_data = self.point_data.unwrap_or(nodes);
        check_length("POINT_DATA", point_data, nodes, "one per point")?;
        let cell_data = self.cell_data.unwrap_or(cells);
        check_length("CELL_DATA", cell_data, cells, "one per cell")
    }

    fn unstructured(mut self, options: &ReadOptions) -> Result<MeshFile, VtkLegacyError> {
        let nodes = self.points()?;
        let missing = |section| VtkLegacyError::MissingSection { section };
        let cells = self.cells.take().ok_or_else(|| missing("CELLS"))?;
        let types = self.types.take().ok_or_else(|| missing("CELL_TYPES"))?;
        check_length("CELL_TYPES", types.len(), cells.count(), "one per cell")?;
        self.check_data(nodes.len(), cells.count())?;
        let types = types.integers().map_err(in_section("CELL_TYPES"))?;
        let types = types
            .iter()
            .map(|t| u8::try_from(*t).unwrap_or(u8::MAX))
            .collect();
        let (cells, mut faces) = cells.decode(types, nodes.len())?;
        let mut assembly = Assembly::new(options.linearize);
        assembly.arrays.nodes = nodes;
        let hidden = self.attributes.marked(Location::Cells, Marks::hide_cell);
        let kept = assembly.add(cells, faces.as_mut(), hidden.as_deref())?;
        let mut notes = assembly.notes();
        let (arrays, left_out) = assembly.finish();
        let (fields, field_notes) = self.attributes.finish(kept.as_deref())?.finish();
        notes.extend(field_notes);
        Ok(finish(arrays, fields, notes, left_out)?)
    }

    fn grid(mut self, data_set: DataSet, bytes: usize) -> Result<MeshFile, VtkLegacyError> {
        let section = "DIMENSIONS";
        let extent = self
            .extent
            .ok_or(VtkLegacyError::MissingSection { section })?;
        extent.check(extent.cell_count(), bytes)?;
        self.check_data(extent.node_count(), extent.cell_count())?;
        let nodes = match data_set {
            DataSet::Rectilinear => self.product_of_axes(&extent)?,
            DataSet::Points => self.placement.nodes(&extent)?,
            DataSet::Structured | DataSet::Unstructured => {
                let nodes = self.points()?;
                let expected = extent.node_count();
                check_length("POINTS", nodes.len(), expected, "as DIMENSIONS say")?;
                nodes
            }
        };
        let mut hidden = self.attributes.marked(Location::Cells, Marks::hide_cell);
        if let Some(nodes) = self.attributes.marked(Location::Nodes, Marks::hide_node) {
            let cells = hidden.get_or_insert_with(|| vec![false; extent.cell_count()]);
            hide_cells_around(&nodes, extent.cells(), cells);
        }
        let kept: Option<Vec<bool>> = hidden
            .as_ref()
            .map(|hidden| hidden.iter().map(|hidden| !hidden).collect());
        let left_out = LeftOut {
            lower: 0,
            hidden: kept.iter().flatten().filter(|kept| !**kept).count(),
        };
        let arrays = hexahedra(nodes, extent.cells(), hidden.as_deref());
        let (fields, notes) = self.attributes.finish(kept.as_deref())?.finish();
        Ok(finish(arrays, fields, notes, left_out)?)
    }

    fn product_of_axes(&mut self, extent: &Extent) -> Result<Vec<Point3>, VtkLegacyError> {
        const SECTIONS: [&str; 3] = ["X_COORDINATES", "Y_COORDINATES", "Z_COORDINATES"];
        let mut axes = [const { Vec::new() }; 3];
        for (axis, section) in SECTIONS.into_iter().enumerate() {
            let numbers = self.axes[axis].take();
            let numbers = numbers.ok_or(VtkLegacyError::MissingSection { section })?;
            let expected = extent.nodes()[axis];
            check_length(section, numbers.len(), expected, "as DIMENSIONS say")?;
            axes[axis] = numbers.into_floats().map_err(in_section(section))?;
        }
        Ok(rectilinear_nodes(axes.each_ref().map(Vec::as_slice))?)
    }
}

fn read_data_set(scanner: &mut Scanner<'_>) -> Result<DataSet, VtkLegacyError> {
    let word = scanner.word("the kind of data set")?;
    match word.to_ascii_uppercase().as_slice() {
        b"UNSTRUCTURED_GRID" => Ok(DataSet::Unstructured),
        b"STRUCTURED_GRID" => Ok(DataSet::Structured),
        b"RECTILINEAR_GRID" => Ok(DataSet::Rectilinear),
        b"STRUCTURED_POINTS" => Ok(DataSet::Points),
        _ => Err(VtkLegacyError::DataSet {
            found: shorten(&String::from_utf8_lossy(word)),
        }),
    }
}

/// A type, then `count` values of it.
fn read_numbers<'a>(
    section: &'static str,
    count: usize,
    scanner: &mut Scanner<'a>,
) -> Result<Numbers<'a>, VtkLegacyError> {
    let value_type = scanner.value_type()?;
    let numbers = scanner.numbers(section, value_type, count)?;
    scanner.metadata(0);
    Ok(numbers)
}

/// A count, a type, then as many values.
fn read_axis<'a>(
    section: &'static str,
    scanner: &mut Scanner<'a>,
) -> Result<Numbers<'a>, VtkLegacyError> {
    let count = scanner.count()?;
    read_numbers(section, count, scanner)
}

fn read_three(scanner: &mut Scanner<'_>) -> Result<[f64; 3], VtkLegacyError> {
    let mut next = || scanner.value("a number");
    Ok([next()?, next()?, next()?])
}

fn in_section(section: &'static str) -> impl Fn(ArrayError) -> VtkLegacyError {
    move |source| VtkLegacyError::Array {
        section: section.to_owned(),
        source,
    }
}

fn check_length(
    section: &'static str,
    found: usize,
    expected: usize,
    reason: &'static str,
) -> Result<(), VtkLegacyError> {
    if found == expected {
        return Ok(());
    }
    Err(VtkLegacyError::Length {
        section,
        found,
        expected,
        reason,
    })
}
