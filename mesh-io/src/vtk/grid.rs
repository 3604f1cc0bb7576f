//! Grids without a list of cells: hexahedra between nodes that are counted along three axes.

use mesh_core::{MeshArrays, NodeId, Point3, PolyhedronFaces, Shape};
use thiserror::Error;

/// Names of the axes.
const AXES: [&str; 3] = ["x", "y", "z"];

/// Cells that a file without any data may claim, 160 along each axis: a target grid needs none.
const MOST_CELLS: usize = 1 << 22;

/// Cells per byte of a file that may be claimed beyond that: a compressed constant field takes no
/// less.
const CELLS_PER_BYTE: usize = 1032;

/// Why a grid makes no mesh.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GridError {
    /// A grid of lower dimension.
    #[error(
        "the grid has {} x {} x {} nodes: flat, expected at least 2 along each axis \
         (three-dimensional cells)", nodes[0], nodes[1], nodes[2]
    )]
    Flat {
        /// Its nodes along x, y and z.
        nodes: [usize; 3],
    },
    /// A grid that is much larger than its file.
    #[error(
        "the grid claims {} x {} x {} nodes, but the file has only {bytes} bytes; give it a field \
         on its cells if that is meant", nodes[0], nodes[1], nodes[2]
    )]
    TooLarge {
        /// Its nodes along x, y and z.
        nodes: [usize; 3],
        /// The length of the file.
        bytes: usize,
    },
    /// More nodes than ids can count.
    #[error("the grid has {} x {} x {} nodes, but ids count to 4294967295", nodes[0], nodes[1], nodes[2])]
    TooManyNodes {
        /// Its nodes along x, y and z.
        nodes: [usize; 3],
    },
    /// Coordinates along an axis that turn back.
    #[error(
        "{axis} coordinate {position} is {value} after {previous}, against the direction of those \
         before; expected all ascending or all descending"
    )]
    TurnsBack {
        /// The axis.
        axis: &'static str,
        /// The coordinate's number.
        position: usize,
        /// The coordinate.
        value: f64,
        /// The one before.
        previous: f64,
    },
    /// Cells of an image that have no width.
    #[error("the spacing along {axis} is {value}, expected a finite number other than 0")]
    Spacing {
        /// The axis.
        axis: &'static str,
        /// The spacing.
        value: f64,
    },
    /// A coordinate that is no number.
    #[error("{axis} coordinate {position} is NaN, or in no piece; expected a finite number")]
    NoCoordinate {
        /// The axis.
        axis: &'static str,
        /// The coordinate's number.
        position: usize,
    },
    /// A piece that is not inside of the whole grid.
    #[error("piece {piece} has the extent {found}, which is not inside of the whole, {whole}")]
    Outside {
        /// The piece.
        piece: usize,
        /// Its extent.
        found: String,
        /// That of the grid.
        whole: String,
    },
}

/// The first and the last node along each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) first: [i64; 3],
    /// Not below `first`, and so near that nodes can be counted.
    last: [i64; 3],
}

impl Extent {
    /// The extent with these ends (first and last along x, y, z), if they are in order.
    pub(crate) fn new(ends: [i64; 6]) -> Option<Self> {
        let [x0, x1, y0, y1, z0, z1] = ends;
        let fits = |first: i64, last: i64| {
            let width = last.checked_sub(first);
            width.is_some_and(|width| (0..i64::from(u32::MAX)).contains(&width))
        };
        (fits(x0, x1) && fits(y0, y1) && fits(z0, z1)).then_some(Self {
            first: [x0, y0, z0],
            last: [x1, y1, z1],
        })
    }

    /// The extent of so many nodes, at least one along each axis, from 0.
    pub(crate) fn of_nodes(nodes: [usize; 3]) -> Option<Self> {
        let last = nodes.map(|count| i64::try_from(count).unwrap_or(i64::MAX).saturating_sub(1));
        Self::new([0, last[0], 0, last[1], 0, last[2]])
    }

    /// Nodes along each axis.
    pub(crate) fn nodes(&self) -> [usize; 3] {
        std::array::from_fn(|axis| (self.last[axis] - self.first[axis]) as usize + 1)
    }

    /// Cells along each axis.
    pub(crate) fn cells(&self) -> [usize; 3] {
        self.nodes().map(|nodes| nodes - 1)
    }

    pub(crate) fn node_count(&self) -> usize {
        product(self.nodes())
    }

    pub(crate) fn cell_count(&self) -> usize {
        product(self.cells())
    }

    /// Where this extent begins inside of `whole`, along each axis; nothing where it is not
    /// inside.
    pub(crate) fn start_in(&self, whole: &Self) -> Option<[usize; 3]> {
        let is_inside = (0..3).all(|axis| {
            whole.first[axis] <= self.first[axis] && self.last[axis] <= whole.last[axis]
        });
        is_inside
            .then(|| std::array::from_fn(|axis| (self.first[axis] - whole.first[axis]) as usize))
    }

    /// The extent as files have it.
    pub(crate) fn text(&self) -> String {
        let ends = (0..3).map(|axis| format!("{} {}", self.first[axis], self.last[axis]));
        ends.collect::<Vec<_>>().join(" ")
    }

    /// The smallest extent around this one and another.
    pub(crate) fn around(&self, other: &Self) -> Self {
        Self {
            first: std::array::from_fn(|axis| self.first[axis].min(other.first[axis])),
            last: std::array::from_fn(|axis| self.last[axis].max(other.last[axis])),
        }
    }

    /// Checks that the grid has cells, that ids can count its nodes, and that so many `cells` (or
    /// nodes, which are stored somewhere) are not more than a file of so many bytes can mean.
    pub(crate) fn check(&self, cells: usize, bytes: usize) -> Result<(), GridError> {
        let nodes = self.nodes();
        if nodes.contains(&1) {
            return Err(GridError::Flat { nodes });
        }
        if u32::try_from(self.node_count()).is_err() {
            return Err(GridError::TooManyNodes { nodes });
        }
        if cells > MOST_CELLS.max(bytes.saturating_mul(CELLS_PER_BYTE)) {
            return Err(GridError::TooLarge { nodes, bytes });
        }
        Ok(())
    }
}

fn product(counts: [usize; 3]) -> usize {
    counts
        .iter()
        .fold(1, |all: usize, n| all.saturating_mul(*n))
}

/// Where the nodes of an image lie: `origin + direction × (spacing × index)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    pub(crate) origin: [f64; 3],
    pub(crate) spacing: [f64; 3],
    /// Row by row.
    pub(crate) direction: [f64; 9],
}

impl Default for Placement {
    fn default() -> Self {
        Self {
            origin: [0.0; 3],
            spacing: [1.0; 3],
            direction: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        }
    }
}

impl Placement {
    /// The nodes of an image, the first axis fastest.
    ///
    /// # Errors
    ///
    /// A spacing that is 0 or no number.
    pub(crate) fn nodes(&self, extent: &Extent) -> Result<Vec<Point3>, GridError> {
        for (axis, &value) in AXES.iter().zip(&self.spacing) {
            if value == 0.0 || !value.is_finite() {
                return Err(GridError::Spacing { axis, value });
            }
        }
        let steps: [Vec<f64>; 3] = std::array::from_fn(|axis| {
            let indices = extent.first[axis]..=extent.last[axis];
            indices.map(|i| i as f64 * self.spacing[axis]).collect()
        });
        if self.direction == Self::default().direction {
            let axes: [Vec<f64>; 3] = std::array::from_fn(|axis| {
                let steps = steps[axis].iter();
                steps.map(|step| self.origin[axis] + step).collect()
            });
            return Ok(product_nodes(axes.each_ref().map(Vec::as_slice)));
        }
        let [ux, vx, wx, uy, vy, wy, uz, vz, wz] = self.direction;
        let mut nodes = product_nodes(steps.each_ref().map(Vec::as_slice));
        for node in &mut nodes {
            let Point3 { coords: step } = *node;
            *node = Point3::new(
                self.origin[0] + (ux * step.x + vx * step.y + wx * step.z),
                self.origin[1] + (uy * step.x + vy * step.y + wy * step.z),
                self.origin[2] + (uz * step.x + vz * step.y + wz * step.z),
            );
        }
        Ok(nodes)
    }
}

/// The nodes of a rectilinear grid, the first axis fastest.
///
/// # Errors
///
/// Coordinates that are NaN, as those that are not there, or neither ascend nor descend.
pub(crate) fn rectilinear_nodes(axes: [&[f64]; 3]) -> Result<Vec<Point3>, GridError> {
    for (axis, coordinates) in AXES.iter().zip(axes) {
        if let Some(position) = coordinates.iter().position(|value| value.is_nan()) {
            return Err(GridError::NoCoordinate { axis, position });
        }
        let (Some(first), Some(last)) = (coordinates.first(), coordinates.last()) else {
            continue;
        };
        let is_wrong = |pair: &[f64]| {
            if first <= last {
                !(pair[0] <= pair[1])
            } else {
                !(pair[0] >= pair[1])
            }
        };
        if let Some(place) = coordinates.windows(2).position(is_wrong) {
            return Err(GridError::TurnsBack {
                axis,
                position: place + 1,
                value: coordinates[place + 1],
                previous: coordinates[place],
            });
        }
    }
    Ok(product_nodes(axes))
}

fn product_nodes([x, y, z]: [&[f64]; 3]) -> Vec<Point3> {
    let mut nodes = Vec::with_capacity(x.len() * y.len() * z.len());
    for &z in z {
        for &y in y {
            nodes.extend(x.iter().map(|&x| Point3::new(x, y, z)));
        }
    }
    nodes
}

/// The hexahedra of a grid of so many cells, the first axis fastest, without those that `is_hidden`
/// names; all ids fit.
pub(crate) fn hexahedra(
    nodes: Vec<Point3>,
    cells: [usize; 3],
    is_hidden: Option<&[bool]>,
) -> MeshArrays {
    let row = cells[0] as u32 + 1;
    let layer = row * (cells[1] as u32 + 1);
    let all = product(cells);
    let hidden = is_hidden.map_or(0, |hidden| hidden.iter().filter(|hidden| **hidden).count());
    let count = all.saturating_sub(hidden);
    let mut connectivity = Vec::with_capacity(8 * count);
    let mut cell = 0;
    for k in 0..cells[2] as u32 {
        for j in 0..cells[1] as u32 {
            for i in 0..cells[0] as u32 {
                let is_hidden = is_hidden.and_then(|hidden| hidden.get(cell));
                cell += 1;
                if is_hidden == Some(&true) {
                    continue;
                }
                let first = k * layer + j * row + i;
                for corner in [first, first + layer] {
                    let ring = [corner, corner + 1, corner + row + 1, corner + row];
                    connectivity.extend(ring.map(NodeId::new));
                }
            }
        }
    }
    MeshArrays {
        nodes,
        shapes: vec![Shape::Hexahedron; count],
        offsets: (0..=count).map(|cell| 8 * cell).collect(),
        connectivity,
        polyhedra: PolyhedronFaces::default(),
    }
}

/// The cells around the nodes that are hidden, hidden too.
pub(crate) fn hide_cells_around(nodes: &[bool], cells: [usize; 3], is_hidden: &mut [bool]) {
    let row = cells[0] + 1;
    let layer = row * (cells[1] + 1);
    let corners = [0, 1, row, row + 1].map(|corner| [corner, corner + layer]);
    for (cell, hidden) in is_hidden.iter_mut().enumerate() {
        let (i, rest) = (cell % cells[0], cell / cells[0]);
        let first = i + rest % cells[1] * row + rest / cells[1] * layer;
        let mut corners = corners.iter().flatten();
        *hidden |= corners.any(|corner| nodes.get(first + corner) == Some(&true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extent_lies_inside_of_another_or_not() {
        let whole = Extent::new([-1, 5, 0, 4, 2, 3]).unwrap();
        let piece = Extent::new([1, 5, 0, 2, 2, 3]).unwrap();
        assert_eq!(piece.start_in(&whole), Some([2, 0, 0]));
        assert_eq!(whole.start_in(&piece), None);
        assert_eq!((whole.node_count(), whole.cell_count()), (70, 24));
        assert_eq!(Extent::new([0, -1, 0, 1, 0, 1]), None);
        assert_eq!(Extent::new([i64::MIN, i64::MAX, 0, 1, 0, 1]), None);
        assert_eq!(whole.text(), "-1 5 0 4 2 3");
    }

    #[test]
    fn coordinates_may_descend_but_not_turn_back() {
        let up: &[f64] = &[0.0, 1.0];
        assert!(rectilinear_nodes([&[3.0, 1.0, -2.0], up, up]).is_ok());
        let message = |x: &[f64]| rectilinear_nodes([up, x, up]).unwrap_err().to_string();
        assert!(message(&[0.0, 2.0, 1.0, 3.0]).starts_with("y coordinate 2 is 1 after 2"));
        assert!(message(&[3.0, 1.0, 2.0]).starts_with("y coordinate 2 is 2 after 1"));
        assert!(message(&[0.0, f64::NAN, 1.0]).starts_with("y coordinate 1 is NaN, or"));
    }

    #[test]
    fn a_hidden_node_hides_the_cells_around_it() {
        let mut nodes = [false; 27];
        nodes[0] = true;
        let mut cells = [false; 8];
        hide_cells_around(&nodes, [2; 3], &mut cells);
        assert_eq!(
            cells,
            [true, false, false, false, false, false, false, false]
        );
        nodes[0] = false;
        nodes[13] = true;
        hide_cells_around(&nodes, [2; 3], &mut cells);
        assert_eq!(cells, [true; 8]);
    }
}
