//! Files that are there in full or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::WriteError;

/// Bytes gathered before they are handed to the operating system.
const BUFFER: usize = 1 << 16;

/// Writes a file beside its place and renames it when it is complete.
///
/// On any error the file at `path` stays as it was, and nothing is left beside it. A new file has
/// the permissions that the process gives any new file; one that is replaced keeps its own. A
/// symbolic link is followed. What is no regular file (a pipe, `/dev/null`) is written in place.
///
/// ```
/// use std::io::Write;
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("greeting.txt");
/// mesh_io::write_atomically(&path, |out| writeln!(out, "hello"))?;
/// assert_eq!(std::fs::read_to_string(&path)?, "hello\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What `write` returns, or the operating system when it makes the file; both name `path`.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    try_write(path, write).map_err(|source| cannot_write(path, source))
}

fn cannot_write(path: &Path, source: io::Error) -> WriteError {
    WriteError::Io {
        path: path.to_owned(),
        source,
    }
}

/// Files that belong together: each is written beside its place, and all are renamed when the last
/// one is complete, in the order in which they were added. Nothing is renamed when one cannot be
/// written; where a renaming fails, those before are taken back unless they replaced a file.
#[derive(Default)]
pub(crate) struct FileGroup {
    staged: Vec<(PathBuf, Staged)>,
}

impl FileGroup {
    /// Writes a file beside `path`.
    ///
    /// # Errors
    ///
    /// As [`write_atomically`].
    pub(crate) fn add(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let staged = stage(path, write).map_err(|source| cannot_write(path, source))?;
        if let Some(staged) = staged {
            self.staged.push((path.to_owned(), staged));
        }
        Ok(())
    }

    /// Puts all files in their places.
    ///
    /// # Errors
    ///
    /// What the operating system says when it does not rename one.
    pub(crate) fn finish(self) -> Result<(), WriteError> {
        let mut new_files = Vec::new();
        for (path, staged) in self.staged {
            let (place, is_new) = (staged.place.clone(), staged.is_new);
            if let Err(source) = staged.rename() {
                for file in new_files {
                    // What cannot be taken back stays; the first error is the one to tell.
                    let _ = fs::remove_file(file);
                }
                return Err(cannot_write(&path, source));
            }
            if is_new {
                new_files.push(place);
            }
        }
        Ok(())
    }
}

/// A complete file beside its place, deleted when it is dropped.
struct Staged {
    beside: TempPath,
    place: PathBuf,
    is_new: bool,
}

impl Staged {
    fn rename(self) -> io::Result<()> {
        self.beside
            .persist(&self.place)
            .map_err(|error| error.error)
    }
}

fn try_write(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    stage(path, write)?.map_or(Ok(()), Staged::rename)
}

/// Writes a file beside its place; what is no regular file in place, and nothing is left to rename.
fn stage(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<Option<Staged>> {
    let (file, staged) = match fs::metadata(path) {
        Ok(old) if old.is_file() => {
            let place = fs::canonicalize(path)?;
            let (file, beside) = create_beside(&place)?;
            // A file that may not be written is not replaced either.
            File::options().append(true).open(&place)?;
            fs::set_permissions(&beside, old.permissions())?;
            let is_new = false;
            let staged = Staged {
                beside,
                place,
                is_new,
            };
            (file, staged)
        }
        Ok(old) if old.is_dir() => {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a directory, expected the name of a file",
            ));
        }
        Ok(_) => {
            finish(File::options().write(true).open(path)?, write)?;
            return Ok(None);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let place = follow_link(path);
            let (file, beside) = create_beside(&place)?;
            let is_new = true;
            let staged = Staged {
                beside,
                place,
                is_new,
            };
            (file, staged)
        }
        Err(error) => return Err(error),
    };
    finish(file, write)?;
    Ok(Some(staged))
}

/// Where a link to a file that does not exist yet points; any other path as it is.
fn follow_link(path: &Path) -> PathBuf {
    match fs::read_link(path) {
        Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
        Err(_) => path.to_owned(),
    }
}

/// A new file in the directory of `place`, deleted when its path is dropped.
fn create_beside(place: &Path) -> io::Result<(File, TempPath)> {
    let directory = match place.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(place.file_name().ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "expected the name of a file")
    })?);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // Given on opening, so that the umask of the process applies as to any new file.
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    match builder.tempfile_in(directory) {
        Ok(file) => Ok(file.into_parts()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(io::Error::new(error.kind(), "its directory does not exist"))
        }
        // The error names the file beside the place, which says nothing to anybody.
        Err(error) => Err(error.kind().into()),
    }
}

fn finish(
    file: File,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, file);
    write(&mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_in(directory: &Path) -> usize {
        fs::read_dir(directory).unwrap().count()
    }

    #[test]
    fn an_error_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mesh.vtu");
        write_atomically(&path, |out| out.write_all(b"old")).unwrap();
        let error = write_atomically(&path, |out| {
            out.write_all(b"new")?;
            Err(io::Error::other("full"))
        });
        let message = error.unwrap_err().to_string();
        assert_eq!(
            message,
            format!("{}: cannot be written: full", path.display())
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(files_in(directory.path()), 1);
    }

    #[test]
    fn a_group_is_there_in_full_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let mut group = FileGroup::default();
        group.add(&path("a"), |out| out.write_all(b"1")).unwrap();
        let error = group.add(&path("b"), |_| Err(io::Error::other("full")));
        assert!(error.is_err());
        drop(group);
        assert_eq!(files_in(directory.path()), 0);

        let mut group = FileGroup::default();
        group.add(&path("a"), |out| out.write_all(b"1")).unwrap();
        group.add(&path("b"), |out| out.write_all(b"2")).unwrap();
        // What nobody expects: a directory where the second file goes.
        fs::create_dir(path("b")).unwrap();
        fs::write(path("b").join("c"), b"").unwrap();
        assert!(group.finish().is_err());
        assert_eq!(files_in(directory.path()), 1);
        fs::remove_dir_all(path("b")).unwrap();

        let mut group = FileGroup::default();
        group.add(&path("a"), |out| out.write_all(b"1")).unwrap();
        group.add(&path("b"), |out| out.write_all(b"2")).unwrap();
        assert!(!path("a").exists());
        group.finish().unwrap();
        assert_eq!(fs::read(path("b")).unwrap(), b"2");
        assert_eq!(files_in(directory.path()), 2);
    }

    #[test]
    fn a_directory_that_is_not_there_is_an_error_that_names_the_file() {
        let path = Path::new("no/such/directory/mesh.vtu");
        let message = write_atomically(path, |_| Ok(())).unwrap_err().to_string();
        assert!(
            message.starts_with("no/such/directory/mesh.vtu: cannot be written: "),
            "{message}"
        );
        assert!(
            !message.contains('\n') && !message.contains(".tmp"),
            "{message}"
        );
    }

    #[test]
    fn a_directory_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let message = write_atomically(directory.path(), |_| Ok(()))
            .unwrap_err()
            .to_string();
        assert!(
            message.ends_with("it is a directory, expected the name of a file"),
            "{message}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_file_and_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let directory = tempfile::tempdir().unwrap();
        let (path, plain) = (directory.path().join("a"), directory.path().join("b"));
        write_atomically(&path, |out| out.write_all(b"1")).unwrap();
        fs::write(&plain, b"1").unwrap();
        assert_eq!(mode(&path), mode(&plain));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_atomically(&path, |out| out.write_all(b"2")).unwrap();
        assert_eq!(mode(&path), 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (link, file) = (directory.path().join("link"), directory.path().join("file"));
        std::os::unix::fs::symlink("file", &link).unwrap();
        for text in ["1", "2"] {
            write_atomically(&link, |out| out.write_all(text.as_bytes())).unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
}
