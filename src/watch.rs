//! Notices edits of a file by its content: through renames, symlink swaps, and on network mounts
//! that send no events and lie about times. Events of the file system only make it look sooner.
//!
//! On a thread of its own: a mount that hangs delays nothing else.

use crate::engine::Found;
use crate::file;
use notify::{RecursiveMode, Watcher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc;

/// How often the file is looked at if nothing is heard.
pub const LOOK_EVERY: Duration = Duration::from_millis(900);
/// An edit is taken when the file looks the same twice, this far apart: in force within a second
/// and a half and what reading takes.
pub const SETTLE: Duration = Duration::from_millis(250);

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
    /// Watches a file that was just found to be this.
    pub fn new(path: &Path, told: Found) -> Self {
        Self {
            path: path.to_owned(),
            told,
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

    /// Watches from a thread of its own, and tells the receiver, what was known at first included.
    ///
    /// # Errors
    /// If there cannot be another thread.
    pub fn begin(mut self) -> io::Result<mpsc::Receiver<Found>> {
        let (tell, told) = mpsc::channel(1);
        let watching = move || {
            // Without events it is looked at often enough all the same.
            let (_watcher, events) = events(&self.path);
            if tell.blocking_send(self.told.clone()).is_err() {
                return;
            }
            loop {
                if self.fresh.is_some() {
                    thread::sleep(SETTLE);
                } else if events.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Disconnected) {
                    thread::sleep(LOOK_EVERY);
                }
                while events.try_recv().is_ok() {}
                if tell.is_closed() {
                    return;
                }
                if let Some(found) = self.look()
                    && tell.blocking_send(found).is_err()
                {
                    return;
                }
            }
        };
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(watching)?;
        Ok(told)
    }
}

/// Events of the folder that a file is in, without what they say: whatever it is, the file is
/// looked at.
fn events(path: &Path) -> (Option<notify::RecommendedWatcher>, Receiver<()>) {
    let (tell, told) = sync_channel(1);
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Looking at the file is an event too, and no reason to look again.
        if event.is_ok_and(|event| event.kind.is_access()) {
            return;
        }
        // If one waits already, this one would say nothing new.
        tell.try_send(()).unwrap_or_default();
    });
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let watcher = watcher.and_then(|mut watcher| {
        watcher.watch(
            folder.unwrap_or(Path::new(".")),
            RecursiveMode::NonRecursive,
        )?;
        Ok(watcher)
    });
    if let Err(error) = &watcher {
        let why = error.to_string();
        tracing::debug!(why, "no events of the file system: looking every second");
    }
    (watcher.ok(), told)
}

/// What a file is found to be.
pub fn found(read: io::Result<Vec<u8>>) -> Found {
    match read {
        Ok(bytes) => Found::Bytes(bytes),
        Err(error) => Found::Unreadable(error.to_string()),
    }
}
