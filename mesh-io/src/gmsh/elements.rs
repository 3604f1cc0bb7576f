//! From the elements of a file to cells.

use mesh_core::{NodeId, Shape};
use rayon::prelude::*;

use super::cells::Cells;
use super::cursor::Cursor;
use super::document::{Layout, Section};
use super::element_types::ElementKind;
use super::entities::Entities;
use super::error::GmshError;
use super::nodes::line_count;
use super::records::{Record, UnknownNode};
use super::tags::TagTable;

/// What is needed to make cells of elements.
pub(super) struct ElementReader<'a> {
    pub(super) nodes: &'a TagTable,
    pub(super) node_count: usize,
    pub(super) entities: &'a Entities,
    pub(super) linearize: bool,
}

/// Bytes of text that a thread reads at a time.
const PIECE: usize = 1 << 20;

impl ElementReader<'_> {
    /// The cells in `$Elements`.
    pub(super) fn read(&self, section: Section<'_>) -> Result<Cells, GmshError> {
        let mut cells = match section.format.layout {
            Layout::Two => self.read_one_by_one(section)?,
            layout => self.read_blocks(section, layout)?,
        };
        if section.format.layout == Layout::Two {
            cells.merge_repeated();
        }
        Ok(cells)
    }

    /// The blocks of version 4, each the elements of one type in one entity.
    fn read_blocks(&self, section: Section<'_>, layout: Layout) -> Result<Cells, GmshError> {
        let mut cursor = Cursor::new(section);
        let mut cells = Cells::default();
        let blocks = cursor.count("blocks")?;
        let total_here = cursor.here();
        let total = cursor.count("elements")?;
        if layout == Layout::FourOne {
            let _lowest = cursor.size()?;
            let _highest = cursor.size()?;
        }
        let mut found = 0;
        for _ in 0..blocks {
            let here = cursor.here();
            let first = cursor.integer()?;
            let second = cursor.integer()?;
            let entity = if layout == Layout::FourOne {
                second
            } else {
                first
            };
            let element_type = cursor.integer()?;
            let count = cursor.count("elements in a block")?;
            found += count;
            match ElementKind::of(element_type) {
                ElementKind::Lower(name, nodes) => {
                    cursor.skip(count, element(nodes))?;
                    cells.pass_over(name, count);
                }
                ElementKind::Linear(shape) => {
                    let nodes = shape.node_count().unwrap_or_default();
                    self.read_block(&mut cursor, &mut cells, count, shape, nodes, entity)?;
                }
                ElementKind::Curved(shape, nodes) => {
                    if let (false, true) = (self.linearize, count > 0) {
                        return Err(GmshError::HigherOrder {
                            place: cursor.place_of(here),
                            element: cursor.size()?,
                            name: shape.name(),
                            nodes,
                            element_type,
                        });
                    }
                    let start = cells.shapes.len();
                    self.read_block(&mut cursor, &mut cells, count, shape, nodes, entity)?;
                    cells.mark_curved(start);
                }
                ElementKind::Polygon | ElementKind::Unknown => {
                    return Err(GmshError::ElementType {
                        place: cursor.place_of(here),
                        element_type,
                    });
                }
            }
        }
        cursor.finish()?;
        check_total(&cursor, total_here, total, found)?;
        Ok(cells)
    }

    /// Adds `count` elements of `nodes` nodes, of which the corners are read.
    fn read_block(
        &self,
        cursor: &mut Cursor<'_>,
        cells: &mut Cells,
        count: usize,
        shape: Shape,
        nodes: usize,
        entity: i64,
    ) -> Result<(), GmshError> {
        let corners = shape.node_count().unwrap_or_default();
        let (tags, connectivity) = cursor.records(
            count,
            element(nodes),
            [1, corners],
            |integers, _, tags: &mut [i64], ids: &mut [NodeId]| {
                let (tag, nodes) = integers.split_at(1);
                tags.copy_from_slice(tag);
                for (id, &node) in ids.iter_mut().zip(nodes) {
                    *id = self.find(tag[0], node)?;
                }
                Ok(())
            },
        )?;
        let whole = self.entities.whole(entity);
        let groups = self.entities.groups(entity);
        cells.add_block(shape, tags, connectivity, whole, groups);
        Ok(())
    }

    #[inline]
    fn find(&self, element: i64, node: i64) -> Result<NodeId, UnknownNode> {
        match self.nodes.find(node) {
            Some(place) => Ok(NodeId::new(place)),
            None => Err(UnknownNode {
                element,
                node,
                nodes: self.node_count,
            }),
        }
    }

    /// The elements of version 2, each with a type of its own, or in binary blocks of one type.
    fn read_one_by_one(&self, section: Section<'_>) -> Result<Cells, GmshError> {
        let mut cursor = Cursor::new(section);
        let here = cursor.here();
        let total = line_count(&mut cursor)?;
        if !cursor.is_text() {
            return self.read_binary(&mut cursor, here, total);
        }
        // As a rule each element stands in a line of its own. Where one does not, the part that
        // it begins in ends amidst it, and all are read in one go: so its place is found, too.
        let parts = cursor.split_lines(PIECE);
        if parts.len() > 1 {
            let parts: Vec<_> = parts
                .into_par_iter()
                .map(|mut part| self.read_text(&mut part))
                .collect();
            if let Ok(parts) = parts.into_iter().collect::<Result<Vec<_>, _>>() {
                let mut cells = Cells::default();
                let mut found = 0;
                for (part, count) in parts {
                    cells.add_all(part);
                    found += count;
                }
                check_total(&cursor, here, total, found)?;
                return Ok(cells);
            }
        }
        let (cells, found) = self.read_text(&mut cursor)?;
        check_total(&cursor, here, total, found)?;
        Ok(cells)
    }

    /// All elements to the end of the section, and how many there are.
    fn read_text(&self, cursor: &mut Cursor<'_>) -> Result<(Cells, usize), GmshError> {
        let mut cells = Cells::default();
        let mut count = 0;
        let mut tags = Vec::new();
        while !cursor.is_at_end() {
            let here = cursor.here();
            let element = cursor.integer()?;
            let element_type = cursor.integer()?;
            let tag_count = self.tag_count(cursor)?;
            tags.clear();
            for _ in 0..tag_count {
                tags.push(cursor.integer()?);
            }
            self.read_element(cursor, &mut cells, element_type, element, &tags, here)?;
            count += 1;
        }
        Ok((cells, count))
    }

    fn read_binary(
        &self,
        cursor: &mut Cursor<'_>,
        total_here: usize,
        total: usize,
    ) -> Result<Cells, GmshError> {
        let mut cells = Cells::default();
        let mut found = 0;
        let mut tags = Vec::new();
        while found < total {
            let element_type = cursor.integer()?;
            let here = cursor.here();
            let count = cursor.integer()?;
            let count = cursor.to_count(count, "elements in a block", here)?;
            let tag_count = self.tag_count(cursor)?;
            if count == 0 {
                // Or a damaged file would never end.
                check_total(cursor, total_here, total, found)?;
            }
            for _ in 0..count {
                let here = cursor.here();
                let element = cursor.integer()?;
                tags.clear();
                for _ in 0..tag_count {
                    tags.push(cursor.integer()?);
                }
                self.read_element(cursor, &mut cells, element_type, element, &tags, here)?;
            }
            found += count;
        }
        cursor.finish()?;
        check_total(cursor, total_here, total, found)?;
        Ok(cells)
    }

    #[expect(clippy::unused_self, reason = "one of the steps of reading an element")]
    fn tag_count(&self, cursor: &mut Cursor<'_>) -> Result<usize, GmshError> {
        let here = cursor.here();
        let count = cursor.integer()?;
        cursor.to_count(count, "tags of an element", here)
    }

    /// Adds the element whose type and tags have been read.
    fn read_element(
        &self,
        cursor: &mut Cursor<'_>,
        cells: &mut Cells,
        element_type: i64,
        element: i64,
        tags: &[i64],
        here: usize,
    ) -> Result<(), GmshError> {
        let kind = ElementKind::of(element_type);
        let (shape, nodes) = match kind {
            ElementKind::Linear(shape) => (shape, shape.node_count().unwrap_or_default()),
            ElementKind::Curved(shape, nodes) if self.linearize => (shape, nodes),
            ElementKind::Lower(name, nodes) => {
                cursor.skip(1, integers(nodes))?;
                cells.pass_over(name, 1);
                return Ok(());
            }
            ElementKind::Polygon => {
                let at = cursor.here();
                let nodes = cursor.integer()?;
                let nodes = cursor.to_count(nodes, "nodes of a polygon", at)?;
                cursor.skip(nodes, integers(1))?;
                cells.pass_over("polygons", 1);
                return Ok(());
            }
            ElementKind::Curved(shape, nodes) => {
                return Err(GmshError::HigherOrder {
                    place: cursor.place_of(here),
                    element,
                    name: shape.name(),
                    nodes,
                    element_type,
                });
            }
            ElementKind::Unknown => {
                return Err(GmshError::ElementType {
                    place: cursor.place_of(here),
                    element_type,
                });
            }
        };
        let corners = shape.node_count().unwrap_or_default();
        let mut ids = [NodeId::default(); 8];
        for id in ids.iter_mut().take(corners) {
            let node = cursor.integer()?;
            *id = self
                .find(element, node)
                .map_err(|wrong| GmshError::UnknownNode {
                    place: cursor.place_of(here),
                    element: wrong.element,
                    node: wrong.node,
                    nodes: wrong.nodes,
                })?;
        }
        if nodes > corners {
            cursor.skip(nodes - corners, integers(1))?;
        }
        let tag = |place: usize| tags.get(place).copied().unwrap_or_default();
        let ids = ids.into_iter().take(corners);
        cells.add(shape, element, ids, tag(1), tag(0));
        if nodes > corners {
            cells.mark_curved(cells.shapes.len() - 1);
        }
        Ok(())
    }
}

/// An element of version 4.
const fn element(nodes: usize) -> Record {
    Record {
        integers: 1 + nodes,
        floats: 0,
        are_wide: true,
    }
}

const fn integers(integers: usize) -> Record {
    Record {
        integers,
        floats: 0,
        are_wide: false,
    }
}

/// An error where the number of elements, at this mark, is not what was found.
fn check_total(
    cursor: &Cursor<'_>,
    here: usize,
    total: usize,
    found: usize,
) -> Result<(), GmshError> {
    if total == found {
        return Ok(());
    }
    Err(GmshError::Count {
        place: cursor.place_of(here),
        section: "Elements".into(),
        what: "elements announced",
        found: total.to_string(),
        expected: format!("the {found} that there are"),
    })
}
