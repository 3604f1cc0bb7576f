//! MED's names of cell types, and what each means here.

use mesh_core::Shape;

/// What a type of cells is to a mesh of three-dimensional linear cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// A shape of its own.
    Linear(Shape),
    /// A prism of six sides, which becomes a polyhedron.
    HexagonalPrism,
    /// Cells that list their faces.
    Polyhedron,
    /// Of higher order, with so many nodes; the corners, which come first, make the shape.
    Curved(Shape, usize),
    /// Of lower dimension, with so many nodes each: left out. The name in the plural.
    Lower(&'static str, usize),
    /// Polygons, which are left out.
    Polygons,
}

/// The types of cells of three dimensions in the order of MED's numbers for them, then the others.
const KINDS: [(&str, i64, CellKind); 23] = {
    use CellKind::{Curved, HexagonalPrism, Linear, Lower, Polygons, Polyhedron};
    use Shape::{Hexahedron, Pyramid, Tetrahedron, Wedge};
    [
        ("TE4", 304, Linear(Tetrahedron)),
        ("PY5", 305, Linear(Pyramid)),
        ("PE6", 306, Linear(Wedge)),
        ("HE8", 308, Linear(Hexahedron)),
        ("T10", 310, Curved(Tetrahedron, 10)),
        ("O12", 312, HexagonalPrism),
        ("P13", 313, Curved(Pyramid, 13)),
        ("P15", 315, Curved(Wedge, 15)),
        ("P18", 318, Curved(Wedge, 18)),
        ("H20", 320, Curved(Hexahedron, 20)),
        ("H27", 327, Curved(Hexahedron, 27)),
        ("POE", 500, Polyhedron),
        ("PO1", 1, Lower("points", 1)),
        ("SE2", 102, Lower("lines", 2)),
        ("SE3", 103, Lower("lines", 3)),
        ("SE4", 104, Lower("lines", 4)),
        ("TR3", 203, Lower("triangles", 3)),
        ("TR6", 206, Lower("triangles", 6)),
        ("TR7", 207, Lower("triangles", 7)),
        ("QU4", 204, Lower("quadrilaterals", 4)),
        ("QU8", 208, Lower("quadrilaterals", 8)),
        ("QU9", 209, Lower("quadrilaterals", 9)),
        ("POG", 400, Polygons),
    ]
};

/// All types: the name of the group, and what it is.
pub(super) fn kinds() -> impl Iterator<Item = (&'static str, CellKind)> {
    KINDS.iter().map(|(name, _, kind)| (*name, *kind))
}

/// The name of the group of cells of `shape`, and MED's number for the type.
pub(super) fn type_of(shape: Shape) -> (&'static str, i64) {
    let wanted = match shape {
        Shape::Polyhedron => CellKind::Polyhedron,
        shape => CellKind::Linear(shape),
    };
    let found = KINDS.iter().find(|(_, _, kind)| *kind == wanted);
    // Every shape is in the table, as the test says.
    found.map_or(("", 0), |(name, number, _)| (*name, *number))
}

/// The faces of a prism of six sides.
pub(super) const PRISM_FACES: [&[usize]; 8] = [
    &[0, 1, 2, 3, 4, 5],
    &[11, 10, 9, 8, 7, 6],
    &[0, 6, 7, 1],
    &[1, 7, 8, 2],
    &[2, 8, 9, 3],
    &[3, 9, 10, 4],
    &[4, 10, 11, 5],
    &[5, 11, 6, 0],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_a_type() {
        let types = Shape::ALL.map(type_of);
        let expected = [
            ("TE4", 304),
            ("PY5", 305),
            ("PE6", 306),
            ("HE8", 308),
            ("POE", 500),
        ];
        assert_eq!(types, expected);
    }

    #[test]
    fn cells_of_three_dimensions_come_first_in_the_order_of_their_numbers() {
        let numbers: Vec<i64> = KINDS[..12].iter().map(|(_, number, _)| *number).collect();
        assert!(numbers.is_sorted());
        let is_solid = |(_, _, kind): &&(&str, i64, CellKind)| {
            !matches!(kind, CellKind::Lower(..) | CellKind::Polygons)
        };
        assert_eq!(KINDS.iter().filter(is_solid).count(), 12);
    }
}
