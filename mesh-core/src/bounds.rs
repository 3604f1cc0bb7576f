//! Closed axis-aligned boxes.

use crate::{Point3, Vector3};

/// A closed axis-aligned box. It is empty where a coordinate of `min` exceeds that of `max`.
///
/// ```
/// use mesh_core::{Bounds, Point3};
/// let unit = Bounds::from_points([&Point3::origin(), &Point3::new(1.0, 1.0, 1.0)]);
/// let beside = Bounds { min: Point3::new(1.0, 0.0, 0.0), max: Point3::new(2.0, 1.0, 1.0) };
/// assert!(unit.overlaps(&beside)); // touching counts
/// assert!(!unit.overlaps(&Bounds::EMPTY));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The lowest corner.
    pub min: Point3,
    /// The highest corner.
    pub max: Point3,
}

impl Bounds {
    /// The box that contains nothing and is neutral in [`Bounds::union`].
    pub const EMPTY: Self = Self {
        min: Point3::new(f64::INFINITY, f64::INFINITY, f64::INFINITY),
        max: Point3::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY),
    };

    /// The smallest box around the points; [`Bounds::EMPTY`] around none.
    #[must_use]
    pub fn from_points<'a>(points: impl IntoIterator<Item = &'a Point3>) -> Self {
        points
            .into_iter()
            .fold(Self::EMPTY, |bounds, point| bounds.with_point(point))
    }

    /// The smallest box around this one and a point.
    #[must_use]
    pub fn with_point(&self, point: &Point3) -> Self {
        Self {
            min: lower(&self.min, point),
            max: upper(&self.max, point),
        }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min: lower(&self.min, &other.min),
            max: upper(&self.max, &other.max),
        }
    }

    /// The common part of both, empty where they do not meet.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            min: upper(&self.min, &other.min),
            max: lower(&self.max, &other.max),
        }
    }

    /// Whether no point lies inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        (0..3).any(|axis| self.min[axis] > self.max[axis])
    }

    /// Whether the point lies inside or on the border.
    #[must_use]
    pub fn contains(&self, point: &Point3) -> bool {
        (0..3).all(|axis| self.min[axis] <= point[axis] && point[axis] <= self.max[axis])
    }

    /// Whether the boxes have a point in common, the border included.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        (0..3).all(|axis| self.min[axis] <= other.max[axis] && other.min[axis] <= self.max[axis])
    }

    /// The lengths of the edges; zero for an empty box.
    #[must_use]
    pub fn extent(&self) -> Vector3 {
        if self.is_empty() {
            Vector3::zeros()
        } else {
            self.max - self.min
        }
    }

    /// The middle of the box, without overflow; meaningless for an empty one.
    #[must_use]
    pub fn center(&self) -> Point3 {
        Point3::from(self.min.coords * 0.5 + self.max.coords * 0.5)
    }

    /// The product of the extents; zero for an empty box.
    #[must_use]
    pub fn volume(&self) -> f64 {
        self.extent().product()
    }
}

/// The lower of both by axis: one instruction each, as no coordinate is undefined.
#[inline]
fn lower(left: &Point3, right: &Point3) -> Point3 {
    let lower = |left: f64, right: f64| if right < left { right } else { left };
    Point3::new(
        lower(left.x, right.x),
        lower(left.y, right.y),
        lower(left.z, right.z),
    )
}

/// The upper of both by axis.
#[inline]
fn upper(left: &Point3, right: &Point3) -> Point3 {
    let upper = |left: f64, right: f64| if right > left { right } else { left };
    Point3::new(
        upper(left.x, right.x),
        upper(left.y, right.y),
        upper(left.z, right.z),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_box_is_neutral_in_a_union_and_has_no_extent() {
        let unit = Bounds {
            min: Point3::origin(),
            max: Point3::new(1.0, 2.0, 3.0),
        };
        assert_eq!(unit.union(&Bounds::EMPTY), unit);
        assert_eq!(Bounds::EMPTY.extent(), Vector3::zeros());
        assert!(Bounds::EMPTY.is_empty() && !unit.is_empty());
        assert_eq!(unit.volume(), 6.0);
    }

    #[test]
    fn boxes_apart_have_an_empty_intersection() {
        let left = Bounds {
            min: Point3::origin(),
            max: Point3::new(1.0, 1.0, 1.0),
        };
        let right = Bounds {
            min: Point3::new(2.0, 0.0, 0.0),
            max: Point3::new(3.0, 1.0, 1.0),
        };
        assert!(left.intersection(&right).is_empty());
        assert!(!left.overlaps(&right));
        assert!(left.contains(&left.center()));
    }
}
