//! A convex standard cell as a source: what a job keeps of it for many targets.

use nalgebra::Point3;

use crate::convex::{ConvexCell, Corners, gather};
use crate::solid::{Solid, SolidClass};
use crate::standard::StandardShape;

/// A convex standard cell whose class is known, ready to be clipped by many others: a quarter of a
/// kilobyte, where a [`Solid`] is several times as large.
///
/// ```
/// use geom_intersect::{ConvexSource, Intersector, Solid, StandardShape};
/// use nalgebra::{Point3, Vector3};
///
/// let nodes = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut target = Solid::default();
/// target.set_standard(StandardShape::Tetrahedron, &nodes);
///
/// let sources = [0.5, 1.5].map(|shift| {
///     let shifted = nodes.map(|node| node + Vector3::new(shift, 0.0, 0.0));
///     ConvexSource::new(StandardShape::Tetrahedron, shifted, target.class())
/// });
/// let volumes = Intersector::default().convex_volumes(sources.each_ref(), &target);
/// assert_eq!(volumes, [Some(1.0 / 48.0), None]);
/// ```
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub struct ConvexSource {
    corners: Corners,
    class: SolidClass,
    shape: StandardShape,
}

/// A point.
impl Default for ConvexSource {
    fn default() -> Self {
        Self {
            corners: Corners::default(),
            class: SolidClass::default(),
            shape: StandardShape::Hexahedron,
        }
    }
}

impl ConvexSource {
    /// Takes a standard cell whose class is known to be [`convex`](SolidClass::convex).
    ///
    /// # Panics
    ///
    /// If the number of nodes is not that of the shape. The caller answers for the class, and for
    /// the orientation.
    #[must_use]
    #[inline]
    pub fn new(
        shape: StandardShape,
        nodes: impl IntoIterator<Item = Point3<f64>>,
        class: SolidClass,
    ) -> Self {
        let mut source = Self::default();
        source.set(shape, nodes, class);
        source
    }

    /// Takes another as [`new`](Self::new) does.
    ///
    /// # Panics
    ///
    /// If the number of nodes is not that of the shape.
    #[inline]
    pub fn set(
        &mut self,
        shape: StandardShape,
        nodes: impl IntoIterator<Item = Point3<f64>>,
        class: SolidClass,
    ) {
        debug_assert!(class.convex);
        gather(&mut self.corners, shape, nodes);
        (self.class, self.shape) = (class, shape);
    }

    /// Takes a solid; none where it is no convex standard cell.
    #[must_use]
    pub fn of(solid: &Solid) -> Option<Self> {
        let shape = solid.shape().filter(|_| solid.is_convex())?;
        Some(Self::new(shape, solid.nodes(), solid.class()))
    }

    /// Returns the class.
    #[must_use]
    #[inline]
    pub fn class(&self) -> &SolidClass {
        &self.class
    }

    #[inline]
    pub(crate) fn is_tetrahedron(&self) -> bool {
        self.shape == StandardShape::Tetrahedron
    }

    #[inline]
    pub(crate) fn cell(&self) -> ConvexCell<'_> {
        ConvexCell {
            shape: self.shape,
            corners: &self.corners,
        }
    }

    /// Fills a solid with the cell.
    pub(crate) fn fill(&self, solid: &mut Solid) {
        let nodes = (0..self.shape.node_count())
            .map(|node| self.corners.each_ref().map(|axis| axis.0[node]).into());
        solid.set_convex(self.shape, nodes, self.class);
    }
}
