//! What is written in any way VTU has comes back to the last bit.

use crate::common::{fields_on, mixed_mesh};
use mesh_core::{BoxMesh, UnstructuredMesh};
use mesh_io::ReadOptions;
use mesh_io::vtu::{
    ByteOrder, Compressor, DataMode, FloatWidth, HeaderType, PolyhedraLayout, VtuOptions, read,
    write,
};

fn every_option() -> Vec<VtuOptions> {
    let mut options = Vec::new();
    let modes = [
        DataMode::Ascii,
        DataMode::Base64,
        DataMode::AppendedRaw,
        DataMode::AppendedBase64,
    ];
    let compressors = [
        Compressor::None,
        Compressor::Zlib,
        Compressor::Lz4,
        Compressor::Lzma,
    ];
    for data in modes {
        for compressor in compressors {
            for header in [HeaderType::UInt32, HeaderType::UInt64] {
                for byte_order in [ByteOrder::Little, ByteOrder::Big] {
                    for polyhedra in [PolyhedraLayout::FaceStream, PolyhedraLayout::FaceLists] {
                        let float = FloatWidth::Float64;
                        options.push(VtuOptions {
                            data,
                            compressor,
                            header,
                            byte_order,
                            float,
                            polyhedra,
                        });
                    }
                }
            }
        }
    }
    options
}

fn assert_same(mesh: &UnstructuredMesh, options: VtuOptions) {
    let fields = fields_on(mesh);
    let mut file = Vec::new();
    write(&mut file, mesh, &fields, &options).unwrap();
    let back = read(&file, &ReadOptions::default()).unwrap();
    assert_eq!(back.mesh.nodes(), mesh.nodes(), "{options:?}");
    assert_eq!(back.mesh.shapes(), mesh.shapes(), "{options:?}");
    assert_eq!(back.mesh.connectivity(), mesh.connectivity(), "{options:?}");
    assert_eq!(back.mesh.fingerprint(), mesh.fingerprint(), "{options:?}");
    assert_eq!(back.fields, fields, "{options:?}");
    assert_eq!(back.notes, Vec::<String>::new());
}

#[test]
fn a_mesh_of_every_shape_comes_back_through_every_encoding() {
    let mesh = mixed_mesh();
    for options in every_option() {
        assert_same(&mesh, options);
    }
}

#[test]
fn arrays_of_several_blocks_come_back_through_every_encoding() {
    let mesh = BoxMesh {
        jitter: 0.2,
        seed: 1,
        ..BoxMesh::unit([12, 12, 12])
    };
    let mesh = mesh.generate().unwrap();
    for options in every_option() {
        assert_same(&mesh, options);
    }
}

#[test]
fn floats_of_32_bits_come_back_rounded() {
    let mesh = mixed_mesh();
    let fields = fields_on(&mesh);
    let mut file = Vec::new();
    let options = VtuOptions {
        float: FloatWidth::Float32,
        ..VtuOptions::default()
    };
    write(&mut file, &mesh, &fields, &options).unwrap();
    let back = read(&file, &ReadOptions::default()).unwrap();
    for (node, original) in back.mesh.nodes().iter().zip(mesh.nodes()) {
        assert_eq!(node.x, f64::from(original.x as f32));
    }
    let (found, original) = (back.fields[0].to_float(), fields[0].to_float());
    for (value, original) in found.values().iter().zip(original.values()) {
        assert_eq!(*value, f64::from(*original as f32));
    }
}

#[test]
fn the_same_mesh_gives_the_same_bytes() {
    let mesh = mixed_mesh();
    let file = || {
        let mut file = Vec::new();
        write(&mut file, &mesh, &fields_on(&mesh), &VtuOptions::default()).unwrap();
        file
    };
    assert_eq!(file(), file());
}
