//! A step of planning on PostgreSQL. However many posts it has, it is a few statements.

use super::connection::{Trouble, only};
use super::{Request, plain};
use crate::domain::Stage;
use crate::ports::{Advance, Planned, Record};
use crate::store::{SUPERSEDED_MAX, sequence, stored};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Transaction};

impl Request for Advance {
    type Answer = bool;

    async fn ask(&self, client: &mut Client) -> Result<bool, Trouble> {
        let tx = client.transaction().await?;
        // Of two that come at once the second waits here, and then finds another version.
        let taken = tx
            .execute_typed(
                "UPDATE planning SET version = version + 1, cursor_ms = $2 WHERE version = $1",
                &[
                    (&self.version, Type::INT8),
                    (&self.cursor.timestamp_millis(), Type::INT8),
                ],
            )
            .await?;
        if taken == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        if let Some(by) = self.rewind {
            let now = self.cursor.timestamp_millis();
            rewind(&tx, now, by.num_milliseconds()).await?;
        }
        note_dues(&tx, self).await?;
        note_subscriptions(&tx, self).await?;
        // Before the record: what was due by the old one is judged by the new one when it goes out.
        plan(&tx, self).await?;
        if let Some(record) = &self.record {
            replace_record(&tx, record).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Brings back what lies ahead of a clock that was set back. Subscriptions first, and in order, as
/// whoever else takes several of them: nobody waits in a circle.
async fn rewind(tx: &Transaction<'_>, now: i64, by: i64) -> Result<(), Trouble> {
    let now = (&now as _, Type::INT8);
    tx.execute_typed(
        "WITH ahead AS (
             SELECT id FROM subscriptions WHERE since_ms > $1 ORDER BY id FOR UPDATE
         )
         UPDATE subscriptions SET since_ms = $1 FROM ahead WHERE subscriptions.id = ahead.id",
        std::slice::from_ref(&now),
    )
    .await?;
    tx.execute_typed(
        "UPDATE seen_dues SET at_ms = $1 WHERE at_ms > $1",
        std::slice::from_ref(&now),
    )
    .await?;
    tx.execute_typed(
        "UPDATE deliveries SET at_ms = greatest($1, at_ms - $2)
         WHERE stage IN ('planned', 'sending') AND is_news = 1 AND at_ms > $1",
        &[now.clone(), (&by, Type::INT8)],
    )
    .await?;
    tx.execute_typed(
        "UPDATE deliveries SET not_before_ms = greatest($1, not_before_ms - $2)
         WHERE stage IN ('planned', 'sending') AND not_before_ms > $1",
        &[now, (&by, Type::INT8)],
    )
    .await?;
    Ok(())
}

async fn replace_record(tx: &Transaction<'_>, record: &Record) -> Result<(), Trouble> {
    tx.execute_typed(
        "WITH old AS (
             INSERT INTO superseded (revision, digest)
             SELECT revision, digest FROM planning WHERE digest IS NOT NULL
         ), oldest AS (
             DELETE FROM superseded WHERE revision NOT IN (
                 SELECT revision FROM superseded ORDER BY revision DESC LIMIT $3 - 1
             )
         )
         UPDATE planning SET revision = revision + 1, record = $1, digest = $2",
        &[
            (&record.text, Type::TEXT),
            (&record.digest, Type::TEXT),
            (&SUPERSEDED_MAX, Type::INT8),
        ],
    )
    .await?;
    Ok(())
}

async fn note_dues(tx: &Transaction<'_>, step: &Advance) -> Result<(), Trouble> {
    // A deadline can come back to a date that it had before: one statement takes it once.
    let mut last = HashMap::new();
    for seen in &step.dues {
        last.insert(
            (seen.item.as_str(), seen.due.as_str()),
            seen.at.timestamp_millis(),
        );
    }
    if last.is_empty() {
        return Ok(());
    }
    let items: Vec<_> = last.keys().map(|(item, _)| *item).collect();
    let dues: Vec<_> = last.keys().map(|(_, due)| *due).collect();
    let at: Vec<_> = last.values().copied().collect();
    tx.execute_typed(
        "INSERT INTO seen_dues (item, due, at_ms) SELECT * FROM unnest($1, $2, $3)
         ON CONFLICT (item, due) DO UPDATE SET at_ms = excluded.at_ms",
        &[
            (&items, Type::TEXT_ARRAY),
            (&dues, Type::TEXT_ARRAY),
            (&at, Type::INT8_ARRAY),
        ],
    )
    .await?;
    Ok(())
}

async fn note_subscriptions(tx: &Transaction<'_>, step: &Advance) -> Result<(), Trouble> {
    if step.subscriptions.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = step.subscriptions.iter().map(|(id, _)| id).collect();
    let since: Vec<_> = step
        .subscriptions
        .iter()
        .map(|(_, since)| since.timestamp_millis())
        .collect();
    tx.execute_typed(
        "INSERT INTO subscriptions (id, since_ms) SELECT * FROM unnest($1, $2)
         ON CONFLICT (id) DO NOTHING",
        &[(&ids, Type::TEXT_ARRAY), (&since, Type::INT8_ARRAY)],
    )
    .await?;
    Ok(())
}

async fn plan(tx: &Transaction<'_>, step: &Advance) -> Result<(), Trouble> {
    let posts = once_each(&step.posts);
    if posts.is_empty() {
        return Ok(());
    }
    let revision: i64 = only(&tx.query_typed("SELECT revision FROM planning", &[]).await?)?;
    let mut rows = Rows::default();
    for (nth, post) in posts {
        rows.add(post, sequence(step.version, nth));
    }
    // A clock that went back may want again what was skipped as too late.
    tx.execute_typed(
        "INSERT INTO deliveries (revision, key, subscription, at_ms, urgency, sequence, stage,
             reason, notice, is_news)
         SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (key) DO UPDATE SET stage = excluded.stage, reason = NULL,
             at_ms = excluded.at_ms, revision = excluded.revision, notice = excluded.notice,
             not_before_ms = 0
         WHERE deliveries.stage = 'skipped' AND excluded.stage = 'planned'",
        &[
            (&revision, Type::INT8),
            (&rows.keys, Type::TEXT_ARRAY),
            (&rows.subscriptions, Type::TEXT_ARRAY),
            (&rows.at, Type::INT8_ARRAY),
            (&rows.urgencies, Type::INT8_ARRAY),
            (&rows.sequences, Type::INT8_ARRAY),
            (&rows.stages, Type::TEXT_ARRAY),
            (&rows.reasons, Type::TEXT_ARRAY),
            (&rows.notices, Type::TEXT_ARRAY),
            (&rows.news, Type::INT8_ARRAY),
        ],
    )
    .await?;
    Ok(())
}

/// Each key once, with its place: one statement may not touch a row twice. The first counts,
/// unless it is skipped and a later one is not.
fn once_each(posts: &[Planned]) -> Vec<(usize, &Planned)> {
    let mut once: Vec<(usize, &Planned)> = Vec::with_capacity(posts.len());
    let mut places = HashMap::with_capacity(posts.len());
    for (nth, post) in posts.iter().enumerate() {
        match places.entry(post.notice.key.as_str()) {
            Entry::Vacant(place) => {
                place.insert(once.len());
                once.push((nth, post));
            }
            Entry::Occupied(place) => {
                let (_, first) = &mut once[*place.get()];
                if first.skipped.is_some() && post.skipped.is_none() {
                    *first = post;
                }
            }
        }
    }
    once
}

/// Posts by column.
#[derive(Default)]
struct Rows<'a> {
    keys: Vec<&'a str>,
    subscriptions: Vec<&'a str>,
    at: Vec<i64>,
    urgencies: Vec<i64>,
    sequences: Vec<i64>,
    stages: Vec<&'static str>,
    reasons: Vec<Option<String>>,
    notices: Vec<String>,
    news: Vec<i64>,
}

impl<'a> Rows<'a> {
    fn add(&mut self, post: &'a Planned, sequence: i64) {
        let notice = &post.notice;
        let stage = if post.skipped.is_some() {
            Stage::Skipped
        } else {
            Stage::Planned
        };
        self.keys.push(&notice.key);
        self.subscriptions.push(&notice.subscription);
        self.at.push(notice.at.timestamp_millis());
        self.urgencies.push(notice.urgency().into());
        self.sequences.push(sequence);
        self.stages.push(stage.word());
        self.reasons.push(post.skipped.as_deref().map(plain));
        self.notices.push(stored(notice));
        self.news.push(notice.is_news().into());
    }
}
