//! Every kind of damage to a Gmsh file has its message, with its place; oddities are read.

use std::fmt::Write;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location, UnstructuredMesh};
use mesh_io::gmsh::{GmshData, GmshOptions, GmshVersion, read, times, write};
use mesh_io::{MeshFile, ReadOptions, read_mesh, write_mesh};

/// Two tetrahedra and a triangle in version 4.1, with a field on each.
const FOUR: &str = "$MeshFormat
4.1 0 8
$EndMeshFormat
$PhysicalNames
2
2 1 \"wall\"
3 5 \"fuel\"
$EndPhysicalNames
$Entities
1 0 1 1
1 0 0 0 0
2 0 0 0 1 1 1 1 1 0
3 0 0 0 1 1 1 1 5 1 2
$EndEntities
$Nodes
2 5 1 5
0 1 0 1
1
0 0 0
3 3 0 4
2
3
4
5
1 0 0
0 1 0
0 0 1
1 1 1
$EndNodes
$Elements
2 3 1 3
2 2 2 1
1 1 2 3
3 3 4 2
2 1 2 3 4
3 2 3 4 5
$EndElements
$ElementData
1
\"power\"
1
0.5
3
0
1
2
2 1.5
3 2.5
$EndElementData
";

/// Two tetrahedra and a triangle in version 2.2.
const TWO: &str = "$MeshFormat
2.2 0 8
$EndMeshFormat
$Nodes
5
1 0 0 0
2 1 0 0
3 0 1 0
4 0 0 1
5 1 1 1
$EndNodes
$Elements
3
1 2 2 1 2 1 2 3
2 4 2 5 3 1 2 3 4
3 4 2 5 3 2 3 4 5
$EndElements
";

fn message(file: &[u8]) -> String {
    let message = read(file, &ReadOptions::default()).unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

fn with(file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    file.replacen(from, to, 1)
}

/// The message about the file of version 4.1 with one text in place of another.
fn four(from: &str, to: &str) -> String {
    message(with(FOUR, from, to).as_bytes())
}

/// The message about the file of version 2.2 with one text in place of another.
fn two(from: &str, to: &str) -> String {
    message(with(TWO, from, to).as_bytes())
}

/// What is read of a file with one text in place of another.
fn changed(file: &str, from: &str, to: &str) -> MeshFile {
    read(with(file, from, to).as_bytes(), &ReadOptions::default()).unwrap()
}

#[test]
fn the_files_themselves_are_read() {
    for file in [FOUR, TWO] {
        let file = read(file.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!((file.mesh.cell_count(), file.mesh.node_count()), (2, 5));
        let note = "1 cells of lower dimension left out: 1 triangles";
        assert_eq!(file.notes, [note]);
        assert_eq!(file.fields[0].name(), "gmsh:physical");
        assert_eq!(file.fields[0].as_integer().unwrap().values(), [5, 5]);
    }
}

#[test]
fn a_message_begins_with_the_path() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.MSH");
    std::fs::write(&path, &FOUR[..230]).unwrap();
    let message = read_mesh(&path).unwrap_err().to_string();
    let begin = format!(
        "{}: line 15: $Nodes is not ended by $EndNodes",
        path.display()
    );
    assert!(message.starts_with(&begin), "{message}");
}

#[test]
fn no_gmsh_file() {
    let end = ", expected $MeshFormat: is it a mesh that Gmsh saved?";
    assert_eq!(message(b""), format!("an empty file{end}"));
    assert_eq!(message(b"hello\nworld"), format!("\"hello\"{end}"));
    assert_eq!(message(&[0xff; 30]), format!("binary data{end}"));
    assert_eq!(message(b"$Nodes\n$EndNodes\n"), format!("\"$Nodes\"{end}"));
    assert!(
        message(b"$NOD\n1\n1 0 0 0\n$ENDNOD\n").starts_with("a file of Gmsh's format 1 ($NOD)")
    );
}

#[test]
fn a_format_that_nobody_reads() {
    let line = "line 2: the";
    assert_eq!(
        four("4.1 0 8", "5.0 0 8"),
        format!("{line} version in $MeshFormat is \"5.0\", expected 2.2, 4.0 or 4.1")
    );
    assert!(four("4.1 0 8", "").starts_with(&format!("{line} version in $MeshFormat is \"\"")));
    assert_eq!(
        four("4.1 0 8", "4.1 2 8"),
        format!("{line} file type in $MeshFormat is \"2\", expected 0 (text) or 1 (binary)")
    );
    assert_eq!(
        four("4.1 0 8", "4.1 1 16"),
        format!("{line} size of counts in $MeshFormat is \"16\", expected 4 or 8")
    );
    assert!(four("4.1 0 8", "4.1 1 8\nabcd").starts_with(&format!("{line} mark of byte order")));
}

#[test]
fn sections_that_do_not_begin_or_end() {
    assert_eq!(
        four("$EndElements\n", ""),
        "line 30: $Elements is not ended by $EndElements; the file was cut?"
    );
    assert_eq!(
        four("$Elements\n", ""),
        "line 36: $EndElements ends what has not begun; something was removed before it?"
    );
    assert_eq!(
        message(&FOUR.as_bytes()[..FOUR.find("$Nodes").unwrap()]),
        "no section $Nodes"
    );
    assert_eq!(
        message(&FOUR.as_bytes()[..FOUR.find("$Elements").unwrap()]),
        "no section $Elements"
    );
}

#[test]
fn two_meshes_in_one_file() {
    let again = format!(
        "{FOUR}{}",
        with(FOUR, "1 1 1\n$EndNodes", "1 1 2\n$EndNodes")
    );
    let message = message(again.as_bytes());
    assert!(
        message.ends_with(
            ": a second $Nodes that differs from the one before; expected one mesh in a file"
        ),
        "{message}"
    );
}

#[test]
fn what_is_no_number() {
    assert_eq!(
        four("0 1 0\n", "0 x 0\n"),
        "line 26: \"x\" in $Nodes is no number"
    );
    assert_eq!(
        four("0 0 1\n", "0 0 1,5\n"),
        "line 27: \"1,5\" in $Nodes is no number"
    );
    assert_eq!(
        four("2 1 2 3 4", "2 1 2 3.5 4"),
        "line 35: \"3.5\" in $Elements is no integer"
    );
    assert_eq!(
        two("\n5\n1 0", "\n5.5\n1 0"),
        "line 5: \"5.5\" in $Nodes is no number of nodes or elements"
    );
    assert_eq!(
        two("4 0 0 1", "4 0 0 inf x"),
        "line 9: \"x\" in $Nodes is no integer"
    );
    assert_eq!(
        two("2 4 2 5 3 1", "99999999999999999999 4 2 5 3 1"),
        "line 15: \"99999999999999999999\" in $Elements is no integer"
    );
    assert_eq!(
        four("2 1.5", "2 one"),
        "line 47: \"one\" in $ElementData is no number"
    );
    assert_eq!(
        four("3 5 \"fuel\"", "3 \"fuel\""),
        "line 7: \"3 \\\"fuel\\\"\" in $PhysicalNames is no line of a dimension, a tag and a name"
    );
}

#[test]
fn counts_that_are_not_what_there_is() {
    assert_eq!(
        four("2 5 1 5", "2 6 1 6"),
        "line 16: 6 nodes announced in $Nodes, expected the 5 of its blocks"
    );
    assert_eq!(
        four("2 5 1 5", "3 5 1 5"),
        "line 29: $Nodes announces 1 values more, but has 0 left; it was cut?"
    );
    assert_eq!(
        four("2 5 1 5", "1 1 1 1"),
        "line 20: $Nodes goes on behind the last value that it announces"
    );
    assert_eq!(
        four("3 3 0 4", "3 3 0 -4"),
        "line 20: -4 nodes in a block in $Nodes, expected a number that is not negative"
    );
    assert_eq!(
        four("3 3 0 4", "3 3 0 4000000000000000000"),
        "line 21: $Nodes announces 4000000000000000000 values more, but has 16 left; it was cut?"
    );
    assert_eq!(
        four("2 3 1 3", "2 4 1 3"),
        "line 31: 4 elements announced in $Elements, expected the 3 that there are"
    );
    assert_eq!(
        two("\n3\n1 2 2", "\n4\n1 2 2"),
        "line 13: 4 elements announced in $Elements, expected the 3 that there are"
    );
    assert_eq!(
        two("3 4 2 5 3 2 3 4 5", "3 4 2 5 3 2 3 4"),
        "line 17: $Elements announces 1 values more, but has 0 left; it was cut?"
    );
    assert_eq!(
        two("2 4 2 5 3 1 2 3 4", "2 4 -2 5 3 1 2 3 4"),
        "line 15: -2 tags of an element in $Elements, expected a number that is not negative"
    );
    assert_eq!(
        two("\n5\n1 0", "\n500\n1 0"),
        "line 6: $Nodes announces 2000 values more, but has 20 left; it was cut?"
    );
    assert_eq!(
        four("\n2\n2 1.5", "\n-2\n2 1.5"),
        "line 46: -2 values in $ElementData, expected a number that is not negative"
    );
    assert_eq!(
        four("\n1\n2\n2 1.5", "\n0\n2\n2 1.5"),
        "line 45: 0 components in $ElementData, expected a number above 0"
    );
    assert!(four("\n3\n0\n1\n2\n2 1.5", "\n2\n0\n1\n2 1.5").starts_with("line 44: 2 integer tags"));
    assert!(
        four("\n2\n2 1.5", "\n3\n2 1.5")
            .contains("line 49: $ElementData announces 1 values more, but has 0")
    );
    assert_eq!(
        four("\n2\n2 1.5", "\n1\n2 1.5"),
        "line 48: $ElementData goes on behind the last value that it announces"
    );
    assert_eq!(
        four("\n3\n0\n1\n2\n2 1.5\n3 2.5\n", "\n3\n0\n"),
        "line 45: $ElementData announces 1 lines more, but has 0 left; it was cut?"
    );
    assert_eq!(
        four("\n2\n2 1 \"wall\"", "\n9\n2 1 \"wall\""),
        "line 8: $PhysicalNames announces 1 lines more, but has 0 left; it was cut?"
    );
    assert_eq!(
        four("1 0 1 1\n", "1 0 1 2\n"),
        "line 14: $Entities announces 1 values more, but has 0 left; it was cut?"
    );
}

#[test]
fn tags_that_fit_nothing() {
    assert_eq!(
        four("3 2 3 4 5", "3 2 3 4 6"),
        "line 36: element 3 names node 6, which is none of the 5 nodes"
    );
    assert_eq!(
        two("3 4 2 5 3 2 3 4 5", "3 4 2 5 3 2 3 4 0"),
        "line 16: element 3 names node 0, which is none of the 5 nodes"
    );
    let expected = "two nodes have the tag 4; every tag must be given once";
    assert_eq!(two("5 1 1 1", "4 1 1 1"), expected);
    assert_eq!(four("4\n5\n", "4\n4\n"), expected);
    assert_eq!(
        four("3 2 3 4 5\n$EndElements\n", "2 2 3 4 5\n$EndElements\n"),
        "two cells have the tag 2; every tag must be given once"
    );
}

#[test]
fn elements_that_are_not_read() {
    let end = "expected 4 (tetrahedron), 5 (hexahedron), 6 (prism) or 7 (pyramid)";
    assert_eq!(
        four("3 3 4 2", "3 3 999 2"),
        format!("line 34: Gmsh type 999 of elements is not read; {end}")
    );
    assert_eq!(
        two("3 4 2 5 3 2 3 4 5", "3 35 2 5 3 4 2 3 4 5"),
        format!(
            "line 16: Gmsh type 35 of elements is not read (a polyhedron of a cut mesh); {end}"
        )
    );
    assert_eq!(
        two("3 4 2 5 3 2 3 4 5", "3 11 2 5 3 1 2 3 4 5 1 2 3 4 5"),
        "line 16: element 3 is a tetrahedron of 10 nodes (Gmsh type 11), which is of higher \
         order; write the mesh with linear elements, or read it with --linearize (corner nodes \
         only)"
    );
    let only_triangle = with(TWO, "\n3\n1 2 2", "\n1\n1 2 2");
    let only_triangle = with(&only_triangle, "2 4 2 5 3 1 2 3 4\n3 4 2 5 3 2 3 4 5\n", "");
    assert_eq!(
        message(only_triangle.as_bytes()),
        "no three-dimensional element (1 of lower dimension)"
    );
}

#[test]
fn a_mesh_that_is_none() {
    assert!(two("4 0 0 1", "4 0 0 nan").starts_with("node 3 is at (0, 0, NaN)"));
    assert_eq!(
        two("2 4 2 5 3 1 2 3 4", "2 4 2 5 3 1 2 3 3"),
        "cell 0 is a tetrahedron that names node 2 twice and has no volume left: remove the cell \
         or mend its connectivity (cells counted without 1 of lower dimension)"
    );
}

#[test]
fn a_description_that_is_damaged() {
    let described = |tag: &str| {
        with(
            FOUR,
            "1\n\"power\"\n",
            &format!("3\n\"power\"\n\"\"\n\"{tag}\"\n"),
        )
    };
    let start = "line 38: ";
    assert_eq!(
        message(described("remap: count=x").as_bytes()),
        format!("{start}\"remap: count=x\" does not describe the field that follows")
    );
    for tag in [
        "remap: count=2",
        "remap: count=0",
        "remap: integer+remainder",
        "remap: components=a,b",
    ] {
        let message = message(described(tag).as_bytes());
        assert!(
            message.ends_with("does not describe the field that follows"),
            "{message}"
        );
    }
    assert_eq!(
        message(described("remap: integer").as_bytes()),
        format!("{start}1.5 in the field \"power\", which is one of integers")
    );
    // What others write there is none of ours.
    assert!(
        read(
            described("INTERPOLATION").as_bytes(),
            &ReadOptions::default()
        )
        .is_ok()
    );
}

#[test]
fn oddities_are_read() {
    // Lines are only a habit where numbers stand.
    let file = changed(
        TWO,
        "2 4 2 5 3 1 2 3 4\n3 4 2 5",
        "2 4 2 5\n3 1 2\n\n3 4 3 4 2 5",
    );
    assert_eq!(file.mesh.cell_count(), 2);
    let crlf = FOUR.replace('\n', "\r\n");
    let file = read(crlf.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(file.fields.len(), 3);
    assert_eq!(file.fields[0].labels()[0].name, "fuel");
    // Polygons of any size, and elements without tags.
    let file = changed(TWO, "1 2 2 1 2 1 2 3", "1 34 2 1 2 5 1 2 3 4 5");
    assert_eq!(
        file.notes,
        ["1 cells of lower dimension left out: 1 polygons"]
    );
    let file = changed(TWO, "2 4 2 5 3 1 2 3 4", "2 4 0 1 2 3 4");
    assert_eq!(file.fields[0].as_integer().unwrap().values(), [0, 5]);
    // Comments, text between sections, sections that nobody knows.
    let file = changed(
        FOUR,
        "$Nodes",
        "$Comments\n$EndComments\n\nhello\n$My\n1\n$EndMy\n$Nodes",
    );
    assert!(
        file.notes.contains(&"1 section $My left out".to_owned()),
        "{:?}",
        file.notes
    );
    // Elements before nodes.
    let (start, end) = (TWO.find("$Elements").unwrap(), TWO.len());
    let nodes = TWO.find("$Nodes").unwrap();
    let swapped = [&TWO[..nodes], &TWO[start..end], &TWO[nodes..start]].concat();
    assert!(read(swapped.as_bytes(), &ReadOptions::default()).is_ok());
    // Mirrored cells are turned round.
    let file = changed(TWO, "2 4 2 5 3 1 2 3 4", "2 4 2 5 3 1 3 2 4");
    assert_eq!(file.mesh.mirrored_cells(), 1);
    // An entity that is turned round in its group.
    let file = changed(FOUR, "1 1 5 1 2", "1 1 -5 1 2");
    let labels: Vec<i64> = file.fields[0]
        .labels()
        .iter()
        .map(|label| label.value)
        .collect();
    assert_eq!(labels, [5, -5]);
    // Volumes that $Entities does not have.
    let file = changed(FOUR, "3 3 4 2", "3 8 4 2");
    assert_eq!(file.fields[0].name(), "gmsh:geometrical");
    assert!(times(FOUR.as_bytes()).unwrap() == [0.5]);
}

/// A file of so many cells that threads share it, in text.
fn large_file(version: GmshVersion) -> (UnstructuredMesh, String) {
    let mesh = BoxMesh {
        jitter: 0.2,
        seed: 1,
        ..BoxMesh::unit([40; 3])
    };
    let mesh = mesh.generate().unwrap();
    let options = GmshOptions {
        version,
        data: GmshData::Ascii,
        ..GmshOptions::default()
    };
    let mut file = Vec::new();
    write(&mut file, &mesh, &[], &options).unwrap();
    (mesh, String::from_utf8(file).unwrap())
}

#[test]
fn numbers_may_stand_in_any_lines() {
    for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
        let (mesh, file) = large_file(version);
        let (head, elements) = file.split_once("$Elements\n").unwrap();
        let (count, elements) = elements.split_once('\n').unwrap();
        let (elements, _) = elements.split_once("$EndElements").unwrap();
        // Each number in a line, a part of an element, or all in one.
        let one_by_one = elements.replace(' ', "\n");
        let astride = elements.replace('\n', " ").replace(" 5 2 ", "\n\n5\t2\n");
        let in_one_line = elements.replace('\n', "   ");
        for elements in [one_by_one, astride, in_one_line] {
            let file = format!("{head}$Elements\n{count}\n{elements}\n$EndElements\n");
            let back = read(file.as_bytes(), &ReadOptions::default()).unwrap();
            assert_eq!(back.mesh.fingerprint(), mesh.fingerprint());
        }
    }
}

#[test]
fn the_first_of_several_errors_in_a_large_file_is_told() {
    for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
        let (_, file) = large_file(version);
        let lines: Vec<&str> = file.lines().collect();
        let start = lines.iter().position(|line| *line == "$Elements").unwrap();
        for first in [start + 20_000, start + 55_000] {
            let damaged = |line: usize| {
                let (begin, _) = lines[line].rsplit_once(' ').unwrap();
                format!("{begin} x")
            };
            let damaged = [first, first + 1, first + 8000].map(|line| (line, damaged(line)));
            let mut lines = lines.clone();
            for (line, text) in &damaged {
                lines[*line] = text;
            }
            let place = first + 1;
            let expected = format!("line {place}: \"x\" in $Elements is no integer");
            assert_eq!(message(lines.join("\n").as_bytes()), expected);
        }
        let mut lines = lines.clone();
        lines.remove(start + 30_000);
        let message = message(lines.join("\n").as_bytes());
        assert!(message.starts_with("line "), "{message}");
    }
}

/// A few values on many cells: the memory of a field may be many times that of the file.
#[test]
fn fields_on_few_cells_do_not_take_more_memory_than_the_file_warrants() {
    let cells = 20_000;
    let mut file =
        String::from("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n4\n1 0 0 0\n2 1 0 0\n");
    file.push_str("3 0 1 0\n4 0 0 1\n$EndNodes\n$Elements\n20000\n");
    for cell in 0..cells {
        writeln!(file, "{cell} 4 0 1 2 3 4").unwrap();
    }
    file.push_str("$EndElements\n");
    for field in 0..100 {
        writeln!(file, "$ElementData\n1\n\"f{field}\"\n0\n3\n0\n9\n1").unwrap();
        file.push_str("7 1 2 3 4 5 6 7 8 9\n");
        file.push_str("$EndElementData\n");
    }
    let read = read(file.as_bytes(), &ReadOptions::default()).unwrap();
    let values: usize = read
        .fields
        .iter()
        .map(|field| field.tuples() * field.components())
        .sum();
    assert!((1..file.len() + (1 << 18)).contains(&values), "{values}");
    let note = "field \"f99\" left out: values on too few cells".to_owned();
    assert!(read.notes.contains(&note));
}

#[test]
fn a_polyhedron_is_not_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cells.msh");
    let message = write_mesh(&path, &mixed_mesh(), &[])
        .unwrap_err()
        .to_string();
    assert!(
        message.ends_with(
            "cells.msh: cannot be written: cell 0 is a polyhedron, which a Gmsh file cannot hold; \
             write .vtu, .vtk or .med"
        ),
        "{message}"
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_field_that_does_not_fit_is_not_written() {
    let mesh = read(TWO.as_bytes(), &ReadOptions::default()).unwrap().mesh;
    let values = FieldValues::Float(DataArray::scalars(vec![1.0; 3]));
    let field = Field::new("power", Location::Cells, values);
    for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
        let options = GmshOptions {
            version,
            data: GmshData::Ascii,
            ..GmshOptions::default()
        };
        let error = write(
            &mut Vec::new(),
            &mesh,
            std::slice::from_ref(&field),
            &options,
        );
        let message = error.unwrap_err().to_string();
        assert!(
            message.starts_with("field \"power\" has 3 tuples"),
            "{message}"
        );
    }
}

/// A binary file cut anywhere is refused with a message that names the place.
#[test]
fn a_binary_file_that_was_cut_is_refused() {
    let mesh = read(TWO.as_bytes(), &ReadOptions::default()).unwrap().mesh;
    for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
        let options = GmshOptions {
            version,
            ..GmshOptions::default()
        };
        let mut file = Vec::new();
        write(&mut file, &mesh, &fields_on(&mesh), &options).unwrap();
        let end = file.len() - "$EndElementData\n".len();
        let ends = "$EndElementData\n".len();
        for cut in (0..end).step_by(7) {
            // The mesh stands there in full after some cuts: between two fields.
            if let Err(error) = read(&file[..cut], &ReadOptions::default()) {
                let message = error.to_string();
                let is_early = cut < 60;
                let names_place = message.contains("byte ") || message.contains("line ");
                assert!(
                    is_early || names_place || message.starts_with("no section"),
                    "{message}"
                );
            }
            // Bytes missing inside a section, whose end is there.
            let without = [&file[..cut], &file[(cut + ends).min(end)..]].concat();
            let _ = read(&without, &ReadOptions::default());
        }
    }
    let message = read_mesh(Path::new("no/such/cells.msh"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("no/such/cells.msh: cannot be read: "),
        "{message}"
    );
}
