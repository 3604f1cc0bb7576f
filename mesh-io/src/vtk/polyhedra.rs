//! The faces of polyhedra, in both layouts that VTK files have.
//!
//! | layout | arrays |
//! |---|---|
//! | before version 2.3 | `faces`: per polyhedron the number of faces, then per face the number of nodes and the nodes; `faceoffsets`: per cell the end in `faces`, −1 for other cells |
//! | version 2.3 | `face_connectivity` and `face_offsets` (ends) are the faces; `polyhedron_to_faces` and `polyhedron_offsets` (ends, one per cell) say which a polyhedron has |

use mesh_core::{NodeId, PolyhedronFaces};

use super::FaceError;

/// The faces of the polyhedra of one piece.
pub(crate) enum PieceFaces {
    /// The layout before version 2.3.
    Stream {
        faces: Vec<i64>,
        ends: Vec<i64>,
        /// Where the next polyhedron begins.
        position: i64,
    },
    /// The layout of version 2.3.
    Indexed {
        connectivity: Vec<i64>,
        face_ends: Vec<i64>,
        polyhedron_faces: Vec<i64>,
        polyhedron_ends: Vec<i64>,
        /// Face nodes named so far, to stop files that name the same faces without end.
        total: usize,
    },
}

/// How often a stored face may be named on average; a face of a mesh has two sides.
const MOST_USES: usize = 16;

impl PieceFaces {
    /// Calls `visit` with the nodes of every face of `cell`; cells are asked for in ascending
    /// order.
    ///
    /// # Errors
    ///
    /// Ranges outside the arrays and counts that do not add up. Node ids are not looked at.
    pub(crate) fn visit_faces(
        &mut self,
        cell: usize,
        visit: impl FnMut(&[i64]),
    ) -> Result<(), FaceError> {
        match self {
            Self::Stream {
                faces,
                ends,
                position,
            } => {
                let end = ends.get(cell).copied().unwrap_or(-1);
                let stream = range(faces, *position, end, "faces")?;
                *position = end;
                visit_stream(stream, visit)
            }
            Self::Indexed {
                connectivity,
                face_ends,
                polyhedron_faces,
                polyhedron_ends,
                total,
            } => {
                let (start, end) = between(polyhedron_ends, cell);
                let ids = range(polyhedron_faces, start, end, "polyhedron_to_faces")?;
                visit_indexed(connectivity, face_ends, ids, total, visit)
            }
        }
    }

    /// Passes over `cell`, whose faces nobody asks for.
    pub(crate) fn pass(&mut self, cell: usize) {
        if let Self::Stream { ends, position, .. } = self
            && let Some(&end) = ends.get(cell)
            && end >= 0
        {
            *position = end;
        }
    }
}

fn visit_stream(stream: &[i64], mut visit: impl FnMut(&[i64])) -> Result<(), FaceError> {
    let faces = stream.first().copied().unwrap_or(-1);
    let error = |expected| FaceError::Stream {
        found: stream.len(),
        expected,
        faces,
    };
    let mut rest = stream.get(1..).unwrap_or_default();
    for _ in 0..faces {
        let read = stream.len() - rest.len();
        let (size, after) = rest.split_first().ok_or_else(|| error(read as i128 + 1))?;
        let nodes = usize::try_from(*size)
            .ok()
            .and_then(|size| after.split_at_checked(size));
        let (nodes, after) = nodes.ok_or_else(|| error(read as i128 + 1 + i128::from(*size)))?;
        visit(nodes);
        rest = after;
    }
    if faces < 0 || !rest.is_empty() {
        return Err(error((stream.len() - rest.len()) as i128));
    }
    Ok(())
}

fn visit_indexed(
    connectivity: &[i64],
    face_ends: &[i64],
    ids: &[i64],
    total: &mut usize,
    mut visit: impl FnMut(&[i64]),
) -> Result<(), FaceError> {
    for &face in ids {
        let index = usize::try_from(face)
            .ok()
            .filter(|index| *index < face_ends.len());
        let index = index.ok_or(FaceError::FaceId {
            face,
            faces: face_ends.len(),
        })?;
        let (start, end) = between(face_ends, index);
        let nodes = range(connectivity, start, end, "face_connectivity")?;
        *total += nodes.len();
        if *total > connectivity.len().saturating_mul(MOST_USES) {
            return Err(FaceError::Repeated {
                total: *total,
                stored: connectivity.len(),
            });
        }
        visit(nodes);
    }
    Ok(())
}

/// Beginning and end number `index` of ranges that follow each other.
fn between(ends: &[i64], index: usize) -> (i64, i64) {
    let end = |index: usize| ends.get(index).copied().unwrap_or(-1);
    (index.checked_sub(1).map_or(0, end), end(index))
}

fn range<'a>(
    values: &'a [i64],
    start: i64,
    end: i64,
    array: &'static str,
) -> Result<&'a [i64], FaceError> {
    let found = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    found
        .and_then(|(start, end)| values.get(start..end))
        .ok_or(FaceError::Range {
            array,
            start,
            end,
            length: values.len(),
        })
}

/// An array of a file: its name and values.
type NamedArray = (&'static str, Vec<i64>);

/// The arrays of the layout before version 2.3.
pub(crate) fn face_stream(polyhedra: &PolyhedronFaces) -> Vec<NamedArray> {
    let mut faces = Vec::new();
    let mut ends = Vec::new();
    for cell in polyhedra.cell_offsets.windows(2) {
        if cell[0] == cell[1] {
            ends.push(-1);
            continue;
        }
        faces.push(integer(cell[1] - cell[0]));
        for face in polyhedra.face_offsets[cell[0]..=cell[1]].windows(2) {
            faces.push(integer(face[1] - face[0]));
            faces.extend(
                polyhedra.connectivity[face[0]..face[1]]
                    .iter()
                    .copied()
                    .map(id),
            );
        }
        ends.push(integer(faces.len()));
    }
    vec![("faces", faces), ("faceoffsets", ends)]
}

/// The arrays of version 2.3.
pub(crate) fn face_lists(polyhedra: &PolyhedronFaces) -> Vec<NamedArray> {
    let ends = |offsets: &[usize]| offsets.iter().skip(1).map(|end| integer(*end)).collect();
    let faces = integer(polyhedra.face_offsets.len().saturating_sub(1));
    vec![
        (
            "face_connectivity",
            polyhedra.connectivity.iter().copied().map(id).collect(),
        ),
        ("face_offsets", ends(&polyhedra.face_offsets)),
        ("polyhedron_to_faces", (0..faces).collect()),
        ("polyhedron_offsets", ends(&polyhedra.cell_offsets)),
    ]
}

/// A count as a file holds it; there is no memory for one that does not fit.
pub(crate) fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn id(node: NodeId) -> i64 {
    i64::from(node.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces_of(faces: &mut PieceFaces, cell: usize) -> Result<Vec<Vec<i64>>, FaceError> {
        let mut found = Vec::new();
        faces.visit_faces(cell, |nodes| found.push(nodes.to_vec()))?;
        Ok(found)
    }

    fn stream(faces: &[i64], ends: &[i64]) -> PieceFaces {
        PieceFaces::Stream {
            faces: faces.to_vec(),
            ends: ends.to_vec(),
            position: 0,
        }
    }

    #[test]
    fn both_layouts_give_the_same_faces() {
        let ids = [0, 1, 2, 2, 1, 3, 4].map(NodeId::new);
        let polyhedra = PolyhedronFaces {
            cell_offsets: vec![0, 0, 1, 1, 2],
            face_offsets: vec![0, 3, 7],
            connectivity: ids.to_vec(),
        };
        let [faces, ends] = face_stream(&polyhedra).try_into().unwrap();
        assert_eq!(faces.1, [1, 3, 0, 1, 2, 1, 4, 2, 1, 3, 4]);
        assert_eq!(ends.1, [-1, 5, -1, 11]);
        let mut old = stream(&faces.1, &ends.1);
        let [connectivity, face_ends, to_faces, offsets] =
            face_lists(&polyhedra).try_into().unwrap();
        let mut new = PieceFaces::Indexed {
            connectivity: connectivity.1,
            face_ends: face_ends.1,
            polyhedron_faces: to_faces.1,
            polyhedron_ends: offsets.1,
            total: 0,
        };
        for cell in [1, 3] {
            assert_eq!(
                faces_of(&mut old, cell).unwrap(),
                faces_of(&mut new, cell).unwrap()
            );
        }
    }

    #[test]
    fn counts_that_do_not_add_up_are_errors() {
        for faces in [
            &[][..],
            &[2, 3, 0, 1, 2][..],
            &[1, 3, 0, 1][..],
            &[1, 3, 0, 1, 2, 9][..],
            &[-1][..],
            &[1, -3, 0][..],
            &[i64::MAX, 1, 0][..],
        ] {
            let error = faces_of(&mut stream(faces, &[integer(faces.len())]), 0).unwrap_err();
            assert!(
                matches!(error, FaceError::Stream { .. }),
                "{faces:?}: {error}"
            );
        }
        let error = faces_of(&mut stream(&[1, 1, 0], &[9]), 0).unwrap_err();
        assert_eq!(error.to_string(), "takes faces 0..9, but it holds 3 values");
        assert!(faces_of(&mut stream(&[1, 1, 0], &[-1]), 0).is_err());
        assert!(faces_of(&mut stream(&[1, 1, 0], &[]), 0).is_err());
    }

    #[test]
    fn faces_named_without_end_are_refused() {
        let mut faces = PieceFaces::Indexed {
            connectivity: vec![0, 1, 2],
            face_ends: vec![3],
            polyhedron_faces: vec![0; 1000],
            polyhedron_ends: vec![1000],
            total: 0,
        };
        assert!(matches!(
            faces_of(&mut faces, 0),
            Err(FaceError::Repeated { .. })
        ));
    }
}
