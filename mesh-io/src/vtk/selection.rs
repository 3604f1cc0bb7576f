//! From arrays and fields to a mesh, without what nobody needs.

use mesh_core::{DataArray, Field, FieldValues, Location, MeshArrays, NodeId, UnstructuredMesh};

use super::cell_error::{CellError, LeftOut};
use crate::MeshFile;

/// The mesh of these arrays, with its fields. Where cells were hidden, nodes that no cell names are
/// left out as well: they may lie anywhere.
///
/// # Errors
///
/// No cell at all, or arrays that are no valid mesh.
pub(crate) fn finish(
    mut arrays: MeshArrays,
    mut fields: Vec<Field>,
    mut notes: Vec<String>,
    left_out: LeftOut,
) -> Result<MeshFile, CellError> {
    if arrays.shapes.is_empty() {
        return Err(CellError::NoCells { left_out });
    }
    if left_out.hidden > 0 {
        notes.push(format!(
            "{} ghost or hidden cells left out",
            left_out.hidden
        ));
        fields = drop_unused_nodes(&mut arrays, fields);
    }
    let mesh =
        UnstructuredMesh::new(arrays).map_err(|source| CellError::Mesh { source, left_out })?;
    Ok(MeshFile {
        mesh,
        fields,
        notes,
    })
}

/// Leaves out the nodes that no cell names, in the mesh and in the fields.
fn drop_unused_nodes(arrays: &mut MeshArrays, fields: Vec<Field>) -> Vec<Field> {
    let mut is_used = vec![false; arrays.nodes.len()];
    for node in &arrays.connectivity {
        if let Some(used) = is_used.get_mut(node.index()) {
            *used = true;
        }
    }
    let kept: Vec<usize> = (0..is_used.len()).filter(|node| is_used[*node]).collect();
    if kept.len() == is_used.len() {
        return fields;
    }
    let mut new_ids = vec![NodeId::new(u32::MAX); is_used.len()];
    for (new, old) in kept.iter().enumerate() {
        new_ids[*old] = NodeId::new(new as u32);
    }
    renumber_nodes(arrays, &new_ids);
    arrays.nodes = kept.iter().map(|node| arrays.nodes[*node]).collect();
    gather(fields, Location::Nodes, &kept)
}

/// Names every node by its new id.
pub(crate) fn renumber_nodes(arrays: &mut MeshArrays, new_ids: &[NodeId]) {
    let ids = arrays.connectivity.iter_mut();
    for id in ids.chain(&mut arrays.polyhedra.connectivity) {
        if let Some(new) = new_ids.get(id.index()) {
            *id = *new;
        }
    }
}

/// The fields; those on `location` have in place of tuple `i` the tuple `positions[i]`. Fields
/// that have no such tuple are left out: there is none.
pub(crate) fn gather(fields: Vec<Field>, location: Location, positions: &[usize]) -> Vec<Field> {
    let gathered = fields.into_iter().filter_map(|field| {
        if field.location() != location {
            return Some(field);
        }
        let values = match field.values() {
            FieldValues::Float(array) => pick(array, positions).map(FieldValues::Float),
            FieldValues::Integer(array) => pick(array, positions).map(FieldValues::Integer),
        };
        let labels = field.labels().to_vec();
        values.map(|values| Field::new(field.name(), location, values).with_labels(labels))
    });
    gathered.collect()
}

fn pick<T: Clone>(array: &DataArray<T>, positions: &[usize]) -> Option<DataArray<T>> {
    let mut values = Vec::with_capacity(positions.len() * array.component_count());
    for &position in positions {
        values.extend_from_slice(array.tuple(position)?);
    }
    DataArray::new(array.component_names().to_vec(), values).ok()
}
