//! A connection to PostgreSQL: how it is opened, what is asked of every session, and what its
//! failures mean.

use super::Address;
use super::tls::connector;
use crate::ports::LedgerError;
use crate::store::{MIGRATIONS, StoreError, check_version, newest_version};
use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

/// How long opening a connection may take, however many hosts the address names.
const OPEN_MAX: Duration = Duration::from_secs(8);

/// What every session is asked for. A commit is on the server's disk when it returns. Nothing may
/// take as long as the engine waits for an answer, so that it hears what is wrong; and a process
/// that stops in the middle does not keep the others from planning.
const SETTINGS: &str = "
    SET client_min_messages = warning;
    SET statement_timeout = '5s';
    SET lock_timeout = '3s';
    SET idle_in_transaction_session_timeout = '20s';
    SET default_transaction_isolation = 'read committed';
    SELECT set_config('synchronous_commit',
        CASE current_setting('synchronous_commit')
            WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)";

/// By this number replicas that start together wait for each other: the letters of `docket`.
const MIGRATING: i64 = 0x646f_636b_6574;

/// What is asked besides for what is done once at the start, on however large a ledger.
pub(super) const PATIENCE: &str = "SET LOCAL statement_timeout = '60s'; \
     SET LOCAL lock_timeout = '60s'";

const VERSION: &str = "SELECT version FROM docket_schema";

/// A connection, and why it ended once it has.
pub(super) struct Session {
    pub(super) client: Client,
    ended: Arc<OnceLock<String>>,
}

impl Session {
    /// Why it ended, as far as is known.
    pub(super) fn end(&self) -> &str {
        self.ended.get().map_or("connection closed", String::as_str)
    }
}

/// Opens a connection for the bot, and brings the schema up to date.
pub(super) async fn open(address: &Address) -> Result<Session, StoreError> {
    let mut session = connect(address).await?;
    migrate(&mut session.client).await?;
    Ok(session)
}

/// Opens a connection to a ledger that is there already.
pub(super) async fn visit(address: &Address) -> Result<Session, StoreError> {
    let session = connect(address).await?;
    match schema_version(&session.client).await? {
        None => Err(StoreError::Missing(address.to_string())),
        Some(found) => {
            check_version(found)?;
            Ok(session)
        }
    }
}

async fn connect(address: &Address) -> Result<Session, StoreError> {
    let failed = |why: String| StoreError::Unreachable(format!("`{address}`: {why}"));
    let tls = connector(address.is_verified()).map_err(failed)?;
    let opening = async {
        let (client, connection) = address.config().connect(tls).await?;
        let ended = Arc::new(OnceLock::new());
        let session = Session {
            client,
            ended: Arc::clone(&ended),
        };
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                ended.get_or_init(|| text(&error));
            }
        });
        session.client.batch_execute(SETTINGS).await?;
        Ok(session)
    };
    match timeout(OPEN_MAX, opening).await {
        Ok(opened) => opened.map_err(|error| failed(text(&error))),
        Err(_) => Err(failed("no answer".to_owned())),
    }
}

/// How many migrations have been run; none if there is no ledger.
async fn schema_version(client: &Client) -> Result<Option<i64>, Trouble> {
    let exists = "SELECT to_regclass('docket_schema') IS NOT NULL";
    if !only::<bool>(&client.query_typed(exists, &[]).await?)? {
        return Ok(None);
    }
    Ok(Some(only(&client.query_typed(VERSION, &[]).await?)?))
}

async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    if schema_version(client).await? == Some(newest_version()) {
        return Ok(());
    }
    let failed = |error| StoreError::from(Trouble::from(error));
    let tx = client.transaction().await.map_err(failed)?;
    tx.batch_execute(PATIENCE).await.map_err(failed)?;
    let lock = "SELECT pg_advisory_xact_lock($1)";
    tx.query_typed(lock, &[(&MIGRATING, Type::INT8)])
        .await
        .map_err(failed)?;
    // Somebody else may have made it since. Not `schema_version`: that goes by what the session
    // remembers of names, and it just looked for this one.
    let table = "CREATE TABLE IF NOT EXISTS docket_schema (version BIGINT NOT NULL);
                 INSERT INTO docket_schema
                 SELECT 0 WHERE NOT EXISTS (SELECT FROM docket_schema)";
    tx.batch_execute(table).await.map_err(failed)?;
    let rows = tx.query_typed(VERSION, &[]).await.map_err(failed)?;
    let found = check_version(only(&rows)?)?;
    for migration in &MIGRATIONS[found..] {
        tx.batch_execute(migration).await.map_err(failed)?;
    }
    let note = "UPDATE docket_schema SET version = $1";
    tx.execute_typed(note, &[(&newest_version(), Type::INT8)])
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// Why the database did not do as asked.
#[derive(Debug)]
pub(in crate::store) enum Trouble {
    /// It says so, or cannot.
    Database(tokio_postgres::Error),
    /// It has something that we would never have written.
    Unreadable(String),
}

impl Trouble {
    /// Whether nothing is wrong but that somebody else was at it at the same time.
    pub(super) fn is_conflict(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        let conflicts = [
            &SqlState::T_R_SERIALIZATION_FAILURE,
            &SqlState::T_R_DEADLOCK_DETECTED,
        ];
        error.code().is_some_and(|code| conflicts.contains(&code))
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Trouble> for LedgerError {
    fn from(trouble: Trouble) -> Self {
        let error = match trouble {
            Trouble::Unreadable(why) => return Self::Damaged(why),
            Trouble::Database(error) => error,
        };
        let why = text(&error);
        match error.code().map(SqlState::code) {
            // Without a word from the server there is no connection any more. A server that stops,
            // starts, or follows another one may not be the one that answers next.
            None | Some("57P01" | "57P02" | "57P03" | "57P05" | "25006" | "25P03") => {
                Self::Lost(why)
            }
            Some(code) if code.starts_with("08") => Self::Lost(why),
            Some("XX001" | "XX002") => Self::Damaged(why),
            Some(_) => Self::Busy(why),
        }
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        LedgerError::from(trouble).into()
    }
}

/// What is wrong, with the code by which it can be looked up.
fn text(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("PostgreSQL: {} ({})", error.message(), error.code().code());
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

/// A value of a row.
pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: usize,
) -> Result<T, Trouble> {
    row.try_get(column)
        .map_err(|error| Trouble::Unreadable(text(&error)))
}

/// The first value of the only row.
pub(super) fn only<'a, T: tokio_postgres::types::FromSql<'a>>(
    rows: &'a [Row],
) -> Result<T, Trouble> {
    get(one(rows)?, 0)
}

/// The only row.
pub(super) fn one(rows: &[Row]) -> Result<&Row, Trouble> {
    match rows {
        [row] => Ok(row),
        _ => Err(Trouble::Unreadable(format!(
            "{} rows where there is one",
            rows.len()
        ))),
    }
}
