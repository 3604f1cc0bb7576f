//! Volume and first moment of the overlap of two polyhedral cells.
//!
//! A [`Solid`] is a cell prepared for intersection: a tetrahedron, pyramid, wedge or hexahedron, or
//! any polyhedron with a closed, outward oriented surface. An [`Intersector`] computes overlaps of
//! solids.
//!
//! # What is promised
//!
//! * One face model for every shape: a face with more than three nodes is the fan of triangles
//!   around the mean of its nodes. Cells that share a face share it exactly, warped or not, so that
//!   overlaps with neighbours add up.
//! * An overlap depends on its two solids only, and is the same bits on every run.
//! * Errors are a few epsilon of the smaller solid's volume. Solids that share a face, an edge or a
//!   vertex, or parts of them, need no special care. Solids that only touch do not overlap.
//! * No absolute tolerance: scaling by a power of two scales volumes exactly; cells far from the
//!   origin keep their digits, and so do thin layers, and needles along an axis. A needle of
//!   thickness `d` that is askew has coordinates that are rounded to an epsilon of its length, which
//!   costs `ε/d²` of its volume.
//!
//! # What is not
//!
//! A surface that cuts through itself has no inside. Its overlaps are signed sums over its parts.
//!
//! The maths is in `docs/maths.md`.

mod boxes;
mod clipped;
mod convex;
mod convex_source;
mod corner;
mod decomposition;
mod dispatch;
mod edge_sets;
mod edge_table;
mod eight_boxes;
mod eight_hexahedra;
mod frame;
mod general;
mod intersector;
mod lanes;
mod moments;
mod noise;
mod oriented_bounds;
mod outer_sides;
mod plane;
mod plane_lanes;
mod refilled;
mod second_moments;
mod solid;
mod soup;
mod standard;
mod standard_faces;
mod surface;
#[cfg(test)]
mod test_cells;
mod tetrahedra;

pub use boxes::upright_box;
pub use convex::Degenerate;
pub use convex_source::ConvexSource;
pub use eight_boxes::{BoxFilter, EightBoxes, EightSingleBoxes, SingleEnds};
pub use eight_hexahedra::EightHexahedra;
pub use intersector::{Intersector, box_overlap};
pub use moments::Moments;
pub use oriented_bounds::{EightOrientedBounds, OrientedBounds};
pub use second_moments::SecondMoments;
pub use solid::{Solid, SolidClass};
pub use standard::StandardShape;
pub use tetrahedra::{SourceTetrahedron, TargetTetrahedron, examine_tetrahedron};
