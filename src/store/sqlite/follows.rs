//! The subscriptions that people make, and notes by name.

use super::{Sqlite, delivery, unreadable};
use crate::domain::{Delivery, Follow, Stage, Timestamp};
use crate::ports::LedgerError;
use crate::store::{FOLLOW, FORGET, NEXT_VERSION, NOTE, NOTED, NOTES, RECENT, UNFOLLOW, VOID};
use rusqlite::{OptionalExtension as _, Transaction, params};

impl Sqlite {
    /// See [`Store::follow`](crate::store::Store::follow).
    ///
    /// # Errors
    /// As there.
    pub fn follow(&mut self, follow: &Follow, now: Timestamp) -> Result<(), LedgerError> {
        let tx = self.write()?;
        tx.execute(
            FOLLOW,
            params![
                follow.id(),
                now.timestamp_millis(),
                follow.server,
                crate::store::written(follow)
            ],
        )?;
        tx.execute(NEXT_VERSION, [])?;
        tx.commit()?;
        Ok(())
    }

    /// See [`Store::unfollow`](crate::store::Store::unfollow).
    ///
    /// # Errors
    /// As there.
    pub fn unfollow(&mut self, subscription: &str) -> Result<bool, LedgerError> {
        let tx = self.write()?;
        if tx.execute(UNFOLLOW, [subscription])? == 0 {
            return Ok(false);
        }
        tx.execute(VOID, [subscription])?;
        tx.execute(FORGET, [subscription])?;
        tx.execute(NEXT_VERSION, [])?;
        tx.commit()?;
        Ok(true)
    }

    /// See [`Store::note`](crate::store::Store::note).
    ///
    /// # Errors
    /// As there.
    pub fn note(&mut self, name: &str, value: Option<&str>) -> Result<(), LedgerError> {
        match value {
            Some(value) => self.connection.execute(NOTE, [name, value])?,
            None => self
                .connection
                .execute("DELETE FROM notes WHERE name = ?1", [name])?,
        };
        Ok(())
    }

    /// See [`Store::noted`](crate::store::Store::noted).
    ///
    /// # Errors
    /// As there.
    pub fn noted(&mut self, name: &str) -> Result<Option<String>, LedgerError> {
        let mut statement = self.connection.prepare_cached(NOTED)?;
        let value = statement.query_row([name], |row| row.get(0));
        Ok(value.optional()?)
    }

    /// See [`Store::notes`](crate::store::Store::notes).
    ///
    /// # Errors
    /// As there.
    pub fn notes(&mut self, prefix: &str) -> Result<Vec<(String, String)>, LedgerError> {
        let mut statement = self.connection.prepare_cached(NOTES)?;
        let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// See [`Store::recent`](crate::store::Store::recent).
    ///
    /// # Errors
    /// As there.
    pub fn recent(
        &mut self,
        subscriptions: &[String],
        failed: bool,
        at_most: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        let list = serde_json::to_string(subscriptions).expect("texts are JSON");
        let recent = RECENT.replace("= ANY ($1)", "IN (SELECT value FROM json_each($1))");
        let mut statement = self.connection.prepare_cached(&recent)?;
        let mut rows = statement.query(params![list, i64::from(failed), at_most])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(delivery(row)?);
        }
        Ok(entries)
    }

    /// See [`Store::hasten`](crate::store::Store::hasten).
    ///
    /// # Errors
    /// As there.
    pub fn hasten(&mut self, subscription: &str) -> Result<(), LedgerError> {
        self.connection
            .execute(crate::store::HASTEN, [subscription])?;
        Ok(())
    }

    /// See [`Store::tally`](crate::store::Store::tally).
    ///
    /// # Errors
    /// As there.
    pub fn tally(&mut self, since: Timestamp) -> Result<(usize, usize), LedgerError> {
        let mut statement = self.connection.prepare_cached(crate::store::TALLY)?;
        let since = since.timestamp_millis();
        let counts = statement.query_row([since], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (waiting, failed): (u32, u32) = counts;
        Ok((waiting as usize, failed as usize))
    }

    /// See [`Store::post_again`](crate::store::Store::post_again).
    ///
    /// # Errors
    /// As there.
    pub fn post_again(&mut self, key: &str) -> Result<Option<Stage>, LedgerError> {
        let tx = self.write()?;
        let stage: Option<String> = tx
            .query_row(
                "SELECT stage FROM deliveries WHERE key = ?1",
                [key],
                |row| row.get(0),
            )
            .optional()?;
        tx.execute(crate::store::RESEND, [key])?;
        tx.commit()?;
        Ok(stage.as_deref().and_then(Stage::parse))
    }
}

/// The follows that are in force, in the order of their ids.
pub(super) fn all(tx: &Transaction<'_>) -> Result<Vec<Follow>, LedgerError> {
    let mut statement = tx.prepare_cached(crate::store::FOLLOWS)?;
    let mut rows = statement.query([])?;
    let mut follows = Vec::new();
    while let Some(row) = rows.next()? {
        let written: String = row.get(0)?;
        let follow =
            serde_json::from_str(&written).map_err(|error| unreadable(0, error.to_string()))?;
        follows.push(follow);
    }
    Ok(follows)
}
