//! The mass matrix of a mesh: the integrals of the products of its piecewise linear functions.

use mesh_core::{CsrMatrix, Location, MeshError, NodeId, UnstructuredMesh};
use rayon::prelude::*;

use crate::pieces::{CutMesh, put_together};
use crate::scheme::Pieces;

/// How many rows a thread takes at a time.
const BLOCK: usize = 1024;

/// Returns the mass matrix `∫ λ_n λ_m dV` over a mesh: one row and one column per node.
///
/// `λ_n` is one at its node, zero at the others, and linear in tetrahedra; other cells are cut into
/// tetrahedra ([`Pieces::Tetrahedra`]). Rows sum to the volumes of nodes
/// ([`UnstructuredMesh::measures_on`]). In parallel, the same bits for any number of threads.
///
/// ```
/// use mesh_core::{Shape, UnstructuredMesh, Point3};
/// use remap::mass_matrix;
///
/// let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mesh = UnstructuredMesh::builder(nodes.to_vec())
///     .cell(Shape::Tetrahedron, &[0, 1, 2, 3])
///     .build()?;
/// let mass = mass_matrix(&mesh)?;
/// assert!((mass.get(0, 0).unwrap() - 1.0 / 60.0).abs() < 1e-17);
/// assert!((mass.get(0, 1).unwrap() - 1.0 / 120.0).abs() < 1e-17);
/// # Ok::<(), mesh_core::MeshError>(())
/// ```
///
/// # Errors
///
/// If the mesh would have to be cut into more tetrahedra than there are ids.
pub fn mass_matrix(mesh: &UnstructuredMesh) -> Result<CsrMatrix, MeshError> {
    let cut = CutMesh::new(mesh, Pieces::Tetrahedra)?;
    let matrix = mass_of_tetrahedra(&cut);
    let side = (&cut, Location::Nodes);
    Ok(put_together(matrix, [side, side]))
}

fn mass_of_tetrahedra(cut: &CutMesh<'_>) -> CsrMatrix {
    let mesh = cut.mesh();
    let (nodes, around) = (mesh.node_count(), mesh.node_cells());
    let blocks: Vec<_> = (0..nodes.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let (mut ends, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
            let mut terms: Vec<(NodeId, f64)> = Vec::new();
            for row in block * BLOCK..nodes.min((block + 1) * BLOCK) {
                let row = NodeId::new(row as u32);
                terms.clear();
                for &cell in around.of(row) {
                    let share = cut.sign(cell) * mesh.measure(cell) / 20.0;
                    let share_of = |&node| (node, if node == row { 2.0 * share } else { share });
                    terms.extend(mesh.cell_nodes(cell).iter().map(share_of));
                }
                // Stable: cells are added in ascending order.
                terms.sort_by_key(|&(node, _)| node);
                for same in terms.chunk_by(|one, other| one.0 == other.0) {
                    columns.push(same[0].0.get());
                    values.push(same.iter().map(|term| term.1).sum::<f64>());
                }
                ends.push(columns.len());
            }
            (ends, columns, values)
        })
        .collect();
    crate::product::joined((nodes, nodes), blocks)
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxCellShape, BoxMesh};

    use super::*;

    #[test]
    fn rows_sum_to_the_volumes_of_nodes_and_the_matrix_is_symmetric() {
        for shape in [
            BoxCellShape::Tetrahedron,
            BoxCellShape::Hexahedron,
            BoxCellShape::Pyramid,
            BoxCellShape::Polyhedron,
        ] {
            let mesh = BoxMesh {
                shape,
                jitter: 0.2,
                ..BoxMesh::unit([3; 3])
            };
            let mesh = mesh.generate().unwrap();
            let mass = mass_matrix(&mesh).unwrap();
            for (row, volume) in mass.outer_iterator().zip(mesh.measures_on(Location::Nodes)) {
                let sum: f64 = row.data().iter().sum();
                assert!((sum - volume).abs() < 1e-16, "{sum} {volume}");
            }
            for (&value, (row, column)) in &mass {
                let other = mass.get(column as usize, row as usize).unwrap();
                assert!((value - other).abs() < 1e-17);
            }
        }
    }
}
