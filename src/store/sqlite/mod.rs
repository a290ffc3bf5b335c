//! The ledger in one file, by SQLite. Blocks; `worker` runs it on a thread of its own.

mod follows;
mod planning;
mod turn;

use super::{LogFilter, MIGRATIONS, StoreError, TEXT_KEPT};
use crate::domain::{Delivery, Notice, Stage, Timestamp};
use crate::ports::{LedgerError, Life};
use rusqlite::config::DbConfig;
use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

/// How long to wait for whoever else has the file open, such as a backup.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// A connection stays with its thread, so it needs no lock of its own.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE
    .union(OpenFlags::SQLITE_OPEN_CREATE)
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// A ledger in a file, or in memory.
pub struct Sqlite {
    connection: Connection,
    /// Whether others use it at the same time, so that leases of other lives hold.
    is_shared: bool,
}

impl Sqlite {
    /// Opens the ledger of a file, which it makes if there is none.
    ///
    /// # Errors
    /// If it cannot be opened, is damaged, or was written by a later version.
    pub fn open(path: &Path, now: Timestamp) -> Result<Self, StoreError> {
        Self::begin(Connection::open_with_flags(path, FLAGS)?, false, now)
    }

    /// A ledger in memory that several lives share, for tests.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn in_memory(now: Timestamp) -> Result<Self, StoreError> {
        Self::begin(Connection::open_in_memory_with_flags(FLAGS)?, true, now)
    }

    /// Whether others use it at the same time, for tests: otherwise the leases of other lives are
    /// those of the dead, as in a file.
    pub fn set_shared(&mut self, is_shared: bool) {
        self.is_shared = is_shared;
    }

    /// Opens the ledger of a file to read it and to ask for copies, while a bot may be running.
    ///
    /// # Errors
    /// If there is none, or it cannot be opened.
    pub fn visit(path: &Path) -> Result<Self, StoreError> {
        let flags = FLAGS.difference(OpenFlags::SQLITE_OPEN_CREATE);
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_MAX)?;
        super::check_version(schema_version(&connection)?)?;
        let is_shared = true;
        Ok(Self {
            connection,
            is_shared,
        })
    }

    /// Whether a file has tables, and none of a ledger. False if it cannot be read.
    pub(super) fn is_of_another_program(path: &Path) -> bool {
        let flags = FLAGS.difference(OpenFlags::SQLITE_OPEN_CREATE);
        let tables = "SELECT count(*) > 0 AND total(name = 'deliveries') = 0 FROM sqlite_schema";
        Connection::open_with_flags(path, flags)
            .and_then(|file| file.query_row(tables, [], |row| row.get(0)))
            .unwrap_or(false)
    }

    fn begin(
        mut connection: Connection,
        is_shared: bool,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY_MAX)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A commit is on the disk when it returns, not only with the next checkpoint.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.set_prepared_statement_cache_capacity(64);
        // The best plan does not depend on what is asked for, and making one costs more than
        // following it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let mut statement = connection.prepare("PRAGMA integrity_check(1)")?;
        let found: String = statement.query_row([], |row| row.get(0))?;
        drop(statement);
        if found != "ok" {
            return Err(StoreError::Damaged(found));
        }
        migrate(&mut connection)?;
        let oldest = (now - TEXT_KEPT).timestamp_millis();
        connection.execute(
            "UPDATE deliveries SET is_trimmed = 1,
                 notice = json_set(notice, '$.lines', json('[]'), '$.sources', json('[]'))
             WHERE at_ms < ?1 AND is_trimmed = 0 AND stage IN ('sent', 'skipped', 'failed')",
            [oldest],
        )?;
        Ok(Self {
            connection,
            is_shared,
        })
    }

    /// This ledger, if what the bot needs of it can be read: sound pages may hold nonsense.
    pub(super) fn verified(mut self) -> Result<Self, StoreError> {
        check_schema(&self.connection)?;
        if let Some(record) = self.progress(None)?.record {
            let hash = Sha256::digest(&record.text);
            let found: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            if found != record.digest {
                let why = "the record is not what was written".to_owned();
                return Err(StoreError::Damaged(why));
            }
        }
        let statement = "SELECT key, subscription, notice FROM deliveries
             WHERE stage IN ('planned', 'sending')";
        let mut statement = self.connection.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let notice = notice(&row.get::<_, String>(2)?)?;
            let (key, subscription): (String, String) = (row.get(0)?, row.get(1)?);
            if (&notice.key, &notice.subscription) != (&key, &subscription) {
                let why = format!("what is to be posted as `{key}` is something else");
                return Err(StoreError::Damaged(why));
            }
        }
        drop(rows);
        drop(statement);
        Ok(self)
    }

    fn write(&mut self) -> Result<Transaction<'_>, LedgerError> {
        Ok(self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// See [`Ledger::join`](crate::ports::Ledger::join).
    ///
    /// # Errors
    /// As there.
    pub fn join(&mut self) -> Result<Life, LedgerError> {
        let is_shared = self.is_shared;
        let tx = self.write()?;
        if !is_shared {
            // Nobody else has the file: the leases are those of the dead.
            tx.execute("UPDATE subscriptions SET leased_until_ms = 0", [])?;
        }
        let life = tx
            .prepare_cached("UPDATE planning SET lives = lives + 1 RETURNING lives")?
            .query_row([], |row| row.get(0))?;
        tx.commit()?;
        Ok(Life(life))
    }

    /// What it has recorded, oldest first.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn log(&mut self, filter: LogFilter) -> Result<Vec<Delivery>, StoreError> {
        let mut statement = self.connection.prepare(super::LOG)?;
        let failed = i64::from(filter.failed);
        let mut rows = statement.query([failed])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(delivery(row)?);
        }
        Ok(entries)
    }

    /// How many deliveries are at each stage.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn stages(&mut self) -> Result<HashMap<Stage, u64>, StoreError> {
        let mut statement = self.connection.prepare(super::STAGES)?;
        let rows = statement.query_map([], |row| {
            let count: i64 = row.get(1)?;
            let count = u64::try_from(count).unwrap_or(0);
            Ok((stage(&row.get::<_, String>(0)?)?, count))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Asks for another copy of a post. Tells the stage that it was in, none if there is no such
    /// key; what still waits is left alone.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn resend(&mut self, key: &str) -> Result<Option<Stage>, StoreError> {
        Ok(self.post_again(key)?)
    }

    /// Notes to which server a subscription belongs: those of one server take turns.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note_server(&mut self, subscription: &str, server: &str) -> Result<(), LedgerError> {
        let statement = "UPDATE subscriptions SET server = ?2 WHERE id = ?1";
        self.connection.execute(statement, [subscription, server])?;
        Ok(())
    }

    /// The connection, for tests that damage what is in it.
    #[doc(hidden)]
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

fn schema_version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = super::check_version(schema_version(&tx)?)?;
    for migration in &MIGRATIONS[version..] {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "user_version", super::newest_version())?;
    tx.commit()?;
    Ok(())
}

/// Makes sure that the tables are as this version makes them. What tools add is their business.
fn check_schema(connection: &Connection) -> Result<(), StoreError> {
    let tables = |connection: &Connection| {
        let statement = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL";
        let mut statement = connection.prepare(statement)?;
        let tables = statement.query_map([], |row| row.get(0))?;
        tables.collect::<Result<HashSet<String>, _>>()
    };
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh)?;
    if tables(&fresh)?.is_subset(&tables(connection)?) {
        return Ok(());
    }
    let why = "its tables are not as they were made".to_owned();
    Err(StoreError::Damaged(why))
}

fn instant(milliseconds: i64) -> Result<Timestamp, rusqlite::Error> {
    Timestamp::from_timestamp_millis(milliseconds)
        .ok_or_else(|| unreadable(0, format!("no instant: {milliseconds}")))
}

/// What a row of the log says.
fn delivery(row: &Row<'_>) -> Result<Delivery, rusqlite::Error> {
    Ok(Delivery {
        notice: notice(&row.get::<_, String>(0)?)?,
        stage: stage(&row.get::<_, String>(1)?)?,
        reason: row.get(2)?,
        attempts: row.get(3)?,
        copy: row.get(4)?,
        sent: row.get::<_, Option<i64>>(5)?.map(instant).transpose()?,
        message: row.get(6)?,
    })
}

fn notice(stored: &str) -> Result<Notice, rusqlite::Error> {
    serde_json::from_str(stored).map_err(|error| unreadable(0, error.to_string()))
}

fn stage(word: &str) -> Result<Stage, rusqlite::Error> {
    Stage::parse(word).ok_or_else(|| unreadable(0, format!("no stage: {word}")))
}

/// A value that we would never have written.
fn unreadable(column: usize, why: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        let why = error.to_string();
        match error.sqlite_error_code() {
            // Unknown: statements that are always the same do not fit, so the tables are not as we
            // made them.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => {
                Self::Damaged(why)
            }
            None => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..)
                // Its code is unknown too.
                | rusqlite::Error::SqlInputError { .. }
                | rusqlite::Error::QueryReturnedNoRows => Self::Damaged(why),
                _ => Self::Busy(why),
            },
            Some(_) => Self::Busy(why),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        LedgerError::from(error).into()
    }
}
