//! The four linear functions of a tetrahedron that are one at a node and zero at the others.

use geom_intersect::Moments;
use mesh_core::{CellId, NodeId, Point3, UnstructuredMesh, Vector3};
use nalgebra::{Matrix3, Vector4};

/// The linear functions `λ_0 … λ_3` of a tetrahedron: its barycentric coordinates.
///
/// Everything is relative to the first node, so nothing is lost far from the world's origin.
pub(crate) struct LinearFunctions {
    first: Point3,
    /// The edges from the first node to the others, as columns.
    edges: Matrix3<f64>,
}

impl LinearFunctions {
    /// The functions of a cell, with its nodes; none unless it is a tetrahedron.
    pub(crate) fn of(mesh: &UnstructuredMesh, cell: CellId) -> Option<(Self, [NodeId; 4])> {
        // No other shape has four nodes.
        let nodes: [NodeId; 4] = mesh.cell_nodes(cell).try_into().ok()?;
        let [first, others @ ..] = nodes.map(|node| mesh.nodes()[node.index()]);
        let edges = Matrix3::from_columns(&others.map(|other| other - first));
        Some((Self { first, edges }, nodes))
    }

    /// The values at a point that is given by its difference from the first node.
    ///
    /// The system is solved with full pivoting, so that `Σ λ_n x_n` is the point to rounding however
    /// thin the tetrahedron is; quotients of volumes would not give that.
    fn at_difference(&self, difference: &Vector3) -> Option<Vector4<f64>> {
        let rest = self.edges.full_piv_lu().solve(difference)?;
        Some(Vector4::new(
            1.0 - (rest.x + (rest.y + rest.z)),
            rest.x,
            rest.y,
            rest.z,
        ))
    }

    /// The values at a point of the tetrahedron, none of them negative, with the sum one.
    ///
    /// What rounding has put outside is put back on the border; a flat tetrahedron counts as a point
    /// that is its own centre.
    pub(crate) fn at_point_inside(&self, point: &Point3) -> Vector4<f64> {
        Self::put_inside(self.at_difference(&(point - self.first)))
    }

    /// The values at the centroid of an overlap with the tetrahedron, as
    /// [`at_point_inside`](Self::at_point_inside): times the volume, the integrals of the functions.
    pub(crate) fn at_centroid(&self, moments: &Moments) -> Vector4<f64> {
        let centroid = moments.first / moments.volume;
        Self::put_inside(self.at_difference(&((moments.origin - self.first) + centroid)))
    }

    fn put_inside(values: Option<Vector4<f64>>) -> Vector4<f64> {
        let values = values.unwrap_or_default().map(|value| value.max(0.0));
        let sum = values.sum();
        // Written so that what is no number is not taken. The sum of a point inside is one.
        if sum >= 0.5 && sum.is_finite() {
            values / sum
        } else {
            Vector4::repeat(0.25)
        }
    }

    /// The gradients of the four functions, as columns; none where the tetrahedron is flat.
    pub(crate) fn gradients(&self) -> Option<[Vector3; 4]> {
        // The rows of the inverse are the gradients of the last three.
        let inverse = self.edges.full_piv_lu().try_inverse()?;
        let [one, two, three] = [0, 1, 2].map(|row| inverse.row(row).transpose());
        Some([-(one + (two + three)), one, two, three])
    }
}

#[cfg(test)]
mod tests {
    use mesh_core::Shape;

    use super::*;

    impl LinearFunctions {
        fn at(&self, point: &Point3) -> Vector4<f64> {
            self.at_difference(&(point - self.first)).unwrap()
        }
    }

    fn functions(nodes: [[f64; 3]; 4]) -> LinearFunctions {
        let mesh = UnstructuredMesh::builder(nodes.map(Point3::from).to_vec())
            .cell(Shape::Tetrahedron, &[0, 1, 2, 3])
            .build()
            .unwrap();
        LinearFunctions::of(&mesh, CellId::new(0)).unwrap().0
    }

    const NODES: [[f64; 3]; 4] = [
        [0.25, 0.0, 0.0],
        [1.0, 0.25, 0.0],
        [0.0, 1.0, 0.5],
        [0.25, 0.5, 2.0],
    ];

    #[test]
    fn the_functions_are_one_at_their_node_and_vary_by_their_gradients() {
        let functions = functions(NODES);
        let gradients = functions.gradients().unwrap();
        let middle = functions.at(&Point3::new(0.3, 0.4, 0.5));
        let step = Vector3::new(0.5, -0.25, 0.125);
        let moved = functions.at(&(Point3::new(0.3, 0.4, 0.5) + step));
        for (index, node) in NODES.into_iter().enumerate() {
            let mut expected = Vector4::zeros();
            expected[index] = 1.0;
            let values = functions.at(&Point3::from(node));
            assert!((values - expected).amax() < 1e-15, "{values}");
            let change = moved[index] - middle[index] - gradients[index].dot(&step);
            assert!(change.abs() < 1e-15, "{change:e}");
        }
    }

    #[test]
    fn a_point_is_the_mean_of_the_nodes_of_a_sliver() {
        // Nearly flat, and askew.
        for height in [1e-3, 1e-6, 1e-9] {
            let nodes = [
                [0.0, 0.0, 0.0],
                [1.0, 0.0, 0.9],
                [0.0, 1.0, 0.3],
                [1.0, 1.0, 1.2 + height],
            ];
            let point = Point3::new(0.5, 0.5, 0.6 + 0.25 * height);
            let values = functions(nodes).at(&point);
            let mean = nodes
                .iter()
                .zip(&values)
                .fold(Vector3::zeros(), |sum, (&node, value)| {
                    sum + Vector3::from(node) * *value
                });
            assert!(
                (mean - point.coords).amax() < 4.0 * f64::EPSILON,
                "{height:e}"
            );
            assert!((values.sum() - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn a_point_that_rounding_put_outside_is_put_back() {
        let functions = functions(NODES);
        let values = functions.at_point_inside(&Point3::new(0.2, -1e-9, -1e-9));
        assert!(values.min() >= 0.0 && (values.sum() - 1.0).abs() < 1e-15);
        let undefined = Moments {
            first: Vector3::repeat(f64::NAN),
            ..Moments::of_volume(1.0)
        };
        assert_eq!(functions.at_centroid(&undefined), Vector4::repeat(0.25));
    }
}
