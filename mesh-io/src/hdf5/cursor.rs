//! Reading a structure of a file from its beginning on, never past its end.

use super::Hdf5Error;

/// The widths of offsets and lengths in a file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Widths {
    pub(super) offset: usize,
    pub(super) length: usize,
}

/// A place in the bytes of a file, and where the structure around it ends. Numbers are little
/// endian, as all of HDF5's own are.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    widths: Widths,
    /// Where `bytes` begin in the file.
    first: u64,
}

impl<'a> Cursor<'a> {
    /// At the beginning of `bytes`, which stand at `first` in the file.
    pub(super) const fn new(bytes: &'a [u8], widths: Widths, first: u64) -> Self {
        Self {
            bytes,
            position: 0,
            widths,
            first,
        }
    }

    /// Where the next byte stands in the file.
    pub(super) const fn offset(&self) -> u64 {
        self.first + self.position as u64
    }

    /// How many bytes are left.
    pub(super) const fn left(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// How many bytes have been read.
    pub(super) const fn position(&self) -> usize {
        self.position
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Hdf5Error> {
        let taken = self
            .bytes
            .get(self.position..)
            .and_then(|left| left.get(..count))
            .ok_or(Hdf5Error::Truncated {
                offset: self.offset(),
                needed: count as u64,
                end: self.first + self.bytes.len() as u64,
            })?;
        self.position += count;
        Ok(taken)
    }

    /// The same widths, over the next `count` bytes, which are passed.
    pub(super) fn part(&mut self, count: usize) -> Result<Self, Hdf5Error> {
        let first = self.offset();
        Ok(Self::new(self.take(count)?, self.widths, first))
    }

    /// What is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    pub(super) fn skip(&mut self, count: usize) -> Result<(), Hdf5Error> {
        self.take(count).map(|_| ())
    }

    /// Passes bytes up to a multiple of eight from the beginning.
    pub(super) fn align(&mut self) -> Result<(), Hdf5Error> {
        self.skip(self.position.next_multiple_of(8) - self.position)
    }

    /// A number of `width` bytes, at most eight.
    pub(super) fn number(&mut self, width: usize) -> Result<u64, Hdf5Error> {
        let taken = self.take(width)?;
        let mut bytes = [0; 8];
        for (byte, taken) in bytes.iter_mut().zip(taken) {
            *byte = *taken;
        }
        Ok(u64::from_le_bytes(bytes))
    }

    pub(super) fn u8(&mut self) -> Result<u8, Hdf5Error> {
        self.number(1).map(|number| number as u8)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Hdf5Error> {
        self.number(2).map(|number| number as u16)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Hdf5Error> {
        self.number(4).map(|number| number as u32)
    }

    /// A length.
    pub(super) fn length(&mut self) -> Result<u64, Hdf5Error> {
        self.number(self.widths.length)
    }

    /// A length that counts bytes or things in memory.
    pub(super) fn size(&mut self, what: &'static str) -> Result<usize, Hdf5Error> {
        let offset = self.offset();
        let found = self.length()?;
        usize::try_from(found).map_err(|_| Hdf5Error::Number {
            offset,
            what,
            found,
            expected: "less",
        })
    }

    /// An address; `None` where it is undefined, all bits set.
    pub(super) fn address(&mut self) -> Result<Option<u64>, Hdf5Error> {
        let width = self.widths.offset;
        let address = self.number(width)?;
        let undefined = u64::MAX >> (64 - 8 * width);
        Ok((address != undefined).then_some(address))
    }

    /// Four letters that have to stand here.
    pub(super) fn signature(
        &mut self,
        expected: &'static str,
        what: &'static str,
    ) -> Result<(), Hdf5Error> {
        let offset = self.offset();
        if self.take(4)? == expected.as_bytes() {
            Ok(())
        } else {
            Err(Hdf5Error::Signature {
                offset,
                expected,
                what,
            })
        }
    }

    /// A version, or another byte that has to be one of `allowed`.
    pub(super) fn version(&mut self, what: &'static str, allowed: &[u8]) -> Result<u8, Hdf5Error> {
        let version = self.u8()?;
        if allowed.contains(&version) {
            Ok(version)
        } else {
            Err(Hdf5Error::Unsupported {
                what: format!("version {version} of {what}"),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTHS: Widths = Widths {
        offset: 4,
        length: 8,
    };

    #[test]
    fn nothing_is_read_past_the_end() {
        let mut cursor = Cursor::new(&[1, 2, 3], WIDTHS, 100);
        assert_eq!(cursor.u16(), Ok(0x0201));
        let error = Hdf5Error::Truncated {
            offset: 102,
            needed: 2,
            end: 103,
        };
        assert_eq!(cursor.u16(), Err(error));
        assert_eq!((cursor.left(), cursor.u8()), (1, Ok(3)));
        assert!(cursor.take(usize::MAX).is_err());
    }

    #[test]
    fn an_address_of_ones_is_none() {
        let mut cursor = Cursor::new(&[255, 255, 255, 255, 5, 0, 0, 0], WIDTHS, 0);
        assert_eq!(cursor.address(), Ok(None));
        assert_eq!(cursor.address(), Ok(Some(5)));
    }
}
