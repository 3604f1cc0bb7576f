//! Where the files are that another file names.

use std::path::{Component, Path, PathBuf};

use super::elements::Entry;
use crate::vtk::VtkXmlError;
use crate::{ReadError, shorten_to};

/// Why a path is refused.
const INSIDE: &str = "a path inside of its folder; move the files there, or change the path";

/// The file that `entry` of the file `index` names. It lies in `root`, or below.
///
/// # Errors
///
/// A path that leaves `root`, and one that is not there or no regular file; both files are named.
pub(super) fn find_part(index: &Path, root: &Path, entry: &Entry) -> Result<PathBuf, ReadError> {
    let folder = folder_of(index);
    let mut named = PathBuf::from(&entry.file);
    if !folder.join(&named).exists() {
        // Programs on Windows write these.
        named = PathBuf::from(entry.file.replace('\\', "/"));
    }
    let path = normalized(&folder.join(&named));
    let is_inside = path.as_deref().is_some_and(|path| {
        // What is written in full is compared in full.
        let root = if named.is_absolute() {
            std::fs::canonicalize(root).ok()
        } else {
            normalized(root)
        };
        root.is_some_and(|root| path.starts_with(root))
    });
    let Some(path) = path.filter(|_| is_inside) else {
        return Err(ReadError::VtkXml {
            path: index.to_owned(),
            source: Box::new(VtkXmlError::BadAttribute {
                line: entry.line,
                attribute: entry.attribute,
                value: shorten_to(&entry.file, 200),
                expected: INSIDE,
            }),
        });
    };
    match std::fs::metadata(&path) {
        Ok(found) if found.is_file() => Ok(path),
        Ok(_) => {
            let source = std::io::Error::other("it is no regular file");
            Err(in_index(index, ReadError::Io { path, source }))
        }
        Err(source) => Err(in_index(index, ReadError::Io { path, source })),
    }
}

/// An error in a file that `index` names.
pub(super) fn in_index(index: &Path, source: ReadError) -> ReadError {
    ReadError::Part {
        path: index.to_owned(),
        source: Box::new(source),
    }
}

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The path without `.` and without names that `..` takes back; nothing where it begins with `..`
/// and something else follows that it takes back no name of.
fn normalized(path: &Path) -> Option<PathBuf> {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            (Component::ParentDir, Some(Component::RootDir)) => return None,
            _ => parts.push(part),
        }
    }
    Some(parts.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(root: &Path, index: &str, file: &str) -> Result<PathBuf, String> {
        let entry = Entry {
            line: 3,
            attribute: "file",
            file: file.to_owned(),
        };
        find_part(&root.join(index), root, &entry).map_err(|error| error.to_string())
    }

    #[test]
    fn paths_stay_inside_of_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(directory.path()).unwrap().join("run");
        std::fs::create_dir_all(root.join("a")).unwrap();
        for name in ["a/x.vtu", "y.vtu", "../z.vtu"] {
            std::fs::write(root.join(name), b"").unwrap();
        }
        assert_eq!(find(&root, "i.pvd", "a/x.vtu"), Ok(root.join("a/x.vtu")));
        assert_eq!(find(&root, "i.pvd", "./a/../y.vtu"), Ok(root.join("y.vtu")));
        assert_eq!(find(&root, "i.pvd", r"a\x.vtu"), Ok(root.join("a/x.vtu")));
        assert_eq!(find(&root, "a/i.pvtu", "../y.vtu"), Ok(root.join("y.vtu")));
        let whole = root.join("y.vtu").to_str().unwrap().to_owned();
        assert_eq!(find(&root, "i.pvd", &whole), Ok(root.join("y.vtu")));

        for path in ["../z.vtu", "a/../../z.vtu", "/etc/hostname", "/../z.vtu"] {
            let message = find(&root, "i.pvd", path).unwrap_err();
            let expected = format!(
                "{}: line 3: file is {path:?}, expected {INSIDE}",
                root.join("i.pvd").display()
            );
            assert_eq!(message, expected);
        }
        let message = find(&root, "i.pvd", "b/x.vtu").unwrap_err();
        let start = format!(
            "{}: {}: cannot be read: ",
            root.join("i.pvd").display(),
            root.join("b/x.vtu").display()
        );
        assert!(message.starts_with(&start), "{message}");
        let message = find(&root, "i.pvd", "a").unwrap_err();
        assert!(message.ends_with("it is no regular file"), "{message}");
    }

    #[test]
    fn a_path_without_a_folder_counts_from_here() {
        assert_eq!(normalized(Path::new("a/../b")), Some(PathBuf::from("b")));
        assert_eq!(normalized(Path::new("../b")), Some(PathBuf::from("../b")));
        assert_eq!(normalized(Path::new("/../b")), None);
    }
}
