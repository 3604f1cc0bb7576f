//! VTK's numbers for cell types, and what each means here.

use mesh_core::Shape;

/// What a VTK cell type is to a mesh of three-dimensional linear cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// A shape with the same order of nodes as here.
    Linear(Shape),
    /// A hexahedron whose nodes 2 and 3, 6 and 7 are exchanged.
    Voxel,
    /// A cell that lists its faces.
    Polyhedron,
    /// Of dimension 0, 1 or 2: passed over. The name in the plural.
    Lower(&'static str),
    /// Of higher order: VTK's name, and what its corner nodes, which come first, make.
    Curved(&'static str, Corners),
    /// None that is read.
    Unknown,
}

/// What the corner nodes of a cell of higher order make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Corners {
    /// This shape.
    Shape(Shape),
    /// Something of lower dimension.
    Lower(&'static str),
    /// Something that is not known.
    Unknown,
}

/// Places of the nodes of a hexahedron among those of a voxel.
pub(crate) const VOXEL_ORDER: [usize; 8] = [0, 1, 3, 2, 4, 5, 7, 6];

impl CellKind {
    /// What the VTK type `vtk_type` is.
    pub(crate) const fn of(vtk_type: u8) -> Self {
        use Corners::Shape as Of;
        use Shape::{Hexahedron, Pyramid, Tetrahedron, Wedge};
        const LINES: &str = "lines";
        const TRIANGLES: &str = "triangles";
        const QUADRILATERALS: &str = "quadrilaterals";
        match vtk_type {
            0 => Self::Lower("empty cells"),
            1 | 2 => Self::Lower("vertices"),
            3 | 4 => Self::Lower(LINES),
            5 | 6 => Self::Lower(TRIANGLES),
            7 => Self::Lower("polygons"),
            8 | 9 => Self::Lower(QUADRILATERALS),
            10 => Self::Linear(Tetrahedron),
            11 => Self::Voxel,
            12 => Self::Linear(Hexahedron),
            13 => Self::Linear(Wedge),
            14 => Self::Linear(Pyramid),
            21 => Self::Curved("VTK_QUADRATIC_EDGE", Corners::Lower(LINES)),
            22 => Self::Curved("VTK_QUADRATIC_TRIANGLE", Corners::Lower(TRIANGLES)),
            23 => Self::Curved("VTK_QUADRATIC_QUAD", Corners::Lower(QUADRILATERALS)),
            24 => Self::Curved("VTK_QUADRATIC_TETRA", Of(Tetrahedron)),
            25 => Self::Curved("VTK_QUADRATIC_HEXAHEDRON", Of(Hexahedron)),
            26 => Self::Curved("VTK_QUADRATIC_WEDGE", Of(Wedge)),
            27 => Self::Curved("VTK_QUADRATIC_PYRAMID", Of(Pyramid)),
            28 => Self::Curved("VTK_BIQUADRATIC_QUAD", Corners::Lower(QUADRILATERALS)),
            29 => Self::Curved("VTK_TRIQUADRATIC_HEXAHEDRON", Of(Hexahedron)),
            30 => Self::Curved("VTK_QUADRATIC_LINEAR_QUAD", Corners::Lower(QUADRILATERALS)),
            31 => Self::Curved("VTK_QUADRATIC_LINEAR_WEDGE", Of(Wedge)),
            32 => Self::Curved("VTK_BIQUADRATIC_QUADRATIC_WEDGE", Of(Wedge)),
            33 => Self::Curved("VTK_BIQUADRATIC_QUADRATIC_HEXAHEDRON", Of(Hexahedron)),
            34 => Self::Curved("VTK_BIQUADRATIC_TRIANGLE", Corners::Lower(TRIANGLES)),
            35 => Self::Curved("VTK_CUBIC_LINE", Corners::Lower(LINES)),
            36 => Self::Curved("VTK_QUADRATIC_POLYGON", Corners::Lower("polygons")),
            37 => Self::Curved("VTK_TRIQUADRATIC_PYRAMID", Of(Pyramid)),
            42 => Self::Polyhedron,
            51..=56 => Self::Curved("a parametric cell", Corners::Unknown),
            60..=67 => Self::Curved("a higher order cell", Corners::Unknown),
            68 => Self::Curved("VTK_LAGRANGE_CURVE", Corners::Lower(LINES)),
            69 => Self::Curved("VTK_LAGRANGE_TRIANGLE", Corners::Lower(TRIANGLES)),
            70 => Self::Curved("VTK_LAGRANGE_QUADRILATERAL", Corners::Lower(QUADRILATERALS)),
            71 => Self::Curved("VTK_LAGRANGE_TETRAHEDRON", Of(Tetrahedron)),
            72 => Self::Curved("VTK_LAGRANGE_HEXAHEDRON", Of(Hexahedron)),
            73 => Self::Curved("VTK_LAGRANGE_WEDGE", Of(Wedge)),
            74 => Self::Curved("VTK_LAGRANGE_PYRAMID", Of(Pyramid)),
            75 => Self::Curved("VTK_BEZIER_CURVE", Corners::Lower(LINES)),
            76 => Self::Curved("VTK_BEZIER_TRIANGLE", Corners::Lower(TRIANGLES)),
            77 => Self::Curved("VTK_BEZIER_QUADRILATERAL", Corners::Lower(QUADRILATERALS)),
            78 => Self::Curved("VTK_BEZIER_TETRAHEDRON", Of(Tetrahedron)),
            79 => Self::Curved("VTK_BEZIER_HEXAHEDRON", Of(Hexahedron)),
            80 => Self::Curved("VTK_BEZIER_WEDGE", Of(Wedge)),
            81 => Self::Curved("VTK_BEZIER_PYRAMID", Of(Pyramid)),
            _ => Self::Unknown,
        }
    }
}

/// VTK's number of `shape`.
pub(crate) const fn vtk_type(shape: Shape) -> u8 {
    match shape {
        Shape::Tetrahedron => 10,
        Shape::Hexahedron => 12,
        Shape::Wedge => 13,
        Shape::Pyramid => 14,
        Shape::Polyhedron => 42,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_shape() {
        for shape in Shape::ALL {
            let expected = match shape {
                Shape::Polyhedron => CellKind::Polyhedron,
                shape => CellKind::Linear(shape),
            };
            assert_eq!(CellKind::of(vtk_type(shape)), expected);
        }
    }
}
