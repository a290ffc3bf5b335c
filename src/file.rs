//! Reads a record from disk: no more than it may have, and nothing that could block.

use crate::config::FILE_BYTES_MAX;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The bytes of a file, for one who may not wait. Of one that is too large just enough to see that.
///
/// # Errors
/// If it cannot be read, or is not a regular file: a pipe would block until someone writes.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Looked at before opening, since opening a pipe blocks already.
    check(path)?;
    read_or_wait(path)
}

/// The bytes of a file or pipe, for a command that may wait: `docket diff <(git show …) …`.
///
/// # Errors
/// If it cannot be read.
pub fn read_or_wait(path: &Path) -> io::Result<Vec<u8>> {
    if path.is_dir() {
        return check(path).map(|()| Vec::new());
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX) + 1;
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes sure that a path is a regular file.
///
/// # Errors
/// If it is something else, or cannot be looked at.
pub fn check(path: &Path) -> io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() {
        "a directory"
    } else {
        "not a regular file"
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}
