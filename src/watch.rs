//! Notices edits of a file by its content: through renames, symlink swaps, and on network mounts
//! that send no events and lie about times.

use crate::engine::Found;
use crate::file;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the file is looked at. An edit is taken when it looks the same twice, so it is in
/// force within twice this time and what reading takes.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A file that is looked at again and again.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    /// What was told last.
    told: Found,
    /// What was found last, if that is something else.
    fresh: Option<Found>,
}

impl Watch {
    /// Watches a file that was just found to have these bytes.
    pub fn new(path: &Path, bytes: Vec<u8>) -> Self {
        Self {
            path: path.to_owned(),
            told: Found::Bytes(bytes),
            fresh: None,
        }
    }

    /// Looks at the file. Tells what it is now if that differs from what was told last and was
    /// the same at the last look: a file that is still being written is left alone.
    pub fn look(&mut self) -> Option<Found> {
        let found = found(file::read(&self.path));
        if found == self.told {
            self.fresh = None;
            return None;
        }
        let is_settled = self.fresh.as_ref() == Some(&found);
        if !is_settled {
            self.fresh = Some(found);
            return None;
        }
        self.fresh = None;
        self.told = found.clone();
        Some(found)
    }
}

fn found(read: io::Result<Vec<u8>>) -> Found {
    match read {
        Ok(bytes) => Found::Bytes(bytes),
        Err(error) => Found::Unreadable(error.to_string()),
    }
}
