//! Gmsh's numbers for element types, and what each means here.

use mesh_core::Shape;

/// What an element type is to a mesh of three-dimensional linear cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    /// A shape with the same order of nodes as here.
    Linear(Shape),
    /// A shape of higher order, of so many nodes, the corners first.
    Curved(Shape, usize),
    /// Of dimension 0, 1 or 2, of so many nodes: passed over. The name in the plural.
    Lower(&'static str, usize),
    /// A polygon, whose nodes are counted one by one: passed over.
    Polygon,
    /// None that is read.
    Unknown,
}

impl ElementKind {
    /// What Gmsh's type `element_type` is.
    ///
    /// Types 90, 91 and 106 to 117 are prisms for which Gmsh's own program knows no order of
    /// edges; their corners come first all the same.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(super) const fn of(element_type: i64) -> Self {
        use ElementKind::{Curved, Linear, Lower};
        use Shape::{Hexahedron, Pyramid, Tetrahedron, Wedge};
        const POINTS: &str = "points";
        const LINES: &str = "lines";
        const TRIANGLES: &str = "triangles";
        const QUADRILATERALS: &str = "quadrilaterals";
        match element_type {
            1 | 67 | 70 => Lower(LINES, 2),
            2 | 68 => Lower(TRIANGLES, 3),
            3 => Lower(QUADRILATERALS, 4),
            4 => Linear(Tetrahedron),
            5 => Linear(Hexahedron),
            6 => Linear(Wedge),
            7 => Linear(Pyramid),
            8 => Lower(LINES, 3),
            9 => Lower(TRIANGLES, 6),
            10 => Lower(QUADRILATERALS, 9),
            11 => Curved(Tetrahedron, 10),
            12 => Curved(Hexahedron, 27),
            13 => Curved(Wedge, 18),
            14 => Curved(Pyramid, 14),
            15 => Lower(POINTS, 1),
            16 => Lower(QUADRILATERALS, 8),
            17 => Curved(Hexahedron, 20),
            18 => Curved(Wedge, 15),
            19 => Curved(Pyramid, 13),
            20 => Lower(TRIANGLES, 9),
            21 => Lower(TRIANGLES, 10),
            22 => Lower(TRIANGLES, 12),
            23 | 24 => Lower(TRIANGLES, 15),
            25 | 53 => Lower(TRIANGLES, 21),
            26 => Lower(LINES, 4),
            27 => Lower(LINES, 5),
            28 => Lower(LINES, 6),
            29 => Curved(Tetrahedron, 20),
            30 => Curved(Tetrahedron, 35),
            31 => Curved(Tetrahedron, 56),
            32 => Curved(Tetrahedron, 22),
            33 => Curved(Tetrahedron, 28),
            34 | 69 => Self::Polygon,
            36 | 40 => Lower(QUADRILATERALS, 16),
            37 => Lower(QUADRILATERALS, 25),
            38 | 60 => Lower(QUADRILATERALS, 36),
            39 => Lower(QUADRILATERALS, 12),
            41 => Lower(QUADRILATERALS, 20),
            42 => Lower(TRIANGLES, 28),
            43 => Lower(TRIANGLES, 36),
            44 => Lower(TRIANGLES, 45),
            45 => Lower(TRIANGLES, 55),
            46 => Lower(TRIANGLES, 66),
            47 => Lower(QUADRILATERALS, 49),
            48 => Lower(QUADRILATERALS, 64),
            49 => Lower(QUADRILATERALS, 81),
            50 => Lower(QUADRILATERALS, 100),
            51 => Lower(QUADRILATERALS, 121),
            52 => Lower(TRIANGLES, 18),
            54 => Lower(TRIANGLES, 24),
            55 => Lower(TRIANGLES, 27),
            56 => Lower(TRIANGLES, 30),
            57 => Lower(QUADRILATERALS, 24),
            58 => Lower(QUADRILATERALS, 28),
            59 => Lower(QUADRILATERALS, 32),
            61 => Lower(QUADRILATERALS, 40),
            62 => Lower(LINES, 7),
            63 => Lower(LINES, 8),
            64 => Lower(LINES, 9),
            65 => Lower(LINES, 10),
            66 => Lower(LINES, 11),
            71 => Curved(Tetrahedron, 84),
            72 => Curved(Tetrahedron, 120),
            73 => Curved(Tetrahedron, 165),
            74 => Curved(Tetrahedron, 220),
            75 => Curved(Tetrahedron, 286),
            79 => Curved(Tetrahedron, 34),
            80 => Curved(Tetrahedron, 40),
            81 => Curved(Tetrahedron, 46),
            82 => Curved(Tetrahedron, 52),
            83 => Curved(Tetrahedron, 58),
            84 => Lower(LINES, 1),
            85 => Lower(TRIANGLES, 1),
            86 => Lower(QUADRILATERALS, 1),
            90 => Curved(Wedge, 40),
            91 => Curved(Wedge, 75),
            92 => Curved(Hexahedron, 64),
            93 => Curved(Hexahedron, 125),
            94 => Curved(Hexahedron, 216),
            95 => Curved(Hexahedron, 343),
            96 => Curved(Hexahedron, 512),
            97 => Curved(Hexahedron, 729),
            98 => Curved(Hexahedron, 1000),
            99 => Curved(Hexahedron, 32),
            100 => Curved(Hexahedron, 44),
            101 => Curved(Hexahedron, 56),
            102 => Curved(Hexahedron, 68),
            103 => Curved(Hexahedron, 80),
            104 => Curved(Hexahedron, 92),
            105 => Curved(Hexahedron, 104),
            106 => Curved(Wedge, 126),
            107 => Curved(Wedge, 196),
            108 => Curved(Wedge, 288),
            109 => Curved(Wedge, 405),
            110 => Curved(Wedge, 550),
            111 => Curved(Wedge, 24),
            112 => Curved(Wedge, 33),
            113 => Curved(Wedge, 42),
            114 => Curved(Wedge, 51),
            115 => Curved(Wedge, 60),
            116 => Curved(Wedge, 69),
            117 => Curved(Wedge, 78),
            118 => Curved(Pyramid, 30),
            119 => Curved(Pyramid, 55),
            120 => Curved(Pyramid, 91),
            121 => Curved(Pyramid, 140),
            122 => Curved(Pyramid, 204),
            123 => Curved(Pyramid, 285),
            124 => Curved(Pyramid, 385),
            125 => Curved(Pyramid, 21),
            126 => Curved(Pyramid, 29),
            127 => Curved(Pyramid, 37),
            128 => Curved(Pyramid, 45),
            129 => Curved(Pyramid, 53),
            130 => Curved(Pyramid, 61),
            131 => Curved(Pyramid, 69),
            137 => Curved(Tetrahedron, 16),
            _ => Self::Unknown,
        }
    }
}

/// Gmsh's number of `shape`, and how many nodes it has; none of a polyhedron.
pub(super) const fn element_type(shape: Shape) -> Option<(i32, usize)> {
    match shape {
        Shape::Tetrahedron => Some((4, 4)),
        Shape::Hexahedron => Some((5, 8)),
        Shape::Wedge => Some((6, 6)),
        Shape::Pyramid => Some((7, 5)),
        Shape::Polyhedron => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_shape() {
        for shape in Shape::ALL {
            if let Some((number, nodes)) = element_type(shape) {
                assert_eq!(ElementKind::of(number.into()), ElementKind::Linear(shape));
                assert_eq!(shape.node_count(), Some(nodes));
            }
        }
    }

    #[test]
    fn cells_of_higher_order_have_more_nodes_than_corners() {
        for number in 0..200 {
            if let ElementKind::Curved(shape, nodes) = ElementKind::of(number) {
                assert!(Some(nodes) > shape.node_count(), "{number}");
            }
        }
    }
}
