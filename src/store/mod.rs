//! The ledger on disk: the only SQL. SQLite in one file by default, PostgreSQL for several
//! replicas; one conformance suite holds both to the same behaviour.

mod follows;
mod postgres;
mod sqlite;
mod worker;

use crate::domain::{Delivery, Follow, Notice, Stage, Timestamp};
use crate::ports::{Advance, Ledger, LedgerError, Life, Progress, Turn, Turned};
use chrono::TimeDelta;
pub use postgres::{Address, Postgres};
use postgres::{Join, Known, ProgressSince, Resend, ServerOf, Stages};
pub use sqlite::Sqlite;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, spawn_blocking};
use worker::Worker;

/// The statements that make the schema, each from the one before.
const MIGRATIONS: [&str; 2] = [
    include_str!("../../migrations/0001_ledger.sql"),
    include_str!("../../migrations/0002_follows.sql"),
];
/// So many digests of old records are kept.
const SUPERSEDED_MAX: i64 = 32;
/// So long the text of a post is kept. Its key stays for ever: it may be planned again.
const TEXT_KEPT: TimeDelta = TimeDelta::days(90);

/// Everything, or what has a reason to be looked at: failed, skipped, tried in vain so far.
const LOG: &str = "SELECT notice, stage, reason, attempts, copy, sent_ms, message
     FROM deliveries WHERE $1 = 0 OR reason IS NOT NULL ORDER BY at_ms, sequence";
const RESEND: &str = "UPDATE deliveries SET stage = 'planned', copy = copy + 1, attempts = 0,
         not_before_ms = 0, reason = NULL
     WHERE key = $1 AND stage IN ('sent', 'skipped', 'failed')";

/// The last of some subscriptions, or of those what has a reason to be looked at.
const RECENT: &str = "SELECT notice, stage, reason, attempts, copy, sent_ms, message
     FROM deliveries WHERE subscription = ANY ($1) AND ($2 = 0 OR reason IS NOT NULL)
     ORDER BY at_ms DESC, sequence DESC LIMIT $3";

/// What is put off is tried as soon as may be.
const HASTEN: &str = "UPDATE deliveries SET not_before_ms = 0
     WHERE subscription = $1 AND stage IN ('planned', 'sending')";

/// How many wait, and how many failed since an instant.
const TALLY: &str = "SELECT count(CASE WHEN stage <> 'failed' THEN 1 END),
         count(CASE WHEN stage = 'failed' AND at_ms >= $1 THEN 1 END)
     FROM deliveries WHERE stage IN ('planned', 'sending', 'failed')";

/// How many are at each stage.
const STAGES: &str = "SELECT stage, count(*) FROM deliveries GROUP BY stage";

/// Somebody who comes back hears nothing of the time between.
const FOLLOW: &str = "INSERT INTO subscriptions (id, since_ms, server, follow)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET server = excluded.server, follow = excluded.follow,
         since_ms = CASE WHEN subscriptions.follow IS NULL THEN excluded.since_ms
             ELSE subscriptions.since_ms END";
const FOLLOWS: &str = "SELECT follow FROM subscriptions WHERE follow IS NOT NULL ORDER BY id";
const UNFOLLOW: &str = "UPDATE subscriptions SET follow = NULL
     WHERE id = $1 AND follow IS NOT NULL";
/// What was begun already is finished: whether it arrived is not known.
const VOID: &str = "UPDATE deliveries SET stage = 'skipped', reason = 'the subscription is gone'
     WHERE subscription = $1 AND stage = 'planned'";
/// Whoever plans with the old one is told to look again.
const NEXT_VERSION: &str = "UPDATE planning SET version = version + 1, revision = revision + 1";
const NOTE: &str = "INSERT INTO notes (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const NOTED: &str = "SELECT value FROM notes WHERE name = $1";
/// What is noted of a subscription ends with its id, and goes with it.
const FORGET: &str = "DELETE FROM notes WHERE name LIKE '%/' || $1";
const NOTES: &str = "SELECT name, value FROM notes
     WHERE substr(name, 1, length($1)) = $1 ORDER BY name";

/// Where a ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Address),
}

impl Location {
    /// The place that a `DOCKET_DATABASE` names.
    ///
    /// # Errors
    /// If it names none. The text is not repeated: it may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("sqlite", _)) => Err("`sqlite://` is followed by the path of a file".to_owned()),
            Some(("postgres" | "postgresql", _)) => Address::parse(url).map(Self::Postgres),
            _ => Err("a ledger is `sqlite://FILE` or `postgres://…`".to_owned()),
        }
    }
}

impl Location {
    /// Whether there may be a ledger already.
    pub fn exists(&self) -> bool {
        match self {
            Self::File(path) => path.exists(),
            // Only asking it would tell, and that can take a while.
            Self::Postgres(_) => true,
        }
    }

    /// The lock beside a file. If there is none, docket has not run with that file, and leaves it
    /// as it is should it be damaged: it may be another program's.
    pub fn lock(&self) -> Option<PathBuf> {
        match self {
            Self::File(path) => Some(worker::lock_of(path)),
            Self::Postgres(_) => None,
        }
    }
}

/// A ledger of one kind or the other.
pub enum Store {
    /// A file of SQLite.
    Sqlite(Arc<Worker>),
    /// A database of PostgreSQL.
    Postgres(Box<Postgres>),
}

/// A ledger that was opened, and what happened on the way.
pub struct Opened {
    /// The ledger.
    pub store: Store,
    /// Where a damaged one was put, and what was wrong with it.
    pub damaged: Option<(PathBuf, String)>,
}

impl Store {
    /// Opens a ledger for the bot.
    ///
    /// A damaged file is put aside and a new one begun: whoever watches over the process would
    /// only start it again, and it would fail again.
    ///
    /// # Errors
    /// If it cannot be opened, or another process has it.
    pub async fn open(location: &Location, now: Timestamp) -> Result<Opened, StoreError> {
        match location {
            Location::File(path) => {
                let (worker, damaged) = Worker::open(path, now)?;
                let store = Self::Sqlite(Arc::new(worker));
                Ok(Opened { store, damaged })
            }
            Location::Postgres(address) => Ok(Opened {
                store: Self::Postgres(Box::new(Postgres::open(address, now).await?)),
                damaged: None,
            }),
        }
    }

    /// What a ledger has recorded, oldest first, while a bot may be using it.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub async fn log(location: &Location, filter: LogFilter) -> Result<Vec<Delivery>, StoreError> {
        match location {
            Location::File(path) => visit(path)?.log(filter),
            Location::Postgres(address) => Ok(Postgres::visit(address).await?.ask(&filter).await?),
        }
    }

    /// How many deliveries a ledger has at each stage, while a bot may be using it: by a way of its
    /// own, so that nobody waits for the counting.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub async fn stages(location: &Location) -> Result<HashMap<Stage, u64>, StoreError> {
        match location {
            Location::File(path) => {
                let path = path.clone();
                let counted = spawn_blocking(move || visit(&path)?.stages());
                let ended = |error: JoinError| StoreError::Unreachable(error.to_string());
                counted.await.map_err(ended)?
            }
            Location::Postgres(address) => Ok(Postgres::visit(address).await?.ask(&Stages).await?),
        }
    }

    /// Asks the bot to post something again. Tells the stage that it was in, none if there is no
    /// such key; what still waits is left alone.
    ///
    /// # Errors
    /// If there is no ledger, or it cannot be written.
    pub async fn resend(location: &Location, key: &str) -> Result<Option<Stage>, StoreError> {
        match location {
            Location::File(path) => visit(path)?.resend(key),
            Location::Postgres(address) => {
                Ok(Postgres::visit(address).await?.ask(&Resend(key)).await?)
            }
        }
    }

    /// Notes to which server a subscription belongs: those of one server take turns.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn note_server(&self, subscription: &str, server: &str) -> Result<(), LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let (subscription, server) = (subscription.to_owned(), server.to_owned());
                worker
                    .run(move |it| it.note_server(&subscription, &server))
                    .await
            }
            Self::Postgres(it) => {
                it.ask(&ServerOf {
                    subscription,
                    server,
                })
                .await
            }
        }
    }

    /// Whether other processes may use it at the same time.
    pub fn is_shared(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(_) => true,
        }
    }
}

fn visit(path: &Path) -> Result<Sqlite, StoreError> {
    if path.exists() {
        return Sqlite::visit(path);
    }
    Err(StoreError::Missing(path.display().to_string()))
}

/// What of a ledger is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogFilter {
    /// Only what has a reason to be looked at: failed, skipped, tried in vain so far.
    pub failed: bool,
}

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none.
    #[error("there is no ledger at `{0}`: `docket run` makes one")]
    Missing(String),
    /// Another process has it.
    #[error("another docket is running with the ledger `{}`", .0.display())]
    InUse(PathBuf),
    /// It is another file.
    #[error(
        "`{}` is no ledger of docket, and stays as it is: name another file with `--database` or \
         `DOCKET_DATABASE`",
        .0.display()
    )]
    Foreign(PathBuf),
    /// It cannot be reached.
    #[error("the ledger cannot be opened: {0}")]
    Unreachable(String),
    /// Its content is damaged.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// A later version wrote it.
    #[error(
        "the ledger has schema {found}, this docket knows {} at most: a later version has used it",
        MIGRATIONS.len()
    )]
    TooNew {
        /// Its schema.
        found: i64,
    },
}

impl From<LedgerError> for StoreError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Damaged(why) => Self::Damaged(why),
            LedgerError::Busy(why) | LedgerError::Lost(why) => Self::Unreachable(why),
        }
    }
}

/// How many migrations have been run, if this version knows them all.
fn check_version(found: i64) -> Result<usize, StoreError> {
    usize::try_from(found)
        .ok()
        .filter(|found| *found <= MIGRATIONS.len())
        .ok_or(StoreError::TooNew { found })
}

/// The version of the schema that all migrations make.
fn newest_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// At which stage a delivery is that is to be tried again, and as how often tried it counts: what
/// nobody tried is planned as before. In numbers that it was told, not by counting back, since it
/// may be told twice.
fn again(attempts: u32, tried: bool) -> (Stage, u32) {
    match attempts.saturating_sub(u32::from(!tried)) {
        0 => (Stage::Planned, 0),
        attempts => (Stage::Sending, attempts),
    }
}

/// The most urgent post of a subscription that may be tried.
struct Head {
    key: String,
    subscription: String,
    server: Option<String>,
    urgency: i64,
    at_ms: i64,
    sequence: i64,
}

/// The most urgent first; of equal urgency, servers take turns.
fn in_turns(mut heads: Vec<Head>) -> Vec<Head> {
    heads.sort_by_key(|head| (head.urgency, head.at_ms, head.sequence));
    let mut before: HashMap<(i64, String), usize> = HashMap::new();
    let mut ranked: Vec<(usize, Head)> = heads
        .into_iter()
        .map(|head| {
            let server = head.server.as_ref().unwrap_or(&head.subscription);
            let turn = before.entry((head.urgency, server.clone())).or_default();
            *turn += 1;
            (*turn, head)
        })
        .collect();
    // Stable, so that what is older stays first.
    ranked.sort_by_key(|(turn, head)| (head.urgency, *turn));
    ranked.into_iter().map(|(_, head)| head).collect()
}

/// The place of a post in the order of planning.
fn sequence(version: i64, nth: usize) -> i64 {
    let nth = i64::try_from(nth).unwrap_or(i64::MAX);
    version.saturating_mul(1 << 24).saturating_add(nth)
}

fn stored(notice: &Notice) -> String {
    serde_json::to_string(notice).expect("a notice has nothing that JSON lacks")
}

fn written(follow: &Follow) -> String {
    serde_json::to_string(follow).expect("a follow has nothing that JSON lacks")
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Ledger for Store {
    async fn join(&self) -> Result<Life, LedgerError> {
        match self {
            Self::Sqlite(worker) => worker.run(Sqlite::join).await,
            Self::Postgres(it) => it.ask(&Join).await,
        }
    }

    async fn progress(&self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        match self {
            Self::Sqlite(worker) => worker.run(move |it| it.progress(revision)).await,
            Self::Postgres(it) => it.ask(&ProgressSince(revision)).await,
        }
    }

    async fn known(&self, keys: &[String]) -> Result<HashSet<String>, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let keys = keys.to_vec();
                worker.run(move |it| it.known(&keys)).await
            }
            Self::Postgres(it) => it.ask(&Known(keys)).await,
        }
    }

    async fn advance(&self, step: &Advance) -> Result<bool, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let step = step.clone();
                worker.run(move |it| it.advance(&step)).await
            }
            Self::Postgres(it) => it.ask(step).await,
        }
    }

    async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let turn = turn.clone();
                worker
                    .run(move |it| it.turn(&turn, turn.now.timestamp_millis()))
                    .await
            }
            Self::Postgres(it) => it.ask(turn).await,
        }
    }
}
