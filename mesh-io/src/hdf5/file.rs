//! A file in memory, its objects found by their paths.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::attributes::read_attribute;
use super::dataset::Dataset;
use super::header::Header;
use super::links::{is_group, read_links};
use super::source::Source;
use super::{Hdf5Error, Hdf5Read, Member, Value, join};

/// How often the bytes of a file may be read, on average. Once is usual.
const MOST_READS: u64 = 8;

/// An HDF5 file in memory, read without the HDF5 library.
///
/// Damage does no harm: nothing is read twice without end, and no more memory is taken than the
/// bytes that are there can mean.
pub(crate) struct NativeFile<'a> {
    source: Source<'a>,
    /// Paths found so far, and the addresses of their headers.
    addresses: RefCell<HashMap<String, u64>>,
    /// Groups whose members are among the paths.
    listed: RefCell<HashMap<String, Vec<String>>>,
    /// Bytes of links and data sets read so far.
    read: Cell<u64>,
}

impl<'a> NativeFile<'a> {
    /// The file that is `bytes`.
    ///
    /// # Errors
    ///
    /// No HDF5 file, or one that was cut.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Hdf5Error> {
        Self::with_checksums(bytes, true)
    }

    /// As [`new`](Self::new); wrong checksums are let pass unless `verify` is set.
    pub(crate) fn with_checksums(bytes: &'a [u8], verify: bool) -> Result<Self, Hdf5Error> {
        let source = Source::new(bytes, verify)?;
        let root = HashMap::from([(String::new(), source.root)]);
        Ok(Self {
            source,
            addresses: RefCell::new(root),
            listed: RefCell::default(),
            read: Cell::new(0),
        })
    }

    /// Counts bytes, of which a file has only so many.
    fn spend(&self, bytes: u64) -> Result<(), Hdf5Error> {
        let read = self.read.get().saturating_add(bytes);
        self.read.set(read);
        let length = self.source.length();
        if read > length.saturating_mul(MOST_READS) {
            return Err(Hdf5Error::Budget { read, length });
        }
        Ok(())
    }

    fn header(&self, path: &str) -> Result<Header<'a>, Hdf5Error> {
        let mut start = path.len();
        // The longest part of the path that is known, then one name after the other.
        while !self.addresses.borrow().contains_key(&path[..start]) {
            let parent = path[..start].rfind('/').ok_or(Hdf5Error::NoObject)?;
            start = parent;
        }
        while start < path.len() {
            self.list(&path[..start])?;
            let name = path[start + 1..].find('/');
            start = name.map_or(path.len(), |length| start + 1 + length);
            if !self.addresses.borrow().contains_key(&path[..start]) {
                return Err(Hdf5Error::NoObject);
            }
        }
        let address = self.addresses.borrow().get(path).copied();
        Header::read(&self.source, address.ok_or(Hdf5Error::NoObject)?)
    }

    /// The names in a group, which are known from now on.
    fn list(&self, group: &str) -> Result<Vec<String>, Hdf5Error> {
        if let Some(names) = self.listed.borrow().get(group) {
            return Ok(names.clone());
        }
        let header = self.header(group)?;
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        for link in read_links(&self.source, &header)? {
            let path = join(group, &link.name);
            self.spend(path.len() as u64 + 8)?;
            // A name with a slash could not be told from a path.
            if !link.name.contains('/') && seen.insert(link.name.clone()) {
                self.addresses.borrow_mut().insert(path, link.address);
                names.push(link.name);
            }
        }
        self.listed
            .borrow_mut()
            .insert(group.to_owned(), names.clone());
        Ok(names)
    }

    fn dataset(&self, path: &str) -> Result<Dataset<'a>, Hdf5Error> {
        Dataset::read(&self.source, &self.header(path)?)
    }
}

impl Hdf5Read for NativeFile<'_> {
    fn members(&self, group: &str) -> Result<Vec<Member>, Hdf5Error> {
        let names = self.list(group)?;
        let member = |name: String| {
            let header = self.header(&join(group, &name))?;
            let is_group = is_group(&header);
            Ok(Member { name, is_group })
        };
        names.into_iter().map(member).collect()
    }

    fn attribute(&self, object: &str, name: &str) -> Result<Option<Value>, Hdf5Error> {
        read_attribute(&self.source, &self.header(object)?, name)
    }

    fn length(&self, dataset: &str) -> Result<usize, Hdf5Error> {
        Ok(self.dataset(dataset)?.length)
    }

    fn values(&self, dataset: &str) -> Result<Value, Hdf5Error> {
        let dataset = self.dataset(dataset)?;
        let stored = dataset.bytes(&self.source)?;
        self.spend(stored.read)?;
        dataset.datatype.values(&self.source, &stored.bytes)
    }
}
