//! Ledgers for tests of what all of them have in common: SQLite in a file, SQLite in memory,
//! PostgreSQL.

use crate::common::InPlace;
use crate::postgres::Database;
use crate::support::{Folder, noon};
use docket::domain::{Delivery, Follow, Kind, Notice, Stage, Timestamp};
use docket::ports::{
    Advance, Claim, Lease, Ledger as _, LedgerError, Life, Outcome, Planned, Progress, Settled,
    Turn, Turned,
};
use docket::store::{Location, LogFilter, Sqlite, Store, StoreError};
use std::collections::{HashMap, HashSet};

/// A place where a ledger is kept.
pub(crate) enum Place {
    File(Folder),
    Memory(InPlace),
    Postgres(Database),
}

/// A ledger that is open.
pub(crate) enum Open {
    Sqlite(InPlace),
    Postgres(Box<Store>),
}

impl Place {
    pub(crate) fn in_a_file() -> Self {
        Self::File(Folder::new())
    }

    pub(crate) fn in_memory() -> Self {
        Self::Memory(InPlace::new(noon()))
    }

    /// None without PostgreSQL.
    pub(crate) async fn on_postgres() -> Option<Self> {
        Database::fresh().await.map(Self::Postgres)
    }

    /// Whether several lives use it at a time, so that their leases hold.
    pub(crate) fn is_shared(&self) -> bool {
        !matches!(self, Self::File(_))
    }

    /// Opens it, again if it was opened before: another connection, as another process has one.
    /// In memory there is only one.
    pub(crate) async fn open(&self) -> Open {
        self.open_at(noon()).await.expect("a ledger")
    }

    pub(crate) async fn open_at(&self, now: Timestamp) -> Result<Open, StoreError> {
        match self {
            Self::File(folder) => {
                let sqlite = Sqlite::open(&folder.path("docket.db"), now)?;
                Ok(Open::Sqlite(InPlace::of(sqlite)))
            }
            Self::Memory(it) => Ok(Open::Sqlite(it.clone())),
            Self::Postgres(database) => {
                let opened = Store::open(&database.location(), now).await?;
                Ok(Open::Postgres(Box::new(opened.store)))
            }
        }
    }

    /// Runs SQL past the ledger: what cannot be brought about by its own means.
    pub(crate) async fn sql(&self, sql: &str) {
        match self {
            Self::File(folder) => {
                let mut sqlite = Sqlite::visit(&folder.path("docket.db")).expect("a ledger");
                sqlite.connection().execute_batch(sql).expect("SQL");
            }
            Self::Memory(it) => it.sqlite().connection().execute_batch(sql).expect("SQL"),
            Self::Postgres(database) => {
                let client = database.client().await;
                client.batch_execute(sql).await.expect("SQL");
            }
        }
    }

    /// Lets the leases of all lives lapse.
    pub(crate) async fn lapse(&self) {
        self.sql("UPDATE subscriptions SET leased_until_ms = leased_until_ms - 60001")
            .await;
    }

    /// Makes it one of the first version.
    pub(crate) async fn backdate(&self) {
        let version = match self {
            Self::Postgres(_) => "UPDATE docket_schema SET version = 1",
            _ => "PRAGMA user_version = 1",
        };
        let undone = "DROP TABLE notes; DROP TABLE roles;
             ALTER TABLE subscriptions DROP COLUMN follow;";
        self.sql(&format!("{undone} {version}")).await;
    }

    /// Makes it one of a later version.
    pub(crate) async fn outdate(&self) {
        let sql = match self {
            Self::Postgres(_) => "UPDATE docket_schema SET version = 1000",
            _ => "PRAGMA user_version = 1000",
        };
        self.sql(sql).await;
    }

    /// Runs something on several threads at once, each with a connection of its own.
    pub(crate) fn contend<T: Send>(
        &self,
        contenders: usize,
        run: impl AsyncFn(&Open) -> T + Sync,
    ) -> Vec<T> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..contenders)
                .map(|_| {
                    scope.spawn(|| {
                        let runtime = tokio::runtime::Builder::new_current_thread()
                            .enable_all()
                            .build()
                            .expect("a runtime");
                        runtime.block_on(async { run(&self.open().await).await })
                    })
                })
                .collect();
            let joined = threads.into_iter().map(|it| it.join().expect("no panic"));
            joined.collect()
        })
    }
}

impl Open {
    pub(crate) async fn join(&self) -> Life {
        match self {
            Self::Sqlite(it) => it.sqlite().join(),
            Self::Postgres(it) => it.join().await,
        }
        .expect("a life")
    }

    pub(crate) async fn progress(&self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        match self {
            Self::Sqlite(it) => it.sqlite().progress(revision),
            Self::Postgres(it) => it.progress(revision).await,
        }
    }

    pub(crate) async fn known(&self, keys: &[&str]) -> HashSet<String> {
        let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
        match self {
            Self::Sqlite(it) => it.sqlite().known(&keys),
            Self::Postgres(it) => it.known(&keys).await,
        }
        .expect("keys")
    }

    pub(crate) async fn advance(&self, step: &Advance) -> bool {
        match self {
            Self::Sqlite(it) => it.sqlite().advance(step),
            Self::Postgres(it) => it.advance(step).await,
        }
        .expect("a step")
    }

    pub(crate) async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        match self {
            Self::Sqlite(it) => it.sqlite().turn(turn, turn.now.timestamp_millis()),
            Self::Postgres(it) => it.turn(turn).await,
        }
    }

    pub(crate) async fn note_server(&self, subscription: &str, server: &str) {
        match self {
            Self::Sqlite(it) => it.sqlite().note_server(subscription, server),
            Self::Postgres(it) => it.note_server(subscription, server).await,
        }
        .expect("a server");
    }

    pub(crate) async fn follow(&self, follow: &Follow, now: Timestamp) {
        match self {
            Self::Sqlite(it) => it.sqlite().follow(follow, now),
            Self::Postgres(it) => it.follow(follow, now).await,
        }
        .expect("a follow");
    }

    pub(crate) async fn unfollow(&self, subscription: &str) -> bool {
        match self {
            Self::Sqlite(it) => it.sqlite().unfollow(subscription),
            Self::Postgres(it) => it.unfollow(subscription).await,
        }
        .expect("an answer")
    }

    pub(crate) async fn note(&self, name: &str, value: Option<&str>) {
        match self {
            Self::Sqlite(it) => it.sqlite().note(name, value),
            Self::Postgres(it) => it.note(name, value).await,
        }
        .expect("a note");
    }

    pub(crate) async fn noted(&self, name: &str) -> Option<String> {
        match self {
            Self::Sqlite(it) => it.sqlite().noted(name),
            Self::Postgres(it) => it.noted(name).await,
        }
        .expect("a note, or none")
    }

    pub(crate) async fn notes(&self, prefix: &str) -> Vec<(String, String)> {
        match self {
            Self::Sqlite(it) => it.sqlite().notes(prefix),
            Self::Postgres(it) => it.notes(prefix).await,
        }
        .expect("notes")
    }

    pub(crate) async fn recent(&self, of: &[&str], failed: bool, at_most: u32) -> Vec<String> {
        let of: Vec<_> = of.iter().map(ToString::to_string).collect();
        let entries = match self {
            Self::Sqlite(it) => it.sqlite().recent(&of, failed, at_most),
            Self::Postgres(it) => it.recent(&of, failed, at_most).await,
        };
        let entries = entries.expect("entries").into_iter();
        entries.map(|entry| entry.notice.key).collect()
    }

    /// Has posts planned, whatever the version is.
    pub(crate) async fn plan(&self, posts: Vec<Planned>) {
        let subscriptions = posts
            .iter()
            .map(|post| (post.notice.subscription.clone(), noon()))
            .collect();
        let step = Advance {
            posts,
            subscriptions,
            ..self.step().await
        };
        assert!(self.advance(&step).await);
    }

    /// An empty step from where it is.
    pub(crate) async fn step(&self) -> Advance {
        let progress = self.progress(None).await.expect("progress");
        Advance {
            version: progress.version,
            cursor: noon(),
            rewind: None,
            record: None,
            dues: Vec::new(),
            subscriptions: Vec::new(),
            posts: Vec::new(),
        }
    }

    /// What is handed out at noon to a life that tells nothing.
    pub(crate) async fn claims(&self, life: Life, claims_max: usize) -> Vec<Claim> {
        let turn = Turn {
            claims_max,
            ..ask(life)
        };
        self.turn(&turn).await.expect("a turn").claims
    }

    /// Tells what came of a claim.
    pub(crate) async fn settle(&self, life: Life, claim: &Claim, outcome: Outcome) -> Turned {
        let turn = Turn {
            settled: vec![settled(claim, outcome)],
            ..ask(life)
        };
        self.turn(&turn).await.expect("a turn")
    }
}

impl Place {
    pub(crate) async fn log(&self, ledger: &Open, failed: bool) -> Vec<Delivery> {
        let filter = LogFilter { failed };
        match (self, ledger) {
            (Self::Postgres(database), _) => Store::log(&database.location(), filter).await,
            (_, Open::Sqlite(it)) => it.sqlite().log(filter),
            (_, Open::Postgres(_)) => unreachable!("a ledger is opened where it is"),
        }
        .expect("a log")
    }

    pub(crate) async fn stages(&self, ledger: &Open) -> HashMap<Stage, u64> {
        match (self, ledger) {
            (Self::Postgres(database), _) => Store::stages(&database.location()).await,
            (Self::File(folder), _) => {
                Store::stages(&Location::File(folder.path("docket.db"))).await
            }
            (_, Open::Sqlite(it)) => it.sqlite().stages(),
            (_, Open::Postgres(_)) => unreachable!("a ledger is opened where it is"),
        }
        .expect("counts")
    }

    pub(crate) async fn resend(&self, ledger: &Open, key: &str) -> Option<Stage> {
        match (self, ledger) {
            (Self::Postgres(database), _) => Store::resend(&database.location(), key).await,
            (_, Open::Sqlite(it)) => it.sqlite().resend(key),
            (_, Open::Postgres(_)) => unreachable!("a ledger is opened where it is"),
        }
        .expect("a stage")
    }
}

/// A turn at noon that tells nothing and asks for nothing.
pub(crate) fn ask(life: Life) -> Turn {
    Turn {
        life,
        now: noon(),
        settled: Vec::new(),
        holding: Vec::new(),
        claims_max: 0,
    }
}

pub(crate) fn settled(claim: &Claim, outcome: Outcome) -> Settled {
    Settled {
        lease: claim.lease.clone(),
        key: claim.notice.key.clone(),
        attempts: claim.attempts,
        outcome,
    }
}

pub(crate) fn sent() -> Outcome {
    Outcome::Sent {
        at: noon(),
        message: Some("7".to_owned()),
        notice: None,
    }
}

/// A post of a kind that is due at noon.
pub(crate) fn post(kind: Kind, to: &str, key: &str) -> Planned {
    let notice = Notice {
        at: noon(),
        kind,
        item: None,
        items: Vec::new(),
        round: None,
        step: None,
        subscription: to.to_owned(),
        lead: None,
        late: false,
        key: key.to_owned(),
        pings: false,
        title: format!("Title of {key}: „ä“ 🇺🇸 'quoted' \\ \u{0}"),
        lines: vec!["A line".to_owned()],
        sources: Vec::new(),
    };
    Planned {
        notice,
        skipped: None,
    }
}

pub(crate) fn keys(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|it| it.notice.key.as_str()).collect()
}

pub(crate) fn leases(claims: &[Claim]) -> Vec<Lease> {
    claims.iter().map(|it| it.lease.clone()).collect()
}
