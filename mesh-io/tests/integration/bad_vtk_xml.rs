//! Every kind of bad grid, index or piece is refused with a message that says what is wrong and
//! where.

use std::fs;
use std::path::Path;

use mesh_io::vtk_grids::read;
use mesh_io::vtu::read as read_vtu;
use mesh_io::{ReadOptions, read_mesh, read_times};

const IMAGE: &str = r#"<VTKFile type="ImageData">
<ImageData WholeExtent="0 2 0 1 0 1" Origin="0 0 0" Spacing="1 1 1">
<Piece Extent="0 2 0 1 0 1">
<CellData>
<DataArray type="Float64" Name="power" format="ascii">1 2</DataArray>
</CellData>
</Piece>
</ImageData>
</VTKFile>
"#;

const RECTILINEAR: &str = r#"<VTKFile type="RectilinearGrid">
<RectilinearGrid WholeExtent="0 2 0 1 0 1">
<Piece Extent="0 2 0 1 0 1">
<Coordinates>
<DataArray type="Float64" format="ascii">0 1 3</DataArray>
<DataArray type="Float64" format="ascii">0 1</DataArray>
<DataArray type="Float64" format="ascii">0 1</DataArray>
</Coordinates>
</Piece>
</RectilinearGrid>
</VTKFile>
"#;

/// The message about a grid with one text in place of another.
fn changed(file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    let file = file.replacen(from, to, 1);
    let result = read(file.as_bytes(), &ReadOptions::default());
    result.unwrap_err().to_string()
}

#[test]
fn grids_that_cannot_be() {
    for file in [IMAGE, RECTILINEAR] {
        read(file.as_bytes(), &ReadOptions::default()).unwrap();
    }
    assert_eq!(
        changed(IMAGE, "type=\"ImageData\"", "type=\"PolyData\""),
        "a VTK file of type \"PolyData\", expected <VTKFile> of the type RectilinearGrid, \
         StructuredGrid or ImageData"
    );
    assert_eq!(
        changed(IMAGE, "WholeExtent=\"0 2 0 1 0 1\"", ""),
        "line 2: <ImageData> has no attribute WholeExtent"
    );
    assert_eq!(
        changed(IMAGE, "Piece Extent=\"0 2 0 1 0 1\"", "Piece"),
        "line 3: <Piece> has no attribute Extent"
    );
    assert_eq!(
        changed(IMAGE, "<Piece Extent=\"0 2 ", "<Piece Extent=\"2 0 "),
        "line 3: Extent is \"2 0 0 1 0 1\", expected six integers, first and last along x, y and z"
    );
    assert_eq!(
        changed(IMAGE, "<Piece Extent=\"0 2 ", "<Piece Extent=\"0 3 "),
        "piece 0 has the extent 0 3 0 1 0 1, which is not inside of the whole, 0 2 0 1 0 1"
    );
    assert_eq!(
        changed(IMAGE, "Spacing=\"1 1 1\"", "Spacing=\"1 1\""),
        "line 2: Spacing is \"1 1\", expected three numbers"
    );
    assert_eq!(
        changed(IMAGE, "Spacing=\"1 1 1\"", "Spacing=\"1 1 nan\""),
        "the spacing along z is NaN, expected a finite number other than 0"
    );
    assert_eq!(
        changed(IMAGE, ">1 2<", ">1 2 3<"),
        "piece 0, array \"power\": 3 values, expected 2 (its components for each cell)"
    );
    assert_eq!(
        changed(RECTILINEAR, ">0 1 3<", ">0 1<"),
        "piece 0, array \"\": 2 values, expected 3 (one per node along its axis)"
    );
    assert_eq!(
        changed(RECTILINEAR, ">0 1 3<", ">0 3 1<"),
        "x coordinate 2 is 1 after 3, against the direction of those before; expected all \
         ascending or all descending"
    );
    assert_eq!(
        changed(RECTILINEAR, ">0 1 3<", ">0 nan 1<"),
        "x coordinate 1 is NaN, or in no piece; expected a finite number"
    );
    let start = RECTILINEAR.find("<Coordinates>").unwrap();
    let end = RECTILINEAR.find("</Piece>").unwrap();
    assert_eq!(
        changed(RECTILINEAR, &RECTILINEAR[start..end], ""),
        "piece 0: no array \"Coordinates\""
    );
    let many = IMAGE.replace("0 2 0 1 0 1", "0 2000 0 1000 0 1000");
    let message = read(many.as_bytes(), &ReadOptions::default()).unwrap_err();
    let expected = "the grid claims 2001 x 1001 x 1001 nodes, but the file has only ";
    assert!(message.to_string().starts_with(expected), "{message}");
}

#[test]
fn ghosts_of_a_vtu_file_are_left_out_also_before_polyhedra() {
    let tetrahedron = "4 3 0 2 1 3 0 1 3 3 1 2 3 3 0 3 2";
    let file = format!(
        r#"<VTKFile type="UnstructuredGrid"><UnstructuredGrid>
<Piece NumberOfPoints="8" NumberOfCells="2">
<Points><DataArray type="Float64" NumberOfComponents="3" format="ascii">
0 0 0 1 0 0 0 1 0 0 0 1  5 0 0 7 0 0 5 2 0 5 0 2
</DataArray></Points>
<Cells>
<DataArray type="Int64" Name="connectivity" format="ascii">0 1 2 3 4 5 6 7</DataArray>
<DataArray type="Int64" Name="offsets" format="ascii">4 8</DataArray>
<DataArray type="UInt8" Name="types" format="ascii">42 42</DataArray>
<DataArray type="Int64" Name="faces" format="ascii">{tetrahedron}
4 3 4 6 5 3 4 5 7 3 5 6 7 3 4 7 6</DataArray>
<DataArray type="Int64" Name="faceoffsets" format="ascii">17 34</DataArray>
</Cells>
<PointData><DataArray type="Int32" Name="node" format="ascii">0 1 2 3 4 5 6 7</DataArray></PointData>
<CellData>
<DataArray type="UInt8" Name="vtkGhostType" format="ascii">1 0</DataArray>
<DataArray type="Int32" Name="cell" format="ascii">10 11</DataArray>
</CellData>
</Piece></UnstructuredGrid></VTKFile>"#
    );
    let read = |file: &str| read_vtu(file.as_bytes(), &ReadOptions::default());
    let mesh = read(&file).unwrap();
    assert_eq!(mesh.mesh.measures(), [8.0 / 6.0]);
    assert_eq!(mesh.mesh.node_count(), 4);
    assert_eq!(mesh.notes, ["1 ghost or hidden cells left out"]);
    let values = |index: usize| mesh.fields[index].as_integer().unwrap().values().to_vec();
    assert_eq!((values(0), values(1)), (vec![4, 5, 6, 7], vec![11]));
    // Marks that leave nothing out are no field, and need no note.
    let mesh = read(&file.replace("ascii\">1 0<", "ascii\">16 4<")).unwrap();
    assert_eq!((mesh.mesh.cell_count(), mesh.fields.len()), (2, 2));
    assert!(mesh.notes.is_empty());
    // The older marks.
    let levels = file.replace("vtkGhostType", "vtkGhostLevels");
    assert_eq!(read(&levels).unwrap().mesh.cell_count(), 1);
    assert_eq!(
        read(&file.replace("ascii\">1 0<", "ascii\">1 32<"))
            .unwrap_err()
            .to_string(),
        "no three-dimensional cell (0 cells of lower dimension, 2 ghosts or hidden)"
    );
}

/// The message about a file of this text, without the folder.
fn index_message(name: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vtk_index");
    for file in ["whole.vtu", "plain_0.vtu", "series.pvd"] {
        fs::copy(data.join(file), folder.path().join(file)).unwrap();
    }
    fs::write(folder.path().join("bad.vtu"), "<VTKFile/>").unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let message = read_mesh(&path).unwrap_err().to_string();
    message.replace(&format!("{}/", folder.path().display()), "")
}

fn pvtu(pieces: &str) -> String {
    let text = format!(
        "<VTKFile type=\"PUnstructuredGrid\">\n<PUnstructuredGrid>\n{pieces}\n\
         </PUnstructuredGrid>\n</VTKFile>"
    );
    index_message("a.pvtu", &text)
}

fn pvd(sets: &str) -> String {
    let text =
        format!("<VTKFile type=\"Collection\">\n<Collection>\n{sets}\n</Collection>\n</VTKFile>");
    index_message("a.pvd", &text)
}

#[test]
fn pieces_that_are_not_there_or_not_inside() {
    let missing = pvtu(r#"<Piece Source="whole.vtu"/><Piece Source="b/c.vtu"/>"#);
    assert!(
        missing.starts_with("a.pvtu: b/c.vtu: cannot be read: "),
        "{missing}"
    );
    assert_eq!(
        pvtu(r#"<Piece Source="../c.vtu"/>"#),
        "a.pvtu: line 3: Source is \"../c.vtu\", expected a path inside of its folder; move the \
         files there, or change the path"
    );
    let folder = pvtu(r#"<Piece Source="."/>"#);
    assert!(
        folder.ends_with(": cannot be read: it is no regular file"),
        "{folder}"
    );
    assert_eq!(
        pvtu("<Piece/>"),
        "a.pvtu: line 3: <Piece> has no attribute Source"
    );
    assert_eq!(pvtu(""), "a.pvtu: no <Piece>, expected at least one");
    assert_eq!(
        pvtu(r#"<Piece Source="bad.vtu"/>"#),
        "a.pvtu: bad.vtu: a VTK file of type \"\", expected <VTKFile type=\"UnstructuredGrid\">"
    );
    assert_eq!(
        index_message("a.pvtu", IMAGE),
        "a.pvtu: a VTK file of type \"ImageData\", expected <VTKFile type=\"PUnstructuredGrid\">"
    );
    assert_eq!(
        index_message(
            "a.pvtu",
            "<VTKFile type=\"PUnstructuredGrid\">\n<PUnstructuredGrid>"
        ),
        "a.pvtu: line 2: the file ends inside <PUnstructuredGrid>; it was cut or not written to \
         its end"
    );
}

#[test]
fn collections_that_cannot_be_read() {
    assert_eq!(pvd(""), "a.pvd: no <DataSet>, expected at least one");
    assert_eq!(
        pvd(r#"<DataSet timestep="soon" file="whole.vtu"/>"#),
        "a.pvd: line 3: timestep is \"soon\", expected a finite number"
    );
    assert_eq!(
        pvd(r#"<DataSet timestep="inf" file="whole.vtu"/>"#),
        "a.pvd: line 3: timestep is \"inf\", expected a finite number"
    );
    assert_eq!(
        pvd(r#"<DataSet timestep="1"/>"#),
        "a.pvd: line 3: <DataSet> has no attribute file"
    );
    // A collection of collections could go round in circles.
    assert_eq!(
        pvd(r#"<DataSet timestep="1" file="a.pvd"/>"#),
        "a.pvd: line 3: file is \"a.pvd\", expected a file .vtu .pvtu .vtr .vts .vti .vtk"
    );
    let missing = pvd(r#"<DataSet timestep="1" file="no.vtu"/>"#);
    assert!(
        missing.starts_with("a.pvd: no.vtu: cannot be read: "),
        "{missing}"
    );
    assert!(pvd(r#"<DataSet timestep="1" file="bad.vtu"/>"#).starts_with("a.pvd: bad.vtu: a VTK"));
}

#[test]
fn a_collection_without_times_is_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vtk_index");
    let mut text = String::from("<VTKFile type=\"Collection\"><Collection>");
    for piece in 0..3 {
        let name = format!("plain_{piece}.vtu");
        fs::copy(data.join(&name), folder.path().join(&name)).unwrap();
        let data_set = format!("<DataSet part=\"{piece}\" file=\"{name}\"/>");
        text += &data_set;
    }
    let path = folder.path().join("a.pvd");
    fs::write(&path, text + "</Collection></VTKFile>").unwrap();
    assert!(read_times(&path).unwrap().is_empty());
    let file = read_mesh(&path).unwrap();
    assert_eq!((file.mesh.cell_count(), file.mesh.node_count()), (24, 60));
    assert!(file.notes.is_empty(), "{:?}", file.notes);
}

#[test]
fn what_pieces_do_not_share_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vtk_index");
    for name in ["plain.pvtu", "plain_0.vtu", "plain_1.vtu"] {
        fs::copy(data.join(name), folder.path().join(name)).unwrap();
    }
    let last = fs::read_to_string(data.join("plain_2.vtu")).unwrap();
    let path = folder.path().join("plain.pvtu");
    let notes_with = |from: &str, to: &str| {
        assert!(last.contains(from));
        fs::write(folder.path().join("plain_2.vtu"), last.replace(from, to)).unwrap();
        read_mesh(&path).unwrap().notes
    };
    assert_eq!(
        notes_with("\"power\"", "\"might\""),
        [
            "array \"power\" left out: not every piece has it",
            "array \"might\" left out: not every piece has it"
        ]
    );
    let notes = notes_with(" 30", " 40");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].starts_with("field \"temperature\": ")
            && notes[0].ends_with(
                "shared nodes have other values in a later piece; those of the first piece are kept"
            ),
        "{notes:?}"
    );
}
