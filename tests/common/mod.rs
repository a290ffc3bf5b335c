//! What several test binaries share: a ledger that runs in place.

use docket::domain::Timestamp;
use docket::ports::{Advance, Ledger, LedgerError, Life, Progress, Turn, Turned};
use docket::store::Sqlite;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};

/// A real ledger of SQLite, mostly in memory. It answers at once, on the thread that asks, so that a
/// paused clock does not move meanwhile.
#[derive(Clone)]
pub(crate) struct InPlace(Arc<Mutex<Sqlite>>);

impl InPlace {
    /// An empty one.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self::of(Sqlite::in_memory(now).expect("memory"))
    }

    /// One that is open, wherever it is kept.
    pub(crate) fn of(sqlite: Sqlite) -> Self {
        Self(Arc::new(Mutex::new(sqlite)))
    }

    /// The ledger itself.
    pub(crate) fn sqlite(&self) -> MutexGuard<'_, Sqlite> {
        self.0.lock().expect("no test went on after a panic")
    }
}

impl Ledger for InPlace {
    async fn join(&self) -> Result<Life, LedgerError> {
        self.sqlite().join()
    }

    async fn progress(&self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        self.sqlite().progress(revision)
    }

    async fn known(&self, keys: &[String]) -> Result<HashSet<String>, LedgerError> {
        self.sqlite().known(keys)
    }

    async fn advance(&self, step: &Advance) -> Result<bool, LedgerError> {
        self.sqlite().advance(step)
    }

    async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        self.sqlite().turn(turn, turn.now.timestamp_millis())
    }
}
