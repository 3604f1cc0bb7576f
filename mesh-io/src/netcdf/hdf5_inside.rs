//! netCDF-4: files of HDF5 in which variables and dimensions are data sets of the first group.

use super::Netcdf;
use super::error::NetcdfError;
use crate::hdf5::{Hdf5Error, Hdf5Read, NativeFile, Value, decode};

/// A file of netCDF-4.
pub(super) struct Netcdf4<'a> {
    file: NativeFile<'a>,
    names: Vec<String>,
}

impl<'a> Netcdf4<'a> {
    /// The file that the bytes are.
    ///
    /// # Errors
    ///
    /// A file that is damaged, or uses what of HDF5 is not read.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, NetcdfError> {
        let file = NativeFile::new(file).map_err(|error| damaged("", error))?;
        let members = file.members("").map_err(|error| damaged("", error))?;
        let data_sets = members.into_iter().filter(|member| !member.is_group);
        let names = data_sets.map(|member| member.name).collect();
        Ok(Self { file, names })
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|found| found == name)
    }

    fn values(&self, name: &str) -> Result<Option<Value>, NetcdfError> {
        if !self.has(name) {
            return Ok(None);
        }
        let values = self.file.values(&path(name));
        values.map(Some).map_err(|error| damaged(name, error))
    }

    fn attribute(&self, name: &str) -> Result<Option<Value>, NetcdfError> {
        let attribute = self.file.attribute("", name);
        attribute.map_err(|error| damaged(name, error))
    }
}

impl Netcdf for Netcdf4<'_> {
    fn dimension(&self, name: &str) -> Result<Option<u64>, NetcdfError> {
        if !self.has(name) {
            return Ok(None);
        }
        let length = self.file.length(&path(name));
        let length = length.map_err(|error| damaged(name, error))?;
        Ok(Some(length as u64))
    }

    fn text(&self, name: &str) -> Result<Option<String>, NetcdfError> {
        Ok(match self.attribute(name)? {
            Some(Value::Text(bytes)) => Some(super::trimmed(&decode(&bytes))),
            _ => None,
        })
    }

    fn number(&self, name: &str) -> Result<Option<u64>, NetcdfError> {
        Ok(match self.attribute(name)? {
            Some(Value::Integers(values)) => values.first().and_then(|n| u64::try_from(*n).ok()),
            Some(Value::Floats(values)) => values.first().and_then(|n| super::whole(*n)),
            _ => None,
        })
    }

    fn floats(&self, name: &str) -> Result<Option<Vec<f64>>, NetcdfError> {
        Ok(match self.values(name)? {
            None => None,
            Some(Value::Floats(values)) => Some(values),
            Some(Value::Integers(values)) => Some(values.iter().map(|n| *n as f64).collect()),
            Some(Value::Text(_)) => return Err(unexpected(name, "char", "double or float")),
        })
    }

    fn ids(&self, name: &str, largest: u32) -> Result<Option<Vec<u32>>, NetcdfError> {
        let values = match self.values(name)? {
            None => return Ok(None),
            Some(Value::Integers(values)) => values,
            Some(Value::Floats(_)) => return Err(unexpected(name, "double", "int or int64")),
            Some(Value::Text(_)) => return Err(unexpected(name, "char", "int or int64")),
        };
        let wrong = |value: &i64| !(1..=i64::from(largest)).contains(value);
        if let Some(index) = values.iter().position(wrong) {
            return Err(NetcdfError::Range {
                variable: name.to_owned(),
                index,
                value: values[index].into(),
                least: 1,
                largest: largest.into(),
            });
        }
        Ok(Some(values.into_iter().map(|id| (id - 1) as u32).collect()))
    }
}

fn path(name: &str) -> String {
    crate::hdf5::join("", name)
}

fn damaged(name: &str, source: Hdf5Error) -> NetcdfError {
    NetcdfError::Hdf5 {
        variable: name.to_owned(),
        source,
    }
}

fn unexpected(name: &str, found: &'static str, expected: &'static str) -> NetcdfError {
    NetcdfError::Type {
        variable: name.to_owned(),
        found,
        expected,
    }
}
