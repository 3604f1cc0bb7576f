//! Damaged Gmsh files never make the reader panic or hang: an error of one line, or a valid mesh.

use std::fs;
use std::path::Path;

use crate::common::{fields_on, mixed_mesh};
use crate::damage::read_damaged;
use crate::refusals::refuse_random_bytes;
use mesh_core::{CellId, DataArray, Field, FieldValues, Label, Location, Shape};
use mesh_io::gmsh::{GmshData, GmshOptions, GmshVersion, read, times, write};
use mesh_io::vtu::ByteOrder;
use mesh_io::{ReadOptions, StepChoice};

/// Small files in every encoding, those of other programs too.
fn files() -> Vec<Vec<u8>> {
    let mixed = mixed_mesh();
    let is_standard = |cell: &CellId| mixed.shape(*cell) != Shape::Polyhedron;
    let cells: Vec<CellId> = mixed.cell_ids().filter(is_standard).collect();
    let mesh = mixed.extract(&cells).unwrap();
    let mut fields = fields_on(&mesh);
    let groups = FieldValues::Integer(DataArray::scalars(vec![1, 2, 0, 1]));
    let label = Label {
        value: 2,
        name: "two".into(),
    };
    fields.push(Field::new("gmsh:physical", Location::Cells, groups).with_labels(vec![label]));
    let mut files = Vec::new();
    for version in [GmshVersion::V2_2, GmshVersion::V4_1] {
        for (data, byte_order) in [
            (GmshData::Ascii, ByteOrder::Little),
            (GmshData::Ascii, ByteOrder::Little),
            (GmshData::Binary, ByteOrder::Little),
            (GmshData::Binary, ByteOrder::Big),
        ] {
            let options = GmshOptions {
                version,
                data,
                byte_order,
            };
            let mut file = Vec::new();
            write(&mut file, &mesh, &fields, &options).unwrap();
            files.push(file);
        }
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/gmsh");
    for name in [
        "mixed_22_ascii",
        "mixed_22_binary",
        "mixed_40_ascii",
        "mixed_41_ascii",
        "mixed_41_binary",
        "parametric_22_binary",
        "parametric_41_ascii",
        "parts_41_ascii",
        "parts_41_binary",
        "views_22_ascii",
        "views_41_ascii",
        "views_41_binary",
        "hexahedra_2_41_binary",
        "tetrahedra_2_22_ascii",
    ] {
        files.push(fs::read(made.join(format!("{name}.msh"))).unwrap());
    }
    files
}

#[test]
fn no_damage_makes_the_reader_panic() {
    read_damaged(10_000, &files(), |file| {
        let linearize = ReadOptions::default().linearize(true);
        let ways = [
            ReadOptions::default(),
            linearize.step(StepChoice::Number(0)),
        ];
        let _ = times(file);
        let refusals = ways.iter().filter_map(|options| match read(file, options) {
            Ok(read) => {
                for field in &read.fields {
                    assert!(read.mesh.check_field(field).is_ok());
                    // Eight times the file, and a little.
                    let values = field.tuples() * field.components();
                    assert!(values <= file.len() + (1 << 17));
                }
                None
            }
            Err(error) => Some(error.to_string()),
        });
        refusals.collect()
    });
}

#[test]
fn random_bytes_are_refused() {
    let heads = [
        &b"$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n"[..],
        b"$MeshFormat\n2.2 1 8\n\x01\0\0\0\n$EndMeshFormat\n$Nodes\n1\n",
    ];
    let tail = b"\n$EndNodes\n$Elements\n$EndElements\n";
    refuse_random_bytes(&heads, tail, read);
}
