//! Damaged MED files are refused with a message that says what is wrong and where.
//!
//! What is wrong in files that are whole as files of HDF5 is tested where the reader is.

use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use mesh_core::CartesianMesh;
use mesh_io::med::{read, read_times, write};
use mesh_io::{ReadOptions, read_mesh};

fn message(file: &[u8]) -> String {
    let error = read(file, &ReadOptions::default()).unwrap_err();
    error.to_string()
}

/// A file of one hexahedron.
fn hexahedron() -> Vec<u8> {
    let mesh = CartesianMesh::new(vec![vec![0.0, 1.5]; 3]).unwrap();
    let mut file = Vec::new();
    write(&mut file, "mesh", &mesh.to_unstructured().unwrap(), &[]).unwrap();
    file
}

fn mixed() -> Vec<u8> {
    let mesh = mixed_mesh();
    let mut file = Vec::new();
    write(&mut file, "mesh", &mesh, &fields_on(&mesh)).unwrap();
    file
}

/// The message about a file with one run of words of eight bytes in place of another.
fn changed<T: Copy>(mut file: Vec<u8>, from: &[T], to: &[T], bytes: fn(T) -> [u8; 8]) -> String {
    let words = |words: &[T]| -> Vec<u8> { words.iter().flat_map(|word| bytes(*word)).collect() };
    let (from, to) = (words(from), words(to));
    let places = file.windows(from.len()).enumerate();
    let mut places = places
        .filter(|(_, found)| *found == from)
        .map(|(place, _)| place);
    let (place, more) = (places.next().unwrap(), places.next());
    assert_eq!(more, None);
    file[place..place + to.len()].copy_from_slice(&to);
    message(&file)
}

#[test]
fn a_file_that_is_not_there() {
    let message = read_mesh(Path::new("no/such/cells.med"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("no/such/cells.med: cannot be read: "),
        "{message}"
    );
}

#[test]
fn a_file_that_is_none_of_hdf5() {
    let expected = "/: no HDF5 signature, expected it at byte 0, 512, 1024, …";
    for file in [&b""[..], b"MED", b"<VTKFile/>"] {
        assert_eq!(message(file), expected);
        assert_eq!(read_times(file).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_file_that_was_cut() {
    let file = hexahedron();
    let last = file.len() - 1;
    assert_eq!(
        message(&file[..last]),
        format!(
            "/: {} bytes at offset 0 are past the end at {last}; the file was cut?",
            file.len()
        )
    );
    for length in 8..file.len() {
        assert!(!message(&file[..length]).is_empty());
    }
}

#[test]
fn something_in_front_of_the_file_does_no_harm() {
    let file = [vec![b'#'; 512], hexahedron()].concat();
    assert!(read(&file, &ReadOptions::default()).is_ok());
    let file = [vec![b'#'; 511], hexahedron()].concat();
    assert!(message(&file).contains("no HDF5 signature"));
}

#[test]
fn a_header_that_was_changed() {
    let mut file = hexahedron();
    let place = file.windows(4).position(|bytes| bytes == b"DIM\0").unwrap();
    file[place + 1] ^= 1;
    let message = message(&file);
    assert!(message.starts_with("/ENS_MAA"), "{message}");
    assert!(
        message.ends_with("has a wrong checksum; the file is damaged"),
        "{message}"
    );
}

#[test]
fn a_node_that_does_not_exist() {
    // Nodes of the hexahedron, in the order of MED.
    let (from, to) = ([1, 3, 4, 2, 5, 7, 8, 6], [1, 3, 4, 2, 5, 9, 8, 6]);
    let message = changed(hexahedron(), &from, &to, i64::to_le_bytes);
    assert!(
        message.ends_with("MAI/HE8/NOD: cell 1 names node 9, expected one of 1 to 8"),
        "{message}"
    );
}

#[test]
fn a_coordinate_that_is_no_number() {
    let x = [0.0, 1.5, 0.0, 1.5, 0.0, 1.5, 0.0, 1.5];
    let mut wrong = x;
    wrong[6] = f64::NAN;
    let message = changed(hexahedron(), &x, &wrong, f64::to_le_bytes);
    assert!(
        message.starts_with("node 6 is at (NaN, 1.5, 1.5)"),
        "{message}"
    );
}

#[test]
fn faces_of_polyhedra_that_do_not_follow_each_other() {
    let (from, to) = ([1, 5, 8, 11], [1, 5, 4, 11]);
    let message = changed(mixed(), &from, &to, i64::to_le_bytes);
    assert!(
        message.ends_with("MAI/POE/INN: offset 3 is 4, expected 5 to 53"),
        "{message}"
    );
    let (from, to) = ([1, 8, 15], [1, 8, 16]);
    let message = changed(mixed(), &from, &to, i64::to_le_bytes);
    assert!(
        message.ends_with("MAI/POE/IFN: offset 3 is 16, expected 15 to 15"),
        "{message}"
    );
}
