//! A turn on PostgreSQL: outcomes in, leases renewed, claims out, by the clock of the database.
//!
//! Whoever changes a delivery that is under way has its subscription locked, and takes that lock
//! first. So a turn waits for no other one, unless that is about to take over a lease which it had
//! let lapse; and what it reads of a subscription after the lock is how things are.

use super::connection::{Trouble, get, one};
use super::{Request, count, instant, notice, plain};
use crate::domain::delivery::{BACKOFF_MAX, LEASE};
use crate::domain::{Notice, Stage};
use crate::ports::{Claim, Lease, Outcome, Settled, Turn, Turned};
use crate::store::{again, milliseconds, stored};
use std::collections::HashSet;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, Transaction};

/// The clock of the database, the same for all who share it.
macro_rules! store_ms {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}

/// What may be tried at $1, with $2 the longest that anything is put off. What is put off for
/// longer was put off by a clock that was wrong.
macro_rules! may_be_tried {
    () => {
        "stage IN ('planned', 'sending') AND at_ms <= $1
             AND (not_before_ms <= $1 OR not_before_ms > $2)
         ORDER BY urgency, at_ms, sequence LIMIT 1"
    };
}

impl Request for Turn {
    type Answer = Turned;

    async fn ask(&self, client: &mut Client) -> Result<Turned, Trouble> {
        let tx = client.transaction().await?;
        let mut turned = Turned::default();
        if !self.settled.is_empty() || !self.holding.is_empty() {
            lock(&tx, self).await?;
            settle(&tx, &self.settled).await?;
            turned.lost = renew(&tx, self).await?;
        }
        if self.claims_max > 0 {
            let subscriptions = free(&tx, self).await?;
            if !subscriptions.is_empty() {
                turned.claims = claim(&tx, self, &subscriptions).await?;
            }
        }
        let rows = tx
            .query_typed(
                "SELECT version, (
                     SELECT min(greatest(at_ms, not_before_ms)) FROM deliveries
                     WHERE stage IN ('planned', 'sending')
                         AND greatest(at_ms, not_before_ms) > $1
                 ) FROM planning",
                &[(&self.now.timestamp_millis(), Type::INT8)],
            )
            .await?;
        let row = one(&rows)?;
        turned.version = get(row, 0)?;
        turned.next = get::<Option<i64>>(row, 1)?.map(instant).transpose()?;
        tx.commit().await?;
        Ok(turned)
    }
}

/// Locks the subscriptions that a turn tells of, in order, before anything of them is changed.
async fn lock(tx: &Transaction<'_>, turn: &Turn) -> Result<(), Trouble> {
    let settled = turn.settled.iter().map(|settled| &settled.lease);
    let ids: Vec<_> = settled
        .chain(&turn.holding)
        .map(|lease| lease.subscription.as_str())
        .collect();
    tx.query_typed(
        "SELECT 1 FROM subscriptions WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
        &[(&ids, Type::TEXT_ARRAY)],
    )
    .await?;
    Ok(())
}

async fn settle(tx: &Transaction<'_>, settled: &[Settled]) -> Result<(), Trouble> {
    if settled.is_empty() {
        return Ok(());
    }
    let mut told = Told::default();
    for settled in settled {
        told.add(settled);
    }
    // Under another epoch it is somebody else's. What was recorded already stays so.
    tx.execute_typed(
        "UPDATE deliveries SET
             stage = told.stage,
             reason = told.reason,
             attempts = told.attempts,
             not_before_ms = coalesce(told.not_before_ms, deliveries.not_before_ms),
             sent_ms = coalesce(told.sent_ms, deliveries.sent_ms),
             message = CASE told.stage WHEN 'sent' THEN told.message
                 ELSE deliveries.message END,
             notice = coalesce(told.notice, deliveries.notice)
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
             AS told (key, epoch, stage, reason, attempts, not_before_ms, sent_ms, message, notice)
         WHERE deliveries.key = told.key AND deliveries.epoch = told.epoch
             AND deliveries.stage = 'sending'",
        &[
            (&told.keys, Type::TEXT_ARRAY),
            (&told.epochs, Type::INT8_ARRAY),
            (&told.stages, Type::TEXT_ARRAY),
            (&told.reasons, Type::TEXT_ARRAY),
            (&told.attempts, Type::INT8_ARRAY),
            (&told.not_before, Type::INT8_ARRAY),
            (&told.sent, Type::INT8_ARRAY),
            (&told.messages, Type::TEXT_ARRAY),
            (&told.notices, Type::TEXT_ARRAY),
        ],
    )
    .await?;
    Ok(())
}

/// What came of deliveries, by column.
#[derive(Default)]
struct Told<'a> {
    keys: Vec<&'a str>,
    epochs: Vec<i64>,
    stages: Vec<&'static str>,
    reasons: Vec<Option<String>>,
    attempts: Vec<i64>,
    not_before: Vec<Option<i64>>,
    sent: Vec<Option<i64>>,
    messages: Vec<Option<String>>,
    notices: Vec<Option<String>>,
}

impl<'a> Told<'a> {
    fn add(&mut self, settled: &'a Settled) {
        self.keys.push(&settled.key);
        self.epochs.push(settled.lease.epoch);
        let mut attempts = settled.attempts;
        let (mut begin, mut sent, mut message, mut as_sent) = (None, None, None, None);
        let (stage, reason) = match &settled.outcome {
            Outcome::Sent {
                at,
                message: named,
                notice,
            } => {
                sent = Some(at.timestamp_millis());
                message = named.as_deref().map(plain);
                as_sent = notice.as_deref().map(stored);
                (Stage::Sent, None)
            }
            Outcome::Skipped { why } => (Stage::Skipped, Some(plain(why))),
            Outcome::Failed { why } => (Stage::Failed, Some(plain(why))),
            Outcome::Again {
                not_before,
                why,
                tried,
            } => {
                begin = Some(not_before.timestamp_millis());
                let (stage, counted) = again(attempts, *tried);
                attempts = counted;
                (stage, Some(plain(why)))
            }
        };
        self.stages.push(stage.word());
        self.reasons.push(reason);
        self.attempts.push(attempts.into());
        self.not_before.push(begin);
        self.sent.push(sent);
        self.messages.push(message);
        self.notices.push(as_sent);
    }
}

/// Renews the leases that are held, frees those of what is settled at once, and tells which of
/// those held are lost.
async fn renew(tx: &Transaction<'_>, turn: &Turn) -> Result<Vec<Lease>, Trouble> {
    let holding: HashSet<&Lease> = turn.holding.iter().collect();
    let over: HashSet<&Lease> = turn.settled.iter().map(|settled| &settled.lease).collect();
    let over = over.difference(&holding).copied();
    let leases: Vec<&Lease> = turn.holding.iter().chain(over).collect();
    let ids: Vec<_> = leases.iter().map(|it| it.subscription.as_str()).collect();
    let epochs: Vec<_> = leases.iter().map(|it| it.epoch).collect();
    let kept: Vec<_> = leases.iter().map(|it| holding.contains(it)).collect();
    let rows = tx
        .query_typed(
            concat!(
                "UPDATE subscriptions SET leased_until_ms = CASE WHEN mine.is_kept THEN ",
                store_ms!(),
                " + $4 ELSE 0 END
                 FROM unnest($1, $2, $3) AS mine (id, epoch, is_kept)
                 WHERE subscriptions.id = mine.id AND subscriptions.epoch = mine.epoch
                 RETURNING mine.id, mine.epoch"
            ),
            &[
                (&ids, Type::TEXT_ARRAY),
                (&epochs, Type::INT8_ARRAY),
                (&kept, Type::BOOL_ARRAY),
                (&milliseconds(LEASE), Type::INT8),
            ],
        )
        .await?;
    let mut mine = HashSet::with_capacity(rows.len());
    for row in &rows {
        let (subscription, epoch) = (get(row, 0)?, get(row, 1)?);
        mine.insert(Lease {
            subscription,
            epoch,
        });
    }
    let lost = turn.holding.iter().filter(|lease| !mine.contains(*lease));
    Ok(lost.cloned().collect())
}

/// Locks the subscriptions with the most urgent posts that may be tried, the most urgent first;
/// those of one server take turns. What another life has or is about to take is passed over.
async fn free(tx: &Transaction<'_>, turn: &Turn) -> Result<Vec<String>, Trouble> {
    let now = turn.now.timestamp_millis();
    let holding: Vec<_> = turn
        .holding
        .iter()
        .map(|lease| lease.subscription.as_str())
        .collect();
    let rows = tx
        .query_typed(
            concat!(
                "WITH head AS MATERIALIZED (
                     SELECT subscriptions.id, urgency, at_ms, sequence, row_number() OVER (
                         PARTITION BY coalesce(server, subscriptions.id), urgency
                         ORDER BY at_ms, sequence
                     ) AS place
                     FROM subscriptions CROSS JOIN LATERAL (
                         SELECT urgency, at_ms, sequence FROM deliveries
                         WHERE subscription = subscriptions.id AND ",
                may_be_tried!(),
                "
                     ) AS most_urgent
                     WHERE leased_until_ms <= ",
                store_ms!(),
                " OR life = $3
                 )
                 SELECT subscriptions.id FROM head JOIN subscriptions USING (id)
                 WHERE (leased_until_ms <= ",
                store_ms!(),
                " OR life = $3) AND subscriptions.id <> ALL ($4)
                 ORDER BY head.urgency, head.place, head.at_ms, head.sequence
                 LIMIT $5 FOR UPDATE OF subscriptions SKIP LOCKED"
            ),
            &[
                (&now, Type::INT8),
                (&now.saturating_add(milliseconds(BACKOFF_MAX)), Type::INT8),
                (&turn.life.0, Type::INT8),
                (&holding, Type::TEXT_ARRAY),
                (&count(turn.claims_max), Type::INT8),
            ],
        )
        .await?;
    rows.iter().map(|row| get(row, 0)).collect()
}

/// Claims the most urgent post of each of these subscriptions, which are locked. It is looked for
/// once more: since `free` began to look, somebody may have posted and let go.
async fn claim(
    tx: &Transaction<'_>,
    turn: &Turn,
    subscriptions: &[String],
) -> Result<Vec<Claim>, Trouble> {
    let now = turn.now.timestamp_millis();
    let rows = tx
        .query_typed(
            concat!(
                "WITH head AS (
                     SELECT mine.id, mine.place, most_urgent.key
                     FROM unnest($3) WITH ORDINALITY AS mine (id, place) CROSS JOIN LATERAL (
                         SELECT key FROM deliveries WHERE subscription = mine.id AND ",
                may_be_tried!(),
                "
                     ) AS most_urgent
                 ), leased AS (
                     UPDATE subscriptions SET life = $4, epoch = epoch + 1, leased_until_ms = ",
                store_ms!(),
                " + $5
                     FROM head WHERE subscriptions.id = head.id
                     RETURNING subscriptions.id, subscriptions.epoch
                 )
                 UPDATE deliveries SET stage = 'sending', attempts = attempts + 1,
                     epoch = leased.epoch
                 FROM head JOIN leased USING (id)
                 WHERE deliveries.key = head.key AND stage IN ('planned', 'sending')
                 RETURNING subscription, leased.epoch, notice, at_ms, copy, attempts, revision,
                     head.place"
            ),
            &[
                (&now, Type::INT8),
                (&now.saturating_add(milliseconds(BACKOFF_MAX)), Type::INT8),
                (&subscriptions, Type::TEXT_ARRAY),
                (&turn.life.0, Type::INT8),
                (&milliseconds(LEASE), Type::INT8),
            ],
        )
        .await?;
    let mut claims = Vec::with_capacity(rows.len());
    for row in &rows {
        claims.push((get::<i64>(row, 7)?, claimed(row)?));
    }
    claims.sort_by_key(|(place, _)| *place);
    Ok(claims.into_iter().map(|(_, claim)| claim).collect())
}

fn claimed(row: &Row) -> Result<Claim, Trouble> {
    Ok(Claim {
        lease: Lease {
            subscription: get(row, 0)?,
            epoch: get(row, 1)?,
        },
        notice: Notice {
            at: instant(get(row, 3)?)?,
            ..notice(get(row, 2)?)?
        },
        copy: super::small(get(row, 4)?)?,
        attempts: super::small(get(row, 5)?)?,
        revision: get(row, 6)?,
    })
}
