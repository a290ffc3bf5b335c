//! Runs a ledger of SQLite on a thread of its own, so that a slow disk delays no one else; and
//! keeps other processes from it.

use super::{Sqlite, StoreError};
use crate::domain::Timestamp;
use crate::ports::LedgerError;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// What the name of the lock ends with.
const LOCK: &str = ".lock";
/// What every file of SQLite begins with.
const HEADER: &[u8] = b"SQLite format 3\0";

type Job = Box<dyn FnOnce(&mut Sqlite) + Send>;

/// The way to the thread that has the ledger.
pub struct Worker {
    /// None once it ends.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// Held as long as the worker lives.
    _lock: File,
}

impl Worker {
    /// Opens a ledger. Also tells where a damaged one was put, and what was wrong with it.
    pub(super) fn open(
        path: &Path,
        now: Timestamp,
    ) -> Result<(Self, Option<(PathBuf, String)>), StoreError> {
        let path = &linked(path);
        if !lock_of(path).exists() && is_foreign(path) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        let lock = lock(path)?;
        let mut damaged = None;
        let opened = not_emptied(path)
            .and_then(|()| Sqlite::open(path, now))
            .and_then(Sqlite::verified);
        let mut sqlite = match opened {
            Err(StoreError::Damaged(why)) => {
                damaged = Some((put_aside(path, now)?, why));
                Sqlite::open(path, now)?
            }
            opened => opened?,
        };
        let (jobs, todo) = channel::<Job>();
        let thread = thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || {
                for job in todo {
                    job(&mut sqlite);
                }
            })
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        let worker = Self {
            jobs: Some(jobs),
            thread: Some(thread),
            _lock: lock,
        };
        Ok((worker, damaged))
    }

    /// Does something with the ledger, and waits for it. If the waiting is given up, it is done
    /// all the same.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Sqlite) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (done, result) = oneshot::channel();
        let job: Job = Box::new(move |sqlite| {
            // Nobody listens any more: then nobody needs the answer.
            drop(done.send(job(sqlite)));
        });
        let ended = || LedgerError::Damaged("the thread of the ledger has ended".to_owned());
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(job).map_err(|_| ended())?;
        result.await.map_err(|_| ended())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // What was begun is finished, and the ledger is closed as it should be.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The file that a link leads to: what belongs to a ledger is beside that, and another process may
/// have another link to it.
fn linked(path: &Path) -> PathBuf {
    let target = path.is_symlink().then(|| path.canonicalize().ok());
    target.flatten().unwrap_or_else(|| path.to_owned())
}

/// The lock of a ledger: as long as there is none, docket has not run with that file.
pub(super) fn lock_of(path: &Path) -> PathBuf {
    beside(&linked(path), LOCK)
}

/// Makes sure that no other process uses the ledger. The lock is a file beside it, so that tools
/// may still open the ledger itself.
fn lock(path: &Path) -> Result<File, StoreError> {
    let failed =
        |error: std::io::Error| StoreError::Unreachable(format!("`{}`: {error}", path.display()));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(lock_of(path))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Whether a file is something else than a ledger: it is not to be put aside as a damaged one, nor
/// to be written to. To be asked only where no docket ever ran with it.
fn is_foreign(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut begin));
    if read.is_err() || begin.is_empty() {
        return false;
    }
    begin != HEADER || Sqlite::is_of_another_program(path)
}

/// Makes sure that a ledger is not an empty file beside a log of writes to it: SQLite would throw
/// the log away and begin anew without a word.
fn not_emptied(path: &Path) -> Result<(), StoreError> {
    let length = |path: &Path| path.metadata().map(|it| it.len()).ok();
    let has_log = length(&beside(path, "-wal")).is_some_and(|it| it > 0);
    if has_log && length(path) == Some(0) {
        return Err(StoreError::Damaged("the file is empty".to_owned()));
    }
    Ok(())
}

/// Puts a damaged ledger aside, with what belongs to it.
fn put_aside(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let mark = now.format(".damaged-%Y%m%dT%H%M%S%3fZ").to_string();
    let aside = beside(path, &mark);
    for part in ["", "-wal", "-shm"] {
        let (from, to) = (beside(path, part), beside(&aside, part));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let why = format!("cannot put `{}` aside: {error}", from.display());
                return Err(StoreError::Unreachable(why));
            }
            _ => {}
        }
    }
    Ok(aside)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
