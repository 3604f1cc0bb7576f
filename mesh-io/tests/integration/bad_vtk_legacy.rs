//! Every kind of bad legacy VTK file is refused with a message that says what is wrong and where.

use mesh_io::ReadOptions;
use mesh_io::vtk_legacy::read;

/// One tetrahedron, in digits.
const TETRAHEDRON: &str = "# vtk DataFile Version 3.0
one cell
ASCII
DATASET UNSTRUCTURED_GRID
POINTS 4 double
0 0 0  1 0 0  0 1 0
0 0 1
CELLS 1 5
4 0 1 2 3
CELL_TYPES 1
10
CELL_DATA 1
SCALARS power double
LOOKUP_TABLE default
1.5
";

/// The same with offsets.
const NEW: &str = "# vtk DataFile Version 5.1
one cell
ASCII
DATASET UNSTRUCTURED_GRID
POINTS 4 double
0 0 0  1 0 0  0 1 0 0 0 1
CELLS 2 4
OFFSETS vtktypeint64
0 4
CONNECTIVITY vtktypeint64
0 1 2 3
CELL_TYPES 1
10
";

const GRID: &str = "# vtk DataFile Version 2.0
two cells
ASCII
DATASET RECTILINEAR_GRID
DIMENSIONS 3 2 2
X_COORDINATES 3 float
0 1 2
Y_COORDINATES 2 float
0 1
Z_COORDINATES 2 float
0 1
";

fn message(file: &[u8]) -> String {
    read(file, &ReadOptions::default()).unwrap_err().to_string()
}

/// The message about a file with one text in place of another.
fn changed(file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    message(file.replacen(from, to, 1).as_bytes())
}

#[test]
fn the_files_themselves_are_read() {
    for file in [TETRAHEDRON, NEW, GRID] {
        let read = read(file.as_bytes(), &ReadOptions::default()).unwrap();
        assert!(read.notes.is_empty());
    }
    let crlf = TETRAHEDRON.replace('\n', "\r\n");
    let read = read(crlf.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(read.fields[0].as_float().unwrap().values(), [1.5]);
}

#[test]
fn no_legacy_file() {
    let expected = "expected \"# vtk DataFile Version\" in the first line";
    assert_eq!(message(b""), format!("an empty file, {expected}"));
    assert_eq!(
        message(b"hello"),
        format!("a file of another kind, {expected}")
    );
    let xml = message(b"<?xml version=\"1.0\"?>");
    assert!(
        xml.starts_with("XML (the newer formats are called .vtu"),
        "{xml}"
    );
    assert_eq!(
        changed(TETRAHEDRON, "3.0", "new"),
        "line 1: \"new\", expected a version such as 4.2"
    );
    assert_eq!(
        changed(TETRAHEDRON, "ASCII", "TEXT"),
        "line 3: \"TEXT\", expected ASCII or BINARY in the third line"
    );
    assert_eq!(
        changed(TETRAHEDRON, "UNSTRUCTURED_GRID", "POLYDATA"),
        "the data set is \"POLYDATA\", expected UNSTRUCTURED_GRID, STRUCTURED_GRID, \
         RECTILINEAR_GRID or STRUCTURED_POINTS"
    );
}

#[test]
fn words_in_the_wrong_place() {
    assert_eq!(
        changed(TETRAHEDRON, "CELL_TYPES", "TYPES"),
        "line 10: \"TYPES\", expected POINTS, CELLS, CELL_TYPES or CELL_DATA"
    );
    assert_eq!(
        changed(TETRAHEDRON, "SCALARS", "NUMBERS"),
        "line 13: \"NUMBERS\", expected an attribute such as SCALARS or FIELD"
    );
    assert_eq!(
        changed(TETRAHEDRON, "power double", "power real"),
        "line 13: \"real\", expected a type of values (double, float, int, vtktypeint64 …)"
    );
    assert_eq!(
        changed(TETRAHEDRON, "POINTS 4", "POINTS -4"),
        "line 5: \"-4\", expected a number from 0 on"
    );
    assert_eq!(
        changed(NEW, "OFFSETS", "STARTS"),
        "line 8: \"STARTS\", expected OFFSETS"
    );
    assert_eq!(
        changed(GRID, "DIMENSIONS 3 2 2", "DIMENSIONS 3 0 2"),
        "line 5: \"3 0 2\", expected three numbers of nodes"
    );
}

#[test]
fn numbers_that_are_none_or_too_few() {
    assert_eq!(
        changed(TETRAHEDRON, "0 1 0\n", "0 x1 0\n"),
        "line 6: \"POINTS\": \"x1\" is no number"
    );
    assert_eq!(
        changed(TETRAHEDRON, "4 0 1 2 3", "4 0 1.5 2 3"),
        "line 9: \"CELLS\": \"1.5\" is no integer"
    );
    assert_eq!(
        changed(TETRAHEDRON, "POINTS 4", "POINTS 400000000"),
        "line 5: \"POINTS\" has 1200000000 values, which take at least 2399999999 bytes, but the \
         file has 121 left; it was cut?"
    );
    let end = TETRAHEDRON.find("1.5").unwrap();
    let expected = "line 14: the file ends, expected more numbers; it was cut?";
    assert_eq!(message(&TETRAHEDRON.as_bytes()[..end]), expected);
    for end in 0..TETRAHEDRON.find("CELL_DATA").unwrap() - 1 {
        let cut = read(&TETRAHEDRON.as_bytes()[..end], &ReadOptions::default());
        assert!(
            cut.is_err() || end > TETRAHEDRON.find("10").unwrap(),
            "{end}"
        );
    }
}

#[test]
fn a_cut_binary_file_names_the_byte() {
    let head = b"# vtk DataFile Version 3.0\ntitle\nBINARY\nDATASET UNSTRUCTURED_GRID\n";
    let file = [&head[..], b"POINTS 4 double\n12345"].concat();
    assert_eq!(
        message(&file),
        "byte 82: \"POINTS\" has 12 values, which take at least 96 bytes, but the file has 5 \
         left; it was cut?"
    );
}

#[test]
fn sections_that_are_missing_or_do_not_fit() {
    let cut = TETRAHEDRON.find("CELL_TYPES").unwrap();
    assert_eq!(
        message(&TETRAHEDRON.as_bytes()[..cut]),
        "no section CELL_TYPES"
    );
    let cut = TETRAHEDRON.find("POINTS").unwrap();
    assert_eq!(message(&TETRAHEDRON.as_bytes()[..cut]), "no section POINTS");
    assert_eq!(
        message(GRID.split("Z_C").next().unwrap().as_bytes()),
        "no section Z_COORDINATES"
    );
    assert_eq!(
        changed(TETRAHEDRON, "CELL_TYPES 1\n10", "CELL_TYPES 2\n10 10"),
        "CELL_TYPES has 2 values, expected 1 (one per cell)"
    );
    assert_eq!(
        changed(TETRAHEDRON, "CELL_DATA 1", "CELL_DATA 0"),
        // No value is read, and 1.5 is left over.
        "line 15: \"1.5\", expected an attribute such as SCALARS or FIELD"
    );
    assert_eq!(
        changed(
            GRID,
            "Y_COORDINATES 2 float\n0 1",
            "Y_COORDINATES 3 float\n0 1 2"
        ),
        "Y_COORDINATES has 3 values, expected 2 (as DIMENSIONS say)"
    );
    let data = format!("{TETRAHEDRON}POINT_DATA 3\nSCALARS t double\nLOOKUP_TABLE x\n1 2 3\n");
    assert_eq!(
        message(data.as_bytes()),
        "POINT_DATA has 3 values, expected 4 (one per point)"
    );
}

#[test]
fn cells_that_are_none() {
    assert_eq!(
        changed(TETRAHEDRON, "4 0 1 2 3", "4 0 1 2 9"),
        "cell 0 names node 9, but the mesh has 4 nodes"
    );
    assert_eq!(
        changed(TETRAHEDRON, "4 0 1 2 3", "7 0 1 2 3"),
        "cell 0 takes values 1..8 of its section, which holds 5"
    );
    assert_eq!(
        changed(TETRAHEDRON, "4 0 1 2 3", "3 0 1 2 3"),
        "CELLS has 5 values, expected 4 (as many as its cells take)"
    );
    assert_eq!(
        changed(NEW, "0 4\n", "0 5\n"),
        "cell 0 takes values 0..5 of its section, which holds 4"
    );
    assert_eq!(
        changed(NEW, "0 4\n", "4 0\n"),
        "cell 0 takes values 4..0 of its section, which holds 4"
    );
    assert_eq!(
        changed(TETRAHEDRON, "CELL_TYPES 1\n10", "CELL_TYPES 1\n12"),
        "cell 0 is a hexahedron of 4 nodes, expected 8"
    );
    assert!(
        changed(TETRAHEDRON, "CELL_TYPES 1\n10", "CELL_TYPES 1\n99")
            .starts_with("cell 0 has VTK type 99, expected 10 (tetrahedron)")
    );
    assert_eq!(
        changed(TETRAHEDRON, "CELL_TYPES 1\n10", "CELL_TYPES 1\n9"),
        "no three-dimensional cell (1 cells of lower dimension)"
    );
    // The faces of a polyhedron that are cut.
    assert_eq!(
        changed(TETRAHEDRON, "CELL_TYPES 1\n10", "CELL_TYPES 1\n42")
            .split(':')
            .next(),
        changed(
            TETRAHEDRON,
            "4 0 1 2 3\nCELL_TYPES 1\n10",
            "4 1 9 0 1\nCELL_TYPES 1\n42"
        )
        .split(':')
        .next()
    );
    let message = changed(
        TETRAHEDRON,
        "4 0 1 2 3\nCELL_TYPES 1\n10",
        "4 1 9 0 1\nCELL_TYPES 1\n42",
    );
    assert!(
        message.starts_with("cell 0: its face stream has 4 values"),
        "{message}"
    );
}

#[test]
fn grids_that_cannot_be() {
    assert_eq!(
        changed(GRID, "0 1 2\nY", "0 2 1\nY"),
        "x coordinate 2 is 1 after 2, against the direction of those before; expected all \
         ascending or all descending"
    );
    let points = "# vtk DataFile Version 3.0\nt\nASCII\nDATASET STRUCTURED_POINTS\n\
                  DIMENSIONS 3 2 2\nSPACING 1 1 1\n";
    assert_eq!(
        changed(points, "SPACING 1 1 1", "SPACING 1 0 1"),
        "the spacing along y is 0, expected a finite number other than 0"
    );
    assert_eq!(
        changed(points, "3 2 2", "3 2 1"),
        "the grid has 3 x 2 x 1 nodes: flat, expected at least 2 along each axis \
         (three-dimensional cells)"
    );
    let message = changed(points, "3 2 2", "1000 1000 1000");
    let expected = "the grid claims 1000 x 1000 x 1000 nodes, but the file has only ";
    assert!(message.starts_with(expected), "{message}");
    let message = changed(points, "3 2 2", "100000 100000 1000");
    assert!(
        message.ends_with("but ids count to 4294967295"),
        "{message}"
    );
}

#[test]
fn what_is_no_field_is_left_out_with_a_note() {
    let field = format!(
        "{TETRAHEDRON}FIELD more 4\nlarge 1 1 vtktypeuint64\n18446744073709551615\n\
         short 2 0 int\n\nname 1 1 string\nsome text here\nNULL_ARRAY\nMETADATA\nINFORMATION 0\n\n"
    );
    let file = read(field.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(file.fields.len(), 1);
    assert_eq!(file.notes.len(), 3, "{:?}", file.notes);
    assert_eq!(
        file.notes[0],
        "array \"short\" left out: 0 tuples, but there are 1 cells"
    );
    assert_eq!(file.notes[1], "array \"name\" of text left out");
    assert!(file.notes[2].starts_with("array \"large\" left out: value 0 is 18446744073709551615"));
}
