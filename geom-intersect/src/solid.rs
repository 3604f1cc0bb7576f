//! A cell prepared for intersection.

use std::cell::OnceCell;

use nalgebra::{Point3, Vector3};

use crate::convex::ConvexPlanes;
use crate::decomposition::Decomposition;
use crate::frame::Frame;
use crate::moments::Moments;
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
#[derive(Debug, Clone, Default)]
pub struct Solid {
    shape: Option<StandardShape>,
    pub(crate) nodes: Vec<Point3<f64>>,
    /// The faces of a polyhedron.
    face_starts: Vec<u32>,
    face_nodes: Vec<u32>,
    class: SolidClass,
    frame: OnceCell<Frame>,
    /// Of each face, its plane in the cell's own frame and whether it has one; both empty for a
    /// solid set with a known class.
    planes: Vec<Plane>,
    planar: Vec<bool>,
    /// The planes once more, for the fast path: of a convex standard cell, in its own frame.
    own_planes: Option<ConvexPlanes>,
    surface: OnceCell<Surface>,
    decomposition: OnceCell<Decomposition>,
}

/// What a cell's geometry amounts to: found once per cell, remembered in a few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SolidClass {
    /// Whether every face is planar and the cell lies inside every face's plane.
    pub convex: bool,
    /// Volume, never negative.
    pub volume: f64,
    /// Volume over the square of the longest side of the box around the cell: the height of a flat
    /// cell, the area over the length of a needle.
    pub thickness: f64,
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
        self.set_nodes(Some(shape), nodes.iter().copied());
        self.classify_standard(shape);
        if self.class.volume < 0.0 {
            let mirrored = shape.mirrored().iter();
            self.set_nodes(Some(shape), mirrored.map(|&node| nodes[usize::from(node)]));
            self.classify_standard(shape);
        }
        if self.class.convex {
            let origin = self.frame().origin;
            self.own_planes = Some(self.arranged(shape, &self.planes, &origin));
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
        self.set_nodes(Some(shape), nodes);
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
        self.set_nodes(None, nodes.iter().copied());
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
        self.frame.get_or_init(|| Frame::of(&self.nodes))
    }

    fn set_nodes(
        &mut self,
        shape: Option<StandardShape>,
        nodes: impl IntoIterator<Item = Point3<f64>>,
    ) {
        self.shape = shape;
        self.nodes.clear();
        self.nodes.extend(nodes);
        if let Some(shape) = shape {
            assert_eq!(
                self.nodes.len(),
                shape.node_count(),
                "a {shape:?} has its number of nodes"
            );
        }
        self.frame.take();
        self.surface.take();
        self.decomposition.take();
        self.own_planes = None;
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
            origin, magnitude, ..
        } = *self.frame();
        // Axis by axis, so that the distances of all nodes from a plane are found side by side.
        let mut nodes = [[0.0; 8]; 3];
        for (index, node) in self.nodes.iter().enumerate() {
            for axis in 0..3 {
                nodes[axis][index % 8] = node[axis] - origin[axis];
            }
        }
        let node =
            |index: u32| Vector3::from([0, 1, 2].map(|axis| nodes[axis][index as usize % 8]));
        let apex = node(0);
        self.planes.clear();
        self.planar.clear();
        let mut convex = true;
        let mut volume = 0.0;
        for face in shape.faces() {
            let plane = plane_of(face, node);
            let limit = plane.coplanarity(magnitude);
            let distances = plane.distances(&nodes);
            // The corners of a quadrilateral are all as far from its mean plane, above or below.
            let planar = face.len() == 3 || distances[face[0] as usize % 8].abs() <= limit;
            let corners = face.iter().fold(0, |set, corner| set | 1 << corner);
            let others = ((1 << self.nodes.len()) - 1) & !corners;
            // Written so that NaN is outside.
            let outside = (0..8).fold(0, |set, index| {
                set | u32::from(!(distances[index] <= limit)) << index
            });
            convex &= planar && outside & others == 0;
            volume -= plane.distance(&apex);
            self.planes.push(plane);
            self.planar.push(planar);
        }
        self.class = self.class_with(convex, volume / 6.0);
    }

    fn class_with(&self, convex: bool, volume: f64) -> SolidClass {
        let extent = self.frame().extent;
        SolidClass {
            convex,
            volume,
            thickness: volume / (extent * extent),
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
        let references = references.map(|node| self.nodes[node] - origin);
        ConvexPlanes::new(shape, planes, references, self.frame().extent)
    }

    /// Puts the planes of a convex solid, in the frame of `origin`, into `planes`.
    pub(crate) fn convex_planes(&self, origin: &Point3<f64>, planes: &mut Vec<Plane>) {
        planes.clear();
        match self.shape {
            Some(shape) if self.planes.is_empty() || *origin != self.frame().origin => {
                let node = |node: u32| self.nodes[node as usize] - origin;
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
        vertices.extend(self.nodes.iter().map(|node| node - origin));
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
