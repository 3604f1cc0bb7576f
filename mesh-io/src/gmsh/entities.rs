//! The entities of a file's geometry: to which physical groups their elements belong.

use std::collections::HashMap;

use super::cursor::Cursor;
use super::document::{Layout, Section};
use super::error::GmshError;
use super::records::Record;

/// The volumes of the geometry, by their tags.
#[derive(Debug, Default)]
pub(super) struct Entities {
    volumes: HashMap<i64, Volume>,
}

/// What a volume of the geometry is to its elements.
#[derive(Debug, Default)]
struct Volume {
    /// The groups it belongs to, as the file orders them.
    groups: Vec<i64>,
    /// The volume that a partition has cut this one from.
    parent: Option<i64>,
}

impl Entities {
    /// Adds the volumes in `$Entities`.
    pub(super) fn read(&mut self, section: Section<'_>) -> Result<(), GmshError> {
        let mut cursor = Cursor::new(section);
        self.read_all(&mut cursor, false)?;
        cursor.finish()
    }

    /// Adds the volumes in `$PartitionedEntities`.
    pub(super) fn read_partitioned(&mut self, section: Section<'_>) -> Result<(), GmshError> {
        let mut cursor = Cursor::new(section);
        cursor.count("partitions")?;
        let ghosts = cursor.count("ghost entities")?;
        cursor.skip(ghosts, numbers(2, 0))?;
        self.read_all(&mut cursor, true)?;
        cursor.finish()
    }

    fn read_all(&mut self, cursor: &mut Cursor<'_>, are_parts: bool) -> Result<(), GmshError> {
        let mut counts = [0; 4];
        for count in &mut counts {
            *count = cursor.count("entities")?;
        }
        for (dimension, count) in counts.into_iter().enumerate() {
            for _ in 0..count {
                let (tag, volume) = read_entity(cursor, dimension, are_parts)?;
                if dimension == 3 {
                    self.volumes.insert(tag, volume);
                }
            }
        }
        Ok(())
    }

    /// The groups of volume `tag`.
    pub(super) fn groups(&self, tag: i64) -> &[i64] {
        self.volumes
            .get(&tag)
            .map_or(&[], |volume| volume.groups.as_slice())
    }

    /// The volume that `tag` was before it was cut into parts.
    pub(super) fn whole(&self, tag: i64) -> i64 {
        let volume = self.volumes.get(&tag);
        volume.and_then(|volume| volume.parent).unwrap_or(tag)
    }
}

const fn numbers(integers: usize, floats: usize) -> Record {
    Record {
        integers,
        floats,
        are_wide: false,
    }
}

fn read_entity(
    cursor: &mut Cursor<'_>,
    dimension: usize,
    is_part: bool,
) -> Result<(i64, Volume), GmshError> {
    let tag = cursor.integer()?;
    let mut parent = None;
    if is_part {
        let parent_dimension = cursor.integer()?;
        let parent_tag = cursor.integer()?;
        parent = (parent_dimension == 3).then_some(parent_tag);
        let parts = cursor.count("partitions")?;
        cursor.skip(parts, numbers(1, 0))?;
    }
    // Since version 4.1 a point has its coordinates in place of bounds.
    let is_point = dimension == 0 && cursor.layout() == Layout::FourOne;
    cursor.skip(1, numbers(0, if is_point { 3 } else { 6 }))?;
    let count = cursor.count("physical groups")?;
    let groups = if dimension == 3 {
        let take = |integers: &[i64], _: &[f64], group: &mut [i64], _: &mut [u8]| {
            group.copy_from_slice(integers);
            Ok(())
        };
        cursor.records(count, numbers(1, 0), [1, 1], take)?.0
    } else {
        cursor.skip(count, numbers(1, 0))?;
        Vec::new()
    };
    if dimension > 0 {
        let boundary = cursor.count("bounding entities")?;
        cursor.skip(boundary, numbers(1, 0))?;
    }
    Ok((tag, Volume { groups, parent }))
}
