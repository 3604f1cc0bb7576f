//! Files read through the HDF5 library: all of HDF5, and no promise for damaged files.

use std::path::Path;

use hdf5_metno::types::{
    FixedAscii, FixedUnicode, IntSize, TypeDescriptor, VarLenAscii, VarLenUnicode,
};
use hdf5_metno::{Container, Error, File, H5Type, IndexType, IterationOrder, LocationType};

use super::{Hdf5Error, Hdf5Read, Member, Value, join};

/// An HDF5 file on disk, open in the HDF5 library.
pub(crate) struct LibraryFile(File);

/// The longest string of fixed length that is read.
const LONGEST: usize = 1 << 16;
/// The arrays of single bytes that are read: names of groups in MED files.
const BYTES: usize = 80;

impl LibraryFile {
    /// Opens the file at `path`.
    ///
    /// # Errors
    ///
    /// What the library says.
    pub(crate) fn open(path: &Path) -> Result<Self, Hdf5Error> {
        File::open(path).map(Self).map_err(|error| refused(&error))
    }

    /// Whether there is an object of this path. The library wants every part of it asked for.
    fn check(&self, path: &str) -> Result<(), Hdf5Error> {
        let ends = path.match_indices('/').map(|(start, _)| start);
        let ends = ends.skip(1).chain([path.len()]);
        for end in ends.filter(|end| *end > 0) {
            if !self.0.link_exists(&path[..end]) {
                return Err(Hdf5Error::NoObject);
            }
        }
        Ok(())
    }

    fn kind(&self, path: &str) -> Result<LocationType, Hdf5Error> {
        self.check(path)?;
        let path = if path.is_empty() { "/" } else { path };
        self.0
            .loc_type_by_name(path)
            .map_err(|error| refused(&error))
    }
}

impl Hdf5Read for LibraryFile {
    fn members(&self, group: &str) -> Result<Vec<Member>, Hdf5Error> {
        self.check(group)?;
        let path = if group.is_empty() { "/" } else { group };
        let opened = self.0.group(path).map_err(|error| refused(&error))?;
        // Where the order of creation is not tracked, that is an error.
        let by = |index| opened.member_names_by(index, IterationOrder::Increasing);
        let names = by(IndexType::CreationOrder).or_else(|_| by(IndexType::Name));
        let names = names.map_err(|error| refused(&error))?;
        let mut members = Vec::new();
        for name in names.into_iter().filter(|name| !name.contains('/')) {
            // Links that lead nowhere are none.
            if let Ok(kind) = self.kind(&join(group, &name)) {
                let is_group = matches!(kind, LocationType::Group);
                members.push(Member { name, is_group });
            }
        }
        Ok(members)
    }

    fn attribute(&self, object: &str, name: &str) -> Result<Option<Value>, Hdf5Error> {
        let path = if object.is_empty() { "/" } else { object };
        let kind = self.kind(object)?;
        let attribute = if matches!(kind, LocationType::Group) {
            let group = self.0.group(path).map_err(|error| refused(&error))?;
            let names = group.attr_names().map_err(|error| refused(&error))?;
            if !names.iter().any(|found| found == name) {
                return Ok(None);
            }
            group.attr(name)
        } else {
            let dataset = self.0.dataset(path).map_err(|error| refused(&error))?;
            let names = dataset.attr_names().map_err(|error| refused(&error))?;
            if !names.iter().any(|found| found == name) {
                return Ok(None);
            }
            dataset.attr(name)
        };
        let attribute = attribute.map_err(|error| refused(&error))?;
        read(&attribute).map(Some)
    }

    fn length(&self, dataset: &str) -> Result<usize, Hdf5Error> {
        self.check(dataset)?;
        Ok(self
            .0
            .dataset(dataset)
            .map_err(|error| refused(&error))?
            .size())
    }

    fn values(&self, dataset: &str) -> Result<Value, Hdf5Error> {
        self.check(dataset)?;
        let dataset = self.0.dataset(dataset).map_err(|error| refused(&error))?;
        read(&dataset)
    }
}

fn read(container: &Container) -> Result<Value, Hdf5Error> {
    let datatype = container.dtype().map_err(|error| refused(&error))?;
    let descriptor = datatype.to_descriptor().map_err(|error| refused(&error))?;
    match descriptor {
        TypeDescriptor::Integer(_) | TypeDescriptor::Unsigned(_) => {
            read_raw(container).map(Value::Integers)
        }
        TypeDescriptor::Float(_) => read_raw(container).map(Value::Floats),
        TypeDescriptor::FixedAscii(size) if size <= LONGEST => {
            let texts = read_raw::<FixedAscii<LONGEST>>(container)?;
            Ok(text(texts.iter().map(FixedAscii::as_bytes), size))
        }
        TypeDescriptor::FixedUnicode(size) if size <= LONGEST => {
            let texts = read_raw::<FixedUnicode<LONGEST>>(container)?;
            Ok(text(texts.iter().map(FixedUnicode::as_bytes), size))
        }
        TypeDescriptor::VarLenAscii => {
            let texts = read_raw::<VarLenAscii>(container)?;
            Ok(text(texts.iter().map(VarLenAscii::as_bytes), 0))
        }
        TypeDescriptor::VarLenUnicode => {
            let texts = read_raw::<VarLenUnicode>(container)?;
            Ok(text(texts.iter().map(VarLenUnicode::as_bytes), 0))
        }
        TypeDescriptor::FixedArray(base, BYTES) => match *base {
            TypeDescriptor::Integer(IntSize::U1) => {
                let names = read_raw::<[i8; BYTES]>(container)?;
                let bytes = names.iter().flatten().map(|byte| byte.cast_unsigned());
                Ok(Value::Text(bytes.collect()))
            }
            other => Err(unsupported(&TypeDescriptor::FixedArray(
                Box::new(other),
                BYTES,
            ))),
        },
        other => Err(unsupported(&other)),
    }
}

fn read_raw<T: H5Type>(container: &Container) -> Result<Vec<T>, Hdf5Error> {
    container.read_raw().map_err(|error| refused(&error))
}

/// The texts in a row, each filled up to `size` as it is in the file.
fn text<'a>(texts: impl Iterator<Item = &'a [u8]>, size: usize) -> Value {
    let mut bytes = Vec::new();
    for text in texts {
        let end = bytes.len() + size.max(text.len());
        bytes.extend_from_slice(text);
        bytes.resize(end, 0);
    }
    Value::Text(bytes)
}

fn unsupported(descriptor: &TypeDescriptor) -> Hdf5Error {
    let message = format!("values of type {descriptor}, expected numbers or text");
    Hdf5Error::Library { message }
}

fn refused(error: &Error) -> Hdf5Error {
    let message = error.to_string();
    let words: Vec<&str> = message.split_whitespace().collect();
    let message = crate::shorten_to(&words.join(" "), 200);
    Hdf5Error::Library { message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::NativeFile;

    /// The paths of all objects, with what both readers say of each.
    fn compare(native: &NativeFile<'_>, library: &LibraryFile, group: &str) -> usize {
        let members = native.members(group).unwrap();
        let mut count = members.len();
        assert_eq!(library.members(group).unwrap(), members, "{group}");
        for member in members {
            let path = join(group, &member.name);
            for name in [
                "NBR", "NDT", "NOR", "PDT", "NCO", "NOM", "UNI", "MAI", "PFL", "other",
            ] {
                let text = |value: Option<Value>| match value {
                    // What stands behind the zero that ends a string may differ.
                    Some(Value::Text(bytes)) => {
                        let end = bytes.iter().position(|byte| *byte == 0);
                        Some(Value::Text(bytes[..end.unwrap_or(bytes.len())].to_vec()))
                    }
                    value => value,
                };
                let found = text(library.attribute(&path, name).unwrap());
                assert_eq!(
                    found,
                    text(native.attribute(&path, name).unwrap()),
                    "{path}@{name}"
                );
            }
            if member.is_group {
                count += compare(native, library, &path);
            } else {
                assert_eq!(library.length(&path), native.length(&path), "{path}");
                assert_eq!(library.values(&path), native.values(&path), "{path}");
            }
        }
        count
    }

    #[test]
    fn both_readers_say_the_same_of_every_object() {
        let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/med");
        for name in [
            "many",
            "mixed",
            "mixed_23",
            "mixed_33",
            "mixed_chunked",
            "mixed_old_groups",
            "one_cell_chunked",
            "pins_coarse",
        ] {
            let path = made.join(format!("{name}.med"));
            let bytes = std::fs::read(&path).unwrap();
            let native = NativeFile::new(&bytes).unwrap();
            let library = LibraryFile::open(&path).unwrap();
            assert!(compare(&native, &library, "") > 20, "{name}");
        }
        let error = LibraryFile::open(Path::new("no/such/file.med"))
            .err()
            .unwrap();
        assert!(matches!(error, Hdf5Error::Library { .. }), "{error}");
        let path = made.join("one_cell.med");
        let library = LibraryFile::open(&path).unwrap();
        assert_eq!(library.members("/no/such"), Err(Hdf5Error::NoObject));
    }
}
