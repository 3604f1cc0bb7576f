//! The checks that make arrays a mesh, from the cheap and structural to the geometric.

use std::ops::Range;

use rayon::prelude::*;

use super::arrays::in_order_of_appearance;
use super::measures::measure_of;
use super::orientation::{self, Edges};
use super::{CHUNK, MeshArrays, MeshError, PolyhedronFaces};
use crate::{NodeId, Point3, Shape};

/// Checks everything, sorts the nodes of polyhedra by first appearance in their faces, and turns
/// mirrored cells round. Returns how many, and the measures of all cells.
pub(super) fn check_and_orient(arrays: &mut MeshArrays) -> Result<(usize, Vec<f64>), MeshError> {
    check_structure(arrays)?;
    check_coordinates(arrays)?;
    if arrays.polyhedra.connectivity.is_empty() {
        arrays.polyhedra = PolyhedronFaces::default();
    } else {
        check_closed(arrays)?;
    }
    let mut measures = arrays.signed_volumes();
    let mirrored = find_mirrored(arrays, &measures)?;
    for &cell in &mirrored {
        turn_round(arrays, cell);
    }
    // In another order of nodes a volume is rounded otherwise.
    let turned = mirrored.par_iter().map(|&cell| arrays.signed_volume(cell));
    for (&cell, volume) in mirrored.iter().zip(turned.collect::<Vec<_>>()) {
        if !volume.is_finite() {
            return Err(MeshError::VolumeOverflow { cell });
        }
        measures[cell] = volume;
    }
    let all = measures.par_iter_mut().with_min_len(CHUNK);
    all.for_each(|measure| *measure = measure_of(*measure));
    sort_polyhedron_nodes(arrays)?;
    Ok((mirrored.len(), measures))
}

/// Lengths, offsets, ids and node counts: after this no index goes astray.
pub(super) fn check_structure(arrays: &MeshArrays) -> Result<(), MeshError> {
    let cells = arrays.shapes.len();
    if cells == 0 {
        return Err(MeshError::Empty);
    }
    if cells > u32::MAX as usize {
        return Err(MeshError::TooManyCells { cells });
    }
    if arrays.nodes.len() > u32::MAX as usize {
        return Err(MeshError::TooManyNodes {
            nodes: arrays.nodes.len(),
        });
    }
    check_offsets("offsets", &arrays.offsets, cells, arrays.connectivity.len())?;
    check_node_counts(arrays)?;
    check_node_ids(arrays, &arrays.connectivity, |place| {
        cell_of(&arrays.offsets, place)
    })?;
    check_faces(arrays)
}

fn check_offsets(
    array: &'static str,
    offsets: &[usize],
    count: usize,
    end: usize,
) -> Result<(), MeshError> {
    if offsets.len() != count + 1 {
        return Err(MeshError::OffsetCount {
            array,
            found: offsets.len(),
            expected: count + 1,
        });
    }
    if offsets[0] != 0 {
        return Err(MeshError::FirstOffset {
            array,
            found: offsets[0],
        });
    }
    let descends = |range: Range<usize>| {
        let pairs = offsets[range.start..=range.end].windows(2);
        pairs.filter(|pair| pair[0] > pair[1]).count() > 0
    };
    if let Some(i) = find_first(count, descends) {
        let (previous, found) = (offsets[i], offsets[i + 1]);
        return Err(MeshError::DescendingOffset {
            array,
            position: i + 1,
            found,
            previous,
        });
    }
    if offsets[count] != end {
        return Err(MeshError::LastOffset {
            array,
            found: offsets[count],
            expected: end,
        });
    }
    Ok(())
}

/// The first of `0..count` that is wrong, given whether any of a range is. In parallel, a block at
/// a time: as a rule nothing is wrong, and what is wrong in a block is counted, without a branch.
fn find_first(count: usize, is_any_wrong: impl Fn(Range<usize>) -> bool + Sync) -> Option<usize> {
    let block = |index: usize| index * CHUNK..((index + 1) * CHUNK).min(count);
    let found = (0..count.div_ceil(CHUNK))
        .into_par_iter()
        .find_first(|index| is_any_wrong(block(*index)))?;
    block(found).find(|place| is_any_wrong(*place..place + 1))
}

fn check_node_counts(arrays: &MeshArrays) -> Result<(), MeshError> {
    let count = |cell: usize| arrays.offsets[cell + 1] - arrays.offsets[cell];
    let wrong = find_first(arrays.shapes.len(), |mut cells| {
        let is_wrong = |cell: usize| {
            let expected = arrays.shapes[cell].node_count();
            expected.is_some_and(|expected| count(cell) != expected)
        };
        cells.any(is_wrong)
    });
    match wrong {
        None => Ok(()),
        Some(cell) => Err(MeshError::NodeCount {
            cell,
            shape: arrays.shapes[cell],
            found: count(cell),
            expected: arrays.shapes[cell].node_count().unwrap_or(0),
        }),
    }
}

fn check_node_ids(
    arrays: &MeshArrays,
    connectivity: &[NodeId],
    cell_at: impl Fn(usize) -> usize,
) -> Result<(), MeshError> {
    let nodes = arrays.nodes.len();
    let wrong = find_first(connectivity.len(), |range| {
        let ids = connectivity[range].iter();
        ids.filter(|node| node.index() >= nodes).count() > 0
    });
    match wrong {
        None => Ok(()),
        Some(place) => Err(MeshError::NodeOutOfRange {
            cell: cell_at(place),
            node: connectivity[place],
            nodes,
        }),
    }
}

/// The last cell that starts at or before this place, so that cells without nodes are passed by.
fn cell_of(offsets: &[usize], place: usize) -> usize {
    offsets.partition_point(|&offset| offset <= place) - 1
}

fn check_faces(arrays: &MeshArrays) -> Result<(), MeshError> {
    let MeshArrays {
        shapes, polyhedra, ..
    } = arrays;
    let PolyhedronFaces {
        cell_offsets,
        face_offsets,
        connectivity,
    } = polyhedra;
    if cell_offsets.is_empty() && face_offsets.len() <= 1 && connectivity.is_empty() {
        return match shapes.iter().position(|&shape| shape == Shape::Polyhedron) {
            None => Ok(()),
            Some(cell) => Err(MeshError::NoFaces { cell }),
        };
    }
    let faces = face_offsets.len().saturating_sub(1);
    check_offsets(
        "polyhedra.face_offsets",
        face_offsets,
        faces,
        connectivity.len(),
    )?;
    check_offsets("polyhedra.cell_offsets", cell_offsets, shapes.len(), faces)?;
    check_node_ids(arrays, connectivity, |place| {
        cell_of(cell_offsets, cell_of(face_offsets, place))
    })?;
    for (cell, &shape) in shapes.iter().enumerate() {
        let faces = polyhedra.faces(cell);
        if shape != Shape::Polyhedron {
            if faces.len() > 0 {
                return Err(MeshError::UnexpectedFaces {
                    cell,
                    shape,
                    faces: faces.len(),
                });
            }
        } else if faces.len() == 0 {
            return Err(MeshError::NoFaces { cell });
        }
        for (face, nodes) in faces.enumerate() {
            if nodes.len() < 3 {
                return Err(MeshError::FaceTooSmall {
                    cell,
                    face,
                    found: nodes.len(),
                });
            }
        }
    }
    Ok(())
}

fn check_coordinates(arrays: &MeshArrays) -> Result<(), MeshError> {
    let is_finite = |node: &&Point3| node.coords.iter().all(|coordinate| coordinate.is_finite());
    let wrong = find_first(arrays.nodes.len(), |range| {
        let nodes = &arrays.nodes[range];
        nodes.iter().filter(is_finite).count() < nodes.len()
    });
    match wrong {
        None => Ok(()),
        Some(node) => Err(MeshError::NotFinite {
            node,
            coordinates: arrays.nodes[node].coords.into(),
        }),
    }
}

/// Checks that every polyhedron is closed and its faces are consistently oriented.
fn check_closed(arrays: &MeshArrays) -> Result<(), MeshError> {
    let polyhedra = &arrays.polyhedra;
    let wrong = (0..arrays.shapes.len())
        .into_par_iter()
        .with_min_len(CHUNK / 16)
        .map_init(Edges::default, |edges, cell| {
            let faces = polyhedra.faces(cell);
            (cell, edges.are_balanced(faces))
        })
        .find_first(|&(_, balanced)| !balanced);
    let Some((cell, _)) = wrong else {
        return Ok(());
    };
    match orientation::find_reversed_faces(polyhedra.faces(cell)) {
        Ok(reversed) => Err(MeshError::ReversedFace {
            cell,
            face: reversed.iter().position(|&face| face).unwrap_or(0),
        }),
        Err(nodes) => Err(MeshError::OpenPolyhedron { cell, nodes }),
    }
}

/// The cells with negative volume, ascending. Also finds cells that a repeated node or an
/// overflow left without volume.
fn find_mirrored(arrays: &MeshArrays, volumes: &[f64]) -> Result<Vec<usize>, MeshError> {
    let judge = |(cell, &volume): (usize, &f64)| -> Option<Result<usize, MeshError>> {
        if volume > 0.0 && volume < f64::INFINITY {
            None
        } else if !volume.is_finite() {
            Some(Err(MeshError::VolumeOverflow { cell }))
        } else if volume < 0.0 {
            Some(Ok(cell))
        } else {
            collapsed_cell(arrays, cell).map(Err)
        }
    };
    // Collected in order, so that the first error is that of the lowest cell.
    let volumes = volumes.par_iter().enumerate().with_min_len(CHUNK);
    let findings: Vec<Result<usize, MeshError>> = volumes.filter_map(judge).collect();
    findings.into_iter().collect()
}

/// The error for a cell without volume, where it names a node twice.
fn collapsed_cell(arrays: &MeshArrays, cell: usize) -> Option<MeshError> {
    let shape = arrays.shapes[cell];
    let nodes = &arrays.connectivity[arrays.offsets[cell]..arrays.offsets[cell + 1]];
    if shape == Shape::Polyhedron {
        return None;
    }
    let repeated = nodes
        .iter()
        .enumerate()
        .find(|&(i, node)| nodes[..i].contains(node));
    repeated.map(|(_, &node)| MeshError::CollapsedCell { cell, shape, node })
}

/// Turns every cell of a valid mesh round.
pub(super) fn turn_all_round(arrays: &mut MeshArrays) {
    for cell in 0..arrays.shapes.len() {
        turn_round(arrays, cell);
    }
    arrays.list_polyhedron_nodes();
}

fn turn_round(arrays: &mut MeshArrays, cell: usize) {
    let shape = arrays.shapes[cell];
    if shape == Shape::Polyhedron {
        for face in arrays.polyhedra.cell_offsets[cell]..arrays.polyhedra.cell_offsets[cell + 1] {
            arrays.polyhedra.reverse_face(face);
        }
        return;
    }
    let nodes = &mut arrays.connectivity[arrays.offsets[cell]..arrays.offsets[cell + 1]];
    let mut turned = [NodeId::default(); 8];
    for (turned, &from) in turned.iter_mut().zip(shape.mirrored()) {
        *turned = nodes[usize::from(from)];
    }
    nodes.copy_from_slice(&turned[..nodes.len()]);
}

/// Sorts the nodes of each polyhedron by first appearance in its faces; checks that the nodes it
/// lists are exactly those of its faces.
fn sort_polyhedron_nodes(arrays: &mut MeshArrays) -> Result<(), MeshError> {
    if arrays.polyhedra.cell_offsets.is_empty() {
        return Ok(());
    }
    let sort = |cell: usize| -> Option<Result<(usize, Vec<NodeId>), MeshError>> {
        if arrays.shapes[cell] != Shape::Polyhedron {
            return None;
        }
        let nodes = in_order_of_appearance(arrays.polyhedra.face_nodes(cell));
        let listed = &arrays.connectivity[arrays.offsets[cell]..arrays.offsets[cell + 1]];
        if listed == nodes {
            return None;
        }
        let Some(node) = find_odd_node(listed, &nodes) else {
            return Some(Ok((cell, nodes)));
        };
        let (listed, found) = (listed.len(), nodes.len());
        Some(Err(MeshError::PolyhedronNodes {
            cell,
            listed,
            found,
            node,
        }))
    };
    let findings: Vec<Result<(usize, Vec<NodeId>), MeshError>> = (0..arrays.shapes.len())
        .into_par_iter()
        .with_min_len(CHUNK / 16)
        .filter_map(sort)
        .collect();
    for finding in findings {
        let (cell, nodes) = finding?;
        arrays.connectivity[arrays.offsets[cell]..arrays.offsets[cell + 1]].copy_from_slice(&nodes);
    }
    Ok(())
}

/// A node that is in only one of the lists, or repeated in the first.
fn find_odd_node(listed: &[NodeId], nodes: &[NodeId]) -> Option<NodeId> {
    let sorted = |nodes: &[NodeId]| {
        let mut nodes = nodes.to_vec();
        nodes.sort_unstable();
        nodes
    };
    let (listed, nodes) = (sorted(listed), sorted(nodes));
    let differing = listed
        .iter()
        .zip(&nodes)
        .find(|(left, right)| left != right);
    let common = listed.len().min(nodes.len());
    match differing {
        Some((&left, &right)) => Some(left.min(right)),
        None => listed.get(common).or(nodes.get(common)).copied(),
    }
}
