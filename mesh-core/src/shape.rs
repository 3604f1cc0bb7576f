//! The shapes a cell may have, with their node order and their faces.

use std::fmt;

/// The shape of a cell.
///
/// The order of nodes is that of VTK and Gmsh, the normal of a face being that of its nodes
/// taken counter-clockwise:
///
/// ```text
/// tetrahedron   triangle 0 1 2 whose normal points towards 3
/// pyramid       base 0 1 2 3 whose normal points towards the apex 4
/// wedge         triangle 0 1 2 whose normal points towards the triangle 3 4 5
/// hexahedron    quadrilateral 0 1 2 3 whose normal points towards 4 5 6 7
/// polyhedron    any closed set of faces, each counter-clockwise from outside
/// ```
///
/// A wedge with the other orientation (texts on VTK differ) is turned round when a mesh is built.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Four nodes, four triangles.
    Tetrahedron,
    /// Five nodes: a quadrilateral and four triangles.
    Pyramid,
    /// Six nodes: two triangles and three quadrilaterals.
    Wedge,
    /// Eight nodes, six quadrilaterals.
    Hexahedron,
    /// Any number of nodes and faces; the faces are listed beside the connectivity.
    Polyhedron,
}

impl Shape {
    /// Every shape, in the order of their numbers.
    pub const ALL: [Shape; 5] = [
        Self::Tetrahedron,
        Self::Pyramid,
        Self::Wedge,
        Self::Hexahedron,
        Self::Polyhedron,
    ];

    /// How many nodes a cell of this shape has; `None` for a polyhedron.
    #[must_use]
    pub const fn node_count(self) -> Option<usize> {
        match self {
            Self::Tetrahedron => Some(4),
            Self::Pyramid => Some(5),
            Self::Wedge => Some(6),
            Self::Hexahedron => Some(8),
            Self::Polyhedron => None,
        }
    }

    /// The faces as positions in the cell's connectivity, each counter-clockwise from outside;
    /// empty for a polyhedron.
    ///
    /// ```
    /// use mesh_core::Shape;
    /// assert_eq!(Shape::Tetrahedron.faces()[0], [0, 2, 1]);
    /// ```
    #[must_use]
    pub const fn faces(self) -> &'static [&'static [u8]] {
        match self {
            Self::Tetrahedron => &[&[0, 2, 1], &[0, 1, 3], &[1, 2, 3], &[2, 0, 3]],
            Self::Pyramid => &[
                &[0, 3, 2, 1],
                &[0, 1, 4],
                &[1, 2, 4],
                &[2, 3, 4],
                &[3, 0, 4],
            ],
            Self::Wedge => &[
                &[0, 2, 1],
                &[3, 4, 5],
                &[0, 1, 4, 3],
                &[1, 2, 5, 4],
                &[2, 0, 3, 5],
            ],
            Self::Hexahedron => &[
                &[0, 3, 2, 1],
                &[4, 5, 6, 7],
                &[0, 1, 5, 4],
                &[1, 2, 6, 5],
                &[2, 3, 7, 6],
                &[3, 0, 4, 7],
            ],
            Self::Polyhedron => &[],
        }
    }

    /// The name in lower case, as messages and files use it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tetrahedron => "tetrahedron",
            Self::Pyramid => "pyramid",
            Self::Wedge => "wedge",
            Self::Hexahedron => "hexahedron",
            Self::Polyhedron => "polyhedron",
        }
    }

    /// The order of nodes that turns a mirrored cell round: position `i` of the turned cell is
    /// position `mirrored()[i]` of the given one. It is its own inverse; empty for a polyhedron,
    /// which is turned round by reversing each of its faces.
    #[must_use]
    pub const fn mirrored(self) -> &'static [u8] {
        match self {
            Self::Tetrahedron => &[0, 2, 1, 3],
            Self::Pyramid => &[0, 3, 2, 1, 4],
            Self::Wedge => &[0, 2, 1, 3, 5, 4],
            Self::Hexahedron => &[0, 3, 2, 1, 4, 7, 6, 5],
            Self::Polyhedron => &[],
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_edge_is_walked_once_in_each_direction() {
        for shape in Shape::ALL {
            let mut balance = HashMap::new();
            for face in shape.faces() {
                for (i, &from) in face.iter().enumerate() {
                    let to = face[(i + 1) % face.len()];
                    *balance.entry((from, to)).or_insert(0) += 1;
                }
            }
            for (&(from, to), &uses) in &balance {
                assert_eq!(uses, 1, "{shape}");
                assert_eq!(balance.get(&(to, from)), Some(&1), "{shape} {from} {to}");
            }
        }
    }

    #[test]
    fn turning_round_twice_changes_nothing() {
        for shape in Shape::ALL {
            let order = shape.mirrored();
            assert_eq!(order.len(), shape.node_count().unwrap_or(0));
            for (i, &k) in order.iter().enumerate() {
                assert_eq!(usize::from(order[usize::from(k)]), i);
            }
        }
    }
}
