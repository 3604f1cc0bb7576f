//! Files that are whole as files of HDF5, but wrong as files of MED: each has its message.

use mesh_core::Location;

use super::read;
use super::read::read_from;
use super::write::{integer, text};
use crate::hdf5::{self, Attribute, Content, Group, NativeFile, Node};
use crate::{MeshFile, ReadOptions};

const STEP: &str = "-0000000000000000001-0000000000000000001";

fn integers(values: &[i64]) -> Content<'static> {
    let values = values.to_vec();
    Content::Integers(values.len(), Box::new(values.into_iter()))
}

fn floats(values: &[f64]) -> Content<'static> {
    let values = values.to_vec();
    Content::Floats(values.len(), Box::new(values.into_iter()))
}

/// Two tetrahedra, a field on them, a profile, a family.
fn file() -> Group<'static> {
    let mut nodes = Group::default();
    let x = [0.0, 1.0, 0.0, 0.0, 1.0];
    let y = [0.0, 0.0, 1.0, 0.0, 1.0];
    let z = [0.0, 0.0, 0.0, 1.0, 1.0];
    let coordinates = floats(&[x, y, z].concat());
    nodes.push_dataset("COO", vec![integer("NBR", 5)], coordinates);
    nodes.push_dataset("FAM", Vec::new(), integers(&[0; 5]));
    let mut tetrahedra = Group::default();
    let connectivity = integers(&[1, 2, 3, 3, 2, 5, 4, 4]);
    tetrahedra.push_dataset("NOD", vec![integer("NBR", 2)], connectivity);
    tetrahedra.push_dataset("FAM", Vec::new(), integers(&[-1, 0]));
    tetrahedra.push_dataset("NUM", Vec::new(), integers(&[2, 1]));
    let mut cells = Group::default();
    cells.push_group("TE4", tetrahedra);
    let mut step = Group::new(vec![integer("NDT", -1), integer("NOR", -1)]);
    step.push_group("NOE", nodes);
    step.push_group("MAI", cells);
    let mut mesh = Group::new(vec![integer("TYP", 0), integer("ESP", 3)]);
    mesh.push_group(STEP, step);
    let mut meshes = Group::default();
    meshes.push_group("mesh", mesh);

    let mut values = Group::new(vec![integer("NGA", 1), text("GAU", "")]);
    values.push_dataset("CO", Vec::new(), integers(&[7]));
    let mut part = Group::default();
    part.push_group("second", values);
    let mut step = Group::new(vec![integer("NDT", -1), integer("NOR", -1)]);
    step.push_group("MAI.TE4", part);
    let mut field = Group::new(vec![text("MAI", "mesh"), integer("NCO", 1)]);
    field.push_group(STEP, step);
    let mut fields = Group::default();
    fields.push_group("label", field);

    let mut profile = Group::default();
    profile.push_dataset("PFL", Vec::new(), integers(&[2]));
    let mut profiles = Group::default();
    profiles.push_group("second", profile);

    let mut root = Group::default();
    root.push_group("ENS_MAA", meshes);
    root.push_group("CHA", fields);
    root.push_group("PROFILS", profiles);
    root
}

/// The members of the group at the end of the path.
fn members<'a>(
    root: &'a mut Group<'static>,
    path: &[&str],
) -> &'a mut Vec<(String, Node<'static>)> {
    let Some((name, rest)) = path.split_first() else {
        return &mut root.members;
    };
    let is_it = |member: &&mut (String, Node<'static>)| member.0 == *name;
    match root.members.iter_mut().find(is_it) {
        Some((_, Node::Group(group))) => members(group, rest),
        _ => panic!("no group {name}"),
    }
}

/// The group at the end of the path.
fn group<'a>(root: &'a mut Group<'static>, path: &[&str]) -> &'a mut Group<'static> {
    let (name, before) = path.split_last().unwrap();
    let is_it = |member: &&mut (String, Node<'static>)| member.0 == *name;
    match members(root, before).iter_mut().find(is_it) {
        Some((_, Node::Group(group))) => group,
        _ => panic!("no group {name}"),
    }
}

fn result(root: Group<'static>) -> Result<MeshFile, String> {
    let mut file = Vec::new();
    hdf5::write(&mut file, root).unwrap();
    read(&file, &ReadOptions::default()).map_err(|error| error.to_string())
}

/// The message about the file without the last member of the path.
fn without(path: &[&str]) -> String {
    let mut root = file();
    let (name, before) = path.split_last().unwrap();
    members(&mut root, before).retain(|(found, _)| found != name);
    result(root).unwrap_err()
}

/// What comes of the file with this data set.
fn with(path: &[&str], content: Content<'static>) -> Result<MeshFile, String> {
    let mut root = file();
    let (name, before) = path.split_last().unwrap();
    let found = members(&mut root, before);
    found.retain(|(found, _)| found != name);
    group(&mut root, before).push_dataset(*name, Vec::new(), content);
    result(root)
}

/// The message about the file with this attribute of a group.
fn with_attribute(path: &[&str], name: &'static str, value: Attribute) -> String {
    let mut root = file();
    let attributes = &mut group(&mut root, path).attributes;
    attributes.retain(|(found, _)| *found != name);
    attributes.push((name, value));
    result(root).unwrap_err()
}

const MESH: [&str; 2] = ["ENS_MAA", "mesh"];
const TETRAHEDRA: [&str; 5] = ["ENS_MAA", "mesh", STEP, "MAI", "TE4"];
const VALUES: [&str; 5] = ["CHA", "label", STEP, "MAI.TE4", "second"];

fn inside<'a>(group: &[&'a str], name: &'a str) -> Vec<&'a str> {
    [group, &[name]].concat()
}

#[test]
fn the_file_itself_is_read() {
    let file = result(file()).unwrap();
    assert_eq!(file.mesh.cell_count(), 2);
    assert_eq!(file.mesh.mirrored_cells(), 0);
    // The second cell of the file is the first, as the numbers say.
    assert_eq!(file.fields[0].as_integer().unwrap().values(), [0, -1]);
    let values = file.fields[1].as_float().unwrap().values();
    assert!(values[0] == 7.0 && values[1].is_nan(), "{values:?}");
    let note = "field \"label\" covers 1 of 2 cells; its integers are read as floats, the others \
                are NaN";
    assert_eq!(file.notes, [note]);
    assert_eq!(file.fields[1].location(), Location::Cells);
}

#[test]
fn files_without_a_mesh() {
    let mut root = Group::default();
    root.push_group("data", Group::default());
    let message = result(root).unwrap_err();
    assert!(
        message.contains("/ENS_MAA") && message.ends_with("is missing"),
        "{message}"
    );
    assert!(without(&MESH).ends_with("is empty"));
    let message = with_attribute(&MESH, "TYP", Attribute::Integer(1));
    assert_eq!(
        message,
        "/ENS_MAA/mesh: a structured mesh (TYP is 1), expected an unstructured one (0)"
    );
    let message = with_attribute(&MESH, "ESP", Attribute::Integer(2));
    assert_eq!(message, "/ENS_MAA/mesh: space of dimension 2, expected 3");
    let message = with_attribute(&MESH, "ESP", Attribute::Float(3.0));
    assert_eq!(
        message,
        "/ENS_MAA/mesh@ESP: holds floats, expected an integer"
    );
}

#[test]
fn meshes_without_nodes_or_cells() {
    let step = inside(&MESH, STEP);
    assert_eq!(without(&step), "/ENS_MAA/mesh: no \"NOE\"");
    let message = without(&inside(&step, "NOE"));
    assert!(message.ends_with("/NOE: no \"COO\""), "{message}");
    let message = without(&inside(&step, "MAI"));
    assert_eq!(message, "mesh \"mesh\" has no three-dimensional cells");
    let message = without(&inside(&TETRAHEDRA, "NOD"));
    assert!(message.ends_with("/MAI/TE4: no \"NOD\""), "{message}");
}

#[test]
fn data_sets_of_another_kind_or_length() {
    let coordinates = inside(&inside(&inside(&MESH, STEP), "NOE"), "COO");
    let message = with(&coordinates, integers(&[1])).unwrap_err();
    assert!(
        message.ends_with("COO: holds integers, expected floats"),
        "{message}"
    );
    let message = with(&coordinates, floats(&[1.0; 16])).unwrap_err();
    assert!(
        message.ends_with("COO: 16 values, expected 15: three coordinates per node"),
        "{message}"
    );
    let connectivity = inside(&TETRAHEDRA, "NOD");
    let message = with(&connectivity, integers(&[1; 7])).unwrap_err();
    assert!(
        message.ends_with("NOD: 7 values, expected 4: a whole number of cells"),
        "{message}"
    );
    for name in ["FAM", "NUM"] {
        let message = with(&inside(&TETRAHEDRA, name), integers(&[1; 3])).unwrap_err();
        let expected = format!("{name}: 3 values, expected 2: one per cell");
        assert!(message.ends_with(&expected), "{message}");
    }
    let families = inside(&inside(&inside(&MESH, STEP), "NOE"), "FAM");
    let message = with(&families, integers(&[1; 3])).unwrap_err();
    assert!(
        message.ends_with("FAM: 3 values, expected 5: one per node"),
        "{message}"
    );
}

#[test]
fn nodes_that_do_not_exist() {
    let connectivity = inside(&TETRAHEDRA, "NOD");
    for node in [0, 6, -1, i64::MIN, i64::MAX] {
        let ids = [1, 2, 3, 3, 2, node, 4, 4];
        let message = with(&connectivity, integers(&ids)).unwrap_err();
        let expected = format!("NOD: cell 2 names node {node}, expected one of 1 to 5");
        assert!(message.ends_with(&expected), "{message}");
    }
}

#[test]
fn numbers_that_are_no_order_are_names() {
    let numbers = inside(&TETRAHEDRA, "NUM");
    for numbers_of_cells in [[1, 1], [2, 3], [0, 1], [-1, i64::MAX]] {
        let file = with(&numbers, integers(&numbers_of_cells)).unwrap();
        assert_eq!(file.fields[0].as_integer().unwrap().values(), [-1, 0]);
    }
}

#[test]
fn fields_that_do_not_fit() {
    let values = inside(&VALUES, "CO");
    let message = with(&values, integers(&[1, 2])).unwrap_err();
    assert!(
        message.ends_with("CO: 2 values, expected 1: its components for each place"),
        "{message}"
    );
    let message = with(&values, Content::Names(4, vec!["no".into()])).unwrap_err();
    assert!(
        message.ends_with("CO: holds text, expected numbers"),
        "{message}"
    );
    assert!(without(&values).ends_with("MAI.TE4/second: no \"CO\""));
    for count in [0, -1, 1 << 40] {
        let message = with_attribute(&["CHA", "label"], "NCO", Attribute::Integer(count));
        let expected = format!("/CHA/label: {count} components, expected 1 to 10000");
        assert_eq!(message, expected);
    }
    let profile = ["PROFILS", "second", "PFL"];
    for place in [0, 3, i64::MIN] {
        let message = with(&profile, integers(&[place])).unwrap_err();
        let expected = format!("/PROFILS/second: names value {place}, expected one of 1 to 2");
        assert_eq!(message, expected);
    }
    assert_eq!(without(&profile), "/PROFILS/second: no \"PFL\"");
}

#[test]
fn large_integers_on_some_cells_are_left_out() {
    let file = with(&inside(&VALUES, "CO"), integers(&[(1 << 53) + 1])).unwrap();
    assert_eq!(file.fields.len(), 1);
    assert!(file.notes[0].ends_with("left out, as integers cannot be missing"));
}

#[test]
fn fields_that_leave_out_more_than_the_mesh_accounts_for_are_left_out() {
    let mut root = file();
    let components = 2000;
    let attributes = &mut group(&mut root, &["CHA", "label"]).attributes;
    attributes.retain(|(name, _)| *name != "NCO");
    attributes.push(integer("NCO", components));
    let values = members(&mut root, &VALUES);
    values.clear();
    let content = integers(&vec![1; components as usize]);
    group(&mut root, &VALUES).push_dataset("CO", Vec::new(), content);
    let file = result(root).unwrap();
    assert_eq!(file.fields.len(), 1);
    let note = "field \"label\" covers 1 of 2 cells; it is left out, as fields leave out too much \
                together";
    assert_eq!(file.notes, [note]);
}

#[test]
fn more_cells_of_lower_dimension_than_can_be_counted() {
    let types = ["SE2", "SE3", "SE4", "POG"];
    let mut root = file();
    let cells = group(&mut root, &TETRAHEDRA[..4]);
    for name in types {
        let mut group = Group::default();
        group.push_dataset("NOD", Vec::new(), integers(&[1; 77]));
        group.push_dataset("INN", Vec::new(), integers(&[1; 77]));
        cells.push_group(name, group);
    }
    let mut bytes = Vec::new();
    hdf5::write(&mut bytes, root).unwrap();
    let claims: Vec<usize> = bytes
        .windows(12)
        .enumerate()
        .filter(|(_, found)| *found == [2, 1, 0, 1, 77, 0, 0, 0, 0, 0, 0, 0])
        .map(|(place, _)| place + 4)
        .collect();
    assert_eq!(claims.len(), 2 * types.len());
    let message = |claim: usize| {
        let mut bytes = bytes.clone();
        for place in &claims {
            bytes[*place..*place + 8].copy_from_slice(&claim.to_le_bytes());
        }
        let file = NativeFile::with_checksums(&bytes, false).unwrap();
        let result = read_from(&file, &ReadOptions::default());
        result
            .map(|file| file.notes[0].clone())
            .map_err(|error| error.to_string())
    };
    let note = message(u32::MAX as usize).unwrap();
    let expected = "8947848529 cells of lower dimension left out: ";
    assert!(note.starts_with(expected), "{note}");
    let message = message(usize::MAX).unwrap_err();
    let expected = "SE2/NOD: 18446744073709551615 values, expected 8589934590: at most 4294967295 \
                    cells";
    assert!(message.ends_with(expected), "{message}");
}
