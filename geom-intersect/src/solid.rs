//! A cell prepared for intersection.

use std::cell::OnceCell;

use nalgebra::{Point3, Vector3};

use crate::boxes;
use crate::convex::{ConvexPlanes, Corners, gather};
use crate::decomposition::Decomposition;
use crate::dispatch::Arithmetic;
use crate::frame::Frame;
use crate::lanes::{LaneMath, Portable};
use crate::moments::Moments;
use crate::outer_sides::{OuterSides, radius, radius_of_corners};
use crate::plane::{Plane, face_centre};
use crate::refilled::Refilled;
use crate::soup::Soup;
use crate::standard::StandardShape;
use crate::standard_faces::StandardFaces;
use crate::surface::Surface;
use crate::tetrahedra::{SourceTetrahedron, TargetTetrahedron};

/// A solid cell: the region that its closed, outward oriented faces bound.
///
/// A face with more than three nodes is the fan of triangles around the mean of its nodes; where
/// its nodes lie in a plane that is the face itself. The solid may be non-convex.
///
/// A `Solid` owns its storage and can be filled again for the next cell without allocation:
///
/// ```
/// use geom_intersect::{Solid, StandardShape};
/// use nalgebra::Point3;
///
/// let corners = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]].map(Point3::from);
/// let mut solid = Solid::default();
/// solid.set_standard(StandardShape::Tetrahedron, &corners);
/// assert!((solid.volume() - 1.0 / 6.0).abs() < 1e-16);
/// assert!(solid.is_convex());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Solid {
    shape: Option<StandardShape>,
    /// The nodes of a standard cell; where there are fewer than eight the first one fills up.
    corners: Corners,
    /// The nodes and faces of a polyhedron.
    nodes: Vec<Point3<f64>>,
    face_starts: Vec<u32>,
    face_nodes: Vec<u32>,
    class: SolidClass,
    frame: OnceCell<Frame>,
    /// Of each face, its plane in the cell's own frame and whether it has one; both empty for a box
    /// and for a solid set with a known class.
    planes: Vec<Plane>,
    planar: Vec<bool>,
    /// The planes once more, for the fast path: of a convex standard cell, in its own frame.
    own_planes: Refilled<ConvexPlanes>,
    /// And once more, for a quick word.
    outer_sides: Refilled<OuterSides>,
    /// The cell as the path of tetrahedra takes it for a target.
    target: Refilled<TargetTetrahedron>,
    surface: OnceCell<Surface>,
    decomposition: OnceCell<Decomposition>,
}

/// What a cell's geometry amounts to: found once per cell, remembered in a few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SolidClass {
    /// Whether every face is planar and the cell lies inside every face's plane.
    pub convex: bool,
    /// Whether the cell is a hexahedron and exactly an axis-aligned box.
    pub axis_aligned: bool,
    /// Radius of a ball around the centre of the cell's bounds that holds the cell; a little more, and
    /// infinite where the cell is so small or so large that its square cannot be told.
    pub radius: f32,
    /// Volume, never negative.
    pub volume: f64,
    /// Longest side of the axis-aligned box around the cell.
    pub extent: f64,
}

impl Solid {
    /// Fills the solid with a tetrahedron, pyramid, wedge or hexahedron.
    ///
    /// `nodes` are in the order of VTK and Gmsh; a cell listed as its mirror image (of negative
    /// volume) is turned round. Nodes may be repeated.
    ///
    /// # Panics
    ///
    /// If the number of nodes is not that of the shape.
    pub fn set_standard(&mut self, shape: StandardShape, nodes: &[Point3<f64>]) {
        self.set_corners(shape, nodes.iter().copied());
        self.classify_standard(shape);
        if self.class.volume < 0.0 {
            let mirrored = shape.mirrored().iter();
            self.set_corners(shape, mirrored.map(|&node| nodes[usize::from(node)]));
            self.classify_standard(shape);
        }
    }

    /// Fills the solid with a standard cell whose class is already known to be
    /// [`convex`](SolidClass::convex), without looking at it again.
    ///
    /// # Panics
    ///
    /// If the number of nodes is not that of the shape. The caller answers for the class, and for
    /// the orientation.
    pub fn set_convex(
        &mut self,
        shape: StandardShape,
        nodes: impl IntoIterator<Item = Point3<f64>>,
        class: SolidClass,
    ) {
        debug_assert!(class.convex);
        self.set_corners(shape, nodes);
        self.planes.clear();
        self.planar.clear();
        self.class = class;
    }

    /// Fills the solid with a convex standard cell of which all is known.
    #[inline]
    pub(crate) fn set_examined(
        &mut self,
        shape: StandardShape,
        nodes: impl IntoIterator<Item = Point3<f64>>,
        frame: Frame,
        planes: impl IntoIterator<Item = Plane>,
        class: SolidClass,
    ) {
        self.set_convex(shape, nodes, class);
        self.frame = OnceCell::from(frame);
        self.planes.extend(planes);
        self.planar.resize(self.planes.len(), true);
    }

    /// Fills the solid with a polyhedron.
    ///
    /// Each face lists its nodes as indices into `nodes`, counter-clockwise seen from outside. The
    /// faces have to form a closed surface (every edge is used as often in one direction as in the
    /// other); if all of them point inwards the solid is turned round.
    ///
    /// # Panics
    ///
    /// If a face names a node that is not there.
    pub fn set_polyhedron<F: AsRef<[u32]>>(
        &mut self,
        nodes: &[Point3<f64>],
        faces: impl IntoIterator<Item = F>,
    ) {
        self.reset(None);
        self.nodes.clear();
        self.nodes.extend_from_slice(nodes);
        self.face_starts.clear();
        self.face_nodes.clear();
        self.face_starts.push(0);
        for face in faces {
            self.face_nodes.extend_from_slice(face.as_ref());
            self.face_starts.push(self.face_nodes.len() as u32);
        }
        assert!(
            self.face_nodes
                .iter()
                .all(|&node| (node as usize) < nodes.len()),
            "every face names nodes of the polyhedron"
        );
        self.find_planes();
        if self.signed_volume() < 0.0 {
            for face in 0..self.face_count() {
                let range = self.face_range(face);
                self.face_nodes[range].reverse();
            }
            self.find_planes();
        }
        self.classify_polyhedron();
    }

    /// Returns the class, with which the same cell can be [set](Self::set_convex) faster again.
    #[must_use]
    pub fn class(&self) -> SolidClass {
        self.class
    }

    /// Returns the volume; zero for an empty solid.
    #[must_use]
    pub fn volume(&self) -> f64 {
        self.class.volume
    }

    /// Returns whether every face is planar and the solid lies inside every face's plane, as far as
    /// the rounding of its coordinates can tell.
    #[must_use]
    pub fn is_convex(&self) -> bool {
        self.class.convex
    }

    /// Returns volume and first moment.
    #[must_use]
    pub fn moments(&self) -> Moments {
        let mut soup = Soup::default();
        let origin = self.frame().origin;
        self.fill_soup(&mut soup, &origin);
        soup.moments::<true>(origin)
    }

    /// Returns the standard shape, or none for a polyhedron.
    #[must_use]
    pub fn shape(&self) -> Option<StandardShape> {
        self.shape
    }

    /// Returns the lowest and the highest corner of the axis-aligned box around the solid.
    #[must_use]
    pub fn bounds(&self) -> (Point3<f64>, Point3<f64>) {
        (self.frame().low, self.frame().high)
    }

    /// Where the solid lies, found once.
    pub(crate) fn frame(&self) -> &Frame {
        self.frame.get_or_init(|| match self.shape {
            Some(_) => Frame::of_corners(&self.corners),
            None => Frame::of(&self.nodes),
        })
    }

    /// The corners of a standard cell.
    pub(crate) fn corners(&self) -> &Corners {
        &self.corners
    }

    pub(crate) fn node_count(&self) -> usize {
        self.shape
            .map_or(self.nodes.len(), StandardShape::node_count)
    }

    /// The nodes in order.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Point3<f64>> + '_ {
        (0..self.node_count()).map(|node| self.node(node))
    }

    fn node(&self, node: usize) -> Point3<f64> {
        match self.shape {
            Some(_) => Point3::from([0, 1, 2].map(|axis: usize| self.corners[axis].0[node])),
            None => self.nodes[node],
        }
    }

    /// Forgets what is remembered of the cell before.
    #[inline]
    fn reset(&mut self, shape: Option<StandardShape>) {
        self.shape = shape;
        self.frame.take();
        self.surface.take();
        self.decomposition.take();
        self.own_planes.clear();
        self.outer_sides.clear();
        self.target.clear();
    }

    #[inline]
    fn set_corners(&mut self, shape: StandardShape, nodes: impl IntoIterator<Item = Point3<f64>>) {
        self.reset(Some(shape));
        gather(&mut self.corners, shape, nodes);
    }

    /// Finds the plane of each face of a polyhedron; of a warped face the mean plane, through its
    /// centre.
    fn find_planes(&mut self) {
        let origin = self.frame().origin;
        self.planes.clear();
        let mut corners = Vec::new();
        for face in 0..self.face_count() {
            corners.clear();
            corners.extend(
                self.face(face)
                    .iter()
                    .map(|&node| self.nodes[node as usize] - origin),
            );
            self.planes.push(Plane::of_face(&corners));
        }
    }

    /// The cone over a fan around the mean `c` of the face's nodes, planar or not, has six times
    /// the volume `c · n`, where `n` is twice the area vector: the normal of the mean plane.
    fn signed_volume(&self) -> f64 {
        let Some(first) = self.nodes.first() else {
            return 0.0;
        };
        let apex = first - self.frame().origin;
        let cones = self.planes.iter().map(|plane| -plane.distance(&apex));
        cones.sum::<f64>() / 6.0
    }

    /// Finds planes, which faces are planar, whether the cell is convex, and its signed volume.
    fn classify_standard(&mut self, shape: StandardShape) {
        let Frame {
            low,
            high,
            origin,
            magnitude,
            ..
        } = *self.frame();
        self.planes.clear();
        self.planar.clear();
        if shape == StandardShape::Hexahedron && boxes::is_box(&self.corners, &low, &high) {
            self.class = SolidClass::of_box(&low, &high);
            return;
        }
        let corners = self.corners_from(&origin);
        let StandardFaces {
            planes,
            planar,
            convex,
            volume,
        } = Arithmetic::default().faces(shape, &corners, magnitude);
        let faces = shape.faces().len();
        self.planes.extend_from_slice(&planes[..faces]);
        self.planar.extend_from_slice(&planar[..faces]);
        self.class = self.class_with(convex, volume);
    }

    /// The corners of a standard cell relative to a point.
    #[inline]
    fn corners_from(&self, origin: &Point3<f64>) -> Corners {
        let mut corners = self.corners;
        for (axis, numbers) in corners.iter_mut().enumerate() {
            *numbers = Portable.relative(numbers, origin[axis]);
        }
        corners
    }

    fn class_with(&self, convex: bool, volume: f64) -> SolidClass {
        SolidClass {
            convex,
            axis_aligned: false,
            radius: match self.shape {
                Some(_) => radius_of_corners(self.bounds(), &self.corners),
                None => radius(self.bounds(), self.nodes.iter()),
            },
            volume,
            extent: self.frame().extent,
        }
    }

    /// Finds out which faces are planar and whether the solid is convex.
    fn classify_polyhedron(&mut self) {
        let Frame {
            origin, magnitude, ..
        } = *self.frame();
        let mut planar = std::mem::take(&mut self.planar);
        planar.clear();
        let mut convex = true;
        for (face, plane) in self.planes.iter().enumerate() {
            let corners = self.face(face);
            let limit = plane.coplanarity(magnitude);
            // Written so that NaN is not planar.
            let is_planar = corners.len() == 3
                || corners.iter().all(|&node| {
                    plane.distance(&(self.nodes[node as usize] - origin)).abs() <= limit
                });
            convex = convex && is_planar && self.is_inside(plane, corners, &origin, limit);
            planar.push(is_planar);
        }
        self.planar = planar;
        self.class = self.class_with(convex, self.signed_volume());
    }

    /// Whether no node but the corners of a face is farther outside its plane than `limit`.
    fn is_inside(&self, plane: &Plane, corners: &[u32], origin: &Point3<f64>, limit: f64) -> bool {
        // The corners' own distances are rounding.
        self.nodes.iter().enumerate().all(|(index, node)| {
            plane.distance(&(node - origin)) <= limit || corners.contains(&(index as u32))
        })
    }

    pub(crate) fn face_count(&self) -> usize {
        match self.shape {
            Some(shape) => shape.faces().len(),
            None => self.face_starts.len().saturating_sub(1),
        }
    }

    fn face_range(&self, face: usize) -> std::ops::Range<usize> {
        self.face_starts[face] as usize..self.face_starts[face + 1] as usize
    }

    /// Local node ids of a face.
    pub(crate) fn face(&self, face: usize) -> &[u32] {
        match self.shape {
            Some(shape) => shape.faces()[face],
            None => &self.face_nodes[self.face_range(face)],
        }
    }

    /// Whether a face's nodes lie in a plane, and that plane in the cell's own frame.
    pub(crate) fn face_plane(&self, face: usize) -> (bool, &Plane) {
        (self.planar[face], &self.planes[face])
    }

    /// Returns the planes for the fast path in the cell's own frame, found once; none unless the
    /// solid is a convex standard cell, one of whose corners is good for coordinates.
    #[inline]
    pub(crate) fn own_planes(&self) -> Option<&ConvexPlanes> {
        let shape = self.shape.filter(|_| self.class.convex)?;
        let own = self.own_planes.get_or_fill(|own| {
            let Frame { origin, extent, .. } = *self.frame();
            let nodes = self.corners_from(&origin);
            self.with_convex_planes(|planes| {
                let volume = self.class.volume;
                Arithmetic::default().fill_planes(own, shape, planes, &nodes, extent, volume);
            });
        });
        Some(own).filter(|own| own.is_usable())
    }

    /// Returns the faces of a convex standard cell as they are asked about balls, found once.
    #[inline]
    pub(crate) fn outer_sides(&self) -> Option<&OuterSides> {
        self.shape.filter(|_| self.class.convex)?;
        Some(self.outer_sides.get_or_fill(|sides| {
            self.with_convex_planes(|planes| sides.fill(planes, self.frame().extent));
        }))
    }

    /// Calls a function with the planes of a convex solid in its own frame.
    #[inline]
    fn with_convex_planes(&self, take: impl FnOnce(&[Plane])) {
        if self.planes.is_empty() {
            let mut planes = Vec::new();
            self.convex_planes(&self.frame().origin, &mut planes);
            take(&planes);
        } else {
            take(&self.planes);
        }
    }

    /// Returns the cell as the path of tetrahedra takes it for a source; none unless it is a convex
    /// tetrahedron.
    #[inline]
    pub(crate) fn source_tetrahedron(&self) -> Option<SourceTetrahedron> {
        self.is_convex_tetrahedron()
            .then(|| SourceTetrahedron::new(self.first_four_nodes(), self.class))
    }

    /// Returns the cell as that path takes it for a target, found once; none unless it is a convex
    /// tetrahedron, and not flat.
    #[inline]
    pub(crate) fn target_tetrahedron(&self) -> Option<&TargetTetrahedron> {
        if !self.is_convex_tetrahedron() {
            return None;
        }
        let target = self.target.get_or_fill(|target| {
            target.fill(&self.first_four_nodes(), self.frame(), &self.class);
        });
        Some(target).filter(|target| target.is_usable())
    }

    #[inline]
    pub(crate) fn is_convex_tetrahedron(&self) -> bool {
        self.class.convex && self.shape == Some(StandardShape::Tetrahedron)
    }

    fn first_four_nodes(&self) -> [Point3<f64>; 4] {
        [0, 1, 2, 3].map(|node| self.node(node))
    }

    /// Puts the planes of a convex solid, in the frame of `origin`, into `planes`.
    pub(crate) fn convex_planes(&self, origin: &Point3<f64>, planes: &mut Vec<Plane>) {
        planes.clear();
        match self.shape {
            Some(shape) if self.planes.is_empty() || *origin != self.frame().origin => {
                let node = |node: u32| self.node(node as usize) - origin;
                planes.extend(shape.faces().iter().map(|face| plane_of(face, node)));
            }
            _ => {
                let shift = self.frame().origin - origin;
                planes.extend(self.planes.iter().map(|plane| plane.moved(&shift)));
            }
        }
    }

    /// Returns the surface with planar faces that bounds the solid, found once.
    pub(crate) fn surface(&self) -> &Surface {
        self.surface.get_or_init(|| match self.shape {
            Some(shape) => {
                Surface::of_standard(shape, |face| self.class.convex || self.planar[face])
            }
            None => Surface::of_faces(self),
        })
    }

    /// Returns the solid as a signed sum of convex pieces in the cell's own frame, found once.
    pub(crate) fn decomposition(&self) -> &Decomposition {
        self.decomposition.get_or_init(|| Decomposition::of(self))
    }

    /// Puts the solid's surface, in the frame of `origin`, into a soup.
    pub(crate) fn fill_soup(&self, soup: &mut Soup, origin: &Point3<f64>) {
        let surface = self.surface();
        surface.soup_edges(&mut soup.edges);
        soup.faces = surface.faces;
        self.vertices(origin, &mut soup.vertices);
    }

    /// Puts the nodes, then the centres of the warped faces in ascending order, into `vertices`.
    pub(crate) fn vertices(&self, origin: &Point3<f64>, vertices: &mut Vec<Vector3<f64>>) {
        vertices.clear();
        vertices.extend(self.nodes().map(|node| node - origin));
        for face in (0..self.planar.len()).filter(|&face| !self.planar[face]) {
            let node = |&node: &u32| vertices[node as usize];
            let centre = match self.face(face) {
                [a, b, c, d] => face_centre(&[node(a), node(b), node(c), node(d)]),
                corners => face_centre(&corners.iter().map(node).collect::<Vec<_>>()),
            };
            vertices.push(centre);
        }
    }
}

/// Returns the plane of a face of a standard shape.
#[inline]
fn plane_of(face: &[u32], node: impl Fn(u32) -> Vector3<f64>) -> Plane {
    let mut corners = [Vector3::zeros(); 4];
    for (corner, &id) in corners.iter_mut().zip(face) {
        *corner = node(id);
    }
    Plane::of_face(&corners[..face.len()])
}
