//! How far planning has come, and taking it a step further.

use super::super::{SUPERSEDED_MAX, sequence, stored};
use super::{Sqlite, follows, instant, unreadable};
use crate::domain::{Id, SeenDue, Stage};
use crate::ports::{Advance, LedgerError, Planned, Progress, Record};
use rusqlite::{Transaction, params};
use std::collections::HashSet;

impl Sqlite {
    /// See [`Ledger::progress`](crate::ports::Ledger::progress).
    ///
    /// # Errors
    /// As there.
    pub fn progress(&mut self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        let tx = self.connection.transaction()?;
        let mut statement = tx.prepare_cached(
            "SELECT version, cursor_ms, revision,
                 CASE WHEN revision = ?1 THEN NULL ELSE record END, digest FROM planning",
        )?;
        let mut progress = statement.query_row([revision], |row| {
            Ok(Progress {
                version: row.get(0)?,
                cursor: row.get::<_, Option<i64>>(1)?.map(instant).transpose()?,
                revision: row.get(2)?,
                record: match (row.get(3)?, row.get(4)?) {
                    (Some(text), Some(digest)) => Some(Record { text, digest }),
                    _ => None,
                },
                ..Progress::default()
            })
        })?;
        drop(statement);
        let mut statement = tx.prepare_cached("SELECT digest FROM superseded ORDER BY revision")?;
        for digest in statement.query_map([], |row| row.get(0))? {
            progress.superseded.push(digest?);
        }
        let mut statement = tx.prepare_cached("SELECT item, due, at_ms FROM seen_dues")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let item: String = row.get(0)?;
            progress.seen.note_due(SeenDue {
                item: Id::parse(&item).ok_or_else(|| unreadable(0, format!("no id: {item}")))?,
                due: row.get(1)?,
                at: instant(row.get(2)?)?,
            });
        }
        let mut statement = tx.prepare_cached("SELECT id, since_ms FROM subscriptions")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let since = instant(row.get(1)?)?;
            progress.seen.note_subscription(row.get(0)?, since);
        }
        progress.follows = follows::all(&tx)?.into();
        Ok(progress)
    }

    /// See [`Ledger::known`](crate::ports::Ledger::known).
    ///
    /// # Errors
    /// As there.
    pub fn known(&mut self, keys: &[String]) -> Result<HashSet<String>, LedgerError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT 1 FROM deliveries WHERE key = ?1")?;
        let mut known = HashSet::new();
        for key in keys {
            if statement.exists([key])? {
                known.insert(key.clone());
            }
        }
        Ok(known)
    }

    /// See [`Ledger::advance`](crate::ports::Ledger::advance).
    ///
    /// # Errors
    /// As there.
    pub fn advance(&mut self, step: &Advance) -> Result<bool, LedgerError> {
        let tx = self.write()?;
        let taken = tx
            .prepare_cached(
                "UPDATE planning SET version = version + 1, cursor_ms = ?2 WHERE version = ?1",
            )?
            .execute(params![step.version, step.cursor.timestamp_millis()])?;
        if taken == 0 {
            return Ok(false);
        }
        if let Some(by) = step.rewind {
            rewind(&tx, step.cursor.timestamp_millis(), by.num_milliseconds())?;
        }
        for seen in &step.dues {
            tx.prepare_cached(
                "INSERT INTO seen_dues (item, due, at_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (item, due) DO UPDATE SET at_ms = excluded.at_ms",
            )?
            .execute(params![
                seen.item.as_str(),
                seen.due,
                seen.at.timestamp_millis()
            ])?;
        }
        for (id, since) in &step.subscriptions {
            tx.prepare_cached(
                "INSERT INTO subscriptions (id, since_ms) VALUES (?1, ?2)
                 ON CONFLICT (id) DO NOTHING",
            )?
            .execute(params![id, since.timestamp_millis()])?;
        }
        let revision: i64 = tx
            .prepare_cached("SELECT revision FROM planning")?
            .query_row([], |row| row.get(0))?;
        for (nth, post) in step.posts.iter().enumerate() {
            plan(&tx, post, sequence(step.version, nth), revision)?;
        }
        // Last: what was due by the old record is judged by the new one when it goes out.
        if let Some(record) = &step.record {
            replace_record(&tx, record)?;
        }
        tx.commit()?;
        Ok(true)
    }
}

/// Brings back what lies ahead of a clock that was set back: news that only just became known is
/// moved, and so is when what was tried in vain is tried again; reminders wait for their time.
fn rewind(tx: &Transaction<'_>, now: i64, by: i64) -> Result<(), LedgerError> {
    tx.execute(
        "UPDATE deliveries SET at_ms = max(?1, at_ms - ?2)
         WHERE stage IN ('planned', 'sending') AND is_news = 1 AND at_ms > ?1",
        params![now, by],
    )?;
    tx.execute(
        "UPDATE deliveries SET not_before_ms = max(?1, not_before_ms - ?2)
         WHERE stage IN ('planned', 'sending') AND not_before_ms > ?1",
        params![now, by],
    )?;
    tx.execute("UPDATE seen_dues SET at_ms = ?1 WHERE at_ms > ?1", [now])?;
    tx.execute(
        "UPDATE subscriptions SET since_ms = ?1 WHERE since_ms > ?1",
        [now],
    )?;
    Ok(())
}

fn replace_record(tx: &Transaction<'_>, record: &Record) -> Result<(), LedgerError> {
    tx.execute(
        "INSERT INTO superseded (revision, digest)
         SELECT revision, digest FROM planning WHERE digest IS NOT NULL",
        [],
    )?;
    tx.execute(
        "DELETE FROM superseded WHERE revision NOT IN (
             SELECT revision FROM superseded ORDER BY revision DESC LIMIT ?1
         )",
        [SUPERSEDED_MAX],
    )?;
    tx.execute(
        "UPDATE planning SET revision = revision + 1, record = ?1, digest = ?2",
        [&record.text, &record.digest],
    )?;
    Ok(())
}

fn plan(
    tx: &Transaction<'_>,
    post: &Planned,
    sequence: i64,
    revision: i64,
) -> Result<(), LedgerError> {
    let notice = &post.notice;
    let stage = if post.skipped.is_some() {
        Stage::Skipped
    } else {
        Stage::Planned
    };
    // A clock that went back may want again what was skipped as too late.
    tx.prepare_cached(
        "INSERT INTO deliveries (key, subscription, at_ms, urgency, sequence, stage, reason,
             revision, notice, is_news)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (key) DO UPDATE SET stage = excluded.stage, reason = NULL,
             at_ms = excluded.at_ms, revision = excluded.revision, notice = excluded.notice,
             not_before_ms = 0
         WHERE deliveries.stage = 'skipped' AND excluded.stage = 'planned'",
    )?
    .execute(params![
        notice.key,
        notice.subscription,
        notice.at.timestamp_millis(),
        notice.urgency(),
        sequence,
        stage.word(),
        post.skipped,
        revision,
        stored(notice),
        notice.is_news(),
    ])?;
    Ok(())
}
