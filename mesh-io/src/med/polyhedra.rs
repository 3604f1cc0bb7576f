//! Polyhedra: nodes of faces, where each face begins, and where each cell begins in the faces.

use mesh_core::NodeId;

use super::access::{Access, shown};
use super::cells::node_id;
use super::error::MedError;

/// The polyhedra of a mesh, checked: all ranges are in range.
pub(super) struct Polyhedra {
    nodes: Vec<NodeId>,
    /// Where each face begins in `nodes`, and the end.
    face_offsets: Vec<usize>,
    /// Where each cell begins in the faces, and the end.
    cell_offsets: Vec<usize>,
}

impl Polyhedra {
    /// Reads the polyhedra in the group `path`: `NOD`, `INN` and `IFN`, all counted from 1.
    pub(super) fn read(access: Access<'_>, path: &str, nodes: usize) -> Result<Self, MedError> {
        let connectivity = access.integers(path, "NOD")?;
        let starts = access.integers(path, "INN")?;
        let face_offsets = read_offsets(&format!("{path}/INN"), &starts, connectivity.len())?;
        let starts = access.integers(path, "IFN")?;
        let faces = face_offsets.len() - 1;
        let cell_offsets = read_offsets(&format!("{path}/IFN"), &starts, faces)?;
        let range = 1..=i64::try_from(nodes).unwrap_or(i64::MAX);
        if let Some(wrong) = connectivity.iter().position(|node| !range.contains(node)) {
            let face = face_offsets.partition_point(|start| *start <= wrong);
            let cell = cell_offsets.partition_point(|start| *start < face);
            return Err(MedError::NodeId {
                place: shown(&format!("{path}/NOD")),
                cell,
                node: connectivity[wrong],
                nodes,
            });
        }
        Ok(Self {
            nodes: connectivity.into_iter().map(node_id).collect(),
            face_offsets,
            cell_offsets,
        })
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.cell_offsets.len() - 1
    }

    /// The faces of polyhedron number `index`.
    pub(super) fn faces(&self, index: usize) -> impl Iterator<Item = &[NodeId]> {
        let faces = self.cell_offsets[index]..self.cell_offsets[index + 1];
        faces.map(|face| &self.nodes[self.face_offsets[face]..self.face_offsets[face + 1]])
    }
}

/// Offsets that count from 1, from 1 up to the end of what they delimit.
fn read_offsets(place: &str, starts: &[i64], length: usize) -> Result<Vec<usize>, MedError> {
    let highest = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(1);
    let mut before = 1;
    let mut offsets = Vec::with_capacity(starts.len() + 1);
    for (position, &start) in starts.iter().enumerate() {
        let is_last = position + 1 == starts.len();
        let lowest = if is_last { highest } else { before };
        let highest = if position == 0 && !is_last {
            1
        } else {
            highest
        };
        if !(lowest <= start && start <= highest) {
            return Err(MedError::Offset {
                place: shown(place),
                position: position + 1,
                found: start,
                lowest,
                highest,
            });
        }
        before = start;
        offsets.push((start - 1) as usize);
    }
    // A list without any offset delimits nothing.
    if offsets.is_empty() {
        offsets.push(0);
    }
    Ok(offsets)
}

#[cfg(test)]
mod tests {
    use super::read_offsets;

    #[test]
    fn offsets_go_from_one_to_the_end() {
        let is_read = |starts: &[i64], length| read_offsets("INN", starts, length).is_ok();
        assert_eq!(read_offsets("INN", &[1, 3, 6], 5).unwrap(), [0, 2, 5]);
        assert!(is_read(&[1], 0) && is_read(&[], 0));
        assert!(!is_read(&[2, 3, 6], 5));
        assert!(!is_read(&[1, 3, 5], 5));
        assert!(!is_read(&[1, 3, 7], 5));
        assert!(!is_read(&[1, 4, 3, 6], 5));
        assert!(!is_read(&[1, -3, 6], 5));
        assert!(!is_read(&[1], 1));
    }
}
