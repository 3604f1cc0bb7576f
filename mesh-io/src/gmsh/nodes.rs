//! The nodes of a file.

use mesh_core::Point3;

use super::cursor::Cursor;
use super::document::{Layout, Section};
use super::error::GmshError;
use super::records::{Record, UnknownNode};
use super::tags::TagTable;

/// The nodes, in the order of the file.
#[derive(Debug)]
pub(super) struct Nodes {
    pub(super) points: Vec<Point3>,
    pub(super) tags: TagTable,
    /// The tags again, in the order of the file.
    pub(super) tag_list: Vec<i64>,
}

/// The nodes in `$Nodes` or `$ParametricNodes`.
pub(super) fn read_nodes(section: Section<'_>) -> Result<Nodes, GmshError> {
    let mut cursor = Cursor::new(section);
    let (tags, points) = match (cursor.layout(), section.name) {
        (Layout::Two, "ParametricNodes") => read_parametric(&mut cursor)?,
        (Layout::Two, _) => {
            let count = line_count(&mut cursor)?;
            read_with_tags(&mut cursor, count, 3)?
        }
        (layout, _) => read_blocks(&mut cursor, layout)?,
    };
    cursor.finish()?;
    Ok(Nodes {
        points,
        tags: TagTable::new(&tags, "nodes")?,
        tag_list: tags,
    })
}

/// The count that stands in a line of its own, in a binary file, too.
pub(super) fn line_count(cursor: &mut Cursor<'_>) -> Result<usize, GmshError> {
    let here = cursor.here();
    let found = cursor.line_of::<i64>("number of nodes or elements")?;
    cursor.to_count(found, "nodes or elements", here)
}

/// So many nodes, each as its tag and `floats` numbers, three of them its coordinates.
fn read_with_tags(
    cursor: &mut Cursor<'_>,
    count: usize,
    floats: usize,
) -> Result<(Vec<i64>, Vec<Point3>), GmshError> {
    let record = Record {
        integers: 1,
        floats,
        are_wide: false,
    };
    cursor.records(count, record, [1, 1], |tag, floats, tags, points| {
        tags.copy_from_slice(tag);
        to_point(floats, points);
        Ok(())
    })
}

#[inline]
fn to_point(floats: &[f64], points: &mut [Point3]) {
    if let ([x, y, z, ..], [point]) = (floats, points) {
        *point = Point3::new(*x, *y, *z);
    }
}

/// Nodes with their places on the curves and surfaces they lie on, which are passed over.
fn read_parametric(cursor: &mut Cursor<'_>) -> Result<(Vec<i64>, Vec<Point3>), GmshError> {
    let count = line_count(cursor)?;
    let (mut tags, mut points) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (tag, point) = read_with_tags(cursor, 1, 3)?;
        tags.extend(tag);
        points.extend(point);
        let dimension = cursor.integer()?;
        let _entity = cursor.integer()?;
        let parameters = match dimension {
            1 => 1,
            2 => 2,
            _ => 0,
        };
        cursor.skip(1, floats(parameters))?;
    }
    Ok((tags, points))
}

const fn floats(floats: usize) -> Record {
    Record {
        integers: 0,
        floats,
        are_wide: true,
    }
}

/// The blocks of version 4, each the nodes of one entity.
fn read_blocks(
    cursor: &mut Cursor<'_>,
    layout: Layout,
) -> Result<(Vec<i64>, Vec<Point3>), GmshError> {
    let blocks = cursor.count("blocks")?;
    let total_here = cursor.here();
    let total = cursor.count("nodes")?;
    if layout == Layout::FourOne {
        let _lowest = cursor.size()?;
        let _highest = cursor.size()?;
    }
    let (mut tags, mut points) = (Vec::new(), Vec::new());
    for _ in 0..blocks {
        let first = cursor.integer()?;
        let second = cursor.integer()?;
        let dimension = if layout == Layout::FourOne {
            first
        } else {
            second
        };
        let is_parametric = cursor.integer()? != 0;
        let parameters = match dimension {
            1..=3 if is_parametric => dimension as usize,
            _ => 0,
        };
        let count = cursor.count("nodes in a block")?;
        let (block_tags, block_points) = if layout == Layout::FourOne {
            let tag = Record {
                integers: 1,
                floats: 0,
                are_wide: true,
            };
            let take = |tag: &[i64], _: &[f64], tags: &mut [i64], _: &mut [u8]| {
                tags.copy_from_slice(tag);
                Ok(())
            };
            let (tags, _) = cursor.records(count, tag, [1, 1], take)?;
            let take = |_: &[i64], floats: &[f64], _: &mut [u8], points: &mut [Point3]| {
                to_point(floats, points);
                Ok::<(), UnknownNode>(())
            };
            let (_, points) = cursor.records(count, floats(3 + parameters), [1, 1], take)?;
            (tags, points)
        } else {
            read_with_tags(cursor, count, 3 + parameters)?
        };
        append(&mut tags, block_tags);
        append(&mut points, block_points);
    }
    if tags.len() != total {
        return Err(GmshError::Count {
            place: cursor.place_of(total_here),
            section: "Nodes".into(),
            what: "nodes announced",
            found: total.to_string(),
            expected: format!("the {} of its blocks", tags.len()),
        });
    }
    Ok((tags, points))
}

/// Appends `more`, without copying it where there is nothing yet.
pub(super) fn append<T>(values: &mut Vec<T>, mut more: Vec<T>) {
    if values.is_empty() {
        *values = more;
    } else {
        values.append(&mut more);
    }
}
