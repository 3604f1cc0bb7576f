//! Every scheme by its name: fields on cells and nodes, and what is said of the wrong ones.

use crate::common::Bench;
use mesh_core::{DataArray, Field, FieldValues, Location, Point3, UnstructuredMesh};

fn linear(point: &Point3) -> f64 {
    1.0 + point.x - 2.0 * point.y + 0.5 * point.z
}

fn field(name: &str, location: Location, values: Vec<f64>) -> Field {
    Field::new(
        name,
        location,
        FieldValues::Float(DataArray::scalars(values)),
    )
}

fn at(mesh: &UnstructuredMesh, location: Location) -> Vec<f64> {
    match location {
        Location::Cells => mesh.centroids().iter().map(linear).collect(),
        Location::Nodes => mesh.nodes().iter().map(linear).collect(),
    }
}

/// Two jittered unit cubes; the source has a linear field on cells and on nodes.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.succeeds("generate box --cells 4,4,4 --cell-shape tet --jitter 0.2 -o plain.vtu");
    bench.succeeds("generate box --cells 3,3,3 --jitter 0.2 --seed 2 -o target.vtu");
    let mesh = mesh_io::read_mesh(&bench.path("plain.vtu")).unwrap().mesh;
    let fields = [
        field("cells", Location::Cells, at(&mesh, Location::Cells)),
        field("nodes", Location::Nodes, at(&mesh, Location::Nodes)),
    ];
    mesh_io::write_mesh(&bench.path("source.vtu"), &mesh, &fields).unwrap();
    bench
}

#[test]
fn every_scheme_carries_fields_from_where_they_live_to_where_they_go() {
    let bench = bench();
    let (cells, nodes) = (Location::Cells, Location::Nodes);
    // Within what the linear field arrives: exactly, or about a cell off.
    for (scheme, from, to, within) in [
        ("p0-p0", cells, cells, 0.3),
        ("second-order", cells, cells, 1e-13),
        ("p1-p0", nodes, cells, 1e-13),
        ("p0-p1", cells, nodes, 0.7),
        ("p1-p1", nodes, nodes, 0.7),
        ("nearest-cell", cells, cells, 0.5),
        ("point-location", cells, cells, 0.5),
        ("interpolation", nodes, nodes, 1e-14),
    ] {
        let line = format!(
            "transfer source.vtu target.vtu --field {} --scheme {scheme} -o out.vtu --quiet",
            from.name()
        );
        bench.succeeds(&line);
        let file = mesh_io::read_mesh(&bench.path("out.vtu")).unwrap();
        let carried = file.fields.iter().find(|field| field.name() == from.name());
        let carried = carried.unwrap();
        assert_eq!(carried.location(), to, "{scheme}");
        let expected = at(&file.mesh, to);
        let carried = carried.to_float();
        let pairs = carried.values().iter().zip(&expected);
        let worst = pairs.fold(0.0, |worst: f64, (value, expected)| {
            let error = (value - expected).abs();
            // NaN, if there is one, stays.
            if error <= worst { worst } else { error }
        });
        assert!(worst <= within, "{scheme}: {worst:e}");
        assert!(within < 1e-3 || worst > 1e-3, "{scheme}: {worst:e}");
    }
}

#[test]
fn the_wrong_scheme_is_refused_in_one_line() {
    let bench = bench();
    for (field, scheme, said) in [
        ("cells", "p1-p0", "node fields: nodes"),
        ("nodes", "second-order", "cell fields: cells"),
        (
            "cells",
            "secondorder",
            "a similar value exists: 'second-order'",
        ),
    ] {
        let line =
            format!("transfer source.vtu target.vtu --field {field} --scheme {scheme} -o out.vtu");
        let message = bench.fails(&line);
        assert!(message.contains(said), "{message}");
    }
}
