//! Objects of a file, with the place in every error.

use super::error::MedError;
use crate::hdf5::{Hdf5Error, Hdf5Read, Member, Value, decode};

/// A file and the ways to ask it.
#[derive(Clone, Copy)]
pub(super) struct Access<'a>(pub(super) &'a dyn Hdf5Read);

impl Access<'_> {
    /// What is in a group; `None` where there is no such group.
    pub(super) fn find_members(&self, group: &str) -> Result<Option<Vec<Member>>, MedError> {
        match self.0.members(group) {
            Ok(members) => Ok(Some(members)),
            Err(Hdf5Error::NoObject) => Ok(None),
            Err(error) => Err(at(group, error)),
        }
    }

    /// What is in a group; nothing where there is no such group.
    pub(super) fn members(&self, group: &str) -> Result<Vec<Member>, MedError> {
        self.find_members(group).map(Option::unwrap_or_default)
    }

    /// The length of a data set; `None` where there is none.
    pub(super) fn find_length(&self, dataset: &str) -> Result<Option<usize>, MedError> {
        match self.0.length(dataset) {
            Ok(length) => Ok(Some(length)),
            Err(Hdf5Error::NoObject) => Ok(None),
            Err(error) => Err(at(dataset, error)),
        }
    }

    /// The values of a data set; `None` where there is none.
    pub(super) fn find_values(&self, dataset: &str) -> Result<Option<Value>, MedError> {
        match self.0.values(dataset) {
            Ok(values) => Ok(Some(values)),
            Err(Hdf5Error::NoObject) => Ok(None),
            Err(error) => Err(at(dataset, error)),
        }
    }

    /// The integers of a data set; `None` where there is none.
    pub(super) fn find_integers(&self, dataset: &str) -> Result<Option<Vec<i64>>, MedError> {
        match self.find_values(dataset)? {
            None => Ok(None),
            Some(Value::Integers(values)) => Ok(Some(values)),
            Some(other) => Err(wrong_kind(dataset, &other, "integers")),
        }
    }

    /// The integers of the data set `name` of a group.
    pub(super) fn integers(&self, group: &str, name: &'static str) -> Result<Vec<i64>, MedError> {
        let found = self.find_integers(&format!("{group}/{name}"))?;
        found.ok_or_else(|| missing(group, name))
    }

    /// The floats of the data set `name` of a group.
    pub(super) fn floats(&self, group: &str, name: &'static str) -> Result<Vec<f64>, MedError> {
        let path = format!("{group}/{name}");
        match self.find_values(&path)? {
            None => Err(missing(group, name)),
            Some(Value::Floats(values)) => Ok(values),
            Some(other) => Err(wrong_kind(&path, &other, "floats")),
        }
    }

    fn attribute(&self, object: &str, name: &str) -> Result<Option<Value>, MedError> {
        self.0
            .attribute(object, name)
            .map_err(|error| at(&format!("{object}@{name}"), error))
    }

    /// An attribute that is one integer; `None` where there is none.
    pub(super) fn integer(&self, object: &str, name: &str) -> Result<Option<i64>, MedError> {
        match self.attribute(object, name)? {
            None => Ok(None),
            Some(Value::Integers(values)) => Ok(values.first().copied()),
            Some(other) => Err(wrong_kind(
                &format!("{object}@{name}"),
                &other,
                "an integer",
            )),
        }
    }

    /// An attribute that is one number; `None` where there is none.
    pub(super) fn float(&self, object: &str, name: &str) -> Result<Option<f64>, MedError> {
        match self.attribute(object, name)? {
            None => Ok(None),
            Some(Value::Floats(values)) => Ok(values.first().copied()),
            Some(other) => Err(wrong_kind(&format!("{object}@{name}"), &other, "a float")),
        }
    }

    /// The bytes of an attribute that is text; `None` where there is none.
    pub(super) fn bytes(&self, object: &str, name: &str) -> Result<Option<Vec<u8>>, MedError> {
        match self.attribute(object, name)? {
            None => Ok(None),
            Some(Value::Text(bytes)) => Ok(Some(bytes)),
            Some(other) => Err(wrong_kind(&format!("{object}@{name}"), &other, "text")),
        }
    }

    /// An attribute that is text, up to the first zero byte; `None` where there is none.
    pub(super) fn text(&self, object: &str, name: &str) -> Result<Option<String>, MedError> {
        let bytes = self.bytes(object, name)?;
        Ok(bytes.map(|bytes| decode(until_zero(&bytes))))
    }
}

/// The bytes before the first that is zero.
pub(super) fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The text in a field of fixed width, without the blanks and zeros that fill it up.
pub(super) fn unpadded(bytes: &[u8]) -> String {
    decode(until_zero(bytes)).trim_end_matches(' ').to_owned()
}

/// A path as messages show it: in one line that is not too long.
pub(super) fn shown(path: &str) -> String {
    let visible = |character: char| {
        if character.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    let path: String = path.chars().map(visible).collect();
    crate::shorten_to(&path, 200)
}

/// The error, at this place.
pub(super) fn at(place: &str, source: Hdf5Error) -> MedError {
    let place = if place.is_empty() { "/" } else { place };
    MedError::Hdf5 {
        place: shown(place),
        source,
    }
}

/// The error that `name` is not in a group.
pub(super) fn missing(group: &str, name: &'static str) -> MedError {
    MedError::Missing {
        place: shown(group),
        name,
    }
}

pub(super) fn wrong_kind(place: &str, found: &Value, expected: &'static str) -> MedError {
    MedError::Kind {
        place: shown(place),
        found: match found {
            Value::Floats(_) => "floats",
            Value::Integers(_) => "integers",
            Value::Text(_) => "text",
        },
        expected,
    }
}

/// The error that a data set is of another length.
pub(super) fn check_length(
    place: &str,
    found: usize,
    expected: usize,
    reason: &'static str,
) -> Result<(), MedError> {
    if found == expected {
        return Ok(());
    }
    Err(MedError::Length {
        place: shown(place),
        found,
        expected,
        reason,
    })
}
