//! The toolkit's law kit, run on a scheme that it does not know.

use mesh_core::{BoxCellShape, BoxMesh, Point3, UnstructuredMesh};
use remap::check::{Law, laws_of_scheme};
use third_party_scheme::ByMaterial;

fn mesh(shape: BoxCellShape, cells: usize) -> UnstructuredMesh {
    let mesh = BoxMesh {
        shape,
        jitter: 0.2,
        ..BoxMesh::unit([cells, 3, 3])
    };
    mesh.generate().unwrap()
}

/// 1 where a cell's centroid lies in the left half of its mesh, else 2. Parts of the target reach as far
/// as all of it, so that their cells keep their materials.
fn halves(mesh: &UnstructuredMesh) -> Vec<i64> {
    let bounds = mesh.bounds();
    let middle = bounds.min.x + 0.5 * bounds.extent().x;
    let centroids = mesh.centroids().into_iter();
    let material = |centroid: Point3| if centroid.x < middle { 1 } else { 2 };
    centroids.map(material).collect()
}

fn one_material(mesh: &UnstructuredMesh) -> Vec<i64> {
    vec![1; mesh.cell_count()]
}

#[test]
fn with_one_material_it_is_what_all_overlaps_are() {
    let source = mesh(BoxCellShape::Hexahedron, 4);
    let target = mesh(BoxCellShape::Tetrahedron, 3);
    let make = |source: &_, target: &_| ByMaterial::new(one_material(source), one_material(target));
    let report = laws_of_scheme(make, &source, &target).unwrap();
    assert_eq!(report.broken(), [Law::LinearFields], "\n{report}");
}

#[test]
fn what_the_meshes_disagree_about_is_missing_and_nothing_else_is_wrong() {
    let source = mesh(BoxCellShape::Hexahedron, 4);
    // A column of cells lies across the interface.
    let target = mesh(BoxCellShape::Hexahedron, 3);
    let make = |source: &_, target: &_| ByMaterial::new(halves(source), halves(target));
    let report = laws_of_scheme(make, &source, &target).unwrap();
    let expected = [Law::Constants, Law::Totals, Law::LinearFields];
    assert_eq!(report.broken(), expected, "\n{report}");
}
