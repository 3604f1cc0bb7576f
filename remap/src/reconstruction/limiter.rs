//! Limiters: gradients made smaller where the field would leave the bounds of its surroundings.

use mesh_core::{CellId, NodeId, Vector3};
use rayon::prelude::*;

use super::{BLOCK, Gradients};

/// How gradients are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Limiter {
    /// Not at all: second order everywhere, and overshoots at steps.
    #[default]
    None,
    /// As far as needed for no point of a cell to leave the bounds of the values of the cell and of
    /// all cells that share a node with it (Barth and Jespersen 1989; docs/maths.md, formula 13). No
    /// new extremum appears.
    BarthJespersen,
}

impl Limiter {
    /// All limiters.
    pub const ALL: [Self; 2] = [Self::None, Self::BarthJespersen];

    /// Returns the name by which users know the limiter, such as `barth-jespersen`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::BarthJespersen => "barth-jespersen",
        }
    }

    /// Limits the gradients of a field in every cell, in parallel.
    ///
    /// Values that are not finite, and those of cells without volume, bound nothing.
    pub(crate) fn limit(self, gradients: &Gradients, values: &[f64], of_field: &mut [Vector3]) {
        if self == Self::None {
            return;
        }
        let mesh = gradients.mesh();
        let node_cells = gradients.surroundings.node_cells();
        let counts = |cell: CellId| {
            values[cell.index()].is_finite() && gradients.surroundings.volume(cell) > 0.0
        };
        let of_nodes: Vec<Range> = (0..mesh.node_count() as u32)
            .into_par_iter()
            .with_min_len(BLOCK)
            .map(|node| {
                let cells = node_cells.of(NodeId::new(node)).iter();
                let cells = cells.filter(|&&cell| counts(cell));
                cells.fold(Range::EMPTY, |range, cell| range.with(values[cell.index()]))
            })
            .collect();
        of_field
            .par_iter_mut()
            .with_min_len(BLOCK)
            .enumerate()
            .for_each(|(cell, gradient)| {
                let own = values[cell];
                let cell = CellId::new(cell as u32);
                let nodes = mesh.cell_nodes(cell).iter();
                let range = nodes.fold(Range::EMPTY, |range, node| {
                    range.union(of_nodes[node.index()])
                });
                let mut share = 1.0;
                for vertex in gradients.surroundings.vertices(cell) {
                    let rise = gradient.dot(&vertex);
                    let room = if rise > 0.0 {
                        range.highest - own
                    } else if rise < 0.0 {
                        range.lowest - own
                    } else {
                        continue;
                    };
                    share = f64::min(share, room / rise);
                }
                *gradient *= share;
            });
    }
}

/// From the lowest to the highest of some values.
#[derive(Clone, Copy)]
struct Range {
    lowest: f64,
    highest: f64,
}

impl Range {
    const EMPTY: Self = Self {
        lowest: f64::INFINITY,
        highest: f64::NEG_INFINITY,
    };

    fn with(self, value: f64) -> Self {
        self.union(Self {
            lowest: value,
            highest: value,
        })
    }

    fn union(self, other: Self) -> Self {
        Self {
            lowest: self.lowest.min(other.lowest),
            highest: self.highest.max(other.highest),
        }
    }
}
