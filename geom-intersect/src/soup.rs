//! A polyhedron as a soup of edges, clipped by planes: right for any closed surface.
//!
//! The surface is an unordered list of edges, each with the face on its left and on its right.
//! Clipping never walks around a face, so there is no order to get wrong: an edge with both ends
//! outside goes, an edge with one end outside is shortened to a new vertex, and each face that is
//! cut gets new edges along the cut. After every clip the list is closed again *whatever* the signs
//! of the distances were, because a vertex has one sign for all edges that meet in it. That is what
//! makes shared faces, edges and vertices harmless (docs/maths.md, section 3).

use nalgebra::{Point3, Vector3};

use crate::moments::{EdgeSum, Moments};
use crate::plane::Plane;

/// An edge `start → end` between the face on its left and the face on its right, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SoupEdge {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) left: u32,
    pub(crate) right: u32,
}

/// The edges of a closed surface with planar faces, and the scratch space to clip them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Soup {
    pub(crate) vertices: Vec<Vector3<f64>>,
    pub(crate) edges: Vec<SoupEdge>,
    pub(crate) faces: u32,
    /// Of each vertex, its distance from the plane that clips.
    distances: Vec<f64>,
    /// Of each face, a vertex of it: where the cut meets it first, and in the end its reference.
    vertex_of_face: Vec<u32>,
    cut_edges: Vec<SoupEdge>,
}

const NO_VERTEX: u32 = u32::MAX;

impl Soup {
    /// Takes over another soup's surface.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.vertices.clone_from(&other.vertices);
        self.edges.clone_from(&other.edges);
        self.faces = other.faces;
    }

    /// Removes what lies outside a plane; a vertex no farther out than `snap` counts as inside.
    pub(crate) fn clip(&mut self, plane: &Plane, snap: f64) {
        self.distances.clear();
        self.distances
            .extend(self.vertices.iter().map(|vertex| plane.distance(vertex)));
        if self.distances.iter().all(|&distance| distance <= snap) {
            return;
        }
        let cap = self.faces;
        self.faces += 1;
        self.vertex_of_face.clear();
        self.vertex_of_face.resize(self.faces as usize, NO_VERTEX);
        self.cut_edges.clear();

        let mut kept = 0;
        for index in 0..self.edges.len() {
            let mut edge = self.edges[index];
            let start = self.distances[edge.start as usize];
            let end = self.distances[edge.end as usize];
            match (start > snap, end > snap) {
                (false, false) => {}
                (true, true) => continue,
                (false, true) => {
                    edge.end = self.cut(edge.start, edge.end);
                    self.close(edge.left, cap, edge.end, Crossing::Exit);
                    self.close(edge.right, cap, edge.end, Crossing::Entry);
                }
                (true, false) => {
                    edge.start = self.cut(edge.end, edge.start);
                    self.close(edge.left, cap, edge.start, Crossing::Entry);
                    self.close(edge.right, cap, edge.start, Crossing::Exit);
                }
            }
            self.edges[kept] = edge;
            kept += 1;
        }
        self.edges.truncate(kept);
        self.edges.extend_from_slice(&self.cut_edges);
    }

    /// Adds the vertex where the edge from `inside` to `outside` meets the plane.
    fn cut(&mut self, inside: u32, outside: u32) -> u32 {
        // A snapped vertex is on the plane: without the minimum the cut could leave the edge.
        let near = self.distances[inside as usize].min(0.0);
        let far = self.distances[outside as usize];
        let from = self.vertices[inside as usize];
        let to = self.vertices[outside as usize];
        self.vertices
            .push(from + (to - from) * (near / (near - far)));
        (self.vertices.len() - 1) as u32
    }

    /// Closes a face along the cut: new edges run from where its boundary leaves the half-space to
    /// where it comes back.
    ///
    /// A face that is cut more than once has several exits and entries. All of them lie on one
    /// line, so any pairing gives the same sums; here all go by way of the first.
    fn close(&mut self, face: u32, cap: u32, vertex: u32, crossing: Crossing) {
        let first = &mut self.vertex_of_face[face as usize];
        if *first == NO_VERTEX {
            *first = vertex;
            return;
        }
        let (start, end) = match crossing {
            Crossing::Exit => (vertex, *first),
            Crossing::Entry => (*first, vertex),
        };
        self.cut_edges.push(SoupEdge {
            start,
            end,
            left: face,
            right: cap,
        });
    }

    /// Returns the moments of what is left, about the frame's origin.
    ///
    /// Everything is taken relative to a vertex that is left, and each face is represented by one
    /// of its own vertices, so the rounding is that of a solid as small as the overlap.
    pub(crate) fn moments<const FIRST: bool>(&mut self, origin: Point3<f64>) -> Moments {
        let Some(first) = self.edges.first() else {
            return EdgeSum::default().moments(origin);
        };
        let near = self.vertices[first.start as usize];
        let mut sum = EdgeSum::default();
        self.for_each_edge(&near, |start, end, left, right| {
            sum.add::<FIRST>(start, end, left, right);
        });
        let mut moments = sum.moments(origin);
        moments.first += near * moments.volume;
        moments
    }

    /// Visits the edges with a vertex of the face on their left and one of that on their right, all
    /// relative to a point.
    #[inline(always)]
    pub(crate) fn for_each_edge(
        &mut self,
        about: &Vector3<f64>,
        mut visit: impl FnMut(&Vector3<f64>, &Vector3<f64>, &Vector3<f64>, &Vector3<f64>),
    ) {
        self.vertex_of_face.clear();
        self.vertex_of_face.resize(self.faces as usize, NO_VERTEX);
        for edge in &self.edges {
            let mut reference = |face: u32| {
                let vertex = &mut self.vertex_of_face[face as usize];
                if *vertex == NO_VERTEX {
                    *vertex = edge.start;
                }
                self.vertices[*vertex as usize] - about
            };
            let left = reference(edge.left);
            let right = reference(edge.right);
            let start = self.vertices[edge.start as usize] - about;
            let end = self.vertices[edge.end as usize] - about;
            visit(&start, &end, &left, &right);
        }
    }
}

#[derive(Clone, Copy)]
enum Crossing {
    Exit,
    Entry,
}
