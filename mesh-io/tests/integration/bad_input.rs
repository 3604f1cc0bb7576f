//! Every kind of bad input is refused with a message that says what is wrong and where.

use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use mesh_core::{CartesianMesh, DataArray, Field, FieldValues, Location};
use mesh_io::vtu::{Compressor, DataMode, VtuOptions, read, write};
use mesh_io::{ReadOptions, read_matrix, read_mesh, write_mesh};

/// A file of one tetrahedron in digits.
const TETRAHEDRON: &str = r#"<?xml version="1.0"?>
<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian">
<UnstructuredGrid>
<Piece NumberOfPoints=" 4 " NumberOfCells="1">
<Points>
<DataArray type="Float64" NumberOfComponents="3" format="ascii">
0 0 0  1 0 0  0 1 0
0 0 1
</DataArray>
</Points>
<Cells>
<DataArray type="Int32" Name="connectivity" format="ascii">0 1 2 3</DataArray>
<DataArray type="Int32" Name="offsets" format="ascii">4</DataArray>
<DataArray type="UInt8" Name="types" format="ascii">10</DataArray>
</Cells>
<CellData>
<DataArray type="Float64" Name="power" format="ascii">1.5</DataArray>
</CellData>
</Piece>
</UnstructuredGrid>
</VTKFile>
"#;

fn message(file: &str) -> String {
    read(file.as_bytes(), &ReadOptions::default())
        .unwrap_err()
        .to_string()
}

/// The message about the tetrahedron with one text in place of another.
fn changed(from: &str, to: &str) -> String {
    assert!(TETRAHEDRON.contains(from), "{from}");
    message(&TETRAHEDRON.replacen(from, to, 1))
}

#[test]
fn the_tetrahedron_itself_is_read() {
    let file = read(TETRAHEDRON.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((file.mesh.cell_count(), file.fields.len()), (1, 1));
}

#[test]
fn a_file_that_is_not_there() {
    let message = read_mesh(Path::new("no/such/cells.vtu"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("no/such/cells.vtu: cannot be read: "),
        "{message}"
    );
}

#[test]
fn an_unknown_extension() {
    let path = Path::new("cells.stl");
    let expected = "cells.stl: unknown extension, expected one of .vtu";
    let read = read_mesh(path).unwrap_err().to_string();
    let written = write_mesh(path, &mixed_mesh(), &[])
        .unwrap_err()
        .to_string();
    assert!(read.starts_with(expected), "{read}");
    assert!(written.starts_with(expected), "{written}");
    // Formats that are read only are not offered for writing.
    assert!(
        read.contains(".vtr") && !written.contains(".vtr"),
        "{written}"
    );
    let message = read_matrix(Path::new("weights")).unwrap_err().to_string();
    assert_eq!(
        message,
        "weights: no extension, expected one of .npz .mtx .nc"
    );
    let message = read_matrix(Path::new("cells.VTR")).unwrap_err().to_string();
    let expected = "cells.VTR: the extension of a mesh format that is read, not written, expected";
    assert!(message.starts_with(expected), "{message}");
    let message = read_matrix(Path::new("cells.med")).unwrap_err().to_string();
    let expected = "cells.med: the extension of a mesh, expected one of .npz";
    assert!(message.starts_with(expected), "{message}");
    let message = read_mesh(Path::new("weights.mtx")).unwrap_err().to_string();
    let expected = "weights.mtx: the extension of a matrix, expected one of .vtu";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn an_output_that_cannot_be_written() {
    let path = Path::new("no/such/directory/cells.vtu");
    let message = write_mesh(path, &mixed_mesh(), &[])
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "no/such/directory/cells.vtu: cannot be written: its directory does not exist"
    );
}

#[test]
fn a_field_that_does_not_fit_the_mesh_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cells.vtu");
    let mesh = CartesianMesh::new(vec![vec![0.0, 1.0]; 3])
        .unwrap()
        .to_unstructured()
        .unwrap();
    let values = FieldValues::Float(DataArray::scalars(vec![1.0, 2.0]));
    let field = Field::new("power", Location::Cells, values);
    let message = write_mesh(&path, &mesh, &[field]).unwrap_err().to_string();
    assert!(
        message.contains("cells.vtu: cannot be written: field \"power\" has 2"),
        "{message}"
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn no_vtu_file() {
    assert!(message("").starts_with("an empty file, expected <VTKFile"));
    assert!(message("hello").starts_with("text that is no XML, expected <VTKFile"));
    assert!(message("<svg></svg>").starts_with("XML of another kind (<svg>), expected <VTKFile"));
    assert!(changed("type=\"UnstructuredGrid\"", "type=\"PolyData\"").contains("\"PolyData\""));
    let empty = "<VTKFile type=\"UnstructuredGrid\"><UnstructuredGrid/></VTKFile>";
    assert_eq!(message(empty), "no <Piece>, expected at least one");
}

#[test]
fn a_cut_file() {
    let end = TETRAHEDRON.find("</Points>").unwrap();
    let cut = "line 10: the file ends inside <Points>; it was cut or not written to its end";
    assert_eq!(message(&TETRAHEDRON[..end]), cut);
    for end in 0..TETRAHEDRON.len() - 2 {
        assert!(
            read(&TETRAHEDRON.as_bytes()[..end], &ReadOptions::default()).is_err(),
            "{end}"
        );
    }
}

#[test]
fn cut_binary_data() {
    let mesh = mixed_mesh();
    for compressor in [
        Compressor::None,
        Compressor::Zlib,
        Compressor::Lz4,
        Compressor::Lzma,
    ] {
        for data in [
            DataMode::Base64,
            DataMode::AppendedRaw,
            DataMode::AppendedBase64,
        ] {
            let mut file = Vec::new();
            let options = VtuOptions {
                data,
                compressor,
                ..VtuOptions::default()
            };
            write(&mut file, &mesh, &fields_on(&mesh), &options).unwrap();
            // The end of the last array: before the closing tags, and its padding.
            let closing = if data == DataMode::Base64 { 90 } else { 40 };
            for end in (0..file.len() - closing).step_by(7) {
                let error = read(&file[..end], &ReadOptions::default()).unwrap_err();
                assert!(!error.to_string().contains('\n'), "{error}");
            }
        }
    }
}

#[test]
fn damaged_xml() {
    assert!(changed("</Points>", "</Ponts>").starts_with("line 10: damaged XML: "));
    assert!(changed("Name=\"power\"", "Name=\"po\"wer\"").starts_with("line 17: damaged XML: "));
}

#[test]
fn attributes_that_mean_nothing() {
    assert_eq!(
        changed("LittleEndian", "Middle"),
        "line 2: byte_order is \"Middle\", expected LittleEndian or BigEndian"
    );
    assert_eq!(
        changed("NumberOfCells=\"1\"", "NumberOfCells=\"-1\""),
        "line 4: NumberOfCells is \"-1\", expected a number from 0 on"
    );
    assert_eq!(
        changed(" NumberOfCells=\"1\"", ""),
        "line 4: <Piece> has no attribute NumberOfCells"
    );
    assert_eq!(
        changed("format=\"ascii\"", "format=\"morse\""),
        "line 6: format is \"morse\", expected ascii, binary or appended"
    );
    assert_eq!(
        changed("Float64", "Complex"),
        "piece 0, array \"\": type \"Complex\", expected one of Int8 to UInt64, Float32, Float64"
    );
    assert!(
        changed("version=\"1.0\" byte", "compressor=\"zip\" byte")
            .contains("vtkZLibDataCompressor")
    );
}

#[test]
fn missing_arrays_and_wrong_lengths() {
    assert_eq!(
        changed("\"connectivity\"", "\"connections\""),
        "piece 0: no array \"connectivity\""
    );
    assert_eq!(
        changed("NumberOfPoints=\" 4 \"", "NumberOfPoints=\"5\""),
        "piece 0, array \"\": 12 values, expected 15 (three per point)"
    );
    assert_eq!(
        changed(">10<", ">10 10<"),
        "piece 0, array \"types\": 2 values, expected 1 (one per cell)"
    );
    assert_eq!(
        changed("1.5", "1.5 2.5"),
        "piece 0, array \"power\": 2 values, expected 1 (its components for each cell)"
    );
    assert_eq!(
        changed(">4<", ">5<"),
        "piece 0: cell 0 takes connectivity 0..5, but it holds 4 ids"
    );
    assert!(changed(">4<", ">-4<").contains("takes connectivity 0..-4"));
    assert!(
        changed(
            "NumberOfPoints=\" 4 \"",
            "NumberOfPoints=\"9999999999999999999\""
        )
        .len()
            < 200
    );
    assert!(changed("NumberOfCells=\"1\"", "NumberOfCells=\"999999999999\"").len() < 200);
}

#[test]
fn numbers_that_are_none() {
    let text = changed("0 0 1\n", "0 0 one\n");
    assert_eq!(text, "piece 0, array \"\": line 8: \"one\" is no number");
    let text = changed("0 1 2 3", "0 1 2.5 3");
    assert_eq!(
        text,
        "piece 0, array \"connectivity\": line 12: \"2.5\" is no integer"
    );
    let text = changed("Int32\" Name=\"offsets", "Float32\" Name=\"offsets");
    assert_eq!(
        text,
        "piece 0, array \"offsets\": holds Float32 values, expected integers"
    );
}

#[test]
fn node_ids_out_of_range() {
    assert_eq!(
        changed("0 1 2 3", "0 1 2 4"),
        "cell 0 names node 4, but the mesh has 4 nodes"
    );
    assert_eq!(
        changed("0 1 2 3", "0 1 -1 3"),
        "cell 0 names node -1, but the mesh has 4 nodes"
    );
    let path = Path::new("cells.vtu");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(path);
    std::fs::write(&path, TETRAHEDRON.replace("0 1 2 3", "0 1 2 4")).unwrap();
    let message = read_mesh(&path).unwrap_err().to_string();
    assert_eq!(
        message,
        format!(
            "{}: cell 0 names node 4, but the mesh has 4 nodes",
            path.display()
        )
    );
}

#[test]
fn coordinates_that_are_not_finite() {
    for value in ["nan", "inf", "-inf", "1e999"] {
        let text = changed("0 0 1\n", &format!("0 0 {value}\n"));
        assert!(text.starts_with("node 3 is at "), "{text}");
    }
}

#[test]
fn cells_of_other_types() {
    assert_eq!(
        changed(">10<", ">24<"),
        "cell 0 is quadratic (VTK_QUADRATIC_TETRA, VTK type 24); write the mesh with linear \
         cells, or read it linearised (corner nodes only; --linearize)"
    );
    assert!(changed(">10<", ">71<").starts_with("cell 0 is quadratic (VTK_LAGRANGE_TETRAHEDRON"));
    assert!(changed(">10<", ">99<").starts_with("cell 0 has VTK type 99, expected 10 (tetra"));
    assert!(changed(">10<", ">300<").starts_with("cell 0 has VTK type 255, expected 10"));
    assert_eq!(
        changed(">10<", ">12<"),
        "cell 0 is a hexahedron of 4 nodes, expected 8"
    );
    assert!(changed(">10<", ">42<").starts_with("cell 0: a polyhedron, but the piece has neither"));
}

#[test]
fn nothing_three_dimensional() {
    assert_eq!(
        changed(">10<", ">9<"),
        "no three-dimensional cell (1 cells of lower dimension)"
    );
    let empty = "<VTKFile type=\"UnstructuredGrid\"><UnstructuredGrid>\
                 <Piece NumberOfPoints=\"0\" NumberOfCells=\"0\"/></UnstructuredGrid></VTKFile>";
    assert_eq!(
        message(empty),
        "no three-dimensional cell (0 cells of lower dimension)"
    );
}

#[test]
fn appended_data_that_are_not_there() {
    let appended = |offset: &str| {
        let from = "format=\"ascii\">4</DataArray>";
        changed(from, &format!("format=\"appended\" offset=\"{offset}\"/>"))
    };
    assert!(
        appended("0").ends_with("is appended, but the file has no <AppendedData>; it was cut?")
    );
    let data = "<AppendedData encoding=\"raw\">_1234</AppendedData>\n</VTKFile>";
    let file = TETRAHEDRON
        .replace(
            "format=\"ascii\">4</DataArray>",
            "format=\"appended\" offset=\"1000\"/>",
        )
        .replace("</VTKFile>", data);
    assert!(message(&file).starts_with("piece 0, array \"offsets\": begins at offset 1000 of"));
}

#[test]
fn several_pieces_are_one_mesh() {
    let start = TETRAHEDRON.find("<Piece").unwrap();
    let end = TETRAHEDRON.find("</UnstructuredGrid>").unwrap();
    let piece = &TETRAHEDRON[start..end];
    let second = piece.replace("1.5", "2.5").replace("0 0 1\n", "0 0 2\n");
    let file = TETRAHEDRON.replace(piece, &format!("{piece}{second}"));
    let both = read(file.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(both.mesh.cell_count(), 2);
    assert_eq!(both.mesh.measures(), [1.0 / 6.0, 1.0 / 3.0]);
    assert_eq!(both.fields[0].as_float().unwrap().values(), [1.5, 2.5]);

    let wrong = file
        .replacen("0 1 2 3", "0 1 2 4", 2)
        .replacen("0 1 2 4", "0 1 2 3", 1);
    assert_eq!(
        message(&wrong),
        "cell 1 names node 4, but piece 1 has 4 nodes"
    );

    let other = file.replacen("\"power\"", "\"heat\"", 1);
    let other = read(other.as_bytes(), &ReadOptions::default()).unwrap();
    assert!(other.fields.is_empty());
    assert_eq!(other.notes.len(), 2);
}

#[test]
fn an_encoding_that_a_format_does_not_have() {
    use mesh_io::{DataEncoding, WriteOptions, check_write_options};
    let options = WriteOptions::default;
    let message = |options: &WriteOptions| {
        let error = check_write_options(Path::new("cells.vtu"), options);
        error.unwrap_err().to_string()
    };
    assert_eq!(
        message(&options().version("4.1")),
        "cells.vtu: VTU has no version 4.1; expected one of 1.0 2.3"
    );
    let digits = options().data(DataEncoding::Ascii);
    assert_eq!(
        message(&digits.clone().compressor(Compressor::Lz4)),
        "cells.vtu: VTU has no compression of digits; expected one of none"
    );
    for fine in [
        options(),
        digits.clone(),
        digits.compressor(Compressor::None),
        options()
            .data(DataEncoding::Raw)
            .compressor(Compressor::Lz4)
            .version("2.3"),
    ] {
        check_write_options(Path::new("cells.vtu"), &fine).unwrap();
        assert!(check_write_options(Path::new("cells.stl"), &fine).is_err());
    }
}
