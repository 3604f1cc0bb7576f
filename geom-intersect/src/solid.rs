//! A cell prepared for intersection.

use std::cell::OnceCell;

use nalgebra::{Point3, Vector3};

use crate::convex::ConvexPlanes;
use crate::decomposition::Decomposition;
use crate::frame::{box_of, frame_origin};
use crate::moments::{EdgeSum, Moments};
use crate::plane::{Plane, face_centre};
use crate::soup::Soup;
use crate::standard::StandardShape;
use crate::surface::Surface;

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
#[derive(Debug, Clone)]
pub struct Solid {
    shape: Option<StandardShape>,
    pub(crate) nodes: Vec<Point3<f64>>,
    face_starts: Vec<u32>,
    face_nodes: Vec<u32>,
    low: Point3<f64>,
    high: Point3<f64>,
    /// Origin of the cell's own frame; every `node − origin` is exact.
    pub(crate) origin: Point3<f64>,
    /// Largest absolute coordinate: what the rounding of the input is relative to.
    pub(crate) magnitude: f64,
    class: SolidClass,
    /// Of each face, its plane in the cell's own frame and whether it has one; both empty for a
    /// solid set with a known class.
    planes: Vec<Plane>,
    planar: Vec<bool>,
    /// Scratch: the corners of a face.
    corners: Vec<Vector3<f64>>,
    surface: OnceCell<Surface>,
    decomposition: OnceCell<Decomposition>,
    /// The planes once more, for the fast path: of a convex standard cell, in its own frame.
    own_planes: Option<ConvexPlanes>,
}

/// What a cell's geometry amounts to: found once per cell, remembered in nine bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolidClass {
    /// Whether every face is planar and the cell lies inside every face's plane.
    pub convex: bool,
    /// Volume, never negative.
    pub volume: f64,
}

impl Default for Solid {
    fn default() -> Self {
        Self {
            shape: None,
            nodes: Vec::new(),
            face_starts: Vec::new(),
            face_nodes: Vec::new(),
            low: Point3::origin(),
            high: Point3::origin(),
            origin: Point3::origin(),
            magnitude: 0.0,
            class: SolidClass {
                convex: false,
                volume: 0.0,
            },
            planes: Vec::new(),
            planar: Vec::new(),
            corners: Vec::new(),
            surface: OnceCell::new(),
            decomposition: OnceCell::new(),
            own_planes: None,
        }
    }
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
        assert_eq!(
            nodes.len(),
            shape.node_count(),
            "a {shape:?} has its number of nodes"
        );
        self.shape = Some(shape);
        self.set_nodes(nodes.iter().copied());
        self.face_starts.clear();
        self.face_nodes.clear();
        self.face_starts.push(0);
        for face in shape.faces() {
            self.face_nodes
                .extend(face.iter().map(|&node| u32::from(node)));
            self.face_starts.push(self.face_nodes.len() as u32);
        }
        let volume = self.signed_volume();
        if volume < 0.0 {
            let mirrored = shape.mirrored();
            self.set_nodes(mirrored.iter().map(|&node| nodes[usize::from(node)]));
        }
        self.classify(volume.abs());
    }

    /// Fills the solid with a standard cell whose class is already known to be
    /// [`convex`](SolidClass::convex), without looking at it again.
    ///
    /// # Panics
    ///
    /// If the number of nodes is not that of the shape. The caller answers for the class, and for
    /// the orientation.
    pub fn set_convex(&mut self, shape: StandardShape, nodes: &[Point3<f64>], class: SolidClass) {
        assert_eq!(
            nodes.len(),
            shape.node_count(),
            "a {shape:?} has its number of nodes"
        );
        debug_assert!(class.convex);
        self.shape = Some(shape);
        self.set_nodes(nodes.iter().copied());
        self.planes.clear();
        self.planar.clear();
        self.class = class;
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
        self.shape = None;
        self.set_nodes(nodes.iter().copied());
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
        let volume = self.signed_volume();
        if volume < 0.0 {
            for face in 0..self.face_count() {
                let range = self.face_range(face);
                self.face_nodes[range].reverse();
            }
        }
        self.classify(volume.abs());
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
        self.fill_soup(&mut soup, &self.origin);
        soup.moments::<true>(self.origin)
    }

    /// Returns the standard shape, or none for a polyhedron.
    #[must_use]
    pub fn shape(&self) -> Option<StandardShape> {
        self.shape
    }

    /// Returns the lowest and the highest corner of the axis-aligned box around the solid.
    #[must_use]
    pub fn bounds(&self) -> (Point3<f64>, Point3<f64>) {
        (self.low, self.high)
    }

    /// Largest side of the box around the solid.
    pub(crate) fn extent(&self) -> f64 {
        (self.high - self.low).max()
    }

    fn set_nodes(&mut self, nodes: impl Iterator<Item = Point3<f64>>) {
        self.nodes.clear();
        self.nodes.extend(nodes);
        (self.low, self.high) = box_of(&self.nodes);
        self.origin = frame_origin(&self.low, &self.high);
        self.magnitude = self.low.coords.amax().max(self.high.coords.amax());
        self.surface.take();
        self.decomposition.take();
        self.own_planes = None;
    }

    /// Six times the volume is the sum over the triangles of the faces' fans.
    fn signed_volume(&mut self) -> f64 {
        let Some(first) = self.nodes.first() else {
            return 0.0;
        };
        let apex = first - self.origin;
        let mut sum = EdgeSum::default();
        for face in 0..self.face_count() {
            self.gather_corners(face);
            let count = self.corners.len();
            let centre = face_centre(&self.corners) - apex;
            for corner in 0..count {
                let start = self.corners[corner] - apex;
                let end = self.corners[(corner + 1) % count] - apex;
                sum.add::<false>(&start, &end, &centre, &Vector3::zeros());
            }
        }
        sum.moments(self.origin).volume
    }

    /// Finds the planes of the faces, which faces are planar, and whether the solid is convex.
    fn classify(&mut self, volume: f64) {
        self.planes.clear();
        self.planar.clear();
        for face in 0..self.face_count() {
            self.gather_corners(face);
            let plane = Plane::of_face(&self.corners);
            let warped = self.corners.len() > 3
                && self
                    .corners
                    .iter()
                    .any(|corner| plane.deviates(corner, self.magnitude));
            self.planes.push(plane);
            self.planar.push(!warped);
        }
        let convex = self.planar.iter().all(|&planar| planar)
            && self.planes.iter().all(|plane| {
                self.nodes
                    .iter()
                    .all(|node| !plane.excludes(&(node - self.origin), self.magnitude))
            });
        self.class = SolidClass { convex, volume };
        self.own_planes = match self.shape {
            Some(shape) if convex => Some(self.arranged(shape, &self.planes, &self.origin)),
            _ => None,
        };
    }

    /// Puts a face's corners, in the cell's own frame, into the scratch space.
    fn gather_corners(&mut self, face: usize) {
        let range = self.face_range(face);
        let nodes = self.face_nodes[range].iter();
        self.corners.clear();
        self.corners
            .extend(nodes.map(|&node| self.nodes[node as usize] - self.origin));
    }

    pub(crate) fn face_count(&self) -> usize {
        self.face_starts.len().saturating_sub(1)
    }

    fn face_range(&self, face: usize) -> std::ops::Range<usize> {
        self.face_starts[face] as usize..self.face_starts[face + 1] as usize
    }

    /// Local node ids of a face.
    pub(crate) fn face(&self, face: usize) -> &[u32] {
        &self.face_nodes[self.face_range(face)]
    }

    /// Whether a face's nodes lie in a plane, and that plane in the cell's own frame.
    pub(crate) fn face_plane(&self, face: usize) -> (bool, &Plane) {
        (self.planar[face], &self.planes[face])
    }

    /// Returns the planes for the fast path in the cell's own frame, where they were prepared.
    pub(crate) fn own_planes(&self) -> Option<&ConvexPlanes> {
        self.own_planes.as_ref()
    }

    /// Returns the planes for the fast path in the frame of `origin`; none unless the solid is a
    /// convex standard cell.
    pub(crate) fn planes_in(
        &self,
        origin: &Point3<f64>,
        scratch: &mut Vec<Plane>,
    ) -> Option<ConvexPlanes> {
        let shape = self.shape.filter(|_| self.class.convex)?;
        self.convex_planes(origin, scratch);
        Some(self.arranged(shape, scratch, origin))
    }

    fn arranged(
        &self,
        shape: StandardShape,
        planes: &[Plane],
        origin: &Point3<f64>,
    ) -> ConvexPlanes {
        let references = shape.topology().references;
        let references = references.map(|node| self.nodes[usize::from(node)] - origin);
        ConvexPlanes::new(shape, planes, references, self.extent())
    }

    /// Puts the planes of a convex solid, in the frame of `origin`, into `planes`.
    pub(crate) fn convex_planes(&self, origin: &Point3<f64>, planes: &mut Vec<Plane>) {
        planes.clear();
        match self.shape {
            Some(shape) if self.planes.is_empty() || *origin != self.origin => {
                planes.extend(shape.faces().iter().map(|face| {
                    let mut corners = [Vector3::zeros(); 4];
                    for (corner, &node) in corners.iter_mut().zip(*face) {
                        *corner = self.nodes[usize::from(node)] - origin;
                    }
                    Plane::of_face(&corners[..face.len()])
                }));
            }
            _ => {
                let shift = self.origin - origin;
                planes.extend(self.planes.iter().map(|plane| plane.moved(&shift)));
            }
        }
    }

    /// Returns the surface with planar faces that bounds the solid, found once.
    fn surface(&self) -> &Surface {
        self.surface.get_or_init(|| match self.shape {
            Some(shape) if self.class.convex => Surface::of_planar(shape),
            _ => Surface::of_faces(self),
        })
    }

    /// Returns the solid as a signed sum of convex pieces in the cell's own frame, found once.
    pub(crate) fn decomposition(&self) -> &Decomposition {
        self.decomposition.get_or_init(|| Decomposition::of(self))
    }

    /// Puts the solid's surface, in the frame of `origin`, into a soup.
    pub(crate) fn fill_soup(&self, soup: &mut Soup, origin: &Point3<f64>) {
        let surface = self.surface();
        soup.edges.clone_from(&surface.edges);
        soup.faces = surface.faces;
        self.vertices(origin, &mut soup.vertices);
    }

    /// Puts the nodes, then the centres of the warped faces in ascending order, into `vertices`.
    pub(crate) fn vertices(&self, origin: &Point3<f64>, vertices: &mut Vec<Vector3<f64>>) {
        vertices.clear();
        vertices.extend(self.nodes.iter().map(|node| node - origin));
        let mut corners = Vec::new();
        for face in (0..self.planar.len()).filter(|&face| !self.planar[face]) {
            corners.clear();
            corners.extend(self.face(face).iter().map(|&node| vertices[node as usize]));
            vertices.push(face_centre(&corners));
        }
    }
}
