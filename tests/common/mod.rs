//! What several test binaries share: a ledger that runs in place, and a clock that runs as fast as
//! the test does.

use docket::domain::Timestamp;
use docket::ports::{Advance, Clock, Ledger, LedgerError, Life, Progress, Turn, Turned};
use docket::store::Sqlite;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;

/// A real ledger of SQLite in memory. It answers at once, on the thread that asks, so that a
/// paused clock does not move meanwhile.
#[derive(Clone)]
pub(crate) struct InPlace(Arc<Mutex<Sqlite>>);

impl InPlace {
    /// An empty one.
    pub(crate) fn new(now: Timestamp) -> Self {
        let sqlite = Sqlite::in_memory(now).expect("memory");
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

/// A wall clock that follows tokio's paused one.
#[derive(Clone, Copy)]
pub(crate) struct Virtual {
    start: Timestamp,
    began: Instant,
}

impl Virtual {
    /// A clock that says `start` now.
    pub(crate) fn at(start: Timestamp) -> Self {
        Self {
            start,
            began: Instant::now(),
        }
    }
}

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).expect("a short test");
        self.start + chrono::TimeDelta::milliseconds(elapsed)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
