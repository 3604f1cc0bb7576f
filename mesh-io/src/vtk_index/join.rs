//! Pieces of a mesh, joined to one.

use mesh_core::{Field, FieldValues, Location, MeshArrays, NodeId, Point3, UnstructuredMesh};
use rayon::prelude::*;

use crate::MeshFile;
use crate::vtk::fields::{FieldTable, PieceArray, Values};
use crate::vtk::polyhedra::integer;
use crate::vtk::selection::{gather, renumber_nodes};
use crate::vtk::{CellError, LeftOut, VtkXmlError};

/// Notes of single pieces that are passed on; the others are counted.
const MOST_NOTES: usize = 4;

/// A piece, and what it is called in notes.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file: MeshFile,
    /// The name of the integer field on the nodes that numbers those of all pieces.
    pub(super) global_ids: Option<String>,
}

/// The parts, at least one, as one mesh with the fields that all of them have.
///
/// # Errors
///
/// A field with other numbers of components in different parts, and more nodes than ids.
pub(super) fn join(parts: Vec<Part>) -> Result<MeshFile, VtkXmlError> {
    let mut notes = join_notes(&parts);
    let global_ids = common_global_ids(&parts);
    let mut arrays = MeshArrays::from_nodes(Vec::new());
    let mut firsts = Vec::with_capacity(parts.len());
    let mut table = FieldTable::new(parts.len());
    for (piece, part) in parts.into_iter().enumerate() {
        firsts.push(arrays.nodes.len());
        append(&mut arrays, &part.file.mesh)?;
        for field in part.file.fields {
            let is_ids = part.global_ids.as_deref() == Some(field.name())
                && field.location() == Location::Nodes;
            let name = match &global_ids {
                Some(name) if is_ids => name.clone(),
                _ => field.name().to_owned(),
            };
            add_field(&mut table, &name, field, piece)?;
        }
    }
    let (mut fields, field_notes) = table.finish();
    notes.extend(field_notes);
    let ids = global_ids.and_then(|name| take_ids(&mut fields, &name));
    let merged = ids.as_ref().and_then(|ids| {
        let merged = merge_by_ids(&arrays.nodes, ids.as_integer()?.values(), &firsts);
        if merged.is_none() {
            notes.push(
                "global ids of nodes left out: one id stands for several places or for two nodes \
                 of a piece; nodes are merged by their coordinates"
                    .to_owned(),
            );
        }
        merged
    });
    let by_ids = merged.is_some();
    let merged = merged.unwrap_or_else(|| merge_by_coordinates(&arrays.nodes, &firsts));
    notes.extend(differing_values(&fields, &merged));
    if let Some(ids) = ids.filter(|_| by_ids) {
        // Ids that say no more than the order of the nodes now does are not needed.
        let says_more = ids.as_integer().is_some_and(|ids| {
            let mut ids = merged.kept.iter().filter_map(|node| ids.tuple(*node));
            (0..merged.kept.len()).any(|node| ids.next() != Some(&[integer(node)]))
        });
        if says_more {
            fields.insert(0, ids);
        }
    }
    renumber_nodes(&mut arrays, &merged.new_ids);
    arrays.nodes = merged.kept.iter().map(|node| arrays.nodes[*node]).collect();
    let fields = gather(fields, Location::Nodes, &merged.kept);
    let left_out = LeftOut::default();
    let mesh =
        UnstructuredMesh::new(arrays).map_err(|source| CellError::Mesh { source, left_out })?;
    Ok(MeshFile {
        mesh,
        fields,
        notes,
    })
}

fn join_notes(parts: &[Part]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut mirrored = 0;
    for part in parts {
        mirrored += part.file.mesh.mirrored_cells();
        let prefix = |note: &String| format!("{}: {note}", part.name);
        notes.extend(part.file.notes.iter().map(prefix));
    }
    if notes.len() > MOST_NOTES {
        let more = notes.len() - (MOST_NOTES - 1);
        notes.truncate(MOST_NOTES - 1);
        notes.push(format!("{more} more notes of this kind in the pieces"));
    }
    if mirrored > 0 {
        notes.push(format!("{mirrored} mirrored cells turned round"));
    }
    notes
}

/// The name that global ids get: that of the first part, if all parts have some.
fn common_global_ids(parts: &[Part]) -> Option<String> {
    let are_all = parts.iter().all(|part| part.global_ids.is_some());
    parts.first()?.global_ids.clone().filter(|_| are_all)
}

fn take_ids(fields: &mut Vec<Field>, name: &str) -> Option<Field> {
    let is_ids = |field: &Field| {
        field.location() == Location::Nodes
            && field.name() == name
            && field.components() == 1
            && field.as_integer().is_some()
    };
    let place = fields.iter().position(is_ids)?;
    Some(fields.remove(place))
}

fn append(arrays: &mut MeshArrays, mesh: &UnstructuredMesh) -> Result<(), VtkXmlError> {
    let nodes = arrays.nodes.len() + mesh.node_count();
    if u32::try_from(nodes).is_err() {
        return Err(CellError::TooManyNodes { nodes }.into());
    }
    let shift = arrays.nodes.len() as u32;
    let shifted = |id: &NodeId| NodeId::new(id.get() + shift);
    let start = arrays.connectivity.len();
    let before = arrays.shapes.len();
    arrays.nodes.extend_from_slice(mesh.nodes());
    arrays.shapes.extend_from_slice(mesh.shapes());
    arrays
        .connectivity
        .extend(mesh.connectivity().iter().map(shifted));
    let ends = mesh.offsets().iter().skip(1);
    arrays.offsets.extend(ends.map(|end| start + end));

    let (all, more) = (&mut arrays.polyhedra, mesh.polyhedra());
    if all.cell_offsets.is_empty() && !more.cell_offsets.is_empty() {
        all.cell_offsets = vec![0; before + 1];
        all.face_offsets = vec![0];
    }
    if !all.cell_offsets.is_empty() {
        let faces = all.face_offsets.len() - 1;
        let nodes = all.connectivity.len();
        if more.cell_offsets.is_empty() {
            all.cell_offsets.resize(arrays.shapes.len() + 1, faces);
        } else {
            let ends = more.cell_offsets.iter().skip(1);
            all.cell_offsets.extend(ends.map(|end| faces + end));
        }
        let ends = more.face_offsets.iter().skip(1);
        all.face_offsets.extend(ends.map(|end| nodes + end));
        all.connectivity
            .extend(more.connectivity.iter().map(shifted));
    }
    Ok(())
}

fn add_field(
    table: &mut FieldTable,
    name: &str,
    field: Field,
    piece: usize,
) -> Result<(), VtkXmlError> {
    let location = field.location();
    let components = field.component_names().to_vec();
    let values = match field.into_values() {
        FieldValues::Float(array) => Values::Float(array.into_values()),
        FieldValues::Integer(array) => Values::Integer(array.into_values()),
    };
    let array = PieceArray {
        name,
        location,
        components,
        values,
    };
    table
        .add(array, piece)
        .map_err(|differ| VtkXmlError::Components {
            piece,
            array: crate::shorten(name),
            found: differ.found,
            expected: differ.expected,
        })
}

/// Which nodes are the same.
struct Merged {
    /// The new id of each node.
    new_ids: Vec<NodeId>,
    /// The node that each new id is taken from.
    kept: Vec<usize>,
}

/// Nodes with the same id are one, ordered by id; nothing where an id stands for several places, or
/// for two nodes of a part. Parts begin at the nodes `firsts`.
fn merge_by_ids(nodes: &[Point3], ids: &[i64], firsts: &[usize]) -> Option<Merged> {
    let mut order: Vec<u32> = (0..nodes.len() as u32).collect();
    order.par_sort_unstable_by_key(|node| (ids[*node as usize], *node));
    let mut new_ids = vec![NodeId::default(); nodes.len()];
    let mut kept: Vec<usize> = Vec::new();
    let mut before = usize::MAX;
    for node in order {
        let node = node as usize;
        match kept.last() {
            Some(&first) if ids[first] == ids[node] => {
                if nodes[first] != nodes[node] || part_of(firsts, before) == part_of(firsts, node) {
                    return None;
                }
            }
            _ => kept.push(node),
        }
        before = node;
        new_ids[node] = NodeId::new(kept.len() as u32 - 1);
    }
    Some(Merged { new_ids, kept })
}

/// Nodes of different parts in the same place are one, in order of first appearance.
fn merge_by_coordinates(nodes: &[Point3], firsts: &[usize]) -> Merged {
    let key = |node: &u32| {
        // Adding makes one zero of two.
        let coordinates = nodes[*node as usize].coords.map(|x| (x + 0.0).to_bits());
        (<[u64; 3]>::from(coordinates), *node)
    };
    let mut order: Vec<u32> = (0..nodes.len() as u32).collect();
    order.par_sort_unstable_by_key(key);
    let mut same_as: Vec<u32> = (0..nodes.len() as u32).collect();
    for place in order
        .chunk_by(|a, b| key(a).0 == key(b).0)
        .filter(|place| place.len() > 1)
    {
        // The first in a part goes with the first of another, the second with the second.
        let mut distinct: Vec<u32> = Vec::new();
        let mut nth = 0;
        let mut part = usize::MAX;
        for &node in place {
            let this_part = part_of(firsts, node as usize);
            nth = if this_part == part { nth + 1 } else { 0 };
            part = this_part;
            match distinct.get(nth) {
                Some(first) => same_as[node as usize] = *first,
                None => distinct.push(node),
            }
        }
    }
    let mut new_ids = vec![NodeId::default(); nodes.len()];
    let mut kept = Vec::new();
    for (node, &first) in same_as.iter().enumerate() {
        // The first of several comes before them.
        if first as usize == node {
            new_ids[node] = NodeId::new(kept.len() as u32);
            kept.push(node);
        } else {
            new_ids[node] = new_ids[first as usize];
        }
    }
    Merged { new_ids, kept }
}

fn part_of(firsts: &[usize], node: usize) -> usize {
    firsts.partition_point(|first| *first <= node)
}

/// Notes on fields whose values differ where nodes are merged.
fn differing_values(fields: &[Field], merged: &Merged) -> Vec<String> {
    let mut notes = Vec::new();
    let fields = fields
        .iter()
        .filter(|field| field.location() == Location::Nodes);
    for field in fields {
        let differ = |node: usize, first: usize| match field.values() {
            FieldValues::Float(array) => {
                let bits = |node| array.tuple(node).map(|t| t.iter().map(|x| x.to_bits()));
                !bits(node)
                    .into_iter()
                    .flatten()
                    .eq(bits(first).into_iter().flatten())
            }
            FieldValues::Integer(array) => array.tuple(node) != array.tuple(first),
        };
        let ids = merged.new_ids.iter().enumerate();
        let count = ids
            .filter(|(node, id)| {
                let first = merged.kept[id.index()];
                first != *node && differ(*node, first)
            })
            .count();
        if count > 0 {
            notes.push(format!(
                "field {:?}: {count} shared nodes have other values in a later piece; those of \
                 the first piece are kept",
                crate::shorten(field.name())
            ));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(x: &[f64]) -> Vec<Point3> {
        x.iter().map(|x| Point3::new(*x, 0.0, 0.0)).collect()
    }

    fn ids(merged: &Merged) -> Vec<u32> {
        merged.new_ids.iter().map(|id| id.get()).collect()
    }

    #[test]
    fn nodes_of_different_parts_in_one_place_are_merged() {
        let merged = merge_by_coordinates(&points(&[0.0, 1.0, 2.0, 1.0, -0.0]), &[0, 3]);
        assert_eq!(ids(&merged), [0, 1, 2, 1, 0]);
        assert_eq!(merged.kept, [0, 1, 2]);
    }

    #[test]
    fn doubled_nodes_of_one_part_stay_two() {
        let merged = merge_by_coordinates(&points(&[1.0, 1.0, 1.0, 1.0, 1.0]), &[0, 2]);
        assert_eq!(ids(&merged), [0, 1, 0, 1, 2]);
    }

    #[test]
    fn ids_order_nodes_or_are_refused() {
        let nodes = points(&[0.0, 1.0, 1.0, 2.0]);
        let merged = merge_by_ids(&nodes, &[9, 5, 5, 7], &[0, 2]).unwrap();
        assert_eq!(ids(&merged), [2, 0, 0, 1]);
        assert_eq!(merged.kept, [1, 3, 0]);
        assert!(merge_by_ids(&nodes, &[5, 9, 5, 7], &[0, 2]).is_none());
        assert!(merge_by_ids(&nodes, &[9, 5, 5, 7], &[0]).is_none());
    }
}
