//! The ledger on PostgreSQL, for replicas: each process has one connection, and what two of them
//! want at once is settled by locks of rows.
//!
//! Behaves as `sqlite` does, except that leases run by the clock of the database and those of other
//! lives hold. Instants and counts are the same columns, made by the same statements.

mod address;
mod advance;
mod connection;
mod follows;
mod log;
mod tls;
mod turn;

use super::{StoreError, TEXT_KEPT};
use crate::domain::{Id, Notice, SeenDue, Timestamp};
use crate::ports::{LedgerError, Life, Progress, Record};
pub use address::Address;
use connection::{Session, Trouble, get, one, only};
pub(super) use follows::{
    FollowAs, Hasten, Hold, NoteAs, Notes, NotesLike, Recent, Tally, Unfollow,
};
use futures_util::future::try_join5;
pub(super) use log::{Resend, Stages};
use std::collections::HashSet;
use tokio::sync::Mutex;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, IsolationLevel};

/// How often something is asked that others were in the way of.
const TRIES_MAX: usize = 4;

/// A ledger on PostgreSQL.
pub struct Postgres {
    address: Address,
    /// None while something is asked, after a failure, and after somebody gave up waiting: what is
    /// left of that ends with its connection.
    session: Mutex<Option<Session>>,
}

/// Something that is asked of the database: one transaction.
pub(super) trait Request: Sync {
    /// What it answers.
    type Answer: Send;
    /// Asks. May be called again if others were in the way.
    fn ask(
        &self,
        client: &mut Client,
    ) -> impl Future<Output = Result<Self::Answer, Trouble>> + Send;
}

impl Postgres {
    /// Opens the ledger of a database, which it makes if there is none.
    ///
    /// # Errors
    /// If it cannot be reached, or was written by a later version.
    pub(super) async fn open(address: &Address, now: Timestamp) -> Result<Self, StoreError> {
        let mut session = connection::open(address).await?;
        let oldest = (now - TEXT_KEPT).timestamp_millis();
        log::trim(&mut session.client, oldest).await?;
        Ok(Self::of(address, session))
    }

    /// Opens the ledger of a database to read it and to ask for copies.
    ///
    /// # Errors
    /// If there is none, or it cannot be reached.
    pub(super) async fn visit(address: &Address) -> Result<Self, StoreError> {
        let session = connection::visit(address).await?;
        Ok(Self::of(address, session))
    }

    /// The same database by a connection of its own, once it is needed.
    pub(super) fn another(other: &Self) -> Self {
        Self {
            address: other.address.clone(),
            session: Mutex::new(None),
        }
    }

    fn of(address: &Address, session: Session) -> Self {
        Self {
            address: address.clone(),
            session: Mutex::new(Some(session)),
        }
    }

    /// Asks something. A connection that broke is reported before another one is opened, by the
    /// next call: who was there before may be another server.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub(super) async fn ask<R: Request>(&self, request: &R) -> Result<R::Answer, LedgerError> {
        let mut slot = self.session.lock().await;
        let mut session = match slot.take() {
            Some(session) if session.client.is_closed() => return Err(self.lost(session.end())),
            Some(session) => session,
            None => connection::open(&self.address).await.map_err(refused)?,
        };
        let mut tries = 1;
        let answer = loop {
            match request.ask(&mut session.client).await {
                Err(trouble) if trouble.is_conflict() && tries < TRIES_MAX => tries += 1,
                answer => break answer.map_err(LedgerError::from),
            }
        };
        if session.client.is_closed() && answer.is_err() {
            return Err(self.lost(session.end()));
        }
        if !matches!(answer, Err(LedgerError::Lost(_))) {
            *slot = Some(session);
        }
        answer
    }

    fn lost(&self, why: &str) -> LedgerError {
        LedgerError::Lost(format!("`{}`: {why}", self.address))
    }
}

/// What it means for a bot that runs that its ledger cannot be opened again.
fn refused(error: StoreError) -> LedgerError {
    match error {
        StoreError::Damaged(why) => LedgerError::Damaged(why),
        StoreError::TooNew { .. } => LedgerError::Busy(error.to_string()),
        error => LedgerError::Lost(error.to_string()),
    }
}

/// See [`Ledger::join`](crate::ports::Ledger::join).
pub(super) struct Join;

impl Request for Join {
    type Answer = Life;

    async fn ask(&self, client: &mut Client) -> Result<Life, Trouble> {
        let statement = "UPDATE planning SET lives = lives + 1 RETURNING lives";
        let rows = client.query_typed(statement, &[]).await?;
        only(&rows).map(Life)
    }
}

/// See [`Ledger::progress`](crate::ports::Ledger::progress): the revision that the asker has.
pub(super) struct ProgressSince(pub(super) Option<i64>);

impl Request for ProgressSince {
    type Answer = Progress;

    async fn ask(&self, client: &mut Client) -> Result<Progress, Trouble> {
        // All of it as of one moment.
        let tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let revision = [(&self.0 as _, Type::INT8)];
        let (planning, superseded, dues, subscriptions, follows) = try_join5(
            tx.query_typed(
                "SELECT version, cursor_ms, revision,
                     CASE WHEN revision = $1 THEN NULL ELSE record END, digest FROM planning",
                &revision,
            ),
            tx.query_typed("SELECT digest FROM superseded ORDER BY revision", &[]),
            tx.query_typed("SELECT item, due, at_ms FROM seen_dues", &[]),
            tx.query_typed("SELECT id, since_ms FROM subscriptions", &[]),
            tx.query_typed(follows::ALL, &[]),
        )
        .await?;
        tx.commit().await?;
        let row = one(&planning)?;
        let mut progress = Progress {
            version: get(row, 0)?,
            cursor: get::<Option<i64>>(row, 1)?.map(instant).transpose()?,
            revision: get(row, 2)?,
            record: match (get(row, 3)?, get(row, 4)?) {
                (Some(text), Some(digest)) => Some(Record { text, digest }),
                _ => None,
            },
            ..Progress::default()
        };
        for row in &superseded {
            progress.superseded.push(get(row, 0)?);
        }
        for row in &dues {
            let item: String = get(row, 0)?;
            progress.seen.note_due(SeenDue {
                item: Id::parse(&item)
                    .ok_or_else(|| Trouble::Unreadable(format!("no id: {item}")))?,
                due: get(row, 1)?,
                at: instant(get(row, 2)?)?,
            });
        }
        for row in &subscriptions {
            let since = instant(get(row, 1)?)?;
            progress.seen.note_subscription(get(row, 0)?, since);
        }
        let follows = follows.iter().map(follows::follow);
        progress.follows = follows.collect::<Result<_, _>>()?;
        Ok(progress)
    }
}

/// See [`Ledger::known`](crate::ports::Ledger::known).
pub(super) struct Known<'a>(pub(super) &'a [String]);

impl Request for Known<'_> {
    type Answer = HashSet<String>;

    async fn ask(&self, client: &mut Client) -> Result<HashSet<String>, Trouble> {
        let statement = "SELECT key FROM deliveries WHERE key = ANY ($1)";
        let keys = [(&self.0 as _, Type::TEXT_ARRAY)];
        let rows = client.query_typed(statement, &keys).await?;
        rows.iter().map(|row| get(row, 0)).collect()
    }
}

/// That a subscription belongs to a server.
pub(super) struct ServerOf<'a> {
    pub(super) subscription: &'a str,
    pub(super) server: &'a str,
}

impl Request for ServerOf<'_> {
    type Answer = ();

    async fn ask(&self, client: &mut Client) -> Result<(), Trouble> {
        let statement = "UPDATE subscriptions SET server = $2 WHERE id = $1";
        let params: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
            [(&self.subscription, Type::TEXT), (&self.server, Type::TEXT)];
        client.execute_typed(statement, &params).await?;
        Ok(())
    }
}

fn instant(milliseconds: i64) -> Result<Timestamp, Trouble> {
    Timestamp::from_timestamp_millis(milliseconds)
        .ok_or_else(|| Trouble::Unreadable(format!("no instant: {milliseconds}")))
}

fn notice(stored: &str) -> Result<Notice, Trouble> {
    serde_json::from_str(stored).map_err(|error| Trouble::Unreadable(error.to_string()))
}

/// How often something happened.
fn small(count: i64) -> Result<u32, Trouble> {
    u32::try_from(count).map_err(|_| Trouble::Unreadable(format!("no count: {count}")))
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// Text from elsewhere, as PostgreSQL takes it: it has no character of code 0.
fn plain(text: &(impl AsRef<str> + ?Sized)) -> String {
    text.as_ref().replace('\0', "\u{fffd}")
}
