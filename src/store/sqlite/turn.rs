//! Recording what came of deliveries, and handing out what is to be posted next.

use super::super::{Head, again, in_turns, milliseconds, stored};
use super::{Sqlite, instant, notice};
use crate::domain::delivery::{BACKOFF_MAX, LEASE};
use crate::domain::{Notice, Stage};
use crate::ports::{Claim, Lease, LedgerError, Life, Outcome, Settled, Turn, Turned};
use rusqlite::{Transaction, params};
use std::collections::HashSet;

impl Sqlite {
    /// See [`Ledger::turn`](crate::ports::Ledger::turn). `store_ms` is the clock by which leases
    /// run, the same for all who share the ledger.
    ///
    /// # Errors
    /// As there.
    pub fn turn(&mut self, turn: &Turn, store_ms: i64) -> Result<Turned, LedgerError> {
        let is_shared = self.is_shared;
        let tx = self.write()?;
        let mut turned = Turned::default();
        for settled in &turn.settled {
            settle(&tx, settled)?;
        }
        let until = store_ms + milliseconds(LEASE);
        for lease in &turn.holding {
            let kept = tx
                .prepare_cached(
                    "UPDATE subscriptions SET leased_until_ms = ?3 WHERE id = ?1 AND epoch = ?2",
                )?
                .execute(params![lease.subscription, lease.epoch, until])?;
            if kept == 0 {
                turned.lost.push(lease.clone());
            }
        }
        // Those whose lease nobody holds any more are free at once.
        for settled in turn
            .settled
            .iter()
            .filter(|it| !turn.holding.contains(&it.lease))
        {
            tx.prepare_cached(
                "UPDATE subscriptions SET leased_until_ms = 0 WHERE id = ?1 AND epoch = ?2",
            )?
            .execute(params![settled.lease.subscription, settled.lease.epoch])?;
        }
        let now = turn.now.timestamp_millis();
        let holding: HashSet<&str> = turn
            .holding
            .iter()
            .map(|lease| lease.subscription.as_str())
            .collect();
        if turn.claims_max > 0 {
            let mut waiting = waiting(&tx, turn, store_ms, is_shared)?;
            waiting.retain(|head| !holding.contains(head.subscription.as_str()));
            for head in in_turns(waiting).into_iter().take(turn.claims_max) {
                let claim = claim(&tx, &head.key, &head.subscription, turn.life, until)?;
                turned.claims.push(claim);
            }
        }
        let next: Option<i64> = tx
            .prepare_cached(
                "SELECT min(max(at_ms, not_before_ms)) FROM deliveries
                 WHERE stage IN ('planned', 'sending') AND max(at_ms, not_before_ms) > ?1",
            )?
            .query_row([now], |row| row.get(0))?;
        turned.next = next.map(instant).transpose()?;
        turned.version = tx
            .prepare_cached("SELECT version FROM planning")?
            .query_row([], |row| row.get(0))?;
        tx.commit()?;
        Ok(turned)
    }
}

/// Under another epoch it is somebody else's. What was recorded already stays so.
const MINE: &str = "WHERE key = ?1 AND epoch = ?2 AND stage = 'sending'";

fn settle(tx: &Transaction<'_>, settled: &Settled) -> Result<(), LedgerError> {
    let (stage, reason) = match &settled.outcome {
        Outcome::Sent { .. } => (Stage::Sent, None),
        Outcome::Skipped { why } => (Stage::Skipped, Some(why)),
        Outcome::Failed { why } => (Stage::Failed, Some(why)),
        Outcome::Again { why, tried, .. } => (again(settled.attempts, *tried).0, Some(why)),
    };
    match &settled.outcome {
        Outcome::Sent {
            at,
            message,
            notice,
        } => tx
            .prepare_cached(&format!(
                "UPDATE deliveries SET stage = ?3, reason = NULL, sent_ms = ?4, message = ?5,
                     notice = coalesce(?6, notice) {MINE}"
            ))?
            .execute(params![
                settled.key,
                settled.lease.epoch,
                stage.word(),
                at.timestamp_millis(),
                message,
                notice.as_deref().map(stored),
            ])?,
        Outcome::Again {
            not_before, tried, ..
        } => tx
            .prepare_cached(&format!(
                "UPDATE deliveries SET stage = ?3, reason = ?4, not_before_ms = ?5, attempts = ?6
                     {MINE}"
            ))?
            .execute(params![
                settled.key,
                settled.lease.epoch,
                stage.word(),
                reason,
                not_before.timestamp_millis(),
                again(settled.attempts, *tried).1,
            ])?,
        Outcome::Skipped { .. } | Outcome::Failed { .. } => tx
            .prepare_cached(&format!(
                "UPDATE deliveries SET stage = ?3, reason = ?4 {MINE}"
            ))?
            .execute(params![
                settled.key,
                settled.lease.epoch,
                stage.word(),
                reason,
            ])?,
    };
    Ok(())
}

/// The most urgent post of each subscription that may be tried.
fn waiting(
    tx: &Transaction<'_>,
    turn: &Turn,
    store_ms: i64,
    is_shared: bool,
) -> Result<Vec<Head>, LedgerError> {
    let now = turn.now.timestamp_millis();
    let mut statement = tx.prepare_cached(
        "SELECT head.key, head.subscription, server, urgency, at_ms, sequence
         FROM subscriptions JOIN deliveries AS head ON head.key = (
             SELECT key FROM deliveries AS mine
             WHERE mine.subscription = subscriptions.id
                 AND stage IN ('planned', 'sending') AND at_ms <= ?1
                 AND (not_before_ms <= ?1 OR not_before_ms > ?2)
             ORDER BY urgency, at_ms, sequence LIMIT 1
         )
         WHERE leased_until_ms <= ?3 OR life = ?4 OR NOT ?5",
    )?;
    let longest = now + milliseconds(BACKOFF_MAX);
    let rows = statement.query_map(
        params![now, longest, store_ms, turn.life.0, is_shared],
        |row| {
            Ok(Head {
                key: row.get(0)?,
                subscription: row.get(1)?,
                server: row.get(2)?,
                urgency: row.get(3)?,
                at_ms: row.get(4)?,
                sequence: row.get(5)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn claim(
    tx: &Transaction<'_>,
    key: &str,
    subscription: &str,
    life: Life,
    until: i64,
) -> Result<Claim, LedgerError> {
    let epoch = tx
        .prepare_cached(
            "UPDATE subscriptions SET life = ?2, epoch = epoch + 1, leased_until_ms = ?3
             WHERE id = ?1 RETURNING epoch",
        )?
        .query_row(params![subscription, life.0, until], |row| row.get(0))?;
    let claim = tx
        .prepare_cached(
            "UPDATE deliveries SET stage = 'sending', attempts = attempts + 1, epoch = ?2
             WHERE key = ?1 RETURNING notice, copy, attempts, revision, at_ms",
        )?
        .query_row(params![key, epoch], |row| {
            Ok(Claim {
                lease: Lease {
                    subscription: subscription.to_owned(),
                    epoch,
                },
                notice: Notice {
                    at: instant(row.get(4)?)?,
                    ..notice(&row.get::<_, String>(0)?)?
                },
                copy: row.get(1)?,
                attempts: row.get(2)?,
                revision: row.get(3)?,
            })
        })?;
    Ok(claim)
}
