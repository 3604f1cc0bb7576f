//! The frame in which cells have bounds: that of the world, or one along which the cells lie.

use geom_intersect::SolidClass;
use mesh_core::{Bounds, CellId, Point3, UnstructuredMesh, Vector3};
use nalgebra::Matrix3;
use rayon::prelude::*;

use crate::cells::as_upright_box;

/// The frame in which the bounds of cells are compared.
///
/// In the world's frame a grid that is turned has bounds five times as large as its cells, and almost
/// five times as many candidates as cells that overlap. In a frame turned along with it the bounds are
/// the cells. What has no overlap has none in any frame, so the matrix does not depend on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct SearchFrame {
    turn: Option<Turn>,
}

/// A frame whose axes, the rows of a matrix, are not those of the world.
#[derive(Debug, Clone)]
struct Turn {
    axes: Matrix3<f64>,
    origin: Point3,
    /// More than the rounding of any coordinate in this frame.
    slack: f64,
}

/// The bounds of the cells of a mesh in a frame.
#[derive(Debug)]
pub(crate) struct CellBounds {
    /// Shares all with the mesh given.
    mesh: UnstructuredMesh,
    turned: Option<Turned>,
}

#[derive(Debug)]
struct Turned {
    nodes: Vec<Point3>,
    slack: f64,
}

/// How many cells of each mesh are looked at.
const SAMPLES: usize = 16;

/// How many cells of each mesh are tried for a frame.
const TRIED: usize = 4;

/// A turned frame is to have at most this part of the candidates.
const WORTHWHILE: f64 = 0.6;

impl SearchFrame {
    /// Chooses the frame for two meshes: the one along the edges of some cell in which cells have the
    /// smallest bounds, if that is much better than the world's.
    pub(crate) fn of_meshes(source: &UnstructuredMesh, target: &UnstructuredMesh) -> Self {
        let meshes = [source, target];
        let tried = meshes.iter().flat_map(|mesh| {
            let sloping = samples(mesh).filter(|&cell| as_upright_box(mesh, cell).is_none());
            sloping
                .take(TRIED)
                .filter_map(|cell| axes_along(mesh, cell))
        });
        let in_world = mean_meeting(meshes, &Matrix3::identity());
        let (mut least, mut chosen) = (WORTHWHILE * in_world, None);
        for axes in tried {
            let meeting = mean_meeting(meshes, &axes);
            if meeting < least {
                (least, chosen) = (meeting, Some(axes));
            }
        }
        let turn = chosen.map(|axes| {
            let origin = source.nodes()[source.cell_nodes(CellId::new(0))[0].index()];
            let reach = meshes.map(|mesh| {
                let Bounds { min, max } = mesh.bounds();
                (min - origin).abs().sup(&(max - origin).abs()).sum()
            });
            Turn {
                axes,
                origin,
                slack: 16.0 * f64::EPSILON * reach[0].max(reach[1]),
            }
        });
        Self { turn }
    }

    /// Returns whether the frame is that of the world.
    #[inline]
    pub(crate) fn is_world(&self) -> bool {
        self.turn.is_none()
    }

    /// Prepares the bounds of the cells of a mesh. In a turned frame that takes 24 bytes per node.
    pub(crate) fn bounds_of(&self, mesh: &UnstructuredMesh) -> CellBounds {
        let turned = self.turn.as_ref().map(|turn| {
            let nodes = mesh.nodes().par_iter().with_min_len(4096);
            let nodes = nodes.map(|node| Point3::from(turn.axes * (node - turn.origin)));
            Turned {
                nodes: nodes.collect(),
                slack: turn.slack,
            }
        });
        let mesh = mesh.clone();
        CellBounds { mesh, turned }
    }

    /// Returns centre, in the world, and radius of a ball that holds a cell of these bounds and this
    /// class.
    #[inline]
    pub(crate) fn ball_around(&self, bounds: &Bounds, class: SolidClass) -> (Point3, f64) {
        let centre = Point3::from((bounds.min.coords + bounds.max.coords) * 0.5);
        let radius = f64::from(class.radius);
        match &self.turn {
            None => (centre, radius),
            Some(turn) => {
                let centre = turn.origin + turn.axes.tr_mul(&centre.coords);
                (centre, radius + 2.0 * turn.slack)
            }
        }
    }
}

impl CellBounds {
    /// Returns the mesh.
    #[inline]
    pub(crate) fn mesh(&self) -> &UnstructuredMesh {
        &self.mesh
    }

    /// The nodes in this frame.
    #[inline]
    pub(crate) fn nodes(&self) -> &[Point3] {
        match &self.turned {
            None => self.mesh.nodes(),
            Some(turned) => &turned.nodes,
        }
    }

    /// Returns the bounds of a cell.
    #[inline]
    pub(crate) fn of(&self, cell: CellId) -> Bounds {
        match &self.turned {
            None => self.mesh.cell_bounds(cell),
            Some(turned) => turned.bounds(&self.mesh, cell),
        }
    }

    /// Returns bounds and class of a cell, of a mesh with the same nodes, in this frame, given those in the world.
    #[inline]
    pub(crate) fn turn(
        &self,
        (mesh, cell): (&UnstructuredMesh, CellId),
        bounds: Bounds,
        class: SolidClass,
    ) -> (Bounds, SolidClass) {
        match &self.turned {
            None => (bounds, class),
            Some(turned) => {
                let bounds = turned.bounds(mesh, cell);
                let nodes = turned.nodes_of(mesh, cell);
                let class = class.with_radius((bounds.min, bounds.max), nodes);
                (bounds, class)
            }
        }
    }
}

impl Turned {
    fn nodes_of(&self, mesh: &UnstructuredMesh, cell: CellId) -> impl Iterator<Item = &Point3> {
        let nodes = mesh.cell_nodes(cell).iter();
        nodes.map(|node| &self.nodes[node.index()])
    }

    #[inline]
    fn bounds(&self, mesh: &UnstructuredMesh, cell: CellId) -> Bounds {
        let Bounds { min, max } = Bounds::from_points(self.nodes_of(mesh, cell));
        let slack = Vector3::repeat(self.slack);
        Bounds {
            min: min - slack,
            max: max + slack,
        }
    }
}

/// Returns some cells from all over a mesh.
fn samples(mesh: &UnstructuredMesh) -> impl Iterator<Item = CellId> {
    let cells = mesh.cell_count();
    let count = SAMPLES.min(cells);
    // From the middle of as many parts.
    (0..count).map(move |sample| CellId::new(((2 * sample + 1) * cells / (2 * count)) as u32))
}

/// Returns a frame with its first axis along the first edge of a cell and its third across the first
/// and the last node of the face below: of a grid that is turned, the directions of its lines.
fn axes_along(mesh: &UnstructuredMesh, cell: CellId) -> Option<Matrix3<f64>> {
    let nodes = mesh.cell_nodes(cell);
    let node = |index: usize| mesh.nodes()[nodes[index].index()];
    let (along, beside) = (node(1) - node(0), node(3) - node(0));
    // What collapses has no direction.
    let first = along.try_normalize(f64::MIN_POSITIVE)?;
    let third = first
        .cross(&beside.try_normalize(f64::MIN_POSITIVE)?)
        .try_normalize(1e-3)?;
    let second = third.cross(&first);
    Some(Matrix3::from_rows(&[
        first.transpose(),
        second.transpose(),
        third.transpose(),
    ]))
}

/// Returns the volume in which the centre of a source cell's bounds lies if they meet those of a target
/// cell, both of mean size: the number of candidates is proportional to it.
fn mean_meeting(meshes: [&UnstructuredMesh; 2], axes: &Matrix3<f64>) -> f64 {
    let mean_sizes = meshes.map(|mesh| {
        let size = |cell| {
            let nodes = mesh.cell_nodes(cell).iter();
            let first = mesh.nodes()[mesh.cell_nodes(cell)[0].index()];
            let turned =
                nodes.map(|node| Point3::from(axes * (mesh.nodes()[node.index()] - first)));
            let bounds = turned.fold(Bounds::EMPTY, |all, node| all.with_point(&node));
            bounds.max - bounds.min
        };
        let total: Vector3 = samples(mesh).map(size).sum();
        total / samples(mesh).count() as f64
    });
    (mean_sizes[0] + mean_sizes[1]).product()
}

#[cfg(test)]
mod tests {
    use geom_intersect::{Intersector, Solid};
    use mesh_core::{BoxCellShape, BoxMesh};
    use nalgebra::Rotation3;

    use super::*;
    use crate::all_pairs::compare;
    use crate::cells::SolidMaker;

    fn mesh(shape: BoxCellShape, cells: usize, jitter: f64) -> UnstructuredMesh {
        let mesh = BoxMesh {
            shape,
            jitter,
            seed: cells as u64,
            ..BoxMesh::unit([cells; 3])
        };
        mesh.generate().unwrap()
    }

    fn turned(mesh: &UnstructuredMesh, angle: f64, shift: f64) -> UnstructuredMesh {
        let rotation = Rotation3::new(Vector3::new(1.0, 2.0, 3.0).normalize() * angle);
        let turned = mesh.rotate(&rotation, &Point3::origin()).unwrap();
        turned.translate(&Vector3::repeat(shift)).unwrap()
    }

    const HEXAHEDRON: BoxCellShape = BoxCellShape::Hexahedron;

    #[test]
    fn only_what_lies_askew_has_a_frame_of_its_own() {
        let is_world = |source: &UnstructuredMesh, target: &UnstructuredMesh| {
            SearchFrame::of_meshes(source, target).is_world()
        };
        let grid = mesh(HEXAHEDRON, 5, 0.0);
        let [askew, further] = [0.5, 1.5].map(|angle| turned(&grid, angle, 0.0));
        let tetrahedra = mesh(BoxCellShape::Tetrahedron, 4, 0.2);
        assert!(is_world(&grid, &grid));
        assert!(is_world(&grid, &turned(&grid, 0.01, 0.0)));
        assert!(is_world(&tetrahedra, &tetrahedra));
        assert!(!is_world(&askew, &askew));
        assert!(!is_world(
            &askew,
            &turned(&mesh(HEXAHEDRON, 7, 0.1), 0.5, 0.2)
        ));
        // In every frame one of the two lies askew.
        assert!(is_world(&grid, &askew) && is_world(&askew, &grid));
        assert!(is_world(&further, &grid));
    }

    #[test]
    fn an_entry_does_not_depend_on_the_frame() {
        let wedges = mesh(BoxCellShape::Wedge, 4, 0.0);
        for (source, target) in [
            (mesh(HEXAHEDRON, 4, 0.0), mesh(HEXAHEDRON, 4, 0.0)),
            (mesh(HEXAHEDRON, 4, 0.0), mesh(HEXAHEDRON, 5, 0.0)),
            (mesh(HEXAHEDRON, 4, 0.1), wedges),
        ] {
            for shift in [0.0, 1e4] {
                let [source, target] = [&source, &target].map(|mesh| turned(mesh, 0.5, shift));
                assert!(!SearchFrame::of_meshes(&source, &target).is_world());
                assert!(compare(&source, &target) >= 64);
            }
        }
    }

    #[test]
    fn cells_that_overlap_have_bounds_that_do_and_lie_in_their_balls() {
        let grid = mesh(HEXAHEDRON, 4, 0.0);
        for (shift, jitter) in [(0.0, 0.0), (0.0, 0.1), (1e6, 0.0)] {
            let source = turned(&grid, 0.5, shift);
            let target = turned(&mesh(HEXAHEDRON, 5, jitter), 0.5, shift);
            let frame = SearchFrame::of_meshes(&source, &target);
            assert!(!frame.is_world());
            let bounds = [&source, &target].map(|mesh| frame.bounds_of(mesh));
            let solids = [&source, &target].map(|mesh| {
                let solid = |cell| {
                    let mut solid = Solid::default();
                    SolidMaker::default().fill(mesh, cell, &mut solid);
                    solid
                };
                mesh.cell_ids().map(solid).collect::<Vec<_>>()
            });
            for (cell, solid) in source.cell_ids().zip(&solids[0]) {
                let (turned, class) = bounds[0].turn((&source, cell), Bounds::EMPTY, solid.class());
                assert_eq!(turned, bounds[0].of(cell));
                let (centre, radius) = frame.ball_around(&turned, class);
                for node in source.cell_nodes(cell) {
                    let node = source.nodes()[node.index()];
                    assert!((node - centre).norm() <= radius);
                }
                // As close as a cube's ball is, but for the rounding of coordinates.
                assert!(radius < 0.125 * 3_f64.sqrt() * (1.0 + 1e-5) + 1e-15 * 1e3 * shift);
            }
            let mut intersector = Intersector::default();
            let mut overlaps = 0;
            for (one, source) in source.cell_ids().zip(&solids[0]) {
                for (other, target) in target.cell_ids().zip(&solids[1]) {
                    if intersector.volume(source, target).is_some() {
                        let common = bounds[0].of(one).intersection(&bounds[1].of(other));
                        assert!((0..3).all(|axis| common.min[axis] < common.max[axis]));
                        overlaps += 1;
                    }
                }
            }
            assert!(overlaps > 300);
        }
    }
}
