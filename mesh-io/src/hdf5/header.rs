//! Object headers: what makes an address a group or a data set, as a list of messages.

use super::Hdf5Error;
use super::cursor::Cursor;
use super::source::Source;

/// Kinds of messages that are read.
pub(super) mod kind {
    pub(in super::super) const DATASPACE: u16 = 0x01;
    pub(in super::super) const LINK_INFO: u16 = 0x02;
    pub(in super::super) const DATATYPE: u16 = 0x03;
    pub(in super::super) const LINK: u16 = 0x06;
    pub(in super::super) const EXTERNAL_FILES: u16 = 0x07;
    pub(in super::super) const LAYOUT: u16 = 0x08;
    pub(in super::super) const FILTERS: u16 = 0x0B;
    pub(in super::super) const ATTRIBUTE: u16 = 0x0C;
    pub(in super::super) const CONTINUATION: u16 = 0x10;
    pub(in super::super) const SYMBOL_TABLE: u16 = 0x11;
    pub(in super::super) const ATTRIBUTE_INFO: u16 = 0x15;
}

/// The messages of an object.
pub(super) struct Header<'a> {
    /// Where it begins in the file.
    pub(super) offset: u64,
    messages: Vec<Message<'a>>,
}

/// One message.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    kind: u16,
    /// Whether the message only says where another one is.
    pub(super) is_shared: bool,
    pub(super) body: Cursor<'a>,
}

impl<'a> Header<'a> {
    /// Reads the header at `address`, all its blocks.
    pub(super) fn read(source: &Source<'a>, address: u64) -> Result<Self, Hdf5Error> {
        let cursor = source.at(address)?;
        let mut header = Self {
            offset: cursor.offset(),
            messages: Vec::new(),
        };
        let mut ahead = cursor;
        if ahead.u8()? == 1 {
            header.read_old(source, cursor)?;
        } else {
            header.read_new(source, address, cursor)?;
        }
        let size = |message: &Message<'_>| message.body.left() + 8;
        source.spend(header.messages.iter().map(size).sum())?;
        Ok(header)
    }

    fn read_old(&mut self, source: &Source<'a>, mut cursor: Cursor<'a>) -> Result<(), Hdf5Error> {
        cursor.skip(2)?;
        let messages = cursor.u16()?;
        cursor.skip(4)?;
        let size = cursor.u32()? as usize;
        cursor.skip(4)?;
        let mut blocks = vec![cursor.part(size)?];
        let mut next = 0;
        while let Some(mut block) = blocks.get(next).copied() {
            next += 1;
            while block.left() >= 8 && self.messages.len() < usize::from(messages) {
                let kind = block.u16()?;
                let size = block.u16()?.into();
                let flags = block.u8()?;
                block.skip(3)?;
                let body = block.part(size)?;
                self.add(kind, flags, body);
                if kind == kind::CONTINUATION {
                    let (address, size) = continuation(body)?;
                    let block = source.at(address)?.part(size)?;
                    check_blocks(source, &blocks, &block)?;
                    blocks.push(block);
                }
            }
        }
        Ok(())
    }

    fn read_new(
        &mut self,
        source: &Source<'a>,
        address: u64,
        mut cursor: Cursor<'a>,
    ) -> Result<(), Hdf5Error> {
        const WHAT: &str = "an object header";
        cursor.signature("OHDR", WHAT)?;
        cursor.version(WHAT, &[2])?;
        let flags = cursor.u8()?;
        cursor.skip(if flags & 0x20 == 0 { 0 } else { 16 })?;
        cursor.skip(if flags & 0x10 == 0 { 0 } else { 4 })?;
        let size = cursor.number(1 << (flags & 3))?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let block = cursor.part(size)?;
        source.check(address, cursor.position(), WHAT)?;
        let mut blocks = vec![block];
        let mut next = 0;
        let order = if flags & 0x04 == 0 { 0 } else { 2 };
        while let Some(mut block) = blocks.get(next).copied() {
            next += 1;
            // A gap too small for a message may be left at the end.
            while block.left() >= 4 + order {
                let kind = block.u8()?.into();
                let size = block.u16()?.into();
                let flags = block.u8()?;
                block.skip(order)?;
                let body = block.part(size)?;
                self.add(kind, flags, body);
                if kind == kind::CONTINUATION {
                    let (address, size) = continuation(body)?;
                    let mut block = source.at(address)?.part(size)?;
                    block.signature("OCHK", "a block of an object header")?;
                    let inner = block.left().saturating_sub(4);
                    let block = block.part(inner)?;
                    source.check(address, size.saturating_sub(4), WHAT)?;
                    check_blocks(source, &blocks, &block)?;
                    blocks.push(block);
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, kind: u16, flags: u8, body: Cursor<'a>) {
        let is_shared = flags & 2 != 0;
        self.messages.push(Message {
            kind,
            is_shared,
            body,
        });
    }

    /// The messages of a kind, in order.
    pub(super) fn all(&self, kind: u16) -> impl Iterator<Item = Message<'a>> + '_ {
        let is_such = move |message: &&Message<'a>| message.kind == kind;
        self.messages.iter().filter(is_such).copied()
    }

    /// The first message of a kind.
    pub(super) fn find(&self, kind: u16) -> Option<Message<'a>> {
        self.all(kind).next()
    }

    /// The first message of a kind, of which there has to be one.
    pub(super) fn expect(&self, kind: u16, what: &'static str) -> Result<Message<'a>, Hdf5Error> {
        let offset = self.offset;
        self.find(kind).ok_or(Hdf5Error::Missing { offset, what })
    }
}

fn continuation(mut body: Cursor<'_>) -> Result<(u64, usize), Hdf5Error> {
    let offset = body.offset();
    let address = body.address()?;
    let size = body.size("the size of a block of an object header")?;
    let what = "block that its header continues in";
    Ok((address.ok_or(Hdf5Error::Missing { offset, what })?, size))
}

/// Blocks are all different, so that no header has more messages than the file has room for.
fn check_blocks(
    source: &Source<'_>,
    blocks: &[Cursor<'_>],
    next: &Cursor<'_>,
) -> Result<(), Hdf5Error> {
    source.spend(blocks.len())?;
    let end = |block: &Cursor<'_>| block.offset() + block.left() as u64;
    let meets = |block: &Cursor<'_>| block.offset() < end(next) && next.offset() < end(block);
    if blocks.iter().any(meets) {
        let offset = next.offset();
        let what = "a block of an object header";
        return Err(Hdf5Error::Repeated { offset, what });
    }
    Ok(())
}
