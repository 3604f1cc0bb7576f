//! Point location: each target cell or node takes the value of the source at its own place.

use std::time::Instant;

use mesh_core::{CellId, Location, NodeId, Point3, UnstructuredMesh};
use robust::{Coord3D, orient3d};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::points::{prepared, rows_of_points};
use crate::error::PrepareError;
use crate::linear_functions::LinearFunctions;
use crate::matrix_scheme::MatrixScheme;
use crate::pieces::CutMesh;
use crate::prepare::{Preparation, Progress};
use crate::scheme::Pieces;

/// Each target cell (at its centroid) or node takes the value of the source at that point: of the cell
/// that the point lies in, or of the field that is linear between the nodes.
///
/// A point on a face, an edge or a node lies in the cell with the lowest number of those around it. Where
/// it lies is decided exactly, so that no point inside of the mesh falls between cells; outside of the
/// mesh the row is empty, and the value the default. Faces are those of the face model: see
/// [`UnstructuredMesh::tetrahedra`]; a cell with inverted tetrahedra holds the points that lie in more
/// upright than inverted ones.
///
/// Values are those of the source at points: linear fields on nodes arrive exactly at nodes; what is
/// between the points is lost, so that nothing is conserved. Entries are weights times the volume of the
/// target cell or node; what the natures make of them is as for [`NearestCell`](crate::NearestCell).
///
/// Some microseconds per point, by an R-tree of the cells' bounds.
///
/// ```
/// use mesh_core::{BoxMesh, DataArray, Location};
/// use remap::{MatrixScheme, Nature, PointLocation, RemapOperator};
///
/// let source = BoxMesh { jitter: 0.2, ..BoxMesh::unit([3; 3]) }.generate()?;
/// let target = BoxMesh { jitter: 0.2, ..BoxMesh::unit([4; 3]) }.generate()?;
/// let scheme = PointLocation::between(Location::Nodes, Location::Nodes);
/// let matrix = scheme.prepare_matrix(&source, &target, &|_| {})?.matrix;
///
/// let operator = RemapOperator::new(&matrix, &source, &target, Nature::IntensiveMaximum)?;
/// let linear = |node: &mesh_core::Point3| node.x - 2.0 * node.z;
/// let field = DataArray::scalars(source.nodes().iter().map(linear).collect());
/// let carried = operator.apply(&field, f64::NAN)?;
/// for (value, node) in carried.values().iter().zip(target.nodes()) {
///     assert!((value - linear(node)).abs() < 1e-14);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PointLocation {
    source: Location,
    target: Location,
}

impl PointLocation {
    /// The scheme for fields on cells or nodes of the source, and of the target.
    #[must_use]
    pub const fn between(source: Location, target: Location) -> Self {
        Self { source, target }
    }
}

impl MatrixScheme for PointLocation {
    fn locations(&self) -> [Location; 2] {
        [self.source, self.target]
    }

    fn prepare_matrix(
        &self,
        source: &UnstructuredMesh,
        target: &UnstructuredMesh,
        progress: Progress<'_>,
    ) -> Result<Preparation, PrepareError> {
        let start = Instant::now();
        let cut = CutMesh::new(source, Pieces::Tetrahedra)?;
        let cells = Locator::new(source, &cut);
        let columns = match self.source {
            Location::Cells => source.cell_count(),
            Location::Nodes => cut.mesh().node_count(),
        };
        let find = |point: &Point3, row: &mut Vec<(u32, f64)>| {
            let Some((cell, piece)) = cells.find(point) else {
                return;
            };
            match self.source {
                Location::Cells => row.push((cell.get(), 1.0)),
                Location::Nodes => row.extend(interpolated(cut.mesh(), piece, point)),
            }
        };
        let matrix = rows_of_points(target, self.target, columns, progress, find)?;
        let matrix = match self.source {
            Location::Cells => matrix,
            Location::Nodes => cut.columns_of_given(matrix, Location::Nodes),
        };
        Ok(prepared(matrix, [source, target], self.locations(), start))
    }
}

/// The weights of the nodes of a tetrahedron, ascending, at a point in it.
fn interpolated(mesh: &UnstructuredMesh, piece: CellId, point: &Point3) -> Vec<(u32, f64)> {
    let Some((functions, nodes)) = LinearFunctions::of(mesh, piece) else {
        return Vec::new();
    };
    let weights = functions.at_point_inside(point);
    let weights = nodes.iter().zip(&weights);
    let mut weights: Vec<_> = weights
        .map(|(node, &weight)| (node.get(), weight))
        .filter(|&(_, weight)| weight > 0.0)
        .collect();
    weights.sort_unstable_by_key(|&(node, _)| node);
    weights
}

/// Finds the cell that a point lies in.
struct Locator<'a> {
    cut: &'a CutMesh<'a>,
    tree: RTree<GeomWithData<Rectangle<[f64; 3]>, CellId>>,
}

impl<'a> Locator<'a> {
    fn new(mesh: &UnstructuredMesh, cut: &'a CutMesh<'a>) -> Self {
        let boxes = mesh.cell_ids().map(|cell| {
            let bounds = mesh.cell_bounds(cell);
            let corners = Rectangle::from_corners(bounds.min.into(), bounds.max.into());
            GeomWithData::new(corners, cell)
        });
        Self {
            cut,
            tree: RTree::bulk_load(boxes.collect()),
        }
    }

    /// The lowest cell that a point lies in, and the first of its tetrahedra that it lies in.
    fn find(&self, point: &Point3) -> Option<(CellId, CellId)> {
        let around = AABB::from_point((*point).into());
        let cells = self.tree.locate_in_envelope_intersecting(around);
        let mut cells: Vec<CellId> = cells.map(|cell| cell.data).collect();
        cells.sort_unstable();
        cells
            .into_iter()
            .find_map(|cell| Some((cell, self.piece_of(cell, point)?)))
    }

    fn piece_of(&self, cell: CellId, point: &Point3) -> Option<CellId> {
        let (mut first, mut windings) = (None, 0);
        for piece in self.cut.pieces_of(cell) {
            if holds(self.cut.mesh(), piece, point) {
                if self.cut.sign(piece) < 0.0 {
                    windings -= 1;
                } else {
                    windings += 1;
                    first.get_or_insert(piece);
                }
            }
        }
        first.filter(|_| windings > 0)
    }
}

/// Whether a point lies in a tetrahedron or on its border. Exact.
fn holds(mesh: &UnstructuredMesh, piece: CellId, point: &Point3) -> bool {
    let coordinates = |point: &Point3| Coord3D {
        x: point.x,
        y: point.y,
        z: point.z,
    };
    let Ok(nodes) = <[NodeId; 4]>::try_from(mesh.cell_nodes(piece)) else {
        return false;
    };
    let [a, b, c, d] = nodes.map(|node| coordinates(&mesh.nodes()[node.index()]));
    let point = coordinates(point);
    // Of a flat one no point is inside. All orientations are negative, or zero on the border.
    orient3d(a, b, c, d) < 0.0
        && orient3d(point, b, c, d) <= 0.0
        && orient3d(a, point, c, d) <= 0.0
        && orient3d(a, b, point, d) <= 0.0
        && orient3d(a, b, c, point) <= 0.0
}
